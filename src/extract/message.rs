//! What a message says about a failure: its sentence, the exception class, the host.

use std::sync::LazyLock;

use memchr::{memchr, memchr_iter, memmem, memrchr};
use regex::bytes::Regex;

use crate::search::Literal;

/// A qualified class of an exception, not of a logger in brackets or of a stack frame.
static EXCEPTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)(?:^|[^\[\w.$])((?:[a-z_][A-Za-z0-9_$]*\.){2,}[A-Z][A-Za-z0-9_$]*(?:Exception|Error|Throwable|Failure))\b")
        .expect("the expression compiles")
});

/// Sentences of the JDK, of JavaMail and of HTTP clients that name the host: group 1 is one that failed, group 2 one that
/// was asked, perhaps through a proxy that failed.
static HOST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?x-u)(?:
            UnknownHostException:\x20(?:No\x20such\x20host\x20is\x20known\x20\(|Failed\x20to\x20resolve\x20')?
          | NoHttpResponseException:\x20
          | (?:Connection\x20refused|connection\x20timed\x20out(?:\x20after\x20\d{1,9}\x20ms)?):\x20
          | in\x20certificate\x20didn't\x20match:\x20<
          | end\x20of\x20stream\x20on\x20https?://
          | greeting\x20from\x20SMTP\x20host:\x20
          | [Cc]onnect(?:ing|ion)?\x20to\x20(?:host,\x20port:\x20|the\x20server\x20at\x20)?(?:https?://)?
          | connect\x20to\x20host,\x20port:\x20
          | connect\x20to\x20[A-Z0-9]{3,6}\x20host:\x20
          | couldn't\x20open\x20the\x20folder\x20'[^']*'\x20at\x20
          | (?:[Cc]ould\x20not|[Cc]annot|[Uu]nable\x20to|[Ff]ailed\x20to)\x20resolve(?:\x20host(?:name)?)?:?\x20["']?
          | Failed\x20to\x20connect\x20to\x20
          | (?:DNS\x20name|No\x20name|IP\x20address)\x20matching\x20
          | Certificate\x20for\x20<
          | Can't\x20verify\x20identity\x20of\x20server:\x20
          | SSLPeerUnverifiedException:\x20Host(?:name|\x20name)?\x20'?
          | ENOTFOUND\x20
          | HTTPS?ConnectionPool\(host='
          | protocolConnect\x20login,\x20host=
          | connect\x20to\x20host\x20"
          | following\x20server\x20failed\x20:\x20
          | authentication\x20failed;\x20(?:cannot\x20authenticate\x20to\x20)?server\x20
          | [Ll]ogin\x20on\x20\[
          | (?:imap|smtp|pop3)s?://(?:[^@\s/"]{1,120}@)?
          | \x20=>\x20
        )([A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,})
        | (?:
            for\x20URL:\x20https?://
          | (?:HEAD|GET|POST|PUT|PATCH)\x20(?:request\x20for\x20)?"?https?://
          | (?:[Aa]nswer|[Rr]esponse|[Rr]eply|metadata|HTTP\x20[1-5]\d\d)\x20(?:of|from)\x20"?https?://
          | Issuer\x20of\x20"https?://
          | (?:Get|Post)\x20"https?://
          | (?:could\x20not\x20read|[Uu]nexpected\x20(?:response|answer)\x20from|[Ee]rror\x20while\x20(?:calling|requesting))\x20"?https?://
          | (?:[Cc]all|[Rr]equest|[Rr]equested)\x20(?:to\x20)?"?https?://
        )([A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,})"#,
    )
    .expect("the expression compiles")
});

/// The address of a token endpoint, wherever it is; group 1 is the host.
static TOKEN_URL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?-u)https?://([A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,})(?::\d{1,5})?/[^\s"'<>?]{0,120}/token\b"#)
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
    static TRACE: Literal = Literal::new("Trace ID");
    let ids = TRACE.find(line).filter(|i| *i > 0).unwrap_or(line.len());
    line[..ids].trim_ascii()
}

/// Where the sentence of `code` starts: its `AADSTS` at or after `at`; an error page prints the ids first.
#[must_use]
pub(crate) fn code_position(text: &[u8], at: usize, code: u32) -> usize {
    let needle = format!("AADSTS{code}");
    memmem::find(&text[at.min(text.len())..], needle.as_bytes()).map_or(at, |i| at + i)
}

/// Longer names of classes are looked at by the expression alone.
const MAX_CLASS_BYTES: usize = 256;

/// The class of the outermost exception: the first qualified class name in the text.
#[must_use]
pub(crate) fn outermost_exception(text: &[u8]) -> Option<&[u8]> {
    static ENDS: [Literal; 4] =
        [Literal::new("Exception"), Literal::new("Error"), Literal::new("Throwable"), Literal::new("Failure")];
    // Most messages without a stack trace name no class: the expression takes longer.
    let is_qualified = |end: usize| {
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_$.".contains(byte);
        let name = &text[..end];
        let name = &name[name.len() - name.iter().rev().take(MAX_CLASS_BYTES).take_while(part).count()..];
        name.len() == MAX_CLASS_BYTES || memchr_iter(b'.', name).count() >= 2
    };
    if !ENDS.iter().any(|end| end.find_iter(text).any(is_qualified)) {
        return None;
    }
    Some(EXCEPTION.captures(text)?.get(1)?.as_bytes())
}

/// The host that, according to the text, could not be reached or refused the connection.
#[must_use]
pub(crate) fn failing_host(text: &[u8]) -> Option<&[u8]> {
    let mut asked = None;
    for captures in HOST.captures_iter(text) {
        if let Some(failed) = captures.get(1) {
            return Some(without_dot(failed.as_bytes()));
        }
        asked = asked.or(captures.get(2));
    }
    asked.map(|host| without_dot(host.as_bytes())).or_else(|| token_host(text)).or_else(|| providers_host(text))
}

/// A sign-in or mail host of a provider, wherever it is. In a scope (`https://outlook.office.com/.default`) and in the address
/// of an explanation it is no host that was asked.
fn providers_host(text: &[u8]) -> Option<&[u8]> {
    static KNOWN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"(?x-u)(?:^|[^A-Za-z0-9.@-])(
                (?:outlook\.office(?:365)?|smtp\.office365)\.(?:com|us) | smtp-mail\.outlook\.com | partner\.outlook\.cn
              | (?:imap|smtp|pop)\.gmail\.com
              | login\.(?:microsoftonline\.(?:com|us)|partner\.microsoftonline\.cn|windows\.net)
            )(?:[^A-Za-z0-9./-]|\.?(?:\s|$)|/[A-Za-z0-9][A-Za-z0-9.-]*(?:[^A-Za-z0-9.?-]|$))"#,
        )
        .expect("the expression compiles")
    });
    static PARTS: [Literal; 6] = [
        Literal::new("office"),
        Literal::new("outlook"),
        Literal::new(".gmail."),
        Literal::new("login.microsoftonline"),
        Literal::new("login.partner"),
        Literal::new("login.windows"),
    ];
    if !PARTS.iter().any(|part| part.is_in(text)) {
        return None;
    }
    KNOWN.captures_iter(text).find_map(|captures| {
        let host = captures.get(1)?;
        let is_scope = text.get(host.end()) == Some(&b'/') && host.as_bytes().starts_with(b"outlook.");
        (!is_scope).then_some(host.as_bytes())
    })
}

