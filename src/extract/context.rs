//! Is a record about OAuth or mail at all?
//!
//! A timeout or a TLS failure is relevant only in such a context: webhooks, directories and databases log
//! the same messages. The context of the header (logger, URL, thread, mail layout) also shows whether an
//! informational line reports a failure or only quotes one.

use std::sync::LazyLock;

use memchr::memchr2_iter;
use regex::bytes::Regex;

use crate::{
    model::{Header, Layout},
    search::{Literal, MultiSearcher, Needle},
};

/// A set of contexts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub(crate) struct Contexts(u8);

impl Contexts {
    /// Nothing recognised.
    pub(crate) const NONE: Self = Self(0);
    /// OAuth 2.0 or OpenID Connect.
    pub(crate) const OAUTH: Self = Self(1);
    /// IMAP, POP, SMTP, Jira's mail handlers.
    pub(crate) const MAIL: Self = Self(2);
    /// Entra ID, Exchange Online.
    pub(crate) const MICROSOFT: Self = Self(4);
    /// Google accounts, Gmail.
    pub(crate) const GOOGLE: Self = Self(8);
    /// Microsoft Graph.
    pub(crate) const GRAPH: Self = Self(16);
    /// Sign-in with OpenID Connect.
    pub(crate) const OIDC: Self = Self(32);
    /// A request of such a sign-in, or of its settings; known from the header alone.
    pub(crate) const OIDC_REQUEST: Self = Self(64);
    /// An error object that may be one of Microsoft Graph.
    const INNER_ERROR: Self = Self(128);

    /// The context with this name in the catalogue.
    #[must_use]
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "oauth" => Self::OAUTH,
            "mail" => Self::MAIL,
            "microsoft" => Self::MICROSOFT,
            "google" => Self::GOOGLE,
            "graph" => Self::GRAPH,
            "oidc" => Self::OIDC,
            _ => return None,
        })
    }

    /// The union of both sets.
    #[must_use]
    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// True when the sets have a context in common.
    #[must_use]
    pub(crate) fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

const SIGN_IN: Contexts = Contexts(Contexts::OAUTH.0 | Contexts::OIDC.0);
const MS: Contexts = Contexts(Contexts::OAUTH.0 | Contexts::MICROSOFT.0);
const GRAPH_API: Contexts = Contexts(Contexts::GRAPH.0 | Contexts::MICROSOFT.0 | Contexts::OAUTH.0);
const GG: Contexts = Contexts(Contexts::OAUTH.0 | Contexts::GOOGLE.0);

