//! Keys in sentences, without a sign after them.

use super::{
    super::{
        joints::Joint,
        keys::{Class, Key},
        login::{is_capitalised, is_login, is_persons_name, is_thing, is_uncased},
        pii::PiiKind,
        prose::{follows_user, is_prose},
        secrets::SecretKind,
        stated_words::is_plain_secret,
        values::{Value, is_blank, skip, trimmed, value, wide_quote},
        wordlike::looks_random,
    },
    KeyedReader,
    given::is_given_text,
    loose::is_key_id,
    names::names_person,
    passphrases::app_password_end,
    surroundings::{account_id_end, speaks_of_one, speaks_of_person, speaks_of_user},
};

/// Words in angle brackets that are not names: HTML elements, and placeholders.
const PLACEHOLDERS: [&str; 26] = [
    "a", "b", "br", "code", "div", "em", "i", "input", "label", "li", "p", "select", "small", "span", "strong", "td",
    "u", "ul", "address", "email", "id", "login", "mailbox", "name", "upn", "value",
];

impl KeyedReader<'_, '_> {
    /// `IDENTIFIED BY x REPLACE y` of SQL: the password before.
    fn replaced(&mut self, key: &Key, end: usize) {
        let text = self.text;
        let next = skip(text, end, 3, |byte| b"\"' ".contains(&byte));
        if text[next..].starts_with(b"REPLACE ") {
            let old = trimmed(text, value(text, next + 8, false));
            self.judge(key.class, Joint::Firm, Value { enclosed: true, ..old });
        }
    }

