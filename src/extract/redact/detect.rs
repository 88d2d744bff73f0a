//! What a text still shows: for a look at something that is about to be handed on.

use std::{collections::HashSet, ops::Range};

use super::{
    pii::is_pseudonym,
    replace::{self, Scope},
    sanitize,
    secrets::SecretKind,
    strict,
};

/// Something that redaction would remove. It does not say what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Detection {
    /// The line, from 0.
    pub(crate) line: usize,
    /// `mail address`, `token`, …
    pub(crate) kind: &'static str,
    /// Its first word, to compare with words that are known; never shown.
    pub(crate) word: String,
}

/// A line is read in parts of so many bytes, with [`OVERLAP_BYTES`] before and after: redaction reads no more of a text
/// at once either, and the time of a reading can grow with the square of its length.
const MAX_PART_BYTES: usize = 4 << 10;
/// What a part sees of its neighbours: the key of a value, the rest of a secret.
const OVERLAP_BYTES: usize = 2 << 10;
/// Longer lines count nothing.
const MAX_COUNT_BYTES: usize = 200;

/// Finds what strict redaction would remove from texts.
#[derive(Debug)]
pub(crate) struct Detector {
    harmless: strict::Known<'static>,
}

impl Detector {
    /// `ids` are values that the parser has read: they are nothing to find.
    pub(crate) fn new(ids: &HashSet<Vec<u8>>) -> Self {
        Self { harmless: strict::Known { ids: ids.clone(), ..strict::Known::default() } }
    }

    /// What strict redaction would remove from a text, in the order of the places. What redaction has put in place of
    /// others is nothing to find.
    #[must_use]
    pub(crate) fn detect(&self, text: &[u8]) -> Vec<Detection> {
        let text = sanitize(text);
        let scope = Scope { user: None, people: true, strict: Some(&self.harmless), remember: false };
        let (mut line, mut from) = (0, 0);
        let mut found = Vec::new();
        for part in parts(&text) {
            for (range, kind) in replace::detect(&text[part.seen.clone()], scope) {
                // A place may begin within a character that is not part of what was found.
                let at = char_start(&text, part.seen.start + range.start);
                if !part.own.contains(&at) {
                    continue;
                }
                line += memchr::memchr_iter(b'\n', &text.as_bytes()[from..at]).count();
                from = at;
                let end = char_start(&text, (part.seen.start + range.end).min(text.len())).max(at);
                // A note of which it has the first word.
                let note = text[at..end].rfind("[removed").map(|note| at + note);
                let end = note.map_or(end, |note| {
                    end.max(note + SecretKind::note_len(&text.as_bytes()[note..]).unwrap_or_default())
                });
                if !line_around(&text, at).is_some_and(is_count) && !is_put_there(&text[at..end]) {
                    let kind = if kind == "network address" { "client address" } else { kind };
                    let word = |c: &char| c.is_alphanumeric() || "._-@".contains(*c);
                    let word =
                        text[at..].trim_start_matches(|c: char| !word(&c)).chars().take_while(word).take(64).collect();
                    found.push(Detection { line, kind, word });
                }
            }
        }
        found
    }
}

/// Notes of removal and pseudonyms with nothing but signs between them: `user-1:[removed password]`.
fn is_put_there(text: &str) -> bool {
    let (mut at, mut rest) = (0, String::with_capacity(text.len()));
    while let Some(next) = text[at..].find("[removed").map(|next| at + next) {
        let len = SecretKind::note_len(&text.as_bytes()[next..]);
        rest.push_str(&text[at..next + len.map_or(1, |_| 0)]);
        at = next + len.unwrap_or(1);
        rest.push(' ');
    }
    rest.push_str(&text[at..]);
    let part = |c: char| c.is_alphanumeric() || "-@\u{2026}".contains(c);
    let mut words = rest.split(|c: char| !part(c)).filter(|word| word.chars().any(char::is_alphanumeric)).peekable();
    (at > 0 || words.peek().is_some()) && words.all(is_pseudonym)
}

/// A part of a text that is read at once.
struct Part {
    /// What is read.
    seen: Range<usize>,
    /// What starts here is reported: all parts together are the text.
    own: Range<usize>,
}

