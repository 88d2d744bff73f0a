//! A user with the name of a domain before it.

use super::{
    login::{is_capitalised, is_login, is_thing, joins_names, starts_like_login},
    pii::{PiiKind, is_person},
    place::Place,
    values::{is_blank, skip},
};

/// `CONTOSO\ann`, `contoso.example\hvoss77`, `[CONTOSO]\[ann]`.
pub(super) fn domain_users(text: &[u8], found: &mut Vec<Place>) {
    for at in memchr::memchr_iter(b'\\', text) {
        if text[..at].ends_with(b"]") && text.get(at + 1) == Some(&b'[') {
            let end = skip(text, at + 2, 64, |byte| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte));
            if text.get(end) == Some(&b']') && std::str::from_utf8(&text[at + 2..end]).is_ok_and(is_person) {
                found.push(Place::person(at + 2, end, PiiKind::User));
            }
            continue;
        }
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b".-".contains(*byte);
        let domain = text[..at].iter().rev().take(64).take_while(part).count();
        let start = at + 1;
        let end = skip(text, start, 64, |byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        let end = end - text[start..end].iter().rev().take_while(|byte| **byte == b'.').count();
        let from = at - domain;
        let edge = from.checked_sub(1).is_none_or(|i| !text[i].is_ascii_alphanumeric() && !b"\\:_/".contains(&text[i]));
        if !(1..=63).contains(&domain) || !edge || end - start < 3 || text.get(end) == Some(&b'\\') {
            continue;
        }
        let capitals = text[from..at].iter().all(|byte| !byte.is_ascii_lowercase()) && text[from].is_ascii_uppercase();
        let Ok(name) = std::str::from_utf8(&text[start..end]) else { continue };
        // `a\nb` is a line break; a login shows itself.
        let escape = b"nrtux".contains(&text[start]) || domain < 4 && b"bf".contains(&text[start]);
        // `CONTOSO\\HVOSS77`, `CONTOSO\\Hannah.Voss`
        let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
        let loud = digits >= 2 && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let dotted = name.split('.').count() == 2 && name.split('.').all(is_capitalised);
        let named = text[start].is_ascii_lowercase() || loud && digits < name.len() || dotted;
        // `whoami: contoso\\hvoss`
        let login = starts_like_login(name.as_bytes());
        // `CONTOSO\\HVOSS`
        let shouted = capitals && domain >= 3 && starts_like_login(name.to_ascii_lowercase().as_bytes());
        let small = domain >= 4
            && !escape
            && text[from..start - 1].iter().chain(name.as_bytes()).all(u8::is_ascii_lowercase)
            && text.get(end).is_none_or(|byte| is_blank(*byte) || b"\"',;)".contains(byte))
            && (login || before_login(&text[..from]));
        // `contoso.example\ann`
        let top = text[from..at].rsplit(|byte| *byte == b'.').next().unwrap_or_default();
        let hosted = top.len() < domain
            && [&b"local"[..], b"lan", b"corp", b"internal", b"example", b"com", b"net", b"org", b"de"].contains(&top)
            && name.len() >= 4
            && !is_thing(name)
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        let person =
            capitals && domain >= 2 && named || small || shouted || hosted && !escape || !escape && is_login(name);
        // `CONTOSO\host-1`: redaction has put it there.
        let label = name.strip_prefix("host-").is_some_and(|number| number.bytes().all(|b| b.is_ascii_hexdigit()));
        if person && !label && is_person(name) {
            found.push(Place::person(from, end, PiiKind::User));
        }
    }
}

/// `CONTOSO/ann` after a word that speaks of a login, where it starts: where it ends.
pub(super) fn with_slash(text: &[u8], from: usize) -> Option<usize> {
    let at = skip(text, from, 24, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"-_".contains(&byte));
    if text.get(at) != Some(&b'/') || at < from + 3 || !text[from].is_ascii_uppercase() {
        return None;
    }
    let start = at + 1;
    let part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    let end = skip(text, start, 48, part);
    let end = end - text[start..end].iter().rev().take_while(|byte| b".-_".contains(byte)).count();
    let alone = text.get(end).is_none_or(|byte| is_blank(*byte) || b"\"',;:.)]>".contains(byte));
    let name = std::str::from_utf8(&text[start..end]).unwrap_or_default();
    let login = starts_like_login(name.as_bytes()) || is_login(name) && joins_names(name);
    let named = login || name.len() > 3 && !is_thing(name) && !PROTOCOLS.contains(&&text[from..at]);
    (alone && named && is_person(name)).then_some(end)
}

/// What stands before a slash and is no domain.
const PROTOCOLS: [&[u8]; 12] =
    [b"HTTP", b"HTTPS", b"IMAP", b"SMTP", b"POP3", b"LDAP", b"TCP", b"UDP", b"SSL", b"TLS", b"SASL", b"XOAUTH2"];

/// Whether the word before speaks of a login.
fn before_login(before: &[u8]) -> bool {
    let signs = before.iter().rev().take(4).take_while(|byte| b" :=\"'(".contains(byte)).count();
    let before = &before[..before.len() - signs];
    let word =
        &before[before.len() - before.iter().rev().take(16).take_while(|byte| byte.is_ascii_alphabetic()).count()..];
    let words =
        [&b"whoami"[..], b"user", b"account", b"login", b"by", b"as", b"for", b"owner", b"username", b"principal"];
    signs > 0 && words.iter().any(|one| word.eq_ignore_ascii_case(one))
}
