//! Counting findings by cause and subject, a chunk at a time.
//!
//! Nothing is written up here, and nothing redacted: a chunk keeps the first record of each cause and
//! subject, and the report's ledger reads it again when it turns out to be the first of the whole log.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, Hash},
};

use chrono::{DateTime, Utc};
use foldhash::fast::FixedState;

use super::{first_n::FirstN, incident_facts::IncidentFacts};
use crate::{
    extract::Clouds,
    model::{IdpTime, Severity, SignInEvent, Timestamp},
};

/// A finding, as far as incidents want to know it. Nothing here is redacted yet.
#[derive(Debug, Clone, Copy)]
pub struct FindingSummary<'h> {
    /// Catalogue id.
    pub pattern: &'h str,
    /// The pattern's severity.
    pub severity: Severity,
    /// The deciding number.
    pub code: Option<u32>,
    /// The number by itself makes an incident: the pattern is the catch-all for codes.
    pub code_apart: bool,
    /// The log's time.
    pub time: Option<Timestamp>,
    /// Trace id.
    pub trace_id: Option<&'h [u8]>,
    /// Correlation id.
    pub correlation_id: Option<&'h [u8]>,
    /// The provider's time.
    pub idp_time: Option<IdpTime>,
    /// The record says that a token was being refreshed.
    pub refreshing: bool,
    /// A person did it in a browser: the record has a request's address.
    pub interactive: bool,
    /// The browser's session was lost: who came back is remembered.
    pub lost_session: bool,
    /// The header's user.
    pub user: Option<&'h [u8]>,
    /// Hash of the header's session.
    pub session: Option<&'h [u8]>,
    /// Id of the authorization flow.
    pub flow_id: Option<&'h [u8]>,
    /// Microsoft's clouds, by the hosts of the text.
    pub(crate) clouds: Clouds,
    /// Application id, tenant, mailbox, mail server.
    pub subject: [Option<&'h [u8]>; 4],
    /// The finding's place in the report's list, when there is a list.
    pub index: Option<usize>,
}

/// The first record of a cause and subject: what its incident is opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstRecord {
    /// The record as it stands in the log.
    pub record: Vec<u8>,
    /// Byte at which it starts in its source.
    pub offset: u64,
    /// Line at which it starts; within a chunk it counts from the chunk's start.
    pub line: u64,
    /// It was closed at the size limit.
    pub truncated: bool,
}

/// How many ids an incident lists.
pub(super) const MAX_IDS: usize = 5;

/// What makes two findings one incident. `subject` is `None` for the rest that is put together.
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
    /// By deciding number.
    pub(super) codes: BTreeMap<u32, u64>,
    pub(super) first: Option<Timestamp>,
    pub(super) last: Option<Timestamp>,
    pub(super) trace_ids: FirstN<Vec<u8>, MAX_IDS>,
    pub(super) correlation_ids: FirstN<Vec<u8>, MAX_IDS>,
    pub(super) findings: Vec<usize>,
    pub(super) facts: IncidentFacts,
}

/// The findings of one chunk, by cause and subject.
#[derive(Debug, Default)]
pub struct IncidentCounts {
    pub(super) open: Vec<OpenIncident>,
    by_hash: HashMap<u64, Vec<usize>, FixedState>,
    /// How many findings were added.
    added: u64,
    pub(super) starts: FirstN<SignInEvent, MAX_FLOW_STARTS>,
    /// The latest of them.
    latest: Option<DateTime<Utc>>,
}

/// How many starts of flows are remembered.
pub(super) const MAX_FLOW_STARTS: usize = 256;

/// A cause and subject of a chunk.
#[derive(Debug)]
pub(super) struct OpenIncident {
    pub(super) key: Key,
    pub(super) severity: Severity,
    pub(super) counted: IncidentStats,
    pub(super) seed: FirstRecord,
}

