//! Whether a value behind a key of a person is one.

use super::{
    super::{
        keys::{Class, Key},
        pii::{PiiKind, is_person},
        prose::is_prose_word,
        values::{Joint, skip},
    },
    KeyedReader,
};

impl KeyedReader<'_, '_> {
    pub(super) fn judge_person(&mut self, class: Class, join: Joint, start: usize, end: usize, enclosed: bool) {
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
        let explained = join == Joint::Colon
            && !name.contains(['_', '@', '\\'])
            && (enclosed || name.contains('.') || !name.contains(|c: char| c.is_ascii_digit() || c == '-'))
            && is_explained(text, start);
        let person = match class {
            Class::Person if explained => false,
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
    pub(super) fn phone(&mut self, start: usize) {
        let stop = skip(self.text, start, 40, |byte| byte.is_ascii_digit() || b" +()/.-".contains(&byte));
        let digits = self.text[start..stop].iter().filter(|byte| byte.is_ascii_digit()).count();
        let end = start + self.text[start..stop].iter().rposition(u8::is_ascii_digit).map_or(0, |last| last + 1);
        if (6..=17).contains(&digits) {
            self.person(PiiKind::Phone, start, end);
        }
    }
}

fn is_class_name(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    name.contains('.') && !name.contains('@') && last.starts_with(char::is_uppercase)
}

/// `mailbox: …`, `account: …`: words after which prose goes on, several words of it.
fn is_explained(text: &[u8], start: usize) -> bool {
    let before = text[..start].trim_ascii_end();
    let before = before.strip_suffix(b"`").unwrap_or(before).trim_ascii_end();
    let before = before.strip_suffix(b":").unwrap_or(before);
    let len = before.iter().rev().take(16).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = before[before.len() - len..].to_ascii_lowercase();
    let word = word.strip_suffix(b"s").unwrap_or(&word);
    [&b"mailbox"[..], b"mail", b"email", b"account", b"sender", b"recipient", b"principal", b"lead", b"login"]
        .contains(&word)
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
    let other = is_prose_word(lower.as_bytes())
        || lower.contains(' ') && is_prose_word(first.as_bytes())
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
pub(super) fn speaks_of_one(text: &[u8], key: &Key) -> bool {
    if !text[key.start..key.end].eq_ignore_ascii_case(b"user") || text[key.start] != b'u' {
        return false;
    }
    let before = &text[..key.start];
    let Some(before) = before.strip_suffix(b" ") else { return false };
    let len = before.iter().rev().take(8).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = &before[before.len() - len..];
    [&b"for"[..], b"as", b"by", b"of", b"from", b"to"].contains(&word)
}
