//! Domains of identity and mail providers, whose hosts are shown.

/// Domains of providers. A name under one is shown.
const PROVIDERS: [&str; 68] = [
    "microsoftonline.com",
    "microsoftonline.us",
    "microsoftonline.cn",
    "microsoftonline-p.com",
    "microsoft.com",
    "microsoft.us",
    "chinacloudapi.cn",
    "usgovcloudapi.net",
    "office365.com",
    "office365.us",
    "office.com",
    "office.net",
    "office365.cn",
    "outlook.com",
    "outlook.cn",
    "live.com",
    "hotmail.com",
    "msn.com",
    "windows.net",
    "azure.com",
    "azure.net",
    "azure.us",
    "azure.cn",
    "msftauth.net",
    "msauth.net",
    "aka.ms",
    "google.com",
    "googleapis.com",
    "gmail.com",
    "googlemail.com",
    "googleusercontent.com",
    "gstatic.com",
    "atlassian.com",
    "atl-paas.net",
    "bitbucket.org",
    "okta.com",
    "auth0.com",
    "onelogin.com",
    "pingidentity.com",
    "yahoo.com",
    "yahoo.net",
    "zoho.com",
    "zoho.eu",
    "icloud.com",
    "apple.com",
    "amazonaws.com",
    "amazon.com",
    "amazoncognito.com",
    "github.com",
    "gitlab.com",
    "slack.com",
    "apache.org",
    "w3.org",
    "ietf.org",
    "oracle.com",
    "java.net",
    "springframework.org",
    "digicert.com",
    "globalsign.com",
    "letsencrypt.org",
    "verisign.com",
    "entrust.net",
    "xmlsoap.org",
    "rfc-editor.org",
    "openid.net",
    "eclipse.org",
    "mozilla.org",
    "postgresql.org",
];
/// Of these the first part is the customer's: `contoso.okta.com`.
const SHARED: [&str; 10] = [
    "okta.com",
    "auth0.com",
    "onelogin.com",
    "atlassian.net",
    "onmicrosoft.com",
    "sharepoint.com",
    "amazonaws.com",
    "amazoncognito.com",
    "mail.protection.outlook.com",
    "service-now.com",
];

fn ends_with_domain(name: &[u8], domain: &str) -> bool {
    let Some(rest) = name.len().checked_sub(domain.len()) else { return false };
    name[rest..].eq_ignore_ascii_case(domain.as_bytes()) && (rest == 0 || name[rest - 1] == b'.')
}

/// Whether a host is a provider's, and not named after a customer of it.
pub(in super::super) fn is_provider(name: &[u8]) -> bool {
    if [&b"localhost"[..], b"localhost.localdomain"].contains(&name) {
        return true;
    }
    let shared = SHARED.iter().find(|domain| ends_with_domain(name, domain));
    match shared {
        // `sts.amazonaws.com`, `okta.com` itself.
        Some(domain) => {
            let own = name.len().saturating_sub(domain.len());
            own == 0
                || ["s3.", "sts.", "email-smtp.", "www.", "login.", "oauth2."]
                    .iter()
                    .any(|lead| name[..own].eq_ignore_ascii_case(lead.as_bytes()))
        }
        None => PROVIDERS.iter().any(|domain| ends_with_domain(name, domain)),
    }
}

/// The start of a provider's name.
pub(super) fn may_become_provider(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let parts = std::iter::once(&name[..]).chain(memchr::memchr_iter(b'.', &name).map(|dot| &name[dot + 1..]));
    parts.into_iter().any(|part| PROVIDERS.iter().any(|domain| domain.as_bytes().starts_with(part) && !part.is_empty()))
}
