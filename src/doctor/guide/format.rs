//! The files under `patterns/settings/`: their types. Also compiled into the build script.

use serde::{Deserialize, Deserializer, de::Error as _};

/// The newest format that this version reads.
const NEWEST: u32 = 1;

/// The format of a file, which this version must know.
#[derive(Debug, Clone, Copy)]
struct Format;

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            1..=NEWEST => Ok(Self),
            other => Err(D::Error::custom(format_args!("format {other} is not supported"))),
        }
    }
}

/// What is right for a provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderGuide {
    #[expect(dead_code, reason = "checked when it is read")]
    format: Format,
    /// `microsoft` or `google`.
    pub provider: String,
    /// Name of the provider.
    pub name: String,
    /// URL with `{login}` and `{tenant}`.
    pub authorization_endpoint: String,
    /// URL with `{login}` and `{tenant}`.
    pub token_endpoint: String,
    /// URL with `{login}` and `{tenant}`.
    pub openid_configuration: String,
    /// Older endpoints that work too.
    #[serde(default)]
    pub other_endpoints: Vec<String>,
    /// The scope without which there is no refresh token.
    #[serde(default)]
    pub refresh_scope: Option<String>,
    /// What to enter as the client secret, and how long it is valid.
    pub client_secret: String,
    /// How long an unused refresh token is valid, in days.
    pub refresh_token_days: u32,
    /// The clouds, the usual one first.
    pub cloud: Vec<CloudGuide>,
    /// The kinds of tenant.
    pub tenant: Vec<TenantGuide>,
    /// The protocols.
    pub protocol: Vec<ProtocolGuide>,
    /// The screens, in the order in which they are filled in.
    pub screen: Vec<ScreenGuide>,
}

/// A national cloud.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudGuide {
    /// `worldwide`, `gcc-high`, `dod`, `china`.
    pub id: String,
    /// Name in a sentence.
    pub name: String,
    /// Other names that are understood.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Hosts of the endpoints; the first is the one to enter.
    pub login_hosts: Vec<String>,
    /// The type of integration to choose in Jira.
    pub jira_type: String,
    /// Where the app is registered.
    pub portal: String,
    /// Root of Microsoft Graph.
    #[serde(default)]
    pub graph_root: Option<String>,
    /// Scopes of Graph are entered without its root.
    #[serde(default)]
    pub bare_graph_scopes: bool,
    /// The resource of the mail scopes.
    pub mail_resource: String,
    /// Older spellings of the resource.
    #[serde(default)]
    pub older_mail_resources: Vec<String>,
    /// Kinds of tenant that the cloud has.
    pub tenants: Vec<String>,
    /// Hosts for IMAP; the first is the one to enter.
    pub imap_hosts: Vec<String>,
    /// Hosts for POP.
    pub pop_hosts: Vec<String>,
    /// Hosts for SMTP.
    pub smtp_hosts: Vec<String>,
    /// What is special here.
    #[serde(default)]
    pub note: Option<String>,
}

/// A kind of tenant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantGuide {
    /// `single`, `multi`, `personal`.
    pub id: String,
    /// Name in a sentence.
    pub name: String,
    /// The tenant in the endpoints.
    pub segment: String,
    /// What to choose under Supported account types.
    pub account_types: String,
}

/// A protocol.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProtocolGuide {
    /// `imap`, `pop`, `smtp`, `graph`.
    pub id: String,
    /// Name in a sentence.
    pub name: String,
    /// `mail` or `graph`.
    pub resource: String,
    /// Scopes of the grant authorization code.
    pub scopes: Vec<String>,
    /// Scopes of the grant client credentials; empty where Jira does not have it.
    #[serde(default)]
    pub app_scopes: Vec<String>,
    /// Permissions to add to the app.
    pub permissions: Vec<String>,
    /// Permissions of the grant client credentials.
    #[serde(default)]
    pub app_permissions: Vec<String>,
    /// Port of the host.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: String,
    /// What Jira calls the protocol.
    pub jira_protocol: String,
}

/// A screen with its fields.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScreenGuide {
    /// Which program.
    pub place: String,
    /// How to get there.
    pub path: String,
    /// What to enter.
    pub fields: Vec<FieldGuide>,
}

/// A field of a screen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldGuide {
    /// Label of the field.
    pub name: String,
    /// What to enter, with names in braces.
    pub value: String,
    /// Only with this grant.
    #[serde(default)]
    pub grant: Option<String>,
    /// Only with this kind of tenant.
    #[serde(default)]
    pub tenant: Option<String>,
    /// Only for a mail host, not for Graph.
    #[serde(default)]
    pub mail: bool,
}

/// What Jira can do from which version on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JiraGuide {
    #[expect(dead_code, reason = "checked when it is read")]
    format: Format,
    /// Path of the redirect URL, without its last part.
    pub callback_path: String,
    /// Jira Service Management's major version is this much lower than Jira's.
    pub jsm_behind: u32,
    /// From this major version on both are the same.
    pub jsm_same_from: u32,
    /// Generations by their screens, the oldest first.
    pub generation: Vec<GenerationGuide>,
    /// What came with which version.
    pub feature: Vec<FeatureGuide>,
}

/// Versions with the same screens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenerationGuide {
    /// First version.
    pub from: String,
    /// Where integrations are.
    pub path: String,
}

/// What came with a version.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureGuide {
    /// A protocol, or `client-credentials`.
    pub id: String,
    /// Name in a sentence.
    pub name: String,
    /// First version of Jira.
    #[serde(default)]
    pub jira: Option<String>,
    /// First version of Jira Service Management.
    #[serde(default)]
    pub jsm: Option<String>,
    /// Where mail servers are.
    #[serde(default)]
    pub mail_path: Option<String>,
}

/// The checks of the doctor.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckList {
    #[expect(dead_code, reason = "checked when it is read")]
    format: Format,
    /// In the order of the report.
    pub(crate) check: Vec<CheckInfo>,
}

/// A check.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CheckInfo {
    /// Name: area and subject.
    pub id: String,
    /// Title, a few words.
    pub title: String,
    /// Why it matters, in one sentence.
    pub why: String,
    /// It contacts hosts.
    #[serde(default)]
    pub online: bool,
}

/// `8.22`, `9.12.4` as numbers; `None` for a text without a version.
#[must_use]
pub(crate) fn version_of(text: &str) -> Option<[u32; 3]> {
    let mut numbers = text.trim().split(['.', '-', ' ']).map(|part| part.parse::<u32>().ok());
    let major = numbers.next()??;
    let mut next = || numbers.next().flatten().unwrap_or(0);
    Some([major, next(), next()])
}
