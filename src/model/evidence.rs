//! What was read out of a record.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::taxonomy::Provider;

/// Several numbers, in text order, each once.
pub type Codes = Vec<u32>;

/// The provider's own clock, always UTC.
pub type IdpTime = DateTime<Utc>;

/// A code of a relative of Entra ID: `AADB2C90081`, `MSIS9605`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VendorCode<'t> {
    /// `AADB2C` or `MSIS`, in upper case.
    pub family: &'t str,
    /// The digits.
    pub number: u32,
}

/// The facts of one record's text. Text borrows from the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence<'t> {
    /// AADSTS numbers in text order, each once.
    pub aadsts: Codes,
    /// The number that decides, with the ids of its own part of the text.
    pub code: Option<u32>,
    /// Codes of other Microsoft families.
    pub vendor_codes: Vec<VendorCode<'t>>,
    /// RFC 6749 `error` value.
    pub oauth_error: Option<&'t [u8]>,
    /// RFC 6749 `error_description`.
    pub oauth_error_description: Option<&'t [u8]>,
    /// Trace id (or the error page's request id) as printed.
    pub trace_id: Option<&'t [u8]>,
    /// Correlation id as printed.
    pub correlation_id: Option<&'t [u8]>,
    /// True when an id was cut off at the record's end, and is therefore left out.
    pub truncated_id: bool,
    /// The provider's time.
    pub idp_timestamp: Option<IdpTime>,
    /// Application (client) id.
    pub app_id: Option<&'t [u8]>,
    /// Tenant id or name.
    pub tenant: Option<&'t [u8]>,
    /// Mail address of the mailbox.
    pub mailbox: Option<&'t [u8]>,
    /// The host that failed.
    pub host: Option<&'t [u8]>,
    /// HTTP status of the answer.
    pub http_status: Option<u16>,
    /// Outermost exception class.
    pub exception: Option<&'t [u8]>,
    /// Last path segment of `/rest/oauth2-client/…/config/flow/{id}`.
    pub flow_id: Option<&'t [u8]>,
    /// Who answered.
    pub provider: Option<Provider>,
    /// The failing sentence, as it stands in the text.
    pub sentence: Cow<'t, [u8]>,
}
