//! Programs that name a field after they have shown its value.

use super::{
    super::{
        keys::{Class, Key},
        masks::is_harmless,
        secrets::SecretKind,
        values::{is_blank, skip},
    },
    KeyedReader,
    given::{is_given, is_given_text},
};

/// Between a value in quotation marks or brackets and the name of its field.
const LINKS: [&[u8]; 15] = [
    b". Column: ",
    b" of property ",
    b" for property ",
    b" of field ",
    b" for field ",
    b" of ",
    b" while parsing ",
    b" (column ",
    b" is not a valid ",
    b" is no valid ",
    b" is an invalid ",
    b" (",
    b" ist kein g\xc3\xbcltiges ",
    b" for key ",
    b" of column ",
];
/// Between a value and `Cfg["clientSecret"])` of Jackson.
const CHAIN: &[u8] = b" (through reference chain: ";
/// Between the name of a field and its value in brackets.
const FORWARD: [&[u8]; 5] =
    [b"': rejected value [", b")=(", b"' rejected value [", b"\": rejected value [", b"' with value ["];
/// Before a value whose field is named after the key of the program: `value '…' of client_secret`.
const MAX_VALUE_BYTES: usize = 128;

impl KeyedReader<'_, '_> {
    /// `Failed to convert property value 'x' of property 'clientSecret'`, `Key (client_secret)=(x)`, and the like.
    /// Whether there was a value.
    pub(super) fn named_after(&mut self, key: &Key) -> bool {
        if !matches!(key.class, Class::Password | Class::Secret(SecretKind::Secret | SecretKind::Password)) {
            return false;
        }
        let text = self.text;
        if let Some(lead) = FORWARD.iter().find(|lead| text[key.end..].starts_with(lead)) {
            let start = key.end + lead.len();
            let close = if lead.ends_with(b"(") { b')' } else { b']' };
            let end = skip(text, start, MAX_VALUE_BYTES, |byte| byte != close && byte != b'\n');
            let given = text.get(end) == Some(&close) && end > start && !is_harmless(&text[start..end]);
            if given && text[start..end] != *b"null" {
                self.secret(SecretKind::Secret, start, end);
                return true;
            }
        }
        // `Data too long for column 'PASSWORD' at row 1: x`
        if let Some(rest) = text[key.end..].strip_prefix(b"' at row ") {
            let row = rest.iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
            let start = key.end + b"' at row ".len() + row + 2;
            let end = skip(text, start, MAX_VALUE_BYTES, |byte| !is_blank(byte));
            if rest[row..].starts_with(b": ") && is_given(&text[start..end]) {
                self.secret(SecretKind::Secret, start, end);
                return true;
            }
        }
        if self.default(key) {
            return true;
        }
        let from = key.start.saturating_sub(MAX_VALUE_BYTES + 64);
        let line = memchr::memrchr(b'\n', &text[from..key.start]).map_or(from, |at| from + at + 1);
        let before = &text[line..key.start];
        let marks = before.iter().rev().take_while(|byte| b"\"'`[".contains(byte)).count();
        let before = &before[..before.len() - marks];
        let name = before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || b".$_".contains(byte)).count();
        let linked = before[..before.len() - name].strip_suffix(CHAIN).filter(|_| marks > 0);
        let linked = linked.or_else(|| LINKS.iter().find_map(|link| before.strip_suffix(*link)));
        let Some(value) = linked else { return false };
        let (open, inner) = match value.split_last() {
            Some((b'"', inner)) => (b'"', inner),
            Some((b'\'', inner)) => (b'\'', inner),
            Some((b']', inner)) => (b'[', inner),
            Some((b')', inner)) if before.ends_with(b". Column: ") => (b'(', inner),
            Some((b'>', inner)) => (b'<', inner),
            _ => return false,
        };
        let Some(start) = memchr::memrchr(open, inner).map(|at| at + 1) else { return false };
        let lead = inner[..start - 1].last().copied().unwrap_or(b' ');
        if !is_blank(lead) && lead != b'(' || !is_given_text(&inner[start..]) {
            return false;
        }
        self.secret(SecretKind::Secret, line + start, line + inner.len());
        // `expected: "x" but was: "y" (password)`
        let rest =
            inner[..start - 1].strip_suffix(b" but was: ").or_else(|| inner[..start - 1].strip_suffix(b" but was "));
        if let Some((quote @ (b'"' | b'\''), first)) = rest.and_then(<[u8]>::split_last).map(|(q, f)| (*q, f))
            && let Some(at) = memchr::memrchr(quote, first)
        {
            self.secret(SecretKind::Secret, line + at + 1, line + first.len());
        }
        true
    }

    /// `${oauth.client.secret:x}`: the default in a reference.
    fn default(&mut self, key: &Key) -> bool {
        let text = self.text;
        if !text[..key.start].ends_with(b"${") || text.get(key.end) != Some(&b':') {
            return false;
        }
        let start = skip(text, key.end + 1, 1, |byte| byte == b'-');
        let end = skip(text, start, MAX_VALUE_BYTES, |byte| byte != b'}' && byte != b'\n');
        let given = text.get(end) == Some(&b'}') && is_given(&text[start..end]);
        if given {
            self.secret(SecretKind::Secret, start, end);
        }
        given
    }
}
