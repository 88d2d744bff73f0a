//! Secrets and people by the word before them, in every syntax.

use super::{
    dialogue,
    keys::{Class, Command, Key, each_key},
    pii::{PiiKind, is_person},
    reader::Place,
    secrets::SecretKind,
    strict::is_guid,
    values::{Joint, Value, is_blank, joint, skip, value, wrapped_end},
    wordlike::looks_random,
};

/// How much of a value is looked at to judge it.
const MAX_JUDGED: usize = 200;
/// How far a `value` may be from the `name` it belongs to.
const MAX_PAIR_GAP: usize = 96;

/// Words that follow a key in prose, in English and German.
const PROSE: &[&str] = &[
    "password",
    "null",
    "none",
    "true",
    "false",
    "expired",
    "expires",
    "expire",
    "invalid",
    "missing",
    "is",
    "was",
    "has",
    "had",
    "have",
    "not",
    "no",
    "the",
    "a",
    "an",
    "required",
    "are",
    "were",
    "must",
    "cannot",
    "can",
    "could",
    "should",
    "will",
    "may",
    "does",
    "do",
    "did",
    "doesn't",
    "don't",
    "this",
    "that",
    "it",
    "its",
    "incorrect",
    "wrong",
    "mismatch",
    "too",
    "failed",
    "failure",
    "authentication",
    "for",
    "from",
    "of",
    "in",
    "to",
    "never",
    "already",
    "issued",
    "revoked",
    "unknown",
    "empty",
    "blank",
    "changed",
    "reset",
    "needs",
    "please",
    "contains",
    "still",
    "hidden",
    "masked",
    "redacted",
    "protected",
    "encrypted",
    "ist",
    "war",
    "nicht",
    "abgelaufen",
    "falsch",
    "wurde",
    "fehlt",
    "at",
    "and",
    "or",
    "with",
    "by",
    "on",
    "if",
    "when",
    "as",
    "be",
    "been",
    "your",
    "you",
    "we",
    "user",
    "users",
    "locked",
    "disabled",
    "enabled",
    "deleted",
    "inactive",
    "active",
    "denied",
    "rejected",
    "refused",
    "blocked",
    "suspended",
    "error",
    "caused",
    "unable",
    "provided",
    "accepted",
    "account",
    "accounts",
    "authenticated",
    "unauthenticated",
    "currentuser",
    "membersof",
    "unassigned",
    "see",
    "only",
    "there",
    "then",
    "set",
    "using",
    "login",
    "logged",
    "name",
    "email",
    "mail",
    "check",
    "try",
    "via",
    "connection",
];

/// Nouns that follow `for user` without being one.
const AFTER_USER: &[&str] = &[
    "interface",
    "directory",
    "directories",
    "mailbox",
    "id",
    "ids",
    "profile",
    "session",
    "sessions",
    "management",
    "mapping",
    "data",
    "group",
    "groups",
    "input",
    "agent",
    "details",
    "details.",
    "credentials",
    "permissions",
    "property",
    "properties",
    "access",
    "consent",
    "preferences",
    "activity",
    "cache",
    "count",
    "picker",
    "search",
    "info",
    "information",
    "key",
    "keys",
    "assertion",
    "flow",
    "token",
    "tokens",
    "action",
    "actions",
    "attributes",
    "lookup",
    "synchronisation",
    "synchronization",
    "sync",
    "principal",
    "principals",
    "settings",
    "objects",
    "object",
    "or",
    "and",
    "that",
    "who",
    "whose",
    "which",
    "has",
    "have",
    "could",
    "was",
];

/// Finds secrets and people behind keys, and commands of mail dialogues.
pub(super) fn find(text: &[u8], found: &mut Vec<Place>) {
    let mut reader = KeyedReader { text, found, covered: 0 };
    each_key(text, |key| reader.key(key));
}

struct KeyedReader<'t, 'f> {
    text: &'t [u8],
    found: &'f mut Vec<Place>,
    /// Up to here the last secret goes; what lies within hides nothing more.
    covered: usize,
}

