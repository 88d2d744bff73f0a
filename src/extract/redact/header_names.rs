//! Names of headers of requests that hold a secret.

/// Headers of secrets without a lead.
const NAMED: [&[u8]; 5] = [b"private-token", b"job-token", b"deploy-token", b"ocp-apim-subscription-key", b"api-key"];
/// What a header of one's own ends in when it holds a secret.
const TAILS: [&[u8]; 5] = [b"token", b"key", b"secret", b"password", b"auth"];
/// What is before `key` or `token` in the name of a header that holds none. `X-Atlassian-Token: no-check` is a flag.
const SHOWN: [&[u8]; 17] = [
    b"atlassian",
    b"project",
    b"issue",
    b"plugin",
    b"module",
    b"cache",
    b"space",
    b"component",
    b"event",
    b"idempotency",
    b"request",
    b"routing",
    b"partition",
    b"page",
    b"public",
    b"map",
    b"continuation",
];
/// `X-Gitlab-Token`, `X-Acme-Service-Key`, `PRIVATE-TOKEN`.
pub(super) fn is_header(name: &[u8]) -> bool {
    let lower = name[..name.len().min(64)].to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix(b"x-") else { return NAMED.contains(&&lower[..]) };
    let Some(lead) = TAILS.iter().find_map(|tail| rest.strip_suffix(*tail)) else { return false };
    let lead = lead.strip_suffix(b"-").unwrap_or(lead);
    !SHOWN.iter().any(|shown| lead.ends_with(shown))
}
