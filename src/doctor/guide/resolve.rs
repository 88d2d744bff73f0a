//! What to enter for one choice of provider, cloud, protocol, tenant, grant and Jira version.

use std::fmt;

use serde::Serialize;

use super::{data::Guide, format::version_of};

/// Who asks, and for what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// `microsoft` or `google`.
    pub provider: String,
    /// `imap`, `pop`, `smtp` or `graph`.
    pub protocol: String,
    /// `worldwide`, `gcc`, `gcc-high`, `dod` or `china`; the usual one if it is not given.
    pub cloud: Option<String>,
    /// `single`, `multi` or `personal`; the first that the cloud has if it is not given.
    pub tenant: Option<String>,
    /// The tenant's id or domain.
    pub tenant_id: Option<String>,
    /// `code` or `client-credentials`.
    pub grant: Option<String>,
    /// Version of Jira.
    pub jira: Option<String>,
    /// Jira's base URL.
    pub base_url: Option<String>,
}

/// What to enter where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Recommendation {
    /// `oauthsift.settings/1`.
    pub schema: &'static str,
    /// Provider.
    pub provider: String,
    /// Name of the provider.
    pub provider_name: String,
    /// Cloud.
    pub cloud: String,
    /// Name of the cloud.
    pub cloud_name: String,
    /// Protocol.
    pub protocol: String,
    /// Name of the protocol.
    pub protocol_name: String,
    /// Kind of tenant.
    pub tenant: String,
    /// Grant.
    pub grant: String,
    /// The type to choose in Jira.
    pub jira_type: String,
    /// Authorization endpoint; null with client credentials.
    pub authorization_endpoint: Option<String>,
    /// Token endpoint.
    pub token_endpoint: String,
    /// Scopes, one by one.
    pub scopes: Vec<String>,
    /// Permissions to add to the app.
    pub permissions: Vec<String>,
    /// Form of the redirect URL; null with client credentials.
    pub redirect_url: Option<String>,
    /// Mail host; null for Graph.
    pub mail_host: Option<String>,
    /// Port of the mail host; null for Graph.
    pub mail_port: Option<u16>,
    /// How the connection is encrypted; null for Graph.
    pub mail_security: Option<String>,
    /// What to know about the client secret.
    pub client_secret: String,
    /// What else to know.
    pub notes: Vec<String>,
    /// The screens, in the order in which they are filled in.
    pub screens: Vec<Screen>,
}