impl KeyedReader<'_, '_> {
    fn key(&mut self, key: Key) {
        let text = self.text;
        match key.class {
            Class::Command(command) => return self.command(command, key),
            Class::UserOption => return self.user_option(key.end),
            Class::Scheme => return self.scheme(key.end),
            _ => {}
        }
        if let Some((start, end)) = element(text, &key) {
            return self.judge(key.class, Joint::Firm, Value { start, end, enclosed: true });
        }
        if let Some(value) = paired(text, &key) {
            return self.judge(key.class, Joint::Firm, value);
        }
        if let Some((join, at)) = joint(text, key.end) {
            return match key.class {
                Class::Cookie => self.cookie(at),
                Class::Authorization => self.authorization(at),
                class => {
                    let spaces = matches!(class, Class::FullName | Class::Name);
                    let mut value = value(text, at, spaces);
                    // In the address of a page the fragment is not part of it.
                    let parameter = key.start.checked_sub(1).is_some_and(|i| b"?&#;".contains(&text[i]));
                    if parameter && !value.enclosed {
                        value.end = skip(text, value.start, value.end - value.start, |byte| !b"#?".contains(&byte));
                    }
                    self.judge(class, join, value);
                }
            };
        }
        if self.option(&key) || self.column(&key) {
            return;
        }
        self.phrase(&key);
    }

    fn secret(&mut self, kind: SecretKind, start: usize, end: usize) {
        if end > start && end > self.covered {
            let start = start.max(self.covered.min(end));
            self.covered = end;
            self.found.push(Place::secret(start, end, kind));
        }
    }

    fn person(&mut self, kind: PiiKind, start: usize, end: usize) {
        if end > start {
            self.found.push(Place::person(start, end, kind));
        }
    }

    /// Decides on a value, and takes it when it is a secret or a person.
    fn judge(&mut self, class: Class, join: Joint, value: Value) {
        let text = self.text;
        let Value { start, end, enclosed } = trimmed(text, value);
        if end <= start {
            return;
        }
        // Of a weak key only a token is a value, not what a program does with it.
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"_.~%+/=!*$-:@#^".contains(&byte);
        let end =
            if matches!(class, Class::Weak(_)) && !enclosed { skip(text, start, end - start, token) } else { end };
        let shown = &text[start..end.min(start + MAX_JUDGED)];
        match class {
            Class::Person | Class::FullName | Class::Name | Class::Phone => {
                return self.judge_person(class, join, start, end, enclosed);
            }
            _ if end <= self.covered || is_harmless(shown) => return,
            _ => {}
        }
        // `access_token: Bearer …`: the scheme is not the secret.
        let scheme = skip(text, start, 16, |byte| byte.is_ascii_alphabetic() || byte == b'-');
        if !enclosed && is_scheme(&text[start..scheme]) && text.get(scheme) == Some(&b' ') {
            return self.credentials(scheme + 1);
        }
        let firm = enclosed || join == Joint::Firm;
        let (kind, secret) = match class {
            Class::Password | Class::Secret(_) if join == Joint::Pipe => (SecretKind::Secret, looks_random(shown, 8)),
            // `With a password: Google has ended …` goes on as a sentence; `password: …` on a line of its own does not.
            Class::Password if !firm && !starts_line(text, start) && is_prose_after(text, start, end) => return,
            Class::Password => {
                (SecretKind::Secret, firm && !(is_sentence(shown) && enclosed && is_prose(shown)) || !is_prose(shown))
            }
            Class::Secret(kind) => (kind, firm && !is_prose(shown) || looks_random(first_word(shown), 6)),
            Class::Weak(SecretKind::Code) => (SecretKind::Code, !is_guid(shown) && looks_random(shown, 12)),
            Class::Weak(SecretKind::Token) => (SecretKind::Secret, !is_sentence(shown) && looks_random(shown, 8)),
            // The id of a key is a GUID.
            Class::Weak(kind) => (kind, !is_guid(shown) && !is_sentence(shown) && looks_random(shown, 8)),
            Class::Otp => (SecretKind::Code, is_otp(shown)),
            _ => return,
        };
        if !secret || is_path_or_address(shown) && !matches!(class, Class::Secret(_)) {
            return;
        }
        let mut end = wrapped_end(text, start, end);
        if class == Class::Password && !enclosed {
            end = passphrase_end(text, end);
        }
        self.secret(kind, start, end);
    }

