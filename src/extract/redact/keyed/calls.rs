//! Secrets among the arguments of calls, and in commands that are listed word by word.

use super::{
    super::{
        keys::{Class, Key},
        masks::is_harmless,
        pii::{PiiKind, is_person},
        secrets::SecretKind,
        values::{is_blank, skip},
    },
    KeyedReader,
    given::{is_given, is_given_text},
};

/// The longest list of arguments.
const MAX_CALL_BYTES: usize = 200;

impl KeyedReader<'_, '_> {
    /// `setClientSecret(x)`, `setPassword("x y")`, `createFromSecret(x)`: a call whose name ends in the key. Whether there
    /// was a value.
    pub(super) fn setter(&mut self, key: &Key) -> bool {
        let text = self.text;
        if text.get(key.end) != Some(&b'(') {
            return false;
        }
        let lead = text[key.start..key.word].rsplit(|byte| *byte == b'.').next().unwrap_or_default();
        let sets = [&b"set"[..], b"with", b"createFrom", b"from"].iter().any(|verb| lead.starts_with(verb));
        let start = skip(text, key.end + 1, 1, |byte| b"\"'".contains(&byte));
        let quoted = start > key.end + 1;
        let end = skip(text, start, MAX_CALL_BYTES, |byte| {
            byte != b'\n' && if quoted { byte != text[start - 1] } else { !b"),".contains(&byte) }
        });
        let close = end + usize::from(quoted);
        let shown = &text[start..end];
        // A parameter of the same name is none: `setClientSecret(clientSecret)`.
        let plain = shown.iter().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        let given = if quoted { is_given_text(shown) } else { plain && is_given(shown) };
        let taken = sets && given && text.get(close) == Some(&b')');
        if taken {
            self.secret(SecretKind::Secret, start, end);
        }
        taken
    }

    /// `<methodName>login</methodName>`, `<ns1:login>` before two values in elements: whether there was a password.
    pub(super) fn login_element(&mut self, key: &Key) -> bool {
        let text = self.text;
        let opened = key.start.checked_sub(1).is_some_and(|i| b"<:>.".contains(&text[i]));
        if !opened || !matches!(text.get(key.end), Some(b'>' | b'<')) {
            return false;
        }
        let end = text.len().min(key.end + 2 * MAX_CALL_BYTES);
        let (mut at, mut user) = (key.end, None);
        // A value may go beyond the end.
        while let Some(rest) = text.get(at..end)
            && let Some(open) = memchr::memchr(b'>', rest).map(|open| at + open + 1)
        {
            at = skip(text, open, MAX_CALL_BYTES, |byte| byte != b'<');
            if text[open..at].trim_ascii().is_empty() || !text[at..].starts_with(b"</") {
                continue;
            }
            // `<in0 xsi:type="xsd:string">`, `<value>`: names of places.
            let tag = memchr::memrchr(b'<', &text[key.end..open]).map_or(open, |tag| key.end + tag + 1);
            if ![&b"in"[..], b"arg", b"param", b"value", b"string"].iter().any(|name| text[tag..].starts_with(name)) {
                return false;
            }
            let Some((from, to)) = user else {
                user = Some((open, at));
                continue;
            };
            let taken = is_given(&text[open..at]);
            if taken {
                self.person(PiiKind::User, from, to);
                self.secret(SecretKind::Password, open, at);
            }
            return taken;
        }
        false
    }

    /// `login(svc, x)` and `Arguments: [svc, x] for login(String,String)`. Whether there was a password.
    pub(super) fn login_call(&mut self, key: &Key) -> bool {
        let text = self.text;
        if key.class != Class::Person
            || text.get(key.end) != Some(&b'(')
            || !text[key.word..key.end].eq_ignore_ascii_case(b"login")
        {
            return false;
        }
        let line = memchr::memrchr(b'\n', &text[..key.start]).map_or(0, |at| at + 1);
        let line = line.max(key.start.saturating_sub(MAX_CALL_BYTES));
        let listed = text[line..key.start].strip_suffix(b"] for ").map(|list| line + list.len());
        if let Some(close) = listed
            && let Some(open) = memchr::memrchr(b'[', &text[line..close]).map(|open| line + open)
        {
            return self.last_of_two(open + 1, close);
        }
        let close = skip(text, key.end + 1, MAX_CALL_BYTES, |byte| !b")\n(".contains(&byte));
        text.get(close) == Some(&b')') && self.last_of_two(key.end + 1, close)
    }

