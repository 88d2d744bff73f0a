//! Finds entries of the catalogue by words.

use std::cmp::Reverse;

use crate::{
    catalogue::{Catalogue, Pattern, Status},
    model::sort_by_key,
};

/// How much a word counts in each text of an entry.
const TITLE: u32 = 8;
const ID: u32 = 8;
const FIX: u32 = 3;
const CAUSE: u32 = 2;
const STEPS: u32 = 1;
/// Words that say nothing about a failure.
const FILLERS: [&str; 24] = [
    "the", "a", "an", "is", "are", "was", "has", "have", "of", "in", "on", "for", "to", "and", "or", "with", "my",
    "not", "error", "failed", "failure", "jira", "oauth", "does",
];
/// A word of a question may be the beginning of a word from this length on; shorter stems are left whole.
const MIN_STEM_CHARS: usize = 4;

/// A text of an entry as words, and how much a word counts in it.
type WeightedText = (u32, Vec<String>);

/// The entries whose texts hold most words of a question, best first: titles and ids count more than causes, and causes
/// more than steps.
#[must_use]
pub fn search<'c>(catalogue: &'c Catalogue, question: &str) -> Vec<&'c Pattern> {
    let wanted = words(question);
    let telling: Vec<&String> = wanted.iter().filter(|word| !FILLERS.contains(&word.as_str())).collect();
    let telling = if telling.is_empty() { wanted.iter().collect() } else { telling };
    let patterns = catalogue.patterns();
    let texts: Vec<Vec<WeightedText>> = patterns.iter().map(texts_of).collect();
    // A word that few entries hold tells more.
    let rarity = |word: &&String| {
        let holders = texts.iter().filter(|texts| weight_in(texts, word) > 0).count();
        (patterns.len() / holders.max(1)).max(1).ilog2() + 1
    };
    let rarities: Vec<u32> = telling.iter().map(rarity).collect();
    let mut found = Vec::new();
    for (pattern, texts) in patterns.iter().zip(&texts) {
        let scores: Vec<u32> =
            telling.iter().zip(&rarities).map(|(word, rarity)| weight_in(texts, word) * rarity).collect();
        let held = scores.iter().filter(|score| **score > 0).count();
        if held * 2 > telling.len() {
            // Of two entries with the same words, the shorter title is closer to the question.
            let rest = texts.first().map_or(0, |(_, title)| title.len());
            let is_preview = pattern.status == Status::Preview;
            found.push(((Reverse(held), Reverse(scores.iter().sum::<u32>()), is_preview, rest), pattern));
        }
    }
    sort_by_key(&mut found, |(rank, _)| *rank);
    found.into_iter().map(|(_, pattern)| pattern).collect()
}

/// The texts of an entry; the title first.
fn texts_of(pattern: &Pattern) -> Vec<WeightedText> {
    vec![
        (TITLE, words(&pattern.title)),
        (ID, words(&pattern.id)),
        (FIX, words(pattern.fix.as_deref().unwrap_or_default())),
        (CAUSE, words(&pattern.cause)),
        (STEPS, pattern.steps.iter().flat_map(|step| words(&step.labelled())).collect()),
    ]
}

/// How much a word counts in the texts of an entry, once in each.
fn weight_in(texts: &[WeightedText], word: &str) -> u32 {
    let holds = |words: &[String]| words.iter().any(|one| is_form_of(one, word));
    texts.iter().filter(|(_, words)| holds(words)).map(|(weight, _)| weight).sum()
}

/// `expire`, `expires` and `expired` are one word; `cert` begins `certificate`.
fn is_form_of(one: &str, other: &str) -> bool {
    one == other || stem(one) == stem(other) || other.chars().count() >= MIN_STEM_CHARS && one.starts_with(other)
}

fn stem(word: &str) -> &str {
    let stems = ["ing", "ed", "es", "s", "e"].iter().filter_map(|end| word.strip_suffix(end));
    stems.into_iter().find(|stem| stem.chars().count() >= MIN_STEM_CHARS).unwrap_or(word)
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1);
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_entry_comes_first() {
        let catalogue = Catalogue::builtin();
        for (question, id) in [
            ("secret expired", "entra-client-secret-expired"),
            ("client secret has expired", "entra-client-secret-expired"),
            ("expired secrets", "entra-client-secret-expired"),
            ("invalid secret", "entra-client-secret-invalid"),
            ("certificate not trusted", "net-tls-pkix"),
        ] {
            let found = search(&catalogue, question);
            assert_eq!(found.first().map(|pattern| pattern.id.as_str()), Some(id), "{question}");
        }
    }

    #[test]
    fn nothing_is_found_for_words_that_no_entry_holds() {
        assert!(search(&Catalogue::builtin(), "quokka zeppelin").is_empty());
        assert!(search(&Catalogue::builtin(), "").is_empty());
    }
}
