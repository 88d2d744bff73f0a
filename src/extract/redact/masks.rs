//! What is where a secret would be and holds none: notes of removal, masks, placeholders.
//!
//! Each of them is known as a whole, with its closing bracket. What only starts like one may hold a secret.

use super::{
    place::Place,
    secrets::SecretKind,
    values::{reference_end, skip},
    wordlike::{is_password_like, looks_random},
};

/// The longest mask of other programs.
const MAX_MASK_BYTES: usize = 40;
/// Words with which masks of other programs start.
const MASKS: [&[u8]; 10] = [
    b"redacted",
    b"pii",
    b"masked",
    b"filtered",
    b"hidden",
    b"protected",
    b"obfuscated",
    b"removed",
    b"secret hidden",
    b"value hidden",
];
/// What is before the name in a reference to a variable, a file or a store of secrets: `${env:PASSWORD}`.
const NAMESPACES: [&[u8]; 10] =
    [b"env", b"sys", b"file", b"vault", b"secret", b"secrets", b"sm", b"ssm", b"bundle", b"ctx"];

/// Nothing, or masks, placeholders and notes of removal with nothing but signs between them: `${user}:${password}`.
pub(super) fn is_harmless(value: &[u8]) -> bool {
    // Of a value in square brackets only the inside is known.
    if value.iter().all(|byte| b"*xX#.<>-_?${}()".contains(byte))
        || value == b"removed"
        || value == "…".as_bytes()
        || is_within(value)
    {
        return true;
    }
    let mut at = 0;
    loop {
        let Some(len) = placeholder(&value[at..]) else { return false };
        at = skip(value, at + len, value.len(), |byte| b" :/@,;.+&|-_".contains(&byte));
        if at == value.len() {
            return true;
        }
    }
}

/// The inside of a note of removal.
fn is_within(value: &[u8]) -> bool {
    SecretKind::ALL.iter().any(|kind| kind.note().as_bytes()[1..].strip_suffix(b"]") == Some(value))
}

/// A mask, a placeholder or a note that a text starts with: its length.
fn placeholder(text: &[u8]) -> Option<usize> {
    let run = |lead: usize, what: fn(u8) -> bool| skip(text, lead, 64, what);
    match text {
        [b'$' | b'#', b'{' | b'(', ..] | [b'{', b'{', ..] => {
            let end = reference_end(text, 0)?;
            let lead = if text.starts_with(b"${{") { 3 } else { 2 };
            let closing = lead - usize::from(text[0] != b'{');
            let inside = text[lead..end.saturating_sub(closing).max(lead)].trim_ascii();
            let harmless = if text[1] == b'(' { is_command(inside) } else { is_reference(inside) };
            harmless.then_some(end)
        }
        [b'[' | b'<' | b'(' | b'{', ..] => {
            if let Some(len) = SecretKind::note_len(text) {
                return Some(len);
            }
            let close = skip(text, 1, MAX_MASK_BYTES, |byte| byte.is_ascii_alphabetic() || b" _-:.".contains(&byte));
            let number = run(1, |byte| byte.is_ascii_digit());
            let (end, mask) = if text[0] == b'{' && number < 4 && text.get(number) == Some(&b'}') {
                (number, true)
            } else {
                (close, is_mask(&text[1..close]))
            };
            (mask && text.get(end).is_some_and(|byte| b"]>)}".contains(byte))).then_some(end + 1)
        }
        [b'%', rest @ ..] => {
            let name = if rest.starts_with(b"(") {
                run(2, |byte| byte.is_ascii_alphanumeric() || byte == b'_') + 1
            } else {
                1
            };
            let end = name + 1;
            let edge = text.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
            (edge && text.get(name).is_some_and(|byte| b"sdvq@".contains(byte))).then_some(end)
        }
        [b'*', ..] => Some(run(1, |byte| byte == b'*')),
        [0xe2, 0x80, 0xa2, ..] => Some(3),
        _ => None,
    }
}

/// What other programs write in brackets in the place of a secret: `PII_REDACTED`, `redacted by policy`.
fn is_mask(inside: &[u8]) -> bool {
    // `MixedCase` could be a secret.
    starts_with_mask(inside)
        && inside.split(|byte| !byte.is_ascii_alphabetic()).all(|word| {
            word.len() <= 12
                && (word.iter().skip(1).all(u8::is_ascii_lowercase) || word.iter().all(u8::is_ascii_uppercase))
        })
}

