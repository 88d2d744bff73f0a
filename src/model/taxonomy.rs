//! The closed vocabularies of the report: severity, stage, provider.

use serde::{Deserialize, Serialize};

/// How much a failure matters to the running integration.
///
/// Ordered: `Info < Warning < Error < Critical`, so that `--severity` and `--fail-on` compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing, nothing is broken.
    Info,
    /// Breaks at times, or will break.
    Warning,
    /// This flow, refresh or login failed.
    Error,
    /// Mail or sign-in has stopped and does not come back by itself.
    Critical,
}

impl Severity {
    /// All severities, the gravest first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::Error, Self::Warning, Self::Info];

    /// The word used in reports and options.
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

/// The step of the OAuth 2.0 life of an integration that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The browser's visit to the authorization endpoint.
    Authorize,
    /// The provider's redirect back to Jira.
    Callback,
    /// The exchange of the authorization code at the token endpoint.
    Token,
    /// A later exchange of the refresh token.
    Refresh,
    /// The login at the mailbox (IMAP, POP, SMTP, Graph) with a token.
    Mailbox,
    /// The way to the provider: DNS, TCP, TLS, proxy.
    Transport,
    /// Jira's own settings or stored data.
    Configuration,
    /// The record does not tell.
    Unknown,
}

impl Stage {
    /// The word used in reports.
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

/// Who answered, or should have answered.
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
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Microsoft => "microsoft",
            Self::Google => "google",
            Self::Other => "other",
        }
    }
}
