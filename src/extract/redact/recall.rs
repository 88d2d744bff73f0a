//! Users whom a text has named, so that they are hidden wherever they come again.

use std::collections::HashMap;

use super::{
    login::is_thing,
    pii::{is_person, is_pseudonym},
    prose::is_prose_word,
    wordlike::is_term,
};

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

/// Other spellings of a full name in small letters: `wenona lindgarth` is `lindgarth, wenona`, `wenona.lindgarth`,
/// `lindgarth_wenona`, `w.lindgarth` and `wlindgarth`, too.
pub(super) fn spellings(name: &str) -> Vec<String> {
    let is_name = |part: &str| {
        part.chars().count() >= 3
            && part.chars().all(char::is_alphabetic)
            && !is_thing(part)
            && !is_prose_word(part.as_bytes())
    };
    let Some((first, last)) = name.split_once(' ').filter(|(first, last)| is_name(first) && is_name(last)) else {
        return Vec::new();
    };
    let initial: String = first.chars().take(1).collect();
    let joined =
        [".", "_", "-"].into_iter().flat_map(|sign| [format!("{first}{sign}{last}"), format!("{last}{sign}{first}")]);
    let mut all: Vec<String> = joined.collect();
    all.extend([format!("{last}, {first}"), format!("{last} {first}"), format!("{initial}.{last}")]);
    let login = format!("{initial}{last}");
    if login.len() > 5 && !is_term(login.as_bytes()) {
        all.push(login);
    }
    all
}

/// A name that is looked for.
#[derive(Debug)]
struct Known {
    name: String,
    /// The name of which it is another spelling.
    of: Option<String>,
}

/// The users of the texts so far.
#[derive(Debug, Default)]
pub(super) struct Recall {
    /// By their first bytes, in small letters.
    names: HashMap<[u8; MIN_USER_CHARS], Vec<Known>, foldhash::fast::FixedState>,
    /// How many names were added, without their spellings.
    count: usize,
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
        if !can_be_recalled(name) || !sure && plain || self.count >= MAX_RECALLED {
            return;
        }
        self.count += 1;
        for spelling in spellings(name) {
            if let Some(head) = spelling.as_bytes().first_chunk::<MIN_USER_CHARS>() {
                self.insert(*head, Known { name: spelling.clone(), of: Some(name.to_owned()) });
            }
        }
        self.insert(*head, Known { name: name.to_owned(), of: None });
    }

    fn insert(&mut self, head: [u8; MIN_USER_CHARS], known: Known) {
        if self.heads.is_empty() {
            self.heads = vec![0; 1024];
        }
        let slot = slot(head);
        self.heads[slot / 64] |= 1 << (slot % 64);
        let names = self.names.entry(head).or_default();
        names.push(known);
        names.sort_by_key(|known| (std::cmp::Reverse(known.name.len()), known.of.is_some()));
    }

    /// Where they are named, as whole words, and of which name it is another spelling.
    pub(super) fn find(&self, text: &str) -> Vec<(usize, usize, Option<String>)> {
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
                names.iter().find(|known| {
                    let end = at + known.name.len();
                    bytes.get(at..end).is_some_and(|here| here.eq_ignore_ascii_case(known.name.as_bytes()))
                        && text.is_char_boundary(end)
                        && (is_whole(text, at, end) || known.of.is_some() && is_whole_name(text, at, end))
                })
            });
            if let Some(known) = name {
                found.push((at, at + known.name.len(), known.of.clone()));
                at += known.name.len();
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

/// The same of two names that are joined, after which the end of the name of a file may be: `lindgarth_wenona.msg`.
pub(super) fn is_whole_name(text: &str, start: usize, end: usize) -> bool {
    let stop = text[end..].strip_prefix('.').map_or(end, |rest| {
        let letters = rest.chars().take_while(char::is_ascii_alphanumeric).count();
        if (2..=4).contains(&letters) { end + 1 + letters } else { end }
    });
    stop > end && text[start..end].contains(['.', '_', '-']) && is_whole(text, start, stop)
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
