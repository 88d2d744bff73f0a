//! One log under one path: growth, rotation, truncation, and what came before.

mod handover;
mod resume;
mod rotate;

use std::{
    io,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    FollowTiming, Listener, NoticeKind, StartPosition,
    checkpoint::Checkpoint,
    filesystem,
    generation_reader::{GenerationReader, ReadOutcome},
    is_stale, notify,
    state::LogState,
    step::{Action, OpenFileState, PathState, Stat, step},
};
use crate::source::Limits;

/// What is the same for all logs at one look.
#[derive(Debug, Clone, Copy)]
pub(super) struct TickContext {
    pub(super) pace: FollowTiming,
    pub(super) limits: Limits,
    pub(super) now: Duration,
}

/// One log.
#[derive(Debug)]
pub(super) struct Follower {
    path: PathBuf,
    name: String,
    in_folder: bool,
    /// What an earlier run left, until it is taken up.
    saved: Option<LogState>,
    ready: bool,
    current: Option<GenerationReader>,
    /// Generations that were rotated away a moment ago: a writer may still hold them open.
    retired: Vec<RetiredGeneration>,
    /// Generations that are done, the newest last.
    done: Vec<Checkpoint>,
    /// A file that was there at the start and could not be opened: where to start in it.
    start: Option<(Stat, StartPosition)>,
    /// The run before was killed: what is found in the first look may be a repetition.
    unclean: bool,
    away_since: Option<Duration>,
    /// When the siblings of a log that is away are looked through next.
    listing_at: Duration,
    folder_changed: Option<i64>,
    trouble: Option<String>,
    retry_at: Duration,
    backoff: Duration,
}

/// A generation that was rotated away.
#[derive(Debug)]
struct RetiredGeneration {
    stream: GenerationReader,
    /// When it was rotated away, or last grew.
    since: Duration,
    /// Its bytes are gone: the file was truncated.
    cut: bool,
}

