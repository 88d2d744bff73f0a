import com.atlassian.jira.internal.mail.processor.feature.puller.MailPullException;
import com.atlassian.mail.MailException;
import com.atlassian.oauth2.client.api.lib.token.TokenServiceException;
import com.atlassian.oauth2.client.api.storage.token.exception.RecoverableTokenException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.ThreadContext;

/**
 * Writes logs of real libraries that fail against real servers, and what each record means:
 * {@code java Main FOLDER SEED}. Everything stays on the loopback interface; names are led there by
 * {@code -Djdk.net.hosts.file}. The seed orders the scenarios and invents the ids.
 */
public final class Main {
    private static final String LOGIN = "login.microsoftonline.com";
    private static final String MAILBOX = "outlook.office365.com";
    private static final String SMTP = "smtp.office365.com";
    private static final String PULLER = "com.atlassian.jira.internal.mail.processor.services.MailPullerWorker";
    private static final String VERIFIER =
            "com.atlassian.jira.internal.mail.processor.feature.channel.connectionverifier.ChannelConnectionVerifier";
    private static final String FLOW = "com.atlassian.oauth2.client.rest.resource.ClientConfigurationResource";
    private static final String FETCHER = "com.atlassian.jira.service.services.mail.MailFetcherService";
    private static final String QUEUE = "com.atlassian.mail.queue.MailQueueImpl";

    private final Logs logs;
    private final Random random;
    private final Servers servers;
    private final List<Scenario> scenarios = new ArrayList<>();

    /** Something that fails, or a line that only looks so. */
    private interface Scenario {
        void play() throws Exception;
    }

    private interface Attempt {
        void make() throws Exception;
    }

    private Main(Path folder, long seed) throws Exception {
        logs = new Logs(folder.resolve("logs"));
        random = new Random(seed);
        servers = new Servers(folder.resolve("keys"));
    }

    public static void main(String[] args) throws Exception {
        Main main = new Main(Path.of(args[0]), Long.parseLong(args[1]));
        main.tokenAnswers();
        main.tls();
        main.proxies();
        main.network();
        main.mailServers();
        main.noise();
        Collections.shuffle(main.scenarios, main.random);
        for (Scenario scenario : main.scenarios) {
            Logs.Time.now += 60_000L * (1 + main.random.nextInt(70));
            scenario.play();
        }
        main.logs.finish();
        // Servers and clients' pools have threads of their own.
        System.exit(0);
    }

