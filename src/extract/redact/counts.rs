//! What was replaced, and how often.

use std::collections::BTreeMap;

use super::{pii::PiiKind, secrets::SecretKind};

/// Replacements by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RedactionCounts {
    counts: BTreeMap<&'static str, u64>,
}

impl RedactionCounts {
    /// How often each kind was replaced; kinds that did not occur are absent.
    #[must_use]
    pub fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    pub(super) fn count_name(&mut self, who: PiiKind) {
        *self.counts.entry(who.as_str()).or_default() += 1;
    }

    /// Counts what a text says was removed from it.
    pub(super) fn count_removed(&mut self, text: &str) {
        for (at, lead) in text.match_indices("[removed ") {
            let rest = &text[at + lead.len()..];
            let kind = SecretKind::ALL
                .iter()
                .find(|kind| rest.strip_prefix(kind.as_str()).is_some_and(|rest| rest.starts_with(']')));
            if let Some(kind) = kind {
                *self.counts.entry(kind.as_str()).or_default() += 1;
            }
        }
    }
}
