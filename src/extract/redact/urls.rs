//! Secrets of URLs: user info, and the paths of webhooks.

use super::{
    login::is_thing,
    masks::is_harmless,
    pii::{PiiKind, is_person},
    place::Place,
    secrets::SecretKind,
    stated_words::{is_chosen, is_plain_secret},
    values::{is_blank, skip},
    wordlike::looks_random,
};
use crate::search::Literal;

/// Paths after which a URL is a secret by itself, to its end.
static SECRET_PATHS: [Literal; 7] = [
    Literal::new("webhook.office.com/"),
    Literal::new("/webhookb2/"),
    Literal::new("hooks.slack.com/"),
    Literal::new("/api/webhooks/"),
    Literal::new("hooks.zapier.com/"),
    Literal::new("/webhook/"),
    Literal::new("/pro/hooks/"),
];
static HOOK: Literal = Literal::new("hook");
static SCHEME: Literal = Literal::new("://");
static THIN: [Literal; 2] = [Literal::new(":thin:"), Literal::new(":oci:")];

/// `://user:password@host`, also with `@` and `/` in the password; `thin:user/password@`; webhooks.
pub(super) fn find(text: &[u8], found: &mut Vec<Place>) {
    for at in SCHEME.find_iter(text) {
        let start = at + 3;
        let end = skip(text, start, 1024, |byte| !is_blank(byte) && !b"\"'<>".contains(&byte));
        let url = &text[start..end];
        let slash = memchr::memchr3(b'/', b'?', b'#', url).unwrap_or(url.len());
        let authority = &url[..slash];
        let colon = memchr::memchr(b':', authority);
        let port = colon
            .is_none_or(|colon| authority[colon + 1..].iter().all(u8::is_ascii_digit) && authority.len() > colon + 1);
        let stop = match memchr::memrchr(b'@', authority) {
            Some(stop) => Some(stop),
            // A slash in the password.
            None if !port => memchr::memrchr(b'@', url),
            None => None,
        };
        if let Some(stop) = stop {
            match colon.filter(|colon| *colon < stop) {
                Some(colon) if !is_harmless(&url[colon + 1..stop]) => {
                    found.push(Place::secret(start + colon + 1, start + stop, SecretKind::Password));
                    user(text, start, start + colon, found);
                }
                None if looks_random(&url[..stop], 12) => {
                    found.push(Place::secret(start, start + stop, SecretKind::Credentials));
                }
                _ => {}
            }
        }
        if let Some(colon) = colon.filter(|_| !port && stop.is_none() && slash == url.len()) {
            cut_off(text, (start, start + colon, end), found);
        }
        // All of them say so.
        let hook = HOOK.is_in(url);
        for path in SECRET_PATHS.iter().filter(|_| hook) {
            if let Some(i) = path.find(url) {
                let from = start + i + path.len();
                if looks_random(&text[from..end], 12) {
                    found.push(Place::secret(from, end, SecretKind::Secret));
                    break;
                }
            }
        }
    }
    for at in THIN[0].find_iter(text).chain(THIN[1].find_iter(text)) {
        let start = skip(text, at + 1, 8, |byte| byte != b':') + 1;
        let end = skip(text, start.min(text.len()), 256, |byte| !is_blank(byte) && !b"\"'<>".contains(&byte));
        let user = skip(text, start.min(end), 64, |byte| byte != b'/' && byte != b'@').min(end);
        let name = (start.min(user), user);
        // `jira/"x"@(DESCRIPTION=…)`
        if text[user..].starts_with(b"/\"") {
            let close = skip(text, user + 2, 128, |byte| !b"\"\n".contains(&byte));
            found.push(Place::secret(user + 2, close, SecretKind::Password));
            self::user(text, name.0, name.1, found);
        }
        if text.get(user) == Some(&b'/')
            && let Some(stop) = memchr::memrchr(b'@', &text[user..end])
            && stop > 1
        {
            found.push(Place::secret(user + 1, user + stop, SecretKind::Password));
            self::user(text, name.0, name.1, found);
        }
    }
}

/// `imaps://svc:x` at the end of a text or a line, and `imaps://svc:x y@host`: a password before which the `@` was
/// cut off, or that has a blank. `place` is where the user starts, the colon, and where the address ends.
fn cut_off(text: &[u8], place: (usize, usize, usize), found: &mut Vec<Place>) {
    let (start, colon, end) = place;
    let host = text[start..colon].contains(&b'.') || text[start..colon].starts_with(b"[");
    if host || text[colon + 1..].starts_with(b"[removed") || colon + 1 >= end || is_harmless(&text[colon + 1..end]) {
        return;
    }
    let next = skip(text, end + 1, 128, |byte| !is_blank(byte) && !b"\"'<>/".contains(&byte));
    let rest = &text[(end + 1).min(next)..next];
    let stop = match text.get(end) {
        Some(b' ') => memchr::memrchr(b'@', rest).map(|at| end + 1 + at),
        None | Some(b'\n' | b'\r') if is_chosen(&text[colon + 1..end]) => Some(end),
        _ => None,
    };
    if let Some(stop) = stop {
        found.push(Place::secret(colon + 1, stop, SecretKind::Password));
        user(text, start, colon, found);
    }
}

