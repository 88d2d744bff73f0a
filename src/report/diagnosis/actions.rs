//! What to do, in the order of the cases, over all incidents: one action for each fix.

use super::{
    case::{State, likely_cause},
    causality::RUN_UNFILTERED,
    context::DiagnosisContext,
    deadline, headline, older_logs,
    statement::Action,
    wording,
};
use crate::{
    model::{Stage, Timestamp},
    report::incident::Incident,
};

/// Mail servers that a text names; more are listed with the action.
const MAX_NAMED: usize = 3;
/// Consequences that a reason names; more are counted.
const MAX_CONSEQUENCES: usize = 3;

/// An action and the cases that it fixes.
struct Task {
    kind: TaskKind,
    cases: Vec<usize>,
}

#[derive(PartialEq, Eq)]
enum TaskKind {
    /// Fix the cause; the text says how.
    Fix(String),
    /// Find the cause of an invalid token in other logs.
    FindCause,
    /// Find the cause of an invalid token by a test.
    Test,
    /// Authorize again, once the fix with this text has been applied.
    Authorize(Option<String>),
}

/// One list of actions for all incidents.
pub(super) fn actions(context: &DiagnosisContext<'_>) -> Vec<Action> {
    let mut tasks: Vec<Task> = Vec::new();
    let mut add = |kind: TaskKind, case: usize| match tasks.iter_mut().find(|task| task.kind == kind) {
        Some(task) => task.cases.push(case),
        None => tasks.push(Task { kind, cases: vec![case] }),
    };
    for (i, case) in context.cases.iter().enumerate() {
        if let Some(mut root) = likely_cause(context.links, i) {
            while let Some(cause) = likely_cause(context.links, root) {
                root = cause;
            }
            let fix = (!context.is_missing_cause(root)).then(|| fix_of(context, root));
            // The fix of the cause may end with a new authorization itself.
            if case.is_lost_token() && !fix.as_deref().is_some_and(wording::asks_to_authorize) {
                add(TaskKind::Authorize(fix), i);
            }
        } else if context.is_missing_cause(i) {
            add(TaskKind::FindCause, i);
            add(TaskKind::Test, i);
            add(TaskKind::Authorize(None), i);
        } else {
            add(TaskKind::Fix(fix_of(context, i)), i);
        }
    }
    let any_settings =
        (0..context.cases.len()).any(|i| context.is_root(i) && context.cases[i].incident.stage != Stage::Transport);
    tasks.iter().map(|task| action(context, task, any_settings)).collect()
}

/// How to fix the case at `at`, in one sentence.
fn fix_of(context: &DiagnosisContext<'_>, at: usize) -> String {
    let case = &context.cases[at];
    match (&case.traits.fix, case.incident.steps.first()) {
        (Some(fix), _) => fix.clone(),
        (None, Some(step)) => step.clone(),
        (None, None) => format!("Run oauthsift explain {} for details.", case.incident.pattern),
    }
}

fn action(context: &DiagnosisContext<'_>, task: &Task, any_settings: bool) -> Action {
    let (text, because) = match &task.kind {
        TaskKind::Fix(text) => (text.clone(), reason(context, &task.cases, any_settings)),
        TaskKind::FindCause => find_cause(context, &task.cases),
        TaskKind::Test => (
            "Press Test connection on the integration and fix what it reports.".to_owned(),
            "If the cause still exists, the test shows it, even if the older files are gone.".to_owned(),
        ),
        TaskKind::Authorize(_) => authorize(context, &task.cases),
    };
    let deadlines: Vec<(Timestamp, bool)> = match &task.kind {
        TaskKind::Fix(_) => task.cases.iter().filter_map(|at| deadline::before(context, *at)).collect(),
        _ => Vec::new(),
    };
    let earliest = |past: bool| {
        let times = deadlines.iter().filter(|(_, is_past)| *is_past == past).map(|(time, _)| *time);
        times.min_by_key(Timestamp::instant).map(|time| time.to_rfc3339())
    };
    let ids: Vec<String> = incidents(context, &task.cases).map(|incident| incident.id.clone()).collect();
    Action {
        text,
        incident: ids.first().cloned().unwrap_or_default(),
        incidents: ids,
        affected: wording::names(incidents(context, &task.cases)),
        because,
        before: earliest(false),
        passed: earliest(true),
    }
}

fn incidents<'c>(context: &DiagnosisContext<'c>, cases: &[usize]) -> impl Iterator<Item = &'c Incident> + Clone {
    let all = context.cases;
    cases.iter().map(move |at| &all[*at].incident)
}

