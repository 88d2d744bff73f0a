//! Records in which Jira, an app or a library says that a token or a login was refused.

use super::{
    faults::{Dice, Fault},
    layouts::Event,
};

/// Ways in which a refused token is worded.
pub(crate) const WORDINGS: [&str; 22] = [
    "error message is",
    "token exception chain",
    "response body after a status",
    "body: of the token endpoint",
    "response: of the refresh",
    "key=value",
    "error_description: on lines of its own",
    "MSAL exception",
    "escaped JSON",
    "URL-encoded callback",
    "dash after the error",
    "mail puller",
    "Spring's brackets",
    "HttpResponse{body='…'}",
    "pretty-printed JSON",
    "Google's client",
    "HTML entities",
    "Oltu's description='…'",
    "map of the answer",
    "reason on the exception alone",
    "description: of an app",
    "query of the token request before the answer",
];

/// Loggers of code that asks for tokens or logs in to mailboxes.
const LOGGERS: [&str; 7] = [
    "com.atlassian.oauth2.client.rest.resource.ClientConfigurationResource",
    "com.atlassian.oauth2.client.storage.DefaultTokenHandler",
    "com.atlassian.jira.internal.mail.processor.services.MailPullerWorker",
    "com.atlassian.jira.internal.mail.processor.feature.channel.connectionverifier.ChannelConnectionVerifier",
    "com.atlassian.jira.service.services.mail.MailFetcherService",
    "com.atlassian.mail.server.impl.OAuthTokenProvider",
    "com.example.jira.mailhandler.oauth.TokenRefresher",
];

/// User text that precedes the report in the record and quotes another failure.
pub(crate) const CARRIERS: [&str; 6] =
    ["none", "none", "none", "subject in the thread", "subject before", "comment before"];

const RECOVERABLE: &str = "com.atlassian.oauth2.client.api.storage.token.exception.RecoverableTokenException";
const SERVICE: &str = "com.atlassian.oauth2.client.api.lib.token.TokenServiceException";
const PULL: &str = "com.atlassian.jira.internal.mail.processor.feature.puller.MailPullException";

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b' ' => "+".to_owned(),
            byte if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02x}"),
        })
        .collect()
}

