//! The exception chain of a Java stack trace.

use std::sync::LazyLock;

use regex::bytes::Regex;

static CLASS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?-u)(?:[a-z_][A-Za-z0-9_$]*\.){2,}[A-Z][A-Za-z0-9_$]*(?:Exception|Error|Throwable|Failure)\b").ok()
});

/// The class of the outermost exception: the first that the text names in full.
#[must_use]
pub fn outermost(text: &[u8]) -> Option<&[u8]> {
    Some(CLASS.as_ref()?.find(text)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_class_named_in_full_is_the_outermost() {
        let trace = b"it failed: javax.mail.MessagingException: x\n\tat com.sun.mail.Y.z(Y.java:1)\nCaused by: java.net.UnknownHostException: h";
        assert_eq!(outermost(trace), Some(&b"javax.mail.MessagingException"[..]));
        assert_eq!(outermost(b"AADSTS50011: Exception in general"), None);
    }
}
