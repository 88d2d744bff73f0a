//! What following passes on: batches of records, and notices.

use std::ops::ControlFlow;

use super::notice::Notice;
use crate::source::Chunk;

/// Some records of a followed log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batch<'b> {
    /// The log as it was named.
    pub source: &'b str,
    /// The bytes.
    pub chunk: Chunk<'b>,
    /// Line breaks before them in their file.
    pub lines: u64,
    /// Tells one file from another, whatever its name: a hash of its first line.
    pub origin: u64,
    /// Tells the generations of one run apart.
    pub serial: u64,
    /// Whether the last record is complete.
    pub completeness: Completeness,
    /// May have been passed on by an earlier run that was killed.
    pub repeated: bool,
}

/// Whether the last record of a batch is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Completeness {
    /// It is taken as complete because the log did not grow for a while; it may still continue.
    pub open: bool,
    /// It ends within a line.
    pub torn: bool,
    /// It was passed on before, as open.
    pub continuation: Option<Continuation>,
}

impl Completeness {
    pub(super) const FINAL: Self = Self { open: false, torn: false, continuation: None };
}

/// How a record continued that was passed on as open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Continuation {
    /// Nothing was added.
    Same,
    /// Something was added.
    More,
}

/// Receives what following passes on.
pub(crate) trait Listener {
    /// Records, in the order of their log.
    fn batch(&mut self, batch: &Batch<'_>) -> ControlFlow<()>;
    /// A notice.
    fn notice(&mut self, notice: Notice);
}

/// Passes the last record of standard input on as complete, with or without a line break.
pub(super) struct CompleteOnly<'o>(pub(super) &'o mut dyn Listener);

impl Listener for CompleteOnly<'_> {
    fn batch(&mut self, batch: &Batch<'_>) -> ControlFlow<()> {
        self.0.batch(&Batch { completeness: Completeness { torn: false, ..batch.completeness }, ..*batch })
    }

    fn notice(&mut self, notice: Notice) {
        self.0.notice(notice);
    }
}

/// Passes on a notice about the log `source`, and about the bytes from `from` to `to`.
pub(super) fn notify(
    out: &mut dyn Listener,
    kind: super::notice::NoticeKind,
    source: &str,
    (from, to): (Option<u64>, Option<u64>),
    message: impl Into<String>,
) {
    out.notice(Notice { kind, source: source.to_owned(), byte_from: from, byte_to: to, message: message.into() });
}
