//! A failing record, as far as counting wants to know it.

use crate::{
    catalogue::Pattern,
    extract::Clouds,
    model::{Header, IdpTime, Timestamp},
};

/// What an incident is made of. Borrows from the chunk; nothing in it is redacted.
#[derive(Debug, Clone, Copy)]
pub struct HitSummary<'r> {
    /// The entry that explains it.
    pub pattern: &'r Pattern,
    /// The deciding AADSTS number.
    pub code: Option<u32>,
    /// The record's header.
    pub header: Option<&'r Header<'r>>,
    /// What the text tells.
    pub traits: FailureIds<&'r [u8]>,
    /// The provider's time.
    pub idp_time: Option<IdpTime>,
    /// The record says that a token was being refreshed.
    pub refreshing: bool,
    /// Microsoft's clouds, by the hosts of the text.
    pub clouds: Clouds,
    /// The record as it stands in the log.
    pub raw: &'r [u8],
    /// Byte offset of the record in its source.
    pub offset: u64,
    /// Line breaks before the record in its chunk.
    pub lines_before: u64,
    /// The record was closed at the size limit.
    pub truncated: bool,
}

/// Whose failure a text tells, and by which ids; as text, or as places in a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FailureIds<T> {
    /// Trace id.
    pub trace_id: Option<T>,
    /// Correlation id.
    pub correlation_id: Option<T>,
    /// Application id.
    pub app_id: Option<T>,
    /// Tenant id or name.
    pub tenant: Option<T>,
    /// Mail address.
    pub mailbox: Option<T>,
    /// An id of the provider is cut off.
    pub truncated_id: bool,
}

impl<T> FailureIds<T> {
    /// The same with every value turned into another; `None` when one cannot be.
    pub(super) fn try_map<U>(self, turn: impl Fn(T) -> Option<U>) -> Option<FailureIds<U>> {
        let each = |value: Option<T>| value.map_or(Some(None), |value| turn(value).map(Some));
        Some(FailureIds {
            trace_id: each(self.trace_id)?,
            correlation_id: each(self.correlation_id)?,
            app_id: each(self.app_id)?,
            tenant: each(self.tenant)?,
            mailbox: each(self.mailbox)?,
            truncated_id: self.truncated_id,
        })
    }
}

impl HitSummary<'_> {
    /// The log's time.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        self.header.and_then(|header| header.timestamp)
    }
}
