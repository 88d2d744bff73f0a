//! Tokens and lists that hold text in another encoding: hexadecimal digits, base32, lists of byte values.

/// Shorter texts hold no secret.
const MIN_TEXT_BYTES: usize = 10;
/// More is not decoded: a secret shows in its start.
const MAX_DECODED_BYTES: usize = 4096;

/// The text that a token encodes, if it is one of hexadecimal digits or base32.
pub(super) fn decode(token: &[u8]) -> Option<Vec<u8>> {
    let bare = token.strip_prefix(b"0x").or_else(|| token.strip_prefix(b"\\x")).unwrap_or(token);
    readable(hexadecimal(bare).or_else(|| base32(bare))?)
}

fn hexadecimal(token: &[u8]) -> Option<Vec<u8>> {
    let digits = &token[..token.len().min(2 * MAX_DECODED_BYTES)];
    if token.len() < 2 * MIN_TEXT_BYTES || !token.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    token.chunks(2).take(MAX_DECODED_BYTES).map(|pair| byte(pair, 16)).collect()
}

fn base32(token: &[u8]) -> Option<Vec<u8>> {
    let bare = token.trim_ascii_end();
    let bare = &bare[..bare.len() - bare.iter().rev().take_while(|byte| **byte == b'=').count()];
    let letters = &bare[..bare.len().min(2 * MAX_DECODED_BYTES)];
    if bare.len() < 2 * MIN_TEXT_BYTES || !letters.iter().all(|letter| matches!(letter, b'A'..=b'Z' | b'2'..=b'7')) {
        return None;
    }
    let (mut bits, mut count, mut out) = (0_u32, 0, Vec::new());
    for letter in bare.iter().take(2 * MAX_DECODED_BYTES) {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xff) as u8);
        }
    }
    Some(out)
}

/// Lists of byte values: `[99, 108, 105, …]` of Java, `63:6c:69:…`: start, end and the text.
pub(super) fn lists(text: &[u8], mut each: impl FnMut(usize, usize, &[u8])) {
    let mut from = 0;
    for at in memchr::memchr2_iter(b':', b',', text) {
        if at < from {
            continue;
        }
        let start =
            at - text[..at].iter().rev().take(4).take_while(|byte| byte.is_ascii_hexdigit() || **byte == b'-').count();
        let (bytes, end) = if text[at] == b':' { pairs(text, start) } else { numbers(text, start) };
        from = end.max(at + 1);
        if let Some(bytes) = readable(bytes) {
            each(start, end, &bytes);
        }
    }
}

/// `63:6c:69`
fn pairs(text: &[u8], start: usize) -> (Vec<u8>, usize) {
    let (mut bytes, mut at) = (Vec::new(), start);
    while let Some(value) = text.get(at..at + 2).and_then(|pair| byte(pair, 16)) {
        bytes.push(value);
        at += 2;
        if text.get(at) != Some(&b':') || bytes.len() >= MAX_DECODED_BYTES {
            break;
        }
        at += 1;
    }
    (bytes, at)
}

/// `99, 108, 105`; Java's bytes have a sign.
fn numbers(text: &[u8], start: usize) -> (Vec<u8>, usize) {
    let (mut bytes, mut at) = (Vec::new(), start);
    loop {
        let len = text[at.min(text.len())..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        let Some(value) =
            text.get(at..at + len).filter(|digits| !digits.is_empty()).and_then(|digits| byte(digits, 10))
        else {
            return (bytes, at);
        };
        bytes.push(value);
        at += len;
        if text.get(at) != Some(&b',') || bytes.len() >= MAX_DECODED_BYTES {
            return (bytes, at);
        }
        at += 1;
        at += text[at..].iter().take(2).take_while(|byte| **byte == b' ').count();
    }
}

fn byte(digits: &[u8], radix: u32) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u8::from_str_radix(digits, radix).ok()
}

/// Bytes that are a text.
fn readable(bytes: Vec<u8>) -> Option<Vec<u8>> {
    let plain = |byte: &u8| (0x20..0x7f).contains(byte) || b"\r\n\t".contains(byte);
    (bytes.len() >= MIN_TEXT_BYTES && bytes.iter().all(plain)).then_some(bytes)
}
