//! A connection of another system that failed while Jira's mail handlers were at work.
//!
//! Handlers look up users, store attachments and call listeners. Their loggers are those of mail, so that an unreachable
//! directory or file store looks like an unreachable mail server; the record itself says whose connection it was.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::{context, context::Contexts, message};

/// Clients and exceptions of other systems.
static SYSTEM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x-u)\b(?:
            javax\.naming\. | org\.springframework\.ldap\. | com\.unboundid\. | com\.atlassian\.crowd\.
          | java\.sql\. | SQLServerException | PSQLException | com\.mysql\. | oracle\.(?:net|jdbc)\.
          | com\.amazonaws\. | software\.amazon\.awssdk\. | com\.azure\.storage\. | com\.google\.cloud\.storage\.
          | org\.elasticsearch\. | org\.opensearch\. | redis\.clients\. | hooks\.slack\.com
        )",
    )
    .expect("the expression compiles")
});

/// What a handler does besides reading mail, before the class of an exception or a URL.
static OTHER_WORK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix-u)\b(?:
            attach(?:ment|ments|\sfile) | virus | index(?:ing)?\s(?:update|of) | in(?:line|dex)\s(?:image|failed) | avatar | thumbnail
          | (?:user|people|group)\s(?:lookup|directory) | create\suser | listener | webhook | web\shook | repository | license
        )\b",
    )
    .expect("the expression compiles")
});

/// An address of the web; which one matters only where the text has no other context.
static WEB: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)\bhttps?://").expect("the expression compiles"));

/// True when the text says that another system than the provider or the mail server could not be reached, and only its header,
/// which has these contexts, is about mail.
#[must_use]
pub(crate) fn failed_elsewhere(header: Contexts, text: &[u8]) -> bool {
    if header.intersects(Contexts::OAUTH) || !header.intersects(Contexts::MAIL) {
        return false;
    }
    let lines = || text.split(|b| *b == b'\n').filter(|line| !line.trim_ascii_start().starts_with(b"at "));
    let own = Contexts::OAUTH.with(Contexts::MAIL);
    if lines().any(|line| context::of_text(line).intersects(own)) || message::names_a_server(text) {
        return false;
    }
    lines().any(|line| SYSTEM.is_match(line) || OTHER_WORK.is_match(line) || WEB.is_match(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_of_other_systems_are_recognised() {
        for text in [
            "Support[10000]: user lookup failed: javax.naming.CommunicationException: dc01.example.com:389 [Root exception is java.net.ConnectException: Connection refused]",
            "Support[10000]: attachment store: java.net.UnknownHostException: files.s3.amazonaws.com",
            "Exception: com.microsoft.sqlserver.jdbc.SQLServerException: The driver could not connect. Error: \"PKIX path building failed\"\n\tat com.atlassian.jira.service.services.mail.MailFetcherService.run(MailFetcherService.java:1)",
            "Cannot inline image https://cdn.example.com/a.png: javax.net.ssl.SSLHandshakeException: x",
            "Error in listener com.example.Notifier after the issue: java.net.ConnectException: Connection refused",
        ] {
            assert!(failed_elsewhere(Contexts::MAIL, text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn connections_to_the_provider_and_the_mail_server_stay_failures() {
        for text in [
            "Contoso Handler[10200]: Messaging Exception in service 'com.atlassian.jira.service.services.mail.MailFetcherService$MessageProviderImpl' when getting mail: Connection reset",
            "java.net.UnknownHostException: exch01.example.com",
            "Unable to connect to the server at exch01.example.com due to java.net.ConnectException: Connection refused",
            "attachment of the mail: com.sun.mail.util.MailConnectException: Couldn't connect to host, port: exch01, 993",
            "refresh at https://idp.example.com/connect/token: connect timed out",
            "java.net.ConnectException: Connection refused (Connection refused)",
        ] {
            assert!(!failed_elsewhere(Contexts::MAIL, text.as_bytes()), "{text}");
        }
        let text = b"https://idp.example.com/authorize: java.net.ConnectException: Connection refused";
        assert!(failed_elsewhere(Contexts::MAIL, text) && !failed_elsewhere(Contexts::OAUTH, text));
    }
}
