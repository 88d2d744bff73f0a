//! Checks of the way from this machine to a host, hop by hop. Nothing secret is sent.

mod answers;
mod certificate;
mod chain_checks;
mod host;
mod http;
mod mail;
mod net;
mod options;
mod proxy;
mod tls;
mod truststore;

use std::thread;

use super::{
    checks::{Check, Verdict},
    hosts::Host,
};
pub use certificate::pem;
pub use chain_checks::MissingCa;
pub use options::{ProbeOptions, ProxyChoice, Resolve};
pub use truststore::{Truststore, TruststoreError};

/// What was found on the way to all hosts.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Probed {
    /// The results.
    pub checks: Vec<Check>,
    /// CAs that a truststore lacks, each once.
    pub missing_cas: Vec<MissingCa>,
}

/// Checks the way to hosts, all at the same time.
#[must_use]
pub fn probe(hosts: &[Host], options: &ProbeOptions) -> Probed {
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = hosts.iter().map(|one| scope.spawn(move || host::probe(one, options))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let mut probed = Probed::default();
    for (checks, missing) in results {
        probed.checks.extend(checks);
        for ca in missing {
            if !probed.missing_cas.contains(&ca) {
                probed.missing_cas.push(ca);
            }
        }
    }
    probed
}

/// What is sent to a host, for people who decide whether to run this.
#[must_use]
pub fn sends(host: &Host) -> &'static str {
    use super::hosts::Purpose;
    match host.purpose {
        Purpose::SignIn => {
            "GET of the OpenID configuration, POST to the token endpoint without a client ID and without a secret"
        }
        Purpose::Graph => "GET /v1.0/ without a token",
        Purpose::Imap => "CAPABILITY",
        Purpose::Pop => "CAPA",
        Purpose::Smtp => "EHLO, STARTTLS",
        Purpose::Smtps => "EHLO",
    }
}

/// Says which truststore is used.
#[must_use]
pub fn truststore_check(truststore: &Truststore) -> Check {
    let id = "truststore.settings";
    let fact = format!("Chains are checked against {} with {} certificates.", truststore.name(), truststore.len());
    if truststore.is_empty() {
        Check::problem(
            id,
            format!("The truststore {} is empty: Java trusts no server.", truststore.name()),
            "Use Java's own cacerts, or import the CAs.",
        )
    } else if truststore.is_unverified() {
        Check::warning(
            id,
            format!("{fact} Its password is another one, so its checksum was not verified."),
            "Write the right one to a file and give it with the option for that (`oauthsift doctor --help`).",
        )
    } else {
        Check::ok(id, fact)
    }
}

/// Says that no truststore was found.
#[must_use]
pub fn no_truststore_check(fact: &str) -> Check {
    Check::new("truststore.settings", Verdict::Unknown, fact)
        .with_fix("Name the one that Jira's Java uses with --truststore FILE.")
}
