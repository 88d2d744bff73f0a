//! People who are known by the shape of what names them: mail addresses, homes, mentions.

use std::sync::LazyLock;

use memchr::memmem;

use super::{
    addresses, correspondents, directory, domain_users, headed, homes, initials,
    keys::Needs,
    listed_lines, listings,
    login::{is_capitalised, is_login, is_thing, joins_names, starts_like_login},
    numbers,
    pii::{self, PiiKind, is_person},
    place::Place,
    values::{is_blank, skip},
};
use crate::search::{Literal, PhraseSet};

/// Words that stand for the sign of an address.
static SIGNS: [Literal; 5] =
    [Literal::new("(at)"), Literal::new("[at]"), Literal::new(" AT "), Literal::new("{at}"), Literal::new("<at>")];
static ANY_SIGN: LazyLock<PhraseSet<()>> = LazyLock::new(|| PhraseSet::new(SIGNS.iter().map(|sign| (sign.text(), ()))));

/// Finds people; `user` is hidden wherever it is a word.
pub(super) fn find(text: &[u8], needs: Needs, user: Option<&str>, found: &mut Vec<Place>) {
    found.extend(pii::literals(text).into_iter().map(|(start, end, kind)| Place::person(start, end, kind)));
    mail_addresses(text, found);
    odd_addresses(text, found);
    addresses::find(text, found);
    if needs.has(Needs::HOME) {
        homes::find(text, found);
    }
    if needs.has(Needs::MENTION) {
        mentions(text, found);
    }
    if needs.has(Needs::DIRECTORY) {
        directory::directory_names(text, found);
    }
    domain_users::domain_users(text, found);
    correspondents::find(text, needs, found);
    initials::find(text, found);
    numbers::phones(text, found);
    if needs.has(Needs::LISTING) {
        listings::find(text, found);
        listed_lines::find(text, found);
        headed::columns(text, found);
    }
    if let Some(user) = user.filter(|user| is_person(user) && user.len() >= 3) {
        let whole = |start: usize| {
            let inside = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80);
            !inside(start.checked_sub(1).and_then(|i| text.get(i))) && !inside(text.get(start + user.len()))
        };
        let places = memmem::find_iter(text, user.as_bytes()).filter(|start| whole(*start));
        found.extend(places.map(|start| Place::person(start, start + user.len(), PiiKind::User)));
    }
}

/// Mail addresses, and the name before one: `"Ann Example" <ann@example.com>`.
fn mail_addresses(text: &[u8], found: &mut Vec<Place>) {
    for at in memchr::memchr_iter(b'@', text) {
        let Some((start, end)) = mail_address(text, at) else { continue };
        // `hvoss(hannah.voss@contoso.example)`
        if text[..start].ends_with(b"(") {
            let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._-".contains(*byte);
            let from = start - 1 - text[..start - 1].iter().rev().take(40).take_while(part).count();
            let name = &text[from..start - 1];
            if starts_like_login(name)
                || std::str::from_utf8(name).is_ok_and(|name| is_login(name) && joins_names(name))
            {
                found.push(Place::person(from, start - 1, PiiKind::User));
            }
        }
        found.push(Place::person(start, end, PiiKind::Mailbox));
        display_name(text, start, found);
        correspondents::name_after(text, start, end, found);
    }
}

