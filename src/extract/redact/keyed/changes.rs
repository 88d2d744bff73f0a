//! What a secret was and what it became: a label that governs two values.

use super::{
    super::{
        keys::{Class, Key},
        masks::is_harmless,
        secrets::SecretKind,
        stated_words::is_said_of_passwords,
        values::{is_blank, skip, trimmed, value},
    },
    KeyedReader,
    given::{is_given, is_given_text},
};

/// What a log has where there is no value, or says of one.
fn says_nothing(value: &[u8]) -> bool {
    [&b"none"[..], b"null", b"nil", b"empty"].iter().any(|one| value.eq_ignore_ascii_case(one))
        || is_said_of_passwords(value)
}

/// What the two values are called in an entry of an audit log.
const NAMES: [&str; 16] = [
    "from",
    "to",
    "oldvalue",
    "newvalue",
    "old_value",
    "new_value",
    "old",
    "new",
    "before",
    "after",
    "oldstring",
    "newstring",
    "previous",
    "current",
    "was",
    "now",
];
/// Between the key and the first value.
const CHANGED: [&[u8]; 12] = [
    b"from ",
    b"changed from ",
    b"changed: ",
    b"was changed from ",
    b"has been changed from ",
    b"updated from ",
    b"updated: ",
    b"set from ",
    b"rotated from ",
    b"ge\xc3\xa4ndert von ",
    b"ge\xc3\xa4ndert: ",
    b"was changed: ",
];
/// Between the first value and the second.
const TO: [&[u8]; 7] = [b" -> ", b" => ", b" to ", b" auf ", b" zu ", b" but was: ", b" but was "];
/// Between a key in quotation marks and its value in such marks, with the mark that opens it.
const TO_VALUE: [&[u8]; 4] = [b"to '", b"to \"", b"value '", b"value \""];
/// How far the values of an entry are looked for.
const MAX_ENTRY_BYTES: usize = 400;

impl KeyedReader<'_, '_> {
    /// `"key":"Password","from":"x","to":"y"`, `field 'Password' changed from 'x' to 'y'`, `clientSecret changed: x -> y`.
    /// Whether there were any.
    pub(super) fn changes(&mut self, key: &Key) -> bool {
        if !matches!(key.class, Class::Password | Class::Secret(_)) {
            return false;
        }
        self.entry(key) || self.told_change(key)
    }

    /// The key is the value of another, in an object or a line that has two values.
    fn entry(&mut self, key: &Key) -> bool {
        let text = self.text;
        let before = &text[key.start.saturating_sub(8)..key.start];
        let marks = before.iter().rev().take_while(|byte| b"\"'\\ ".contains(byte)).count();
        if !before[..before.len() - marks].last().is_some_and(|byte| b":=".contains(byte)) {
            return false;
        }
        let closed = skip(text, key.end, 6, |byte| b"\"'\\".contains(&byte));
        // `field=mailpassword oldvalue=x newvalue=y`
        let blanks = text.get(closed) == Some(&b' ');
        if !blanks && text.get(closed) != Some(&b',') {
            return false;
        }
        let line = skip(text, closed, MAX_ENTRY_BYTES, |byte| byte != b'}' && byte != b'\n');
        let mut any = false;
        let mut at = closed;
        while at < line {
            let start = skip(text, at + 1, 8, |byte| b"\"'\\ ".contains(&byte));
            let name = skip(text, start, 16, |byte| byte.is_ascii_alphabetic() || byte == b'_');
            let lower = text[start..name].to_ascii_lowercase();
            let sign = skip(text, name, 6, |byte| b"\"'\\ ".contains(&byte));
            let named = std::str::from_utf8(&lower).is_ok_and(|name| {
                NAMES.contains(&name) && (!blanks || name.starts_with("old") || name.starts_with("new"))
            });
            let mut next = name;
            if named && text.get(sign).is_some_and(|byte| b":=".contains(byte)) {
                let found = trimmed(text, value(text, skip(text, sign + 1, 2, is_blank), false));
                let shown = &text[found.start..found.end.max(found.start)];
                // Between blanks `newvalue=expired` may tell what happened.
                if !shown.is_empty() && !is_harmless(shown) && (!blanks || is_given_text(shown) && !says_nothing(shown))
                {
                    self.secret(SecretKind::Secret, found.start, found.end);
                    any = true;
                }
                next = found.end.max(name);
            }
            let sign = if blanks { b' ' } else { b',' };
            at = memchr::memchr(sign, &text[next.min(line)..line]).map_or(line, |comma| next + comma);
        }
        any
    }

