//! What must not leave the house: secrets for good, people behind pseudonyms.
//!
//! [`scrub`] works on one text without knowing the others: it removes secrets and marks people. The
//! marks become names in [`Pseudonyms::settle`], which numbers them in the order of the report, so
//! that a name is the same all over one report whoever scrubbed the texts.

use std::{borrow::Cow, collections::HashMap, net::IpAddr, sync::LazyLock};

use regex::bytes::{Captures, Regex};

use super::subject::mail_addresses;
use crate::model::Finding;

/// Opens a mark. Private-use characters of the log itself are escaped by [`visible`].
const OPEN: char = '\u{E000}';
/// Closes a mark.
const CLOSE: char = '\u{E001}';

/// Bytes as text that is safe to show: invalid UTF-8 replaced, control characters and direction
/// marks spelled out, CR LF as LF. Line feeds and tabs stay.
#[must_use]
pub fn visible(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if !text.bytes().any(|b| b < 0x20 && b != b'\n' && b != b'\t' || b >= 0x7f) {
        return text.into_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' if chars.peek() == Some(&'\n') => {}
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{e000}'..='\u{f8ff}' => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// What redaction shall hide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hide {
    /// Secrets and people: the default.
    SecretsAndPeople,
    /// Secrets alone (`--no-redact`).
    Secrets,
}

/// Secrets by shape or by the key before them. The first group that matched tells the kind.
static SECRETS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        // Bytes, not Unicode: every end of a match is an ASCII byte or its neighbour, so no character
        // is ever cut, and the expression compiles twenty times faster.
        r"(?x-u)",
        // The token itself tells.
        r"(?P<jwt> \beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)*)",
        r"|(?P<client_secret> [A-Za-z0-9_.~-]{3}[0-9]Q~[A-Za-z0-9_.~-]{20,} | \bGOCSPX-[A-Za-z0-9_-]{16,})",
        r"|(?P<token> \b[01]\.A[A-Za-z0-9_-]{20,}(?:\.[A-Za-z0-9_-]+)* | \bM\.[CR][0-9]+_[A-Za-z0-9_.!*$-]{20,} | \b1//0[A-Za-z0-9_-]{16,} | \bya29\.[A-Za-z0-9_.-]{16,} | \bdXNlcj[A-Za-z0-9+/=]{12,})",
        r"|(?P<code> \b4/[0-9]A[A-Za-z0-9_-]{16,})",
        // The word before it tells.
        r#"|(?i:\b(?:bearer|basic|xoauth2|oauthbearer|authenticate\s+plain|authenticate\s+login|auth\s+plain|auth\s+login)(?P<sasl> [\s:]+["']?[A-Za-z0-9+/_.~=-]{12,}))"#,
        r#"|(?:\b[A-Z]{1,4}[0-9]{1,6}\s+LOGIN\s+\S+(?P<login> \s+\S+))"#,
        r#"|(?i:\b(?:set-)?cookie["']?\s*[:=](?P<cookie> [^\r\n"]+))"#,
        r#"|(?i:\b(?:jsessionid|atlassian\.xsrf\.token|seraph\.rememberme\.cookie|crowd\.token_key)=(?P<session> [^\s;,&"']+))"#,
        r#"|(?i:(?:client[_-]?secret(?:_value)?|clientsecret|refresh[_-]?token|access[_-]?token|id[_-]?token|client[_-]?assertion|assertion|code[_-]?verifier|password|passwd|passphrase|pwd|private[_-]?key|api[_-]?key|session[_-]?token)\\*["']?\s*(?:[:=]|=>)\s*(?P<value> \\*"(?:[^"\\\r\n]|\\.)+ | '[^'\r\n]+ | \[[^\]\r\n]+ | [^\s"'&,;}\]\)]+))"#,
        r#"|(?i:(?:[?&;\s]|^)code=(?P<query> [^\s&"']{20,}))"#,
        r#"|(?i:["']code["']\s*[:=]\s*["'](?P<quoted> [^"'\s]{40,}))"#,
    ))
    .ok()
});

