//! Failures that occur only on some nodes of a cluster.

use super::{
    context::DiagnosisContext,
    statement::{Certainty, Statement, StatementKind},
    wording,
};
use crate::model::Stage;

/// Unaffected nodes that a statement names.
const MAX_NAMED_NODES: usize = 10;
/// Fewer findings than this may occur on one node by coincidence.
const MIN_FINDINGS: u64 = 3;

pub(super) fn statements(context: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    let all = context.logs.nodes();
    if all.len() < 2 {
        return;
    }
    for (i, case) in context.cases.iter().enumerate() {
        let failing = &case.incident.nodes;
        if failing.is_empty() || case.incident.count < MIN_FINDINGS || context.links[i].is_some() {
            continue;
        }
        let (Some(first), Some(last)) = (case.first, case.last) else { continue };
        // A node whose log does not cover that time proves nothing.
        let mut unaffected: Vec<String> = all
            .iter()
            .filter(|node| failing.binary_search_by(|failing| failing.as_str().cmp(node)).is_err())
            .filter(|node| context.logs.covers(node, first, last))
            .map(|node| (*node).to_owned())
            .collect();
        if unaffected.is_empty() {
            continue;
        }
        if let more @ 1.. = unaffected.len().saturating_sub(MAX_NAMED_NODES) {
            unaffected.truncate(MAX_NAMED_NODES);
            unaffected.push(format!("{more} more nodes"));
        }
        let (those, their) = if failing.len() == 1 { ("that node", "its") } else { ("those nodes", "their") };
        let reading = match case.incident.stage {
            Stage::Transport => format!(
                "Most likely a network or Java problem on {those}: compare {their} DNS, proxy, firewall and truststore \
                 with those of a working node."
            ),
            Stage::Callback => {
                "The load balancer may be sending the callback to a different node than the one that started the sign-in."
                    .to_owned()
            }
            _ => format!(
                "It may be specific to {those} (configuration, network), or a coincidence: background jobs run on one \
                 node at a time."
            ),
        };
        let certainty = match case.incident.stage {
            Stage::Transport => Certainty::Likely,
            _ => Certainty::Possible,
        };
        let text = format!(
            "{}: only on {}, not on {}. {reading}",
            case.incident.title,
            wording::list(failing, "and"),
            wording::list(&unaffected, "or")
        );
        out.push(context.statement(StatementKind::SomeNodes, certainty, text, &[i]));
    }
}
