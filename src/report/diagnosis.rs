//! What the incidents of a report mean together.
//!
//! Each kind of statement has a file of its own and reads the same [`View`]: the incidents with what
//! is remembered of them, which follows from which, how each stands at the end of the log. What may
//! follow from what, and what a failure is a sign of, is said by the catalogue.

mod causality;
mod clock_skew;
mod cloud;
mod configuration;
mod context;
mod deadline;
mod inconclusive;
mod nodes;
mod older_logs;
mod priority;
mod sign_in;
mod state;
mod wording;

use serde::Serialize;

use super::{first_n::FirstN, incident::Incident, incident_counts::MAX_FLOW_STARTS};
use crate::model::{SignInEvent, Stage};
use causality::CausalLink;
use context::DiagnosisContext;
pub(crate) use context::IncidentCase;
pub use context::{Log, Logs, Rotation};
use state::State;

/// What happened, and what to do first.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// One or two sentences: the first thing to know. Empty when nothing was found.
    pub headline: String,
    /// What can be said, root causes before consequences.
    pub statements: Vec<Statement>,
    /// What to do, in this order.
    pub actions: Vec<Action>,
}

/// One thing that can be said, and what it rests on.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// What it speaks of.
    pub kind: StatementKind,
    /// How sure it is; the text is worded to fit.
    pub certainty: Certainty,
    /// The statement, for a person.
    pub text: String,
    /// Ids of the incidents it speaks of.
    pub incidents: Vec<String>,
    /// Indices of the findings it rests on, when the report lists findings; at most a few.
    pub findings: Vec<usize>,
    /// The moment it speaks of (a deadline, a last failure), RFC 3339 as in the log.
    pub at: Option<String>,
}

/// What a statement speaks of.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StatementKind {
    /// A root cause.
    Cause,
    /// An incident that follows from another.
    Consequence,
    /// A consequence whose cause is not in the logs given.
    MissingCause,
    /// When a token is lost for good.
    Deadline,
    /// Still failing, stopped, flapping, recovered.
    State,
    /// The log's clock and the provider's differ.
    ClockSkew,
    /// Hosts or scopes of different clouds.
    WrongCloud,
    /// A sign-in that took longer than Jira waits.
    FlowTimeout,
    /// Base URL or endpoint were changed.
    ChangedConfiguration,
    /// Only some nodes fail.
    SomeNodes,
    /// Ids of one integration, secret of another.
    ConfusedIntegrations,
    /// Nothing can be concluded.
    Inconclusive,
}

/// How sure a statement is.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// One of several readings.
    Possible,
    /// The usual reading of what the log shows.
    Likely,
    /// The log says so.
    Certain,
}

/// One thing to do.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    /// What, in one sentence.
    pub text: String,
    /// The incident that it ends; its steps tell how.
    pub incident: String,
    /// Why now and in this place.
    pub because: String,
    /// The latest moment at which it helps, RFC 3339 as in the log.
    pub before: Option<String>,
}

/// Puts cases in order, tells which follows from which and what they mean together.
pub(crate) fn diagnose(
    cases: Vec<IncidentCase>,
    starts: &FirstN<SignInEvent, MAX_FLOW_STARTS>,
    logs: &Logs,
) -> (Vec<Incident>, Diagnosis) {
    let mut cases = sorted(cases, logs);
    for (i, case) in cases.iter_mut().enumerate() {
        case.incident.id = format!("incident-{}", i + 1);
        let nodes = case.sources.members().filter_map(|source| logs.node_of(source));
        let mut nodes: Vec<String> = nodes.map(str::to_owned).collect();
        nodes.sort_unstable();
        nodes.dedup();
        case.incident.nodes = nodes;
    }
    let links = causality::link(&cases, logs);
    let states = states(&cases, &links, logs);
    let view = DiagnosisContext { cases: &cases, links: &links, states: &states, logs };
    let diagnosis = Diagnosis {
        headline: headline(&view),
        statements: statements(&view, starts),
        actions: priority::actions(&view),
    };
    let causes: Vec<Option<String>> =
        (0..cases.len()).map(|i| priority::cause(&links, i).map(|cause| cases[cause].incident.id.clone())).collect();
    let incidents = cases
        .into_iter()
        .zip(causes.into_iter().zip(states))
        .map(|(case, (caused_by, state))| Incident {
            caused_by,
            state: state.map(|state| state.as_str().to_owned()),
            ..case.incident
        })
        .collect();
    (incidents, diagnosis)
}

