//! Secrets and people by the word before them, in every syntax.

mod actors;
mod before;
mod byte_values;
mod calls;
mod cells;
mod changes;
mod code_lists;
mod codes;
mod columns;
mod credentials;
mod devices;
mod doubtful;
mod given;
mod headers;
mod heads;
mod human;
mod judge;
mod labels;
mod login_words;
mod logins;
mod loose;
mod mailboxes;
mod markup;
mod members;
mod names;
mod near;
mod passphrases;
mod passwords;
mod people;
mod phrase;
mod plain;
mod quoted_rows;
mod set_values;
mod spaced;
mod stated;
mod stores;
mod surroundings;
mod switches;
mod syntaxes;
mod table;
mod traced;

use super::{
    dialogue,
    domain_users::with_slash,
    joints::{Joint, joint},
    keys::{Class, Command, Key, Needs, each_key},
    pii::{PiiKind, is_pseudonym},
    place::Place,
    prose::is_prose,
    secrets::SecretKind,
    stated_words::{is_plain_secret, is_said_of_passwords},
    values::{Value, is_blank, skip, skip_tag, value},
};
use markup::{element, entity_field, paired};
use members::is_no_value;
use phrase::is_setting;
use surroundings::is_object;

/// Finds secrets and people after keys, and commands of mail dialogues. Returns which other readers have something to
/// look for.
pub(super) fn find(text: &[u8], found: &mut Vec<Place>) -> Needs {
    let mut reader = KeyedReader { text, found, covered: 0, no_cookie_before: 0, line_end: 0, rows: 0..0 };
    each_key(text, |key| reader.key(key))
}

struct KeyedReader<'t, 'f> {
    text: &'t [u8],
    found: &'f mut Vec<Place>,
    /// Up to here the last secret goes; what lies within hides nothing more.
    covered: usize,
    /// Up to here a line was read after the key of a cookie, and no cookie was found.
    no_cookie_before: usize,
    /// Up to here a line was searched for passwords that people choose.
    line_end: usize,
    /// The rows of the last table whose head was read.
    rows: std::ops::Range<usize>,
}

