//! What one range of a source has given, before it is put in order.

use std::{rc::Rc, sync::atomic::Ordering};

use super::{
    encoded::{Emission, EncodedPart},
    filter::ExcludedCounts,
    job::Job,
    options::OutputMode,
    recall::FindingRecall,
};
use crate::{
    catalogue::Sign,
    engine::{self, Damage, Failure, Hit, HitSummary, VerdictCache},
    extract,
    model::{FaultKind, Finding, Timestamp, is_placeholder},
    record::{self, inner, start},
    report::{FindingSummary, FirstRecord, IncidentCounts},
    search::count_newlines,
    source::{Chunk, ChunkKind},
};

/// How many faults a report lists, and a part.
pub(super) const MAX_FAULTS: usize = 1000;
/// A part with so many findings gets no more, but those of the bytes that were read with its last one.
const MAX_PART_FINDINGS: usize = 128;
/// About what a finding takes that is not written yet.
const FINDING_BYTES: usize = 4 << 10;

/// What a worker remembers of records that it has read.
#[derive(Debug, Default)]
pub(super) struct WorkerCaches {
    verdicts: VerdictCache,
    recall: FindingRecall,
}

/// A fault of a range, without the name of its source.
#[derive(Debug)]
pub(super) struct LocalFault {
    pub(super) offset: Option<u64>,
    pub(super) kind: FaultKind,
    pub(super) message: String,
}

/// The result of a range. Lines and indices count from its start; people have placeholders, which the
/// collector turns into pseudonyms.
#[derive(Debug, Default)]
pub(super) struct PartialResult {
    /// Line breaks.
    pub(super) lines: u64,
    /// The last byte is no line break.
    pub(super) ends_within_line: bool,
    /// Offset of the end of the range in the source.
    pub(super) end: u64,
    /// Records that only quote a code.
    pub(super) mentions: u64,
    /// Failures that the filter excluded.
    pub(super) excluded: ExcludedCounts,
    pub(super) counts: IncidentCounts,
    /// Line breaks of the parts before it whose findings are counted in `counts`, too.
    pub(super) lines_counted_before: u64,
    pub(super) findings: Vec<Finding>,
    /// The same as bytes, if they are to be written.
    pub(super) encoded: EncodedPart,
    /// The times of these findings, and of those that follow them when the list has no room for more.
    pub(super) times: Vec<Option<Timestamp>>,
    pub(super) faults: Vec<LocalFault>,
    /// How many more there were.
    pub(super) unlisted_faults: u64,
    pub(super) first: Option<Timestamp>,
    pub(super) last: Option<Timestamp>,
    /// The start of the input, when it may continue a record of the input before.
    pub(super) head: Option<Fragment>,
    /// The last record of the input, when the next input may continue it.
    pub(super) tail: Option<Fragment>,
}

/// Bytes at an end of an input that are judged together with those of the input next to it. Their lines
/// are counted in the part; they are not scanned in it.
#[derive(Debug, Default)]
pub(super) struct Fragment {
    pub(super) bytes: Vec<u8>,
    /// Offset of the first byte in the input.
    pub(super) offset: u64,
    /// Line breaks before it in the part.
    pub(super) lines: u64,
    /// A head: the input holds nothing else. A tail: it belongs to a record that was truncated at the
    /// size limit, and so does what continues it.
    pub(super) open: bool,
}

impl PartialResult {
    /// A part that only has a fault.
    pub(super) fn of_fault(offset: Option<u64>, (kind, message): (FaultKind, String)) -> Self {
        Self { faults: vec![LocalFault { offset, kind, message }], ..Self::default() }
    }

    /// True when no failure was found so far, and none was quoted or excluded.
    pub(super) fn is_silent(&self) -> bool {
        self.counts.len() == 0 && self.mentions == 0 && self.excluded.is_empty()
    }

    /// True when it holds so much that the rest of its range becomes another part.
    pub(super) fn is_full(&self) -> bool {
        self.counts.is_full() || self.finding_count() >= MAX_PART_FINDINGS
    }

    /// The next part, in which the counts of this one go on when its findings can be emitted without them. Those of several
    /// nodes are merged in the order of their times, part by part.
    pub(super) fn followed(&mut self, job: &Job<'_>) -> Self {
        let mut next = Self::default();
        if job.mode == OutputMode::Stream && job.node.is_none() && !self.counts.is_full() {
            next.lines_counted_before = self.lines_counted_before + self.lines;
            next.counts = std::mem::take(&mut self.counts);
        }
        next
    }

    /// How many findings it has.
    pub(super) fn finding_count(&self) -> usize {
        self.times.len()
    }

    /// Bytes in memory, without those that few parts have.
    pub(super) fn held_bytes(&self) -> usize {
        self.encoded.held_bytes() + self.findings.len() * FINDING_BYTES + self.counts.held_bytes()
    }

