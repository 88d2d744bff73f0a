//! Can a text contain a person or a secret at all?
//!
//! Most texts contain nothing that the expressions of `secrets` and `pii` match, and the expressions are slow to
//! find out. So their keywords are searched for first, all at once in the text in lower case; the expression runs
//! only when a keyword is in the right position. Property tests check that no expression matches what is rejected
//! here.

use std::sync::LazyLock;

use memchr::{memchr_iter, memmem};

use crate::search::{MultiSearcher, Needle};

/// What must surround a keyword.
#[derive(Debug, Clone, Copy)]
enum KeywordPosition {
    /// Nothing in particular.
    Anywhere,
    /// The same letters, in this case.
    As(&'static str),
    /// Followed by whitespace, a colon or a plus.
    Scheme,
    /// The same, and preceded by `auth` or `authenticate`.
    Mechanism,
    /// Followed by an equals sign, a colon or an arrow, possibly after a quotation mark; or by the end of a tag.
    Key,
    /// The same, followed by a value of so many bytes.
    KeyOfLongValue(usize),
    /// Followed by an equals sign, a colon or a quotation mark.
    Title,
}

/// A search for keywords in lower case; `#` stands for a digit.
struct KeywordSearch {
    search: MultiSearcher<3>,
    /// The length of each, and what must surround it.
    positions: Vec<(usize, KeywordPosition)>,
}

/// Keywords of [`super::secrets`].
static SECRETS: LazyLock<KeywordSearch> = LazyLock::new(|| {
    KeywordSearch::new(&[
        // Shapes of secrets.
        ("gocspx-", KeywordPosition::As("GOCSPX-")),
        ("m.c#", KeywordPosition::As("M.C")),
        ("m.r#", KeywordPosition::As("M.R")),
        ("1//0", KeywordPosition::Anywhere),
        ("ya29.", KeywordPosition::As("ya29.")),
        ("dxnlcj", KeywordPosition::As("dXNlcj")),
        ("aqab", KeywordPosition::As("AQAB")),
        ("aiza", KeywordPosition::As("AIza")),
        ("-----begin ", KeywordPosition::As("-----BEGIN ")),
        // Commands and prompts of mail servers.
        ("vxnlcm5hbwu6", KeywordPosition::As("VXNlcm5hbWU6")),
        ("ugfzc3dvcmq6", KeywordPosition::As("UGFzc3dvcmQ6")),
        ("login", KeywordPosition::As("LOGIN")),
        ("pass ", KeywordPosition::As("PASS")),
        ("pass\t", KeywordPosition::As("PASS")),
        ("apop", KeywordPosition::As("APOP")),
        // Authorization schemes.
        ("bearer", KeywordPosition::Scheme),
        ("basic", KeywordPosition::Scheme),
        ("negotiate", KeywordPosition::Scheme),
        ("ntlm", KeywordPosition::Scheme),
        ("xoauth2", KeywordPosition::Scheme),
        ("cram-md5", KeywordPosition::Scheme),
        ("plain", KeywordPosition::Mechanism),
        ("login", KeywordPosition::Mechanism),
        // Keys.
        ("authorization", KeywordPosition::Key),
        ("cookie", KeywordPosition::Key),
        ("jsessionid", KeywordPosition::Key),
        ("awsalb", KeywordPosition::Key),
        ("awsalbcors", KeywordPosition::Key),
        ("token", KeywordPosition::Key),
        ("token_key", KeywordPosition::Key),
        ("secret", KeywordPosition::Key),
        ("secret_value", KeywordPosition::Key),
        ("pass", KeywordPosition::Key),
        ("password", KeywordPosition::Key),
        ("passwd", KeywordPosition::Key),
        ("passphrase", KeywordPosition::Key),
        ("assertion", KeywordPosition::Key),
        ("verifier", KeywordPosition::Key),
        ("privatekey", KeywordPosition::Key),
        ("private_key", KeywordPosition::Key),
        ("private-key", KeywordPosition::Key),
        ("apikey", KeywordPosition::Key),
        ("api_key", KeywordPosition::Key),
        ("api-key", KeywordPosition::Key),
        ("devicecode", KeywordPosition::Key),
        ("device_code", KeywordPosition::Key),
        ("device-code", KeywordPosition::Key),
        ("code", KeywordPosition::KeyOfLongValue(16)),
        // Too short for a search without the following byte.
        ("pwd=", KeywordPosition::Anywhere),
        ("pwd:", KeywordPosition::Anywhere),
        ("pwd-", KeywordPosition::Anywhere),
        ("pwd\\", KeywordPosition::Anywhere),
        ("pwd\"", KeywordPosition::Anywhere),
        ("pwd'", KeywordPosition::Anywhere),
        ("pwd ", KeywordPosition::Anywhere),
        ("pwd\t", KeywordPosition::Anywhere),
        ("pwd\n", KeywordPosition::Anywhere),
        ("pwd\r", KeywordPosition::Anywhere),
        ("pwd\x0b", KeywordPosition::Anywhere),
        ("pwd\x0c", KeywordPosition::Anywhere),
    ])
});

/// Keywords of [`super::pii`].
static USERS: LazyLock<KeywordSearch> = LazyLock::new(|| {
    KeywordSearch::new(&[
        ("user", KeywordPosition::Title),
        ("username", KeywordPosition::Title),
        ("user name", KeywordPosition::Title),
        ("account", KeywordPosition::Title),
        ("login", KeywordPosition::Title),
        ("principal", KeywordPosition::Title),
        ("actor", KeywordPosition::Title),
        ("author", KeywordPosition::Title),
    ])
});

/// True when a text may contain a secret.
pub(super) fn may_hold_secret(text: &[u8]) -> bool {
    SECRETS.is_match(text) || has_short_keyword(text)
}

/// True when a text may name a user after a word such as `user`.
pub(super) fn may_name_user(text: &[u8]) -> bool {
    USERS.is_match(text)
}

/// True when a text may contain a client address: numbers separated by dots, groups of digits separated by seven
/// colons, or two colons in a row.
pub(super) fn may_hold_address(text: &[u8]) -> bool {
    let number = |dot: usize| {
        let digits = text[dot + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        dot > 0 && text[dot - 1].is_ascii_digit() && digits > 0 && text.get(dot + 1 + digits) == Some(&b'.')
    };
    if memchr_iter(b'.', text).any(number) {
        return true;
    }
    let (mut colons, mut group_start) = (0, 0);
    memchr_iter(b':', text).any(|colon| {
        let group = &text[group_start..colon];
        let continues = colons > 0 && group.len() <= 4 && group.iter().all(u8::is_ascii_hexdigit);
        colons = if continues { colons + 1 } else { 1 };
        group_start = colon + 1;
        continues && group.is_empty() || colons >= 7
    })
}

impl KeywordSearch {
    fn new(words: &[(&str, KeywordPosition)]) -> Self {
        let word = |text: &str| {
            let letters = text.trim_end_matches('#');
            Needle::of(letters).digits(text.len() - letters.len())
        };
        Self {
            search: MultiSearcher::new(words.iter().map(|(text, _)| word(text)).collect()),
            positions: words.iter().map(|(text, position)| (text.len(), *position)).collect(),
        }
    }

    fn is_match(&self, text: &[u8]) -> bool {
        let mut found = false;
        self.search.for_each(&text.to_ascii_lowercase(), |word, at| {
            let (len, position) = self.positions[word];
            found = found || position.fits(text, at, len);
        });
        found
    }
}

impl KeywordPosition {
    /// Whether a keyword of `len` bytes at `at` is in this position.
    fn fits(self, text: &[u8], at: usize, len: usize) -> bool {
        let (before, after) = (&text[..at], &text[at + len..]);
        match self {
            Self::Anywhere => true,
            Self::As(letters) => text[at..].starts_with(letters.as_bytes()),
            Self::Scheme => after.first().is_some_and(|byte| is_space(*byte) || b":+".contains(byte)),
            Self::Mechanism => Self::Scheme.fits(text, at, len) && ends_in_auth(before),
            Self::Key => value_of(after).is_some(),
            Self::KeyOfLongValue(min_bytes) => value_of(after).is_some_and(|value| is_long(value, min_bytes)),
            Self::Title => is_title(after),
        }
    }
}

/// What follows the equals sign of a key.
fn value_of(after: &[u8]) -> Option<&[u8]> {
    if let Some(content) = after.strip_prefix(b">") {
        return Some(content);
    }
    let before_quote = without(after, |byte| byte == b'\\');
    let after = without_quote(before_quote);
    match without(after, is_space) {
        [b':' | b'=', value @ ..] | [b'-', b'>', value @ ..] => Some(value),
        // `name="password" value="…"`
        attribute if after.len() < before_quote.len() => {
            attribute.first_chunk().filter(|name: &&[u8; 5]| name.eq_ignore_ascii_case(b"value")).map(|_| attribute)
        }
        _ => None,
    }
}

/// Whether the value is one word of at least so many bytes, possibly in quotation marks.
fn is_long(value: &[u8], min_bytes: usize) -> bool {
    let value = without_quote(without(without(value, is_space), |byte| byte == b'\\'));
    value.len() >= min_bytes && !value[..min_bytes].iter().any(|byte| ends_value(*byte))
}

/// `user=`, `"user" : `, `user 'bob'`.
fn is_title(after: &[u8]) -> bool {
    let after = without_quote(after);
    let blank = after.first().is_some_and(|byte| is_space(*byte));
    match without(after, is_space).first() {
        Some(b':' | b'=') => true,
        Some(b'"' | b'\'') => blank,
        _ => false,
    }
}

fn ends_in_auth(before: &[u8]) -> bool {
    let end = before.iter().rposition(|byte| !is_space(*byte)).map_or(0, |last| last + 1);
    let word = &before[..end];
    let ends_in = |name: &[u8]| word.len() >= name.len() && word[word.len() - name.len()..].eq_ignore_ascii_case(name);
    end < before.len() && (ends_in(b"auth") || ends_in(b"authenticate"))
}

fn without_quote(text: &[u8]) -> &[u8] {
    match text {
        [b'"' | b'\'', rest @ ..] => rest,
        text => text,
    }
}

fn without(text: &[u8], what: impl Fn(u8) -> bool) -> &[u8] {
    &text[text.iter().position(|byte| !what(*byte)).unwrap_or(text.len())..]
}

/// True for bytes that end a value without quotation marks.
pub(super) fn ends_value(byte: u8) -> bool {
    is_space(byte) || b"\"'&,;}])<\\".contains(&byte)
}

/// True for what `\s` matches in an expression.
fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'\x0b'
}

/// True for signs of a secret that are too short for the keyword search: `eyJ`, `1.A`, `8Q~`, `EwB`, `4/0A`,
/// `://user:password@`.
fn has_short_keyword(text: &[u8]) -> bool {
    static ENTRA: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(".A"));
    let before = |at: usize, what: &[u8]| text[..at].ends_with(what);
    let slash = |at: usize| match &text[at + 1..] {
        [b'0'..=b'9', b'A', ..] => before(at, b"4"),
        [b'/', rest @ ..] => before(at, b":") && has_user_info(rest),
        _ => false,
    };
    ENTRA.find_iter(text).any(|dot| before(dot, b"0") || before(dot, b"1"))
        || memchr_iter(b'J', text).any(|at| before(at, b"ey"))
        || memchr_iter(b'~', text).any(|at| before(at, b"Q"))
        || memchr_iter(b'E', text).any(|at| matches!(&text[at + 1..], [b'w', b'A'..=b'Z', ..]))
        || memchr_iter(b'/', text).any(slash)
}

/// After `://`: `user:password@`.
fn has_user_info(after: &[u8]) -> bool {
    let user = without(after, |byte| !is_space(byte) && !b"/:@".contains(&byte));
    let Some(password) = user.strip_prefix(b":") else { return false };
    matches!(without(password, |byte| !is_space(byte) && !b"/@".contains(&byte)), [b'@', ..])
}

#[cfg(test)]
mod tests;