    fn judge_person(&mut self, class: Class, join: Joint, start: usize, end: usize, enclosed: bool) {
        let text = self.text;
        if class == Class::Phone {
            return self.phone(start);
        }
        // `mail:` over lines of its own.
        if !enclosed
            && text[..start].trim_ascii_end().len() < start
            && text[text[..start].trim_ascii_end().len()..start].contains(&b'\n')
        {
            return;
        }
        let end = if enclosed || class != Class::Person {
            end.min(start + 96)
        } else {
            // Without quotation marks it is one word, perhaps behind a domain.
            skip(text, start, 96, |byte| byte.is_ascii_alphanumeric() || b"._@+-\\#=%".contains(&byte) || byte >= 0x80)
                .min(end)
        };
        let end = end - text[start..end].iter().rev().take_while(|byte| b". ,:;\\".contains(byte)).count();
        let Ok(name) = std::str::from_utf8(&text[start..end]) else { return };
        // In prose `mailbox: …` starts an explanation; an address is known by its shape.
        let prose = !enclosed
            && join == Joint::Colon
            && !name.contains(['.', '_', '-', '@', '\\'])
            && !name.contains(|c: char| c.is_ascii_digit());
        let person = match class {
            Class::Person if prose && is_explained(text, start) => false,
            // `e-mail: com.example.MailException`
            Class::Person if !enclosed && is_class_name(name) => false,
            // A name beside other keys of a person.
            Class::Name => enclosed && join == Joint::Firm && is_full_name(name) && beside_person(text, start, end),
            Class::FullName if !enclosed && join == Joint::Colon => is_full_name(name),
            _ => true,
        };
        let spaced = name.contains(' ') && class == Class::Person && !is_full_name(name);
        if person && !spaced && names_person(name) {
            self.person(PiiKind::User, start, end);
        }
    }

    /// `Tel +49 89 1234567-89`: at least six digits.
    fn phone(&mut self, start: usize) {
        let stop = skip(self.text, start, 40, |byte| byte.is_ascii_digit() || b" +()/.-".contains(&byte));
        let digits = self.text[start..stop].iter().filter(|byte| byte.is_ascii_digit()).count();
        let end = start + self.text[start..stop].iter().rposition(u8::is_ascii_digit).map_or(0, |last| last + 1);
        if (6..=17).contains(&digits) {
            self.person(PiiKind::Phone, start, end);
        }
    }

