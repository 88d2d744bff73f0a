//! Proxies, truststore and other JVM arguments.

use super::{check::Check, context::CheckContext};
use crate::doctor::{hosts::required_hosts, settings::Settings};

pub(super) fn check(context: &CheckContext<'_>, checks: &mut Vec<Check>) {
    let settings = context.settings;
    let java = &settings.jira.java;
    let has_any = *java != crate::doctor::settings::JavaArguments::default();
    if !has_any {
        return;
    }
    proxy(settings, checks);
    let id = "truststore.settings";
    checks.push(match &java.truststore {
        Some(path) => {
            let password = if java.truststore_has_password { " with a password of its own" } else { "" };
            Check::warning(
                id,
                format!("Java uses the truststore {path}{password} in place of its own: only the CAs in it are trusted."),
                "Make sure that the CAs of the provider are in it: `oauthsift doctor --online --truststore FILE` tells.",
            )
        }
        None => Check::ok(id, "The JVM arguments name no truststore: Java uses its own (cacerts)."),
    });
    let id = "java.settings";
    let modern = |name: &String| ["TLSv1.2", "TLSv1.3", "TLS"].contains(&name.as_str());
    if !java.tls_protocols.is_empty() && !java.tls_protocols.iter().any(modern) {
        checks.push(
            Check::problem(
                id,
                format!(
                    "Java may use only {}, which Microsoft and Google no longer accept.",
                    java.tls_protocols.join(", ")
                ),
                "Remove the argument, or allow TLS 1.2 and 1.3.",
            )
            .with_value("TLSv1.2,TLSv1.3"),
        );
    }
    if java.mail_fetch_disabled {
        checks.push(Check::problem(
            id,
            "Incoming mail is switched off by a JVM argument.",
            "Remove -Datlassian.mail.fetchdisabled and -Datlassian.mail.popdisabled, and restart Jira.",
        ));
    }
    if java.mail_send_disabled {
        checks.push(Check::problem(
            id,
            "Outgoing mail is switched off by a JVM argument.",
            "Remove -Datlassian.mail.senddisabled, and restart Jira.",
        ));
    }
}

fn proxy(settings: &Settings, checks: &mut Vec<Check>) {
    let id = "proxy.settings";
    let java = &settings.jira.java;
    if [&java.https_proxy, &java.http_proxy].into_iter().flatten().any(|proxy| proxy.host.is_empty()) {
        checks.push(Check::problem(
            id,
            "The host of the proxy is not a host name.",
            "Enter the name alone, without http:// and without a port.",
        ));
        return;
    }
    let hosts = required_hosts(settings);
    let over_https: Vec<&str> = hosts.iter().filter(|host| host.port == 443).map(|host| host.name.as_str()).collect();
    if let Some(proxy) = &java.https_proxy {
        let through: Vec<&str> = over_https.iter().copied().filter(|host| !java.is_excepted(host)).collect();
        let direct: Vec<&str> = over_https.iter().copied().filter(|host| java.is_excepted(host)).collect();
        let mut fact = format!("Java goes through the proxy {}:{}", proxy.host, proxy.port);
        if !through.is_empty() {
            fact.push_str(&format!(" to {}", through.join(", ")));
        }
        if java.proxy_has_user {
            checks.push(Check::warning(
                id,
                format!("{fact}, and a user of the proxy is given: Java sends no Basic password through a tunnel by default."),
                "Let the proxy open tunnels to these hosts without a password, or set -Djdk.http.auth.tunneling.disabledSchemes= (empty).",
            ));
        } else if !direct.is_empty() {
            checks.push(Check::warning(
                id,
                format!("{fact}, but not to {}, which http.nonProxyHosts excepts.", direct.join(", ")),
                "Remove the exception, unless the host can be reached without the proxy.",
            ));
        } else {
            checks.push(Check::ok(id, format!("{fact}.")));
        }
    } else if let Some(proxy) = &java.http_proxy {
        checks.push(
            Check::problem(
                id,
                format!("Only http.proxyHost is set ({}:{}): Java does not use it for https.", proxy.host, proxy.port),
                "Set the same host and port for https.",
            )
            .with_value(format!("-Dhttps.proxyHost={} -Dhttps.proxyPort={}", proxy.host, proxy.port)),
        );
    } else if java.socks_proxy.is_none() && !java.system_proxies {
        checks.push(Check::ok(id, "The JVM arguments name no proxy: Java goes to every host directly."));
    }
    let mail: Vec<&str> = hosts.iter().filter(|host| host.port != 443).map(|host| host.name.as_str()).collect();
    if java.https_proxy.is_some() && java.socks_proxy.is_none() && !mail.is_empty() {
        checks.push(Check::warning(
            id,
            format!("Mail does not go through an HTTP proxy: Java goes to {} directly.", mail.join(", ")),
            "Let the firewall pass connections of Jira's hosts to the mail ports.",
        ));
    }
    if let Some(socks) = &java.socks_proxy {
        checks.push(Check::warning(
            id,
            format!(
                "Java sends every connection through the SOCKS proxy {}:{}, that to the database too.",
                socks.host, socks.port
            ),
            "Make sure that this is meant; exceptions are set with -DsocksNonProxyHosts.",
        ));
    }
}
