//! Settings that were changed on one side only, or mixed up between two integrations.

use chrono::TimeDelta;

use super::{Certainty, DiagnosisContext, IncidentCase, Statement, StatementKind, wording};
use crate::{catalogue::Sign, model::Stage};

/// Two rejected secrets so near in time may be each other's.
const NEAR: TimeDelta = TimeDelta::days(1);

pub(super) fn statements(view: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    for i in 0..view.cases.len() {
        out.extend(changed(view, i));
    }
    confused(view, out);
}

fn changed(view: &DiagnosisContext<'_>, at: usize) -> Option<Statement> {
    let case = &view.cases[at];
    if !case.traits.signs.contains(&Sign::ChangedConfiguration) {
        return None;
    }
    let sent = redirect(case).map_or(String::new(), |address| format!(" Jira sends {address}."));
    // Jira sends the redirect URI on a refresh too, and it was right when the token was given.
    let (certainty, text) = if case.facts.refreshes.count() > 0 || case.incident.stage == Stage::Refresh {
        (
            Certainty::Likely,
            "a refresh is refused that was granted before, so Jira's base URL or the authorization endpoint was most likely changed since.",
        )
    } else if case.incident.stage == Stage::Callback {
        (
            Certainty::Likely,
            "most likely the authorization endpoint was edited, which changes the end of the redirect URL, and the provider still has the old one.",
        )
    } else {
        (
            Certainty::Possible,
            "the redirect URI is not the registered one. Base URL or authorization endpoint may have been changed, or it was never registered.",
        )
    };
    let text = format!("{}: {text}{sent}", wording::short_title(&case.incident));
    Some(view.statement(StatementKind::ChangedConfiguration, certainty, text, &[at]).at(case.first))
}

/// The redirect URI that the message names.
fn redirect(case: &IncidentCase) -> Option<&str> {
    let message = &case.incident.sample.as_ref()?.message;
    let start = message.find("'https://").or_else(|| message.find("'http://"))? + 1;
    let end = start + message[start..].find('\'')?;
    Some(&message[start..end])
}

fn confused(view: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    let signed: Vec<usize> =
        (0..view.cases.len()).filter(|i| view.cases[*i].traits.signs.contains(&Sign::ConfusedIntegrations)).collect();
    let mut pairs = signed.iter().enumerate().flat_map(|(n, i)| signed[n + 1..].iter().map(move |j| (*i, *j)));
    let swapped = pairs.find(|(i, j)| {
        let (one, other) = (&view.cases[*i], &view.cases[*j]);
        let apps = (&one.incident.subject.app_id, &other.incident.subject.app_id);
        matches!(apps, (Some(one), Some(other)) if one != other) && near(one, other)
    });
    if let Some((i, j)) = swapped {
        let apps = [i, j].map(|at| view.cases[at].incident.subject.app_id.clone().unwrap_or_default());
        let text = format!(
            "The secrets of two applications ({}) are refused at about the same time: each may have got the other's, or an older one. \
             Enter id and secret of each integration again, from the same page of the provider.",
            wording::list(&apps)
        );
        out.push(view.statement(StatementKind::ConfusedIntegrations, Certainty::Possible, text, &[i, j]));
    }
    for (i, case) in view.cases.iter().enumerate() {
        let server = &case.incident.subject.integration;
        let Some(mine) = &case.incident.subject.app_id else { continue };
        let other = view.cases[i + 1..].iter().position(|other| {
            server.is_some()
                && other.incident.subject.integration == *server
                && other.incident.subject.app_id.as_ref().is_some_and(|app| app != mine)
        });
        if let (Some(other), Some(server)) = (other, server) {
            let at = i + 1 + other;
            let text = format!(
                "Mail server \"{server}\" was refused as two applications ({} and {}): ids and secrets of two integrations may be mixed up, or it was switched from one to the other.",
                mine,
                view.cases[at].incident.subject.app_id.as_deref().unwrap_or_default()
            );
            out.push(view.statement(StatementKind::ConfusedIntegrations, Certainty::Possible, text, &[i, at]));
            break;
        }
    }
    for (i, case) in view.cases.iter().enumerate() {
        if case.traits.signs.contains(&Sign::OtherClient) {
            let text = format!(
                "{}: the stored token was given to another client than the one that Jira uses now: the integration was exchanged, or two are mixed up.",
                case.incident.title
            );
            out.push(view.statement(StatementKind::ConfusedIntegrations, Certainty::Likely, text, &[i]));
        }
    }
}

fn near(one: &IncidentCase, other: &IncidentCase) -> bool {
    match (one.first, one.last, other.first, other.last) {
        (Some(a), Some(b), Some(c), Some(d)) => a.instant() <= d.instant() + NEAR && c.instant() <= b.instant() + NEAR,
        _ => false,
    }
}
