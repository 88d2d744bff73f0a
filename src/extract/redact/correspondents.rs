//! People in mail headers, vCards and access logs who are identified neither by a key nor by an address.

use memchr::memmem;

use super::{
    headed,
    keys::Needs,
    login::{is_capitalised, is_full_name, is_login, is_persons_name, is_thing, starts_like_login, with_next_names},
    pii::{PiiKind, is_person},
    place::Place,
    values::{is_blank, skip},
};
use crate::search::Literal;

pub(super) fn find(text: &[u8], needs: Needs, found: &mut Vec<Place>) {
    if needs.has(Needs::CARD) {
        encoded_words(text, found);
        cards(text, found);
        headed::json_cards(text, found);
    }
    if needs.has(Needs::HEADER) {
        headers(text, found);
    }
    access_log_users(text, found);
    logins_beside_names(text, found);
    if needs.has(Needs::OWNER) {
        owners(text, found);
    }
    marked_logins(text, found);
}

/// The name after an address: `ann@contoso.example (Ann Example)`, `<a href="mailto:…">Ann Example</a>`.
pub(super) fn name_after(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    let (from, close) = if text[end..].starts_with(b" (") {
        (end + 2, b')')
    } else if text[..start].ends_with(b"mailto:") {
        let tag = skip(text, end, 200, |byte| !b">\n<".contains(&byte));
        if text.get(tag) != Some(&b'>') {
            return;
        }
        (tag + 1, b'<')
    } else {
        return;
    };
    let to = skip(text, from, 80, |byte| byte != close && byte != b'\n');
    if text.get(to) == Some(&close) && std::str::from_utf8(&text[from..to]).is_ok_and(is_full_name) {
        found.push(Place::person(from, to, PiiKind::User));
    }
}

/// `=?UTF-8?Q?Ann_Example?= <ann@contoso.example>` of RFC 2047: before an address or in a header that names people.
fn encoded_words(text: &[u8], found: &mut Vec<Place>) {
    const HEADERS: [&[u8]; 7] = [b"from:", b"to:", b"cc:", b"bcc:", b"sender:", b"reply-to:", b"replyto="];
    let mut at = 0;
    while let Some(next) = memmem::find(&text[at..], b"=?") {
        let start = at + next;
        let end = encoded_word_end(text, start);
        at = start + 2;
        let Some(mut end) = end else { continue };
        // Long names are several of them.
        while let Some(more) = encoded_word_end(text, skip(text, end, 4, is_blank)) {
            end = more;
        }
        at = end;
        let line = line_before(text, start, 200).to_ascii_lowercase();
        let after = skip(text, end, 4, |byte| is_blank(byte) || b"\"\\".contains(&byte));
        if text.get(after) == Some(&b'<') || HEADERS.iter().any(|header| memmem::find(&line, header).is_some()) {
            found.push(Place::person(start, end, PiiKind::User));
        }
    }
}

/// `=?charset?Q|B?text?=`
fn encoded_word_end(text: &[u8], start: usize) -> Option<usize> {
    let rest = text.get(start..)?.strip_prefix(b"=?")?;
    let charset = rest.iter().take(40).position(|byte| *byte == b'?')?;
    if !matches!(rest.get(charset + 1..charset + 3)?, [b'Q' | b'q' | b'B' | b'b', b'?']) {
        return None;
    }
    let body = &rest[charset + 3..];
    let len = body.iter().take(200).position(|byte| *byte == b'?' || is_blank(*byte))?;
    body[len..].starts_with(b"?=").then_some(start + 2 + charset + 3 + len + 2)
}

