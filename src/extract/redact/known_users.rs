//! Users known from anywhere in a report, hidden wherever else they are named.
//!
//! A record's own user is hidden in the record. That somebody who is named in another's message is a
//! user is known only when all headers have been seen.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Pseudonyms, RedactionLevel, is_person, is_pseudonym, known_secrets::KnownSecrets, replace_user};

/// Names so short are found in too many words.
const MIN_USER_CHARS: usize = 4;

/// Names of accounts that are also words of every log.
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

/// The users of a report and the names they go by.
#[derive(Debug, Default)]
pub struct KnownUsers {
    finder: Option<AhoCorasick>,
    shown: Vec<String>,
    secrets: KnownSecrets,
}

/// Whether a name can be looked for without a word that says it is one.
fn can_be_recalled(name: &str) -> bool {
    name.chars().count() >= MIN_USER_CHARS && is_person(name) && !WORDS.contains(&name) && !is_pseudonym(name)
}

/// The users of the texts so far.
#[derive(Debug, Default)]
pub(super) struct Recall {
    /// By their first bytes, in small letters.
    names: HashMap<[u8; MIN_USER_CHARS], Vec<String>, foldhash::fast::FixedState>,
    /// Which first bytes occur: most words are passed over by this alone.
    heads: Vec<u64>,
}

/// Names are looked for in every text of a report: there is an end to it.
const MAX_RECALLED: usize = 1 << 14;

impl Recall {
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Adds a name in small letters. One that only its place in a sentence made a user must not be a plain word.
    pub(super) fn add(&mut self, name: &str, sure: bool) {
        let plain = name.bytes().all(|byte| byte.is_ascii_lowercase()) && name.len() < 6;
        let Some(head) = name.as_bytes().first_chunk::<MIN_USER_CHARS>() else { return };
        if !can_be_recalled(name) || !sure && plain || self.names.len() >= MAX_RECALLED {
            return;
        }
        if self.heads.is_empty() {
            self.heads = vec![0; 1024];
        }
        let slot = slot(*head);
        self.heads[slot / 64] |= 1 << (slot % 64);
        let names = self.names.entry(*head).or_default();
        names.push(name.to_owned());
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    }

    /// Where they are named, as whole words.
    pub(super) fn find(&self, text: &str) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        if self.names.is_empty() {
            return found;
        }
        let bytes = text.as_bytes();
        let part = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80 || byte == b'_';
        let (mut at, mut before) = (0, false);
        while at + MIN_USER_CHARS <= bytes.len() {
            let inside = part(bytes[at]);
            if !inside || before {
                before = inside;
                at += 1;
                continue;
            }
            before = true;
            let Some(head) = bytes[at..].first_chunk::<MIN_USER_CHARS>() else { break };
            let head = head.map(|byte| byte.to_ascii_lowercase());
            let slot = slot(head);
            let known = self.heads[slot / 64] >> (slot % 64) & 1 == 1;
            let name = known.then(|| self.names.get(&head)).flatten().and_then(|names| {
                names.iter().find(|name| {
                    bytes.get(at..at + name.len()).is_some_and(|here| here.eq_ignore_ascii_case(name.as_bytes()))
                        && text.is_char_boundary(at + name.len())
                        && is_whole(text, at, at + name.len())
                })
            });
            if let Some(name) = name {
                found.push((at, at + name.len()));
                at += name.len();
                continue;
            }
            at += 1;
        }
        found
    }
}

fn slot(head: [u8; MIN_USER_CHARS]) -> usize {
    (u32::from_le_bytes(head).wrapping_mul(0x85eb_ca6b) >> 16) as usize
}

impl KnownUsers {
    /// Everybody who has a name in the report already, and `others`.
    #[must_use]
    pub(crate) fn new(others: BTreeSet<String>, names: &mut Pseudonyms) -> Self {
        let mut users: BTreeSet<String> = names.users().map(str::to_owned).collect();
        users.extend(others.into_iter().map(|name| name.to_lowercase()));
        users.retain(|name| can_be_recalled(name));
        let secrets = names.known_secrets().clone();
        if users.is_empty() {
            return Self { secrets, ..Self::default() };
        }
        names.counting(false);
        let shown = users
            .iter()
            .map(|name| {
                let mut name = replace_user(name, RedactionLevel::Standard);
                names.apply(&mut name);
                name
            })
            .collect();
        names.counting(true);
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(&users)
            .expect("names are plain texts");
        Self { finder: Some(finder), shown, secrets }
    }

    /// A text in which they go by their names, without the secrets of the report.
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let without = self.secrets.remove(text).map_or(Cow::Borrowed(text), Cow::Owned);
        let Some(finder) = &self.finder else { return without };
        let (mut out, mut at) = (String::new(), 0);
        for found in finder.find_iter(&*without) {
            if is_whole(&without, found.start(), found.end()) {
                out.push_str(&without[at..found.start()]);
                out.push_str(&self.shown[found.pattern().as_usize()]);
                at = found.end();
            }
        }
        if at == 0 {
            return without;
        }
        out.push_str(&without[at..]);
        Cow::Owned(out)
    }
}

/// Not a part of a longer word, of a class or of a host.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let joined = |c: char| c.is_alphanumeric() || c == '_';
    let mut before = text[..start].chars().rev();
    let mut behind = text[end..].chars();
    let left = match before.next() {
        Some('.' | '-') => before.next().is_some_and(joined),
        c => c.is_some_and(joined),
    };
    let right = match behind.next() {
        Some('.' | '-') => behind.next().is_some_and(joined),
        c => c.is_some_and(joined),
    };
    !left && !right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_hidden_as_whole_words() {
        let mut names = Pseudonyms::default();
        let people = BTreeSet::from(["mrossi".to_owned(), "Jira".to_owned(), "bob".to_owned()]);
        let known = KnownUsers::new(people, &mut names);
        assert_eq!(known.redact("for mrossi. ~MRossi and /home/mrossi/x"), "for user-1. ~user-1 and /home/user-1/x");
        for kept in ["mrossi2 c.mrossi.X mrossi.example.com mrossi-x", "jira and bob", ""] {
            assert_eq!(known.redact(kept), kept);
        }
    }
}
