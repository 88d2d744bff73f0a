//! A connection that failed at the proxy itself, before the provider or the mail server was asked.
//!
//! Clients name the host to which they connect, and with a proxy this is the proxy: it is another one than the host of the
//! request, or its name or its port is that of a proxy.

use std::sync::LazyLock;

use memchr::memmem;
use regex::bytes::Regex;

use super::{context, context::Contexts, message};
use crate::search::Literal;

/// Ports that hardly anything but a proxy has.
const PROXY_PORTS: [&[u8]; 3] = [b"3128", b"3129", b"8118"];

/// So many connections of a text are looked at: a chain of exceptions repeats one or two.
const MAX_CONNECTIONS: usize = 32;

/// JavaMail, which names the server that it wanted, and then its proxy.
static MAIL_PROXY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)Using (?:web|SOCKS) proxy host, port: ([A-Za-z0-9][A-Za-z0-9.-]*), \d")
        .expect("the expression compiles")
});
/// What follows when that proxy was not reached; one that was reached has answered.
static NOT_REACHED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)UnknownHostException|ConnectException: (?:Connection refused|Connection timed out|Operation timed out)|[Cc]onnect timed out|NoRouteToHost")
        .expect("the expression compiles")
});

/// The host to which a client wanted to connect, and its port.
static CONNECTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x-u)(?:
            UnknownHostException:\x20(?:No\x20such\x20host\x20is\x20known\x20\(|Failed\x20to\x20resolve\x20')?
          | (?:Connection\x20refused|connection\x20timed\x20out(?:\x20after\x20\d{1,9}\x20ms)?):\x20
          | [Cc]onnect\x20to\x20(?:https?://)?/?
        )([A-Za-z0-9][A-Za-z0-9.-]*)(?:/[0-9a-fA-F.:]*?)?(?::(\d{2,5}))?(?:[^0-9A-Za-z/-]|$)",
    )
    .expect("the expression compiles")
});

/// The proxy at which the connection of this text failed; `None` when it failed elsewhere.
#[must_use]
pub(crate) fn failed_proxy(text: &[u8]) -> Option<&[u8]> {
    static MAIL: Literal = Literal::new(" proxy host, port: ");
    if MAIL.is_in(text)
        && let Some(captures) = MAIL_PROXY.captures(text)
    {
        return captures.get(1).map(|host| host.as_bytes()).filter(|_| NOT_REACHED.is_match(text));
    }
    let asked = message::requested_host(text);
    CONNECTION.captures_iter(text).take(MAX_CONNECTIONS).find_map(|captures| {
        let host = captures.get(1)?.as_bytes();
        let port = captures.get(2).map(|port| port.as_bytes());
        // `connect to host, port: …`, `connect to the server`: a word.
        let is_word = !host.contains(&b'.') && port.is_none() && !captures[0].starts_with(b"Unknown");
        (!is_word && is_proxy(text, host, port, asked)).then_some(host)
    })
}

fn is_proxy(text: &[u8], host: &[u8], port: Option<&[u8]>, asked: Option<&[u8]>) -> bool {
    if asked == Some(host) || is_mail_server(text, host) {
        return false;
    }
    if context::of_text(host).intersects(Contexts::OAUTH.with(Contexts::MAIL)) {
        // A host of a provider.
        return false;
    }
    if port.is_some_and(|port| PROXY_PORTS.contains(&port)) || is_named_proxy(host) {
        return true;
    }
    let Some(asked) = asked else { return false };
    if host.iter().all(|b| b.is_ascii_digit() || *b == b'.') {
        // The address may be that of the host of the request.
        return port.is_some_and(|port| port != b"443");
    }
    // Two hosts of one company may be one service.
    let is_written_as_host = host.contains(&b'.') || host.iter().all(|b| !b.is_ascii_uppercase());
    is_written_as_host && domain(host) != domain(asked)
}

