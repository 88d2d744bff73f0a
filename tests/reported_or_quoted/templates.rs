//! More wordings and carriers, as texts with places for the failure: `{sentence}` has the ids, `{json}` is the provider's
//! answer, `{quote}` what a user wrote.

use super::{
    faults::{Dice, Fault},
    layouts::Event,
    quoting,
};

pub(crate) struct Template {
    pub(crate) kind: &'static str,
    level: &'static str,
    logger: &'static str,
    url: Option<&'static str>,
    message: &'static str,
}

impl Template {
    /// A record of this kind about a failure; a quoting one quotes it in the given form.
    pub(crate) fn event(&self, fault: &Fault, form: &str, dice: &mut Dice) -> Event {
        let quote = quoting::quote(form, fault, dice);
        let message = self
            .message
            .replace("{quote}", &quote)
            .replace("{sentence}", &fault.description(" "))
            .replace("{json}", &fault.json("\r\n"))
            .replace("{code}", &fault.code.to_string())
            .replace("{error}", fault.error);
        Event {
            level: self.level,
            thread: match self.url {
                Some(_) => format!("http-nio-8080-exec-{}", 1 + dice.below(25)),
                None => format!("Caesium-1-{}", 1 + dice.below(4)),
            },
            user: if self.url.is_some() { "admin" } else { "ServiceRunner" },
            url: self.url.map(str::to_owned),
            logger: self.logger,
            message,
            chain: Vec::new(),
        }
    }
}

