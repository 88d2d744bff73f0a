//! One reading of a plain text: what in it is a secret, and what names a person.
//!
//! The readers below know nothing of each other. What one of them finds to be text in another encoding is read
//! here again.

use super::{base64, blocks, dialogue, keyed, keys::Needs, people, place::Place, secrets::SecretKind, shapes, urls};

/// Shorter tokens of base64 hold no secret.
const MIN_ENCODED_BYTES: usize = 16;

/// Everything in a text that must not be shown. `user` is hidden wherever it is a word. `parts` are what is
/// between its stack frames.
pub(super) fn read(text: &[u8], parts: &[(usize, usize)], user: Option<&str>) -> Vec<Place> {
    let mut found = Vec::new();
    for (from, to) in parts {
        let places = read_part(&text[*from..*to], user);
        found.extend(places.into_iter().map(|place| Place {
            start: place.start + from,
            end: place.end + from,
            ..place
        }));
    }
    found
}

fn read_part(text: &[u8], user: Option<&str>) -> Vec<Place> {
    let mut found = Vec::new();
    let needs = keyed::find(text, &mut found);
    shapes::each_token(text, needs, |start, end| {
        shapes::token(text, start, end, &mut found);
        if end - start >= MIN_ENCODED_BYTES && base64::holds_secret(&text[start..end], finds_any) {
            found.push(Place::secret(start, end, SecretKind::Credentials));
        }
    });
    if needs.has(Needs::URL) {
        urls::find(text, &mut found);
    }
    blocks::find(text, needs, &mut found);
    dialogue::lines(text, needs, &mut found);
    people::find(text, needs, user, &mut found);
    // What redaction has put there is nothing to find.
    found.retain(|place| place.end > place.start && !(needs.has(Needs::NOTE) && within_note(text, place)));
    found
}

/// Whether a text, decoded from a token, names anything that must not be shown.
fn finds_any(text: &[u8]) -> bool {
    let mut found = Vec::new();
    let needs = keyed::find(text, &mut found);
    people::find(text, needs, None, &mut found);
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
