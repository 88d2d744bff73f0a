//! The hosts that settings need.

use super::{
    guide::{Choice, Guide},
    settings::{Endpoint, Settings},
};

/// What a host is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Purpose {
    /// Authorization and token endpoint.
    SignIn,
    /// Microsoft Graph.
    Graph,
    /// IMAP with TLS from the start.
    Imap,
    /// POP with TLS from the start.
    Pop,
    /// SMTP with STARTTLS.
    Smtp,
    /// SMTP with TLS from the start.
    Smtps,
}

impl Purpose {
    /// A few words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Graph => "Microsoft Graph",
            Self::Imap => "IMAP",
            Self::Pop => "POP",
            Self::Smtp | Self::Smtps => "SMTP",
        }
    }

    /// True for what is reached by HTTPS, and so through an HTTP proxy.
    #[must_use]
    pub fn is_https(self) -> bool {
        matches!(self, Self::SignIn | Self::Graph)
    }
}

/// A host that must be reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Host {
    /// What it is for.
    pub purpose: Purpose,
    /// Name.
    pub name: String,
    /// Port.
    pub port: u16,
    /// For sign-in: authorization endpoint, token endpoint, and the address of the OpenID configuration.
    pub endpoints: Option<SignInEndpoints>,
}

/// The endpoints of a sign-in host.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct SignInEndpoints {
    /// As entered, without a query.
    pub authorization: Option<String>,
    /// As entered, without a query.
    pub token: Option<String>,
    /// Path of the OpenID configuration.
    pub openid_path: Option<String>,
    /// `microsoft` or `google`.
    pub provider: Option<String>,
}

/// The hosts that settings need, each once.
#[must_use]
pub fn required_hosts(settings: &Settings) -> Vec<Host> {
    let guide = Guide::builtin();
    let mut hosts: Vec<Host> = Vec::new();
    let mut add = |host: Host| {
        let same = |one: &Host| {
            (one.purpose, &one.name, one.port, &one.endpoints) == (host.purpose, &host.name, host.port, &host.endpoints)
        };
        if !hosts.iter().any(same) {
            hosts.push(host);
        }
    };
    for integration in &settings.integrations {
        let endpoints = [&integration.token, &integration.authorization];
        let Some(endpoint) = endpoints.into_iter().flatten().find(|endpoint| endpoint.host().is_some()) else {
            continue;
        };
        let (Some(name), Some(port)) = (endpoint.host(), endpoint.effective_port()) else { continue };
        let cloud = guide.clouds_of_host(name).first().copied();
        let openid_path = cloud.and_then(|(provider, _)| {
            let url = provider.openid_configuration.replace("{tenant}", endpoint.tenant().unwrap_or("common"));
            url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| format!("/{path}"))
        });
        let shown = |endpoint: &Option<Endpoint>| {
            endpoint.as_ref().filter(|endpoint| endpoint.host().is_some()).map(Endpoint::shown)
        };
        let endpoints = SignInEndpoints {
            authorization: shown(&integration.authorization),
            token: shown(&integration.token),
            openid_path,
            provider: cloud.map(|(provider, _)| provider.provider.clone()),
        };
        add(Host { purpose: Purpose::SignIn, name: name.to_owned(), port, endpoints: Some(endpoints) });
        let scopes: Vec<&str> = integration.scopes.iter().filter_map(|scope| scope.text()).collect();
        let is_graph = scopes.iter().any(|scope| {
            scope.starts_with("Mail.") || Endpoint::parse(scope).host().is_some_and(|host| host.contains("graph"))
        });
        let root = cloud.and_then(|(_, cloud)| cloud.graph_root.as_deref());
        if is_graph && let Some(host) = root.and_then(|root| root.strip_prefix("https://")) {
            add(Host { purpose: Purpose::Graph, name: host.to_owned(), port: 443, endpoints: None });
        }
    }
    for server in &settings.mail_servers {
        let purpose = match (server.protocol.as_deref(), server.implicit_tls, server.port) {
            (Some("imap"), ..) => Purpose::Imap,
            (Some("pop"), ..) => Purpose::Pop,
            (Some("smtp"), Some(true), _) | (Some("smtp"), _, Some(465)) => Purpose::Smtps,
            (Some("smtp"), ..) => Purpose::Smtp,
            _ => continue,
        };
        let Some(name) = &server.host else { continue };
        let default = match purpose {
            Purpose::Imap => 993,
            Purpose::Pop => 995,
            Purpose::Smtps => 465,
            _ => 587,
        };
        add(Host { purpose, name: name.clone(), port: server.port.unwrap_or(default), endpoints: None });
    }
    hosts
}

/// The hosts of a provider, for a doctor without settings.
#[must_use]
pub fn hosts_of_choice(choice: &Choice) -> Vec<Host> {
    let guide = Guide::builtin();
    let Ok(recommended) = guide.recommend(choice) else { return Vec::new() };
    let token = Endpoint::parse(&recommended.token_endpoint);
    // Without a tenant's ID the endpoints of the template hold none: the sign-in host answers for `common`, too.
    let url = |text: &str| text.replace("<tenant ID>", "common");
    let token = match token {
        Endpoint::Url { .. } => token,
        _ => Endpoint::parse(&url(&recommended.token_endpoint)),
    };
    let Some(name) = token.host() else { return Vec::new() };
    let provider = guide.provider(&choice.provider);
    let openid_path = provider.and_then(|provider| {
        let address = provider.openid_configuration.replace("{tenant}", token.tenant().unwrap_or("common"));
        address.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| format!("/{path}"))
    });
    let endpoints = SignInEndpoints {
        authorization: recommended.authorization_endpoint.as_deref().map(url),
        token: Some(url(&recommended.token_endpoint)),
        openid_path,
        provider: Some(choice.provider.clone()),
    };
    // Google's OpenID configuration is at another host than its token endpoint.
    let sign_in = match choice.provider.as_str() {
        "google" => "accounts.google.com",
        _ => name,
    };
    let mut hosts =
        vec![Host { purpose: Purpose::SignIn, name: sign_in.to_owned(), port: 443, endpoints: Some(endpoints) }];
    if sign_in != name {
        hosts.push(Host { purpose: Purpose::SignIn, name: name.to_owned(), port: 443, endpoints: None });
    }
    match (recommended.mail_host, recommended.mail_port, choice.protocol.as_str()) {
        (Some(name), Some(port), protocol) => {
            let purpose = match protocol {
                "imap" => Purpose::Imap,
                "pop" => Purpose::Pop,
                _ => Purpose::Smtp,
            };
            hosts.push(Host { purpose, name, port, endpoints: None });
        }
        _ => {
            let cloud = provider.and_then(|provider| provider.cloud(&recommended.cloud));
            let root = cloud.and_then(|cloud| cloud.graph_root.as_deref());
            if let Some(host) = root.and_then(|root| root.strip_prefix("https://")) {
                hosts.push(Host { purpose: Purpose::Graph, name: host.to_owned(), port: 443, endpoints: None });
            }
        }
    }
    hosts
}
