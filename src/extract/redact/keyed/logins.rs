//! Logins of small letters alone, after words that speak of a user; numbers and places of people after their labels.

use super::{
    super::{
        given_names::is_given_name,
        joints::{Joint, joint},
        keys::Key,
        login::{ends_like_login, is_login, is_persons_name, is_thing, joins_names, starts_like_login},
        numbers,
        pii::PiiKind,
        prose::follows_user,
        stated_words::is_term,
        strict::providers::is_provider,
        values::{is_blank, skip, value},
    },
    KeyedReader,
    login_words::{BEFORE_LOGGED_IN, BY, NOBODY, PROTOCOLS, STRONG, VERBS},
    names::names_person,
};
use crate::search::Literal;

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
        let word = &text[key.word..key.end];
        let by = BY.iter().any(|lead| strong(lead.as_bytes()));
        let refused = !by && !STRONG.iter().any(|lead| strong(lead.as_bytes()));
        if refused && !(word.ends_with(b" for") && self.speaks_of_login(key)) {
            return false;
        }
        let end = skip(text, at, 48, |byte| byte.is_ascii_alphanumeric() || b"._@\\-".contains(&byte));
        let end = end - text[at..end].iter().rev().take_while(|byte| **byte == b'.').count();
        let quoted = b"'\"".contains(&text[at - 1]);
        let Ok(name) = std::str::from_utf8(&text[at..end]) else { return false };
        let small = !name.bytes().any(|byte| byte.is_ascii_uppercase()) || quoted && !name.contains('.');
        let alone = text.get(end).is_none_or(|byte| is_blank(*byte) || b",.:;!?)\"'".contains(byte));
        // `created by baker`, not `created by migration of …`, `created by default`
        let rest = &text[end..text.len().min(end + 4)];
        let ends =
            [&b" on "[..], b" at ", b"\n", b".", b",", b";", b")", b"\"", b"'"].iter().any(|one| rest.starts_with(one));
        let thing = by
            && (!(rest.is_empty() || ends)
                || name.contains(['.', '-', '@'])
                || is_thing(name)
                || NOBODY.contains(&name));
        let thing = thing || refused && (!joins_names(name) || is_thing(name));
        let person =
            !thing && small && alone && name.len() >= 3 && !follows_user(name.as_bytes()) && names_person(name);
        if person && !is_provider(name.as_bytes()) {
            self.person(PiiKind::User, at, end);
        }
        person
    }

    /// `mrossi logged in`, `mrossi has logged out`: the first word of a sentence.
    pub(super) fn logged_in(&mut self, key: &Key) {
        let text = self.text;
        self.password_near_login(key);
        // `anmelden` says nothing of who.
        if text[key.word..key.end].ends_with(b"en") {
            return;
        }
        let Some(before) = text[..key.start].strip_suffix(b" ") else { return };
        let part = |byte: &&u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(*byte);
        let start = before.len() - before.iter().rev().take(40).take_while(part).count();
        let Ok(name) = std::str::from_utf8(&text[start..before.len()]) else { return };
        let first = text[..start].trim_ascii_end();
        let starts = first.last().is_none_or(|byte| b"].:;>\"".contains(byte))
            || first.len() < start && text[..start].ends_with(b"\n");
        let word = BEFORE_LOGGED_IN.contains(&name.as_bytes()) || follows_user(name.as_bytes());
        if starts_like_login(name.as_bytes()) || starts && !word && name.len() >= 4 && names_person(name) {
            self.person(PiiKind::User, start, before.len());
        }
    }

    /// `cn: Ann Example`, `cn:: QW5u…`, `cn: hvoss77` of a directory; not `CN=login.example`, nor `cn: jira-users`.
    pub(super) fn common_name(&mut self, key: &Key) {
        let text = self.text;
        if key.start < key.word || b"=>\"'".contains(text.get(key.end).unwrap_or(&b'=')) {
            return;
        }
        let Some((join, at)) = joint(text, key.end) else { return };
        let value = value(text, at, true);
        let name = std::str::from_utf8(text[value.start..value.end].trim_ascii_end()).unwrap_or_default();
        let encoded = join == Joint::Firm && text[..at].ends_with(b":: ");
        let person = is_persons_name(name)
            || is_login(name)
            || starts_like_login(name.as_bytes())
            || in_entry_of_person(text, key.start) && !name.contains(' ') && !is_thing(name);
        if encoded && !name.contains(' ') || person && names_person(name) {
            self.person(PiiKind::User, value.start, value.start + name.len());
        }
    }

    /// `created by jlorenz`: a word that starts as none does.
    pub(super) fn initialled(&mut self, at: usize) -> bool {
        let text = self.text;
        let end = skip(text, at, 24, |byte| byte.is_ascii_lowercase());
        let alone = text.get(end).is_none_or(|byte| is_blank(*byte) || b",.:;!?)]\"'".contains(byte));
        let stop =
            skip(text, end, 32, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte));
        let (end, alone) = if alone { (end, alone) } else { (stop, ends_like_login(&text[at..stop])) };
        let name = &text[at..end];
        let given = is_given_name(name) && end > at;
        let person = alone && (starts_like_login(name) || ends_like_login(name) || given) && !is_provider(name);
        if person {
            self.person(PiiKind::User, at, end);
            // `viewed by jlorenz, hvoss`
            if text[end..].starts_with(b", ") && !self.named_by_look(end + 2, false) {
                self.initialled(end + 2);
            }
        }
        person
    }

    /// `User mrossi does not exist`: what is missing or locked is one of these.
    pub(super) fn missing(&mut self, key: &Key, at: usize) -> bool {
        let text = self.text;
        let alone = key.start == key.word;
        // `user not found: hvoss`
        let verb = &text[at..text.len().min(at + 24)];
        let said = VERBS.iter().find(|one| verb.starts_with(one.as_bytes()) && verb[one.len()..].starts_with(b": "));
        if let Some(said) = said.filter(|_| alone) {
            return self.plain_user(at + said.len() + 2);
        }
        let part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        let foreign = text.get(at).is_some_and(|byte| *byte >= 0x80);
        let end = skip(text, at, 40, |byte| if foreign { byte >= 0x80 } else { part(byte) });
        let verb = &text[end..text.len().min(end + 24)];
        let said = VERBS.iter().any(|one| verb.strip_prefix(b" ").is_some_and(|verb| verb.starts_with(one.as_bytes())));
        let Ok(name) = std::str::from_utf8(&text[at..end]) else { return false };
        let person =
            alone && said && name.len() >= 4 && !follows_user(name.as_bytes()) && !is_thing(name) && names_person(name);
        if person {
            self.person(PiiKind::User, at, end);
        }
        person
    }

    /// `user HVOSS lacks …`, `account HVOSS is locked`: a login in capitals, as databases write them.
    pub(super) fn loud_user(&mut self, at: usize) -> bool {
        let text = self.text;
        let end = skip(text, at, 24, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let name = text[at..end].to_ascii_lowercase();
        let letters = name.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        let verb = text[end..].strip_prefix(b" ").unwrap_or_default();
        let said = VERBS.iter().any(|one| verb.starts_with(one.as_bytes()));
        let alone = text.get(end).is_none_or(|byte| is_blank(*byte) || b",.;:)\"'".contains(byte));
        let word = std::str::from_utf8(&name).unwrap_or_default();
        let person = alone
            && (4..=16).contains(&name.len())
            && letters >= 4
            && name.len() - letters <= 4
            && (said || starts_like_login(&name[..letters]))
            && !is_thing(&word[..letters])
            && !is_term(&name)
            && !PROTOCOLS.contains(&word)
            && names_person(word);
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

    /// `Lindenstr. 12, 10969 Berlin`, `221B Baker Street`: whether it was one.
    pub(super) fn street(&mut self, key: &Key) -> bool {
        let text = self.text;
        let letters = |byte: &&u8| byte.is_ascii_alphabetic() || **byte >= 0x80 || **byte == b'-';
        let english = text[key.word].is_ascii_uppercase()
            && [&b"street"[..], b"avenue", b"road", b"boulevard", b"lane"]
                .iter()
                .any(|one| text[key.word..key.end].eq_ignore_ascii_case(one));
        if english {
            let mut start = key.word;
            for _ in 0..3 {
                let Some(before) = text[..start].strip_suffix(b" ") else { return false };
                let numbered = start < key.word
                    && before.iter().rev().take_while(|byte| !is_blank(**byte)).any(u8::is_ascii_digit);
                let word = if numbered { before.len() } else { 0 };
                let word = if numbered {
                    word
                } else {
                    before.len() - before.iter().rev().take(24).take_while(letters).count()
                };
                if word < before.len() && text[word].is_ascii_uppercase() {
                    start = word;
                    continue;
                }
                let number =
                    before.len() - before.iter().rev().take(5).take_while(|byte| byte.is_ascii_alphanumeric()).count();
                let digits = text[number..before.len()].iter().filter(|byte| byte.is_ascii_digit()).count();
                if digits > 0 && digits + 1 >= before.len() - number && start < key.word {
                    self.person(PiiKind::Location, number, key.end);
                    return true;
                }
                return false;
            }
            return false;
        }
        let start = key.word - text[..key.word].iter().rev().take(32).take_while(letters).count();
        let number = skip(text, key.end, 1, |byte| byte == b' ');
        let end = skip(text, number, 4, |byte| byte.is_ascii_digit());
        let stop = skip(text, end, 1, |byte| byte.is_ascii_lowercase());
        let whole = !text.get(stop).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_:=.".contains(byte))
            || text[stop..].starts_with(b". ");
        if key.word - start < 3 || !text[start].is_ascii_uppercase() || number == key.end || end == number || !whole {
            return false;
        }
        // `, 10969 Berlin`
        let post = skip(text, stop, 2, |byte| b", ".contains(&byte));
        let place = skip(text, post, 5, |byte| byte.is_ascii_digit());
        let name = skip(text, place + 1, 32, |byte| byte.is_ascii_alphabetic() || byte >= 0x80);
        let town = place - post == 5 && text.get(place) == Some(&b' ') && name > place + 1;
        self.person(PiiKind::Location, start, if town { name } else { stop });
        true
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

/// A line of an entry of a directory that is a person's.
fn in_entry_of_person(text: &[u8], at: usize) -> bool {
    static SIGNS: [Literal; 6] = [
        Literal::new("lass: person"),
        Literal::new("lass: inetOrgPerson"),
        Literal::new("lass: posixAccount"),
        Literal::new("\nsn: "),
        Literal::new("\ngivenName: "),
        Literal::new("\nsAMAccountName: "),
    ];
    let starts = at.checked_sub(1).is_none_or(|before| text[before] == b'\n');
    let near = &text[at.saturating_sub(300)..text.len().min(at + 300)];
    starts && SIGNS.iter().any(|sign| sign.is_in(near))
}
