//! Joins sources, engine and report: the only place that knows all three.

mod collector;
mod follow;
mod leaks;
mod log_file;
mod merge;
mod opening;
mod part;
#[cfg(feature = "archives")]
mod prescan;
mod read_ahead;
mod scan_input;
mod stitch;
mod surroundings;
mod workers;

use std::{ops::ControlFlow, path::PathBuf, sync::Arc};

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::{
    engine::{Engine, HitSummary},
    extract::redact::{KnownUsers, PseudonymKey, Pseudonyms, RedactionLevel},
    model::{Finding, Severity, Timestamp},
    report::Report,
    source::{self, Limits, Progress},
};
use collector::Collector;
pub use follow::{Event, Follow, FollowCounts, FollowSession, FollowSummary, FollowedFinding, Superseded};
pub use leaks::{LeakedItem, leaks};
use part::OutputMode;
pub use surroundings::{ContextLine, RecordContext};

/// One end of a time window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeBound {
    /// An instant, compared with the log's time and offset.
    Instant(DateTime<Utc>),
    /// A wall-clock time without offset, compared with the log's own wall clock.
    Local(NaiveDateTime),
}

impl TimeBound {
    fn is_before(self, time: &Timestamp) -> bool {
        match self {
            Self::Instant(moment) => moment <= time.instant(),
            Self::Local(moment) => moment <= time.local,
        }
    }

    fn is_after(self, time: &Timestamp) -> bool {
        match self {
            Self::Instant(moment) => time.instant() <= moment,
            Self::Local(moment) => time.local <= moment,
        }
    }
}

/// Which findings are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Not earlier. Records without a time are outside every window.
    pub since: Option<TimeBound>,
    /// Not later.
    pub until: Option<TimeBound>,
    /// Only these patterns; empty means all.
    pub patterns: Vec<String>,
    /// At least this grave.
    pub severity: Option<Severity>,
}

impl Filter {
    /// True when anything is left out.
    fn is_on(&self) -> bool {
        self.since.is_some() || self.until.is_some() || !self.patterns.is_empty() || self.severity.is_some()
    }

    fn wants(&self, sighting: &HitSummary<'_>) -> bool {
        let pattern = sighting.pattern;
        if self.severity.is_some_and(|least| pattern.severity < least) {
            return false;
        }
        if !self.patterns.is_empty() && !self.patterns.contains(&pattern.id) {
            return false;
        }
        if self.since.is_none() && self.until.is_none() {
            return true;
        }
        let Some(time) = sighting.time() else { return false };
        self.since.is_none_or(|since| since.is_before(&time)) && self.until.is_none_or(|until| until.is_after(&time))
    }
}

/// A scan of paths: what to read, what to keep, how to show it.
#[derive(Debug, Clone)]
pub struct Scan<'e> {
    engine: &'e Engine,
    paths: Vec<PathBuf>,
    filter: Filter,
    redaction: RedactionLevel,
    key: Option<PseudonymKey>,
    limits: Limits,
    threads: usize,
    #[cfg(feature = "mmap")]
    map: bool,
    #[cfg(feature = "archives")]
    bounds: source::ArchiveLimits,
    user_patterns: bool,
    progress: Arc<Progress>,
}

impl<'e> Scan<'e> {
    /// A scan with this engine.
    #[must_use]
    pub fn new(engine: &'e Engine) -> Self {
        Self {
            engine,
            paths: Vec::new(),
            filter: Filter::default(),
            redaction: RedactionLevel::SecretsAndPeople,
            key: None,
            limits: Limits::default(),
            threads: 0,
            #[cfg(feature = "mmap")]
            map: false,
            #[cfg(feature = "archives")]
            bounds: source::ArchiveLimits::default(),
            user_patterns: false,
            progress: Arc::default(),
        }
    }

    /// What to read; `-` is standard input.
    #[must_use]
    pub fn paths(mut self, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        self.paths = paths.into_iter().map(Into::into).collect();
        self
    }

    /// Which findings are wanted.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// What is hidden in them.
    #[must_use]
    pub fn redaction(mut self, hide: RedactionLevel) -> Self {
        self.redaction = hide;
        self
    }

    /// Names people by this key, so that they are called the same in every report made with it.
    #[must_use]
    pub fn pseudonym_key(mut self, key: Option<PseudonymKey>) -> Self {
        self.key = key;
        self
    }

