//! A finding: one record in which an OAuth 2.0 step failed, as shown in the report.

use serde::Serialize;

use super::taxonomy::{Provider, Severity, Stage};

/// One failing record. Keys and meaning are fixed by the `oauthsift.report/1` contract.
///
/// Absent values are `None` and are written as `null`. No text contains a secret.
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Id of the catalogue entry that explains the failure.
    pub pattern: String,
    /// Ids of other catalogue entries that match, strongest first.
    pub also: Vec<String>,
    /// Title of the catalogue entry, or the name of the code when only the code is known.
    pub title: String,
    /// The first thing to do, in one sentence; null for an entry of one's own without `fix`.
    pub fix: Option<String>,
    /// Severity of the catalogue entry.
    pub severity: Severity,
    /// Step of the OAuth 2.0 flow that failed.
    pub stage: Stage,
    /// Name of the input that contains the record, as used throughout the report.
    pub source: String,
    /// Cluster node that logged the record, when logs of several nodes are read.
    pub node: Option<String>,
    /// Byte offset of the record in its input, from 0.
    pub offset: u64,
    /// Line on which the record starts, from 1.
    pub line: u64,
    /// Number of lines in the record.
    pub lines: u32,
    /// True when the record was longer than the size limit and was cut off there.
    pub truncated: bool,
    /// Time of the record, RFC 3339; without an offset when the log has none.
    pub timestamp: Option<String>,
    /// Log level as logged.
    pub level: Option<String>,
    /// Thread name as logged.
    pub thread: Option<String>,
    /// User name as logged.
    pub user: Option<String>,
    /// Request id as logged.
    pub request_id: Option<String>,
    /// Hash of the session id as logged.
    pub session_id: Option<String>,
    /// Client IP addresses, pseudonymized, separated by commas.
    pub client_ip: Option<String>,
    /// Request path as logged.
    pub url: Option<String>,
    /// Logger as logged.
    pub logger: Option<String>,
    /// Name of the mail server in Jira.
    pub mail_server: Option<String>,
    /// Id of the authorization flow.
    pub flow_id: Option<String>,
    /// Identity provider that responded.
    pub provider: Option<Provider>,
    /// All AADSTS numbers in text order, without duplicates.
    pub aadsts: Vec<u32>,
    /// AADSTS number that decided which catalogue entry applies.
    pub code: Option<u32>,
    /// RFC 6749 `error`.
    pub oauth_error: Option<String>,
    /// RFC 6749 `error_description`.
    pub oauth_error_description: Option<String>,
    /// Trace id as printed by the provider.
    pub trace_id: Option<String>,
    /// Correlation id as printed by the provider.
    pub correlation_id: Option<String>,
    /// Time stated by the provider, RFC 3339 UTC.
    pub idp_timestamp: Option<String>,
    /// Application (client) id.
    pub app_id: Option<String>,
    /// Tenant id or name.
    pub tenant: Option<String>,
    /// Mail address of the mailbox, pseudonymized.
    pub mailbox: Option<String>,
    /// Host that could not be reached or that refused the connection.
    pub host: Option<String>,
    /// Microsoft cloud, from hosts and scopes: `worldwide` (includes GCC), `us-government` or `china`.
    pub cloud: Option<&'static str>,
    /// Further observations, such as hosts of two different clouds in one record.
    pub notes: Vec<String>,
    /// HTTP status of the provider's response.
    pub http_status: Option<u16>,
    /// Class of the outermost exception.
    pub exception: Option<String>,
    /// The failing sentence: one line, at most 500 characters.
    pub message: String,
    /// The record as logged, at most 4 KiB.
    pub excerpt: String,
}

impl Finding {
    /// Every text that may contain placeholders of people.
    pub(crate) fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let optional = [
            &mut self.thread,
            &mut self.user,
            &mut self.client_ip,
            &mut self.url,
            &mut self.mail_server,
            &mut self.oauth_error_description,
            &mut self.tenant,
            &mut self.mailbox,
            &mut self.host,
        ];
        optional.into_iter().flatten().chain([&mut self.message, &mut self.excerpt])
    }
}
