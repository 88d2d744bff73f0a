//! Mail servers: host, port, encryption, integration.

use super::{
    check::{Check, Verdict},
    context::CheckContext,
};
use crate::doctor::{
    guide::{CloudGuide, Guide, ProtocolGuide, ProviderGuide},
    settings::MailServer,
};

pub(super) fn check(context: &CheckContext<'_>, checks: &mut Vec<Check>) {
    for (i, server) in context.settings.mail_servers.iter().enumerate() {
        let label = match &server.name {
            Some(name) if name.starts_with("mail channel ") => name.clone(),
            Some(name) => format!("mail server \"{name}\""),
            None => format!("mail server {}", i + 1),
        };
        let from = checks.len();
        let Some(protocol) = server.protocol.as_deref() else {
            checks.push(Check::unknown("mail.host", "The protocol of this mail server is not known.").about(&label));
            continue;
        };
        // The cloud of the integration decides; without one, that of the host.
        let view = match &server.integration {
            Some(_) => context.integrations.iter().find(|view| view.integration.name == server.integration),
            None if context.integrations.len() == 1 => context.integrations.first(),
            None => None,
        };
        let of_host = server.host.as_deref().map(|host| Guide::builtin().clouds_of_host(host)).unwrap_or_default();
        let own = view.and_then(|view| Some((view.provider?, view.cloud?)));
        // One integration need not be that of every mail server.
        let own = own.filter(|(provider, _)| {
            server.integration.is_some()
                || of_host.is_empty()
                || of_host.iter().any(|(other, _)| other.provider == provider.provider)
        });
        let cloud = own.or_else(|| of_host.first().copied());
        if let Some(name) = &server.integration {
            checks.push(match view {
                Some(_) => {
                    Check::ok("mail.integration", format!("It takes its token from the integration \"{name}\"."))
                }
                None => Check::unknown(
                    "mail.integration",
                    format!("Its integration \"{name}\" is not among these settings."),
                ),
            });
        }
        if protocol != "graph" {
            host(server, protocol, cloud, own.is_some(), checks);
            if let Some((provider, _)) = cloud.filter(|_| !of_host.is_empty())
                && let Some(guide) = provider.protocol(protocol)
            {
                port(server, provider, guide, checks);
            }
        }
        if let Some(socks) = &server.socks {
            let fact = format!("It has its own SOCKS proxy, {socks}.");
            checks.push(
                Check::new("proxy.settings", Verdict::Warning, fact).with_fix(
                    "Make sure that it lets this host and port through; remove it if it is no longer needed.",
                ),
            );
        }
        for check in &mut checks[from..] {
            check.subject = Some(label.clone());
        }
    }
}

fn host(
    server: &MailServer,
    protocol: &str,
    cloud: Option<(&ProviderGuide, &CloudGuide)>,
    is_known: bool,
    checks: &mut Vec<Check>,
) {
    let id = "mail.host";
    let Some(host) = server.host.as_deref() else {
        checks.push(Check::unknown(id, "The host of this mail server is not known."));
        return;
    };
    let Some((provider, cloud)) = cloud else {
        checks.push(Check::unknown(id, format!("{host} is a host of neither Microsoft nor Google.")));
        return;
    };
    let hosts = cloud.mail_hosts(protocol);
    let first = hosts.first().map_or("", String::as_str);
    checks.push(if host == first {
        Check::ok(
            id,
            format!("{host} is the {} host of {}, cloud {}.", protocol.to_uppercase(), provider.name, cloud.name),
        )
    } else if hosts.iter().any(|one| one == host) {
        Check::ok(
            id,
            format!("{host} is a host of {}, cloud {}, though {first} is the usual one.", provider.name, cloud.name),
        )
    } else if let Some((_, other)) = Guide::builtin().clouds_of_host(host).first().copied() {
        let fact = if std::ptr::eq(other, cloud) {
            format!("{host} is a host of {}, but not for {}.", provider.name, protocol.to_uppercase())
        } else {
            format!("{host} belongs to {}, and the integration to {}.", other.name, cloud.name)
        };
        Check::problem(id, fact, "Enter the mail host of the integration's cloud and of the protocol.")
            .with_value(first)
    } else if is_known {
        Check::warning(
            id,
            format!(
                "{host} is not a mail host of {}: its tokens are accepted there only if the host name resolves to it.",
                provider.name
            ),
            "If the mailbox is with the provider of the integration, enter its host.",
        )
        .with_value(first)
    } else {
        Check::unknown(id, format!("{host} is a host of neither Microsoft nor Google."))
    });
}

fn port(server: &MailServer, provider: &ProviderGuide, guide: &ProtocolGuide, checks: &mut Vec<Check>) {
    let id = "mail.port";
    let implicit = guide.security == "SSL/TLS";
    let right = format!("port {}, {}", guide.port, guide.security);
    let problem = |fact: String| {
        Check::problem(id, fact, format!("Use {right}.")).with_value(format!("{}, {}", guide.port, guide.security))
    };
    let name = &guide.name;
    let Some(port) = server.port else {
        checks.push(Check::unknown(id, format!("The port is the default of Jira; {name} needs {right}.")));
        return;
    };
    // Gmail takes SMTP with TLS from the start, too.
    let is_google_smtps = provider.provider == "google" && guide.id == "smtp" && port == 465;
    let is_relay = guide.id == "smtp" && port == 25;
    checks.push(if is_google_smtps {
        match server.implicit_tls {
            Some(false) => problem(format!("Port 465 begins with TLS, and the protocol is {name} without it.")),
            _ => Check::ok(id, "Port 465 with TLS from the start is right."),
        }
    } else if port != guide.port && !is_relay {
        problem(format!("Port {port} is not the one of {name} with OAuth 2.0 at {}.", provider.name))
    } else if implicit && server.implicit_tls == Some(false) {
        problem(format!("Port {port} begins with TLS, and the protocol is {name} without it."))
    } else if !implicit && server.implicit_tls == Some(true) {
        problem(format!(
            "Port {port} begins without TLS and changes to it (STARTTLS), and the protocol begins with TLS."
        ))
    } else if !implicit && server.start_tls == Some(false) {
        problem(format!("TLS is not required on port {port}: the server offers no sign-in without it."))
    } else if is_relay {
        Check::warning(id, "Port 25 is often blocked, and is meant for servers.", format!("Use {right}."))
            .with_value(guide.port.to_string())
    } else {
        Check::ok(id, format!("Port {port} and encryption fit {name}."))
    });
}
