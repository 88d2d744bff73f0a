//! The words that every failure has and ordinary lines have not, in one automaton.
//!
//! Leftmost-first matching matters: with that kind the search runs on packed vector compares, with
//! the default kind it walks an automaton byte by byte, many times slower.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::catalogue::{Catalogue, MatchRule};

/// Marks of a provider's code, whatever the catalogue says.
const CODE_MARKS: [&str; 9] = [
    "AADSTS",
    "aadsts",
    "error?code=",
    "error%3Fcode%3D",
    "error%3fcode%3d",
    "error_codes",
    "errorNo",
    "\"ACS",
    ": ACS",
];

/// Finds the first rare word.
#[derive(Debug, Clone)]
pub(crate) struct Prefilter {
    automaton: Option<AhoCorasick>,
}

impl Prefilter {
    pub(crate) fn new(catalogue: &Catalogue) -> Self {
        let mut words: BTreeSet<String> = CODE_MARKS.iter().map(|mark| (*mark).to_owned()).collect();
        for pattern in catalogue.patterns() {
            words.extend(needed(&pattern.rule));
        }
        let words = without_longer(&words);
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(words).ok();
        Self { automaton }
    }

    /// Where the first word at or behind `from` starts.
    pub(crate) fn find(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let input = aho_corasick::Input::new(bytes).range(from..);
        self.automaton.as_ref()?.find(input).map(|found| found.start())
    }
}

/// Words of which at least one stands in every record that the rule can match.
fn needed(rule: &MatchRule) -> Vec<String> {
    if !rule.aadsts.is_empty() || rule.aadsts_other {
        // The marks of codes are always looked for.
        return Vec::new();
    }
    if !rule.codes.is_empty() {
        return rule
            .codes
            .iter()
            .map(|code| code.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned())
            .map(family_mark)
            .collect();
    }
    if let Some(longest) = rule.all.iter().map(|literal| plain_part(literal)).max_by_key(|part| part.len()) {
        return vec![longest.to_owned()];
    }
    if !rule.any.is_empty() {
        return rule.any.iter().map(|literal| plain_part(literal).to_owned()).collect();
    }
    rule.oauth_error.clone()
}

/// `AADB2C` and `MSIS` as they are; a trailing digit of the family's own name is kept.
fn family_mark(trimmed: String) -> String {
    if trimmed.starts_with("AADB") { "AADB2C".to_owned() } else { trimmed }
}

/// The longest part of a literal that looks the same when JSON escapes it.
fn plain_part(literal: &str) -> &str {
    literal
        .split(['"', '\\', '/', '\n', '\r', '\t', '\''])
        .max_by_key(|part| part.len())
        .filter(|part| part.len() >= 5)
        .unwrap_or(literal)
}

/// Words of which none holds another: the shorter one finds both.
fn without_longer(words: &BTreeSet<String>) -> Vec<&str> {
    words
        .iter()
        .filter(|word| !words.iter().any(|other| other.len() < word.len() && word.contains(other.as_str())))
        .map(String::as_str)
        .collect()
}
