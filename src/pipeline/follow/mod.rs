//! Following: connects the tail of logs with the engine and the counts.

mod accumulator;
mod error;
mod event;
mod session;

use std::{
    io::{self, Read},
    ops::ControlFlow,
    path::PathBuf,
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use accumulator::FollowAccumulator;

use super::{filter::Filter, options::ScanOptions};
use crate::{
    engine::Engine,
    extract::redact::{PseudonymKey, RedactionLevel},
    source::{
        Limits,
        tail::{FollowState, FollowTiming, StartPosition, StateFile, Tail, problem_of_path},
    },
};
pub use error::FollowError;
pub use event::{Event, FollowCounts, FollowSummary, FollowedFinding, Superseded};
pub use session::FollowSession;
use session::STOP_CHECK_INTERVAL;

/// What to follow, from where on, and with which timing.
#[derive(Debug, Clone)]
pub struct Follow<'e> {
    options: ScanOptions<'e>,
    paths: Vec<PathBuf>,
    timing: FollowTiming,
    poll_interval: Duration,
    state_path: Option<PathBuf>,
}

impl<'e> Follow<'e> {
    /// Follows with this engine: from the end, polling every 100 ms, records complete after 500 ms
    /// without growth.
    #[must_use]
    pub fn new(engine: &'e Engine) -> Self {
        let timing =
            FollowTiming { quiet: Duration::from_millis(500), grace: Duration::from_secs(5), from: StartPosition::End };
        Self {
            options: ScanOptions::new(engine),
            paths: Vec::new(),
            timing,
            poll_interval: Duration::from_millis(100),
            state_path: None,
        }
    }

    /// Sets what to follow: logs, folders with logs, `-` for standard input. Follow waits for what does
    /// not exist yet.
    #[must_use]
    pub fn paths(mut self, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        self.paths = paths.into_iter().map(Into::into).collect();
        self
    }

    /// Sets which findings are wanted. Default: all.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.options.filter = filter;
        self
    }

    /// Sets what is redacted in findings. Default: secrets and people.
    #[must_use]
    pub fn redaction(mut self, level: RedactionLevel) -> Self {
        self.options.redaction = level;
        self
    }

    /// Sets a key for pseudonyms: people have the same pseudonyms in every run with it.
    #[must_use]
    pub fn pseudonym_key(mut self, key: Option<PseudonymKey>) -> Self {
        self.options.key = key;
        self
    }

    /// Sets the maximum length of a record; the other limits have no effect here.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.options.limits = limits;
        self
    }

    /// Sets where to start when there is no state. Default: at the end.
    #[must_use]
    pub fn from(mut self, position: StartPosition) -> Self {
        self.timing.from = position;
        self
    }

    /// Sets the time between polls.
    #[must_use]
    pub fn poll(mut self, interval: Duration) -> Self {
        self.poll_interval = interval;
        self
    }

    /// Sets the time without growth after which the last record is taken as complete; ten times as long
    /// when its last line has no line break.
    #[must_use]
    pub fn quiet(mut self, quiet: Duration) -> Self {
        self.timing.quiet = quiet;
        self
    }

    /// Sets how long a rotated file is still read, for writers that keep it open.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.timing.grace = grace;
        self
    }

    /// Sets the file in which a run saves its progress for the next one.
    #[must_use]
    pub fn state(mut self, path: Option<PathBuf>) -> Self {
        self.state_path = path;
        self
    }

    /// Starts without polling yet: for a caller with its own clock.
    ///
    /// # Errors
    /// The state file cannot be read or written, is damaged, or belongs to another version or other logs; or a path leads
    /// to something that can never be followed, such as a pipe or a compressed file. Nothing is written.
    pub fn begin(&self) -> Result<FollowSession<'_>, FollowError> {
        for path in &self.paths {
            if let Some(reason) = problem_of_path(path) {
                return Err(FollowError::Path { path: path.clone(), reason });
            }
        }
        let mut saved = match &self.state_path {
            Some(path) => FollowState::read(path, &self.paths)?,
            None => None,
        };
        if let Some(path) = &self.state_path {
            FollowState::check_writable(path)?;
        }
        let was_killed = saved.as_ref().is_some_and(|saved| !saved.is_clean());
        let reported = saved.as_mut().map(FollowState::take_reported).unwrap_or_default();
        let tail = Tail::new(&self.paths, self.timing, self.options.limits, saved);
        let mut accumulator = FollowAccumulator::new(&self.options);
        if let Some(path) = &self.state_path {
            accumulator.resume(StateFile::new(path), reported, was_killed);
        }
        Ok(FollowSession::new(tail, accumulator))
    }

    /// Follows until `stop` returns true, standard input ends and there is nothing else to follow, or
    /// `each` breaks.
    ///
    /// # Errors
    /// See [`Follow::begin`].
    pub fn run(
        &self,
        mut stop: impl FnMut() -> bool,
        mut each: impl FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> Result<FollowSummary, FollowError> {
        let clock = Instant::now();
        let mut session = self.begin()?;
        let mut stdin = session.wants_stdin().then(read_stdin);
        let mut cancelled = false;
        loop {
            let stopping = stop();
            let polled = session.poll(clock.elapsed(), &mut each);
            let ControlFlow::Continue(has_more) = polled else {
                cancelled = true;
                break;
            };
            if stopping || (stdin.is_none() && !session.has_files()) {
                break;
            }
            let wait = if has_more { Duration::ZERO } else { self.poll_interval };
            let until = clock.elapsed() + wait;
            let flow = match &stdin {
                None => {
                    sleep_until(&clock, until, &mut stop);
                    ControlFlow::Continue(())
                }
                Some(blocks) => {
                    let (flow, ended) = session.poll_stdin(blocks, &clock, until, &mut stop, &mut each);
                    if ended {
                        stdin = None;
                    }
                    flow
                }
            };
            if flow.is_break() {
                cancelled = true;
                break;
            }
        }
        Ok(session.close(cancelled, clock.elapsed(), &mut each))
    }
}

fn sleep_until(clock: &Instant, until: Duration, stop: &mut impl FnMut() -> bool) {
    while let Some(left) = until.checked_sub(clock.elapsed()).filter(|left| !left.is_zero()) {
        thread::sleep(left.min(STOP_CHECK_INTERVAL));
        if stop() {
            return;
        }
    }
}

/// Bytes of standard input that are read at a time.
const STDIN_BLOCK_BYTES: usize = 64 << 10;
/// Blocks of standard input that may wait.
const MAX_STDIN_BLOCKS: usize = 8;

/// Reads standard input in a separate thread, because a read may block forever.
fn read_stdin() -> Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::sync_channel(MAX_STDIN_BLOCKS);
    thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        loop {
            let mut block = vec![0; STDIN_BLOCK_BYTES];
            let message = match stdin.read(&mut block) {
                Ok(0) => return,
                Ok(read) => {
                    block.truncate(read);
                    Ok(block)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let failed = message.is_err();
            if sender.send(message).is_err() || failed {
                return;
            }
        }
    });
    receiver
}
