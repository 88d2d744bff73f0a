//! What cannot be concluded, said as plainly as what can.

use super::{Certainty, DiagnosisContext, IncidentCase, Statement, StatementKind, wording};
use crate::catalogue::{Role, Sign};

/// True when the record of a case does not name its cause.
pub(super) fn is_open(case: &IncidentCase) -> bool {
    let traits = &case.traits;
    traits.unknown || traits.role != Role::Cause || traits.signs.contains(&Sign::NoReason)
}

pub(super) fn statements(view: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    for (i, case) in view.cases.iter().enumerate() {
        if view.links[i].is_none() && is_open(case) && !view.is_missing(i) {
            out.push(view.statement(StatementKind::Inconclusive, Certainty::Possible, open(case), &[i]).at(case.first));
        }
    }
    let timeless: Vec<usize> = (0..view.cases.len()).filter(|i| view.cases[*i].first.is_none()).collect();
    if !timeless.is_empty() {
        let all = timeless.len() == view.cases.len();
        let which = if all { "These records carry" } else { "Some records carry" };
        let text = format!(
            "{which} no time, or a masked one: since when, in which order and whether it still lasts cannot be told. Give the log file itself, not an excerpt."
        );
        out.push(view.statement(StatementKind::Inconclusive, Certainty::Certain, text, &timeless));
    }
}

fn open(case: &IncidentCase) -> String {
    let traits = &case.traits;
    let what = wording::title(&case.incident);
    let since = wording::since(case);
    if traits.unknown {
        return format!(
            "{what}{since}: nothing is known of this code here, so the cause cannot be told. The provider's page on the code may say more."
        );
    }
    match traits.role {
        Role::Answer => format!(
            "{what}{since}: several causes give this answer, and neither the record nor another one in these logs tells which. \
             The provider's sign-in log of the same minute does."
        ),
        _ => format!(
            "{what}{since}: the record tells that it failed, not why, and no other record in these logs does. \
             A new attempt (Test connection) or a longer stretch of the log may show the reason."
        ),
    }
}
