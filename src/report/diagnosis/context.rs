//! What the statements are made from: the logs, the incidents with what is remembered of them, and a
//! view of both.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{Certainty, Statement, StatementKind, causality, causality::CausalLink, deadline, priority, state::State};
use crate::{
    catalogue::Sign,
    model::Timestamp,
    report::{
        aggregate::MAX_SOURCES,
        first_n::FirstN,
        incident::{EntryTraits, Incident},
        incident_facts::{self, ClockDrift, IncidentFacts},
    },
};

/// What was read, as far as a diagnosis asks.
#[derive(Debug, Clone, Default)]
pub struct Logs {
    /// Every input.
    pub list: Vec<Log>,
    /// Findings were left out on request (`--since`, `--pattern`, …).
    pub filtered: bool,
}

/// One input.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// As the report names it.
    pub source: String,
    /// The name of the log that it is a part of, without folder, packing and rotation.
    pub name: String,
    /// Which part of that log it is.
    pub rotation: Rotation,
    /// The node of the cluster that wrote it.
    pub node: Option<String>,
    /// Time of its first record.
    pub first: Option<Timestamp>,
    /// Time of its last record.
    pub last: Option<Timestamp>,
}

/// Which part of a rotated log a file is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Rotation {
    /// The file that is being written to.
    #[default]
    Current,
    /// Rotated by number: the highest is the oldest.
    Numbered(u32),
    /// Rotated by date, `2026-01-05` or `2026-01`.
    Dated(String),
}

impl Logs {
    /// The earliest moment of all.
    pub(super) fn first(&self) -> Option<Timestamp> {
        self.list.iter().filter_map(|log| log.first).min_by_key(Timestamp::instant)
    }

    /// The logs in which a case stands: its files, those they are rotated into, on its nodes.
    fn of<'l>(&'l self, case: &IncidentCase) -> impl Iterator<Item = &'l Log> {
        let sources = || case.sources.members();
        let given: Vec<&Log> =
            sources().filter_map(|source| self.list.iter().find(|log| log.source == *source)).collect();
        self.list.iter().filter(move |log| {
            given.iter().any(|given| given.name == log.name) && given.iter().any(|given| given.node == log.node)
        })
    }

    /// The end of the logs in which a case stands.
    pub(super) fn end_of(&self, case: &IncidentCase) -> Option<Timestamp> {
        self.of(case).filter_map(|log| log.last).chain(case.last).max_by_key(Timestamp::instant)
    }

    /// The start of the logs in which a case stands.
    pub(super) fn begin_of(&self, case: &IncidentCase) -> Option<Timestamp> {
        self.of(case).filter_map(|log| log.first).min_by_key(Timestamp::instant)
    }

    /// The nodes, when the inputs tell at least one.
    pub(super) fn nodes(&self) -> Vec<&str> {
        let mut nodes: Vec<&str> = self.list.iter().filter_map(|log| log.node.as_deref()).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    pub(super) fn node_of(&self, source: &str) -> Option<&str> {
        self.list.iter().find(|log| log.source == source)?.node.as_deref()
    }

    /// True when the logs of a node reach over a stretch of time.
    pub(super) fn covers(&self, node: &str, first: Timestamp, last: Timestamp) -> bool {
        let mine = || self.list.iter().filter(|log| log.node.as_deref() == Some(node));
        mine().filter_map(|log| log.first).any(|time| time.instant() <= first.instant())
            && mine().filter_map(|log| log.last).any(|time| time.instant() >= last.instant())
    }
}

/// An incident with all that is known of it.
#[derive(Debug)]
pub(crate) struct IncidentCase {
    pub(crate) incident: Incident,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    pub(crate) facts: IncidentFacts,
    pub(crate) traits: EntryTraits,
    /// The inputs it stands in.
    pub(crate) sources: FirstN<String, MAX_SOURCES>,
    /// How far the clock of each input is from the provider's.
    pub(crate) drifts: BTreeMap<String, ClockDrift>,
}

/// What begins so soon after the start of the log may have begun before it.
const NEAR_START: TimeDelta = TimeDelta::hours(1);

/// What the statements are made from.
pub(super) struct DiagnosisContext<'v> {
    pub(super) cases: &'v [IncidentCase],
    pub(super) links: &'v [Option<CausalLink>],
    pub(super) states: &'v [Option<State>],
    pub(super) logs: &'v Logs,
}

impl DiagnosisContext<'_> {
    /// A statement on some cases, with the first and the last finding of each.
    pub(super) fn statement(
        &self,
        kind: StatementKind,
        certainty: Certainty,
        text: String,
        cases: &[usize],
    ) -> Statement {
        let incidents = cases.iter().map(|i| self.cases[*i].incident.id.clone()).collect();
        let mut findings: Vec<usize> = cases
            .iter()
            .flat_map(|i| {
                let all = &self.cases[*i].incident.findings;
                all.first().into_iter().chain(all.last()).copied()
            })
            .collect();
        findings.sort_unstable();
        findings.dedup();
        findings.truncate(2 * incident_facts::MAX_SAMPLE_FINDINGS);
        Statement { kind, certainty, text, incidents, findings, at: None }
    }

    /// True when a case follows from no other.
    pub(super) fn is_root(&self, at: usize) -> bool {
        priority::cause(self.links, at).is_none()
    }

    /// True when a case has a cause that is not in the logs.
    pub(super) fn is_missing(&self, at: usize) -> bool {
        self.links[at].is_none() && causality::is_missing(&self.cases[at])
    }

    /// The token that was lost through a case.
    pub(super) fn lost_by(&self, at: usize) -> Option<usize> {
        (0..self.cases.len()).find(|i| priority::cause(self.links, *i) == Some(at) && is_lost(&self.cases[*i]))
    }

    /// Since when the token of a case is lost.
    pub(super) fn lost_since(&self, at: usize) -> Option<Timestamp> {
        let cause = priority::cause(self.links, at).map(|cause| &self.cases[cause]);
        deadline::lost_since(cause, &self.cases[at])
    }

    /// True when a case without a cause begins with its log: it may have begun before.
    pub(super) fn is_first_seen_at_start(&self, at: usize) -> bool {
        let case = &self.cases[at];
        let begin = self.logs.begin_of(case);
        self.is_root(at)
            && matches!((case.first, begin), (Some(first), Some(begin)) if first.instant() - begin.instant() <= NEAR_START)
    }

    /// True when an incident and a case share pattern and application.
    pub(super) fn is_related(&self, incident: &str, at: usize) -> bool {
        let case = &self.cases[at].incident;
        self.cases.iter().map(|case| &case.incident).any(|other| {
            other.id == incident
                && other.pattern == case.pattern
                && (other.subject.app_id == case.subject.app_id || case.subject.app_id.is_none())
        })
    }

    /// How far the clock of a node, or of all logs, is from the provider's in a case.
    pub(super) fn drift_of(&self, at: usize, node: Option<&str>) -> ClockDrift {
        let mut all = ClockDrift::default();
        for (source, drift) in &self.cases[at].drifts {
            if node.is_none() || self.logs.node_of(source) == node {
                all.absorb(drift.clone());
            }
        }
        all
    }
}

impl Statement {
    pub(super) fn at(mut self, time: Option<Timestamp>) -> Self {
        self.at = time.map(|time| time.to_rfc3339());
        self
    }
}

pub(super) fn is_lost(case: &IncidentCase) -> bool {
    case.traits.signs.contains(&Sign::LostToken)
}