/// The host to which, according to the text, a request was addressed.
#[must_use]
pub(super) fn requested_host(text: &[u8]) -> Option<&[u8]> {
    let asked = HOST.captures_iter(text).find_map(|captures| captures.get(2));
    asked.map(|host| without_dot(host.as_bytes())).or_else(|| token_host(text))
}

/// True when the text has the address of a token endpoint, or names a mail server by its role.
#[must_use]
pub(super) fn names_a_server(text: &[u8]) -> bool {
    static SERVER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?-u)connect to (?:the server at|host, port:|[A-Z0-9]{3,6} host:) ")
            .expect("the expression compiles")
    });
    SERVER.is_match(text) || TOKEN_URL.is_match(text)
}

/// True when the text, which names no host of Microsoft or Google, has the address of a token endpoint. Those of AD FS and of
/// Entra ID under a name of the customer are Microsoft's.
#[must_use]
pub(crate) fn has_other_provider(text: &[u8]) -> bool {
    TOKEN_URL.find(text).is_some_and(|url| {
        let url = url.as_bytes();
        ![&b"/adfs/"[..], b"/oauth2/v2.0/"].iter().any(|path| memmem::find(url, path).is_some())
    })
}

fn token_host(text: &[u8]) -> Option<&[u8]> {
    static TOKEN: Literal = Literal::new("/token");
    let url = TOKEN.is_in(text).then(|| TOKEN_URL.captures(text)).flatten()?;
    Some(without_dot(url.get(1)?.as_bytes()))
}

