//! Findings of one chunk, counted by pattern and subject.
//!
//! No finding is built and nothing is redacted here. A chunk keeps the first record of each pattern
//! and subject; the aggregator builds a finding from it when it is the first of the whole report.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, Hash},
};

use chrono::{DateTime, Utc};
use foldhash::fast::FixedState;

use super::{
    bounds::{MAX_FLOW_STARTS, MAX_IDS},
    finding_summary::FindingSummary,
    first_n::FirstN,
    incident_facts::IncidentFacts,
};
use crate::model::{Severity, SignInEvent, Timestamp};

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
    pub(super) subject: Option<[Option<Vec<u8>>; 4]>,
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
    by_hash: HashMap<u64, Vec<usize>, FixedState>,
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
    pub(super) severity: Severity,
    pub(super) stats: IncidentStats,
    pub(super) first_record: FirstRecord,
}

impl IncidentCounts {
    /// Adds a finding. `first_record` is called only for the first of its pattern and subject.
    pub(crate) fn add(&mut self, finding: &FindingSummary<'_>, first_record: impl FnOnce() -> FirstRecord) {
        let candidates = self.by_hash.entry(hash(finding)).or_default();
        let found = candidates.iter().copied().find(|at| self.open[*at].key.matches(finding));
        let at = found.unwrap_or_else(|| {
            candidates.push(self.open.len());
            self.open.push(OpenIncident {
                key: Key::of(finding),
                severity: finding.severity,
                stats: IncidentStats::default(),
                first_record: first_record(),
            });
            self.open.len() - 1
        });
        self.open[at].stats.add(finding, self.added);
        self.added += 1;
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

impl Key {
    fn of(finding: &FindingSummary<'_>) -> Self {
        Self {
            pattern: finding.pattern.to_owned(),
            code: finding.key_code(),
            subject: Some(finding.subject.map(|part| part.map(<[u8]>::to_vec))),
        }
    }

    fn matches(&self, finding: &FindingSummary<'_>) -> bool {
        let same = |subject: &[Option<Vec<u8>>; 4]| {
            subject.iter().zip(&finding.subject).all(|(mine, theirs)| mine.as_deref() == *theirs)
        };
        self.pattern == finding.pattern && self.code == finding.key_code() && self.subject.as_ref().is_some_and(same)
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
