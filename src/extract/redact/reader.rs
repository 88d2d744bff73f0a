//! One reading of a plain text: what in it is a secret, and what names a person.
//!
//! The readers below know nothing of each other. What one of them finds to be text in another encoding is read
//! here again.

use super::{
    base64, blocks, commands, dialogue, encoded, error_words::is_error, keyed, keys::Needs, listings,
    masks::is_in_note, numbers, people, place::Place, secrets::SecretKind, shapes, urls,
};

/// Shorter tokens of base64 hold no secret.
const MIN_ENCODED_BYTES: usize = 16;
/// Text in base64 in base64 in base64 is read; deeper nesting was never seen.
const MAX_ENCODINGS: usize = 3;

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
    shapes::each_token_and_number(text, needs, |start, end, long| {
        numbers::token(text, start, end, &mut found);
        listings::user_of_request(text, start, end, &mut found);
        urls::link_secret(text, start, &mut found);
        if !long {
            return;
        }
        shapes::token(text, start, end, &mut found);
        // `resp=AGFubg…`
        let token = &text[start..end];
        let name = token.iter().take(16).take_while(|byte| byte.is_ascii_lowercase()).count();
        let start = if token.get(name) == Some(&b'=') { start + name + 1 } else { start };
        if end - start.min(end) >= MIN_ENCODED_BYTES && is_encoded(&text[start..end], 0) {
            found.push(Place::secret(start, end, SecretKind::Credentials));
        }
    });
    encoded::lists(text, |start, end, decoded| {
        if finds_any(decoded, 1) {
            found.push(Place::secret(start, end, SecretKind::Secret));
        }
    });
    if needs.has(Needs::URL) {
        urls::find(text, &mut found);
    }
    blocks::find(text, needs, &mut found);
    dialogue::lines(text, needs, &mut found);
    if needs.has(Needs::COMMAND) {
        commands::find(text, &mut found);
    }
    urls::password_files(text, &mut found);
    if needs.has(Needs::DEGREE) {
        numbers::degree_signs(text, &mut found);
    }
    people::find(text, needs, user, &mut found);
    // What redaction has put there is nothing to find, nor is what names the error itself.
    found.retain(|place| {
        place.end > place.start
            && !(needs.has(Needs::NOTE) && is_in_note(text, place))
            && !is_error(text, place.start, place.end)
    });
    found
}

/// Whether a token is text in another encoding, and the text holds anything that must not be shown.
fn is_encoded(token: &[u8], depth: usize) -> bool {
    base64::holds_secret(token, |text| finds_any(text, depth + 1))
        || encoded::decode(token).is_some_and(|text| finds_any(&text, depth + 1))
}

/// Whether a text, decoded from a token, names anything that must not be shown, perhaps encoded once more.
fn finds_any(text: &[u8], depth: usize) -> bool {
    let mut found = Vec::new();
    let needs = keyed::find(text, &mut found);
    people::find(text, needs, None, &mut found);
    found.retain(|place| !place.is_doubtful());
    if found.is_empty() && depth < MAX_ENCODINGS {
        shapes::each_token(text, needs, |start, end| {
            if found.is_empty() && end - start >= MIN_ENCODED_BYTES && is_encoded(&text[start..end], depth) {
                found.push(Place::secret(start, end, SecretKind::Credentials));
            }
        });
    }
    !found.is_empty()
}
