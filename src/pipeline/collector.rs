//! Puts the parts of all ranges in order: true line numbers, pseudonyms for people, one report.

#[cfg(feature = "render")]
use std::sync::atomic::Ordering;
use std::{ops::ControlFlow, sync::Arc};

use chrono::{DateTime, Utc};

use super::{
    encoded::{Completion, Emission, FindingEncoder},
    filter::ExcludedCounts,
    incident_seed::incident_seed,
    log_file::log_file,
    merge::{self, MergeSink},
    options::{OutputMode, ScanOptions},
    part::{LocalFault, MAX_FAULTS, PartialResult},
    stitch::{PlacedPart, StitchContext, Stitcher},
    workers,
};
use crate::{
    catalogue::Catalogue,
    extract::redact::Pseudonyms,
    model::{Fault, FaultKind, Finding, Timestamp},
    report::{
        CatalogueInfo, IncidentAggregator, InputPosition, InputSummary, Log, Logs, Redaction, Report, SCHEMA, Summary,
        Tool,
    },
    source::PlannedInput,
};

/// One run.
pub(super) struct Collector<'s, 'f> {
    options: &'s ScanOptions<'s>,
    mode: OutputMode,
    sink: FindingSink<'f>,
    completion: Completion,
    inputs: &'s [PlannedInput],
    states: Vec<InputState>,
    pseudonyms: Pseudonyms,
    incidents: IncidentAggregator,
    findings: usize,
    /// With several nodes: the position in the list of each finding, in the order in which they were
    /// counted.
    positions: Vec<u32>,
    emitted: u32,
    mentions: u64,
    excluded: ExcludedCounts,
    /// What could not be read at all.
    unreadable: Vec<Fault>,
    faults: Vec<Fault>,
    /// How many more there were.
    unlisted_faults: u64,
    stopped: bool,
}

