//! What a text still shows: for a look at something that is about to be handed on.

use super::{PLACEHOLDER_CLOSE, PLACEHOLDER_OPEN, RedactionLevel, is_pseudonym, redact, sanitize};

/// The kinds of secrets and people in a text, in the order of their places; a kind comes as often as
/// it occurs. What redaction has put in place of others is nothing to find. The values are not told.
#[must_use]
pub fn detect(text: &[u8]) -> Vec<String> {
    let text = sanitize(text);
    if is_count(&text) {
        return Vec::new();
    }
    let scrubbed = redact(&text, None, RedactionLevel::SecretsAndPeople);
    let mut found = Vec::new();
    let mut rest = scrubbed.as_str();
    // What the text says of itself has been removed before it came here.
    let mut said = text.matches(LEAD).map(|_| ()).count();
    while let Some(at) = rest.find([PLACEHOLDER_OPEN, '[']) {
        rest = &rest[at..];
        if let Some(mark) = rest.strip_prefix(PLACEHOLDER_OPEN) {
            let Some((mark, behind)) = mark.split_once(PLACEHOLDER_CLOSE) else { break };
            let mut name = mark.chars();
            let kind = match name.next() {
                Some('m') => "mail address",
                Some('i') => "client address",
                _ => "user name",
            };
            if !is_pseudonym(name.as_str()) {
                found.push(kind.to_owned());
            }
            rest = behind;
        } else if let Some((kind, behind)) = rest.strip_prefix(LEAD).and_then(|rest| rest.split_once(']')) {
            found.push(kind.to_owned());
            rest = behind;
        } else {
            rest = &rest[1..];
        }
    }
    // Each note of removal that the text brought along takes one of its kind away.
    let mut brought: Vec<&str> =
        text.split(LEAD).skip(1).filter_map(|rest| rest.split_once(']')).map(|(kind, _)| kind).collect();
    found.retain(|kind| match brought.iter().position(|one| one == kind) {
        Some(at) if said > 0 => {
            brought.remove(at);
            said -= 1;
            false
        }
        _ => true,
    });
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

/// How a note of removal begins.
const LEAD: &str = "[removed ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_people_are_found_by_kind() {
        assert_eq!(
            detect(b"client_secret=hunter2 from ann@contoso.example at 203.0.113.9"),
            ["secret", "mail address", "client address"]
        );
        assert_eq!(detect(b"\"user\": \"jdoe\", x"), ["user name"]);
        assert_eq!(detect(b"Authorization: Bearer abcdEFGH1234ijklMNOP"), ["credentials"]);
    }

    #[test]
    fn what_redaction_has_left_is_nothing() {
        for clean in [
            "client_secret=[removed secret] of mailbox-1@\u{2026} by user-2 from ip-3",
            "\"user\": \"user-12\", \"mailbox\": \"mailbox-3@\u{2026}\", \"client_ip\": \"ip-1,ip-2\"",
            "\"user\": \"user-0a1b2c3d\"",
            "\"user\": \"ServiceRunner\", \"trace_id\": \"8a1f3c5e-1b2d-4c3e-9f40-7a6b5c4d0101\"",
            "[removed token] [removed token]",
            "      \"cookie\": 23,",
            "\"password\": 4",
        ] {
            assert_eq!(detect(clean.as_bytes()), Vec::<String>::new(), "{clean}");
        }
    }

    #[test]
    fn a_secret_beside_a_removed_one_is_found() {
        assert_eq!(detect(b"[removed secret] password: hunter2hunter2"), ["secret"]);
    }
}