    /// `the password is x`, `password 'x'`, `user [x]`, `for user x`, `mfa code 492817`.
    fn phrase(&mut self, key: &Key) {
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
                if !AFTER_USER.contains(&name.trim_end_matches('.')) && !class_name {
                    self.judge_person(Class::Person, Joint::Colon, at, end, false);
                }
            }
            _ => {}
        }
    }

    /// `--client-secret x`.
    fn option(&mut self, key: &Key) -> bool {
        let text = self.text;
        let before = &text[..key.start + text[key.start..key.word].iter().take_while(|byte| **byte == b'-').count()];
        let option = before.ends_with(b"-")
            && before[..before.len() - 1]
                .iter()
                .rev()
                .find(|byte| **byte != b'-')
                .is_none_or(|byte| is_blank(*byte) || b"\"'`,[".contains(byte));
        let gap = skip(text, key.end, 8, |byte| is_blank(byte) || b"\"',".contains(&byte));
        if !option || gap == key.end || text.get(gap) == Some(&b'-') {
            return false;
        }
        let quoted = gap > key.end && b"\"'".contains(&text[gap - 1]);
        let value = value(text, gap - usize::from(quoted), false);
        if !value.enclosed && is_prose(&text[value.start..value.end]) || text[key.start..].starts_with(b"-D") {
            return false;
        }
        self.judge(key.class, Joint::Firm, value);
        true
    }

    /// `client_id,client_secret` over `abc,xyz`; `(login, password) VALUES ('a', 'b')`.
    fn column(&mut self, key: &Key) -> bool {
        let text = self.text;
        if !matches!(key.class, Class::Password | Class::Secret(_) | Class::Person | Class::FullName | Class::Phone) {
            return false;
        }
        let Some(table) = table(text, key) else { return false };
        for (start, end) in table {
            let value = value(text, start, true);
            let value = Value { end: value.end.min(end).max(value.start), enclosed: true, ..value };
            self.judge(key.class, Joint::Firm, value);
        }
        true
    }

    fn user_option(&mut self, end: usize) {
        let text = self.text;
        let at = skip(text, end, 4, |byte| is_blank(byte) || byte == b'=');
        if at == end {
            return;
        }
        let Value { start, end, .. } = value(text, at, false);
        if let Some(colon) = memchr::memchr(b':', &text[start..end])
            && colon > 0
            && !text[start + colon..].starts_with(b"://")
        {
            self.person(PiiKind::User, start, start + colon);
            self.secret(SecretKind::Password, start + colon + 1, end);
        }
    }

    /// `Bearer x`: credentials, unless it reads like a sentence.
    fn scheme(&mut self, end: usize) {
        let text = self.text;
        let at = skip(text, end, 4, |byte| is_blank(byte) || b":+\"'".contains(&byte));
        if at > end {
            self.credentials(at);
        }
    }

    fn credentials(&mut self, start: usize) {
        let text = self.text;
        let end = skip(text, start, usize::MAX, |byte| byte.is_ascii_alphanumeric() || b"+/_.~=-".contains(&byte));
        let token = &text[start..end];
        // `Bearer realm="", error="…"` is a challenge; `SASL-IR UIDPLUS` a list of what a server can do.
        let names = token.strip_suffix(b"=").unwrap_or(token);
        let random = token.len() >= 6
            && (token.ends_with(b"==") || looks_random(names, 6) || token.contains(&b'/') && token.len() > 12);
        if random && !is_prose(token) && end > self.covered {
            let end = wrapped_end(text, start, end);
            self.secret(SecretKind::Credentials, start, end);
        }
    }

    /// `Authorization:` any scheme. One with parameters (`Digest`, `OAuth`) goes up to the last of them.
    fn authorization(&mut self, at: usize) {
        let text = self.text;
        let at = skip(text, at, 4, |byte| b"\"'\\".contains(&byte));
        let word = skip(text, at, 40, |byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        let scheme = word > at && text.get(word) == Some(&b' ');
        let start = if scheme { skip(text, word, 4, is_blank) } else { at };
        let mut end = skip(text, start, usize::MAX, |byte| !is_blank(byte) && !b"\"',;".contains(&byte));
        let mut parameters = false;
        loop {
            // `name="value", name=value`
            let from = skip(text, if parameters { end } else { start }, 4, |byte| b", ".contains(&byte));
            let name = skip(text, from, 40, |byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
            if name == from || text.get(name) != Some(&b'=') || !scheme {
                break;
            }
            let slashes = skip(text, name + 1, 4, |byte| byte == b'\\');
            let next = if text.get(slashes) == Some(&b'"') {
                let close = skip(text, slashes + 1, 4096, |byte| byte != b'"' && byte != b'\n');
                (close + 1).min(text.len())
            } else {
                skip(text, name + 1, 4096, |byte| !is_blank(byte) && !b",\"'".contains(&byte))
            };
            if !parameters && text[start..next].ends_with(b"=") {
                break; // base64
            }
            (end, parameters) = (next, true);
        }
        let value = &text[start..end];
        if value.len() >= 4
            && !is_harmless(value)
            && (parameters || !is_prose(value) && (looks_random(value, 6) || value.ends_with(b"=") || value.len() > 24))
        {
            self.secret(SecretKind::Credentials, start, wrapped_end(text, start, end));
        }
    }

    /// The rest of the line, or of the text in quotation marks.
    fn cookie(&mut self, at: usize) {
        let text = self.text;
        let quoted = text[..at].ends_with(b"\"") || text.get(at) == Some(&b'"');
        let start = at + usize::from(text.get(at) == Some(&b'"'));
        let end = skip(text, start, usize::MAX, |byte| {
            !b"\r\n".contains(&byte) && (byte != b'"' || !quoted && text[start..].contains(&b'='))
        });
        let end = end - text[start..end].iter().rev().take_while(|byte| is_blank(**byte) || **byte == b'\\').count();
        if !is_harmless(&text[start..end])
            && !is_prose(&text[start..end])
            && (text[start..end].contains(&b'=') || looks_random(&text[start..end], 6))
        {
            self.secret(SecretKind::Cookie, start, end);
        }
    }

    fn command(&mut self, command: Command, key: Key) {
        dialogue::command(self.text, command, key.word, key.end, self.found);
    }
}

/// Without quotation marks, CDATA and blanks around it.
fn trimmed(text: &[u8], value: Value) -> Value {
    let (mut start, mut end) = (value.start, value.end.min(text.len()).max(value.start));
    for lead in [&b"<![CDATA["[..], b"&lt;![CDATA[", b"<value>", b"<string>"] {
        if text[start..end].starts_with(lead) {
            start += lead.len();
        }
    }
    while start < end && (is_blank(text[start]) || b"\"'\\".contains(&text[start])) {
        start += 1;
    }
    let closing: &[u8] = if value.enclosed { b"\"'\\" } else { b"\"'\\;," };
    while end > start && (is_blank(text[end - 1]) || closing.contains(&text[end - 1])) {
        end -= 1;
    }
    for tail in [&b"]]>"[..], b"]]&gt;"] {
        if text[start..end].ends_with(tail) {
            end -= tail.len();
        }
    }
    Value { start, end, enclosed: value.enclosed }
}

/// `<password …>x</password>`: the content of an element that the key names.
fn element(text: &[u8], key: &Key) -> Option<(usize, usize)> {
    let lead = text[..key.start].strip_suffix(b":").map_or(key.start, |before| {
        before.len() - before.iter().rev().take(32).take_while(|byte| byte.is_ascii_alphanumeric()).count()
    });
    if text[..lead].last() != Some(&b'<') {
        return None;
    }
    let close = memchr::memchr2(b'>', b'\n', &text[key.end..text.len().min(key.end + 256)]).map(|at| key.end + at)?;
    if text[close] != b'>' || text[close - 1] == b'/' {
        return None;
    }
    let mut start = close + 1;
    if text[start..].starts_with(b"<![CDATA[") {
        start += 9;
        let end = memchr::memmem::find(&text[start..], b"]]>").map_or(text.len(), |at| start + at);
        return Some((start, end));
    }
    // `<client_secret><value>x</value>`
    let inner = skip(text, start, 64, is_blank);
    if text.get(inner) == Some(&b'<')
        && text.get(inner + 1) != Some(&b'/')
        && let Some(at) = memchr::memchr(b'>', &text[inner..text.len().min(inner + 64)])
    {
        start = inner + at + 1;
    }
    let end = memchr::memchr(b'<', &text[start..]).map_or(text.len(), |at| start + at);
    Some((start, end))
}

/// The key is itself the value of `name`: `<param name="k"><value>x`, `{"name":"k","value":"x"}`,
/// `[name=k, value=x]`, `name="k"` of a multipart body with an empty line after it.
fn paired(text: &[u8], key: &Key) -> Option<Value> {
    let open = text[..key.start].iter().rev().take_while(|byte| b"\"'\\ ".contains(byte)).count();
    let before = &text[..key.start - open];
    let before =
        before.strip_suffix(b"=").or_else(|| before.strip_suffix(b":")).or_else(|| before.strip_suffix(b">"))?;
    let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before);
    let before = &before[..before.len() - before.iter().rev().take_while(|byte| **byte == b'\\').count()];
    let names = [&b"name"[..], b"key", b"id", b"property", b"field", b"header", b"param"];
    let named = names
        .iter()
        .any(|name| before.len() >= name.len() && before[before.len() - name.len()..].eq_ignore_ascii_case(name));
    if !named {
        return None;
    }
    let after = skip(text, key.end, 4, |byte| b"\"'\\".contains(&byte));
    // multipart/form-data
    let line = skip(text, after, 160, |byte| byte != b'\n' && byte != b'\r');
    let breaks = skip(text, line, 4, |byte| byte == b'\n' || byte == b'\r');
    let newlines = text[line..breaks].iter().filter(|byte| **byte == b'\n').count();
    if open > 0 && newlines >= 2 {
        let end = memchr::memchr(b'\n', &text[breaks..]).map_or(text.len(), |at| breaks + at);
        return Some(Value { start: breaks, end, enclosed: true });
    }
    let window = &text[after..text.len().min(after + MAX_PAIR_GAP)];
    let lower = window.to_ascii_lowercase();
    let (at, len) = [(&b"value"[..], 5), (b"content", 7), (b"string>", 6)]
        .iter()
        .find_map(|(word, len)| memchr::memmem::find(&lower, word).map(|at| (at, *len)))?;
    // Nothing but signs and further attributes in between.
    if lower[..at].contains(&b'\n') && !lower[..at].contains(&b'<')
        || memchr::memmem::find(&lower[..at], b"name").is_some()
    {
        return None;
    }
    let end = after + at + len;
    if text.get(end) == Some(&b'>') {
        let stop = memchr::memchr(b'<', &text[end..]).map_or(text.len(), |at| end + at);
        return Some(Value { start: end + 1, end: stop, enclosed: true });
    }
    let (_, start) = joint(text, end)?;
    Some(value(text, start, false))
}

