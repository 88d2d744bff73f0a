//! The tunnel of an HTTP proxy.

use std::io::{self, Write};

use super::{
    http::{self, Answer},
    net::BoundedStream,
};
use crate::doctor::checks::Check;

const ID: &str = "proxy.connect";

/// Asks a proxy for a tunnel. The result is a check, and the connection if there is a tunnel.
pub(super) fn tunnel(
    mut stream: BoundedStream,
    proxy: &str,
    from: &str,
    host: &str,
    port: u16,
) -> (Check, Option<BoundedStream>) {
    let head =
        format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: {}\r\n\r\n", http::USER_AGENT);
    let answer = stream.write_all(head.as_bytes()).and_then(|()| http::read_head(&mut stream));
    let (mut answer, rest) = match answer {
        Ok(answer) => answer,
        Err(error) => return (no_answer(proxy, from, &error), None),
    };
    if answer.status == 200 {
        return (
            Check::ok(ID, format!("The proxy {proxy} (from {from}) opens a tunnel to {host}:{port}.")),
            Some(stream),
        );
    }
    // The page of a proxy says what it is about.
    answer.body = rest;
    let _ = http::read_more(&mut stream, &mut answer);
    (refused(&answer, proxy, from, host, port), None)
}

fn no_answer(proxy: &str, from: &str, error: &io::Error) -> Check {
    let what = if super::net::is_timeout(error) {
        "does not answer in time".to_owned()
    } else {
        format!("does not answer as a proxy does: {error}")
    };
    Check::problem(
        ID,
        format!("The proxy {proxy} (from {from}) {what}."),
        "Check host and port of the proxy, or ask its operator.",
    )
}

/// The name of the product that answers, if it says so.
fn product(answer: &Answer) -> String {
    let named = ["server", "via", "x-squid-error"].into_iter().filter_map(|name| Some((name, answer.header(name)?)));
    let clean = |text: &str| text.chars().filter(|c| !c.is_control()).take(60).collect::<String>();
    let mut parts: Vec<String> = named.map(|(_, value)| clean(value)).collect();
    parts.dedup();
    parts.extend(answer.title().map(|title| format!("page \"{title}\"")));
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

fn refused(answer: &Answer, proxy: &str, from: &str, host: &str, port: u16) -> Check {
    let who = product(answer);
    match answer.status {
        407 => {
            let mut schemes: Vec<String> = answer
                .headers("proxy-authenticate")
                .filter_map(|value| value.split_whitespace().next())
                .map(|scheme| scheme.chars().filter(char::is_ascii_alphanumeric).take(20).collect())
                .collect();
            schemes.dedup();
            let basic = if schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic")) {
                " Java sends no Basic password through a tunnel unless -Djdk.http.auth.tunneling.disabledSchemes= (empty) is set."
            } else {
                ""
            };
            let schemes = if schemes.is_empty() { String::new() } else { format!(" ({})", schemes.join(", ")) };
            Check::problem(
                ID,
                format!("The proxy {proxy} (from {from}) answers 407{schemes}: it wants a password{who}.{basic}"),
                format!("Let the proxy open tunnels to {host}:{port} from Jira's hosts without a password."),
            )
        }
        500 | 502..=504 => Check::problem(
            ID,
            format!("The proxy {proxy} (from {from}) cannot reach {host}:{port} itself: {}{who}.", answer.status),
            "Ask the operator of the proxy to let it resolve and reach this host.",
        ),
        status => Check::problem(
            ID,
            format!("The proxy {proxy} (from {from}) refuses {host}:{port}: {status}{who}."),
            format!("Ask the operator of the proxy to allow CONNECT to {host}:{port} from Jira's hosts."),
        ),
    }
}
