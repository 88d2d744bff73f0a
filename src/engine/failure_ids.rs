//! The ids of a failure, for a hit and for the verdict cache.

/// The ids of a failure and the names of its subject, as text or as positions in a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FailureIds<T> {
    /// Trace id.
    pub(crate) trace_id: Option<T>,
    /// Correlation id.
    pub(crate) correlation_id: Option<T>,
    /// Application id.
    pub(crate) app_id: Option<T>,
    /// Tenant id or name.
    pub(crate) tenant: Option<T>,
    /// Mail address.
    pub(crate) mailbox: Option<T>,
    /// Host that could not be reached or that refused the connection.
    pub(crate) host: Option<T>,
    /// An id of the provider is cut off.
    pub(crate) truncated_id: bool,
}

impl<T> FailureIds<T> {
    /// Converts every value; `None` when one cannot be converted.
    pub(super) fn try_map<U>(self, convert: impl Fn(T) -> Option<U>) -> Option<FailureIds<U>> {
        let each = |value: Option<T>| value.map_or(Some(None), |value| convert(value).map(Some));
        Some(FailureIds {
            trace_id: each(self.trace_id)?,
            correlation_id: each(self.correlation_id)?,
            app_id: each(self.app_id)?,
            tenant: each(self.tenant)?,
            mailbox: each(self.mailbox)?,
            host: each(self.host)?,
            truncated_id: self.truncated_id,
        })
    }
}