    fn told_change(&mut self, key: &Key) -> bool {
        let text = self.text;
        let closed = skip(text, key.end, 3, |byte| b"\"'`".contains(&byte));
        // `secret: old=x new=y`, `secret rotated: old=x new=y`
        let said = skip(text, closed, 12, |byte| byte == b' ' || byte.is_ascii_lowercase());
        if text[said..].starts_with(b": old=") {
            return self.old_and_new(said + b": ".len());
        }
        let Some(rest) = text[closed..].strip_prefix(b" ") else { return false };
        // `Setting property 'keystorePass' to 'x'`
        let lead = (closed > key.end).then(|| TO_VALUE.iter().find(|lead| rest.starts_with(lead))).flatten();
        if let Some(lead) = lead
            && let Some((start, end, _)) = self.changed_value(closed + lead.len())
            && is_given_text(&text[start..end])
        {
            self.secret(SecretKind::Secret, start, end);
            return true;
        }
        // `expected secret <x> but was <y>`
        let expected = rest.starts_with(b"<") || rest.starts_with(b"\"");
        let lead = CHANGED.iter().find(|lead| rest.starts_with(lead)).map(|lead| lead.len());
        let Some(lead) = lead.or(expected.then_some(0)) else { return false };
        let Some((start, end, next)) = self.changed_value(closed + 1 + lead) else { return false };
        let Some(to) = TO.iter().find(|to| text[next..].starts_with(to)) else { return false };
        let Some((second, second_end, _)) = self.changed_value(next + to.len()) else { return false };
        self.secret(SecretKind::Secret, start, end);
        self.secret(SecretKind::Secret, second, second_end);
        true
    }

    /// `old=x new=y`, which starts at `at`: whether the first was a value.
    fn old_and_new(&mut self, at: usize) -> bool {
        let text = self.text;
        let Some((start, end, next)) = self.changed_value(at + b"old=".len()) else { return false };
        self.secret(SecretKind::Secret, start, end);
        let next = skip(text, next, 2, |byte| b", ".contains(&byte));
        if text[next..].starts_with(b"new=")
            && let Some((start, end, _)) = self.changed_value(next + b"new=".len())
        {
            self.secret(SecretKind::Secret, start, end);
        }
        true
    }

    /// `x -> y`, `x => y` after the value of a key, which ends at `end`: the second.
    pub(super) fn arrow_after(&mut self, end: usize) {
        let text = self.text;
        let next = skip(text, end, 1, |byte| b"\"'".contains(&byte));
        if let Some(arrow) = [&b" -> "[..], b" => "].iter().find(|arrow| text[next..].starts_with(arrow))
            && let Some((start, end, _)) = self.changed_value(next + arrow.len())
        {
            self.secret(SecretKind::Secret, start, end);
        }
    }

    /// A word or a text in quotation marks or angle brackets: where it is, and where what follows starts.
    fn changed_value(&self, at: usize) -> Option<(usize, usize, usize)> {
        let text = self.text;
        if let Some(open) = text.get(at).filter(|byte| b"\"'`<[".contains(byte)) {
            let close = match open {
                b'<' => b'>',
                b'[' => b']',
                quote => *quote,
            };
            let end = skip(text, at + 1, 128, |byte| byte != close && byte != b'\n');
            let given = text.get(end) == Some(&close) && end > at + 1 && !is_harmless(&text[at + 1..end]);
            return given.then_some((at + 1, end, end + 1));
        }
        let end = skip(text, at, 64, |byte| !is_blank(byte) && !b"\"',;<>()[]{}".contains(&byte));
        is_given(&text[at..end]).then_some((at, end, end))
    }
}
