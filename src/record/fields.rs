//! The slots between level and logger: user, request id, session id, client address, URL.
//!
//! Any of them may be blank, background services put their name into the URL slot, and a user name
//! may hold blanks, so the slots are recognised by shape, never by position.

use crate::model::Header;

/// Fills the slots of `header` from the text between level and logger.
pub(crate) fn fill<'a>(header: &mut Header<'a>, blob: &'a [u8]) {
    let mut rest = blob;
    if let Some(id) = tokens(blob).find(|token| is_request_id(token.text)) {
        header.user = slot(&blob[..id.at]);
        header.request_id = Some(id.text);
        rest = &blob[id.end()..];
        if let Some(session) = tokens(rest).next().filter(|token| is_session_id(token.text)) {
            header.session_id = slot(session.text);
            rest = &rest[session.end()..];
        }
    } else if let Some(first) = tokens(blob).next() {
        // A blank user slot leaves two blanks before whatever comes next.
        if first.at <= 1 && !first.text.starts_with(b"/") && !is_addresses(first.text) {
            header.user = slot(first.text);
            rest = &blob[first.end()..];
        }
    }
    if let Some(list) = tokens(rest).next().filter(|token| token.text == b"-" || is_addresses(token.text)) {
        header.client_ip = slot(list.text);
        rest = &rest[list.end()..];
    }
    header.url = slot(rest);
}

/// A word of the blob and where it starts.
#[derive(Clone, Copy)]
pub(crate) struct Token<'a> {
    pub(crate) at: usize,
    pub(crate) text: &'a [u8],
}

/// The words of `blob`, blanks between.
pub(crate) fn tokens(blob: &[u8]) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    blob.split(|b| *b == b' ').filter_map(move |text| {
        let start = at;
        at += text.len() + 1;
        (!text.is_empty()).then_some(Token { at: start, text })
    })
}

impl Token<'_> {
    /// Where it ends.
    fn end(&self) -> usize {
        self.at + self.text.len()
    }
}

/// What stands in a slot, without the blanks around it. A null value is printed as `-`.
fn slot(text: &[u8]) -> Option<&[u8]> {
    let start = text.iter().position(|b| *b != b' ')?;
    let end = text.iter().rposition(|b| *b != b' ')?;
    Some(&text[start..=end]).filter(|text| *text != b"-")
}

/// `1234x5727202x3`: minutes of the day, request number, requests in flight.
#[must_use]
pub(crate) fn is_request_id(token: &[u8]) -> bool {
    if !token.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let mut parts = 0;
    token.split(|b| *b == b'x').all(|part| {
        parts += 1;
        !part.is_empty() && part.iter().all(u8::is_ascii_digit)
    }) && parts == 3
}

/// `1i8mi5a`: a hash in base 36; `-` when there is no session.
fn is_session_id(token: &[u8]) -> bool {
    token == b"-"
        || ((5..=8).contains(&token.len()) && token.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

/// `10.0.0.1`, `10.0.0.1,172.31.2.2`, `0:0:0:0:0:0:0:1`.
#[must_use]
pub(crate) fn is_addresses(token: &[u8]) -> bool {
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