/// What takes the findings.
pub(super) enum FindingSink<'f> {
    Findings(&'f mut dyn FnMut(Finding) -> ControlFlow<()>),
    /// Written with the encoder, as many as there is room for, and the times of the others.
    #[cfg(feature = "render")]
    Listed(&'f dyn FindingEncoder, &'f mut dyn FnMut(Listed<'_>) -> Room),
    /// Written with the encoder.
    Written(&'f dyn FindingEncoder, &'f mut dyn FnMut(&[u8]) -> ControlFlow<()>),
}

/// A finding of a list that has room for so many.
#[cfg(feature = "render")]
#[derive(Debug)]
pub(crate) enum Listed<'w> {
    /// As the encoder writes it.
    Finding(&'w [u8]),
    /// The time of one that comes after the last for which there was room, as findings have it.
    Time(Option<String>),
}

/// What a list has room for after a finding.
#[cfg(feature = "render")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// The next finding.
    Finding,
    /// Times alone.
    Times,
}

/// What was read of an input.
#[derive(Debug, Default)]
struct InputState {
    lines: u64,
    ends_within_line: bool,
    end: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    fault: Option<String>,
    shrunk: bool,
}

impl<'s, 'f> Collector<'s, 'f> {
    pub(super) fn new(
        options: &'s ScanOptions<'s>,
        mode: OutputMode,
        sink: FindingSink<'f>,
        inputs: &'s [PlannedInput],
        faults: Vec<Fault>,
    ) -> Self {
        Self {
            options,
            mode,
            sink,
            completion: Completion::default(),
            inputs,
            states: inputs.iter().map(|_| InputState::default()).collect(),
            pseudonyms: Pseudonyms::with_key(options.key.clone()),
            incidents: IncidentAggregator::new(options.redaction, Arc::clone(&options.subjects)),
            findings: 0,
            positions: Vec::new(),
            emitted: 0,
            mentions: 0,
            excluded: ExcludedCounts::default(),
            unreadable: faults.iter().filter(|fault| fault.kind == FaultKind::Damaged).cloned().collect(),
            faults,
            unlisted_faults: 0,
            stopped: false,
        }
    }

    /// Reads all inputs to their ends, or as far as they can be read. `take_prescanned` returns what was
    /// scanned while an archive was indexed.
    pub(super) fn read(&mut self, take_prescanned: &mut dyn FnMut(usize) -> Vec<PartialResult>) {
        let (options, mode, inputs) = (self.options, self.mode, self.inputs);
        if inputs.iter().any(|input| input.node.is_some()) {
            merge::scan(options, mode, inputs, take_prescanned, self);
            return;
        }
        let context = StitchContext { options, mode, inputs };
        let mut stitcher = Stitcher::default();
        let mut at = 0;
        // Runs of inputs that were prescanned, and of those that were not.
        while at < inputs.len() && !self.stopped {
            if let Some(number) = inputs[at].prescanned() {
                for part in take_prescanned(number) {
                    if self.merge_all(stitcher.push(&context, at, part)).is_break() {
                        return;
                    }
                }
                at += 1;
                continue;
            }
            let from = at;
            at += inputs[at..].iter().take_while(|input| input.prescanned().is_none()).count();
            workers::scan(options, mode, &inputs[from..at], &mut |i, part| {
                self.merge_all(stitcher.push(&context, from + i, part))
            });
        }
        if !self.stopped {
            let _ = self.merge_all(stitcher.finish(&context));
        }
    }

    fn merge_all(&mut self, placed: Vec<PlacedPart>) -> ControlFlow<()> {
        placed.into_iter().try_for_each(|placed| self.merge(placed))
    }

    /// Adds the next part, in the order of the log.
    fn merge(&mut self, mut placed: PlacedPart) -> ControlFlow<()> {
        let (input, lines) = (placed.input, placed.lines);
        placed.findings = placed.part.finding_count();
        let (findings, buffers) = placed.part.take_findings();
        for finding in findings {
            self.emit(input, lines, finding)?;
        }
        self.options.spare_buffers.put(buffers);
        self.count(placed);
        ControlFlow::Continue(())
    }

    /// Sets pseudonyms, node and true line of a finding, and emits it.
    fn emit(&mut self, input: usize, lines: u64, finding: Emission) -> ControlFlow<()> {
        self.pseudonyms.counting(true);
        let node = &self.inputs[input].node;
        let flow = match (&mut self.sink, finding) {
            (FindingSink::Findings(each), Emission::Finding(mut finding)) => {
                finding.line += lines;
                finding.node.clone_from(node);
                self.pseudonyms.apply_to_finding(&mut finding);
                each(*finding)
            }
            #[cfg(feature = "render")]
            (FindingSink::Listed(encoder, each), finding) => {
                let is_full = &self.options.list_is_full;
                let time = match &finding {
                    Emission::Time(time) => Some(time.map(|time| time.to_rfc3339())),
                    // A worker built it before the list was full.
                    Emission::Finding(finding) => is_full.load(Ordering::Relaxed).then(|| finding.timestamp.clone()),
                    Emission::Encoded(_, _, time) => {
                        is_full.load(Ordering::Relaxed).then(|| time.map(|time| time.to_rfc3339()))
                    }
                };
                if let Some(time) = time {
                    each(Listed::Time(time));
                } else {
                    let completion = &mut self.completion;
                    let written = completion.complete(finding, lines, node.as_deref(), &mut self.pseudonyms, *encoder);
                    is_full.store(each(Listed::Finding(written)) == Room::Times, Ordering::Relaxed);
                }
                ControlFlow::Continue(())
            }
            // Only a list can be full.
            (FindingSink::Findings(_), Emission::Encoded(..) | Emission::Time(_))
            | (FindingSink::Written(..), Emission::Time(_)) => ControlFlow::Continue(()),
            (FindingSink::Written(encoder, each), finding) => {
                each(self.completion.complete(finding, lines, node.as_deref(), &mut self.pseudonyms, *encoder))
            }
        };
        self.stopped |= flow.is_break();
        flow
    }

    /// Adds all but the findings; returns how many were counted before.
    fn count(&mut self, placed: PlacedPart) -> usize {
        let PlacedPart { input: index, lines, stitched, findings, part } = placed;
        for fault in part.faults {
            self.add_fault(index, fault);
        }
        self.unlisted_faults += part.unlisted_faults;
        self.mentions += part.mentions;
        self.excluded.merge(part.excluded);
        let findings_before = self.findings;
        self.findings += findings;
        let (engine, redaction, input) = (self.options.engine, self.options.redaction, &self.inputs[index]);
        // The texts of incidents count only when no finding is listed besides.
        self.pseudonyms.counting(self.mode == OutputMode::Counts);
        let lines_before = lines - part.lines_counted_before;
        let position = InputPosition { source: &input.name, lines: lines_before, findings: findings_before };
        self.incidents.merge(part.counts, position, &mut self.pseudonyms, |first| {
            let mut opened = None;
            engine.scan(&first.record, first.offset, first.truncated, |hit| {
                opened.get_or_insert_with(|| {
                    let mut seed = incident_seed(hit, engine.catalogue(), &input.name, first.line, redaction);
                    seed.sample.node.clone_from(&input.node);
                    seed
                });
            });
            opened
        });
        let state = &mut self.states[index];
        if !stitched {
            state.lines += part.lines;
            if part.end > state.end {
                state.end = part.end;
                state.ends_within_line = part.ends_within_line;
            }
        }
        state.first = state.first.or(part.first);
        state.last = part.last.or(state.last);
        findings_before
    }

    fn add_fault(&mut self, input: usize, fault: LocalFault) {
        let LocalFault { offset, kind, message } = fault;
        let state = &mut self.states[input];
        // Every range after the end of a file that shrank would report the same.
        if kind == FaultKind::Shrunk && state.shrunk {
            return;
        }
        state.shrunk |= kind == FaultKind::Shrunk;
        // What is damaged, or no text, is reported as such.
        let source = &self.inputs[input].name;
        if kind == FaultKind::NoRecords && self.faults.iter().any(|known| known.source == *source) {
            return;
        }
        if kind.incomplete() {
            state.fault.get_or_insert_with(|| message.clone());
        }
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { source: self.inputs[input].name.clone(), offset, kind, message });
        } else {
            self.unlisted_faults += 1;
        }
    }

    /// What the report lists. That a limit was reached is the last fault.
    fn take_faults(&mut self) -> Vec<Fault> {
        let mut faults = std::mem::take(&mut self.faults);
        if let (more @ 1.., Some(last)) = (self.unlisted_faults, faults.last()) {
            let message = format!("{more} more faults are not listed; scan fewer files at a time to see them");
            faults.push(Fault { offset: None, message, ..last.clone() });
        }
        faults
    }

    fn input_summaries(&self) -> Vec<InputSummary> {
        let inputs = self.inputs.iter().zip(&self.states);
        // An entry that cannot be read is an input, too.
        let unreadable = self.unreadable.iter().map(|fault| InputSummary {
            source: fault.source.clone(),
            kind: "archive",
            node: None,
            duplicate_of: None,
            bytes: 0,
            lines: 0,
            records: None,
            first_timestamp: None,
            last_timestamp: None,
            complete: false,
            fault: Some(fault.message.clone()),
        });
        inputs
            .map(|(input, state)| InputSummary {
                source: input.name.clone(),
                kind: input.kind,
                node: input.node.clone(),
                duplicate_of: input.duplicate_of.clone(),
                bytes: state.end,
                lines: state.lines + u64::from(state.ends_within_line),
                records: None,
                first_timestamp: state.first.map(|time| time.to_rfc3339()),
                last_timestamp: state.last.map(|time| time.to_rfc3339()),
                complete: state.fault.is_none() && !self.stopped,
                fault: state.fault.clone(),
            })
            .chain(unreadable)
            .collect()
    }

    fn logs(&self) -> Vec<Log> {
        let logs = self.inputs.iter().zip(&self.states).filter(|(input, _)| input.duplicate_of.is_none());
        logs.map(|(input, state)| Log {
            first: state.first,
            last: state.last,
            ..log_file(&input.name, input.node.clone())
        })
        .collect()
    }

    /// The report without its list of findings, and the pseudonyms in it.
    pub(super) fn finish(mut self) -> (Report, Pseudonyms) {
        let catalogue = self.options.engine.catalogue();
        let faults = self.take_faults();
        let inputs = self.input_summaries();
        let generated_at = generated_at(self.options.generated_at);
        let logs = Logs::new(self.logs(), self.options.filter.is_active()).read_at(generated_at);
        self.pseudonyms.counting(self.mode == OutputMode::Counts);
        let (mut incidents, mut diagnosis, totals) = self.incidents.finish(&logs, &mut self.pseudonyms);
        if !self.positions.is_empty() {
            let lists = incidents.iter_mut().map(|incident| &mut incident.findings);
            for list in lists.chain(diagnosis.statements.iter_mut().map(|statement| &mut statement.findings)) {
                list.iter_mut().for_each(|index| *index = position(&self.positions, *index));
                list.sort_unstable();
            }
        }
        let summary = Summary::new(incidents.len(), totals, self.mentions, self.excluded.by_name(), |code| {
            catalogue.explains(code)
        });
        let report = Report {
            schema: SCHEMA,
            tool: tool(catalogue, self.options.user_patterns),
            generated_at: generated_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            inputs,
            summary,
            diagnosis,
            redaction: Redaction {
                people: if self.options.redaction.people() { "pseudonyms" } else { "shown" },
                keyed: self.options.key.is_some(),
                replaced: self.pseudonyms.replacements().counts().clone(),
            },
            incidents,
            findings: Vec::new(),
            faults,
        };
        (report, self.pseudonyms)
    }
}