    /// `the password is x`, `password 'x'`, `user [x]`, `for user x`, `mfa code 492817`.
    pub(super) fn phrase(&mut self, key: &Key) {
        let text = self.text;
        let rest = &text[key.end..];
        if let (Class::Person, [b'(' | b'[' | b'{', ..]) = (key.class, rest) {
            // `User(x)`, not `getUser(String)`.
            let name = value(text, key.end, false);
            let fields = [&b"name="[..], b"key=", b"username="];
            let inside = &text[name.start..name.end];
            let name = match fields.iter().find_map(|field| Some((field.len(), inside.strip_prefix(*field)?))) {
                // `UserImpl{name=x, …}`, `User{name='x'}`
                Some((lead, rest)) => {
                    let quote = skip(rest, 0, 1, |byte| b"\"'".contains(&byte));
                    let end = skip(rest, quote, 64, |byte| !b", '\"})]".contains(&byte));
                    Value { start: name.start + lead + quote, end: name.start + lead + end, ..name }
                }
                None => name,
            };
            let word = &text[name.start..name.end];
            let lead = text[..name.start].trim_ascii_end();
            let lead = lead.strip_suffix(b"'").or_else(|| lead.strip_suffix(b"\"")).unwrap_or(lead);
            let named =
                fields.iter().any(|field| lead.ends_with(field)) || lead.ends_with(b"(") && lead.len() < name.start;
            // `ApplicationUser(x)` is one; `ApplicationUser(String)` and `getUser(name)` are not.
            let typed = text[key.start].is_ascii_uppercase()
                && text[key.start..key.end].iter().all(u8::is_ascii_alphabetic)
                && name.end >= name.start + 4
                && word.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(byte))
                && ![&b"null"[..], b"user", b"username", b"name", b"long", b"void", b"char", b"byte", b"boolean"]
                    .contains(&word);
            // `username("x")` is one.
            let literal = name.enclosed && rest[0] == b'(' && matches!(rest.get(1), Some(b'"' | b'\''));
            let literal = literal && std::str::from_utf8(word).is_ok_and(|word| !is_thing(word));
            let called = !named
                && !literal
                && rest[0] == b'('
                && !typed
                && (key.start < key.word || text[key.word].is_ascii_lowercase());
            // `users[0]`, `user{…}` of templates.
            // `ApplicationUser[x]` names one, `users[x]` does not.
            let class = text[key.start].is_ascii_uppercase() && text[key.end - 1] != b's';
            let indexed = rest[0] != b'(' && !class && !std::str::from_utf8(word).is_ok_and(is_login);
            if !called && !indexed && word.len() < 64 && !word.contains(&b'=') && !word.contains(&b' ') {
                self.judge_person(Class::Person, Joint::Firm, name.start, name.end, true);
            }
            return;
        }
        // `personnel no. 4711`
        let dotted = key.class == Class::Number && rest.starts_with(b". ");
        let Some(b' ' | b'\t') = rest[usize::from(dotted)..].first() else { return };
        if key.class == Class::Person && self.listed(key.end) {
            return;
        }
        if self.aligned(key) {
            return;
        }
        let at = skip(text, key.end + usize::from(dotted), 4, |byte| byte == b' ' || byte == b'\t');
        if key.class == Class::Person && text.get(at) == Some(&b'<') {
            return self.angled(at + 1);
        }
        let enclosed = matches!(text.get(at), Some(b'"' | b'\'' | b'[' | b'`')) || wide_quote(&text[at..]).is_some();
        let word_end = skip(text, at, 64, |byte| byte.is_ascii_alphanumeric() || byte >= 0x80);
        let word = &text[at..word_end];
        let says =
            ["is", "was", "ist", "war", "lautet", "est", "es", "to", "=", "used", "è", "é", "är", "er", "je", "это"];
        match key.class {
            Class::Password | Class::Secret(_) if enclosed => {
                let value = value(text, at, false);
                // `Kennwort „x y“`
                let wide = wide_quote(&text[at..]).is_some() && key.class == Class::Password;
                if wide && is_given_text(&text[value.start..value.end]) {
                    return self.secret(SecretKind::Secret, value.start, value.end);
                }
                if !text[value.start..value.end].contains(&b' ') && text[value.start..value.end].len() >= 4 {
                    let by = in_statement(text, key);
                    self.judge(key.class, if by { Joint::Firm } else { Joint::Colon }, value);
                    // `password "Auth" "x"`
                    if text[value.end..].starts_with(b"\" \"") {
                        self.judge(key.class, Joint::Firm, super::super::values::value(text, value.end + 2, false));
                    }
                    self.replaced(key, value.end);
                }
            }
            // `IDENTIFIED BY x` of SQL
            Class::Secret(_)
                if !enclosed
                    && in_statement(text, key)
                    && !matches!(word, b"VALUES" | b"PASSWORD" | b"EXTERNALLY" | b"GLOBALLY") =>
            {
                let value = trimmed(text, value(text, at, false));
                self.judge(key.class, Joint::Firm, Value { enclosed: true, ..value });
                self.replaced(key, value.end);
            }
            // `IDENTIFIED WITH mysql_native_password BY 'x'`
            Class::Password if word == b"BY" && text[word_end..].starts_with(b" '") => {
                let value = value(text, word_end + 1, false);
                self.judge(key.class, Joint::Firm, value);
                self.replaced(key, value.end);
            }
            // `machine x login ann password y` of `.netrc`
            Class::Password if netrc(text, key.start) => {
                self.judge(key.class, Joint::Firm, value(text, at, false));
                // `login ann password x`
                let before = text[..key.start].trim_ascii_end();
                let name = before.len() - before.iter().rev().take(64).take_while(|byte| !is_blank(**byte)).count();
                if before[..name].ends_with(b"login ") && std::str::from_utf8(&before[name..]).is_ok_and(names_person) {
                    self.person(PiiKind::User, name, before.len());
                }
            }
            Class::Password if self.prompted(word, word_end) => {}
            Class::Password if self.owned(key, at) => {}
            Class::Password if last_word(&text[key.start.saturating_sub(4)..key.word]).eq_ignore_ascii_case(b"app") => {
                if let Some(end) = app_password_end(text, at) {
                    self.secret(SecretKind::Secret, at, end);
                }
            }
            Class::NamePart => {
                let end =
                    skip(text, at, 40, |byte| byte.is_ascii_alphabetic() || b"-'".contains(&byte) || byte >= 0x80);
                if std::str::from_utf8(&text[at..end]).is_ok_and(|name| is_capitalised(name) && !is_thing(name)) {
                    self.person(PiiKind::User, at, end);
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
                if looks_random(&text[value.start..value.end], 16) && !is_key_id(&text[value.start..value.end]) {
                    self.judge(key.class, Joint::Firm, value);
                }
            }
            Class::Cookie if enclosed => {
                let value = value(text, at, false);
                self.secret(SecretKind::Cookie, value.start, value.end);
            }
            Class::Otp => {
                let said = says.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()));
                let at = if said { skip(text, word_end, 4, |byte| is_blank(byte) || byte == b':') } else { at };
                let enclosed = skip(text, at, 1, |byte| b"\"'`[".contains(&byte));
                self.one_time_codes(enclosed);
                if !said && !enclosed_by_digit(text, enclosed) {
                    self.code_after_words(key.end);
                }
            }
            Class::Weak(SecretKind::Code) if self.own_code(key) => {
                let said = says.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()));
                if said {
                    self.one_time_codes(skip(text, word_end, 4, |byte| is_blank(byte) || byte == b':'));
                }
            }
            Class::Phone => {
                let lead = [&b"to "[..], b"an ", b"sent to "].into_iter().find(|lead| text[at..].starts_with(lead));
                self.phone(at + lead.map_or(0, <[u8]>::len));
            }
            Class::Number => self.number(at),
            Class::Location => self.location(at, at, false),
            Class::Person | Class::FullName if enclosed => {
                let value = value(text, at, true);
                self.judge(key.class, Joint::Firm, value);
            }
            Class::Person if account_id_end(text, at).is_some() => {
                self.person(PiiKind::User, at, account_id_end(text, at).unwrap_or(at));
            }
            Class::Person if text.get(word_end) == Some(&b'/') && self.beside_domain(at, word_end) => {}
            Class::FullName if is_uncased(std::str::from_utf8(word).unwrap_or_default()) => {
                self.person(PiiKind::User, at, word_end);
            }
            Class::Person if self.loud_user(at) => {}
            // `用户 张伟 登录失败`
            Class::Person if text[key.word] >= 0x80 && is_foreign_name(word) && text.get(word_end) == Some(&b' ') => {
                self.person(PiiKind::User, at, word_end);
            }
            Class::Person if self.missing(key, at) => {}
            Class::Person | Class::FullName
                if self.named_by_look(at, speaks_of_person(text, key) || text[key.word] >= 0x80) => {}
            Class::Person if self.initialled(at) => {}
            Class::Person if speaks_of_user(text, key) && self.plain_user(at) => {}
            Class::UserAndPassword => {
                self.quoted_login(at, false);
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

    /// `User <x> does not exist`; not an element of a page.
    pub(super) fn angled(&mut self, start: usize) {
        let text = self.text;
        let end =
            skip(text, start, 64, |byte| byte.is_ascii_alphanumeric() || b"._@\\-".contains(&byte) || byte >= 0x80);
        let goes_on = text.get(end + 1).is_none_or(|byte| is_blank(*byte) || b".,:;)".contains(byte));
        let name = String::from_utf8_lossy(&text[start..end]).to_lowercase();
        if text.get(end) == Some(&b'>') && goes_on && !PLACEHOLDERS.contains(&name.as_str()) {
            self.judge_person(Class::Person, Joint::Firm, start, end, true);
        }
    }

    /// `Full Name            Ann Example`: a label, blanks up to a column, and the rest of the line.
    fn aligned(&mut self, key: &Key) -> bool {
        let text = self.text;
        let start = skip(text, key.end, 40, |byte| byte == b' ' || byte == b'\t');
        let wide = start - key.end >= 3 || text[key.end..start].contains(&b'\t');
        if !wide || !matches!(key.class, Class::Person | Class::FullName | Class::NamePart) {
            return false;
        }
        let end = skip(text, start, 96, |byte| !b"\r\n\"".contains(&byte));
        let Ok(name) = std::str::from_utf8(text[start..end].trim_ascii_end()) else { return false };
        let small = name.len() >= 4 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let login = is_login(name) || small && key.start + 4 < key.end && !follows_user(name.as_bytes());
        let person = if key.class == Class::Person { login } else { is_persons_name(name) || is_capitalised(name) };
        if person && names_person(name) && !is_thing(name) {
            self.person(PiiKind::User, start, start + name.len());
        }
        person
    }

    /// `assignee in (hvoss77, "Ann")` of JQL.
    fn listed(&mut self, end: usize) -> bool {
        let text = self.text;
        let Some(open) = [&b" in ("[..], b" IN (", b" not in (", b" NOT IN ("]
            .iter()
            .find(|lead| text[end..].starts_with(lead))
            .map(|lead| end + lead.len())
        else {
            return false;
        };
        let close = skip(text, open, 1024, |byte| !b")\n".contains(&byte));
        let mut at = open;
        while at < close {
            let item = skip(text, at, close - at, |byte| byte != b',');
            let lead = skip(text, at, item - at, |byte| b" \"'".contains(&byte));
            let tail = text[lead..item].iter().rev().take_while(|byte| b" \"'".contains(byte)).count();
            self.judge_person(Class::Person, Joint::Firm, lead, item - tail, true);
            at = item + 1;
        }
        true
    }
}

