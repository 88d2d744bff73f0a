//! Failures that only some nodes of a cluster have.

use super::{Certainty, DiagnosisContext, Statement, StatementKind, wording};
use crate::model::Stage;

/// Fewer records on one node than these may be chance.
const ENOUGH: u64 = 3;

pub(super) fn statements(view: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    let all = view.logs.nodes();
    if all.len() < 2 {
        return;
    }
    for (i, case) in view.cases.iter().enumerate() {
        let mine = &case.incident.nodes;
        if mine.is_empty() || case.incident.count < ENOUGH || view.links[i].is_some() {
            continue;
        }
        let (Some(first), Some(last)) = (case.first, case.last) else { continue };
        // A node whose log does not reach over that time says nothing.
        let spared: Vec<String> = all
            .iter()
            .filter(|node| !mine.iter().any(|one| one == *node))
            .filter(|node| view.logs.covers(node, first, last))
            .map(|node| (*node).to_owned())
            .collect();
        if spared.is_empty() {
            continue;
        }
        let only = format!("only on {}, not on {}", wording::list(mine), wording::list(&spared));
        let (certainty, text) = match case.incident.stage {
            Stage::Transport => (
                Certainty::Likely,
                format!(
                    "{}: {only}. Most likely the network or the Java of that node: compare DNS, proxy, firewall and truststore with a node that works.",
                    case.incident.title
                ),
            ),
            Stage::Callback => (
                Certainty::Possible,
                format!(
                    "{}: {only}. The load balancer may send the callback to another node than the one that started it.",
                    case.incident.title
                ),
            ),
            _ => (
                Certainty::Possible,
                format!(
                    "{}: {only}. It may be that node's (configuration, network), or chance: background jobs run on one node at a time.",
                    case.incident.title
                ),
            ),
        };
        out.push(view.statement(StatementKind::SomeNodes, certainty, text, &[i]));
    }
}
