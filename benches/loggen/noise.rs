//! Records that are no failures of ours: the ordinary life of a Jira, other systems' trouble, and
//! people who quote codes.

use std::io::Write as _;

use super::{Clock, Dice};

const USERS: [&str; 6] = ["ajones", "bmiller", "cwong", "dsmith", "efischer", "gmartin"];

/// Loggers and their messages; `#` stands for a number.
const MESSAGES: [(&str, &str, &str); 16] = [
    (
        "INFO",
        "c.a.j.issue.index.DefaultIndexManager",
        "Re-index of issue PROJ-# took # ms, # documents were written to the index of node #",
    ),
    ("INFO", "c.a.j.web.session.SessionTracker", "New session created for client #"),
    (
        "WARN",
        "c.a.j.issue.search.SlowQueryLogger",
        "JQL query 'project = PROJ AND updated > -#d ORDER BY key' took # ms and returned # results",
    ),
    (
        "DEBUG",
        "c.a.crowd.directory.DbCachingRemoteDirectory",
        "synchronisation of directory # completed in # ms, # users checked",
    ),
    (
        "INFO",
        "c.a.j.issue.managers.DefaultIssueManager",
        "Issue created with key SUPPORT-# in project Support, priority Medium",
    ),
    (
        "WARN",
        "c.a.webhooks.internal.publish.WebhookInvocation",
        "Delivery of web hook # to https://hooks.example.com/jira answered with status code 503",
    ),
    ("INFO", "c.a.o.c.rest.resource.ClientConfigurationResource", "Configuration listed, # entries"),
    (
        "ERROR",
        "c.a.analytics.client.upload.RemoteFilter",
        "Upload failed: the server did not answer within # milliseconds",
    ),
    ("INFO", "c.a.jira.service.ServiceRunner", "Service Mail Queue Service ran in # ms"),
    ("WARN", "c.a.t.j.healthcheck.LicenseHealthCheck", "Maintenance of the licence ends in # days"),
    ("INFO", "c.a.jira.upgrade.UpgradeScheduler", "Nothing to upgrade, schema is at #"),
    ("DEBUG", "c.a.j.plugin.viewissue.IssueViewPanel", "Rendering # panels, comments and history for the current user"),
    (
        "WARN",
        "c.a.gadgets.renderer.internal.GadgetSpecFactory",
        "Gadget specification # is not valid, the request is refused",
    ),
    ("INFO", "c.a.j.p.h.c.manager.ChatNotificationManager", "Notification sent to room general in # ms"),
    ("ERROR", "c.a.j.web.action.user.ViewProfile", "Could not load the avatar #, the default one is shown"),
    ("INFO", "c.a.activeobjects.osgi.TenantAwareActiveObjects", "Table AO_#_ENTRY is up to date"),
];

/// Trouble of other systems, in words that failures of ours have too.
const TROUBLE: [(&str, &str); 6] = [
    (
        "c.a.webhooks.internal.publish.WebhookInvocation",
        "javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target",
    ),
    (
        "c.a.crowd.directory.DbCachingRemoteDirectory",
        "com.atlassian.crowd.exception.OperationFailedException: javax.naming.NamingException: LDAP response read timed out, timeout used: 120000 ms.",
    ),
    (
        "c.a.j.entity.DatabaseConnection",
        "org.postgresql.util.PSQLException: An I/O error occurred while sending to the backend. java.net.SocketException: Connection reset",
    ),
    ("c.a.upm.pac.PacClient", "java.net.UnknownHostException: marketplace.example.com"),
    ("c.a.j.plugin.ext.bamboo.Service", "java.net.SocketTimeoutException: connect timed out"),
    (
        "c.a.plugin.manager.DefaultPluginManager",
        "java.lang.NullPointerException: Cannot invoke \"java.util.List.size()\" because \"values\" is null",
    ),
];

const FRAMES: [&str; 6] = [
    "com.atlassian.jira.web.dispatcher.JiraWebworkActionDispatcher.service(JiraWebworkActionDispatcher.java:#)",
    "javax.servlet.http.HttpServlet.service(HttpServlet.java:#)",
    "org.apache.catalina.core.ApplicationFilterChain.internalDoFilter(ApplicationFilterChain.java:#)",
    "org.springframework.web.filter.OncePerRequestFilter.doFilter(OncePerRequestFilter.java:#)",
    "java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:#)",
    "java.base/java.lang.Thread.run(Thread.java:#)",
];

