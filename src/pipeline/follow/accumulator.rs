//! From records of followed logs to findings with ids, and to counts.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    ops::ControlFlow,
    sync::Arc,
    time::Duration,
};

use memchr::memchr;

use super::event::{Event, FollowCounts, FollowSummary, FollowedFinding, Superseded};
use crate::{
    extract::redact::Pseudonyms,
    model::FaultKind,
    pipeline::{
        filter::ExcludedCounts,
        incident_seed::incident_seed,
        job::Job,
        log_file::log_file,
        options::{OutputMode, ScanOptions},
        part::{PartialResult, WorkerCaches},
    },
    record::start,
    report::{IncidentAggregator, InputPosition, Log, Logs, Summary},
    source::{
        ChunkKind, rotation,
        tail::{Batch, Continuation, Listener, Notice, NoticeKind, Reported, StateFile, hash},
    },
};

/// What a run has found so far.
#[derive(Debug)]
pub(super) struct FollowAccumulator<'s> {
    options: &'s ScanOptions<'s>,
    pseudonyms: Pseudonyms,
    incidents: IncidentAggregator,
    /// First and last time of each log, for the diagnosis.
    logs: BTreeMap<String, Log>,
    mentions: u64,
    excluded: ExcludedCounts,
    caches: WorkerCaches,
    /// Records that may continue, by generation and offset: counted when they are complete.
    open_records: HashMap<(u64, u64), OpenRecord>,
    pub(super) counts: FollowCounts,
    /// Batches so far: tells whether the state has changed.
    pub(super) batches: u64,
    /// Reported before anything else.
    unclean: Option<Notice>,
    /// Where to save what was reported.
    pub(super) state: Option<StateFile>,
    /// What an earlier run had reported when it was killed and that was not read again yet.
    pub(super) reported: Reported,
    pending_notices: Vec<Notice>,
}

/// A record that was reported and may continue.
#[derive(Debug)]
struct OpenRecord {
    part: PartialResult,
    source: String,
    /// Line breaks before it in its file.
    lines: u64,
    /// The id of its finding.
    finding_id: Option<String>,
}

impl<'s> FollowAccumulator<'s> {
    pub(super) fn new(options: &'s ScanOptions<'s>) -> Self {
        Self {
            options,
            pseudonyms: Pseudonyms::with_key(options.key.clone()),
            incidents: IncidentAggregator::new(options.redaction, Arc::default()),
            logs: BTreeMap::new(),
            mentions: 0,
            excluded: ExcludedCounts::default(),
            caches: WorkerCaches::default(),
            open_records: HashMap::new(),
            counts: FollowCounts::default(),
            batches: 0,
            unclean: None,
            state: None,
            reported: Reported::new(),
            pending_notices: Vec::new(),
        }
    }

    /// Uses a state file. `reported` is what an earlier run had reported after it wrote its state.
    pub(super) fn resume(&mut self, state: StateFile, reported: Reported, was_killed: bool) {
        if was_killed {
            self.unclean = Some(Notice {
                kind: NoticeKind::Unclean,
                source: state.path().display().to_string(),
                byte_from: None,
                byte_to: None,
                message: "the previous run was killed; what it was reporting may be reported again, with the same id and marked as repeated".to_owned(),
            });
        }
        (self.state, self.reported) = (Some(state), reported);
    }

    /// How a finding was reported by an earlier run that was killed.
    fn reported_before(&mut self, id: &str, len: u64) -> ReportedBefore {
        match self.reported.remove(id) {
            None => ReportedBefore::No,
            Some(before) if before < len => ReportedBefore::Less,
            Some(_) => ReportedBefore::Whole,
        }
    }

