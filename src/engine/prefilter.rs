//! The words that every failure has and ordinary lines have not: what the scan of a whole log looks
//! for.

use std::collections::BTreeSet;

use super::words::{PIECE, WordSearch};
use crate::catalogue::{Catalogue, MatchRule};

/// Marks of a provider's code, whatever the catalogue says.
const CODE_MARKS: [&str; 8] =
    ["AADSTS", "aadsts", "error?code=", "error%3Fcode%3D", "error%3fcode%3d", "error_codes", "errorNo", ": ACS"];

/// The search for such words.
pub(super) fn prefilter(catalogue: &Catalogue) -> WordSearch {
    let mut words: BTreeSet<String> = CODE_MARKS.iter().map(|mark| (*mark).to_owned()).collect();
    for pattern in catalogue.patterns() {
        words.extend(needed(&pattern.rule));
    }
    WordSearch::for_logs(without_longer(&words))
}

/// Words of which at least one stands in every record that the rule can match.
fn needed(rule: &MatchRule) -> Vec<String> {
    if !rule.aadsts.is_empty() || rule.aadsts_other {
        // The marks of codes are always looked for.
        return Vec::new();
    }
    if !rule.codes.is_empty() {
        return rule.codes.iter().map(|code| family_mark(code)).collect();
    }
    if let Some(longest) = rule.all.iter().map(|literal| plain_part(literal)).max_by_key(|part| part.len()) {
        return vec![longest.to_owned()];
    }
    if !rule.any.is_empty() {
        return rule.any.iter().map(|literal| plain_part(literal).to_owned()).collect();
    }
    rule.oauth_error.clone()
}

/// A relative's code is looked for by its family and its first digit: `MSIS9`, `AADB2C9`.
fn family_mark(code: &str) -> String {
    let family = if code.starts_with("AADB2C") { 6 } else { 4 };
    code.chars().take(family + 1).collect()
}

/// The longest part of a literal that looks the same when JSON escapes it.
fn plain_part(literal: &str) -> &str {
    literal
        .split(['"', '\\', '/', '\n', '\r', '\t', '\''])
        .max_by_key(|part| part.len())
        .filter(|part| part.len() >= PIECE)
        .unwrap_or(literal)
}

/// Words of which none holds another: the shorter one finds both.
fn without_longer(words: &BTreeSet<String>) -> Vec<String> {
    words
        .iter()
        .filter(|word| word.len() >= PIECE)
        .filter(|word| !words.iter().any(|other| other.len() < word.len() && word.contains(other.as_str())))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::words::ORDINARY, *};

    #[test]
    fn the_whole_catalogue_fits_into_one_packed_search() {
        let found = prefilter(&Catalogue::builtin());
        assert!(found.pieces() <= 64, "{} pieces", found.pieces());
    }

    #[test]
    fn every_word_of_the_catalogue_is_found() {
        let catalogue = Catalogue::builtin();
        let found = prefilter(&catalogue);
        for pattern in catalogue.patterns() {
            for word in needed(&pattern.rule) {
                let text = format!("2026-01-05 x {word} y");
                assert!(found.first(text.as_bytes(), 0).is_some(), "{}: {word}", pattern.id);
            }
        }
    }

    #[test]
    fn ordinary_text_holds_no_word() {
        assert_eq!(prefilter(&Catalogue::builtin()).first(ORDINARY, 0), None);
    }
}
