//! Values of several words without quotation marks: up to the end of the line, to the quotation mark that was opened
//! before the key, or to the next key.

use super::super::{
    login::{is_capitalised, is_thing},
    prose::is_prose_word,
    stated_words::is_said_of_passwords,
    values::{is_blank, skip},
};

/// Bytes after the first word that are looked at.
const MAX_REST_BYTES: usize = 120;
/// Words after the first.
const MAX_REST_WORDS: usize = 6;
/// Words between those of a value.
const LINKS: [&[u8]; 12] = [b"und", b"and", b"or", b"oder", b"et", b"y", b"e", b"am", b"im", b"of", b"the", b"de"];
/// How far the bracket may be that is around a key.
const MAX_OPEN_BYTES: usize = 512;

/// Where a value ends that starts at `start` and whose first word ends at `end`.
pub(super) fn end_of_words(text: &[u8], start: usize, end: usize) -> usize {
    // `x\` at the end of a line: it goes on in the next.
    if text[end..].starts_with(b"\\\n") || text[end..].starts_with(b"\\\r\n") {
        let next = skip(text, end + 1, 24, is_blank);
        return skip(text, next, MAX_REST_BYTES, |byte| !is_blank(byte) && !b"\"'".contains(&byte)).max(end);
    }
    let Some(b' ' | b',') = text.get(end) else { return end };
    let Some((key, sign)) = key_before(text, start) else { return end };
    let line = skip(text, end, MAX_REST_BYTES, |byte| byte != b'\n' && byte != b'\r');
    let before = text[..key].last().copied().unwrap_or(b'\n');
    // `-d "password=x y"`, `-d "user=ann&password=x y"`
    let near = &text[key.saturating_sub(MAX_REST_BYTES)..key];
    let word = near.iter().rposition(|byte| is_blank(*byte) || b"\"'".contains(byte)).map(|at| near[at]);
    let before = if before == b'&' { word.unwrap_or(before) } else { before };
    if b"\"'".contains(&before) && sign == b'=' {
        let close = skip(text, end, line - end, |byte| byte != before);
        let pair = pair_after(text, end, close);
        return if close < line && few_words(&text[end..close]) { pair.unwrap_or(close) } else { end };
    }
    // `{a=b, password=x, y, c=d}`, `{A:b Password:x y C:d}` of Go
    let glued = sign == b':' && text[start - 1] == b':';
    if (sign == b'=' || glued) && in_brackets(text, key) {
        let stop = (end..line).find(|at| ends_item(text, *at, glued));
        return stop.filter(|stop| few_words(&text[end..*stop])).unwrap_or(end);
    }
    if text[end] == b',' {
        return end;
    }
    let from = key.saturating_sub(64);
    let starts_line = before == b'\n'
        || text[from..key]
            .rsplit(|byte| *byte == b'\n')
            .next()
            .is_some_and(|lead| lead.iter().all(|byte| is_blank(*byte)) && lead.len() < key - from);
    let name = &text[key..start];
    let dotted = memchr::memchr(b'.', name).is_some();
    let property = sign == b'=' && (starts_line || dotted);
    let setting = sign == b':' && starts_line && is_identifier(name);
    // `jdbc:h2:x;USER=sa;PASSWORD=x y`
    if property || setting || before == b';' {
        let stop = skip(text, end, line - end, |byte| byte != b';' && byte != b'"');
        let stop = pair_after(text, end, stop).unwrap_or(stop);
        let rest = text[end..stop].trim_ascii_end();
        let most = if starts_line { MAX_REST_WORDS } else { 3 };
        let plain = !rest.iter().any(|byte| b"@/:\\<>()[]{}=\"".contains(byte));
        if plain && !rest.is_empty() && rest.split(|byte| *byte == b' ').count() <= most + 1 && !has_prose(rest) {
            return end + rest.len();
        }
    }
    end_of_capitals(text, start, end).unwrap_or(end)
}

/// Whether a value of words is all there is after a key with an underscore or the like at the start of a line:
/// `client_secret: Berg und Tal`.
pub(super) fn is_setting_of_words(text: &[u8], start: usize, end: usize) -> bool {
    let Some((key, b':')) = key_before(text, start) else { return false };
    let first = text[start..end].to_ascii_lowercase();
    let named = is_identifier(&text[key..start]) || end_of_capitals(text, start, end).is_some();
    named && !is_prose_word(&first) && !is_said_of_passwords(&first) && end_of_words(text, start, end) > end
}