    /// A receiver for the batches of one poll.
    pub(super) fn sink<'g>(
        &'g mut self,
        now: Duration,
        each: &'g mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> EventSink<'g, 's> {
        self.counts.now = now;
        EventSink { accumulator: self, each, now }
    }

    /// Adds a read error of an input that has no path.
    pub(super) fn add_read_error(&mut self, source: &str, error: &io::Error) {
        self.pending_notices.push(Notice {
            kind: NoticeKind::Unreadable,
            source: source.to_owned(),
            byte_from: None,
            byte_to: None,
            message: format!("reading failed: {error}"),
        });
        self.counts.troubled += 1;
    }

    /// Counts complete records; `lines` are the line breaks before them in their file.
    fn merge(&mut self, part: PartialResult, source: &str, lines: u64) {
        self.mentions += part.mentions;
        self.excluded.merge(part.excluded);
        if let Some(last) = part.last.or(part.first) {
            let log = self
                .logs
                .entry(source.to_owned())
                .or_insert_with(|| Log { first: part.first, ..log_file(source, rotation::node_of(source)) });
            log.last = Some(last);
        }
        let (engine, redaction) = (self.options.engine, self.options.redaction);
        let position = InputPosition { source, lines, findings: 0 };
        self.incidents.merge(part.counts, position, &mut self.pseudonyms, |first| {
            let mut opened = None;
            engine.scan(&first.record, first.offset, first.truncated, |hit| {
                opened.get_or_insert_with(|| incident_seed(hit, engine.catalogue(), source, first.line, redaction));
            });
            opened
        });
    }

    pub(super) fn finish(mut self, cancelled: bool) -> FollowSummary {
        for (_, record) in std::mem::take(&mut self.open_records) {
            self.merge(record.part, &record.source, record.lines);
        }
        let logs = Logs::new(self.logs.into_values().collect(), self.options.filter.is_active());
        let (incidents, diagnosis, totals) = self.incidents.finish(&logs, &mut self.pseudonyms);
        let catalogue = self.options.engine.catalogue();
        let summary = Summary::new(incidents.len(), totals, self.mentions, self.excluded.by_name(), |code| {
            catalogue.explains(code)
        });
        FollowSummary { counts: self.counts, summary, diagnosis, incidents, cancelled }
    }
}

/// Whether an earlier run reported a finding.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ReportedBefore {
    No,
    /// With less of its record than there is now.
    Less,
    Whole,
}

/// An accumulator and the receiver of its events.
pub(super) struct EventSink<'g, 's> {
    accumulator: &'g mut FollowAccumulator<'s>,
    each: &'g mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    now: Duration,
}

impl EventSink<'_, '_> {
    pub(super) fn begin(&mut self) -> ControlFlow<()> {
        match self.accumulator.unclean.take() {
            Some(notice) => (self.each)(Event::Notice(&notice)),
            None => ControlFlow::Continue(()),
        }
    }

    /// Emits the notices that came after the last batch.
    pub(super) fn end(&mut self) -> ControlFlow<()> {
        self.emit_notices()
    }

    fn emit_notices(&mut self) -> ControlFlow<()> {
        for notice in std::mem::take(&mut self.accumulator.pending_notices) {
            let counts = &mut self.accumulator.counts;
            match notice.kind {
                NoticeKind::Rotated | NoticeKind::CaughtUp => counts.rotations += 1,
                NoticeKind::Truncated => counts.truncations += 1,
                NoticeKind::Lost => {
                    counts.losses += 1;
                    if let (Some(from), Some(to)) = (notice.byte_from, notice.byte_to) {
                        counts.lost_bytes += to.saturating_sub(from);
                    }
                }
                _ => {}
            }
            (self.each)(Event::Notice(&notice))?;
        }
        ControlFlow::Continue(())
    }

    fn scan(&mut self, batch: &Batch<'_>) -> PartialResult {
        let job = Job {
            options: self.accumulator.options,
            mode: OutputMode::Stream,
            source: batch.source,
            node: None,
            encodes: false,
        };
        let mut part = PartialResult::default();
        part.add_chunk(&job, &mut self.accumulator.caches, &batch.chunk);
        for finding in &mut part.findings {
            finding.line += batch.lines;
            self.accumulator.pseudonyms.apply_to_finding(finding);
        }
        for fault in part.faults.drain(..) {
            let kind = match fault.kind {
                FaultKind::RecordTooLong => NoticeKind::RecordTooLong,
                FaultKind::Hole => NoticeKind::Hole,
                FaultKind::OtherEncoding => NoticeKind::OtherEncoding,
                _ => NoticeKind::TruncatedId,
            };
            self.accumulator.pending_notices.push(Notice {
                kind,
                source: batch.source.to_owned(),
                byte_from: fault.offset,
                byte_to: None,
                message: fault.message,
            });
        }
        part
    }

