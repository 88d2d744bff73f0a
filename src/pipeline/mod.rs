//! Connects sources, engine and report: the only place that knows all three.

mod collector;
mod encoded;
mod faults;
mod filter;
mod follow;
mod incident_seed;
mod job;
mod log_file;
mod merge;
mod options;
mod part;
mod prescan;
mod ranges;
mod read_ahead;
mod recall;
mod redact_text;
mod scan_input;
mod spare_buffers;
mod stitch;
mod ticket;
mod time_spec;
mod workers;

use std::{
    io::{self, Read},
    ops::ControlFlow,
    path::PathBuf,
    sync::Arc,
};

use chrono::{DateTime, Utc};

use crate::{
    engine::Engine,
    extract::redact::{KnownUsers, PseudonymKey, Pseudonyms, RedactionLevel},
    model::Finding,
    report::Report,
    source::{self, ArchiveLimits, Input, Limits, Plan, Progress, ReadAt},
};
use collector::{Collector, FindingSink};
#[cfg(feature = "render")]
pub(crate) use collector::{Listed, Room};
pub use encoded::FindingEncoder;
pub use filter::{Filter, TimeBound};
pub use follow::{Event, Follow, FollowCounts, FollowError, FollowSession, FollowSummary, FollowedFinding, Superseded};
use options::{Encoder, OutputMode, ScanOptions};
use prescan::Prescan;
pub use redact_text::redact;
pub use ticket::{
    context_lines::{ContextLine, RecordContext},
    leak_check::{LeakedItem, leaks},
};
pub use time_spec::{TimeSpec, TimeSpecError};

/// A scan: what to read, which findings to report, and how.
///
/// ```
/// # use std::sync::Arc;
/// use oauthsift::{Catalogue, Engine, Input, Scan};
///
/// let engine = Engine::new(Arc::new(Catalogue::builtin()));
/// let older = "2026-01-05 20:34:03,014+0000 main ERROR [c.a.o.X] The error message is: AADSTS7000215: Invalid";
/// let newer = " client secret provided.\n2026-01-05 20:35:00,000+0000 main INFO [c.a.X] done\n";
/// let report = Scan::new(&engine)
///     .input(Input::bytes("log/atlassian-jira.log.1", older))
///     .input(Input::bytes("log/atlassian-jira.log", newer))
///     .run();
/// // Rotation has cut the record; its parts are put together by the names.
/// assert_eq!(report.findings.len(), 1);
/// assert_eq!(report.findings[0].source, "log/atlassian-jira.log.1");
/// ```
#[derive(Debug, Clone)]
pub struct Scan<'e> {
    options: ScanOptions<'e>,
    inputs: Vec<Input>,
}

impl<'e> Scan<'e> {
    /// A scan with this engine and nothing to read yet.
    #[must_use]
    pub fn new(engine: &'e Engine) -> Self {
        Self { options: ScanOptions::new(engine), inputs: Vec::new() }
    }

    /// Adds something to read.
    #[must_use]
    pub fn input(mut self, input: impl Into<Input>) -> Self {
        self.inputs.push(input.into());
        self
    }

    /// Adds several things to read, in this order.
    #[must_use]
    pub fn inputs(mut self, inputs: impl IntoIterator<Item = impl Into<Input>>) -> Self {
        self.inputs.extend(inputs.into_iter().map(Into::into));
        self
    }

    /// Adds paths to read: files, folders with logs, glob patterns; `-` is standard input.
    #[must_use]
    pub fn paths(self, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        self.inputs(paths.into_iter().map(Input::path))
    }

