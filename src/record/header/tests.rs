use super::*;

/// One row: the line, then the fields in the order thread, level, user, request id, session id,
/// client address, URL, logger, mail server, message. `-` means none.
type Row = (&'static str, [&'static str; 10]);

const ROWS: &[Row] = &[
    (
        "2022-xx-xx 20:34:03,014+0000 http-nio-8080-exec-253 ERROR username 1234x5727202x3 1i8mi5a /rest/oauth2-client/latest/config/flow/x [] Error occurred",
        [
            "http-nio-8080-exec-253",
            "ERROR",
            "username",
            "1234x5727202x3",
            "1i8mi5a",
            "-",
            "/rest/oauth2-client/latest/config/flow/x",
            "-",
            "-",
            "Error occurred",
        ],
    ),
    (
        "2020-06-03 10:43:10,664+0000 http-nio-8080-exec-23 url: /secure/x.jspa; user: charlie ERROR charlie 643x2264x1 1ia9vad 10.10.10.10,172.31.2.2 /secure/x.jspa [c.a.j.util.index.DefaultIndexManager] failed",
        [
            "http-nio-8080-exec-23 url: /secure/x.jspa; user: charlie",
            "ERROR",
            "charlie",
            "643x2264x1",
            "1ia9vad",
            "10.10.10.10,172.31.2.2",
            "/secure/x.jspa",
            "c.a.j.util.index.DefaultIndexManager",
            "-",
            "failed",
        ],
    ),
    (
        "2026-01-05 10:00:00,000+0000 Caesium-1-1 INFO      [c.a.jira.upgrade.UpgradeScheduler] done",
        ["Caesium-1-1", "INFO", "-", "-", "-", "-", "-", "c.a.jira.upgrade.UpgradeScheduler", "-", "done"],
    ),
    (
        "2026-01-05 10:00:00,000+0000 Caesium-1-4 ERROR ServiceRunner     [c.a.m.Puller] it [broke] here",
        ["Caesium-1-4", "ERROR", "ServiceRunner", "-", "-", "-", "-", "c.a.m.Puller", "-", "it [broke] here"],
    ),
    (
        "2020-07-01 12:00:38,278+0000 Caesium-1-1 DEBUG anonymous    Mail Queue Service [c.a.j.s.services.mail.MailQueueService] run",
        [
            "Caesium-1-1",
            "DEBUG",
            "anonymous",
            "-",
            "-",
            "-",
            "Mail Queue Service",
            "c.a.j.s.services.mail.MailQueueService",
            "-",
            "run",
        ],
    ),
    (
        "2026-01-05 10:00:00.000+0000 http-nio-8080-exec-1 WARN  anonymous 600x1x1 - 0:0:0:0:0:0:0:1 /login [c.a.X] m",
        ["http-nio-8080-exec-1", "WARN", "anonymous", "600x1x1", "-", "0:0:0:0:0:0:0:1", "/login", "c.a.X", "-", "m"],
    ),
    (
        "2023-08-16 14:58:26,225+0000 ERROR [] Caesium-1-4 ServiceRunner Exception when MailPullerWorker pulls emails: x",
        [
            "Caesium-1-4",
            "ERROR",
            "ServiceRunner",
            "-",
            "-",
            "-",
            "-",
            "-",
            "-",
            "Exception when MailPullerWorker pulls emails: x",
        ],
    ),
    (
        "2014-09-12 07:40:48,051 ERROR [365 IMAP] QuartzScheduler_Worker-3 ServiceRunner     Help Desk Handler[10100]: Messaging Exception",
        [
            "QuartzScheduler_Worker-3",
            "ERROR",
            "ServiceRunner",
            "-",
            "-",
            "-",
            "-",
            "-",
            "365 IMAP",
            "Help Desk Handler[10100]: Messaging Exception",
        ],
    ),
    (
        "2026-01-05 10:00:00,000+0000 http-nio-8080-exec-7 admin 600x77x1 1abcde 203.0.113.9 /login.jsp The user 'admin' has PASSED authentication.",
        [
            "http-nio-8080-exec-7",
            "-",
            "admin",
            "600x77x1",
            "1abcde",
            "203.0.113.9",
            "/login.jsp",
            "-",
            "-",
            "The user 'admin' has PASSED authentication.",
        ],
    ),
    (
        "2022-07-12 01:08:59,489 ERROR [Caesium-1-3] [oauth2.client.lib.DefaultTokenHandler] refresh it failed",
        [
            "Caesium-1-3",
            "ERROR",
            "-",
            "-",
            "-",
            "-",
            "-",
            "oauth2.client.lib.DefaultTokenHandler",
            "-",
            "refresh it failed",
        ],
    ),
    (
        "2022-04-12 05:39:57,408 WARN  [http-nio-7990-exec-2] admin 2CM38K4Fx339x113x2 @5XDWX5x339x568x0 10.229.31.195 \"POST /x HTTP/1.1\" c.a.b.m.r.Class it failed",
        [
            "http-nio-7990-exec-2",
            "WARN",
            "admin",
            "2CM38K4Fx339x113x2",
            "5XDWX5x339x568x0",
            "10.229.31.195",
            "/x",
            "c.a.b.m.r.Class",
            "-",
            "it failed",
        ],
    ),
    (
        "13-Sep-2026 10:00:00.123 SEVERE [http-nio-8080-exec-5] org.apache.catalina.core.X.invoke Servlet threw",
        [
            "http-nio-8080-exec-5",
            "SEVERE",
            "-",
            "-",
            "-",
            "-",
            "-",
            "org.apache.catalina.core.X.invoke",
            "-",
            "Servlet threw",
        ],
    ),
    (
        "[Alerts Incident] Caesium-1-3 anonymous Incident ITSM A1 NO AUTHENTICATE failed.",
        [
            "Caesium-1-3",
            "-",
            "anonymous",
            "-",
            "-",
            "-",
            "-",
            "-",
            "Alerts Incident",
            " Incident ITSM A1 NO AUTHENTICATE failed.",
        ],
    ),
];

