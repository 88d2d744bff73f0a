//! From records of followed logs to findings with ids, and to counts.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    ops::ControlFlow,
    time::Duration,
};

use memchr::memchr;

use super::{Event, FollowCounts, FollowSummary, FollowedFinding, Superseded};
use crate::{
    engine::VerdictCache,
    extract::redact::Pseudonyms,
    model::FaultKind,
    pipeline::{
        Scan,
        log_file::log_file,
        opening::opening,
        part::{Job, OutputMode, PartialResult},
    },
    report::{IncidentAggregator, InputPosition, Log, Logs, Summary},
    source::{
        ChunkKind, rotation,
        tail::{Batch, Continuation, Listener, Notice, NoticeKind, hash},
    },
};

/// What a run has gathered.
#[derive(Debug)]
pub(super) struct FollowAccumulator<'s> {
    scan: &'s Scan<'s>,
    names: Pseudonyms,
    ledger: IncidentAggregator,
    /// First and last time of each log, for the diagnosis.
    logs: BTreeMap<String, Log>,
    mentions: u64,
    recall: VerdictCache,
    /// Records that may go on, by stream and offset: counted when they are whole.
    open: HashMap<(u64, u64), OpenRecord>,
    pub(super) counts: FollowCounts,
    /// Batches taken so far, for the state.
    pub(super) batches: u64,
    /// What is to be told before anything else.
    pub(super) unclean: Option<Notice>,
    waiting: Vec<Notice>,
}

/// A record that was handed on and may go on.
#[derive(Debug)]
struct OpenRecord {
    part: PartialResult,
    source: String,
    /// Line breaks before it in its file.
    lines: u64,
    /// The id of the finding that it gave.
    found: Option<String>,
}

impl<'s> FollowAccumulator<'s> {
    pub(super) fn new(scan: &'s Scan<'s>) -> Self {
        Self {
            scan,
            names: Pseudonyms::with_key(scan.key.clone()),
            ledger: IncidentAggregator::new(scan.redaction),
            logs: BTreeMap::new(),
            mentions: 0,
            recall: VerdictCache::default(),
            open: HashMap::new(),
            counts: FollowCounts::default(),
            batches: 0,
            unclean: None,
            waiting: Vec::new(),
        }
    }

    /// An ear for one look.
    pub(super) fn sink<'g>(
        &'g mut self,
        now: Duration,
        each: &'g mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    ) -> EventSink<'g, 's> {
        self.counts.now = now;
        EventSink { gatherer: self, each, now }
    }

    /// Trouble with an input that has no path.
    pub(super) fn trouble(&mut self, source: &str, error: &io::Error) {
        self.waiting.push(Notice {
            kind: NoticeKind::Unreadable,
            source: source.to_owned(),
            byte_from: None,
            byte_to: None,
            message: format!("reading failed: {error}"),
        });
        self.counts.troubled += 1;
    }

    /// Counts what is whole; `lines` stand before it in its file.
    fn merge(&mut self, part: PartialResult, source: &str, lines: u64) {
        self.mentions += part.mentions;
        if let Some(last) = part.last.or(part.first) {
            let log = self
                .logs
                .entry(source.to_owned())
                .or_insert_with(|| Log { first: part.first, ..log_file(source, rotation::node_of(source)) });
            log.last = Some(last);
        }
        let (engine, hide) = (self.scan.engine, self.scan.redaction);
        let place = InputPosition { source, lines, findings: 0 };
        self.ledger.merge(part.counts, place, &mut self.names, |seed| {
            let mut opened = None;
            engine.scan(&seed.record, seed.offset, seed.truncated, |hit| {
                opened.get_or_insert_with(|| opening(hit, engine.catalogue(), source, seed.line, hide));
            });
            opened
        });
    }

    pub(super) fn close(mut self, deaf: bool) -> FollowSummary {
        for (_, record) in std::mem::take(&mut self.open) {
            self.merge(record.part, &record.source, record.lines);
        }
        let logs = Logs { list: self.logs.into_values().collect(), filtered: self.scan.filter.is_on() };
        let (incidents, diagnosis, sums) = self.ledger.finish(&logs, &mut self.names);
        let catalogue = self.scan.engine.catalogue();
        let summary = Summary::new(incidents.len(), sums, self.mentions, |code| {
            catalogue.codes().get(code).is_some()
                || catalogue.patterns().iter().any(|pattern| pattern.rule.aadsts.contains(&code))
        });
        FollowSummary { counts: self.counts, summary, diagnosis, incidents, cancelled: deaf }
    }
}

/// A gatherer with somebody to tell.
pub(super) struct EventSink<'g, 's> {
    gatherer: &'g mut FollowAccumulator<'s>,
    each: &'g mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
    now: Duration,
}

impl EventSink<'_, '_> {
    pub(super) fn begin(&mut self) -> ControlFlow<()> {
        match self.gatherer.unclean.take() {
            Some(notice) => (self.each)(Event::Notice(&notice)),
            None => ControlFlow::Continue(()),
        }
    }

