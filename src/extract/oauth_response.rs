//! The OAuth error response: RFC 6749 `error` and `error_description`, and the HTTP status.
//!
//! A response is read from JSON, from `key=value` and `key: value` output of libraries, and from a bare
//! `invalid_grant: …`; it need not be complete.

use std::sync::LazyLock;

use memchr::memchr;
use regex::bytes::Regex;

use crate::search::{Literal, PhraseSet};

/// The provider's response, as far as the text shows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct OAuthResponse<'t> {
    /// The `error` value.
    pub(crate) error: Option<&'t [u8]>,
    /// Position of the `error` value.
    pub(crate) error_at: Option<usize>,
    /// The `error_description` value.
    pub(crate) description: Option<&'t [u8]>,
}

/// Error values of RFC 6749, RFC 8628, OpenID Connect Core, Microsoft and Google.
const ERRORS: [&str; 31] = [
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "invalid_tenant",
    "invalid_resource",
    "invalid_instance",
    "invalid_token",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "access_denied",
    "consent_required",
    "interaction_required",
    "login_required",
    "account_selection_required",
    "temporarily_unavailable",
    "server_error",
    "redirect_uri_mismatch",
    "deleted_client",
    "disabled_client",
    "admin_policy_enforced",
    "org_internal",
    "disallowed_useragent",
    "access_not_configured",
    "rate_limit_exceeded",
    "insufficient_claims",
    "insufficient_scope",
    "slow_down",
    "authorization_pending",
    "expired_token",
];

static WORDS: LazyLock<PhraseSet<()>> = LazyLock::new(|| PhraseSet::new(ERRORS.map(|error| (error, ()))));

/// Whether a word is one of the error values.
#[must_use]
pub(crate) fn is_error_word(word: &[u8]) -> bool {
    ERRORS.iter().any(|error| error.as_bytes() == word)
}

/// Reads the response in a text without escapes.
#[must_use]
pub(crate) fn parse_oauth_response(text: &[u8]) -> OAuthResponse<'_> {
    let (error, error_at) = error(text).map_or((None, None), |(error, at)| (Some(error), Some(at)));
    OAuthResponse { error, error_at, description: description(text) }
}

fn error(text: &[u8]) -> Option<(&[u8], usize)> {
    WORDS
        .find(text)
        .find(|((), start, end)| is_error_value(text, *start, *end))
        .map(|((), start, end)| (&text[start..end], start))
        .or_else(|| named_error(text))
}

/// True when the word is a whole word in the position of an error value: after `:`, `=` or `(`, at the start
/// of a line, or before a colon.
fn is_error_value(text: &[u8], start: usize, end: usize) -> bool {
    let in_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    if text.get(end).is_some_and(in_word) || (start > 0 && in_word(&text[start - 1])) {
        return false;
    }
    let skip = text[..start].iter().rev().take(4).take_while(|b| b"\"' u".contains(b)).count();
    let before = &text[..start - skip];
    match before.last() {
        Some(b'=') => names_an_error(before),
        Some(b':') if matches!(before.iter().rev().nth(1), Some(b'"' | b'\'')) => names_an_error(before),
        None | Some(b':' | b'(' | b'[' | b'\n' | b'>') => true,
        Some(_) => text.get(end) == Some(&b':'),
    }
}

/// True when the key before a `=` or `":` says that its value is an error: `error`, `errorCode`, `reason`.
/// The value of another key (`topic=invalid_grant`) is just a word.
fn names_an_error(before: &[u8]) -> bool {
    let before = &before[..before.len() - 1];
    let before = &before[..before.len() - before.iter().rev().take_while(|b| b"\"' ".contains(b)).count()];
    let key = before.len()
        - before.iter().rev().take(32).take_while(|b| b.is_ascii_alphanumeric() || b"_-.".contains(b)).count();
    let key = &before[key..];
    let contains = |word: &[u8]| key.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    [&b"err"[..], b"code", b"reason", b"cause", b"failure", b"message", b"status", b"result"]
        .iter()
        .any(|word| contains(word))
}

