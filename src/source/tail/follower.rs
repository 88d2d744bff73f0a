//! One log under one path: growth, rotation, truncation, and the rotated files before it.

mod handover;
mod late_writes;
mod resume;
mod rotate;

use std::{
    collections::HashMap,
    io,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    batch::{Listener, notify},
    checkpoint::Checkpoint,
    filesystem,
    fingerprint::Fingerprint,
    generation_reader::{GenerationReader, ReadOutcome},
    notice::NoticeKind,
    start_position::StartPosition,
    state::LogState,
    step::{Action, FileContent, FileId, OpenFileState, PathState, Stat, step},
    timing::TickContext,
};

/// One log.
#[derive(Debug)]
pub(super) struct Follower {
    path: PathBuf,
    name: String,
    in_folder: bool,
    /// The state of an earlier run, until reading resumes from it.
    saved: Option<LogState>,
    ready: bool,
    current: Option<GenerationReader>,
    /// Generations that were rotated recently: a writer may still have them open. The newest last.
    retired: Vec<RetiredGeneration>,
    /// Generations that were read to their end, the newest last.
    done: Vec<Checkpoint>,
    /// Rotated files that were found to be read.
    known: HashMap<FileId, KnownFile>,
    /// Something that was not read comes after the current generation.
    after_gap: bool,
    /// A file that existed at the start and could not be opened: where to start in it.
    start: Option<(Stat, StartPosition)>,
    /// The previous run was killed: what is found in the first poll may be a repetition.
    unclean: bool,
    missing_since: Option<Duration>,
    /// When to list the rotated files of a missing log next.
    next_listing: Duration,
    folder_modified: Option<i64>,
    /// The error of the last poll.
    error: Option<String>,
    retry_at: Duration,
    backoff: Duration,
}

/// A generation that was rotated.
#[derive(Debug)]
struct RetiredGeneration {
    reader: GenerationReader,
    /// When it was rotated, or last grew.
    since: Duration,
    /// Its bytes no longer exist: the file was truncated.
    cut: bool,
    /// An earlier run had ended it, and this one has not read it yet: what that run had read, and did not report, comes
    /// before the records of newer generations.
    resumed: bool,
}

/// A rotated file that was found to be read. While it has the same length and time, it is not opened again.
#[derive(Debug)]
struct KnownFile {
    content: FileContent,
    /// When it was first found so, on the clock of the run: a new file may soon get the same inode, and even
    /// the same length and time.
    since: Duration,
    /// The first bytes of the generation that it has.
    head: Fingerprint,
}

