//! Secrets that are shown as the values of their bytes.

use super::{
    super::{
        keys::{Class, Key},
        secrets::SecretKind,
        values::skip,
    },
    KeyedReader,
};

/// So far after its key a list of bytes may begin.
const MAX_GAP: usize = 32;
/// Shorter lists count something.
const MIN_VALUES: usize = 5;
/// The longest list that is read.
const MAX_VALUES: usize = 512;

impl KeyedReader<'_, '_> {
    /// `password bytes: [83, 111, …]`, `secret = new byte[]{0x53, …}`, `<<83,111,…>>`, `53:6f:…`: whether a list of
    /// values that read as text follows.
    pub(super) fn byte_list(&mut self, key: &Key) -> bool {
        if !matches!(key.class, Class::Password | Class::Secret(_)) {
            return false;
        }
        let text = self.text;
        if let Some((start, end)) = characters(text, key.end) {
            self.secret(SecretKind::Secret, start, end);
            return true;
        }
        let gap = skip(text, key.end, MAX_GAP, |byte| !byte.is_ascii_digit() && byte != b'\n');
        // `[B(7)[83, …]`, `byte[7]: 83, …`: the number of bytes.
        let count = skip(text, gap, 4, |byte| byte.is_ascii_digit());
        let after = skip(text, count, 4, |byte| b")]:=[{ ".contains(&byte));
        let counted = b"([".contains(&text[gap - 1]) && text.get(count).is_some_and(|byte| b")]".contains(byte));
        let start = if counted { after } else { gap };
        // A word that speaks of bytes stands for the brackets of a list.
        let said =
            || [&b"byte"[..], b"hex"].iter().any(|word| memchr::memmem::find(&text[key.end..gap], word).is_some());
        let end = end_of_list(text, start).filter(|(_, listed)| *listed || said()).map(|(end, _)| end);
        if let Some(end) = end {
            self.secret(SecretKind::Secret, start, end);
        }
        end.is_some()
    }
}

/// `passwd = {char[9]@8123} [g, a, r, d, …]`: a list of characters after a key.
fn characters(text: &[u8], key: usize) -> Option<(usize, usize)> {
    if !text[key..].starts_with(b" = ") && !b"=:".contains(text.get(key)?) {
        return None;
    }
    let near = &text[key..text.len().min(key + MAX_GAP)];
    memchr::memchr_iter(b'[', near).find_map(|open| {
        let start = key + open + 1;
        let rest = &text[start..text.len().min(start + 3 * MAX_VALUES)];
        let mut end = 0;
        while rest.get(end).is_some_and(u8::is_ascii_graphic) && rest[end + 1..].starts_with(b", ") {
            end += 3;
        }
        (end >= 3 * (MIN_VALUES - 1)).then(|| (start, skip(text, start + end, 1, |byte| byte != b']')))
    })
}

/// Where a list of values between signs of one kind ends, if they read as text, and whether it is a list whatever is
/// before it.
fn end_of_list(text: &[u8], start: usize) -> Option<(usize, bool)> {
    let (mut at, mut end, mut plain, mut count) = (start, start, 0, 0);
    let mut sign: &[u8] = b"";
    let mut decimal = true;
    while count < MAX_VALUES {
        let hexadecimal = text[at..].starts_with(b"0x") || text[at..].starts_with(b"0X");
        let from = if hexadecimal { at + 2 } else { at };
        let stop = skip(text, from, 4, |byte| byte.is_ascii_hexdigit());
        let digits = std::str::from_utf8(&text[from..stop]).unwrap_or_default();
        // Two hexadecimal digits without a mark are joined by colons or blanks.
        decimal &= !hexadecimal && digits.bytes().all(|byte| byte.is_ascii_digit());
        let pair = hexadecimal || digits.len() == 2 && (sign.is_empty() || matches!(sign, b":" | b" "));
        let (tens, pairs) = (digits.parse::<u8>().ok(), u8::from_str_radix(digits, 16).ok().filter(|_| pair));
        let value = if hexadecimal { pairs } else { tens.or(pairs) };
        let Some(value) = value else { break };
        // Either reading may be the right one.
        let readable = |value: u8| (0x20..0x7f).contains(&value) || value >= 0xc2;
        if !readable(value) && !pairs.is_some_and(readable) {
            return None;
        }
        plain += usize::from([Some(value), pairs].iter().flatten().any(u8::is_ascii_alphanumeric));
        (end, count) = (stop, count + 1);
        let len = skip(text, stop, 3, |byte| b",: ;".contains(&byte)) - stop;
        let next = &text[stop..stop + len];
        if len == 0 || !sign.is_empty() && next != sign {
            break;
        }
        (sign, at) = (next, stop + len);
    }
    let listed = !decimal || sign.first() == Some(&b',') || text[start - 1] == b'[';
    (count >= MIN_VALUES && plain * 2 > count).then_some((end, listed))
}