pub(crate) const REPORTING: &[Template] = &[
    Template {
        kind: "mail server's provider",
        level: "ERROR",
        logger: "com.atlassian.mail.server.impl.OAuthTokenProvider",
        url: None,
        message: r#"Unable to obtain access token for mail server 'Support': {sentence}"#,
    },
    Template {
        kind: "MSAL's own warning",
        level: "WARN",
        logger: "com.microsoft.aad.msal4j.ConfidentialClientApplication",
        url: None,
        message: r#"[Correlation ID: 0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d] Execution of class com.microsoft.aad.msal4j.AcquireTokenByAuthorizationGrantSupplier failed: {sentence}"#,
    },
    Template {
        kind: "token handler with Nimbus' exception",
        level: "ERROR",
        logger: "com.atlassian.oauth2.client.storage.token.DefaultTokenHandler",
        url: None,
        message: r#"Token refresh for client token entity 5f3c failed
com.nimbusds.oauth2.sdk.GeneralException: {error}: {sentence}
	at x.Y.z(Y.java:1)"#,
    },
    Template {
        kind: "request and answer lines",
        level: "ERROR",
        logger: "com.example.jira.mailsync.GraphClient",
        url: None,
        message: r#"POST https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token -> 400
<< {json}"#,
    },
    Template {
        kind: "entity of an HTTP status",
        level: "ERROR",
        logger: "com.example.jira.mailsync.TokenClient",
        url: None,
        message: r#"Token endpoint returned HTTP 401 with entity: {json}"#,
    },
    Template {
        kind: "Spring's token client",
        level: "ERROR",
        logger: "org.springframework.security.oauth2.client.endpoint.DefaultRefreshTokenTokenResponseClient",
        url: None,
        message: r#"[{error}] {sentence}"#,
    },
    Template {
        kind: "redirect with parameters",
        level: "WARN",
        logger: "com.atlassian.oauth2.client.web.CallbackServlet",
        url: Some("/plugins/servlet/oauth2/client/callback/3d5b"),
        message: r#"Authorization server redirected back with error={error}, error_description={sentence}"#,
    },
    Template {
        kind: "connection test",
        level: "ERROR",
        logger: "com.atlassian.oauth2.client.rest.resource.ClientConfigurationResource",
        url: Some("/rest/oauth2-client/latest/config/flow/3d5b1c9e-7a42-4d60-9e1b-0a6c5d4e3f21"),
        message: r#"Connection test failed: {json}"#,
    },
    Template {
        kind: "mail puller gives up",
        level: "ERROR",
        logger: "com.atlassian.jira.internal.mail.processor.services.MailPullerWorker",
        url: None,
        message: r#"Pulling mail for channel 12 aborted (will be retried). Reason: {sentence}"#,
    },
    Template {
        kind: "unhealthy channel",
        level: "ERROR",
        logger: "com.atlassian.servicedesk.internal.email.channel.EmailChannelHealth",
        url: None,
        message: r#"Email channel is unhealthy: OAuth token could not be refreshed; last error was '{sentence}'"#,
    },
    Template {
        kind: "key=value with the body",
        level: "ERROR",
        logger: "com.example.plugins.teams.GraphTokenService",
        url: None,
        message: r#"Failed to refresh OAuth2 token [status=400, reason=Bad Request, body={json}]"#,
    },
    Template {
        kind: "silent acquisition",
        level: "ERROR",
        logger: "com.example.plugins.sharepoint.Auth",
        url: None,
        message: r#"java.lang.RuntimeException: Could not acquire token silently
Caused by: com.microsoft.aad.msal4j.MsalServiceException: {sentence}"#,
    },
    Template {
        kind: "OAuthProblem{…}",
        level: "WARN",
        logger: "org.apache.oltu.oauth2.client.OAuthClient",
        url: None,
        message: r#"OAuthProblem{error='{error}', description='{sentence}', uri='https://login.microsoftonline.com/error?code={code}', state='null'}"#,
    },
    Template {
        kind: "IMAP server skipped",
        level: "ERROR",
        logger: "com.atlassian.mail.server.impl.IMAPMailServer",
        url: None,
        message: r#"OAuth2 authentication for mailbox failed, server will be skipped: token request rejected ({sentence})"#,
    },
    Template {
        kind: "arrow before the answer",
        level: "ERROR",
        logger: "com.example.token.Cron",
        url: None,
        message: r#"Refreshing the access token => {json}"#,
    },
    Template {
        kind: "fatal job",
        level: "FATAL",
        logger: "com.example.token.Cron",
        url: None,
        message: r#"giving up on OAuth2 refresh after 5 attempts; provider said: {sentence}"#,
    },
    Template {
        kind: "verifier's list",
        level: "ERROR",
        logger: "com.atlassian.jira.internal.mail.verifier.ConnectionVerifier",
        url: None,
        message: r#"Verification result: FAILURE, errors: [{sentence}]"#,
    },
    Template {
        kind: "OkHttp's log",
        level: "ERROR",
        logger: "com.example.okhttp.LoggingInterceptor",
        url: None,
        message: r#"<-- 400 https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token (132ms)
content-type: application/json; charset=utf-8

{json}
<-- END HTTP (1052-byte body)"#,
    },
    Template {
        kind: "script that refreshes",
        level: "ERROR",
        logger: "com.example.ScriptRunner.TokenJob",
        url: None,
        message: r#"groovy script 'refresh oauth token' threw: com.microsoft.aad.msal4j.MsalServiceException: {sentence}"#,
    },
];

