//! The marks that a provider's sentence is made of, found in text order.

use std::sync::LazyLock;

use crate::search::PhraseSet;

/// What a mark announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    /// A code's prefix: digits follow.
    Code,
    /// `error?code=` in the address of the vendor's explanation: digits follow.
    CodeInAddress,
    /// The words of a sign-in page or log before a bare number.
    CodeInWords,
    /// `Error Code: 53003` of a sign-in page: a code only when ids of the provider stand beside it.
    CodeBesideIds,
    /// `error_codes` or `errorNo`: numbers follow.
    CodeList,
    /// The prefix of a relative of Entra ID: digits follow.
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

/// Spellings seen in logs, error pages and libraries.
const SPELLINGS: &[(&str, Marker)] = &[
    ("AADSTS", Marker::Code),
    ("aadsts", Marker::Code),
    ("Aadsts", Marker::Code),
    // A misspelling that people and pages repeat.
    ("ADDSTS", Marker::Code),
    // The predecessor's prefix, with the same numbers.
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
    ("Trace Id", Marker::Trace),
    ("trace_id", Marker::Trace),
    ("traceId", Marker::Trace),
    ("TraceId", Marker::Trace),
    ("Request Id", Marker::Trace),
    ("Request ID", Marker::Trace),
    ("request-id", Marker::Trace),
    ("Correlation ID", Marker::Correlation),
    ("Correlation Id", Marker::Correlation),
    ("correlation_id", Marker::Correlation),
    ("correlationId", Marker::Correlation),
    ("CorrelationId", Marker::Correlation),
    ("Timestamp", Marker::Time),
    ("timestamp", Marker::Time),
    ("Caused by:", Marker::CausedBy),
];

static MARKS: LazyLock<PhraseSet<Marker>> = LazyLock::new(|| PhraseSet::new(SPELLINGS.iter().copied()));

/// All marks of `text` in its order: which, where it starts, where it ends.
pub(crate) fn find(text: &[u8]) -> impl Iterator<Item = (Marker, usize, usize)> {
    MARKS.find(text)
}
