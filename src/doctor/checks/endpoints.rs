//! Authorization and token endpoint: form, version, tenant, kind of account, cloud.

use super::{
    check::Check,
    context::{IntegrationView, is_tenant, scope_hosts},
};
use crate::doctor::{
    guide::{Guide, ProviderGuide, Recommendation},
    settings::Endpoint,
};

const FROM_PORTAL: &str = "Copy both endpoints from the app's Overview page, Endpoints, the ones marked v2.";
/// A change of the authorization endpoint has a consequence that is easily forgotten.
const NEW_REDIRECT: &str = "Then copy the Redirect URL again: its last part changes with the authorization endpoint.";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Authorization,
    Token,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Authorization => "authorization endpoint",
            Self::Token => "token endpoint",
        }
    }

    /// The last part of the path.
    fn word(self) -> &'static str {
        match self {
            Self::Authorization => "authorize",
            Self::Token => "token",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Authorization => Self::Token,
            Self::Token => Self::Authorization,
        }
    }
}

pub(super) fn check(view: &IntegrationView<'_>, checks: &mut Vec<Check>) {
    let integration = view.integration;
    let both = [(Kind::Authorization, &integration.authorization), (Kind::Token, &integration.token)];
    let recommended = view.recommended_endpoints();
    for (kind, endpoint) in both {
        // With client credentials nobody is sent to the authorization endpoint.
        if kind == Kind::Authorization && view.app_only {
            continue;
        }
        match endpoint {
            None => checks
                .push(Check::unknown("endpoint.form", format!("The {} is not among these settings.", kind.name()))),
            Some(endpoint) => checks.push(form(view, kind, endpoint, recommended.as_ref())),
        }
    }
    if view.is_microsoft() {
        version(view, recommended.as_ref(), checks);
        tenant(view, checks);
        account_kind(view, recommended.as_ref(), checks);
    }
    cloud(view, checks);
}

fn value_of(recommended: Option<&Recommendation>, kind: Kind) -> Option<String> {
    let recommended = recommended?;
    match kind {
        Kind::Authorization => recommended.authorization_endpoint.clone(),
        Kind::Token => Some(recommended.token_endpoint.clone()),
    }
}

fn form(view: &IntegrationView<'_>, kind: Kind, endpoint: &Endpoint, recommended: Option<&Recommendation>) -> Check {
    let id = "endpoint.form";
    let name = kind.name();
    let wrong = |fact: String, fix: &str| {
        let check = Check::problem(id, fact, fix);
        match value_of(recommended, kind) {
            Some(value) => check.with_value(value),
            None => check,
        }
    };
    let Endpoint::Url { scheme, path, has_more, has_spaces, host, .. } = endpoint else {
        return match endpoint {
            Endpoint::Empty => wrong(format!("The {name} is empty."), FROM_PORTAL),
            _ => wrong(
                format!("The {name} is not a URL, or has signs that no endpoint has; it is not shown."),
                FROM_PORTAL,
            ),
        };
    };
    let shown = endpoint.shown();
    let path_lower = path.to_ascii_lowercase();
    let ends_with = |word: &str| path_lower.trim_end_matches('/').ends_with(&format!("/{word}"));
    if scheme != "https" {
        return wrong(format!("The {name} {shown} is not https."), "Enter it with https.");
    }
    if *has_spaces {
        return wrong(format!("The {name} {shown} has a space in it or around it."), "Remove the space.");
    }
    if view.is_microsoft() && ends_with(kind.other().word()) {
        return wrong(
            format!("The {name} is {shown}, which is the {}.", kind.other().name()),
            "Enter each URL in its own field.",
        );
    }
    if view.is_microsoft() && (!ends_with(kind.word()) || !path_lower.contains("/oauth2/")) {
        return wrong(format!("The {name} {shown} does not end in /oauth2/v2.0/{}.", kind.word()), FROM_PORTAL);
    }
    if *has_more {
        return wrong(
            format!("The {name} {shown} has a query, which Jira adds itself."),
            "Remove what begins at the question mark.",
        );
    }
    if let Some(provider) = view.provider.filter(|provider| provider.provider == "google") {
        let known = google_endpoints(provider, kind);
        if !known.iter().any(|known| known.trim_end_matches('/') == shown.trim_end_matches('/')) {
            return wrong(
                format!("The {name} {shown} is not one of Google's."),
                "Choose the type Google in Jira, which presets it.",
            );
        }
    }
    if Guide::builtin().clouds_of_host(host).is_empty() {
        return Check::unknown(id, format!("The {name} is {shown}, of a provider that is not known here."));
    }
    Check::ok(id, format!("The {name} is {shown}."))
}

