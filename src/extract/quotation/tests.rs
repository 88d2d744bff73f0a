use super::*;
use crate::{extract, record};

fn assertion(log: &str) -> Assertion {
    let mut scratch = Vec::new();
    let record = record::read(log.as_bytes(), &mut scratch);
    let text = extract::undo_escapes(record.message());
    let reported = extract::without_fields(&text, &extract::user_fields(&text));
    let header = record.header.as_ref().map_or(Contexts::NONE, extract::of_header);
    let Some(at) = CODE.find(&reported) else { return Assertion::Quoted };
    let digits = text[at + 6..].iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = text[at + 6 + digits..].trim_ascii_start();
    let form = match rest.first() {
        Some(b':') => CodeForm::WithMessage,
        Some(b) if b.is_ascii_alphabetic() => CodeForm::WithWords,
        _ => CodeForm::Bare,
    };
    assess(&record, header, &reported, at, form)
}

#[test]
fn records_that_report_a_failure_are_recognised() {
    for log in [
        "2026-01-05 10:00:00,000+0000 http-nio-1 ERROR a 1x1x1 abcdef /rest/oauth2-client/latest/config/flow/x [] Error occurred while authorizing an integration. The error message is: AADSTS7000215: Bad",
        "2026-01-05 10:00:00,000+0000 ERROR [Contoso] Caesium-1-2 ServiceRunner     Refresh Token Failed. Reported Reason: AADSTS7000222 .....",
        "2026-01-05 10:00:00,000+0000 INFO [Contoso] Caesium-1-2 ServiceRunner     Refresh Token Failed. Reported Reason: AADSTS7000222: expired",
        "2026-01-05 10:00:00,000+0000 Caesium-1-2 WARN ServiceRunner     [c.example.sso.LoginFilter] sign-in failed: AADSTS50105: not assigned",
        "AADSTS50011: The redirect URI does not match",
        "2026-01-05 10:00:00,000+0000 Caesium-1-2 DEBUG ServiceRunner     [c.a.mail] on\nDEBUG IMAPS: AUTHENTICATE\nA1 NO AADSTS50173: revoked",
        "2026-01-05 10:00:00,000+0000 main ERROR      [c.e.Job] no\nc.e.OAuthException: no '\"access_token\"' from this: '{\"error_description\":\"AADSTS50173: revoked\",\"error\":\"invalid_grant\"}'",
        "2026-01-05 10:00:00,000+0000 Caesium-1-1 ERROR ServiceRunner     [c.e.mail.TokenClient] Microsoft answered \"AADSTS7000222: The secret is expired.\"",
        "java.lang.AssertionError: no token\nCaused by: c.m.aad.msal4j.MsalServiceException: AADSTS7000222: The secret is expired.",
        "2026-01-05 10:00:00,000+0000 Caesium-1-1 ERROR ServiceRunner     [c.e.mail.TokenClient] expected: <json>, got AADSTS7000222: The secret is expired.",
        "Request Id: 1\nMessage: AADSTS50011: The redirect URI does not match",
        "2026-01-05 10:00:00,000+0000 Caesium-1-2 ERROR ServiceRunner     [c.a.o.c.l.token.Service] body={\"error\":\"x\",\"error_description\":\"AADSTS50011: reply address\"}",
        "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Bad\"}",
        "2026-01-05 10:00:00,000+0000 Caesium-1-2 ERROR ServiceRunner     [c.a.mail.Puller] could not create comment: Refresh Token Failed. Reported Reason: AADSTS7000222: expired",
    ] {
        assert_eq!(assertion(log), Assertion::Reported, "{log}");
    }
}

