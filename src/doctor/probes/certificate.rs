//! Certificates: names, dates, issuers, and the way from a server's chain to a truststore.

use std::net::IpAddr;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use x509_parser::{
    certificate::X509Certificate, extensions::GeneralName, parse_x509_certificate, prelude::FromDer, time::ASN1Time,
    x509::X509Name,
};

/// Longer chains are not followed.
const MAX_CHAIN: usize = 12;

/// Where a chain leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trust {
    /// To a CA of the truststore: its name.
    Trusted(String),
    /// To no CA of the truststore: name of the CA that is missing, and its certificate if the server has sent it.
    Missing {
        /// Distinguished name.
        name: String,
        /// In DER.
        certificate: Option<Vec<u8>>,
        /// The last certificate of the chain is its own issuer.
        is_root: bool,
    },
    /// The server did not send a certificate that belongs between; its name.
    Incomplete(String),
    /// The chain cannot be read.
    Unreadable,
}

/// What is wrong with a certificate itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It ended at this time.
    Expired(String),
    /// It begins at this time.
    NotYetValid(String),
    /// It is for other names.
    WrongName(Vec<String>),
}

/// A distinguished name as Java prints it.
fn name_of(name: &X509Name<'_>) -> String {
    let text: String = name.to_string().chars().filter(|c| !c.is_control()).take(200).collect();
    if text.is_empty() { "(no name)".to_owned() } else { text }
}

/// The shortest name that a person recognises: CN, else O, else all.
fn short_name(name: &X509Name<'_>) -> String {
    let common = name.iter_common_name().next().and_then(|one| one.as_str().ok());
    let organization = name.iter_organization().next().and_then(|one| one.as_str().ok());
    let clean = |text: &str| text.chars().filter(|c| !c.is_control()).take(120).collect::<String>();
    match (common, organization) {
        (Some(common), Some(organization)) => format!("CN={}, O={}", clean(common), clean(organization)),
        (Some(common), None) => format!("CN={}", clean(common)),
        _ => name_of(name),
    }
}

fn parse(der: &[u8]) -> Option<X509Certificate<'_>> {
    parse_x509_certificate(der).ok().map(|(_, certificate)| certificate)
}

/// Subject and issuer of the first certificate, in a few words each.
pub(super) fn describe(der: &[u8]) -> Option<(String, String)> {
    let certificate = parse(der)?;
    Some((short_name(certificate.subject()), short_name(certificate.issuer())))
}

/// Follows a chain, the server's certificate first, to a certificate of a truststore. As Java does it: a certificate that
/// is in the truststore is trusted, whatever issued it; dates of the truststore's own certificates do not count.
pub(super) fn trust(chain: &[Vec<u8>], truststore: &[Vec<u8>]) -> Trust {
    let anchors: Vec<X509Certificate<'_>> = truststore.iter().filter_map(|der| parse(der)).collect();
    let sent: Vec<X509Certificate<'_>> = chain.iter().filter_map(|der| parse(der)).collect();
    let Some(mut current) = sent.first() else { return Trust::Unreadable };
    let mut from = 0;
    for _ in 0..MAX_CHAIN {
        let same = |anchor: &&X509Certificate<'_>| anchor.as_ref() == current.as_ref();
        if let Some(anchor) = anchors.iter().find(same) {
            return Trust::Trusted(short_name(anchor.subject()));
        }
        let issued_by = |issuer: &&X509Certificate<'_>| {
            issuer.subject().as_raw() == current.issuer().as_raw()
                && current.verify_signature(Some(issuer.public_key())).is_ok()
        };
        if let Some(anchor) = anchors.iter().find(issued_by) {
            return Trust::Trusted(short_name(anchor.subject()));
        }
        let is_self_signed = current.subject().as_raw() == current.issuer().as_raw();
        if is_self_signed {
            return Trust::Missing {
                name: short_name(current.subject()),
                certificate: Some(current.as_ref().to_vec()),
                is_root: true,
            };
        }
        let next = sent.iter().enumerate().find(|(at, one)| *at != from && issued_by(one));
        match next {
            Some((at, issuer)) => {
                from = at;
                current = issuer;
            }
            // The issuer was not sent: it is the CA, or one between.
            None if from == 0 && !current.is_ca() => return Trust::Incomplete(short_name(current.issuer())),
            None => {
                return Trust::Missing { name: short_name(current.issuer()), certificate: None, is_root: false };
            }
        }
    }
    Trust::Unreadable
}

/// What is wrong with the dates of the chain and the names of its first certificate. `now` is in seconds since 1970.
pub(super) fn flaws(chain: &[Vec<u8>], host: &str, now: i64) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let Ok(now) = ASN1Time::from_timestamp(now) else { return flaws };
    for der in chain {
        let Some(certificate) = parse(der) else { continue };
        // A root that was sent along is not used as it was sent.
        if der != &chain[0] && certificate.subject().as_raw() == certificate.issuer().as_raw() {
            continue;
        }
        let validity = certificate.validity();
        let whose = |time: ASN1Time| format!("{} {}", short_name(certificate.subject()), day(time));
        if now > validity.not_after {
            flaws.push(Flaw::Expired(whose(validity.not_after)));
        } else if now < validity.not_before {
            flaws.push(Flaw::NotYetValid(whose(validity.not_before)));
        }
    }
    if let Some(certificate) = chain.first().and_then(|der| parse(der)) {
        let names = names(&certificate);
        if !names.iter().any(|name| fits(name, host)) {
            flaws.push(Flaw::WrongName(names));
        }
    }
    flaws
}