/// Why carrying out a look stopped.
enum Stop {
    /// Nobody listens any more.
    Cancelled,
    /// The file system refused something.
    Failed(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

fn go<T>(flow: ControlFlow<(), T>) -> Result<T, Stop> {
    match flow {
        ControlFlow::Continue(value) => Ok(value),
        ControlFlow::Break(()) => Err(Stop::Cancelled),
    }
}

/// How many rotated generations are held open at most: more than that a log does not rotate within
/// the time that late writers are given.
const MAX_RETIRED: usize = 8;
/// How many generations are remembered.
const MAX_DONE: usize = 64;
/// Bytes read of one log before the others have their turn.
const READ_QUOTA_BYTES: usize = 16 << 20;
/// The siblings of a log that is away are looked through so often, though its folder looks unchanged.
const LISTING_INTERVAL: Duration = Duration::from_millis(500);
/// The first and the longest time before something that failed is tried again.
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
            start: None,
            unclean: false,
            away_since: None,
            listing_at: Duration::ZERO,
            folder_changed: None,
            trouble: None,
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

    pub(super) fn is_there(&self) -> bool {
        self.current.is_some() && self.away_since.is_none()
    }

    pub(super) fn is_troubled(&self) -> bool {
        self.trouble.is_some()
    }

    pub(super) fn away_for(&self, now: Duration) -> Duration {
        self.away_since.map_or(Duration::ZERO, |since| now.saturating_sub(since))
    }

    /// True when the file was read under this log's name, though it may have another by now.
    pub(super) fn knows(&self, sight: PathState, path: &Path) -> bool {
        let PathState::There(stat) = sight else { return false };
        let held = self.current.iter().chain(self.retired.iter().map(|old| &old.stream)).any(|s| s.stat.id == stat.id);
        held || (path != self.path && self.done.iter().any(|mark| mark.id() == stat.id))
    }

    /// One look. True when there is more to read at once.
    pub(super) fn poll(
        &mut self,
        world: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> ControlFlow<(), bool> {
        if !self.ready || world.now < self.retry_at {
            return ControlFlow::Continue(false);
        }
        let (sight, error) = filesystem::probe(&self.path);
        let looked = self.act(sight, world, block, out);
        let result = match (looked, error) {
            (Err(Stop::Cancelled), _) => return ControlFlow::Break(()),
            (Err(Stop::Failed(error)), _) | (Ok(_), Some(error)) => {
                if is_stale(&error)
                    && let Some(current) = &mut self.current
                {
                    current.file = None;
                }
                self.troubled(&error, world.now, out);
                false
            }
            (Ok(more), None) => {
                if self.trouble.take().is_some() {
                    self.backoff = RETRY_BACKOFF.0;
                    notify(out, NoticeKind::Readable, &self.name, (None, None), "can be read again");
                }
                more
            }
        };
        if let Some(current) = &mut self.current {
            current.quiet(&self.name, world.now, world.pace.quiet, false, out)?;
        }
        ControlFlow::Continue(result)
    }

    fn troubled(&mut self, error: &io::Error, now: Duration, out: &mut dyn Listener) {
        let message = error.to_string();
        if self.trouble.as_ref() != Some(&message) {
            let advice = match error.kind() {
                io::ErrorKind::PermissionDenied => "; run as the user that runs Jira, or give it the right to read",
                _ => "",
            };
            notify(
                out,
                NoticeKind::Unreadable,
                &self.name,
                (self.current.as_ref().map(GenerationReader::read_to), None),
                format!("cannot be read: {message}{advice}; it is tried again"),
            );
            self.trouble = Some(message);
        }
        self.retry_at = now + self.backoff;
        self.backoff = (self.backoff * 2).min(RETRY_BACKOFF.1);
    }

    fn act(
        &mut self,
        sight: PathState,
        world: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<bool, Stop> {
        self.read_old(world, block, out)?;
        if let (Some(current), PathState::There(_)) = (&self.current, sight)
            && current.file.is_none()
        {
            // The handle went stale, or the generation had no file of its own: is it this one?
            let (file, stat) = filesystem::open(&self.path)?;
            if self.attach(file, stat)?.is_some() {
                return self.replace(stat, world, block, out);
            }
        }
        let held = self.current.as_ref().map(|stream| OpenFileState {
            stat: stream.stat,
            read_to: stream.read_to(),
            changed_at: stream.changed_at,
        });
        let more = match (step(held.as_ref(), sight, world.now), sight) {
            (Action::Open | Action::Replaced, PathState::There(stat)) => {
                // First the old file's last bytes, all of them.
                if self.read_on(world, block, out)? {
                    return Ok(true);
                }
                self.replace(stat, world, block, out)?
            }
            (Action::Check, PathState::There(stat)) => self.check(stat, world, block, out)?,
            (Action::Shrunk, _) => self.truncated(None, world, block, out)?,
            (Action::Gone, _) => {
                let more = self.read_on(world, block, out)?;
                if sight == PathState::Absent && !more {
                    self.away(world, block, out)?;
                }
                more
            }
            _ => {
                if sight == PathState::Absent {
                    self.away(world, block, out)?;
                }
                false
            }
        };
        if !more && self.current.as_ref().is_none_or(|current| current.read_to() > 0) {
            self.unclean = false;
        }
        Ok(more)
    }

    /// Nothing has the name: waits. What had it between two looks may have been rotated already.
    fn away(&mut self, world: &TickContext, block: &mut [u8], out: &mut dyn Listener) -> Result<(), Stop> {
        if self.away_since.is_none() {
            self.away_since = Some(world.now);
            let message =
                if self.current.is_some() { "is gone; waiting for a new one" } else { "is not there yet; waiting" };
            notify(out, NoticeKind::Waiting, &self.name, (None, None), message);
        }
        let changed = filesystem::folder_changed(&self.path);
        if world.now < self.listing_at && changed == self.folder_changed {
            return Ok(());
        }
        self.folder_changed = changed;
        self.listing_at = world.now + LISTING_INTERVAL;
        let unseen = self.unseen(None, None);
        self.tell_gap(&unseen, out);
        self.read_all(&unseen, world, block, out)
    }

    fn check(
        &mut self,
        seen: Stat,
        world: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<bool, Stop> {
        self.away_since = None;
        let Some(current) = &mut self.current else { return Ok(false) };
        if !current.unchanged()? {
            return self.truncated(None, world, block, out);
        }
        if (seen != current.stat || seen.len > 0) && self.hides_a_truncation() {
            return self.truncated(None, world, block, out);
        }
        let Some(current) = &mut self.current else { return Ok(false) };
        if seen != current.stat {
            current.changed_at = world.now;
        }
        let before = std::mem::replace(&mut current.stat, seen);
        if seen.len < before.len {
            let (from, to) = (seen.len, before.len);
            let message = format!("was cut back: bytes {from} to {to} were not read before they went away");
            notify(out, NoticeKind::Lost, &self.name, (Some(from), Some(to)), message);
        }
        self.pump(world, block, out)
    }

    /// Reads a file on that has lost its name: it may have been truncated before.
    fn read_on(&mut self, world: &TickContext, block: &mut [u8], out: &mut dyn Listener) -> Result<bool, Stop> {
        let unchanged = match &mut self.current {
            Some(current) => current.unchanged()? && !self.hides_a_truncation(),
            None => true,
        };
        if unchanged { self.pump(world, block, out) } else { self.truncated(None, world, block, out) }
    }

    /// Reads on. True when its turn was over before the bytes were.
    fn pump(&mut self, world: &TickContext, block: &mut [u8], out: &mut dyn Listener) -> Result<bool, Stop> {
        let mut left = READ_QUOTA_BYTES;
        while left > 0 {
            let Some(current) = &mut self.current else { return Ok(false) };
            match current.read(block)? {
                ReadOutcome::End => return Ok(false),
                ReadOutcome::Rewritten { to } => return self.truncated(Some(to), world, block, out),
                ReadOutcome::Hole { to } => {
                    let from = current.read_to();
                    go(current.skip_hole(&self.name, to, out))?;
                    let message =
                        format!("bytes {from} to {to} are zeros (the log was truncated under its writer): passed over");
                    notify(out, NoticeKind::Hole, &self.name, (Some(from), Some(to)), message);
                }
                ReadOutcome::Bytes(n) => {
                    if let Some(what) = current.sniff(&block[..n]) {
                        notify(out, NoticeKind::Unreadable, &self.name, (Some(0), None), what);
                        return Ok(false);
                    }
                    current.grown_at = world.now;
                    self.take(&block[..n], world, out)?;
                    left = left.saturating_sub(n);
                }
            }
        }
        Ok(true)
    }
}