/// Why a poll stopped.
enum Stop {
    /// The listener broke off.
    Cancelled,
    /// The file system returned an error.
    Failed(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// The value of a listener's flow, or [`Stop::Cancelled`].
fn check_flow<T>(flow: ControlFlow<(), T>) -> Result<T, Stop> {
    match flow {
        ControlFlow::Continue(value) => Ok(value),
        ControlFlow::Break(()) => Err(Stop::Cancelled),
    }
}

/// Maximum number of rotated generations that are kept open: a log does not rotate more often within the
/// time for late writers.
const MAX_RETIRED: usize = 8;
/// Number of generations that are remembered although no file has their content any more.
const MAX_DONE: usize = 64;
/// Bytes that are read of one log before it is the turn of the others.
const READ_QUOTA_BYTES: usize = 16 << 20;
/// Time between two listings of the rotated files of a missing log, even if its folder looks unchanged.
const LISTING_INTERVAL: Duration = Duration::from_millis(500);
/// The shortest and the longest time before a retry.
const RETRY_BACKOFF: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(2));

impl Follower {
    pub(super) fn new(path: PathBuf, in_folder: bool) -> Self {
        Self {
            name: path.display().to_string(),
            path,
            in_folder,
            saved: None,
            ready: false,
            current: None,
            retired: Vec::new(),
            done: Vec::new(),
            known: HashMap::new(),
            after_gap: false,
            start: None,
            unclean: false,
            missing_since: None,
            next_listing: Duration::ZERO,
            folder_modified: None,
            error: None,
            retry_at: Duration::ZERO,
            backoff: RETRY_BACKOFF.0,
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.ready
    }

    pub(super) fn in_folder(&self) -> bool {
        self.in_folder
    }

    pub(super) fn exists(&self) -> bool {
        self.current.is_some() && self.missing_since.is_none()
    }

    pub(super) fn is_failing(&self) -> bool {
        self.error.is_some()
    }

    pub(super) fn missing_for(&self, now: Duration) -> Duration {
        self.missing_since.map_or(Duration::ZERO, |since| now.saturating_sub(since))
    }

    /// True when the file at `path` was read under this log's name, whatever its name is now.
    pub(super) fn has_read(&self, path_state: PathState, path: &Path) -> bool {
        let PathState::There(stat) = path_state else { return false };
        let is_open = self.open_readers().any(|reader| reader.stat.id == stat.id);
        is_open || (path != self.path && self.done.iter().any(|checkpoint| checkpoint.id() == stat.id))
    }

    /// The readers of the current generation and of those rotated recently.
    fn open_readers(&self) -> impl Iterator<Item = &GenerationReader> {
        self.current.iter().chain(self.retired.iter().map(|retired| &retired.reader))
    }

    /// Polls once. True when more can be read at once.
    pub(super) fn poll(
        &mut self,
        tick: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> ControlFlow<(), bool> {
        if !self.ready || tick.now < self.retry_at {
            return ControlFlow::Continue(false);
        }
        let (path_state, error) = filesystem::probe(&self.path);
        let result = self.act(path_state, tick, block, out);
        let has_more = match (result, error) {
            (Err(Stop::Cancelled), _) => return ControlFlow::Break(()),
            (Err(Stop::Failed(error)), _) | (Ok(_), Some(error)) => {
                if filesystem::is_stale(&error)
                    && let Some(current) = &mut self.current
                {
                    current.file = None;
                }
                self.record_error(&error, tick.now, out);
                false
            }
            (Ok(has_more), None) => {
                if self.error.take().is_some() {
                    self.backoff = RETRY_BACKOFF.0;
                    notify(out, NoticeKind::Readable, &self.name, (None, None), "can be read again");
                }
                has_more
            }
        };
        if let Some(current) = &mut self.current {
            current.flush_if_quiet(&self.name, tick.now, tick.timing.quiet, false, out)?;
        }
        ControlFlow::Continue(has_more)
    }

    fn record_error(&mut self, error: &io::Error, now: Duration, out: &mut dyn Listener) {
        let message = error.to_string();
        if self.error.as_ref() != Some(&message) {
            let advice = match error.kind() {
                io::ErrorKind::PermissionDenied => "; run as the user that runs Jira, or grant read permission",
                _ => "",
            };
            notify(
                out,
                NoticeKind::Unreadable,
                &self.name,
                (self.current.as_ref().map(GenerationReader::read_to), None),
                format!("cannot be read: {message}{advice}; retrying"),
            );
            self.error = Some(message);
        }
        self.retry_at = now + self.backoff;
        self.backoff = (self.backoff * 2).min(RETRY_BACKOFF.1);
    }

    fn act(
        &mut self,
        path_state: PathState,
        tick: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<bool, Stop> {
        self.poll_retired(tick, block, out)?;
        if let (Some(current), PathState::There(_)) = (&self.current, path_state)
            && current.file.is_none()
        {
            // The handle is stale, or the generation had no separate file: is it this one?
            let (file, stat) = filesystem::open(&self.path)?;
            if self.attach_file(file, stat)?.is_some() {
                return self.handle_replacement(tick, block, out);
            }
        }
        let open_file = self.current.as_ref().map(|reader| OpenFileState {
            stat: reader.stat,
            read_to: reader.read_to(),
            changed_at: reader.changed_at,
        });
        let has_more = match (step(open_file.as_ref(), path_state, tick.now), path_state) {
            (Action::Open | Action::Replaced, PathState::There(_)) => {
                // First all the last bytes of the old file.
                if self.read_renamed(tick, block, out)? {
                    return Ok(true);
                }
                self.handle_replacement(tick, block, out)?
            }
            (Action::Check, PathState::There(stat)) => self.check(stat, tick, block, out)?,
            (Action::Shrunk, _) => self.handle_truncation(None, tick, block, out)?,
            (Action::Gone, _) => {
                let has_more = self.read_renamed(tick, block, out)?;
                if path_state == PathState::Absent && !has_more {
                    self.handle_missing(tick, block, out)?;
                }
                has_more
            }
            _ => {
                if path_state == PathState::Absent {
                    self.handle_missing(tick, block, out)?;
                }
                false
            }
        };
        if !has_more && self.current.as_ref().is_none_or(|current| current.read_to() > 0) {
            self.unclean = false;
        }
        Ok(has_more)
    }

    /// No file has the name: waits. A file that had it between two polls may have been rotated already.
    fn handle_missing(&mut self, tick: &TickContext, block: &mut [u8], out: &mut dyn Listener) -> Result<(), Stop> {
        if self.missing_since.is_none() {
            self.missing_since = Some(tick.now);
            let message = if self.current.is_some() {
                "no longer exists; waiting for a new file"
            } else {
                "does not exist yet; waiting"
            };
            notify(out, NoticeKind::Waiting, &self.name, (None, None), message);
        }
        let modified = filesystem::folder_modified(&self.path);
        if tick.now < self.next_listing && modified == self.folder_modified {
            return Ok(());
        }
        self.folder_modified = modified;
        self.next_listing = tick.now + LISTING_INTERVAL;
        self.handle_replacement(tick, block, out).map(drop)
    }

    fn check(
        &mut self,
        found: Stat,
        tick: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<bool, Stop> {
        self.missing_since = None;
        let Some(current) = &mut self.current else { return Ok(false) };
        if !current.is_unchanged()? {
            return self.handle_truncation(None, tick, block, out);
        }
        if (found != current.stat || found.len > 0) && self.may_hide_truncation(tick.now) {
            return self.handle_truncation(None, tick, block, out);
        }
        let Some(current) = &mut self.current else { return Ok(false) };
        if found != current.stat {
            current.changed_at = tick.now;
        }
        let before = std::mem::replace(&mut current.stat, found);
        if found.len < before.len {
            let (from, to) = (found.len, before.len);
            let message = format!("was shortened: bytes {from} to {to} were removed before they were read");
            notify(out, NoticeKind::Lost, &self.name, (Some(from), Some(to)), message);
        }
        self.read_current(tick, block, out)
    }

    /// Continues reading a file that has lost its name: it may have been truncated before.
    fn read_renamed(&mut self, tick: &TickContext, block: &mut [u8], out: &mut dyn Listener) -> Result<bool, Stop> {
        let unchanged = match &mut self.current {
            Some(current) => current.is_unchanged()? && !self.may_hide_truncation(tick.now),
            None => true,
        };
        if unchanged { self.read_current(tick, block, out) } else { self.handle_truncation(None, tick, block, out) }
    }

    /// Continues reading. True when the quota was used up before the end.
    fn read_current(&mut self, tick: &TickContext, block: &mut [u8], out: &mut dyn Listener) -> Result<bool, Stop> {
        let mut quota = READ_QUOTA_BYTES;
        while quota > 0 {
            let Some(current) = &mut self.current else { return Ok(false) };
            match current.read(block)? {
                ReadOutcome::End => return Ok(false),
                ReadOutcome::Rewritten { to } => return self.handle_truncation(Some(to), tick, block, out),
                ReadOutcome::Hole { to } => {
                    let from = current.read_to();
                    check_flow(current.skip_hole(&self.name, to, out))?;
                    let message = format!(
                        "bytes {from} to {to} are zeros (the log was truncated while its writer had it open): skipped"
                    );
                    notify(out, NoticeKind::Hole, &self.name, (Some(from), Some(to)), message);
                }
                ReadOutcome::Bytes(read) => {
                    if let Some(problem) = current.check_format(&block[..read]) {
                        notify(out, NoticeKind::Unreadable, &self.name, (Some(0), None), problem);
                        return Ok(false);
                    }
                    current.grown_at = tick.now;
                    self.push(&block[..read], tick, out)?;
                    quota = quota.saturating_sub(read);
                }
            }
        }
        Ok(true)
    }
}
