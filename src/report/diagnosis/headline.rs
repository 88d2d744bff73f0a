//! The headline: every independent root cause.

use std::collections::HashMap;

use super::{
    case::State, causality::RUN_UNFILTERED, context::DiagnosisContext, deadline, older_logs, statement::StatementKind,
    wording,
};

/// Root causes that are named.
const MAX_ROOT_CAUSES: usize = 20;
/// One of several lines says as much as fits into this. Characters.
const MAX_LINE_CHARS: usize = 78;

/// Every independent root cause, the most important first, one line each; a single one in full sentences.
pub(super) fn headline(context: &DiagnosisContext<'_>) -> String {
    match root_causes(context).as_slice() {
        [] => String::new(),
        [one] => sentences(context, one),
        several => {
            let mut lines: Vec<String> =
                several.iter().take(MAX_ROOT_CAUSES).map(|cases| line(context, cases)).collect();
            if let more @ 1.. = several.len().saturating_sub(MAX_ROOT_CAUSES) {
                lines.push(format!("And {more} more root {}.", if more == 1 { "cause" } else { "causes" }));
            }
            lines.join("\n")
        }
    }
}

/// The cases that no other case has caused; those with the same failure are together.
fn root_causes(context: &DiagnosisContext<'_>) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known = HashMap::new();
    for (i, case) in context.cases.iter().enumerate().filter(|(i, _)| context.is_root(*i)) {
        let code = case.incident.code.filter(|_| case.traits.code_apart);
        let key = (&case.incident.pattern, code, conclusion(context, i));
        let at = *known.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[at].push(i);
    }
    groups
}

/// What is known about the cause of a root case.
fn conclusion(context: &DiagnosisContext<'_>, at: usize) -> StatementKind {
    if context.is_missing_cause(at) {
        StatementKind::MissingCause
    } else if context.cases[at].is_inconclusive() {
        StatementKind::Inconclusive
    } else {
        StatementKind::Cause
    }
}

/// The only root cause.
fn sentences(context: &DiagnosisContext<'_>, cases: &[usize]) -> String {
    let [at, ..] = *cases else { return String::new() };
    let what = match cases {
        [_] => format!("{}{}", wording::title(&context.cases[at].incident), when(context, at)),
        _ => format!("{}: {}{}", titles(context, cases), affected(context, cases), when_any(context, cases)),
    };
    match conclusion(context, at) {
        StatementKind::MissingCause if context.logs.filtered => {
            format!("{what}. The root cause may have been filtered out: {RUN_UNFILTERED}.")
        }
        StatementKind::MissingCause => {
            let older = older_logs::names(context.logs);
            format!("{what}. The root cause is not in the logs provided: add {older}, from every node.")
        }
        StatementKind::Inconclusive => format!("The cause cannot be determined from these logs: {what}."),
        _ => format!("{what}.{}", invalid_tokens(context, cases)),
    }
}

/// One of several root causes.
fn line(context: &DiagnosisContext<'_>, cases: &[usize]) -> String {
    let [at, ..] = *cases else { return String::new() };
    let conclusion = match conclusion(context, at) {
        StatementKind::MissingCause => "; its cause is not in these logs",
        StatementKind::Inconclusive => "; cause unknown",
        _ => "",
    };
    let title = titles(context, cases);
    if cases.len() > 1 {
        return format!("{title}: {}{}{conclusion}", affected(context, cases), states(context, cases));
    }
    let subject = wording::subject(&context.cases[at].incident).map_or(String::new(), |subject| format!(": {subject}"));
    let (state, short_state) = (state(context, at, true), state(context, at, false));
    let lines = [
        format!("{title}{subject}{state}{conclusion}"),
        format!("{title}{subject}{short_state}{conclusion}"),
        format!("{title}{state}{conclusion}"),
    ];
    let shortest = format!("{title}{short_state}{conclusion}");
    lines.into_iter().find(|line| line.chars().count() <= MAX_LINE_CHARS).unwrap_or(shortest)
}

