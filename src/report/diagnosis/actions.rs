//! What to do, in the order of the cases, over all incidents.

use super::{
    case::{IncidentCase, State, likely_cause},
    causality::RUN_UNFILTERED,
    context::DiagnosisContext,
    deadline,
    logs::Logs,
    older_logs,
    statement::Action,
    wording,
};
use crate::model::Stage;

/// One list of actions for all incidents.
pub(super) fn actions(context: &DiagnosisContext<'_>) -> Vec<Action> {
    let mut actions: Vec<Action> = Vec::new();
    let any_settings =
        (0..context.cases.len()).any(|i| context.is_root(i) && context.cases[i].incident.stage != Stage::Transport);
    for (i, case) in context.cases.iter().enumerate() {
        if !context.is_root(i) {
            if case.is_lost_token() && !cause_asks_to_authorize(&actions, context, i) {
                actions.push(authorize(context, i));
            }
            continue;
        }
        if context.is_missing_cause(i) {
            actions.extend(find_cause(context.logs, case));
            actions.push(authorize(context, i));
            continue;
        }
        let action = fix(context, i, any_settings);
        let duplicate =
            actions.iter().any(|other| other.text == action.text && is_related(context, &other.incident, i));
        if !duplicate {
            actions.push(action);
        }
    }
    actions
}

/// True when an incident has the pattern of a case, and its application where the case names one.
fn is_related(context: &DiagnosisContext<'_>, incident: &str, at: usize) -> bool {
    let case = &context.cases[at].incident;
    context.cases.iter().map(|case| &case.incident).any(|other| {
        other.id == incident
            && other.pattern == case.pattern
            && (other.subject.app_id == case.subject.app_id || case.subject.app_id.is_none())
    })
}

/// True when the fix of the cause already ends with a new authorization.
fn cause_asks_to_authorize(actions: &[Action], context: &DiagnosisContext<'_>, at: usize) -> bool {
    let Some(cause) = likely_cause(context.links, at) else { return false };
    let id = &context.cases[cause].incident.id;
    actions.iter().any(|action| action.incident == *id && wording::asks_to_authorize(&action.text))
}

fn fix(context: &DiagnosisContext<'_>, at: usize, any_settings: bool) -> Action {
    let case = &context.cases[at];
    let text = match (&case.traits.fix, case.incident.steps.first()) {
        (Some(fix), _) => fix.clone(),
        (None, Some(step)) => step.clone(),
        (None, None) => format!("Run oauthsift explain {} for details.", case.incident.pattern),
    };
    let mut because = format!("{}{}{}", wording::title(&case.incident), nodes(context, at), state(context, at));
    let consequences: Vec<String> = (0..context.cases.len())
        .filter(|i| likely_cause(context.links, *i) == Some(at))
        .map(|i| context.cases[i].incident.id.clone())
        .collect();
    if !consequences.is_empty() {
        because.push_str(&format!("; it also causes {}", wording::list(&consequences, "and")));
    }
    if case.incident.stage == Stage::Transport && any_settings {
        because.push_str("; fix the settings first, because they must be correct in any case");
    }
    because.push('.');
    let before = deadline::before(context, at).map(|time| time.to_rfc3339());
    Action { text, incident: case.incident.id.clone(), because, before }
}

/// The nodes that fail, when not all nodes do.
fn nodes(context: &DiagnosisContext<'_>, at: usize) -> String {
    let failing = &context.cases[at].incident.nodes;
    if failing.is_empty() || failing.len() == context.logs.nodes().len() {
        return String::new();
    }
    format!(", only on {}", wording::list(failing, "and"))
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

fn authorize(context: &DiagnosisContext<'_>, at: usize) -> Action {
    let incident = &context.cases[at].incident;
    let target = wording::subject(incident)
        .filter(|_| incident.subject.integration.is_some())
        .unwrap_or_else(|| "every mail server that uses the token".to_owned());
    let because = match deadline::invalid_since(context, at) {
        Some(since) => {
            let or_earlier = if context.may_have_begun_earlier(at) { " or earlier" } else { "" };
            format!("The token has been invalid since {since}{or_earlier} and does not recover on its own.")
        }
        None => "The token is invalid and does not recover on its own.".to_owned(),
    };
    let text = format!("Then press Authorize again on {target}.");
    Action { text, incident: incident.id.clone(), because, before: None }
}

/// How to find a root cause that is not in the logs.
fn find_cause(logs: &Logs, case: &IncidentCase) -> [Action; 2] {
    let incident = case.incident.id.clone();
    let (text, because) = if logs.filtered {
        (format!("Widen the search: {RUN_UNFILTERED}."), "The cause of the invalid token may have been filtered out.")
    } else {
        (
            format!("Scan the older files as well: {}, from every node.", older_logs::names(logs)),
            "The cause of the invalid token is not in the logs provided.",
        )
    };
    [
        Action { text, incident: incident.clone(), because: because.to_owned(), before: None },
        Action {
            text: "Press Test connection on the integration and fix what it reports.".to_owned(),
            incident,
            because: "If the cause still exists, the test shows it, even if the older files are gone.".to_owned(),
            before: None,
        },
    ]
}
