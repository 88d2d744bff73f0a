//! Host and tenant names: those of providers are shown, the customer's get pseudonyms.

use std::{collections::HashSet, sync::LazyLock};

use super::{
    super::{pii::PiiKind, place::Place, values::skip, word_set::WordSet},
    Known, named,
    providers::{is_provider, may_become_provider},
    tenants,
};
use crate::{
    extract::guid::is_guid,
    search::{Literal, PhraseSet},
};

/// Top-level domains by which a bare name is a host, without a URL around it.
static TOP_LEVEL: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "com net org de fr es pt nl uk eu cn jp ch br pl cz se dk fi ca au nz hu ru kr mx edu gov mil biz \
        local lan corp internal intranet example test invalid cloud localdomain arpa ms gmbh berlin hamburg \
        koeln wien swiss bank health hospital company group global online tech digital software systems \
        solutions services agency network shop store site xyz ltd asia africa dev ua tr gr ro za sg hk"
            .split_whitespace(),
    )
});
/// The same of top-level domains that names in code end in as well: the name must look like a host otherwise.
static AMBIGUOUS_TOP_LEVEL: LazyLock<WordSet> =
    LazyLock::new(|| WordSet::new("io at be it no ie in is us co info app ai me tv id".split_whitespace()));
/// What a package of Java starts with.
static PACKAGES: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "com org net io java javax jakarta sun jdk de fr uk webwork jira mail ch atlassian log4j spring crowd \
        plugin nl"
            .split_whitespace(),
    )
});

/// Endings of files.
static FILES: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new("java xml log jsp jspa js css html properties jar vm py md txt json zip groovy kt".split_whitespace())
});

/// Gives the places of hosts that are shown; those of the customer become places of pseudonyms.
pub(super) fn find(
    text: &[u8],
    blocks: &[(usize, usize)],
    known: &Known<'_>,
    found: &mut Vec<Place>,
) -> Vec<(usize, usize)> {
    let mut shown = Vec::new();
    let mut names: Vec<(usize, usize, bool)> = Vec::new();
    for (start, end, cut) in blocks.iter().flat_map(|(from, to)| candidates(text, *from, *to)) {
        let Some(context) = host_context(text, start, end) else { continue };
        let endpoint = context == Context::Url
            && (is_oauth_endpoint(&text[end..]) || known.redirect_hosts && is_redirect(&text[..start], &text[end..]));
        let name = &text[start..end];
        // `api://GUID`: an application.
        let application = text[..start].ends_with(b"api://") && is_guid(name);
        let listed = application || !known.ids.is_empty() && known.ids.contains(name);
        if listed || endpoint || is_provider(name) || cut && may_become_provider(name) {
            shown.push((start, end));
            if endpoint {
                names.push((start, end, true));
            }
        } else {
            names.push((start, end, false));
        }
    }
    // A host that is one of a provider in one place is so in all.
    let endpoints = names.iter().filter(|(_, _, endpoint)| *endpoint);
    let endpoints: HashSet<Vec<u8>> = endpoints.map(|(from, to, _)| text[*from..*to].to_ascii_lowercase()).collect();
    for (start, end, endpoint) in &names {
        let name = &text[*start..*end];
        if !endpoints.is_empty() && endpoints.contains(&name.to_ascii_lowercase()) {
            shown.push((*start, *end));
        } else if !endpoint {
            found.push(Place::person(*start, *end, PiiKind::Host));
        }
    }
    tenants::find(text, found);
    named::find(text, found);
    shown
}

fn is_name_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".-_".contains(&byte) || byte >= 0x80
}

/// Runs of letters, digits, dots and dashes that have a dot, or are in the place of a URL's host. The flag says that
/// the text was cut after it: `https://outlook.office365…`.
fn candidates(text: &[u8], from: usize, to: usize) -> Vec<(usize, usize, bool)> {
    let mut found = Vec::new();
    let mut push = |start: usize| {
        // `*.contoso.example` of a certificate.
        let start = skip(text, start, to.saturating_sub(start), |byte| byte == b'.');
        let end = skip(text, start, to.saturating_sub(start), is_name_part);
        let ellipsis = "…".as_bytes();
        let cut = memchr::memchr(ellipsis[0], &text[start..end]).map(|cut| start + cut);
        let cut = cut.filter(|cut| text[*cut..].starts_with(ellipsis));
        let stop = cut.unwrap_or(end);
        let stop = stop - text[start..stop].iter().rev().take_while(|byte| b".-_".contains(byte)).count();
        // Names of classes are no hosts, and show it at once.
        let last = memchr::memrchr(b'.', &text[start..stop]).map(|dot| start + dot + 1);
        let class = last.is_some_and(|last| text[last].is_ascii_uppercase() && text[start].is_ascii_lowercase());
        if stop > start && !class {
            found.push((start, stop, cut.is_some()));
        }
        end.max(start + 1)
    };
    let mut at = from;
    while let Some(next) = memchr::memchr2(b'.', b':', &text[at.min(to)..to]).map(|next| at + next) {
        if text[next] == b'.' {
            let before = text[at..next].iter().rev().take_while(|byte| is_name_part(**byte)).count();
            at = push(next - before);
            continue;
        }
        at = next + 1;
        if text[at..to].starts_with(b"//") {
            let start = at + 2;
            let authority = skip(text, start, 256.min(to - start), |byte| !b"/?# \t\n\"'<>".contains(&byte));
            if let Some(user) = memchr::memrchr(b'@', &text[start..authority]) {
                push(start);
                at = push(start + user + 1);
            } else {
                at = push(start);
            }
        }
    }
    found
}

