//! Following: joins the tail of logs, the engine and what is counted.

mod accumulator;

use std::{
    io::{self, Read},
    ops::ControlFlow,
    path::PathBuf,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use serde::Serialize;

use super::{Filter, Scan};
use crate::{
    engine::Engine,
    extract::redact::{PseudonymKey, RedactionLevel},
    model::Finding,
    report::{Diagnosis, Incident, Summary},
    source::{
        Limits,
        tail::{FollowState, FollowTiming, Notice, NoticeKind, StartPosition, StateError, Tail},
    },
};
use accumulator::FollowAccumulator;

/// A follow of paths: what to read, from where, how patiently.
#[derive(Debug, Clone)]
pub struct Follow<'e> {
    scan: Scan<'e>,
    pace: FollowTiming,
    poll: Duration,
    state: Option<PathBuf>,
}

/// A finding of a followed log. As JSON: the keys of a [`Finding`] and these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowedFinding {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// The same for the same record after a restart, a rotation or a compression, so that a consumer
    /// can drop what it has: a hash of the log, its first line and the record's, and the offset.
    pub id: String,
    /// False when the record ends within a line: it may have been cut off.
    pub complete: bool,
    /// May have been handed on by an earlier run that was killed.
    pub repeated: bool,
    /// This finding takes the place of one that was handed on before its record was whole.
    pub replaces: Option<Superseded>,
}

/// A finding that was handed on too early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Superseded {
    /// Its source.
    pub source: String,
    /// Its offset.
    pub offset: u64,
    /// Its id.
    pub id: String,
}