/// Two to four letters of a script without capitals that are none of what is said of users.
fn is_foreign_name(word: &[u8]) -> bool {
    const SAID: [&str; 14] = [
        "认证",
        "登录",
        "身份",
        "验证",
        "密码",
        "不存在",
        "已锁定",
        "인증",
        "로그인",
        "권한",
        "계정",
        "認証",
        "ログイン",
        "حساب",
    ];
    let word = std::str::from_utf8(word).unwrap_or_default();
    is_uncased(word) && word.chars().count() <= 4 && !SAID.iter().any(|said| word.contains(said))
}

fn enclosed_by_digit(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(u8::is_ascii_digit)
}

fn last_word(text: &[u8]) -> &[u8] {
    let text = &text[..text.len() - text.iter().rev().take_while(|byte| !byte.is_ascii_alphabetic()).count()];
    &text[text.len() - text.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count()..]
}

/// `machine x login ann` is before the key.
fn netrc(text: &[u8], at: usize) -> bool {
    let near = &text[at.saturating_sub(160)..at];
    // `default password x login ann`
    if near.ends_with(b"default ") && text[at..].split(u8::is_ascii_whitespace).nth(2) == Some(b"login") {
        return true;
    }
    let mut words = near.split(u8::is_ascii_whitespace).rev().filter(|word| !word.is_empty());
    let login = words.nth(1) == Some(b"login");
    login && words.any(|word| word.ends_with(b"machine") || word.ends_with(b"default"))
}

