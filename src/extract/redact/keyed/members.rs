//! Objects of JSON in which one member names what others hold.

use super::{
    super::{
        keys::{Class, Key},
        masks::is_harmless,
        prose::{is_prose, is_sentence},
        secrets::SecretKind,
        values::{is_blank, skip},
    },
    KeyedReader,
    given::is_given_text,
};

/// The longest name of a secret, and how far its object may go.
const MAX_LABEL_BYTES: usize = 64;
const MAX_OBJECT_BYTES: usize = 800;
/// Members of an object.
const MAX_MEMBERS: usize = 32;
/// Ends of the names of members that name something.
const LABELS: [&[u8]; 12] = [
    b"name",
    b"key",
    b"label",
    b"title",
    b"field",
    b"path",
    b"property",
    b"header",
    b"question",
    b"id",
    b"attribute",
    b"param",
];
/// Names of members that hold it; those with `old` or `new` before something do, too.
const VALUES: &str =
    "value val data content text answer from to string current previous default defaultvalue stringvalue before after ";

impl KeyedReader<'_, '_> {
    /// `{"label":"Client secret","hint":"x","val":"y"}`: whether the key ends the value of a member that names others of its
    /// object. What those hold is taken.
    pub(super) fn members(&mut self, key: &Key) -> bool {
        if !matches!(
            key.class,
            Class::Password | Class::Secret(_) | Class::Weak(SecretKind::Token) | Class::Authorization
        ) {
            return false;
        }
        let text = self.text;
        let Some(b'"') = text.get(key.end) else { return false };
        let next = skip(text, key.end + 1, 8, is_blank);
        if text.get(next).is_none_or(|byte| !b",}".contains(byte)) {
            return false;
        }
        let from = key.start.saturating_sub(MAX_LABEL_BYTES);
        let Some(open) = memchr::memrchr(b'"', &text[from..key.start]).map(|at| from + at) else { return false };
        let label = &text[open + 1..key.start];
        // `Scope for refresh tokens` names something else.
        if label.split(|byte| *byte == b' ').any(|word| [&b"for"[..], b"of", b"to", b"in"].contains(&word)) {
            return false;
        }
        if label.iter().filter(|byte| **byte == b' ').count() > 2 || label.iter().any(|byte| b":=\n{}".contains(byte)) {
            return false;
        }
        let before = text[..open].trim_ascii_end();
        let name = before.strip_suffix(b":").map(<[u8]>::trim_ascii_end).and_then(|name| name.strip_suffix(b"\""));
        let Some(name) = name else { return false };
        let named = LABELS
            .iter()
            .any(|label| name.len() >= label.len() && name[name.len() - label.len()..].eq_ignore_ascii_case(label));
        let from = key.start.saturating_sub(MAX_OBJECT_BYTES);
        let Some(mut at) = memchr::memrchr(b'{', &text[from..open]).map(|at| from + at + 1).filter(|_| named) else {
            return false;
        };
        let mut any = false;
        for _ in 0..MAX_MEMBERS {
            let start = skip(text, at, 64, |byte| is_blank(byte) || byte == b',');
            let Some((name, after)) = string(text, start) else { break };
            let colon = skip(text, after, 8, is_blank);
            if text.get(colon) != Some(&b':') {
                break;
            }
            let start = skip(text, colon + 1, 8, is_blank);
            if let Some((value, after)) = string(text, start) {
                let shown = &text[value.0..value.1];
                if holds(&text[name.0..name.1])
                    && value.0 != open + 1
                    && is_given_text(shown)
                    && !is_harmless(shown)
                    && !(is_sentence(shown) && is_prose(shown))
                {
                    self.secret(SecretKind::Secret, value.0, value.1);
                    any = true;
                }
                at = after;
            } else {
                at = skip(text, start, 64, |byte| !b",{}[]\"".contains(&byte));
                if text.get(at) != Some(&b',') {
                    break;
                }
            }
        }
        any
    }
}

/// Whether a member of this name holds a value.
fn holds(name: &[u8]) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with(b"old")
        || lower.starts_with(b"new")
        || VALUES.split_ascii_whitespace().any(|one| one.as_bytes() == lower)
}

/// The inside of a string, and where what follows starts.
pub(super) fn string(text: &[u8], at: usize) -> Option<((usize, usize), usize)> {
    if text.get(at) != Some(&b'"') {
        return None;
    }
    let mut end = at + 1;
    while *text.get(end).filter(|_| end - at <= MAX_OBJECT_BYTES)? != b'"' {
        end += if text[end] == b'\\' { 2 } else { 1 };
    }
    Some(((at + 1, end), end + 1))
}

/// Whether a place is the name of a member, or no text at all: `"x":`, `null`.
pub(super) fn is_no_value(text: &[u8], start: usize, end: usize) -> bool {
    let opened = text[..start].ends_with(b",\"") || text[..start].ends_with(b"{\"");
    let (Some([b'"', b':', next]), true) = (text.get(end..end + 3), opened) else {
        return [&b"null"[..], b"true", b"false"].contains(&&text[start..end]);
    };
    b"\"{[ntf-".contains(next) || next.is_ascii_digit()
}