/// Words that show a context. Class and package names are those of Jira, Nimbus, MSAL and JavaMail.
const WORDS: &[(&str, Contexts)] = &[
    ("oauth2", Contexts::OAUTH),
    ("OAuth2", Contexts::OAUTH),
    ("OAUTH2", Contexts::OAUTH),
    ("oauth 2", Contexts::OAUTH),
    ("OAuth 2", Contexts::OAUTH),
    ("OAuth token", Contexts::OAUTH),
    ("OAuth flow", Contexts::OAUTH),
    ("oidc", SIGN_IN),
    ("/openid-configuration", SIGN_IN),
    ("OpenID Connect", SIGN_IN),
    ("ID token parsing failed", SIGN_IN),
    ("[invalid_id_token]", SIGN_IN),
    ("nimbusds", Contexts::OAUTH),
    ("TokenServiceException", Contexts::OAUTH),
    ("TokenException", Contexts::OAUTH),
    ("TokenHandler", Contexts::OAUTH),
    ("AuthorizationCodeFlow", Contexts::OAUTH),
    ("authorizing an integration", Contexts::OAUTH),
    ("authorization code flow", Contexts::OAUTH),
    ("efresh token", Contexts::OAUTH),
    ("Refresh Token", Contexts::OAUTH),
    ("token endpoint", Contexts::OAUTH),
    ("/oauth/token", Contexts::OAUTH),
    ("/oauth/v2/token", Contexts::OAUTH),
    ("/login/oauth/access_token", Contexts::OAUTH),
    ("/openid-connect/", Contexts::OAUTH),
    ("msal4j", MS),
    ("adal4j", MS),
    ("login.microsoftonline.", MS),
    ("login.partner.microsoftonline", MS),
    ("login.chinacloudapi", MS),
    ("login.windows.net", MS),
    ("login.live.com", MS),
    ("oauth2.googleapis.com", GG),
    ("accounts.google.com", GG),
    ("googleapis.com", GG),
    // On Google's consent page.
    ("Google verification process", GG),
    ("Google hasn", GG),
    ("graph.microsoft.", GRAPH_API),
    ("MS Graph API", GRAPH_API),
    ("MailboxNotEnabledForRESTAPI", GRAPH_API),
    ("com.microsoft.graph", GRAPH_API),
    ("microsoftgraph", GRAPH_API),
    // What Graph's clients and its error objects say without naming the host.
    ("Graph service exception", GRAPH_API),
    ("\"innerError\"", Contexts::INNER_ERROR),
    ("exchange.webservices", Contexts::MAIL),
    ("/EWS/Exchange.asmx", Contexts::MAIL),
    ("/ews/exchange.asmx", Contexts::MAIL),
    ("MailPuller", Contexts::MAIL),
    ("MailFetcher", Contexts::MAIL),
    ("MailServer", Contexts::MAIL),
    ("mail server", Contexts::MAIL),
    ("Mail Queue", Contexts::MAIL),
    ("mailitem", Contexts::MAIL),
    ("javax.mail", Contexts::MAIL),
    ("jakarta.mail", Contexts::MAIL),
    ("com.sun.mail", Contexts::MAIL),
    ("angus.mail", Contexts::MAIL),
    ("imap", Contexts::MAIL),
    ("IMAP", Contexts::MAIL),
    ("pop3", Contexts::MAIL),
    ("POP3", Contexts::MAIL),
    ("XOAUTH2", Contexts::MAIL),
    ("smtp", Contexts::MAIL),
    ("SMTP", Contexts::MAIL),
    ("prod.outlook.com", Contexts(Contexts::MAIL.0 | Contexts::MICROSOFT.0)),
    ("PROD.OUTLOOK.COM", Contexts(Contexts::MAIL.0 | Contexts::MICROSOFT.0)),
    ("outlook.office", Contexts(Contexts::MAIL.0 | Contexts::MICROSOFT.0)),
    ("partner.outlook.cn", Contexts(Contexts::MAIL.0 | Contexts::MICROSOFT.0)),
    ("imap.gmail", Contexts(Contexts::MAIL.0 | Contexts::GOOGLE.0)),
    ("smtp.gmail", Contexts(Contexts::MAIL.0 | Contexts::GOOGLE.0)),
    ("pop.gmail", Contexts(Contexts::MAIL.0 | Contexts::GOOGLE.0)),
    ("mail.google.com", Contexts(Contexts::MAIL.0 | Contexts::GOOGLE.0)),
];

static SEARCH: LazyLock<MultiSearcher<3>> =
    LazyLock::new(|| MultiSearcher::new(WORDS.iter().map(|(word, _)| Needle::of(word)).collect()));

/// The contexts of a text.
#[must_use]
pub(crate) fn of_text(text: &[u8]) -> Contexts {
    let mut all = Contexts::NONE;
    SEARCH.for_each(text, |word, _| all = all.with(WORDS[word].1));
    if !all.intersects(Contexts::INNER_ERROR) {
        return all;
    }
    // Other services have such objects, too, but not with this key.
    static REQUEST_ID: Literal = Literal::new("\"request-id\"");
    all.0 &= !Contexts::INNER_ERROR.0;
    if REQUEST_ID.is_in(text) { all.with(GRAPH_API) } else { all }
}

/// The contexts of a text that was pasted alone, without the line that it was logged in: an error object of Graph, and the
/// answer of a mail server as Jira's pages and mail clients show it.
#[must_use]
pub(crate) fn of_pasted(text: &[u8]) -> Contexts {
    static GRAPH: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?-u)^\s*\{\s*"error"\s*:\s*\{\s*"code"\s*:\s*"[A-Z]"#).expect("the expression compiles")
    });
    static MAIL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?m-u)^\s*[45]\d\d[\x20-][45]\.\d{1,3}\.\d{1,3}\x20|Invalid login: [45]\d\d|(?:^|[\s:])(?:AuthenticationFailedException: |ConnectionException: \* BYE)|(?:^|['\x22\s])-ERR\x20|^[A-Z]{1,3}\d{1,5}\x20(?:NO|BAD)\x20",
        )
        .expect("the expression compiles")
    });
    let graph = if GRAPH.is_match(text) { of_text(b"graph.microsoft.") } else { Contexts::NONE };
    if MAIL.is_match(text) { graph.with(Contexts::MAIL) } else { graph }
}

/// The contexts of a header.
#[must_use]
pub(crate) fn of_header(header: &Header<'_>) -> Contexts {
    of_request(header).with(of_logger(header))
}

/// Requests of a sign-in with OpenID Connect and of its settings.
pub(crate) const OIDC_PATHS: [&str; 2] = ["/servlet/oidc/callback", "/rest/authconfig/"];

