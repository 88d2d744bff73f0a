//! One spelling for each person and thing that gets a pseudonym.

use std::net::IpAddr;

use super::pii::PiiKind;

/// The spelling under which a name gets its pseudonym.
pub(super) fn canonical(who: PiiKind, name: &str) -> String {
    let name = name.trim().to_lowercase();
    match who {
        PiiKind::Address => address(&name),
        // `CONTOSO\ann` is `ann`.
        PiiKind::User => {
            let bare = name.rsplit('\\').next().unwrap_or(&name);
            // `Voss, Hannah` is `Hannah Voss`.
            match bare.split_once(", ") {
                Some((last, first)) if !last.is_empty() && !first.contains([' ', ',']) => format!("{first} {last}"),
                _ => bare.to_owned(),
            }
        }
        PiiKind::Mailbox => {
            let bare = name.replace("%40", "@").replace("=40", "@");
            // A guest: `ann_contoso.com#EXT#@fabrikam.onmicrosoft.com`.
            match bare.split_once("#ext#") {
                Some((guest, _)) => guest
                    .rsplit_once('_')
                    .map_or_else(|| guest.to_owned(), |(local, domain)| format!("{local}@{domain}")),
                None => bare,
            }
        }
        PiiKind::Phone => name.chars().filter(char::is_ascii_digit).collect(),
        PiiKind::Number => name.chars().filter(char::is_ascii_alphanumeric).collect(),
        PiiKind::Location | PiiKind::Host | PiiKind::Tenant => name,
    }
}

/// One spelling for each address: `::ffff:198.51.100.77` is `198.51.100.77`.
fn address(name: &str) -> String {
    let bare = name.split('%').next().unwrap_or(name).trim_end_matches(".in-addr.arpa");
    let mut octets: Vec<&str> = bare.split(['.', '-']).map(|octet| octet.trim_start_matches('0')).collect();
    if octets.len() == 4 && bare.bytes().all(|byte| byte.is_ascii_digit() || b".-".contains(&byte)) {
        if name.ends_with(".in-addr.arpa") {
            octets.reverse();
        }
        return octets.iter().map(|octet| if octet.is_empty() { "0" } else { octet }).collect::<Vec<_>>().join(".");
    }
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => {
            address.to_ipv4_mapped().map_or_else(|| address.to_string(), |mapped| mapped.to_string())
        }
        _ => name.to_owned(),
    }
}
