//! What a server's chain means: names, dates, Java's truststore, public roots.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{
    certificate::{Flaw, Trust, describe, flaws, is_public, trust, valid_until},
    options::ProbeOptions,
    truststore::Truststore,
};
use crate::doctor::{checks::Check, hosts::Purpose};

/// A CA that a truststore lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingCa {
    /// Its name.
    pub name: String,
    /// In DER.
    pub certificate: Vec<u8>,
}

/// This machine's time, in seconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Judges a chain.
pub(super) fn judge(
    chain: &[Vec<u8>],
    host: &str,
    purpose: Purpose,
    options: &ProbeOptions,
    checks: &mut Vec<Check>,
) -> Option<MissingCa> {
    certificate(chain, host, purpose, checks);
    let public = is_public(chain);
    let issuer = chain.first().and_then(|der| describe(der)).map(|(_, issuer)| issuer).unwrap_or_default();
    // The last CA that was sent is the one to import.
    let id = "tls.public-roots";
    checks.push(if public {
        Check::ok(id, "The chain ends at a CA that Mozilla trusts: TLS is not inspected on the way.")
    } else {
        Check::warning(
            id,
            format!("The chain of {host} does not end at a CA that Mozilla trusts; the certificate is issued by {issuer}. For a host of Microsoft or Google this means TLS inspection in your network, or another server."),
            "Ask your network team whether TLS is inspected; if it is, ask for an exception for this host.",
        )
    });
    let truststore = options.truststore.as_deref()?;
    java(chain, host, truststore, public, checks)
}

fn certificate(chain: &[Vec<u8>], host: &str, purpose: Purpose, checks: &mut Vec<Check>) {
    let id = "tls.certificate";
    let found = flaws(chain, host, now());
    if found.is_empty() {
        let until = valid_until(chain).map_or(String::new(), |until| format!(", valid until {until}"));
        checks.push(Check::ok(id, format!("The certificate is for {host}{until}.")));
    }
    for flaw in found {
        checks.push(match flaw {
            Flaw::Expired(whose) => Check::problem(
                id,
                format!("The certificate of {whose} has expired, by the clock of this machine."),
                "Check the clock of this machine. If it is right, ask the operator of the server or of the TLS inspection to renew the certificate.",
            ),
            Flaw::NotYetValid(whose) => Check::problem(
                id,
                format!("The certificate of {whose} is not valid yet, by the clock of this machine."),
                "Check the clock of this machine: it is probably slow.",
            ),
            Flaw::WrongName(names) => {
                let shown: Vec<String> = names.iter().take(5).cloned().collect();
                let shown = if shown.is_empty() { "no name".to_owned() } else { shown.join(", ") };
                let fact = format!("The certificate is for {shown}, not for {host}: another system answers in its place, or the name resolves to the wrong address.");
                let fix = "Look at what answers at this address: proxy, load balancer, an entry in the hosts file.";
                if purpose.is_https() { Check::problem(id, fact, fix) } else { Check::warning(id, format!("{fact} Jira's mail library may accept that."), fix) }
            }
        });
    }
}

fn java(
    chain: &[Vec<u8>],
    host: &str,
    truststore: &Truststore,
    public: bool,
    checks: &mut Vec<Check>,
) -> Option<MissingCa> {
    let id = "tls.truststore";
    let name = truststore.name();
    let inspection =
        if public { "" } else { " It is not a public CA: probably that of your network's TLS inspection." };
    match trust(chain, &truststore.certificates) {
        Trust::Trusted(ca) => {
            checks.push(Check::ok(
                id,
                format!("Java trusts the chain of {host}: {ca} is in {name} ({} certificates).", truststore.len()),
            ));
            None
        }
        Trust::Missing { name: ca, certificate, is_root } => {
            let what = if is_root { "the missing CA is" } else { "the chain ends before its root; the missing CA is" };
            let import = format!(
                "keytool -importcert -noprompt -alias oauthsift-ca -file ca.pem -keystore \"{name}\" -storepass changeit"
            );
            let fix = if certificate.is_some() {
                "Write the CA to a file with --save-ca ca.pem, verify its fingerprint with your network team, import it, then restart Jira."
            } else {
                "Get the certificate of this CA from your network team, import it, then restart Jira."
            };
            checks.push(
                Check::problem(id, format!("Java does not trust the chain of {host}: {what} {ca}.{inspection}"), fix)
                    .with_value(import),
            );
            // Without the root, the last CA that was sent does as well.
            let last = chain.iter().skip(1).next_back().cloned();
            certificate.or(last).map(|certificate| MissingCa { name: ca, certificate })
        }
        Trust::Incomplete(ca) => {
            checks.push(Check::problem(
                id,
                format!("Java does not trust the chain of {host}: the server does not send the certificate of {ca}, which issued its own, and it is not in {name}.{inspection}"),
                "The operator of the server, or of the TLS inspection, must make it send the whole chain. Otherwise get that CA's certificate and import it.",
            ));
            None
        }
        Trust::Unreadable => {
            checks.push(Check::unknown(id, format!("The chain of {host} cannot be read.")));
            None
        }
    }
}
