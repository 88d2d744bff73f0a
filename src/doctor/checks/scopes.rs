//! Scopes: of one resource, for the protocol, with a refresh token, as they are spelled.

use super::{
    check::{Check, Verdict},
    context::{IntegrationView, permission},
};
use crate::doctor::{
    guide::{CloudGuide, Recommendation},
    settings::{Endpoint, Scope},
};

/// What a scope is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resource {
    Mail,
    Graph,
    /// Sign-in and refresh: fits every resource.
    None,
}

pub(super) fn check(view: &IntegrationView<'_>, checks: &mut Vec<Check>) {
    let Some(provider) = view.provider else { return };
    let scopes: Vec<&str> = view.integration.scopes.iter().filter_map(Scope::text).collect();
    let recommended = view.protocols.iter().filter_map(|protocol| view.recommended(protocol));
    let recommended: Vec<Recommendation> = recommended.collect();
    let mut wanted: Vec<String> = Vec::new();
    for scope in recommended.iter().flat_map(|one| &one.scopes) {
        if !wanted.contains(scope) {
            wanted.push(scope.clone());
        }
    }
    let wanted = wanted.join(" ");
    let with = |check: Check| match check.verdict {
        Verdict::Ok => check,
        _ if wanted.is_empty() => check,
        _ => check.with_value(wanted.clone()),
    };
    if view.integration.scopes.is_empty() {
        checks.push(match view.integration.authorization {
            Some(_) => {
                with(Check::problem("scope.protocol", "There are no scopes.", "Enter the scopes of the protocol."))
            }
            None => Check::unknown("scope.protocol", "The scopes are not among these settings."),
        });
        return;
    }
    let unknown = view.integration.scopes.len() - scopes.len();
    if provider.provider == "microsoft" {
        resource(&scopes, &mut |check| checks.push(with(check)));
        default_scope(view, &scopes, &mut |check| checks.push(with(check)));
        if !view.app_only
            && let Some(refresh) = &provider.refresh_scope
        {
            let id = "scope.refresh";
            checks.push(if scopes.iter().any(|scope| scope.eq_ignore_ascii_case(refresh)) {
                Check::ok(id, format!("{refresh} is among the scopes."))
            } else {
                let fact = format!(
                    "{refresh} is not among the scopes: there is no refresh token, and mail stops after about an hour."
                );
                Check::problem(
                    id,
                    fact,
                    format!("Add {refresh} to the scopes, save, and press Authorize on each mail server."),
                )
                .with_value(refresh.clone())
            });
        }
    }
    protocol(view, &scopes, &recommended, checks);
    form(view, &scopes, unknown, &mut |check| checks.push(with(check)));
}

fn resource_of(scope: &str) -> Resource {
    let name = permission(scope).to_ascii_lowercase();
    let host = Endpoint::parse(scope).host().map(str::to_owned);
    match host {
        Some(host) if host.contains("graph") => Resource::Graph,
        Some(_) => Resource::Mail,
        None if ["offline_access", "openid", "profile", "email"].contains(&name.as_str()) => Resource::None,
        // Without a host a scope is one of Graph.
        None => Resource::Graph,
    }
}

fn resource(scopes: &[&str], add: &mut dyn FnMut(Check)) {
    let id = "scope.resource";
    let of = |wanted: Resource| scopes.iter().copied().find(|scope| resource_of(scope) == wanted);
    add(match (of(Resource::Mail), of(Resource::Graph)) {
        (Some(mail), Some(graph)) => {
            let bare = if graph.contains("://") { "" } else { " (a scope without a host is one of Graph)" };
            Check::problem(
                id,
                format!(
                    "{mail} is a scope of Exchange, {graph} one of Microsoft Graph{bare}: a token is for one of them."
                ),
                "Use one integration for each resource, and leave only its scopes in it.",
            )
        }
        (None, None) => Check::unknown(id, "No scope belongs to a resource."),
        _ => Check::ok(id, "All scopes are of one resource."),
    });
}

fn default_scope(view: &IntegrationView<'_>, scopes: &[&str], add: &mut dyn FnMut(Check)) {
    let id = "scope.default";
    let default = scopes.iter().find(|scope| permission(scope) == ".default");
    add(match (default, view.integration.grant.as_deref()) {
        (Some(scope), Some("client-credentials")) if scopes.len() == 1 => {
            Check::ok(id, format!("{scope} is the scope of client credentials."))
        }
        (_, Some("client-credentials")) => Check::problem(
            id,
            "With client credentials the only scope is the resource with /.default.",
            "Enter this scope and no other.",
        ),
        (Some(scope), Some(_)) => Check::problem(
            id,
            format!(
                "{scope} belongs to the grant client credentials; with an authorization code it cannot be combined."
            ),
            "Enter the scopes of the protocol one by one.",
        ),
        (Some(scope), None) if scopes.len() > 1 => Check::problem(
            id,
            format!("{scope} cannot be combined with other scopes."),
            "Enter the scopes of the protocol one by one; only with client credentials is .default the only scope.",
        ),
        (Some(scope), None) => Check::warning(
            id,
            format!("{scope} is right with client credentials only, and the settings do not say which grant this is."),
            "With an authorization code, enter the scopes of the protocol one by one.",
        ),
        (None, _) => Check::ok(id, "No scope is .default."),
    });
}

