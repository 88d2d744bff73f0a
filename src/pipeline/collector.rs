//! Puts the gains of all stretches in order: true lines, names for people, one report.

use std::{io, ops::ControlFlow};

use chrono::{DateTime, Utc};

use super::{
    Scan, crew,
    opening::opening,
    part::{Job, Keep, Part, Trouble},
};
use crate::{
    catalogue::Catalogue,
    engine::Recall,
    extract::redact::Pseudonyms,
    model::{Fault, FaultKind, Finding, Timestamp},
    report::{CatalogueInfo, InputSummary, Ledger, Log, Logs, Place, Redaction, Report, SCHEMA, Summary, Tool},
    source::{self, Cutter, Input, Opened},
};

/// How many soft errors a report lists one by one.
const MOST_FAULTS: usize = 1000;

/// One run under way.
pub(super) struct Collector<'s> {
    scan: &'s Scan<'s>,
    keep: Keep,
    each: &'s mut dyn FnMut(Finding) -> ControlFlow<()>,
    names: Pseudonyms,
    ledger: Ledger,
    findings: usize,
    mentions: u64,
    inputs: Vec<InputSummary>,
    logs: Vec<Log>,
    faults: Vec<Fault>,
    stopped: bool,
}

/// The input, or the entry of an archive, that is being read.
struct Reading {
    name: String,
    kind: &'static str,
    lines: u64,
    open_line: bool,
    end: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    fault: Option<String>,
    shrunk: bool,
}

impl Reading {
    fn new(name: String, kind: &'static str) -> Self {
        Self { name, kind, lines: 0, open_line: false, end: 0, first: None, last: None, fault: None, shrunk: false }
    }
}

impl<'s> Collector<'s> {
    pub(super) fn new(
        scan: &'s Scan<'s>,
        keep: Keep,
        each: &'s mut dyn FnMut(Finding) -> ControlFlow<()>,
        faults: Vec<Fault>,
    ) -> Self {
        Self {
            scan,
            keep,
            each,
            names: Pseudonyms::with_key(scan.key.clone()),
            ledger: Ledger::new(scan.hide),
            findings: 0,
            mentions: 0,
            inputs: Vec::new(),
            logs: Vec::new(),
            faults,
            stopped: false,
        }
    }

    /// Reads one input to its end, or as far as it goes.
    pub(super) fn read(&mut self, input: &Input) {
        let mut reading = Reading::new(input.name.clone(), input.kind.as_str());
        if !self.stopped {
            match source::open(&input.path) {
                Ok(Opened::Ranges(file)) => {
                    let job = Job { scan: self.scan, keep: self.keep, source: &input.name };
                    let threads = self.scan.threads;
                    crew::scan(&job, &file, threads, &mut |part| self.absorb(&mut reading, part));
                }
                #[cfg(feature = "archives")]
                Ok(Opened::Archive(file)) => {
                    let bounds = self.scan.bounds;
                    source::walk(file, &input.name, bounds, source::is_log_name, self);
                    return;
                }
                Ok(Opened::Stream { mut reader, offset }) => {
                    self.stream(&mut reading, &mut reader, offset, unreadable);
                }
                Err(error) => {
                    let (kind, message) = unreadable(&error);
                    self.fault(&mut reading, Trouble { offset: None, kind, message });
                }
            }
        }
        self.done(reading);
    }

    fn done(&mut self, reading: Reading) {
        self.logs.push(Log {
            node: node_of(&reading.name),
            source: reading.name.clone(),
            first: reading.first,
            last: reading.last,
        });
        self.inputs.push(InputSummary {
            source: reading.name,
            kind: reading.kind,
            bytes: reading.end,
            lines: reading.lines + u64::from(reading.open_line),
            records: None,
            first_timestamp: reading.first.map(|time| time.to_rfc3339()),
            last_timestamp: reading.last.map(|time| time.to_rfc3339()),
            complete: reading.fault.is_none() && !self.stopped,
            fault: reading.fault,
        });
    }

    /// Bytes that can only be read one after the other.
    fn stream(&mut self, reading: &mut Reading, reader: &mut dyn io::Read, offset: u64, told: Told) {
        let name = reading.name.clone();
        let job = Job { scan: self.scan, keep: self.keep, source: &name };
        let mut cutter = Cutter::new(reader, offset, self.scan.limits);
        let mut recall = Recall::default();
        loop {
            let mut part = Part::default();
            let more = match cutter.next() {
                Ok(Some(piece)) => {
                    part.feed(&job, &mut recall, &piece);
                    true
                }
                Ok(None) => false,
                Err(error) => {
                    let (kind, message) = told(&error);
                    self.fault(reading, Trouble { offset: Some(cutter.read_to()), kind, message });
                    cutter.finish();
                    continue;
                }
            };
            if !more || self.absorb(reading, part).is_break() {
                return;
            }
        }
    }