impl Recommendation {
    /// The recommendation as JSON, with a line break at its end.
    ///
    /// # Errors
    /// None in practice.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

/// A screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Screen {
    /// Which program.
    pub place: String,
    /// How to get there.
    pub path: String,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Field {
    /// Label.
    pub name: String,
    /// What to enter.
    pub value: String,
}

/// Why a choice is not possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceError(String);

impl fmt::Display for ChoiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ChoiceError {}

/// Name and version of the JSON that is printed.
const SCHEMA: &str = "oauthsift.settings/1";

impl Guide {
    /// What to enter for a choice.
    ///
    /// # Errors
    /// A combination that does not exist: what there is instead.
    pub fn recommend(&self, choice: &Choice) -> Result<Recommendation, ChoiceError> {
        let no = |text: String| ChoiceError(text);
        let names = |names: Vec<&str>| names.join(", ");
        let guide = self.provider(&choice.provider).ok_or_else(|| {
            let known = self.providers.iter().map(|provider| provider.provider.as_str()).collect();
            no(format!("unknown provider `{}`; there are {}", choice.provider, names(known)))
        })?;
        let cloud = match &choice.cloud {
            None => guide.cloud.first(),
            Some(name) => guide.cloud(&name.to_ascii_lowercase()),
        };
        let cloud = cloud.ok_or_else(|| {
            let known = guide.cloud.iter().map(|cloud| cloud.id.as_str()).collect();
            no(format!(
                "{} has no cloud `{}`; it has {}",
                guide.name,
                choice.cloud.as_deref().unwrap_or("?"),
                names(known)
            ))
        })?;
        let protocol = guide.protocol(&choice.protocol).ok_or_else(|| {
            let known = guide.protocol.iter().map(|protocol| protocol.id.as_str()).collect();
            no(format!("{} has no protocol `{}`; it has {}", guide.name, choice.protocol, names(known)))
        })?;
        let app_only = match choice.grant.as_deref() {
            None | Some("code") => false,
            Some("client-credentials") if !protocol.app_scopes.is_empty() => true,
            Some("client-credentials") => {
                return Err(no(format!(
                    "Jira has the grant client credentials only for Graph, not for {}",
                    protocol.name
                )));
            }
            Some(other) => return Err(no(format!("unknown grant `{other}`; there are code, client-credentials"))),
        };
        let wanted = choice.tenant.as_deref().or_else(|| cloud.tenants.first().map(String::as_str)).unwrap_or_default();
        let tenant = guide.tenant.iter().find(|tenant| tenant.id == wanted && cloud.tenants.contains(&tenant.id));
        let tenant = tenant.ok_or_else(|| {
            let known = cloud.tenants.iter().map(String::as_str).collect();
            no(format!("the cloud {} has no kind of tenant `{wanted}`; it has {}", cloud.name, names(known)))
        })?;
        if app_only && tenant.id != "single" {
            return Err(
                no("the grant client credentials needs the endpoint of one tenant: --tenant single".to_owned()),
            );
        }
        let mut notes: Vec<String> = cloud.note.iter().cloned().collect();
        if choice.cloud.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("gcc")) {
            notes.push(
                "GCC uses the worldwide hosts and scopes; those of outlook.office365.us are for GCC High and DoD."
                    .to_owned(),
            );
        }
        let jira_version = choice
            .jira
            .as_deref()
            .map(|text| version_of(text).ok_or_else(|| no(format!("`{text}` is not a version of Jira, such as 9.12"))));
        let jira_version = jira_version.transpose()?;
        let feature = if app_only { "client-credentials" } else { protocol.id.as_str() };
        for feature in
            [Some(protocol.id.as_str()), Some(feature)].into_iter().flatten().filter_map(|id| self.jira.feature(id))
        {
            let Some(first) = self.jira.first_version(feature) else { continue };
            let (product, from) = match (&feature.jira, &feature.jsm) {
                (Some(version), _) => ("Jira", version),
                (None, Some(version)) => ("Jira Service Management", version),
                (None, None) => continue,
            };
            let text = format!("{product} has {} from version {from} on.", feature.name);
            if jira_version.is_some_and(|version| version < first) {
                return Err(no(format!("{text} This Jira is {}.", choice.jira.as_deref().unwrap_or_default())));
            }
            if jira_version.is_none() && !notes.contains(&text) {
                notes.push(text);
            }
        }
        let generation = self.jira.generation.iter().rev().find(|generation| match jira_version {
            Some(version) => version_of(&generation.from).is_some_and(|from| version >= from),
            None => true,
        });
        let generation = generation.ok_or_else(|| {
            let first = self.jira.generation.first().map_or("8.10", |first| first.from.as_str());
            no(format!("Jira has OAuth 2.0 for mail from version {first} on"))
        })?;
        let tenant_id = choice.tenant_id.clone().unwrap_or_else(|| "<tenant ID>".to_owned());
        let graph_root = cloud.graph_root.clone().unwrap_or_default();
        let segment = tenant.segment.replace("{tenant_id}", &tenant_id);
        let base_url = choice.base_url.as_deref().unwrap_or("<base URL of Jira>").trim_end_matches('/');
        let mut names: Vec<(&str, String)> = vec![
            ("login", cloud.login_hosts[0].clone()),
            ("tenant", segment),
            ("tenant_id", tenant_id),
            ("mail_resource", cloud.mail_resource.clone()),
            ("graph_scope", if cloud.bare_graph_scopes { String::new() } else { format!("{graph_root}/") }),
            ("graph_root", graph_root),
            ("portal", cloud.portal.clone()),
            ("jira_type", cloud.jira_type.clone()),
            ("jira_path", generation.path.clone()),
            ("jira_protocol", protocol.jira_protocol.clone()),
            (
                "mail_path",
                self.jira.feature(&protocol.id).and_then(|feature| feature.mail_path.clone()).unwrap_or_default(),
            ),
            ("redirect_url", format!("{base_url}{}<suffix>", self.jira.callback_path)),
            ("account_types", tenant.account_types.clone()),
            ("mail_host", cloud.mail_hosts(&protocol.id).first().cloned().unwrap_or_default()),
            ("mail_port", protocol.port.to_string()),
            ("mail_security", protocol.security.clone()),
        ];
        let authorization_endpoint = fill(&guide.authorization_endpoint, &names);
        let token_endpoint = fill(&guide.token_endpoint, &names);
        let scopes = if app_only { &protocol.app_scopes } else { &protocol.scopes };
        let scopes: Vec<String> = scopes.iter().map(|scope| fill(scope, &names)).collect();
        let permissions = if app_only { &protocol.app_permissions } else { &protocol.permissions };
        names.extend([
            ("authorization_endpoint", authorization_endpoint.clone()),
            ("token_endpoint", token_endpoint.clone()),
            ("scopes", scopes.join(" ")),
            ("permissions", permissions.join("; ")),
        ]);
        let grant = if app_only { "client-credentials" } else { "code" };
        let is_mail = protocol.resource == "mail";
        let screens = guide.screen.iter().filter_map(|screen| {
            let fields = screen.fields.iter().filter(|field| {
                field.grant.as_deref().is_none_or(|one| one == grant)
                    && field.tenant.as_deref().is_none_or(|one| one == tenant.id)
                    && (!field.mail || is_mail)
            });
            let fields: Vec<Field> =
                fields.map(|field| Field { name: field.name.clone(), value: fill(&field.value, &names) }).collect();
            let screen = Screen { place: fill(&screen.place, &names), path: fill(&screen.path, &names), fields };
            (!screen.fields.is_empty()).then_some(screen)
        });
        Ok(Recommendation {
            schema: SCHEMA,
            provider: guide.provider.clone(),
            provider_name: guide.name.clone(),
            cloud: cloud.id.clone(),
            cloud_name: cloud.name.clone(),
            protocol: protocol.id.clone(),
            protocol_name: protocol.name.clone(),
            tenant: tenant.id.clone(),
            grant: grant.to_owned(),
            jira_type: cloud.jira_type.clone(),
            authorization_endpoint: (!app_only).then_some(authorization_endpoint),
            token_endpoint,
            permissions: permissions.clone(),
            redirect_url: (!app_only).then(|| fill("{redirect_url}", &names)),
            mail_host: is_mail.then(|| fill("{mail_host}", &names)),
            mail_port: is_mail.then_some(protocol.port),
            mail_security: is_mail.then(|| protocol.security.clone()),
            client_secret: guide.client_secret.clone(),
            notes,
            screens: screens.collect(),
            scopes,
        })
    }
}

/// Fills in names in braces.
fn fill(text: &str, names: &[(&str, String)]) -> String {
    names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}
