//! What the log says and what the settings say, together.

use super::{
    check::{Check, Verdict},
    context::{CheckContext, IntegrationView, is_tenant},
    tokens,
};
use crate::{
    catalogue::Catalogue,
    doctor::settings::{ClientId, Endpoint, Settings},
    report::{Certainty, Incident, Report},
};

const ID: &str = "log.cause";
/// The app is for one tenant, and the endpoint is a general one.
const SINGLE_TENANT: &str = "entra-single-tenant-on-common";
const SECRET_EXPIRED: &str = "entra-client-secret-expired";

/// Checks of a log against settings: for each incident, whether the settings explain it. `checks` are the results of
/// the checks of the settings; `catalogue` says which of them prove which failure.
#[must_use]
pub fn log_checks(
    report: &Report,
    settings: &Settings,
    checks: &[Check],
    catalogue: &Catalogue,
    now: i64,
) -> Vec<Check> {
    let context = CheckContext::new(settings, now);
    let of = |incident: &Incident| {
        let views = views_of(incident, &context);
        joined(incident, &views, &context, checks, catalogue)
    };
    report.incidents.iter().filter_map(of).collect()
}

/// Adds to a report what the settings say about its incidents.
pub fn join(report: &mut Report, settings: &Settings, checks: &[Check], catalogue: &Catalogue, now: i64) {
    for check in log_checks(report, settings, checks, catalogue, now) {
        let incident =
            check.subject.as_deref().and_then(|subject| subject.split_whitespace().next()).unwrap_or_default();
        let mut text = check.fact.clone();
        if let Some(fix) = &check.fix {
            text.push(' ');
            text.push_str(fix);
        }
        if let Some(value) = &check.value {
            text.push_str(&format!(" Enter: {value}"));
        }
        let certainty = if check.verdict == Verdict::Problem { Certainty::Certain } else { Certainty::Possible };
        report.diagnosis.add_settings_statement(certainty, text, incident.to_owned());
    }
}

/// The integrations that an incident can be about: that with its client ID, else all.
fn views_of<'c, 's>(incident: &Incident, context: &'c CheckContext<'s>) -> Vec<&'c IntegrationView<'s>> {
    let app = incident.subject.app_id.as_deref().map(str::to_ascii_lowercase);
    let same: Vec<_> = context
        .integrations
        .iter()
        .filter(|view| matches!(&view.integration.client_id, ClientId::Guid(id) if Some(id) == app.as_ref()))
        .collect();
    let is_other = app.is_some()
        && context.integrations.iter().all(|view| matches!(view.integration.client_id, ClientId::Guid(_)));
    if same.is_empty() && !is_other { context.integrations.iter().collect() } else { same }
}