/// The position in the list of the finding that was counted as number `index`.
fn position(positions: &[u32], index: usize) -> usize {
    positions.get(index).and_then(|position| usize::try_from(*position).ok()).unwrap_or(index)
}

impl MergeSink for Collector<'_, '_> {
    fn push_counts(&mut self, placed: PlacedPart) -> usize {
        let findings = placed.findings;
        let findings_before = self.count(placed);
        if self.mode == OutputMode::List {
            self.positions.resize(findings_before + findings, 0);
        }
        findings_before
    }

    fn push_finding(&mut self, input: usize, lines: u64, number: usize, finding: Emission) -> ControlFlow<()> {
        if let Some(position) = self.positions.get_mut(number) {
            *position = self.emitted;
        }
        self.emitted = self.emitted.saturating_add(1);
        self.emit(input, lines, finding)
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

/// The time of a report: the caller's, else `SOURCE_DATE_EPOCH`, so that reports can be compared byte for
/// byte, else the current time.
fn generated_at(given: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let source_date_epoch = || {
        let seconds = std::env::var("SOURCE_DATE_EPOCH").ok()?.parse().ok()?;
        DateTime::from_timestamp(seconds, 0)
    };
    given.or_else(source_date_epoch).unwrap_or_else(now)
}

/// WebAssembly in a browser has no clock; to ask for the time would panic.
fn now() -> DateTime<Utc> {
    if cfg!(all(target_family = "wasm", target_os = "unknown")) { DateTime::UNIX_EPOCH } else { Utc::now() }
}

#[cfg(all(test, feature = "render"))]
mod tests;