    /// Tells the notices that came after the last batch.
    pub(super) fn end(&mut self) -> ControlFlow<()> {
        self.emit_waiting()
    }

    fn emit_waiting(&mut self) -> ControlFlow<()> {
        for notice in std::mem::take(&mut self.gatherer.waiting) {
            let counts = &mut self.gatherer.counts;
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
        let job = Job { scan: self.gatherer.scan, keep: OutputMode::Stream, source: batch.source };
        let mut part = PartialResult::default();
        part.feed(&job, &mut self.gatherer.recall, &batch.piece);
        for finding in &mut part.findings {
            finding.line += batch.lines;
            self.gatherer.names.apply_to_finding(finding);
        }
        for trouble in part.troubles.drain(..) {
            let kind = if trouble.kind == FaultKind::RecordTooLong {
                NoticeKind::RecordTooLong
            } else {
                NoticeKind::TruncatedId
            };
            self.gatherer.waiting.push(Notice {
                kind,
                source: batch.source.to_owned(),
                byte_from: trouble.offset,
                byte_to: None,
                message: trouble.message,
            });
        }
        part
    }

    fn count(&mut self, batch: &Batch<'_>, part: &PartialResult) {
        let counts = &mut self.gatherer.counts;
        if batch.standing.again.is_none() && batch.piece.kind != ChunkKind::Skipped {
            counts.last_record_at = Some(self.now);
        }
        if let Some(time) = part.last.or(part.first) {
            counts.last_record = Some(time.to_rfc3339());
        }
        if !batch.standing.open {
            counts.bytes += batch.piece.bytes.len() as u64;
        }
    }
}

impl Listener for EventSink<'_, '_> {
    fn batch(&mut self, batch: &Batch<'_>) -> ControlFlow<()> {
        self.emit_waiting()?;
        self.gatherer.batches += 1;
        let place = (batch.serial, batch.piece.offset);
        let before = match batch.standing.again {
            None => None,
            Some(_) => self.gatherer.open.remove(&place),
        };
        if batch.standing.again == Some(Continuation::Same) {
            self.gatherer.counts.bytes += batch.piece.bytes.len() as u64;
            if let Some(record) = before {
                self.gatherer.merge(record.part, &record.source, record.lines);
            }
            return ControlFlow::Continue(());
        }
        let mut part = self.scan(batch);
        self.count(batch, &part);
        // Of a record that an earlier run handed on nobody knows here whether it gave a finding.
        let known = before.is_some();
        let replaces = match (before, batch.standing.again) {
            (Some(record), _) => record.found,
            (None, Some(Continuation::More)) => Some(id(batch, batch.piece.offset)),
            _ => None,
        };
        let mut found = None;
        for finding in std::mem::take(&mut part.findings) {
            let id = id(batch, finding.offset);
            found.get_or_insert_with(|| id.clone());
            let before = replaces.clone().filter(|_| finding.offset == batch.piece.offset);
            if before.is_none() {
                self.gatherer.counts.findings += 1;
            }
            self.gatherer.counts.last_finding_at = Some(self.now);
            let followed = FollowedFinding {
                replaces: before.map(|id| Superseded { source: finding.source.clone(), offset: finding.offset, id }),
                finding,
                id,
                complete: !batch.standing.torn,
                repeated: batch.repeated,
            };
            (self.each)(Event::Finding(&followed))?;
        }
        if let (Some(id), None, true) = (&replaces, &found, known) {
            self.gatherer.counts.findings = self.gatherer.counts.findings.saturating_sub(1);
            self.gatherer.waiting.push(Notice {
                kind: NoticeKind::Withdrawn,
                source: batch.source.to_owned(),
                byte_from: Some(batch.piece.offset),
                byte_to: None,
                message: format!("the finding {id} is none: its record went on and tells otherwise"),
            });
        }
        if batch.standing.open {
            let source = batch.source.to_owned();
            self.gatherer.open.insert(place, OpenRecord { part, source, lines: batch.lines, found });
        } else {
            self.gatherer.merge(part, batch.source, batch.lines);
        }
        self.emit_waiting()
    }

    fn notice(&mut self, notice: Notice) {
        self.gatherer.waiting.push(notice);
    }
}

/// The id of the record at `offset`: the same whatever the file is called by then.
fn id(batch: &Batch<'_>, offset: u64) -> String {
    let at = usize::try_from(offset.saturating_sub(batch.piece.offset)).unwrap_or(usize::MAX);
    let record = batch.piece.bytes.get(at..).unwrap_or_default();
    let line = &record[..memchr(b'\n', record).unwrap_or(record.len())];
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let parts = [hash(batch.source.as_bytes()), batch.origin, hash(line)].map(u64::to_le_bytes);
    format!("{:016x}-{offset}", hash(&parts.concat()))
}