/// `"error":"something_new"`: a value that only one provider uses.
fn named_error(text: &[u8]) -> Option<(&[u8], usize)> {
    static ERROR: Literal = Literal::new("\"error\"");
    ERROR.find_iter(text).find_map(|at| {
        let rest = &text[at + 7..];
        let skip = rest.iter().take(6).take_while(|b| b": \"\t\n".contains(b)).count();
        let is_part = |b: &&u8| b.is_ascii_alphabetic() || **b == b'_';
        let word = &rest[skip..][..rest[skip..].iter().take(48).take_while(is_part).count()];
        let closed = rest.get(skip + word.len()) == Some(&b'"');
        // With capitals, only `INVALID_REFRESH_TOKEN`: the phrase of an HTTP status (`Unauthorized`) is no such value.
        let is_name = !word.iter().any(u8::is_ascii_uppercase)
            || word.contains(&b'_') && !word.iter().any(u8::is_ascii_lowercase);
        (word.len() >= 4 && closed && is_name).then_some((word, at + 7 + skip))
    })
}

/// The longest description that is read; the rest is cut off.
const MAX_DESCRIPTION_BYTES: usize = 2048;

fn description(text: &[u8]) -> Option<&[u8]> {
    static DESCRIPTION: Literal = Literal::new("error_description");
    let at = DESCRIPTION.find(text)? + DESCRIPTION.len();
    let rest = &text[at..];
    let separators = rest.iter().take(8).take_while(|b| b"\"': =u\t\n".contains(b)).count();
    let quote = rest[..separators].iter().rev().find(|b| !b" \t\n".contains(b)).copied();
    let value = &rest[separators..rest.len().min(separators + MAX_DESCRIPTION_BYTES)];
    let end = match quote {
        Some(quote @ (b'"' | b'\'')) => closing(value, quote),
        _ => memchr(b'\n', value).unwrap_or(value.len()),
    };
    let value = value[..end].trim_ascii();
    (!value.is_empty()).then_some(value)
}

/// The quote that closes a value: one before a comma, brace, bracket, newline or the end of the text, because
/// the value itself may contain quotes.
fn closing(value: &[u8], quote: u8) -> usize {
    memchr::memchr_iter(quote, value)
        .find(|i| matches!(value.get(i + 1), None | Some(b',' | b'}' | b']' | b'\n' | b'\r')))
        .unwrap_or(value.len())
}

