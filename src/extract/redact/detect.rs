//! Finds what a finished text still shows, before it is given to others.

use super::{PLACEHOLDER_CLOSE, PLACEHOLDER_OPEN, RedactionLevel, is_pseudonym, redact, sanitize};

/// The kinds of secrets and people in a text, in its order; a kind is returned as often as it occurs. What
/// redaction itself inserted is not reported. The values are not returned.
#[must_use]
pub(crate) fn detect(text: &[u8]) -> Vec<String> {
    let text = sanitize(text);
    if is_count(&text) {
        return Vec::new();
    }
    let redacted = redact(&text, None, RedactionLevel::SecretsAndPeople);
    let mut found = Vec::new();
    let mut rest = redacted.as_str();
    // Notes that were in the text before.
    let mut notes_before = text.matches(REMOVED).count();
    while let Some(at) = rest.find([PLACEHOLDER_OPEN, '[']) {
        rest = &rest[at..];
        if let Some(placeholder) = rest.strip_prefix(PLACEHOLDER_OPEN) {
            let Some((placeholder, after)) = placeholder.split_once(PLACEHOLDER_CLOSE) else { break };
            let mut name = placeholder.chars();
            let kind = match name.next() {
                Some('m') => "mail address",
                Some('i') => "client address",
                _ => "user name",
            };
            if !is_pseudonym(name.as_str()) {
                found.push(kind.to_owned());
            }
            rest = after;
        } else if let Some((kind, after)) = rest.strip_prefix(REMOVED).and_then(|rest| rest.split_once(']')) {
            found.push(kind.to_owned());
            rest = after;
        } else {
            rest = &rest[1..];
        }
    }
    // Each of these notes cancels one of the same kind.
    let mut kinds_before: Vec<&str> =
        text.split(REMOVED).skip(1).filter_map(|rest| rest.split_once(']')).map(|(kind, _)| kind).collect();
    found.retain(|kind| match kinds_before.iter().position(|one| one == kind) {
        Some(at) if notes_before > 0 => {
            kinds_before.remove(at);
            notes_before -= 1;
            false
        }
        _ => true,
    });
    found
}

/// True for a line of JSON with a number: `"cookie": 3,` is the count of a kind.
fn is_count(line: &str) -> bool {
    let line = line.trim().trim_end_matches(',');
    line.split_once("\": ").is_some_and(|(key, value)| {
        key.starts_with('"')
            && !key[1..].contains('"')
            && !value.is_empty()
            && value.bytes().all(|b| b.is_ascii_digit())
    })
}

/// How a note of removal starts.
const REMOVED: &str = "[removed ";

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
    fn the_output_of_redaction_is_not_reported() {
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
    fn a_secret_next_to_a_removed_one_is_found() {
        assert_eq!(detect(b"[removed secret] password: hunter2hunter2"), ["secret"]);
    }
}