    /// Takes the findings, in order, and the buffers that they are in.
    pub(super) fn take_findings(&mut self) -> (impl Iterator<Item = Emission> + use<>, Rc<EncodedPart>) {
        let findings = std::mem::take(&mut self.findings).into_iter();
        let encoded = Rc::new(std::mem::take(&mut self.encoded));
        let buffers = Rc::clone(&encoded);
        let mut times = self.times.clone().into_iter().skip(findings.len());
        let findings = findings.map(|finding| Emission::Finding(Box::new(finding)));
        let of_written: Vec<_> = times.by_ref().take(encoded.len()).collect();
        let written = of_written.into_iter().enumerate();
        let written = written.map(move |(i, time)| Emission::Encoded(Rc::clone(&encoded), i, time));
        (findings.chain(written).chain(times.map(Emission::Time)), buffers)
    }

    /// Adds bytes that are not to be scanned here.
    pub(super) fn add_fragment(&mut self, bytes: &[u8], offset: u64, open: bool) -> Fragment {
        let fragment = Fragment { bytes: bytes.to_vec(), offset, lines: self.lines, open };
        self.lines += count_newlines(bytes);
        if !bytes.is_empty() {
            self.ends_within_line = !bytes.ends_with(b"\n");
            self.end = offset + bytes.len() as u64;
        }
        fragment
    }

    /// Scans the next chunk of the range.
    pub(super) fn add_chunk(&mut self, job: &Job<'_>, caches: &mut WorkerCaches, chunk: &Chunk<'_>) {
        self.counts.share(&job.options.subjects);
        self.ends_within_line = !chunk.bytes.ends_with(b"\n");
        self.end = chunk.offset + chunk.bytes.len() as u64;
        let known_faults = self.faults.len();
        match chunk.kind {
            ChunkKind::Skipped => self.lines += count_newlines(chunk.bytes),
            ChunkKind::Records => self.scan(job, caches, chunk, false),
            ChunkKind::Truncated => {
                self.add_too_long(job, chunk.offset);
                self.scan(job, caches, chunk, true);
            }
            ChunkKind::Zeros { records, record_bytes } => {
                let listed = records.min(MAX_FAULTS as u64);
                (0..listed).for_each(|i| self.add_too_long(job, chunk.offset + i * record_bytes));
                self.unlisted_faults += records - listed;
                self.end += records * record_bytes;
            }
        }
        // Kind by kind they would be in another order for other chunks.
        self.faults[known_faults..].sort_by_key(|fault| fault.offset);
    }

    fn add_too_long(&mut self, job: &Job<'_>, record: u64) {
        let limit = job.options.limits.record_bytes();
        let message =
            format!("record longer than {limit} bytes: its start was read, the rest up to the next record was skipped");
        self.add_fault(LocalFault { offset: Some(record), kind: FaultKind::RecordTooLong, message });
    }

    fn add_damage(&mut self, offset: u64, damage: Damage) {
        let (kind, message) = match damage {
            Damage::Zeros(len) => (
                FaultKind::Hole,
                format!(
                    "{len} zero bytes instead of text, as a crash or a full disk leaves them: what was written here is lost"
                ),
            ),
            Damage::Wide(width) => {
                let encoding = if width == 2 { "UTF-16" } else { "UTF-32" };
                (
                    FaultKind::OtherEncoding,
                    format!(
                        "text in {encoding} begins here, in a log in UTF-8, and was not read: convert this part and scan it"
                    ),
                )
            }
        };
        self.add_fault(LocalFault { offset: Some(offset), kind, message });
    }

    /// Adds a fault, or only counts it when there are many; the first one of a kind is always added.
    fn add_fault(&mut self, fault: LocalFault) {
        if self.faults.len() < MAX_FAULTS || self.faults.iter().all(|known| known.kind != fault.kind) {
            self.faults.push(fault);
        } else {
            self.unlisted_faults += 1;
        }
    }

    fn scan(&mut self, job: &Job<'_>, caches: &mut WorkerCaches, chunk: &Chunk<'_>, truncated: bool) {
        self.update_times(chunk.bytes);
        let lines_before = self.lines;
        let (engine, filter) = (job.options.engine, &job.options.filter);
        let mut starts = Vec::new();
        let wanted_starts = self.counts.wants_flow_starts().then_some(&mut starts);
        let totals = if job.mode == OutputMode::Counts {
            engine.count(chunk.bytes, chunk.offset, truncated, &mut caches.verdicts, wanted_starts, |hit| match filter
                .excluded_by(hit)
            {
                Some(condition) => self.excluded.add(condition),
                None => self.count_hit(hit, lines_before, None),
            })
        } else {
            let WorkerCaches { verdicts, recall } = caches;
            engine.scan_with_cache(chunk.bytes, chunk.offset, truncated, verdicts, wanted_starts, |failure| {
                let summary = failure.summary();
                if let Some(condition) = filter.excluded_by(summary) {
                    self.excluded.add(condition);
                    return true;
                }
                let line = lines_before + summary.lines_before + 1;
                let index = (job.mode == OutputMode::List).then_some(self.finding_count());
                let added = match failure {
                    _ if job.options.list_is_full.load(Ordering::Relaxed) => true,
                    Failure::Known(summary) => self.recall_finding(job, recall, summary, line),
                    Failure::New(hit, _) => self.add_finding(job, recall, hit, line),
                };
                if added {
                    self.count_hit(summary, lines_before, index);
                    self.times.push(summary.time());
                }
                added
            })
        };
        starts.into_iter().for_each(|event| self.counts.add_flow_start(event));
        for (at, damage) in totals.damage {
            // A record that is too long because of the zeros in it has a fault already.
            let is_reported = truncated && damage == Damage::Zeros(chunk.bytes.len() - at);
            if !is_reported {
                self.add_damage(chunk.offset + at as u64, damage);
            }
        }
        self.lines += totals.newlines;
        self.mentions += totals.mentions;
    }

