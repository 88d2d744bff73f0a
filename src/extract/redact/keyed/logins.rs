//! Logins of small letters alone, after words that speak of a user; numbers and places of people after their labels.

use super::{
    super::{
        keys::Key,
        numbers,
        pii::PiiKind,
        prose::follows_user,
        strict::providers::is_provider,
        values::{is_blank, skip},
    },
    KeyedReader,
    names::names_person,
};

/// What is said of a user who is not there.
const VERBS: [&str; 12] = [
    "does not exist",
    "was not found",
    "not found",
    "could not be found",
    "cannot be found",
    "is locked",
    "is disabled",
    "is not active",
    "wurde nicht",
    "inconnu",
    "no existe",
    "ist gesperrt",
];

/// Words after which even a word of small letters is a login.
const STRONG: [&str; 17] = [
    "mailbox of",
    "authenticated as",
    "logged in as",
    "signed in as",
    "login failed for",
    "authentication failed for",
    "failed login for",
    "login attempt by",
    "login attempt for",
    "failed password for",
    "accepted password for",
    "invalid user",
    "illegal user",
    "impersonating",
    "on behalf of",
    "acting as",
    "assignee was",
];

impl KeyedReader<'_, '_> {
    /// `Login failed for mrossi`: after these words a word of small letters is a login, unless it goes on as prose.
    pub(super) fn plain_login(&mut self, key: &Key, at: usize) -> bool {
        let text = self.text;
        let strong = |lead: &[u8]| {
            text.get(key.word..key.end).is_some_and(|word| {
                word.len() >= lead.len()
                    && word.iter().zip(lead).all(|(one, other)| {
                        one.eq_ignore_ascii_case(other) || b"_- .".contains(one) && b"_- .".contains(other)
                    })
            })
        };
        if !STRONG.iter().any(|lead| strong(lead.as_bytes())) {
            return false;
        }
        let end = skip(text, at, 48, |byte| byte.is_ascii_alphanumeric() || b"._@\\-".contains(&byte));
        let end = end - text[at..end].iter().rev().take_while(|byte| **byte == b'.').count();
        let quoted = b"'\"".contains(&text[at - 1]);
        let Ok(name) = std::str::from_utf8(&text[at..end]) else { return false };
        let small = !name.bytes().any(|byte| byte.is_ascii_uppercase()) || quoted && !name.contains('.');
        let alone = text.get(end).is_none_or(|byte| is_blank(*byte) || b",.:;!?)\"'".contains(byte));
        let person = small && alone && name.len() >= 3 && !follows_user(name.as_bytes()) && names_person(name);
        if person && !is_provider(name.as_bytes()) {
            self.person(PiiKind::User, at, end);
        }
        person
    }

    /// `User mrossi does not exist`: what is missing or locked is one of these.
    pub(super) fn missing(&mut self, key: &Key, at: usize) -> bool {
        let text = self.text;
        let alone = key.start == key.word;
        let end =
            skip(text, at, 40, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte));
        let verb = &text[end..text.len().min(end + 24)];
        let said = VERBS.iter().any(|one| verb.strip_prefix(b" ").is_some_and(|verb| verb.starts_with(one.as_bytes())));
        let Ok(name) = std::str::from_utf8(&text[at..end]) else { return false };
        let person = alone && said && name.len() >= 4 && !follows_user(name.as_bytes()) && names_person(name);
        if person {
            self.person(PiiKind::User, at, end);
        }
        person
    }

    /// A number of a person after its label.
    pub(super) fn number(&mut self, start: usize) {
        let start = skip(self.text, start, 2, |byte| b"\"'#".contains(&byte));
        if let Some(end) = numbers::labelled_end(self.text, start) {
            self.person(PiiKind::Number, start, end);
        }
    }

    /// A coordinate, or the address of a house.
    pub(super) fn location(&mut self, start: usize, end: usize, enclosed: bool) {
        let text = self.text;
        let shown = &text[start..end.min(start + 80)];
        let house = shown.iter().any(u8::is_ascii_digit)
            && shown.contains(&b' ')
            && shown.iter().filter(|byte| byte.is_ascii_alphabetic()).count() >= 3
            && (enclosed || shown.iter().filter(|byte| **byte == b' ').count() <= 6);
        if let Some(end) = numbers::coordinate_end(text, start) {
            self.person(PiiKind::Location, start, end);
        } else if house {
            self.person(PiiKind::Location, start, start + shown.len());
        }
    }
}
