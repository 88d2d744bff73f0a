//! Joins sources, engine and report: the only place that knows all three.

use std::{io, ops::ControlFlow, path::PathBuf};

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::{
    catalogue::{Catalogue, Status},
    engine::{self, Engine, Hit},
    extract::redact::{Hide, Pseudonyms},
    model::{Fault, FaultKind, Finding, Severity, Timestamp},
    record::{self, boundary},
    report::{Brief, CatalogueInfo, InputSummary, Ledger, Opening, Report, SCHEMA, Summary, Tool},
    source::{self, Cutter, Input, Limits, PieceKind},
};

/// One end of a time window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// An instant, compared with the log's time and offset.
    Instant(DateTime<Utc>),
    /// A wall-clock time without offset, compared with the log's own wall clock.
    Local(NaiveDateTime),
}

impl Moment {
    fn is_before(self, time: &Timestamp) -> bool {
        match self {
            Self::Instant(moment) => moment <= time.instant(),
            Self::Local(moment) => moment <= time.local,
        }
    }

    fn is_behind(self, time: &Timestamp) -> bool {
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
    pub since: Option<Moment>,
    /// Not later.
    pub until: Option<Moment>,
    /// Only these patterns; empty means all.
    pub patterns: Vec<String>,
    /// At least this grave.
    pub severity: Option<Severity>,
}

impl Filter {
    fn wants(&self, hit: &Hit<'_>) -> bool {
        if self.severity.is_some_and(|least| hit.pattern.severity < least) {
            return false;
        }
        if !self.patterns.is_empty() && !self.patterns.contains(&hit.pattern.id) {
            return false;
        }
        if self.since.is_none() && self.until.is_none() {
            return true;
        }
        let Some(time) = hit.record.header.as_ref().and_then(|header| header.timestamp) else { return false };
        self.since.is_none_or(|since| since.is_before(&time)) && self.until.is_none_or(|until| until.is_behind(&time))
    }
}

/// A scan of paths: what to read, what to keep, how to show it.
#[derive(Debug, Clone)]
pub struct Scan<'e> {
    engine: &'e Engine,
    paths: Vec<PathBuf>,
    filter: Filter,
    hide: Hide,
    limits: Limits,
    user_patterns: bool,
}

