//! A finding: one record in which an OAuth 2.0 step failed, as the report shows it.

use serde::Serialize;

use super::taxonomy::{Provider, Severity, Stage};

/// One failing record. Keys and meaning are the contract of `oauthsift.report/1`.
///
/// Absent values are `None` and print as `null`. All text is free of secrets.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Catalogue id that explains it.
    pub pattern: String,
    /// Catalogue ids that match as well, more weakly.
    pub also: Vec<String>,
    /// The pattern's title.
    pub title: String,
    /// The pattern's severity.
    pub severity: Severity,
    /// The step that failed.
    pub stage: Stage,
    /// The input, as the report names it.
    pub source: String,
    /// The node of a cluster on which it was logged, when several nodes' logs are read.
    pub node: Option<String>,
    /// Byte at which the record starts, from 0.
    pub offset: u64,
    /// Line at which the record starts, from 1.
    pub line: u64,
    /// How many lines the record has.
    pub lines: u32,
    /// The record was longer than the limit and was closed there.
    pub truncated: bool,
    /// The log's time, RFC 3339, without offset when the log has none.
    pub timestamp: Option<String>,
    /// Level as logged.
    pub level: Option<String>,
    /// Thread name as logged.
    pub thread: Option<String>,
    /// User as logged.
    pub user: Option<String>,
    /// Request id as logged.
    pub request_id: Option<String>,
    /// Hash of the session id as logged.
    pub session_id: Option<String>,
    /// Client addresses, pseudonymised.
    pub client_ip: Option<String>,
    /// Request path as logged.
    pub url: Option<String>,
    /// Logger as logged.
    pub logger: Option<String>,
    /// Mail server's name in Jira.
    pub mail_server: Option<String>,
    /// Id of the authorization flow.
    pub flow_id: Option<String>,
    /// Who answered.
    pub provider: Option<Provider>,
    /// All AADSTS numbers in text order.
    pub aadsts: Vec<u32>,
    /// The number that decides the pattern.
    pub code: Option<u32>,
    /// RFC 6749 `error`.
    pub oauth_error: Option<String>,
    /// RFC 6749 `error_description`.
    pub oauth_error_description: Option<String>,
    /// Trace id as printed.
    pub trace_id: Option<String>,
    /// Correlation id as printed.
    pub correlation_id: Option<String>,
    /// The provider's time, RFC 3339 UTC.
    pub idp_timestamp: Option<String>,
    /// Application (client) id.
    pub app_id: Option<String>,
    /// Tenant id or name.
    pub tenant: Option<String>,
    /// Mail address, pseudonymised.
    pub mailbox: Option<String>,
    /// The host that failed.
    pub host: Option<String>,
    /// Microsoft's cloud, from hosts and scopes: `worldwide` (GCC included), `us-government`, `china`.
    pub cloud: Option<&'static str>,
    /// What else the record shows: hosts of two clouds, for one.
    pub notes: Vec<String>,
    /// HTTP status of the answer.
    pub http_status: Option<u16>,
    /// Outermost exception class.
    pub exception: Option<String>,
    /// The failing sentence: one line, at most 500 characters.
    pub message: String,
    /// The record as logged, at most 4 KiB.
    pub excerpt: String,
}

impl Finding {
    /// Every text in which people may be marked.
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
        ];
        optional.into_iter().flatten().chain([&mut self.message, &mut self.excerpt])
    }
}