fn protocol(view: &IntegrationView<'_>, scopes: &[&str], recommended: &[Recommendation], checks: &mut Vec<Check>) {
    let id = "scope.protocol";
    let is_google = view.provider.is_some_and(|provider| provider.provider == "google");
    if view.protocols.is_empty()
        && is_google
        && scopes.iter().any(|scope| scope.trim_end_matches('/') == "https://mail.google.com")
    {
        checks.push(Check::ok(id, "https://mail.google.com/ is the scope of IMAP, POP and SMTP."));
    } else if view.protocols.is_empty() {
        checks.push(Check::unknown(id, "Neither a mail server nor a scope says for which protocol this is."));
    }
    for one in recommended {
        let Some(main) = one.scopes.first() else { continue };
        let has = |wanted: &str| {
            let same = |scope: &&str| {
                permission(scope).eq_ignore_ascii_case(permission(wanted))
                    && (wanted.contains("://") == scope.contains("://") || resource_of(wanted) == Resource::Graph)
            };
            scopes.iter().any(same)
        };
        // Google's scope is its resource.
        let is_there = if permission(main).is_empty() {
            scopes.iter().any(|scope| scope.trim_end_matches('/') == main.trim_end_matches('/'))
        } else {
            has(main)
        };
        let from = if view.has_servers { "A mail server uses" } else { "The scopes are for" };
        checks.push(if is_there {
            Check::ok(id, format!("{from} {}, and its scope is there.", one.protocol_name))
        } else {
            Check::problem(
                id,
                format!(
                    "{from} {}, and its scope is not there: the mail server refuses the token (AUTHENTICATE failed).",
                    one.protocol_name
                ),
                "Enter the scope of the protocol, save, and press Authorize on the mail server.",
            )
            .with_value(one.scopes.join(" "))
        });
    }
}

fn form(view: &IntegrationView<'_>, scopes: &[&str], unknown: usize, add: &mut dyn FnMut(Check)) {
    let id = "scope.form";
    let mut found = false;
    let mut tell = |check: Check| {
        found = true;
        add(check);
    };
    if unknown > 0 {
        let fact = match unknown {
            1 => "One scope is not known; it is not shown.".to_owned(),
            several => format!("{several} scopes are not known; they are not shown."),
        };
        tell(Check::warning(id, fact, "Compare the scopes with those to enter, character by character."));
    }
    if view.is_microsoft() {
        for scope in scopes {
            if let Some(cloud) = view.cloud
                && let Some((fact, fix, is_problem)) = spelling(scope, cloud, view.app_only)
            {
                tell(if is_problem { Check::problem(id, fact, fix) } else { Check::warning(id, fact, fix) });
            }
        }
    }
    let twice = scopes.iter().enumerate().find(|(i, scope)| scopes[..*i].contains(scope));
    if let Some((_, scope)) = twice {
        tell(Check::warning(id, format!("{scope} is there twice."), "Leave it there once."));
    }
    if !found {
        add(Check::ok(id, "The scopes are spelled as the provider spells them."));
    }
}

/// What is unusual about a scope, what to do, and whether it does not work.
fn spelling(scope: &str, cloud: &CloudGuide, app_only: bool) -> Option<(String, &'static str, bool)> {
    let lower = scope.to_ascii_lowercase();
    let name = permission(scope);
    let is_mail = ["imap.", "pop.", "smtp."].iter().any(|start| name.to_ascii_lowercase().starts_with(start));
    if is_mail && !scope.contains("://") {
        return Some((
            format!("{scope} has no host: the token is then for Microsoft Graph, and the mail server refuses it."),
            "Enter the scope with its host.",
            true,
        ));
    }
    if is_mail && Endpoint::parse(scope).host().is_some_and(|host| host.contains("graph")) {
        return Some((
            format!("{scope} is for Microsoft Graph, and the mail server refuses its token."),
            "Enter the scope with the host of Exchange.",
            true,
        ));
    }
    if let Some(old) = cloud.older_mail_resources.iter().find(|resource| lower.starts_with(&format!("{resource}/"))) {
        return Some((
            format!("{scope} has the older host {old}: an app with consent for the other host is refused."),
            "Enter the scope with the present host, save, and press Authorize on each mail server.",
            false,
        ));
    }
    let graph = cloud.graph_root.as_deref().unwrap_or("https://graph.microsoft.com");
    if cloud.bare_graph_scopes && !app_only && lower.starts_with(&format!("{graph}/")) && name != ".default" {
        return Some((
            format!("{scope} has the host of Graph; Jira's own guide for Graph has the scopes without it."),
            "Enter the scopes of Graph without a host.",
            false,
        ));
    }
    let known = [
        "IMAP.AccessAsUser.All",
        "POP.AccessAsUser.All",
        "SMTP.Send",
        "Mail.ReadWrite",
        "Mail.Read",
        "Mail.Send",
        "User.Read",
        "offline_access",
    ];
    let near = known.iter().find(|known| strsim::levenshtein(&known.to_lowercase(), &name.to_lowercase()) <= 3);
    match near {
        Some(near) if !known.contains(&name) => {
            Some((format!("{scope} is not a scope; {near} is."), "Correct the scope.", true))
        }
        _ => None,
    }
}
