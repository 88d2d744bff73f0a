//! Which templates a message is compared with.

/// Selects the bucket of a message: messages with the same text after the word that was found, at the end of the line
/// before it, and in the first stack frames after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) struct CacheKey(pub(super) u64);

/// A key covers so many bytes from the word on, or fewer at the end of the line.
const LINE_BYTES: usize = 160;
/// And so many at the end of the line before: of the frames of a stack trace, those above its cause.
const BYTES_BEFORE: usize = 32;
/// And the methods of so many stack frames after the line: traces that start alike differ there.
const FRAMES: usize = 2;
/// Of a method, so many bytes at most.
const METHOD_BYTES: usize = 96;
/// The end of a line is looked for within so many bytes.
const MAX_LINE_BYTES: usize = 512;

impl CacheKey {
    /// The key for the word at `found` in a record that starts at `start`. All characters of ids and times count as the
    /// same.
    pub(in crate::engine) fn of(bytes: &[u8], start: usize, found: usize) -> Self {
        let before = &bytes[start..found];
        let before = &before[..memchr::memrchr(b'\n', before).unwrap_or(0)];
        let before = &before[before.len().saturating_sub(BYTES_BEFORE)..];
        let mut rest = &bytes[found..];
        let line = &rest[..rest.len().min(LINE_BYTES)];
        let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
        let mut hash = add_to_hash::<LINE_BYTES>(add_to_hash::<BYTES_BEFORE>(0, before), line);
        for _ in 0..FRAMES {
            let end = memchr::memchr(b'\n', &rest[..rest.len().min(MAX_LINE_BYTES)]);
            let Some(frame) = end.and_then(|end| rest[end + 1..].strip_prefix(b"\tat ")) else { break };
            let method = &frame[..frame.len().min(METHOD_BYTES)];
            let end = memchr::memchr2(b'(', b'\n', method).unwrap_or(method.len());
            hash = add_to_hash::<METHOD_BYTES>(hash, &method[..end]);
            rest = frame;
        }
        Self(hash)
    }
}

/// Adds a text of at most `LEN` bytes to a hash, with one digit in the place of all hexadecimal ones.
fn add_to_hash<const LEN: usize>(hash: u64, text: &[u8]) -> u64 {
    let mut canonical = [0; LEN];
    canonical[..text.len()].copy_from_slice(text);
    // All bytes of a fixed length are looked at together.
    canonical.iter_mut().for_each(|byte| *byte = if byte.is_ascii_hexdigit() { b'0' } else { *byte });
    let words = canonical.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
    words.fold(hash, |hash, word| (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> CacheKey {
        CacheKey::of(text.as_bytes(), 0, text.find("AADSTS").expect("a code"))
    }

    #[test]
    fn keys_differ_by_words_and_not_by_ids() {
        let text = "app 'aaaaaaaa-2222-3333-4444-555555555555': AADSTS50011: x 1";
        assert_eq!(key(text), key(&text.replace("aaaaaaaa", "12345678").replace("x 1", "x 2")));
        assert_ne!(key(text), key(&text.replace("50011: x", "50011: y")));
        assert_eq!(CacheKey::of(b"AADSTS50011", 0, 0), CacheKey::of(b"AADSTS50011", 0, 0));
    }

    #[test]
    fn keys_differ_by_the_first_frames_and_not_by_their_lines() {
        let text = "AADSTS50011: x\n\tat p.A.m(A.java:7)\n\tat p.B.n(B.java:88)\n\tat p.C.o(C.java:9)\n";
        assert_eq!(key(text), key(&text.replace("A.java:7", "A.java:1234").replace("p.C.o", "p.D.q")));
        for other in [text.replace("A.m", "A.r"), text.replace("B.n", "B.r"), text.replace("\tat p.A", "p.A")] {
            assert_ne!(key(text), key(&other), "{other}");
        }
    }
}
