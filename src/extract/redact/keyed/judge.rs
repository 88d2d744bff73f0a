//! Whether the value of a key is a secret.

use std::iter::once;

use super::{
    super::{
        error_words::starts_like_code,
        joints::Joint,
        keys::Class,
        masks::{is_forged, is_harmless},
        pii::{PiiKind, is_person},
        prose::{first_word, is_prose, is_prose_after, is_sentence, starts_line},
        secrets::SecretKind,
        stated_words::{is_capital_code, is_chosen, is_numbered_word, is_plain_secret},
        values::{Value, is_blank, skip, trimmed, wrapped_end},
        wordlike::{is_password_like, looks_random},
    },
    KeyedReader,
    cells::{ends_row, is_first_cell},
    credentials::is_scheme,
    given::is_given,
    heads::is_column,
    near::{is_callback_code, is_cell_after_key, is_option, is_own_value, is_parameter, is_plural, is_variable},
    passphrases::{app_password_end, passphrase_end},
    spaced::{end_of_words, is_item, is_setting_of_words},
    switches::is_switch,
};
use crate::extract::guid::is_guid;

/// How much of a value is looked at to judge it.
const MAX_JUDGED: usize = 200;

impl KeyedReader<'_, '_> {
    /// Decides on a value, and takes it when it is a secret or a person.
    pub(super) fn judge(&mut self, class: Class, join: Joint, value: Value) {
        let text = self.text;
        let Value { start, end, enclosed } = trimmed(text, value);
        if end <= start {
            return;
        }
        // Of a weak key only a token is a value, not what a program does with it.
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"_.~%+/=!*$-:@#^".contains(&byte);
        let end =
            if matches!(class, Class::Weak(_)) && !enclosed { skip(text, start, end - start, token) } else { end };
        // A cell ends where the next begins.
        let end = if join == Joint::Pipe { skip(text, start, end - start, |byte| byte != b'|') } else { end };
        let shown = &text[start..end.min(start + MAX_JUDGED)];
        // `password | port`: the names of columns.
        if join == Joint::Pipe && is_column(shown) {
            return;
        }
        match class {
            Class::Person if shown == b"?" => return self.bound(class, start),
            Class::Person | Class::FullName | Class::NamePart | Class::Name | Class::Phone => {
                return self.judge_person(class, join, start, end, enclosed);
            }
            Class::Number => return self.number(start),
            Class::Location => return self.location(start, end, enclosed),
            Class::Password | Class::Secret(_) if shown == b"?" => return self.bound(class, start),
            Class::Password | Class::Secret(_) if is_switch(text, start, shown) => return,
            _ if is_harmless(shown) || enclosed && is_harmless(&text[start - 1..text.len().min(end + 1)]) => return,
            _ => {}
        }
        // `access_token: Bearer …`: the scheme is not the secret.
        let scheme = skip(text, start, 16, |byte| byte.is_ascii_alphabetic() || byte == b'-');
        if !enclosed && is_scheme(&text[start..scheme]) && text.get(scheme) == Some(&b' ') {
            return self.credentials(scheme + 1);
        }
        let firm = enclosed || join == Joint::Firm;
        let key = text[..start].trim_ascii_end();
        let key = &key[..key.len() - key.iter().rev().take(4).take_while(|byte| b":= \"'".contains(byte)).count()];
        let named = |names: &[&[u8]]| {
            names.iter().any(|name| key.len() >= name.len() && key[key.len() - name.len()..].eq_ignore_ascii_case(name))
        };
        // `&X-Goog-Signature=…`: of an address, whatever it is.
        let signed = || join == Joint::Firm && named(&[b"-signature", b"&signature", b"?signature", b"&sig", b"?sig"]);
        let (kind, secret) = match class {
            Class::Password | Class::Secret(_) if join == Joint::Pipe => {
                let plain = class == Class::Password && is_cell_after_key(text, start) && is_plain_secret(shown);
                let row = is_first_cell(text, start) && ends_row(text, end) && is_given(shown);
                (SecretKind::Secret, plain || row || looks_random(shown, 8) || is_password_like(shown))
            }
            Class::Password if !firm && app_password_end(text, start).is_some() => (SecretKind::Secret, true),
            // `With a password: Google has ended …` goes on as a sentence; `password: …` on a line of its own does not.
            Class::Password
                if !firm
                    && !starts_line(text, start)
                    && is_prose_after(text, start, end)
                    && !is_password_like(first_word(shown)) =>
            {
                return;
            }
            // `It still uses passwords: …`
            Class::Password if !firm && is_plural(text, start) && !looks_random(shown, 6) => return,
            Class::Password => {
                (SecretKind::Secret, firm && !(is_sentence(shown) && enclosed && is_prose(shown)) || !is_prose(shown))
            }
            Class::Secret(kind) => {
                let first = first_word(shown);
                (
                    kind,
                    firm && (!is_prose(shown) || is_forged(shown))
                        || looks_random(first, 6)
                        || is_password_like(first)
                        || is_capital_code(first)
                        || !enclosed && is_item(text, start, end) && is_own_value(&named, first)
                        || named(&[b"secret"])
                            && (self.is_plain_value(false, start, end)
                                || !enclosed && is_setting_of_words(text, start, end))
                        || kind == SecretKind::Password
                            && is_chosen(first.rsplit(|byte| *byte == b':').next().unwrap_or_default()),
                )
            }
            Class::Weak(SecretKind::Code) => {
                (SecretKind::Code, !is_guid(shown) && looks_random(shown, 12) || is_callback_code(text, start, shown))
            }
            Class::Weak(SecretKind::Token) => {
                // `https://host/hook?token=marigold`
                let parameter = join == Joint::Firm && is_parameter(text, start) && is_plain_secret(shown);
                let word = firm && is_numbered_word(shown)
                    || parameter
                    || join == Joint::Firm && is_option(text, start) && is_given(shown)
                    || is_variable(text, start) && is_plain_secret(shown)
                    || named(&[b"pat"]) && self.is_plain_value(firm, start, end);
                (SecretKind::Secret, !is_sentence(shown) && (looks_random(shown, 8) || word))
            }
            // `KEY=Harbour98lights` of an environment
            Class::Weak(kind @ SecretKind::Secret) if is_numbered_word(shown) && !signed() => {
                (kind, is_variable(text, start))
            }
            // The id of a key is a GUID.
            Class::Weak(kind) => {
                let value = signed() && shown.len() >= 8 && !is_prose(shown) && !is_sentence(shown);
                (kind, !is_guid(shown) && !is_sentence(shown) && looks_random(shown, 8) || value)
            }
            Class::Otp if !shown.iter().any(u8::is_ascii_digit) => (
                SecretKind::Code,
                named(&[b"otp", b"pin", b"tan", b"mfa", b"code"]) && self.is_plain_value(firm, start, end),
            ),
            Class::Otp => return self.one_time_codes(start),
            Class::UserAndPassword => {
                let word = firm && is_numbered_word(shown);
                (SecretKind::Secret, is_password_like(shown) || looks_random(shown, 8) || word)
            }
            _ => return,
        };
        if !secret || is_path_or_address(shown) && !matches!(class, Class::Secret(_)) {
            self.doubt(class, firm && join != Joint::Pipe, start, end);
            return;
        }
        let mut end = wrapped_end(text, start, end);
        if class == Class::Password && !enclosed {
            end = app_password_end(text, start).unwrap_or_else(|| passphrase_end(text, end));
        }
        if !enclosed && join != Joint::Pipe && matches!(class, Class::Password | Class::Secret(SecretKind::Secret)) {
            end = end_of_words(text, start, end);
        }
        self.secret(kind, start, end);
        if matches!(class, Class::Password | Class::Secret(_)) && !enclosed {
            self.arrow_after(end);
        }
        // `password = "x" -> "y"`: what it was, and what it is.
        if enclosed && text[end..].starts_with(b"\" -> \"") {
            self.judge(class, Joint::Firm, super::super::values::value(text, end + 5, false));
        }
    }

