//! People after words of what somebody did: `created by`, `Dear`, `log in as`.

use super::{
    super::{
        joints::{Joint, joint},
        keys::{Class, Key},
        login::{is_capitalised, is_persons_name, is_thing, joins_names, with_next_names},
        pii::PiiKind,
        values::{is_blank, skip, value},
    },
    KeyedReader,
    names::names_person,
};

impl KeyedReader<'_, '_> {
    /// `created by hvoss77`, `Dear Hannah Voss`, `Frau Voss`.
    pub(super) fn actor(&mut self, key: &Key) {
        let text = self.text;
        // `log in as ann with x`
        if [&b" as"[..], b" als", b" que", b" como", b" come"]
            .iter()
            .any(|word| text[key.word..key.end].ends_with(word))
        {
            self.password_beside_user(key.end);
        }
        let at = skip(text, key.end, 4, |byte| b" .:='\"".contains(&byte));
        let from = text[key.word..key.end].ends_with(b"from") || text[key.word..key.end].ends_with(b"von");
        if from && self.named_before_colon(at) {
            return;
        }
        // `Herr Dr. Voss`
        if TITLES.contains(&&text[key.start..key.end]) && text[at..].starts_with(b"Dr. ") {
            return;
        }
        let word = &text[key.word..key.end];
        // `stopped by Hannah Voss.`, `failed for jira/Harbour98`
        if word.eq_ignore_ascii_case(b"by") {
            return self.done_by(at);
        }
        if word.ends_with(b"ed for") && self.user_and_password(key.end) {
            return;
        }
        let same =
            |one: &&str| one.len() == word.len() && one.bytes().zip(word).all(|(a, b)| a == b.to_ascii_lowercase());
        if BEFORE_NAMES.iter().any(same) {
            let first = skip(text, at, 40, |byte| byte.is_ascii_alphabetic() || b"'-".contains(&byte) || byte >= 0x80);
            let end = with_next_names(text, at, first);
            if at > key.end && end > first && std::str::from_utf8(&text[at..end]).is_ok_and(is_persons_name) {
                self.person(PiiKind::User, at, end);
            }
            return;
        }
        // `access denied for client_secret`: something else can be there.
        let end = skip(text, at, 64, |byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        let name = std::str::from_utf8(&text[at..end]).unwrap_or_default().trim_end_matches('.');
        let other = text.get(end) != Some(&b'@') && !joins_names(name);
        if word.ends_with(b" for") && other && !self.speaks_of_login(key) {
            return;
        }
        if at == key.end || self.named_by_look(at, true) || self.plain_login(key, at) {
            // `assignee changed from Hannah Voss to Jan Lorenz`
            if text[key.word..key.end].ends_with(b"from")
                && let Some(place) = self.found.last().filter(|place| text[place.end..].starts_with(b" to "))
            {
                self.named_by_look(place.end + 4, true);
            }
            return;
        }
        // `createdBy: ann`, `modified_by=ann`: a field.
        let by = text[key.word..key.end].len() > 2 && text[key.end - 2..key.end].eq_ignore_ascii_case(b"by");
        let field = by && !text[key.start..key.end].contains(&b' ');
        if field && let Some((Joint::Firm | Joint::Colon, at)) = joint(text, key.end) {
            let value = value(text, at, false);
            return self.judge_person(Class::Person, Joint::Firm, value.start, value.end, value.enclosed);
        }
        if self.initialled(at) {
            return;
        }
        // `Hello Hannah,`
        let is = |word: &[u8]| text[key.start..key.end].eq_ignore_ascii_case(word);
        if text[key.start].is_ascii_uppercase() && GREETINGS.iter().any(|one| is(one.as_bytes())) {
            // `Bonjour M. Lefebvre,`
            let title = SHORT_TITLES.iter().find(|title| text[at..].starts_with(title.as_bytes()));
            let at = at + title.map_or(0, |title| title.len());
            let end = skip(text, at, 40, |byte| byte.is_ascii_alphabetic() || b"-'".contains(&byte) || byte >= 0x80);
            let named = std::str::from_utf8(&text[at..end])
                .is_ok_and(|name| is_capitalised(name) && !is_thing(name) && names_person(name));
            // `Hola María García,`
            let end = if named { with_next_names(text, at, end) } else { end };
            let stops = text.get(end).is_none_or(|byte| b",!:;\r\n".contains(byte));
            if named && (stops || title.is_some()) {
                return self.person(PiiKind::User, at, end);
            }
        }
        // After a title one capitalised word is a name.
        if TITLES.contains(&&text[key.start..key.end]) {
            let more = SHORT_TITLES.iter().find(|title| text[at..].starts_with(title.as_bytes()));
            let at = at + more.map_or(0, |title| title.len());
            let end = skip(text, at, 64, |byte| byte.is_ascii_alphabetic() || b"-'".contains(&byte) || byte >= 0x80);
            if std::str::from_utf8(&text[at..end]).is_ok_and(|name| is_capitalised(name) && names_person(name)) {
                self.person(PiiKind::User, at, end);
            }
        }
    }

    /// `Message from Hannah Voss: x`
    fn named_before_colon(&mut self, at: usize) -> bool {
        let text = self.text;
        let end = skip(text, at, 48, |byte| byte.is_ascii_alphabetic() || b"-' ".contains(&byte) || byte >= 0x80);
        let ends =
            text.get(end) == Some(&b':') && text.get(end + 1).is_none_or(|byte| is_blank(*byte) || *byte == b'"');
        let person = ends && std::str::from_utf8(&text[at..end]).is_ok_and(is_persons_name);
        if person {
            self.person(PiiKind::User, at, end);
        }
        person
    }
}

/// Words after which only a full name is one of a person.
const BEFORE_NAMES: [&str; 11] = [
    "shared with",
    "pending",
    "awaiting",
    "attn",
    "meeting with",
    "pending with",
    "pending from",
    "approval from",
    "mail to",
    "message to",
    "sent to",
];

/// How letters begin.
const GREETINGS: [&str; 30] = [
    "dear",
    "hello",
    "hi",
    "hallo",
    "bonjour",
    "cher",
    "chère",
    "hola",
    "estimado",
    "estimada",
    "gentile",
    "egregio",
    "ciao",
    "geachte",
    "beste",
    "prezado",
    "prezada",
    "olá",
    "szanowny",
    "szanowna",
    "vážený",
    "vážená",
    "kære",
    "hej",
    "hei",
    "hyvä",
    "sayın",
    "tisztelt",
    "stimate",
    "caro",
];
/// Titles between a greeting or another title and a name.
const SHORT_TITLES: [&str; 23] = [
    "Panie ",
    "Pani ",
    "Pane ",
    "paní ",
    "pane ",
    "M. ",
    "Mme ",
    "Mme. ",
    "Mlle ",
    "Sr. ",
    "Sra. ",
    "Srta. ",
    "Sig. ",
    "Sig.ra ",
    "Dott. ",
    "Dr. ",
    "Prof. ",
    "heer ",
    "mevrouw ",
    "Mr. ",
    "Mrs. ",
    "Monsieur ",
    "Madame ",
];
/// Titles as they are written before a name.
const TITLES: [&[u8]; 13] = [
    b"mevrouw",
    b"meneer",
    b"Dr",
    b"Mr",
    b"Mrs",
    b"Ms",
    b"Herr",
    b"Frau",
    b"Madame",
    b"Monsieur",
    b"Signora",
    "Señor".as_bytes(),
    "Señora".as_bytes(),
];
