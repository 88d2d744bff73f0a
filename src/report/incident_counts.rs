//! Findings of one chunk, counted by pattern and subject.
//!
//! No finding is built and nothing is redacted here. A chunk keeps the first record of each pattern
//! and subject; the aggregator builds a finding from it when it is the first of the whole report.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use foldhash::fast::FixedState;

use super::{
    bounds::{MAX_FIRST_RECORD_BYTES, MAX_FLOW_STARTS, MAX_IDS, MAX_OPEN_INCIDENTS, MAX_SHARING_SUBJECTS},
    finding_summary::FindingSummary,
    first_n::FirstN,
    incident_facts::IncidentFacts,
    subjects::{Placement, SharedSubjects, SubjectIndex, SubjectParts},
};
use crate::model::{Severity, SignInEvent, Timestamp};

/// About what an incident takes besides its first record.
const INCIDENT_BYTES: usize = 4 << 10;

/// The first record of a pattern and subject, from which its incident is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FirstRecord {
    /// The record as logged.
    pub(crate) record: Vec<u8>,
    /// Byte at which it starts in its source, from 0.
    pub(crate) offset: u64,
    /// Line at which it starts, from 1; within a chunk it counts from the chunk's start.
    pub(crate) line: u64,
    /// It was cut off at the size limit.
    pub(crate) truncated: bool,
}

/// What makes two findings one incident. `subject` is `None` for the incident that all surplus
/// subjects of a pattern share.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) pattern: String,
    pub(super) code: Option<u32>,
    pub(super) subject: Option<SubjectParts>,
}

/// What is counted of an incident.
#[derive(Debug, Clone, Default)]
pub(super) struct IncidentStats {
    pub(super) count: u64,
    /// Findings by deciding number.
    pub(super) codes: BTreeMap<u32, u64>,
    pub(super) first: Option<Timestamp>,
    pub(super) last: Option<Timestamp>,
    pub(super) trace_ids: FirstN<Vec<u8>, MAX_IDS>,
    pub(super) correlation_ids: FirstN<Vec<u8>, MAX_IDS>,
    pub(super) findings: Vec<usize>,
    pub(super) facts: IncidentFacts,
}

/// The findings of one chunk, by pattern and subject.
#[derive(Debug, Default)]
pub(crate) struct IncidentCounts {
    pub(super) open: Vec<OpenIncident>,
    /// The last incident with a hash.
    by_hash: HashMap<u64, usize, FixedState>,
    /// Bytes of all first records.
    record_bytes: usize,
    /// The subjects that are known to have incidents of their own, and the version of that index.
    subjects: Arc<SubjectIndex>,
    subjects_version: u64,
    /// How many findings were added.
    added: u64,
    pub(super) flow_starts: FirstN<SignInEvent, MAX_FLOW_STARTS>,
    /// Time of the latest flow start.
    latest_start: Option<DateTime<Utc>>,
}

/// A pattern and subject of a chunk.
#[derive(Debug)]
pub(super) struct OpenIncident {
    pub(super) key: Key,
    /// Hash of pattern, code and subject.
    pub(super) hash: u64,
    /// The incident before it with this hash.
    pub(super) same_hash: Option<usize>,
    /// The subjects that share it, by their hashes.
    pub(super) sharing: SharingSubjects,
    pub(super) severity: Severity,
    pub(super) stats: IncidentStats,
    pub(super) first_record: FirstRecord,
}

/// The subjects that share an incident, by their hashes; one more than are counted means that there are
/// more.
#[derive(Debug, Clone, Default)]
pub(super) struct SharingSubjects(BTreeSet<u64>);

