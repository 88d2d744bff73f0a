//! What one stretch of a source has given, before it is put in order.

use super::Scan;
use crate::{
    catalogue::Sign,
    engine::{self, HitSummary, VerdictCache},
    extract,
    model::{FaultKind, Finding, Timestamp},
    record::{self, start},
    report::{FindingSummary, FirstRecord, IncidentCounts},
    search::count_newlines,
    source::{Chunk, ChunkKind},
};

/// What becomes of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputMode {
    /// All are handed on and numbered.
    List,
    /// All are handed on.
    Stream,
    /// They are counted.
    Counts,
}

/// How to scan: the same for all stretches of a source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job<'j> {
    pub(super) scan: &'j Scan<'j>,
    pub(super) keep: OutputMode,
    pub(super) source: &'j str,
}

/// A soft error of a stretch.
#[derive(Debug)]
pub(super) struct LocalFault {
    pub(super) offset: Option<u64>,
    pub(super) kind: FaultKind,
    pub(super) message: String,
}

/// The gain of a stretch. Lines and indices count from its start; people are marked, not named.
#[derive(Debug, Default)]
pub(super) struct PartialResult {
    pub(super) lines: u64,
    /// The last byte is no line break.
    pub(super) open_line: bool,
    /// Where the stretch ended.
    pub(super) end: u64,
    /// Records that only quote a code.
    pub(super) mentions: u64,
    pub(super) counts: IncidentCounts,
    pub(super) findings: Vec<Finding>,
    /// The times of these findings.
    pub(super) times: Vec<Option<Timestamp>>,
    pub(super) troubles: Vec<LocalFault>,
    pub(super) first: Option<Timestamp>,
    pub(super) last: Option<Timestamp>,
    /// The front of the volume, when it goes on with a record of the volume before.
    pub(super) head: Option<Fragment>,
    /// The record that the end of the volume breaks off, when the next volume may go on with it.
    pub(super) tail: Option<Fragment>,
}

/// Bytes at an end of a volume that are judged together with those of its neighbour. Their lines are
/// counted in the part, they are not scanned in it.
#[derive(Debug, Default)]
pub(super) struct Fragment {
    pub(super) bytes: Vec<u8>,
    /// Where they start.
    pub(super) offset: u64,
    /// Line breaks before them in the part.
    pub(super) lines: u64,
    /// A head: the volume holds nothing else. A tail: it belongs to a record that was closed at the
    /// size limit, and so does what goes on with it.
    pub(super) open: bool,
}

impl PartialResult {
    /// Takes over bytes that are not to be scanned here.
    pub(super) fn edge(&mut self, bytes: &[u8], offset: u64, open: bool) -> Fragment {
        let edge = Fragment { bytes: bytes.to_vec(), offset, lines: self.lines, open };
        self.lines += count_newlines(bytes);
        if !bytes.is_empty() {
            self.open_line = !bytes.ends_with(b"\n");
            self.end = offset + bytes.len() as u64;
        }
        edge
    }

    /// Adds the next piece of the stretch.
    pub(super) fn feed(&mut self, job: &Job<'_>, recall: &mut VerdictCache, piece: &Chunk<'_>) {
        self.open_line = !piece.bytes.ends_with(b"\n");
        self.end = piece.offset + piece.bytes.len() as u64;
        match piece.kind {
            ChunkKind::Skipped => self.lines += count_newlines(piece.bytes),
            ChunkKind::Records => self.scan(job, recall, piece, false),
            ChunkKind::Truncated { record } => {
                let limit = job.scan.limits.max_record;
                let message = format!(
                    "a record longer than {limit} bytes: its head was read, its tail was passed over up to the next record"
                );
                self.troubles.push(LocalFault { offset: Some(record), kind: FaultKind::RecordTooLong, message });
                self.scan(job, recall, piece, true);
            }
        }
    }

