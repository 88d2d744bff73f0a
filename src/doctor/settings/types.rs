//! The settings as types.

use std::fmt;

use super::{java::JavaArguments, secret::SecretForm, url::Endpoint};

/// Everything that was read, from all files together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// OAuth 2.0 integrations.
    pub integrations: Vec<Integration>,
    /// Stored tokens.
    pub tokens: Vec<Token>,
    /// Mail servers and mail channels.
    pub mail_servers: Vec<MailServer>,
    /// Jira itself.
    pub jira: Jira,
    /// What was read: file, and what it held.
    pub sources: Vec<Source>,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// Name of the file.
    pub name: String,
    /// Its format.
    pub format: &'static str,
    /// What was left out or could not be read.
    pub notes: Vec<String>,
}

/// An OAuth 2.0 integration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Integration {
    /// Id of its row.
    pub id: Option<String>,
    /// Name, redacted.
    pub name: Option<String>,
    /// `microsoft`, `google` or `custom`, by its type in Jira.
    pub kind: Option<String>,
    /// The client ID.
    pub client_id: ClientId,
    /// The form of the secret; `None` where it did not come along.
    pub secret: Option<SecretForm>,
    /// Authorization endpoint.
    pub authorization: Option<Endpoint>,
    /// Token endpoint.
    pub token: Option<Endpoint>,
    /// Scopes, in order.
    pub scopes: Vec<Scope>,
    /// Redirect URL.
    pub redirect: Option<Endpoint>,
    /// `code` or `client-credentials`, if it is known.
    pub grant: Option<String>,
    /// Directory (tenant) ID, as the administrator states it.
    pub tenant_id: Option<String>,
    /// `single`, `multi` or `personal`, as the administrator states it.
    pub tenant_kind: Option<String>,
    /// The cloud, as the administrator states it.
    pub cloud: Option<String>,
}

/// A client ID, of which only what has the right form is kept: it may be a secret that was pasted there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ClientId {
    /// It did not come along.
    #[default]
    Absent,
    /// The field is empty.
    Empty,
    /// A GUID, lower case.
    Guid(String),
    /// An id of Google.
    Google(String),
    /// A GUID that is also the secret.
    SameAsSecret,
    /// Anything else.
    Other,
}

/// A scope. Its text is kept only when it can be none but a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// A URL with a name at its end, or a bare name.
    Known(String),
    /// Something else.
    Unknown,
}

impl Scope {
    /// The text of the scope.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Known(text) => Some(text),
            Self::Unknown => None,
        }
    }
}

/// A stored token. Times are in milliseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Token {
    /// Id of the integration's row.
    pub config_id: Option<String>,
    /// `VALID`, `RECOVERABLE`, `UNRECOVERABLE`, upper case.
    pub status: Option<String>,
    /// End of the access token.
    pub access_expiration: Option<i64>,
    /// End of the refresh token.
    pub refresh_expiration: Option<i64>,
    /// Last refresh.
    pub last_refreshed: Option<i64>,
    /// Since when it has its status.
    pub last_status_updated: Option<i64>,
    /// Number of refreshes.
    pub refresh_count: Option<i64>,
}

/// A mail server, or the mail connection of a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MailServer {
    /// Name, redacted.
    pub name: Option<String>,
    /// `imap`, `pop`, `smtp` or `graph`.
    pub protocol: Option<String>,
    /// The protocol begins with TLS.
    pub implicit_tls: Option<bool>,
    /// STARTTLS is required.
    pub start_tls: Option<bool>,
    /// Host.
    pub host: Option<String>,
    /// Port.
    pub port: Option<u16>,
    /// Timeout in milliseconds.
    pub timeout: Option<u64>,
    /// Its own SOCKS proxy.
    pub socks: Option<String>,
    /// Name of the integration that it uses, as the administrator states it.
    pub integration: Option<String>,
}

/// Jira itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Jira {
    /// Version of Jira.
    pub version: Option<String>,
    /// Version of Jira Service Management.
    pub jsm_version: Option<String>,
    /// Base URL.
    pub base_url: Option<Endpoint>,
    /// Version of Java.
    pub java_version: Option<String>,
    /// Java's folder.
    pub java_home: Option<String>,
    /// What the JVM arguments say.
    pub java: JavaArguments,
}

impl Settings {
    /// True when there is nothing to check.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let jira = &self.jira;
        self.integrations.is_empty()
            && self.tokens.is_empty()
            && self.mail_servers.is_empty()
            && jira.version.is_none()
            && jira.base_url.is_none()
            && jira.java == JavaArguments::default()
    }

    /// Every text that was typed by somebody.
    pub(crate) fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let integrations = self.integrations.iter_mut().flat_map(|one| {
            let Integration { id, name, client_id, authorization, token, scopes, redirect, tenant_id, .. } = one;
            let client_id = match client_id {
                ClientId::Guid(text) | ClientId::Google(text) => Some(text),
                _ => None,
            };
            let scopes = scopes.iter_mut().filter_map(|scope| match scope {
                Scope::Known(text) => Some(text),
                Scope::Unknown => None,
            });
            let endpoints = [authorization, token, redirect].into_iter().flatten().flat_map(Endpoint::texts);
            [id.as_mut(), name.as_mut(), tenant_id.as_mut(), client_id]
                .into_iter()
                .flatten()
                .chain(scopes)
                .chain(endpoints)
        });
        let servers = self
            .mail_servers
            .iter_mut()
            .flat_map(|one| [&mut one.name, &mut one.host, &mut one.socks, &mut one.integration].into_iter().flatten());
        let tokens =
            self.tokens.iter_mut().flat_map(|token| [&mut token.config_id, &mut token.status].into_iter().flatten());
        let jira = &mut self.jira;
        let endpoints = jira.base_url.iter_mut().flat_map(Endpoint::texts);
        let plain = [&mut jira.version, &mut jira.jsm_version, &mut jira.java_version, &mut jira.java_home];
        let sources = self.sources.iter_mut().flat_map(|source| source.notes.iter_mut());
        integrations
            .chain(servers)
            .chain(tokens)
            .chain(endpoints)
            .chain(plain.into_iter().flatten())
            .chain(jira.java.texts())
            .chain(sources)
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Guid(id) | Self::Google(id) => id,
            Self::Absent => "not given",
            Self::Empty => "empty",
            Self::SameAsSecret | Self::Other => "not shown",
        })
    }
}