#[test]
fn records_with_the_text_of_users_only_quote() {
    for log in [
        "2026-01-05 10:00:00,000+0000 http-nio-1 INFO a 1x1x1 abcdef 10.0.0.1 /rest/api/2/search [c.a.j.search] JQL query: text ~ \"AADSTS50011\"",
        "2026-01-05 10:00:00,000+0000 http-nio-1 WARN a 1x1x1 abcdef 10.0.0.1 /rest/api/2/search [c.a.jira.issue.search.SlowQueries] JQL 'text ~ \"AADSTS50011: redirect\"' took 8000 ms",
        "2026-01-05 10:00:00,000+0000 http-nio-1 INFO a 1x1x1 abcdef 10.0.0.1 /x [c.a.j.Comments] Comment added: we get AADSTS7000215: Invalid client secret provided. Trace ID: x",
        "2026-01-05 10:00:00,000+0000 http-nio-1 DEBUG a 1x1x1 abcdef 10.0.0.1 /x [c.a.webhooks.Sender] body {\"comment\":\"AADSTS7000215: Invalid\"}",
        "2026-01-05 10:00:00,000+0000 http-nio-1 ERROR a 1x1x1 abcdef 10.0.0.1 /x [c.a.webhooks.Sender] delivery failed, body {\"comment\":\"error AADSTS7000215: Invalid\"}",
        "2026-01-05 10:00:00,000+0000 ERROR [Contoso] Caesium-1-2 ServiceRunner     Message body could not be parsed: \"Hello, it says AADSTS7000222: expired\"",
        "2026-01-05 10:00:00,000+0000 main INFO      [c.a.X] see AADSTS50011",
        "2026-01-05 10:00:00,000+0000 main WARN      [c.a.oauth2.Stats] errors of the day {\"AADSTS50011\": 3}",
        "2026-01-05 10:00:00,000+0000 main ERROR      [c.a.db.X] duplicate Detail: Key (body)=(AADSTS50011: The reply address) exists",
        "2026-01-05 10:00:00,000+0000 main WARN      [c.e.Http] retry on [AADSTS50196, AADSTS90033], else stop",
        "2026-01-05 10:00:00,000+0000 main ERROR      [c.e.Rules] rule pattern=\"AADSTS50011: The reply\" is not valid",
        "2026-01-05 10:00:00,000+0000 Caesium-1-2 DEBUG ServiceRunner     [c.a.mail] on\nA1 NO AADSTS50173: revoked",
        "2026-01-05 10:00:00,000+0000 http-nio-1 ERROR a 1x1x1 abcdef 10.0.0.1 /x [c.a.rapid.Board] board 'AADSTS53003 war room' has no column",
        "2026-01-05 10:00:00,000+0000 ERROR [Contoso] Caesium-1-2 ServiceRunner     message with subject 'AADSTS7000222 client secret' was not taken",
        "2026-01-05 10:00:00,000+0000 INFO [Contoso] Caesium-1-2 ServiceRunner     import of a mail with subject 'error AADSTS7000222: client secret' done",
        "2026-01-05 10:00:00,000+0000 http-nio-1 a 1x1x1 abcdef /rest/api/2/search 3ms \"select id from jiraaction where actionbody like '%AADSTS7000222: expired%'\"",
        "2026-01-05 10:00:00,000+0000 main ERROR      [c.e.oauth2.TokenClientTest] no\norg.opentest4j.AssertionFailedError: expected: <AADSTS7000222: The secret is expired> but was: <null>",
        "java.lang.AssertionError: \nExpecting actual:\n  \"AADSTS7000222: The secret\"\nto contain:\n  \"x\"\n\tat c.e.Test.x(Test.java:1)",
        " 813:            10            240  c.e.AADSTS50011",
        "errors_total{code=\"AADSTS7000222\"} 0",
        "java.lang.AssertionError: expected:<null> but was:<AADSTS7000222: The secret is expired>",
        "2026-01-05 10:00:00,000+0000 Caesium-1-1 WARN ServiceRunner     [c.e.mail.AlertSender] Slack alert \"AADSTS50034: The user account does not exist\" could not be posted",
        "2026-01-05 10:00:00,000+0000 http-nio-1 WARN a 1x1x1 abcdef 10.0.0.1 /x [c.e.Links] https://docs.example.com/error:AADSTS50011: is gone",
    ] {
        assert_eq!(assertion(log), Assertion::Quoted, "{log}");
    }
}

#[test]
fn only_a_word_directly_before_a_code_reports_it() {
    for (before, reporting) in [
        ("Reported Reason: ", true),
        ("REASON", true),
        ("error=invalid_grant, \"", true),
        ("the invalid_ ", false),
        ("invalid_grants_9 ", true),
        ("invalid_9 ", false),
        ("message                         ", false),
        ("unreasonable ", false),
        ("9: ", false),
        ("", false),
    ] {
        assert_eq!(ends_in_report_word(before.as_bytes()), reporting, "{before}");
    }
    assert!(ends_in_report_word(format!("reason{}", " ".repeat(MAX_GAP_BYTES)).as_bytes()));
    assert!(!ends_in_report_word(format!("reason{}", " ".repeat(MAX_GAP_BYTES + 1)).as_bytes()));
}

#[test]
fn the_page_from_which_a_request_came_reports_nothing() {
    let request = "203.0.113.9 480x2x1 admin [03/Feb/2026:08:00:03 +0000]";
    let answer = "error=access_denied&error_description=AADSTS65004:+declined";
    let callback =
        format!("{request} \"GET /plugins/servlet/oauth2/client/callback/a?{answer} HTTP/1.1\" 302 - 12 \"-\"");
    assert_eq!(assertion(&callback), Assertion::Reported);
    let from_there =
        format!("{request} \"GET /s/batch.js HTTP/1.1\" 200 12 1 \"https://jira.example.com/callback/a?{answer}\"");
    assert_eq!(assertion(&from_there), Assertion::Quoted);
}