impl<'e> Scan<'e> {
    /// A scan with this engine.
    #[must_use]
    pub fn new(engine: &'e Engine) -> Self {
        Self {
            engine,
            paths: Vec::new(),
            filter: Filter::default(),
            hide: Hide::SecretsAndPeople,
            limits: Limits::default(),
            user_patterns: false,
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
    pub fn hide(mut self, hide: Hide) -> Self {
        self.hide = hide;
        self
    }

    /// Sizes of reads and of the longest record.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Says in the report that the catalogue has entries of the user's own.
    #[must_use]
    pub fn user_patterns(mut self, yes: bool) -> Self {
        self.user_patterns = yes;
        self
    }

    /// Reads everything; the report lists all findings.
    #[must_use]
    pub fn run(&self) -> Report {
        let mut findings = Vec::new();
        let mut report = self.drive(Keep::List, &mut |finding| {
            findings.push(finding);
            ControlFlow::Continue(())
        });
        report.findings = findings;
        report
    }

    /// Reads everything; the report has incidents and counts, and memory stays flat.
    #[must_use]
    pub fn summarize(&self) -> Report {
        self.drive(Keep::Counts, &mut |_| ControlFlow::Continue(()))
    }

    /// Hands each finding on as it is found, in the order of the log; memory stays flat.
    #[must_use]
    pub fn for_each(&self, mut each: impl FnMut(Finding) -> ControlFlow<()>) -> Report {
        self.drive(Keep::Stream, &mut each)
    }

    fn drive(&self, keep: Keep, each: &mut dyn FnMut(Finding) -> ControlFlow<()>) -> Report {
        let (inputs, faults) = source::discover(&self.paths);
        let mut run = Run {
            scan: self,
            keep,
            each,
            names: Pseudonyms::default(),
            ledger: Ledger::default(),
            summary: Summary::default(),
            faults,
            stopped: false,
        };
        let inputs: Vec<InputSummary> = inputs.iter().map(|input| run.read(input)).collect();
        run.report(inputs)
    }
}

/// What becomes of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// All are handed on and numbered.
    List,
    /// All are handed on.
    Stream,
    /// They are counted.
    Counts,
}

/// How many soft errors a report lists one by one.
const MOST_FAULTS: usize = 1000;

/// One run under way.
struct Run<'s, 'e> {
    scan: &'s Scan<'e>,
    keep: Keep,
    each: &'s mut dyn FnMut(Finding) -> ControlFlow<()>,
    names: Pseudonyms,
    ledger: Ledger,
    summary: Summary,
    faults: Vec<Fault>,
    stopped: bool,
}

impl Run<'_, '_> {
    fn read(&mut self, input: &Input) -> InputSummary {
        let mut summary = InputSummary {
            source: input.name.clone(),
            kind: input.kind.as_str(),
            bytes: 0,
            lines: 0,
            records: None,
            first_timestamp: None,
            last_timestamp: None,
            complete: true,
            fault: None,
        };
        if self.stopped {
            summary.complete = false;
            return summary;
        }
        let opened = match source::open(&input.path) {
            Ok(opened) => opened,
            Err(error) => {
                let (kind, message) = unreadable(&error);
                self.fault(&mut summary, None, kind, message);
                return summary;
            }
        };
        let mut cutter = Cutter::new(opened.reader, opened.offset, self.scan.limits);
        let mut times = Times::default();
        let mut open_line = false;
        loop {
            match cutter.next() {
                Ok(Some(piece)) => {
                    open_line = !piece.bytes.ends_with(b"\n");
                    match piece.kind {
                        PieceKind::Skipped => {
                            summary.lines += memchr::memchr_iter(b'\n', piece.bytes).count() as u64;
                        }
                        PieceKind::Records => {
                            times.see(piece.bytes);
                            self.scan_piece(input, piece.bytes, piece.offset, false, &mut summary);
                        }
                        PieceKind::Closed { record } => {
                            times.see(piece.bytes);
                            let limit = self.scan.limits.record;
                            let message = format!(
                                "a record longer than {limit} bytes: its head was read, its tail was passed over up to the next record"
                            );
                            self.fault(&mut summary, Some(record), FaultKind::RecordTooLong, message);
                            self.scan_piece(input, piece.bytes, piece.offset, true, &mut summary);
                        }
                    }
                    if self.stopped {
                        summary.complete = false;
                        break;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    let (kind, message) = unreadable(&error);
                    self.fault(&mut summary, Some(cutter.read_to()), kind, message);
                    cutter.finish();
                }
            }
        }
        summary.bytes = cutter.read_to();
        summary.lines += u64::from(open_line);
        summary.first_timestamp = times.first.map(|time| time.to_rfc3339());
        summary.last_timestamp = times.last.map(|time| time.to_rfc3339());
        summary
    }

    fn scan_piece(&mut self, input: &Input, bytes: &[u8], offset: u64, closed: bool, summary: &mut InputSummary) {
        let engine = self.scan.engine;
        let before = summary.lines;
        let mut cut_ids = Vec::new();
        let tally = engine.scan(bytes, offset, closed, |hit| {
            if self.stopped || !self.scan.filter.wants(hit) {
                return;
            }
            if hit.statement().is_some_and(|statement| statement.truncated_id) {
                cut_ids.push(hit.offset);
            }
            self.take(hit, &input.name, before + hit.lines_before + 1);
        });
        for offset in cut_ids {
            let message =
                "the provider's id is cut off in the log; look for the same failure in a newer record".to_owned();
            self.fault(summary, Some(offset), FaultKind::TruncatedId, message);
        }
        summary.lines += tally.newlines;
        self.summary.mentions += tally.mentions;
    }

    fn take(&mut self, hit: &Hit<'_>, source: &str, line: u64) {
        let (catalogue, hide) = (self.scan.engine.catalogue(), self.scan.hide);
        let index = usize::try_from(self.summary.findings).ok().filter(|_| self.keep == Keep::List);
        let brief = brief(hit, index);
        self.summary.count(&brief);
        let finding = (self.keep != Keep::Counts).then(|| {
            let mut finding = engine::write_up(hit, catalogue, source, line, hide);
            self.names.settle_all(&mut finding);
            finding
        });
        self.ledger.add(&brief, hide, &mut self.names, |names| {
            let sample = finding.clone().unwrap_or_else(|| {
                let mut sample = engine::write_up(hit, catalogue, source, line, hide);
                names.settle_all(&mut sample);
                sample
            });
            let said = engine::explain(catalogue, hit.pattern, hit.code, hit.text);
            Opening {
                sample,
                cause: said.cause,
                steps: said.steps,
                references: said.references,
                preview: hit.pattern.status == Status::Preview,
            }
        });
        if let Some(finding) = finding
            && (self.each)(finding).is_break()
        {
            self.stopped = true;
        }
    }

    fn fault(&mut self, summary: &mut InputSummary, offset: Option<u64>, kind: FaultKind, message: String) {
        if kind.incomplete() {
            summary.complete = false;
            summary.fault.get_or_insert_with(|| message.clone());
        }
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault { source: summary.source.clone(), offset, kind, message });
        }
    }

