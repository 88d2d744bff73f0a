//! Logs that real Java software wrote, with what each of their records means, and how findings are judged by it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use oauthsift::{Catalogue, Engine};
use serde::Deserialize;
use serde_json::Value;

/// One record of a log.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Row {
    /// Byte at which the record starts.
    pub(crate) offset: u64,
    /// What was done to get the record.
    pub(crate) scenario: String,
    /// `must` be a finding, `may` be one, `mustnot`, or `mention` (counted, no finding).
    pub(crate) verdict: String,
    /// Why it failed, in words.
    pub(crate) cause: String,
    /// Accepted catalogue ids; `*` accepts any.
    pub(crate) ids: Vec<String>,
    /// Keys of the JSON report and their values.
    pub(crate) facts: BTreeMap<String, Value>,
}

/// A log with its truth.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) rows: Vec<Row>,
}

impl Log {
    /// The text of a record: up to the next one.
    pub(crate) fn record(&self, i: usize) -> String {
        let start = usize::try_from(self.rows[i].offset).expect("small");
        let end = self.rows.get(i + 1).map_or(self.bytes.len(), |next| usize::try_from(next.offset).expect("small"));
        String::from_utf8_lossy(&self.bytes[start..end]).into_owned()
    }
}

/// A finding as JSON, with its offset in the whole log.
pub(crate) type Found = (u64, Value);

/// `(cause starts with, id)`.
type Equivalent = [(&'static str, &'static str)];

/// Entries newer than the truth that say the same of the cause, each with its reason.
const EQUIVALENT: &Equivalent = &[
    // The truth accepts the entries for an untrusted CA or an old TLS version; neither remedy helps here.
    ("the certificate is for another name", "net-tls-hostname-mismatch"),
    // The certificate or the clock must be renewed; no CA is missing.
    ("the certificate shown has expired", "net-tls-certificate-dates"),
    // Jira's own file is empty or unreadable: the remedy is on this side.
    ("Java's trust store is empty or not found", "net-tls-truststore-empty"),
    // The port or the mode is wrong, not the TLS version.
    ("no TLS on this port", "net-tls-plain-text"),
    // Exchange's 535 5.7.3 has an entry of its own now, and its retired basic sign-in too.
    ("SMTP sign-in refused", "smtp-535-573"),
    // JavaMail's own NullPointerException: the server hung up after the first line of a sign-in in two lines.
    ("dovecot POP3 refuses the token", "pop-auth-failed-null"),
    // java.net.http drops the reason: the record holds `java.net.ConnectException` and nothing else.
    ("the proxy's name cannot be resolved", "net-refused"),
    // The client names the proxy as the host that it could not reach: the proxy's settings are wrong, not the provider's.
    ("the proxy is down", "net-proxy-unreachable"),
    ("the proxy's name cannot be resolved", "net-proxy-unreachable"),
    // The client has dropped the answer's body; its status has an entry of its own.
    ("503 with HTML", "provider-http-5xx"),
    // Only a client certificate, or a proxy that does not ask for one, ends it.
    ("the other side wants a client certificate", "net-tls-client-certificate"),
];

/// How many records are judged wrongly, and which.
#[derive(Debug, Default)]
pub(crate) struct Score {
    pub(crate) must: usize,
    pub(crate) missed: usize,
    pub(crate) other_id: usize,
    pub(crate) wrong_facts: usize,
    pub(crate) false_findings: usize,
    /// Findings that start where no record does.
    pub(crate) strays: usize,
    /// Scenario, then what is wrong with it, then the logs.
    table: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

/// Entries for records in which the client has dropped the provider's reason.
const REASON_DROPPED: [&str; 3] = ["jira-flow-null", "jira-token-recoverable", "mail-refresh-failed"];

impl Score {
    fn note(&mut self, row: &Row, log: &Log, problem: String) {
        let log = log.name.trim_end_matches(".log").replace("-atlassian-jira", "");
        self.table.entry(row.scenario.clone()).or_default().entry(problem).or_default().insert(log);
    }

