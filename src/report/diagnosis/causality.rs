//! Which incident follows from which.
//!
//! The catalogue says what can lead to what; times and subjects say whether it did.

use chrono::TimeDelta;

use super::{
    case::{CausalLink, IncidentCase},
    context::DiagnosisContext,
    logs::Logs,
    older_logs,
    statement::{Certainty, Statement, StatementKind},
    wording,
};
use crate::{
    catalogue::{Follows, Role, Sign},
    model::{Stage, sort_by},
    report::incident::{Incident, Subject},
};

/// A cause may be logged this much later than its consequence.
const SLACK: TimeDelta = TimeDelta::minutes(5);
/// A cause that begins this soon after the start of the log may have begun before it.
const NEAR_START: TimeDelta = TimeDelta::hours(6);
/// A consequence that takes days to appear begins at most this long after the cause's last failure.
pub(super) const MAX_SILENCE: TimeDelta = TimeDelta::days(2);

/// How many less likely causes are named.
const MAX_OTHER_CAUSES: usize = 3;

/// What to do when a filter left findings out.
pub(super) const RUN_UNFILTERED: &str = "run again without --since, --until, --pattern and --severity";

/// The cause of each case, where one is found.
pub(super) fn link(cases: &[IncidentCase], logs: &Logs) -> Vec<Option<CausalLink>> {
    let mut links: Vec<Option<CausalLink>> = (0..cases.len()).map(|i| cause_of(cases, i, logs)).collect();
    for i in 0..links.len() {
        // When cases are candidate causes of each other, the first one loses its link and becomes the root.
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

/// How well a case fits as a cause; compared field by field, in this order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct CauseFit {
    /// It failed more than once, where only lasting failures lead to the consequence.
    lasting: bool,
    agreement: usize,
    names_a_cause: bool,
    long_enough: bool,
    refreshes: u64,
    last: chrono::DateTime<chrono::Utc>,
}

fn cause_of(cases: &[IncidentCase], at: usize, logs: &Logs) -> Option<CausalLink> {
    let fits = candidates(cases, at, logs);
    let (best, certainty, cause) = fits.first()?;
    let rival = fits[1..].iter().any(|(fit, _, i)| {
        let equal = |fit: &CauseFit| (fit.lasting, fit.agreement, fit.names_a_cause, fit.long_enough);
        equal(fit) == equal(best) && cases[*i].incident.pattern != cases[*cause].incident.pattern
    });
    // The likeliest of several is still the likeliest.
    let certainty = if rival { (*certainty).min(Certainty::Likely) } else { *certainty };
    Some(CausalLink { cause: *cause, certainty })
}

/// What can have caused the case at `at`, likeliest first.
fn candidates(cases: &[IncidentCase], at: usize, logs: &Logs) -> Vec<(CauseFit, Certainty, usize)> {
    let case = &cases[at];
    let Some(follows) = case.follows() else { return Vec::new() };
    let others = cases.iter().enumerate().filter(|(i, _)| *i != at);
    let mut fits: Vec<_> = others
        .filter_map(|(i, other)| fit(case, follows, other, logs).map(|(fit, certainty)| (fit, certainty, i)))
        .collect();
    sort_by(&mut fits, |a, b| b.0.cmp(&a.0).then(a.2.cmp(&b.2)));
    fits
}

/// Whether `other` can be the cause of `case`, how well it fits and how certain that is.
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
    let same_flow = case.facts.flows.intersects(&other.facts.flows);
    let both_have_flows = case.facts.flows.len() > 0 && other.facts.flows.len() > 0;
    if follows.within_hours == Some(1) && both_have_flows && !same_flow {
        // Two interactive attempts, each with its own reason.
        return None;
    }
    let delay = TimeDelta::days(i64::from(follows.after_days));
    let long_enough = begins - first >= delay - TimeDelta::hours(1);
    let open_start = logs.first().is_some_and(|start| first - start.instant() <= NEAR_START);
    let silent = follows.after_days > 0 && begins - last > delay.min(MAX_SILENCE);
    let names_a_cause = other.traits.role == Role::Cause;
    let certainty = match (agreement > 0 || same_flow, long_enough) {
        (true, true) if silent => Certainty::Likely,
        _ if silent => Certainty::Possible,
        (true, true) if follows.after_days > 0 && names_a_cause || same_flow => Certainty::Certain,
        // One names its mail server and the other does not: they may be unrelated.
        (false, _) if follows.after_days == 0 && only_one_names_mail_server(case, other) => Certainty::Possible,
        (_, true) => Certainty::Likely,
        (_, false) if open_start => Certainty::Likely,
        (_, false) => Certainty::Possible,
    };
    let refreshes = other.facts.refreshes.count();
    let lasting = follows.after_days == 0 || other.incident.count > 1;
    Some((CauseFit { lasting, agreement, names_a_cause, long_enough, refreshes, last }, certainty))
}

fn only_one_names_mail_server(case: &IncidentCase, other: &IncidentCase) -> bool {
    case.incident.subject.integration.is_some() != other.incident.subject.integration.is_some()
}

/// True when the catalogue allows `other` as a cause.
fn can_lead(follows: &Follows, other: &IncidentCase) -> bool {
    if follows.from.contains(&other.incident.pattern) {
        return true;
    }
    let traits = &other.traits;
    // An entry that itself only reports such a failure is not its cause.
    let only_reports = traits.signs.contains(&Sign::LostToken)
        || (traits.role == Role::Wrapper && follows.after_days == 0)
        || (traits.follows.is_some() && traits.role == Role::Cause);
    !only_reports
        && follows.stages.iter().any(|stage| match stage {
            Stage::Refresh => other.facts.refreshes.count() > 0 || other.incident.stage == Stage::Refresh,
            stage => other.incident.stage == *stage,
        })
}