impl KeyedReader<'_, '_> {
    fn key(&mut self, key: Key) {
        let text = self.text;
        if is_put_there(text, &key) {
            return;
        }
        let given = key.class;
        let key = headers::as_header(text, key);
        self.note_line(&key);
        if self.head(&key) || self.keyed_row(&key) || self.members(&key) {
            return;
        }
        if matches!(key.class, Class::Person | Class::Actor | Class::Login) {
            let at = skip(text, key.end, 4, |byte| b" .:='\"[<(".contains(&byte));
            if at > key.end
                && let Some(end) = with_slash(text, at)
            {
                self.person(PiiKind::User, at, end);
            }
        }
        match key.class {
            Class::Syntax => return self.syntax(&key),
            Class::Command(_) if self.traced_call(&key) => return,
            Class::Command(command) => return self.command(command, key),
            Class::UserOption => return self.user_option(key.end),
            Class::Scheme => return self.scheme(key.end),
            Class::Pair => return self.pair(&key),
            Class::PasswordOption => return self.password_option(&key),
            Class::Actor => return self.actor(&key),
            Class::Login => return self.login(&key),
            Class::CommonName => return self.common_name(&key),
            Class::LoggedIn => return self.logged_in(&key),
            Class::GivenName => return self.given_name(&key),
            Class::Did => return self.did(&key),
            // `wa.me/491701234567`
            Class::Phone if text[key.end - 1] == b'/' => return self.phone(key.end),
            // `Tel. 0171 …`
            Class::Phone if text[key.end..].starts_with(b". ") => return self.phone(key.end + 2),
            Class::Stated => return self.stated(&key),
            Class::WebKey => return self.web_key(key.word),
            Class::Characters => return self.characters(key.word),
            Class::Street => {
                let whole = key.word.checked_sub(1).is_none_or(|i| !text[i].is_ascii_alphanumeric());
                if self.street(&key) || !whole {
                    return;
                }
                return self.key(Key { class: Class::Location, ..key });
            }
            Class::Closing => return self.signature(key.end),
            Class::Location if b"=:\"".contains(&text[key.end - 1]) => {
                let at = skip(text, key.end, 4, |byte| b" :=\"'\\".contains(&byte));
                return self.location(at, at, false);
            }
            Class::Bracket => return self.bracket(key.end),
            Class::CodeBefore => return self.code_before(&key),
            // `Digest username="ann", …, response="…"`
            Class::Person if text[..key.start].ends_with(b"Digest ") => return self.authorization(key.start - 7),
            Class::UserAndPassword | Class::Password | Class::Secret(_) if self.traced_call(&key) => return,
            Class::UserAndPassword if self.user_and_password(key.end) => return,
            Class::Person
                if text[key.word..key.end].eq_ignore_ascii_case(b"login") && self.user_and_password(key.end) =>
            {
                return;
            }
            Class::Secret(_)
                if text[key.word..key.end].starts_with(b"credential") && self.user_and_password(key.end) =>
            {
                return;
            }
            // `…?p=BadCredentials ffacd0b85a97d-…` of Google: the name of an error, and the id of a session
            Class::Secret(_) if text[key.start..].starts_with(b"BadCredentials ") => return,
            Class::Otp if self.code_list(&key) => return,
            // `验证码是 719457`
            Class::Otp if text[key.end - 1] >= 0x80 && text.get(key.end).is_some_and(|byte| *byte >= 0x80) => {
                self.code_after_words(key.end);
            }
            Class::Password if self.passcode(&key) => return,
            Class::Otp | Class::Weak(SecretKind::Code) | Class::Secret(SecretKind::Code) => self.code_before(&key),
            Class::Person if self.login_call(&key) || self.traced_call(&key) => return,
            Class::Person if text[key.word..key.end].eq_ignore_ascii_case(b"login") && self.login_element(&key) => {
                return;
            }
            Class::Password | Class::Secret(_)
                if self.byte_list(&key)
                    || self.set_value(&key)
                    || self.setter(&key)
                    || self.beside(&key)
                    || self.listed_below(&key)
                    || self.changes(&key)
                    || self.named_after(&key)
                    || self.cell(&key) =>
            {
                return;
            }
            Class::Weak(_) if self.set_value(&key) => return,
            Class::Password => self.password_before(&key),
            _ => {}
        }
        if let Some((start, end)) = element(text, &key).or_else(|| entity_field(text, &key)) {
            return self.judge(key.class, Joint::Firm, Value { start, end, enclosed: true });
        }
        if let Some(value) = paired(text, &key) {
            return self.judge(key.class, Joint::Firm, value);
        }
        if let Some((join, at)) = joint(text, key.end) {
            if is_object(text, at, key.class, join) {
                return;
            }
            return match key.class {
                Class::Cookie => self.cookie(at),
                Class::Authorization => self.authorization(at),
                // `user=<hvoss77>`
                Class::Person if text.get(at) == Some(&b'<') => self.angled(at + 1),
                Class::Password | Class::Secret(_) if self.angled_secret(at) => {}
                class => {
                    let spaces = matches!(class, Class::FullName | Class::NamePart | Class::Name | Class::Location);
                    let mut value = value(text, skip_tag(text, at), spaces);
                    // In the address of a page the fragment is not part of it.
                    let parameter = key.start.checked_sub(1).is_some_and(|i| b"?&#;".contains(&text[i]));
                    if parameter && !value.enclosed {
                        value.end = skip(text, value.start, value.end - value.start, |byte| !b"#?".contains(&byte));
                    }
                    if given != class && is_said_of_passwords(&text[value.start..value.end]) {
                        return;
                    }
                    let join = if is_setting(text, &key, &value) { Joint::Firm } else { join };
                    self.judge(class, join, value);
                }
            };
        }
        if self.option(&key) || self.column(&key) {
            return;
        }
        self.bracketed_pair(&key);
        self.phrase(&key);
        self.plain_password(&key);
        self.loose(&key);
        self.doubt_unjoined(&key);
    }

    fn secret(&mut self, kind: SecretKind, start: usize, end: usize) {
        if end <= start || is_no_value(self.text, start, end) {
            return;
        }
        // A secret within one goes with it, and is known when it comes again by itself.
        let start = if end > self.covered { start.max(self.covered) } else { start };
        self.covered = self.covered.max(end);
        self.found.push(Place::secret(start, end, kind));
    }

    fn person(&mut self, kind: PiiKind, start: usize, end: usize) {
        if end > start {
            self.found.push(Place::person(start, end, kind));
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
        // `--registration-token x`
        if key.class == Class::Weak(SecretKind::Token) && is_plain_secret(&text[value.start..value.end]) {
            self.secret(SecretKind::Secret, value.start, value.end);
        }
        self.judge(key.class, Joint::Firm, value);
        true
    }

    fn command(&mut self, command: Command, key: Key) {
        dialogue::command(self.text, command, key.word, key.end, self.found);
    }
}

/// A word of a note of removal, or a pseudonym, which names nothing that follows.
fn is_put_there(text: &[u8], key: &Key) -> bool {
    let from = key.word.saturating_sub(SecretKind::MAX_NOTE_BYTES);
    if key.word > 0
        && text[key.word - 1] == b' '
        && let Some(note) = memchr::memrchr(b'[', &text[from..key.word]).map(|note| from + note)
        && SecretKind::note_len(&text[note..]).is_some_and(|len| key.end <= note + len)
    {
        return true;
    }
    let digits = key.class == Class::Person && text[key.end - 1].is_ascii_hexdigit();
    digits && std::str::from_utf8(&text[key.start..key.end]).is_ok_and(is_pseudonym)
}
