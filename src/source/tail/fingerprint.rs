//! Recognising content: hashes of a file's first bytes and of the bytes before an offset.

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

/// Maximum number of bytes that a fingerprint covers.
pub(super) const FINGERPRINT_BYTES: usize = 1024;

/// A hash that is the same on every machine and in every version.
#[must_use]
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    XxHash3_64::oneshot(bytes)
}

/// The fingerprint of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub(super) struct Fingerprint {
    /// Number of bytes that it covers.
    pub len: u64,
    /// Their hash.
    pub hash: u64,
}

impl Fingerprint {
    /// The fingerprint of `bytes`.
    #[must_use]
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { len: bytes.len() as u64, hash: hash(bytes) }
    }

    /// True when `bytes` begin with the bytes that it covers.
    #[must_use]
    pub(super) fn is_prefix_of(&self, bytes: &[u8]) -> bool {
        usize::try_from(self.len).ok().and_then(|len| bytes.get(..len)).is_some_and(|head| hash(head) == self.hash)
    }

    /// True when `bytes` end with the bytes that it covers.
    #[must_use]
    pub(super) fn is_suffix_of(&self, bytes: &[u8]) -> bool {
        let from = usize::try_from(self.len).ok().and_then(|len| bytes.len().checked_sub(len));
        from.is_some_and(|from| hash(&bytes[from..]) == self.hash)
    }
}

/// Replaces `last` by the last [`FINGERPRINT_BYTES`] bytes of `last` and `bytes`.
pub(super) fn keep_last(last: &mut Vec<u8>, bytes: &[u8]) {
    if bytes.len() >= FINGERPRINT_BYTES {
        last.clear();
        last.extend_from_slice(&bytes[bytes.len() - FINGERPRINT_BYTES..]);
        return;
    }
    let excess = (last.len() + bytes.len()).saturating_sub(FINGERPRINT_BYTES);
    last.drain(..excess);
    last.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_recognised_at_either_end() {
        let fingerprint = Fingerprint::of(b"abc");
        assert!(fingerprint.is_prefix_of(b"abcdef") && fingerprint.is_suffix_of(b"xyzabc"));
        assert!(!fingerprint.is_prefix_of(b"ab") && !fingerprint.is_suffix_of(b"bc"));
        assert!(!fingerprint.is_prefix_of(b"xabc"));
        assert!(Fingerprint::of(b"").is_prefix_of(b"anything"));
    }

    #[test]
    fn the_last_bytes_are_kept_for_any_sizes_of_chunks() {
        let all: Vec<u8> = (0..5000u32).map(|i| (i % 251) as u8).collect();
        for size in [1, 7, 1023, 1024, 1025, 4000] {
            let mut kept = Vec::new();
            all.chunks(size).for_each(|bytes| keep_last(&mut kept, bytes));
            assert_eq!(kept, all[all.len() - FINGERPRINT_BYTES..], "{size}");
        }
    }
}
