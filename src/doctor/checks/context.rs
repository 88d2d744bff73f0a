//! What the checks of an integration need to know: whose it is, in which cloud, for which protocols.

use crate::doctor::{
    guide::{Choice, CloudGuide, Guide, ProviderGuide, Recommendation},
    settings::{Endpoint, Integration, MailServer, Settings},
};

/// Settings, with what follows from them.
#[derive(Debug)]
pub(super) struct CheckContext<'s> {
    pub(super) settings: &'s Settings,
    pub(super) integrations: Vec<IntegrationView<'s>>,
    /// Milliseconds since 1970.
    pub(super) now: i64,
}

/// An integration, with what follows from it.
#[derive(Debug)]
pub(super) struct IntegrationView<'s> {
    pub(super) integration: &'s Integration,
    /// Its name, or its number.
    pub(super) label: String,
    pub(super) provider: Option<&'static ProviderGuide>,
    /// The cloud as the administrator states it, else that of the sign-in host.
    pub(super) cloud: Option<&'static CloudGuide>,
    /// Protocols of its mail servers or, without any, of its scopes.
    pub(super) protocols: Vec<String>,
    /// True when the protocols are those of mail servers.
    pub(super) has_servers: bool,
    /// The grant is client credentials.
    pub(super) app_only: bool,
}

impl<'s> CheckContext<'s> {
    pub(super) fn new(settings: &'s Settings, now: i64) -> Self {
        let views = settings.integrations.iter().enumerate();
        let views = views.map(|(i, integration)| IntegrationView::new(i, integration, settings)).collect();
        Self { settings, integrations: views, now }
    }
}

impl<'s> IntegrationView<'s> {
    fn new(i: usize, integration: &'s Integration, settings: &'s Settings) -> Self {
        let guide = Guide::builtin();
        let of_host = host_of(integration).map(|host| guide.clouds_of_host(host)).unwrap_or_default();
        let provider = provider_of(integration);
        let stated = integration.cloud.as_deref().and_then(|name| provider?.cloud(name));
        let servers = servers_of(integration, settings, provider);
        let mail_hosts = servers.iter().filter_map(|server| server.host.as_deref());
        // Clouds may share a sign-in host: then a mail host or a scope decides.
        let hint = mail_hosts.map(str::to_owned).chain(scope_hosts(integration)).find_map(|host| {
            let clouds = guide.clouds_of_host(&host);
            of_host.iter().find(|(_, cloud)| clouds.len() == 1 && clouds[0].1.id == cloud.id).map(|(_, cloud)| *cloud)
        });
        let cloud = stated.or(hint).or_else(|| of_host.first().map(|(_, cloud)| *cloud));
        let mut protocols: Vec<String> = servers.iter().filter_map(|server| server.protocol.clone()).collect();
        let has_servers = !protocols.is_empty();
        if !has_servers {
            protocols = protocols_of_scopes(integration);
        }
        protocols.sort();
        protocols.dedup();
        let label = integration
            .name
            .clone()
            .map_or_else(|| format!("integration {}", i + 1), |name| format!("integration \"{name}\""));
        let app_only = integration.grant.as_deref() == Some("client-credentials");
        Self { integration, label, provider, cloud, protocols, has_servers, app_only }
    }

    pub(super) fn is_microsoft(&self) -> bool {
        self.provider.is_some_and(|provider| provider.provider == "microsoft")
    }

    /// The tenant to enter in the endpoints: stated, else that of an endpoint.
    pub(super) fn tenant(&self) -> Option<&str> {
        let stated = self.integration.tenant_id.as_deref();
        let endpoints = [&self.integration.authorization, &self.integration.token].into_iter().flatten();
        stated.or_else(|| endpoints.filter_map(Endpoint::tenant).find(|tenant| is_tenant(tenant)))
    }

    /// What is right for this integration and a protocol.
    pub(super) fn recommended(&self, protocol: &str) -> Option<Recommendation> {
        let choice = Choice {
            provider: self.provider?.provider.clone(),
            protocol: protocol.to_owned(),
            cloud: self.cloud.map(|cloud| cloud.id.clone()),
            tenant: self.integration.tenant_kind.clone().or_else(|| self.tenant_kind_of_endpoint()),
            tenant_id: self.tenant().map(str::to_owned),
            grant: self.app_only.then(|| "client-credentials".to_owned()),
            ..Choice::default()
        };
        Guide::builtin().recommend(&choice).ok()
    }