/// The user before a password.
fn user(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    let name = std::str::from_utf8(&text[start..end]).unwrap_or_default();
    let part = |c: char| c.is_alphanumeric() || "._-%+@".contains(c);
    if name.len() >= 2 && name.chars().all(part) && is_person(name) && !is_thing(name) {
        found.push(Place::person(start, end, PiiKind::User));
    }
}

/// `ann * Harbour98 *`, `"ann" pptpd "x" 10.0.0.5` of `chap-secrets`: the third field, which starts at `start`.
pub(super) fn link_secret(text: &[u8], start: usize, found: &mut Vec<Place>) {
    let quoted = start > 0 && b"\"'".contains(&text[start - 1]);
    let before = &text[..start - usize::from(quoted)];
    if !before.last().is_some_and(|byte| is_blank(*byte)) {
        return;
    }
    let server = before.trim_ascii_end();
    if server.len() == before.len() || !server.ends_with(b"*") && !server.ends_with(b"tpd") {
        return;
    }
    let star = server.ends_with(b"*");
    let lead = if star { &server[..server.len() - 1] } else { server.strip_suffix(b"tpd").unwrap_or(server) };
    let named = if star {
        lead.last().is_some_and(|byte| is_blank(*byte))
            && lead.trim_ascii_end().last().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"\"'".contains(byte))
    } else {
        [&b"pp"[..], b"l2"].iter().any(|one| lead.ends_with(one))
    };
    let end = skip(text, start, 128, |byte| !is_blank(byte) && !b"\"'".contains(&byte));
    let password = &text[start..end];
    let gap = skip(text, end + usize::from(quoted), 8, |byte| byte == b' ' || byte == b'\t');
    let rest = &text[gap.min(text.len())..];
    let address = rest.first().is_none_or(|byte| byte.is_ascii_digit() || b"\n-\"".contains(byte))
        || rest.starts_with(b"*") && rest.get(1).is_none_or(|byte| is_blank(*byte) || b"\"'\\".contains(byte));
    let plain = star && rest.starts_with(b"*") && is_plain_secret(password);
    if named && address && (plain || is_chosen(password) || looks_random(password, 6) || quoted && password.len() >= 4)
    {
        found.push(Place::secret(start, end, SecretKind::Password));
    }
}

/// `db.contoso.example:5432:jira:jirauser:x` of PostgreSQL: host, port, database and user before the password.
pub(super) fn password_files(text: &[u8], found: &mut Vec<Place>) {
    for colon in memchr::memchr_iter(b':', text) {
        if !text.get(colon + 1).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'*') {
            continue;
        }
        let port = skip(text, colon + 1, 5, |byte| byte.is_ascii_digit() || byte == b'*');
        if text.get(port) != Some(&b':') || port - colon < 5 && text[colon + 1] != b'*' {
            continue;
        }
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-*".contains(byte);
        let database = skip(text, port + 1, 64, |byte| part(&byte));
        let user = skip(text, database + 1, 64, |byte| part(&byte) || byte == b'@');
        let fields = [port, database, user].iter().all(|at| text.get(*at) == Some(&b':'));
        if !fields || database == port + 1 || user == database + 1 {
            continue;
        }
        let bracketed = |byte: &&u8| part(byte) || b"[]:".contains(*byte);
        let name = text[..colon].iter().rev().take(100);
        let len = if text[..colon].ends_with(b"]") {
            name.take_while(bracketed).count()
        } else {
            name.take_while(|byte| part(byte)).count()
        };
        let start = colon - len;
        let host = &text[start..colon];
        let named = host == b"*"
            || [&b"5432"[..], b"6432"].contains(&&text[colon + 1..port]) && !host.is_empty()
            || host == b"localhost"
            || host.contains(&b'.')
            || host.contains(&b'-')
            || host.ends_with(b"]");
        let edge = start.checked_sub(1).is_none_or(|i| is_blank(text[i]) || b"\"'=".contains(&text[i]));
        let end = skip(text, user + 1, 128, |byte| !is_blank(byte) && !b"\"'".contains(&byte));
        let password = &text[user + 1..end];
        let letters =
            password.len() >= 6 && (password.iter().any(u8::is_ascii_alphabetic) || is_plain_secret(password));
        if named && edge && letters && !is_harmless(password) {
            found.push(Place::secret(user + 1, end, SecretKind::Password));
            self::user(text, database + 1, user, found);
        }
    }
}
