//! When a token becomes permanently invalid.
//!
//! Jira invalidates a token whose refresh has been failing for longer than a period: 7 days unless the
//! property `atlassian.oauth2.client.unrecoverable.token.failing.period.days` is set.

use std::fmt;

use chrono::TimeDelta;

use super::{
    case::{IncidentCase, State, likely_cause},
    context::DiagnosisContext,
    logs::Logs,
    statement::{Certainty, Statement, StatementKind},
    wording,
};
use crate::model::Timestamp;

/// The default of the property.
const FAILING_PERIOD: TimeDelta = TimeDelta::days(7);
const PROPERTY: &str = "atlassian.oauth2.client.unrecoverable.token.failing.period.days";
/// A successful refresh is followed by about an hour without another one, so a pause of this length
/// ends a period of failed refreshes.
const MIN_PAUSE: TimeDelta = TimeDelta::hours(3);
/// Tokens that one sentence names.
const MAX_NAMED_TOKENS: usize = 5;
/// Failures that begin this soon after the start of the log may have begun before it.
const NEAR_START: TimeDelta = TimeDelta::hours(1);

/// When the last period of failed refreshes in the log began; of several tokens, the first.
fn failing_since(case: &IncidentCase) -> Option<Timestamp> {
    if case.incident.merged_subjects.is_some() {
        return case.facts.refreshes.first();
    }
    let gap = case.facts.refreshes.median_gap().unwrap_or_default();
    case.facts.refreshes.periods(MIN_PAUSE.max(gap * 3)).last().map(|period| period.first)
}

/// Since when the token of the case at `at` has been invalid: the end of the failing period, when that
/// lies between the last failed refresh and the first record about the invalid token; otherwise the
/// time of that record.
pub(super) fn invalid_since(context: &DiagnosisContext<'_>, at: usize) -> Option<InvalidSince> {
    invalid_since_by(likely_cause(context.links, at).map(|cause| &context.cases[cause]), &context.cases[at])
}

/// Which tokens are invalid, by the cases about them, and since when; empty, or a sentence after a space.
pub(super) fn invalid_tokens(context: &DiagnosisContext<'_>, lost: &[usize]) -> String {
    let since = lost.iter().filter_map(|at| invalid_since(context, *at)).min_by_key(|since| since.time.instant());
    let tokens = || wording::names(lost.iter().map(|at| &context.cases[*at].incident));
    match (lost, since) {
        ([], _) => String::new(),
        ([_], Some(since)) => format!(" The token has been invalid since {since}."),
        ([_], None) => " The token is invalid.".to_owned(),
        (_, since) => {
            let mut names = tokens();
            let more = names.len().saturating_sub(MAX_NAMED_TOKENS);
            names.truncate(MAX_NAMED_TOKENS);
            if more > 0 {
                names.push(format!("{more} more"));
            }
            let names = if names.is_empty() { String::new() } else { format!(" ({})", wording::list(&names, "and")) };
            let first = since.map_or(String::new(), |since| format!(", the first since {since}"));
            format!(" {} tokens are invalid{first}{names}.", lost.len())
        }
    }
}

/// Since when a token has been invalid.
#[derive(Clone, Copy)]
pub(super) struct InvalidSince {
    time: Timestamp,
    /// By the first failed refresh and the period; the log has no record of that time.
    computed: bool,
}

impl InvalidSince {
    /// The time as an instant.
    pub(super) fn instant(self) -> chrono::DateTime<chrono::Utc> {
        self.time.instant()
    }
}

impl fmt::Display for InvalidSince {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&wording::time(self.time))?;
        if self.computed { f.write_str(" (computed: 7 days after the first failed refresh)") } else { Ok(()) }
    }
}

fn invalid_since_by(cause: Option<&IncidentCase>, lost_token: &IncidentCase) -> Option<InvalidSince> {
    let logged = lost_token.first?;
    let by_period = cause.and_then(|cause| {
        let last = cause.facts.refreshes.last()?;
        let due = wording::later(failing_since(cause)?, FAILING_PERIOD);
        let fits = last.instant() <= due.instant() + TimeDelta::hours(1) && due.instant() <= logged.instant();
        fits.then_some(due)
    });
    Some(match by_period {
        Some(time) => InvalidSince { time, computed: true },
        None => InvalidSince { time: logged, computed: false },
    })
}

