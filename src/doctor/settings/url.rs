//! URLs of settings, of which only scheme, host, port and path are kept.

/// A URL as far as it may be shown: without user, password, query and fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// A URL.
    Url {
        /// `https`, lower case.
        scheme: String,
        /// Host, lower case.
        host: String,
        /// Port, if it is given.
        port: Option<u16>,
        /// Path, with its first slash.
        path: String,
        /// There was a query, a fragment, or a user before the host.
        has_more: bool,
        /// There were spaces around it, or in it.
        has_spaces: bool,
    },
    /// The field is empty.
    Empty,
    /// Something that is no URL, and is not kept.
    NoUrl,
}

impl Endpoint {
    /// Reads a URL.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Self::Empty;
        }
        let has_spaces = trimmed.len() != text.len() || trimmed.contains(char::is_whitespace);
        let Some((scheme, rest)) = trimmed.split_once("://") else { return Self::NoUrl };
        if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
            return Self::NoUrl;
        }
        let (rest, query) = match rest.find(['?', '#']) {
            Some(at) => (&rest[..at], true),
            None => (rest, false),
        };
        let (authority, path) = match rest.find('/') {
            Some(at) => (&rest[..at], &rest[at..]),
            None => (rest, ""),
        };
        let (user, authority) = match authority.rsplit_once('@') {
            Some((_, host)) => (true, host),
            None => (false, authority),
        };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => match port.parse() {
                Ok(port) => (host, Some(port)),
                Err(_) => return Self::NoUrl,
            },
            _ => (authority, None),
        };
        let Some(host) = host_name(host) else { return Self::NoUrl };
        let is_path = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%+".contains(&byte);
        if !path.bytes().all(|byte| is_path(byte) || byte == b' ') {
            return Self::NoUrl;
        }
        Self::Url {
            scheme: scheme.to_ascii_lowercase(),
            host,
            port,
            path: path.to_owned(),
            has_more: query || user,
            has_spaces,
        }
    }

    /// The host, if it is a URL.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::Url { host, .. } => Some(host),
            _ => None,
        }
    }

    /// The path, if it is a URL.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Url { path, .. } => Some(path),
            _ => None,
        }
    }

    /// The first segment of the path: the tenant of an endpoint of Microsoft.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.path()?.split('/').nth(1).filter(|segment| !segment.is_empty())
    }

    /// The port, by default that of the scheme.
    #[must_use]
    pub fn effective_port(&self) -> Option<u16> {
        match self {
            Self::Url { scheme, port, .. } => Some(port.unwrap_or(if scheme == "http" { 80 } else { 443 })),
            _ => None,
        }
    }

    /// The URL as it may be shown.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Url { scheme, host, port, path, has_more, .. } => {
                let port = port.map_or(String::new(), |port| format!(":{port}"));
                let more = if *has_more { "?…" } else { "" };
                format!("{scheme}://{host}{port}{path}{more}")
            }
            Self::Empty => "(empty)".to_owned(),
            Self::NoUrl => "(not a URL, not shown)".to_owned(),
        }
    }

    pub(crate) fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let parts = match self {
            Self::Url { host, path, .. } => Some([host, path]),
            _ => None,
        };
        parts.into_iter().flatten()
    }
}

/// A host name or IP address, in lower case; `None` for anything else.
pub(crate) fn host_name(text: &str) -> Option<String> {
    let text = text.trim();
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    if inner.parse::<std::net::IpAddr>().is_ok() {
        return Some(text.to_ascii_lowercase());
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    (text.len() <= 253 && text.trim_end_matches('.').split('.').all(is_label)).then(|| text.to_ascii_lowercase())
}

/// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, in hexadecimal digits.
pub(crate) fn is_guid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_secret_in_a_url_is_not_kept() {
        let url = Endpoint::parse("https://admin:pa55@Login.example.com:8443/t/token?client_secret=x#y");
        assert_eq!(url.shown(), "https://login.example.com:8443/t/token?…");
        assert_eq!((url.tenant(), url.effective_port()), (Some("t"), Some(8443)));
        assert_eq!(Endpoint::parse("Xk28Q~secret"), Endpoint::NoUrl);
        assert_eq!(Endpoint::parse("https://a b/c"), Endpoint::NoUrl);
        assert_eq!(Endpoint::parse("  "), Endpoint::Empty);
        assert_eq!(Endpoint::parse("https://[::1]:99/x").effective_port(), Some(99));
    }

    #[test]
    fn a_guid_has_five_groups() {
        assert!(is_guid("72F988bf-86f1-41af-91ab-2d7cd011db47"));
        assert!(!is_guid("72f988bf86f141af91ab2d7cd011db47") && !is_guid("common"));
    }
}
