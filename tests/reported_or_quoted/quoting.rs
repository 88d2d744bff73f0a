//! Records that hold a code because somebody wrote it into an issue, a comment, a mail or a search.

use super::{
    faults::{Dice, Fault},
    layouts::{Event, Layout},
};

/// What holds the user's text. Those from [`FAILING`] on are failures of their own, of another kind.
pub(crate) const CARRIERS: [&str; 32] = [
    "slow JQL",
    "mail handler created an issue",
    "mail handler added a comment",
    "notification sent",
    "webhook payload",
    "audit of a field",
    "automation rule log",
    "search for the code",
    "comment event",
    "portal request",
    "chat message",
    "script of a customer",
    "REST body at DEBUG",
    "log lines in a description",
    "indexed",
    "mail body at DEBUG",
    "filter saved",
    "knowledge base search",
    // Failures of their own.
    "mail handler refused a mail",
    "JQL does not parse",
    "immense term while indexing",
    "webhook failed",
    "recipient refused",
    "automation could not create",
    "attachment without thumbnail",
    "subscription of a filter failed",
    "REST body refused",
    "template of a notification",
    "duplicate subject",
    "script failed",
    "mail loop",
    "workflow condition",
];

/// Where in [`CARRIERS`] failures of another kind begin.
pub(crate) const FAILING: usize = 18;

/// How the user quotes the failure.
pub(crate) const QUOTES: [&str; 6] =
    ["the code", "the sentence", "with ids", "the JSON answer", "an apostrophe before", "an error line"];

pub(crate) fn quote(form: &str, fault: &Fault, dice: &mut Dice) -> String {
    match form {
        "the code" => format!("mail stopped with AADSTS{}", fault.code),
        "the sentence" => format!("Fw: {}", fault.sentence()),
        "with ids" => fault.description(" "),
        "the JSON answer" => format!("we get {} since Monday", fault.json(" ")),
        "an apostrophe before" => {
            format!("Users' mail doesn't arrive, Anna's screen says AADSTS{}: {}", fault.code, fault.words)
        }
        "an error line" => {
            format!("ERROR token refresh failed: AADSTS{}: {} (node {})", fault.code, fault.words, 1 + dice.below(3))
        }
        other => panic!("no form `{other}`"),
    }
}