/// Cases in the order in which they are shown.
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
            let lost = (0..cases.len())
                .find(|i| priority::cause(links, *i) == Some(at) && context::is_lost(&cases[*i]))
                .map(|i| &cases[i]);
            state::of(&cases[at], lost, logs)
        })
        .collect()
}

fn statements(view: &DiagnosisContext<'_>, starts: &FirstN<SignInEvent, MAX_FLOW_STARTS>) -> Vec<Statement> {
    let mut out = Vec::new();
    causes(view, &mut out);
    causality::statements(view, &mut out);
    inconclusive::statements(view, &mut out);
    cloud::statements(view, &mut out);
    clock_skew::statements(view, &mut out);
    configuration::statements(view, &mut out);
    sign_in::statements(view, starts, &mut out);
    nodes::statements(view, &mut out);
    deadline::statements(view, &mut out);
    state::statements(view, &mut out);
    // What speaks of one root stands together; within it the order above.
    let rank = |statement: &Statement| {
        let first = view.cases.iter().position(|case| statement.incidents.contains(&case.incident.id));
        first.map(|mut at| {
            while let Some(cause) = priority::cause(view.links, at) {
                at = cause;
            }
            at
        })
    };
    out.sort_by_key(rank);
    out
}

/// What each root is.
fn causes(view: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    for (i, case) in view.cases.iter().enumerate() {
        if !view.is_root(i) || view.is_missing(i) || inconclusive::is_open(case) {
            continue;
        }
        let incident = &case.incident;
        let certainty = match incident.stage {
            _ if incident.preview => Certainty::Possible,
            _ if incident.code.is_some() => Certainty::Certain,
            Stage::Transport | Stage::Configuration | Stage::Callback => Certainty::Certain,
            _ => Certainty::Likely,
        };
        let often = match (case.last, incident.count) {
            (_, 1) => String::new(),
            (Some(last), n) => format!(", {}, last at {}", crate::report::times(n), wording::clock(last)),
            (None, n) => format!(", {}", crate::report::times(n)),
        };
        let reading = match certainty {
            Certainty::Certain => "",
            Certainty::Likely => " That is the usual reading; the log does not name the reason itself.",
            Certainty::Possible => " The reading rests on notes that the vendor has not confirmed.",
        };
        let text = format!("{}{}{often}.{reading}{}", wording::title(incident), wording::since(case), remedy(view, i));
        out.push(view.statement(StatementKind::Cause, certainty, text, &[i]).at(case.first));
    }
}

/// That the token is lost, and what to do.
fn remedy(view: &DiagnosisContext<'_>, at: usize) -> String {
    let fix = view.cases[at].traits.fix.as_deref();
    let lost = view.lost_by(at);
    let since = lost.and_then(|lost| view.lost_since(lost));
    let lost_text = match (lost, since) {
        (Some(_), Some(since)) => format!(" The token is lost since {}.", wording::clock(since)),
        (Some(_), None) => " The token is lost.".to_owned(),
        (None, _) => String::new(),
    };
    let fix = match (fix, lost) {
        (Some(fix), Some(_)) if !fix.contains("uthorize again") => {
            format!(" {}, then press Authorize again on the mail server.", fix.trim_end_matches('.'))
        }
        (Some(fix), _) => format!(" {fix}"),
        (None, Some(_)) => " When the cause is solved, press Authorize again on the mail server.".to_owned(),
        (None, None) => String::new(),
    };
    format!("{lost_text}{fix}")
}

/// The first thing to know.
fn headline(view: &DiagnosisContext<'_>) -> String {
    let Some(first) = view.cases.first() else { return String::new() };
    let what = wording::short_title(&first.incident);
    let since = wording::since(first);
    if view.is_missing(0) && view.logs.filtered {
        return format!("{what}{since}. The cause is not among what was asked for: {}.", causality::UNFILTERED);
    }
    if view.is_missing(0) {
        return format!(
            "{what}{since}. The cause is not in the logs given: add {}, of every node.",
            older_logs::older(view.logs)
        );
    }
    if inconclusive::is_open(first) && view.is_root(0) {
        return format!("The cause cannot be told from these logs: {what}{since}.");
    }
    format!("{what}{since}.{}", remedy(view, 0))
}
