use super::*;

#[test]
fn header_lines_of_every_layout_are_starts() {
    for line in [
        "2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR admin x",
        "2022-xx-xx 20:34:03,014+0000 http-nio-8080-exec-253 ERROR username x",
        "2014-09-12 07:40:48,051 ERROR [365 IMAP] QuartzScheduler_Worker-3 x",
        "2026-01-05 20:34:03.014 Caesium-1-4 WARN x",
        "13-Sep-2026 10:00:00.123 INFO [main] org.apache.catalina.x",
        "2026-01-05T20:34:03.123Z ERROR [main] x",
        "2023-03-30 09:58:46 keycloak ERROR [org.keycloak.broker] x",
        "2026-11-23T10:00:00.123456789Z 2026-11-23 10:00:00,123+0000 main ERROR x",
        "Nov 23 10:00:00 host jira[1]: 2026-11-23 10:00:00,123+0000 main ERROR x",
        "> 2026-11-23 10:00:00,123+0000 main ERROR x",
        "120:2026-11-23 10:00:00,123+0000 main ERROR x",
        "121-2026-11-23 10:00:00,123+0000 main ERROR x",
        "    120 2026-11-23 10:00:00,123+0000 main ERROR x",
        "2026-11-23T10:00:00+0100 jira01 java[7]: 2026-11-23 10:00:00,123+0000 main ERROR x",
        "[Contoso Mailbox] Caesium-1-3 anonymous Contoso A1 NO AUTHENTICATE failed.",
        r#"{"timestamp":"2026-01-05T10:00:00Z","level":"ERROR","message":"x"}"#,
        r#"{"log":"2026-01-05 10:00:00,000+0000 main ERROR x\n","stream":"stdout"}"#,
        "> WARN 2026-11-23T10:00:00.123Z x",
        r#"{"log":"2026-01-05 10:00:00\tERROR\tmain\tx\n","stream":"stdout"}"#,
        r#"{"message":"2026-01-05 10:00:00\u0009ERROR \"x\""}"#,
        r#"{"log":"{ \"severity\":\"critical\",\"message\":\"x\"}\n","stream":"stdout"}"#,
        r#"{"log":"{\n  \"severity\": \"critical\",\n  \"message\": \"x\"\n}\n","stream":"stdout"}"#,
        r#"{"message":"{\r\n\t\"level\": \"ERROR\",\r\n\t\"message\": \"x\"\r\n}","tag":"jira"}"#,
        "\u{feff}2026-01-05 20:34:03,014+0000 main ERROR x",
        "\x0c2026-01-05 20:34:03,014+0000 main ERROR x",
        "\x1e{\"timestamp\":\"2026-01-05T10:00:00Z\",\"level\":\"ERROR\",\"message\":\"x\"}",
    ] {
        assert!(is_start(line.as_bytes()), "{line}");
    }
}

#[test]
fn continuation_lines_are_not_starts() {
    for line in [
        "",
        "    Trace ID: 1",
        "\tat com.example.X.y(X.java:1)",
        "Caused by: java.net.UnknownHostException: login.microsoftonline.com",
        "2023-03-30 09:58:46 Trace ID: 16024889",
        "2026-01-05 20:34:03,014 Trace ID: 16024889",
        "2026-11-23T10:00:00.123456789Z     Trace ID: 1",
        "2026-11-23T10:00:00.123456789Z Caused by: x",
        "Nov 23 10:00:00 host jira[1]:     Trace ID: 1",
        ">     Trace ID: 1",
        "121-    Trace ID: 1",
        "    121     Trace ID: 1",
        "2026-11-23T10:00:00+0100 jira01 java[7]:     Trace ID: of an ERROR",
        r#"{"error":"invalid_client","error_description":"x","timestamp":"2026-01-05 10:00:00Z"}"#,
        r#"{"log":"    Trace ID: 1\n","stream":"stdout"}"#,
        r#"{"log":"{\n  \"error\": \"invalid_client\",\n  \"level\": \"x\"\n}","stream":"stdout"}"#,
        r#"{"log":"{\n","stream":"stdout"}"#,
        "[AUTHENTICATIONFAILED] Invalid credentials",
        "2026-01-05",
        "\u{feff}    Trace ID: 1",
        "\x0cCaused by: x",
    ] {
        assert!(!is_start(line.as_bytes()), "{line}");
    }
}

