//! Which incident follows from which.
//!
//! The catalogue says what can lead to what; times and subjects say whether it did.

use chrono::TimeDelta;

use super::{Certainty, DiagnosisContext, IncidentCase, Logs, Statement, StatementKind, older_logs, wording};
use crate::{
    catalogue::{Follows, Role, Sign},
    model::Stage,
    report::Subject,
};

/// A cause may be logged a little behind its consequence.
const SLACK: TimeDelta = TimeDelta::minutes(5);
/// A cause that began so soon after the start of the log may have begun before it.
const NEAR_START: TimeDelta = TimeDelta::hours(6);
/// A consequence that waits for days begins at most so long behind the cause's last failure.
pub(super) const MAX_SILENCE: TimeDelta = TimeDelta::days(2);

/// What to do when findings were left out on request.
pub(super) const UNFILTERED: &str = "run again without --since, --until, --pattern and --severity";

/// The incident that another follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CausalLink {
    /// Index of the cause.
    pub(super) cause: usize,
    pub(super) certainty: Certainty,
}

/// The cause of each case, where one is found.
pub(super) fn link(cases: &[IncidentCase], logs: &Logs) -> Vec<Option<CausalLink>> {
    let mut links: Vec<Option<CausalLink>> = (0..cases.len()).map(|i| cause_of(cases, i, logs)).collect();
    for i in 0..links.len() {
        // Two that each could follow from the other: what came first is the cause.
        let mut seen = vec![i];
        while let Some(link) = seen.last().and_then(|at| links[*at]) {
            if seen.contains(&link.cause) {
                links[i] = None;
                break;
            }
            seen.push(link.cause);
        }
    }
    links
}

/// How well a case fits as a cause; compared from the first field on.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct CauseFit {
    agreement: usize,
    names_a_cause: bool,
    long_enough: bool,
    refreshes: u64,
    last: chrono::DateTime<chrono::Utc>,
}

fn cause_of(cases: &[IncidentCase], at: usize, logs: &Logs) -> Option<CausalLink> {
    let case = &cases[at];
    let follows = follows(case)?;
    let mut fits: Vec<(CauseFit, Certainty, usize)> = cases
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != at)
        .filter_map(|(i, other)| fit(case, follows, other, logs).map(|(fit, certainty)| (fit, certainty, i)))
        .collect();
    fits.sort_by(|a, b| b.0.cmp(&a.0).then(a.2.cmp(&b.2)));
    let (best, certainty, cause) = fits.first()?;
    let rival = fits[1..].iter().any(|(fit, _, i)| {
        (fit.agreement, fit.names_a_cause, fit.long_enough) == (best.agreement, best.names_a_cause, best.long_enough)
            && cases[*i].incident.pattern != cases[*cause].incident.pattern
    });
    let certainty = match certainty {
        Certainty::Certain if rival => Certainty::Likely,
        Certainty::Likely if rival => Certainty::Possible,
        other => *other,
    };
    Some(CausalLink { cause: *cause, certainty })
}

/// What a case follows from, when its words fit.
fn follows(case: &IncidentCase) -> Option<&Follows> {
    let follows = case.traits.follows.as_ref()?;
    let said = |literal: &String| case.incident.sample.as_ref().is_some_and(|sample| sample.excerpt.contains(literal));
    (follows.says.is_empty() || follows.says.iter().any(said)).then_some(follows)
}

fn fit(case: &IncidentCase, follows: &Follows, other: &IncidentCase, logs: &Logs) -> Option<(CauseFit, Certainty)> {
    if !can_lead(follows, other) {
        return None;
    }
    let agreement = agreement(&case.incident.subject, &other.incident.subject)?;
    let (begins, first, last) = (case.first?.instant(), other.first?.instant(), other.last?.instant());
    if first > begins + SLACK {
        return None;
    }
    if let Some(hours) = follows.within_hours
        && last < begins - TimeDelta::hours(i64::from(hours))
    {
        return None;
    }
    let one_flow = case.facts.flows.meets(&other.facts.flows);
    let both_by_flow = case.facts.flows.len() > 0 && other.facts.flows.len() > 0;
    if follows.within_hours == Some(1) && both_by_flow && !one_flow {
        // Two attempts of a person, each with its own reason.
        return None;
    }
    let waits = TimeDelta::days(i64::from(follows.after_days));
    let long_enough = begins - first >= waits - TimeDelta::hours(1);
    let open_start = logs.first().is_some_and(|start| first - start.instant() <= NEAR_START);
    let silent = follows.after_days > 0 && begins - last > waits.min(MAX_SILENCE);
    let names_a_cause = other.traits.role == Role::Cause;
    let certainty = match (agreement > 0 || one_flow, long_enough) {
        (true, true) if silent => Certainty::Likely,
        _ if silent => Certainty::Possible,
        (true, true) if follows.after_days > 0 && names_a_cause || one_flow => Certainty::Certain,
        // One names its mail server and the other does not: they may be strangers.
        (false, _) if follows.after_days == 0 && half_known(case, other) => Certainty::Possible,
        (_, true) => Certainty::Likely,
        (_, false) if open_start => Certainty::Likely,
        (_, false) => Certainty::Possible,
    };
    let refreshes = other.facts.refreshes.count();
    Some((CauseFit { agreement, names_a_cause, long_enough, refreshes, last }, certainty))
}

