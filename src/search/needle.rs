//! One needle, as a sequence of byte classes.

/// What may be at one position of a needle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ByteClass {
    Byte(u8),
    Digit,
    /// Any byte: the one before the needle or after it.
    Any,
}

/// A text to search for: bytes, followed by a number of digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Needle {
    bytes: Vec<u8>,
    digits: usize,
}

impl Needle {
    /// Exactly this text.
    pub(crate) fn of(text: &str) -> Self {
        Self { bytes: text.as_bytes().to_vec(), digits: 0 }
    }

    /// The same text, followed by `digits` digits.
    pub(crate) fn digits(self, digits: usize) -> Self {
        Self { digits, ..self }
    }

    pub(super) fn classes(&self) -> Vec<ByteClass> {
        let digits = std::iter::repeat_n(ByteClass::Digit, self.digits);
        self.bytes.iter().copied().map(ByteClass::Byte).chain(digits).collect()
    }

    pub(super) fn matches(&self, text: &[u8]) -> bool {
        let digits = text.strip_prefix(self.bytes.as_slice()).and_then(|rest| rest.get(..self.digits));
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
    }

    /// The classes of the needle, padded towards `min_len`: by one byte before it and, when that is not
    /// enough, by one byte after it. Returns how many were added before it, and all of them.
    pub(super) fn padded(&self, min_len: usize) -> (usize, Vec<ByteClass>) {
        let classes = self.classes();
        let missing = min_len.saturating_sub(classes.len());
        let (before, after) = (missing.min(1), missing.saturating_sub(1).min(1));
        let any = |count| std::iter::repeat_n(ByteClass::Any, count);
        (before, any(before).chain(classes).chain(any(after)).collect())
    }
}

impl ByteClass {
    /// The bytes in this class.
    pub(super) fn bytes(self) -> std::ops::RangeInclusive<u8> {
        match self {
            Self::Byte(byte) => byte..=byte,
            Self::Digit => b'0'..=b'9',
            Self::Any => 0..=255,
        }
    }
}

/// As text, for people.
#[cfg(test)]
impl std::fmt::Display for ByteClass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Byte(byte) => write!(f, "{}", byte.escape_ascii()),
            Self::Digit => f.write_str("\\d"),
            Self::Any => f.write_str("\\?"),
        }
    }
}
