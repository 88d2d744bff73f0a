//! Puts the gains of all stretches in order: true lines, names for people, one report.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use super::{
    Scan,
    log_file::log_file,
    merge::{self, MergeSink},
    opening::opening,
    part::{LocalFault, OutputMode, PartialResult},
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
    source::Input,
};

/// How many soft errors a report lists one by one.
const MAX_FAULTS: usize = 1000;

/// One run under way.
pub(super) struct Collector<'s> {
    scan: &'s Scan<'s>,
    keep: OutputMode,
    each: &'s mut dyn FnMut(Finding) -> ControlFlow<()>,
    volumes: &'s [Input],
    readings: Vec<InputState>,
    names: Pseudonyms,
    incidents: IncidentAggregator,
    findings: usize,
    /// With several nodes: where the findings, in the order in which they were counted, stand in the
    /// list.
    order: Vec<u32>,
    listed: u32,
    mentions: u64,
    /// What could not be opened at all.
    refused: Vec<Fault>,
    faults: Vec<Fault>,
    stopped: bool,
}

/// What is known of a volume.
#[derive(Debug, Default)]
struct InputState {
    lines: u64,
    open_line: bool,
    end: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    fault: Option<String>,
    shrunk: bool,
}

impl<'s> Collector<'s> {
    pub(super) fn new(
        scan: &'s Scan<'s>,
        keep: OutputMode,
        each: &'s mut dyn FnMut(Finding) -> ControlFlow<()>,
        volumes: &'s [Input],
        faults: Vec<Fault>,
    ) -> Self {
        Self {
            scan,
            keep,
            each,
            volumes,
            readings: volumes.iter().map(|_| InputState::default()).collect(),
            names: Pseudonyms::with_key(scan.key.clone()),
            incidents: IncidentAggregator::new(scan.redaction),
            findings: 0,
            order: Vec::new(),
            listed: 0,
            mentions: 0,
            refused: faults.iter().filter(|fault| fault.kind == FaultKind::Damaged).cloned().collect(),
            faults,
            stopped: false,
        }
    }

    /// Reads all volumes to their ends, or as far as they go. `passed` gives what was scanned before.
    pub(super) fn read(&mut self, passed: &mut dyn FnMut(usize) -> Vec<PartialResult>) {
        if self.volumes.iter().any(|volume| volume.node.is_some()) {
            merge::scan(self.scan, self.keep, self.volumes, passed, self);
            return;
        }
        let joining = StitchContext { scan: self.scan, keep: self.keep, volumes: self.volumes };
        let mut joint = Stitcher::default();
        let mut at = 0;
        // Runs of volumes that were scanned in passing, and of those that were not.
        while at < self.volumes.len() && !self.stopped {
            if let Some(number) = self.volumes[at].prescanned() {
                for part in passed(number) {
                    if self.merge_all(joint.take(&joining, at, part)).is_break() {
                        return;
                    }
                }
                at += 1;
                continue;
            }
            let from = at;
            at += self.volumes[at..].iter().take_while(|volume| volume.prescanned().is_none()).count();
            workers::scan(self.scan, self.keep, &self.volumes[from..at], &mut |i, part| {
                self.merge_all(joint.take(&joining, from + i, part))
            });
        }
        if !self.stopped {
            let _ = self.merge_all(joint.finish(&joining));
        }
    }

    fn merge_all(&mut self, gains: Vec<PlacedPart>) -> ControlFlow<()> {
        gains.into_iter().try_for_each(|gain| self.merge(gain))
    }

    /// Takes over the next part, in the order of the log.
    fn merge(&mut self, mut gain: PlacedPart) -> ControlFlow<()> {
        let (volume, lines) = (gain.volume, gain.lines);
        let findings = std::mem::take(&mut gain.part.findings);
        gain.findings = findings.len();
        for finding in findings {
            self.emit(volume, lines, finding)?;
        }
        self.count(gain);
        ControlFlow::Continue(())
    }

    /// Names everybody in a finding, tells its true line, and hands it on.
    fn emit(&mut self, volume: usize, lines: u64, mut finding: Finding) -> ControlFlow<()> {
        finding.line += lines;
        finding.node.clone_from(&self.volumes[volume].node);
        self.names.counting(true);
        self.names.apply_to_finding(&mut finding);
        let flow = (self.each)(finding);
        self.stopped |= flow.is_break();
        flow
    }