/// What following gives.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'v> {
    /// A finding, in the order of its log.
    Finding(&'v FollowedFinding),
    /// Something that happened to a log.
    Notice(&'v Notice),
    /// A look at all logs is over; what was counted so far.
    Polled(&'v FollowCounts),
}

/// What was counted since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowCounts {
    /// The monotonic clock of the run.
    pub now: Duration,
    /// Files that are there at present.
    pub files: usize,
    /// Files that cannot be read at present.
    pub troubled: usize,
    /// Bytes of whole records.
    pub bytes: u64,
    /// Findings; one that takes the place of another is not counted again.
    pub findings: u64,
    /// Rotations, those caught up with included.
    pub rotations: u64,
    /// Truncations.
    pub truncations: u64,
    /// Bytes known to be lost.
    pub lost_bytes: u64,
    /// How often something was lost, also where nobody knows how much.
    pub losses: u64,
    /// The log's time of the last record.
    pub last_record: Option<String>,
    /// When bytes last came.
    pub last_record_at: Option<Duration>,
    /// When a finding last came.
    pub last_finding_at: Option<Duration>,
}

/// What a run has found, when it is over.
#[derive(Debug)]
pub struct FollowSummary {
    /// The counts.
    pub counts: FollowCounts,
    /// Findings by severity, pattern and code.
    pub summary: Summary,
    /// What the incidents mean together.
    pub diagnosis: Diagnosis,
    /// The incidents, root causes first.
    pub incidents: Vec<Incident>,
    /// The listener did not want to hear more, so that the state was left as it was.
    pub cancelled: bool,
}

/// The state is written at most so often.
const SAVE_INTERVAL: Duration = Duration::from_millis(250);
/// A wait is cut into pieces, so that a wish to stop is soon heard.
const STOP_CHECK_INTERVAL: Duration = Duration::from_millis(50);

impl<'e> Follow<'e> {
    /// A follow with this engine: from the end, a look every 100 ms, quiet after 500 ms.
    #[must_use]
    pub fn new(engine: &'e Engine) -> Self {
        let pace =
            FollowTiming { quiet: Duration::from_millis(500), grace: Duration::from_secs(5), from: StartPosition::End };
        Self { scan: Scan::new(engine), pace, poll: Duration::from_millis(100), state: None }
    }

    /// Logs, folders with logs, `-` for standard input. What is not there yet is waited for.
    #[must_use]
    pub fn paths(mut self, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        self.scan = self.scan.paths(paths);
        self
    }

    /// Which findings are wanted.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.scan = self.scan.filter(filter);
        self
    }

    /// What is hidden in them.
    #[must_use]
    pub fn redaction(mut self, redaction: RedactionLevel) -> Self {
        self.scan = self.scan.redaction(redaction);
        self
    }

    /// Names people by this key: the same in every run that has it.
    #[must_use]
    pub fn pseudonym_key(mut self, key: Option<PseudonymKey>) -> Self {
        self.scan = self.scan.pseudonym_key(key);
        self
    }

    /// The longest record.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.scan = self.scan.limits(limits);
        self
    }

    /// Where to begin when there is no state.
    #[must_use]
    pub fn from(mut self, position: StartPosition) -> Self {
        self.pace.from = position;
        self
    }

    /// The time between looks.
    #[must_use]
    pub fn poll(mut self, poll: Duration) -> Self {
        self.poll = poll;
        self
    }

    /// After so long without growth the last record is taken as complete; ten times longer when its
    /// last line has no end.
    #[must_use]
    pub fn quiet(mut self, quiet: Duration) -> Self {
        self.pace.quiet = quiet;
        self
    }

    /// So long a rotated file is still read, for writers that hold it open.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.pace.grace = grace;
        self
    }

    /// Where the state of a run is kept for the next.
    #[must_use]
    pub fn state(mut self, path: Option<PathBuf>) -> Self {
        self.state = path;
        self
    }

    /// Begins, without looking yet: for a caller with a clock of its own.
    ///
    /// # Errors
    /// A state file that is of no use.
    pub fn begin(&self) -> Result<FollowSession<'_>, StateError> {
        let saved = match &self.state {
            Some(path) => FollowState::read(path, &self.scan.paths)?,
            None => None,
        };
        let mut gatherer = FollowAccumulator::new(&self.scan);
        if let (Some(saved), Some(path)) = (&saved, &self.state)
            && !saved.is_clean()
        {
            gatherer.unclean = Some(Notice {
                kind: NoticeKind::Unclean,
                source: path.display().to_string(),
                byte_from: None,
                byte_to: None,
                message: "the run before was killed; what it found since its last save may come again, with the same ids and marked as repeated".to_owned(),
            });
        }
        let tail = Tail::new(&self.scan.paths, self.pace, self.scan.limits, saved);
        Ok(FollowSession { follow: self, tail, gatherer, saved_at: None, dirty: true, told_unsaved: false })
    }

    /// Follows until `stop` says so, standard input ends with nothing else to follow, or `each` breaks
    /// off.
    ///
    /// # Errors
    /// A state file that is of no use.
    pub fn run(
        &self,
        mut stop: impl FnMut() -> bool,
        mut each: impl FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<FollowSummary, StateError> {
        let clock = Instant::now();
        let mut following = self.begin()?;
        let mut stdin = following.tail.wants_stdin().then(read_stdin);
        let mut deaf = false;
        loop {
            let stopping = stop();
            let looked = following.poll(clock.elapsed(), &mut each);
            let ControlFlow::Continue(more) = looked else {
                deaf = true;
                break;
            };
            if stopping || (stdin.is_none() && !following.tail.has_files()) {
                break;
            }
            let wait = if more { Duration::ZERO } else { self.poll };
            let until = clock.elapsed() + wait;
            let flow = match &stdin {
                None => {
                    nap(&clock, until, &mut stop);
                    ControlFlow::Continue(())
                }
                Some(bytes) => {
                    let (flow, ended) = following.collect(bytes, &clock, until, &mut stop, &mut each);
                    if ended {
                        stdin = None;
                    }
                    flow
                }
            };
            if flow.is_break() {
                deaf = true;
                break;
            }
        }
        Ok(following.close(deaf, clock.elapsed(), &mut each))
    }
}

fn nap(clock: &Instant, until: Duration, stop: &mut impl FnMut() -> bool) {
    while let Some(left) = until.checked_sub(clock.elapsed()).filter(|left| !left.is_zero()) {
        thread::sleep(left.min(STOP_CHECK_INTERVAL));
        if stop() {
            return;
        }
    }
}