/// The fields under a column: of lines after a header line, or of `VALUES (…)`.
fn table(text: &[u8], key: &Key) -> Option<Vec<(usize, usize)>> {
    let open = key.start - text[..key.start].iter().rev().take_while(|byte| b"\"'`".contains(byte)).count();
    let close = skip(text, key.end, 2, |byte| b"\"'`".contains(&byte));
    let is_name = |field: &[u8]| {
        let field = field.trim_ascii();
        !field.is_empty()
            && field.len() < 48
            && field.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-. \"'`".contains(byte))
            && !field.contains(&b'=')
    };
    // SQL: from the bracket before the key to the one after it.
    let from = text[..open].iter().rposition(|byte| *byte == b'(' || *byte == b'\n').map(|at| at + 1);
    if let Some(from) = from.filter(|from| text[from - 1] == b'(' && open - from < 1024) {
        let to = close + memchr::memchr2(b')', b'\n', &text[close..text.len().min(close + 1024)])?;
        let column = memchr::memchr_iter(b',', &text[from..open]).count();
        let rest = skip(text, to + 1, 8, is_blank);
        if text[to] != b')'
            || !text[from..to].split(|byte| *byte == b',').all(is_name)
            || !text.get(rest..rest + 6)?.eq_ignore_ascii_case(b"values")
        {
            return None;
        }
        let mut fields = Vec::new();
        let mut at = skip(text, rest + 6, 8, is_blank);
        while text.get(at) == Some(&b'(') {
            let (start, end, stop) = field(text, at + 1, b',', column, b')')?;
            fields.push((start, end));
            at = skip(text, stop + 1, 8, |byte| is_blank(byte) || byte == b',');
        }
        return Some(fields);
    }
    let line_start = text[..open].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line_end = close + memchr::memchr(b'\n', &text[close..])?;
    let separator = [b',', b';', b'\t', b'|']
        .into_iter()
        .find(|separator| text.get(close) == Some(separator) || open > line_start && text[open - 1] == *separator)?;
    // What stands before the first name, such as a header, is not a field: columns count from the end as well.
    let header = &text[line_start..line_end];
    let column = memchr::memchr_iter(separator, &text[line_start..open]).count();
    let fields: Vec<&[u8]> = header.split(|byte| *byte == separator).collect();
    let after = fields.len() - 1 - column.min(fields.len() - 1);
    let beside = fields.iter().skip(column.saturating_sub(1).max(1));
    if fields.len() < 2
        || !beside
            .clone()
            .all(|field| is_name(field) || field.trim_ascii().is_empty() || column > 0 && *field == fields[column - 1])
    {
        return None;
    }
    let mut found = Vec::new();
    let mut at = line_end + 1;
    while at < text.len() && found.len() < 1000 {
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
        let here = memchr::memchr_iter(separator, &text[at..end]).count() + 1;
        if here < 2 || here <= after {
            break;
        }
        let column = if here >= fields.len() { column } else { here - 1 - after };
        let (start, stop, _) = field(text, at, separator, column, b'\n')?;
        found.push((start, stop));
        at = end + 1;
    }
    (!found.is_empty()).then_some(found)
}