/// Whole lines as far as possible; a long line in parts that overlap.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = 0;
    let mut start = 0;
    while start < text.len() {
        let end = memchr::memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |at| start + at + 1);
        if end - start > MAX_PART_BYTES + 2 * OVERLAP_BYTES {
            parts.push(Part { seen: lines..start, own: lines..start });
            let mut own = start;
            while own < end {
                let next = if end - own <= MAX_PART_BYTES + OVERLAP_BYTES { end } else { own + MAX_PART_BYTES };
                let next = char_start(text, next);
                let seen = char_start(text, own.saturating_sub(OVERLAP_BYTES).max(start))
                    ..char_start(text, (next + OVERLAP_BYTES).min(end));
                parts.push(Part { seen, own: own..next });
                own = next;
            }
            lines = end;
        }
        start = end;
    }
    parts.push(Part { seen: lines..text.len(), own: lines..text.len() });
    parts.retain(|part| !part.own.is_empty());
    parts
}

/// Where the character begins that a byte belongs to.
fn char_start(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The line of a place, when it is a short one.
fn line_around(text: &str, at: usize) -> Option<&str> {
    let before = &text.as_bytes()[at.saturating_sub(MAX_COUNT_BYTES)..at];
    let start = at - before.len() + memchr::memrchr(b'\n', before).map_or(0, |start| start + 1);
    let after = &text.as_bytes()[at..text.len().min(at + MAX_COUNT_BYTES)];
    let end = at + memchr::memchr(b'\n', after).unwrap_or(after.len());
    text.get(start..end).filter(|line| line.len() <= MAX_COUNT_BYTES)
}

/// A line of JSON that counts something, by a name as reports have it: `"cookie": 3,` tells how many there were.
fn is_count(line: &str) -> bool {
    let line = line.trim().trim_end_matches(',');
    line.split_once("\": ").is_some_and(|(key, value)| {
        key.strip_prefix('"').is_some_and(is_name_of_count)
            && !value.is_empty()
            && value.bytes().all(|b| b.is_ascii_digit())
    })
}

/// `client secret`, `unlisted_faults`, a code, the id of an entry: `smtp-535-573`, `net-tls12-refused`.
fn is_name_of_count(name: &str) -> bool {
    name.split(['_', '-', ' ']).all(|part| {
        let number = part.trim_start_matches(|c: char| c.is_ascii_lowercase());
        let most = if number.len() == part.len() { 8 } else { 2 };
        number.len() <= most && number.bytes().all(|b| b.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_counts_shows_nothing_unless_its_key_does() {
        let detector = Detector::new(&HashSet::new());
        for count in [
            "\"client secret\": 3,",
            "    \"password\": 12",
            "\"unlisted_faults\": 0,",
            "\"smtp-535-573\": 2",
            "\"50053\": 2",
        ] {
            assert_eq!(detector.detect(count.as_bytes()), [], "{count}");
        }
        for key in
            ["x client_secret=Zk3q8Rt1Vw5Xy7Bc9Df2Gh4 y", "Zk3q8Rt1Vw5Xy7Bc9Df2Gh4", "hannah.voss@contoso.example"]
        {
            assert_eq!(detector.detect(format!("\"{key}\": 3,").as_bytes()).len(), 1, "{key}");
        }
    }

    #[test]
    fn the_parts_of_a_text_are_the_text_and_a_long_line_is_read_with_its_neighbours() {
        let text = format!("a\nb\n{}\nc\n{}", "\u{e9}x".repeat(9_000), "y".repeat(30_000));
        let parts = parts(&text);
        assert!(parts.len() > 8);
        let mut at = 0;
        for part in &parts {
            assert_eq!(part.own.start, at);
            assert!(part.seen.start <= part.own.start && part.own.end <= part.seen.end);
            assert!(text.get(part.seen.clone()).is_some());
            at = part.own.end;
        }
        assert_eq!(at, text.len());
    }

    #[test]
    fn a_secret_is_found_wherever_it_is_in_a_long_line() {
        for before in (0..20_000).step_by(487) {
            let line = format!("{}client_secret=hunter2hunter2 {}", "word ".repeat(before / 5), "word ".repeat(2_000));
            assert_eq!(kinds(line.as_bytes()), ["secret"], "{before}");
        }
    }

    fn kinds(text: &[u8]) -> Vec<&'static str> {
        Detector::new(&HashSet::new()).detect(text).into_iter().map(|found| found.kind).collect()
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
            "credentials=user-1:[removed password]",
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
    fn what_only_looks_like_a_pseudonym_or_a_note_is_found() {
        for text in ["credentials=user-1x7:Harbour98", "password=[removed Harbour98]", "password=user-1-Harbour98"] {
            assert!(!kinds(text.as_bytes()).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_secret_beside_a_removed_one_is_found() {
        assert_eq!(kinds(b"[removed secret] password: hunter2hunter2"), ["secret"]);
    }
}
