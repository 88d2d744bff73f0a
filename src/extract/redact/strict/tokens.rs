//! Every token by itself: shown, or removed.

use std::collections::HashSet;

use super::{
    super::{place::Place, secrets::SecretKind, values::skip, wordlike::is_plain_run},
    allow,
};
use crate::search::Literal;

/// What is shorter is too short for a key.
const MIN_UNKNOWN: usize = 8;
/// The same of small letters, capitals and digits at once.
const MIN_MIXED: usize = 6;

/// Finds what nothing says may be shown in a part of a text.
pub(super) fn find(text: &[u8], from: usize, to: usize, shown: Shown<'_>, found: &mut Vec<Place>) {
    let mut at = from;
    while at < to {
        let line_end = memchr::memchr(b'\n', &text[at..to]).map_or(to, |i| at + i);
        line(text, at, line_end, shown, found);
        at = line_end + 1;
    }
}

/// What is known to be harmless.
#[derive(Clone, Copy)]
pub(super) struct Shown<'s> {
    /// Places in their order.
    pub(super) places: &'s [(usize, usize)],
    /// Values wherever they are.
    pub(super) values: &'s [&'s [u8]],
    /// Values where they are a token.
    pub(super) ids: &'s HashSet<Vec<u8>>,
}

impl Shown<'_> {
    /// Whether a place that may be shown holds another. They are short, so only the last few can; or whether it is part
    /// of a known value, or the token around it is a known id.
    fn holds(self, text: &[u8], start: usize, end: usize) -> bool {
        let next = self.places.partition_point(|(from, _)| *from <= start);
        if self.places[next.saturating_sub(16)..next].iter().any(|(_, to)| end <= *to) {
            return true;
        }
        let within = |value: &&&[u8]| {
            let Some(room) = value.len().checked_sub(end - start) else { return false };
            let from = start.saturating_sub(room);
            let near = &text[from..text.len().min(end + room)];
            let first = value.first();
            near.windows(value.len()).any(|window| window.first() == first && window == **value)
        };
        if self.values.iter().filter(|value| value.len() >= 6).any(|value| within(&value)) {
            return true;
        }
        if self.ids.is_empty() {
            return false;
        }
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.*$".contains(byte);
        let from = start - text[..start].iter().rev().take(100).take_while(|byte| part(byte)).count();
        let to = skip(text, end, 100, |byte| part(&byte));
        [&text[start..end], &text[from..to]].iter().any(|token| self.ids.contains(*token))
    }
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// What joins the parts of one secret: base64, URL-safe letters, signs of passwords.
fn is_inner(byte: u8) -> bool {
    b"+/_-.~!$%*^#@=?".contains(&byte)
}

fn line(text: &[u8], from: usize, to: usize, shown: Shown<'_>, found: &mut Vec<Place>) {
    let mut at = from;
    while at < to {
        if !is_part(text[at]) {
            at += 1;
            continue;
        }
        let end = skip(text, at, to - at, is_part);
        // A short word is too short to be a secret, whatever it means.
        let word = end - at < MIN_UNKNOWN
            && text[at + 1..end].iter().all(u8::is_ascii_lowercase)
            && text[at].is_ascii_alphabetic();
        if word {
            at = end;
            continue;
        }
        let odd = !is_plain_run(&text[at..end]);
        if !odd && (end - at < 3 || !is_dense(&text[at..end])) {
            at = end;
            continue;
        }
        if let Some((start, stop)) = guid_around(text, at, end) {
            if !allow::is_shown(text, start, stop) && !shown.holds(text, start, stop) {
                found.push(Place::secret(start, stop, SecretKind::Unknown));
            }
            at = stop;
            continue;
        }
        let (start, stop) = region(text, from, to, at, end);
        // Short runs of which none is odd: only many of them, of all alphabets, are base64.
        if !odd && (stop - start < 12 || !is_mixed(&text[start..stop]) || text[start..stop].contains(&b'.')) {
            at = end;
            continue;
        }
        if !may_stay(text, start, stop, shown) {
            found.push(Place::secret(start, stop, SecretKind::Unknown));
        }
        at = stop.max(end);
    }
}