    private static Map<String, Object> row(String scenario, String verdict, String cause, Map<String, Object> facts, String... ids) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("scenario", scenario);
        row.put("verdict", verdict);
        row.put("cause", cause);
        row.put("ids", ids);
        row.put("facts", facts);
        return row;
    }

    /** How an attempt fails. A busy machine can make anything time out, so that is tried again unless it is wanted. */
    private static Throwable failure(Attempt attempt, String scenario) {
        for (int tries = 0; ; tries++) {
            try {
                attempt.make();
                throw new AssertionError(scenario + " did not fail");
            } catch (Exception failed) {
                if (tries == 3 || scenario.contains("timeout") || !timedOut(failed)) {
                    return failed;
                }
            }
        }
    }

    private static boolean timedOut(Throwable failed) {
        return failed != null && (String.valueOf(failed.getMessage()).contains("timed out") || timedOut(failed.getCause()));
    }

    private void background() {
        Thread.currentThread().setName("Caesium-1-" + (1 + random.nextInt(4)));
        ThreadContext.put("jira.username", "ServiceRunner");
        ThreadContext.put("jira.mailserver", "Contoso IMAP");
    }

    private void request(String user, String url) {
        Thread.currentThread().setName("http-nio-8080-exec-" + (1 + random.nextInt(20)));
        ThreadContext.put("jira.username", user);
        ThreadContext.put("jira.request.id", "615x" + random.nextInt(9000) + "x1");
        ThreadContext.put("jira.request.assession.id", "1k28so");
        ThreadContext.put("jira.request.ipaddr", "203.0.113." + (1 + random.nextInt(200)));
        ThreadContext.put("jira.request.url", url);
    }

    /** A token that cannot be had, as each place of Jira logs it. */
    private void token(String scenario, int place, Attempt attempt, String cause, Map<String, Object> facts, String... ids) {
        scenarios.add(() -> {
            Throwable failed = failure(attempt, scenario);
            boolean refused = failed instanceof Clients.Refused;
            TokenServiceException service =
                    refused ? new TokenServiceException(failed.getMessage(), null) : new TokenServiceException(failed);
            RecoverableTokenException token =
                    new RecoverableTokenException("An error has occurred while refreshing OAuth token", service);
            Map<String, Object> row = row(scenario, "must", cause, facts, ids);
            switch (place % 3) {
                case 0 -> {
                    background();
                    MailPullException pull = new MailPullException(token);
                    logs.write(PULLER, Level.ERROR, "Exception when MailPullerWorker pulls emails: " + pull, pull, row);
                }
                case 1 -> {
                    background();
                    logs.write(VERIFIER, Level.WARN, "Connection verification failed for mail channel 12", token, row);
                }
                default -> {
                    request("admin", "/rest/oauth2-client/latest/config/flow/" + new UUID(random.nextLong(), random.nextLong()));
                    String message = "Error occurred while authorizing an integration. The error message is: " + service.getMessage();
                    logs.write(FLOW, Level.ERROR, message, service, row);
                }
            }
        });
    }

    /** A mailbox that cannot be opened, or mail that cannot be sent. */
    private void mail(String scenario, int place, Attempt attempt, String cause, Map<String, Object> facts, String... ids) {
        scenarios.add(() -> {
            Throwable failed = failure(attempt, scenario);
            Map<String, Object> row = row(scenario, "must", cause, facts, ids);
            if (scenario.contains("smtp")) {
                String[] subjects = {"Weekly figures", "[JIRA] (DESK-7) Anna's and her colleagues' phones", "[JIRA] (DESK-8) Mail says AADSTS700082"};
                background();
                Thread.currentThread().setName("Sending mailitem To='user@contoso.example' Subject='" + subjects[place % 3] + "' From='null'");
                ThreadContext.put("jira.username", "anonymous");
                ThreadContext.put("jira.mailserver", "Contoso SMTP");
                logs.write(QUEUE, Level.ERROR, "Error occurred in sending e-mail: com.atlassian.jira.mail.queue.MailQueueItem@1f2e3d4c[id=20411]", new MailException(failed), row);
            } else if (place % 2 == 0) {
                background();
                MailPullException pull = new MailPullException(failed);
                logs.write(PULLER, Level.ERROR, "Exception when MailPullerWorker pulls emails: " + pull, pull, row);
            } else {
                background();
                logs.write(FETCHER, Level.ERROR, "Service Desk Handler[10200]: Messaging Exception in service 'com.atlassian.jira.service.services.mail.MailFetcherService$MessageProviderImpl' when getting mail: " + failed.getMessage(), failed, row);
            }
        });
    }

    private String url(int port) {
        return "https://" + LOGIN + ":" + port + "/contoso.example.com/oauth2/v2.0/token";
    }

    /** The provider's answer with ids of its own; `{…}` in the facts as well. */
    private String refusal(String error, int code, String words, Map<String, Object> facts) {
        String trace = new UUID(random.nextLong(), random.nextLong()).toString();
        String correlation = new UUID(random.nextLong(), random.nextLong()).toString();
        facts.put("code", code);
        facts.put("trace_id", trace);
        facts.put("correlation_id", correlation);
        facts.put("idp_timestamp", "2026-11-28T17:34:13Z");
        return "{\"error\":\"" + error + "\",\"error_description\":\"AADSTS" + code + ": " + words + "\\r\\nTrace ID: " + trace
                + "\\r\\nCorrelation ID: " + correlation + "\\r\\nTimestamp: 2026-11-28 17:34:13Z\",\"error_codes\":[" + code + "]}";
    }

    private void tokenAnswers() throws Exception {
        SSLContext tls = servers.trusting("ca");
        String html = "<!DOCTYPE html><html><head><title>Service Unavailable</title></head><body>busy</body></html>";
        for (int i = 0; i < Clients.HTTP.length; i++) {
            String client = Clients.HTTP[i];
            int place = i;
            Map<String, Object> secret = new LinkedHashMap<>(), inactive = new LinkedHashMap<>();
            String expired = refusal("invalid_client", 7000222, "The provided client secret keys for app '5c0f4b0e-2d1a-4d57-9d0b-6f1c6f0f7a11' are expired.", secret);
            String disuse = refusal("invalid_grant", 700082, "The refresh token has expired due to inactivity. The token was issued on 2025-08-01T09:12:45.1234567Z and was inactive for 90.00:00:00.", inactive);
            int[] ports = {
                servers.start("good", Servers.http("401 Unauthorized", "application/json; charset=utf-8", expired)),
                servers.start("good", Servers.http("400 Bad Request", "application/json; charset=utf-8", disuse)),
                servers.start("good", Servers.http("503 Service Unavailable", "text/html", html)),
                servers.start("good", Servers.http("200 OK", "application/json", "")),
                servers.start("good", Servers.http("200 OK", "text/plain", "upstream connect error")),
                servers.start("good", Servers::drop),
            };
            token("k-7000222-" + client, place, () -> Clients.token(client, url(ports[0]), tls, null), "client secret has expired", secret, "entra-client-secret-expired");
            token("k-700082-" + client, place + 1, () -> Clients.token(client, url(ports[1]), tls, null), "refresh token expired by disuse", inactive, "entra-refresh-expired-inactive");
            token("k-html503-" + client, place + 2, () -> Clients.token(client, url(ports[2]), tls, null), "503 with HTML", Map.of(), "net-html-answer", "provider-temporarily-unavailable", "entra-transient", "oauth-server-error");
            token("k-empty200-" + client, place, () -> Clients.token(client, url(ports[3]), tls, null), "empty answer", Map.of(), "net-html-answer");
            token("k-nonjson-" + client, place + 1, () -> Clients.token(client, url(ports[4]), tls, null), "answer is not JSON", Map.of(), "net-html-answer");
            token("k-drop-" + client, place + 2, () -> Clients.token(client, url(ports[5]), tls, null), "hung up without an answer", Map.of(), "net-refused", "net-tls-handshake", "imap-connection-closed");
        }
    }

    private void tls() throws Exception {
        SSLContext tls = servers.trusting("ca"), other = servers.trusting("other");
        Servers.Talk answer = Servers.http("200 OK", "application/json", "{}");
        Servers.Talk greeting = Servers.mail("* OK ready", Map.of("*", "{tag} OK done"));
        int unknown = servers.start("good", answer), expired = servers.start("expired", answer), elsewhere = servers.start("elsewhere", answer);
        int plain = servers.start(null, Servers::plain);
        int version = servers.start(null, Servers.alert(70)), cipher = servers.start(null, Servers.alert(40)), cut = servers.start(null, Servers::cut);
        String no = "the two sides agree on no TLS version or cipher";
        for (int i = 0; i < Clients.HTTP.length; i++) {
            String client = Clients.HTTP[i];
            Map<String, Object> host = Map.of("host", LOGIN);
            token("t-unknownca-" + client, i, () -> Clients.token(client, url(unknown), other, null), "certificate of an unknown CA", host, "net-tls-pkix");
            token("t-expired-" + client, i + 1, () -> Clients.token(client, url(expired), tls, null), "the certificate shown has expired", host, "net-tls-pkix", "net-tls-handshake");
            token("t-wronghost-" + client, i + 2, () -> Clients.token(client, url(elsewhere), tls, null), "the certificate is for another name", host, "net-tls-pkix", "net-tls-handshake");
            token("t-none-" + client, i, () -> Clients.token(client, url(plain), tls, null), "no TLS on this port: plain text answered", host, "net-tls-handshake", "net-html-answer");
            token("t-version-" + client, i + 1, () -> Clients.token(client, url(version), tls, null), no, host, "net-tls-handshake");
            token("t-cipher-" + client, i + 2, () -> Clients.token(client, url(cipher), tls, null), no, host, "net-tls-handshake");
            token("t-cut-" + client, i, () -> Clients.token(client, url(cut), tls, null), "peer hangs up in the TLS handshake", host, "net-tls-handshake", "net-refused", "imap-connection-closed");
        }
        int unknownMail = servers.start("good", greeting), expiredMail = servers.start("expired", greeting), elsewhereMail = servers.start("elsewhere", greeting);
        int plainMail = servers.start(null, greeting);
        String[][] protocols = {{"imaps", MAILBOX}, {"smtps", SMTP}};
        for (int i = 0; i < protocols.length; i++) {
            String protocol = protocols[i][0], name = protocols[i][1];
            Map<String, Object> host = Map.of("host", name);
            mail("t-unknownca-" + protocol, i, () -> Clients.mail(protocol, name, unknownMail, other, null), "certificate of an unknown CA", host, "net-tls-pkix");
            mail("t-expired-" + protocol, i + 1, () -> Clients.mail(protocol, name, expiredMail, tls, null), "the certificate shown has expired", host, "net-tls-pkix", "net-tls-handshake");
            mail("t-wronghost-" + protocol, i, () -> Clients.mail(protocol, name, elsewhereMail, tls, null), "the certificate is for another name", host, "net-tls-pkix", "net-tls-handshake");
            mail("t-none-" + protocol, i + 1, () -> Clients.mail(protocol, name, plainMail, tls, null), "no TLS on this port: plain text answered", host, "net-tls-handshake", "net-html-answer");
            mail("t-version-" + protocol, i, () -> Clients.mail(protocol, name, version, tls, null), no, host, "net-tls-handshake");
            mail("t-cut-" + protocol, i + 1, () -> Clients.mail(protocol, name, cut, tls, null), "peer hangs up in the TLS handshake", host, "net-tls-handshake", "net-refused", "imap-connection-closed");
        }
    }

    private void proxies() throws Exception {
        SSLContext tls = servers.trusting("ca");
        int target = servers.start("good", Servers.http("200 OK", "application/json", "{}"));
        int closed = unusedPort();
        InetSocketAddress forbids = proxy(servers.start(null, Servers.http("403 Forbidden", "text/html", "<html>no</html>")));
        InetSocketAddress asks = proxy(servers.start(null, Servers.http("407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"proxy\"", "text/html", "<html>who?</html>")));
        InetSocketAddress fails = proxy(servers.start(null, Servers.http("503 Service Unavailable", "text/html", "<html>down</html>")));
        InetSocketAddress down = proxy(closed);
        for (int i = 0; i < Clients.HTTP.length; i++) {
            String client = Clients.HTTP[i];
            // Apache's client hands the proxy's answer on as if it were the endpoint's, java.net.http its bare status.
            String refused = client.equals("hc4") ? "*" : "net-proxy-refused";
            String asked = client.equals("huc") ? "net-proxy-407" : "*";
            token("p-403-" + client, i, () -> Clients.token(client, url(target), tls, forbids), "the proxy refuses this host", Map.of(), refused);
            token("p-407-" + client, i + 1, () -> Clients.token(client, url(target), tls, asks), "the proxy wants a login", Map.of(), asked);
            token("p-503-" + client, i + 2, () -> Clients.token(client, url(target), tls, fails), "the proxy cannot reach the host", Map.of(), "*");
            token("p-down-" + client, i, () -> Clients.token(client, url(target), tls, down), "the proxy is down", Map.of(), "net-refused");
        }
        mail("p-403-imaps", 0, () -> Clients.mail("imaps", MAILBOX, 993, tls, forbids), "the proxy refuses the port", Map.of("host", MAILBOX), "net-proxy-refused");
        mail("p-407-imaps", 1, () -> Clients.mail("imaps", MAILBOX, 993, tls, asks), "the proxy wants a login", Map.of("host", MAILBOX), "net-proxy-407");
        mail("p-403-smtp", 0, () -> Clients.mail("smtp", SMTP, 587, tls, forbids), "the proxy refuses the port", Map.of("host", SMTP), "net-proxy-refused");
    }

    private static InetSocketAddress proxy(int port) {
        return new InetSocketAddress("proxy.corp.example", port);
    }

    private static int unusedPort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void network() throws Exception {
        SSLContext tls = servers.trusting("ca");
        int closed = unusedPort();
        int silent = servers.start("good", Servers::silent), mute = servers.start(null, Servers::silent);
        String nowhere = "https://login.nowhere.example/contoso.example.com/oauth2/v2.0/token";
        for (int i = 0; i < Clients.HTTP.length; i++) {
            String client = Clients.HTTP[i];
            token("n-refused-" + client, i, () -> Clients.token(client, url(closed), tls, null), "connection refused", Map.of("host", LOGIN), "net-refused");
            token("n-timeout-" + client, i + 1, () -> Clients.token(client, url(silent), tls, null), "no answer in time", Map.of(), "net-timeout");
            token("n-unknownhost-" + client, i + 2, () -> Clients.token(client, nowhere, tls, null), "name cannot be resolved", Map.of("host", "login.nowhere.example"), "net-unknown-host");
        }
        mail("n-refused-imap", 0, () -> Clients.mail("imap", MAILBOX, closed, tls, null), "connection refused", Map.of("host", MAILBOX), "net-refused");
        mail("n-refused-smtp", 1, () -> Clients.mail("smtp", SMTP, closed, tls, null), "connection refused", Map.of("host", SMTP), "net-refused");
        mail("n-timeout-imap", 1, () -> Clients.mail("imap", MAILBOX, mute, tls, null), "no greeting in time", Map.of(), "net-timeout", "mail-bye-socket-timeout");
        mail("n-unknownhost-smtp", 2, () -> Clients.mail("smtp", "smtp.nowhere.example", 587, tls, null), "name cannot be resolved", Map.of("host", "smtp.nowhere.example"), "net-unknown-host");
    }

    private void mailServers() throws Exception {
        SSLContext tls = servers.trusting("ca");
        String capable = "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\n{tag} OK done";
        int imap = servers.start(null, Servers.mail("* OK The Microsoft Exchange IMAP4 service is ready.", Map.of("CAPABILITY", capable, "AUTHENTICATE", "{tag} NO AUTHENTICATE failed.", "*", "{tag} OK done")));
        int throttled = servers.start(null, Servers.mail("* OK ready", Map.of("CAPABILITY", capable, "AUTHENTICATE", "{tag} BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds", "*", "{tag} OK done")));
        int without = servers.start(null, Servers.mail("* OK ready", Map.of("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED\r\n{tag} OK done", "*", "{tag} OK done")));
        int bye = servers.start(null, Servers.mail("* BYE Connection is closed. 13", Map.of("*", "* BYE")));
        int pop = servers.start(null, Servers.mail("+OK The Microsoft Exchange POP3 service is ready.", Map.of("CAPA", "+OK\r\nSASL XOAUTH2\r\nUSER\r\n.", "AUTH", "-ERR Authentication failure: unknown user name or bad password.", "*", "+OK")));
        Map<String, String> ehlo = Map.of("EHLO", "250-FR2P281CA0004.outlook.office365.com Hello\r\n250-AUTH LOGIN XOAUTH2\r\n250 SMTPUTF8", "AUTH", "535 5.7.3 Authentication unsuccessful [FR2P281CA0004.DEUP281.PROD.OUTLOOK.COM 2026-11-28T17:34:13.114Z 08DE601A2B3C4D5E]", "*", "250 OK");
        int smtp = servers.start(null, Servers.mail("220 FR2P281CA0004.outlook.office365.com Microsoft ESMTP MAIL Service ready", ehlo));
        int limited = servers.start(null, Servers.mail("220 ready", Map.of("EHLO", "250-mx.google.com at your service\r\n250 AUTH LOGIN XOAUTH2", "AUTH", "454 4.7.0 Too many login attempts, please try again later. example-1 - gsmtp", "*", "250 OK")));
        for (int place = 0; place < 2; place++) {
            mail("m-authenticate-imap-" + place, place, () -> Clients.mail("imap", MAILBOX, imap, tls, null), "Exchange refuses the token", Map.of(), "imap-authenticate-failed");
            mail("m-throttled-imap-" + place, place, () -> Clients.mail("imap", MAILBOX, throttled, tls, null), "throttled: login refused for a while", Map.of(), "*");
            mail("m-nomethod-imap-" + place, place, () -> Clients.mail("imap", MAILBOX, without, tls, null), "the server offers no XOAUTH2", Map.of(), "*");
            mail("m-bye-imap-" + place, place, () -> Clients.mail("imap", MAILBOX, bye, tls, null), "server closes the connection", Map.of(), "imap-connection-closed", "*");
            mail("o-refused-pop3-" + place, place, () -> Clients.mail("pop3", MAILBOX, pop, tls, null), "POP refuses the token", Map.of(), "pop-authentication-failed");
        }
        for (int place = 0; place < 3; place++) {
            mail("s-refused-smtp-" + place, place, () -> Clients.mail("smtp", SMTP, smtp, tls, null), "SMTP sign-in refused", Map.of(), "smtp-auth-disabled");
        }
        mail("s-toomany-smtp", 0, () -> Clients.mail("smtp", "smtp.gmail.com", limited, tls, null), "too many logins", Map.of(), "*");
    }

    private void line(String scenario, String verdict, String logger, Level level, String message, Throwable thrown) {
        scenarios.add(() -> {
            if (logger.contains("rest") || logger.contains("search")) {
                request("agent-4", "/rest/api/2/search");
            } else {
                background();
            }
            logs.write(logger, level, message, thrown, row(scenario, verdict, "noise", Map.of()));
        });
    }

    private void noise() throws Exception {
        SSLContext other = servers.trusting("other");
        int target = servers.start("good", Servers.http("200 OK", "application/json", "{}"));
        Throwable pkix = failure(() -> Clients.token("hc4", "https://" + LOGIN + ":" + target + "/hook", other, null), "webhook");
        int closed = unusedPort();
        Throwable refused = failure(() -> Clients.token("hc4", "https://crm.corp.example:" + closed + "/feed", other, null), "gadget");
        line("x-webhook-pkix", "mustnot", "com.atlassian.webhooks.internal.publish.AsyncWebhookDispatcher", Level.ERROR, "Webhook 12 failed", pkix);
        line("x-gadget", "mustnot", "com.atlassian.gadgets.renderer.internal.http.HttpClientFetcher", Level.WARN, "Unable to retrieve response", refused);
        line("x-comment", "mention", "com.atlassian.jira.event.issue.DefaultIssueEventManager", Level.INFO, "Issue DESK-4 commented: 'AADSTS7000222: The provided client secret keys are expired. again'", null);
        line("x-subject", "mention", "com.atlassian.jira.plugins.mail.handlers.CreateOrCommentHandler", Level.INFO, "Desk[10100]: Issue DESK-9 created from mail \"Fw: AADSTS50034: The user account does not exist\"", null);
        line("x-sender", "mention", "com.atlassian.jira.plugins.mail.handlers.CreateOrCommentHandler", Level.WARN, "Desk[10100]: no issue made from \"Fw: AADSTS50034: The user account does not exist\": sender unknown", null);
        line("x-jql", "mention", "com.atlassian.jira.issue.search.providers.LuceneSearchProvider_SLOW", Level.WARN, "JQL query '{text ~ \"AADSTS700082\"}' produced lucene query '+text:aadsts700082' and took '812' ms to run.", null);
        line("x-payload", "mention", "com.atlassian.webhooks.internal.publish.AsyncWebhookDispatcher", Level.DEBUG, "body: {\"issue\":{\"fields\":{\"description\":\"error_description: AADSTS53003: Access has been blocked by Conditional Access policies.\"}}}", null);
        line("x-ordinary", "mustnot", "com.atlassian.jira.upgrade.UpgradeScheduler", Level.INFO, "nothing to do", null);
    }
}