#[derive(PartialEq, Eq)]
enum Context {
    Url,
    Bare,
}

/// Whether a run of letters, digits, dots and dashes is the name of a host.
fn host_context(text: &[u8], start: usize, end: usize) -> Option<Context> {
    let name = &text[start..end];
    if name.is_empty() || !name[0].is_ascii_alphanumeric() && name[0] < 0x80 || name.len() > 253 {
        return None;
    }
    let before = &text[..start];
    let url = before.ends_with(b"://")
        || before.ends_with(b"@")
            && before[..before.len() - 1]
                .iter()
                .rev()
                .take(64)
                .take_while(|byte| !byte.is_ascii_whitespace() && !b"\"',{}[]<>".contains(byte))
                .any(|byte| *byte == b':');
    let digits = name.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    // `https://user:password@host`
    let user =
        text.get(end) == Some(&b':') && text.get(end + 1).is_some_and(|byte| !byte.is_ascii_digit() && *byte != b'/');
    if url && user && before.ends_with(b"://") {
        return None;
    }
    if url && !digits {
        return Some(Context::Url);
    }
    // `at a.b.c(X.java:1)` and `package.Class` have no host.
    if text.get(end) == Some(&b'(') || before.ends_with(b"$") {
        return None;
    }
    let dot = memchr::memrchr(b'.', name)?;
    let top = &name[dot + 1..];
    let labels = name.split(|byte| *byte == b'.');
    // In one case, or a server's name in capitals before a domain: `VI1PR08CA0132.contoso.com`, not `a.b.ClassName`.
    let upper = |label: &[u8]| label.iter().all(|byte| !byte.is_ascii_lowercase());
    let lower = |label: &[u8]| label.iter().all(|byte| !byte.is_ascii_uppercase());
    let small = lower(name)
        || upper(name)
        || labels.clone().count() >= 3 && labels.clone().take(1).all(upper) && labels.clone().skip(1).all(lower);
    let first = labels.clone().next().unwrap_or_default();
    let package = PACKAGES.contains_exactly(first) && !(first == b"mail" || first == b"jira");
    if !small || package || FILES.contains_exactly(top) {
        return None;
    }
    let sound = labels.clone().all(|label| !label.is_empty() && label.len() <= 63) && !name.contains(&b'_');
    // `www.contoso.io`, `jira-7.contoso.co`
    let hosted = || name.contains(&b'-') || name.iter().any(u8::is_ascii_digit) || first == b"www";
    let top_level =
        TOP_LEVEL.contains(top) || AMBIGUOUS_TOP_LEVEL.contains(top) && labels.clone().count() >= 3 && hosted();
    let port = text.get(end) == Some(&b':')
        && text.get(end + 1).is_some_and(u8::is_ascii_digit)
        && top.len() >= 2
        && top.iter().all(u8::is_ascii_alphabetic);
    (sound && (top_level || port && dot > 2)).then_some(Context::Bare)
}

/// Parts of paths of Jira's own pages.
static JIRA_PATHS: LazyLock<PhraseSet<()>> = LazyLock::new(|| {
    PhraseSet::new(["/rest/", "/plugins/", "/jira/", "/secure/", "/browse/", "/login.jsp"].map(|path| (path, ())))
});
/// Parts of the paths of authorization servers.
static ENDPOINTS: LazyLock<PhraseSet<()>> = LazyLock::new(|| {
    let paths = [
        "/oauth2/",
        "/oauth/",
        "/token",
        "/authorize",
        "/.well-known/",
        "/adfs/",
        "/openid-connect/",
        "/userinfo",
        "/jwks",
    ];
    PhraseSet::new(paths.map(|path| (path, ())))
});

/// What follows a host: the path of an authorization or token endpoint, not of Jira's own pages.
fn is_oauth_endpoint(after: &[u8]) -> bool {
    let path = after
        .strip_prefix(b":")
        .map_or(after, |port| &port[port.iter().take_while(|byte| byte.is_ascii_digit()).count()..]);
    let path = &path
        [..path.iter().take(200).take_while(|byte| !byte.is_ascii_whitespace() && !b"\"'<>?".contains(byte)).count()];
    ENDPOINTS.is_match(path) && !JIRA_PATHS.is_match(path)
}

/// The host of a redirect URI, which must be the same on both sides.
fn is_redirect(before: &[u8], after: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(64)..].to_ascii_lowercase();
    let line = near.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    static NAMES: [Literal; 4] =
        [Literal::new("redirect"), Literal::new("reply url"), Literal::new("reply address"), Literal::new("callback")];
    NAMES.iter().any(|name| name.is_in(line))
        || after.starts_with(b"/rest/oauth2-client/")
        || after.starts_with(b"/plugins/servlet/oauth2/")
}
