//! A browser at one step of an authorization flow.

use super::Timestamp;

/// Who was there, and when: enough to find the other end of a flow. Never shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInEvent {
    /// The log's time.
    pub time: Timestamp,
    /// Hash of the session id.
    pub session: Option<Vec<u8>>,
    /// Jira user.
    pub user: Option<Vec<u8>>,
}
