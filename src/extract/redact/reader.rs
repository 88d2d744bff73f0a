//! One reading of a plain text: what in it is a secret, and what names a person.

use super::{dialogue, keyed, people, pii::PiiKind, secrets::SecretKind, shapes};

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

/// Everything in a text that must not be shown. `user` is hidden wherever it is a word.
pub(super) fn read(text: &[u8], user: Option<&str>) -> Vec<Place> {
    let mut found = Vec::new();
    keyed::find(text, &mut found);
    shapes::find(text, &mut found);
    dialogue::lines(text, &mut found);
    people::find(text, user, &mut found);
    // What redaction has put there is nothing to find.
    found.retain(|place| place.end > place.start && !within_note(text, place));
    found
}

/// Whether a text names anything that must not be shown.
pub(super) fn finds_any(text: &[u8]) -> bool {
    let mut found = Vec::new();
    keyed::find(text, &mut found);
    people::find(text, None, &mut found);
    !found.is_empty()
}

/// `[removed client secret]`: of a note of removal nothing is removed.
fn within_note(text: &[u8], place: &Place) -> bool {
    let lead = &text[place.start.saturating_sub(12)..text.len().min(place.start + 12)];
    let Some(at) = memchr::memmem::rfind(lead, b"[removed") else { return false };
    let note = place.start.saturating_sub(12) + at;
    let close = memchr::memchr(b']', &text[note..]).map_or(text.len(), |at| note + at);
    place.end <= close + 1 && note <= place.start.max(note) && close >= place.start
}
