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
mod state_file;
mod step;
mod timing;
mod unsupported;

use std::{
    collections::{BTreeMap, HashSet},
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};

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
pub use state::StateError;
pub(crate) use state::{FollowState, Reported};
use state::{STDIN, root_paths};
pub(crate) use state_file::StateFile;
use step::{FileContent, PathState};
pub(crate) use timing::FollowTiming;
use timing::TickContext;
pub(crate) use unsupported::problem_of_path;

/// Several logs that are followed.
#[derive(Debug)]
pub(crate) struct Tail {
    timing: FollowTiming,
    limits: Limits,
    followers: BTreeMap<PathBuf, Follower>,
    folders: Vec<PathBuf>,
    /// The files in these folders that are not news: those that existed at the start.
    old_files: HashSet<FileContent>,
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
            old_files: HashSet::new(),
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

    /// Finds logs, and the positions at which to start in those that are new. Reads no records.
    pub(crate) fn prepare(&mut self, now: Duration, out: &mut dyn Listener) -> ControlFlow<()> {
        if !self.started {
            self.remember_files();
        }
        if now >= self.next_listing {
            self.next_listing = now + LISTING_INTERVAL;
            self.list_folders();
        }
        let tick = TickContext { timing: self.timing, limits: self.limits, now };
        for (path, follower) in self.followers.iter_mut().filter(|(_, follower)| !follower.is_ready()) {
            let saved = self.saved.as_ref().map(|saved| (saved.log(path), saved.is_clean()));
            // A log that appears later is new from its first byte on, and so are its rotated files.
            let old_files = (self.started && follower.in_folder()).then_some(&self.old_files);
            follower.begin(saved, old_files, &tick, &mut self.block, out)?;
        }
        self.started = true;
        ControlFlow::Continue(())
    }

    /// Polls everything once. True when more can be read at once.
    pub(crate) fn poll(&mut self, now: Duration, out: &mut dyn Listener) -> ControlFlow<(), bool> {
        self.prepare(now, out)?;
        let mut has_more = false;
        let tick = TickContext { timing: self.timing, limits: self.limits, now };
        for follower in self.followers.values_mut() {
            has_more |= follower.poll(&tick, &mut self.block, out)?;
        }
        let followed = self.followers.len();
        self.followers.retain(|_, follower| !(follower.in_folder() && follower.missing_for(now) > FORGET_AFTER));
        if self.followers.len() < followed {
            // Should a forgotten log come back, its rotated files have been read.
            self.remember_files();
        }
        if let Some(stdin) = &mut self.stdin {
            stdin.flush_if_quiet(STDIN, now, self.timing.quiet, false, out)?;
        }
        ControlFlow::Continue(has_more)
    }

    /// Remembers the files that are in the folders now.
    fn remember_files(&mut self) {
        let (inputs, _) = discover(&self.folders, &mut |_| ());
        let states = inputs.iter().map(|input| filesystem::probe(&input.path).0);
        self.old_files = states.filter_map(PathState::content).collect();
    }

    /// Finds new logs in folders.
    fn list_folders(&mut self) {
        for folder in &self.folders {
            let (inputs, _) = discover(std::slice::from_ref(folder), &mut |_| ());
            for input in inputs {
                if !discover::is_written_to(&input.path)
                    || self.followers.contains_key(&input.path)
                    || self.is_rotated_file(&input.path)
                {
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

    /// True for a rotated file of a log that is followed, was followed by an earlier run, or exists.
    fn is_rotated_file(&self, path: &Path) -> bool {
        discover::rotated_from(path).is_some_and(|log| {
            self.followers.contains_key(&log)
                || self.saved.as_ref().is_some_and(|saved| saved.log(&log).is_some())
                || log.is_file()
        })
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