/// Why a fix is needed.
fn reason(context: &DiagnosisContext<'_>, cases: &[usize], any_settings: bool) -> String {
    let nodes = context.nodes_of(cases).map_or(String::new(), |nodes| format!(", only on {nodes}"));
    let mut because = match cases {
        [one] => format!("{}{nodes}{}", wording::title(&context.cases[*one].incident), state(context, *one)),
        several => {
            let mut titles: Vec<String> = Vec::new();
            for title in incidents(context, several).map(wording::short_title) {
                if !titles.contains(&title) {
                    titles.push(title);
                }
            }
            let subjects = wording::subjects(incidents(context, several));
            let check = if several.iter().all(|at| context.states[*at] == Some(State::Stopped)) {
                ": first check whether they still fail"
            } else {
                ""
            };
            format!("{}: {subjects}{nodes}{}{check}", titles.join("; "), headline::states(context, several))
        }
    };
    let consequences: Vec<String> = (0..context.cases.len())
        .filter(|i| likely_cause(context.links, *i).is_some_and(|cause| cases.contains(&cause)))
        .map(|i| context.cases[i].incident.id.clone())
        .collect();
    let also = if cases.len() == 1 { "it also causes" } else { "they also cause" };
    match consequences.len() {
        0 => {}
        1..=MAX_CONSEQUENCES => {
            because.push_str(&format!("; {also} {}", wording::list(&consequences, "and")));
        }
        more => because.push_str(&format!("; {also} {more} other incidents")),
    }
    if any_settings && incidents(context, cases).all(|incident| incident.stage == Stage::Transport) {
        because.push_str("; fix the settings first, because they must be correct in any case");
    }
    because.push('.');
    if incidents(context, cases).all(|incident| incident.stage == Stage::Transport) {
        because.push_str(" oauthsift doctor --online, run on Jira's host, shows which hop fails and why.");
    }
    because
}

fn state(context: &DiagnosisContext<'_>, at: usize) -> String {
    let Some(last) = context.cases[at].last.map(wording::time) else { return ", time not logged".to_owned() };
    match context.states[at] {
        Some(State::Failing) => ", still failing at the end of the log".to_owned(),
        Some(State::Stopped) => format!(", not seen after {last}: first check whether it still fails"),
        Some(State::Flapping { .. }) => ", intermittent".to_owned(),
        Some(State::Once) => format!(", seen once, at {last}"),
        Some(State::Interactive) => format!(", last attempted at {last}"),
        Some(State::TokenInvalidated) => ", until Jira invalidated the token".to_owned(),
        None => String::new(),
    }
}

/// To authorize the mail servers again, and why.
fn authorize(context: &DiagnosisContext<'_>, cases: &[usize]) -> (String, String) {
    let servers: Vec<&String> =
        incidents(context, cases).filter_map(|incident| incident.subject.integration.as_ref()).collect();
    let mut names: Vec<String> = servers.iter().map(|name| format!("\"{name}\"")).collect();
    names.sort_unstable();
    names.dedup();
    let target = match names.len() {
        _ if servers.len() < cases.len() => match cases {
            [_] => "every mail server that uses the token".to_owned(),
            _ => "every mail server that uses these tokens".to_owned(),
        },
        1 => format!("mail server {}", names[0]),
        2..=MAX_NAMED => format!("mail servers {}", wording::list(&names, "and")),
        more => format!("these {more} mail servers"),
    };
    let first = cases.iter().filter_map(|at| Some((*at, deadline::invalid_since(context, *at)?)));
    let since = first.min_by_key(|(_, since)| since.instant()).map(|(at, since)| {
        let or_earlier = if context.may_have_begun_earlier(at) { " or earlier" } else { "" };
        format!("{since}{or_earlier}")
    });
    let because = match (cases, since) {
        ([_], Some(since)) => format!("The token has been invalid since {since} and does not recover on its own."),
        ([_], None) => "The token is invalid and does not recover on its own.".to_owned(),
        (_, Some(since)) => {
            format!("{} tokens are invalid, the first since {since}, and do not recover on their own.", cases.len())
        }
        (_, None) => format!("{} tokens are invalid and do not recover on their own.", cases.len()),
    };
    (format!("Then press Authorize again on {target}."), because)
}

/// How to find the root cause of invalid tokens that is not in the logs, and why.
fn find_cause(context: &DiagnosisContext<'_>, cases: &[usize]) -> (String, String) {
    let tokens = match cases.len() {
        1 => "The cause of the invalid token".to_owned(),
        several => format!("The cause of {several} invalid tokens"),
    };
    if context.logs.filtered {
        return (format!("Widen the search: {RUN_UNFILTERED}."), format!("{tokens} may have been filtered out."));
    }
    (
        format!("Scan the older files as well: {}, from every node.", older_logs::names(context.logs)),
        format!("{tokens} is not in the logs provided."),
    )
}