    /// Adds a finding that equals an earlier one but for its values. False when none is known.
    fn recall_finding(&mut self, job: &Job<'_>, recall: &mut FindingRecall, hit: &HitSummary<'_>, line: u64) -> bool {
        let Some(encoder) = job.options.encoder.filter(|_| job.encodes && !hit.truncated) else { return false };
        let place = (hit.offset, line);
        self.take_buffers(job);
        hit.header.is_some_and(|header| recall.write(job, hit.raw, header, place, encoder.0, &mut self.encoded))
    }

    /// Adds the finding of a hit.
    fn add_finding(&mut self, job: &Job<'_>, recall: &mut FindingRecall, hit: &Hit<'_>, line: u64) -> bool {
        let (catalogue, redaction) = (job.options.engine.catalogue(), job.options.redaction);
        let mut finding = engine::build_finding(hit, catalogue, job.source, line, redaction);
        match job.options.encoder.filter(|_| job.encodes) {
            Some(encoder) => {
                finding.node = job.node.map(str::to_owned);
                self.take_buffers(job);
                self.encoded.push(finding, encoder.0);
                recall.remember(job, hit, encoder.0, &self.encoded);
            }
            None => self.findings.push(finding),
        }
        true
    }

    fn take_buffers(&mut self, job: &Job<'_>) {
        if self.encoded.held_bytes() == 0 {
            self.encoded = job.options.spare_buffers.take();
        }
    }

    fn count_hit(&mut self, hit: &HitSummary<'_>, lines_before: u64, index: Option<usize>) {
        if hit.ids.truncated_id {
            let message = "the provider's ID is cut off in the log; look for the same failure in a newer record";
            let message = message.to_owned();
            self.add_fault(LocalFault { offset: Some(hit.offset), kind: FaultKind::TruncatedId, message });
        }
        self.counts.add(&finding_summary(hit, index), || FirstRecord {
            record: hit.raw.to_vec(),
            offset: hit.offset,
            line: self.lines_counted_before + lines_before + hit.lines_before + 1,
            truncated: hit.truncated,
        });
    }

    fn update_times(&mut self, bytes: &[u8]) {
        let mut start = 0;
        while self.first.is_none() && start < bytes.len() {
            self.first = time_of(&bytes[start..]);
            start = start::next_start(bytes, start);
        }
        // A last line without a line break is whole: the source ends there.
        let mut end = bytes.len();
        while end > 0 {
            let record_end = end;
            end = start::last_start_of_all(bytes, 0, end).unwrap_or(0);
            if let Some(time) = time_of(inner::first_and_last(&bytes[end..record_end]).1) {
                self.last = Some(time);
                return;
            }
        }
    }
}

fn time_of(bytes: &[u8]) -> Option<Timestamp> {
    let end = start::next_start(bytes, 0);
    let first = inner::first_and_last(&bytes[..end]).0;
    record::read(first, &mut Vec::new()).header?.timestamp
}

fn finding_summary<'h>(hit: &HitSummary<'h>, index: Option<usize>) -> FindingSummary<'h> {
    let (traits, header) = (hit.ids, hit.header);
    let url = header.and_then(|header| header.url);
    FindingSummary {
        pattern: &hit.pattern.id,
        severity: hit.pattern.severity,
        code: hit.code,
        code_apart: hit.pattern.rule.aadsts_other,
        time: hit.time(),
        trace_id: traits.trace_id,
        correlation_id: traits.correlation_id,
        idp_time: hit.idp_time,
        refreshing: hit.refreshing,
        interactive: header.is_some_and(extract::is_interactive),
        lost_session: hit.pattern.signs.contains(&Sign::LostSession),
        user: header.and_then(|header| header.user).filter(|user| *user != b"ServiceRunner"),
        session: header.and_then(|header| header.session_id),
        flow_id: url.and_then(extract::flow_id),
        clouds: hit.clouds,
        subject: [traits.app_id, traits.tenant, traits.mailbox, header.and_then(|header| header.mail_server)]
            .map(|name| name.filter(|name| !is_placeholder(name))),
        host: traits.host,
        index,
    }
}