    /// Judges the findings of a log.
    pub(crate) fn judge(&mut self, log: &Log, found: &[Found]) {
        let mut left: BTreeMap<u64, &Value> = found.iter().map(|(offset, finding)| (*offset, finding)).collect();
        for (i, row) in log.rows.iter().enumerate() {
            let finding = left.remove(&row.offset);
            let text = log.record(i);
            match (row.verdict.as_str(), finding) {
                ("must", None) => {
                    self.must += 1;
                    self.missed += 1;
                    self.note(row, log, format!("missed: {}", row.cause));
                }
                ("must", Some(finding)) => {
                    self.must += 1;
                    let id = finding["pattern"].as_str().expect("a pattern");
                    if !accepted(row, &text, id) {
                        self.other_id += 1;
                        self.note(row, log, format!("other id: {}, found {id}", row.cause));
                    }
                    for (key, value) in &row.facts {
                        if is_logged(key, value, row, &text) && finding[key] != *value {
                            self.wrong_facts += 1;
                            self.note(row, log, format!("{key}: {value}, found {}", finding[key]));
                        }
                    }
                }
                ("mustnot" | "mention", Some(finding)) => {
                    self.false_findings += 1;
                    self.note(row, log, format!("false: {}, found {}", row.cause, finding["pattern"]));
                }
                ("may", _) | ("mustnot" | "mention", None) => {}
                (other, _) => panic!("no verdict `{other}`"),
            }
        }
        self.strays += left.len();
        for (offset, finding) in left {
            let before = log.rows.iter().rfind(|row| row.offset < offset).unwrap_or(&log.rows[0]);
            self.note(before, log, format!("within its record, at byte {offset}: {}", finding["pattern"]));
        }
    }

    /// What is wrong, one line a scenario and problem.
    pub(crate) fn table(&self) -> String {
        let mut out = String::new();
        for (scenario, problems) in &self.table {
            for (problem, logs) in problems {
                let logs: Vec<&str> = logs.iter().map(String::as_str).collect();
                writeln!(out, "{scenario:<22} {problem} [{}]", logs.join(" ")).expect("a text");
            }
        }
        writeln!(
            out,
            "{} records must be found: {} missed, {} under another id, {} facts wrong; {} false, {} within other records",
            self.must, self.missed, self.other_id, self.wrong_facts, self.false_findings, self.strays
        )
        .expect("a text");
        out
    }
}

/// The number that the truth gives and the text has lost on its way through the client.
fn lost_its_code(row: &Row, text: &str) -> bool {
    row.facts.get("code").is_some_and(|code| !text.contains(&format!("AADSTS{code}")))
}

fn accepted(row: &Row, text: &str, id: &str) -> bool {
    if lost_its_code(row, text) {
        return REASON_DROPPED.contains(&id);
    }
    row.ids.is_empty()
        || row.ids.iter().any(|accepted| accepted == "*" || accepted == id)
        || EQUIVALENT.iter().any(|(cause, other)| row.cause.starts_with(cause) && *other == id)
}

/// Whether a fact can be read from the record at all.
fn is_logged(key: &str, value: &Value, row: &Row, text: &str) -> bool {
    let text_of = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match key {
        _ if value.is_null() => false,
        "provider" => !lost_its_code(row, text),
        "code" => !lost_its_code(row, text),
        "aadsts" => value.as_array().expect("numbers").iter().all(|code| text.contains(&format!("AADSTS{code}"))),
        "idp_timestamp" => text.contains(&text_of(value).replace('T', " ")),
        _ => text.contains(&text_of(value)),
    }
}

/// The engine with the built-in catalogue.
pub(crate) fn engine() -> Engine {
    Engine::new(std::sync::Arc::new(Catalogue::builtin()))
}