fn starts_with_mask(text: &[u8]) -> bool {
    let lower = text[..text.len().min(16)].to_ascii_lowercase();
    MASKS
        .iter()
        .any(|mask| lower.strip_prefix(*mask).is_some_and(|rest| !rest.first().is_some_and(u8::is_ascii_alphabetic)))
}

/// Starts like a mask, and goes on with what could be a secret.
pub(super) fn is_forged(value: &[u8]) -> bool {
    starts_with_mask(value) && !is_command(value)
}

/// `db.password`, `DB_PASSWORD:`, `env:DB_PASSWORD`: the inside of `${…}`, of which the value after the colon is
/// the default.
fn is_reference(inside: &[u8]) -> bool {
    let end = skip(inside, 0, inside.len(), |byte| {
        byte.is_ascii_alphanumeric() || b"_.-/[]' ".contains(&byte) || byte >= 0x80
    });
    let (name, rest) = inside.split_at(end);
    if looks_random(name, 12) {
        return false;
    }
    let Some(rest) = rest.strip_prefix(b":") else { return rest.is_empty() };
    let default = rest.strip_prefix(b"-").or_else(|| rest.strip_prefix(b"?")).unwrap_or(rest);
    if NAMESPACES.contains(&name) {
        return is_reference(default);
    }
    is_harmless(default) || default == b"null"
}

/// `cat /run/secrets/db`: words of which none could be a secret.
fn is_command(inside: &[u8]) -> bool {
    inside.split(u8::is_ascii_whitespace).all(|word| !is_password_like(word) && !looks_random(word, 8))
}

/// Of a note of removal nothing is removed.
pub(super) fn is_in_note(text: &[u8], place: &Place) -> bool {
    let from = place.start.saturating_sub(SecretKind::MAX_NOTE_BYTES);
    // What a reader takes of the signs around it does not matter.
    let sign = |byte: u8| !byte.is_ascii_alphanumeric() && byte < 0x80 && !b"[]".contains(&byte);
    let start = skip(text, place.start, place.end - place.start, sign);
    let end = place.end - text[start..place.end].iter().rev().take_while(|byte| sign(**byte)).count();
    let notes = memchr::memmem::find_iter(&text[from..end], b"[removed").map(|at| from + at);
    notes
        .filter(|note| *note <= start)
        .any(|note| SecretKind::note_len(&text[note..]).is_some_and(|len| end <= note + len && end > start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_placeholders_and_notes_hold_nothing() {
        for value in [
            "",
            "****",
            "xxxx",
            "[removed client secret]",
            "removed client secret",
            "[removed]",
            "<removed>",
            "[removed: unknown value]",
            "[PII_REDACTED]",
            "<masked>",
            "(hidden)",
            "{redacted}",
            "[redacted by policy]",
            "${db.password}",
            "${DB_PASSWORD:}",
            "${env:DB_PASSWORD}",
            "${user}:${password}",
            "${{ secrets.TOKEN }}",
            "${A:${B}}",
            "$(cat /run/secrets/db)",
            "{{ vault_password }}",
            "%s",
            "%(password)s",
            "%s:%s",
            "{0}",
            "\u{2022}\u{2022}\u{2022}",
            "[removed password]@${host}",
        ] {
            assert!(is_harmless(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_only_starts_like_a_mask_may_hold_a_secret() {
        for value in [
            "[removed",
            "[removed Harbour98]",
            "[removed token]Harbour98",
            "removed Harbour98",
            "[removed t",
            "<removed",
            "<removed Harbour98>",
            "[redacted",
            "[redacted Harbour98]",
            "[redactedHarbour]",
            "(hidden)Harbour98",
            "${}Harbour98",
            "${db.password",
            "${db.password}Harbour98",
            "${DB_PASSWORD:Harbour98}",
            "${DB_PASSWORD:-harbour}",
            "${Zk3q8Rt1Vw5Xy7Bc9Df2}",
            "$(echo Harbour98)",
            "%sHarbour98",
            "%s Harbour98",
            "{0}Harbour98",
            "\u{2022}Harbour98",
            "****Harbour98",
        ] {
            assert!(!is_harmless(value.as_bytes()), "{value}");
        }
    }
}