/// When Jira will invalidate a token that it still tries to refresh.
fn due(case: &IncidentCase, state: Option<State>) -> Option<Timestamp> {
    let still_tried = matches!(state, Some(State::Failing | State::Flapping { at_end: true } | State::Once));
    if !still_tried || case.is_lost_token() {
        return None;
    }
    failing_since(case).map(|since| wording::later(since, FAILING_PERIOD))
}

pub(super) fn statements(context: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    for (i, case) in context.cases.iter().enumerate() {
        if case.is_lost_token() {
            out.extend(passed(context, i));
        } else if context.links[i].is_none() && context.lost_token_of(i).is_none() {
            out.extend(upcoming(context, i));
        }
    }
}

fn passed(context: &DiagnosisContext<'_>, at: usize) -> Option<Statement> {
    let case = &context.cases[at];
    let cause = context.links[at].map(|link| &context.cases[link.cause]);
    let since = invalid_since_by(cause, case)?;
    let subject = wording::subject(&case.incident).map_or(String::new(), |subject| format!(" of {subject}"));
    let or_earlier = if context.may_have_begun_earlier(at) { " or earlier" } else { "" };
    let text = format!(
        "The token{subject} has been invalid since {since}{or_earlier}. Fixing the cause does not restore it: press Authorize \
         again on every mail server that uses it."
    );
    let certainty = if since.computed { Certainty::Likely } else { Certainty::Certain };
    Some(context.statement(StatementKind::Deadline, certainty, text, &[at]).at(Some(since.time)))
}

fn upcoming(context: &DiagnosisContext<'_>, at: usize) -> Option<Statement> {
    let case = &context.cases[at];
    let due = due(case, context.states[at])?;
    let since = failing_since(case)?;
    let end = context.logs.end_of(case)?;
    if due.instant() <= end.instant() {
        let text = format!(
            "Token refreshes have been failing since {}, longer than the 7 days after which Jira invalidates a token, yet \
             these logs show no invalidated token. Either the period is set to a higher value ({PROPERTY}), or refreshes \
             succeeded in between.",
            wording::time(since)
        );
        let statement = context.statement(StatementKind::Deadline, Certainty::Possible, text, &[at]);
        return Some(statement.at(Some(due)));
    }
    let when = if may_have_begun_before(context.logs, since) { "no later than" } else { "at" };
    let of = wording::subject(&case.incident).map_or(String::new(), |subject| format!(" of {subject}"));
    let paused = case.facts.refreshes.first().is_some_and(|first| first.instant() < since.instant());
    let start = match paused {
        true => format!(
            "after the failures began again at {}, or earlier if no refresh succeeded in the pause before that",
            wording::time(since)
        ),
        false => "after the first failure".to_owned(),
    };
    let when = format!("{when} {}, 7 days {start} (default of {PROPERTY})", wording::time(due));
    let always = needs_authorization(case).then_some("This cause requires a new authorization in any case.");
    let text = if context.logs.is_past(due) {
        let consequence = always.unwrap_or("Fixing the cause then does not restore it: someone must authorize again.");
        format!(
            "If token refreshes kept failing after the end of the log, Jira invalidated the token{of} {when}. {consequence}"
        )
    } else {
        let consequence = always.unwrap_or(
            "If the cause is fixed by then, mail resumes automatically; afterwards, someone must authorize again.",
        );
        format!("If token refreshes keep failing, Jira invalidates the token{of} {when}. {consequence}")
    };
    Some(context.statement(StatementKind::Deadline, Certainty::Likely, text, &[at]).at(Some(due)))
}

/// True when the fix is a new authorization, whether or not the token is still valid.
fn needs_authorization(case: &IncidentCase) -> bool {
    case.traits.fix.as_deref().is_some_and(wording::asks_to_authorize)
}

/// The latest time at which fixing the cause still saves a new authorization, and whether it is over.
pub(super) fn before(context: &DiagnosisContext<'_>, at: usize) -> Option<(Timestamp, bool)> {
    let case = &context.cases[at];
    if context.lost_token_of(at).is_some() || needs_authorization(case) {
        return None;
    }
    let due = due(case, context.states[at])?;
    (due.instant() > context.logs.end_of(case)?.instant()).then(|| (due, context.logs.is_past(due)))
}

fn may_have_begun_before(logs: &Logs, since: Timestamp) -> bool {
    logs.first().is_some_and(|start| since.instant() - start.instant() <= NEAR_START)
}
