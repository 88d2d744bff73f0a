//! Which incident to deal with first: root causes before consequences, settings before network.

use std::cmp::Reverse;

use super::case::{CausalLink, IncidentCase, State, likely_cause};
use crate::model::{Stage, sort_by};

/// Indices of the cases in order of priority: root causes by what matters first, each followed by its
/// consequences.
pub(super) fn order(cases: &[IncidentCase], links: &[Option<CausalLink>], states: &[Option<State>]) -> Vec<usize> {
    let mut consequences: Vec<Vec<usize>> = vec![Vec::new(); cases.len()];
    for i in 0..cases.len() {
        if let Some(cause) = likely_cause(links, i) {
            consequences[cause].push(i);
        }
    }
    let key = |at: usize| {
        let case = &cases[at];
        (
            states[at].is_some_and(State::is_over),
            case.is_inconclusive(),
            case.incident.stage == Stage::Transport,
            Reverse(case.incident.severity),
            Reverse(consequences[at].len()),
            Reverse(case.incident.count),
            case.first.map(|time| time.instant()),
            &case.incident.pattern,
            &case.incident.subject,
        )
    };
    let mut roots: Vec<usize> = (0..cases.len()).filter(|i| likely_cause(links, *i).is_none()).collect();
    sort_by(&mut roots, |a, b| key(*a).cmp(&key(*b)));
    let mut order = Vec::with_capacity(cases.len());
    let mut pending: Vec<usize> = roots.into_iter().rev().collect();
    while let Some(at) = pending.pop() {
        order.push(at);
        let mut next = consequences[at].clone();
        sort_by(&mut next, |a, b| key(*b).cmp(&key(*a)));
        pending.extend(next);
    }
    order
}
