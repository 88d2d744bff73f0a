//! Records that are not OAuth failures: ordinary operation, errors of other systems, and codes that are only quoted.

use super::{
    jira::{Jira, Sender},
    rng::push_decimal,
    template::Template,
};

/// Weight, thread, level, logger, message. Slots as in templates; ` @kind` at the end adds a stack trace of that kind.
///
/// Threads: `R` any request, `R=path` a request with this path, `A=path` a request before login, `S` a background job of
/// a service, `C` a background job without a user, `Q` the mail queue (the field of the URL contains a name with spaces);
/// anything else is the name of a thread, with `~` for a space.
const ORDINARY: &str = r"
60 R INFO c.a.j.issue.index.DefaultIndexManager Re-index of issue #k took #n ms, #d documents were written to the index of node #d
50 R INFO c.a.j.issue.managers.DefaultIssueManager Issue created with key #k in project #p, priority Medium, status Open
45 R INFO c.a.j.workflow.SimpleWorkflowManager Transition 'In Progress' of issue #k done by #u in #n ms, #d listeners were told
45 R DEBUG c.a.j.plugin.viewissue.IssueViewPanel Rendering #d panels, comments, attachments and history of issue #k for user #u
40 R WARN c.a.j.issue.search.SlowQueryLogger JQL query 'project = #p AND status changed AFTER -#dd ORDER BY updated DESC' took #N ms and returned #n results
30 R WARN c.a.j.web.filters.SlowRequestFilter Request took #N ms, #n ms of it in #n database queries, #n ms in rendering
30 R INFO c.a.j.issue.attachment.FileSystemAttachmentStore Attachment screenshot-#n.png of issue #k was stored, #N bytes
25 R INFO c.a.j.issue.comments.CommentService Comment #N added to issue #k by #u, #d watchers get a notification
25 R INFO c.a.greenhopper.service.rapid.view.BoardService Board #n opened by #u: #n issues, #d columns, #d swimlanes, #n ms
20 R INFO c.a.j.bc.filter.DefaultSearchRequestService Filter 'Open in #p' was run by #u: #n issues, sorted by Rank
20 R WARN c.a.j.web.component.ColumnLayout User #u has column customfield_#N in the issue navigator, which does not exist any more
15 R ERROR c.a.j.web.action.user.ViewProfile Could not load the avatar #N of user #u, the default one is shown: java.io.FileNotFoundException: /var/atlassian/application-data/jira/data/avatars/#N.png (No such file or directory)
10 R=/rest/gadget/1.0/statTypes WARN c.a.gadgets.renderer.internal.GadgetSpecFactory Invalid gadget specification #n, the request is refused
12 R=/rest/oauth2-client/latest/config INFO c.a.o.c.rest.resource.ClientConfigurationResource Configuration listed, #d entries
6 R=/rest/oauth2-client/latest/config/flow/#g INFO c.a.o.c.rest.resource.ClientConfigurationResource The connection of integration #d is fine
4 R=/rest/oauth2-client/latest/config/flow DEBUG c.a.o.c.lib.flow.DefaultFlowRequestService Starting new OAuth 2.0 authorization code flow with a flow id [#g]
4 R=/plugins/servlet/oauth2/client/callback/#x DEBUG c.a.o.c.lib.token.DefaultTokenService Exchanging an authorization code for tokens for a client with an ID [#A]
25 A=/login.jsp INFO c.a.j.web.session.SessionTracker New session created for client, #n sessions are alive on this node
12 A=/login.jsp WARN c.a.jira.login.security.LoginListener The user '#u' has FAILED authentication. Failure count equals #d
8 A=/rest/auth/1/session INFO c.a.j.plugin.rest.auth.SessionResource Session of user #u closed, it lived #N s
60 S INFO c.a.jira.service.ServiceRunner Service 'Contoso handler #d' ran in #n ms; next run in 60 s
40 S INFO c.a.j.p.h.c.manager.ChatNotificationManager Notification about #k sent to room general in #n ms
30 S INFO c.a.j.issue.index.IndexSnapshotService Snapshot of the index written: IndexSnapshot_#N.tar.sz, #N files, #n MB, #n s
25 Q DEBUG c.a.j.s.services.mail.MailQueueService Attempting to run mail queue service, #n items in the queue
20 Q INFO c.a.j.s.services.mail.MailQueueService Sent #d of #d items, #d wait for the next run
50 C INFO c.a.jira.upgrade.UpgradeScheduler Nothing to upgrade, the schema is at build #N
50 C DEBUG c.a.crowd.directory.DbCachingRemoteDirectory synchronisation of directory 10000 complete in [ #N ms ], #N users and #n groups were looked at, #d users changed
40 C INFO c.a.c.d.ldap.cache.UsnChangedCacheRefresher scanned and compared #n users for update in DB cache in [ #n ms ]
30 C INFO c.a.j.cluster.cache.pauser.ReplicationPauserManager Replication queue of node jira-#d holds #d messages, oldest #n ms
20 C WARN c.a.j.cluster.DefaultClusterManager Heartbeat of node jira-#d is #N ms old, clocks of the nodes differ by #n ms
15 C INFO c.a.j.index.stats Nodes: #d. Oldest change not in the index: #n s. Rows in replicatedindexoperation: #N
16 C INFO c.a.jira.util.stats.JiraStats [JIRA-STATS] [INDEXING-#d] total stats: duration: PT#dH#dM, statsOverhead: n/a, data: {'snapshotCreationTimeMillis':#N,'addIssue':{'count':#n,'min':0,'max':#n,'sum':#N,'avg':#d,'distributionCounter':{'0':#n,'1':#n,'10':#n,'50':#d,'100':#d,'500':0,'1000':0,'5000':0,'10000':0,'30000':0}},'addComment':{'count':#n,'min':0,'max':#n,'sum':#N,'avg':#d,'distributionCounter':{'0':#n,'1':#n,'10':#n,'50':#d,'100':#d,'500':0,'1000':0,'5000':0,'10000':0,'30000':0}},'addWorklog':{'count':#d,'min':0,'max':#n,'sum':#n,'avg':#d,'distributionCounter':{'0':#d,'1':#d,'10':#d,'50':0,'100':0,'500':0,'1000':0}}}
30 IssueIndexer:thread-#d DEBUG c.a.j.index.DefaultIndexEngine Flush of segment _#x done in #n ms, #N documents, #d deleted
25 PsmqAsyncExecutors-job:thread-#d INFO c.a.j.internal.queue.IssueEventQueue #n events were handled in #n ms, the queue is empty
20 PsmqAsyncExecutors-job:thread-#d WARN c.a.webhooks.internal.publish.WebhookInvocation Delivery of web hook #n to https://hooks.example.com/jira answered with status code 503, next try in #d min
15 webhook-dispatcher-#d DEBUG c.a.webhooks.internal.client.RequestExecutor POST https://hooks.example.com/jira/#d: 200 in #n ms, body {\qevent\q:\qissue_updated\q,\qissue\q:\q#k\q,\quser\q:\q#u\q,\qchangelog\q:[{\qfield\q:\qstatus\q,\qfrom\q:\qOpen\q,\qto\q:\qDone\q}]}
15 HealthCheck:thread-#d WARN c.a.t.j.healthcheck.LicenseHealthCheck Maintenance of the licence ends in #n days
15 HealthCheck:thread-#d INFO c.a.t.healthcheck.concurrent.SupportHealthCheckProcess Health check 'Free space' passed: #n GB of 900 GB are free
12 analyticsEventProcessor:thread-1 ERROR c.a.analytics.client.upload.RemoteFilter Upload failed: the server did not answer within #N milliseconds
12 Sending~mailitem~To='#u@example.com'~Subject='(#k)~Build~is~red' INFO c.a.mail.queue.MailQueueImpl Message of issue #k handed to relay.example.com in #n ms
12 UpmAsynchronousTaskManager:thread-#d INFO c.a.plugin.manager.DefaultPluginManager Plugin 'com.example.fields' #d.#d.#d is enabled, #n modules in #n ms
8 UpmAsynchronousTaskManager:thread-#d INFO c.atlassian.plugin.loaders.ScanningPluginLoader Removed plugin 'com.example.reports', disabling #d modules:\n    com.example.reports:burn-down-#d\n    com.example.reports:pie-#d\n    com.example.reports:resources
8 JiraTaskExecutionThread-#d INFO c.a.j.w.a.admin.index.IndexAdminImpl Re-indexing is #d#d% complete. Current index: Issue, #N of 99000 done
6 QuickReload~-~Plugin~Installer WARN c.a.plugin.osgi.factory.OsgiPluginFactory Plugin 'com.example.fields' asks for package org.example.util, which is not exported; the plugin works without it
10 Caesium-1-#d WARN c.a.jira.ofbiz.SlowSqlLogger Query took #N ms and returned #n rows:\n    SELECT ji.id, ji.issuenum, ji.pkey, ji.summary\n      FROM jiraissue ji\n      JOIN customfieldvalue cfv ON cfv.issue = ji.id\n     WHERE cfv.customfield = #N AND ji.project = #N\n     ORDER BY ji.updated DESC
4 R ERROR c.a.j.web.dispatcher.JiraWebworkActionDispatcher Exception thrown from action 'EditIssue!default', returning 404 @code
4 R ERROR c.a.p.rest.module.ExtendedWadlGenerator Uncaught exception thrown by REST service: Cannot invoke \qjava.util.List.size()\q because \qvalues\q is null @code
4 R ERROR c.a.j.template.velocity.DefaultVelocityTemplatingEngine Exception while rendering template templates/plugins/fields/view/view-#d.vm for issue #k @code
4 R ERROR o.o.c.entity.jdbc.SQLProcessor Could not write the issue #k @database
4 C ERROR c.a.j.entity.WithFunctions Unable to read the table AO_#x_ENTRY @database
4 C ERROR c.a.crowd.directory.DbCachingDirectoryPoller Error occurred while refreshing the cache for directory [ 10000 ]. @ldap
4 PsmqAsyncExecutors-job:thread-#d ERROR c.a.webhooks.internal.publish.WebhookInvocation Delivery of web hook #n to https://hooks.example.com/jira failed @webhook
3 HttpClientCallbackExecutor:thread-#d ERROR c.atlassian.upm.pac.PacClientImpl Could not reach marketplace.example.com, the list of updates is old @store
";

/// Records that quote a code (`%`). Columns as above.
const QUOTES: &str = r"
3 R=/issues/ INFO c.a.jira.issue.search.SearchService JQL query: text ~ \q%\q ORDER BY created
2 R=/rest/api/2/search INFO c.a.jira.issue.search.SearchService User #u searches for: project = #p AND comment ~ \q%: The redirect URI\q AND updated > -#dd, #n results
3 R=/rest/api/2/issue/#k/comment INFO c.a.j.issue.comments.CommentService comment added: \qwe get %: The provided client secret keys are expired, what now?\q
2 R=/rest/api/2/issue/#k/comment INFO c.a.j.issue.comments.CommentService Comment of #u on #k: \qthe mail handler says Refresh Token Failed. Reported Reason: % Trace ID: #g Correlation ID: #g\q
3 webhook-dispatcher-#d DEBUG c.a.webhooks.internal.Sender body {\qevent\q:\qcomment_created\q,\qissue\q:\q#k\q,\qcomment\q:{\qauthor\q:\q#u\q,\qbody\q:\q%: something was refused. Trace ID: #g\q}}
3 R=/issues/ WARN c.a.j.issue.search.SlowQueryLogger JQL 'comment ~ \q%: The redirect URI\q' took #N ms
1 R=/secure/IssueNavigator.jspa INFO c.a.j.web.filter.FilterStore saved filter 'all %' opened by #u, #n issues
";

/// The codes that are quoted.
const QUOTED: [&str; 5] = ["AADSTS7000215", "AADSTS50011", "AADSTS7000222", "AADSTS65001", "AADSTS700016"];

const PATHS: &str = r"
/browse/#k
/browse/#k
/rest/api/2/issue/#k
/rest/api/2/issue/#k/transitions
/rest/api/2/search
/secure/QuickCreateIssue.jspa
/secure/AjaxIssueAction!default.jspa
/secure/Dashboard.jspa
/issues/
/rest/greenhopper/1.0/xboard/work/allData.json
/rest/issueNav/1/issueTable
/secure/RapidBoard.jspa
";

/// Kind of a stack trace, how many variants are rendered, the exception, and its cause.
const TRACES: &str = r"
code|6|java.lang.NullPointerException: Cannot invoke \qjava.util.List.size()\q because \qvalues\q is null|
code|6|java.lang.IllegalStateException: The custom field #N has no searcher|java.lang.ClassNotFoundException: com.example.fields.Searcher
code|6|com.atlassian.cache.CacheException: java.lang.RuntimeException: Could not load entry #N|java.lang.RuntimeException: Could not load entry #N
database|8|com.atlassian.jira.exception.DataAccessException: org.ofbiz.core.entity.GenericDataSourceException: SQL Exception while executing the following|org.postgresql.util.PSQLException: An I/O error occurred while sending to the backend. java.net.SocketException: Connection reset
database|8|org.ofbiz.core.entity.GenericDataSourceException: Unable to obtain a connection (Cannot get a connection, pool error Timeout waiting for idle object)|java.util.NoSuchElementException: Timeout waiting for idle object
ldap|8|com.atlassian.crowd.exception.OperationFailedException: javax.naming.NamingException: LDAP response read timed out, timeout used: 120000 ms.|javax.naming.NamingException: LDAP response read timed out, timeout used: 120000 ms.
webhook|6|javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target|sun.security.validator.ValidatorException: PKIX path building failed
webhook|6|java.net.SocketTimeoutException: connect timed out|
webhook|6|org.apache.http.conn.HttpHostConnectException: Connect to hooks.example.com:443 [hooks.example.com/203.0.113.80] failed: Connection refused (Connection refused)|java.net.ConnectException: Connection refused (Connection refused)
store|4|java.net.UnknownHostException: marketplace.example.com|
";

const FRAMES: &str = r"
com.atlassian.jira.web.dispatcher.JiraWebworkActionDispatcher.service(JiraWebworkActionDispatcher.java:#n)
com.atlassian.jira.ofbiz.DefaultOfBizDelegator.findByAnd(DefaultOfBizDelegator.java:#n)
com.atlassian.jira.issue.managers.DefaultIssueManager.getIssueObject(DefaultIssueManager.java:#n)
com.atlassian.jira.security.xsrf.XsrfTokenAdditionRequestFilter.doFilter(XsrfTokenAdditionRequestFilter.java:#n)
com.atlassian.plugin.servlet.filter.IteratingFilterChain.doFilter(IteratingFilterChain.java:#n)
com.atlassian.plugin.servlet.filter.DelegatingPluginFilter.doFilter(DelegatingPluginFilter.java:#n)
com.atlassian.cache.ehcache.wrapper.ValueProcessorAtlassianCacheLoaderDecorator.load(ValueProcessorAtlassianCacheLoaderDecorator.java:#n)
com.google.common.cache.LocalCache$Segment.loadSync(LocalCache.java:#n)
com.opensymphony.sitemesh.webapp.SiteMeshFilter.obtainContent(SiteMeshFilter.java:#n)
org.ofbiz.core.entity.GenericDelegator.findByAnd(GenericDelegator.java:#n)
org.apache.catalina.core.ApplicationFilterChain.internalDoFilter(ApplicationFilterChain.java:#n)
org.apache.catalina.core.ApplicationFilterChain.doFilter(ApplicationFilterChain.java:#n)
org.apache.coyote.http11.Http11Processor.service(Http11Processor.java:#n)
org.springframework.web.filter.OncePerRequestFilter.doFilter(OncePerRequestFilter.java:#n)
javax.servlet.http.HttpServlet.service(HttpServlet.java:#n)
java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:#n)
java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:#n)
";

/// The thread of a record.
#[derive(Debug, Clone)]
enum Thread {
    Request(Sender, Option<Template>),
    /// A numbered thread, with the fields up to the logger.
    Caesium(&'static [u8]),
    Named(Template),
}

/// A kind of record.
#[derive(Debug, Clone)]
struct Kind {
    thread: Thread,
    level: &'static [u8],
    /// Logger and message.
    message: Template,
    /// The stack traces that may follow.
    traces: Vec<Vec<u8>>,
}

impl Kind {
    /// Parses a line of a table. The weight is returned first.
    fn parse(line: &'static str, code: &str, traces: &[(&str, Vec<u8>)]) -> Option<(usize, Self)> {
        let mut parts = line.splitn(5, ' ');
        let weight = parts.next()?.parse().ok()?;
        let thread = match parts.next()? {
            "R" => Thread::Request(Sender::User, None),
            "S" => Thread::Caesium(b" ServiceRunner     "),
            "C" => Thread::Caesium(b"      "),
            "Q" => Thread::Caesium(b" anonymous    Mail Queue Service "),
            name => match name.split_once("=/") {
                Some(("R", path)) => Thread::Request(Sender::User, Some(Template::new(&format!("/{path}")))),
                Some(("A", path)) => Thread::Request(Sender::Anonymous, Some(Template::new(&format!("/{path}")))),
                _ => Thread::Named(Template::new(&format!(" {} ", name.replace('~', " ")))),
            },
        };
        let (level, logger, text) = (parts.next()?.as_bytes(), parts.next()?, parts.next()?);
        let (text, kind) = text.split_once(" @").unwrap_or((text, ""));
        let text = text.replace("\\q", "\"").replace('%', code);
        let traces = traces.iter().filter(|(name, _)| *name == kind).map(|(_, trace)| trace.clone()).collect();
        Some((weight, Self { thread, level, message: Template::new(&format!("[{logger}] {text}\n")), traces }))
    }
}

/// Writes records that are not failures.
#[derive(Debug, Clone)]
pub(super) struct Noise {
    kinds: Vec<Kind>,
    /// Indices into `kinds`, each repeated according to its weight.
    ordinary: Vec<usize>,
    quotes: Vec<usize>,
    paths: Vec<Template>,
}

impl Noise {
    pub(super) fn new(jira: &mut Jira) -> Self {
        let traces = traces(jira);
        let mut noise = Self {
            kinds: Vec::new(),
            ordinary: Vec::new(),
            quotes: Vec::new(),
            paths: PATHS.trim().lines().map(Template::new).collect(),
        };
        for (weight, kind) in ORDINARY.lines().filter_map(|line| Kind::parse(line, "%", &traces)) {
            noise.ordinary.extend(std::iter::repeat_n(noise.kinds.len(), weight));
            noise.kinds.push(kind);
        }
        for code in QUOTED {
            for (weight, kind) in QUOTES.lines().filter_map(|line| Kind::parse(line, code, &traces)) {
                noise.quotes.extend(std::iter::repeat_n(noise.kinds.len(), weight));
                noise.kinds.push(kind);
            }
        }
        noise
    }

    /// Appends a record that has nothing to do with OAuth failures.
    pub(super) fn ordinary(&self, jira: &mut Jira, out: &mut Vec<u8>) {
        self.write(*jira.rng.pick(&self.ordinary), jira, out);
    }

    /// Appends a record that only quotes a code.
    pub(super) fn decoy(&self, jira: &mut Jira, out: &mut Vec<u8>) {
        self.write(*jira.rng.pick(&self.quotes), jira, out);
    }

    fn write(&self, kind: usize, jira: &mut Jira, out: &mut Vec<u8>) {
        let kind = &self.kinds[kind];
        match &kind.thread {
            Thread::Request(sender, path) => {
                let path = path.as_ref().unwrap_or_else(|| jira.rng.pick(&self.paths));
                jira.request(*sender, kind.level, path, out);
            }
            Thread::Caesium(fields) => {
                jira.timestamp(out);
                out.extend_from_slice(b" Caesium-1-");
                push_decimal(1 + jira.rng.below(4) as u64, out);
                out.push(b' ');
                out.extend_from_slice(kind.level);
                out.extend_from_slice(fields);
            }
            Thread::Named(name) => {
                jira.timestamp(out);
                name.render(&mut jira.rng, out);
                out.extend_from_slice(kind.level);
                out.extend_from_slice(b"      ");
            }
        }
        kind.message.render(&mut jira.rng, out);
        if !kind.traces.is_empty() {
            let trace: &Vec<u8> = jira.rng.pick(&kind.traces);
            out.extend_from_slice(trace);
        }
    }
}

/// Rendered stack traces with their kind.
fn traces(jira: &mut Jira) -> Vec<(&'static str, Vec<u8>)> {
    let frames: Vec<Template> =
        FRAMES.trim().lines().map(|frame| Template::new(&format!("\\tat {frame}\\n"))).collect();
    let mut traces = Vec::new();
    for line in TRACES.trim().lines() {
        let [kind, times, exception, cause] = line.split('|').collect::<Vec<_>>()[..] else { continue };
        let start = Template::new(&format!("{}\\n", exception.replace("\\q", "\"")));
        let caused_by = Template::new(&format!("Caused by: {cause}\\n"));
        for _ in 0..times.parse().unwrap_or(0) {
            let mut trace = Vec::new();
            let rng = &mut jira.rng;
            start.render(rng, &mut trace);
            // Most are short, some as long as the stack of a request.
            let frame_count = if rng.below(4) == 0 { 40 + rng.below(40) } else { 8 + rng.below(18) };
            (0..frame_count).for_each(|_| rng.pick(&frames).render(rng, &mut trace));
            if !cause.is_empty() {
                caused_by.render(rng, &mut trace);
                (0..2 + rng.below(8)).for_each(|_| rng.pick(&frames).render(rng, &mut trace));
                trace.extend_from_slice(b"\t... ");
                push_decimal(frame_count as u64, &mut trace);
                trace.extend_from_slice(b" more\n");
            }
            traces.push((kind, trace));
        }
    }
    traces
}
