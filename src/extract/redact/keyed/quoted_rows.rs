//! Rows that databases quote in their errors: values beside the names of their columns, and rows without any names.

use super::{
    super::{
        keys::{Class, Key},
        masks::is_harmless,
        pii::{PiiKind, is_person},
        secrets::SecretKind,
        values::{is_blank, skip},
    },
    KeyedReader,
    heads::holds_nothing,
    login_words::PROTOCOLS,
};

/// The longest list of names or values.
const MAX_LIST_BYTES: usize = 2048;
/// Values of a list that are looked at.
const MAX_ITEMS: usize = 128;
/// Before a list: what it belongs to.
const MAX_LEAD_BYTES: usize = 240;

impl KeyedReader<'_, '_> {
    /// `Key (lower_user_name, directory_id)=(ann, 1)`: the value in the place of the key. Whether there was a list.
    pub(super) fn keyed_row(&mut self, key: &Key) -> bool {
        if !matches!(
            key.class,
            Class::Password | Class::Secret(_) | Class::Weak(SecretKind::Token) | Class::Person | Class::FullName
        ) {
            return false;
        }
        let text = self.text;
        let part = |byte: u8| byte.is_ascii_alphanumeric() || b"_,. \":()".contains(&byte);
        if text.get(key.end).is_none_or(|byte| !b"\"),:".contains(byte)) {
            return false;
        }
        let sign = skip(text, key.end, MAX_LEAD_BYTES, part);
        if !text[key.end..sign].ends_with(b")") || !text[sign..].starts_with(b"=(") {
            return false;
        }
        let from = key.start.saturating_sub(MAX_LEAD_BYTES);
        let Some(open) = memchr::memmem::rfind(&text[from..key.start], b" (").map(|at| from + at + 2) else {
            return false;
        };
        let column = memchr::memchr_iter(b',', &text[open..key.start]).count();
        let columns = memchr::memchr_iter(b',', &text[open..sign]).count();
        let start = sign + 2;
        let end = end_of_list(text, start);
        let item = if columns == 0 { Some((start, end)) } else { items(text, start, end).nth(column) };
        if let Some((start, end)) = item {
            self.take_cell(key, &text[key.start..key.end], false, start, end);
        }
        true
    }

    /// `Failing row contains (10001, ann, x, null).`: what is no number, time, state or constant.
    pub(super) fn failing_row(&mut self, start: usize) {
        for (start, end) in items(self.text, start, end_of_list(self.text, start)) {
            self.unless_plain(start, end);
        }
    }

    /// `parameters: $1 = 'ann', $2 = 'x'`, from after the first number.
    pub(super) fn numbered_parameters(&mut self, mut at: usize) {
        let text = self.text;
        for _ in 0..MAX_ITEMS {
            let Some(b" = ") = text.get(at..at + 3) else { return };
            let start = at + 3;
            let rest = &text[start..text.len().min(start + MAX_LIST_BYTES)];
            let line = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let len = memchr::memmem::find(&rest[..line], b", $").unwrap_or(line);
            self.unless_plain(start, start + len);
            at = skip(text, start + len + 3, 4, |byte| byte.is_ascii_digit());
        }
    }

    /// `Param 1: ann Param 2: x`, from after the first colon.
    pub(super) fn counted_parameters(&mut self, mut at: usize) {
        let text = self.text;
        for _ in 0..MAX_ITEMS {
            let rest = &text[at..text.len().min(at + 256)];
            let line = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let next = memchr::memmem::find(&rest[..line], b" Param ");
            let len = next.unwrap_or(line);
            self.unless_plain(at, at + len);
            let Some(next) = next else { return };
            at = (skip(text, at + next + 7, 4, |byte| byte.is_ascii_digit()) + 1).min(text.len());
        }
    }

    /// `Duplicate entry 'ann-1' for key 'cwd_user.uk_user_name'`, `duplicate key value is (ann, 1)`, from the value on.
    pub(super) fn duplicate(&mut self, at: usize) {
        let text = self.text;
        let (end, named) = if text[..at].ends_with(b"(") {
            (end_of_list(text, at), at.saturating_sub(MAX_LEAD_BYTES)..at)
        } else {
            let rest = &text[at..text.len().min(at + MAX_LEAD_BYTES)];
            let Some(end) = memchr::memmem::find(rest, b"' for key ").map(|end| at + end) else { return };
            (end, end..skip(text, end + 10, 80, |byte| !is_blank(byte)))
        };
        let name = text[named].to_ascii_lowercase();
        let says = |words: &[&[u8]]| words.iter().any(|word| memchr::memmem::find(&name, word).is_some());
        let secret = says(&[b"token", b"secret", b"passw", b"credential"]);
        if !secret && !says(&[b"user", b"login", b"member", b"mail"]) {
            return;
        }
        for (start, end) in items(text, at, end) {
            // `ann-1`: the parts of an entry.
            let tail = text[start..end].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
            let joined = !secret && tail > 0 && text[start..end - tail].ends_with(b"-");
            let end = if joined { end - tail - 1 } else { end };
            if secret {
                self.unless_plain(start, end);
            } else if std::str::from_utf8(&text[start..end]).is_ok_and(is_person) && !is_plain(&text[start..end]) {
                self.person(PiiKind::User, start, end);
            }
        }
    }

    fn unless_plain(&mut self, start: usize, end: usize) {
        let text = self.text;
        let item = text.get(start..end).unwrap_or_default();
        let start = start + item.len() - item.trim_ascii_start().len();
        let item = item.trim_ascii();
        let quoted = item.len() > 1 && item[0] == b'\'' && item.ends_with(b"'");
        let (start, item) = if quoted { (start + 1, &item[1..item.len() - 1]) } else { (start, item) };
        if !is_plain(item) {
            self.secret(SecretKind::Unknown, start, start + item.len());
        }
    }
}

/// A number, a time, a state, a constant in capitals, a protocol, or nothing.
fn is_plain(item: &[u8]) -> bool {
    holds_nothing(item)
        || is_harmless(item)
        || item.iter().all(|byte| byte.is_ascii_digit() || b"-+:./TZ ".contains(byte))
        || item.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
        // `imaps`
        || PROTOCOLS.iter().any(|one| item.strip_suffix(b"s").unwrap_or(item).eq_ignore_ascii_case(one.as_bytes()))
}

/// Where a list ends: at the first bracket after which a sentence goes on or ends.
fn end_of_list(text: &[u8], start: usize) -> usize {
    let end = skip(text, start, MAX_LIST_BYTES, |byte| byte != b'\n');
    let closes = |at: &usize| text.get(at + 1).is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b')');
    memchr::memchr_iter(b')', &text[start.min(end)..end]).map(|at| start + at).find(closes).unwrap_or(end)
}

fn items(text: &[u8], start: usize, end: usize) -> impl Iterator<Item = (usize, usize)> {
    let list = &text[start.min(end)..end];
    let mut from = start;
    let mut ends: Vec<usize> = memchr::memmem::find_iter(list, b", ").take(MAX_ITEMS).map(|at| start + at).collect();
    ends.push(end);
    ends.into_iter().map(move |to| {
        let item = (from.min(to), to);
        from = to + 2;
        item
    })
}
