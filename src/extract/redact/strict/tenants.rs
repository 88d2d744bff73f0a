//! Names of tenants: they are the customer's; ids of tenants are shown.

use std::sync::LazyLock;

use super::super::{pii::PiiKind, place::Place, values::skip};
use crate::{
    extract::guid::is_guid,
    search::{Literal, PhraseSet},
};

/// What precedes the name of a tenant.
static LEADS: LazyLock<PhraseSet<()>> = LazyLock::new(|| {
    let leads = [
        "enant '",
        "enant \"",
        "the directory '",
        "irectory name: ",
        "rganization '",
        "rganizationName=",
        "rganizationName\":\"",
        "enant identifier '",
        "enant: '",
        "enant [",
        "enantName=",
        "enant_name=",
        "enantName: ",
        "enantName\":\"",
        "enantDisplayName=",
        "enantDisplayName\":\"",
    ];
    PhraseSet::new(leads.map(|lead| (lead, ())))
});

/// Names of tenants in Microsoft's sentences and answers; ids of tenants are shown.
pub(super) fn find(text: &[u8], found: &mut Vec<Place>) {
    static WORDS: LazyLock<PhraseSet<()>> =
        LazyLock::new(|| PhraseSet::new(["enant", "irectory", "rganization"].map(|word| (word, ()))));
    if !WORDS.is_match(text) {
        return;
    }
    bare(text, found);
    for ((), _, start) in LEADS.find(text) {
        let end = skip(text, start, 128, |byte| !b"'\"]\n&,".contains(&byte));
        if is_tenant_name(&text[start..end]) {
            found.push(Place::person(start, end, PiiKind::Tenant));
        }
    }
}

/// A name, not an id, a mask or one of the shared tenants.
pub(in super::super) fn is_tenant_name(name: &[u8]) -> bool {
    let id = is_guid(name) || name.iter().all(|byte| byte.is_ascii_hexdigit() || b"-xX*#{}".contains(byte));
    let shared = [&b"common"[..], b"organizations", b"consumers"].contains(&name);
    !id && !shared && !name.starts_with(b"{") && !name.is_empty()
}

/// `tenant contoso-corp`: a name without quotation marks that is no word.
fn bare(text: &[u8], found: &mut Vec<Place>) {
    static LEADS: [Literal; 3] = [Literal::new("enant "), Literal::new("enant="), Literal::new("enant: ")];
    for lead in &LEADS {
        for at in lead.find_iter(text) {
            let start = at + lead.len();
            let end = skip(text, start, 64, |byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            let name = &text[start..end];
            let joined = name.contains(&b'-')
                && name.iter().all(|byte| byte.is_ascii_lowercase() || b"-".contains(byte) || byte.is_ascii_digit());
            let known = [&b"multi-"[..], b"cross-", b"single-", b"id-"].iter().any(|lead| name.starts_with(lead));
            if joined
                && !known
                && name[0].is_ascii_alphanumeric()
                && is_tenant_name(name)
                && text.get(end) != Some(&b'.')
            {
                found.push(Place::person(start, end, PiiKind::Tenant));
            }
        }
    }
}