fn titles(context: &DiagnosisContext<'_>, cases: &[usize]) -> String {
    let incidents: Vec<_> = cases.iter().map(|i| &context.cases[*i].incident).collect();
    match incidents.as_slice() {
        [first, rest @ ..] if rest.iter().any(|other| other.code != first.code) => first.title.clone(),
        [first, ..] => wording::short_title(first),
        [] => String::new(),
    }
}

fn affected(context: &DiagnosisContext<'_>, cases: &[usize]) -> String {
    match cases {
        [one] => wording::subject(&context.cases[*one].incident).unwrap_or_default(),
        cases => wording::subjects(cases.iter().map(|i| &context.cases[*i].incident)),
    }
}

/// Since when, and whether it still fails: `, first seen 2026-01-12 06:00 +01:00, still failing at the end of the log`.
fn when(context: &DiagnosisContext<'_>, at: usize) -> String {
    let case = &context.cases[at];
    let first = wording::first_seen(case);
    let Some(last) = case.last.map(wording::time) else { return first };
    let failing = context.nodes_of(&[at]).map_or(String::new(), |nodes| format!(", only on {nodes}"));
    match context.states[at] {
        Some(State::Failing) => format!("{first}{failing}, still failing at the end of the log"),
        Some(State::Stopped) => format!("{first}{failing}, last seen {last}"),
        Some(State::Flapping { at_end: true }) => {
            format!("{first}{failing}, intermittent, failing at the end of the log")
        }
        Some(State::Flapping { at_end: false }) => format!("{first}{failing}, intermittent, last seen {last}"),
        Some(State::Interactive) => format!("{first}{failing}, last attempted at {last}"),
        Some(State::Once | State::TokenInvalidated) | None => format!("{first}{failing}"),
    }
}

/// The same for several cases.
fn when_any(context: &DiagnosisContext<'_>, cases: &[usize]) -> String {
    let first = cases.iter().filter_map(|i| context.cases[*i].first).min_by_key(crate::model::Timestamp::instant);
    let first = first.map_or(String::new(), |first| format!(", first seen {}", wording::time(first)));
    let nodes = context.nodes_of(cases).map_or(String::new(), |nodes| format!(", only on {nodes}"));
    format!("{first}{nodes}{}", states(context, cases))
}

/// The state of a case in a few words, with its time or without.
fn state(context: &DiagnosisContext<'_>, at: usize, with_time: bool) -> String {
    let case = &context.cases[at];
    let Some(last) = case.last.map(wording::short_time) else { return String::new() };
    let timed = |state: &str, time: String| if with_time { format!("{state}{time}") } else { state.to_owned() };
    match context.states[at] {
        Some(State::Failing) => ", still failing".to_owned(),
        Some(State::Stopped) => timed(", stopped", format!(", last seen {last}")),
        Some(State::Flapping { at_end: true }) => ", intermittent".to_owned(),
        Some(State::Flapping { at_end: false }) => timed(", intermittent", format!(", last seen {last}")),
        Some(State::Once) => timed(", once", format!(", {last}")),
        Some(State::Interactive) => timed("", format!(", last attempted {last}")),
        Some(State::TokenInvalidated) => ", the token is now invalid".to_owned(),
        None => String::new(),
    }
}

/// The states of several cases: `, 3 of 21 still failing at the end of the log`.
pub(super) fn states(context: &DiagnosisContext<'_>, cases: &[usize]) -> String {
    let failing = cases.iter().filter(|i| context.fails_at_end(**i)).count();
    if failing == cases.len() {
        return ", all still failing at the end of the log".to_owned();
    }
    if failing > 0 {
        return format!(", {failing} of {} still failing at the end of the log", cases.len());
    }
    let last = cases.iter().filter_map(|i| context.cases[*i].last).max_by_key(crate::model::Timestamp::instant);
    last.map_or(String::new(), |last| format!(", last seen {}", wording::time(last)))
}

/// Which tokens are invalid because of these cases; empty, or a sentence after a space.
fn invalid_tokens(context: &DiagnosisContext<'_>, cases: &[usize]) -> String {
    let lost: Vec<usize> = cases.iter().flat_map(|at| context.lost_tokens_of(*at)).collect();
    deadline::invalid_tokens(context, &lost)
}
