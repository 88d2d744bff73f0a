//! The log's clock against the provider's.
//!
//! The provider prints its own time into its answers. A record is written a moment later, never
//! earlier; a log that is always behind, or always far ahead by the same, runs on a wrong clock.

use chrono::TimeDelta;

use super::{Certainty, DiagnosisContext, Statement, StatementKind, wording};
use crate::{catalogue::Sign, report::incident_facts::ClockDrift};

/// Jira's own tolerance (`atlassian.oauth2.client.max.clock.skew.seconds`).
const TOLERANCE: TimeDelta = TimeDelta::seconds(60);
/// How much the distances may differ and still be one clock.
const SPREAD: TimeDelta = TimeDelta::seconds(45);
/// Ahead of the provider may also mean: logged late. So many records make the difference.
const ENOUGH: u64 = 3;
const ENOUGH_BEHIND: u64 = 2;

pub(super) fn statements(view: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    let mut nodes: Vec<Option<&str>> = view.logs.nodes().into_iter().map(Some).collect();
    if nodes.is_empty() {
        nodes.push(None);
    }
    for node in nodes {
        let mut drift = ClockDrift::default();
        let mut touched = Vec::new();
        for (i, case) in view.cases.iter().enumerate() {
            let of_node = view.drift_of(i, node);
            if of_node.count > 0 {
                drift.absorb(of_node);
                touched.push(i);
            }
            if node.is_none() && case.traits.signs.contains(&Sign::ClockSkew) && !touched.contains(&i) {
                touched.push(i);
            }
        }
        out.extend(measured(view, node, &drift, &touched));
    }
}

fn measured(
    view: &DiagnosisContext<'_>,
    node: Option<&str>,
    drift: &ClockDrift,
    touched: &[usize],
) -> Option<Statement> {
    let consistent = drift.most - drift.least <= SPREAD;
    let behind = drift.count >= ENOUGH_BEHIND && drift.most <= -TOLERANCE && consistent;
    let ahead = drift.count >= ENOUGH && drift.least >= TOLERANCE && consistent;
    if !behind && !ahead {
        return None;
    }
    let by = wording::length(if behind { drift.most } else { drift.least });
    let whose = node.map_or("The clock of the log".to_owned(), |node| format!("The clock of node {node}"));
    let way = if behind { "behind" } else { "ahead of" };
    let whole_hours = {
        let rest = drift.least.num_seconds().abs() % 1800;
        drift.least.abs() >= TimeDelta::minutes(25) && (rest <= 60 || rest >= 1740)
    };
    let (certainty, text) = if whole_hours {
        (
            Certainty::Possible,
            format!(
                "{whose} differs from the provider's by {by}, in all {} records that show both: a wrong time zone of the log, or a wrong clock.",
                crate::report::grouped(drift.count)
            ),
        )
    } else {
        let certainty = if behind { Certainty::Certain } else { Certainty::Likely };
        let text = format!(
            "{whose} runs {by} {way} the provider's, in all {} records that show both; Jira allows 60 s. Let every node take its time from a time server.",
            crate::report::grouped(drift.count)
        );
        (certainty, wording::hedge(certainty, &text))
    };
    let mut statement = view.statement(StatementKind::ClockSkew, certainty, text, touched);
    if !drift.findings.is_empty() {
        statement.findings.clone_from(&drift.findings);
    }
    Some(statement)
}
