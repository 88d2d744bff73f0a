//! Sign-ins whose callback arrived after Jira had lost the session state.
//!
//! Jira keeps a flow in the browser's session and waits about 180 s for the callback: 120 s
//! (`max.server.delay.seconds`) and 60 s of clock skew (`max.clock.skew.seconds`).

use chrono::TimeDelta;

use super::{
    context::DiagnosisContext,
    statement::{Certainty, Statement, StatementKind},
    wording,
};
use crate::{
    catalogue::Sign,
    model::SignInEvent,
    report::{bounds::MAX_FLOW_STARTS, first_n::FirstN},
};

/// How long Jira waits for the callback.
const CALLBACK_TIMEOUT: TimeDelta = TimeDelta::seconds(180);
/// A start that is longer ago than this belongs to another attempt.
const MAX_ATTEMPT: TimeDelta = TimeDelta::hours(12);

pub(super) fn statements(
    context: &DiagnosisContext<'_>,
    flow_starts: &FirstN<SignInEvent, MAX_FLOW_STARTS>,
    out: &mut Vec<Statement>,
) {
    for (i, case) in context.cases.iter().enumerate() {
        if !case.has_sign(Sign::LostSession) {
            continue;
        }
        let title = &case.incident.title;
        let longest = case
            .facts
            .callbacks
            .iter()
            .filter_map(|callback| time_since_start(callback, flow_starts))
            .max_by_key(|(took, _)| *took);
        let (certainty, text) = match longest {
            None => (
                Certainty::Possible,
                format!(
                    "{title}: the log does not show when the sign-in started, so it may have taken longer than the 180 s \
                     that Jira waits. A different node, a host name other than the base URL, a lost cookie or a reloaded \
                     page look the same in the log."
                ),
            ),
            Some((took, same_session)) if took > CALLBACK_TIMEOUT => (
                if same_session { Certainty::Certain } else { Certainty::Likely },
                format!(
                    "{title}: the sign-in took {} from start to callback, but Jira waits only about 180 s. Repeat it \
                     without interruption, already signed in to the provider, or raise \
                     atlassian.oauth2.client.max.server.delay.seconds.",
                    wording::duration(took)
                ),
            ),
            Some((took, _)) => (
                Certainty::Likely,
                format!(
                    "{title}: the sign-in took only {}, so it was not too slow. Most likely the session was lost: a \
                     different node (no sticky sessions), a host name other than the base URL, or a cookie that the \
                     browser did not send back.",
                    wording::duration(took)
                ),
            ),
        };
        out.push(context.statement(StatementKind::FlowTimeout, certainty, text, &[i]).at(case.first));
    }
}

/// How long before a callback its flow was started, and whether that is known from the session rather
/// than only from the user.
fn time_since_start(
    callback: &SignInEvent,
    flow_starts: &FirstN<SignInEvent, MAX_FLOW_STARTS>,
) -> Option<(TimeDelta, bool)> {
    let took = |start: &SignInEvent| callback.time.instant() - start.time.instant();
    let candidates = || flow_starts.iter().filter(|start| (TimeDelta::zero()..=MAX_ATTEMPT).contains(&took(start)));
    let same = |mine: &Option<Vec<u8>>, other: &Option<Vec<u8>>| mine.is_some() && mine == other;
    let by_session = candidates().filter(|start| same(&start.session, &callback.session)).map(took).min();
    let by_user = candidates().filter(|start| same(&start.user, &callback.user)).map(took).min();
    by_session.map(|took| (took, true)).or_else(|| by_user.map(|took| (took, false)))
}
