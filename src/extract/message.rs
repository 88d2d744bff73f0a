//! What a message says about a failure: its sentence, the exception class, the host.

use std::sync::LazyLock;

use memchr::{memchr, memmem, memrchr};
use regex::bytes::Regex;

static EXCEPTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)(?:[a-z_][A-Za-z0-9_$]*\.){2,}[A-Z][A-Za-z0-9_$]*(?:Exception|Error|Throwable|Failure)\b")
        .expect("the expression compiles")
});

static HOST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?-u)(?:UnknownHostException: |[Cc]onnect(?:ing|ion)? to (?:host, port: )?(?:https?://)?|connect to host, port: |connect to [A-Z0-9]{3,6} host: |couldn't open the folder '[^']*' at |[Cc]ould not resolve(?: host)?:? |Failed to connect to )([A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,})",
    )
    .expect("the expression compiles")
});

/// The sentence at `at`: from there (a code) or from the start of its line (`whole_line`) to the end of the
/// line, without the provider's ids.
#[must_use]
pub(crate) fn failing_sentence(text: &[u8], at: usize, whole_line: bool) -> &[u8] {
    let at = at.min(text.len());
    let start = if whole_line { memrchr(b'\n', &text[..at]).map_or(0, |i| i + 1) } else { at };
    let end = memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
    let line = &text[start..end];
    let ids = memmem::find(line, b"Trace ID").filter(|i| *i > 0).unwrap_or(line.len());
    line[..ids].trim_ascii()
}

/// The class of the outermost exception: the first qualified class name in the text.
#[must_use]
pub(crate) fn outermost_exception(text: &[u8]) -> Option<&[u8]> {
    Some(EXCEPTION.find(text)?.as_bytes())
}

/// The host that, according to the text, could not be reached or refused the connection.
#[must_use]
pub(crate) fn failing_host(text: &[u8]) -> Option<&[u8]> {
    Some(HOST.captures(text)?.get(1)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_qualified_class_is_the_outermost_exception() {
        let trace = b"it failed: javax.mail.MessagingException: x\n\tat com.sun.mail.Y.z(Y.java:1)\nCaused by: java.net.UnknownHostException: h";
        assert_eq!(outermost_exception(trace), Some(&b"javax.mail.MessagingException"[..]));
        assert_eq!(outermost_exception(b"AADSTS50011: Exception in general"), None);
    }

    #[test]
    fn the_failing_host_is_read_from_common_messages() {
        for (text, host) in [
            ("java.net.UnknownHostException: login.microsoftonline.com", Some("login.microsoftonline.com")),
            ("Couldn't connect to host, port: outlook.office365.com, 993; timeout", Some("outlook.office365.com")),
            ("Could not connect to SMTP host: smtp.office365.com, port: 587", Some("smtp.office365.com")),
            ("Connect to login.microsoftonline.com:443 [x] failed", Some("login.microsoftonline.com")),
            ("JIRA couldn't open the folder 'inbox' at outlook.office365.com", Some("outlook.office365.com")),
            ("see https://login.microsoftonline.com/error?code=1", None),
        ] {
            assert_eq!(failing_host(text.as_bytes()).map(String::from_utf8_lossy).as_deref(), host, "{text}");
        }
    }

    #[test]
    fn the_sentence_ends_before_the_ids() {
        let text = b"line\nfailed: AADSTS50011: No match. Trace ID: 1\nnext";
        assert_eq!(failing_sentence(text, 13, false), b"AADSTS50011: No match.");
        assert_eq!(failing_sentence(text, 13, true), b"failed: AADSTS50011: No match.");
        assert_eq!(failing_sentence(text, 999, false), b"");
    }
}