/// The kind of each group of [`SECRETS`], as it is shown.
const KINDS: [(&str, &str); 11] = [
    ("jwt", "token"),
    ("client_secret", "client secret"),
    ("token", "token"),
    ("code", "authorization code"),
    ("sasl", "credentials"),
    ("login", "password"),
    ("cookie", "cookie"),
    ("session", "session"),
    ("value", "secret"),
    ("query", "authorization code"),
    ("quoted", "authorization code"),
];

static USERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i-u)\b(?:user ?name|user|account|login|principal|actor|author)["']?(?:\s*[:=]\s*["']?|\s+["'])(?P<name>[a-z0-9._@\\\x80-\xff-]{2,64})"#).ok()
});

static ADDRESSES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?-u)\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b|(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|:)").ok()
});

/// Names that are Jira's own, not a person's.
const PSEUDO_USERS: [&str; 9] =
    ["anonymous", "ServiceRunner", "-", "null", "none", "unknown", "admin", "system", "username"];

/// Removes secrets from `text` and marks people. `user` is the header's user, whose name is hidden
/// wherever it stands as a word.
#[must_use]
pub fn scrub(text: &str, user: Option<&str>, hide: Hide) -> String {
    let text = secrets(text);
    if hide == Hide::Secrets {
        return text.into_owned();
    }
    people(&text, user)
}

fn secrets(text: &str) -> Cow<'_, str> {
    let Some(regex) = SECRETS.as_ref() else { return Cow::Borrowed(text) };
    match regex.replace_all(text.as_bytes(), replacement) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// What stands in place of a secret: the key before it, and what was removed.
fn replacement(found: &Captures<'_>) -> Vec<u8> {
    let whole = &found[0];
    let start = found.get(0).map_or(0, |m| m.start());
    for (group, kind) in KINDS {
        let Some(secret) = found.name(group) else { continue };
        let before = &whole[..secret.start() - start];
        let lead = secret.as_bytes().iter().take_while(|b| b.is_ascii_whitespace() || b"\"'\\:[".contains(b)).count();
        let (lead, value) = secret.as_bytes().split_at(lead);
        // "basic authentication is disabled" is a sentence, not a header.
        let a_word = group == "sasl" && value.iter().all(|b| b.is_ascii_lowercase() || b".-".contains(b));
        if value.starts_with(b"[removed") || is_harmless(value) || a_word {
            break;
        }
        return [before, lead, b"[removed ", kind.as_bytes(), b"]"].concat();
    }
    whole.to_vec()
}

/// Words that follow a key in plain prose or in a masked log.
fn is_harmless(value: &[u8]) -> bool {
    const WORDS: [&[u8]; 11] =
        [b"password", b"null", b"none", b"true", b"false", b"expired", b"invalid", b"missing", b"is", b"was", b"has"];
    value.is_empty() || value.iter().all(|b| b"*xX#.<>".contains(b)) || WORDS.contains(&value)
}

fn people(text: &str, user: Option<&str>) -> String {
    let mut spans: Vec<(usize, usize, char)> = Vec::new();
    spans.extend(mail_addresses(text.as_bytes()).map(|(start, end)| (start, end, 'm')));
    if let Some(regex) = ADDRESSES.as_ref() {
        spans.extend(
            regex
                .find_iter(text.as_bytes())
                .filter(|found| text[found.range()].parse::<IpAddr>().is_ok())
                .map(|found| (found.start(), found.end(), 'i')),
        );
    }
    if let Some(regex) = USERS.as_ref() {
        spans.extend(
            regex
                .captures_iter(text.as_bytes())
                .filter_map(|found| found.name("name"))
                .filter(|name| text.get(name.range()).is_some_and(is_person))
                .map(|name| (name.start(), name.end(), 'u')),
        );
    }
    if let Some(user) = user.filter(|user| is_person(user) && user.len() >= 3) {
        spans.extend(
            text.match_indices(user)
                .filter(|(at, _)| is_word(text, *at, at + user.len()))
                .map(|(at, _)| (at, at + user.len(), 'u')),
        );
    }
    if spans.is_empty() {
        return text.to_owned();
    }
    spans.sort_by_key(|(start, end, _)| (*start, usize::MAX - end));
    let mut out = String::with_capacity(text.len() + 16);
    let mut at = 0;
    for (start, end, kind) in spans {
        if start < at || !text.is_char_boundary(start) || !text.is_char_boundary(end) {
            continue;
        }
        out.push_str(&text[at..start]);
        out.extend([OPEN, kind]);
        out.push_str(&text[start..end]);
        out.push(CLOSE);
        at = end;
    }
    out.push_str(&text[at..]);
    out
}

