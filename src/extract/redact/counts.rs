//! Counts replacements by kind.

use std::collections::BTreeMap;

use super::{pii::PiiKind, secrets::SecretKind};

/// Replacements by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RedactionCounts {
    counts: BTreeMap<&'static str, u64>,
}

impl RedactionCounts {
    /// How often each kind was replaced; kinds that did not occur are missing.
    #[must_use]
    pub(crate) fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    pub(super) fn count_name(&mut self, name: PiiKind) {
        *self.counts.entry(name.as_str()).or_default() += 1;
    }

    /// Counts the `[removed …]` in a text.
    pub(super) fn count_removed(&mut self, text: &str) {
        for (at, opening) in text.match_indices("[removed ") {
            let rest = &text[at + opening.len()..];
            let kind = SecretKind::ALL
                .iter()
                .find(|kind| rest.strip_prefix(kind.as_str()).is_some_and(|rest| rest.starts_with(']')));
            if let Some(kind) = kind {
                *self.counts.entry(kind.as_str()).or_default() += 1;
            }
        }
    }
}