#[test]
fn the_fields_of_every_layout_are_read() {
    for (line, expected) in ROWS {
        let header = parse(line.as_bytes()).expect(line);
        let show = |field: Option<&[u8]>| {
            field.map_or_else(|| "-".to_owned(), |field| String::from_utf8_lossy(field).into_owned())
        };
        let found = [
            show(header.thread),
            show(header.level_word),
            show(header.user),
            show(header.request_id),
            show(header.session_id),
            show(header.client_ip),
            show(header.url),
            show(header.logger),
            show(header.mail_server),
            show(Some(&line.as_bytes()[header.message_at..])),
        ];
        assert_eq!(found, *expected, "{line}");
    }
}

#[test]
fn text_without_a_header_has_none() {
    assert!(parse(b"AADSTS7000215: Invalid client secret provided.").is_none());
    assert!(parse(b"").is_none());
}

#[test]
fn a_field_without_characters_is_absent() {
    let header =
        parse(b"2026-01-05 08:00:00.124 ERROR 1 --- [scheduling-1 com.example.Token : failed").expect("a header");
    assert_eq!((header.thread, header.logger), (None, None));
    let header = parse(b"time=2026-03-04T07:11:12.345Z level= msg=failed").expect("a header");
    assert_eq!(header.level_word, None);
    let header = parse(b"2026-01-05 08:00:00,124 ERROR [com.example.Token] () failed").expect("a header");
    assert_eq!((header.thread, header.logger), (None, Some(&b"com.example.Token"[..])));
    let header = parse(b"2026-01-05 08:00:00,124 ERROR [http-nio-7990-exec-2] jdoe @ com.example.mail.Token failed");
    let header = header.expect("a header");
    assert_eq!((header.user, header.session_id), (Some(&b"jdoe"[..]), None));
}
