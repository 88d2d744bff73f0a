//! One host, hop by hop.

use std::{
    io::{self, Read, Write},
    net::SocketAddr,
    time::Instant,
};

use super::{
    answers,
    chain_checks::{MissingCa, judge},
    http,
    mail::{self, Capabilities},
    net::{Attempt, BoundedStream, connect, is_timeout, resolve},
    options::ProbeOptions,
    proxy::tunnel,
    tls::{Tls, TlsFailure, handshake},
};
use crate::doctor::{
    checks::{Check, Verdict},
    hosts::{Host, Purpose},
    settings::ProxySettings,
};

/// The checks of a host, and CAs that are missing on the way to it.
type HopResults = (Vec<Check>, Vec<MissingCa>);

/// Checks the way to a host.
pub(super) fn probe(host: &Host, options: &ProbeOptions) -> HopResults {
    let (mut checks, mut missing) = (Vec::new(), Vec::new());
    let subject = format!("{}:{} ({})", host.name, host.port, host.purpose.as_str());
    if let Some(stream) = reach(host, options, &mut checks) {
        match host.purpose {
            Purpose::SignIn | Purpose::Graph => https(host, stream, options, &mut checks, &mut missing),
            _ => mail_server(host, stream, options, &mut checks, &mut missing),
        }
    }
    for check in &mut checks {
        check.subject = Some(subject.clone());
    }
    (checks, missing)
}

/// A connection to a host, through the proxy if there is one.
fn reach(host: &Host, options: &ProbeOptions, checks: &mut Vec<Check>) -> Option<BoundedStream> {
    // JavaMail does not use an HTTP proxy.
    let proxy = if host.purpose.is_https() { options.proxy_for(&host.name) } else { None };
    let Some((ProxySettings { host: name, port, .. }, from)) = proxy else {
        return direct(&host.name, host.port, options, checks);
    };
    let through = |check: Check| {
        if check.verdict == Verdict::Ok {
            check
        } else {
            Check { fact: format!("The proxy of {from}: {}", check.fact), ..check }
        }
    };
    let mut way = Vec::new();
    let stream = direct(&name, port, options, &mut way);
    checks.extend(way.into_iter().map(through));
    let start = Instant::now();
    let tunnel = stream.map(|mut stream| {
        stream.set_deadline(options.step());
        tunnel(stream, &format!("{name}:{port}"), from, &host.name, host.port)
    });
    let (check, stream) = match tunnel {
        Some((check, stream)) => (check, stream),
        None => (
            Check::problem(
                "proxy.connect",
                format!("The proxy {name}:{port} (from {from}) cannot be reached."),
                "Check host and port of the proxy, or ask its operator.",
            ),
            None,
        ),
    };
    let failed = stream.is_none();
    checks.push(check.took(start.elapsed()));
    if failed {
        // Is it the proxy, or is there no way at all?
        let mut without = Vec::new();
        let reached = direct(&host.name, host.port, options, &mut without).is_some();
        let fact = if reached {
            "Without the proxy the host can be reached from here."
        } else {
            "Without the proxy the host cannot be reached from here either."
        };
        let check = Check::new("tcp.connect", if reached { Verdict::Warning } else { Verdict::Unknown }, fact);
        checks.push(if reached {
            check.with_fix(format!("If that is allowed, add {} to -Dhttp.nonProxyHosts.", host.name))
        } else {
            check
        });
    }
    stream
}

/// Name resolution and TCP.
fn direct(name: &str, port: u16, options: &ProbeOptions, checks: &mut Vec<Check>) -> Option<BoundedStream> {
    let (found, time) = resolve(name, port, options);
    let addresses = match found {
        Ok(addresses) if !addresses.is_empty() => addresses,
        other => {
            let why = match other {
                Err(error) if is_timeout(&error) => "no answer in time".to_owned(),
                Err(error) => error.to_string(),
                Ok(_) => "no address".to_owned(),
            };
            let fix = "Let this machine's DNS resolve the name, or reach it through a proxy, which resolves it itself.";
            checks.push(Check::problem("dns.resolve", format!("{name} cannot be resolved: {why}."), fix).took(time));
            return None;
        }
    };
    let list: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
    checks.push(Check::ok("dns.resolve", format!("{name} resolves to {}.", list.join(", "))).took(time));
    let attempts = connect(&addresses, options);
    let slowest = attempts.iter().map(|attempt| attempt.time).max().unwrap_or_default();
    checks.push(tcp(name, port, &attempts, options).took(slowest));
    // The order is that of the system, which Java keeps.
    let stream = attempts.into_iter().find_map(|attempt| attempt.result.ok())?;
    Some(BoundedStream::new(stream, options.step()))
}