/// `oauth.client-secret: x` of a file of settings, `X-Gitlab-Token: x1` of a request: a name, and one word up to the end
/// of the line.
pub(super) fn is_setting(text: &[u8], key: &Key, value: &Value) -> bool {
    let name = &text[key.start..key.end];
    let header = name.starts_with(b"X-") && text[value.start..value.end].iter().any(u8::is_ascii_digit);
    let setting = || memchr::memmem::find(name, b"secret").is_some() && name.iter().any(|byte| b"._-".contains(byte));
    let plain = || name.iter().any(|byte| b"._-".contains(byte)) && is_plain_secret(&text[value.start..value.end]);
    let named = match key.class {
        Class::Secret(_) => header || setting() || plain(),
        class => header && class == Class::Weak(SecretKind::Token),
    };
    named && value.end >= value.start + 6 && text.get(value.end).is_none_or(|byte| b"\r\n\"".contains(byte))
}

/// `IDENTIFIED BY` of SQL, in small letters after `alter user`: not `identified by its id`.
fn in_statement(text: &[u8], key: &Key) -> bool {
    let near = &text[key.word.saturating_sub(80)..key.word];
    let said = || {
        [&b"alter user"[..], b"create user", b"grant "].iter().any(|word| memchr::memmem::find(near, word).is_some())
    };
    text[key.word..key.end].ends_with(b" BY") || text[key.word..key.end].ends_with(b"identified by") && said()
}