    /// `password:<x>`: whether it was a secret in angle brackets, and no tag or placeholder.
    pub(super) fn angled_secret(&mut self, at: usize) -> bool {
        let text = self.text;
        let end = skip(text, at + 1, 64, |byte| !is_blank(byte) && !b"<>".contains(&byte));
        let shown = &text[(at + 1).min(end)..end];
        let plain = shown.iter().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        let taken = text.get(at) == Some(&b'<') && text.get(end) == Some(&b'>') && plain && is_given(shown);
        if taken {
            self.secret(SecretKind::Secret, at + 1, end);
        }
        taken
    }

    /// `password=?` of a statement in SQL: its value is in the list of those that were bound.
    fn bound(&mut self, class: Class, at: usize) {
        let text = self.text;
        let from = at.saturating_sub(1024);
        let from = memchr::memrchr(b'\n', &text[from..at]).map_or(from, |line| from + line);
        let number = memchr::memchr_iter(b'?', &text[from..at]).count();
        let rest = &text[at..text.len().min(at + 2048)];
        let find = |sign: &[u8]| memchr::memmem::find(rest, sign).map(|found| at + found + sign.len());
        // `Parameters: x(String), 12(Integer)`, `binding parameter [1] as [VARCHAR] - [x]`
        let value = if let Some(list) = find(b"arameters: ") {
            let line = skip(text, list, 1024, |byte| byte != b'\n');
            let mut items =
                once(list).chain(memchr::memchr_iter(b',', &text[list..line]).map(|comma| list + comma + 1));
            items.nth(number).map(|item| {
                let start = skip(text, item, 4, |byte| b" [('".contains(&byte));
                (start, skip(text, start, 128, |byte| !is_blank(byte) && !b",(']".contains(&byte)))
            })
        } else {
            find(format!("parameter [{}] as ", number + 1).as_bytes()).and_then(|one| {
                let open = memchr::memmem::find(&text[one..text.len().min(one + 64)], b" - [")? + one + 4;
                Some((open, skip(text, open, 128, |byte| !b"]\n".contains(&byte))))
            })
        };
        if let Some((start, end)) = value
            && end >= start + 4
            && !is_harmless(&text[start..end])
        {
            if class == Class::Person {
                if std::str::from_utf8(&text[start..end]).is_ok_and(is_person) {
                    self.person(PiiKind::User, start, end);
                }
                return;
            }
            self.secret(SecretKind::Password, start, end);
        }
    }
}

pub(super) fn is_path_or_address(value: &[u8]) -> bool {
    [&b"http:"[..], b"https:", b"urn:", b"./", b"file:"].iter().any(|lead| value.starts_with(lead))
        || value.starts_with(b"/") && value[1..].contains(&b'/') && value.len() < 200 && !looks_random(value, 8)
        || starts_like_code(value)
}
