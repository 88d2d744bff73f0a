//! Users who are named beside the address from which they came.

use super::{
    login::{is_login, is_thing, joins_names, starts_like_login},
    pii::{PiiKind, is_person},
    place::Place,
    prose::{follows_user, is_prose_word},
    values::skip,
};

/// Words between a sentence and who came from an address: `failed for ann from 192.0.2.1`.
const BEFORE: [&[u8]; 10] =
    [b"for", b"user", b"by", b"as", b"of", b"login", b"client", b"account", b"pour", b"f\xc3\xbcr"];

/// What else is in brackets with an address.
const ENDS: [&str; 16] = [
    "host", "hostname", "timeout", "addr", "port", "from", "peer", "source", "dest", "target", "local", "inet",
    "inet4", "upstream", "backend", "master",
];

/// `sql(ann,192.0.2.1)`, `ann/192.0.2.1:1194 TLS: …`, `'ann'@'192.0.2.1'`, `for ann from 192.0.2.1`,
/// `192.0.2.1[ann]`.
pub(super) fn find(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    let before = &text[..start];
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._-".contains(*byte);
    let name_before = |stop: usize| stop - text[..stop].iter().rev().take(48).take_while(part).count();
    let mut person = |from: usize, to: usize| {
        let name = std::str::from_utf8(&text[from..to]).unwrap_or_default();
        if name.len() >= 3 && is_person(name) && !is_prose_word(name.as_bytes()) {
            found.push(Place::person(from, to, PiiKind::User));
        }
    };
    let is_joined = |name: &str| is_login(name) && joins_names(name);
    let looks = |name: &[u8]| starts_like_login(name) || std::str::from_utf8(name).is_ok_and(is_joined);
    match before {
        [.., b','] | [.., b',', b' '] => {
            let stop = start - if before.ends_with(b" ") { 2 } else { 1 };
            let from = name_before(stop);
            let called = text[..from].strip_suffix(b"(").and_then(<[u8]>::last).is_some_and(u8::is_ascii_alphanumeric);
            let closed = matches!(text.get(end), Some(b')' | b','));
            // `(ann,192.0.2.1)`
            let name = &text[from..stop];
            let small = name.len() >= 4 && name.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
            let known = std::str::from_utf8(name).is_ok_and(|name| is_thing(name) || ENDS.contains(&name));
            let known = known || follows_user(name);
            let tuple = text[..from].ends_with(b"(") && (looks(name) || small && !known);
            if (called || tuple) && closed && !name.contains(&b'.') {
                person(from, stop);
            }
        }
        [.., b'/'] => {
            let from = name_before(start - 1);
            let edge = text[..from].last().is_none_or(|byte| b" \n[(\"'".contains(byte));
            let port = skip(text, end, 6, |byte| byte == b':' || byte.is_ascii_digit());
            // What OpenVPN says of a client starts with a capital; `jira01/192.0.2.1:8080` of Java is a host.
            let capitals = skip(text, port + 1, 8, |byte| byte.is_ascii_uppercase() || byte == b'_');
            let informed = text[port..].starts_with(b" peer info");
            let tunnel =
                port > end && (informed || capitals > port + 2 && text[port] == b' ' || text[end..port] == *b":1194");
            let name = &text[from..start - 1];
            if edge
                && (tunnel || starts_like_login(name) || text[end..].starts_with(b" logged in"))
                && !name.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
            {
                person(from, start - 1);
            }
        }
        [.., b'\'' | b'"', b'@', b'\'' | b'"'] => person(name_before(start - 3), start - 3),
        [.., b' '] if before.ends_with(b" from ") => {
            let stop = start - 6;
            let stop = stop - usize::from(before[..stop].last().is_some_and(|byte| b"'\"]>".contains(byte)));
            let from = name_before(stop);
            let name = &text[from..stop];
            let lead = text[..from].trim_ascii_end();
            let lead = lead.strip_suffix(b"'").unwrap_or(lead).trim_ascii_end();
            let word = lead.len() - lead.iter().rev().take(12).take_while(|byte| !b" :(".contains(byte)).count();
            let led = BEFORE.iter().any(|one| lead[word..].eq_ignore_ascii_case(one));
            let plain = name.len() >= 4
                && name.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(byte));
            let known = std::str::from_utf8(name).is_ok_and(is_thing) || follows_user(name);
            if looks(name) || led && plain && !known {
                person(from, stop);
            }
        }
        _ => {}
    }
    if text.get(end) == Some(&b'[') {
        let stop = skip(text, end + 1, 48, |byte| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte));
        let letters = text[end + 1..stop].iter().any(u8::is_ascii_alphabetic);
        if text.get(stop) == Some(&b']') && letters && text[end + 1].is_ascii_lowercase() {
            person(end + 1, stop);
        }
    }
}