pub(crate) const QUOTING: &[Template] = &[
    Template {
        kind: "mail being processed",
        level: "INFO",
        logger: "com.atlassian.jira.plugins.mail.handlers.NonQuotedCommentHandler",
        url: None,
        message: r#"Support[10001]: Processing message from <a@example.com> with subject '{quote}'"#,
    },
    Template {
        kind: "summary too long",
        level: "WARN",
        logger: "com.atlassian.jira.plugins.mail.handlers.CreateIssueHandler",
        url: None,
        message: r#"Support[10001]: Cannot create issue, summary too long: "{quote}""#,
    },
    Template {
        kind: "issue could not be created",
        level: "WARN",
        logger: "com.atlassian.jira.rest.v2.issue.IssueResource",
        url: Some("/rest/api/2/issue"),
        message: r#"Issue could not be created: summary="{quote}", errors={"priority":"Priority is required"}"#,
    },
    Template {
        kind: "error while creating",
        level: "ERROR",
        logger: "com.atlassian.jira.issue.managers.DefaultIssueManager",
        url: Some("/secure/CreateIssue.jspa"),
        message: r#"Error creating issue 'HELP-12 {quote}'
java.lang.NullPointerException: null"#,
    },
    Template {
        kind: "quick search",
        level: "INFO",
        logger: "com.atlassian.jira.web.action.QuickSearch",
        url: Some("/secure/QuickSearch.jspa"),
        message: r#"user searched for {quote}"#,
    },
    Template {
        kind: "JQL that does not parse",
        level: "WARN",
        logger: "com.atlassian.jira.jql.parser.JqlParser",
        url: Some("/rest/issueNav/1/issueTable"),
        message: r#"Error in the JQL Query: Expecting operator before the end: 'summary ~ {quote}'"#,
    },
    Template {
        kind: "document not indexed",
        level: "ERROR",
        logger: "com.atlassian.jira.index.DefaultIndexer",
        url: None,
        message: r#"Unable to index document for issue HELP-99 with field description [{quote}]
org.apache.lucene.index.CorruptIndexException: checksum failed"#,
    },
    Template {
        kind: "page saved",
        level: "INFO",
        logger: "com.atlassian.confluence.pages.DefaultPageManager",
        url: None,
        message: r#"Page saved: title="How to fix {quote}""#,
    },
    Template {
        kind: "webhook's payload",
        level: "ERROR",
        logger: "com.atlassian.webhooks.internal.client.RequestExecutor",
        url: None,
        message: r#"Webhook failed with 500. Payload was {"comment":{"body":"{quote}"}}
java.io.IOException: 500"#,
    },
    Template {
        kind: "chat rejected the text",
        level: "WARN",
        logger: "com.example.slack.Notifier",
        url: None,
        message: r#"Slack rejected the message text "{quote}": channel_not_found"#,
    },
    Template {
        kind: "mapping of codes at DEBUG",
        level: "DEBUG",
        logger: "com.atlassian.oauth2.client.storage.token.DefaultTokenHandler",
        url: None,
        message: r#"known error codes are mapped as follows: AADSTS{code}=RETRY"#,
    },
    Template {
        kind: "SLA of a request",
        level: "INFO",
        logger: "com.atlassian.servicedesk.internal.sla.SlaUpdater",
        url: None,
        message: r#"SLA updated for request 'Mail problem, {quote}'"#,
    },
    Template {
        kind: "no article found",
        level: "WARN",
        logger: "com.atlassian.sd.kb.KnowledgeBaseSearch",
        url: Some("/rest/servicedesk/1/portal"),
        message: r#"No article found for the request summary '{quote}'"#,
    },
    Template {
        kind: "thumbnail of a screenshot",
        level: "ERROR",
        logger: "com.atlassian.jira.plugin.attachment.Thumbnails",
        url: None,
        message: r#"Cannot create thumbnail of 'AADSTS{code} screenshot.png' in issue HELP-7
javax.imageio.IIOException: Unsupported Image Type"#,
    },
    Template {
        kind: "subscription without recipients",
        level: "WARN",
        logger: "com.atlassian.jira.bc.filter.FilterSubscriptionService",
        url: None,
        message: r#"Subscription of filter 'AADSTS{code} incidents' has no recipients"#,
    },
    Template {
        kind: "automation rule",
        level: "INFO",
        logger: "com.atlassian.automation.RuleExecutor",
        url: None,
        message: r#"Rule 'label {quote}' executed on 3 issues"#,
    },
    Template {
        kind: "value of a field",
        level: "ERROR",
        logger: "com.atlassian.automation.RuleExecutor",
        url: None,
        message: r#"Action 'Edit issue' failed for HELP-3: Field 'summary' value "{quote}" is not valid"#,
    },
    Template {
        kind: "comment event",
        level: "INFO",
        logger: "com.atlassian.jira.event.CommentEvents",
        url: Some("/rest/api/2/issue/HELP-8/comment"),
        message: r#"comment added by user agent-1: {quote}"#,
    },
    Template {
        kind: "untranslated text",
        level: "WARN",
        logger: "com.atlassian.jira.translation.Language",
        url: None,
        message: r#"Untranslated text in template: "{quote}""#,
    },
    Template {
        kind: "question to a bot",
        level: "ERROR",
        logger: "com.example.chat.BotService",
        url: None,
        message: r#"Bot could not answer the question "what does {quote} mean?": timeout"#,
    },
];
