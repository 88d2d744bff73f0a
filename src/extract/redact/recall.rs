//! Users whom a text has named, so that they are hidden wherever they come again.

use std::collections::HashMap;

use super::pii::{is_person, is_pseudonym};

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

/// Whether a name can be looked for without a word that says it is one.
pub(super) fn can_be_recalled(name: &str) -> bool {
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

/// Not a part of a longer word, of a class or of a host.
pub(super) fn is_whole(text: &str, start: usize, end: usize) -> bool {
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
