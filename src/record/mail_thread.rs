//! The thread that sends a mail: `Sending mailitem To='…' Subject='…' … MessageId='…'`.
//!
//! Its name contains a user's text: a subject may have quotes, brackets and codes.

use memchr::{memchr, memmem};

/// Keys of the name, in the order in which Jira writes them.
const KEYS: [&[u8]; 12] = [
    b"To='",
    b"Subject='",
    b"From='",
    b"FromName='",
    b"Cc='",
    b"Bcc='",
    b"ReplyTo='",
    b"InReplyTo='",
    b"MimeType='",
    b"Encoding='",
    b"Multipart='",
    b"MessageId='",
];

/// Splits `rest` after the name of such a thread; `None` when it starts with another thread.
pub(super) fn split(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut end = b"Sending mailitem".len();
    if !rest.starts_with(b"Sending mailitem ") {
        return None;
    }
    let mut open = false;
    for key in KEYS {
        // A key follows the end of the value before it.
        let lead: &[u8] = if open { b"' " } else { b" " };
        let mut from = end;
        while let Some(i) = memmem::find(&rest[from..], lead) {
            let next = from + i + lead.len();
            if rest[next..].starts_with(key) {
                (end, open) = (next + key.len(), true);
                break;
            }
            from += i + 1;
        }
    }
    if !open {
        return Some(rest.split_at(end));
    }
    let close = end + memchr(b'\'', &rest[end..])?;
    Some(rest.split_at(close + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_ends_after_its_last_value_whatever_the_subject_contains() {
        for (name, rest) in [
            ("Sending mailitem To='a@example.com' Subject='Users' [laptops] AADSTS50034' From='null'", " anonymous x"),
            ("Sending mailitem To='a@example.com' Subject='x'", " ERROR"),
        ] {
            let line = format!("{name}{rest}");
            assert_eq!(split(line.as_bytes()), Some((name.as_bytes(), rest.as_bytes())));
        }
        assert_eq!(split(b"Caesium-1-2 ServiceRunner"), None);
    }
}