    /// Sets which findings are wanted. Default: all.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.options.filter = filter;
        self
    }

    /// What is redacted.
    #[cfg(feature = "ticket")]
    pub(crate) fn level(&self) -> RedactionLevel {
        self.options.redaction
    }

    /// Sets what is redacted in findings. Default: secrets and people.
    #[must_use]
    pub fn redaction(mut self, level: RedactionLevel) -> Self {
        self.options.redaction = level;
        self
    }

    /// Sets a key for pseudonyms, so that people have the same pseudonyms in every report made with it.
    #[must_use]
    pub fn pseudonym_key(mut self, key: Option<PseudonymKey>) -> Self {
        self.options.key = key;
        self
    }

    /// Sets the sizes of reads, records and ranges.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.options.limits = limits;
        self
    }

    /// Sets how many threads scan; 0, the default, means as many as the machine runs at once. With 1 no
    /// thread is started. The result is the same for any number.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.options.threads = threads;
        self
    }

    /// Maps files into memory instead of reading them. Faster, but when a file is truncated in the
    /// meantime, the operating system ends the process with a signal: only for files that nobody writes
    /// to.
    #[cfg(feature = "mmap")]
    #[must_use]
    pub fn mmap(mut self, yes: bool) -> Self {
        self.options.mmap = yes;
        self
    }

    /// Sets how large archives may become and how deep they may nest. Has no effect in a build without
    /// the feature `archives`, which refuses all of them.
    #[must_use]
    pub fn archive_limits(mut self, limits: ArchiveLimits) -> Self {
        self.options.archive_limits = limits;
        self
    }

    /// Sets where zips within compressed archives are kept: `hold` reads one to its end and returns it, so that it
    /// can be read at any offset. Default: in memory. [`ArchiveLimits::max_held_bytes`] applies in any case.
    #[must_use]
    pub fn hold_zips(mut self, hold: fn(&mut dyn Read) -> io::Result<Arc<dyn ReadAt>>) -> Self {
        self.options.holder = hold;
        self
    }

    /// Marks the catalogue version in the report as extended with the user's own patterns.
    #[must_use]
    pub fn user_patterns(mut self, yes: bool) -> Self {
        self.options.user_patterns = yes;
        self
    }

    /// Sets the time of the report. Default: `SOURCE_DATE_EPOCH` if set, else the current time; in a
    /// browser, where there is no clock, 1970-01-01.
    #[must_use]
    pub fn generated_at(mut self, time: DateTime<Utc>) -> Self {
        self.options.generated_at = Some(time);
        self
    }

    /// Sets where the run reports its progress.
    #[must_use]
    pub fn progress(mut self, progress: Arc<Progress>) -> Self {
        self.options.progress = progress;
        self
    }

    /// Reads everything; the report lists all findings.
    #[must_use]
    pub fn run(&self) -> Report {
        let mut findings = Vec::new();
        let mut report = self.run_mode(OutputMode::List, &mut |finding| {
            findings.push(finding);
            ControlFlow::Continue(())
        });
        report.findings = findings;
        report
    }

    /// Reads everything; the report has incidents and counts but no findings. Memory does not grow with
    /// the number of findings.
    #[must_use]
    pub fn summarize(&self) -> Report {
        self.run_mode(OutputMode::Counts, &mut |_| ControlFlow::Continue(()))
    }

    /// Calls `each` with every finding as it is found, in the order of the log. Memory does not grow with
    /// the number of findings. [`ControlFlow::Break`] ends the scan.
    #[must_use]
    pub fn for_each(&self, mut each: impl FnMut(Finding) -> ControlFlow<()>) -> Report {
        self.run_mode(OutputMode::Stream, &mut each)
    }

    /// The same as [`Scan::for_each`]; besides, the incidents of the report refer to their findings by
    /// number, in the order in which `each` got them.
    #[must_use]
    pub fn for_each_indexed(&self, mut each: impl FnMut(Finding) -> ControlFlow<()>) -> Report {
        self.run_mode(OutputMode::List, &mut each)
    }

    /// The same as [`Scan::for_each_written_indexed`] for a list that has room for so many findings. Once `each` says that there is
    /// no more, the others are not built, and it gets their times alone. Texts of incidents are redacted with what is
    /// known from the findings listed, as in a report without findings.
    #[cfg(feature = "render")]
    pub(crate) fn for_each_listed(
        &self,
        encoder: &dyn FindingEncoder,
        mut each: impl FnMut(Listed<'_>) -> Room,
    ) -> Report {
        self.run_plan(OutputMode::List, FindingSink::Listed(encoder, &mut each)).0
    }

    /// Calls `each` with every finding as the encoder writes it: the same findings in the same order as
    /// [`Scan::for_each`], but written by the threads that find them.
    #[must_use]
    pub fn for_each_written(
        &self,
        encoder: &dyn FindingEncoder,
        mut each: impl FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Report {
        self.run_plan(OutputMode::Stream, FindingSink::Written(encoder, &mut each)).0
    }

    /// The same as [`Scan::for_each_written`], with incidents that refer to their findings by number as
    /// [`Scan::for_each_indexed`] returns them.
    #[must_use]
    pub fn for_each_written_indexed(
        &self,
        encoder: &dyn FindingEncoder,
        mut each: impl FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Report {
        self.run_plan(OutputMode::List, FindingSink::Written(encoder, &mut each)).0
    }

    /// The same as [`Scan::for_each_indexed`]; besides, reads the inputs a second time for `lines` lines
    /// before and after the first record of each incident. Standard input and readers cannot be read
    /// twice and give no lines.
    ///
    /// A user may be named in a finding before a header shows that the name is a user's. So the users
    /// known at the end are returned: redact the texts of the findings with them, too.
    #[must_use]
    pub fn with_context_lines(
        &self,
        lines: u64,
        mut each: impl FnMut(Finding) -> ControlFlow<()>,
    ) -> (Report, Vec<RecordContext>, KnownUsers) {
        let (mut report, mut pseudonyms, plan) = self.run_plan(OutputMode::List, FindingSink::Findings(&mut each));
        let (contexts, known_users) =
            ticket::context_lines::read(&self.options, &self.inputs, &plan.inputs, &mut report, lines, &mut pseudonyms);
        (report, contexts, known_users)
    }

    /// The files of the paths that would be read, in the order given; folders are listed. Inputs that are
    /// no paths are not among them.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let paths: Vec<PathBuf> = self.inputs.iter().filter_map(Input::as_path).map(PathBuf::from).collect();
        source::discover(&paths, &mut |_| ()).0.into_iter().map(|input| input.path).collect()
    }

    fn run_mode(&self, mode: OutputMode, each: &mut dyn FnMut(Finding) -> ControlFlow<()>) -> Report {
        self.run_plan(mode, FindingSink::Findings(each)).0
    }

    /// Reads everything; also returns the pseudonyms that were given and what was read.
    fn run_plan(&self, mode: OutputMode, sink: FindingSink<'_>) -> (Report, Pseudonyms, Plan) {
        let encoder = match sink {
            FindingSink::Written(encoder, _) => Some(Encoder(encoder)),
            #[cfg(feature = "render")]
            FindingSink::Listed(encoder, _) => Some(Encoder(encoder)),
            FindingSink::Findings(_) => None,
        };
        let options = &ScanOptions {
            subjects: Arc::default(),
            encoder,
            forms: Arc::default(),
            list_is_full: Arc::default(),
            ..self.options.clone()
        };
        let mut prescan = Prescan::new(options, mode);
        let mut plan = source::plan(&self.inputs, &options.progress, options.archive_limits, &mut prescan);
        let faults = std::mem::take(&mut plan.faults);
        let mut collector = Collector::new(options, mode, sink, &plan.inputs, faults);
        collector.read(&mut |number| prescan.take(number));
        let (report, pseudonyms) = collector.finish();
        (report, pseudonyms, plan)
    }
}