/// `"ann example"@contoso.example`, `ann@[192.0.2.1]`, and an address with a word in place of the sign.
fn odd_addresses(text: &[u8], found: &mut Vec<Place>) {
    for at in memchr::memchr_iter(b'@', text) {
        let quoted = text[..at].strip_suffix(b"\"").map(|before| {
            before.len() - before.iter().rev().take(64).take_while(|byte| !b"\"\n".contains(byte)).count()
        });
        if let Some(start) = quoted.filter(|start| *start > 0 && text[start - 1] == b'"' && at - start > 3)
            && text.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
            // `"details": [ { "@type": …`
            && text[start..at - 1].iter().any(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
        {
            found.push(Place::person(start, at - 1, PiiKind::User));
        }
        let host = skip(text, at + 1, 2, |byte| byte == b'[' || byte.is_ascii_digit());
        if host > at + 1 {
            let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._-".contains(*byte);
            let start = at - text[..at].iter().rev().take(64).take_while(part).count();
            let dots = text[at + 1..text.len().min(at + 18)].iter().filter(|byte| **byte == b'.').count();
            if dots >= 3 && std::str::from_utf8(&text[start..at]).is_ok_and(is_person) {
                found.push(Place::person(start, at, PiiKind::User));
            }
        }
    }
    if !ANY_SIGN.is_match(text) {
        return;
    }
    for sign in &SIGNS {
        for at in sign.find_iter(text) {
            let before = text[..at].trim_ascii_end();
            let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(*byte);
            let start = before.len() - before.iter().rev().take(64).take_while(part).count();
            let after = skip(text, at + sign.len(), 1, is_blank);
            let end = skip(text, after, 80, |byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
            let rest = &text[end..text.len().min(end + 8)];
            let dotted = text[after..end].contains(&b'.')
                || [&b"(dot)"[..], b"[dot]", b" DOT ", b"{dot}"].iter().any(|dot| memmem::find(rest, dot).is_some());
            if start < before.len() && dotted {
                found.push(Place::person(start, end, PiiKind::Mailbox));
            }
        }
    }
}

fn mail_address(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+'-".contains(byte) || *byte >= 0x80;
    let mut local = text[..at].iter().rev().take(64).take_while(|byte| plain(byte)).count();
    // `#EXT#` of guests.
    if text[..at].ends_with(b"#EXT#") || text[..at].ends_with(b"#ext#") {
        local = 5 + text[..at - 5].iter().rev().take(64).take_while(|byte| plain(byte)).count();
    }
    // Odd but allowed: `ann!example#x@`, `ann/example@`; from the blank before it, unless it is an address of a page.
    let odd =
        text[..at].iter().rev().take(64).take_while(|byte| plain(byte) || b"!#$&*/?^`{|}~".contains(byte)).count();
    if odd > local {
        let whole = &text[at - odd..at];
        let edge = (at - odd).checked_sub(1).is_none_or(|i| is_blank(text[i]) || b"\"'<([:,;=".contains(&text[i]));
        let url = whole.starts_with(b"/")
            || memmem::find(whole, b"//").is_some()
            || whole.contains(&b'?')
            || whole.contains(&b'&');
        if edge && !url {
            local = odd;
        }
    }
    // `bounce+ann=contoso.example@list.example`
    let signs = text[..at].iter().rev().take(128).take_while(|byte| plain(byte) || **byte == b'=').count();
    if signs > local && memchr::memchr(b'+', &text[at - signs..at]).is_some() {
        local = signs;
    }
    let local = local - text[at - local..at].iter().take_while(|byte| b"'.-".contains(byte)).count();
    if local == 0 {
        return None;
    }
    let part = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte) || byte >= 0x80;
    let stop = skip(text, at + 1, 255, part);
    // `mailbox-1@…` is a pseudonym.
    if text[at + 1..].starts_with("…".as_bytes()) {
        return None;
    }
    let name = &text[at + 1..stop];
    // `hmac-sha2-256-etm@openssh.com`: an algorithm.
    if name.starts_with(b"openssh.com") || name.starts_with(b"libssh.org") {
        return None;
    }
    let name = &name[..name.len() - name.iter().rev().take_while(|byte| b".-".contains(byte)).count()];
    let end = at + 1 + name.len();
    match memchr::memrchr(b'.', name) {
        Some(dot) => {
            let top = &name[dot + 1..];
            (dot > 0 && top.len() >= 2 && top.iter().all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80))
                .then_some((at - local, end))
        }
        // `ann.example@mailhost`; not `com.example.Item@5c2e3f1a`.
        None => {
            let person = &text[at - local..at];
            let small = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-+".contains(byte);
            // `scp hvoss@h:/tmp/x`
            let copied = starts_like_login(person);
            let host = (name.len() >= 3 || copied)
                && !name.is_empty()
                && name[0].is_ascii_alphabetic()
                && !name.iter().all(u8::is_ascii_hexdigit);
            // `ftp://hvoss@files/x`
            let copied = copied && text[..at - local].ends_with(b"//");
            let good = host && local >= 3 && person.iter().all(small) && person.iter().any(u8::is_ascii_alphabetic);
            (good
                && (copied
                    || person.contains(&b'.')
                    || text[..at - local].last().is_none_or(|byte| is_blank(*byte) || b"\"'<=:([".contains(byte))))
            .then_some((at - local, end))
        }
    }
}