/// The odd run with the odd and short ones joined to it.
fn region(text: &[u8], from: usize, to: usize, start: usize, end: usize) -> (usize, usize) {
    let odd = |run: &[u8]| run.len() < 3 && !run.iter().all(u8::is_ascii_digit) || is_dense(run) || !is_plain_run(run);
    let (mut start, mut end) = (start, end);
    loop {
        let signs = text[from..start].iter().rev().take(2).take_while(|byte| is_inner(**byte)).count();
        let run_end = start - signs;
        let len = text[from..run_end].iter().rev().take_while(|byte| is_part(**byte)).count();
        // `key=`: what precedes an equals sign is a name.
        let named = signs > 0 && b"=?".contains(&text[start - 1]);
        if signs == 0 || len == 0 || named || !odd(&text[run_end - len..run_end]) {
            break;
        }
        start = run_end - len;
    }
    loop {
        let signs = skip(text, end, 2.min(to - end), is_inner) - end;
        let run_start = end + signs;
        let stop = skip(text, run_start, to - run_start, is_part);
        if signs == 0 {
            break;
        }
        if stop == run_start {
            // Padding of base64, signs at the end of a password.
            end = skip(text, end, 2, |byte| b"=!$*~#".contains(&byte));
            break;
        }
        if text[end] == b'?'
            || text[end] == b'=' && !text[run_start..stop].is_empty() && signs == 1
            || !odd(&text[run_start..stop])
        {
            break;
        }
        end = stop;
    }
    (start, end)
}

/// A short run with letters and digits, or with a capital after a small letter.
fn is_dense(run: &[u8]) -> bool {
    let digit = run.iter().any(u8::is_ascii_digit);
    let letter = run.iter().any(u8::is_ascii_alphabetic);
    run.len() <= 5
        && (digit && letter || run.windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()))
}

fn is_mixed(value: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

fn may_stay(text: &[u8], start: usize, end: usize, shown: Shown<'_>) -> bool {
    let value = &text[start..end];
    if value.len() < if is_mixed(value) { MIN_MIXED } else { MIN_UNKNOWN } {
        return true;
    }
    let lone = matches!(end - start, 32 | 40 | 64 | 128)
        && text[end..].starts_with(b"  ")
        && (start == 0 || text[start - 1] == b'\n');
    // A line of `sha256sum`.
    lone && value.iter().all(u8::is_ascii_hexdigit)
        || allow::is_shown(text, start, end)
        || shown.holds(text, start, end)
        || in_static_path(text, start)
}

/// A GUID of which this is a part.
fn guid_around(text: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    let part = |byte: u8| byte.is_ascii_hexdigit() || b"-xX*".contains(&byte);
    let from = start - text[..start].iter().rev().take(36).take_while(|byte| part(**byte)).count();
    let to = skip(text, end, 36, part);
    allow::is_guid_or_mask(&text[from..to]).then_some((from, to))
}

/// `/s/…/_/…`: Jira's batches of static resources.
fn in_static_path(text: &[u8], at: usize) -> bool {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'".contains(byte);
    let from = text[at.saturating_sub(200)..at]
        .iter()
        .rposition(ends)
        .map_or(at.saturating_sub(200), |i| at.saturating_sub(200) + i + 1);
    let rest = &text[at..text.len().min(at + 300)];
    let to = at + rest.iter().position(ends).unwrap_or(rest.len());
    let path = &text[from..to];
    static STATIC: [Literal; 2] = [Literal::new("/s/"), Literal::new("/_/")];
    let marker = STATIC[1].find(path).map(|marker| from + marker);
    marker.is_some_and(|marker| at < marker) && STATIC[0].is_in(path)
}
