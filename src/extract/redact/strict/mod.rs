//! Strict redaction: a token is shown only when something says that it may be.
//!
//! What is looked for elsewhere by key and by shape is gone already. Here every token that is left is judged alone:
//! words of languages and of code, numbers, and what [`table`] lists are shown. All else that could be a secret by
//! length, alphabet or entropy is removed. The customer's hosts and tenants get pseudonyms.

pub(super) mod allow;
mod hosts;
mod named;
pub(super) mod providers;
mod table;
mod tenants;
mod tokens;

pub use table::{SHOWN, Shown};
pub(super) use tenants::is_tenant_name;

use std::collections::HashSet;

use super::place::Place;

/// What the parser itself has read from the record, and what else is known to be harmless in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Known<'k> {
    /// Ids, codes, class names: shown wherever they are.
    pub(super) values: Vec<&'k [u8]>,
    /// The same of a whole report: ids that are shown where they are a token.
    pub(super) ids: HashSet<Vec<u8>>,
    /// Hosts of redirect URIs are shown: in the excerpts of a report, not in what is handed to others.
    pub(super) redirect_hosts: bool,
}

impl Known<'_> {
    /// Whether a word is a value that the parser has read, or a part of one.
    pub(super) fn has_read(&self, word: &[u8]) -> bool {
        let of = |value: &&[u8]| value.len() >= word.len() && memchr::memmem::find(value, word).is_some();
        self.ids.contains(word) || self.values.iter().any(of)
    }
}

/// What of a plain text must not be shown. `blocks` are the parts between its stack frames.
pub(super) fn find(text: &[u8], blocks: &[(usize, usize)], known: &Known<'_>) -> Vec<Place> {
    let mut found = Vec::new();
    let mut shown = hosts::find(text, blocks, known, &mut found);
    shown.sort_unstable();
    let shown = tokens::Shown { places: &shown, values: &known.values, ids: &known.ids };
    for (from, to) in blocks {
        tokens::find(text, *from, *to, shown, &mut found);
    }
    found
}

#[cfg(test)]
mod tests;
