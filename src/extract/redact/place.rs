//! What a reading of a text has found, and where.

use super::{pii::PiiKind, secrets::SecretKind};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Secret(SecretKind),
    Person(PiiKind),
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

    pub(super) fn person(start: usize, end: usize, kind: PiiKind) -> Self {
        Self { start, end, what: What::Person(kind) }
    }
}
