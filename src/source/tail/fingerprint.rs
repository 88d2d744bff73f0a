//! Recognising content: hashes of a file's first bytes and of the bytes before a place in it.

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

/// How many bytes a fingerprint covers at most.
pub const FINGERPRINT_BYTES: usize = 1024;

/// A hash of some bytes that is the same on every machine and in every version.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    XxHash3_64::oneshot(bytes)
}

/// The fingerprint of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fingerprint {
    /// How many bytes it covers.
    pub len: u64,
    /// Their hash.
    pub hash: u64,
}

impl Fingerprint {
    /// The fingerprint of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self { len: bytes.len() as u64, hash: hash(bytes) }
    }

    /// True when `bytes` begin with what it covers.
    #[must_use]
    pub fn begins(&self, bytes: &[u8]) -> bool {
        usize::try_from(self.len).ok().and_then(|len| bytes.get(..len)).is_some_and(|head| hash(head) == self.hash)
    }

    /// True when `bytes` end with what it covers.
    #[must_use]
    pub fn ends(&self, bytes: &[u8]) -> bool {
        let from = usize::try_from(self.len).ok().and_then(|len| bytes.len().checked_sub(len));
        from.is_some_and(|from| hash(&bytes[from..]) == self.hash)
    }
}

/// The last [`SPAN`] bytes of `before` and `bytes`, put into `before`.
pub fn keep_last(before: &mut Vec<u8>, bytes: &[u8]) {
    if bytes.len() >= FINGERPRINT_BYTES {
        before.clear();
        before.extend_from_slice(&bytes[bytes.len() - FINGERPRINT_BYTES..]);
        return;
    }
    let excess = (before.len() + bytes.len()).saturating_sub(FINGERPRINT_BYTES);
    before.drain(..excess);
    before.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_recognised_at_either_end() {
        let print = Fingerprint::of(b"abc");
        assert!(print.begins(b"abcdef") && print.ends(b"xyzabc"));
        assert!(!print.begins(b"ab") && !print.ends(b"bc") && !print.begins(b"xabc"));
        assert!(Fingerprint::of(b"").begins(b"anything"));
    }

    #[test]
    fn the_last_bytes_are_kept_whatever_the_pieces() {
        let all: Vec<u8> = (0..5000u32).map(|i| (i % 251) as u8).collect();
        for piece in [1, 7, 1023, 1024, 1025, 4000] {
            let mut kept = Vec::new();
            all.chunks(piece).for_each(|bytes| keep_last(&mut kept, bytes));
            assert_eq!(kept, all[all.len() - FINGERPRINT_BYTES..], "{piece}");
        }
    }
}
