//! Values that name nothing: `null`, `unknown`, `***`, `[removed: …]`.

/// Words that programs print in place of a missing or hidden value.
const WORDS: [&[u8]; 10] =
    [b"null", b"none", b"nil", b"undefined", b"unknown", b"n/a", b"redacted", b"masked", b"removed", b"hidden"];

/// True for a placeholder of a missing, masked or removed value: it does not distinguish subjects.
#[must_use]
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    let bracketed = matches!(
        (value.first(), value.last()),
        (Some(b'<'), Some(b'>')) | (Some(b'['), Some(b']')) | (Some(b'{'), Some(b'}'))
    );
    let is_mask = value.iter().all(|b| b"xX*#-._@".contains(b));
    bracketed || is_mask || WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_values_that_name_nothing_are_placeholders() {
        for value in
            ["", "-", "null", "UNKNOWN", "***", "xxxxxxxx-xxxx-xxxx", "<redacted>", "[removed: secret]", "{tenant}"]
        {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
        for value in ["contoso", "x1", "Null Island IMAP", "user-1", "mailbox-2@example.com", "xa-1"] {
            assert!(!is_placeholder(value.as_bytes()), "{value}");
        }
    }
}
