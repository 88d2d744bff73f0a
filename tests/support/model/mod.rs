//! The model: a log, the processes that write and rotate it, and what must be found.

mod files;
mod observed;
mod records;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};

use oauthsift::{Engine, Follow, FollowSession, StartPosition};

use observed::Observed;
pub(crate) use records::Choices;

/// How long a rotated file is still read for late writes.
const GRACE: Duration = Duration::from_secs(2);
/// Number of rotated generations that are kept.
const MAX_GENERATIONS: usize = 4;
/// A generation of the log, as its writers see it.
#[derive(Default)]
struct Generation {
    /// The records that end in it, and whether the follower has read them.
    records: BTreeMap<u64, bool>,
    rotated_at: Option<Duration>,
    /// Whether the follower has had it open.
    seen: bool,
    /// Its file was removed before the follower started: what is written to it late cannot be found.
    unreachable: bool,
}

struct Model<'e> {
    engine: &'e Engine,
    path: PathBuf,
    state: PathBuf,
    rng: Choices,
    now: Duration,
    transcript: Vec<String>,
    next: u64,
    writer: Option<File>,
    /// The generation that was renamed last, and the file handle of its writer.
    late: Option<(File, usize)>,
    /// A record that is being written: its number and its remaining bytes.
    unfinished: Option<(u64, String)>,
    generations: Vec<Generation>,
    /// The generation at the log's path.
    current: Option<usize>,
    /// Records that may be missing from the result.
    may_miss: BTreeSet<u64>,
    /// Records that were read, but would be missing if the follower were killed now.
    at_risk: BTreeSet<u64>,
    /// Records whose file is gone: they cannot be read again.
    gone: BTreeSet<u64>,
    /// Records that were written late: they may be found out of order.
    unordered: BTreeSet<u64>,
    observed: Observed,
}

/// Runs a program in an empty folder.
pub(crate) fn run(engine: &Engine, choices: Choices, folder: &Path) -> Result<(), String> {
    let shown = format!("{choices:?}");
    let mut model = Model {
        engine,
        path: folder.join("jira.log"),
        state: folder.join("state.json"),
        rng: choices,
        now: Duration::from_secs(1),
        transcript: Vec::new(),
        next: 1,
        writer: None,
        late: None,
        unfinished: None,
        generations: Vec::new(),
        current: None,
        may_miss: BTreeSet::new(),
        at_risk: BTreeSet::new(),
        gone: BTreeSet::new(),
        unordered: BTreeSet::new(),
        observed: Observed::default(),
    };
    model.play();
    model.verify().map_err(|problem| format!("{shown}: {problem}\n  {}", model.transcript.join("\n  ")))
}

impl Model<'_> {
    fn play(&mut self) {
        let runs = 1 + self.rng.below(4);
        for run in 0..runs {
            let last = run + 1 == runs;
            let follow = Follow::new(self.engine)
                .paths([&self.path])
                .from(StartPosition::Start)
                .grace(GRACE)
                .state(Some(self.state.clone()));
            let mut session = follow.begin().expect("a valid state");
            self.note("follow starts");
            for removed in self.rotated_before(MAX_GENERATIONS) {
                self.generations[removed].unreachable = true;
            }
            self.poll(&mut session, 0);
            for _ in 0..4 + self.rng.below(25) {
                self.act(Some(&mut session));
            }
            if last {
                self.finish_record();
                for _ in 0..40 {
                    self.poll(&mut session, 200);
                }
            }
            let kill = !last && self.rng.chance(40);
            if kill {
                self.note("follow is killed");
                let at_risk = std::mem::take(&mut self.at_risk);
                self.may_miss.extend(at_risk);
                let found: BTreeSet<u64> = self.found_complete();
                self.may_miss.extend(self.gone.difference(&found));
                drop(session);
            } else {
                self.poll(&mut session, 0);
                self.note("follow is stopped");
                let now = self.now;
                let summary = session.close(false, now, &mut |event| self.observed.record(event));
                assert!(!summary.cancelled);
                let descriptions = std::mem::take(&mut self.observed.descriptions);
                self.note(format!("on stop: {}", descriptions.join(", ")));
                self.at_risk.clear();
                // Its start was in memory alone.
                self.may_miss_begun_in_removed_file();
            }
            if !last {
                for _ in 0..self.rng.below(8) {
                    self.act(None);
                }
            }
        }
    }

    fn note(&mut self, what: impl Into<String>) {
        let (now, what) = (self.now.as_millis(), what.into());
        if what != "poll: " {
            self.transcript.push(format!("{now:>6} ms  {what}"));
        }
    }

    fn act(&mut self, session: Option<&mut FollowSession<'_>>) {
        let running = session.is_some();
        match self.rng.below(100) {
            0..22 => self.append(),
            22..30 => self.start_record(),
            30..38 => {
                self.finish_record();
            }
            38..46 => self.rotate(running),
            46..50 => {
                // Twice between two polls.
                self.rotate(running);
                self.append();
                self.rotate(running);
            }
            50..55 => self.copy_and_truncate(running),
            55..60 => self.truncate(running),
            60..63 => self.delete(running),
            63..68 => self.write_late(running),
            68..71 => self.compress(),
            _ => {
                if let Some(session) = session {
                    let wait = [1, 20, 100, 100, 100, 300, 700, 6000][self.rng.below(8) as usize];
                    self.poll(session, wait);
                }
            }
        }
    }

    fn poll(&mut self, session: &mut FollowSession<'_>, wait: u64) {
        self.now += Duration::from_millis(wait);
        let now = self.now;
        loop {
            match session.poll(now, &mut |event| self.observed.record(event)) {
                ControlFlow::Continue(true) => {}
                ControlFlow::Continue(false) => break,
                ControlFlow::Break(()) => unreachable!("the callback never stops"),
            }
        }
        let descriptions = std::mem::take(&mut self.observed.descriptions);
        self.note(format!("poll: {}", descriptions.join(", ")));
        self.mark_as_read();
        if let Some(current) = self.current {
            self.generations[current].seen = true;
        }
    }

    /// Everything written so far has been read.
    fn mark_as_read(&mut self) {
        self.at_risk.clear();
        for generation in &mut self.generations {
            generation.records.values_mut().for_each(|read| *read = true);
        }
    }
}
