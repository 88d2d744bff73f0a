//! What a text still shows: for a look at something that is about to be handed on.

use std::collections::HashSet;

use super::{
    replace::{self, Scope},
    sanitize, strict,
};

/// Something that redaction would remove. What it is is not told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Detection {
    /// The line, from 0.
    pub(crate) line: usize,
    /// `mail address`, `token`, …
    pub(crate) kind: &'static str,
    /// Its first word, to compare with words that are known; never shown.
    pub(crate) word: String,
}

/// What strict redaction would remove from a text, in the order of the places. What redaction has put in place of
/// others is nothing to find, nor are `ids` that the parser has read.
#[must_use]
pub(crate) fn detect(text: &[u8], ids: &HashSet<Vec<u8>>) -> Vec<Detection> {
    let text = sanitize(text);
    let harmless = strict::Known { ids: ids.clone(), ..strict::Known::default() };
    let scope = Scope { user: None, people: true, strict: Some(&harmless), remember: false };
    let (mut line, mut from) = (0, 0);
    let mut found = Vec::new();
    for (mut at, kind) in replace::detect(&text, scope) {
        // A place may begin within a character that is not part of what was found.
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        line += memchr::memchr_iter(b'\n', &text.as_bytes()[from..at]).count();
        from = at;
        let start = text[..at].rfind('\n').map_or(0, |start| start + 1);
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        if end - start > 200 || !is_count(&text[start..end]) {
            let kind = if kind == "network address" { "client address" } else { kind };
            let word = |c: &char| c.is_alphanumeric() || "._-@".contains(*c);
            let word = text[at..].trim_start_matches(|c: char| !word(&c)).chars().take_while(word).take(64).collect();
            found.push(Detection { line, kind, word });
        }
    }
    found
}

/// A line of JSON that counts something: `"cookie": 3,` tells how many there were.
fn is_count(line: &str) -> bool {
    let line = line.trim().trim_end_matches(',');
    line.split_once("\": ").is_some_and(|(key, value)| {
        key.starts_with('"')
            && !key[1..].contains('"')
            && !value.is_empty()
            && value.bytes().all(|b| b.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &[u8]) -> Vec<&'static str> {
        detect(text, &HashSet::new()).into_iter().map(|found| found.kind).collect()
    }

    #[test]
    fn secrets_and_people_are_found_by_kind() {
        assert_eq!(
            kinds(b"client_secret=hunter2 from ann@contoso.example at 203.0.113.9"),
            ["secret", "mail address", "client address"]
        );
        assert_eq!(kinds(b"\"user\": \"jdoe\", x"), ["user name"]);
        assert_eq!(kinds(b"Authorization: Bearer abcdEFGH1234ijklMNOP"), ["credentials"]);
    }

    #[test]
    fn what_redaction_has_left_is_nothing() {
        for clean in [
            "client_secret=[removed secret] of mailbox-1@\u{2026} by user-2 from ip-3",
            "\"user\": \"user-12\", \"mailbox\": \"mailbox-3@\u{2026}\", \"client_ip\": \"ip-1,ip-2\"",
            "\"user\": \"user-0a1b2c3d0a1b2c3d\"",
            "\"user\": \"ServiceRunner\", \"trace_id\": \"8a1f3c5e-1b2d-4c3e-9f40-7a6b5c4d0101\"",
            "[removed token] [removed token]",
            "      \"cookie\": 23,",
            "\"password\": 4",
        ] {
            assert_eq!(kinds(clean.as_bytes()), Vec::<&str>::new(), "{clean}");
        }
    }

    #[test]
    fn a_place_that_begins_within_a_character_is_found_without_a_panic() {
        let text = [&[0xff; 14][..], b"<noy@exh"].concat();
        assert!(kinds(&text).iter().all(|kind| !kind.is_empty()));
    }

    #[test]
    fn a_secret_beside_a_removed_one_is_found() {
        assert_eq!(kinds(b"[removed secret] password: hunter2hunter2"), ["secret"]);
    }
}
