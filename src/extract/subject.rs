//! The subject of a failure: application, tenant, mailbox, flow.

use std::sync::LazyLock;

use memchr::memchr_iter;

use crate::{
    model::is_placeholder,
    search::{ByteSet, PhraseSet},
};

/// The subject of a failure, as far as the text names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Subject<'t> {
    /// Application (client) id.
    pub(crate) app_id: Option<&'t [u8]>,
    /// Tenant id or name.
    pub(crate) tenant: Option<&'t [u8]>,
    /// Mail address.
    pub(crate) mailbox: Option<&'t [u8]>,
}

#[derive(Clone, Copy)]
enum SubjectMarker {
    App,
    Tenant,
    LoginHost,
}

const MARKERS: &[(&str, SubjectMarker)] = &[
    ("app '", SubjectMarker::App),
    ("app Id '", SubjectMarker::App),
    ("app ID '", SubjectMarker::App),
    ("app id '", SubjectMarker::App),
    ("application '", SubjectMarker::App),
    ("Application '", SubjectMarker::App),
    ("identifier '", SubjectMarker::App),
    ("client_id=", SubjectMarker::App),
    ("client_id\":\"", SubjectMarker::App),
    ("appId=", SubjectMarker::App),
    ("AppId: ", SubjectMarker::App),
    ("App id: ", SubjectMarker::App),
    ("App ID: ", SubjectMarker::App),
    ("Application ID: ", SubjectMarker::App),
    ("client with an ID [", SubjectMarker::App),
    ("client id - ", SubjectMarker::App),
    ("tenant '", SubjectMarker::Tenant),
    ("Tenant '", SubjectMarker::Tenant),
    ("directory '", SubjectMarker::Tenant),
    ("tenant identifier '", SubjectMarker::Tenant),
    ("microsoftonline.com/", SubjectMarker::LoginHost),
    ("microsoftonline.com:443/", SubjectMarker::LoginHost),
    ("microsoftonline.us/", SubjectMarker::LoginHost),
    ("microsoftonline.us:443/", SubjectMarker::LoginHost),
    ("microsoftonline.cn/", SubjectMarker::LoginHost),
    ("microsoftonline.cn:443/", SubjectMarker::LoginHost),
    ("login.windows.net/", SubjectMarker::LoginHost),
    ("login.windows.net:443/", SubjectMarker::LoginHost),
];

static MARKER_SEARCH: LazyLock<PhraseSet<(&str, SubjectMarker)>> =
    LazyLock::new(|| PhraseSet::new(MARKERS.iter().map(|(marker, kind)| (*marker, (*marker, *kind)))));

/// Reads the subject from a text without escapes.
#[must_use]
pub(crate) fn subject(text: &[u8]) -> Subject<'_> {
    let mut subject = Subject { mailbox: mail_address(text), ..Subject::default() };
    for ((marker, kind), _, end) in MARKER_SEARCH.find(text) {
        let rest = &text[end..];
        let value = if marker.ends_with('\'') { quoted(rest) } else { token(rest) };
        match (kind, value) {
            (SubjectMarker::App, Some(value)) if subject.app_id.is_none() && is_id(value) => {
                subject.app_id = Some(value);
            }
            (SubjectMarker::Tenant, Some(value)) if subject.tenant.is_none() && !is_placeholder(value) => {
                subject.tenant = Some(value);
            }
            (SubjectMarker::LoginHost, Some(value)) if subject.tenant.is_none() && is_tenant(value) => {
                subject.tenant = Some(value);
            }
            _ => {}
        }
    }
    subject
}

fn quoted(text: &[u8]) -> Option<&[u8]> {
    let end = memchr::memchr(b'\'', &text[..text.len().min(128)])?;
    (end > 0).then_some(&text[..end])
}

fn token(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().take(128).take_while(|b| b.is_ascii_alphanumeric() || b"-._*#".contains(b)).count();
    (end > 0).then_some(&text[..end])
}

/// A GUID, a masked GUID, or the client id of another provider; not a word of the sentence.
fn is_id(value: &[u8]) -> bool {
    value.len() >= 3
        && !value.contains(&b' ')
        && (value.contains(&b'-') || value.iter().any(u8::is_ascii_digit) || value.iter().all(|b| b"xX*#".contains(b)))
}

/// The path segment after a login host is a tenant: an id, a domain, or one of the shared endpoints. Java prints the
/// address of a host there: `login.microsoftonline.com/192.0.2.1:443`.
fn is_tenant(value: &[u8]) -> bool {
    if value.iter().all(|b| b.is_ascii_digit() || *b == b'.') {
        return false;
    }
    matches!(value, b"common" | b"organizations" | b"consumers")
        || (value.iter().filter(|b| **b == b'-').count() == 4)
        || (value.contains(&b'.') && !value.ends_with(b"."))
}