    /// Sizes of reads and of the longest record.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How many threads scan a file; 0, the default, means as many as the machine runs at once.
    /// The result is the same for any number.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Maps files into memory in place of reading them. Quicker, but a file that is made shorter
    /// meanwhile ends the process with a signal: only for files at rest.
    #[cfg(feature = "mmap")]
    #[must_use]
    pub fn mmap(mut self, yes: bool) -> Self {
        self.map = yes;
        self
    }

    /// How large archives may grow and how deep they may nest.
    #[cfg(feature = "archives")]
    #[must_use]
    pub fn archive_limits(mut self, bounds: source::ArchiveLimits) -> Self {
        self.bounds = bounds;
        self
    }

    /// Says in the report that the catalogue has entries of the user's own.
    #[must_use]
    pub fn user_patterns(mut self, yes: bool) -> Self {
        self.user_patterns = yes;
        self
    }

    /// Where the run tells how far it has come.
    #[must_use]
    pub fn progress(mut self, progress: Arc<Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// Reads everything; the report lists all findings.
    #[must_use]
    pub fn run(&self) -> Report {
        let mut findings = Vec::new();
        let mut report = self.drive(OutputMode::List, &mut |finding| {
            findings.push(finding);
            ControlFlow::Continue(())
        });
        report.findings = findings;
        report
    }

    /// Reads everything; the report has incidents and counts, and memory stays flat.
    #[must_use]
    pub fn summarize(&self) -> Report {
        self.drive(OutputMode::Counts, &mut |_| ControlFlow::Continue(()))
    }

    /// Hands each finding on as it is found, in the order of the log; memory stays flat.
    #[must_use]
    pub fn for_each(&self, mut each: impl FnMut(Finding) -> ControlFlow<()>) -> Report {
        self.drive(OutputMode::Stream, &mut each)
    }

    /// Hands each finding on as [`Scan::for_each`] does; the incidents of the report number their
    /// findings in the order in which they were handed on.
    #[must_use]
    pub fn for_each_indexed(&self, mut each: impl FnMut(Finding) -> ControlFlow<()>) -> Report {
        self.drive(OutputMode::List, &mut each)
    }

    /// As [`Scan::numbered`], and reads the inputs a second time for `around` lines before and behind
    /// the first record of each incident. Standard input cannot be read twice and has none.
    ///
    /// A user may be named in a finding before anything tells that the name is a user's. The users known
    /// at the end are given back: let them hide in the texts of the findings too.
    #[must_use]
    pub fn with_context_lines(
        &self,
        around: u64,
        mut each: impl FnMut(Finding) -> ControlFlow<()>,
    ) -> (Report, Vec<RecordContext>, KnownUsers) {
        let mut plan = source::Plan::default();
        let (mut report, mut names) = self.planned(OutputMode::List, &mut plan, &mut each);
        let (around, known) = surroundings::read(self, &plan.volumes, &mut report, around, &mut names);
        (report, around, known)
    }

    /// The files that would be read, in the order in which they were named.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        source::discover(&self.paths).0.into_iter().map(|input| input.path).collect()
    }

    fn drive(&self, keep: OutputMode, each: &mut dyn FnMut(Finding) -> ControlFlow<()>) -> Report {
        self.planned(keep, &mut source::Plan::default(), each).0
    }

    /// Reads everything; leaves in `plan` what was read.
    fn planned(
        &self,
        keep: OutputMode,
        plan: &mut source::Plan,
        each: &mut dyn FnMut(Finding) -> ControlFlow<()>,
    ) -> (Report, Pseudonyms) {
        #[cfg(feature = "archives")]
        let mut passing = prescan::Prescan::new(self, keep);
        *plan = source::plan(
            &self.paths,
            &self.progress,
            #[cfg(feature = "archives")]
            self.bounds,
            #[cfg(feature = "archives")]
            &mut passing,
        );
        let faults = std::mem::take(&mut plan.faults);
        let mut collector = Collector::new(self, keep, each, &plan.volumes, faults);
        #[cfg(feature = "archives")]
        collector.read(&mut |number| passing.take(number));
        #[cfg(not(feature = "archives"))]
        collector.read(&mut |_| Vec::new());
        collector.finish()
    }
}
