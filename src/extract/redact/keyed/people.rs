//! People in sentences: given names, what only people do, and logins beside verbs.

use super::{
    super::{
        given_names::is_given_name,
        keys::Key,
        login::{is_capitalised, is_login, is_persons_name, is_thing, joins_names, starts_like_login, with_next_names},
        pii::{PiiKind, is_person},
        prose::{follows_user, is_prose_word},
        values::{is_blank, skip, value},
    },
    KeyedReader,
    login_words::VERBS,
    names::names_person,
};

/// Nouns of which one is before `denied for hvoss`.
const LOGINS: [&[u8]; 14] = [
    b"login",
    b"logon",
    b"logins",
    b"auth",
    b"bind",
    b"password",
    b"sign-in",
    b"signin",
    b"authentication",
    b"authorization",
    b"conversation",
    b"credentials",
    b"session",
    b"passwd",
];

/// Words at the end of a letter, before a name.
const CLOSINGS: [&str; 13] = [
    "Grüße",
    "Grüßen",
    "Gruß",
    "Gruss",
    "Gruesse",
    "Danke",
    "Thanks",
    "Cheers",
    "Regards",
    "Saludos",
    "Cordialement",
    "Saluti",
    "Merci",
];
/// Names of the fields that follow a sender in a mail that is quoted.
const HEADERS: [&str; 12] =
    ["Gesendet", "Sent", "An", "To", "Betreff", "Subject", "Datum", "Date", "Envoyé", "Objet", "Enviado", "Cc"];

impl KeyedReader<'_, '_> {
    /// `Hannah Voss`, `Hannah M. Voss`, `Voss, Hannah`, `hannah-voss`: a given name and another.
    pub(super) fn given_name(&mut self, key: &Key) {
        let (text, start) = (self.text, key.word);
        if text[start].is_ascii_lowercase() {
            // `hannah-voss`
            let end = skip(text, key.end + 1, 32, |byte| byte.is_ascii_lowercase());
            let alone = |byte: Option<&u8>| byte.is_none_or(|byte| is_blank(*byte) || b"\"',;:()[]<>@/".contains(byte));
            let joined = matches!(text.get(key.end), Some(b'-' | b'_')) && end > key.end + 3;
            if joined && alone(start.checked_sub(1).map(|i| &text[i])) && alone(text.get(end)) {
                let other = std::str::from_utf8(&text[key.end + 1..end]).unwrap_or_default();
                if !is_thing(other) && !is_prose_word(other.as_bytes()) {
                    self.person(PiiKind::User, start, end);
                }
            }
            return;
        }
        if text.get(key.end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80) {
            return;
        }
        // `Karl-Heinz Voss`
        let second = text.get(key.end) == Some(&b'-') && text.get(key.end + 1).is_some_and(u8::is_ascii_uppercase);
        let letters = |byte: u8| byte.is_ascii_lowercase() || byte >= 0x80;
        let whole = if second { skip(text, key.end + 2, 24, letters) } else { key.end };
        let key = &Key { end: if whole > key.end + 2 { whole } else { key.end }, ..*key };
        let initial = text[key.end..].first() == Some(&b' ')
            && text.get(key.end + 1).is_some_and(u8::is_ascii_uppercase)
            && text[key.end + 2..].starts_with(b". ");
        let next = key.end + if initial { 3 } else { 0 };
        let stop = self.next_name(next);
        // `Voss, Hannah`
        let before = text[..start].strip_suffix(b", ").unwrap_or_default();
        let letters = |byte: &&u8| byte.is_ascii_alphabetic() || b"'-".contains(byte) || **byte >= 0x80;
        let last = before.len() - before.iter().rev().take(32).take_while(letters).count();
        let family = std::str::from_utf8(&before[last..]).is_ok_and(|name| is_capitalised(name) && !is_thing(name));
        let closing = std::str::from_utf8(&before[last..]).is_ok_and(|word| CLOSINGS.contains(&word));
        let family = family && !is_prose_word(&before[last..]) && !closing;
        if stop > next || family {
            self.person(PiiKind::User, if family { last } else { start }, if stop > next { stop } else { key.end });
        }
    }