    fn report(mut self, inputs: Vec<InputSummary>) -> Report {
        let catalogue = self.scan.engine.catalogue();
        let incidents = self.ledger.close();
        self.summary.close(incidents.len(), |code| {
            catalogue.codes().get(code).is_some()
                || catalogue.patterns().iter().any(|pattern| pattern.rule.aadsts.contains(&code))
        });
        Report {
            schema: SCHEMA,
            tool: tool(catalogue, self.scan.user_patterns),
            generated_at: generated_at(),
            inputs,
            summary: self.summary,
            incidents,
            findings: Vec::new(),
            faults: self.faults,
        }
    }
}

fn brief<'h>(hit: &Hit<'h>, index: Option<usize>) -> Brief<'h> {
    let subject = hit.subject();
    let header = hit.record.header.as_ref();
    let statement = hit.statement();
    Brief {
        pattern: &hit.pattern.id,
        severity: hit.pattern.severity,
        code: hit.code,
        code_apart: hit.pattern.rule.aadsts_other,
        time: header.and_then(|header| header.timestamp),
        trace_id: statement.and_then(|statement| statement.trace_id),
        correlation_id: statement.and_then(|statement| statement.correlation_id),
        subject: [subject.app_id, subject.tenant, subject.mailbox, header.and_then(|header| header.mail_server)],
        index,
    }
}

/// Times of the first and the last record.
#[derive(Default)]
struct Times {
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Times {
    fn see(&mut self, bytes: &[u8]) {
        if self.first.is_none() {
            let start = if boundary::is_start(bytes) { 0 } else { boundary::next(bytes, 0) };
            self.first = time_of(&bytes[start..]);
        }
        let last = boundary::last(bytes, 0, bytes.len()).unwrap_or(0);
        self.last = time_of(&bytes[last..]).or(self.last);
    }
}

fn time_of(bytes: &[u8]) -> Option<Timestamp> {
    let end = boundary::next(bytes, 0);
    record::read(&bytes[..end], &mut Vec::new()).header?.timestamp
}

/// What to say of an input that cannot be read, or not to its end.
fn unreadable(error: &io::Error) -> (FaultKind, String) {
    match error.kind() {
        io::ErrorKind::PermissionDenied => (
            FaultKind::PermissionDenied,
            "may not be read: run as the user that runs Jira, or copy the file".to_owned(),
        ),
        io::ErrorKind::NotFound => (FaultKind::NotFound, "no such file: check the path".to_owned()),
        _ => (
            FaultKind::Read,
            format!("reading failed: {error}; what was read before is reported, try again with a copy of the file"),
        ),
    }
}

fn tool(catalogue: &Catalogue, user_patterns: bool) -> Tool {
    let version = env!("CARGO_PKG_VERSION");
    Tool {
        name: env!("CARGO_PKG_NAME"),
        version,
        catalogue: CatalogueInfo {
            version: if user_patterns { format!("{version}+user") } else { version.to_owned() },
            patterns: catalogue.patterns().len(),
            codes: catalogue.codes().len(),
        },
    }
}

/// Now, or `SOURCE_DATE_EPOCH` when that is set, so that reports can be compared byte for byte.
fn generated_at() -> String {
    let fixed = std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|seconds| seconds.parse().ok())
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    fixed.unwrap_or_else(Utc::now).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