/// `Berg und Tal`: words of letters of which the first and the last are capitalised and none is of a thing, up to what
/// can follow a setting.
fn end_of_capitals(text: &[u8], start: usize, end: usize) -> Option<usize> {
    let word = |at: usize| skip(text, at, 32, |byte| byte.is_ascii_alphabetic() || byte >= 0x80);
    let capital = |from: usize, to: usize| {
        std::str::from_utf8(&text[from..to]).is_ok_and(|word| is_capitalised(word) && !is_thing(word))
            && !is_said_of_passwords(&text[from..to].to_ascii_lowercase())
    };
    if word(start) != end || !capital(start, end) || is_prose_word(&text[start..end]) {
        return None;
    }
    let (mut at, mut last) = (end, end);
    for _ in 0..4 {
        let next = word(at + 1);
        let one = &text[(at + 1).min(next)..next];
        // `tenant: contoso`, `scope=imap`: the next key.
        if text.get(at) != Some(&b' ') || one.is_empty() || text.get(next).is_some_and(|byte| b":=".contains(byte)) {
            break;
        }
        if capital(at + 1, next) {
            last = next;
        } else if !LINKS.contains(&one) {
            // Another key may come, but no word of a sentence.
            let key = skip(text, next, 48, |byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
            return (last > end && text.get(key).is_some_and(|byte| b":=".contains(byte))).then_some(last);
        }
        at = next;
    }
    let ends = text.get(last).is_none_or(|byte| b" \r\n,;)]}\"'|".contains(byte));
    (last > end && ends).then_some(last)
}

/// Whether a value is an item of a list of settings: `{id: jira, secret: x}`, `{AccessToken:x Type:y}`, `[SECRET:x, b:c]`.
pub(super) fn is_item(text: &[u8], start: usize, end: usize) -> bool {
    let Some((key, b':')) = key_before(text, start) else { return false };
    let glued = text[start - 1] == b':';
    let lead = text[..key].last().copied().unwrap_or(b'\n');
    let next = text.get(end).copied().unwrap_or(b'\n');
    let ends = ends_item_at(text, end, glued) || next == b',' && text.get(end + 1) == Some(&b' ');
    b"{[ ".contains(&lead) && ends && in_brackets(text, key)
}

fn ends_item_at(text: &[u8], at: usize, glued: bool) -> bool {
    at < text.len() && ends_item(text, at, glued)
}

/// The identifier before a value, and the sign between.
fn key_before(text: &[u8], start: usize) -> Option<(usize, u8)> {
    let blanks = text[..start].iter().rev().take(8).take_while(|byte| b" \t".contains(byte)).count();
    let sign = text[..start - blanks].last().copied().filter(|byte| b"=:".contains(byte))?;
    let end = start - blanks - 1;
    let end = end - text[..end].iter().rev().take(8).take_while(|byte| b" \t".contains(byte)).count();
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.-".contains(*byte);
    let len = text[..end].iter().rev().take(64).take_while(part).count();
    (len > 0).then_some((end - len, sign))
}

/// A name that prose does not write: `client_secret`, `mail.password`, `clientSecret`.
fn is_identifier(name: &[u8]) -> bool {
    let name = name.split(|byte| b" :=".contains(byte)).next().unwrap_or_default();
    name.iter().any(|byte| b"_.".contains(byte))
        || name.windows(2).any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase())
}

/// Where ` name=` or `&name=` comes first.
fn pair_after(text: &[u8], from: usize, to: usize) -> Option<usize> {
    memchr::memchr_iter(b'=', &text[from..to]).find_map(|equals| {
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.-".contains(*byte);
        let len = text[from..from + equals].iter().rev().take_while(part).count();
        let at = from + equals - len;
        let lead = at.checked_sub(1).filter(|lead| *lead >= from && b" &,;\t".contains(&text[*lead]))?;
        (len > 0).then_some(lead)
    })
}

/// An item of a list of settings ends here: `, name=`, ` Name:`, or the closing bracket.
fn ends_item(text: &[u8], at: usize, glued: bool) -> bool {
    let rest = &text[at..];
    if b"}])".contains(&rest[0]) {
        return true;
    }
    let lead = if glued { b" ".as_slice() } else { b", " };
    rest.strip_prefix(lead).is_some_and(|rest| {
        let name = skip(rest, 0, 48, |byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
        name > 0 && rest.get(name) == Some(if glued { &b':' } else { &b'=' })
    })
}

/// A bracket is open before a key, on its line.
fn in_brackets(text: &[u8], key: usize) -> bool {
    let from = key.saturating_sub(MAX_OPEN_BYTES);
    let mut depth = 0_i32;
    for byte in text[from..key].iter().rev().take_while(|byte| **byte != b'\n') {
        depth += i32::from(b"}])".contains(byte)) - i32::from(b"{[(".contains(byte));
        if depth < 0 {
            return true;
        }
    }
    false
}

fn few_words(rest: &[u8]) -> bool {
    rest.split(|byte| *byte == b' ').count() <= MAX_REST_WORDS
}

fn has_prose(rest: &[u8]) -> bool {
    rest.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).any(|word| {
        let bare = word.strip_suffix(b",").or_else(|| word.strip_suffix(b".")).unwrap_or(word);
        let link = [&b"und"[..], b"and", b"or", b"oder"].contains(&bare);
        let small = bare.first().is_some_and(u8::is_ascii_lowercase);
        !link && small && (is_prose_word(bare) || is_said_of_passwords(bare))
    })
}
