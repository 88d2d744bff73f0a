//! What the extractors read out of one record.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::taxonomy::Provider;

/// A time stated by the provider, always UTC.
pub(crate) type IdpTime = DateTime<Utc>;

/// A code of a product related to Entra ID: `AADB2C90081`, `MSIS9605`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct VendorCode<'t> {
    /// `AADB2C` or `MSIS`, in upper case.
    pub(crate) family: &'t str,
    /// The digits.
    pub(crate) number: u32,
}

/// The facts found in one record. Text borrows from the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Evidence<'t> {
    /// AADSTS numbers in text order, without duplicates.
    pub(crate) aadsts: Vec<u32>,
    /// The deciding number; the ids below belong to the same provider error.
    pub(crate) code: Option<u32>,
    /// RFC 6749 `error` value.
    pub(crate) oauth_error: Option<&'t [u8]>,
    /// RFC 6749 `error_description`.
    pub(crate) oauth_error_description: Option<&'t [u8]>,
    /// Trace id (or the request id of an error page) as printed.
    pub(crate) trace_id: Option<&'t [u8]>,
    /// Correlation id as printed.
    pub(crate) correlation_id: Option<&'t [u8]>,
    /// The provider's time.
    pub(crate) idp_timestamp: Option<IdpTime>,
    /// Application (client) id.
    pub(crate) app_id: Option<&'t [u8]>,
    /// Tenant id or name.
    pub(crate) tenant: Option<&'t [u8]>,
    /// Mail address of the mailbox.
    pub(crate) mailbox: Option<&'t [u8]>,
    /// Host that could not be reached or that refused the connection.
    pub(crate) host: Option<&'t [u8]>,
    /// HTTP status of the response.
    pub(crate) http_status: Option<u16>,
    /// Outermost exception class.
    pub(crate) exception: Option<&'t [u8]>,
    /// Last path segment of `/rest/oauth2-client/…/config/flow/{id}`.
    pub(crate) flow_id: Option<&'t [u8]>,
    /// The provider that responded.
    pub(crate) provider: Option<Provider>,
    /// The failing sentence, as printed in the text.
    pub(crate) sentence: Cow<'t, [u8]>,
}