/// True when only one of two says which mail server it is about.
fn half_known(case: &IncidentCase, other: &IncidentCase) -> bool {
    case.incident.subject.integration.is_some() != other.incident.subject.integration.is_some()
}

/// True when the catalogue lets `other` lead to what `follows` belongs to.
fn can_lead(follows: &Follows, other: &IncidentCase) -> bool {
    if follows.from.contains(&other.incident.pattern) {
        return true;
    }
    let traits = &other.traits;
    // What itself only reports a failure of that kind says nothing of its cause.
    let reports = traits.signs.contains(&Sign::LostToken)
        || (traits.role == Role::Wrapper && follows.after_days == 0)
        || (traits.follows.is_some() && traits.role == Role::Cause);
    !reports
        && follows.stages.iter().any(|stage| match stage {
            Stage::Refresh => other.facts.refreshes.count() > 0 || other.incident.stage == Stage::Refresh,
            stage => other.incident.stage == *stage,
        })
}

/// How many parts of two subjects are the same; `None` when they cannot be one.
fn agreement(mine: &Subject, other: &Subject) -> Option<usize> {
    let parts = [
        (&mine.app_id, &other.app_id, true),
        // A tenant has an id and names; two of them may mean the same.
        (&mine.tenant, &other.tenant, false),
        (&mine.mailbox, &other.mailbox, true),
        (&mine.integration, &other.integration, true),
    ];
    let mut same = 0;
    for (mine, other, decides) in parts {
        match (mine, other) {
            (Some(mine), Some(other)) if mine == other => same += 1,
            (Some(_), Some(_)) if decides => return None,
            _ => {}
        }
    }
    Some(same)
}

/// What is said of the consequences, and of those whose cause is missing.
pub(super) fn statements(view: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    for (i, case) in view.cases.iter().enumerate() {
        match view.links[i] {
            Some(link) => out.push(consequence(view, i, link)),
            None if is_missing(case) => out.push(missing(view, i)),
            None => {}
        }
    }
}

/// True for a case that never comes by itself.
pub(super) fn is_missing(case: &IncidentCase) -> bool {
    follows(case).is_some_and(|follows| follows.always)
}

fn consequence(view: &DiagnosisContext<'_>, at: usize, link: CausalLink) -> Statement {
    let (case, cause) = (&view.cases[at], &view.cases[link.cause]);
    let what = wording::title(&case.incident);
    let why = wording::short_title(&cause.incident);
    let days = follows(case).map_or(0, |follows| follows.after_days);
    let reason = match (cause.facts.refreshes.first().or(cause.first), days) {
        (Some(first), 1..) => {
            format!(
                ": the refresh had failed since {}, and Jira gives a token up after {days} days of that",
                wording::clock(first)
            )
        }
        (Some(first), _) => format!(", which failed since {}", wording::clock(first)),
        (None, _) => String::new(),
    };
    let text = match link.certainty {
        Certainty::Certain => format!("{what} follows from {}, {why}{reason}.", cause.incident.id),
        Certainty::Likely => format!("{what} most likely follows from {}, {why}{reason}.", cause.incident.id),
        Certainty::Possible => {
            let or_else = if is_missing(case) {
                format!(" If not, the cause lies in older files: {}.", older_logs::older(view.logs))
            } else {
                String::new()
            };
            format!("{what} may follow from {}, {why}{reason}. The log does not prove it.{or_else}", cause.incident.id)
        }
    };
    view.statement(StatementKind::Consequence, link.certainty, text, &[at, link.cause]).at(case.first)
}

fn missing(view: &DiagnosisContext<'_>, at: usize) -> Statement {
    let case = &view.cases[at];
    let days = i64::from(follows(case).map_or(0, |follows| follows.after_days));
    let what = wording::title(&case.incident);
    if view.logs.filtered {
        let text = format!(
            "{what}: its cause is not among what was asked for; run again without --since, --pattern and --severity."
        );
        return view.statement(StatementKind::MissingCause, Certainty::Likely, text, &[at]);
    }
    let Some(first) = case.first else {
        let text = format!(
            "{what}: the cause is not in the logs given. Jira gives a token up after {days} days of failed refreshes; add the older files: {}, of every node.",
            older_logs::older(view.logs)
        );
        return view.statement(StatementKind::MissingCause, Certainty::Likely, text, &[at]);
    };
    let latest = wording::after(first, TimeDelta::days(-days));
    let begin = view.logs.first();
    let reaches = begin.is_some_and(|begin| begin.instant() <= latest.instant());
    let text = match begin {
        Some(begin) if reaches => format!(
            "{what}: the cause is not in the logs given, though they go back to {}. Jira gives a token up after {days} days of failed refreshes, \
             so the first of them lies at {} or earlier, in a file or on a node that was not given. Add {}, of every node.",
            wording::clock(begin),
            wording::clock(latest),
            older_logs::older(view.logs)
        ),
        _ => format!(
            "{what}: the cause is not in the logs given. Jira gives a token up after {days} days of failed refreshes, so the first of them \
             lies at {} or earlier{}. Add the older files: {}, of every node.",
            wording::clock(latest),
            begin.map_or(String::new(), |begin| format!(", and the logs given begin at {}", wording::clock(begin))),
            older_logs::older(view.logs)
        ),
    };
    view.statement(StatementKind::MissingCause, Certainty::Certain, text, &[at]).at(Some(latest))
}
