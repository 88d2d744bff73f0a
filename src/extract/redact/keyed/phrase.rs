//! Keys in sentences, without a sign after them.

use super::{
    super::{
        keys::{Class, Key},
        prose::{follows_user, is_prose},
        secrets::SecretKind,
        values::{Joint, is_blank, skip, trimmed, value},
        wordlike::looks_random,
    },
    KeyedReader, is_otp,
    names::speaks_of_one,
};

impl KeyedReader<'_, '_> {
    /// `the password is x`, `password 'x'`, `user [x]`, `for user x`, `mfa code 492817`.
    pub(super) fn phrase(&mut self, key: &Key) {
        let text = self.text;
        let rest = &text[key.end..];
        if let (Class::Person, [b'(', ..]) = (key.class, rest) {
            // `User(x)`, not `getUser(String)`.
            let name = value(text, key.end, false);
            let word = &text[name.start..name.end];
            let called = key.start < key.word || text[key.word].is_ascii_lowercase();
            if !called && word.len() < 64 && !word.contains(&b'=') && !word.contains(&b' ') {
                self.judge_person(Class::Person, Joint::Firm, name.start, name.end, true);
            }
            return;
        }
        let Some(b' ' | b'\t') = rest.first() else { return };
        let at = skip(text, key.end, 4, |byte| byte == b' ' || byte == b'\t');
        let enclosed = matches!(text.get(at), Some(b'"' | b'\'' | b'[' | b'`'));
        let word_end = skip(text, at, 64, |byte| byte.is_ascii_alphanumeric() || byte >= 0x80);
        let word = &text[at..word_end];
        let says = ["is", "was", "ist", "war", "lautet", "est", "es", "to", "=", "used"];
        match key.class {
            Class::Password | Class::Secret(_) if enclosed => {
                let value = value(text, at, false);
                if !text[value.start..value.end].contains(&b' ') && text[value.start..value.end].len() >= 4 {
                    self.judge(key.class, Joint::Colon, value);
                }
            }
            Class::Password | Class::Secret(_) if says.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes())) => {
                let at = skip(text, word_end, 4, |byte| is_blank(byte) || byte == b':');
                let mut value = trimmed(text, value(text, at, false));
                value.end = skip(text, value.start, value.end - value.start, |byte| !b"|{}".contains(&byte));
                let shown = &text[value.start..value.end];
                if is_prose(shown) {
                    return;
                }
                if looks_random(shown, 6)
                    || shown.iter().any(u8::is_ascii_digit) && shown.iter().any(u8::is_ascii_alphabetic)
                {
                    self.judge(key.class, Joint::Firm, value);
                }
            }
            // `invalid token 8Zq…`
            Class::Password | Class::Secret(_) | Class::Weak(SecretKind::Token) => {
                let value = trimmed(text, value(text, at, false));
                if looks_random(&text[value.start..value.end], 16) {
                    self.judge(key.class, Joint::Firm, value);
                }
            }
            Class::Cookie if enclosed => {
                let value = value(text, at, false);
                self.secret(SecretKind::Cookie, value.start, value.end);
            }
            Class::Otp => {
                let value = trimmed(text, value(text, at, false));
                if is_otp(&text[value.start..value.end]) {
                    self.secret(SecretKind::Code, value.start, value.end);
                }
            }
            Class::Phone => self.phone(at),
            Class::Person | Class::FullName if enclosed => {
                let value = value(text, at, true);
                self.judge(key.class, Joint::Firm, value);
            }
            Class::Person if speaks_of_one(text, key) => {
                let end = skip(text, at, 64, |byte| {
                    byte.is_ascii_alphanumeric() || b"._@\\-".contains(&byte) || byte >= 0x80
                });
                let name = String::from_utf8_lossy(&text[at..end]).to_lowercase();
                let class_name = text[at..end].iter().any(u8::is_ascii_uppercase) && text[at..end].contains(&b'.');
                if !follows_user(name.trim_end_matches('.').as_bytes()) && !class_name {
                    self.judge_person(Class::Person, Joint::Colon, at, end, false);
                }
            }
            _ => {}
        }
    }
}
