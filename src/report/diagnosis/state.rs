//! Is it still failing? Measured at the end of the log, never by the current time.

use chrono::TimeDelta;

use super::{
    case::{IncidentCase, State},
    causality::MAX_SILENCE,
    context::DiagnosisContext,
    logs::Logs,
    statement::{Certainty, Statement, StatementKind},
    wording,
};
use crate::model::Timestamp;

/// A pause longer than this many median gaps separates two periods of failures.
const PAUSE_IN_GAPS: i32 = 6;
/// The shortest pause that separates two periods of failures.
const MIN_PAUSE: TimeDelta = TimeDelta::hours(1);
/// A silence at the end of the log of more median gaps than this, and longer than [`MIN_SILENCE`], means that the
/// failures have stopped.
const SILENCE_IN_GAPS: i32 = 10;
/// The shortest silence at the end of the log that can mean it.
const MIN_SILENCE: TimeDelta = TimeDelta::minutes(15);
/// Number of findings from which the gaps between them show a rhythm.
const MIN_RHYTHM_FINDINGS: u64 = 4;
/// Number of periods from which a failure counts as intermittent.
const MIN_FLAPPING_PERIODS: usize = 3;

/// The state of a case by its own times. `lost_token` is the case about the token that became invalid
/// because of this one.
pub(super) fn of(case: &IncidentCase, lost_token: Option<&IncidentCase>, logs: &Logs) -> Option<State> {
    let (last, end) = (case.last?, logs.end_of(case)?);
    if lost_token.and_then(|lost| lost.last).is_some_and(|seen| seen.instant() >= last.instant()) {
        return Some(State::TokenInvalidated);
    }
    if case.facts.interactive == case.incident.count {
        return Some(if case.incident.count == 1 { State::Once } else { State::Interactive });
    }
    let Some(gap) = case.facts.times.median_gap() else { return Some(State::Once) };
    let pause = pause(gap);
    // Judged by the failures' own rhythm: once a minute and then an hour of other lines is over.
    let silence = match case.incident.count {
        MIN_RHYTHM_FINDINGS.. => pause.min(MIN_SILENCE.max(gap * SILENCE_IN_GAPS)),
        _ => pause,
    };
    let at_end = end.instant() - last.instant() <= silence;
    // Several subjects that fail one after the other are not one that is intermittent.
    let is_one = case.incident.merged_subjects.is_none();
    let flapping = is_one && case.facts.times.periods(pause).len() >= MIN_FLAPPING_PERIODS;
    Some(match (flapping, at_end) {
        (true, at_end) => State::Flapping { at_end },
        (false, true) => State::Failing,
        (false, false) => State::Stopped,
    })
}

/// How long a pause must be to separate two periods of failures.
fn pause(median_gap: TimeDelta) -> TimeDelta {
    MIN_PAUSE.max(median_gap * PAUSE_IN_GAPS)
}

pub(super) fn statements(context: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    for (i, case) in context.cases.iter().enumerate() {
        if context.links[i].is_some() && !case.is_lost_token() {
            continue;
        }
        out.extend(context.states[i].and_then(|state| statement(context, i, state)));
    }
}

fn statement(context: &DiagnosisContext<'_>, at: usize, state: State) -> Option<Statement> {
    let case = &context.cases[at];
    let (last, end) = (case.last?, context.logs.end_of(case)?);
    let title = &case.incident.title;
    let silence = end.instant() - last.instant();
    let continues = || format!("the log continues for {}, until {}", wording::duration(silence), wording::time(end));
    let (certainty, text) = match state {
        State::Failing => (
            Certainty::Certain,
            format!("{title}: still failing at the end of the log (last failure at {}).", wording::time(last)),
        ),
        State::Stopped => (
            Certainty::Likely,
            format!(
                "{title}: no further failure after {}, although {}. This suggests a recovery but does not prove it: \
                 by default, Jira does not log successes.{}",
                wording::time(last),
                continues(),
                authorized_again(context, at)
            ),
        ),
        State::Flapping { at_end } => (Certainty::Likely, flapping(case, last, at_end)?),
        State::Once if silence > MIN_PAUSE => (
            Certainty::Possible,
            format!(
                "{title}: seen once, at {}, and not again although {}. The log does not show whether it works now.",
                wording::time(last),
                continues()
            ),
        ),
        // Neither a single finding at the end of the log nor interactive attempts say how it continues.
        State::Once | State::Interactive => return None,
        State::TokenInvalidated => token_invalidated(context, at, last),
    };
    Some(context.statement(StatementKind::State, certainty, text, &[at]).at(Some(last)))
}

fn flapping(case: &IncidentCase, last: Timestamp, at_end: bool) -> Option<String> {
    let periods = case.facts.times.periods(pause(case.facts.times.median_gap().unwrap_or_default()));
    let longest = periods.iter().map(|period| period.last.instant() - period.first.instant()).max();
    let longest = longest
        .filter(|longest| longest.num_seconds() > 0)
        .map_or(String::new(), |longest| format!(" (the longest lasted {})", wording::duration(longest)));
    let now = if at_end {
        "It is failing when the log ends.".to_owned()
    } else {
        format!("No failure since {}.", wording::time(last))
    };
    Some(format!(
        "{}: intermittent, {} periods of failures between {} and {}{longest}. In between, it worked or was not \
         attempted. {now}",
        case.incident.title,
        periods.len(),
        wording::time(case.first?),
        wording::time(last),
    ))
}

fn token_invalidated(context: &DiagnosisContext<'_>, at: usize, last: Timestamp) -> (Certainty, String) {
    let title = &context.cases[at].incident.title;
    let invalid = context.lost_token_of(at).and_then(|lost| context.cases[lost].first).unwrap_or(last);
    if invalid.instant() - last.instant() <= MAX_SILENCE {
        let text = format!(
            "{title}: no further failure after {}, because Jira stopped trying once the token was invalid. \
             This is not a recovery.",
            wording::time(last)
        );
        return (Certainty::Certain, text);
    }
    let text = format!(
        "{title}: no failure is logged between {} and {}, when the token was already invalid. Most likely it kept \
         failing and the log has a gap.",
        wording::time(last),
        wording::time(invalid)
    );
    (Certainty::Likely, text)
}

/// An invalid token that is refreshed later must have been authorized again in between.
fn authorized_again(context: &DiagnosisContext<'_>, at: usize) -> String {
    let case = &context.cases[at];
    let Some(last) = case.last.filter(|_| case.is_lost_token()) else { return String::new() };
    let refreshed = context
        .cases
        .iter()
        .filter(|other| {
            !other.is_lost_token()
                && other.incident.subject.integration.is_some()
                && other.incident.subject.integration == case.incident.subject.integration
        })
        .filter_map(|other| other.facts.refreshes.last())
        .find(|time| time.instant() > last.instant());
    refreshed.map_or(String::new(), |time| {
        format!(" It has been authorized again since: Jira tried to refresh its token at {}.", wording::time(time))
    })
}
