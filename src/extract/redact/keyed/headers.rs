//! Headers of requests that hold a secret by their name, whatever it reads like.

use super::super::{
    header_names::is_header,
    keys::{Class, Key},
};

/// Commands of servers that give a header or a variable its value: `proxy_set_header X-Acme-Token x`.
const SETTERS: [&[u8]; 12] = [
    b"setenv",
    b"export",
    b"env",
    b"arg",
    b"setx",
    b"proxy_set_header",
    b"add_header",
    b"fastcgi_param",
    b"uwsgi_param",
    b"header",
    b"requestheader",
    b"set-header",
];

/// The key of a header that holds a secret: what follows is one.
pub(super) fn as_header(text: &[u8], key: Key) -> Key {
    let name = &text[key.start..key.end];
    if !matches!(key.class, Class::Secret(_) | Class::Weak(_)) || !is_header(name) {
        return key;
    }
    Key { class: Class::Password, ..key }
}

/// Whether the word before a key says that its value follows without a sign.
pub(super) fn is_setter(word: &[u8]) -> bool {
    SETTERS.iter().any(|setter| word.eq_ignore_ascii_case(setter))
}