fn google_endpoints(provider: &ProviderGuide, kind: Kind) -> Vec<&str> {
    let own = match kind {
        Kind::Authorization => &provider.authorization_endpoint,
        Kind::Token => &provider.token_endpoint,
    };
    let others = provider.other_endpoints.iter().filter(|url| url.contains("token") == (kind == Kind::Token));
    others.chain([own]).map(String::as_str).collect()
}

fn version(view: &IntegrationView<'_>, recommended: Option<&Recommendation>, checks: &mut Vec<Check>) {
    let id = "endpoint.version";
    let endpoints = [(Kind::Authorization, &view.integration.authorization), (Kind::Token, &view.integration.token)];
    let paths: Vec<(Kind, &str)> = endpoints
        .into_iter()
        .filter_map(|(kind, endpoint)| Some((kind, endpoint.as_ref()?.path()?)))
        .filter(|(_, path)| path.contains("/oauth2/"))
        .collect();
    let old: Vec<Kind> =
        paths.iter().filter(|(_, path)| !path.contains("/oauth2/v2.0/")).map(|(kind, _)| *kind).collect();
    match old.as_slice() {
        _ if paths.is_empty() => {}
        [] => checks.push(Check::ok(id, "Both endpoints are of version 2.0.")),
        old => {
            for kind in old {
                let check = Check::problem(
                    id,
                    format!("The {} is of version 1, which does not know scopes.", kind.name()),
                    format!(
                        "Enter the endpoint of version 2.0. {}",
                        if *kind == Kind::Authorization { NEW_REDIRECT } else { "" }
                    )
                    .trim_end(),
                );
                checks.push(match value_of(recommended, *kind) {
                    Some(value) => check.with_value(value),
                    None => check,
                });
            }
        }
    }
}

fn tenant(view: &IntegrationView<'_>, checks: &mut Vec<Check>) {
    let id = "endpoint.tenant";
    let of = |endpoint: &Option<Endpoint>| endpoint.as_ref().and_then(Endpoint::tenant).map(str::to_ascii_lowercase);
    let (authorization, token) = (of(&view.integration.authorization), of(&view.integration.token));
    let stated = view.integration.tenant_id.as_deref();
    let missing = [&authorization, &token].into_iter().flatten().any(|segment| segment == "oauth2");
    let check = match (authorization.as_deref(), token.as_deref()) {
        _ if missing => Check::problem(id, "An endpoint has no tenant: /oauth2/ follows the host.", FROM_PORTAL),
        (Some(one), Some(other)) if one != other => {
            let wanted = stated.or([one, other].into_iter().find(|tenant| is_tenant(tenant))).unwrap_or("<tenant ID>");
            Check::problem(
                id,
                format!("The authorization endpoint has the tenant {one}, the token endpoint {other}: the code of one is refused by the other."),
                format!("Enter the same tenant in both. {NEW_REDIRECT}"),
            )
            .with_value(wanted)
        }
        (Some(one), _) | (_, Some(one)) => match stated {
            Some(stated)
                if is_tenant(one)
                    && crate::doctor::settings::is_guid(one)
                    && crate::doctor::settings::is_guid(stated)
                    && stated != one =>
            {
                Check::problem(
                    id,
                    format!("The endpoints have the tenant {one}, and the app is in the tenant {stated}."),
                    format!("Enter the app's own tenant in both endpoints. {NEW_REDIRECT}"),
                )
                .with_value(stated)
            }
            _ if one == "consumers" => Check::problem(
                id,
                "The endpoints have the tenant consumers, which is for personal accounts only.",
                format!("Enter the tenant ID, or organizations for a multitenant app. {NEW_REDIRECT}"),
            ),
            _ => Check::ok(id, format!("The endpoints have the tenant {one}.")),
        },
        (None, None) => return,
    };
    checks.push(check);
}