/// Cards and calendars: `FN:Ann Example`, `N:Example;Ann;;;`, `ORGANIZER;CN="Ann Example":…`; a field of a card is known
/// without its first line, too.
fn cards(text: &[u8], found: &mut Vec<Place>) {
    let calendar = memmem::find(text, b"BEGIN:V").is_some();
    for name in memmem::find_iter(text, b";CN=") {
        let line = line_before(text, name, 200);
        let known = [&b"ATTENDEE"[..], b"ORGANIZER"].iter().any(|field| memmem::find(line, field).is_some());
        if !calendar && !known {
            continue;
        }
        let quoted = text.get(name + 4) == Some(&b'"');
        let start = name + 4 + usize::from(quoted);
        let end = skip(text, start, 96, |byte| !b"\"\n".contains(&byte) && (quoted || !b":;".contains(&byte)));
        found.push(Place::person(start, end, PiiKind::User));
    }
    for colon in memchr::memchr_iter(b':', text) {
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b".;=-_,".contains(byte);
        let start = colon - text[..colon].iter().rev().take(80).take_while(part).count();
        let field = &text[start..colon];
        let name = field.split(|byte| *byte == b';').next().unwrap_or_default();
        // `item1.FN`, `body=FN`
        let name = name.rsplit(|byte| b".=".contains(byte)).next().unwrap_or_default();
        let end = skip(text, colon + 1, 200, |byte| !b"\r\n\"<>".contains(&byte));
        let Ok(value) = std::str::from_utf8(text[colon + 1..end].trim_ascii_end()) else { continue };
        let parts = value.bytes().filter(|byte| *byte == b';').count();
        let options = name.len() < field.len();
        let person = match name {
            b"FN" | b"NICKNAME" => !value.starts_with([' ', ':', '/']),
            b"N" => parts >= 1 && !value.starts_with([' ', ';']),
            b"ADR" | b"LABEL" => parts >= 3 || options && value.contains(' '),
            b"BDAY" | b"NOTE" | b"ANNIVERSARY" => calendar || options,
            _ => false,
        };
        if person && !value.is_empty() {
            // What follows a name in a sentence is shown.
            let first = skip(text, colon + 1, value.len(), |byte| byte != b' ');
            let full = with_next_names(text, colon + 1, first);
            let whole = is_full_name(value) || value.contains(';') || full == first;
            let stop = if whole || calendar { colon + 1 + value.len() } else { full };
            found.push(Place::person(colon + 1, stop, PiiKind::User));
        }
    }
}

/// `198.51.100.7 1234x567x1 ann [05/Jan/2026:20:34:03 +0000] "GET …`: the user of an access log.
fn access_log_users(text: &[u8], found: &mut Vec<Place>) {
    static OPEN: Literal = Literal::new(" [");
    for open in OPEN.find_iter(text) {
        let date = text.get(open + 2..open + 14).unwrap_or_default();
        let slashes = date.get(2) == Some(&b'/') && date.get(6) == Some(&b'/') && date.get(11) == Some(&b':');
        if !slashes || !date[..2].iter().all(u8::is_ascii_digit) {
            continue;
        }
        let start = open - text[..open].iter().rev().take(64).take_while(|byte| !is_blank(**byte)).count();
        if std::str::from_utf8(&text[start..open]).is_ok_and(is_person) {
            found.push(Place::person(start, open, PiiKind::User));
        }
    }
}

