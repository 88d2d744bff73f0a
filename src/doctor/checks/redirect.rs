//! Redirect URL against base URL.

use super::{
    check::Check,
    context::{CheckContext, IntegrationView},
};
use crate::doctor::{guide::Guide, settings::Endpoint};

const ID: &str = "redirect.url";
const REGISTER: &str =
    "Then copy the Redirect URL from the integration and register it with the provider, under the platform Web.";

pub(super) fn check(context: &CheckContext<'_>, view: &IntegrationView<'_>, checks: &mut Vec<Check>) {
    if view.app_only {
        return;
    }
    let callback = &Guide::builtin().jira.callback_path;
    let base = context.settings.jira.base_url.as_ref();
    let base_parts = base.and_then(parts);
    if let Some(base) = base
        && let Some((scheme, ..)) = base_parts
        && scheme != "https"
    {
        checks.push(
            Check::problem(
                ID,
                format!("Jira's base URL is {}: Jira offers OAuth 2.0 only with https, and the provider accepts no other redirect URL.", base.shown()),
                format!("Serve Jira with https and set the base URL under Administration > System > General configuration. {REGISTER}"),
            )
            .with_value(base.shown().replacen("http://", "https://", 1)),
        );
        return;
    }
    let Some(redirect) = &view.integration.redirect else {
        checks.push(match base {
            Some(Endpoint::Url { .. }) => {
                let base = base.map(Endpoint::shown).unwrap_or_default();
                Check::ok(ID, format!("The redirect URL begins with {}{callback}.", base.trim_end_matches('/')))
            }
            Some(_) => Check::problem(
                ID,
                "Jira's base URL is not a URL.",
                "Set it under Administration > System > General configuration.",
            ),
            None => Check::unknown(ID, "Neither the redirect URL nor Jira's base URL is among these settings."),
        });
        return;
    };
    let Some((scheme, host, port, path)) = parts(redirect) else {
        checks.push(Check::problem(
            ID,
            "The redirect URL is not a URL.",
            format!("Copy it from the integration. {REGISTER}"),
        ));
        return;
    };
    let shown = redirect.shown();
    let problem = |fact: String, fix: &str| Check::problem(ID, fact, format!("{fix} {REGISTER}"));
    if scheme != "https" {
        checks.push(problem(format!("The redirect URL {shown} is not https."), "Correct Jira's base URL."));
        return;
    }
    let base_path = base_parts.map(|(.., path)| path.trim_end_matches('/')).unwrap_or_default();
    let Some((own_path, suffix)) = path.split_once(callback.as_str()) else {
        let value = format!("https://{host}{base_path}{callback}<suffix>");
        let fact = format!("The path of the redirect URL {shown} is not {callback}…");
        checks.push(problem(fact, "Copy it as Jira shows it.").with_value(value));
        return;
    };
    if suffix.is_empty() || suffix.contains('/') {
        checks.push(problem(
            format!("The redirect URL {shown} does not end in one part after {callback}."),
            "Copy all of it: its last part is made from the authorization endpoint.",
        ));
        return;
    }
    if let (Some(base), Some((_, base_host, base_port, _))) = (base, base_parts) {
        let differs = [(base_host != host, "host"), (base_port != port, "port"), (base_path != own_path, "path")];
        if let Some((_, what)) = differs.into_iter().find(|(differs, _)| *differs) {
            let value = format!("{}{callback}{suffix}", base.shown().trim_end_matches('/'));
            checks.push(
                problem(
                    format!("The redirect URL {shown} has another {what} than Jira's base URL {}.", base.shown()),
                    "Set the base URL to the address that users open, or register the redirect URL that Jira shows.",
                )
                .with_value(value),
            );
            return;
        }
    }
    checks.push(match base {
        Some(base) => Check::ok(ID, format!("The redirect URL {shown} fits the base URL {}.", base.shown())),
        None => Check::ok(
            ID,
            format!("The redirect URL {shown} has the right form; Jira's base URL is not among these settings."),
        ),
    });
}

/// Scheme, host, port and path of a URL.
fn parts(endpoint: &Endpoint) -> Option<(&str, &str, u16, &str)> {
    match endpoint {
        Endpoint::Url { scheme, host, path, .. } => Some((scheme, host, endpoint.effective_port()?, path)),
        _ => None,
    }
}
