//! What the incidents of a report mean together.
//!
//! Each kind of statement has a file of its own and reads the same [`View`]: the incidents with what
//! is remembered of them, which follows from which, how each stands at the end of the log. What may
//! follow from what, and what a failure is a sign of, is said by the catalogue.

mod clock;
mod cloud;
mod consequence;
mod deadline;
mod files;
mod flow;
mod inconclusive;
mod nodes;
mod order;
mod settings;
mod state;
mod words;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::Serialize;

use super::{
    count::MOST_STARTS,
    facts::{self, Drift, Facts},
    few::Few,
    incident::{Incident, Traits},
    ledger::MOST_SOURCES,
};
use crate::{
    catalogue::Sign,
    model::{Stage, Timestamp, Visit},
};
use consequence::Link;
pub(crate) use state::State;

/// What happened, and what to do first.
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
    /// The node of the cluster that wrote it.
    pub node: Option<String>,
    /// Time of its first record.
    pub first: Option<Timestamp>,
    /// Time of its last record.
    pub last: Option<Timestamp>,
}

impl Logs {
    /// The earliest moment of all.
    fn first(&self) -> Option<Timestamp> {
        self.list.iter().filter_map(|log| log.first).min_by_key(Timestamp::instant)
    }

    /// The end of the logs in which a case stands: of its files and those they are rotated into.
    fn end_of(&self, case: &Case) -> Option<Timestamp> {
        let sources = case.sources.members();
        let families: Vec<&str> = sources.iter().map(|source| files::family(source).0).collect();
        self.list
            .iter()
            .filter(|log| families.contains(&files::family(&log.source).0))
            .filter_map(|log| log.last)
            .chain(case.last)
            .max_by_key(Timestamp::instant)
    }

    /// The start of the logs in which a case stands.
    fn begin_of(&self, case: &Case) -> Option<Timestamp> {
        let sources = case.sources.members();
        let families: Vec<&str> = sources.iter().map(|source| files::family(source).0).collect();
        self.list
            .iter()
            .filter(|log| families.contains(&files::family(&log.source).0))
            .filter_map(|log| log.first)
            .min_by_key(Timestamp::instant)
    }

    /// The nodes, when the inputs tell at least one.
    fn nodes(&self) -> Vec<&str> {
        let mut nodes: Vec<&str> = self.list.iter().filter_map(|log| log.node.as_deref()).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    fn node_of(&self, source: &str) -> Option<&str> {
        self.list.iter().find(|log| log.source == source)?.node.as_deref()
    }

    /// True when the logs of a node reach over a stretch of time.
    fn covers(&self, node: &str, first: Timestamp, last: Timestamp) -> bool {
        let mine = || self.list.iter().filter(|log| log.node.as_deref() == Some(node));
        mine().filter_map(|log| log.first).any(|time| time.instant() <= first.instant())
            && mine().filter_map(|log| log.last).any(|time| time.instant() >= last.instant())
    }
}

/// An incident with all that is known of it.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) incident: Incident,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    pub(crate) facts: Facts,
    pub(crate) traits: Traits,
    /// The inputs it stands in.
    pub(crate) sources: Few<String, MOST_SOURCES>,
    /// How far the clock of each input is from the provider's.
    pub(crate) drifts: BTreeMap<String, Drift>,
}

/// What begins so soon after the start of the log may have begun before it.
const NEAR_START: TimeDelta = TimeDelta::hours(1);

/// What the statements are made from.
struct View<'v> {
    cases: &'v [Case],
    links: &'v [Option<Link>],
    states: &'v [Option<State>],
    logs: &'v Logs,
}

impl View<'_> {
    /// A statement on some cases, with the first and the last finding of each.
    fn statement(&self, kind: StatementKind, certainty: Certainty, text: String, cases: &[usize]) -> Statement {
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
        findings.truncate(2 * facts::MOST_WITNESSES);
        Statement { kind, certainty, text, incidents, findings, at: None }
    }

    /// True when a case follows from no other.
    fn is_root(&self, at: usize) -> bool {
        order::cause(self.links, at).is_none()
    }

    /// True when a case has a cause that is not in the logs.
    fn is_missing(&self, at: usize) -> bool {
        self.links[at].is_none() && consequence::is_missing(&self.cases[at])
    }

    /// The token that was lost through a case.
    fn lost_by(&self, at: usize) -> Option<usize> {
        (0..self.cases.len()).find(|i| order::cause(self.links, *i) == Some(at) && is_lost(&self.cases[*i]))
    }

    /// Since when the token of a case is lost.
    fn lost_since(&self, at: usize) -> Option<Timestamp> {
        let cause = order::cause(self.links, at).map(|cause| &self.cases[cause]);
        deadline::lost_since(cause, &self.cases[at])
    }

    /// True when a case without a cause begins with its log: it may have begun before.
    fn is_first_seen_at_start(&self, at: usize) -> bool {
        let case = &self.cases[at];
        let begin = self.logs.begin_of(case);
        self.is_root(at)
            && matches!((case.first, begin), (Some(first), Some(begin)) if first.instant() - begin.instant() <= NEAR_START)
    }

    /// True when an incident and a case share pattern and application.
    fn is_akin(&self, incident: &str, at: usize) -> bool {
        let case = &self.cases[at].incident;
        self.cases.iter().map(|case| &case.incident).any(|other| {
            other.id == incident
                && other.pattern == case.pattern
                && (other.subject.app_id == case.subject.app_id || case.subject.app_id.is_none())
        })
    }

    /// How far the clock of a node, or of all logs, is from the provider's in a case.
    fn drift_of(&self, at: usize, node: Option<&str>) -> Drift {
        let mut all = Drift::default();
        for (source, drift) in &self.cases[at].drifts {
            if node.is_none() || self.logs.node_of(source) == node {
                all.absorb(drift.clone());
            }
        }
        all
    }
}