/// `@hvoss77` of a comment, and the security identifier of a user, `S-1-5-21-…`.
fn marked_logins(text: &[u8], found: &mut Vec<Place>) {
    for at in memchr::memchr_iter(b'@', text) {
        let end = skip(text, at + 1, 40, |byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        let end = end - text[at + 1..end].iter().rev().take_while(|byte| b"._-".contains(byte)).count();
        let edge = at.checked_sub(1).is_none_or(|i| is_blank(text[i]) || b"<(".contains(&text[i]));
        let alone = text.get(end).is_none_or(|byte| is_blank(*byte) || b",.:;!?)>".contains(byte));
        let name = &text[at + 1..end];
        let login = starts_like_login(name) || std::str::from_utf8(name).is_ok_and(is_login);
        if edge && alone && end > at + 1 && login {
            found.push(Place::person(at + 1, end, PiiKind::User));
        }
    }
    static IDENTIFIER: Literal = Literal::new("S-1-5-21-");
    for at in IDENTIFIER.find_iter(text) {
        let end = skip(text, at + 9, 48, |byte| byte.is_ascii_digit() || byte == b'-');
        if end > at + 20 {
            found.push(Place::person(at, end, PiiKind::User));
        }
    }
}

/// `Hannah Voss (hvoss77)`, `hvoss77 (Hannah Voss)`, `Hannah Voss <hvoss77>`, `Hannah Voss [hvoss77]`: a login and
/// capitalised words, of which one is in the login.
fn logins_beside_names(text: &[u8], found: &mut Vec<Place>) {
    for open in memchr::memchr3_iter(b'(', b'<', b'[', text) {
        // `participants=[hvoss(Hannah Voss)]`
        if open > 3
            && text[open] == b'('
            && text[open - 1].is_ascii_alphanumeric()
            && text.get(open + 1).is_some_and(u8::is_ascii_uppercase)
        {
            let start =
                open - text[..open].iter().rev().take(24).take_while(|byte| byte.is_ascii_alphanumeric()).count();
            let close = skip(text, open + 1, 48, |byte| !b")\n(".contains(&byte));
            let login = std::str::from_utf8(&text[start..open]).unwrap_or_default();
            let name = std::str::from_utf8(&text[open + 1..close]).unwrap_or_default();
            if text.get(close) == Some(&b')') && is_persons_name(name) && names_each_other(login, name) {
                found.push(Place::person(start, open, PiiKind::User));
                found.push(Place::person(open + 1, close, PiiKind::User));
            }
            continue;
        }
        // After a name or a login, as hardly any bracket of a log is.
        if open < 3 || text[open - 1] != b' ' || !text[open - 2].is_ascii_alphanumeric() {
            continue;
        }
        // `^1a2b3c4d (Hannah Voss 2026-01-05 …)` of `git blame`
        if let Some(year) = memmem::find(&text[open..text.len().min(open + 64)], b" 20").map(|at| open + at)
            && text[open] == b'('
            && text.get(year + 5) == Some(&b'-')
            && let name = open + 1 + text[open + 1..year].iter().take_while(|byte| is_blank(**byte)).count()
            && let Ok(author) = std::str::from_utf8(text[name.min(year)..year].trim_ascii_end())
            && (is_persons_name(author)
                || is_blamed(text, year + 1) && is_person(author) && author != "Not Committed Yet")
        {
            found.push(Place::person(name, name + author.len(), PiiKind::User));
            continue;
        }
        let word = text[..open - 1].iter().rev().take(40).take_while(|byte| !is_blank(**byte)).count();
        let first = text[open - 1 - word];
        if !first.is_ascii_alphabetic() && first < 0x80
            || first.is_ascii_lowercase() && !text[open + 1..].first().is_some_and(u8::is_ascii_uppercase)
        {
            continue;
        }
        let close = match text[open] {
            b'(' => b')',
            b'<' => b'>',
            _ => b']',
        };
        let end = skip(text, open + 1, 64, |byte| byte != close && byte != b'\n');
        let (Some(byte), Ok(inner)) = (text.get(end), std::str::from_utf8(&text[open + 1..end])) else { continue };
        if *byte != close || inner.len() < 3 {
            continue;
        }
        let before = &text[..open - 1];
        if inner.contains(' ') {
            // `hvoss77 (Hannah Voss)`
            let len = before
                .iter()
                .rev()
                .take(40)
                .take_while(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
                .count();
            let start = before.len() - len;
            let Ok(login) = std::str::from_utf8(&before[start..]) else { continue };
            if is_persons_name(inner) && names_each_other(login, inner) {
                found.push(Place::person(start, before.len(), PiiKind::User));
                found.push(Place::person(open + 1, end, PiiKind::User));
            }
            continue;
        }
        let mut words = line_before(text, open - 1, 64).rsplit(|byte| *byte == b' ');
        let (last, first) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let Some(from) = before.len().checked_sub(last.len() + 1 + first.len()) else { continue };
        let Ok(name) = std::str::from_utf8(&before[from..]) else { continue };
        if is_persons_name(name) && names_each_other(inner, name) {
            found.push(Place::person(from, before.len(), PiiKind::User));
            found.push(Place::person(open + 1, end, PiiKind::User));
        }
    }
}

/// The date, perhaps a time, and the number of a line in brackets: `2026-01-05 20:34:03 +0100 12)`.
fn is_blamed(text: &[u8], date: usize) -> bool {
    let end = skip(text, date, 48, |byte| byte.is_ascii_digit() || b" :+-".contains(&byte));
    let number = text[..end].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    text.get(end) == Some(&b')') && number > 0 && end - number > date + 10 && text[end - number - 1] == b' '
}

/// Whether a login is made of a name: it has one of its words, of at least three letters, as `hvoss` has `voss`.
fn names_each_other(login: &str, name: &str) -> bool {
    let plain = login.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    let small = !login.bytes().any(|byte| byte.is_ascii_uppercase()) || is_login(login);
    let login = login.to_lowercase();
    let mut words = name.split([' ', ',']).filter(|word| word.len() >= 3).map(str::to_lowercase);
    plain && small && words.any(|word| login.contains(&word) && (login.len() > word.len() || is_login(&login)))
}

/// What people have, and names of things have not.
const POSSESSIONS: [&[u8]; 24] = [
    b"mailbox",
    b"inbox",
    b"account",
    b"calendar",
    b"mail",
    b"mails",
    b"email",
    b"emails",
    b"messages",
    b"profile",
    b"password",
    b"token",
    b"session",
    b"laptop",
    b"phone",
    b"iphone",
    b"ipad",
    b"macbook",
    b"pc",
    b"manager",
    b"device",
    b"folder",
    b"avatar",
    b"comment",
];

/// `hvoss77's mailbox`, `Hannah Voss's account`, `Hannah’s iPhone`.
fn owners(text: &[u8], found: &mut Vec<Place>) {
    static POSSESSIVE: [Literal; 2] = [Literal::new("'s "), Literal::new("’s ")];
    let plain = POSSESSIVE[0].find_iter(text).map(|at| (at, at + 3));
    let curly = POSSESSIVE[1].find_iter(text).map(|at| (at, at + 5));
    for (at, after) in plain.chain(curly) {
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._-".contains(*byte) || **byte >= 0x80;
        let start = at - text[..at].iter().rev().take(48).take_while(part).count();
        let Ok(name) = std::str::from_utf8(&text[start..at]) else { continue };
        let noun = &text[after..skip(text, after, 16, |byte| byte.is_ascii_alphabetic())];
        let owned = POSSESSIONS.iter().any(|one| noun.eq_ignore_ascii_case(one));
        if is_login(name) {
            found.push(Place::person(start, at, PiiKind::User));
        } else if owned && is_capitalised(name) && !is_thing(name) {
            let before = text[..start].strip_suffix(b" ").unwrap_or_default();
            let len =
                before.iter().rev().take(40).take_while(|byte| byte.is_ascii_alphabetic() || **byte >= 0x80).count();
            let first = std::str::from_utf8(&before[before.len() - len..]).unwrap_or_default();
            let full = is_capitalised(first) && !is_thing(first);
            let device = [&b"iphone"[..], b"ipad", b"macbook", b"laptop", b"pc", b"phone"]
                .iter()
                .any(|one| noun.eq_ignore_ascii_case(one));
            if full || device {
                found.push(Place::person(if full { before.len() - len } else { start }, at, PiiKind::User));
            }
        }
    }
}

/// `From: Hannah Voss`, `Cc: Hannah Voss; Ann Example` without an address, `Return-Path: <hvoss>`.
fn headers(text: &[u8], found: &mut Vec<Place>) {
    const NAMES: [&[u8]; 7] = [b"From", b"Sender", b"Reply-To", b"To", b"Cc", b"Bcc", b"Resent-From"];
    static COLON: Literal = Literal::new(": ");
    for colon in COLON.find_iter(text) {
        let start = colon
            - text[..colon]
                .iter()
                .rev()
                .take(12)
                .take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'-')
                .count();
        if !NAMES.contains(&&text[start..colon]) {
            continue;
        }
        let line = skip(text, colon + 2, 400, |byte| !b"\r\n".contains(&byte));
        let mut at = colon + 2;
        while at < line {
            let quote = skip(text, at, 3, |byte| b" \"'".contains(&byte));
            let end = skip(text, quote, line - quote, |byte| !b";,\"<".contains(&byte));
            let mut name_end =
                end - text[quote..end].iter().rev().take_while(|byte| is_blank(**byte) || **byte == b'\\').count();
            // `Voss, Hannah`
            if text[end..].starts_with(b", ") && std::str::from_utf8(&text[quote..name_end]).is_ok_and(is_capitalised) {
                let next =
                    skip(text, end + 2, 40, |byte| byte.is_ascii_alphabetic() || b"-'".contains(&byte) || byte >= 0x80);
                let one = std::str::from_utf8(&text[end + 2..next]).is_ok_and(is_capitalised);
                name_end = if one { next } else { name_end };
            }
            // `Hannah Voss via Jira`
            let stop =
                memmem::find(&text[quote..name_end], b" via ").or_else(|| memmem::find(&text[quote..name_end], b" ("));
            let stop = stop.map_or(name_end, |at| quote + at);
            if std::str::from_utf8(&text[quote..stop]).is_ok_and(is_persons_name) {
                found.push(Place::person(quote, stop, PiiKind::User));
            }
            at = end.max(name_end) + 1;
        }
    }
}

/// What is before `at` in its line, at most `max_bytes`.
fn line_before(text: &[u8], at: usize, max_bytes: usize) -> &[u8] {
    let near = &text[at.saturating_sub(max_bytes)..at];
    near.rsplit(|byte| *byte == b'\n').next().unwrap_or_default()
}
