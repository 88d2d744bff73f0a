//! What the logs do not show.

use super::{
    case::IncidentCase,
    context::DiagnosisContext,
    statement::{Certainty, Statement, StatementKind},
    wording,
};
use crate::{catalogue::Role, model::Stage};

pub(super) fn statements(context: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    for (i, case) in context.cases.iter().enumerate() {
        if context.links[i].is_none() && case.is_inconclusive() && !context.is_missing_cause(i) {
            let text = unknown_cause(case);
            let statement = context.statement(StatementKind::Inconclusive, Certainty::Possible, text, &[i]);
            out.push(statement.at(case.first));
        }
    }
    let without_time: Vec<usize> = (0..context.cases.len()).filter(|i| context.cases[*i].first.is_none()).collect();
    if !without_time.is_empty() {
        let all = without_time.len() == context.cases.len();
        let records = if all { "These records have" } else { "Some records have" };
        let text = format!(
            "{records} no timestamp, or a masked one. It cannot be determined when they were logged, in which order, and \
             whether the failure still occurs. Provide the log file itself, not an excerpt."
        );
        out.push(context.statement(StatementKind::Inconclusive, Certainty::Certain, text, &without_time));
    }
}

fn unknown_cause(case: &IncidentCase) -> String {
    let what = format!("{}{}", wording::title(&case.incident), wording::first_seen(case));
    if case.traits.unknown {
        return format!(
            "{what}: the cause cannot be determined, because the catalogue does not explain this code. The provider's \
             documentation may help."
        );
    }
    match case.traits.role {
        Role::Answer => format!(
            "{what}: several causes produce this answer, and neither this record nor another one in these logs shows \
             which. The provider's sign-in log for that time does."
        ),
        _ => {
            let attempt = match case.incident.stage {
                Stage::Callback => "sign-in",
                _ => "attempt (Test connection)",
            };
            format!(
                "{what}: the record shows that it failed but not why, and neither does any other record in these logs. A new \
                 {attempt} or a longer part of the log may show the reason."
            )
        }
    }
}
