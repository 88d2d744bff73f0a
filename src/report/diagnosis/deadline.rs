//! When a token is lost for good.
//!
//! Jira gives a token up whose refresh has failed for longer than a period, 7 days unless the
//! property `atlassian.oauth2.client.unrecoverable.token.failing.period.days` says otherwise.

use chrono::TimeDelta;

use super::{Certainty, DiagnosisContext, IncidentCase, Logs, State, Statement, StatementKind, wording};
use crate::{catalogue::Sign, model::Timestamp};

/// The default of the property.
const PERIOD: TimeDelta = TimeDelta::days(7);
const PROPERTY: &str = "atlassian.oauth2.client.unrecoverable.token.failing.period.days";
/// A refresh that succeeds is followed by about an hour without another; a pause of that length
/// ends a stretch of failures.
const PAUSE: TimeDelta = TimeDelta::hours(3);
/// Failures that begin so soon after the start of the log may have begun before it.
const NEAR_START: TimeDelta = TimeDelta::hours(1);

/// Since when the stretch of failed refreshes lasts that was the last one in the log.
pub(super) fn failing_since(case: &IncidentCase) -> Option<Timestamp> {
    let usual = case.facts.refreshes.usual_gap().unwrap_or_default();
    case.facts.refreshes.runs(PAUSE.max(usual * 3)).last().map(|run| run.first)
}

/// Since when the token is lost: as logged, or by the period when that lies between the last failed
/// refresh and the first line that says so.
pub(super) fn lost_since(cause: Option<&IncidentCase>, lost: &IncidentCase) -> Option<Timestamp> {
    let logged = lost.first?;
    let by_period = cause.and_then(|cause| {
        let last = cause.facts.refreshes.last()?;
        let due = wording::after(failing_since(cause)?, PERIOD);
        let fits = last.instant() <= due.instant() + TimeDelta::hours(1) && due.instant() <= logged.instant();
        fits.then_some(due)
    });
    Some(by_period.unwrap_or(logged))
}

/// The moment at which a token that still can be refreshed will be given up.
fn due(case: &IncidentCase, state: Option<State>) -> Option<Timestamp> {
    let alive = matches!(state, Some(State::Failing | State::Flapping { at_end: true } | State::Once));
    if !alive || case.traits.signs.contains(&Sign::LostToken) {
        return None;
    }
    failing_since(case).map(|since| wording::after(since, PERIOD))
}

pub(super) fn statements(view: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    for (i, case) in view.cases.iter().enumerate() {
        if case.traits.signs.contains(&Sign::LostToken) {
            out.extend(lost(view, i));
        } else if view.links[i].is_none() && view.lost_by(i).is_none() {
            out.extend(coming(view, i));
        }
    }
}

fn lost(view: &DiagnosisContext<'_>, at: usize) -> Option<Statement> {
    let case = &view.cases[at];
    let cause = view.links[at].map(|link| &view.cases[link.cause]);
    let since = lost_since(cause, case)?;
    let whose = wording::subject(&case.incident).map_or(String::new(), |whose| format!(" of {whose}"));
    let earlier = if view.is_first_seen_at_start(at) { " or earlier" } else { "" };
    let text = format!(
        "The token{whose} is lost since {}{earlier}. It does not come back when the cause is gone: press Authorize again on every mail server that uses it.",
        wording::clock(since)
    );
    Some(view.statement(StatementKind::Deadline, Certainty::Certain, text, &[at]).at(Some(since)))
}

fn coming(view: &DiagnosisContext<'_>, at: usize) -> Option<Statement> {
    let case = &view.cases[at];
    let due = due(case, view.states[at])?;
    let since = failing_since(case)?;
    let end = view.logs.end_of(case)?;
    if due.instant() <= end.instant() {
        let text = format!(
            "The refresh fails since {}, for longer than the 7 days after which Jira gives a token up, yet no token is marked as invalid in these logs. \
             Either the period is set higher ({PROPERTY}), or refreshes succeeded in between.",
            wording::clock(since)
        );
        return Some(view.statement(StatementKind::Deadline, Certainty::Possible, text, &[at]).at(Some(due)));
    }
    let latest = if began_before(view.logs, since) { " at the latest" } else { "" };
    let so = if needs_authorization(case) {
        "This cause needs a new authorization in any case."
    } else {
        "Solved before, it goes on by itself; after that somebody must authorize again."
    };
    let text = format!(
        "If the refresh goes on failing, Jira gives the token up on {}{latest}, 7 days after the first failure ({PROPERTY}). {so}",
        wording::clock(due)
    );
    Some(view.statement(StatementKind::Deadline, Certainty::Likely, text, &[at]).at(Some(due)))
}

/// True when the cure is a new authorization, with or without the deadline.
fn needs_authorization(case: &IncidentCase) -> bool {
    case.traits.fix.as_ref().is_some_and(|fix| fix.contains("uthorize again"))
}

/// The latest moment at which a cure spares a new authorization.
pub(super) fn before(view: &DiagnosisContext<'_>, at: usize) -> Option<Timestamp> {
    let case = &view.cases[at];
    let due = due(case, view.states[at]).filter(|_| view.lost_by(at).is_none() && !needs_authorization(case))?;
    (due.instant() > view.logs.end_of(case)?.instant()).then_some(due)
}

fn began_before(logs: &Logs, since: Timestamp) -> bool {
    logs.first().is_some_and(|start| since.instant() - start.instant() <= NEAR_START)
}
