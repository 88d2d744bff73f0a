//! The logs of a compressed tar, scanned while it is surveyed.
//!
//! Such an archive has its newest log first, as a rule, and can only be read from its front. What is
//! found waits here until its turn in the log. So that memory stays flat, only so much may wait: a
//! log with more findings is read again when it is its turn.

use std::{io::Read, ops::ControlFlow};

use super::{
    Scan,
    part::{Job, OutputMode, PartialResult},
    read_ahead,
    scan_input::{self, Continuation},
    workers,
};
use crate::source::{DecodeMode, EntryVisitor};

/// How many findings may wait.
const MAX_KEPT_FINDINGS: usize = 2000;

pub(super) struct Prescan<'p> {
    scan: &'p Scan<'p>,
    keep: OutputMode,
    parts: Vec<Vec<PartialResult>>,
    waiting: usize,
}

impl<'p> Prescan<'p> {
    pub(super) fn new(scan: &'p Scan<'p>, keep: OutputMode) -> Self {
        Self { scan, keep, parts: Vec::new(), waiting: 0 }
    }

    /// What a log gave.
    pub(super) fn take(&mut self, number: usize) -> Vec<PartialResult> {
        self.parts.get_mut(number).map(std::mem::take).unwrap_or_default()
    }
}

impl EntryVisitor for Prescan<'_> {
    fn log(&mut self, name: &str, again: bool, reader: &mut dyn Read) -> Option<usize> {
        self.scan.progress.reading(name);
        let job = Job { scan: self.scan, keep: self.keep, source: name };
        // Its neighbours are not known yet; both ends are kept for them.
        let sides = Continuation { before: true, behind: true };
        let (mut parts, mut waiting, mut too_many) = (Vec::new(), self.waiting, false);
        scan_input::text(&job, reader, sides, scan_input::damaged, &mut |part| {
            waiting += part.findings.len();
            too_many = again && waiting > MAX_KEPT_FINDINGS;
            if too_many {
                return ControlFlow::Break(());
            }
            parts.push(part);
            ControlFlow::Continue(())
        });
        if too_many {
            return None;
        }
        self.waiting = waiting;
        self.parts.push(parts);
        Some(self.parts.len() - 1)
    }

    fn overlapped(&self) -> DecodeMode {
        if workers::threads(self.scan) > 1 { read_ahead::read } else { |open, then| alone(open, then) }
    }
}

/// Decodes and scans in one thread.
pub(super) fn alone(open: crate::source::Opener<'_>, then: &mut dyn FnMut(&mut dyn Read)) {
    match open() {
        Ok(mut reader) => then(&mut *reader),
        Err(error) => then(&mut Failed(Some(error))),
    }
}

/// What could not be opened, as a reader.
struct Failed(Option<std::io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
