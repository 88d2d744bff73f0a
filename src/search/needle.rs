//! A word to look for, place by place.

/// What may stand at one place of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ByteClass {
    Byte(u8),
    Digit,
    /// Before the word or behind it: whatever the text has there.
    Any,
}

/// A word to look for: bytes, and so many digits behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Needle {
    bytes: Vec<u8>,
    digits: usize,
}

impl Needle {
    /// These very bytes.
    pub(crate) fn of(text: &str) -> Self {
        Self { bytes: text.as_bytes().to_vec(), digits: 0 }
    }

    /// Followed by `digits` digits: any ten may stand there.
    pub(crate) fn digits(self, digits: usize) -> Self {
        Self { digits, ..self }
    }

    pub(super) fn places(&self) -> Vec<ByteClass> {
        let digits = std::iter::repeat_n(ByteClass::Digit, self.digits);
        self.bytes.iter().copied().map(ByteClass::Byte).chain(digits).collect()
    }

    pub(super) fn matches(&self, text: &[u8]) -> bool {
        let digits = text.strip_prefix(self.bytes.as_slice()).and_then(|behind| behind.get(..self.digits));
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
    }

    /// The word, a short one with the place before it, a very short one also with that behind it, so
    /// that there are `wanted` places. The number of those put before comes with it.
    pub(super) fn padded(&self, wanted: usize) -> (usize, Vec<ByteClass>) {
        let places = self.places();
        let missing = wanted.saturating_sub(places.len());
        let (before, behind) = (missing.min(1), missing.saturating_sub(1).min(1));
        let any = |count| std::iter::repeat_n(ByteClass::Any, count);
        (before, any(before).chain(places).chain(any(behind)).collect())
    }
}

impl ByteClass {
    /// The bytes that may stand here.
    pub(super) fn bytes(self) -> std::ops::RangeInclusive<u8> {
        match self {
            Self::Byte(byte) => byte..=byte,
            Self::Digit => b'0'..=b'9',
            Self::Any => 0..=255,
        }
    }
}
