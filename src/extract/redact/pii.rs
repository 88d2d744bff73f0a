//! Finds people in a text: mail addresses, client IP addresses, user names.

use std::{net::IpAddr, sync::LazyLock};

use regex::bytes::Regex;

use super::prefilter::{may_hold_address, may_name_user};
use crate::extract::subject::mail_addresses;

static USERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i-u)\b(?:user ?name|user|account|login|principal|actor|author)["']?(?:\s*[:=]\s*["']?|\s+["'])(?P<name>[a-z0-9._@\\\x80-\xff-]{2,64})"#).expect("the expression compiles")
});

/// The display name before a mail address: `"Ann Example" <ann@example.com>`.
static DISPLAY_NAMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?-u)(?:"(?P<quoted>[^"<>\r\n]{2,60})"|(?P<plain>(?:[A-Z][A-Za-z.'\x80-\xff-]* ){1,3}[A-Z][A-Za-z.'\x80-\xff-]*)) <[^<>@\s]+@"#).expect("the expression compiles")
});

static ADDRESSES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b|(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|:)")
        .expect("the expression compiles")
});

/// Names of system accounts, which are not people.
const SYSTEM_USERS: [&str; 16] = [
    "anonymous",
    "ServiceRunner",
    "-",
    "null",
    "none",
    "unknown",
    "admin",
    "administrator",
    "system",
    "sysadmin",
    "root",
    "jira",
    "confluence",
    "bitbucket",
    "atlassian",
    "username",
];

/// Kind of a name: the letter in its placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum PiiKind {
    Mailbox,
    Address,
    User,
}

impl PiiKind {
    pub(super) fn letter(self) -> char {
        match self {
            Self::Mailbox => 'm',
            Self::Address => 'i',
            Self::User => 'u',
        }
    }

    pub(super) fn of(letter: char) -> Self {
        match letter {
            'm' => Self::Mailbox,
            'i' => Self::Address,
            _ => Self::User,
        }
    }

    /// Name in the counts of replacements. Part of every label made with a key, so it must not change.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Mailbox => "mail address",
            Self::Address => "network address",
            Self::User => "user name",
        }
    }
}

/// The people in a text, as start, end and kind. `user` is found wherever it occurs as a word.
pub(super) fn find(text: &[u8], user: Option<&str>) -> Vec<(usize, usize, PiiKind)> {
    let mut found: Vec<(usize, usize, PiiKind)> =
        mail_addresses(text).map(|(start, end)| (start, end, PiiKind::Mailbox)).collect();
    if may_hold_address(text) {
        found.extend(addresses(text).map(|(start, end)| (start, end, PiiKind::Address)));
    }
    if may_name_user(text) {
        let names = USERS.captures_iter(text).filter_map(|captures| captures.name("name"));
        let people = names.filter(|name| std::str::from_utf8(name.as_bytes()).is_ok_and(is_person));
        found.extend(people.map(|name| (name.start(), name.end(), PiiKind::User)));
    }
    if text.contains(&b'<') {
        let names = DISPLAY_NAMES
            .captures_iter(text)
            .filter_map(|captures| captures.name("quoted").or_else(|| captures.name("plain")));
        found.extend(names.map(|name| (name.start(), name.end(), PiiKind::User)));
    }
    if let Some(user) = user.filter(|user| is_person(user) && user.len() >= 3) {
        let whole = |start: usize| {
            let inside = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80);
            !inside(start.checked_sub(1).and_then(|i| text.get(i))) && !inside(text.get(start + user.len()))
        };
        let words = memchr::memmem::find_iter(text, user.as_bytes()).filter(|start| whole(*start));
        found.extend(words.map(|start| (start, start + user.len(), PiiKind::User)));
    }
    found
}

/// Whether a name follows a word such as `user`.
#[cfg(test)]
pub(super) fn expression_names_user(text: &[u8]) -> bool {
    USERS.is_match(text)
}

/// Start and end of every client address.
pub(super) fn addresses(text: &[u8]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let found = ADDRESSES.find_iter(text);
    found.map(|address| (address.start(), address.end())).filter(|(start, end)| is_address(text, *start, *end))
}

/// True for a whole word with a digit: `a::before` and `Map::Entry` contain what could be read as a short
/// address.
fn is_address(text: &[u8], start: usize, end: usize) -> bool {
    let inside = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b == b':');
    let found = &text[start..end];
    !inside(start.checked_sub(1).and_then(|i| text.get(i)))
        && !inside(text.get(end).filter(|b| **b != b':'))
        && found.iter().any(u8::is_ascii_digit)
        && std::str::from_utf8(found).is_ok_and(|found| found.parse::<IpAddr>().is_ok())
}

/// True for a pseudonym: `user-1`, `mailbox-2@…`, `ip-3`, or with a label made with a key.
#[must_use]
pub(crate) fn is_pseudonym(name: &str) -> bool {
    ["user-", "mailbox-", "ip-"].iter().any(|lead| {
        name.strip_prefix(lead).is_some_and(|label| {
            let label = label.strip_suffix("@…").unwrap_or(label);
            let keyed = label.len() == 8 && label.bytes().all(|b| b.is_ascii_hexdigit());
            keyed || !label.is_empty() && label.bytes().all(|b| b.is_ascii_digit())
        })
    })
}

/// True for a name that may be a person's: not a system account, not a word of a sentence, not random
/// characters.
#[must_use]
pub(crate) fn is_person(name: &str) -> bool {
    const WORDS: [&str; 19] = [
        "is", "was", "has", "not", "does", "from", "with", "and", "the", "id", "name", "or", "must", "to", "for", "of",
        "in", "on", "by",
    ];
    name.len() <= 64
        && !is_pseudonym(name)
        && name.chars().any(char::is_alphabetic)
        && !SYSTEM_USERS.iter().any(|user| user.eq_ignore_ascii_case(name))
        && !WORDS.contains(&name.to_ascii_lowercase().as_str())
        && !is_random(name)
}

/// True for a long mix of capitals, small letters and digits: a token in the position of a name.
fn is_random(name: &str) -> bool {
    let has = |what: fn(&char) -> bool| name.chars().any(|c| what(&c));
    name.len() >= 20
        && !name.contains(['@', '.'])
        && has(char::is_ascii_uppercase)
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_digit)
}
