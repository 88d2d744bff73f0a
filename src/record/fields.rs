//! The fields between level and logger: user, request id, session id, client addresses, URL.
//!
//! Any of them may be empty, background services put their name where the URL belongs, and a user name
//! may contain spaces, so fields are recognised by shape, never by position.

use crate::model::Header;

/// Fills the fields of `header` from `text`, which is between level and logger.
pub(super) fn fill<'a>(header: &mut Header<'a>, text: &'a [u8]) {
    let mut rest = text;
    if let Some(id) = tokens(text).find(|token| is_request_id(token.text)) {
        header.user = field(&text[..id.at]);
        header.request_id = Some(id.text);
        rest = &text[id.end()..];
        if let Some(session) = tokens(rest).next().filter(|token| is_session_id(token.text)) {
            header.session_id = field(session.text);
            rest = &rest[session.end()..];
        }
    } else if let Some(first) = tokens(text).next() {
        // An empty user field leaves two spaces before the next field.
        if first.at <= 1 && !first.text.starts_with(b"/") && !is_addresses(first.text) {
            header.user = field(first.text);
            rest = &text[first.end()..];
        }
    }
    if let Some(list) = tokens(rest).next().filter(|token| token.text == b"-" || is_addresses(token.text)) {
        header.client_ip = field(list.text);
        rest = &rest[list.end()..];
    }
    header.url = field(rest);
}

/// A word, and its position in the text.
#[derive(Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) at: usize,
    pub(super) text: &'a [u8],
}

/// The words of a text, separated by spaces.
pub(super) fn tokens(text: &[u8]) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    text.split(|b| *b == b' ').filter_map(move |word| {
        let start = at;
        at += word.len() + 1;
        (!word.is_empty()).then_some(Token { at: start, text: word })
    })
}

impl Token<'_> {
    /// Position of its end.
    fn end(&self) -> usize {
        self.at + self.text.len()
    }
}

/// The value of a field without spaces around it; `None` for `-`, which means a null value.
fn field(text: &[u8]) -> Option<&[u8]> {
    let start = text.iter().position(|b| *b != b' ')?;
    let end = text.iter().rposition(|b| *b != b' ')?;
    Some(&text[start..=end]).filter(|text| *text != b"-")
}

/// `1234x5727202x3`: minute of the day, request number, concurrent requests.
#[must_use]
pub(super) fn is_request_id(token: &[u8]) -> bool {
    if !token.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let mut parts = 0;
    token.split(|b| *b == b'x').all(|part| {
        parts += 1;
        !part.is_empty() && part.iter().all(u8::is_ascii_digit)
    }) && parts == 3
}

/// `1i8mi5a`: a hash in base 36; `-` without a session.
fn is_session_id(token: &[u8]) -> bool {
    token == b"-"
        || ((5..=8).contains(&token.len()) && token.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

/// `10.0.0.1`, `10.0.0.1,172.31.2.2`, `0:0:0:0:0:0:0:1`.
#[must_use]
pub(super) fn is_addresses(token: &[u8]) -> bool {
    token.iter().all(|b| b.is_ascii_hexdigit() || b".:,[]".contains(b))
        && !token.is_empty()
        && token.split(|b| *b == b',').all(|one| {
            let one = one.strip_prefix(b"[").and_then(|one| one.strip_suffix(b"]")).unwrap_or(one);
            std::str::from_utf8(one).is_ok_and(|one| one.parse::<std::net::IpAddr>().is_ok())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_both_families_are_recognised() {
        for yes in ["10.10.10.10", "10.10.10.10,172.31.2.2", "0:0:0:0:0:0:0:1", "2001:db8::1,10.0.0.1", "[::1]"] {
            assert!(is_addresses(yes.as_bytes()), "{yes}");
        }
        for no in ["", "10.10.10", "x", "1234x5x1", "10.0.0.1,"] {
            assert!(!is_addresses(no.as_bytes()), "{no}");
        }
    }
}
