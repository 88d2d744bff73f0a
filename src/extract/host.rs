//! The host that could not be reached or refused.

use std::sync::LazyLock;

use regex::bytes::Regex;

static HOST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?-u)(?:UnknownHostException: |[Cc]onnect(?:ing|ion)? to (?:host, port: )?(?:https?://)?|connect to host, port: |connect to [A-Z0-9]{3,6} host: |couldn't open the folder '[^']*' at |[Cc]ould not resolve(?: host)?:? |Failed to connect to )([A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,})",
    )
    .ok()
});

/// The host that the text says failed.
#[must_use]
pub fn failing_host(text: &[u8]) -> Option<&[u8]> {
    Some(HOST.as_ref()?.captures(text)?.get(1)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_failing_host_is_read_from_the_usual_sentences() {
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
}
