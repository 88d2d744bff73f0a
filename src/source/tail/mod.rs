//! Following logs that are written to, rotated, truncated and replaced, without losing a record or
//! handing one on twice.
//!
//! [`step`](step::step) decides, without touching a file, what a look at a path means; [`Follower`]
//! carries it out for one log, [`Tail`] for many. Time comes from outside, as a monotonic clock.

mod checkpoint;
mod emitter;
mod filesystem;
mod fingerprint;
mod follower;
mod generation_reader;
mod rotated_files;
mod start_position;
mod state;
mod step;

use std::{
    collections::BTreeMap,
    io,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Serialize;

pub use fingerprint::hash;
use follower::Follower;
use generation_reader::GenerationReader;
pub use start_position::StartPosition;
pub use state::{FollowState, StateError};

use super::{
    Chunk, Limits,
    discover::{self, discover},
};

/// Some records of a followed log.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'b> {
    /// The log as it was named.
    pub source: &'b str,
    /// The bytes.
    pub piece: Chunk<'b>,
    /// Line breaks before them in their file.
    pub lines: u64,
    /// Tells one file from another, whatever its name: a hash of its first line.
    pub origin: u64,
    /// Tells the generations of one run apart.
    pub serial: u64,
    /// How sure it is that the last record is whole.
    pub standing: Completeness,
    /// May have been handed on by an earlier run that was killed.
    pub repeated: bool,
}

/// How sure it is that a batch's last record is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Completeness {
    /// It is taken as complete because nothing came for a while; it may still go on.
    pub open: bool,
    /// It ends within a line.
    pub torn: bool,
    /// It was handed on before, as open.
    pub again: Option<Continuation>,
}

impl Completeness {
    const FINAL: Self = Self { open: false, torn: false, again: None };
}

/// What became of a record that was handed on as open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuation {
    /// Nothing was added to it.
    Same,
    /// It went on.
    More,
}

/// Something that a person, or a service that watches, wants to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// What happened.
    #[serde(rename = "notice")]
    pub kind: NoticeKind,
    /// The log as it was named.
    pub source: String,
    /// The byte at which it happened, or the first byte concerned.
    pub byte_from: Option<u64>,
    /// The byte behind the last one concerned.
    pub byte_to: Option<u64>,
    /// The same in words, and what to do where something is to be done.
    pub message: String,
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NoticeKind {
    /// The path shows nothing yet, or nothing any more.
    Waiting,
    /// The path shows a file.
    Found,
    /// Another file has the name; the one before was read to its end.
    Rotated,
    /// The file was made shorter or written anew.
    Truncated,
    /// A generation that was rotated away unseen was read, or the rest of one.
    CaughtUp,
    /// Bytes that could not be read before they went away.
    Lost,
    /// A hole of zeros was passed over.
    Hole,
    /// Reading or looking fails; it is tried again.
    Unreadable,
    /// It works again.
    Readable,
    /// Goes on where an earlier run stopped.
    Resumed,
    /// The earlier run was killed: findings since its last save come again, with the same ids.
    Unclean,
    /// A record above the size limit was closed there.
    RecordTooLong,
    /// An id of the provider is cut off in the log.
    TruncatedId,
    /// A finding that was handed on is none: its record went on.
    Withdrawn,
    /// The state could not be written.
    StateNotSaved,
}

/// Who wants what following gives.
pub trait Listener {
    /// Records, in the order of their log.
    fn batch(&mut self, batch: &Batch<'_>) -> ControlFlow<()>;
    /// A notice.
    fn notice(&mut self, notice: Notice);
}

/// How to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowTiming {
    /// After so long without growth the last record is taken as complete.
    pub quiet: Duration,
    /// So long a file that was renamed away is still read, for writers that hold it open.
    pub grace: Duration,
    /// Where to start in files that are there at the beginning.
    pub from: StartPosition,
}

/// Several logs, followed.
#[derive(Debug)]
pub struct Tail {
    pace: FollowTiming,
    limits: Limits,
    followers: BTreeMap<PathBuf, Follower>,
    folders: Vec<PathBuf>,
    stdin: Option<GenerationReader>,
    roots: Vec<PathBuf>,
    block: Vec<u8>,
    next_listing: Duration,
    saved: Option<FollowState>,
    started: bool,
}

/// Folders are listed so often for new files.
const LISTING_INTERVAL: Duration = Duration::from_millis(1000);
/// Bytes read at a time.
const READ_SIZE: usize = 256 << 10;
/// Logs of a folder that were away for so long are forgotten.
const FORGET_AFTER: Duration = Duration::from_secs(600);

/// The name of standard input.
const STDIN: &str = "-";

impl Tail {
    /// Follows `paths`: files, folders with Jira's logs, `-` for standard input. `saved` is what an
    /// earlier run left.
    #[must_use]
    pub fn new(paths: &[PathBuf], pace: FollowTiming, limits: Limits, saved: Option<FollowState>) -> Self {
        let limits = Limits { read_size: READ_SIZE, ..limits };
        let mut tail = Self {
            pace,
            limits,
            followers: BTreeMap::new(),
            folders: Vec::new(),
            stdin: None,
            roots: roots(paths),
            block: vec![0; READ_SIZE],
            next_listing: Duration::ZERO,
            saved,
            started: false,
        };
        for path in paths {
            if path.as_os_str() == STDIN {
                tail.stdin = Some(GenerationReader::detached(limits, Duration::ZERO));
            } else if path.is_dir() {
                tail.folders.push(path.clone());
            } else {
                tail.followers.insert(path.clone(), Follower::new(path.clone(), false));
            }
        }
        tail
    }

