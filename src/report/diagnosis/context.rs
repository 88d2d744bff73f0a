//! What every statement is made from: the logs and the incidents with their causes and states.

use chrono::TimeDelta;

use super::{
    case::{CausalLink, IncidentCase, State, likely_cause},
    logs::Logs,
    statement::{Certainty, Statement, StatementKind},
    wording,
};
use crate::report::{bounds::MAX_SAMPLE_FINDINGS, incident_facts::ClockDrift};

/// An incident that begins this soon after the start of its log may have begun before it.
const NEAR_START: TimeDelta = TimeDelta::hours(1);

/// What every statement is made from. Cases are referred to by their index in `cases`.
pub(super) struct DiagnosisContext<'d> {
    /// In the order in which the report lists them.
    pub(super) cases: &'d [IncidentCase],
    /// The cause of each case, where one was found.
    pub(super) links: &'d [Option<CausalLink>],
    /// The state of each case; `None` when the log has no times.
    pub(super) states: &'d [Option<State>],
    pub(super) logs: &'d Logs,
}

impl DiagnosisContext<'_> {
    /// A statement about some cases, supported by the first and the last finding of each.
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
        findings.truncate(2 * MAX_SAMPLE_FINDINGS);
        Statement { kind, certainty, text, incidents, findings, at: None }
    }

    /// True when no other case is known to have caused this one.
    pub(super) fn is_root(&self, at: usize) -> bool {
        likely_cause(self.links, at).is_none()
    }

    /// True when a case must have a cause, but none of the cases is it.
    pub(super) fn is_missing_cause(&self, at: usize) -> bool {
        self.links[at].is_none() && self.cases[at].requires_cause()
    }

    /// The cases about tokens that became invalid because of the case at `at`.
    pub(super) fn lost_tokens_of(&self, at: usize) -> impl Iterator<Item = usize> {
        (0..self.cases.len())
            .filter(move |i| likely_cause(self.links, *i) == Some(at) && self.cases[*i].is_lost_token())
    }

    /// The first of them.
    pub(super) fn lost_token_of(&self, at: usize) -> Option<usize> {
        self.lost_tokens_of(at).next()
    }

    /// True when a case fails up to the end of its log.
    pub(super) fn fails_at_end(&self, at: usize) -> bool {
        matches!(self.states[at], Some(State::Failing | State::Flapping { at_end: true }))
    }

    /// The nodes on which some cases fail, as a list for a sentence, when not all nodes do.
    pub(super) fn nodes_of(&self, cases: &[usize]) -> Option<String> {
        let mut failing: Vec<String> =
            cases.iter().flat_map(|at| self.cases[*at].incident.nodes.iter().cloned()).collect();
        failing.sort_unstable();
        failing.dedup();
        let all = self.logs.nodes().len();
        (!failing.is_empty() && failing.len() < all).then(|| wording::list(&failing, "and"))
    }

    /// True when a root case begins with its log, so that it may have begun earlier.
    pub(super) fn may_have_begun_earlier(&self, at: usize) -> bool {
        let case = &self.cases[at];
        let begin = self.logs.begin_of(case);
        self.is_root(at)
            && matches!((case.first, begin), (Some(first), Some(begin)) if first.instant() - begin.instant() <= NEAR_START)
    }

    /// How far the clock of a node (`None`: of all logs) is ahead of the provider's, by the records of
    /// one case.
    pub(super) fn drift_of(&self, at: usize, node: Option<&str>) -> ClockDrift {
        let mut total = ClockDrift::default();
        for (source, drift) in &self.cases[at].drifts {
            if node.is_none() || self.logs.node_of(source) == node {
                total.merge(drift.clone());
            }
        }
        total
    }
}