/// The field of a column, and where the row ends. Quotation marks hide separators.
fn field(text: &[u8], from: usize, separator: u8, column: usize, close: u8) -> Option<(usize, usize, usize)> {
    let (mut number, mut start, mut quote, mut found) = (0, from, None, None);
    for (i, byte) in text[from..].iter().enumerate().take(16 << 10) {
        let at = from + i;
        match quote {
            Some(open) if *byte == open => quote = None,
            Some(_) => {}
            None if b"\"'".contains(byte) => quote = Some(*byte),
            None if *byte == separator || *byte == close => {
                if number == column {
                    found = Some((start, at));
                }
                if *byte == close {
                    return found.map(|(start, end)| (start, end, at));
                }
                number += 1;
                start = at + 1;
            }
            None => {}
        }
    }
    match found {
        Some((start, end)) => Some((start, end, text.len())),
        None if number == column => Some((start, text.len(), text.len())),
        None => None,
    }
}

/// Whether the line holds nothing before the key of a value but blanks, dots and signs.
fn starts_line(text: &[u8], start: usize) -> bool {
    let line = text[..start].rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    line.iter().filter(|byte| **byte == b' ').count() - line.iter().take_while(|byte| **byte == b' ').count() <= 1
}

/// A plain word, and three more after it.
fn is_prose_after(text: &[u8], start: usize, end: usize) -> bool {
    let rest = &text[start..text.len().min(end + 120)];
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let words = line.split(|byte| *byte == b' ').take(4);
    let plain = |word: &[u8]| {
        let bare = word.strip_suffix(b",").or_else(|| word.strip_suffix(b".")).unwrap_or(word);
        !bare.is_empty()
            && bare.iter().all(|byte| byte.is_ascii_alphabetic() || b"-'".contains(byte))
            && !looks_random(bare, 5)
    };
    words.clone().count() == 4 && words.into_iter().all(plain)
}

