//! Every token by itself: shown, or removed.

use std::collections::HashSet;

use super::{
    super::{place::Place, secrets::SecretKind, values::skip, wordlike::is_plain_run},
    allow,
};

/// What is shorter is too short for a key.
const MIN_UNKNOWN: usize = 8;
/// The same of small letters, capitals and digits at once.
const MIN_MIXED: usize = 6;

/// Finds what nothing says may be shown. `shown` are places that may, in their order.
pub(super) fn find(text: &[u8], shown: &[(usize, usize)], ids: &HashSet<Vec<u8>>, found: &mut Vec<Place>) {
    let mut at = 0;
    while at < text.len() {
        let line_end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
        if !is_frame(&text[at..line_end]) {
            line(text, at, line_end, Shown { places: shown, ids }, found);
        }
        at = line_end + 1;
    }
}

/// What is known to be harmless.
#[derive(Clone, Copy)]
struct Shown<'s> {
    /// Places in their order.
    places: &'s [(usize, usize)],
    ids: &'s HashSet<Vec<u8>>,
}

impl Shown<'_> {
    /// Whether a place that may be shown holds another. They are short, so only the last few can; or whether the token
    /// around it is a known id.
    fn holds(self, text: &[u8], start: usize, end: usize) -> bool {
        let next = self.places.partition_point(|(from, _)| *from <= start);
        if self.places[next.saturating_sub(16)..next].iter().any(|(_, to)| end <= *to) {
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

/// `at package.Class.method(File.java:123) [plugin.jar:1.2]`
fn is_frame(line: &[u8]) -> bool {
    let Some(frame) = line.trim_ascii().strip_prefix(b"at ") else { return false };
    let name = skip(frame, 0, usize::MAX, |byte| byte.is_ascii_alphanumeric() || b"_.$<>/@-".contains(&byte));
    let rest = &frame[name..];
    let dots = frame[..name].iter().filter(|byte| **byte == b'.').count();
    let place = skip(rest, 0, 160, |byte| byte.is_ascii_alphanumeric() || b"_.:$() ~[]?<>/@-".contains(&byte));
    dots > 0
        && rest.first() == Some(&b'(')
        && place == rest.len()
        && rest.contains(&b')')
        && frame[..name].split(|byte| b"./$@".contains(byte)).all(|part| part.len() < 64)
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
        let odd = !is_plain_run(&text[at..end]);
        if !odd && (end - at < 3 || !is_dense(&text[at..end])) {
            at = end;
            continue;
        }
        if let Some((start, stop)) = guid_around(text, at, end) {
            if !shown.holds(text, start, stop) && !allow::is_shown(text, start, stop) {
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
        // `key=`: what stands before a sign of equality is a name.
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
        || shown.holds(text, start, end)
        || allow::is_shown(text, start, end)
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
    let marker = memchr::memmem::find(path, b"/_/").map(|marker| from + marker);
    memchr::memmem::find(path, b"/s/").is_some() && marker.is_some_and(|marker| at < marker)
}
