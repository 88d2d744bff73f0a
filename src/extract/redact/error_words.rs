//! Codes and words of errors, which are neither a secret nor a person wherever they are: `for user: AADSTS50053: …`.

use crate::extract::oauth_response::is_error_word;

/// What codes of Microsoft's identity products start with; digits follow.
const CODE_PREFIXES: [&[u8]; 3] = [b"AADSTS", b"AADB2C", b"MSIS"];

/// Response codes of mail servers (RFC 3206, RFC 5530), which they print in square brackets.
const RESPONSE_CODES: [&[u8]; 16] = [
    b"SYS/TEMP",
    b"SYS/PERM",
    b"AUTH",
    b"IN-USE",
    b"LOGIN-DELAY",
    b"UNAVAILABLE",
    b"AUTHENTICATIONFAILED",
    b"AUTHORIZATIONFAILED",
    b"EXPIRED",
    b"PRIVACYREQUIRED",
    b"CONTACTADMIN",
    b"NOPERM",
    b"INUSE",
    b"SERVERBUG",
    b"CLIENTBUG",
    b"OVERQUOTA",
];

/// Whether a word starts like a code: with its prefix and a digit.
pub(super) fn starts_like_code(word: &[u8]) -> bool {
    CODE_PREFIXES
        .iter()
        .any(|prefix| word.strip_prefix(*prefix).is_some_and(|number| number.first().is_some_and(u8::is_ascii_digit)))
}

/// Whether a part of a text holds the code or the word of an error and nothing else but signs.
pub(super) fn is_error(text: &[u8], start: usize, end: usize) -> bool {
    let shown = &text[start..end];
    let sign = |byte: &&u8| !byte.is_ascii_alphanumeric() && **byte < 0x80;
    let lead = shown.iter().take_while(sign).count();
    let tail = shown[lead..].iter().rev().take_while(sign).count();
    let word = &shown[lead..shown.len() - tail];
    is_code(word) || is_error_word(word) || is_response_code(text, start + lead, end - tail)
}

/// A whole code: `AADSTS50053`.
pub(super) fn is_code(word: &[u8]) -> bool {
    CODE_PREFIXES.iter().any(|prefix| {
        word.strip_prefix(*prefix)
            .is_some_and(|number| (4..=8).contains(&number.len()) && number.iter().all(u8::is_ascii_digit))
    })
}

fn is_response_code(text: &[u8], start: usize, end: usize) -> bool {
    RESPONSE_CODES.contains(&&text[start..end]) && text[..start].ends_with(b"[") && text[end..].starts_with(b"]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::redact::{RedactionLevel, Redactor};

    #[test]
    fn what_names_the_error_is_shown_where_a_person_or_a_secret_would_be() {
        for text in [
            "Exception when the poller reads emails: AADSTS7000222: The provided client secret keys are expired.",
            "No token for user: AADSTS50053: The account is locked",
            "the login: AADB2C90118: forgotten",
            "the answer to the cookie: AADSTS90036: a=b",
            "password: invalid_grant",
            "when getting mail: [SYS/TEMP] Temporary failure",
            "\"details\": [ { \"@type\": \"type.googleapis.com/google.rpc.ErrorInfo\" } ]",
        ] {
            for level in [RedactionLevel::Standard, RedactionLevel::Strict] {
                let redactor = Redactor::new(text.as_bytes(), None, level, &[]);
                assert_eq!(redactor.redact_text(text.as_bytes()), text, "{level:?}");
            }
        }
        let secret = "user: AADSTS7000222 password: AADSTSmarigold7";
        let redactor = Redactor::new(secret.as_bytes(), None, RedactionLevel::Standard, &[]);
        assert!(!redactor.redact_text(secret.as_bytes()).contains("marigold"));
    }

    #[test]
    fn only_whole_words_of_errors_are_known() {
        for (text, known) in [
            ("AADSTS7000222", true),
            ("AADSTS7000222:", true),
            ("invalid_grant", true),
            ("\"invalid_client\"", true),
            ("AADSTS7000222x", false),
            ("AADSTSmarigold", false),
            ("invalid_grant2", false),
            ("AUTH", false),
            ("ann", false),
            ("", false),
            ("::", false),
        ] {
            assert_eq!(is_error(text.as_bytes(), 0, text.len()), known, "{text}");
        }
        assert!(is_error(b"[SYS/TEMP] later", 1, 9));
    }
}