    /// `user, x`
    fn last_of_two(&mut self, from: usize, to: usize) -> bool {
        let text = self.text;
        let mut parts = text[from..to].split(|byte| *byte == b',');
        let (Some(user), Some(password), None) = (parts.next(), parts.next(), parts.next()) else { return false };
        let lead = password.iter().take_while(|byte| b" \"'".contains(byte)).count();
        // `b'x'` of Python
        let lead =
            if password[lead..].starts_with(b"b'") || password[lead..].starts_with(b"b\"") { lead + 2 } else { lead };
        let shown = password.trim_ascii_end();
        let shown = shown.get(lead..).unwrap_or_default();
        let shown = shown.strip_suffix(b"\"").or_else(|| shown.strip_suffix(b"'")).unwrap_or(shown);
        let plain = shown.iter().any(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        if !plain || !is_given(shown) || is_type(user.trim_ascii()) {
            return false;
        }
        let start = from + user.len() + 1 + lead;
        let end = from + user.trim_ascii_end().len();
        let first = from + user.iter().take_while(|byte| b" \"'".contains(byte)).count();
        let name = text[first.min(end)..end].strip_suffix(b"\"").unwrap_or(&text[first.min(end)..end]);
        if std::str::from_utf8(name).is_ok_and(is_person) {
            self.person(PiiKind::User, first, first + name.len());
        }
        self.secret(SecretKind::Password, start, start + shown.len());
        true
    }

    /// `connect("imap.contoso.example", 993, "svc", "x")`: the last of three texts or more.
    pub(super) fn connect_call(&mut self, open: usize) {
        let text = self.text;
        let mut quoted = Vec::new();
        let mut at = open;
        while quoted.len() < 6 && text.get(at) == Some(&b'"') {
            let end = skip(text, at + 1, 64, |byte| byte != b'"' && byte != b'\n');
            if text.get(end) != Some(&b'"') {
                return;
            }
            quoted.push((at + 1, end));
            at = skip(text, end + 1, 12, |byte| b", 0123456789".contains(&byte));
        }
        if let [_, .., (user, user_end), (start, end)] = quoted[..]
            && text.get(end + 1) == Some(&b')')
            && quoted.len() >= 3
            && !is_harmless(&text[start..end])
        {
            if std::str::from_utf8(&text[user..user_end]).is_ok_and(is_person) {
                self.person(PiiKind::User, user, user_end);
            }
            self.secret(SecretKind::Password, start, end);
        }
    }

    /// `connect(host=imap.contoso.example, 993, ann@contoso.example, x)`: the last argument, after a mail address.
    pub(super) fn mail_call(&mut self, from: usize) {
        let text = self.text;
        let close = skip(text, from, MAX_CALL_BYTES, |byte| !b")\n(".contains(&byte));
        let Some(comma) = memchr::memrchr(b',', &text[from.min(close)..close]) else { return };
        let lead = memchr::memrchr(b',', &text[from..from + comma]).map_or(from, |at| from + at + 1);
        if text.get(close) == Some(&b')') && lead > from && text[lead..from + comma].contains(&b'@') {
            self.last_of_two(lead, close);
        }
    }

    /// `"auth":"svc:x"`, `BasicAuth(svc:x)`: a user and a password up to a closing sign.
    pub(super) fn user_colon_password(&mut self, start: usize, close: u8) -> bool {
        let text = self.text;
        let user = skip(text, start, 64, |byte| byte.is_ascii_alphanumeric() || b"._@-".contains(&byte));
        let end = skip(text, user + 1, 128, |byte| byte != close && !is_blank(byte));
        let taken = text.get(user) == Some(&b':')
            && user > start
            && text.get(end) == Some(&close)
            && !text[user + 1..end].starts_with(b"//")
            && !super::credentials::is_scheme(&text[start..user])
            && is_given(&text[user + 1..end]);
        if taken {
            self.person(PiiKind::User, start, user);
            self.secret(SecretKind::Password, user + 1, end);
        }
        taken
    }

    /// `[mysql, -u, svc, -px]`, `a3="-px"` of an audit log: an option that is an item of a list, with its value. Whether
    /// it was one.
    pub(super) fn listed_password(&mut self, key: &Key) -> bool {
        let text = self.text;
        let before = &text[..key.start];
        let listed = before.ends_with(b", ") || before.ends_with(b"\"") || before.ends_with(b"'");
        if !listed || text[key.start..].starts_with(b"-P") {
            return false;
        }
        let from = key.start.saturating_sub(MAX_CALL_BYTES);
        let near = &text[from..key.start];
        let near = near.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let user = [&b", -u, "[..], b"\"-u\"", b"'-u'", b", -u", b"\"-u"]
            .iter()
            .any(|option| memchr::memmem::find(near, option).is_some());
        let start = skip(text, key.end, 4, |byte| b"\"', ".contains(&byte));
        let apart = start > key.end;
        let end = skip(text, start, 64, |byte| !is_blank(byte) && !b",]\"'".contains(&byte));
        let taken = user && is_given(&text[start..end]) && (!apart || text[key.end..start].contains(&b','));
        if taken {
            self.secret(SecretKind::Password, start, end);
        }
        taken
    }
}

/// The name of a type of Java.
fn is_type(word: &[u8]) -> bool {
    [&b"String"[..], b"char[]", b"CharSequence", b"Object"].contains(&word) || word.starts_with(b"java.")
}
