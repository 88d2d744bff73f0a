//! Settings that were changed on one side only, or mixed up between two integrations.

use chrono::TimeDelta;

use super::{
    case::IncidentCase,
    context::DiagnosisContext,
    statement::{Certainty, Statement, StatementKind},
    wording,
};
use crate::{catalogue::Sign, model::Stage};

/// Two secrets that are rejected within this time may have been swapped.
const MAX_DISTANCE: TimeDelta = TimeDelta::days(1);

pub(super) fn statements(context: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    for i in 0..context.cases.len() {
        out.extend(changed(context, i));
    }
    out.extend(swapped_secrets(context));
    out.extend(two_applications(context));
    out.extend((0..context.cases.len()).filter_map(|i| other_client(context, i)));
}

/// The redirect URI no longer matches the registered one.
fn changed(context: &DiagnosisContext<'_>, at: usize) -> Option<Statement> {
    let case = &context.cases[at];
    if !case.has_sign(Sign::ChangedConfiguration) {
        return None;
    }
    let sent = redirect_uri(case).map_or(String::new(), |uri| format!(" Jira sends {uri}."));
    // Jira sends the redirect URI on a refresh too, and it was correct when the token was issued.
    let (certainty, reading) = if case.facts.refreshes.count() > 0 || case.incident.stage == Stage::Refresh {
        (
            Certainty::Likely,
            "token refreshes that used to succeed are rejected, so Jira's base URL or the authorization endpoint has most \
             likely been changed.",
        )
    } else if case.incident.stage == Stage::Callback {
        (
            Certainty::Likely,
            "most likely the authorization endpoint was edited. That changes the last part of the redirect URL, and the \
             provider still has the old one.",
        )
    } else {
        (
            Certainty::Possible,
            "the redirect URI does not match the registered one. The base URL or the authorization endpoint may have been \
             changed, or the redirect URI was never registered.",
        )
    };
    let text = format!("{}: {reading}{sent}", wording::short_title(&case.incident));
    Some(context.statement(StatementKind::ChangedConfiguration, certainty, text, &[at]).at(case.first))
}

/// The redirect URI that the message names.
fn redirect_uri(case: &IncidentCase) -> Option<&str> {
    let message = &case.incident.sample.as_ref()?.message;
    let start = message.find("'https://").or_else(|| message.find("'http://"))? + 1;
    let end = start + message[start..].find('\'')?;
    Some(&message[start..end])
}

/// The secrets of two applications are rejected at about the same time.
fn swapped_secrets(context: &DiagnosisContext<'_>) -> Option<Statement> {
    let candidates: Vec<usize> =
        (0..context.cases.len()).filter(|i| context.cases[*i].has_sign(Sign::ConfusedIntegrations)).collect();
    let mut pairs = candidates.iter().enumerate().flat_map(|(n, i)| candidates[n + 1..].iter().map(move |j| (*i, *j)));
    let (i, j) = pairs.find(|(i, j)| {
        let (one, other) = (&context.cases[*i], &context.cases[*j]);
        let apps = (&one.incident.subject.app_id, &other.incident.subject.app_id);
        matches!(apps, (Some(one), Some(other)) if one != other) && at_about_the_same_time(one, other)
    })?;
    let apps = [i, j].map(|at| context.cases[at].incident.subject.app_id.clone().unwrap_or_default());
    let text = format!(
        "The client secrets of two applications ({}) are rejected at about the same time: they may have been swapped, or \
         each may be an old one. Enter client ID and secret of each integration again, both copied from the same \
         application at the provider.",
        wording::list(&apps, "and")
    );
    Some(context.statement(StatementKind::ConfusedIntegrations, Certainty::Possible, text, &[i, j]))
}

/// One mail server is rejected under two application ids.
fn two_applications(context: &DiagnosisContext<'_>) -> Option<Statement> {
    for (i, case) in context.cases.iter().enumerate() {
        let subject = &case.incident.subject;
        let (Some(mail_server), Some(app)) = (&subject.integration, &subject.app_id) else { continue };
        for (j, other) in context.cases.iter().enumerate().skip(i + 1) {
            let other = &other.incident.subject;
            let Some(other_app) = other.app_id.as_ref().filter(|other| *other != app) else { continue };
            if other.integration.as_ref() != Some(mail_server) {
                continue;
            }
            let text = format!(
                "Mail server \"{mail_server}\" was rejected under two application IDs ({app} and {other_app}): IDs and \
                 secrets of two integrations may be mixed up, or the mail server was switched from one integration to the \
                 other."
            );
            return Some(context.statement(StatementKind::ConfusedIntegrations, Certainty::Possible, text, &[i, j]));
        }
    }
    None
}

/// The stored token belongs to another client.
fn other_client(context: &DiagnosisContext<'_>, at: usize) -> Option<Statement> {
    let case = &context.cases[at];
    if !case.has_sign(Sign::OtherClient) {
        return None;
    }
    let text = format!(
        "{}: the stored token was issued to a different client than the one that Jira uses now. Most likely the \
         integration was replaced, or two integrations are mixed up.",
        case.incident.title
    );
    Some(context.statement(StatementKind::ConfusedIntegrations, Certainty::Likely, text, &[at]))
}

fn at_about_the_same_time(one: &IncidentCase, other: &IncidentCase) -> bool {
    match (one.first, one.last, other.first, other.last) {
        (Some(a), Some(b), Some(c), Some(d)) => {
            a.instant() <= d.instant() + MAX_DISTANCE && c.instant() <= b.instant() + MAX_DISTANCE
        }
        _ => false,
    }
}