/// An event over several lines, as log4j writes it.
const PRETTY: [&str; 4] = ["{", r#"  "level" : "ERROR","#, r#"  "message" : "x""#, "}"];

#[test]
fn an_event_over_several_lines_starts_at_its_brace_whatever_is_around_each_line() {
    let docker = |line: &str| format!("{}\n", serde_json::json!({ "log": format!("{line}\n"), "stream": "stdout" }));
    let prefixed = |prefix: &'static str| move |line: &str| format!("{prefix}{line}\n");
    let twice = |line: &str| format!("Nov 23 10:00:00 host docker[1]: {}", docker(line));
    let shippers: [&dyn Fn(&str) -> String; 7] = [
        &prefixed(""),
        &prefixed("2026-01-05T20:34:03.123456789Z stdout F "),
        &prefixed("2026-01-05T20:34:03.123456789Z "),
        &prefixed("Nov 23 10:00:00 host jira[1]: "),
        &prefixed("[pod/jira-0/jira] "),
        &docker,
        &twice,
    ];
    for shipped in shippers {
        let event: Vec<String> = PRETTY.iter().map(|line| shipped(line)).collect();
        let text = event.concat().repeat(2);
        let len = text.len() / 2;
        assert!(is_start(text.as_bytes()), "{text}");
        assert_eq!(next_start(text.as_bytes(), 0), len, "{text}");
        assert_eq!(start_before(text.as_bytes(), len + event[0].len() + 3, 0).0, len, "{text}");
        // The brace is decided with the whole line after it.
        let decided = event[0].len() + event[1].len();
        for end in event[0].len() - 1..decided {
            assert!(!is_decidable(&text.as_bytes()[..end]), "{}", &text[..end]);
            assert_eq!(decided_len(&text.as_bytes()[..end]), 0, "{}", &text[..end]);
        }
        assert!(is_decidable(&text.as_bytes()[..decided]));
        // Another prefix is part of the text.
        let other = [&event[0], &format!(" 6 {}", &event[1])[..]].concat();
        assert!(!is_start(other.as_bytes()), "{other}");
        // A provider's answer is no record.
        let answer = text.replace("level", "error");
        assert!(!is_start(answer.as_bytes()), "{answer}");
    }
}

#[test]
fn only_a_line_with_a_mail_server_may_continue_a_header() {
    for (line, rest) in [
        ("[Contoso Mailbox] Caesium-1-3 ServiceRunner    AUTHENTICATE failed.", true),
        ("[Contoso\nMailbox] Caesium-1-3 ServiceRunner", false),
        ("[pod/jira-0/jira] 2026-11-23 10:00:00,123+0000 main ERROR x", false),
        ("2026-11-23 10:00:00,123+0000 ERROR [Contoso Mailbox] Caesium-1-3 x", false),
        (r#"{"timestamp":"2026-01-05T10:00:00Z","level":"ERROR","message":"x"}"#, false),
    ] {
        assert_eq!(may_continue_header(line.as_bytes()), rest, "{line}");
    }
}

#[test]
fn a_record_extends_from_its_header_to_the_next() {
    let text = b"pasted\n2026-01-05 20:34:03,014 a ERROR b\n  more\n2026-01-05 20:34:04,014 c\n";
    let second = 7;
    let third = text.len() - 26;
    assert_eq!(start_before(text, 40, 0), (second, 0));
    assert_eq!(start_before(text, 45, 0), (second, 1));
    assert_eq!(start_before(text, 3, 0), (0, 0));
    assert_eq!(next_start(text, 0), second);
    assert_eq!(next_start(text, second), third);
    assert_eq!(next_start(text, third), text.len());
    assert_eq!(last_start(text, 0, text.len()), Some(third));
    assert_eq!(last_start(text, 0, third), Some(second));
}
