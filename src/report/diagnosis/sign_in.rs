//! Sign-ins that came back to a session that had forgotten them.
//!
//! Jira keeps a flow in the browser's session and waits about 180 s for the callback: 120 s
//! (`max.server.delay.seconds`) and 60 s of clock skew (`max.clock.skew.seconds`).

use chrono::TimeDelta;

use super::{Certainty, DiagnosisContext, Statement, StatementKind, wording};
use crate::{
    catalogue::Sign,
    model::SignInEvent,
    report::{first_n::FirstN, incident_counts::MAX_FLOW_STARTS},
};

const PATIENCE: TimeDelta = TimeDelta::seconds(180);
/// A start so long before the callback belongs to another attempt.
const SAME_ATTEMPT: TimeDelta = TimeDelta::hours(12);

pub(super) fn statements(
    view: &DiagnosisContext<'_>,
    starts: &FirstN<SignInEvent, MAX_FLOW_STARTS>,
    out: &mut Vec<Statement>,
) {
    for (i, case) in view.cases.iter().enumerate() {
        if !case.traits.signs.contains(&Sign::LostSession) {
            continue;
        }
        let waits: Vec<(TimeDelta, bool)> =
            case.facts.callbacks.members().filter_map(|callback| waited(callback, starts)).collect();
        let (certainty, text) = match waits.iter().max_by_key(|(wait, _)| *wait) {
            None => (
                Certainty::Possible,
                format!(
                    "{}: the log does not show when the sign-in started, so it may have taken longer than the 180 s that Jira waits. \
                     Another node, another host than the base URL, a lost cookie or a reloaded page look the same.",
                    case.incident.title
                ),
            ),
            Some((wait, same_session)) if *wait > PATIENCE => (
                if *same_session { Certainty::Certain } else { Certainty::Likely },
                format!(
                    "{}: from start to callback the sign-in took {}, Jira waits about 180 s. Repeat it in one go, already signed in at the provider, \
                     or raise atlassian.oauth2.client.max.server.delay.seconds.",
                    case.incident.title,
                    wording::length(*wait)
                ),
            ),
            Some((wait, _)) => (
                Certainty::Likely,
                format!(
                    "{}: the sign-in took only {}, so it was not too slow. Most likely the session was lost: another node (no sticky sessions), \
                     another host than the base URL, or a cookie that did not come back.",
                    case.incident.title,
                    wording::length(*wait)
                ),
            ),
        };
        let at = case.first;
        out.push(view.statement(StatementKind::FlowTimeout, certainty, text, &[i]).at(at));
    }
}

/// How long before a callback its flow was started, and whether the session is the same.
fn waited(callback: &SignInEvent, starts: &FirstN<SignInEvent, MAX_FLOW_STARTS>) -> Option<(TimeDelta, bool)> {
    let before = |start: &&SignInEvent| {
        let wait = callback.time.instant() - start.time.instant();
        wait >= TimeDelta::zero() && wait <= SAME_ATTEMPT
    };
    let known = |mine: &Option<Vec<u8>>, other: &Option<Vec<u8>>| mine.is_some() && mine == other;
    let by_session = starts.members().filter(before).filter(|start| known(&start.session, &callback.session));
    let by_user = starts.members().filter(before).filter(|start| known(&start.user, &callback.user));
    let wait = |start: &SignInEvent| callback.time.instant() - start.time.instant();
    by_session.map(wait).min().map(|wait| (wait, true)).or_else(|| by_user.map(wait).min().map(|wait| (wait, false)))
}