    fn scan(&mut self, job: &Job<'_>, recall: &mut VerdictCache, piece: &Chunk<'_>, closed: bool) {
        self.see_times(piece.bytes);
        let before = self.lines;
        let engine = job.scan.engine;
        let mut starts = Vec::new();
        let noted = self.counts.wants_flow_starts().then_some(&mut starts);
        let tally = if job.keep == OutputMode::Counts {
            engine.count(piece.bytes, piece.offset, closed, recall, noted, |sighting| {
                if job.scan.filter.wants(sighting) {
                    self.take(sighting, before, None);
                }
            })
        } else {
            engine.scan_with_starts(piece.bytes, piece.offset, closed, noted, |hit| {
                let sighting = hit.summary();
                if job.scan.filter.wants(&sighting) {
                    let line = before + hit.lines_before + 1;
                    let index = (job.keep == OutputMode::List).then_some(self.findings.len());
                    self.take(&sighting, before, index);
                    self.times.push(sighting.time());
                    let catalogue = engine.catalogue();
                    self.findings.push(engine::build_finding(hit, catalogue, job.source, line, job.scan.redaction));
                }
            })
        };
        starts.into_iter().for_each(|visit| self.counts.add_flow_start(visit));
        self.lines += tally.newlines;
        self.mentions += tally.mentions;
    }

    fn take(&mut self, sighting: &HitSummary<'_>, before: u64, index: Option<usize>) {
        if sighting.ids.truncated_id {
            let message = "the provider's id is cut off in the log; look for the same failure in a newer record";
            let message = message.to_owned();
            self.troubles.push(LocalFault { offset: Some(sighting.offset), kind: FaultKind::TruncatedId, message });
        }
        self.counts.add(&finding_summary(sighting, index), || FirstRecord {
            record: sighting.raw.to_vec(),
            offset: sighting.offset,
            line: before + sighting.lines_before + 1,
            truncated: sighting.truncated,
        });
    }

    fn see_times(&mut self, bytes: &[u8]) {
        let mut start = 0;
        while self.first.is_none() && start < bytes.len() {
            self.first = time_of(&bytes[start..]);
            start = start::next_start(bytes, start);
        }
        // A last line without a line break is whole all the same: the source ends there.
        let open = memchr::memrchr(b'\n', bytes).map_or(0, |i| i + 1);
        if open < bytes.len() && start::is_start(&bytes[open..]) {
            self.last = time_of(&bytes[open..]).or(self.last);
            return;
        }
        let mut end = bytes.len();
        while end > 0 {
            let last = start::last_start(bytes, 0, end).unwrap_or(0);
            if let Some(time) = time_of(&bytes[last..]) {
                self.last = Some(time);
                return;
            }
            end = last;
        }
    }
}

fn time_of(bytes: &[u8]) -> Option<Timestamp> {
    let end = start::next_start(bytes, 0);
    record::read(&bytes[..end], &mut Vec::new()).header?.timestamp
}

fn finding_summary<'h>(sighting: &HitSummary<'h>, index: Option<usize>) -> FindingSummary<'h> {
    let (ids, header) = (sighting.ids, sighting.header);
    let url = header.and_then(|header| header.url);
    FindingSummary {
        pattern: &sighting.pattern.id,
        severity: sighting.pattern.severity,
        code: sighting.code,
        code_apart: sighting.pattern.rule.aadsts_other,
        time: sighting.time(),
        trace_id: ids.trace_id,
        correlation_id: ids.correlation_id,
        idp_time: sighting.idp_time,
        refreshing: sighting.refreshing,
        interactive: header.is_some_and(extract::is_interactive),
        lost_session: sighting.pattern.signs.contains(&Sign::LostSession),
        user: header.and_then(|header| header.user).filter(|user| *user != b"ServiceRunner"),
        session: header.and_then(|header| header.session_id),
        flow_id: url.and_then(extract::flow_id),
        clouds: sighting.clouds,
        subject: [ids.app_id, ids.tenant, ids.mailbox, header.and_then(|header| header.mail_server)],
        index,
    }
}
