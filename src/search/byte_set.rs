//! A set of bytes.

/// A set of bytes as a table: the ASCII letters, the digits, and others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByteSet([bool; 256]);

impl ByteSet {
    /// ASCII letters, digits and `others`.
    pub(crate) const fn with(others: &[u8]) -> Self {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 128 {
            table[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        let mut i = 0;
        while i < others.len() {
            table[others[i] as usize] = true;
            i += 1;
        }
        Self(table)
    }

    pub(crate) fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }

    /// Length of the longest prefix of `text` that consists of bytes in the set.
    pub(crate) fn prefix_len(&self, text: &[u8]) -> usize {
        text.iter().position(|byte| !self.contains(*byte)).unwrap_or(text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_before_the_first_other_byte() {
        const NAMES: ByteSet = ByteSet::with(b"._");
        assert_eq!(NAMES.prefix_len(b"com.example.A_9 x"), 15);
        assert_eq!((NAMES.prefix_len(b"-"), NAMES.prefix_len(b""), NAMES.prefix_len(b"ab")), (0, 0, 2));
        assert!(!NAMES.contains(0xe4) && !NAMES.contains(b'@'));
    }
}