/// True for an address that a mail is sent to: its owner is not the one who signs in.
fn is_recipient(text: &[u8], start: usize) -> bool {
    let before = text[..start].trim_ascii_end();
    let before = before.strip_suffix(b"<").unwrap_or(before);
    [&b"To='"[..], b"Cc='", b"Bcc='", b"To=", b"To:", b"TO:", b"5.1.1"].iter().any(|label| before.ends_with(label))
}

/// The first mail address that is not a recipient's.
#[must_use]
fn mail_address(text: &[u8]) -> Option<&[u8]> {
    mail_addresses(text)
        .filter(|(start, _)| !is_recipient(text, *start))
        .map(|(start, end)| &text[start..end])
        .find(|address| names_a_mailbox(address))
}

/// False if a part of an address is a placeholder for a missing or masked one: `null@example.com`, `***@example.com`.
fn names_a_mailbox(address: &[u8]) -> bool {
    let mut parts = address.splitn(2, |b| *b == b'@');
    let local = parts.next().unwrap_or_default();
    let host = parts.next().and_then(|domain| domain.split(|b| *b == b'.').next()).unwrap_or_default();
    !is_placeholder(local) && !is_placeholder(host) && host != b"localhost"
}

/// Start and end of every mail address.
pub(crate) fn mail_addresses(text: &[u8]) -> impl Iterator<Item = (usize, usize)> + '_ {
    memchr_iter(b'@', text).filter_map(|at| {
        let local = text[..at]
            .iter()
            .rev()
            .take(64)
            .take_while(|b| b.is_ascii_alphanumeric() || b"._%+'-".contains(b) || **b >= 0x80)
            .count();
        let local = local - text[at - local..at].iter().take_while(|b| b"'.-".contains(b)).count();
        let domain = text[at + 1..]
            .iter()
            .take(255)
            .take_while(|b| b.is_ascii_alphanumeric() || b".-".contains(b) || **b >= 0x80)
            .count();
        let name = &text[at + 1..at + 1 + domain];
        let name = &name[..name.len() - name.iter().rev().take_while(|b| b".-".contains(b)).count()];
        let dot = memchr::memrchr(b'.', name)?;
        let top = &name[dot + 1..];
        let valid = local > 0 && dot > 0 && top.len() >= 2 && top.iter().all(|b| b.is_ascii_alphabetic() || *b >= 0x80);
        valid.then_some((at - local, at + 1 + name.len()))
    })
}

const IN_FLOW_ID: ByteSet = ByteSet::with(b"-_*#");

/// The id of the flow: the last segment of `/rest/oauth2-client/…/config/flow/{id}`.
#[must_use]
pub(crate) fn flow_id(text: &[u8]) -> Option<&[u8]> {
    let mut segments = memchr_iter(b'/', text).map(|slash| &text[slash..]);
    let id = segments.find_map(|path| path.strip_prefix(b"/config/flow/"))?;
    let end = IN_FLOW_ID.prefix_len(&id[..id.len().min(80)]);
    (end > 0).then_some(&id[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn application_tenant_and_mailbox_are_read_from_the_message() {
        let table = [
            (
                "for a secret added to app 'xxxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxx'.",
                "xxxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxx",
                "",
                "",
            ),
            (
                "Application with identifier 'aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb' was not found in the directory 'Contoso'.",
                "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb",
                "Contoso",
                "",
            ),
            ("User account 'ann@contoso.com' does not exist in tenant 'Contoso'", "", "Contoso", "ann@contoso.com"),
            (
                "POST https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/oauth2/v2.0/token",
                "",
                "11111111-2222-4333-8444-555555555555",
                "",
            ),
            ("https://login.microsoftonline.com/error?code=50011", "", "", ""),
            ("the app 'needs consent'", "", "", ""),
            ("java.lang.Object@1a2b3c", "", "", ""),
        ];
        for (text, app, tenant, mailbox) in table {
            let found = subject(text.as_bytes());
            let show = |v: Option<&[u8]>| String::from_utf8_lossy(v.unwrap_or_default()).into_owned();
            assert_eq!(
                (show(found.app_id).as_str(), show(found.tenant).as_str(), show(found.mailbox).as_str()),
                (app, tenant, mailbox),
                "{text}"
            );
        }
    }

    #[test]
    fn the_flow_is_the_last_segment_of_its_url() {
        assert_eq!(flow_id(b"/rest/oauth2-client/latest/config/flow/ab-12 []"), Some(&b"ab-12"[..]));
        assert_eq!(flow_id(b"/rest/oauth2-client/latest/config"), None);
    }
}
