//! Whether the value of a key for a person is a person.

use super::{
    super::{
        joints::Joint,
        keys::Class,
        login::{
            is_capitalised, is_full_name, is_login, is_persons_name, is_thing, is_uncased, starts_like_login,
            with_next_names,
        },
        masks::is_harmless,
        pii::{PiiKind, is_person},
        prose::is_prose_word,
        strict::providers::is_provider,
        values::{is_blank, skip},
    },
    KeyedReader,
    surroundings::{account_id_end, beside_jira_user, beside_person, in_person_object},
};
use crate::extract::guid::is_guid;

impl KeyedReader<'_, '_> {
    pub(super) fn judge_person(&mut self, class: Class, join: Joint, start: usize, end: usize, enclosed: bool) {
        let text = self.text;
        if class == Class::Phone {
            return self.phone(start);
        }
        // `sn:: Vm9zcw==`
        if join == Joint::Firm && text[..start].ends_with(b":: ") {
            let end = skip(text, start, 400, |byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
            return self.person(PiiKind::User, start, end);
        }
        // `mail:` over lines of its own.
        if !enclosed
            && text[..start].trim_ascii_end().len() < start
            && text[text[..start].trim_ascii_end().len()..start].contains(&b'\n')
        {
            return;
        }
        if class == Class::Person
            && let Some(stop) = account_id_end(text, start).filter(|stop| text[start..*stop].contains(&b':'))
        {
            return self.person(PiiKind::User, start, stop);
        }
        // `homeAccountId=GUID.GUID`: the account and its tenant.
        let guid = |at: usize| text.get(at..at + 36).is_some_and(is_guid);
        if class == Class::Person && guid(start) && text.get(start + 36) == Some(&b'.') && guid(start + 37) {
            return self.person(PiiKind::User, start, start + 73);
        }
        let end = if enclosed || class != Class::Person {
            end.min(start + 96)
        } else {
            // Without quotation marks it is one word, perhaps after a domain.
            skip(text, start, 96, |byte| byte.is_ascii_alphanumeric() || b"._@+-\\#=%".contains(&byte) || byte >= 0x80)
                .min(end)
        };
        // `Nachname: Voss and …`
        let end = if class == Class::NamePart && !enclosed && join == Joint::Colon {
            let first = skip(text, start, end - start, |byte| !is_blank(byte));
            with_next_names(text, start, first)
        } else {
            end
        };
        if class == Class::Person && enclosed && self.people_listed(start, end) {
            return;
        }
        let end = match class {
            Class::FullName if !enclosed => end_of_name(text, start, end),
            Class::FullName => before_brackets(text, start, end),
            _ => end,
        };
        let end = end - text[start..end].iter().rev().take_while(|byte| b". ,:;\\".contains(byte)).count();
        let end = if enclosed || is_explained(text, start) { end } else { with_next_names(text, start, end) };
        let Ok(name) = std::str::from_utf8(&text[start..end]) else { return };
        // In prose `mailbox: …` starts an explanation; an address is known by its shape.
        let explained = join == Joint::Colon
            && !name.contains(['_', '@', '\\'])
            && (enclosed || name.contains('.') || !name.contains(|c: char| c.is_ascii_digit() || c == '-'))
            && is_explained(text, start)
            && !text[..start].ends_with(b"[principal: ")
            && !pair_follows(text, end);
        let person = match class {
            Class::Person if explained => false,
            // `e-mail: com.example.MailException`
            Class::Person if !enclosed && is_class_name(name) => false,
            // `for the mailbox: Get-CASMailbox`, `admin.microsoft.com`
            Class::Person if is_cmdlet(name) || !enclosed && is_provider(name.as_bytes()) => false,
            // A name beside other keys of a person.
            Class::Name => {
                let named = is_full_name(name) || is_login(name);
                (enclosed || is_persons_name(name))
                    && join == Joint::Firm
                    && (is_full_name(name) && beside_person(text, start, end)
                        || is_login(name) && beside_jira_user(text, start, end)
                        || (named || !name.contains(' ')) && in_person_object(text, start))
            }
            Class::FullName if !enclosed && join == Joint::Colon => {
                let ends = text.get(end).is_none_or(|byte| b"\r\n,;}\"\\".contains(byte));
                is_full_name(name) || ends && (is_capitalised(name) || is_uncased(name)) && !is_thing(name)
            }
            Class::NamePart if !enclosed && join == Joint::Colon => is_full_name(name) || is_capitalised(name),
            _ => true,
        };
        let spaced = name.contains(' ') && class == Class::Person && !is_full_name(name);
        if person && !spaced && names_person(name) {
            self.person(PiiKind::User, start, end);
            // `watchers: hvoss77, jkowalczyk12`
            let mut stop = end;
            while class == Class::Person
                && !enclosed
                && text[stop..].starts_with(b", ")
                && self.named_by_look(stop + 2, false)
            {
                stop = skip(text, stop + 2, 64, |byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
            }
        }
    }

    /// `watchers=[hvoss77, jkowalczyk]`: a list of which at least one item looks like a login. Whether it was one.
    fn people_listed(&mut self, start: usize, end: usize) -> bool {
        let text = self.text;
        if text[..start].last() != Some(&b'[') || !text[start..end].contains(&b',') {
            return false;
        }
        let (mut items, mut at) = (Vec::new(), start);
        while at < end {
            let stop = skip(text, at, end - at, |byte| byte != b',');
            let lead = skip(text, at, stop - at, |byte| is_blank(byte) || b"\"'".contains(&byte));
            let tail =
                text[lead..stop].iter().rev().take_while(|byte| is_blank(**byte) || b"\"'".contains(byte)).count();
            items.push((lead, stop - tail));
            at = stop + 1;
        }
        let name = |(start, end): &(usize, usize)| std::str::from_utf8(&text[*start..*end]).unwrap_or_default();
        let people = PEOPLE.iter().any(|word| ends_with_word(&text[..start - 1], word));
        if items.len() > 100
            || !people && !items.iter().any(|item| is_login(name(item)) || starts_like_login(name(item).as_bytes()))
        {
            return false;
        }
        for item in items {
            let one = name(&item);
            if (!one.contains(' ') || is_full_name(one)) && names_person(one) {
                self.person(PiiKind::User, item.0, item.1);
            }
        }
        true
    }

    /// A login or, with spaces, a full name that is known by its look alone, after a word that speaks of a person.
    pub(super) fn named_by_look(&mut self, at: usize, spaces: bool) -> bool {
        let text = self.text;
        let part = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte) || byte >= 0x80;
        let end = skip(text, at, 64, part);
        let end = end - text[at..end].iter().rev().take_while(|byte| b"._-".contains(byte)).count();
        let Ok(name) = std::str::from_utf8(&text[at..end]) else { return false };
        // An address, a path, a call, a key.
        if text.get(end).is_some_and(|byte| b"@/\\(=".contains(byte)) || !names_person(name) {
            return false;
        }
        let full = if spaces { with_next_names(text, at, end) } else { end };
        let thing = std::str::from_utf8(&text[at..full]).is_ok_and(|full| full.split(' ').any(is_thing));
        let person = full > end && !thing || is_login(name);
        let full = if thing { end } else { full };
        let end = full;
        if person {
            self.person(PiiKind::User, at, end);
        }
        person
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

/// Keys of lists that hold people alone.
const PEOPLE: [&[u8]; 7] =
    [b"watchers", b"approvers", b"reviewers", b"participants", b"assignees", b"voters", b"attendees"];

/// Whether a word ends before the sign that joins a list to it.
fn ends_with_word(before: &[u8], word: &[u8]) -> bool {
    let signs = before.iter().rev().take(6).take_while(|byte| b" :=\"'".contains(byte)).count();
    let before = &before[..before.len() - signs];
    signs > 0 && before.len() >= word.len() && before[before.len() - word.len()..].eq_ignore_ascii_case(word)
}

/// `com.example.MailException`, `com.example.MailItem@5c2e3f1a`
fn is_class_name(name: &str) -> bool {
    let name = name
        .split_once('@')
        .filter(|(_, hash)| hash.bytes().all(|b| b.is_ascii_hexdigit()))
        .map_or(name, |(class, _)| class);
    let last = name.rsplit('.').next().unwrap_or_default();
    name.contains('.') && !name.contains('@') && last.starts_with(char::is_uppercase)
}

/// `Get-CASMailbox`: a command of PowerShell.
fn is_cmdlet(name: &str) -> bool {
    name.split_once('-')
        .is_some_and(|(verb, noun)| is_capitalised(verb) && noun.starts_with(char::is_uppercase) && !noun.contains(' '))
}

/// `Principal: ann, authorities: …`: another pair comes next.
fn pair_follows(text: &[u8], end: usize) -> bool {
    let Some(rest) = text[end..].strip_prefix(b", ") else { return false };
    let name = rest.iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
    name > 2 && rest.get(name).is_some_and(|byte| b":=".contains(byte))
}

/// `mailbox: …`, `account: …`: words after which prose goes on, several words of it.
fn is_explained(text: &[u8], start: usize) -> bool {
    let before = text[..start].trim_ascii_end();
    // `A=login:hvoss`; `login: hvoss` alone on its line.
    let joined = before.len() == start && before.ends_with(b"login:");
    if joined || is_line_of_settings(text, start) {
        return false;
    }
    let before = before.strip_suffix(b"`").unwrap_or(before).trim_ascii_end();
    let before = before.strip_suffix(b":").unwrap_or(before);
    let len = before.iter().rev().take(16).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = before[before.len() - len..].to_ascii_lowercase();
    let word = word.strip_suffix(b"s").unwrap_or(&word);
    [&b"mailbox"[..], b"mail", b"email", b"account", b"sender", b"recipient", b"principal", b"lead", b"login"]
        .contains(&word)
}

/// `  login: hvoss`: a key in small letters at the start of a line, one word, and the end of the line.
fn is_line_of_settings(text: &[u8], start: usize) -> bool {
    let near = &text[start.saturating_sub(32)..start];
    let Some(line) = memchr::memrchr(b'\n', near).map(|at| &near[at + 1..]) else { return false };
    let key = line.trim_ascii().strip_suffix(b":").unwrap_or_default();
    let end = skip(text, start, 64, |byte| !is_blank(byte));
    !key.is_empty()
        && key.iter().all(|byte| byte.is_ascii_lowercase() || b"_-".contains(byte))
        && end > start
        && text.get(end).is_none_or(|byte| b"\r\n".contains(byte))
        && text[start..end].iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
}

/// `Voss, Hannah (IT)`: the first name goes with the last, what is in brackets does not.
fn end_of_name(text: &[u8], start: usize, end: usize) -> usize {
    let capitalised = |start, end| std::str::from_utf8(&text[start..end]).is_ok_and(is_capitalised);
    if text[end..].starts_with(b", ") && capitalised(start, end) {
        let first = skip(text, end + 2, 40, |byte| byte.is_ascii_alphabetic() || b"-'".contains(&byte) || byte >= 0x80);
        return if capitalised(end + 2, first) { first } else { end };
    }
    before_brackets(text, start, end)
}

/// `Voss Hannah (IT)`, `Voss Hannah [EXT]`
fn before_brackets(text: &[u8], start: usize, end: usize) -> usize {
    text[start..end].windows(2).position(|two| two == b" (" || two == b" [").map_or(end, |at| start + at)
}

/// Response codes of mail servers, which are in brackets too: `when getting mail: [ALERT] …`. Sources: RFC 3501 and
/// RFC 5530 (IMAP), RFC 2449 and RFC 3206 (POP3), and Google's `WEBALERT`.
const RESPONSE_CODES: [&str; 24] = [
    "ALERT",
    "ALREADYEXISTS",
    "AUTH",
    "AUTHENTICATIONFAILED",
    "AUTHORIZATIONFAILED",
    "CANNOT",
    "CAPABILITY",
    "CLIENTBUG",
    "CONTACTADMIN",
    "CORRUPTION",
    "EXPIRED",
    "EXPUNGEISSUED",
    "IN-USE",
    "INUSE",
    "LIMIT",
    "LOGIN-DELAY",
    "NONEXISTENT",
    "NOPERM",
    "OVERQUOTA",
    "PRIVACYREQUIRED",
    "SERVERBUG",
    "TRYCREATE",
    "UNAVAILABLE",
    "WEBALERT",
];

pub(super) fn names_person(name: &str) -> bool {
    let bare = name.trim_matches(['.', ' ', '\'', '"']);
    let lower = bare.to_lowercase();
    let first = lower.split(' ').next().unwrap_or_default();
    let other = is_prose_word(lower.as_bytes())
        || lower.contains(' ') && is_prose_word(first.as_bytes())
        || ["http:", "https:", "urn:", "/"].iter().any(|lead| bare.starts_with(lead))
        || is_harmless(bare.as_bytes())
        || bare.contains(['{', '<', '>', '(', '=']);
    !other
        && !RESPONSE_CODES.contains(&bare)
        && bare.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && is_person(bare)
}
