//! Passwords beside their key without a sign that joins them: in tuples, calls, lists, cells, and sentences.

use super::{
    super::{
        joints::{Joint, joint},
        keys::{Class, Key},
        login::is_thing,
        masks::is_harmless,
        pii::{PiiKind, is_person},
        prose::is_prose,
        secrets::SecretKind,
        stated_words::{is_chosen, is_plain_secret, is_said_of_passwords, is_stated, is_term},
        values::{Value, is_blank, skip, trimmed, value},
        wordlike::{is_password_like, looks_random},
    },
    KeyedReader,
    credentials::is_scheme,
    given::is_given,
    surroundings::in_person_object,
};

/// Names of other fields, which stand beside `password` in lists of names.
const FIELDS: [&str; 22] = [
    "username",
    "user",
    "email",
    "mail",
    "login",
    "name",
    "id",
    "token",
    "secret",
    "password",
    "host",
    "port",
    "url",
    "text",
    "string",
    "required",
    "scope",
    "profile",
    "openid",
    "refresh_token",
    "client_credentials",
    "authorization_code",
];
/// Calls that give a field its value.
const SETTERS: [&[u8]; 11] =
    [b"define", b"const", b"set", b"put", b"add", b"header", b"param", b"with", b"append", b"store", b"of"];
/// What leads from a password to whose it is.
const OWNED: [&str; 17] = [
    "do", "da", "des", "dos", "dla", "for", "für", "fuer", "of", "von", "de", "pour", "para", "di", "del", "voor", "to",
];

impl KeyedReader<'_, '_> {
    /// `("password", "x")`, `setProperty("mail.password", "x")`, `["client_secret","x"]`, `PASSWORD('x')`: whether
    /// there was a value.
    pub(super) fn beside(&mut self, key: &Key) -> bool {
        let text = self.text;
        if text.get(key.end) == Some(&b'(') {
            let quote = skip(text, key.end + 1, 8, |byte| byte == b'\\');
            if !matches!(text.get(quote), Some(b'"' | b'\'')) {
                return false;
            }
            let value = trimmed(text, value(text, key.end + 1, false));
            let shown = &text[value.start..value.end];
            // `= PASSWORD('x')` of SQL
            let sql = text[key.word..key.end].ends_with(b"PASSWORD") && text[..key.start].ends_with(b"= ");
            // `Secret.fromString("x")`, not `getSecret("x")`
            let called = is_stated(shown) && !text[key.start..key.word].ends_with(b"get");
            let read = [&b"get"[..], b"find", b"load", b"read", b"has"].iter().any(|verb| {
                text[key.start..key.word].len() >= verb.len()
                    && text[key.start..key.word][..verb.len()].eq_ignore_ascii_case(verb)
            });
            let plain = !read && shown.len() >= 6 && is_plain_secret(shown) && key.class == Class::Password;
            let is_password = sql || called || plain || is_password_like(shown) || looks_random(shown, 6);
            return is_password && self.take(key.class, value);
        }
        let closed = skip(text, key.end, 8, |byte| byte == b'\\' || byte == b'"' || byte == b'\'');
        // `:password` of Ruby
        let symbol = key.start.checked_sub(1).is_some_and(|i| text[i] == b':') && closed == key.end;
        if closed == key.end && !symbol {
            return false;
        }
        let comma = skip(text, closed, 4, is_blank);
        // `"password" to "x"` of Kotlin
        let to = text[comma..].starts_with(b"to \"") && comma > closed;
        if text.get(comma) != Some(&b',') && !to {
            return false;
        }
        let start = skip(text, comma + if to { 3 } else { 1 }, 8, is_blank);
        let quote = skip(text, start, 9, |byte| b"\\ubr".contains(&byte));
        if !matches!(text.get(quote), Some(b'"' | b'\'')) {
            return false;
        }
        let value = trimmed(text, value(text, start, false));
        let shown = &text[value.start..value.end];
        // What is around both.
        let open = text[..key.start]
            .iter()
            .rev()
            .take_while(|byte| b"\\\"':._-".contains(byte) || byte.is_ascii_alphanumeric());
        let open = &text[..key.start - open.count()];
        let after = skip(text, value.end, 9, |byte| b"\\\"'".contains(&byte));
        let closes = text.get(skip(text, after, 4, is_blank));
        let two = open.ends_with(b"(") && closes == Some(&b')');
        let name = open.strip_suffix(b"(").map_or(&b""[..], |open| {
            &open[open.len() - open.iter().rev().take(32).take_while(|byte| byte.is_ascii_alphanumeric()).count()..]
        });
        let lower = name.to_ascii_lowercase();
        let setter = SETTERS.iter().any(|setter| lower.starts_with(setter) || lower.ends_with(setter));
        let is_password = is_password_like(shown)
            || looks_random(shown, 6)
            || shown.len() >= 4 && shown.iter().any(u8::is_ascii_digit) && shown.iter().any(u8::is_ascii_alphabetic)
            || two && (name.is_empty() || setter)
            || key.start == key.word && open.ends_with(b"[") && closes == Some(&b']') && is_given(shown);
        let field = std::str::from_utf8(shown).is_ok_and(|shown| FIELDS.contains(&shown.to_lowercase().as_str()));
        is_password && !field && self.take(key.class, value)
    }