fn tcp(name: &str, port: u16, attempts: &[Attempt], options: &ProbeOptions) -> Check {
    let id = "tcp.connect";
    let why = |error: &io::Error| match error.kind() {
        _ if is_timeout(error) => format!("no answer in {} s", options.timeout.as_secs()),
        io::ErrorKind::ConnectionRefused => "refused".to_owned(),
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => "no route".to_owned(),
        _ => error.to_string(),
    };
    let failed: Vec<(SocketAddr, &io::Error)> =
        attempts.iter().filter_map(|attempt| Some((attempt.address, attempt.result.as_ref().err()?))).collect();
    let list: Vec<String> =
        failed.iter().take(4).map(|(address, error)| format!("{}: {}", address.ip(), why(error))).collect();
    let list = list.join("; ");
    if failed.is_empty() {
        return Check::ok(id, format!("Port {port} answers at {} of {}.", attempts.len(), count(attempts.len())));
    }
    if failed.len() < attempts.len() {
        // Without IPv6 on this machine its addresses do not matter.
        let only_unreachable = failed.iter().all(|(_, error)| {
            matches!(error.kind(), io::ErrorKind::NetworkUnreachable | io::ErrorKind::AddrNotAvailable)
        });
        let v6 = failed.iter().all(|(address, _)| address.is_ipv6());
        if only_unreachable && v6 {
            return Check::ok(id, format!("Port {port} answers over IPv4; this machine has no IPv6 route."));
        }
        let fix = if v6 {
            "Open IPv6, or let Java use IPv4 alone: -Djava.net.preferIPv4Stack=true."
        } else {
            "Let the firewall pass all addresses of the host: the provider changes them."
        };
        return Check::warning(
            id,
            format!("Port {port} of {name} answers at some of its addresses only. {list}."),
            fix,
        );
    }
    let refused = failed.iter().all(|(_, error)| error.kind() == io::ErrorKind::ConnectionRefused);
    let fix = if refused {
        "Check host and port; a firewall may reject the connection."
    } else {
        "Let the firewall pass connections of Jira's hosts to this port, or use the proxy of your network."
    };
    Check::problem(id, format!("Port {port} of {name} cannot be reached. {list}."), fix)
}

fn count(addresses: usize) -> String {
    if addresses == 1 { "1 address".to_owned() } else { format!("{addresses} addresses") }
}

/// TLS, with what its chain means.
fn encrypted<S: Read + Write>(
    host: &Host,
    stream: S,
    options: &ProbeOptions,
    checks: &mut Vec<Check>,
    missing: &mut Vec<MissingCa>,
) -> Option<Tls<S>> {
    let id = "tls.handshake";
    let start = Instant::now();
    match handshake(stream, &host.name) {
        Ok(tls) => {
            checks.push(Check::ok(id, format!("{} with {}.", tls.version, host.name)).took(start.elapsed()));
            missing.extend(judge(&tls.chain, &host.name, host.purpose, options, checks));
            Some(tls)
        }
        Err(failure) => {
            let fix = match &failure {
                TlsFailure::OldVersion | TlsFailure::NoCommonCipher => {
                    "That is not Microsoft's or Google's server: another system answers in its place. Ask your network team."
                }
                TlsFailure::PlainText => "Check the port; a proxy or firewall may answer in plain text.",
                TlsFailure::Closed => {
                    "A firewall that reads the name of the host may close the connection: ask for an exception."
                }
                TlsFailure::Timeout => "A firewall or TLS inspection may hold the connection: ask for an exception.",
                _ => "Ask your network team what answers at this address.",
            };
            checks
                .push(Check::problem(id, format!("No TLS with {}: {failure}.", host.name), fix).took(start.elapsed()));
            None
        }
    }
}

fn https(
    host: &Host,
    mut stream: BoundedStream,
    options: &ProbeOptions,
    checks: &mut Vec<Check>,
    missing: &mut Vec<MissingCa>,
) {
    stream.set_deadline(options.step());
    let Some(mut tls) = encrypted(host, stream, options, checks, missing) else { return };
    let endpoints = host.endpoints.clone().unwrap_or_default();
    tls.stream.sock.set_deadline(options.step());
    let start = Instant::now();
    let first = match (host.purpose, &endpoints.openid_path) {
        (Purpose::Graph, _) => Some(("graph.answer", "/v1.0/")),
        (_, Some(path)) => Some(("http.openid", path.as_str())),
        _ => None,
    };
    if let Some((id, path)) = first {
        match http::request(&mut tls.stream, "GET", &host_header(host), path, None) {
            Ok(answer) => {
                let check = if id == "graph.answer" {
                    answers::graph(&answer)
                } else {
                    answers::openid(&answer, path, &endpoints)
                };
                checks.push(check.took(start.elapsed()));
                checks.extend(answers::clock(&answer));
            }
            Err(error) => checks.push(no_answer(id, &host.name, &error).took(start.elapsed())),
        }
    }
    if host.purpose == Purpose::SignIn {
        token_endpoint(host, &endpoints.token, options, checks);
    }
}

