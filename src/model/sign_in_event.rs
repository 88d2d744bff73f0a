//! One step of an authorization flow in a browser.

use super::Timestamp;

/// Who took a step of a flow, and when: enough to find the other steps of the same flow. Never shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignInEvent {
    /// Time of the record.
    pub(crate) time: Timestamp,
    /// Hash of the session id.
    pub(crate) session: Option<Vec<u8>>,
    /// Jira user.
    pub(crate) user: Option<Vec<u8>>,
}
