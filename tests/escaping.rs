//! Log text is never interpreted in any output format: no escape sequence, markup, formula or script takes effect.

#[path = "support/escaping.rs"]
mod escaping;

use std::{fs, path::Path, process::Command};

use proptest::prelude::*;

/// A format, and the check of its output.
type FormatCheck = (&'static str, fn(&str));

/// Every format: a new one needs a line here.
const FORMATS: [FormatCheck; 7] = [
    ("table", escaping::plain),
    ("json", escaping::json),
    ("jsonl", escaping::json_lines),
    ("csv", escaping::csv),
    ("markdown", escaping::markdown),
    ("jira", escaping::jira),
    ("html", escaping::html),
];

fn show(format: &str, log: &Path) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["scan", "--format", format])
        .arg(log)
        .env("NO_COLOR", "1")
        .env("SOURCE_DATE_EPOCH", "1767225600")
        .output()
        .expect("runs");
    for line in String::from_utf8_lossy(&run.stderr).lines() {
        escaping::plain(line);
    }
    String::from_utf8(run.stdout).expect("UTF-8")
}

/// Texts that have a meaning in some format.
const MALICIOUS: [&str; 48] = [
    "\u{1b}[31mred",
    "\u{1b}]0;title\u{7}",
    "\u{9b}31m",
    "\u{8}\u{8}\u{8}",
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "</pre></details><h1>x</h1>",
    "<!--",
    "-->",
    "&lt;b&gt;",
    "&#60;b&#62;",
    "javascript:alert(1)",
    "=cmd|' /C calc'!A0",
    "+1+cmd",
    "-2+3",
    "@SUM(1+1)",
    "**bold**",
    "__bold__",
    "[x](javascript:alert(1))",
    "![i](https://evil.example/x.png)",
    "<https://evil.example>",
    "`",
    "``` `",
    "~~~",
    "# heading",
    "1. one",
    "| a | b |",
    "---",
    "[^1]",
    "$x$",
    "{html}<b>{html}",
    "{noformat}",
    "{NoFormat:borderStyle=solid}",
    "{code}",
    "{panel:title=x}",
    "{quote}",
    "!https://evil.example/x.png!",
    "[x|https://evil.example]",
    "[~admin]",
    "h1. big",
    "bq. said",
    "\\\\",
    "\\",
    "||a||b||",
    "\u{202e}evil",
    "\u{2066}\u{61c}\u{200f}",
    "\u{2028}\u{2029}\u{feff}",
    "{{ 7 * 7 }}{% x %}",
];

fn malicious_text() -> impl Strategy<Value = String> {
    prop::collection::vec(0..MALICIOUS.len(), 1..4)
        .prop_map(|picks| picks.into_iter().map(|i| MALICIOUS[i]).collect::<Vec<_>>().join(" "))
}

fn log(slots: &[String]) -> String {
    let [thread, user, server, message, description, query] = slots else { unreachable!("six slots") };
    format!(
        "2026-01-05 08:00:00,000+0000 http-{thread} ERROR {user} 1x1x1 1abc 203.0.113.9 /rest/oauth2-client/latest/config/flow/1?{query} [c.a.o.X] \
         Error occurred while authorizing an integration. The error message is: AADSTS7000215: {message}\n    \
         Trace ID: 11111111-aaaa-4bbb-8ccc-000000000001\n{message}\n{description}\n\
         2026-01-05 08:00:01,000+0000 ERROR [{server}] Caesium-1-1 ServiceRunner     Exception when MailPullerWorker pulls \
         emails: Refresh Token Failed. Reported Reason: {{\"error\":\"invalid_grant\",\"error_description\":\"{description}\"}} \
         for {user}@contoso.example\n\
         2026-01-05 08:00:02,000+0000 http-nio-1 ERROR admin [c.a.o.X] AADSTS9999999: {description} {message}\n"
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn malicious_text_stays_text_in_every_format(slots in prop::collection::vec(malicious_text(), 6)) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("atlassian-jira.log");
        fs::write(&path, log(&slots)).expect("written");
        for (format, check) in FORMATS {
            check(&show(format, &path));
        }
    }
}

#[cfg(unix)]
#[test]
fn a_malicious_file_name_stays_text_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a\u{1b}[31m<img src=x>|`{noformat}\u{202e}[x](y)\n.log");
    fs::write(&path, log(&std::array::from_fn::<_, 6, _>(|_| "x".to_owned()))).expect("written");
    let missing = folder.path().join("missing\u{1b}[31m<img src=x>\u{202e}.log");
    for (format, check) in FORMATS {
        check(&show(format, &path));
        check(&show(format, &missing));
    }
}

#[test]
fn output_is_bounded_in_every_format_for_lines_above_a_mebibyte() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("atlassian-jira.log");
    let long = "<b>|`{noformat}`|".repeat(3 << 16);
    fs::write(&path, log(&std::array::from_fn::<_, 6, _>(|i| if i == 3 { long.clone() } else { "x".to_owned() })))
        .expect("written");
    for (format, check) in FORMATS {
        let shown = show(format, &path);
        assert!((100..200_000).contains(&shown.len()), "{format}: {} bytes", shown.len());
        check(&shown);
    }
}

#[test]
fn a_malicious_report_stays_text_in_a_diff() {
    let folder = tempfile::tempdir().expect("a folder");
    for (i, text) in MALICIOUS.iter().enumerate() {
        let report = |last: &str| {
            serde_json::json!({
                "schema": "oauthsift.report/1", "generated_at": text, "summary": { "findings": 1 },
                "inputs": [{ "first_timestamp": text, "last_timestamp": last }],
                "incidents": [{
                    "pattern": text, "code": null, "title": text, "severity": "error", "count": 1, "last_seen": last,
                    "subject": { "app_id": text, "tenant": text, "mailbox": text, "integration": text },
                }],
            })
            .to_string()
        };
        let (old, new) = (folder.path().join("old.json"), folder.path().join("new.json"));
        fs::write(&old, report("2026-01-05T08:00:00+00:00")).expect("written");
        fs::write(&new, report(if i % 2 == 0 { "2026-01-06T08:00:00+00:00" } else { text })).expect("written");
        let checks: [FormatCheck; 3] =
            [("text", escaping::plain), ("json", escaping::json), ("markdown", escaping::markdown)];
        for (format, check) in checks {
            let run = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
                .args(["diff", "--format", format])
                .args([&old, &new])
                .env("NO_COLOR", "1")
                .output()
                .expect("runs");
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
            check(&String::from_utf8(run.stdout).expect("UTF-8"));
        }
    }
}