/// Until when the first certificate is valid.
pub(super) fn valid_until(chain: &[Vec<u8>]) -> Option<String> {
    Some(day(parse(chain.first()?)?.validity().not_after))
}

fn day(time: ASN1Time) -> String {
    chrono::DateTime::from_timestamp(time.timestamp(), 0)
        .map_or_else(|| "at an impossible time".to_owned(), |time| time.format("%Y-%m-%d %H:%M UTC").to_string())
}

/// The names that a certificate is for: its alternative names or, without any, its common name, as Java takes them.
fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let mut names = Vec::new();
    if let Ok(Some(extension)) = certificate.subject_alternative_name() {
        for name in &extension.value.general_names {
            match name {
                GeneralName::DNSName(name) => names.push(name.chars().filter(|c| !c.is_control()).collect()),
                GeneralName::IPAddress(bytes) => {
                    let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from).ok();
                    let v6 = <[u8; 16]>::try_from(*bytes).map(IpAddr::from).ok();
                    names.extend(v4.or(v6).map(|address| address.to_string()));
                }
                _ => {}
            }
        }
    }
    if names.is_empty() {
        let common = certificate.subject().iter_common_name().next().and_then(|one| one.as_str().ok());
        names.extend(common.map(|name| name.chars().filter(|c| !c.is_control()).collect::<String>()));
    }
    names
}

/// True when a name is that of the host; an asterisk matches one label.
fn fits(name: &str, host: &str) -> bool {
    let (name, host) = (name.to_ascii_lowercase(), host.trim_matches(['[', ']']).to_ascii_lowercase());
    match name.strip_prefix("*.") {
        Some(rest) => {
            host.split_once('.').is_some_and(|(label, after)| !label.is_empty() && after == rest && rest.contains('.'))
        }
        None => name == host,
    }
}

/// A certificate as PEM.
#[must_use]
pub fn pem(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|at| &text[at..text.len().min(at + 64)]).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// True when the chain ends at one of Mozilla's CAs.
pub(super) fn is_public(chain: &[Vec<u8>]) -> bool {
    let sent: Vec<X509Certificate<'_>> = chain.iter().filter_map(|der| parse(der)).collect();
    let Some(mut current) = sent.first() else { return false };
    for _ in 0..MAX_CHAIN {
        if is_issued_by_public_root(current) {
            return true;
        }
        let issuer = sent.iter().find(|one| {
            one.as_ref() != current.as_ref()
                && one.subject().as_raw() == current.issuer().as_raw()
                && current.verify_signature(Some(one.public_key())).is_ok()
        });
        match issuer {
            Some(issuer) => current = issuer,
            None => return false,
        }
    }
    false
}

fn is_issued_by_public_root(certificate: &X509Certificate<'_>) -> bool {
    // A trust anchor has the content of the name and of the key, without their outer tags.
    let issuer = content(certificate.issuer().as_raw());
    webpki_roots::TLS_SERVER_ROOTS.iter().filter(|root| issuer == Some(root.subject.as_ref())).any(|root| {
        let spki = wrapped(root.subject_public_key_info.as_ref());
        let key = x509_parser::x509::SubjectPublicKeyInfo::from_der(&spki);
        key.is_ok_and(|(_, key)| certificate.verify_signature(Some(&key)).is_ok())
    })
}

/// The content of a DER sequence.
fn content(der: &[u8]) -> Option<&[u8]> {
    let (first, rest) = der.split_first()?;
    if *first != 0x30 {
        return None;
    }
    let (length, rest) = rest.split_first()?;
    match usize::from(*length) {
        short @ 0..=0x7f => rest.get(..short),
        long => rest.get(long - 0x80..),
    }
}

/// A DER sequence with this content.
fn wrapped(content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![0x30];
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => out.push(short),
        _ => {
            let bytes: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            out.push(0x80 | u8::try_from(bytes.len()).unwrap_or(8));
            out.extend(bytes);
        }
    }
    out.extend(content);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_one_label() {
        assert!(fits("*.office365.com", "outlook.office365.com") && fits("LOGIN.example.com", "login.example.com"));
        assert!(!fits("*.office365.com", "a.b.office365.com") && !fits("*.com", "example.com"));
        assert!(fits("127.0.0.1", "127.0.0.1") && fits("::1", "[::1]"));
    }

    #[test]
    fn a_sequence_is_wrapped_as_it_is_unwrapped() {
        for length in [3, 127, 128, 300, 70_000] {
            let bytes = vec![7; length];
            assert_eq!(content(&wrapped(&bytes)), Some(bytes.as_slice()), "{length}");
        }
        assert_eq!(content(&[0x30]), None);
    }
}