    /// Where the names end that follow a given name, which ends here.
    fn next_name(&self, end: usize) -> usize {
        let text = self.text;
        let mut end = end;
        for _ in 0..3 {
            if text.get(end) != Some(&b' ') {
                break;
            }
            let part = |byte: u8| byte.is_ascii_alphabetic() || b"'-".contains(&byte) || byte >= 0x80;
            let next = skip(text, end + 1, 40, part);
            // The quotation mark around the name is none of it.
            let next = if text[..next].ends_with(b"'") { next - 1 } else { next };
            // `Von: Voss, Hannah Gesendet: Montag`
            let header =
                text.get(next) == Some(&b':') && HEADERS.iter().any(|one| &text[end + 1..next] == one.as_bytes());
            let goes_on = header
                || text.get(next).is_some_and(|byte| byte.is_ascii_digit() || b"_=(.".contains(byte))
                    && !(text[next..].starts_with(b". ") || text[next..] == *b".");
            let name = std::str::from_utf8(&text[end + 1..next]).unwrap_or_default();
            if goes_on || !is_capitalised(name) || is_thing(name) {
                break;
            }
            end = next;
        }
        end
    }

    /// `Hannah Voss wrote:`, `'hvoss' not found`: who did it, or of whom it is said.
    pub(super) fn did(&mut self, key: &Key) {
        let text = self.text;
        if text[key.word].is_ascii_uppercase() || text.get(key.end).is_some_and(u8::is_ascii_alphanumeric) {
            return;
        }
        // `mentioned Hannah Voss`
        let next = key.end + 1;
        if text.get(key.end) == Some(&b' ') && text.get(next).is_some_and(u8::is_ascii_uppercase) {
            let end = self.next_name(key.end);
            if std::str::from_utf8(&text[next.min(end)..end]).is_ok_and(is_persons_name) {
                self.person(PiiKind::User, next, end);
            }
        }
        let Some(before) = text[..key.word].strip_suffix(b" ") else { return };
        let quote = before.last().filter(|byte| b"\"'`])>".contains(byte)).is_some();
        let end = before.len() - usize::from(quote);
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"._'-".contains(*byte) || **byte >= 0x80;
        let start = end - text[..end].iter().rev().take(40).take_while(part).count();
        let start = start + text[start..end].iter().take_while(|byte| b"'".contains(byte)).count();
        let Ok(word) = std::str::from_utf8(&text[start..end]) else { return };
        let login = is_login(word) && joins_names(word);
        if login || starts_like_login(word.as_bytes()) || is_given_name(word.as_bytes()) {
            // `Message hvoss77.x not found` is one of a thing.
            if text[..start].last().is_none_or(|byte| is_blank(*byte) || b"'\"`[(<".contains(byte)) {
                self.person(PiiKind::User, start, end);
            }
            return;
        }
        // `principal 'ann' not found`
        let lead = text[..start].strip_suffix(b"'").or_else(|| text[..start].strip_suffix(b"\"")).unwrap_or_default();
        let lead = lead.trim_ascii_end();
        let lead =
            &lead[lead.len() - lead.iter().rev().take(10).take_while(|byte| byte.is_ascii_alphabetic()).count()..];
        let of_person = [&b"principal"[..], b"account", b"login", b"member", b"owner", b"client"];
        let small = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._".contains(&byte);
        if quote && word.bytes().all(small) && of_person.iter().any(|one| lead.eq_ignore_ascii_case(one)) {
            if names_person(word) && !is_thing(word) {
                self.person(PiiKind::User, start, end);
            }
            return;
        }
        let lead = text[..start].strip_suffix(b" ").unwrap_or_default();
        let lead =
            &lead[lead.len() - lead.iter().rev().take(8).take_while(|byte| byte.is_ascii_alphabetic()).count()..];
        // `Das Postfach konnte nicht`
        let article = [&b"das"[..], b"der", b"die", b"ein", b"eine", b"dieses", b"diese", b"dieser", b"ihr", b"kein"]
            .iter()
            .any(|one| lead.eq_ignore_ascii_case(one));
        if !is_capitalised(word) || is_thing(word) || quote || article {
            return;
        }
        // Up to two names before it.
        let mut from = start;
        for _ in 0..2 {
            let Some(lead) = text[..from].strip_suffix(b" ") else { break };
            let first = lead.len() - lead.iter().rev().take(32).take_while(part).count();
            // `User Hannah Voss not found`
            if !std::str::from_utf8(&lead[first..]).is_ok_and(|name| is_capitalised(name) && !is_thing(name)) {
                break;
            }
            from = first;
        }
        if std::str::from_utf8(&text[from..end]).is_ok_and(is_persons_name) {
            self.person(PiiKind::User, from, end);
        }
    }

