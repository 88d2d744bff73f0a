//! Base64 of text that holds a secret or a person.

use crate::extract::guid::is_guid;

/// More is not decoded: a secret shows in its start.
const MAX_DECODED: usize = 4096;

/// Whether a token is base64 of credentials (`\0user\0password`, `user=…\x01auth=…`) or of text in which a secret or
/// a person is found by `finds_any`.
pub(super) fn holds_secret(token: &[u8], finds_any: impl Fn(&[u8]) -> bool) -> bool {
    let body = token.strip_suffix(b"==").or_else(|| token.strip_suffix(b"=")).unwrap_or(token);
    let body = &body[..body.len().min(MAX_DECODED)];
    let Some(text) = decode(body) else { return false };
    // Bytes at random, as an id's letters decode to, are hardly ever UTF-8.
    if is_guid(token) || std::str::from_utf8(&text).is_err() {
        return false;
    }
    let printable = |byte: &u8| (0x20..0x7f).contains(byte) || b"\r\n\t\0\x01".contains(byte) || *byte >= 0xc0;
    if !text.iter().all(printable) {
        return false;
    }
    let bare = text.split(|byte| *byte == 0).count();
    let sasl = text.first() == Some(&0) && bare == 3 || text.windows(6).any(|window| window == b"\x01auth=");
    // `12345:…` of personal access tokens, `user:password`.
    let pair = text.iter().filter(|byte| **byte == b':').count() == 1 && !text.contains(&b' ') && text.len() >= 8;
    sasl || pair || bare == 1 && text.len() >= 10 && finds_any(&text)
}

pub(super) fn decode(body: &[u8]) -> Option<Vec<u8>> {
    // Most tokens are none, and need no memory to show it.
    if body.len() % 4 == 1 || !each_byte(body, |_| {}) {
        return None;
    }
    let mut out = Vec::with_capacity(body.len() * 3 / 4);
    each_byte(body, |byte| out.push(byte));
    Some(out)
}

/// Hands over what the letters stand for; false as soon as it is no text.
fn each_byte(body: &[u8], mut each: impl FnMut(u8)) -> bool {
    let (mut bits, mut count) = (0_u32, 0);
    for byte in body {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return false,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            let decoded = (bits >> count & 0xff) as u8;
            // Most words are no base64 of text, and show it at once.
            if decoded < 0x20 && !b"\0\x01\t\r\n".contains(&decoded) || decoded == 0x7f {
                return false;
            }
            each(decoded);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_no_base64_whatever_its_digits() {
        assert!(!holds_secret(b"7da1ae07-9810-410a-9293-9aa8545200ce", |_| true));
        assert!(holds_secret(b"AGFubgBodW50ZXIy", |_| false));
    }
}