/// The name before `<address>`: in quotation marks, or capitalised words.
fn display_name(text: &[u8], address: usize, found: &mut Vec<Place>) {
    let before = &text[..address];
    let Some(before) = before.strip_suffix(b"<").or_else(|| before.strip_suffix(b"&lt;")) else { return };
    let before = &before[..before.len() - before.iter().rev().take(2).take_while(|byte| **byte == b' ').count()];
    let slashes = |text: &[u8]| text.iter().rev().take_while(|byte| **byte == b'\\').count();
    if let Some(inner) = before.strip_suffix(b"\"") {
        let inner = &inner[..inner.len() - slashes(inner)];
        let len = inner.iter().rev().take(80).take_while(|byte| !b"\"<>\r\n".contains(byte)).count();
        let start = inner.len() - len;
        if (2..80).contains(&len) && start > 0 && text[start - 1] == b'"' {
            found.push(Place::person(start, inner.len(), PiiKind::User));
        }
        return;
    }
    let end = before.len();
    let (mut start, mut words) = (end, 0);
    while words < 4 {
        let word = before[..start]
            .iter()
            .rev()
            .take(40)
            .take_while(|byte| byte.is_ascii_alphabetic() || b".'-".contains(byte) || **byte >= 0x80)
            .count();
        let capital = word > 1 && (text[start - word].is_ascii_uppercase() || text[start - word] >= 0x80);
        if !capital {
            break;
        }
        words += 1;
        found.retain(|place| !(place.start == start - word && place.end == end));
        start -= word;
        if start == 0 || text[start - 1] != b' ' {
            break;
        }
        start -= 1;
    }
    let mut start = skip(text, start, 1, |byte| byte == b' ');
    // `Voss, Hannah <…>`
    if words > 0
        && let Some(lead) = before[..start].strip_suffix(b", ")
    {
        let letters = |byte: &&u8| byte.is_ascii_alphabetic() || b"'-".contains(byte) || **byte >= 0x80;
        let last = lead.len() - lead.iter().rev().take(40).take_while(letters).count();
        if std::str::from_utf8(&lead[last..]).is_ok_and(|name| is_capitalised(name) && !is_thing(name)) {
            found.retain(|place| !(place.start >= last && place.end == end));
            start = last;
        }
    }
    if words == 0 {
        // `  12  ann <ann@contoso.example>` of `git shortlog`
        let back = |end: usize, what: fn(&u8) -> bool| {
            end - before[..end].iter().rev().take(40).take_while(|byte| what(byte)).count()
        };
        start = back(end, |byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte));
        let number = back(start, |byte| b" \t".contains(byte));
        let digits = back(number, u8::is_ascii_digit);
        let first = back(digits, |byte| b" \t\n".contains(byte));
        words = usize::from(end > start && start > number && number > digits && (digits == 0 || first + 2 <= digits));
    }
    if words > 0 && end > start {
        found.push(Place::person(start, end, PiiKind::User));
    }
}

/// `[~ann]`, `~accountid:…`, `/people/…`, `JIRAUSER10100`.
fn mentions(text: &[u8], found: &mut Vec<Place>) {
    for at in memchr::memchr_iter(b'~', text) {
        let start = at + 1;
        if text[..at].last() != Some(&b'[') {
            // `/~hvoss77/`, `~hvoss77`
            let edge = text[..at].last().is_none_or(|byte| is_blank(*byte) || b"/(,:=\"'".contains(byte));
            let end = skip(text, start, 64, |byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
            // `~ann/public_html`
            let public = text[end..].starts_with(b"/public_html") || text[end..].starts_with(b"/Maildir");
            let letters = text[start..end].iter().all(u8::is_ascii_lowercase) && end > start + 2;
            let named = letters && (public || starts_like_login(&text[start..end]));
            if edge && (named || std::str::from_utf8(&text[start..end]).is_ok_and(is_login)) {
                found.push(Place::person(start, end, PiiKind::User));
            }
            continue;
        }
        let start = start + if text[start..].starts_with(b"accountid:") { 10 } else { 0 };
        let end = skip(text, start, 96, |byte| !b"]\n\"<>".contains(&byte));
        if text.get(end) == Some(&b']') {
            found.push(Place::person(start, end, PiiKind::User));
        }
    }
    for lead in [&b"JIRAUSER"[..], b"ViewProfile.jspa?name=", b"/secure/ViewProfile.jspa?user=", b"user?key="] {
        for at in memmem::find_iter(text, lead) {
            let start = if lead[0] == b'J' { at } else { at + lead.len() };
            let end = skip(text, at + lead.len(), 64, |byte| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte));
            // `hvoss77:1(JIRAUSER10100)`
            let opened = lead[0] == b'J' && text[..at].last() == Some(&b'(');
            if opened && let Some((from, to)) = name_before(text, at - 1) {
                found.push(Place::person(from, to, PiiKind::User));
            }
            if end > at + lead.len() && (lead[0] != b'J' || text[at + lead.len()..end].iter().all(u8::is_ascii_digit)) {
                found.push(Place::person(start, end, PiiKind::User));
            }
        }
    }
}

/// The name that ends before a bracket, without the number of its directory.
fn name_before(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let digits = text[..at].iter().rev().take(8).take_while(|byte| byte.is_ascii_digit()).count();
    let end = if digits > 0 && text[..at - digits].ends_with(b":") { at - digits - 1 } else { at };
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._@-".contains(*byte);
    let start = end - text[..end].iter().rev().take(64).take_while(part).count();
    std::str::from_utf8(&text[start..end]).is_ok_and(is_person).then_some((start, end))
}