    /// What is right for its first protocol.
    pub(super) fn recommended_endpoints(&self) -> Option<Recommendation> {
        self.recommended(self.protocols.first().map_or("imap", String::as_str))
    }

    fn tenant_kind_of_endpoint(&self) -> Option<String> {
        let endpoint = self.integration.token.as_ref().or(self.integration.authorization.as_ref())?;
        Some(
            match endpoint.tenant()? {
                "common" => "personal",
                "organizations" => "multi",
                _ => "single",
            }
            .to_owned(),
        )
    }
}

/// True for a tenant's id or domain, not for `common` and the like.
pub(super) fn is_tenant(segment: &str) -> bool {
    segment.len() > 2
        && !["common", "organizations", "consumers", "oauth2", "v2.0", "adfs"].contains(&segment)
        && (crate::doctor::settings::is_guid(segment) || segment.contains('.'))
}

/// The host of an integration's endpoints.
fn host_of(integration: &Integration) -> Option<&str> {
    let token = integration.token.as_ref().and_then(Endpoint::host);
    token.or(integration.authorization.as_ref().and_then(Endpoint::host))
}

/// The provider by the endpoints or, without any, by the type in Jira.
fn provider_of(integration: &Integration) -> Option<&'static ProviderGuide> {
    let guide = Guide::builtin();
    let of_host =
        host_of(integration).and_then(|host| guide.clouds_of_host(host).first().map(|(provider, _)| *provider));
    let kind = integration.kind.as_deref().filter(|kind| *kind != "custom");
    of_host.or_else(|| kind.and_then(|kind| guide.provider(kind)))
}

/// The mail servers that take their token from an integration, as far as that is known.
fn servers_of<'s>(
    integration: &Integration,
    settings: &'s Settings,
    provider: Option<&'static ProviderGuide>,
) -> Vec<&'s MailServer> {
    let is_named = |server: &&MailServer| server.integration.is_some() && server.integration == integration.name;
    let named: Vec<&MailServer> = settings.mail_servers.iter().filter(is_named).collect();
    let same = |one: &&Integration| provider_of(one).map(|one| &one.provider) == provider.map(|one| &one.provider);
    if !named.is_empty() || settings.integrations.iter().filter(same).count() > 1 {
        return named;
    }
    // A host of another provider has nothing to do with this integration; one that is not known may have.
    let is_only = settings.integrations.len() == 1;
    let fits = |server: &&MailServer| match (server.host.as_deref(), provider) {
        (Some(host), Some(provider)) => {
            let clouds = Guide::builtin().clouds_of_host(host);
            clouds.is_empty() && is_only || clouds.iter().any(|(other, _)| other.provider == provider.provider)
        }
        _ => is_only,
    };
    settings.mail_servers.iter().filter(|server| server.integration.is_none()).filter(fits).collect()
}

/// Hosts of the scopes.
pub(super) fn scope_hosts(integration: &Integration) -> impl Iterator<Item = String> {
    let texts = integration.scopes.iter().filter_map(|scope| scope.text());
    texts.filter_map(|text| Endpoint::parse(text).host().map(str::to_owned))
}

/// The name of a permission at the end of a scope.
pub(super) fn permission(scope: &str) -> &str {
    match scope.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, name)| name),
        None => scope,
    }
}

fn protocols_of_scopes(integration: &Integration) -> Vec<String> {
    let of = |scope: &str| {
        let name = permission(scope).to_ascii_lowercase();
        ["imap", "pop", "smtp"].into_iter().find(|protocol| name.starts_with(&format!("{protocol}."))).or_else(|| {
            let is_graph = name.starts_with("mail.") || name == ".default";
            is_graph.then_some("graph")
        })
    };
    integration.scopes.iter().filter_map(|scope| of(scope.text()?)).map(str::to_owned).collect()
}
