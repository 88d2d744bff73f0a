//! The words that every failure has and ordinary lines have not: what the scan of a whole log looks
//! for.

use std::collections::BTreeSet;

use super::sieve::{LogSieve, SHORTEST, Word};
use crate::catalogue::{Catalogue, MatchRule};

/// Marks of a provider's code, whatever the catalogue says.
const CODE_MARKS: [&str; 5] = ["error?code=", "error%3Fcode%3D", "error%3fcode%3d", "error_codes", "errorNo"];

/// The search for such words.
pub(super) fn prefilter(catalogue: &Catalogue) -> LogSieve {
    let mut words: BTreeSet<String> = CODE_MARKS.iter().map(|mark| (*mark).to_owned()).collect();
    for pattern in catalogue.patterns() {
        words.extend(needed(&pattern.rule));
    }
    let mut words: Vec<Word> = without_longer(&words).iter().map(|word| Word::of(word)).collect();
    // The prefix and two digits are enough; those of the predecessor's prefix began with 5, 7 or 9.
    words.extend(["AADSTS", "aadsts", ": ACS5", ": ACS7", ": ACS9"].map(|prefix| Word::of(prefix).digits(2)));
    LogSieve::new(words)
}

/// Words of which at least one stands in every record that the rule can match.
fn needed(rule: &MatchRule) -> Vec<String> {
    if !rule.aadsts.is_empty() || rule.aadsts_other {
        // The marks of codes are always looked for.
        return Vec::new();
    }
    if !rule.codes.is_empty() {
        return rule.codes.clone();
    }
    if let Some(longest) = rule.all.iter().map(|literal| plain_part(literal)).max_by_key(|part| part.len()) {
        return vec![longest.to_owned()];
    }
    if !rule.any.is_empty() {
        return rule.any.iter().map(|literal| plain_part(literal).to_owned()).collect();
    }
    rule.oauth_error.clone()
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