    fn count(&mut self, batch: &Batch<'_>, part: &PartialResult) {
        let counts = &mut self.accumulator.counts;
        if batch.completeness.continuation.is_none() && batch.chunk.kind != ChunkKind::Skipped {
            counts.last_record_at = Some(self.now);
        }
        if let Some(time) = part.last.or(part.first) {
            counts.last_record = Some(time.to_rfc3339());
        }
        if !batch.completeness.open {
            counts.bytes += batch.chunk.bytes.len() as u64;
        }
    }
}

impl Listener for EventSink<'_, '_> {
    fn batch(&mut self, batch: &Batch<'_>) -> ControlFlow<()> {
        self.emit_notices()?;
        self.accumulator.batches += 1;
        let key = (batch.serial, batch.chunk.offset);
        let continuation = batch.completeness.continuation;
        let open_record = match continuation {
            None => None,
            Some(_) => self.accumulator.open_records.remove(&key),
        };
        if continuation == Some(Continuation::Same) {
            self.accumulator.counts.bytes += batch.chunk.bytes.len() as u64;
            if let Some(record) = open_record {
                self.accumulator.merge(record.part, &record.source, record.lines);
            }
            return ControlFlow::Continue(());
        }
        let mut part = self.scan(batch);
        self.count(batch, &part);
        // Whether a record that an earlier run reported had a finding is unknown here.
        let was_open_in_this_run = open_record.is_some();
        let replaced_id = match (open_record, continuation) {
            (Some(record), _) => record.finding_id,
            (None, Some(Continuation::More)) => Some(finding_id(batch, batch.chunk.offset)),
            _ => None,
        };
        let mut first_id = None;
        for finding in std::mem::take(&mut part.findings) {
            let record = record_at(batch, finding.offset);
            let (id, len) = (finding_id(batch, finding.offset), record.trim_ascii_end().len() as u64);
            first_id.get_or_insert_with(|| id.clone());
            let mut replaced = replaced_id.clone().filter(|_| finding.offset == batch.chunk.offset);
            let before = if batch.repeated { self.accumulator.reported_before(&id, len) } else { ReportedBefore::No };
            match before {
                ReportedBefore::Whole => continue,
                ReportedBefore::Less => replaced = Some(id.clone()),
                ReportedBefore::No => {}
            }
            if replaced.is_none() {
                self.accumulator.counts.findings += 1;
            }
            self.accumulator.counts.last_finding_at = Some(self.now);
            let followed = FollowedFinding {
                replaces: replaced.map(|id| Superseded { source: finding.source.clone(), offset: finding.offset, id }),
                finding,
                id,
                complete: !batch.completeness.torn,
                repeated: batch.repeated,
            };
            (self.each)(Event::Finding(&followed))?;
            if let Some(state) = &mut self.accumulator.state {
                state.add_reported(&followed.id, len);
            }
        }
        if let (Some(id), None, true) = (&replaced_id, &first_id, was_open_in_this_run) {
            self.accumulator.counts.findings = self.accumulator.counts.findings.saturating_sub(1);
            self.accumulator.pending_notices.push(Notice {
                kind: NoticeKind::Withdrawn,
                source: batch.source.to_owned(),
                byte_from: Some(batch.chunk.offset),
                byte_to: None,
                message: format!("finding {id} is withdrawn: its record continued and is no failure"),
            });
        }
        if batch.completeness.open {
            let source = batch.source.to_owned();
            let record = OpenRecord { part, source, lines: batch.lines, finding_id: first_id };
            self.accumulator.open_records.insert(key, record);
        } else {
            self.accumulator.merge(part, batch.source, batch.lines);
        }
        self.emit_notices()
    }

    fn notice(&mut self, notice: Notice) {
        self.accumulator.pending_notices.push(notice);
    }
}

/// The record at `offset`.
fn record_at<'b>(batch: &Batch<'b>, offset: u64) -> &'b [u8] {
    let at = usize::try_from(offset.saturating_sub(batch.chunk.offset)).unwrap_or(usize::MAX);
    let rest = batch.chunk.bytes.get(at..).unwrap_or_default();
    &rest[..start::next_start(rest, 0)]
}

/// The id of the record at `offset`: the same whatever name the file has at that time.
fn finding_id(batch: &Batch<'_>, offset: u64) -> String {
    let record = record_at(batch, offset);
    let line = &record[..memchr(b'\n', record).unwrap_or(record.len())];
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let parts = [hash(batch.source.as_bytes()), batch.origin, hash(line)].map(u64::to_le_bytes);
    format!("{:016x}-{offset}", hash(&parts.concat()))
}
