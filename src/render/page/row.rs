//! What the page shows of a finding.

use std::borrow::Cow;

use serde::Deserialize;

use crate::model::Finding;

/// The keys of a finding in JSON that the page shows.
#[derive(Debug, Deserialize)]
pub(super) struct Row<'f> {
    #[serde(borrow)]
    pub(super) timestamp: Option<Cow<'f, str>>,
    #[serde(borrow)]
    pub(super) source: Cow<'f, str>,
    pub(super) line: u64,
    pub(super) code: Option<u32>,
    #[serde(borrow)]
    pub(super) user: Option<Cow<'f, str>>,
    #[serde(borrow)]
    pub(super) mailbox: Option<Cow<'f, str>>,
    #[serde(borrow)]
    pub(super) mail_server: Option<Cow<'f, str>>,
    #[serde(borrow)]
    pub(super) trace_id: Option<Cow<'f, str>>,
    #[serde(borrow)]
    pub(super) correlation_id: Option<Cow<'f, str>>,
    #[serde(borrow)]
    pub(super) message: Cow<'f, str>,
    #[serde(borrow)]
    pub(super) excerpt: Cow<'f, str>,
}

impl<'f> Row<'f> {
    pub(super) fn of(finding: &'f Finding) -> Self {
        let text = |text: &'f Option<String>| text.as_deref().map(Cow::Borrowed);
        Self {
            timestamp: text(&finding.timestamp),
            source: Cow::Borrowed(&finding.source),
            line: finding.line,
            code: finding.code,
            user: text(&finding.user),
            mailbox: text(&finding.mailbox),
            mail_server: text(&finding.mail_server),
            trace_id: text(&finding.trace_id),
            correlation_id: text(&finding.correlation_id),
            message: Cow::Borrowed(&finding.message),
            excerpt: Cow::Borrowed(&finding.excerpt),
        }
    }

    /// The row of a finding that was written as a line of JSON. `None` when it was not.
    pub(super) fn of_line(line: &'f [u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }
}
