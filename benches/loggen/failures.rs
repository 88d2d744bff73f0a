//! Records of failures, in the shapes that Jira writes.

use std::io::Write as _;

use super::{Clock, Dice, Truth};

/// Codes, the entries that explain them, and a sentence; `@` stands for the application's id.
const CODES: [(u32, Option<&str>, &str); 27] = [
    (
        7_000_215,
        Some("entra-client-secret-invalid"),
        "Invalid client secret provided. Ensure the secret being sent is the client secret value for a secret added to app '@'.",
    ),
    (7_000_222, Some("entra-client-secret-expired"), "The provided client secret keys for app '@' are expired."),
    (
        7_000_218,
        Some("entra-client-secret-missing"),
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    (50_194, Some("entra-single-tenant-on-common"), "Application '@' is not configured as a multi-tenant application."),
    (
        700_016,
        Some("entra-app-not-in-tenant"),
        "Application with identifier '@' was not found in the directory 'Contoso'.",
    ),
    (90_002, Some("entra-tenant-not-found"), "Tenant 'contoso.example.com' not found."),
    (
        50_011,
        Some("entra-redirect-mismatch"),
        "The redirect URI 'https://jira.example.com/callback' does not match the ones configured for the application '@'.",
    ),
    (
        65_001,
        Some("entra-consent-missing"),
        "The user or administrator has not consented to use the application with ID '@'.",
    ),
    (70_011, Some("entra-scope-invalid"), "The provided value for the input parameter 'scope' is not valid."),
    (
        50_076,
        Some("entra-mfa-required"),
        "Due to a configuration change made by your administrator, you must use multi-factor authentication.",
    ),
    (53_003, Some("entra-ca-blocked"), "Access has been blocked by Conditional Access policies."),
    (
        50_173,
        Some("entra-grant-revoked"),
        "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
    ),
    (
        700_082,
        Some("entra-refresh-expired-inactive"),
        "The refresh token has expired due to inactivity. The token was issued on 2025-10-01T10:00:00.0000000Z and was inactive for 90.00:00:00.",
    ),
    (
        54_005,
        Some("entra-code-redeemed"),
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code.",
    ),
    (50_034, None, "The user account does not exist in the Contoso directory."),
    (50_053, None, "The account is locked, you've tried to sign in too many times."),
    (50_055, None, "The password is expired."),
    (50_057, None, "The user account is disabled."),
    (50_105, None, "The signed in user is not assigned to a role for the application '@'."),
    (50_126, None, "Error validating credentials due to invalid username or password."),
    (65_004, None, "User declined to consent to access the app."),
    (90_094, None, "Admin consent is required."),
    (9_002_313, None, "Invalid request. Request is malformed or invalid."),
    (90_033, None, "A transient error has occurred. Please try again."),
    (500_113, None, "No reply address is registered for the application."),
    (7_999_999, Some("entra-unknown"), "A code that nobody has seen."),
    (8_123_456, Some("entra-unknown"), "Another code that nobody has seen."),
];

/// Failures without a code: the entry and the message.
const CODELESS: [(&str, &str); 5] = [
    ("net-unknown-host", "java.net.UnknownHostException: login.microsoftonline.com"),
    ("net-timeout", "java.net.SocketTimeoutException: connect timed out"),
    (
        "net-tls-pkix",
        "javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target",
    ),
    ("net-unknown-host", "java.net.UnknownHostException: oauth2.googleapis.com"),
    ("net-timeout", "java.net.SocketTimeoutException: Connect timed out"),
];

/// Mailbox logins that failed: the entry and the message.
const MAILBOX: [(&str, &str); 3] = [
    ("imap-authenticate-failed", "jakarta.mail.AuthenticationFailedException: AUTHENTICATE failed."),
    (
        "imap-authenticated-not-connected",
        "jakarta.mail.MessagingException: A3 BAD User is authenticated but not connected.",
    ),
    (
        "jira-token-unrecoverable",
        "com.atlassian.oauth2.client.api.storage.token.exception.UnrecoverableTokenException: Token already marked as invalid",
    ),
];

const APPS: [&str; 2] = ["5d1c0a52-3f44-4a0e-9f5e-27c6a3b1c001", "77aa0a52-3f44-4a0e-9f5e-27c6a3b1c002"];

/// Writes one failure; offset and lines of its truth are the caller's to fill in.
pub(super) fn write(dice: &mut Dice, clock: &mut Clock, out: &mut Vec<u8>) -> Truth {
    match dice.below(16) {
        0..=3 => coded(dice, clock, out, "indented"),
        4 => coded(dice, clock, out, "crlf"),
        5..=6 => coded(dice, clock, out, "one line"),
        7..=8 => coded(dice, clock, out, "stack trace"),
        9..=10 => coded(dice, clock, out, "json"),
        11 => coded(dice, clock, out, "mail log"),
        12 => coded(dice, clock, out, "masked date"),
        13 => codeless(dice, clock, out),
        14 => mailbox(dice, clock, out),
        _ => lost_state(dice, clock, out),
    }
}

fn truth(shape: &'static str, pattern: Option<&'static str>) -> Truth {
    Truth { offset: 0, line: 0, lines: 0, code: None, trace_id: None, correlation_id: None, shape, pattern }
}

/// The header of the thread that polls a flow, up to the message.
fn flow(dice: &mut Dice, clock: &mut Clock, masked: bool, out: &mut Vec<u8>) {
    let start = out.len();
    clock.stamp(dice, out);
    if masked {
        out[start + 5..start + 10].copy_from_slice(b"xx-xx");
    }
    let flow = dice.guid();
    let _ = write!(
        out,
        "+0000 http-nio-8080-exec-{} ERROR admin {}x{}x1 1i8mi5a 203.0.113.{} /rest/oauth2-client/latest/config/flow/{flow} [c.a.o.c.rest.resource.ClientConfigurationResource] Error occurred while authorizing an integration. The error message is: ",
        dice.below(60),
        dice.below(1440),
        dice.below(90_000),
        1 + dice.below(250),
    );
}

fn coded(dice: &mut Dice, clock: &mut Clock, out: &mut Vec<u8>, shape: &'static str) -> Truth {
    let (code, pattern, sentence) = dice.pick(&CODES);
    let (trace, correlation) = (dice.guid(), dice.guid());
    let said = format!("AADSTS{code}: {}", sentence.replace('@', dice.pick(&APPS)));
    let time = "2026-01-05 08:00:01Z";
    let ids = |between: &str| {
        format!("{between}Trace ID: {trace}{between}Correlation ID: {correlation}{between}Timestamp: {time}")
    };
    match shape {
        "json" => {
            flow(dice, clock, false, out);
            let _ = writeln!(
                out,
                r#"Error when fetching authorization response: {{"error_description":"{said}{}","error":"invalid_grant","error_codes":[{code}],"trace_id":"{trace}","correlation_id":"{correlation}"}}"#,
                ids(r"\r\n")
            );
        }
        "mail log" => {
            clock.stamp(dice, out);
            let _ = writeln!(
                out,
                "+0000 ERROR [Contoso Mailbox] Caesium-1-2 ServiceRunner     Exception when MailPullerWorker pulls emails: Refresh Token Failed. Reported Reason: {said}{}",
                ids(" ")
            );
        }
        "stack trace" => {
            flow(dice, clock, false, out);
            let _ = writeln!(out, "{said}{}", ids("\n    "));
            let _ = writeln!(
                out,
                "com.atlassian.oauth2.client.api.lib.token.TokenServiceException: {said}{}",
                ids("\n    ")
            );
            for i in 0..8 + dice.below(8) {
                let _ =
                    writeln!(out, "\tat com.atlassian.oauth2.client.lib.token.Step{i}.call(Step{i}.java:{})", 10 + i);
            }
            let _ = writeln!(out, "Caused by: com.nimbusds.oauth2.sdk.GeneralException: {said}");
        }
        _ => {
            flow(dice, clock, shape == "masked date", out);
            let between = match shape {
                "one line" => " ",
                "crlf" => "\r\n    ",
                _ => "\n    ",
            };
            let _ = writeln!(out, "{said}{}", ids(between));
        }
    }
    Truth { code: Some(code), trace_id: Some(trace), correlation_id: Some(correlation), ..truth(shape, pattern) }
}

fn codeless(dice: &mut Dice, clock: &mut Clock, out: &mut Vec<u8>) -> Truth {
    let (pattern, message) = dice.pick(&CODELESS);
    flow(dice, clock, false, out);
    let _ = writeln!(out, "{message}");
    truth("codeless", Some(pattern))
}

fn mailbox(dice: &mut Dice, clock: &mut Clock, out: &mut Vec<u8>) -> Truth {
    let (pattern, message) = dice.pick(&MAILBOX);
    clock.stamp(dice, out);
    let _ = writeln!(
        out,
        "+0000 ERROR [Contoso Mailbox] Caesium-1-3 ServiceRunner     Exception when MailPullerWorker pulls emails: {message}"
    );
    for i in 0..6 {
        let _ = writeln!(
            out,
            "\tat com.atlassian.jira.internal.mail.processor.feature.puller.Step{i}.pull(Step{i}.java:{})",
            20 + i
        );
    }
    truth("mailbox", Some(pattern))
}

fn lost_state(dice: &mut Dice, clock: &mut Clock, out: &mut Vec<u8>) -> Truth {
    clock.stamp(dice, out);
    let _ = writeln!(
        out,
        "+0000 http-nio-8080-exec-{} WARN admin {}x{}x1 zq81mf 203.0.113.9 /plugins/servlet/oauth2/client/callback/aad8e1f2 [c.a.o.c.lib.web.AuthorizationCodeFlowServlet] Can't complete OAuth 2.0 authorization code flow - unknown state returned by authorization server",
        dice.below(60),
        dice.below(1440),
        dice.below(90_000),
    );
    truth("lost state", Some("jira-state-unknown"))
}
