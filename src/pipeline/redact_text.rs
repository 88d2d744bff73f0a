//! Redaction of a single text, as the lines around a finding are redacted.

use std::collections::BTreeSet;

use super::ticket::context_lines::{records, redact_window_record};
use crate::extract::redact::{KnownUsers, Pseudonyms, RedactionLevel};

/// Redacts some lines of a log: secrets are removed, people get pseudonyms that are the same all over the text. What
/// is recognised in one record is removed from all.
#[must_use]
pub fn redact(text: &[u8], level: RedactionLevel) -> String {
    let level = level.of_excerpts();
    let mut names = Pseudonyms::default();
    let (mut texts, mut users) = (Vec::new(), BTreeSet::new());
    for record in records(text) {
        let redacted = redact_window_record(&record, level);
        names.learn(&redacted);
        texts.push(redacted);
        users.extend(record.user);
    }
    // Pseudonyms are numbered in the order of the text.
    texts.iter_mut().for_each(|text| names.apply(text));
    let known = match level {
        RedactionLevel::Secrets => KnownUsers::new(BTreeSet::new(), &mut Pseudonyms::with_secrets_of(&names)),
        _ => KnownUsers::new(users, &mut names),
    };
    texts.iter().map(|text| known.redact(text)).collect()
}