fn is_class_name(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    name.contains('.') && !name.contains('@') && last.starts_with(char::is_uppercase)
}

/// `mailbox: …`, `account: …`: words after which prose goes on, several words of it.
fn is_explained(text: &[u8], start: usize) -> bool {
    let before = text[..start].trim_ascii_end();
    let before = before.strip_suffix(b":").unwrap_or(before);
    let len = before.iter().rev().take(16).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = before[before.len() - len..].to_ascii_lowercase();
    let word = word.strip_suffix(b"s").unwrap_or(&word);
    [&b"mailbox"[..], b"mail", b"email", b"account", b"sender", b"recipient", b"principal", b"lead", b"login"]
        .contains(&word)
}

fn is_scheme(word: &[u8]) -> bool {
    [&b"bearer"[..], b"basic", b"negotiate", b"ntlm", b"digest", b"token", b"apikey"]
        .iter()
        .any(|scheme| word.eq_ignore_ascii_case(scheme))
}

fn first_word(value: &[u8]) -> &[u8] {
    &value[..value.iter().position(|byte| is_blank(*byte)).unwrap_or(value.len())]
}

/// The first word is one of prose.
fn is_prose(value: &[u8]) -> bool {
    let word = first_word(value);
    let word = &word[..word.len() - word.iter().rev().take_while(|byte| b".,:;!?)".contains(byte)).count()];
    PROSE.iter().any(|prose| word.eq_ignore_ascii_case(prose.as_bytes()))
}

fn is_sentence(value: &[u8]) -> bool {
    value.iter().filter(|byte| **byte == b' ').count() > 2
}

