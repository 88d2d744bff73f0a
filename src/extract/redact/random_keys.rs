//! Keys that are known by nothing but how they look: long runs that read like nothing.

use super::{place::Place, secrets::SecretKind, strict::allow, values::skip, wordlike::is_plain_run};

/// A shorter token without a known lead is not taken for a key.
const MIN_RANDOM_KEY_BYTES: usize = 20;
/// The same of one without capitals.
const MIN_LETTERED_KEY_BYTES: usize = 40;
/// So long is its longest part at least.
const MIN_RANDOM_RUN_BYTES: usize = 16;

/// A key of a vendor that is not listed: a long run of small letters, capitals and digits that reads like nothing, with
/// what is joined to it.
pub(super) fn random_keys(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    // Checksums of scripts and keys say what they are.
    let checksum =
        [&b"sha1-"[..], b"sha256-", b"sha384-", b"sha512-"].iter().any(|lead| text[start..end].starts_with(lead));
    if end - start < MIN_RANDOM_KEY_BYTES || checksum {
        return;
    }
    // Of an escape nothing belongs to it: `%3D`, `\u003d`, `\n`.
    let escape = match (text[..start].last(), text[start]) {
        // `%2520`: however often it was encoded.
        (Some(b'%'), _) => 2 + 2 * text[start..end].chunks(2).take_while(|pair| *pair == b"25").count(),
        (Some(b'\\'), b'u') => 5,
        (Some(b'\\'), b'x') => 3,
        (Some(b'\\'), _) => 1,
        _ => 0,
    };
    let start = (start + escape).min(end);
    let part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    let mut at = start;
    while at < end {
        let stop = skip(text, at, end - at, part);
        let piece = &text[at..stop];
        if piece.len() >= MIN_LETTERED_KEY_BYTES && is_lettered(piece) && !allow::is_shown(text, at, stop) {
            found.push(Place::secret(at, stop, SecretKind::Secret));
        }
        if piece.len() >= MIN_RANDOM_KEY_BYTES && is_mixed(piece) {
            let longest = piece.split(|byte| b"_-".contains(byte)).max_by_key(|run| run.len()).unwrap_or_default();
            if longest.len() >= MIN_RANDOM_RUN_BYTES
                && is_mixed(longest)
                && !is_plain_run(longest)
                && !allow::is_shown(text, at, stop)
            {
                found.push(Place::secret(at, stop, SecretKind::Secret));
            }
        }
        at = stop + 1;
    }
}

/// Small letters and digits alone, and more than hexadecimal digits: keys in base32, as Azure DevOps gives them.
fn is_lettered(text: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| text.iter().filter(|byte| is(byte)).count();
    text.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && count(u8::is_ascii_digit) >= 2
        && count(|byte| (b'g'..=b'z').contains(byte)) >= 8
        && !is_plain_run(text)
}

/// Small letters, capitals and digits, at least two of these.
fn is_mixed(text: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| text.iter().filter(|byte| is(byte)).count();
    count(u8::is_ascii_digit) >= 2 && count(u8::is_ascii_uppercase) >= 2 && count(u8::is_ascii_lowercase) >= 2
}
