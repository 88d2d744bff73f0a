//! The root causes.

use super::{
    context::DiagnosisContext,
    deadline,
    statement::{Certainty, Statement, StatementKind},
    wording,
};
use crate::model::Stage;

/// What each root cause is.
pub(super) fn statements(context: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    for (i, case) in context.cases.iter().enumerate() {
        if !context.is_root(i) || context.is_missing_cause(i) || case.is_inconclusive() {
            continue;
        }
        let incident = &case.incident;
        let certainty = match incident.stage {
            _ if incident.preview => Certainty::Possible,
            _ if incident.code.is_some() => Certainty::Certain,
            Stage::Transport | Stage::Configuration | Stage::Callback => Certainty::Certain,
            _ => Certainty::Likely,
        };
        let caveat = match certainty {
            Certainty::Certain => "",
            Certainty::Likely => " This is the usual cause; the log itself does not state it.",
            Certainty::Possible => " This may be wrong: it is based on notes that have not been confirmed.",
        };
        let text = format!(
            "{}: {}.{caveat}{}",
            wording::title(incident),
            wording::occurrences(case),
            token_and_fix(context, i)
        );
        out.push(context.statement(StatementKind::Cause, certainty, text, &[i]).at(case.first));
    }
}

/// Whether the token is still valid, and how to fix the cause; empty, or sentences after a space.
fn token_and_fix(context: &DiagnosisContext<'_>, at: usize) -> String {
    let lost_token = context.lost_token_of(at);
    let token = deadline::invalid_tokens(context, &context.lost_tokens_of(at).collect::<Vec<_>>());
    let fix = match (context.cases[at].traits.fix.as_deref(), lost_token) {
        (Some(fix), Some(_)) if !wording::asks_to_authorize(fix) => {
            format!(" {}, then press Authorize again on the mail server.", fix.trim_end_matches('.'))
        }
        (Some(fix), _) => format!(" {fix}"),
        (None, Some(_)) => " When the cause is fixed, press Authorize again on the mail server.".to_owned(),
        (None, None) => String::new(),
    };
    format!("{token}{fix}")
}