/// Nothing, a mask, a placeholder, or what redaction has put there.
pub(super) fn is_harmless(value: &[u8]) -> bool {
    value.is_empty()
        || value.iter().all(|byte| b"*xX#.<>-_?".contains(byte))
        || [&b"[removed"[..], b"removed ", b"${", b"{0}", b"%s", b"$(", b"<removed"]
            .iter()
            .any(|lead| value.starts_with(lead))
        || value.starts_with("\u{2022}".as_bytes())
}

fn is_path_or_address(value: &[u8]) -> bool {
    [&b"http:"[..], b"https:", b"urn:", b"./", b"file:"].iter().any(|lead| value.starts_with(lead))
        || value.starts_with(b"/") && value[1..].contains(&b'/') && value.len() < 200 && !looks_random(value, 8)
        || [&b"AADSTS"[..], b"AADB2C", b"MSIS"].iter().any(|lead| value.starts_with(lead))
}

fn is_otp(value: &[u8]) -> bool {
    (4..=10).contains(&value.len()) && value.iter().all(u8::is_ascii_digit)
        || looks_random(value, 6) && !value.contains(&b' ')
}

/// `password: correct horse 8Zq…`: the words up to the last that looks random.
fn passphrase_end(text: &[u8], end: usize) -> usize {
    let (mut at, mut stop) = (end, end);
    for _ in 0..4 {
        if text.get(at) != Some(&b' ') {
            break;
        }
        let next = skip(text, at + 1, 64, |byte| !is_blank(byte) && !b"\"',;&<".contains(&byte));
        let word = &text[at + 1..next];
        if word.contains(&b'=') || word.contains(&b'@') {
            break;
        }
        if looks_random(word, 6)
            || word.len() >= 8
                && word.iter().any(u8::is_ascii_digit)
                && word.iter().any(u8::is_ascii_uppercase)
                && word.iter().all(u8::is_ascii_alphanumeric)
                && !word.starts_with(b"AADSTS")
        {
            stop = next;
        }
        at = next;
    }
    stop
}

/// Capitalised words, two to four.
fn is_full_name(name: &str) -> bool {
    let words: Vec<&str> = name.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let capital = |word: &&str| {
        word.chars().next().is_some_and(char::is_uppercase)
            && word.chars().skip(1).all(|c| c.is_alphabetic() || ".'-".contains(c))
    };
    (2..=4).contains(&words.len()) && words.iter().all(capital)
}

fn names_person(name: &str) -> bool {
    let bare = name.trim_matches(['.', ' ', '\'', '"']);
    let lower = bare.to_lowercase();
    let first = lower.split(' ').next().unwrap_or_default();
    let other = PROSE.contains(&lower.as_str())
        || lower.contains(' ') && PROSE.contains(&first)
        || ["http:", "https:", "[removed", "removed ", "${", "urn:", "/"].iter().any(|lead| bare.starts_with(lead))
        || bare.contains(['{', '<', '>', '(', '=']);
    !other && bare.chars().filter(|c| c.is_alphabetic()).count() >= 2 && is_person(bare)
}

/// Other keys of a person are near.
fn beside_person(text: &[u8], start: usize, end: usize) -> bool {
    let near = text[start.saturating_sub(300)..text.len().min(end + 300)].to_ascii_lowercase();
    [
        &b"username"[..],
        b"unique_name",
        b"upn",
        b"given_name",
        b"email",
        b"displayname",
        b"accountid",
        b"family_name",
        b"userprincipalname",
    ]
    .iter()
    .any(|key| memchr::memmem::find(&near, key).is_some())
}

/// `for user x`: the word `user` by itself, after one that speaks of a single user.
fn speaks_of_one(text: &[u8], key: &Key) -> bool {
    if !text[key.start..key.end].eq_ignore_ascii_case(b"user") || text[key.start] != b'u' {
        return false;
    }
    let before = &text[..key.start];
    let Some(before) = before.strip_suffix(b" ") else { return false };
    let len = before.iter().rev().take(8).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = &before[before.len() - len..];
    [&b"for"[..], b"as", b"by", b"of", b"from", b"to"].contains(&word)
}