fn account_kind(view: &IntegrationView<'_>, recommended: Option<&Recommendation>, checks: &mut Vec<Check>) {
    let id = "endpoint.account-kind";
    let endpoints = [&view.integration.token, &view.integration.authorization].into_iter().flatten();
    let Some(segment) = endpoints.filter_map(Endpoint::tenant).find(|segment| *segment != "oauth2") else { return };
    let endpoint = recommended.and_then(|recommended| {
        recommended.authorization_endpoint.clone().or(Some(recommended.token_endpoint.clone()))
    });
    let with_value = |check: Check| match &endpoint {
        Some(value) => check.with_value(value.clone()),
        None => check,
    };
    let is_general = ["common", "organizations"].contains(&segment);
    let check = match view.integration.tenant_kind.as_deref() {
        _ if view.app_only && is_general => with_value(Check::problem(
            id,
            format!("The grant client credentials needs the endpoint of one tenant, and this one has {segment}."),
            "Enter the tenant ID in the token endpoint.",
        )),
        Some("single") if is_general => with_value(Check::problem(
            id,
            format!("The app is for one tenant, and the endpoints have {segment}: Entra ID answers AADSTS50194."),
            format!("Enter the tenant ID in both endpoints in place of {segment}. {NEW_REDIRECT}"),
        )),
        Some("personal") if segment != "common" => with_value(Check::warning(
            id,
            format!("The app is for personal accounts too, and the endpoints have {segment}: personal accounts cannot sign in."),
            format!("If the mailbox is a personal account, enter common in both endpoints. {NEW_REDIRECT}"),
        )),
        Some(kind) => Check::ok(id, format!("The endpoints have {segment}, which fits an app of the kind `{kind}`.")),
        None if segment == "common" => Check::unknown(
            id,
            "The endpoints have common: that works only if the app is for accounts in any directory. The settings do not say so.",
        )
        .with_fix("See Supported account types of the app; if it says this directory only, enter the tenant ID in both endpoints."),
        None if segment == "organizations" => Check::unknown(
            id,
            "The endpoints have organizations: that works only if the app is multitenant. The settings do not say so.",
        )
        .with_fix("See Supported account types of the app; if it says this directory only, enter the tenant ID in both endpoints."),
        None => Check::ok(id, "The endpoints have a tenant of their own, which fits each kind of app."),
    };
    checks.push(check);
}

/// Sign-in host, scopes and mail hosts of one cloud.
fn cloud(view: &IntegrationView<'_>, checks: &mut Vec<Check>) {
    let id = "cloud.consistent";
    let (Some(provider), Some(cloud)) = (view.provider, view.cloud) else { return };
    let stated = view.integration.cloud.as_deref();
    let guide = Guide::builtin();
    let endpoints = [&view.integration.authorization, &view.integration.token].into_iter().flatten();
    let hosts = endpoints.filter_map(Endpoint::host).map(|host| ("sign-in host", host.to_owned()));
    let hosts = hosts.chain(scope_hosts(view.integration).map(|host| ("scopes of", host)));
    let foreign = hosts.into_iter().find_map(|(what, host)| {
        let clouds = guide.clouds_of_host(&host);
        let is_ours = clouds.is_empty()
            || clouds
                .iter()
                .any(|(_, one)| one.id == cloud.id && provider.cloud.iter().any(|own| std::ptr::eq(own, *one)));
        (!is_ours).then(|| (what, host, clouds[0].1))
    });
    let check = match foreign {
        Some((what, host, other)) => {
            let gcc = if stated == Some("gcc") { " GCC uses the worldwide hosts and scopes." } else { "" };
            let check = Check::problem(
                id,
                format!("The cloud is {}, and the {what} {host} belong to {}.{gcc}", cloud.name, other.name)
                    .replace("sign-in host", "endpoints at"),
                format!(
                    "Use hosts and scopes of one cloud. `oauthsift settings --provider {} --protocol {} --cloud {}` prints them.",
                    provider.provider,
                    view.protocols.first().map_or("imap", String::as_str),
                    cloud.id
                ),
            );
            match view.recommended_endpoints() {
                Some(recommended) if what == "scopes of" => check.with_value(recommended.scopes.join(" ")),
                Some(recommended) => check.with_value(recommended.token_endpoint),
                None => check,
            }
        }
        None => Check::ok(id, format!("Endpoints and scopes belong to the cloud {}.", cloud.name)),
    };
    checks.push(check);
}