    /// `… by Hannah Voss`, `… by hvoss`: at the end of a sentence, or before a place or a time.
    pub(super) fn done_by(&mut self, at: usize) {
        let text = self.text;
        let part = |byte: u8| byte.is_ascii_alphanumeric() || b"'-".contains(&byte) || byte >= 0x80;
        let first = skip(text, at, 40, part);
        let end = with_next_names(text, at, first);
        let rest = &text[end..text.len().min(end + 4)];
        let ends = rest.is_empty()
            || [&b"\n"[..], b",", b". ", b".\n", b";", b":", b")", b"\"", b" (", b" on ", b" at ", b" in "]
                .iter()
                .any(|one| rest.starts_with(one))
            || rest == b".";
        let named = end > first && std::str::from_utf8(&text[at..end]).is_ok_and(is_persons_name);
        // `by root(uid=0)`
        let person = named || ends && starts_like_login(&text[at..end]) || rest.starts_with(b"(uid");
        if person && std::str::from_utf8(&text[at..end]).is_ok_and(is_person) {
            self.person(PiiKind::User, at, end);
        }
    }

    /// `login denied for hvoss`: whether a noun that speaks of a login is among the words before.
    pub(super) fn speaks_of_login(&self, key: &Key) -> bool {
        let near = &self.text[key.word.saturating_sub(48)..key.word];
        let line = near.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let words = line.rsplit(|byte| is_blank(*byte) || b":;([\"'".contains(byte)).filter(|word| !word.is_empty());
        words.take(3).any(|word| LOGINS.iter().any(|one| word.eq_ignore_ascii_case(one)))
    }

    /// `identity 'hvoss'`, `role "hvoss" does not exist`: one word in quotation marks. Whether it was a person.
    pub(super) fn quoted_login(&mut self, at: usize, said: bool) -> bool {
        let text = self.text;
        if !matches!(text.get(at), Some(b'"' | b'\'' | b'`' | b'[' | b'<')) {
            return false;
        }
        let name = value(text, at, false);
        let end = name.end.min(name.start + 64);
        let after = skip(text, end, 2, |byte| b"\"'`]> ".contains(&byte));
        let verb = &text[after..text.len().min(after + 24)];
        let said = !said || VERBS.iter().any(|one| verb.starts_with(one.as_bytes()));
        let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-\\".contains(byte);
        let Ok(word) = std::str::from_utf8(&text[name.start..end]) else { return false };
        let login = starts_like_login(word.as_bytes()) || is_login(word) && joins_names(word);
        let person = word.len() >= 3 && (said || login) && word.bytes().all(|byte| plain(&byte)) && !is_thing(word);
        if person && names_person(word) {
            self.person(PiiKind::User, name.start, end);
        }
        person
    }

    /// `the user hvoss could`, `Benutzer mhollerbach`, `Adding user baker to`: a word of small letters after one for a
    /// person, and what can follow a name.
    pub(super) fn plain_user(&mut self, at: usize) -> bool {
        let text = self.text;
        let end =
            skip(text, at, 40, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte));
        let end = end - text[at..end].iter().rev().take_while(|byte| b"._-".contains(byte)).count();
        let Ok(name) = std::str::from_utf8(&text[at..end]) else { return false };
        let rest = &text[end..text.len().min(end + 12)];
        let alone = rest.is_empty()
            || [
                &b"\n"[..],
                b",",
                b". ",
                b".\n",
                b";",
                b")",
                b"\"",
                b" (",
                b" from ",
                b" in ",
                b" to ",
                b" on ",
                b" with ",
                b" via ",
                b" at ",
                b" by ",
                b" is ",
                b" was ",
                b" has ",
                b" does ",
                b" cannot ",
                b" could ",
                b" did ",
                b" hat ",
                b" konnte ",
                b" wurde ",
                b" ist ",
                b" kann ",
                b" n'",
                b" ne ",
                b" a ",
                b" est ",
                b" no ",
                b" non ",
                b" ha ",
                b" n\xc3\xa3o ",
                b" bestaat ",
                b" nie ",
                b" saknar ",
                b" ikke ",
                b" \xd0\xbd\xd0\xb5 ",
            ]
            .iter()
            .any(|one| rest.starts_with(one))
            || rest == b".";
        let person = alone
            && name.len() >= 4
            && !follows_user(name.as_bytes())
            && !is_thing(name)
            && !name.ends_with("ing")
            && names_person(name);
        if person {
            self.person(PiiKind::User, at, end);
        }
        person
    }
}
