//! What to do first: root causes before consequences, settings before network.

use std::cmp::Reverse;

use super::{
    Action, Certainty, DiagnosisContext, IncidentCase, Logs, State,
    causality::{self, CausalLink},
    deadline, inconclusive, older_logs, wording,
};
use crate::{catalogue::Sign, model::Stage};

/// The order in which cases are shown and dealt with: roots by what matters first, each followed by
/// what follows from it.
pub(super) fn order(cases: &[IncidentCase], links: &[Option<CausalLink>], states: &[Option<State>]) -> Vec<usize> {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); cases.len()];
    (0..cases.len()).for_each(|i| {
        if let Some(cause) = cause(links, i) {
            children[cause].push(i);
        }
    });
    let key = |at: usize| {
        let case = &cases[at];
        (
            states[at].is_some_and(State::is_over),
            inconclusive::is_open(case),
            case.incident.stage == Stage::Transport,
            Reverse(case.incident.severity),
            Reverse(children[at].len()),
            Reverse(case.incident.count),
            case.first.map(|time| time.instant()),
            &case.incident.pattern,
            &case.incident.subject,
        )
    };
    let mut roots: Vec<usize> = (0..cases.len()).filter(|i| cause(links, *i).is_none()).collect();
    roots.sort_by(|a, b| key(*a).cmp(&key(*b)));
    let mut order = Vec::with_capacity(cases.len());
    let mut waiting: Vec<usize> = roots.into_iter().rev().collect();
    while let Some(at) = waiting.pop() {
        order.push(at);
        let mut next = children[at].clone();
        next.sort_by(|a, b| key(*b).cmp(&key(*a)));
        waiting.extend(next);
    }
    order
}

/// The incident that one follows from, when that is at least likely.
pub(super) fn cause(links: &[Option<CausalLink>], at: usize) -> Option<usize> {
    links[at].filter(|link| link.certainty >= Certainty::Likely).map(|link| link.cause)
}

/// One list over all incidents.
pub(super) fn actions(view: &DiagnosisContext<'_>) -> Vec<Action> {
    let mut actions: Vec<Action> = Vec::new();
    let settings = (0..view.cases.len()).any(|i| view.is_root(i) && view.cases[i].incident.stage != Stage::Transport);
    for (i, case) in view.cases.iter().enumerate() {
        if !view.is_root(i) {
            if lost(case) && !says_authorize(&actions, view, i) {
                actions.push(authorize(view, i));
            }
            continue;
        }
        if view.is_missing(i) {
            actions.extend(search(view.logs, case));
            actions.push(authorize(view, i));
            continue;
        }
        let action = solve(view, i, settings);
        let twice = actions.iter().any(|known| known.text == action.text && view.is_related(&known.incident, i));
        if !twice {
            actions.push(action);
        }
    }
    actions
}

fn lost(case: &IncidentCase) -> bool {
    case.traits.signs.contains(&Sign::LostToken)
}

/// True when the cure of the cause already ends in a new authorization.
fn says_authorize(actions: &[Action], view: &DiagnosisContext<'_>, at: usize) -> bool {
    let Some(cause) = cause(view.links, at) else { return false };
    let id = &view.cases[cause].incident.id;
    actions.iter().any(|action| action.incident == *id && action.text.contains("uthorize again"))
}

fn solve(view: &DiagnosisContext<'_>, at: usize, settings: bool) -> Action {
    let case = &view.cases[at];
    let text = match (&case.traits.fix, case.incident.steps.first()) {
        (Some(fix), _) => fix.clone(),
        (None, Some(step)) => step.clone(),
        (None, None) => format!("Read what is known of {}.", case.incident.pattern),
    };
    let mut because = format!("{}{}{}", wording::title(&case.incident), places(view, at), standing(view, at));
    let following: Vec<String> = (0..view.cases.len())
        .filter(|i| cause(view.links, *i) == Some(at))
        .map(|i| view.cases[i].incident.id.clone())
        .collect();
    if !following.is_empty() {
        let verb = if following.len() == 1 { "follows" } else { "follow" };
        because.push_str(&format!("; {} {verb} from it", wording::list(&following)));
    }
    if case.incident.stage == Stage::Transport && settings {
        because.push_str("; after the settings, which have to be right in any case");
    }
    because.push('.');
    let before = deadline::before(view, at).map(|time| time.to_rfc3339());
    Action { text, incident: case.incident.id.clone(), because, before }
}

/// On which nodes, when not on all.
fn places(view: &DiagnosisContext<'_>, at: usize) -> String {
    let mine = &view.cases[at].incident.nodes;
    if mine.is_empty() || mine.len() == view.logs.nodes().len() {
        return String::new();
    }
    format!(", only on {}", wording::list(mine))
}

fn standing(view: &DiagnosisContext<'_>, at: usize) -> String {
    let case = &view.cases[at];
    let Some(last) = case.last.map(wording::clock) else { return ", at a time that the log does not tell".to_owned() };
    match view.states[at] {
        Some(State::Failing) => ", still failing at the end of the log".to_owned(),
        Some(State::Stopped) => format!(", not seen after {last}: first check whether it is still so"),
        Some(State::Flapping { .. }) => ", which comes and goes".to_owned(),
        Some(State::Once) => format!(", seen once, at {last}"),
        Some(State::Interactive) => format!(", last tried at {last}"),
        Some(State::GivenUp) => ", until Jira gave the token up".to_owned(),
        None => String::new(),
    }
}

fn authorize(view: &DiagnosisContext<'_>, at: usize) -> Action {
    let case = &view.cases[at];
    let place = wording::subject(&case.incident).filter(|_| case.incident.subject.integration.is_some());
    let place = place.unwrap_or_else(|| "every mail server that uses the token".to_owned());
    let because = match view.lost_since(at) {
        Some(since) => {
            let earlier = if view.is_first_seen_at_start(at) { " or earlier" } else { "" };
            format!("The token is lost since {}{earlier} and does not come back by itself.", wording::clock(since))
        }
        None => "The token is lost and does not come back by itself.".to_owned(),
    };
    let text = format!("Then press Authorize again on {place}.");
    Action { text, incident: case.incident.id.clone(), because, before: None }
}

/// How to find a cause that is not in the logs.
fn search(logs: &Logs, case: &IncidentCase) -> [Action; 2] {
    let incident = case.incident.id.clone();
    let (text, because) = if logs.filtered {
        (
            format!("Look at everything: {}.", causality::UNFILTERED),
            "The cause of the lost token is not among what was asked for.",
        )
    } else {
        (
            format!("Read the older files as well: {}, of every node.", older_logs::older(logs)),
            "The cause of the lost token is not in the logs given.",
        )
    };
    [
        Action { text, incident: incident.clone(), because: because.to_owned(), before: None },
        Action {
            text: "Press Test connection on the integration, and solve what it shows.".to_owned(),
            incident,
            because: "If the cause still exists, the test shows it, also when the older files are gone.".to_owned(),
            before: None,
        },
    ]
}