/// Standard input, read by a thread of its own: a read may wait for ever.
fn read_stdin() -> Receiver<io::Result<Vec<u8>>> {
    let (send, receive) = mpsc::sync_channel(8);
    thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        loop {
            let mut block = vec![0; 64 << 10];
            let message = match stdin.read(&mut block) {
                Ok(0) => return,
                Ok(n) => {
                    block.truncate(n);
                    Ok(block)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let failed = message.is_err();
            if send.send(message).is_err() || failed {
                return;
            }
        }
    });
    receive
}

/// A follow under way.
#[derive(Debug)]
pub struct FollowSession<'f> {
    follow: &'f Follow<'f>,
    tail: Tail,
    gatherer: FollowAccumulator<'f>,
    saved_at: Option<Duration>,
    dirty: bool,
    told_unsaved: bool,
}

impl FollowSession<'_> {
    /// Looks at all logs once. `now` is a monotonic clock. True when there is more to read at once.
    pub fn poll(&mut self, now: Duration, each: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>) -> ControlFlow<(), bool> {
        let before = self.gatherer.batches;
        let more = {
            let mut ear = self.gatherer.sink(now, each);
            ear.begin()?;
            let more = self.tail.poll(now, &mut ear)?;
            ear.end()?;
            more
        };
        self.dirty |= self.gatherer.batches != before;
        self.gatherer.counts.files = self.tail.files();
        self.gatherer.counts.troubled = self.tail.troubled();
        if self.dirty && self.saved_at.is_none_or(|at| now.saturating_sub(at) >= SAVE_INTERVAL) {
            self.save(false, now, each)?;
        }
        each(Event::Polled(&self.gatherer.counts))?;
        ControlFlow::Continue(more)
    }

    /// Takes what standard input gives until `until`. The second value says that it has ended.
    fn collect(
        &mut self,
        bytes: &Receiver<io::Result<Vec<u8>>>,
        clock: &Instant,
        until: Duration,
        stop: &mut impl FnMut() -> bool,
        each: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> (ControlFlow<()>, bool) {
        loop {
            let left = until.saturating_sub(clock.elapsed()).min(STOP_CHECK_INTERVAL);
            let flow = match bytes.recv_timeout(left) {
                Ok(Ok(block)) => self.stdin(Some(&block), clock.elapsed(), each),
                Ok(Err(error)) => {
                    self.gatherer.trouble("-", &error);
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

    /// Bytes of standard input, `None` at its end.
    pub fn stdin(
        &mut self,
        bytes: Option<&[u8]>,
        now: Duration,
        each: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut ear = self.gatherer.sink(now, each);
        self.tail.stdin(bytes, now, &mut ear)?;
        ear.end()
    }

    /// Writes the state, if there is a place for it.
    fn save(
        &mut self,
        clean: bool,
        now: Duration,
        each: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(path) = &self.follow.state else { return ControlFlow::Continue(()) };
        self.saved_at = Some(now);
        match self.tail.save(clean).write(path) {
            Ok(()) => {
                self.dirty = false;
                self.told_unsaved = false;
                ControlFlow::Continue(())
            }
            // Told once; tried again as long as it takes.
            Err(_) if self.told_unsaved => ControlFlow::Continue(()),
            Err(error) => {
                self.told_unsaved = true;
                let notice = Notice {
                    kind: NoticeKind::StateNotSaved,
                    source: path.display().to_string(),
                    byte_from: None,
                    byte_to: None,
                    message: format!(
                        "the state cannot be written: {error}; after a restart findings would come again. Give room or rights, or name another place with --state"
                    ),
                };
                each(Event::Notice(&notice))
            }
        }
    }

    /// Ends: hands on what is whole, writes the state. With a state, a line without its end is left for
    /// the next run. `deaf` says that nobody listens any more: then nothing is handed on or written.
    pub fn close(
        mut self,
        deaf: bool,
        now: Duration,
        each: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> FollowSummary {
        let mut deaf = deaf;
        if !deaf {
            let keep = self.follow.state.is_some();
            let mut ear = self.gatherer.sink(now, each);
            deaf = self.tail.close(keep, now, &mut ear).is_break() || ear.end().is_break();
        }
        if !deaf {
            deaf = self.save(true, now, each).is_break();
        }
        self.gatherer.close(deaf)
    }
}
