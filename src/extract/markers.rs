//! Markers in a provider's message: what announces a code, an id or a time.

use std::sync::LazyLock;

use crate::search::PhraseSet;

/// What a marker announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    /// Prefix of a code; digits follow.
    Code,
    /// `error?code=` in the URL of the vendor's explanation; digits follow.
    CodeInAddress,
    /// Words of a sign-in page or log before a bare number.
    CodeInWords,
    /// `Error Code: 53003` on a sign-in page: a code only together with ids of the provider.
    CodeBesideIds,
    /// `error_codes` or `errorNo`; numbers follow.
    CodeList,
    /// Prefix of a code of a product related to Entra ID; digits follow.
    RelatedCode(&'static str),
    /// Trace id or request id.
    Trace,
    /// Correlation id.
    Correlation,
    /// The provider's time.
    Time,
    /// A deeper cause starts here.
    CausedBy,
}

/// Spellings in logs, error pages and libraries.
const SPELLINGS: &[(&str, Marker)] = &[
    ("AADSTS", Marker::Code),
    ("aadsts", Marker::Code),
    ("Aadsts", Marker::Code),
    // A common misspelling.
    ("ADDSTS", Marker::Code),
    // Prefix of the predecessor, Azure Access Control Service, with the same numbers.
    ("\"ACS", Marker::Code),
    (": ACS", Marker::Code),
    ("error?code=", Marker::CodeInAddress),
    ("Sign-in error code", Marker::CodeInWords),
    ("Error Code:", Marker::CodeBesideIds),
    ("error_codes", Marker::CodeList),
    ("errorNo", Marker::CodeList),
    ("AADB2C", Marker::RelatedCode("AADB2C")),
    ("MSIS", Marker::RelatedCode("MSIS")),
    ("Trace ID", Marker::Trace),
    ("TRACE ID", Marker::Trace),
    ("Trace Id", Marker::Trace),
    ("trace_id", Marker::Trace),
    ("traceId", Marker::Trace),
    ("TraceId", Marker::Trace),
    ("Request Id", Marker::Trace),
    ("Request ID", Marker::Trace),
    ("RequestId", Marker::Trace),
    ("request-id", Marker::Trace),
    ("Correlation ID", Marker::Correlation),
    ("CORRELATION ID", Marker::Correlation),
    ("Correlation Id", Marker::Correlation),
    ("correlation_id", Marker::Correlation),
    ("correlationId", Marker::Correlation),
    ("CorrelationId", Marker::Correlation),
    ("Timestamp", Marker::Time),
    ("timestamp", Marker::Time),
    ("Caused by:", Marker::CausedBy),
];

static MARKERS: LazyLock<PhraseSet<Marker>> = LazyLock::new(|| PhraseSet::new(SPELLINGS.iter().copied()));

/// All markers of `text` in its order, as marker, start and end.
pub(super) fn find(text: &[u8]) -> impl Iterator<Item = (Marker, usize, usize)> {
    MARKERS.find(text)
}
