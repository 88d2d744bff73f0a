//! A word to look for, place by place.

/// What may stand at one place of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    Byte(u8),
    Digit,
    /// Before the word or behind it: whatever the text has there.
    Any,
}

/// A word to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word(Vec<Place>);

impl Word {
    /// These very bytes.
    pub(crate) fn of(text: &str) -> Self {
        Self(text.bytes().map(Place::Byte).collect())
    }

    /// Followed by `count` digits: any ten may stand there.
    pub(crate) fn digits(mut self, count: usize) -> Self {
        self.0.resize(self.0.len() + count, Place::Digit);
        self
    }

    pub(super) fn places(&self) -> &[Place] {
        &self.0
    }

    pub(super) fn matches(&self, text: &[u8]) -> bool {
        text.len() >= self.0.len() && self.0.iter().zip(text).all(|(place, byte)| place.fits(*byte))
    }

    /// The word, a short one with the place before it, a very short one also with that behind it, so
    /// that there are `wanted` places. The number of those put before comes with it.
    pub(super) fn padded(&self, wanted: usize) -> (usize, Vec<Place>) {
        let missing = wanted.saturating_sub(self.0.len());
        let (before, behind) = (missing.min(1), missing.saturating_sub(1).min(1));
        let any = |count| std::iter::repeat_n(Place::Any, count);
        (before, any(before).chain(self.0.iter().copied()).chain(any(behind)).collect())
    }
}

impl Place {
    fn fits(self, byte: u8) -> bool {
        self.bytes().contains(&byte)
    }

    /// The bytes that may stand here.
    pub(super) fn bytes(self) -> std::ops::RangeInclusive<u8> {
        match self {
            Self::Byte(byte) => byte..=byte,
            Self::Digit => b'0'..=b'9',
            Self::Any => 0..=255,
        }
    }
}
