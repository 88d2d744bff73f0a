//! Replaces the users of a report wherever they are named.
//!
//! A record's own user is replaced while the record is redacted. That a name in another record's message is a
//! user is known only after all headers have been read.

use std::{borrow::Cow, collections::BTreeSet};

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Pseudonyms, RedactionLevel, is_person, replace_user};

/// Shorter names occur in too many words.
const MIN_USER_CHARS: usize = 4;

/// Account names that are also words of every log.
const WORDS: [&str; 14] = [
    "jira",
    "mail",
    "test",
    "support",
    "service",
    "token",
    "error",
    "info",
    "root",
    "user",
    "users",
    "login",
    "confluence",
    "account",
];

/// The users of a report and their pseudonyms.
#[derive(Debug, Default)]
pub struct KnownUsers {
    finder: Option<AhoCorasick>,
    pseudonyms: Vec<String>,
}

impl KnownUsers {
    /// The users who already have a pseudonym in the report, and `others`.
    #[must_use]
    pub(crate) fn new(others: BTreeSet<String>, names: &mut Pseudonyms) -> Self {
        let mut users: BTreeSet<String> = names.users().map(str::to_owned).collect();
        users.extend(others.into_iter().map(|name| name.to_lowercase()));
        users.retain(|name| {
            name.chars().count() >= MIN_USER_CHARS && is_person(name) && !WORDS.contains(&name.as_str())
        });
        if users.is_empty() {
            return Self::default();
        }
        names.counting(false);
        let pseudonyms = users
            .iter()
            .map(|name| {
                let mut name = replace_user(name, RedactionLevel::SecretsAndEverybody);
                names.apply(&mut name);
                name
            })
            .collect();
        names.counting(true);
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(&users)
            .expect("names of at most 64 bytes each stay below the limit of two thousand million states");
        Self { finder: Some(finder), pseudonyms }
    }

    /// The text with their pseudonyms in place of their names.
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Some(finder) = &self.finder else { return Cow::Borrowed(text) };
        let (mut out, mut at) = (String::new(), 0);
        for found in finder.find_iter(text) {
            if is_whole(text, found.start(), found.end()) {
                out.push_str(&text[at..found.start()]);
                out.push_str(&self.pseudonyms[found.pattern().as_usize()]);
                at = found.end();
            }
        }
        if at == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(&text[at..]);
        Cow::Owned(out)
    }
}

/// True when the match is not part of a longer word, of a class name or of a host name.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let joined = |c: char| c.is_alphanumeric() || c == '_';
    let mut before = text[..start].chars().rev();
    let mut after = text[end..].chars();
    let left = match before.next() {
        Some('.' | '-') => before.next().is_some_and(joined),
        c => c.is_some_and(joined),
    };
    let right = match after.next() {
        Some('.' | '-') => after.next().is_some_and(joined),
        c => c.is_some_and(joined),
    };
    !left && !right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_replaced_as_whole_words() {
        let mut names = Pseudonyms::default();
        let people = BTreeSet::from(["mrossi".to_owned(), "Jira".to_owned(), "bob".to_owned()]);
        let known = KnownUsers::new(people, &mut names);
        assert_eq!(known.redact("for mrossi. ~MRossi and /home/mrossi/x"), "for user-1. ~user-1 and /home/user-1/x");
        for kept in ["mrossi2 c.mrossi.X mrossi.example.com mrossi-x", "jira and bob", ""] {
            assert_eq!(known.redact(kept), kept);
        }
    }
}