fn joined(
    incident: &Incident,
    views: &[&IntegrationView<'_>],
    context: &CheckContext<'_>,
    checks: &[Check],
    catalogue: &Catalogue,
) -> Option<Check> {
    let subject = format!("{} {}", incident.id, incident.title);
    let seen = incident.last_seen.as_deref().map_or(String::new(), |last| format!(", last at {last}"));
    let log = format!("The log has \"{}\" ({} times{seen})", incident.title, incident.count);
    if views.is_empty() && !context.integrations.is_empty() {
        let app = incident.subject.app_id.as_deref().unwrap_or_default();
        let fact = format!("{log}, of the app {app}, which is none of the integrations in these settings.");
        return Some(
            Check::warning(ID, fact, "Compare the client ID, or give the settings of this integration too.")
                .about(&subject),
        );
    }
    let check =
        special(incident, &log, views, context).or_else(|| by_checks(incident, &log, views, checks, catalogue))?;
    Some(check.about(&subject))
}

/// Failures that settings explain although none of their checks alone fails.
fn special(
    incident: &Incident,
    log: &str,
    views: &[&IntegrationView<'_>],
    context: &CheckContext<'_>,
) -> Option<Check> {
    if incident.pattern == SINGLE_TENANT {
        let general = views.iter().find_map(|view| {
            let endpoints = [&view.integration.authorization, &view.integration.token].into_iter().flatten();
            let segment =
                endpoints.filter_map(Endpoint::tenant).find(|segment| ["common", "organizations"].contains(segment))?;
            Some((view, segment))
        });
        let (view, segment) = general?;
        let of_log = incident.subject.tenant.as_deref().filter(|tenant| is_tenant(tenant));
        let tenant = of_log.or(view.integration.tenant_id.as_deref()).unwrap_or("<tenant ID>");
        let token = view.integration.token.as_ref()?.shown();
        let value = token.replacen(&format!("/{segment}/"), &format!("/{tenant}/"), 1);
        let fact = format!("{log}, and the endpoints have {segment}: that is the cause.");
        return Some(
            Check::problem(
                ID,
                fact,
                "Enter the tenant ID in both endpoints, save, register the new Redirect URL and press Test connection.",
            )
            .with_value(value),
        );
    }
    if incident.pattern == SECRET_EXPIRED {
        let ends = context
            .settings
            .tokens
            .iter()
            .filter_map(|token| Some((tokens::end_of(token)?, tokens::end_in_words(token)?)));
        let (end, words) = ends.min()?;
        let fact = if end > context.now {
            format!("{log}, and the stored token ends on {words}: until then a new secret is enough.")
        } else {
            format!(
                "{log}, and the stored token ended on {words}: after a new secret somebody must press Authorize again."
            )
        };
        return Some(Check::problem(ID, fact, "Create a new client secret and paste its Value into the integration."));
    }
    None
}

/// By the checks that prove a failure, as its catalogue entry says.
fn by_checks(
    incident: &Incident,
    log: &str,
    views: &[&IntegrationView<'_>],
    checks: &[Check],
    catalogue: &Catalogue,
) -> Option<Check> {
    let proofs = &catalogue.get(&incident.pattern)?.doctor;
    let labels: Vec<&str> = views.iter().map(|view| view.label.as_str()).collect();
    // A check of an integration counts only if the incident is about it; others are about Jira and its mail servers.
    let is_about = |check: &&Check| match check.subject.as_deref() {
        Some(subject) if subject.starts_with("integration ") => labels.contains(&subject),
        _ => true,
    };
    let results = || checks.iter().filter(|check| proofs.contains(&check.id)).filter(is_about);
    let worst = results().filter(|check| check.verdict >= Verdict::Warning).max_by_key(|check| check.verdict);
    if let Some(found) = worst {
        let about = found.subject.as_deref().map_or(String::new(), |subject| format!("{subject}: "));
        let how = if found.verdict == Verdict::Problem {
            "and the settings say why"
        } else {
            "and the settings have this to it"
        };
        let check = Check::new(ID, found.verdict, format!("{log}, {how}. {about}{}", found.fact));
        let check = match &found.fix {
            Some(fix) => check.with_fix(fix.clone()),
            None => check,
        };
        return Some(match &found.value {
            Some(value) => check.with_value(value.clone()),
            None => check,
        });
    }
    let titles: Vec<String> =
        results().filter(|check| check.verdict == Verdict::Ok).map(|check| check.title.to_lowercase()).collect();
    let online =
        proofs.iter().any(|id| crate::doctor::guide::Guide::builtin().check(id).is_some_and(|check| check.online));
    if online {
        return Some(
            Check::unknown(ID, format!("{log}; settings alone do not show why."))
                .with_fix("Run the checks of the network on Jira's host.")
                .with_value("oauthsift doctor --online"),
        );
    }
    (!titles.is_empty()).then(|| {
        let mut titles = titles;
        titles.dedup();
        Check::unknown(ID, format!("{log}; what could explain it in the settings is right: {}.", titles.join(", ")))
    })
}
