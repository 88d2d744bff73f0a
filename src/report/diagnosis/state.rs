//! Is it still failing? Measured at the end of the log, never at the clock on the wall.

use chrono::TimeDelta;

use super::{
    Certainty, DiagnosisContext, IncidentCase, Logs, Statement, StatementKind, causality::MAX_SILENCE, wording,
};
use crate::{catalogue::Sign, model::Timestamp};

/// A pause that is longer than so many usual distances parts two stretches of failures.
const USUAL_PAUSES: i32 = 6;
const MIN_PAUSE: TimeDelta = TimeDelta::hours(1);
/// From so many stretches on, a failure comes and goes.
const FLAPPING: usize = 3;

/// How an incident stands at the end of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Up to the end of the log.
    Failing,
    /// Not any more, though the log goes on.
    Stopped,
    /// It comes and goes.
    Flapping {
        /// The last stretch reaches the end of the log.
        at_end: bool,
    },
    /// One record, at the end of the log or in the midst of it.
    Once,
    /// Attempts of a person.
    Interactive,
    /// Jira does not try any more: the token is lost.
    GivenUp,
}

impl State {
    /// The word in reports.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Stopped => "stopped",
            Self::Flapping { .. } => "flapping",
            Self::Once => "once",
            Self::Interactive => "by-hand",
            Self::GivenUp => "given-up",
        }
    }

    /// True when nothing failed any more and nothing says why.
    pub(super) fn is_over(self) -> bool {
        matches!(self, Self::Stopped | Self::Flapping { at_end: false })
    }
}

/// The state by the case's own times. `lost` says that a token was lost through it afterwards.
pub(super) fn of(case: &IncidentCase, lost: Option<&IncidentCase>, logs: &Logs) -> Option<State> {
    let (last, end) = (case.last?, logs.end_of(case)?);
    if lost.is_some_and(|lost| lost.last.is_some_and(|seen| seen.instant() >= last.instant())) {
        return Some(State::GivenUp);
    }
    if case.facts.interactive == case.incident.count {
        return Some(if case.incident.count == 1 { State::Once } else { State::Interactive });
    }
    let Some(usual) = case.facts.times.usual_gap() else { return Some(State::Once) };
    let pause = MIN_PAUSE.max(usual * USUAL_PAUSES);
    let at_end = end.instant() - last.instant() <= pause;
    Some(match (case.facts.times.runs(pause).len() >= FLAPPING, at_end) {
        (true, at_end) => State::Flapping { at_end },
        (false, true) => State::Failing,
        (false, false) => State::Stopped,
    })
}

pub(super) fn statements(view: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    for (i, case) in view.cases.iter().enumerate() {
        if view.links[i].is_some() && !case.traits.signs.contains(&Sign::LostToken) {
            continue;
        }
        out.extend(view.states[i].and_then(|state| sentence(view, i, state)));
    }
}

fn sentence(view: &DiagnosisContext<'_>, at: usize, state: State) -> Option<Statement> {
    let case = &view.cases[at];
    let (first, last, end) = (case.first?, case.last?, view.logs.end_of(case)?);
    let what = &case.incident.title;
    let silence = end.instant() - last.instant();
    let goes_on = || format!("the log goes on for {} until {}", wording::length(silence), wording::clock(end));
    let (certainty, text) = match state {
        State::Failing => {
            (Certainty::Certain, format!("{what}: still failing at the end of the log, {}.", wording::clock(last)))
        }
        State::Stopped => {
            let again = renewed(view, at);
            (
                Certainty::Likely,
                format!(
                    "{what}: no further failure after {}, though {}. That is a sign of recovery, not a proof: Jira logs no success by default.{again}",
                    wording::clock(last),
                    goes_on()
                ),
            )
        }
        State::Flapping { at_end } => {
            let usual = case.facts.times.usual_gap().unwrap_or_default();
            let runs = case.facts.times.runs(MIN_PAUSE.max(usual * USUAL_PAUSES));
            let longest = runs.iter().map(|run| run.last.instant() - run.first.instant()).max().unwrap_or_default();
            let now = if at_end {
                "failing when the log ends".to_owned()
            } else {
                format!("quiet since {}", wording::clock(last))
            };
            (
                Certainty::Likely,
                format!(
                    "{what}: it comes and goes, {} stretches between {} and {} (the longest {}), and it works in between or is not tried; {now}.",
                    runs.len(),
                    wording::clock(first),
                    wording::clock(last),
                    wording::length(longest)
                ),
            )
        }
        State::Once if silence > MIN_PAUSE => (
            Certainty::Possible,
            format!(
                "{what}: seen once, at {}; {} without another. Whether it works now the log does not tell.",
                wording::clock(last),
                goes_on()
            ),
        ),
        // One record at the end of the log says nothing of how it goes on, nor do a person's attempts.
        State::Once | State::Interactive => return None,
        State::GivenUp => given_up(view, at, last),
    };
    Some(view.statement(StatementKind::State, certainty, text, &[at]).at(Some(last)))
}

fn given_up(view: &DiagnosisContext<'_>, at: usize, last: Timestamp) -> (Certainty, String) {
    let what = &view.cases[at].incident.title;
    let lost = view.lost_by(at).and_then(|lost| view.cases[lost].first).unwrap_or(last);
    if lost.instant() - last.instant() <= MAX_SILENCE {
        let text = format!(
            "{what}: no further failure after {}, because Jira does not try any more since the token is lost. That is no recovery.",
            wording::clock(last)
        );
        return (Certainty::Certain, text);
    }
    let text = format!(
        "{what}: no failure is logged between {} and {}, when the token was already lost. Most likely it went on failing and the log has a gap.",
        wording::clock(last),
        wording::clock(lost)
    );
    (Certainty::Likely, text)
}

/// A lost token that is refreshed again later was authorized anew in between.
fn renewed(view: &DiagnosisContext<'_>, at: usize) -> String {
    let case = &view.cases[at];
    if !case.traits.signs.contains(&Sign::LostToken) {
        return String::new();
    }
    let Some(last) = case.last else { return String::new() };
    let later = view.cases.iter().find(|other| {
        !other.traits.signs.contains(&Sign::LostToken)
            && other.incident.subject.integration.is_some()
            && other.incident.subject.integration == case.incident.subject.integration
            && other.facts.refreshes.last().is_some_and(|time| time.instant() > last.instant())
    });
    match later.and_then(|other| other.facts.refreshes.last()) {
        Some(time) => {
            format!(
                " It was authorized again meanwhile: at {} Jira tried to refresh a token of it.",
                wording::clock(time)
            )
        }
        None => String::new(),
    }
}
