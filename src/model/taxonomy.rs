//! The closed vocabularies of the report: severity, stage, provider.

use serde::{Deserialize, Serialize};

/// Impact of a failure on the integration.
///
/// Ordered: `Info < Warning < Error < Critical`, so that `--severity` and `--fail-on` can compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// For information; nothing is broken.
    Info,
    /// Fails at times, or will fail in the future.
    Warning,
    /// This flow, token refresh or login failed.
    Error,
    /// Mail or sign-in has stopped and does not recover without intervention.
    Critical,
}

impl Severity {
    /// All severities, most severe first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::Error, Self::Warning, Self::Info];

    /// Name used in reports and options.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }
}

/// The failed step in the OAuth 2.0 life cycle of an integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The browser's request to the authorization endpoint.
    Authorize,
    /// The provider's redirect back to Jira.
    Callback,
    /// The exchange of the authorization code at the token endpoint.
    Token,
    /// A later token refresh.
    Refresh,
    /// The login to the mailbox (IMAP, POP, SMTP, Graph) with a token.
    Mailbox,
    /// The connection to the provider: DNS, TCP, TLS, proxy.
    Transport,
    /// Jira's configuration or stored data.
    Configuration,
    /// The record does not show the step.
    Unknown,
}

impl Stage {
    /// Name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Callback => "callback",
            Self::Token => "token",
            Self::Refresh => "refresh",
            Self::Mailbox => "mailbox",
            Self::Transport => "transport",
            Self::Configuration => "configuration",
            Self::Unknown => "unknown",
        }
    }
}

/// The identity provider that responded, or should have responded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// Entra ID, Exchange Online, Microsoft Graph, AD FS, Azure AD B2C.
    Microsoft,
    /// Google accounts, Gmail.
    Google,
    /// Any other OAuth 2.0 server.
    Other,
}

impl Provider {
    /// Name used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Microsoft => "microsoft",
            Self::Google => "google",
            Self::Other => "other",
        }
    }
}
