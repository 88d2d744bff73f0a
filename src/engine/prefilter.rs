//! The words that every failure has and ordinary lines have not: what the scan of a whole log looks
//! for.

use std::collections::BTreeSet;

use super::sieve::{SHORTEST, Sieve, Word};
use crate::catalogue::{Catalogue, MatchRule};

/// Marks of a provider's code, whatever the catalogue says.
const CODE_MARKS: [&str; 5] = ["error?code=", "error%3Fcode%3D", "error%3fcode%3d", "error_codes", "errorNo"];

/// The search for such words.
pub(super) fn prefilter(catalogue: &Catalogue) -> Sieve {
    let mut words: BTreeSet<String> = CODE_MARKS.iter().map(|mark| (*mark).to_owned()).collect();
    let mut families = BTreeSet::new();
    for pattern in catalogue.patterns() {
        words.extend(needed(&pattern.rule));
        families.extend(pattern.rule.codes.iter().map(|code| family_mark(code)));
    }
    let mut words: Vec<Word> = without_longer(&words).iter().map(|word| Word::of(word)).collect();
    // Codes have four digits or more.
    words.extend(["AADSTS", "aadsts", ": ACS"].map(|prefix| Word::of(prefix).digits(3)));
    words.extend(families.iter().map(|mark| Word::of(mark).digits(3)));
    Sieve::new(words)
}

/// Words of which at least one stands in every record that the rule can match.
fn needed(rule: &MatchRule) -> Vec<String> {
    if !rule.aadsts.is_empty() || rule.aadsts_other {
        // The marks of codes are always looked for.
        return Vec::new();
    }
    if !rule.codes.is_empty() {
        // So are those of its relatives.
        return Vec::new();
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
        .filter(|part| part.len() >= SHORTEST)
        .unwrap_or(literal)
}

/// Words of which none holds another: the shorter one finds both.
fn without_longer(words: &BTreeSet<String>) -> Vec<String> {
    words
        .iter()
        .filter(|word| word.len() >= SHORTEST)
        .filter(|word| !words.iter().any(|other| other.len() < word.len() && word.contains(other.as_str())))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::prices::ORDINARY, *};

    #[test]
    fn ordinary_lines_hold_none_of_the_words() {
        assert_eq!(prefilter(&Catalogue::builtin()).first(ORDINARY, 0), None);
    }

    #[test]
    fn every_code_mark_is_found() {
        let found = prefilter(&Catalogue::builtin());
        for mark in ["AADSTS50011", "aadsts7000215", "AADB2C90081", "MSIS9605", ": ACS70003", "errorNo", "error_codes"]
        {
            for before in 0..12 {
                let text = format!("{}{mark}{}", " ".repeat(before), " ".repeat(20));
                assert_eq!(found.first(text.as_bytes(), 0), Some(before), "{text:?}");
            }
        }
    }
}
