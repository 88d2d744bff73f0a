//! Where a failure happened, and the steps that fit.
//!
//! The same error of a connection is met at a provider's sign-in host, at a mail server and at the identity provider of
//! a sign-in with OpenID Connect; settings and the server to test differ.

use crate::{
    catalogue::{Pattern, Place, Step, Target},
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
    let (places, target) = located(finding);
    let mut is_example = finding.host.is_none();
    let mut filled = |step: &Step| {
        let text = step.filled(&target);
        let says_so = text != step.text && std::mem::take(&mut is_example);
        if says_so {
            format!("{text} ({} is an example: the log does not name the server.)", target.host)
        } else {
            text
        }
    };
    pattern.steps.iter().filter(|step| step.applies_to(&places)).map(&mut filled).collect()
}

/// The places at which it may have happened, and the server to test.
fn located(finding: &Finding) -> (Vec<Place>, Target) {
    let host = finding.host.as_deref();
    if is_oidc(finding) {
        let target = host
            .map_or_else(|| Target::sample(Place::Oidc), |host| Target::new("https", host, https_port(finding, host)));
        return (vec![Place::Oidc], target);
    }
    let Some(host) = host else {
        // A refresh on a mail thread needs both servers, and the record does not say which one failed.
        let place = if is_outgoing(finding) { Place::Mail } else { Place::Integration };
        return (vec![Place::Integration, Place::Mail], Target::sample(place));
    };
    let text = &finding.excerpt;
    let port = port_of(text, host);
    let mail_port = port.and_then(|port| MAIL_PORTS.iter().find(|(known, _)| *known == port));
    let named = |names: &[&str]| names.iter().any(|start| host.starts_with(start));
    let requested = text.contains(&format!("https://{host}"));
    if let Some((port, scheme)) = mail_port {
        return (vec![Place::Mail], Target::new(scheme, host, *port));
    }
    if requested || named(&HTTPS_HOSTS) || finding.mail_server.is_none() && !named(&MAIL_HOSTS) {
        return (vec![Place::Integration], Target::new("https", host, https_port(finding, host)));
    }
    let refreshing = finding.stage == Stage::Refresh || text.contains("TokenServiceException");
    if refreshing && !named(&MAIL_HOSTS) {
        return (vec![Place::Integration, Place::Mail], Target::new("https", host, https_port(finding, host)));
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
fn https_port(finding: &Finding, host: &str) -> u16 {
    port_of(&finding.excerpt, host).filter(|port| MAIL_PORTS.iter().all(|(mail, _)| mail != port)).unwrap_or(443)
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