    /// `passwords:` over lines of `- x`. Whether there were any.
    pub(super) fn listed_below(&mut self, key: &Key) -> bool {
        let text = self.text;
        let closed = skip(text, key.end, 2, |byte| b"\"'".contains(&byte));
        if text.get(closed) != Some(&b':') {
            return false;
        }
        let (mut at, mut any) = (closed + 1, false);
        for _ in 0..100 {
            let line = skip(text, at, 4, |byte| byte == b' ' || byte == b'\r');
            if text.get(line) != Some(&b'\n') {
                break;
            }
            let dash = skip(text, line + 1, 64, |byte| byte == b' ' || byte == b'\t');
            if !text[dash..].starts_with(b"- ") {
                break;
            }
            let value = trimmed(text, value(text, skip(text, dash + 2, 8, is_blank), false));
            any |= self.take(key.class, Value { enclosed: true, ..value });
            at = memchr::memchr(b'\n', &text[value.end..]).map_or(text.len(), |next| value.end + next);
        }
        any
    }

    fn take(&mut self, class: Class, value: Value) -> bool {
        let shown = &self.text[value.start..value.end];
        if shown.is_empty() || is_harmless(shown) || is_prose(shown) || shown.contains(&b' ') {
            return false;
        }
        let kind = match class {
            Class::Secret(kind) => kind,
            _ => SecretKind::Secret,
        };
        self.secret(kind, value.start, value.end);
        true
    }

