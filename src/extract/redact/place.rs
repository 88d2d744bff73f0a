//! What a reading of a text has found, and where.

use super::{pii::PiiKind, secrets::SecretKind};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Secret(SecretKind),
    Person(PiiKind),
    /// Where a secret would be, and reads like a word: strict redaction removes it, standard redaction shows it.
    Doubtful,
}

/// Where something was found: bytes of the text that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) what: What,
}

impl Place {
    pub(super) fn secret(start: usize, end: usize, kind: SecretKind) -> Self {
        Self { start, end, what: What::Secret(kind) }
    }

    pub(super) fn doubtful(start: usize, end: usize) -> Self {
        Self { start, end, what: What::Doubtful }
    }

    pub(super) fn is_doubtful(&self) -> bool {
        self.what == What::Doubtful
    }

    pub(super) fn person(start: usize, end: usize, kind: PiiKind) -> Self {
        Self { start, end, what: What::Person(kind) }
    }
}