    /// Looks at everything once. True when there is more to read at once.
    pub fn poll(&mut self, now: Duration, out: &mut dyn Listener) -> ControlFlow<(), bool> {
        if now >= self.next_listing {
            self.next_listing = now + LISTING_INTERVAL;
            self.list();
        }
        let mut more = false;
        let world = follower::TickContext { pace: self.pace, limits: self.limits, now };
        for (path, follower) in &mut self.followers {
            if !follower.is_ready() {
                let saved = self.saved.as_ref().and_then(|saved| Some((saved.log(path)?, saved.is_clean())));
                // A file that comes later is new from its first byte on.
                let late = self.started && follower.in_folder();
                follower.begin(saved, late, &world, out)?;
            }
            more |= follower.poll(&world, &mut self.block, out)?;
        }
        self.started = true;
        self.followers.retain(|_, follower| !(follower.in_folder() && follower.away_for(now) > FORGET_AFTER));
        if let Some(stdin) = &mut self.stdin {
            stdin.quiet(STDIN, now, self.pace.quiet, false, out)?;
        }
        ControlFlow::Continue(more)
    }

    /// New logs in folders.
    fn list(&mut self) {
        for folder in &self.folders {
            let (inputs, _) = discover(std::slice::from_ref(folder));
            for input in inputs {
                if !discover::is_written_to(&input.path) || self.followers.contains_key(&input.path) {
                    continue;
                }
                // A log that was renamed to a name that looks like another log is the same log.
                let known = filesystem::probe(&input.path).0;
                if !self.followers.values().any(|follower| follower.knows(known, &input.path)) {
                    self.followers.insert(input.path.clone(), Follower::new(input.path, true));
                }
            }
        }
    }

    /// Bytes of standard input; `None` is its end.
    pub fn stdin(&mut self, bytes: Option<&[u8]>, now: Duration, out: &mut dyn Listener) -> ControlFlow<()> {
        let Some(stdin) = &mut self.stdin else { return ControlFlow::Continue(()) };
        stdin.grown_at = now;
        match bytes {
            Some(bytes) => {
                stdin.see(bytes);
                stdin.feed(STDIN, bytes, out)
            }
            None => {
                // The end of the input ends its last line too.
                stdin.finish(STDIN, false, &mut CompleteOnly(out))?;
                self.stdin = None;
                ControlFlow::Continue(())
            }
        }
    }

    /// True when standard input is to be read.
    #[must_use]
    pub fn wants_stdin(&self) -> bool {
        self.stdin.is_some()
    }

    /// True when there is nothing but standard input to follow.
    #[must_use]
    pub fn has_files(&self) -> bool {
        !self.followers.is_empty() || !self.folders.is_empty()
    }

    /// Ends: hands on what is whole. With `keep`, an unfinished line is left for the next run.
    pub fn close(&mut self, keep: bool, now: Duration, out: &mut dyn Listener) -> ControlFlow<()> {
        let world = follower::TickContext { pace: self.pace, limits: self.limits, now };
        for follower in self.followers.values_mut() {
            follower.close(keep, &world, &mut self.block, out)?;
        }
        if let Some(mut stdin) = self.stdin.take() {
            stdin.finish(STDIN, false, out)?;
        }
        ControlFlow::Continue(())
    }

    /// Where everything stands. `clean` says that nothing was handed on since.
    #[must_use]
    pub fn save(&self, clean: bool) -> FollowState {
        let logs = self.followers.iter().filter_map(|(path, follower)| Some((path.as_path(), follower.save()?)));
        FollowState::new(&self.roots, clean, logs)
    }

    /// Files that are there now.
    #[must_use]
    pub fn files(&self) -> usize {
        self.followers.values().filter(|follower| follower.is_there()).count() + usize::from(self.stdin.is_some())
    }

    /// Files whose reading or looking fails at present.
    #[must_use]
    pub fn troubled(&self) -> usize {
        self.followers.values().filter(|follower| follower.is_troubled()).count()
    }
}

/// Standard input's end: its last record is whole, with or without a line break.
struct CompleteOnly<'o>(&'o mut dyn Listener);

impl Listener for CompleteOnly<'_> {
    fn batch(&mut self, batch: &Batch<'_>) -> ControlFlow<()> {
        self.0.batch(&Batch { standing: Completeness { torn: false, ..batch.standing }, ..*batch })
    }

    fn notice(&mut self, notice: Notice) {
        self.0.notice(notice);
    }
}

/// The paths as a state file names them.
fn roots(paths: &[PathBuf]) -> Vec<PathBuf> {
    paths.iter().filter(|path| path.as_os_str() != STDIN).map(|path| absolute(path)).collect()
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

fn notify(
    out: &mut dyn Listener,
    kind: NoticeKind,
    source: &str,
    (from, to): (Option<u64>, Option<u64>),
    message: impl Into<String>,
) {
    out.notice(Notice { kind, source: source.to_owned(), byte_from: from, byte_to: to, message: message.into() });
}

/// True for the errors that a network file system gives for a file that was replaced on the server.
fn is_stale(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::StaleNetworkFileHandle
}
