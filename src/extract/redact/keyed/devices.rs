//! Computers of people, by their names: `LAPTOP-HVOSS`, `NB-VOSS-07`, `Hannahs-MacBook-Pro.local`.

use super::{
    super::{
        given_names::is_given_name,
        keys::Key,
        login::{is_thing, starts_like_login},
        pii::PiiKind,
        values::skip,
    },
    KeyedReader,
};

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_".contains(&byte)
}

impl KeyedReader<'_, '_> {
    /// `LAPTOP-HVOSS`, `laptop-hvoss`: a kind of computer and what it is called; not `PC-123`, `PC-based`.
    pub(super) fn device(&mut self, key: &Key) {
        let text = self.text;
        let end = self.end_of_device(key.end);
        let name = &text[key.end..skip(text, key.end, 32, is_part)];
        let before = key.word.checked_sub(1).map(|i| text[i]);
        let first = &name[..skip(name, 0, 32, |byte| byte.is_ascii_alphabetic())];
        let lower = first.to_ascii_lowercase();
        let letters = name.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
        let somebody = starts_like_login(&lower) || is_given_name(&lower);
        let digits = name.iter().any(u8::is_ascii_digit);
        // `NB-REUTER-07`, `WS-REUTER01`: the numbers of issues and versions have no zero first.
        let numbered = letters >= 3
            && name.windows(3).any(|three| !three[0].is_ascii_digit() && three[1] == b'0' && three[2].is_ascii_digit());
        // `NB-IOT`, `PC-USB30`, `WS-FEDERATION` and the key of an issue are none.
        let lead = text[key.word..key.end - 1].to_ascii_lowercase();
        let portable = match &lead[..] {
            b"laptop" | b"notebook" => letters >= 2 || letters >= 1 && digits,
            b"nb" | b"lap" => letters >= 5 && !digits,
            _ => false,
        };
        let capitals = !text[key.word..key.end].iter().chain(name).any(u8::is_ascii_lowercase);
        let named = capitals && (somebody || portable || numbered) || somebody && first == name;
        let thing = std::str::from_utf8(&lower).is_ok_and(is_thing);
        if named && !thing && !before.is_some_and(|byte| is_part(byte) || byte == b'.') {
            self.person(PiiKind::Host, key.word, end);
        }
    }

    /// `Hannahs-MacBook-Pro.local`, `hvoss-laptop`: somebody and a kind of computer.
    pub(super) fn device_of(&mut self, key: &Key) {
        let text = self.text;
        let start =
            key.word - text[..key.word].iter().rev().take(24).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let name = &text[start..key.word];
        let owner = name.strip_suffix(b"s").unwrap_or(name);
        let lower = name.to_ascii_lowercase();
        let named = is_given_name(name) || is_given_name(owner) || starts_like_login(&lower);
        if named && !start.checked_sub(1).is_some_and(|i| is_part(text[i])) {
            self.person(PiiKind::Host, start, self.end_of_device(key.end));
        }
    }

    /// With the domain after it.
    fn end_of_device(&self, at: usize) -> usize {
        let end = skip(self.text, at, 96, |byte| is_part(byte) || byte == b'.');
        end - self.text[at..end].iter().rev().take_while(|byte| b".-_".contains(byte)).count()
    }
}