    /// Takes over the next stretch, in the order of the source.
    fn absorb(&mut self, reading: &mut Reading, part: Part) -> ControlFlow<()> {
        for trouble in part.troubles {
            self.fault(reading, trouble);
        }
        self.mentions += part.mentions;
        let before = self.findings;
        self.findings += part.findings.len();
        self.names.counting(true);
        for mut finding in part.findings {
            finding.line += reading.lines;
            self.names.settle_all(&mut finding);
            if (self.each)(finding).is_break() {
                self.stopped = true;
                return ControlFlow::Break(());
            }
        }
        let (engine, hide, source) = (self.scan.engine, self.scan.hide, &reading.name);
        // The incidents' own texts count only where no finding is listed beside them.
        self.names.counting(self.keep == Keep::Counts);
        let place = Place { source, lines: reading.lines, findings: before };
        self.ledger.absorb(part.counts, place, &mut self.names, |seed| {
            let mut opened = None;
            engine.scan(&seed.record, seed.offset, seed.truncated, |hit| {
                opened.get_or_insert_with(|| opening(hit, engine.catalogue(), source, seed.line, hide));
            });
            opened
        });
        reading.lines += part.lines;
        if part.end > reading.end {
            reading.end = part.end;
            reading.open_line = part.open_line;
        }
        reading.first = reading.first.or(part.first);
        reading.last = part.last.or(reading.last);
        ControlFlow::Continue(())
    }

    fn fault(&mut self, reading: &mut Reading, trouble: Trouble) {
        let Trouble { offset, kind, message } = trouble;
        // Every stretch behind the end of a file that shrank would say the same.
        if kind == FaultKind::Shrunk && reading.shrunk {
            return;
        }
        reading.shrunk |= kind == FaultKind::Shrunk;
        if kind.incomplete() {
            reading.fault.get_or_insert_with(|| message.clone());
        }
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Fault { source: reading.name.clone(), offset, kind, message });
        }
    }

    /// The report, without its list of findings.
    pub(super) fn report(self) -> Report {
        let catalogue = self.scan.engine.catalogue();
        let logs = Logs { list: self.logs, filtered: self.scan.filter.is_on() };
        let (incidents, diagnosis, sums) = self.ledger.close(&logs);
        let summary = Summary::new(incidents.len(), sums, self.mentions, |code| {
            catalogue.codes().get(code).is_some()
                || catalogue.patterns().iter().any(|pattern| pattern.rule.aadsts.contains(&code))
        });
        Report {
            schema: SCHEMA,
            tool: tool(catalogue, self.scan.user_patterns),
            generated_at: generated_at(),
            inputs: self.inputs,
            summary,
            diagnosis,
            redaction: Redaction {
                people: if self.scan.hide.people() { "pseudonyms" } else { "shown" },
                keyed: self.scan.key.is_some(),
                replaced: self.names.tally().counts().clone(),
            },
            incidents,
            findings: Vec::new(),
            faults: self.faults,
        }
    }
}

#[cfg(feature = "archives")]
impl source::Visitor for Collector<'_> {
    fn entry(&mut self, entry: source::Entry<'_>) -> ControlFlow<()> {
        let mut reading = Reading::new(entry.name, entry.kind);
        match source::decoded(entry.reader) {
            Ok((mut reader, offset)) => self.stream(&mut reading, &mut reader, offset, damaged),
            Err(error) => {
                let (kind, message) = damaged(&error);
                self.fault(&mut reading, Trouble { offset: None, kind, message });
            }
        }
        self.done(reading);
        if self.stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn refused(&mut self, refusal: source::Refusal) {
        let mut reading = Reading::new(refusal.name, "archive");
        self.fault(&mut reading, Trouble { offset: None, kind: FaultKind::Damaged, message: refusal.message });
        self.done(reading);
    }
}

/// The node of a cluster, when a folder or an archive on the way to the log is named after one.
pub(super) fn node_of(source: &str) -> Option<String> {
    let (folders, _) = source.rsplit_once('/')?;
    let named = folders.rsplit('/').find(|folder| folder.to_ascii_lowercase().contains("node"))?;
    let name = named.trim_end_matches('!').trim_end_matches(".zip").trim_end_matches(".tar.gz");
    Some(name.to_owned())
}

/// Words for an error.
type Told = fn(&io::Error) -> (FaultKind, String);

/// What to say of compressed data that does not decode to its end.
#[cfg(feature = "archives")]
fn damaged(error: &io::Error) -> (FaultKind, String) {
    let message =
        format!("the compressed data ends here: {error}; what was decoded before is reported, try a new copy");
    (FaultKind::Damaged, message)
}

/// What to say of an input that cannot be read, or not to its end.
pub(super) fn unreadable(error: &io::Error) -> (FaultKind, String) {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            (FaultKind::PermissionDenied, "may not be read: run as the user that runs Jira, or copy the file".to_owned())
        }
        io::ErrorKind::NotFound => (FaultKind::NotFound, "no such file: check the path".to_owned()),
        io::ErrorKind::UnexpectedEof => (
            FaultKind::Shrunk,
            "the file became shorter while it was read (truncated or rotated); what was read before is reported, run again for the rest".to_owned(),
        ),
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
