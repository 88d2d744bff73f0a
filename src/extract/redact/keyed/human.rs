//! Passwords that people choose, anywhere in a line that names a password: a word with digits and signs is no word.
//! Only strict redaction removes them.

use super::{
    super::{
        keys::{Class, Key},
        login::is_thing,
        place::Place,
        prose::is_prose_word,
        secrets::SecretKind,
        stated_words::{is_chosen, is_term},
        strict::allow,
        values::skip,
    },
    KeyedReader,
    members::is_no_value,
};

/// So much of a line is looked at, to either side of the word that names a password.
const MAX_LINE_BYTES: usize = 300;
/// The longest of them.
const MAX_PASSWORD_BYTES: usize = 24;
/// Names of products, protocols and parts of programs that end in a number.
const NAMES: [&str; 30] = [
    "caesium",
    "thread",
    "timer",
    "worker",
    "quartz",
    "scheduler",
    "node",
    "server",
    "client",
    "tenant",
    "cluster",
    "windows",
    "exchange",
    "outlook",
    "office",
    "smtp",
    "imap",
    "xoauth",
    "log",
    "utf",
    "java",
    "config",
    "incident",
    "mailbox",
    "pool",
    "jira",
    "saml",
    "port",
    "line",
    "attempt",
];

impl KeyedReader<'_, '_> {
    /// Remembers that a line names a password.
    pub(super) fn note_line(&mut self, key: &Key) {
        let word = &self.text[key.word..key.end];
        let names = match key.class {
            Class::Password | Class::UserAndPassword => true,
            Class::Secret(SecretKind::Secret) => {
                let lower = word.to_ascii_lowercase();
                lower.ends_with(b"secret") || lower.starts_with(b"credential")
            }
            Class::Person => word.eq_ignore_ascii_case(b"login"),
            _ => false,
        };
        if names && key.word >= self.line_end {
            let text = self.text;
            let from = key.word.saturating_sub(MAX_LINE_BYTES);
            let start = memchr::memrchr(b'\n', &text[from..key.word]).map_or(from, |at| from + at + 1);
            let start = start.max(self.line_end);
            self.line_end = skip(text, key.word, MAX_LINE_BYTES, |byte| byte != b'\n');
            self.human_passwords(start, self.line_end);
        }
    }

    fn human_passwords(&mut self, from: usize, to: usize) {
        let text = self.text;
        let mut at = from;
        while at < to {
            let end = skip(text, at, to - at, is_part);
            if end == at {
                at += 1;
                continue;
            }
            // `#incident-1`: signs before a word are none of a password.
            let lead = text[at..end].iter().take_while(|byte| !byte.is_ascii_alphanumeric() && **byte < 0x80).count();
            let start = at + lead;
            let stop = end - text[start..end].iter().rev().take_while(|byte| b"?-".contains(byte)).count();
            // What is cut off at the start may be a part of anything.
            let whole = at > from || at == 0 || !is_part(text[at - 1]);
            let edge = |byte: Option<&u8>| byte.is_none_or(|byte| !b"=/\\.:@_$&".contains(byte));
            let before = at.checked_sub(1).map(|i| &text[i]);
            let after = text
                .get(end)
                .filter(|byte| !b".:".contains(byte) || text.get(end + 1).is_some_and(u8::is_ascii_alphanumeric));
            let escaped =
                text[at..end].windows(3).any(|three| three[0] == b'%' && three[1..].iter().all(u8::is_ascii_hexdigit));
            if whole
                && !escaped
                && edge(before)
                && edge(after)
                && is_human(&text[start..stop])
                && !allow::is_shown(text, start, stop)
                && !is_no_value(text, start, stop)
            {
                self.found.push(Place::doubtful(start, stop));
            }
            at = end;
        }
    }
}

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%*?^~+-".contains(&byte) || byte >= 0x80
}

/// `Herbst-24`, `hunter2`, `Passw0rd`, `xK9#q`: not `http-nio-8080-exec-3`, `Saml2Login`, `Caesium-1-4`.
fn is_human(word: &[u8]) -> bool {
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = word.iter().filter(|byte| byte.is_ascii_alphabetic() || **byte >= 0x80).count();
    let signs = word.iter().filter(|byte| b"!#$%*?^~+".contains(byte)).count();
    if digits == 0
        || letters < 2
        || !(5..=MAX_PASSWORD_BYTES).contains(&word.len())
        || word[0].is_ascii_digit() && signs == 0
    {
        return false;
    }
    let stem = word.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let lower = word[..stem].to_ascii_lowercase();
    let name = std::str::from_utf8(&lower).unwrap_or_default();
    if is_term(word) || NAMES.contains(&name) || is_thing(name) || is_prose_word(&lower) {
        return false;
    }
    if signs > 0 {
        return digits + letters + signs + word.iter().filter(|byte| **byte == b'-').count() == word.len();
    }
    // `Caesium-1-4`, `user-1`, `oauth2-client`
    let parts = word.split(|byte| *byte == b'-').count();
    let capital = word.iter().any(u8::is_ascii_uppercase) && word.iter().any(u8::is_ascii_lowercase);
    if parts > 2 || parts == 2 && !capital || stem == 0 {
        return false;
    }
    // `Saml2Login`: an identifier goes on after a number.
    let identifier = word
        .windows(3)
        .any(|three| three[0].is_ascii_digit() && three[1].is_ascii_uppercase() && three[2].is_ascii_lowercase());
    let numbered = parts == 1 && stem >= 5 && stem + 1 == word.len();
    !identifier && (is_chosen(word) && (digits > 1 || capital) || numbered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_digits_and_signs_is_no_word() {
        for word in ["Winter2031!", "Regen%7", "tiger4", "Pa55wort", "Gerda1958", "zQ4#m", "TSV-Erlbach09", "Mai-31"] {
            assert!(is_human(word.as_bytes()), "{word}");
        }
        for word in [
            "Caesium-1-4",
            "http-nio-8080-exec-3",
            "AADSTS7000215",
            "user-1",
            "OAuth2",
            "xoauth2",
            "Exchange2019",
            "IMAP4rev1",
            "Base64",
            "1234x57x3",
            "1i8mi5a",
            "node1",
            "Saml2Login",
            "PBKDF2WithHmacSHA256",
            "SHA256",
            "JIRA-123",
            "UTF-8",
            "DIGEST-MD5",
            "2026-01-05",
            "Thread-12",
        ] {
            assert!(!is_human(word.as_bytes()), "{word}");
        }
    }
}
