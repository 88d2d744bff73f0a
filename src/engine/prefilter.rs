//! The search of a whole log: for words that every failure contains and ordinary lines do not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::FixedState;

use super::damage_words;
use crate::{
    catalogue::{Catalogue, MatchRule},
    extract,
    search::{FirstMatch, MultiSearcher, Needle},
};

/// Samples every sixth byte, if it samples.
type LogSearch = MultiSearcher<6>;

/// Length of the shortest word that is found in a whole log.
const MIN_NEEDLE_BYTES: usize = LogSearch::MIN_NEEDLE_BYTES;

/// Markers of a provider's code, independent of the catalogue.
const CODE_MARKERS: [&str; 7] = [
    "error?code=",
    "error%3Fcode%3D",
    "error%3fcode%3d",
    "error_codes",
    "errorNo",
    "Sign-in error code",
    // Next to "Error Code: 53003" on a sign-in page.
    "Request Id: ",
];

/// Prefixes of codes; the last one is a common misspelling.
const CODE_PREFIXES: [&str; 4] = ["AADSTS", "aadsts", "Aadsts", "ADDSTS"];

/// The prefix of the predecessor has only three letters: with the text before it, and the first digit.
const OLD_PREFIXES: [&str; 4] = [": ACS", ":\"ACS", " \"ACS", "\\\"ACS"];

/// What Jira logs, only at DEBUG level, when somebody starts an authorization flow: not a failure, but the
/// diagnosis needs it to tell how long a sign-in took.
const START_OF_FLOW: &str = "Starting new OAuth 2.0 authorization code flow";

/// The search for these words, and the entries for each.
#[derive(Debug, Clone)]
pub(super) struct Prefilter {
    search: LogSearch,
    /// For each word, the entries without a code that may match a text that contains it.
    entries: Vec<Vec<usize>>,
    /// Entries about requests of a sign-in with OpenID Connect.
    of_sign_in: Vec<usize>,
    /// The first of the words that stand for damage, which are the last ones.
    first_damage: usize,
    /// No entry needs [`START_OF_FLOW`] or a part of it.
    flows_are_unused: bool,
}

impl Prefilter {
    pub(super) fn new(catalogue: &Catalogue) -> Self {
        let wanted = wanted_words(catalogue);
        let flows_are_unused = wanted.get(START_OF_FLOW).is_some_and(Vec::is_empty);
        let (texts, entries): (Vec<_>, Vec<_>) = wanted.into_iter().unzip();
        let patterns = catalogue.patterns().iter().enumerate();
        let of_sign_in = patterns.filter(|(_, pattern)| pattern.rule.request.is_some()).map(|(i, _)| i).collect();
        let mut needles = needles(&texts);
        let first_damage = needles.len();
        needles.extend(damage_needles());
        Self { search: LogSearch::new(needles), entries, of_sign_in, first_damage, flows_are_unused }
    }

    /// The first word at or after `from`; see [`MultiSearcher::first`].
    pub(super) fn first(&self, text: &[u8], from: usize) -> FirstMatch {
        self.search.first(text, from)
    }

    /// Calls `each` with the positions of words that stand for damage, some more than once.
    pub(super) fn damage(&self, text: &[u8], mut each: impl FnMut(usize)) {
        self.search.for_each(text, |word, at| {
            if word >= self.first_damage {
                each(at);
            }
        });
    }

    /// True for a text that begins with the start of a flow, when no entry needs that.
    pub(super) fn is_start_of_flow(&self, text: &[u8]) -> bool {
        self.flows_are_unused && text.starts_with(START_OF_FLOW.as_bytes())
    }

    /// The entries without a code that may match a text without escapes, in the order of the catalogue; `signs_in`:
    /// it was logged for a request of a sign-in.
    pub(super) fn entries(&self, text: &[u8], signs_in: bool) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        if signs_in {
            found.extend(&self.of_sign_in);
        }
        self.search.for_each(text, |word, _| found.extend(self.entries.get(word).into_iter().flatten()));
        found
    }
}

/// The words to search for, and the entries without a code for each.
fn wanted_words(catalogue: &Catalogue) -> BTreeMap<String, Vec<usize>> {
    let mut wanted: BTreeMap<String, Vec<usize>> =
        CODE_MARKERS.iter().map(|marker| ((*marker).to_owned(), Vec::new())).collect();
    wanted.insert(START_OF_FLOW.to_owned(), Vec::new());
    for (i, pattern) in catalogue.patterns().iter().enumerate() {
        for word in required_words(&pattern.rule) {
            wanted.entry(word).or_default().extend((!pattern.rule.by_code()).then_some(i));
        }
    }
    without_longer(&wanted)
}