struct Parts {
    logger: &'static str,
    web: Option<&'static str>,
    message: String,
    chain: Vec<(&'static str, String)>,
}

fn at(logger: &'static str, message: String) -> Parts {
    Parts { logger, web: None, message, chain: Vec::new() }
}

fn web(logger: &'static str, url: &'static str, message: String) -> Parts {
    Parts { logger, web: Some(url), message, chain: Vec::new() }
}

fn thrown(parts: Parts, class: &'static str, message: String) -> Parts {
    Parts { chain: vec![(class, message)], ..parts }
}

fn carried(carrier: &str, text: &str, code: u32, dice: &mut Dice) -> Parts {
    let key = format!("DESK-{}", 1 + dice.below(900));
    let json = |text: &str| serde_json::to_string(text).expect("a text");
    let payload = format!(
        "{{\"timestamp\":1772528400417,\"webhookEvent\":\"jira:issue_updated\",\"issue\":{{\"key\":\"{key}\",\"fields\":{{\"summary\":\"Mail\",\"description\":{}}}}}}}",
        json(text)
    );
    match carrier {
        "slow JQL" => web(
            "com.atlassian.jira.issue.search.providers.LuceneSearchProvider_SLOW",
            "/rest/api/2/search",
            format!("JQL query '{{text ~ \"{text}\"}}' produced lucene query '+(summary:aadsts{code} description:aadsts{code})' and took '{}' ms to run.", 400 + dice.below(4000)),
        ),
        "mail handler created an issue" => at(
            "com.atlassian.jira.plugins.mail.handlers.CreateOrCommentHandler",
            format!("Desk[10100]: Issue {key} created from mail \"{text}\""),
        ),
        "mail handler added a comment" => at(
            "com.atlassian.jira.plugins.mail.handlers.CreateOrCommentHandler",
            format!("Desk[10100]: comment added to {key} from mail with subject: {text}"),
        ),
        "notification sent" => at(
            "com.atlassian.mail.queue.MailQueueImpl",
            format!("Sent mail To='user-3@example.com' Subject='[JIRA] ({key}) {text}' From='jira@example.com'"),
        ),
        "webhook payload" => at(
            "com.atlassian.webhooks.internal.publish.AsyncWebhookDispatcher",
            format!("Webhook 12 to https://chat.example.com/hook, body: {payload}"),
        ),
        "audit of a field" => web(
            "com.atlassian.audit.core.impl.service.AuditServiceImpl",
            "/secure/EditIssue.jspa",
            format!("{{\"action\":\"issue.updated\",\"object\":\"{key}\",\"changes\":[{{\"key\":\"description\",\"from\":\"\",\"to\":{}}}]}}", json(text)),
        ),
        "automation rule log" => at(
            "com.codebarrel.automation.rulecomponent.action.log.LogActionExecutor",
            format!("Rule 14 'Label known errors' ({key}): description is {text}"),
        ),
        "search for the code" => web(
            "com.atlassian.jira.quicksearch.QuickSearchAction",
            "/secure/QuickSearch.jspa",
            format!("search for 'AADSTS{code}' gave 3 issues; query was: {text}"),
        ),
        "comment event" => web(
            "com.atlassian.jira.event.issue.DefaultIssueEventManager",
            "/rest/api/2/issue/comment",
            format!("Issue {key} commented: '{text}'"),
        ),
        "portal request" => web(
            "com.atlassian.servicedesk.internal.feature.customer.request.CustomerRequestService",
            "/rest/servicedesk/1/customer/portal/2/create/14",
            format!("Request {key} created through the portal, summary: \"{text}\""),
        ),
        "chat message" => at(
            "com.atlassian.jira.plugins.slack.service.notification.NotificationSender",
            format!("posting {{\"channel\":\"#desk\",\"text\":{}}}", json(&format!("{key} updated: {text}"))),
        ),
        "script of a customer" => at(
            "com.onresolve.scriptrunner.runner.ScriptRunnerImpl",
            format!("{key} description: {text}"),
        ),
        "REST body at DEBUG" => web(
            "com.atlassian.jira.rest.v2.issue.IssueResource",
            "/rest/api/2/issue",
            format!("create issue, request body: {{\"fields\":{{\"project\":{{\"key\":\"DESK\"}},\"summary\":{}}}}}", json(text)),
        ),
        "log lines in a description" => web(
            "com.atlassian.jira.rest.v2.issue.IssueResource",
            "/rest/api/2/issue",
            format!("description of {key} is now:\n    2026-03-02 09:00:00,123+0000 Caesium-1-1 ERROR ServiceRunner     [c.a.o.c.storage.DefaultTokenHandler] {text}\n    what can we do?"),
        ),
        "indexed" => at(
            "com.atlassian.jira.index.ha.DefaultNodeReindexService",
            format!("document of {key} indexed: summary={text}"),
        ),
        "mail body at DEBUG" => at(
            "com.atlassian.jira.plugins.mail.handlers.AbstractMessageHandler",
            format!("Desk[10100]: handling message <4711@example.com>, body: {text}"),
        ),
        "filter saved" => web(
            "com.atlassian.jira.issue.search.DefaultSearchRequestManager",
            "/secure/SaveAsFilter.jspa",
            format!("filter 'Mail errors' saved with jql: description ~ \"{text}\""),
        ),
        "knowledge base search" => web(
            "com.atlassian.servicedesk.plugins.kb.search.KnowledgeBaseSearch",
            "/rest/servicedesk/knowledgebase/latest/articles/search",
            format!("articles for query=\"{text}\": 0"),
        ),
        "mail handler refused a mail" => at(
            "com.atlassian.jira.plugins.mail.handlers.CreateOrCommentHandler",
            format!("Desk[10100]: no issue made from \"{text}\": sender unknown"),
        ),
        "JQL does not parse" => thrown(
            web(
                "com.atlassian.jira.web.component.query.JqlQueryErrorHandler",
                "/rest/api/2/search",
                format!("Error in the JQL query 'text ~ {text}'"),
            ),
            "com.atlassian.jira.jql.parser.JqlParseException",
            format!("Error in the JQL Query: The character ':' is a reserved JQL character. (line 1, character {})", 8 + dice.below(40)),
        ),
        "immense term while indexing" => thrown(
            at("com.atlassian.jira.index.WriterWrapper", format!("Could not index {key}, description was: {text}")),
            "java.lang.IllegalArgumentException",
            "Document contains at least one immense term in field=\"description\" (whose UTF8 encoding is longer than the max length 32766)".to_owned(),
        ),
        "webhook failed" => thrown(
            at(
                "com.atlassian.webhooks.internal.publish.AsyncWebhookDispatcher",
                format!("Webhook 12 to https://chat.example.com/hook failed with status 500, request body: {payload}"),
            ),
            "java.io.IOException",
            "unexpected status 500".to_owned(),
        ),
        "recipient refused" => thrown(
            at(
                "com.atlassian.mail.queue.MailQueueImpl",
                format!("Error occurred in sending e-mail: To='nobody@example.com' Subject='[JIRA] ({key}) {text}'"),
            ),
            "javax.mail.SendFailedException",
            "Invalid Addresses;\n  nested exception is:\n\tcom.sun.mail.smtp.SMTPAddressFailedException: 550 5.1.1 <nobody@example.com>: Recipient address rejected: User unknown in local recipient table".to_owned(),
        ),
        "automation could not create" => at(
            "com.codebarrel.automation.rulecomponent.action.create.CreateIssueExecutor",
            format!("Rule 9 'From chat': could not create issue with summary \"{text}\": The summary is invalid because it contains newline characters."),
        ),
        "attachment without thumbnail" => thrown(
            web(
                "com.atlassian.jira.issue.thumbnail.DefaultThumbnailManager",
                "/secure/thumbnail/10450/_thumb_10450.png",
                format!("No thumbnail for attachment 'AADSTS{code}.png' of {key} ({text})"),
            ),
            "java.io.IOException",
            "Unsupported Image Type".to_owned(),
        ),
        "subscription of a filter failed" => at(
            "com.atlassian.jira.issue.subscription.DefaultSubscriptionManager",
            format!("Subscription 10210 of filter 'AADSTS{code} open' was not sent: the query '{text}' is not valid"),
        ),
        "REST body refused" => thrown(
            web(
                "com.atlassian.jira.rest.exception.ExceptionInterceptor",
                "/rest/api/2/issue",
                format!("Returning internal server error in response, request body: {{\"fields\":{{\"description\":{}}}}}", json(text)),
            ),
            "java.lang.NullPointerException",
            "Cannot invoke \"com.atlassian.jira.project.Project.getId()\" because \"project\" is null".to_owned(),
        ),
        "template of a notification" => thrown(
            at(
                "com.atlassian.jira.template.velocity.DefaultVelocityTemplatingEngine",
                format!("Template issuecommented.vm failed for {key}, comment: {text}"),
            ),
            "org.apache.velocity.exception.MethodInvocationException",
            "Invocation of method 'getBody' in class com.atlassian.jira.issue.comments.CommentImpl threw exception".to_owned(),
        ),
        "duplicate subject" => at(
            "com.atlassian.jira.plugins.mail.handlers.CreateOrCommentHandler",
            format!("Desk[10100]: Subject='{text}' is too long, cut to 255 characters"),
        ),
        "script failed" => thrown(
            at("com.onresolve.scriptrunner.runner.ScriptRunnerImpl", format!("Listener failed for {key}, description: {text}")),
            "groovy.lang.MissingPropertyException",
            "No such property: customfield_10101 for class: Script14".to_owned(),
        ),
        "mail loop" => at(
            "com.atlassian.jira.plugins.mail.handlers.AbstractMessageHandler",
            format!("Desk[10100]: Dropping mail from robot@example.com with subject \"{text}\", it is auto-submitted"),
        ),
        "workflow condition" => web(
            "com.atlassian.jira.workflow.condition.UserFieldCondition",
            "/secure/CommentAssignIssue.jspa",
            format!("Condition of transition 21 on {key} could not be evaluated, comment was '{text}'"),
        ),
        other => panic!("no carrier `{other}`"),
    }
}

/// A record that quotes a failure; never in the mail log unless mail is what its logger does.
pub(crate) fn event(carrier: &'static str, form: &'static str, dice: &mut Dice) -> Event {
    let fault = Fault::new(dice);
    let text = quote(form, &fault, dice);
    let Parts { logger, web, message, chain } = carried(carrier, &text, fault.code, dice);
    let failing = CARRIERS.iter().position(|name| *name == carrier).expect("a carrier") >= FAILING;
    Event {
        level: dice.word(if failing { &["ERROR", "WARN"] } else { &["INFO", "DEBUG"] }),
        thread: match web {
            Some(_) => format!("http-nio-8080-exec-{}", 1 + dice.below(25)),
            None => format!("Caesium-1-{}", 1 + dice.below(4)),
        },
        user: if web.is_some() { "agent-4" } else { "ServiceRunner" },
        url: web.map(str::to_owned),
        logger,
        message,
        chain,
    }
}

/// A layout in which such a record is written.
pub(crate) fn layout(event: &Event, layout: Layout) -> Layout {
    let mail = event.logger.contains("mail");
    if layout == Layout::Mail && !mail { Layout::Jira } else { layout }
}

/// Lines of the security log that hold what somebody typed.
pub(crate) fn security(dice: &mut Dice) -> Event {
    let code = Fault::new(dice).code;
    let (url, message) = match dice.below(3) {
        0 => (
            "/login.jsp".to_owned(),
            format!(
                "login : 'AADSTS{code}' tried to login but they do not have USE permission or weren't found. Deleting remember me cookie."
            ),
        ),
        1 => (
            format!("/issues/?jql=text%20~%20%22AADSTS{code}%22"),
            "HttpSession [null] destroyed for 'agent-4'".to_owned(),
        ),
        _ => (
            "/login.jsp".to_owned(),
            format!("login : The user 'AADSTS{code}: help' has FAILED authentication. Failure count equals 1"),
        ),
    };
    Event {
        level: "INFO",
        thread: format!("http-nio-8080-exec-{}", 1 + dice.below(25)),
        user: "anonymous",
        url: Some(url),
        logger: "com.atlassian.jira.login.security",
        message,
        chain: Vec::new(),
    }
}
