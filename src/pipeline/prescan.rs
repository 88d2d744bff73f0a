//! Scans the logs of a compressed tar while it is indexed.
//!
//! Such an archive can only be read from its front, and usually has its newest log first. So the parts
//! wait here until it is the turn of their log. Memory stays bounded: a log with too many findings is
//! read again when it is its turn.

use std::{io::Read, ops::ControlFlow};

use super::{
    faults::decode_fault,
    job::Job,
    options::{OutputMode, ScanOptions},
    part::PartialResult,
    read_ahead,
    scan_input::{self, Continuation},
};
use crate::source::{DecodeMode, EntryVisitor, Holder, Opener};

/// How many findings and incidents may wait.
const MAX_WAITING_FINDINGS: usize = 2000;

pub(super) struct Prescan<'p> {
    options: &'p ScanOptions<'p>,
    mode: OutputMode,
    /// The parts of each log that was scanned.
    parts: Vec<Vec<PartialResult>>,
    waiting_findings: usize,
}

impl<'p> Prescan<'p> {
    pub(super) fn new(options: &'p ScanOptions<'p>, mode: OutputMode) -> Self {
        Self { options, mode, parts: Vec::new(), waiting_findings: 0 }
    }

    /// The parts of a log, by the number that [`EntryVisitor::visit`] returned.
    pub(super) fn take(&mut self, number: usize) -> Vec<PartialResult> {
        self.parts.get_mut(number).map(std::mem::take).unwrap_or_default()
    }
}

impl EntryVisitor for Prescan<'_> {
    fn leave_out(&mut self, name: &str) {
        self.options.progress.add_left_out(name);
    }

    fn visit(&mut self, name: &str, can_be_reread: bool, reader: &mut dyn Read) -> Option<usize> {
        self.options.progress.set_current(name);
        // Its node is not known yet.
        let job = Job { options: self.options, mode: self.mode, source: name, node: None, encodes: false };
        // The inputs next to it are not known yet; both ends are kept for them.
        let continuation = Continuation { from_previous: true, into_next: true };
        let (mut parts, mut waiting, mut too_many) = (Vec::new(), self.waiting_findings, false);
        scan_input::scan_text(&job, reader, continuation, decode_fault, &mut |part| {
            waiting += part.finding_count() + part.counts.len();
            too_many = can_be_reread && waiting > MAX_WAITING_FINDINGS;
            if too_many {
                return ControlFlow::Break(());
            }
            parts.push(part);
            ControlFlow::Continue(())
        });
        if too_many {
            return None;
        }
        self.waiting_findings = waiting;
        self.parts.push(parts);
        Some(self.parts.len() - 1)
    }

    fn holder(&self) -> Holder {
        self.options.holder
    }

    fn decode_mode(&self) -> DecodeMode {
        if self.options.thread_count() > 1 { read_ahead::read } else { decode_in_place }
    }
}

/// Decodes in the thread that scans.
pub(super) fn decode_in_place(open: Opener<'_>, consume: &mut dyn FnMut(&mut dyn Read)) {
    match open() {
        Ok(mut reader) => consume(&mut *reader),
        Err(error) => consume(&mut FailedReader(error)),
    }
}

/// What could not be opened, as a reader.
struct FailedReader(std::io::Error);

impl Read for FailedReader {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::new(self.0.kind(), self.0.to_string()))
    }
}