    /// `Password for 'https://ann@host': x`, `[sudo] password for ann: x`: whether it is a prompt.
    pub(super) fn prompted(&mut self, word: &[u8], end: usize) -> bool {
        let text = self.text;
        if !OWNED.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes())) {
            return false;
        }
        let mut at = end;
        for _ in 0..3 {
            let start = skip(text, at, 2, |byte| byte == b' ');
            // `FOR 'jira'@'%' = 'x'`
            if text[start..].starts_with(b"= ") {
                self.judge(Class::Password, Joint::Firm, value(text, start + 2, false));
                return true;
            }
            let stop = match text.get(start) {
                Some(quote @ (b'"' | b'\'' | b'`' | b'<' | b'[')) => {
                    let close = match quote {
                        b'<' => b'>',
                        b'[' => b']',
                        quote => *quote,
                    };
                    skip(text, start + 1, 160, |byte| byte != close && byte != b'\n') + 1
                }
                _ => skip(text, start, 120, |byte| !is_blank(byte)),
            };
            let stop = stop.min(text.len());
            if stop <= start {
                return false;
            }
            // The colon may be a part of the word.
            let colon = if text[stop - 1] == b':' { stop - 1 } else { stop };
            if text.get(colon) == Some(&b':') {
                let value = value(text, skip(text, colon + 1, 4, |byte| byte == b' ' || byte == b'\t'), false);
                self.judge(Class::Password, Joint::Colon, value);
                return true;
            }
            at = stop;
        }
        false
    }

    /// `Hasło użytkownika: x`, `Пароль для входа: x`: up to three words before the colon, in languages that put them there.
    pub(super) fn owned(&mut self, key: &Key, at: usize) -> bool {
        let text = self.text;
        let word = text[key.word..key.end].to_ascii_lowercase();
        if [&b"passw"[..], b"pass", b"pw", b"psw"].iter().any(|lead| word.starts_with(lead)) && word != b"passwort" {
            return false;
        }
        let mut end = at;
        for _ in 0..3 {
            let stop = skip(text, end, 40, |byte| byte.is_ascii_lowercase() || b"'".contains(&byte) || byte >= 0x80);
            if stop == end || is_said_of_passwords(&text[end..stop]) {
                return false;
            }
            if let Some((Joint::Colon | Joint::Firm, start)) = joint(text, stop)
                && text[stop..start].iter().any(|byte| b":=".contains(byte) || *byte >= 0x80)
            {
                self.judge(Class::Password, Joint::Colon, value(text, start, false));
                return true;
            }
            if text.get(stop) != Some(&b' ') {
                return false;
            }
            end = stop + 1;
        }
        false
    }

    /// `password Harbour98`, `tried password Harbour98`, `Password changed from x to y`, `<dt>Password</dt><dd>x</dd>`:
    /// a password that reads like a word with digits or signs.
    pub(super) fn telling(&mut self, start: usize, words: bool) -> bool {
        let text = self.text;
        let end = skip(text, start, 64, |byte| !is_blank(byte) && !b"\"'`<>(){}[]|,;=:".contains(&byte));
        let end = end - text[start..end].iter().rev().take_while(|byte| b".".contains(byte)).count();
        let joined = text
            .get(end)
            .is_some_and(|byte| b"=:(".contains(byte) && text.get(end + 1).is_some_and(|next| !is_blank(*next)));
        // After other words a name with a version, `OAuth2Provider2`, is none.
        let shown = &text[start..end];
        let version = words
            && !shown.iter().any(|byte| b"!#$%&*?^~".contains(byte))
            && shown.iter().rev().take_while(|byte| byte.is_ascii_digit()).count() < 2;
        if joined || version || !is_password_like(shown) && (words || !is_chosen(shown)) {
            return false;
        }
        self.secret(SecretKind::Secret, start, end);
        // `… to y`
        let next = skip(text, end, 4, |byte| b" \"'`,".contains(&byte));
        for word in [&b"to "[..], b"auf ", b"zu ", b"en ", b"a "] {
            if text[next..].starts_with(word) {
                let at = skip(text, next + word.len(), 2, |byte| b"\"'`".contains(&byte));
                self.telling(at, words);
            }
        }
        true
    }

    /// `credentials jira:x`, `login jira/x`, `Zugangsdaten: ann / x`: whether it was a user and a password.
    pub(super) fn user_and_password(&mut self, end: usize) -> bool {
        let text = self.text;
        let at = skip(text, end, 6, |byte| b" :=(\"'`".contains(&byte));
        if at == end && end > 0 && text[end - 1] != b'=' {
            return false;
        }
        let stop = skip(text, at, 64, |byte| byte.is_ascii_alphanumeric() || b"._@\\%+-".contains(&byte));
        let sign = skip(text, stop, 1, |byte| byte == b' ');
        // `auth=("jira", "x")`
        let two = [&b"\", \""[..], b"', '", b"\",\"", b"','"].into_iter().find(|sign| text[stop..].starts_with(sign));
        if let Some(two) = two {
            let start = stop + two.len();
            let password_end = skip(text, start, 64, |byte| !b"\"'\n".contains(&byte));
            // `credentials('jira', 'ann', 'x')`: an id before them.
            if text[password_end..].starts_with(two) {
                let third = password_end + two.len();
                let third_end = skip(text, third, 64, |byte| !b"\"'\n".contains(&byte));
                if is_given(&text[third..third_end]) {
                    self.person(PiiKind::User, start, password_end);
                    self.secret(SecretKind::Password, third, third_end);
                    return true;
                }
            }
            if stop > at
                && (is_stated(&text[start..password_end])
                    || is_plain_secret(&text[start..password_end]) && !is_scheme(&text[at..stop]))
            {
                self.person(PiiKind::User, at, stop);
                self.secret(SecretKind::Password, start, password_end);
                return true;
            }
        }
        // `credentials are jira and x`, `credentials: jira and x`
        let said = sign > stop && [&b"are"[..], b"sind", b"son", b"sont"].contains(&&text[at..stop]);
        if self.user_and_password_in_prose(if said { sign } else { at }) {
            return true;
        }
        let Some(sign_byte @ (b':' | b'/')) = text.get(sign) else { return false };
        // Only a slash has blanks around it.
        if stop == at || sign > stop && *sign_byte == b':' {
            return false;
        }
        let start = skip(text, sign + 1, sign - stop, |byte| byte == b' ');
        let value_end = skip(text, start, 64, |byte| !is_blank(byte) && !b"\"'`<>()[]{},;|".contains(&byte));
        let password = &text[start..value_end];
        let mixed = password.len() >= 6
            && password.iter().any(u8::is_ascii_digit)
            && password.iter().any(u8::is_ascii_alphabetic)
            && !password.contains(&b'/')
            && !password.contains(&b':');
        let blanks = sign > stop && start > sign + 1;
        let is_password = is_password_like(password)
            || *sign_byte == b':'
                && is_plain_secret(password)
                && !is_prose(&text[at..stop])
                && !is_thing(std::str::from_utf8(&text[at..stop]).unwrap_or_default())
            // `user/password ann/x`
            || *sign_byte == b'/'
                && [&b"user/password"[..], b"username/password", b"user/pass", b"user/pw"]
                    .iter()
                    .any(|lead| end >= lead.len() && text[end - lead.len()..end].eq_ignore_ascii_case(lead))
                && std::str::from_utf8(&text[at..stop]).is_ok_and(|user| is_person(user) && !is_thing(user))
                && is_given(password)
            || blanks
                && text[value_end..].first().is_none_or(|byte| b"\r\n\"".contains(byte))
                && std::str::from_utf8(&text[at..stop]).is_ok_and(|user| is_person(user) && !is_thing(user))
                && password.iter().any(u8::is_ascii_uppercase)
                && is_given(password)
            || mixed && (looks_random(password, 8) || *sign_byte == b':' || blanks && is_stated(password));
        if !is_password || is_harmless(password) || password.contains(&b'/') {
            // `credentials (ann/marigold)`: what is said of both goes on.
            let named = std::str::from_utf8(&text[at..stop]).is_ok_and(|user| is_person(user) && !is_thing(user));
            if named && is_plain_secret(password) {
                self.doubt(Class::Password, true, start, value_end);
            }
            return false;
        }
        if std::str::from_utf8(&text[at..stop]).is_ok_and(is_person) {
            self.person(PiiKind::User, at, stop);
        }
        let at_sign = if *sign_byte == b'/' { memchr::memrchr(b'@', password) } else { None };
        self.secret(SecretKind::Password, start, at_sign.map_or(value_end, |at| start + at));
        true
    }

    /// `jira and Harbour98`
    fn user_and_password_in_prose(&mut self, at: usize) -> bool {
        let text = self.text;
        let user = skip(text, at, 64, |byte| byte.is_ascii_alphanumeric() || b"._@\\+-".contains(&byte));
        // `log in with OAuth2 and Exchange2019`
        if user == at || is_term(&text[at..user]) {
            return false;
        }
        for link in [&b" and "[..], b" und ", b" / ", b", ", b" with ", b" mit ", b" et ", b" y ", b" e ", b" & "] {
            if text[user..].starts_with(link) {
                let start = user + link.len();
                let start = skip(text, start, 2, |byte| b"\"'`".contains(&byte));
                let end = skip(text, start, 64, |byte| !is_blank(byte) && !b"\"'`<>,;".contains(&byte));
                let end = end - text[start..end].iter().rev().take_while(|byte| **byte == b'.').count();
                let password = &text[start..end];
                if if link == b", " { is_password_like(password) } else { is_chosen(password) } {
                    self.secret(SecretKind::Password, start, end);
                    return true;
                }
            }
        }
        false
    }

    /// `imap(ann)`, `<developer><id>ann</id>` of Maven
    pub(super) fn bracket(&mut self, start: usize) {
        let text = self.text;
        let element = text[..start].ends_with(b">");
        if element && !in_person_object(text, start) {
            return;
        }
        let end = skip(text, start, 64, |byte| byte.is_ascii_alphanumeric() || b"._@-".contains(&byte));
        let protocol =
            [&b"ssl"[..], b"tls", b"starttls", b"plain"].iter().any(|one| text[start..end].eq_ignore_ascii_case(one));
        let name = std::str::from_utf8(&text[start..end]).unwrap_or_default();
        if text.get(end) == Some(if element { &b'<' } else { &b')' }) && !protocol && name.len() >= 3 && is_person(name)
        {
            self.person(PiiKind::User, start, end);
        }
    }
}
