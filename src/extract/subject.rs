//! The subject of a failure: application, tenant, mailbox, flow.

use std::sync::LazyLock;

use memchr::memchr_iter;

use super::guid::is_guid;
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

/// What a value names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    App,
    Tenant,
}

/// How a value is written after its marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Up to the next quotation mark: `app 'x'`.
    Quoted,
    /// A word: `App ID: x`.
    Word,
    /// An id, which is no word of a sentence: `client application x`.
    Id,
    /// The first segment of a path, if it is a tenant.
    Segment,
    /// The value of a key, with or without blanks and quotation marks: `"client_id" : "x"`, `tenantId=x`.
    Key,
    /// After a name: `application Jira Mail ('x')`.
    Beside,
    /// Before ` directory`: `does not exist in the x directory`.
    Directory,
    /// A name up to the end of the sentence.
    Sentence,
}

/// What is before a value. Of Microsoft's sentences those of 65001, 50105, 7000229, 650056, 650057, 650052, 50034, 500341
/// and 500011 do not put it into quotation marks after one of the usual words.
const MARKERS: &[(&str, Named, Form)] = &[
    ("app '", Named::App, Form::Quoted),
    ("app Id '", Named::App, Form::Quoted),
    ("app ID '", Named::App, Form::Quoted),
    ("app id '", Named::App, Form::Quoted),
    ("application '", Named::App, Form::Quoted),
    ("Application '", Named::App, Form::Quoted),
    ("pplication with ID '", Named::App, Form::Quoted),
    ("identifier '", Named::App, Form::Quoted),
    ("client_id", Named::App, Form::Key),
    ("clientId", Named::App, Form::Key),
    ("appId=", Named::App, Form::Word),
    ("AppId: ", Named::App, Form::Word),
    ("App id: ", Named::App, Form::Word),
    ("App ID: ", Named::App, Form::Word),
    ("Client app ID: ", Named::App, Form::Word),
    ("Application ID: ", Named::App, Form::Word),
    ("client with an ID [", Named::App, Form::Word),
    ("client id - ", Named::App, Form::Word),
    ("lient application ", Named::App, Form::Id),
    ("configured the application ", Named::App, Form::Beside),
    ("tenant '", Named::Tenant, Form::Quoted),
    ("Tenant '", Named::Tenant, Form::Quoted),
    ("directory '", Named::Tenant, Form::Quoted),
    ("tenant identifier '", Named::Tenant, Form::Quoted),
    ("organization '", Named::Tenant, Form::Quoted),
    ("tenant_id", Named::Tenant, Form::Key),
    ("tenantId", Named::Tenant, Form::Key),
    ("in the tenant ", Named::Tenant, Form::Id),
    ("in the tenant named ", Named::Tenant, Form::Sentence),
    ("does not exist in the ", Named::Tenant, Form::Directory),
    ("has been deleted from the ", Named::Tenant, Form::Directory),
    ("microsoftonline.com/", Named::Tenant, Form::Segment),
    ("microsoftonline.com:443/", Named::Tenant, Form::Segment),
    ("microsoftonline.us/", Named::Tenant, Form::Segment),
    ("microsoftonline.us:443/", Named::Tenant, Form::Segment),
    ("microsoftonline.cn/", Named::Tenant, Form::Segment),
    ("microsoftonline.cn:443/", Named::Tenant, Form::Segment),
    ("login.windows.net/", Named::Tenant, Form::Segment),
    ("login.windows.net:443/", Named::Tenant, Form::Segment),
];

static MARKER_SEARCH: LazyLock<PhraseSet<(Named, Form)>> =
    LazyLock::new(|| PhraseSet::new(MARKERS.iter().map(|(marker, named, form)| (*marker, (*named, *form)))));

/// The longest name of an application or tenant, in bytes.
const MAX_NAME_BYTES: usize = 120;

/// Reads the subject from a text without escapes.
#[must_use]
pub(crate) fn subject(text: &[u8]) -> Subject<'_> {
    let mut subject = Subject { mailbox: mail_address(text), ..Subject::default() };
    let mut in_a_sentence = None;
    for ((named, form), _, end) in MARKER_SEARCH.find(text) {
        let Some(value) = value(&text[end..], form) else { continue };
        let (field, fits) = match named {
            Named::App => (&mut subject.app_id, is_id(value)),
            Named::Tenant if matches!(form, Form::Id | Form::Directory | Form::Sentence) => (&mut in_a_sentence, true),
            // Other systems have tenants with numbers.
            Named::Tenant if form == Form::Key => (&mut subject.tenant, is_tenant(value)),
            Named::Tenant => (&mut subject.tenant, !is_placeholder(value)),
        };
        if field.is_none() && fits {
            *field = Some(value);
        }
    }
    // Elsewhere the tenant is an id more often than its name.
    subject.tenant = subject.tenant.or(in_a_sentence);
    subject
}

