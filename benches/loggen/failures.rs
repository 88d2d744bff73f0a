//! The messages of providers, Java and mail servers when a flow fails.

use super::template::Template;

/// A failure with a code.
#[derive(Debug, Clone)]
pub(super) struct Coded {
    pub(super) code: u32,
    /// The `error` in a JSON response.
    pub(super) error: &'static str,
    pub(super) pattern: &'static str,
    /// The text after the code.
    pub(super) text: Template,
}

/// A failure without a code.
#[derive(Debug, Clone)]
pub(super) struct Codeless {
    pub(super) pattern: &'static str,
    pub(super) text: Template,
}

/// Code, `error`, catalogue id, text. The last two codes are in no catalogue.
const CODED: &str = r"
7000215 invalid_client entra-client-secret-invalid Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '#A'.
7000222 invalid_client entra-client-secret-expired The provided client secret keys for app '#A' are expired. Create new keys for your app in the portal.
7000218 invalid_client entra-client-secret-missing The request body must contain the following parameter: 'client_assertion' or 'client_secret'.
700025 invalid_client entra-public-client-with-secret Client is public so neither 'client_assertion' nor 'client_secret' should be presented.
700016 unauthorized_client entra-app-not-in-tenant Application with identifier '#A' was not found in the directory '#T'.
50194 invalid_request entra-single-tenant-on-common Application '#A'(Contoso Jira mail) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps.
90002 invalid_request entra-tenant-not-found Tenant 'contoso.example.com' not found. Check to make sure you have the correct tenant ID.
50011 invalid_request entra-redirect-mismatch The redirect URI 'https://jira.example.com/plugins/servlet/oauth2/client/callback/#x' specified in the request does not match the redirect URIs configured for the application '#A'.
500113 invalid_request entra-redirect-mismatch No reply address is registered for the application.
65001 invalid_grant entra-consent-missing The user or administrator has not consented to use the application with ID '#A' named 'Contoso Jira mail'.
65004 access_denied entra-consent-declined User declined to consent to access the app.
90094 access_denied entra-admin-consent-required Admin consent is required for the permissions that application '#A' asks for.
70011 invalid_scope entra-scope-invalid The provided value for the input parameter 'scope' is not valid.
50076 invalid_grant entra-mfa-required Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '#g'.
50079 invalid_grant entra-mfa-enroll Due to a configuration change made by your administrator, you must enroll in multi-factor authentication to access '#g'.
53003 invalid_grant entra-ca-blocked Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.
50173 invalid_grant entra-grant-revoked The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.
700082 invalid_grant entra-refresh-expired-inactive The refresh token has expired due to inactivity. The token was issued on 2025-10-01T10:00:00.0000000Z and was inactive for 90.00:00:00.
70008 invalid_grant entra-refresh-expired-inactive The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.
70043 invalid_grant entra-refresh-signin-frequency The refresh token has expired or is invalid due to sign-in frequency checks by conditional access.
54005 invalid_grant entra-code-redeemed OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.
50034 invalid_grant entra-user-not-in-tenant The user account does not exist in the #T directory. To sign into this application, the account must be added to the directory.
50053 invalid_grant entra-user-locked The account is locked, you've tried to sign in too many times with an incorrect user ID or password.
50055 invalid_grant entra-password-expired The password is expired.
50057 invalid_grant entra-user-disabled The user account is disabled.
50105 invalid_grant entra-user-not-assigned The signed in user is not assigned to a role for the application '#A'(Contoso Jira mail).
50126 invalid_grant entra-bad-password Error validating credentials due to invalid username or password.
9002313 invalid_request entra-request-malformed Invalid request. Request is malformed or invalid.
90033 temporarily_unavailable entra-transient A transient error has occurred. Please try again.
7999999 invalid_grant entra-unknown A code that nobody has seen before.
8123456 server_error entra-unknown Another code that nobody has seen before.
";

/// Failures while connecting to the provider: catalogue id, text.
const NETWORK: &str = r"
net-unknown-host java.net.UnknownHostException: login.microsoftonline.com
net-timeout java.net.SocketTimeoutException: connect timed out
net-tls-pkix javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target
net-unknown-host java.net.UnknownHostException: oauth2.googleapis.com
net-timeout java.net.SocketTimeoutException: Connect timed out
";

/// Failures of mailboxes: catalogue id, text.
const MAILBOX: &str = r"
imap-authenticate-failed jakarta.mail.AuthenticationFailedException: AUTHENTICATE failed.
imap-authenticated-not-connected jakarta.mail.MessagingException: A#d BAD User is authenticated but not connected.
jira-token-unrecoverable com.atlassian.oauth2.client.api.storage.token.exception.UnrecoverableTokenException: Token already marked as invalid
";

/// All failures with a code. With `own_applications`, each record names an application that no other names.
pub(super) fn coded(own_applications: bool) -> Vec<Coded> {
    let text = |text: &str| match text.contains("#A") {
        _ if !own_applications => Template::new(text),
        true => Template::new(&text.replace("#A", "#g")),
        false => Template::new(&format!("{text} It is about the application '#g'.")),
    };
    let part = |line: &'static str| {
        let mut parts = line.splitn(4, ' ');
        Some(Coded {
            code: parts.next()?.parse().ok()?,
            error: parts.next()?,
            pattern: parts.next()?,
            text: text(parts.next()?),
        })
    };
    CODED.lines().filter_map(part).collect()
}

/// Failures while connecting to the provider.
pub(super) fn network() -> Vec<Codeless> {
    codeless(NETWORK)
}

/// Failures of mailboxes.
pub(super) fn mailbox() -> Vec<Codeless> {
    codeless(MAILBOX)
}

fn codeless(table: &'static str) -> Vec<Codeless> {
    let part = |line: &'static str| {
        let (pattern, text) = line.split_once(' ')?;
        Some(Codeless { pattern, text: Template::new(text) })
    };
    table.lines().filter_map(part).collect()
}