    /// Takes over all but the findings; gives how many were counted before.
    fn count(&mut self, gain: PlacedPart) -> usize {
        let PlacedPart { volume, lines, joined, findings, part } = gain;
        for trouble in part.troubles {
            self.fault(volume, trouble);
        }
        self.mentions += part.mentions;
        let before = self.findings;
        self.findings += findings;
        let (engine, hide, what) = (self.scan.engine, self.scan.redaction, &self.volumes[volume]);
        // The incidents' own texts count only where no finding is listed beside them.
        self.names.counting(self.keep == OutputMode::Counts);
        let place = InputPosition { source: &what.name, lines, findings: before };
        self.incidents.merge(part.counts, place, &mut self.names, |seed| {
            let mut opened = None;
            engine.scan(&seed.record, seed.offset, seed.truncated, |hit| {
                opened.get_or_insert_with(|| {
                    let mut opening = opening(hit, engine.catalogue(), &what.name, seed.line, hide);
                    opening.sample.node.clone_from(&what.node);
                    opening
                });
            });
            opened
        });
        let reading = &mut self.readings[volume];
        if !joined {
            reading.lines += part.lines;
            if part.end > reading.end {
                reading.end = part.end;
                reading.open_line = part.open_line;
            }
        }
        reading.first = reading.first.or(part.first);
        reading.last = part.last.or(reading.last);
        before
    }

    fn fault(&mut self, volume: usize, trouble: LocalFault) {
        let LocalFault { offset, kind, message } = trouble;
        let reading = &mut self.readings[volume];
        // Every stretch behind the end of a file that shrank would say the same.
        if kind == FaultKind::Shrunk && reading.shrunk {
            return;
        }
        reading.shrunk |= kind == FaultKind::Shrunk;
        if kind.incomplete() {
            reading.fault.get_or_insert_with(|| message.clone());
        }
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { source: self.volumes[volume].name.clone(), offset, kind, message });
        }
    }

    fn inputs(&self) -> Vec<InputSummary> {
        let inputs = self.volumes.iter().zip(&self.readings);
        // What an archive would not give is an input all the same.
        let refused = self.refused.iter().map(|fault| InputSummary {
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
            .map(|(volume, reading)| InputSummary {
                source: volume.name.clone(),
                kind: volume.kind,
                node: volume.node.clone(),
                duplicate_of: volume.duplicate_of.clone(),
                bytes: reading.end,
                lines: reading.lines + u64::from(reading.open_line),
                records: None,
                first_timestamp: reading.first.map(|time| time.to_rfc3339()),
                last_timestamp: reading.last.map(|time| time.to_rfc3339()),
                complete: reading.fault.is_none() && !self.stopped,
                fault: reading.fault.clone(),
            })
            .chain(refused)
            .collect()
    }

    fn logs(&self) -> Vec<Log> {
        let logs = self.volumes.iter().zip(&self.readings).filter(|(volume, _)| volume.duplicate_of.is_none());
        logs.map(|(volume, reading)| Log {
            first: reading.first,
            last: reading.last,
            ..log_file(&volume.name, volume.node.clone())
        })
        .collect()
    }

    /// The report, without its list of findings, and who is who in it.
    pub(super) fn finish(mut self) -> (Report, Pseudonyms) {
        let catalogue = self.scan.engine.catalogue();
        let inputs = self.inputs();
        let logs = Logs { list: self.logs(), filtered: self.scan.filter.is_on() };
        self.names.counting(self.keep == OutputMode::Counts);
        let (mut incidents, mut diagnosis, sums) = self.incidents.finish(&logs, &mut self.names);
        if !self.order.is_empty() {
            let lists = incidents.iter_mut().map(|incident| &mut incident.findings);
            for list in lists.chain(diagnosis.statements.iter_mut().map(|statement| &mut statement.findings)) {
                list.iter_mut().for_each(|index| *index = listed(&self.order, *index));
                list.sort_unstable();
            }
        }
        let summary = Summary::new(incidents.len(), sums, self.mentions, |code| {
            catalogue.codes().get(code).is_some()
                || catalogue.patterns().iter().any(|pattern| pattern.rule.aadsts.contains(&code))
        });
        let report = Report {
            schema: SCHEMA,
            tool: tool(catalogue, self.scan.user_patterns),
            generated_at: generated_at(),
            inputs,
            summary,
            diagnosis,
            redaction: Redaction {
                people: if self.scan.redaction.people() { "pseudonyms" } else { "shown" },
                keyed: self.scan.key.is_some(),
                replaced: self.names.replacements().counts().clone(),
            },
            incidents,
            findings: Vec::new(),
            faults: self.faults,
        };
        (report, self.names)
    }
}

/// Where the finding that was counted as number `index` stands in the list.
fn listed(order: &[u32], index: usize) -> usize {
    order.get(index).and_then(|place| usize::try_from(*place).ok()).unwrap_or(index)
}

impl MergeSink for Collector<'_> {
    fn counts(&mut self, gain: PlacedPart) -> usize {
        let findings = gain.findings;
        let before = self.count(gain);
        if self.keep == OutputMode::List {
            self.order.resize(before + findings, 0);
        }
        before
    }

    fn finding(&mut self, volume: usize, lines: u64, place: usize, finding: Finding) -> ControlFlow<()> {
        if let Some(listed) = self.order.get_mut(place) {
            *listed = self.listed;
        }
        self.listed = self.listed.saturating_add(1);
        self.emit(volume, lines, finding)
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