/// The host as HTTP names it: with its port, if that is not the usual one.
fn host_header(host: &Host) -> String {
    if host.port == 443 { host.name.clone() } else { format!("{}:{}", host.name, host.port) }
}

/// The token endpoint, on a separate connection.
fn token_endpoint(host: &Host, token: &Option<String>, options: &ProbeOptions, checks: &mut Vec<Check>) {
    let id = "http.token";
    let path = token.as_deref().and_then(|url| {
        let (name, path) = url.split_once("://")?.1.split_once('/')?;
        // Google's token endpoint is another host, with its own probe.
        (name.split(':').next() == Some(&host.name)).then(|| format!("/{path}"))
    });
    let Some(path) = path else { return };
    let mut way = Vec::new();
    let start = Instant::now();
    let Some(stream) = reach(host, options, &mut way) else {
        checks.push(Check::unknown(id, "A second connection to the host failed.").took(start.elapsed()));
        return;
    };
    let answer =
        handshake(stream, &host.name).map_err(|failure| io::Error::other(failure.to_string())).and_then(|mut tls| {
            tls.stream.sock.set_deadline(options.step());
            http::request(&mut tls.stream, "POST", &host_header(host), &path, Some("grant_type=authorization_code"))
        });
    checks.push(match answer {
        Ok(answer) => answers::token(&answer).took(start.elapsed()),
        Err(error) => no_answer(id, &host.name, &error).took(start.elapsed()),
    });
}

fn no_answer(id: &str, host: &str, error: &io::Error) -> Check {
    let why = if is_timeout(error) { "no answer in time".to_owned() } else { error.to_string() };
    Check::problem(
        id,
        format!("{host} gives no answer: {why}."),
        "A firewall or TLS inspection may hold the connection: ask for an exception.",
    )
}

fn mail_server(
    host: &Host,
    mut stream: BoundedStream,
    options: &ProbeOptions,
    checks: &mut Vec<Check>,
    missing: &mut Vec<MissingCa>,
) {
    let id = "mail.capabilities";
    stream.set_deadline(options.step());
    if host.purpose == Purpose::Smtp {
        let start = Instant::now();
        let plain = mail::smtp_greeting(&mut stream).and_then(|_| mail::ehlo(&mut stream));
        let offered = match plain {
            Ok(found) if found.start_tls => mail::start_tls(&mut stream),
            Ok(_) => {
                checks.push(
                    Check::problem(
                        id,
                        format!("{} does not offer STARTTLS.", host.name),
                        "Check host and port: 587 is the port with STARTTLS.",
                    )
                    .took(start.elapsed()),
                );
                return;
            }
            Err(error) => Err(error),
        };
        if let Err(error) = offered {
            checks.push(no_answer(id, &host.name, &error).took(start.elapsed()));
            return;
        }
        stream.set_deadline(options.step());
    }
    let Some(mut tls) = encrypted(host, stream, options, checks, missing) else { return };
    tls.stream.sock.set_deadline(options.step());
    let start = Instant::now();
    let found = if host.purpose == Purpose::Smtp {
        mail::ehlo(&mut tls.stream)
    } else {
        mail::ask(&mut tls.stream, host.purpose)
    };
    checks.push(match found {
        Ok(found) => capabilities(host, &found).took(start.elapsed()),
        Err(error) => no_answer(id, &host.name, &error).took(start.elapsed()),
    });
}

fn capabilities(host: &Host, found: &Capabilities) -> Check {
    let id = "mail.capabilities";
    let protocol = host.purpose.as_str();
    let methods = if found.methods.is_empty() { "none".to_owned() } else { found.methods.join(", ") };
    if found.methods.iter().any(|method| method == "XOAUTH2") {
        Check::ok(id, format!("The {protocol} server offers XOAUTH2 (sign-in methods: {methods})."))
    } else {
        Check::problem(
            id,
            format!("The {protocol} server does not offer XOAUTH2 (sign-in methods: {methods})."),
            "This is not the provider's server, or the protocol is turned off there: check host and port.",
        )
    }
}
