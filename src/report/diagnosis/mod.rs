//! What the incidents of a report mean together.
//!
//! Each kind of statement has its own file and is made from the same [`DiagnosisContext`]: the
//! incidents with all that is remembered of them, their causes and their states. The catalogue says
//! what can cause what, and what a failure is a sign of.

mod actions;
mod case;
mod causality;
mod clock_skew;
mod cloud;
mod configuration;
mod context;
mod deadline;
mod headline;
mod inconclusive;
mod logs;
mod nodes;
mod older_logs;
mod priority;
mod root_cause;
mod sign_in;
mod state;
mod statement;
mod wording;

use super::{bounds::MAX_FLOW_STARTS, first_n::FirstN, incident::Incident};
use crate::model::{SignInEvent, sort_by_key};
pub(crate) use case::IncidentCase;
use case::{CausalLink, State, likely_cause};
use context::DiagnosisContext;
pub(crate) use logs::{Log, Logs, Rotation};
pub use statement::{Action, Certainty, Diagnosis, Statement, StatementKind};

/// Parts into which the time of the logs is divided to show when an incident failed.
const ACTIVITY_PARTS: usize = 24;

/// Puts cases in order of priority, finds out which one caused which and what they mean together.
pub(crate) fn diagnose(
    cases: Vec<IncidentCase>,
    flow_starts: &FirstN<SignInEvent, MAX_FLOW_STARTS>,
    logs: &Logs,
) -> (Vec<Incident>, Diagnosis) {
    let mut cases = sorted(cases, logs);
    for (i, case) in cases.iter_mut().enumerate() {
        case.incident.id = format!("incident-{}", i + 1);
        let nodes = case.sources.iter().filter_map(|source| logs.node_of(source));
        let mut nodes: Vec<String> = nodes.map(str::to_owned).collect();
        nodes.sort_unstable();
        nodes.dedup();
        case.incident.nodes = nodes;
    }
    // By the new indices.
    let links = causality::link(&cases, logs);
    let states = states(&cases, &links, logs);
    let context = DiagnosisContext { cases: &cases, links: &links, states: &states, logs };
    let diagnosis = Diagnosis {
        headline: headline::headline(&context),
        statements: statements(&context, flow_starts),
        actions: actions::actions(&context),
    };
    let causes: Vec<Option<String>> =
        (0..cases.len()).map(|i| likely_cause(&links, i).map(|cause| cases[cause].incident.id.clone())).collect();
    let incidents = cases.into_iter().zip(causes.into_iter().zip(states)).map(|(mut case, (caused_by, state))| {
        if caused_by.is_some() {
            case.incident.cause_is_known(&case.traits);
        }
        Incident {
            activity: activity(&case, logs),
            caused_by,
            state: state.map(|state| state.as_str().to_owned()),
            ..case.incident
        }
    });
    let incidents = incidents.collect();
    (incidents, diagnosis)
}

/// When a case failed, over the time that all logs cover.
fn activity(case: &IncidentCase, logs: &Logs) -> Vec<u64> {
    match (logs.first(), logs.last()) {
        (Some(first), Some(last)) if case.first.is_some() => case.facts.times.histogram(first, last, ACTIVITY_PARTS),
        _ => Vec::new(),
    }
}

/// Cases in order of priority.
fn sorted(cases: Vec<IncidentCase>, logs: &Logs) -> Vec<IncidentCase> {
    let links = causality::link(&cases, logs);
    let states = states(&cases, &links, logs);
    let order = priority::order(&cases, &links, &states);
    let mut cases: Vec<Option<IncidentCase>> = cases.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| cases[at].take()).collect()
}

fn states(cases: &[IncidentCase], links: &[Option<CausalLink>], logs: &Logs) -> Vec<Option<State>> {
    (0..cases.len())
        .map(|at| {
            let lost_token = (0..cases.len())
                .find(|i| likely_cause(links, *i) == Some(at) && cases[*i].is_lost_token())
                // Whatever the cause: a mail server whose token became invalid later has not recovered.
                .or_else(|| (0..cases.len()).find(|i| *i != at && invalid_after(&cases[*i], &cases[at])))
                .map(|i| &cases[i]);
            state::of(&cases[at], lost_token, logs)
        })
        .collect()
}

/// True when the token of the same mail server or integration became invalid after the failures of `case`.
fn invalid_after(lost: &IncidentCase, case: &IncidentCase) -> bool {
    let same =
        |integration: &Option<String>| integration.is_some() && *integration == case.incident.subject.integration;
    let later = matches!((lost.first, case.last), (Some(first), Some(last)) if first.instant() >= last.instant());
    lost.is_lost_token() && !case.is_lost_token() && later && same(&lost.incident.subject.integration)
}

fn statements(context: &DiagnosisContext<'_>, flow_starts: &FirstN<SignInEvent, MAX_FLOW_STARTS>) -> Vec<Statement> {
    let mut out = Vec::new();
    root_cause::statements(context, &mut out);
    causality::statements(context, &mut out);
    inconclusive::statements(context, &mut out);
    cloud::statements(context, &mut out);
    clock_skew::statements(context, &mut out);
    configuration::statements(context, &mut out);
    sign_in::statements(context, flow_starts, &mut out);
    nodes::statements(context, &mut out);
    deadline::statements(context, &mut out);
    state::statements(context, &mut out);
    // Statements about the same root cause stay together, in the order above.
    let root = |statement: &Statement| {
        let mut at = context.cases.iter().position(|case| statement.incidents.contains(&case.incident.id))?;
        while let Some(cause) = likely_cause(context.links, at) {
            at = cause;
        }
        Some(at)
    };
    sort_by_key(&mut out, root);
    out
}
