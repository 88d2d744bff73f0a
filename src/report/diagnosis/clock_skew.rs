//! The log's clock compared with the provider's.
//!
//! The provider prints its own time into its answers. Jira writes a record slightly later, never
//! earlier. A log that is always behind, or always far ahead by the same amount, has a wrong clock.

use chrono::TimeDelta;

use super::{
    context::DiagnosisContext,
    statement::{Certainty, Statement, StatementKind},
    wording,
};
use crate::{
    catalogue::Sign,
    report::{incident_facts::ClockDrift, numfmt::grouped},
};

/// Clock skew that Jira tolerates (`atlassian.oauth2.client.max.clock.skew.seconds`).
const TOLERANCE: TimeDelta = TimeDelta::seconds(60);
/// How much the differences may vary and still be due to one wrong clock.
const MAX_SPREAD: TimeDelta = TimeDelta::seconds(45);
/// Being ahead may also mean that records were logged late, so this takes more records.
const MIN_RECORDS_AHEAD: u64 = 3;
const MIN_RECORDS_BEHIND: u64 = 2;

pub(super) fn statements(context: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    let mut nodes: Vec<Option<&str>> = context.logs.nodes().into_iter().map(Some).collect();
    if nodes.is_empty() {
        nodes.push(None);
    }
    for node in nodes {
        let mut drift = ClockDrift::default();
        let mut affected = Vec::new();
        for (i, case) in context.cases.iter().enumerate() {
            let drift_of_case = context.drift_of(i, node);
            if drift_of_case.count > 0 {
                drift.merge(drift_of_case);
                affected.push(i);
            }
            if node.is_none() && case.has_sign(Sign::ClockSkew) && !affected.contains(&i) {
                affected.push(i);
            }
        }
        out.extend(statement(context, node, &drift, &affected));
    }
}

fn statement(
    context: &DiagnosisContext<'_>,
    node: Option<&str>,
    drift: &ClockDrift,
    affected: &[usize],
) -> Option<Statement> {
    let consistent = drift.max - drift.min <= MAX_SPREAD;
    let behind = drift.count >= MIN_RECORDS_BEHIND && drift.max <= -TOLERANCE && consistent;
    let ahead = drift.count >= MIN_RECORDS_AHEAD && drift.min >= TOLERANCE && consistent;
    if !behind && !ahead {
        return None;
    }
    let by = wording::duration(if behind { drift.max } else { drift.min });
    let clock = node.map_or("The log's clock".to_owned(), |node| format!("The clock of node {node}"));
    let records = grouped(drift.count);
    let synchronize = "Synchronize every node with a time server (NTP).";
    let (certainty, text) = if is_time_zone(drift) {
        (
            Certainty::Possible,
            format!(
                "{clock} differs from the provider's by {by} in all {records} records that show both: either the time \
                 zone of the log is wrong or the clock itself."
            ),
        )
    } else if behind {
        (
            Certainty::Certain,
            format!(
                "{clock} is {by} behind the provider's in all {records} records that show both; Jira tolerates 60 s. \
                 {synchronize}"
            ),
        )
    } else {
        (
            Certainty::Likely,
            format!(
                "{clock} is most likely ahead of the provider's, by {by} in all {records} records that show both; Jira \
                 tolerates 60 s. {synchronize}"
            ),
        )
    };
    let mut statement = context.statement(StatementKind::ClockSkew, certainty, text, affected);
    if !drift.findings.is_empty() {
        statement.findings.clone_from(&drift.findings);
    }
    Some(statement)
}

/// True when the difference is a multiple of half an hour, as between two time zones.
fn is_time_zone(drift: &ClockDrift) -> bool {
    let rest = drift.min.num_seconds().abs() % 1800;
    drift.min.abs() >= TimeDelta::minutes(25) && (rest <= 60 || rest >= 1740)
}
