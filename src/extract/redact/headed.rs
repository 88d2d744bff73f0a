//! People in rows under headings and on cards in JSON, where only the place of a name says that it is one.

use memchr::memmem;

use super::{
    listings::owner,
    pii::PiiKind,
    place::Place,
    values::{is_blank, skip},
};

/// Rows under one heading that are looked at.
const MAX_ROWS: usize = 200;
/// Headings of the column of users, and of a column of numbers in the same table.
const USERS: [&[u8]; 4] = [b"USER", b"Username", b"User", b"UID"];
const NUMBERS: [&[u8]; 2] = [b"PID", b"UID"];
/// Fields of a card that name somebody.
const FIELDS: [&[u8]; 6] = [b"fn", b"n", b"nickname", b"adr", b"bday", b"note"];

fn words(line: &[u8]) -> Vec<(usize, usize)> {
    let (mut at, mut words) = (0, Vec::new());
    while words.len() < 64 {
        let start = skip(line, at, line.len(), is_blank);
        at = skip(line, start, line.len(), |byte| !is_blank(byte));
        if at == start {
            break;
        }
        words.push((start, at));
    }
    words
}

/// The users of `loginctl`, `smbstatus` and `ps`: the column under `USER`, in rows with a number under `UID` or `PID`.
pub(super) fn columns(text: &[u8], found: &mut Vec<Place>) {
    let (mut at, mut columns, mut rows) = (0, None, 0);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let from = at;
        at += line.len();
        let words = words(line);
        fn bare(word: &[u8]) -> &[u8] {
            word.strip_prefix(b"\"").unwrap_or(word)
        }
        let place = |names: &[&[u8]]| {
            names.iter().find_map(|name| words.iter().position(|(start, end)| *name == bare(&line[*start..*end])))
        };
        if let (Some(user), Some(number)) = (place(&USERS), place(&NUMBERS))
            && user != number
        {
            // The first heading, as the lead of a log record may be before it.
            let first = user.min(number);
            let heading = |(start, end): &&(usize, usize)| bare(&line[*start..*end]).iter().all(u8::is_ascii_uppercase);
            let first = first - words[..first].iter().rev().take_while(heading).count();
            (columns, rows) = (Some((user - first, number - first)), 0);
            continue;
        }
        rows += 1;
        let Some((user, number)) = columns.filter(|_| rows < MAX_ROWS) else { continue };
        let digits = |(start, end): &(usize, usize)| line[*start..*end].iter().all(u8::is_ascii_digit);
        if let (Some(name), true) = (words.get(user), words.get(number).is_some_and(digits)) {
            owner(text, from + name.0, from + name.1, found);
        }
    }
}

/// `["fn",{},"text","Ann Example"]` of RFC 7095.
pub(super) fn json_cards(text: &[u8], found: &mut Vec<Place>) {
    for open in memmem::find_iter(text, b"[\"") {
        let end = skip(text, open + 2, 16, |byte| byte.is_ascii_alphabetic());
        if !FIELDS.iter().any(|field| text[open + 2..end].eq_ignore_ascii_case(field)) {
            continue;
        }
        // The parameters, and the type of the value.
        let rest = &text[end..text.len().min(end + 400)];
        let Some(kind) = memmem::find(rest, b"}").map(|at| end + at + 1) else { continue };
        let kind = skip(text, kind, 4, |byte| b", \"".contains(&byte));
        let mut at = skip(text, kind, 16, |byte| byte.is_ascii_alphabetic() || byte == b'-');
        // Values in quotation marks, up to the bracket.
        for _ in 0..16 {
            let next = skip(text, at, 8, |byte| b"\", [".contains(&byte));
            let stop = skip(text, next, 200, |byte| !b"\"]\n".contains(&byte));
            if stop > next && text.get(stop) == Some(&b'"') {
                found.push(Place::person(next, stop, PiiKind::User));
            }
            if text.get(stop + 1) == Some(&b']') || text.get(stop) != Some(&b'"') {
                break;
            }
            at = stop + 1;
        }
    }
}