/// True for the server of a mail connection, which is named with its port.
fn is_mail_server(text: &[u8], host: &[u8]) -> bool {
    static MAIL_HOST: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i-u)^(?:imap|pop|smtp|mail|mx|outlook)[^.]*\.").expect("the expression compiles")
    });
    let named = [&b"host, port: "[..], b"server at ", b"host: "].iter().any(|words| {
        let words = [words, host].concat();
        memmem::find(text, &words).is_some()
    });
    named || MAIL_HOST.is_match(host)
}

/// True for `proxy.example.com`, `webproxy`, `squid-1.example.com`.
fn is_named_proxy(host: &[u8]) -> bool {
    static NAME: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i-u)proxy|^squid\b").expect("the expression compiles"));
    NAME.is_match(host)
}

/// The last two labels of a name.
fn domain(host: &[u8]) -> &[u8] {
    let mut dots = memchr::memrchr_iter(b'.', host);
    let _top = dots.next();
    dots.next().map_or(host, |dot| &host[dot + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_is_the_host_that_failed_in_place_of_the_one_that_was_asked() {
        let asked = "I/O error on POST request for \"https://login.microsoftonline.com/common/oauth2/v2.0/token\": ";
        for (text, host) in [
            (format!("{asked}Connect to http://proxy.example.com:3128 failed: Connection refused"), "proxy.example.com"),
            (format!("{asked}out.example.com; nested exception is java.net.UnknownHostException: out.example.com"), "out.example.com"),
            (format!("{asked}java.net.UnknownHostException: gateway"), "gateway"),
            (format!("{asked}Failed to connect to out.example.com/203.0.113.7:8080"), "out.example.com"),
            (format!("{asked}Failed to connect to /203.0.113.7:8080"), "203.0.113.7"),
            ("Connect to squid:8888 [squid/203.0.113.7] failed: connect timed out".to_owned(), "squid"),
            ("Connection refused: proxy.example.com/203.0.113.7:8080".to_owned(), "proxy.example.com"),
            ("Connect to 203.0.113.7:3128 [/203.0.113.7] failed: Connection refused".to_owned(), "203.0.113.7"),
            (format!("{asked}Failed to connect to proxy.example.com/203.0.113.7:3128"), "proxy.example.com"),
            (
                "Couldn't connect to host, port: imap.example.com, 993; timeout 10000; Using web proxy host, port: out.example.com, 3129;\njava.net.ConnectException: Connection refused"
                    .to_owned(),
                "out.example.com",
            ),
        ] {
            let found = failed_proxy(text.as_bytes()).map(String::from_utf8_lossy);
            assert_eq!(found.as_deref(), Some(host), "{text}");
        }
    }

    #[test]
    fn other_hosts_that_fail_are_no_proxies() {
        let asked = "I/O error on POST request for \"https://idp.example.com/oauth2/token\": ";
        for text in [
            format!("{asked}Connect to idp.example.com:443 [idp.example.com/203.0.113.7] failed: Connection refused"),
            format!("{asked}java.net.UnknownHostException: keys.example.com"),
            format!("{asked}Failed to connect to /203.0.113.7:443"),
            format!("{asked}java.net.UnknownHostException: graph.microsoft.com"),
            format!("{asked}java.net.ConnectException: Connection refused (Connection refused)"),
            "Couldn't connect to host, port: mailproxy.example.com, 993; timeout 10000;\njava.net.UnknownHostException: mailproxy.example.com".to_owned(),
            "Couldn't connect to host, port: imap.example.com, 993; timeout 10000; Using web proxy host, port: out.example.com, 3129;\njava.net.ConnectException: connection through proxy out.example.com:3129 to imap.example.com:993 failed: HTTP/1.1 403 Forbidden".to_owned(),
            "Unable to connect to the server at imap.example.com".to_owned(),
            format!("{asked}Couldn't connect to host, port: exch01.example.org, 993; java.net.UnknownHostException: exch01.example.org"),
            "java.net.UnknownHostException: idp.example.org".to_owned(),
            "Connect to idp.example.org:8443 failed: connect timed out".to_owned(),
        ] {
            assert_eq!(failed_proxy(text.as_bytes()), None, "{text}");
        }
    }
}
