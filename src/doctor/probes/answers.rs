//! What the provider answers: OpenID configuration, token endpoint, Graph, clock.

use serde_json::Value;

use super::{chain_checks::now, http::Answer};
use crate::doctor::{checks::Check, hosts::SignInEndpoints};

/// A larger difference of the clocks is a problem, a smaller one a warning. Seconds.
const MAX_SKEW: i64 = 300;
const WARNING_SKEW: i64 = 60;

/// A page of a firewall or a login page of a network, in place of the provider.
fn block_page(id: &str, what: &str, answer: &Answer) -> Option<Check> {
    if !answer.is_html() {
        return None;
    }
    let title = answer.title().map_or(String::new(), |title| format!(" with the title \"{title}\""));
    Some(Check::problem(
        id,
        format!(
            "{what} answers {} with a page{title} in place of JSON: a proxy or firewall answers in its place.",
            answer.status
        ),
        "Ask your network team to let Jira's hosts reach this host unchanged.",
    ))
}

/// The first AADSTS code and the sentence after it.
fn provider_error(body: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let description = json.get("error_description").and_then(Value::as_str).or(json.get("error")?.as_str())?;
    let sentence = description.split("Trace ID").next().unwrap_or(description);
    Some(sentence.chars().filter(|c| !c.is_control()).take(160).collect::<String>().trim().to_owned())
}

/// Does the tenant exist, and are its endpoints the ones entered?
pub(super) fn openid(answer: &Answer, path: &str, entered: &SignInEndpoints) -> Check {
    let id = "http.openid";
    if let Some(check) = block_page(id, "The OpenID configuration", answer) {
        return check;
    }
    let json: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let Some(json) = json.filter(|_| answer.status == 200) else {
        let error = provider_error(&answer.body).unwrap_or_default();
        let tenant = path.split('/').nth(1).unwrap_or_default();
        return if error.contains("AADSTS90002") {
            Check::problem(
                id,
                format!("The tenant {tenant} does not exist here: {error}"),
                "Compare the tenant ID, and the cloud: each national cloud has its own tenants.",
            )
        } else if answer.status == 400 || answer.status == 404 {
            Check::problem(
                id,
                format!("There is no OpenID configuration at {path}: {} {error}", answer.status).trim_end().to_owned()
                    + ".",
                "Compare the tenant in the endpoints.",
            )
        } else {
            Check::unknown(
                id,
                format!(
                    "The OpenID configuration answers {}, {} bytes that are not JSON.",
                    answer.status,
                    answer.body.len()
                ),
            )
        };
    };
    let text = |key: &str| json.get(key).and_then(Value::as_str).map(str::to_owned);
    let differs = |key: &str, entered: &Option<String>| {
        let (real, entered) = (text(key)?, entered.clone()?);
        // A domain in place of the tenant's ID is right, and so is another spelling.
        let same = real.eq_ignore_ascii_case(&entered) || without_tenant(&real) == without_tenant(&entered);
        (!same).then_some((real, entered))
    };
    let found = differs("token_endpoint", &entered.token).or(differs("authorization_endpoint", &entered.authorization));
    match found {
        Some((real, entered)) if entered.contains("/oauth2/") || entered.contains("google") => Check::problem(
            id,
            format!("The endpoint {entered} is not the one of the OpenID configuration."),
            "Enter the one of the OpenID configuration.",
        )
        .with_value(real),
        _ => Check::ok(id, format!("The OpenID configuration at {path} exists, and its endpoints are those entered.")),
    }
}

/// A URL without its first path segment, in lower case.
fn without_tenant(url: &str) -> String {
    let mut parts: Vec<String> = url.to_ascii_lowercase().split('/').map(str::to_owned).collect();
    if parts.len() > 4 {
        parts.remove(3);
    }
    parts.join("/")
}

/// Does the token endpoint answer as the provider does?
pub(super) fn token(answer: &Answer) -> Check {
    let id = "http.token";
    if let Some(check) = block_page(id, "The token endpoint", answer) {
        return check;
    }
    match provider_error(&answer.body) {
        // That the request lacks everything is what was to be answered.
        Some(error) => Check::ok(
            id,
            format!("The token endpoint answers with an error of the provider, as it must without a client: {error}"),
        ),
        None if answer.status == 404 => {
            Check::problem(id, "The token endpoint does not exist: 404.", "Compare its path.")
        }
        None => Check::problem(
            id,
            format!("The token endpoint answers {} without an error of the provider.", answer.status),
            "Another system answers in its place: ask your network team.",
        ),
    }
}

/// Does Graph ask for a token?
pub(super) fn graph(answer: &Answer) -> Check {
    let id = "graph.answer";
    match answer.status {
        _ if answer.is_html() => block_page(id, "Microsoft Graph", answer)
            .unwrap_or_else(|| Check::unknown(id, "Microsoft Graph answers with a page.")),
        401 => Check::ok(id, "Microsoft Graph answers 401 without a token: it can be reached."),
        status @ 200..=299 => Check::ok(id, format!("Microsoft Graph answers {status}: it can be reached.")),
        status => Check::problem(
            id,
            format!("Microsoft Graph answers {status}; 401 was expected."),
            "Another system answers in its place: ask your network team.",
        ),
    }
}

/// This machine's clock against the provider's.
pub(super) fn clock(answer: &Answer) -> Option<Check> {
    let id = "clock.skew";
    let date = chrono::DateTime::parse_from_rfc2822(answer.header("date")?).ok()?;
    let skew = now() - date.timestamp();
    let size = skew.unsigned_abs();
    let direction = if skew > 0 { "ahead of" } else { "behind" };
    let words = if size >= 120 { format!("{} minutes", size / 60) } else { format!("{size} seconds") };
    let fix = "Correct the clock of this machine (time synchronization, NTP).";
    Some(if skew.abs() > MAX_SKEW {
        Check::problem(
            id,
            format!("The clock of this machine is {words} {direction} the provider's: tokens are refused."),
            fix,
        )
    } else if skew.abs() > WARNING_SKEW {
        Check::warning(id, format!("The clock of this machine is {words} {direction} the provider's."), fix)
    } else {
        Check::ok(id, format!("The clock of this machine is within {WARNING_SKEW} seconds of the provider's."))
    })
}
