//! Could a text name somebody, or hold a secret, at all?
//!
//! Most texts hold nothing that the expressions of `secrets` and `people` match, and the expressions are slow to say
//! so. Here their words are looked for first, all at once in the text in small letters; only where one stands as it
//! must is the expression asked. Laws hold both against each other: no expression matches what is refused here.

use std::sync::LazyLock;

use memchr::{memchr_iter, memmem};

use crate::search::{MultiSearcher, Needle};

/// How a word must stand.
#[derive(Debug, Clone, Copy)]
enum KeywordPosition {
    /// Wherever it is.
    Anywhere,
    /// In these very letters.
    As(&'static str),
    /// Before a blank, a colon or a plus.
    Scheme,
    /// The same, and behind `auth` or `authenticate`.
    Mechanism,
    /// Before a sign of equality, a colon or an arrow, perhaps behind a quotation mark; or before what ends a tag.
    Key,
    /// The same, and so many bytes of a value behind that.
    KeyOfLong(usize),
    /// Before a sign of equality, a colon or a quotation mark.
    Title,
}

/// A search for words in small letters; `#` stands for a digit.
struct KeywordSearch {
    search: MultiSearcher<3>,
    /// The length of each, and how it must stand.
    standing: Vec<(usize, KeywordPosition)>,
}

/// Words of [`super::secrets`].
static SECRETS: LazyLock<KeywordSearch> = LazyLock::new(|| {
    KeywordSearch::new(&[
        // What looks like a secret by itself.
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
        // Schemes of authorization.
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
        ("code", KeywordPosition::KeyOfLong(16)),
        // Too short to be looked for alone.
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

/// Words of [`super::people`]; those of two words end in one of these.
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

/// True when a text may hold a secret.
pub(super) fn may_hold_secret(text: &[u8]) -> bool {
    SECRETS.is_match(text) || has_short_keyword(text)
}

/// True when a text may name a user behind a word such as `user`.
pub(super) fn may_name_user(text: &[u8]) -> bool {
    USERS.is_match(text)
}

/// True when a text may hold a client address: four numbers, or so many colons as eight groups have between them,
/// or two at once.
pub(super) fn may_hold_address(text: &[u8]) -> bool {
    let number = |dot: usize| {
        let digits = text[dot + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        dot > 0 && text[dot - 1].is_ascii_digit() && digits > 0 && text.get(dot + 1 + digits) == Some(&b'.')
    };
    if memchr_iter(b'.', text).any(number) {
        return true;
    }
    let (mut colons, mut behind) = (0, 0);
    memchr_iter(b':', text).any(|colon| {
        let group = &text[behind..colon];
        let joined = colons > 0 && group.len() <= 4 && group.iter().all(u8::is_ascii_hexdigit);
        colons = if joined { colons + 1 } else { 1 };
        behind = colon + 1;
        joined && group.is_empty() || colons >= 7
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
            standing: words.iter().map(|(text, standing)| (text.len(), *standing)).collect(),
        }
    }

    fn is_match(&self, text: &[u8]) -> bool {
        let mut stands = false;
        self.search.for_each(&text.to_ascii_lowercase(), |word, at| {
            let (len, standing) = self.standing[word];
            stands = stands || standing.holds(text, at, len);
        });
        stands
    }
}

impl KeywordPosition {
    /// Whether a word of `len` bytes at `at` stands so.
    fn holds(self, text: &[u8], at: usize, len: usize) -> bool {
        let (before, behind) = (&text[..at], &text[at + len..]);
        match self {
            Self::Anywhere => true,
            Self::As(letters) => text[at..].starts_with(letters.as_bytes()),
            Self::Scheme => behind.first().is_some_and(|byte| is_blank(*byte) || b":+".contains(byte)),
            Self::Mechanism => Self::Scheme.holds(text, at, len) && ends_in_auth(before),
            Self::Key => value_of(behind).is_some(),
            Self::KeyOfLong(least) => value_of(behind).is_some_and(|value| is_long(value, least)),
            Self::Title => title_ends(behind),
        }
    }
}

/// What stands behind a key's sign of equality.
fn value_of(behind: &[u8]) -> Option<&[u8]> {
    if let Some(content) = behind.strip_prefix(b">") {
        return Some(content);
    }
    let before_quote = without(behind, |byte| byte == b'\\');
    let behind = without_quote(before_quote);
    match without(behind, is_blank) {
        [b':' | b'=', value @ ..] | [b'-', b'>', value @ ..] => Some(value),
        // `name="password" value="…"`
        attribute if behind.len() < before_quote.len() => {
            attribute.first_chunk().filter(|name: &&[u8; 5]| name.eq_ignore_ascii_case(b"value")).map(|_| attribute)
        }
        _ => None,
    }
}

/// Whether so many bytes of one word stand there, perhaps in quotation marks.
fn is_long(value: &[u8], least: usize) -> bool {
    let value = without_quote(without(without(value, is_blank), |byte| byte == b'\\'));
    value.len() >= least && !value[..least].iter().any(|byte| ends_value(*byte))
}

/// `user=`, `"user" : `, `user 'bob'`.
fn title_ends(behind: &[u8]) -> bool {
    let behind = without_quote(behind);
    let blank = behind.first().is_some_and(|byte| is_blank(*byte));
    match without(behind, is_blank).first() {
        Some(b':' | b'=') => true,
        Some(b'"' | b'\'') => blank,
        _ => false,
    }
}

fn ends_in_auth(before: &[u8]) -> bool {
    let end = before.iter().rposition(|byte| !is_blank(*byte)).map_or(0, |last| last + 1);
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

/// What no value without quotation marks holds.
pub(super) fn ends_value(byte: u8) -> bool {
    is_blank(byte) || b"\"'&,;}])<\\".contains(&byte)
}

/// As an expression's `\s` knows them.
fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'\x0b'
}

/// What gives a secret away in three letters or less, or by no letters: `eyJ`, `1.A`, `8Q~`, `EwB`, `4/0A`,
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

/// Behind `://`: `user:password@`.
fn has_user_info(behind: &[u8]) -> bool {
    let user = without(behind, |byte| !is_blank(byte) && !b"/:@".contains(&byte));
    let Some(password) = user.strip_prefix(b":") else { return false };
    matches!(without(password, |byte| !is_blank(byte) && !b"/@".contains(&byte)), [b'@', ..])
}

#[cfg(test)]
mod tests;