/// Texts in which people quote a code: level, logger, message.
const QUOTES: [(&str, &str, &str); 5] = [
    ("INFO", "c.a.jira.issue.search.SearchService", "JQL query: text ~ \"AADSTS#\" ORDER BY created"),
    ("WARN", "c.a.j.issue.search.SlowQueryLogger", "JQL 'comment ~ \"AADSTS#: The redirect URI\"' took 4211 ms"),
    (
        "INFO",
        "c.a.j.issue.comments.CommentService",
        "comment added: \"we get AADSTS#: The provided client secret keys are expired, what now?\"",
    ),
    (
        "DEBUG",
        "c.a.webhooks.internal.Sender",
        "body {\"comment\":\"AADSTS#: something was refused. Trace ID: 11111111-2222-4333-8444-555555555555\"}",
    ),
    ("INFO", "c.a.j.web.filter.FilterStore", "saved filter 'all AADSTS#' opened"),
];

/// Fills the `#` of a template with numbers below 1000.
fn fill(template: &str, dice: &mut Dice, out: &mut Vec<u8>) {
    for (i, part) in template.split('#').enumerate() {
        if i > 0 {
            let _ = write!(out, "{}", dice.below(1000));
        }
        out.extend_from_slice(part.as_bytes());
    }
}

/// The header of a request's thread, up to the message.
fn request(dice: &mut Dice, clock: &mut Clock, level: &str, logger: &str, out: &mut Vec<u8>) {
    clock.stamp(dice, out);
    let (user, issue, thread) = (dice.pick(&USERS), dice.below(9000), dice.below(60));
    let renamed = dice.below(2) == 0;
    let _ = write!(out, "+0000 http-nio-8080-exec-{thread}");
    if renamed {
        let _ = write!(out, " url: /browse/PROJ-{issue}; user: {user}");
    }
    let _ = write!(
        out,
        " {level} {user} {}x{}x{} 1k3d9aq 203.0.113.{} /browse/PROJ-{issue} [{logger}] ",
        dice.below(1440),
        dice.below(90_000),
        1 + dice.below(6),
        1 + dice.below(250)
    );
}

fn frames(dice: &mut Dice, out: &mut Vec<u8>) {
    for _ in 0..4 + dice.below(12) {
        out.extend_from_slice(b"\tat ");
        fill(dice.pick(&FRAMES), dice, out);
        out.push(b'\n');
    }
}

/// A record that has nothing to do with OAuth.
pub(super) fn ordinary(dice: &mut Dice, clock: &mut Clock, out: &mut Vec<u8>) {
    match dice.below(40) {
        0 => {
            let (logger, message) = dice.pick(&TROUBLE);
            clock.stamp(dice, out);
            let _ = write!(out, "+0000 Caesium-1-{} ERROR      [{logger}] it failed\n{message}\n", 1 + dice.below(4));
            frames(dice, out);
        }
        1..=12 => {
            let (level, logger, message) = dice.pick(&MESSAGES);
            clock.stamp(dice, out);
            let _ = write!(out, "+0000 Caesium-1-{} {level} ServiceRunner     [{logger}] ", 1 + dice.below(4));
            fill(message, dice, out);
            out.push(b'\n');
        }
        _ => {
            let (level, logger, message) = dice.pick(&MESSAGES);
            request(dice, clock, level, logger, out);
            fill(message, dice, out);
            out.push(b'\n');
        }
    }
}

/// A record that only quotes a code.
pub(super) fn decoy(dice: &mut Dice, clock: &mut Clock, out: &mut Vec<u8>) {
    let (level, logger, message) = dice.pick(&QUOTES);
    request(dice, clock, level, logger, out);
    let code = dice.pick(&[7_000_215u32, 50_011, 7_000_222, 65_001, 700_016]).to_string();
    out.extend_from_slice(message.replace('#', &code).as_bytes());
    out.push(b'\n');
}