impl SharingSubjects {
    pub(super) fn add(&mut self, hash: u64) {
        if self.0.len() <= MAX_SHARING_SUBJECTS {
            self.0.insert(hash);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|hash| self.add(hash));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl IncidentCounts {
    /// Number of incidents.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    /// True when so much is kept for each subject that the part should end.
    #[must_use]
    pub(crate) fn is_full(&self) -> bool {
        self.open.len() > MAX_OPEN_INCIDENTS || self.record_bytes > MAX_FIRST_RECORD_BYTES
    }

    /// About how many bytes it has in memory.
    #[must_use]
    pub(crate) fn held_bytes(&self) -> usize {
        self.open.len() * INCIDENT_BYTES + self.record_bytes
    }

    /// Merges the subjects that have turned out to share an incident.
    pub(crate) fn share(&mut self, subjects: &SharedSubjects) {
        let Some(index) = subjects.newer_than(&mut self.subjects_version) else { return };
        self.subjects = index;
        self.by_hash.clear();
        self.record_bytes = 0;
        for incident in std::mem::take(&mut self.open) {
            let placement = match &incident.key.subject {
                Some(subject) => {
                    let Key { pattern, code, .. } = &incident.key;
                    self.subjects.place(pattern, *code, incident.hash, |parts| parts == subject)
                }
                None => Placement::Own,
            };
            match placement {
                Placement::Own => {
                    self.open(incident);
                }
                Placement::Shared { code } => self.reopen_shared(incident, code),
            }
        }
    }

    fn reopen_shared(&mut self, mut incident: OpenIncident, code: Option<u32>) {
        let shared = shared_hash(&incident.key.pattern, code);
        incident.sharing.add(incident.hash);
        let found = self.find(shared, |key| key.is_shared(&incident.key.pattern, code));
        match found {
            Some(at) => {
                let known = &mut self.open[at];
                known.stats.merge(incident.stats);
                known.sharing.merge(incident.sharing);
                if incident.first_record.offset < known.first_record.offset {
                    known.first_record = incident.first_record;
                }
            }
            None => {
                (incident.key.code, incident.key.subject, incident.hash) = (code, None, shared);
                self.open(incident);
            }
        }
    }

    fn open(&mut self, mut incident: OpenIncident) -> usize {
        let at = self.open.len();
        incident.same_hash = self.by_hash.insert(incident.hash, at);
        self.record_bytes += incident.first_record.record.len();
        self.open.push(incident);
        at
    }

    fn find(&self, hash: u64, is_key: impl Fn(&Key) -> bool) -> Option<usize> {
        let last = self.by_hash.get(&hash).copied();
        std::iter::successors(last, |at| self.open[*at].same_hash).find(|at| is_key(&self.open[*at].key))
    }

    /// Adds a finding. `first_record` is called only for the first of its pattern and subject.
    pub(crate) fn add(&mut self, finding: &FindingSummary<'_>, first_record: impl FnOnce() -> FirstRecord) {
        let hash = hash(finding);
        let found = self.find(hash, |key| key.matches(finding));
        let at = found.unwrap_or_else(|| self.add_subject(finding, hash, first_record));
        self.open[at].stats.add(finding, self.added);
        self.added += 1;
    }

    /// Index of the incident for a subject that has none yet.
    fn add_subject(
        &mut self,
        finding: &FindingSummary<'_>,
        hash: u64,
        first_record: impl FnOnce() -> FirstRecord,
    ) -> usize {
        let (pattern, code) = (finding.pattern, finding.key_code());
        let placement = self.subjects.place(pattern, code, hash, |parts| is_subject(parts, finding));
        let (key, key_hash) = match placement {
            Placement::Own => (Key::of(finding), hash),
            Placement::Shared { code } => {
                let shared = shared_hash(pattern, code);
                if let Some(at) = self.find(shared, |key| key.is_shared(pattern, code)) {
                    self.open[at].sharing.add(hash);
                    return at;
                }
                (Key { pattern: pattern.to_owned(), code, subject: None }, shared)
            }
        };
        let mut sharing = SharingSubjects::default();
        if key.subject.is_none() {
            sharing.add(hash);
        }
        let (severity, stats) = (finding.severity, IncidentStats::default());
        self.open(OpenIncident {
            key,
            hash: key_hash,
            same_hash: None,
            sharing,
            severity,
            stats,
            first_record: first_record(),
        })
    }

    /// Records that somebody started an authorization flow.
    pub(crate) fn add_flow_start(&mut self, start: SignInEvent) {
        let time = start.time.instant();
        // Later than all others, as nearly always, it equals none of them.
        match self.latest_start.is_none_or(|latest| latest < time) {
            true => self.flow_starts.add_new(start),
            false => self.flow_starts.add(start),
        }
        self.latest_start = self.latest_start.max(Some(time));
    }

    /// True while further flow starts would be kept.
    #[must_use]
    pub(crate) fn wants_flow_starts(&self) -> bool {
        self.flow_starts.len() < MAX_FLOW_STARTS
    }
}

fn hash(finding: &FindingSummary<'_>) -> u64 {
    FixedState::default().hash_one((finding.pattern, finding.key_code(), finding.subject))
}

/// The hash of the incident that the surplus subjects of a pattern and code share.
fn shared_hash(pattern: &str, code: Option<u32>) -> u64 {
    FixedState::default().hash_one((pattern, code, "shared"))
}

fn is_subject(parts: &SubjectParts, finding: &FindingSummary<'_>) -> bool {
    parts.iter().zip(&finding.subject).all(|(mine, theirs)| mine.as_deref() == *theirs)
}

impl Key {
    fn is_shared(&self, pattern: &str, code: Option<u32>) -> bool {
        self.subject.is_none() && self.code == code && self.pattern == pattern
    }

    fn of(finding: &FindingSummary<'_>) -> Self {
        Self {
            pattern: finding.pattern.to_owned(),
            code: finding.key_code(),
            subject: Some(finding.subject.map(|part| part.map(<[u8]>::to_vec))),
        }
    }

    fn matches(&self, finding: &FindingSummary<'_>) -> bool {
        self.pattern == finding.pattern
            && self.code == finding.key_code()
            && self.subject.as_ref().is_some_and(|subject| is_subject(subject, finding))
    }
}

impl IncidentStats {
    /// Adds a finding; `sequence` is larger than that of all findings before it.
    fn add(&mut self, finding: &FindingSummary<'_>, sequence: u64) {
        self.count += 1;
        self.findings.extend(finding.index);
        if let Some(code) = finding.code {
            *self.codes.entry(code).or_default() += 1;
        }
        if let Some(time) = finding.time {
            self.add_time(time);
        }
        for (ids, id) in [(&mut self.trace_ids, finding.trace_id), (&mut self.correlation_ids, finding.correlation_id)]
        {
            id.into_iter().for_each(|id| ids.insert_at(sequence, id));
        }
        self.facts.add(finding, sequence);
    }

    /// Adds what was counted in another chunk, or of another subject.
    pub(super) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.findings.extend(other.findings);
        for (code, count) in other.codes {
            *self.codes.entry(code).or_default() += count;
        }
        for time in [other.first, other.last].into_iter().flatten() {
            self.add_time(time);
        }
        self.trace_ids.merge(other.trace_ids);
        self.correlation_ids.merge(other.correlation_ids);
        self.facts.merge(other.facts);
    }

    /// Adds `findings` to all indices and `sequence` to all sequence numbers, so that both count from
    /// the start of the report instead of the chunk.
    pub(super) fn shift(&mut self, findings: usize, sequence: u64) {
        self.findings.iter_mut().for_each(|index| *index += findings);
        self.trace_ids.shift(sequence);
        self.correlation_ids.shift(sequence);
        self.facts.shift(findings, sequence);
    }

    /// Extends the time span of the incident.
    pub(super) fn add_time(&mut self, time: Timestamp) {
        if self.first.is_none_or(|first| time.instant() < first.instant()) {
            self.first = Some(time);
        }
        if self.last.is_none_or(|last| time.instant() >= last.instant()) {
            self.last = Some(time);
        }
    }
}
