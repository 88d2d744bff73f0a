//! What is before and after a word within its key, and still speaks of its value.

use super::class::Class;

/// What may follow such a word within the same key: `clientSecretValue`, `password2`, `secret_access_key`.
const TAILS: &[&str] = &[
    "value",
    "val",
    "values",
    "plain",
    "text",
    "raw",
    "get",
    "bytes",
    "string",
    "str",
    "hash",
    "data",
    "old",
    "new",
    "current",
    "encoded",
    "base64",
    "b64",
    "confirm",
    "confirmation",
    "repeat",
    "again",
    "key",
    "access",
    "name",
    "id",
    "s",
    "login",
    "email",
    "mail",
    "principal",
    "display",
    "number",
    "no",
    "nr",
    "address",
    "hint",
    "secret",
    "token",
    "clear",
    "default",
    "prod",
    "test",
    "dev",
    "live",
    "cookie",
    "jira",
    "smtp",
    "imap",
    "pop",
    "ldap",
    "db",
    "jdbc",
    "full",
    "first",
    "last",
    "impl",
    "noscheme",
    "input",
    "attempt",
    "entered",
    "candidate",
    "tmp",
    "temp",
    "temporary",
    "initial",
    "user",
    "admin",
    "svc",
    "service",
    "bind",
    "proxy",
    "txt",
    "from",
    "of",
];
/// Of these, what a secret must not end in: an id, a name and an address of one are shown.
const NOT_OF_SECRETS: &[&str] =
    &["id", "name", "login", "email", "mail", "principal", "display", "address", "hint", "hash"];
/// What makes `code` a number or a name of something: `error_code`, `sub-code`.
pub(super) const OTHER_CODES: &[&str] = &[
    "error", "sub", "suberror", "status", "exit", "return", "response", "result", "reason", "country", "language",
    "lang", "currency", "postal", "zip", "hash", "source", "byte", "op", "http", "fault", "err", "errors", "project",
    "event",
];
/// What makes `key`, `session` and `state` something to show.
pub(super) const OTHER_KEYS: &[&str] = &[
    "project",
    "issue",
    "plugin",
    "module",
    "primary",
    "foreign",
    "cache",
    "i18n",
    "property",
    "space",
    "public",
    "filter",
    "component",
    "pk",
    "sort",
    "service",
    "job",
    "trigger",
    "lock",
    "map",
    "row",
    "complete",
    "entity",
    "app",
];

/// Ends of the names of settings that tell something of a secret: `app.secret.enabled`.
const SETTINGS: &str = " enabled id name type provider class path file length size expiry expires ttl hint status version \
    algorithm url host count required manager store engine ";

/// Whether the last part of a dotted name may be that of a secret.
pub(super) fn names_no_setting(tail: &[u8]) -> bool {
    let last = tail.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    !SETTINGS.split_ascii_whitespace().any(|one| last.to_ascii_lowercase().ends_with(one.as_bytes()))
}

/// Whether what follows the word within its key still speaks of the value.
pub(super) fn tail_fits(tail: &[u8], class: Class, last: u8) -> bool {
    let mut rest = tail;
    let first = tail[0];
    // `tokens`, `userAgent`, `TokenHandler`, `passes`: a small letter goes on with the word.
    if first.is_ascii_lowercase()
        && last.is_ascii_alphabetic()
        && tail != b"s"
        && !TAILS.iter().any(|known| tail.eq_ignore_ascii_case(known.as_bytes()))
    {
        return false;
    }
    let secret = !matches!(
        class,
        Class::Person
            | Class::FullName
            | Class::CommonName
            | Class::NamePart
            | Class::Actor
            | Class::Login
            | Class::Closing
            | Class::Name
            | Class::Phone
            | Class::Number
            | Class::Location
            | Class::Bracket
    );
    while !rest.is_empty() {
        rest = &rest[rest.iter().take_while(|byte| !byte.is_ascii_alphanumeric()).count()..];
        let mut len = rest.iter().take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()).count();
        if len <= 1 || rest.get(len).is_none_or(|byte| !byte.is_ascii_lowercase()) {
            len += rest[len..].iter().take_while(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()).count();
        } else {
            len -= 1;
        }
        let part = &rest[..len];
        let named = |names: &[&str]| names.iter().any(|name| part.eq_ignore_ascii_case(name.as_bytes()));
        if !part.is_empty()
            && !part.iter().all(u8::is_ascii_digit)
            && (!named(TAILS) || secret && named(NOT_OF_SECRETS))
        {
            return false;
        }
        rest = &rest[len..];
    }
    true
}

/// The last word before a word in its key.
pub(super) fn last_part(lead: &[u8]) -> Option<&[u8]> {
    let lead = &lead[..lead.len() - lead.iter().rev().take_while(|byte| !byte.is_ascii_alphanumeric()).count()];
    let small = lead.iter().rev().take_while(|byte| byte.is_ascii_lowercase()).count();
    let mut len = small;
    if lead.len() > small && lead[lead.len() - small - 1].is_ascii_uppercase() {
        len += 1;
        if small == 0 {
            len = lead.iter().rev().take_while(|byte| byte.is_ascii_uppercase()).count();
        }
    }
    (len > 0).then(|| &lead[lead.len() - len..])
}

/// `error code`: the word before, with a space between.
pub(super) fn spaced(text: &[u8], start: usize, names: &[&str]) -> bool {
    let before = &text[..start];
    let Some(before) = before.strip_suffix(b" ") else { return false };
    let len = before.iter().rev().take(16).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = &before[before.len() - len..];
    names.iter().any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
}