/// The value at the start of the text after a marker.
fn value(rest: &[u8], form: Form) -> Option<&[u8]> {
    match form {
        Form::Quoted => quoted(rest),
        Form::Word => token(rest),
        Form::Id => token(rest).map(without_dots).filter(|id| is_guid(id)),
        Form::Segment => token(rest).filter(|tenant| is_tenant(tenant)),
        Form::Key => {
            let separators = rest.iter().take(8).take_while(|byte| b"\"': =".contains(byte)).count();
            let assigns = rest[..separators].iter().any(|byte| b":=".contains(byte));
            token(&rest[separators..]).filter(|_| assigns)
        }
        Form::Beside => {
            let name = memchr::memmem::find(first_line(rest), b" ('")?;
            quoted(&rest[name + 3..])
        }
        Form::Directory => {
            let end = memchr::memmem::find(first_line(rest), b" directory")?;
            Some(&rest[..end]).filter(|name| is_name(name) || is_tenant(name))
        }
        Form::Sentence => {
            let line = first_line(rest);
            let end = memchr::memmem::find(line, b". ").unwrap_or(line.len());
            Some(without_dots(line[..end].trim_ascii())).filter(|name| is_name(name) || is_tenant(name))
        }
    }
}

/// True for words that may be the name of an organization, not a part of a sentence.
fn is_name(text: &[u8]) -> bool {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b" .&-_".contains(byte) || *byte >= 0x80;
    text.first().is_some_and(|first| first.is_ascii_uppercase() || *first >= 0x80) && text.iter().all(part)
}

/// The line at the start of a text, as far as a name may reach.
fn first_line(text: &[u8]) -> &[u8] {
    let text = &text[..text.len().min(MAX_NAME_BYTES)];
    &text[..memchr::memchr2(b'\r', b'\n', text).unwrap_or(text.len())]
}

fn without_dots(text: &[u8]) -> &[u8] {
    &text[..text.len() - text.iter().rev().take_while(|byte| **byte == b'.').count()]
}

fn quoted(text: &[u8]) -> Option<&[u8]> {
    let end = memchr::memchr(b'\'', &text[..text.len().min(128)])?;
    (end > 0).then_some(&text[..end])
}

fn token(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().take(128).take_while(|b| b.is_ascii_alphanumeric() || b"-._*#".contains(b)).count();
    // The end of a sentence.
    let token = text[..end].strip_suffix(b".").unwrap_or(&text[..end]);
    (!token.is_empty()).then_some(token)
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
        .find(|address| names_a_mailbox(address) && !is_user_of_url(address))
}

/// True for the user and the host of a URL: `imaps://support%40example.com@imap.example.com`.
fn is_user_of_url(address: &[u8]) -> bool {
    memchr::memmem::find(address, b"%40").is_some()
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
            ("consented to use the application with ID '{app}' named 'Jira Mail'. Send", "{app}", "", ""),
            ("has configured the application Jira Mail ('{app}') to block users unless", "{app}", "", ""),
            (
                "The client application {app} is missing service principal in the tenant {tenant}. See",
                "{app}",
                "{tenant}",
                "",
            ),
            ("Client app ID: {app}(Jira Mail). Resource app ID: {tenant}.", "{app}", "", ""),
            ("Resource app ID: {tenant}. List of valid resources", "", "", ""),
            ("The user account {EUII Hidden} does not exist in the {tenant} directory. To sign", "", "{tenant}", ""),
            ("The user account does not exist in the Contoso Ltd directory.", "", "Contoso Ltd", ""),
            ("has been deleted from the {tenant} directory. To sign", "", "{tenant}", ""),
            ("was not found in the tenant named Contoso Ltd. This can happen", "", "Contoso Ltd", ""),
            ("your organization '{tenant}' lacks a service principal", "", "{tenant}", ""),
            ("clientId={app}, tenantId={tenant}", "{app}", "{tenant}", ""),
            (r#"{"tenant_id": "{tenant}", "client_id" : "{app}"}"#, "{app}", "{tenant}", ""),
            ("the client_id is missing; tenant_id: null", "", "", ""),
            ("does not exist in the log, and the directory is empty", "", "", ""),
            ("the folder does not exist in the mailbox of the account", "", "", ""),
            ("the folder does not exist in the store", "", "", ""),
            ("the app 'needs consent'", "", "", ""),
            ("java.lang.Object@1a2b3c", "", "", ""),
        ];
        for (text, app, tenant, mailbox) in table {
            let [text, app, tenant] = [text, app, tenant].map(|text| {
                text.replace("{app}", "aaaaaaaa-1111-4222-8333-bbbbbbbbbbbb")
                    .replace("{tenant}", "11111111-2222-4333-8444-555555555555")
            });
            let found = subject(text.as_bytes());
            let show = |v: Option<&[u8]>| String::from_utf8_lossy(v.unwrap_or_default()).into_owned();
            assert_eq!(
                (show(found.app_id).as_str(), show(found.tenant).as_str(), show(found.mailbox).as_str()),
                (app.as_str(), tenant.as_str(), mailbox),
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