fn is_person(name: &str) -> bool {
    !PSEUDO_USERS.iter().any(|pseudo| pseudo.eq_ignore_ascii_case(name))
        && name.chars().any(char::is_alphabetic)
        && !matches!(
            name.to_ascii_lowercase().as_str(),
            "is" | "was" | "has" | "not" | "does" | "from" | "with" | "and" | "the" | "id" | "name" | "or" | "must"
        )
}

fn is_word(text: &str, start: usize, end: usize) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    !text[..start].chars().next_back().is_some_and(inside) && !text[end..].chars().next().is_some_and(inside)
}

/// Marks a whole value as a client address list: each address by itself.
#[must_use]
pub fn mark_addresses(text: &str, hide: Hide) -> String {
    if hide == Hide::Secrets {
        return text.to_owned();
    }
    text.split(',').map(|one| format!("{OPEN}i{one}{CLOSE}")).collect::<Vec<_>>().join(",")
}

/// Marks a whole value as a mail address.
#[must_use]
pub fn mark_mailbox(text: &str, hide: Hide) -> String {
    if hide == Hide::Secrets { text.to_owned() } else { format!("{OPEN}m{text}{CLOSE}") }
}

/// Takes a mark off the end of a text that was cut within it.
pub fn drop_open_mark(text: &mut String) {
    if let Some(open) = text.rfind(OPEN)
        && !text[open..].contains(CLOSE)
    {
        text.truncate(open);
    }
}

/// The names given to people in one report.
#[derive(Debug, Default)]
pub struct Pseudonyms {
    numbers: HashMap<(char, String), usize>,
    counts: [usize; 3],
}

impl Pseudonyms {
    /// Names everybody in a finding.
    pub fn settle_all(&mut self, finding: &mut Finding) {
        finding.texts().for_each(|text| self.settle(text));
    }

    /// Turns the marks of a scrubbed text into names: `user-1`, `mailbox-2@…`, `ip-3`.
    pub fn settle(&mut self, text: &mut String) {
        if !text.contains(OPEN) {
            return;
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(open) = rest.find(OPEN) {
            out.push_str(&rest[..open]);
            let mark = &rest[open + OPEN.len_utf8()..];
            let Some(close) = mark.find(CLOSE) else { break };
            let mut chars = mark[..close].chars();
            let kind = chars.next().unwrap_or('u');
            out.push_str(&self.name(kind, chars.as_str()));
            rest = &mark[close + CLOSE.len_utf8()..];
        }
        out.push_str(rest);
        *text = out;
    }

    fn name(&mut self, kind: char, raw: &str) -> String {
        let slot = match kind {
            'm' => 0,
            'i' => 1,
            _ => 2,
        };
        let counts = &mut self.counts;
        let number = *self.numbers.entry((kind, raw.to_lowercase())).or_insert_with(|| {
            counts[slot] += 1;
            counts[slot]
        });
        match kind {
            'm' => format!("mailbox-{number}@…"),
            'i' => format!("ip-{number}"),
            _ => format!("user-{number}"),
        }
    }
}

#[cfg(test)]
mod tests;
