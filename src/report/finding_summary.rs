//! A finding reduced to what incidents count.

use crate::{
    extract::Clouds,
    model::{IdpTime, Severity, Timestamp},
};

/// What incidents count of one finding. It borrows from the log: nothing here is redacted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FindingSummary<'h> {
    /// Catalogue id.
    pub(crate) pattern: &'h str,
    /// The pattern's severity.
    pub(crate) severity: Severity,
    /// The deciding AADSTS number.
    pub(crate) code: Option<u32>,
    /// Different numbers are different incidents: the pattern is the catch-all for codes.
    pub(crate) code_apart: bool,
    /// The log's time.
    pub(crate) time: Option<Timestamp>,
    /// Trace id.
    pub(crate) trace_id: Option<&'h [u8]>,
    /// Correlation id.
    pub(crate) correlation_id: Option<&'h [u8]>,
    /// The provider's time.
    pub(crate) idp_time: Option<IdpTime>,
    /// The record says that a token was being refreshed.
    pub(crate) refreshing: bool,
    /// It happened in a person's browser: the record has a request URL.
    pub(crate) interactive: bool,
    /// The browser's session was lost.
    pub(crate) lost_session: bool,
    /// User of the record's header.
    pub(crate) user: Option<&'h [u8]>,
    /// Hash of the session id in the record's header.
    pub(crate) session: Option<&'h [u8]>,
    /// Id of the authorization flow.
    pub(crate) flow_id: Option<&'h [u8]>,
    /// Microsoft's clouds, by the hosts in the text.
    pub(crate) clouds: Clouds,
    /// Application id, tenant, mailbox, mail server.
    pub(crate) subject: [Option<&'h [u8]>; 4],
    /// Host of a failed connection or login.
    pub(crate) host: Option<&'h [u8]>,
    /// Index in the report's findings, when the report lists them.
    pub(crate) index: Option<usize>,
}

impl FindingSummary<'_> {
    /// The code, where it is part of what makes an incident.
    pub(super) fn key_code(&self) -> Option<u32> {
        self.code.filter(|_| self.code_apart)
    }
}
