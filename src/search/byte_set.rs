//! The bytes that a kind of word consists of.

/// A set of bytes, asked by table: the ASCII letters, the digits, and some more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByteSet([bool; 256]);

impl ByteSet {
    /// Letters, digits and `others`.
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

    /// How many bytes at the start of a text belong to it.
    pub(crate) fn prefix_len(&self, text: &[u8]) -> usize {
        text.iter().position(|byte| !self.contains(*byte)).unwrap_or(text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_before_the_first_other_byte() {
        const NAMES: ByteSet = ByteSet::with(b"._");
        assert_eq!(NAMES.prefix_len(b"com.example.A_9 x"), 15);
        assert_eq!((NAMES.prefix_len(b"-"), NAMES.prefix_len(b""), NAMES.prefix_len(b"ab")), (0, 0, 2));
        assert!(!NAMES.contains(0xe4) && !NAMES.contains(b'@'));
    }
}
