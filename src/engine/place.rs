//! Where a failure happened, and the steps that fit.
//!
//! The same error of a connection is met at a provider's sign-in host, at a mail server and at the identity provider of
//! a sign-in with OpenID Connect; settings and the server to test differ.

use crate::{
    catalogue::{Pattern, Place, SAMPLE_PROXY, Step, Target},
    model::{Finding, Stage},
};

/// Ports of mail servers with curl's names of the protocols.
const MAIL_PORTS: [(u16, &str); 7] =
    [(993, "imaps"), (143, "imap"), (995, "pop3s"), (110, "pop3"), (465, "smtps"), (587, "smtp"), (25, "smtp")];

/// Names of providers' hosts that answer over HTTPS start like this.
const HTTPS_HOSTS: [&str; 5] = ["login.", "accounts.", "oauth2.", "graph.", "www."];
/// Names of mail servers start like this.
const MAIL_HOSTS: [&str; 6] = ["imap", "pop", "smtp", "mail.", "mx.", "outlook."];

/// The steps of `pattern` that fit the place and the server of `finding`. If the record names no server, the first step
/// that names one says that it is an example.
#[must_use]
pub fn steps_for(pattern: &Pattern, finding: &Finding) -> Vec<String> {
    let located = if pattern.rule.unreachable.is_some() { before_proxy(finding) } else { located(finding) };
    let Located { places, target, mut example } = located;
    let mut filled = |step: &Step| {
        let text = step.filled(&target);
        match (text != step.text).then(|| example.take()).flatten() {
            Some((name, what)) => format!("{text} ({name} is an example: the log does not name the {what}.)"),
            None => text,
        }
    };
    pattern.steps.iter().filter(|step| step.applies_to(&places)).map(&mut filled).collect()
}

/// The places at which it may have happened, and the server to test.
struct Located {
    places: Vec<Place>,
    target: Target,
    /// A name in the steps that the log does not contain, and what has it.
    example: Option<(String, &'static str)>,
}

fn located(finding: &Finding) -> Located {
    let (places, target) = server(finding, &shown_text(finding), finding.host.as_deref());
    let example = finding.host.is_none().then(|| (target.host.clone(), "server"));
    Located { places, target, example }
}

/// The same for a failure at the proxy: the server is the one that was asked, if the record names it.
fn before_proxy(finding: &Finding) -> Located {
    let (text, proxy) = (&shown_text(finding), finding.host.as_deref());
    let words = ["connect to host, port: ", "https://"];
    let asked = words.iter().flat_map(|words| text.match_indices(words)).find_map(|(at, words)| {
        let host = &text[at + words.len()..];
        let host = &host[..host.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"-.".contains(b)).count()];
        (host.contains('.') && Some(host) != proxy).then_some(host)
    });
    let (places, mut target) = server(finding, text, asked);
    let port = proxy.and_then(|proxy| proxy_port(text, proxy));
    let example = match (proxy, port) {
        (Some(proxy), Some(port)) => {
            target.proxy = format!("{proxy}:{port}");
            asked.is_none().then(|| (target.host.clone(), "server"))
        }
        (Some(proxy), None) => {
            target.proxy = format!("{proxy}:3128");
            Some(("3128".to_owned(), "port of the proxy"))
        }
        (None, _) => Some((SAMPLE_PROXY.to_owned(), "proxy")),
    };
    Located { places, target, example }
}

/// The port after the name of a proxy: `h:3128`, `h/203.0.113.7:3128`, `h, 3128`.
fn proxy_port(text: &str, proxy: &str) -> Option<u16> {
    port_of(text, proxy).or_else(|| {
        text.match_indices(proxy).find_map(|(at, _)| {
            // The address may be redacted.
            let address = text[at + proxy.len()..].strip_prefix('/')?.split_whitespace().next()?;
            let digits = address.rsplit_once(':')?.1;
            digits[..digits.bytes().take_while(u8::is_ascii_digit).count()].parse().ok()
        })
    })
}

/// What the finding shows of the record. The excerpt conceals hosts that the message shows.
fn shown_text(finding: &Finding) -> String {
    format!("{}\n{}", finding.message, finding.excerpt)
}

fn server(finding: &Finding, text: &str, host: Option<&str>) -> (Vec<Place>, Target) {
    if is_oidc(finding) {
        let target =
            host.map_or_else(|| Target::sample(Place::Oidc), |host| Target::new("https", host, https_port(text, host)));
        return (vec![Place::Oidc], target);
    }
    let Some(host) = host else {
        // A refresh on a mail thread needs both servers, and the record does not say which one failed.
        let place = if is_outgoing(finding) { Place::Mail } else { Place::Integration };
        return (vec![Place::Integration, Place::Mail], Target::sample(place));
    };
    let port = port_of(text, host);
    let mail_port = port.and_then(|port| MAIL_PORTS.iter().find(|(known, _)| *known == port));
    let named = |names: &[&str]| names.iter().any(|start| host.starts_with(start));
    let requested = text.contains(&format!("https://{host}"));
    if let Some((port, scheme)) = mail_port {
        return (vec![Place::Mail], Target::new(scheme, host, *port));
    }
    if requested || named(&HTTPS_HOSTS) || finding.mail_server.is_none() && !named(&MAIL_HOSTS) {
        return (vec![Place::Integration], Target::new("https", host, https_port(text, host)));
    }
    let refreshing = finding.stage == Stage::Refresh || text.contains("TokenServiceException");
    if refreshing && !named(&MAIL_HOSTS) {
        return (vec![Place::Integration, Place::Mail], Target::new("https", host, https_port(text, host)));
    }
    let (port, scheme) = if host.starts_with("smtp") || is_outgoing(finding) {
        (587, "smtp")
    } else if host.starts_with("pop") || text.contains("pop3") {
        (995, "pop3s")
    } else {
        (993, "imaps")
    };
    (vec![Place::Mail], Target::new(scheme, host, port))
}

/// True for sign-in to Jira with OpenID Connect.
fn is_oidc(finding: &Finding) -> bool {
    let url = finding.url.as_deref().unwrap_or_default();
    let logger = finding.logger.as_deref().unwrap_or_default();
    let elsewhere = finding.mail_server.is_some() || url.contains("/oauth2-client/") || url.contains("/oauth2/client/");
    let is_authentication =
        ["c.a.p.a.", "com.atlassian.plugins.authentication"].iter().any(|name| logger.starts_with(name));
    let words = || ["/oidc/", "openid-configuration", ".oidc."].iter().any(|word| finding.excerpt.contains(word));
    !elsewhere && (url.contains("/oidc/") || url.contains("/authconfig/") || is_authentication || words())
}

fn is_outgoing(finding: &Finding) -> bool {
    finding.thread.as_deref().is_some_and(|thread| thread.starts_with("Sending mailitem"))
        || finding.excerpt.contains("SMTP")
}

/// The port of a connection to `host` over HTTPS.
fn https_port(text: &str, host: &str) -> u16 {
    port_of(text, host).filter(|port| MAIL_PORTS.iter().all(|(mail, _)| mail != port)).unwrap_or(443)
}

/// The port that a text prints after a host: `h:993`, `h, 993`, `h, port: 993`.
fn port_of(text: &str, host: &str) -> Option<u16> {
    text.match_indices(host).find_map(|(at, _)| {
        let rest = &text[at + host.len()..];
        let rest =
            rest.strip_prefix(", port: ").or_else(|| rest.strip_prefix(", ")).or_else(|| rest.strip_prefix(':'))?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        rest[..digits].parse().ok().filter(|port| *port > 0)
    })
}