/// Message and exception chain of a wording.
fn worded(wording: &str, fault: &Fault, dice: &mut Dice) -> (String, Vec<(&'static str, String)>) {
    let joint = dice.word(&["\r\n", " "]);
    let (error, status) = (fault.error, fault.status);
    let json = fault.json(joint);
    let lines = fault.description("\n");
    let plain = |message: String| (message, Vec::new());
    match wording {
        "error message is" => plain(format!(
            "Error occurred while authorizing an integration. The error message is: {}",
            fault.description("\n    ")
        )),
        "token exception chain" => (
            "Cannot refresh the token of the mail connection".to_owned(),
            vec![(RECOVERABLE, "An error has occurred while refreshing OAuth token".to_owned()), (SERVICE, lines)],
        ),
        "response body after a status" => {
            plain(format!("Refresh request failed. Status Code = '{status}'. Response body: {json}"))
        }
        "body: of the token endpoint" => plain(format!(
            "Token endpoint https://login.microsoftonline.com/contoso.example.com/oauth2/v2.0/token returned {status}, body: {json}"
        )),
        "response: of the refresh" => plain(format!("Could not refresh the access token, response: {json}")),
        "key=value" => plain(format!(
            "Token refresh failed status={status} error={error} error_description=\"{}\"",
            fault.description(" ")
        )),
        "error_description: on lines of its own" => plain(format!(
            "OAuth token request failed\n    status: {status}\n    error: {error}\n    error_description: {}",
            fault.description("\n    ")
        )),
        "MSAL exception" => (
            "Failed to acquire a token for the mailbox".to_owned(),
            vec![("com.microsoft.aad.msal4j.MsalServiceException", lines)],
        ),
        "escaped JSON" => {
            plain(format!("Unexpected answer of the token service: {}", serde_json::to_string(&json).expect("a text")))
        }
        "URL-encoded callback" => plain(format!(
            "Authorization failed, the provider redirected with error={error}&error_description={}&state=8f14e45f",
            percent(&fault.description("\r\n"))
        )),
        "dash after the error" => plain(format!(
            "Failed to obtain a token for the mailbox 'desk@example.com': {error} - {}",
            fault.description(" ")
        )),
        "mail puller" => (
            format!(
                "Exception when MailPullerWorker pulls emails: {PULL}: {RECOVERABLE}: An error has occurred while refreshing OAuth token"
            ),
            vec![
                (PULL, format!("{RECOVERABLE}: An error has occurred while refreshing OAuth token")),
                (RECOVERABLE, "An error has occurred while refreshing OAuth token".to_owned()),
                (SERVICE, lines),
            ],
        ),
        "Spring's brackets" => (
            "Client authorization failed".to_owned(),
            vec![(
                "org.springframework.security.oauth2.client.ClientAuthorizationException",
                format!("[{error}] {}", fault.description(joint)),
            )],
        ),
        "HttpResponse{body='…'}" => plain(format!(
            "Token request failed: HttpResponse{{status={status}, headers={{Content-Type=[application/json; charset=utf-8]}}, body='{json}'}}"
        )),
        "pretty-printed JSON" => {
            let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
            plain(format!("Token request failed:\n{}", serde_json::to_string_pretty(&value).expect("JSON")))
        }
        "Google's client" => (
            "Cannot get an access token for the mail server".to_owned(),
            vec![(
                "com.google.api.client.auth.oauth2.TokenResponseException",
                format!(
                    "{status} Bad Request\nPOST https://login.microsoftonline.com/contoso.example.com/oauth2/v2.0/token\n{{\n  \"error\" : \"{error}\",\n  \"error_description\" : {}\n}}",
                    serde_json::to_string(&fault.description(joint)).expect("a text")
                ),
            )],
        ),
        "HTML entities" => plain(format!(
            "Connection test of the mail server failed: {}",
            json.replace('&', "&amp;").replace('"', "&quot;")
        )),
        "Oltu's description='…'" => plain(format!(
            "Refreshing failed: OAuthProblemException{{error='{error}', description='{}', uri='null', state='null', scope='null', redirectUri='null', responseStatus={status}, parameters={{}}}}",
            fault.description(joint)
        )),
        "map of the answer" => plain(format!(
            "The token endpoint answered {{error={error}, error_description={}, error_codes=[{}], trace_id={}, correlation_id={}}}",
            fault.description(joint),
            fault.code,
            fault.trace_id,
            fault.correlation_id
        )),
        "reason on the exception alone" => {
            ("Could not connect to the mail store".to_owned(), vec![(SERVICE, fault.description(joint))])
        }
        "description: of an app" => plain(format!(
            "[OAuth] refresh of connection 12 rejected; code: {error}; description: {}",
            fault.description(joint)
        )),
        "query of the token request before the answer" => plain(format!(
            "POST https://login.microsoftonline.com/contoso.example.com/oauth2/v2.0/token query: grant_type=refresh_token&scope=offline_access -> {status} {json}"
        )),
        other => panic!("no wording `{other}`"),
    }
}

/// A record that reports a failure.
pub(crate) fn event(wording: &'static str, carrier: &'static str, dice: &mut Dice) -> (Event, Fault) {
    let fault = Fault::new(dice);
    let mut quoted = Fault::new(dice);
    while quoted.code == fault.code {
        quoted = Fault::new(dice);
    }
    let (message, chain) = worded(wording, &fault, dice);
    let logger = dice.word(&LOGGERS);
    let web = logger.contains("rest.resource");
    let (thread, message) = match carrier {
        "subject in the thread" => (
            format!(
                "Sending mailitem To='user-7@example.com' Subject='[JIRA] (DESK-{}) Users' laptops say AADSTS{}' From='null'",
                dice.below(900),
                quoted.code
            ),
            message,
        ),
        "subject before" => (
            format!("Caesium-1-{}", 1 + dice.below(4)),
            format!("Message with subject \"Fw: AADSTS{}: help\" stays in the inbox. {message}", quoted.code),
        ),
        "comment before" => (
            format!("Caesium-1-{}", 1 + dice.below(4)),
            format!("No reply to comment 'is it AADSTS{} again?' was sent. {message}", quoted.code),
        ),
        _ if web => (format!("http-nio-8080-exec-{}", 1 + dice.below(25)), message),
        _ => (format!("Caesium-1-{}", 1 + dice.below(4)), message),
    };
    let event = Event {
        level: dice.word(&["ERROR", "ERROR", "WARN"]),
        thread,
        user: if web { "admin" } else { "ServiceRunner" },
        url: web.then(|| "/rest/oauth2-client/latest/config/flow/154de301-afca-44e5-8dc2-6f161bfba4ce".to_owned()),
        logger,
        message,
        chain,
    };
    (event, fault)
}