impl Statement {
    fn at(mut self, time: Option<Timestamp>) -> Self {
        self.at = time.map(|time| time.to_rfc3339());
        self
    }
}

fn is_lost(case: &Case) -> bool {
    case.traits.signs.contains(&Sign::LostToken)
}

/// Puts cases in order, tells which follows from which and what they mean together.
pub(crate) fn diagnose(cases: Vec<Case>, starts: &Few<Visit, MOST_STARTS>, logs: &Logs) -> (Vec<Incident>, Diagnosis) {
    let mut cases = sorted(cases, logs);
    for (i, case) in cases.iter_mut().enumerate() {
        case.incident.id = format!("incident-{}", i + 1);
        let nodes = case.sources.members().iter().filter_map(|source| logs.node_of(source));
        let mut nodes: Vec<String> = nodes.map(str::to_owned).collect();
        nodes.sort_unstable();
        nodes.dedup();
        case.incident.nodes = nodes;
    }
    let links = consequence::link(&cases, logs);
    let states = states(&cases, &links, logs);
    let view = View { cases: &cases, links: &links, states: &states, logs };
    let diagnosis =
        Diagnosis { headline: headline(&view), statements: statements(&view, starts), actions: order::actions(&view) };
    let causes: Vec<Option<String>> =
        (0..cases.len()).map(|i| order::cause(&links, i).map(|cause| cases[cause].incident.id.clone())).collect();
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
fn sorted(cases: Vec<Case>, logs: &Logs) -> Vec<Case> {
    let links = consequence::link(&cases, logs);
    let states = states(&cases, &links, logs);
    let order = order::order(&cases, &links, &states);
    let mut cases: Vec<Option<Case>> = cases.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| cases[at].take()).collect()
}

fn states(cases: &[Case], links: &[Option<Link>], logs: &Logs) -> Vec<Option<State>> {
    (0..cases.len())
        .map(|at| {
            let lost = (0..cases.len())
                .find(|i| order::cause(links, *i) == Some(at) && is_lost(&cases[*i]))
                .map(|i| &cases[i]);
            state::of(&cases[at], lost, logs)
        })
        .collect()
}

fn statements(view: &View<'_>, starts: &Few<Visit, MOST_STARTS>) -> Vec<Statement> {
    let mut out = Vec::new();
    causes(view, &mut out);
    consequence::statements(view, &mut out);
    inconclusive::statements(view, &mut out);
    cloud::statements(view, &mut out);
    clock::statements(view, &mut out);
    settings::statements(view, &mut out);
    flow::statements(view, starts, &mut out);
    nodes::statements(view, &mut out);
    deadline::statements(view, &mut out);
    state::statements(view, &mut out);
    // What speaks of one root stands together; within it the order above.
    let rank = |statement: &Statement| {
        let first = view.cases.iter().position(|case| statement.incidents.contains(&case.incident.id));
        first.map(|mut at| {
            while let Some(cause) = order::cause(view.links, at) {
                at = cause;
            }
            at
        })
    };
    out.sort_by_key(rank);
    out
}

/// What each root is.
fn causes(view: &View<'_>, out: &mut Vec<Statement>) {
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
            (Some(last), n) => format!(", {}, last at {}", words::times(n), words::clock(last)),
            (None, n) => format!(", {}", words::times(n)),
        };
        let reading = match certainty {
            Certainty::Certain => "",
            Certainty::Likely => " That is the usual reading; the log does not name the reason itself.",
            Certainty::Possible => " The reading rests on notes that the vendor has not confirmed.",
        };
        let text = format!("{}{}{often}.{reading}{}", words::title(incident), words::since(case), cure(view, i));
        out.push(view.statement(StatementKind::Cause, certainty, text, &[i]).at(case.first));
    }
}

/// That the token is lost, and what to do.
fn cure(view: &View<'_>, at: usize) -> String {
    let fix = view.cases[at].traits.fix.as_deref();
    let lost = view.lost_by(at);
    let since = lost.and_then(|lost| view.lost_since(lost));
    let lost_text = match (lost, since) {
        (Some(_), Some(since)) => format!(" The token is lost since {}.", words::clock(since)),
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
fn headline(view: &View<'_>) -> String {
    let Some(first) = view.cases.first() else { return String::new() };
    let what = words::short_title(&first.incident);
    let since = words::since(first);
    if view.is_missing(0) {
        return format!(
            "{what}{since}. The cause is not in the logs given: add {}, of every node.",
            files::older(view.logs)
        );
    }
    if inconclusive::is_open(first) && view.is_root(0) {
        return format!("The cause cannot be told from these logs: {what}{since}.");
    }
    format!("{what}{since}.{}", cure(view, 0))
}
