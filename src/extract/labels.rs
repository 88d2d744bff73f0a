//! The marks that a provider's sentence is made of, found in text order.

use std::sync::LazyLock;

use crate::search::Phrases;

/// What a mark announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
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
    Relative(&'static str),
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
const SPELLINGS: &[(&str, Label)] = &[
    ("AADSTS", Label::Code),
    ("aadsts", Label::Code),
    ("Aadsts", Label::Code),
    // A misspelling that people and pages repeat.
    ("ADDSTS", Label::Code),
    // The predecessor's prefix, with the same numbers.
    ("\"ACS", Label::Code),
    (": ACS", Label::Code),
    ("error?code=", Label::CodeInAddress),
    ("Sign-in error code", Label::CodeInWords),
    ("Error Code:", Label::CodeBesideIds),
    ("error_codes", Label::CodeList),
    ("errorNo", Label::CodeList),
    ("AADB2C", Label::Relative("AADB2C")),
    ("MSIS", Label::Relative("MSIS")),
    ("Trace ID", Label::Trace),
    ("Trace Id", Label::Trace),
    ("trace_id", Label::Trace),
    ("traceId", Label::Trace),
    ("TraceId", Label::Trace),
    ("Request Id", Label::Trace),
    ("Request ID", Label::Trace),
    ("request-id", Label::Trace),
    ("Correlation ID", Label::Correlation),
    ("Correlation Id", Label::Correlation),
    ("correlation_id", Label::Correlation),
    ("correlationId", Label::Correlation),
    ("CorrelationId", Label::Correlation),
    ("Timestamp", Label::Time),
    ("timestamp", Label::Time),
    ("Caused by:", Label::CausedBy),
];

static MARKS: LazyLock<Phrases<Label>> = LazyLock::new(|| Phrases::new(SPELLINGS.iter().copied()));

/// All marks of `text` in its order: which, where it starts, where it ends.
pub(crate) fn find(text: &[u8]) -> impl Iterator<Item = (Label, usize, usize)> {
    MARKS.find(text)
}