fn without_dot(host: &[u8]) -> &[u8] {
    host.strip_suffix(b".").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_qualified_class_is_the_outermost_exception() {
        let trace = b"it failed: javax.mail.MessagingException: x\n\tat com.sun.mail.Y.z(Y.java:1)\nCaused by: java.net.UnknownHostException: h";
        assert_eq!(outermost_exception(trace), Some(&b"javax.mail.MessagingException"[..]));
        assert_eq!(outermost_exception(b"AADSTS50011: Exception in general"), None);
        let logger = b"[o.s.a.AuthenticationError] no\njava.lang.IllegalStateException: x";
        assert_eq!(outermost_exception(logger), Some(&b"java.lang.IllegalStateException"[..]));
    }

    #[test]
    fn the_failing_host_is_read_from_common_messages() {
        for (text, host) in [
            ("java.net.UnknownHostException: login.microsoftonline.com", Some("login.microsoftonline.com")),
            ("Couldn't connect to host, port: outlook.office365.com, 993; timeout", Some("outlook.office365.com")),
            ("connection timed out after 10000 ms: idp.example.com/203.0.113.9:443", Some("idp.example.com")),
            ("Could not connect to SMTP host: smtp.office365.com, port: 587", Some("smtp.office365.com")),
            ("Connect to login.microsoftonline.com:443 [x] failed", Some("login.microsoftonline.com")),
            ("JIRA couldn't open the folder 'inbox' at outlook.office365.com", Some("outlook.office365.com")),
            ("No subject alternative DNS name matching idp.example.com found.", Some("idp.example.com")),
            ("Certificate for <idp.example.com> doesn't match", Some("idp.example.com")),
            ("Unable to connect to the server at outlook.office365.com due to x", Some("outlook.office365.com")),
            ("I/O error on POST request for \"https://idp.example.com/token\": x", Some("idp.example.com")),
            ("400 Bad Request\nPOST https://oauth2.googleapis.com/token", Some("oauth2.googleapis.com")),
            (
                "UnknownHostException: Unable to resolve host idp.example.com in hosts file /etc/hosts",
                Some("idp.example.com"),
            ),
            (
                "Unable to resolve host \"idp.example.com\": No address associated with hostname",
                Some("idp.example.com"),
            ),
            ("failed: answer of https://idp.example.com/token: <html>", Some("idp.example.com")),
            (
                "Couldn't download OpenID Provider metadata from https://idp.example.com/realms/a: x",
                Some("idp.example.com"),
            ),
            ("Configuration with the provided Issuer of \"https://idp.example.com/realms/a\"", Some("idp.example.com")),
            ("getaddrinfo ENOTFOUND idp.example.com", Some("idp.example.com")),
            ("HTTPSConnectionPool(host='idp.example.com', port=443): Max retries exceeded", Some("idp.example.com")),
            (
                "Post \"https://idp.example.com/token\": dial tcp: lookup idp.example.com: no such host",
                Some("idp.example.com"),
            ),
            (
                "I/O error on POST request for \"https://idp.example.com/token\": Connect to http://proxy.example.com:3128 failed",
                Some("proxy.example.com"),
            ),
            (
                "POST https://idp.example.com/token\njava.net.UnknownHostException: proxy.example.com",
                Some("proxy.example.com"),
            ),
            ("refresh https://idp.example.com:443/realms/a/protocol/openid-connect/token", Some("idp.example.com")),
            ("see https://login.microsoftonline.com/error?code=1", None),
            ("scope https://outlook.office.com/.default offline_access", None),
            ("scope https://outlook.office365.com/IMAP.AccessAsUser.All", None),
            ("FR0P281CA0173.outlook.office365.com Microsoft ESMTP MAIL Service ready", None),
            (
                "535 5.7.3 Authentication unsuccessful while sending via smtp.office365.com as x",
                Some("smtp.office365.com"),
            ),
            ("535 5.7.3 Authentication unsuccessful (smtp.office365.com:587, user x)", Some("smtp.office365.com")),
            ("authority=https://login.windows.net/contoso.example clientId=1", Some("login.windows.net")),
            (
                "FileNotFoundException: https://login.microsoftonline.com/contoso.example/oauth2/v2.0/tokens",
                Some("login.microsoftonline.com"),
            ),
            ("DEBUG IMAPS: protocolConnect login, host=imap.example.com, user=x", Some("imap.example.com")),
            ("DEBUG SMTP: trying to connect to host \"smtp.example.com\", port 587", Some("smtp.example.com")),
            ("Cannot open store imaps://support%40example.com@imap.example.com/INBOX: x", Some("imap.example.com")),
            ("Failed polling endpoint: imaps://imap.example.com:993?delay=60000", Some("imap.example.com")),
            ("Sending the email to the following server failed : smtp.example.com:587", Some("smtp.example.com")),
            (
                "SASL authentication failed; server smtp.example.com[203.0.113.9] said: 535 5.7.3",
                Some("smtp.example.com"),
            ),
            ("http, none, 203.0.113.7:3128 => idp.example.com/<unresolved>:443, status: 407", Some("idp.example.com")),
        ] {
            assert_eq!(failing_host(text.as_bytes()).map(String::from_utf8_lossy).as_deref(), host, "{text}");
        }
    }

    #[test]
    fn a_token_endpoint_of_neither_microsoft_nor_google_is_that_of_another_provider() {
        for (text, other) in [
            ("POST https://contoso.okta.com/oauth2/default/v1/token returned 401", true),
            ("https://idp.example.com/realms/a/protocol/openid-connect/token", true),
            ("https://adfs.example.com/adfs/oauth2/token", false),
            ("https://login.example.com/contoso/b2c_1_in/oauth2/v2.0/token", false),
            ("https://jira.example.com/plugins/servlet/oauth2/client/callback", false),
        ] {
            assert_eq!(has_other_provider(text.as_bytes()), other, "{text}");
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