static STATUS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?x-u)
          (?:HTTP(?:/\d(?:\.\d)?)?|[Ss]tatus(?:[\x20_-]?[Cc]ode)?|[Rr]esponse\x20?[Cc]ode|code|[Rr]esponse:|got:|returned|->)
            (?:\x20of|\x20=)?[\x20:="'\[]{1,4}([1-5]\d\d)(?:[^0-9A-Za-z]|$)
          # Graph's client: `403 : Forbidden`; Google's: `400 Bad Request` before the request.
          | (?:^|\n|:)[\x20\t]*([1-5]\d\d)\x20:\x20[A-Z][a-z]
          | (?:^|\n|:)[\x20\t]*([1-5]\d\d)(?:\x20[A-Z][A-Za-z]+){1,3}\r?\n\s*(?:GET|POST)\x20https?://
          # Spring: `HttpClientErrorException$Unauthorized: 401 Unauthorized: "…"`.
          | Http(?:Client|Server)ErrorException(?:\$[A-Za-z]+)?:\x20([1-5]\d\d)\x20
          | :\x20([1-5]\d\d)(?:\x20[A-Z][A-Za-z]+){1,3}\x20on\x20(?:GET|POST)\x20request
          | \b[Ff]ailed(?:\x20with|\x20\([^()\r\n]{1,40}\))?:?\x20([45]\d\d)(?:[^0-9A-Za-z.]|$)
          # Before an answer, or the path that was asked for: `Graph 429 on /users/…`.
          | [\x20:]([45]\d\d)\x20(?:\{\s*"error|on\x20/[a-z])
          # Exchange Web Services: `returned an error: (401)Unauthorized`.
          | (?:returned\x20an\x20error:|failed)\x20\(([1-5]\d\d)\)
          # Directly before the body, or after the name of the service.
          | :\x20([45]\d\d)\x20\{"
          | \bGraph\x20([45]\d\d)\x20on\b
          | (?:^|[\x20("'`:\[])([45]\d\d)\x20(?:Unauthorized|UNAUTHORIZED|FORBIDDEN|BAD_REQUEST|Forbidden|Bad\x20Request|Not\x20Found|Too\x20Many\x20Requests|Bad\x20Gateway|Service\x20Unavailable|Gateway\x20Time-?out|Internal\x20Server\x20Error)\b"#,
    )
    .expect("the expression compiles")
});

/// The HTTP status in the text.
#[must_use]
pub(crate) fn http_status(text: &[u8]) -> Option<u16> {
    let captures = STATUS.captures(text)?;
    let found = captures.iter().skip(1).flatten().next()?;
    std::str::from_utf8(found.as_bytes()).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_and_descriptions_are_read_from_every_form() {
        let table = [
            (
                r#"{"error":"invalid_client","error_description":"AADSTS7000215: Bad.","error_codes":[7000215]}"#,
                Some("invalid_client"),
                Some("AADSTS7000215: Bad."),
            ),
            (
                r#"{"error_description":"AADSTS7000222: Old.","error":"invalid_client"}"#,
                Some("invalid_client"),
                Some("AADSTS7000222: Old."),
            ),
            (
                "error='invalid_client', error_description='AADSTS700027: app Id 'a'. x].\nTrace ID: 1', error_uri='y'",
                Some("invalid_client"),
                Some("AADSTS700027: app Id 'a'. x].\nTrace ID: 1"),
            ),
            ("invalid_grant: AADSTS700082: gone", Some("invalid_grant"), None),
            ("InvalidClientIdError: (invalid_request) AADSTS90002: x", Some("invalid_request"), None),
            (
                "error=consent_required\nerror_description=AADSTS65004: declined\nstate=1",
                Some("consent_required"),
                Some("AADSTS65004: declined"),
            ),
            (r#"{"errorCode":"invalid_grant","errorMessage":"x"}"#, Some("invalid_grant"), None),
            ("invalid_client\nAADSTS7000222: x", Some("invalid_client"), None),
            (r#"{"error":"weird_thing"}"#, Some("weird_thing"), None),
            (r#"{"error":"INVALID_REFRESH_TOKEN"}"#, Some("INVALID_REFRESH_TOKEN"), None),
            (r#"{"status":401,"error":"Unauthorized"}"#, None, None),
            (r#"{"error":{"code":"InvalidAuthenticationToken"}}"#, None, None),
            ("my_invalid_grants table", None, None),
            ("GET https://docs.example.com/pages?topic=invalid_grant", None, None),
            (r#"{"tag":"invalid_grant"}"#, None, None),
            ("errorCode=invalid_grant", Some("invalid_grant"), None),
            ("{u'error': u'invalid_grant'}", Some("invalid_grant"), None),
            (
                "cut {\"error\":\"invalid_grant\",\"error_description\":\"AADSTS50173: The gr",
                Some("invalid_grant"),
                Some("AADSTS50173: The gr"),
            ),
        ];
        for (text, error, description) in table {
            let found = parse_oauth_response(text.as_bytes());
            assert_eq!(found.error.map(String::from_utf8_lossy).as_deref(), error, "{text}");
            assert_eq!(found.description.map(String::from_utf8_lossy).as_deref(), description, "{text}");
        }
    }

    #[test]
    fn the_http_status_is_read_where_it_is_labelled() {
        for (text, status) in [
            ("HTTP/1.1 407 Proxy Authentication Required", Some(407)),
            ("HTTP 400; Bad Request", Some(400)),
            ("status code: 401", Some(401)),
            ("Refresh: code=400, response={", Some(400)),
            ("Got OAuth Provider response: [400], [{", Some(400)),
            ("HttpClientErrorException$Unauthorized: 401 Unauthorized: \"{", Some(401)),
            (": 401 Unauthorized on POST request for \"https://idp.example.com/token\": \"{", Some(401)),
            ("no error class is registered for this code 503", Some(503)),
            ("Unsuccessful token response (401 Unauthorized): {", Some(401)),
            ("resulted in a `400 Bad Request` response", Some(400)),
            ("cannot fetch token: 401 Unauthorized", Some(401)),
            ("[401 Unauthorized] during [POST] to [https://idp.example.com/token]", Some(401)),
            ("{responseCode: 401}", Some(401)),
            ("the request failed: 429", Some(429)),
            ("it failed (poll inbox): 401 {\"error\":\"invalid_client\"}", Some(401)),
            ("refresh, 401 {\"error\":\"invalid_client\"}", Some(401)),
            ("Graph 429 on /users/ann", Some(429)),
            ("read 429 on 2026-01-05", None),
            ("failed 500.000 times", None),
            ("The remote server returned an error: (403)Forbidden", Some(403)),
            ("Token request to https://idp.example.com/token failed (400): {", Some(400)),
            ("Graph call failed (poll): 401 {\"error\":", Some(401)),
            ("Graph 429 on /users/x", Some(429)),
            ("1403 Forbidden", None),
            ("error?code=70011", None),
            ("took 400 ms", None),
        ] {
            assert_eq!(http_status(text.as_bytes()), status, "{text}");
        }
    }
}