/// The needles of these words, then those of the prefixes of codes.
fn needles(texts: &[String]) -> Vec<Needle> {
    let words = texts.iter().map(|text| Needle::of(text));
    // The prefix and two digits are enough; codes of the predecessor start with 5, 7 or 9.
    let old = OLD_PREFIXES.iter().flat_map(|prefix| ["5", "7", "9"].map(|digit| format!("{prefix}{digit}")));
    let prefixes = CODE_PREFIXES.map(str::to_owned).into_iter().chain(old);
    words.chain(prefixes.map(|prefix| Needle::of(&prefix).digits(2))).collect()
}

/// The needles of damage.
fn damage_needles() -> impl Iterator<Item = Needle> {
    damage_words::words().map(|word| Needle::of(&word))
}

/// Words of which every record that the rule can match contains at least one.
fn required_words(rule: &MatchRule) -> Vec<String> {
    if !rule.aadsts.is_empty() || rule.aadsts_other {
        // The markers of codes are always searched for.
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
    if rule.request.is_some() {
        return extract::OIDC_PATHS.map(str::to_owned).to_vec();
    }
    rule.oauth_error.clone()
}

/// The longest part of a literal that JSON does not escape.
fn plain_part(literal: &str) -> &str {
    literal
        .split(['"', '\\', '/', '\n', '\r', '\t', '\''])
        .max_by_key(|part| part.len())
        .filter(|part| part.len() >= MIN_NEEDLE_BYTES)
        .unwrap_or(literal)
}

/// Removes words that contain another word: the shorter one finds both, and has the entries of both.
fn without_longer(wanted: &BTreeMap<String, Vec<usize>>) -> BTreeMap<String, Vec<usize>> {
    let mut kept: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut by_prefix: HashMap<&[u8], Vec<&str>, FixedState> = HashMap::default();
    let mut by_length: Vec<_> = wanted.iter().filter(|(word, _)| word.len() >= MIN_NEEDLE_BYTES).collect();
    by_length.sort_by_key(|(word, _)| word.len());
    for (word, entries) in by_length {
        let contained = (0..=word.len() - MIN_NEEDLE_BYTES).find_map(|at| {
            let rest = &word.as_bytes()[at..];
            by_prefix.get(&rest[..MIN_NEEDLE_BYTES])?.iter().find(|shorter| rest.starts_with(shorter.as_bytes()))
        });
        let shorter = contained.copied().unwrap_or_else(|| {
            by_prefix.entry(&word.as_bytes()[..MIN_NEEDLE_BYTES]).or_default().push(word);
            word
        });
        kept.entry(shorter.to_owned()).or_default().extend(entries);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{ORDINARY, best_places, passing_share, places_are_listed};

    #[test]
    fn ordinary_lines_contain_no_word_but_the_start_of_a_flow() {
        let prefilter = Prefilter::new(&Catalogue::builtin());
        let starts = START_OF_FLOW.as_bytes();
        for line in ORDINARY.split(|b| *b == b'\n') {
            let found = prefilter.first(line, 0).at.filter(|at| !line[*at..].starts_with(starts));
            assert_eq!(found, None, "{}", String::from_utf8_lossy(line));
        }
    }

    fn builtin_needles() -> Vec<Needle> {
        let texts: Vec<String> = wanted_words(&Catalogue::builtin()).into_keys().collect();
        needles(&texts).into_iter().chain(damage_needles()).collect()
    }

    #[test]
    fn few_blocks_of_ordinary_lines_pass_the_tables_of_the_builtin_catalogue() {
        let share = passing_share(&builtin_needles(), ORDINARY).expect("not too many needles");
        println!("{:.2} % of the blocks pass", 100.0 * share);
        assert!(share < 0.02, "{share}: the search is slow");
    }

    /// `UPDATE_SNAPSHOTS=1` writes the list, after a change of the catalogue's words.
    #[test]
    fn the_places_of_the_fingerprints_of_the_builtin_catalogue_are_listed() {
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            let places = best_places(&builtin_needles()).expect("not too many needles");
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/search/places.tsv");
            std::fs::write(path, places).expect("written");
        } else {
            let message = "UPDATE_SNAPSHOTS=1 cargo test --lib the_places_of_the_fingerprints";
            assert!(places_are_listed(&builtin_needles()), "{message}");
        }
    }

    #[test]
    fn every_code_marker_is_found() {
        let prefilter = Prefilter::new(&Catalogue::builtin());
        for marker in [
            "AADSTS50011",
            "aadsts7000215",
            "AADB2C90081",
            "MSIS9605",
            ": ACS70003",
            ":\"ACS70003",
            "errorNo",
            "error_codes",
        ] {
            for before in 0..12 {
                let text = format!("{}{marker}{}", " ".repeat(before), " ".repeat(20));
                assert_eq!(prefilter.first(text.as_bytes(), 0).at, Some(before), "{text:?}");
            }
        }
    }
}