impl IncidentCounts {
    /// Adds a finding. `seed` is asked only for the first of its cause and subject.
    pub fn add(&mut self, brief: &FindingSummary<'_>, seed: impl FnOnce() -> FirstRecord) {
        let at = self.by_hash.entry(brief.hash()).or_default();
        let known = at.iter().copied().find(|at| self.open[*at].key.is(brief));
        let known = known.unwrap_or_else(|| {
            at.push(self.open.len());
            self.open.push(OpenIncident {
                key: Key::of(brief),
                severity: brief.severity,
                counted: IncidentStats::default(),
                seed: seed(),
            });
            self.open.len() - 1
        });
        self.open[known].counted.add(brief, self.added);
        self.added += 1;
    }

    /// Remembers that somebody started an authorization flow.
    pub(crate) fn started(&mut self, visit: SignInEvent) {
        let time = visit.time.instant();
        // Later than all others, as nearly always, it is none of them.
        match self.latest.is_none_or(|latest| latest < time) {
            true => self.starts.add_new(visit),
            false => self.starts.add(visit),
        }
        self.latest = self.latest.max(Some(time));
    }

    /// True while starts are remembered.
    #[must_use]
    pub fn wants_starts(&self) -> bool {
        self.starts.len() < MAX_FLOW_STARTS
    }
}

impl FindingSummary<'_> {
    fn apart(&self) -> Option<u32> {
        self.code.filter(|_| self.code_apart)
    }

    fn hash(&self) -> u64 {
        FixedState::default().hash_one((self.pattern, self.apart(), self.subject))
    }
}

impl Key {
    fn of(brief: &FindingSummary<'_>) -> Self {
        Self {
            pattern: brief.pattern.to_owned(),
            code: brief.apart(),
            subject: Some(brief.subject.map(|slot| slot.map(<[u8]>::to_vec))),
        }
    }

    fn is(&self, brief: &FindingSummary<'_>) -> bool {
        let same = |subject: &[Option<Vec<u8>>; 4]| {
            subject.iter().zip(&brief.subject).all(|(mine, theirs)| mine.as_deref() == *theirs)
        };
        self.pattern == brief.pattern && self.code == brief.apart() && self.subject.as_ref().is_some_and(same)
    }
}

impl IncidentStats {
    /// `came` is larger for each finding of a chunk than for those before it.
    fn add(&mut self, brief: &FindingSummary<'_>, came: u64) {
        self.count += 1;
        self.findings.extend(brief.index);
        if let Some(code) = brief.code {
            *self.codes.entry(code).or_default() += 1;
        }
        if let Some(time) = brief.time {
            self.see(time);
        }
        for (ids, id) in [(&mut self.trace_ids, brief.trace_id), (&mut self.correlation_ids, brief.correlation_id)] {
            id.into_iter().for_each(|id| ids.insert_at(came, id));
        }
        self.facts.count(brief, came);
    }

    /// Takes over what was counted in a chunk, or of another subject in it.
    pub(super) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.findings.extend(other.findings);
        for (code, count) in other.codes {
            *self.codes.entry(code).or_default() += count;
        }
        for time in [other.first, other.last].into_iter().flatten() {
            self.see(time);
        }
        self.trace_ids.merge(other.trace_ids);
        self.correlation_ids.merge(other.correlation_ids);
        self.facts.merge(other.facts);
    }

    /// Makes indices count from the list's start, and tells what came from what came in chunks before.
    pub(super) fn shift(&mut self, findings: usize, came: u64) {
        self.findings.iter_mut().for_each(|index| *index += findings);
        self.trace_ids.shift(came);
        self.correlation_ids.shift(came);
        self.facts.shift(findings, came);
    }

    pub(super) fn see(&mut self, time: Timestamp) {
        if self.first.is_none_or(|first| time.instant() < first.instant()) {
            self.first = Some(time);
        }
        if self.last.is_none_or(|last| time.instant() >= last.instant()) {
            self.last = Some(time);
        }
    }
}
