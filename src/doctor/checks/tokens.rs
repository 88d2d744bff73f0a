//! Stored tokens: status, last refresh, end.

use chrono::{DateTime, TimeDelta};

use super::{check::Check, context::CheckContext};
use crate::doctor::settings::Token;

/// Jira gives up after so many days of failed refreshes, unless a property says otherwise.
const FAILING_DAYS: i64 = 7;
/// An access token lives about an hour, so a token in use is refreshed about that often.
const USUAL_REFRESH: TimeDelta = TimeDelta::hours(6);
/// How many days before its end a token is reported.
const WARNING_DAYS: i64 = 14;
const AUTHORIZE: &str = "Solve the cause first, then press Authorize again on each mail server that uses the token.";

pub(super) fn check(context: &CheckContext<'_>, checks: &mut Vec<Check>) {
    for (i, token) in context.settings.tokens.iter().enumerate() {
        let owner = context
            .integrations
            .iter()
            .find(|view| view.integration.id.is_some() && view.integration.id == token.config_id);
        let label = match (owner, context.settings.tokens.len()) {
            (Some(view), 1) => format!("token of {}", view.label),
            (Some(view), _) => format!("token {} of {}", i + 1, view.label),
            (None, _) => format!("token {}", i + 1),
        };
        let app_only = owner.is_some_and(|view| view.app_only);
        let results = [status(token, app_only, context.now), refresh(token, context.now), expiry(token, context.now)];
        checks.extend(results.into_iter().flatten().map(|check| check.about(&label)));
    }
}

/// A day as it is shown.
fn day(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis)
        .map_or_else(|| "an impossible day".to_owned(), |time| time.format("%Y-%m-%d %H:%M UTC").to_string())
}

fn days(millis: i64) -> i64 {
    TimeDelta::milliseconds(millis).num_days()
}

/// When Jira gives a token up, if its refresh has failed since its last success.
fn given_up_at(token: &Token) -> Option<i64> {
    let since =
        token.last_status_updated.filter(|_| token.status.as_deref() == Some("RECOVERABLE")).or(token.last_refreshed)?;
    since.checked_add(TimeDelta::days(FAILING_DAYS).num_milliseconds())
}

/// The earliest moment at which a token ends.
pub(super) fn end_of(token: &Token) -> Option<i64> {
    let failing = given_up_at(token).filter(|_| token.status.as_deref() != Some("VALID"));
    [failing, token.refresh_expiration].into_iter().flatten().min()
}

fn status(token: &Token, app_only: bool, now: i64) -> Option<Check> {
    let id = "token.status";
    let since = token.last_status_updated.map_or(String::new(), |time| format!(" since {}", day(time)));
    let authorize = if app_only {
        "With client credentials there is nothing to authorize: correct the integration and press Test connection."
    } else {
        AUTHORIZE
    };
    Some(match token.status.as_deref()? {
        "VALID" => Check::ok(id, format!("Jira calls the token valid{since}.")),
        "UNRECOVERABLE" => Check::problem(
            id,
            format!("Jira calls the token unrecoverable{since}: mail through it has stopped."),
            authorize,
        ),
        "RECOVERABLE" => {
            let left = given_up_at(token).map_or(String::new(), |end| match days(end.saturating_sub(now)) {
                _ if end <= now => format!(" It was to be given up on {}.", day(end)),
                left => format!(" {left} full days are left: Jira gives it up on {}.", day(end)),
            });
            Check::warning(
                id,
                format!("Jira could not refresh the token{since} and tries again.{left}"),
                "Solve the cause before that; then mail resumes without a new authorization.",
            )
        }
        _ => Check::unknown(id, "The status of the token is none that is known."),
    })
}

fn refresh(token: &Token, now: i64) -> Option<Check> {
    let id = "token.refresh";
    let last = token.last_refreshed?;
    let age = now.saturating_sub(last);
    let count = token.refresh_count.map_or(String::new(), |count| format!(", refresh count {count}"));
    Some(if age < -TimeDelta::hours(1).num_milliseconds() {
        Check::warning(
            id,
            format!("The last refresh was on {}, which is in the future.", day(last)),
            "Compare the clocks of Jira and of this machine.",
        )
    } else if age <= USUAL_REFRESH.num_milliseconds() {
        Check::ok(id, format!("The last refresh was on {}{count}.", day(last)))
    } else {
        Check::warning(
            id,
            format!(
                "The last refresh was on {}, {} days ago{count}; a token in use is refreshed about every hour.",
                day(last),
                days(age)
            ),
            "If these settings are not older than that, look into the log for the failed refresh.",
        )
    })
}

fn expiry(token: &Token, now: i64) -> Option<Check> {
    let id = "token.expiry";
    let end = token.refresh_expiration?;
    let left = end.saturating_sub(now);
    Some(if left <= 0 {
        Check::problem(id, format!("The refresh token ended on {}.", day(end)), AUTHORIZE)
    } else if days(left) < WARNING_DAYS {
        Check::warning(
            id,
            format!("The refresh token ends on {}, in {} full days.", day(end), days(left)),
            "A refresh renews it; if none succeeds until then, press Authorize again on each mail server that uses it.",
        )
    } else {
        Check::ok(id, format!("The refresh token ends on {}, in {} days.", day(end), days(left)))
    })
}

/// The end of a token in a sentence.
pub(super) fn end_in_words(token: &Token) -> Option<String> {
    end_of(token).map(day)
}
