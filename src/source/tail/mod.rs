//! Following logs that are written to, rotated, truncated and replaced, without losing a record or
//! passing one on twice.
//!
//! [`step`](step::step) decides, without touching a file, what the state of a path means;
//! [`Follower`](follower::Follower) carries it out for one log, [`Tail`] for many. Time comes from outside,
//! as a monotonic clock.

mod batch;
mod checkpoint;
mod emitter;
mod filesystem;
mod fingerprint;
mod follower;
mod generation_reader;
mod notice;
mod rotated_files;
mod start_position;
mod state;
mod step;
mod timing;

use std::{collections::BTreeMap, ops::ControlFlow, path::PathBuf, time::Duration};

use super::{
    Limits,
    discover::{self, discover},
};
use batch::CompleteOnly;
pub(crate) use batch::{Batch, Continuation, Listener};
pub(crate) use fingerprint::hash;
use follower::Follower;
use generation_reader::GenerationReader;
pub use notice::{Notice, NoticeKind};
pub use start_position::StartPosition;
pub(crate) use state::FollowState;
pub use state::StateError;
use state::{STDIN, root_paths};
pub(crate) use timing::FollowTiming;
use timing::TickContext;

/// Several logs that are followed.
#[derive(Debug)]
pub(crate) struct Tail {
    timing: FollowTiming,
    limits: Limits,
    followers: BTreeMap<PathBuf, Follower>,
    folders: Vec<PathBuf>,
    stdin: Option<GenerationReader>,
    root_paths: Vec<PathBuf>,
    block: Vec<u8>,
    next_listing: Duration,
    saved: Option<FollowState>,
    started: bool,
}

/// Time between two listings of folders for new files.
const LISTING_INTERVAL: Duration = Duration::from_millis(1000);
/// Bytes that are read at a time.
const READ_BYTES: usize = 256 << 10;
/// Logs of a folder that have been missing for this time are forgotten.
const FORGET_AFTER: Duration = Duration::from_secs(600);

impl Tail {
    /// Follows `paths`: files, folders with Jira's logs, `-` for standard input. `saved` is the state of an
    /// earlier run.
    #[must_use]
    pub(crate) fn new(paths: &[PathBuf], timing: FollowTiming, limits: Limits, saved: Option<FollowState>) -> Self {
        let limits = Limits { read_bytes: READ_BYTES, ..limits };
        let mut tail = Self {
            timing,
            limits,
            followers: BTreeMap::new(),
            folders: Vec::new(),
            stdin: None,
            root_paths: root_paths(paths),
            block: vec![0; READ_BYTES],
            next_listing: Duration::ZERO,
            saved,
            started: false,
        };
        for path in paths {
            if path.as_os_str() == STDIN {
                tail.stdin = Some(GenerationReader::without_file(limits, Duration::ZERO));
            } else if path.is_dir() {
                tail.folders.push(path.clone());
            } else {
                tail.followers.insert(path.clone(), Follower::new(path.clone(), false));
            }
        }
        tail
    }

    /// Polls everything once. True when more can be read at once.
    pub(crate) fn poll(&mut self, now: Duration, out: &mut dyn Listener) -> ControlFlow<(), bool> {
        if now >= self.next_listing {
            self.next_listing = now + LISTING_INTERVAL;
            self.list_folders();
        }
        let mut has_more = false;
        let tick = TickContext { timing: self.timing, limits: self.limits, now };
        for (path, follower) in &mut self.followers {
            if !follower.is_ready() {
                let saved = self.saved.as_ref().and_then(|saved| Some((saved.log(path)?, saved.is_clean())));
                // A file that appears later is new from its first byte on.
                let appeared_later = self.started && follower.in_folder();
                follower.begin(saved, appeared_later, &tick, out)?;
            }
            has_more |= follower.poll(&tick, &mut self.block, out)?;
        }
        self.started = true;
        self.followers.retain(|_, follower| !(follower.in_folder() && follower.missing_for(now) > FORGET_AFTER));
        if let Some(stdin) = &mut self.stdin {
            stdin.flush_if_quiet(STDIN, now, self.timing.quiet, false, out)?;
        }
        ControlFlow::Continue(has_more)
    }

    /// Finds new logs in folders.
    fn list_folders(&mut self) {
        for folder in &self.folders {
            let (inputs, _) = discover(std::slice::from_ref(folder));
            for input in inputs {
                if !discover::is_written_to(&input.path) || self.followers.contains_key(&input.path) {
                    continue;
                }
                // A log that was renamed to the name of another log is the same log.
                let path_state = filesystem::probe(&input.path).0;
                if !self.followers.values().any(|follower| follower.has_read(path_state, &input.path)) {
                    self.followers.insert(input.path.clone(), Follower::new(input.path, true));
                }
            }
        }
    }

    /// Takes bytes of standard input; `None` is its end.
    pub(crate) fn stdin(&mut self, bytes: Option<&[u8]>, now: Duration, out: &mut dyn Listener) -> ControlFlow<()> {
        let Some(stdin) = &mut self.stdin else { return ControlFlow::Continue(()) };
        stdin.grown_at = now;
        match bytes {
            Some(bytes) => {
                stdin.remember_head(bytes);
                stdin.push(STDIN, bytes, out)
            }
            None => {
                // The end of the input ends its last line, too.
                stdin.finish(STDIN, false, &mut CompleteOnly(out))?;
                self.stdin = None;
                ControlFlow::Continue(())
            }
        }
    }

    /// True when standard input is to be read.
    #[must_use]
    pub(crate) fn wants_stdin(&self) -> bool {
        self.stdin.is_some()
    }

    /// True when files or folders are followed.
    #[must_use]
    pub(crate) fn has_files(&self) -> bool {
        !self.followers.is_empty() || !self.folders.is_empty()
    }

    /// Ends: passes on what is complete. With `keep_unfinished`, an unfinished line is left for the next run.
    pub(crate) fn close(&mut self, keep_unfinished: bool, now: Duration, out: &mut dyn Listener) -> ControlFlow<()> {
        let tick = TickContext { timing: self.timing, limits: self.limits, now };
        for follower in self.followers.values_mut() {
            follower.close(keep_unfinished, &tick, &mut self.block, out)?;
        }
        if let Some(mut stdin) = self.stdin.take() {
            stdin.finish(STDIN, false, out)?;
        }
        ControlFlow::Continue(())
    }

    /// The positions in all logs. `clean` says that nothing was passed on since.
    #[must_use]
    pub(crate) fn save(&self, clean: bool) -> FollowState {
        let logs = self.followers.iter().filter_map(|(path, follower)| Some((path.as_path(), follower.save()?)));
        FollowState::new(&self.root_paths, clean, logs)
    }

    /// Number of files that exist now.
    #[must_use]
    pub(crate) fn files(&self) -> usize {
        self.followers.values().filter(|follower| follower.exists()).count() + usize::from(self.stdin.is_some())
    }

    /// Number of files that cannot be read at present.
    #[must_use]
    pub(crate) fn troubled(&self) -> usize {
        self.followers.values().filter(|follower| follower.is_failing()).count()
    }
}
