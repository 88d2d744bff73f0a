//! What was replaced, and how often.

use std::collections::BTreeMap;

use crate::search::Literal;

use super::{pii::PiiKind, secrets::SecretKind};

/// Replacements by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RedactionCounts {
    counts: BTreeMap<&'static str, u64>,
}

impl RedactionCounts {
    /// How often each kind was replaced; kinds that did not occur are absent.
    #[must_use]
    pub(crate) fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    pub(super) fn count_name(&mut self, who: PiiKind) {
        *self.counts.entry(who.as_str()).or_default() += 1;
    }

    /// Counts what a text says was removed from it.
    pub(super) fn count_removed(&mut self, text: &str) {
        static NOTE: Literal = Literal::new("[removed");
        for at in NOTE.find_iter(text.as_bytes()) {
            if let Some((kind, _)) = SecretKind::of_note(&text[at..]) {
                *self.counts.entry(kind.as_str()).or_default() += 1;
            }
        }
    }
}
