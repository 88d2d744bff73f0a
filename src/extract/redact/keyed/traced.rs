//! A user and a password among the arguments of a call that logs in, as code has it and as traces show it.

use super::{
    super::{
        keys::{Class, Command, Key},
        login::{is_login, joins_names, starts_like_login},
        masks::is_harmless,
        pii::{PiiKind, is_person},
        secrets::SecretKind,
        values::{is_blank, skip},
    },
    KeyedReader,
    given::is_given,
};

/// Between the name of a call and the list of its arguments: so many bytes of words.
const MAX_WORDS_BYTES: usize = 32;
/// The same where the types of the arguments are between.
const MAX_SIGNATURE_BYTES: usize = 128;
/// What such words say.
const SAID: [&[u8]; 4] = [b"arg", b"param", b"value", b"called with"];
/// The longest argument.
const MAX_ARGUMENT_BYTES: usize = 80;

impl KeyedReader<'_, '_> {
    /// `authenticate(ann, x)`, `login() called with values: [ann, x]`, `authenticate() args: ann, x`: whether there was a
    /// password.
    pub(super) fn traced_call(&mut self, key: &Key) -> bool {
        let text = self.text;
        if !text.get(key.end).is_some_and(|byte| b"( sA".contains(byte)) {
            return false;
        }
        let word = &text[key.word..key.end];
        let logs_in = match key.class {
            Class::Command(Command::Authenticate) => true,
            Class::Person => word.eq_ignore_ascii_case(b"login"),
            Class::UserAndPassword | Class::Password | Class::Secret(_) => {
                [&b"credential"[..], b"user/pass", b"userpass"]
                    .iter()
                    .any(|one| word.len() >= one.len() && word[..one.len()].eq_ignore_ascii_case(one))
            }
            _ => false,
        };
        if !logs_in {
            return false;
        }
        // `client.AuthenticateAsync("ann", "x", token)`
        let later = text[key.end..].starts_with(b"Async");
        let tail = if later { key.end + 5 } else { skip(text, key.end, 1, |byte| byte == b's') };
        let called = text[tail..].starts_with(b"()");
        let at = tail + if called { 2 } else { 0 };
        let bracket = skip(text, at, 1, |byte| byte == b' ');
        if !called && text.get(bracket) == Some(&b'(') {
            return self.two_arguments(bracket + 1, b')', matches!(key.class, Class::Command(_)));
        }
        let open = skip(text, at, MAX_WORDS_BYTES, |byte| byte.is_ascii_alphabetic() || byte == b' ');
        // `No signature of method: Script7.login() is applicable for argument types: (String, String) values: [ann, x]`
        let near = &text[at..text.len().min(at + MAX_SIGNATURE_BYTES)];
        if let Some(values) = memchr::memmem::find(near, b") values: [").filter(|_| called) {
            return self.two_arguments(at + values + b") values: [".len(), b']', false);
        }
        let words = &text[at..open];
        if !SAID.iter().any(|said| memchr::memmem::find(words, said).is_some()) {
            return false;
        }
        let signs = skip(text, open, 4, |byte| b":= ([{".contains(&byte));
        let close = match text[..signs].last() {
            Some(b'(') => b')',
            Some(b'{') => b'}',
            Some(b'[') => b']',
            _ => b'\n',
        };
        signs > open && self.two_arguments(signs, close, false)
    }

    /// `ann, x`: two arguments, of which the first looks like a login or both are in quotation marks.
    fn two_arguments(&mut self, from: usize, close: u8, more: bool) -> bool {
        let text = self.text;
        let Some((user, user_end, next)) = argument(text, from) else { return false };
        if text.get(next) != Some(&b',') {
            return false;
        }
        let Some((start, end, next)) = argument(text, next + 1) else { return false };
        let closed = text.get(next).is_none_or(|byte| *byte == close || close == b'\n' && b"\r\n ;".contains(byte));
        let Ok(name) = std::str::from_utf8(&text[user..user_end]) else { return false };
        let shown = &text[start..end];
        let quoted = start > 0 && b"\"'".contains(&text[start - 1]) && user > 0 && b"\"'".contains(&text[user - 1]);
        let login = starts_like_login(name.as_bytes()) || is_login(name) && joins_names(name) || name.contains('@');
        let telling = shown.iter().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        let code = shown.contains(&b'.') && telling && !shown.iter().any(u8::is_ascii_digit);
        // `authenticate('ann', 'x', 'LOGIN', NULL)`
        let closed = closed || more && quoted && !name.is_empty() && text.get(next) == Some(&b',');
        let taken = closed && (quoted || login) && !code && is_given(shown) && !is_harmless(shown);
        if taken {
            if is_person(name) {
                self.person(PiiKind::User, user, user_end);
            }
            self.secret(SecretKind::Password, start, end);
        }
        taken
    }
}

/// An argument without its quotation marks, and what follows it.
fn argument(text: &[u8], at: usize) -> Option<(usize, usize, usize)> {
    let start = skip(text, at, 3, |byte| byte == b' ');
    match text.get(start)? {
        quote @ (b'"' | b'\'') => {
            let end = skip(text, start + 1, MAX_ARGUMENT_BYTES, |byte| byte != *quote && byte != b'\n');
            (text.get(end) == Some(quote)).then_some((start + 1, end, end + 1))
        }
        _ => {
            let end =
                skip(text, start, MAX_ARGUMENT_BYTES, |byte| !is_blank(byte) && !b",()[]{}\"'=:;".contains(&byte));
            (end > start).then_some((start, end, end))
        }
    }
}