/// How many parts of two subjects are equal; `None` when they are different subjects.
fn agreement(mine: &Subject, other: &Subject) -> Option<usize> {
    let parts = [
        (&mine.app_id, &other.app_id, true),
        // A tenant has an id and several names, so different values can mean the same tenant.
        (&mine.tenant, &other.tenant, false),
        (&mine.mailbox, &other.mailbox, true),
        (&mine.integration, &other.integration, true),
    ];
    let mut equal = 0;
    for (mine, other, must_be_equal) in parts {
        match (mine, other) {
            (Some(mine), Some(other)) if mine == other => equal += 1,
            (Some(_), Some(_)) if must_be_equal => return None,
            _ => {}
        }
    }
    Some(equal)
}

/// Statements about consequences, and about consequences whose root cause is not in the logs.
pub(super) fn statements(context: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    for (i, case) in context.cases.iter().enumerate() {
        match context.links[i] {
            Some(link) => out.push(consequence(context, i, link)),
            None if case.requires_cause() => out.push(missing_cause(context, i)),
            None => {}
        }
    }
}

fn consequence(context: &DiagnosisContext<'_>, at: usize, link: CausalLink) -> Statement {
    let (case, cause) = (&context.cases[at], &context.cases[link.cause]);
    let what = wording::title(&case.incident);
    let why = named(&cause.incident);
    let days = case.follows().map_or(0, |follows| follows.after_days);
    let since = match (cause.facts.refreshes.first().or(cause.first), days) {
        (Some(first), 1..) => {
            format!(
                ". Token refreshes had been failing since {}, and Jira invalidates a token after {days} days of failed refreshes",
                wording::time(first)
            )
        }
        (Some(first), _) => format!(", failing since {}", wording::time(first)),
        (None, _) => String::new(),
    };
    let text = match link.certainty {
        Certainty::Certain => format!("{what}: a consequence of {why}{since}."),
        Certainty::Likely => format!("{what}: most likely a consequence of {why}{since}."),
        Certainty::Possible => {
            let otherwise = if case.requires_cause() {
                format!(" If it is not, the root cause is in older files: {}.", older_logs::names(context.logs))
            } else {
                String::new()
            };
            format!("{what}: may be a consequence of {why}{since}. The log does not prove the connection.{otherwise}")
        }
    };
    let mut involved = vec![at, link.cause];
    let others = other_causes(context, at, link);
    involved.extend(&others);
    let others: Vec<String> = others.iter().map(|i| named(&context.cases[*i].incident)).collect();
    let others = match others.as_slice() {
        [] => String::new(),
        others => format!(" Less likely: {}.", wording::list(others, "or")),
    };
    let text = format!("{text}{others}");
    context.statement(StatementKind::Consequence, link.certainty, text, &involved).at(case.first)
}

/// `incident-1, Client secret has expired (AADSTS7000222)`.
fn named(incident: &Incident) -> String {
    format!("{}, {}", incident.id, wording::short_title(incident))
}

/// The other incidents that can have caused the case at `at`, likeliest first, each pattern once.
fn other_causes(context: &DiagnosisContext<'_>, at: usize, link: CausalLink) -> Vec<usize> {
    let mut patterns = vec![&context.cases[link.cause].incident.pattern];
    let mut others = Vec::new();
    for (_, _, i) in candidates(context.cases, at, context.logs) {
        let pattern = &context.cases[i].incident.pattern;
        if i != link.cause && others.len() < MAX_OTHER_CAUSES && !patterns.contains(&pattern) {
            patterns.push(pattern);
            others.push(i);
        }
    }
    others
}

fn missing_cause(context: &DiagnosisContext<'_>, at: usize) -> Statement {
    let case = &context.cases[at];
    let days = case.follows().map_or(0, |follows| follows.after_days);
    let what = wording::title(&case.incident);
    if context.logs.filtered {
        let text = format!("{what}: the root cause may have been filtered out; {RUN_UNFILTERED}.");
        return context.statement(StatementKind::MissingCause, Certainty::Likely, text, &[at]);
    }
    let older = older_logs::names(context.logs);
    let rule = format!("Jira invalidates a token after {days} days of failed refreshes");
    // The latest time at which the refreshes can have begun to fail.
    let latest = case.first.map(|first| wording::later(first, TimeDelta::days(-i64::from(days))));
    let text = match (latest, context.logs.first()) {
        (Some(latest), Some(begin)) if days > 0 && begin.instant() <= latest.instant() => format!(
            "{what}: the root cause is not in the logs provided, although they go back to {}. {rule}, \
             so the first failed refresh was at {} or earlier, in a file or on a node that was not provided. \
             Add {older}, from every node.",
            wording::time(begin),
            wording::time(latest),
        ),
        (Some(latest), begin) if days > 0 => format!(
            "{what}: the root cause is not in the logs provided. {rule}, so the first failed refresh was at {} or earlier{}. \
             Add the older files: {older}, from every node.",
            wording::time(latest),
            begin.map_or(String::new(), |begin| format!(", but the logs provided begin at {}", wording::time(begin))),
        ),
        _ if days > 0 => format!(
            "{what}: the root cause is not in the logs provided. {rule}, so add the older files: {older}, from every node."
        ),
        _ => {
            format!(
                "{what}: the root cause is not in the logs provided. Add the older files: {older}, from every node."
            )
        }
    };
    let certainty = if latest.is_some() { Certainty::Certain } else { Certainty::Likely };
    context.statement(StatementKind::MissingCause, certainty, text, &[at]).at(latest)
}
