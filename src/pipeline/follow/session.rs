//! A run of following.

use std::{
    io,
    ops::ControlFlow,
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use super::{
    accumulator::FollowAccumulator,
    event::{Event, FollowSummary},
};
use crate::source::tail::{Notice, NoticeKind, Tail};

/// Minimum time between two writes of the state file.
const SAVE_INTERVAL: Duration = Duration::from_millis(250);
/// Maximum time between two checks whether to stop.
pub(super) const STOP_CHECK_INTERVAL: Duration = Duration::from_millis(50);

/// A run of following.
#[derive(Debug)]
pub struct FollowSession<'f> {
    tail: Tail,
    accumulator: FollowAccumulator<'f>,
    saved_at: Option<Duration>,
    /// Something has changed since the state was saved.
    dirty: bool,
    /// It was reported that the state cannot be saved.
    save_failure_reported: bool,
}

/// Time after which findings that an earlier run had reported when it was killed are no longer expected.
const MAX_REPEAT_DELAY: Duration = Duration::from_secs(60);

impl<'f> FollowSession<'f> {
    pub(super) fn new(tail: Tail, accumulator: FollowAccumulator<'f>) -> Self {
        Self { tail, accumulator, saved_at: None, dirty: true, save_failure_reported: false }
    }

    /// Polls all logs once. `now` is a monotonic clock. True when more can be read at once.
    pub fn poll(&mut self, now: Duration, each: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>) -> ControlFlow<(), bool> {
        if self.saved_at.is_none() && self.accumulator.state.as_ref().is_some_and(|state| !state.exists()) {
            // Before the first finding: from now on it holds what was reported.
            let mut sink = self.accumulator.sink(now, each);
            self.tail.prepare(now, &mut sink)?;
            sink.end()?;
            self.save(false, now, each)?;
            self.saved_at = None;
        }
        if now >= MAX_REPEAT_DELAY {
            self.accumulator.reported.clear();
        }
        let batches_before = self.accumulator.batches;
        let has_more = {
            let mut sink = self.accumulator.sink(now, each);
            sink.begin()?;
            let has_more = self.tail.poll(now, &mut sink)?;
            sink.end()?;
            has_more
        };
        self.dirty |= self.accumulator.batches != batches_before;
        self.accumulator.counts.files = self.tail.files();
        self.accumulator.counts.troubled = self.tail.troubled();
        if self.dirty && self.saved_at.is_none_or(|at| now.saturating_sub(at) >= SAVE_INTERVAL) {
            self.save(false, now, each)?;
        }
        each(Event::Polled(&self.accumulator.counts))?;
        ControlFlow::Continue(has_more)
    }

    /// Takes what standard input gives until `until`. The second value is true when it has ended.
    pub(super) fn poll_stdin(
        &mut self,
        blocks: &Receiver<io::Result<Vec<u8>>>,
        clock: &Instant,
        until: Duration,
        stop: &mut impl FnMut() -> bool,
        each: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> (ControlFlow<()>, bool) {
        loop {
            let left = until.saturating_sub(clock.elapsed()).min(STOP_CHECK_INTERVAL);
            let flow = match blocks.recv_timeout(left) {
                Ok(Ok(block)) => self.stdin(Some(&block), clock.elapsed(), each),
                Ok(Err(error)) => {
                    self.accumulator.add_read_error("-", &error);
                    return (self.stdin(None, clock.elapsed(), each), true);
                }
                Err(RecvTimeoutError::Disconnected) => return (self.stdin(None, clock.elapsed(), each), true),
                Err(RecvTimeoutError::Timeout) => ControlFlow::Continue(()),
            };
            if flow.is_break() || stop() || clock.elapsed() >= until {
                return (flow, false);
            }
        }
    }

    /// Takes bytes of standard input; `None` is its end.
    pub fn stdin(
        &mut self,
        bytes: Option<&[u8]>,
        now: Duration,
        each: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut sink = self.accumulator.sink(now, each);
        self.tail.stdin(bytes, now, &mut sink)?;
        sink.end()
    }

    pub(super) fn wants_stdin(&self) -> bool {
        self.tail.wants_stdin()
    }

    pub(super) fn has_files(&self) -> bool {
        self.tail.has_files()
    }

    /// Writes the state file, if there is one.
    fn save(
        &mut self,
        clean: bool,
        now: Duration,
        each: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(file) = &mut self.accumulator.state else { return ControlFlow::Continue(()) };
        each(Event::Saving)?;
        self.saved_at = Some(now);
        let text = self.tail.save(clean).to_text(&self.accumulator.reported);
        match text.map_err(io::Error::from).and_then(|text| file.write(&text)) {
            Ok(()) => {
                self.dirty = false;
                self.save_failure_reported = false;
                ControlFlow::Continue(())
            }
            // Reported once, retried until it works.
            Err(_) if self.save_failure_reported => ControlFlow::Continue(()),
            Err(error) => {
                self.save_failure_reported = true;
                let notice = Notice {
                    kind: NoticeKind::StateNotSaved,
                    source: file.path().display().to_string(),
                    byte_from: None,
                    byte_to: None,
                    message: format!(
                        "the state cannot be written: {error}; after a restart findings would be reported again. Free space, grant write permission, or name another file with --state"
                    ),
                };
                each(Event::Notice(&notice))
            }
        }
    }

    /// Ends the run: reports what is complete and writes the state. With a state file, a line without
    /// its end is left for the next run. `cancelled` says that the receiver of events has broken off: then
    /// nothing is reported or written.
    pub fn close(
        mut self,
        cancelled: bool,
        now: Duration,
        each: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> FollowSummary {
        let mut cancelled = cancelled;
        if !cancelled {
            let keep_unfinished = self.accumulator.state.is_some();
            let mut sink = self.accumulator.sink(now, each);
            cancelled = self.tail.close(keep_unfinished, now, &mut sink).is_break() || sink.end().is_break();
        }
        if !cancelled {
            self.accumulator.reported.clear();
            cancelled = self.save(true, now, each).is_break();
        }
        self.accumulator.finish(cancelled)
    }
}