/// The contexts of its layout, its thread and its URL.
pub(crate) fn of_request(header: &Header<'_>) -> Contexts {
    static PATHS: [Literal; OIDC_PATHS.len()] = [Literal::new(OIDC_PATHS[0]), Literal::new(OIDC_PATHS[1])];
    let signs_in = |url: &[u8]| PATHS.iter().any(|path| path.is_in(url));
    let layout = match header.layout {
        Layout::Mail | Layout::MailDebug => Contexts::MAIL,
        _ if header.url.is_some_and(signs_in) => SIGN_IN.with(Contexts::OIDC_REQUEST),
        _ => Contexts::NONE,
    };
    [header.thread, header.url].into_iter().flatten().map(of_text).fold(layout, Contexts::with)
}

/// The contexts of its logger.
pub(crate) fn of_logger(header: &Header<'_>) -> Contexts {
    let mut all = header.logger.map_or(Contexts::NONE, of_text);
    if let Some(logger) = header.logger {
        let contains = |word: &[u8]| {
            let starts = memchr2_iter(word[0], word[0].to_ascii_uppercase(), logger);
            starts
                .map(|at| &logger[at..])
                .any(|rest| rest.len() >= word.len() && rest[..word.len()].eq_ignore_ascii_case(word))
        };
        // `c.a.j.i.m…` is com.atlassian.jira.internal.mail, abbreviated.
        if contains(b"mail") || logger.starts_with(b"c.a.j.i.m.") {
            all = all.with(Contexts::MAIL);
        }
        // `c.a.o.client…` is com.atlassian.oauth2.client, abbreviated.
        if contains(b"oauth") || logger.starts_with(b"c.a.o.c") || contains(b"openid") {
            all = all.with(Contexts::OAUTH);
        }
    }
    all
}

/// True when a user was waiting for the request: its URL is a path, not the name of a background service.
#[must_use]
pub(crate) fn is_interactive(header: &Header<'_>) -> bool {
    header.url.is_some_and(|url| url.starts_with(b"/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_was_pasted_alone_shows_its_context_by_its_form() {
        let graph = r#"{"error":{"code":"ErrorAccessDenied","message":"Access is denied."}}"#;
        assert!(of_pasted(graph.as_bytes()).intersects(Contexts::GRAPH));
        assert!(of_pasted(b"{\n  \"error\": {\n    \"code\": \"ErrorAccessDenied\"").intersects(Contexts::GRAPH));
        for text in [
            "535-5.7.8 Username and Password not accepted",
            "Error: Invalid login: 535-5.7.8 Username and Password not accepted",
            "Review the errors below and rectify: AuthenticationFailedException: AUTHENTICATE failed.",
            "Review the errors below and rectify:\nConnectionException: * BYE Jakarta Mail Exception",
            "error_proto: b'-ERR Protocol error. Connection is closed. 10'",
            "A1 NO AUTHENTICATE failed.",
        ] {
            assert_eq!(of_pasted(text.as_bytes()), Contexts::MAIL, "{text}");
        }
        for text in [
            r#"{"error":"invalid_grant"}"#,
            r#"x {"error":{"code":"ErrorAccessDenied"}}"#,
            "com.atlassian.crowd.exception.InvalidAuthenticationException: x",
            "version 535 5.7.8",
        ] {
            assert_eq!(of_pasted(text.as_bytes()), Contexts::NONE, "{text}");
        }
    }

    #[test]
    fn the_context_of_a_text_is_read_from_its_words() {
        for (text, oauth, mail) in [
            ("com.atlassian.oauth2.client.api.lib.token.TokenServiceException", true, false),
            ("java.net.UnknownHostException: login.microsoftonline.com", true, false),
            ("javax.mail.MessagingException: x", false, true),
            ("connecting to imap.gmail.com", false, true),
            ("webhook to https://hooks.example.com failed: PKIX path building failed", false, false),
            ("LDAP read timed out for ann@gmail.com", false, false),
            ("oauth_problem=signature_invalid", false, false),
            ("Graph service exception Error code: x", true, false),
            (r#"{"error":{"code":"x","innerError":{"request-id":"1"}}}"#, true, false),
            (r#"{"error":{"code":"accessDenied","innerError":{"code":"x"}}}"#, false, false),
            ("POST https://idp.example.com/oauth/token", true, false),
            ("POST https://mail.example.com/EWS/Exchange.asmx", false, true),
        ] {
            let found = of_text(text.as_bytes());
            assert_eq!(found.intersects(Contexts::OAUTH), oauth, "{text}");
            assert_eq!(found.intersects(Contexts::MAIL), mail, "{text}");
        }
    }
}
