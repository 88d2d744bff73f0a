//! What of a written report matters to a comparison.

use std::fmt;

use chrono::{DateTime, NaiveDateTime};
use serde::Deserialize;

use super::Side;
use crate::{
    model::{Severity, sanitize_name},
    report::{Subject, summary::SCHEMA},
};

/// A report as it was written with `--format json`: what of it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    generated_at: Option<String>,
    findings: u64,
    /// First and last time of each log.
    spans: Vec<(Option<String>, Option<String>)>,
    /// The incidents.
    pub incidents: Vec<IncidentSnapshot>,
}

/// An incident of a written report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IncidentSnapshot {
    /// Catalogue id.
    pub pattern: String,
    /// Deciding AADSTS number.
    #[serde(default)]
    pub code: Option<u32>,
    /// What it is.
    pub title: String,
    /// How much it matters.
    pub severity: Severity,
    /// How many records.
    pub count: u64,
    /// The first.
    #[serde(default)]
    pub first_seen: Option<String>,
    /// The last.
    #[serde(default)]
    pub last_seen: Option<String>,
    /// Whose.
    #[serde(default)]
    pub subject: Subject,
}

/// Why a text is not a report that can be compared.
#[derive(Debug)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Not JSON, or no report.
    NotAReport(String),
    /// A report of another version of the schema.
    OtherSchema(String),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAReport(why) => {
                write!(f, "not a report: {why}; write one with `oauthsift scan --format json --output FILE LOG`")
            }
            Self::OtherSchema(found) => {
                write!(
                    f,
                    "its schema is `{found}`, this version reads `{SCHEMA}`; scan its log again with this version"
                )
            }
        }
    }
}

impl std::error::Error for SnapshotError {}

#[derive(Deserialize)]
struct Written {
    schema: Option<String>,
    generated_at: Option<String>,
    summary: Option<WrittenSummary>,
    inputs: Option<Vec<WrittenInput>>,
    incidents: Option<Vec<IncidentSnapshot>>,
}

#[derive(Deserialize)]
struct WrittenSummary {
    findings: u64,
}

#[derive(Deserialize)]
struct WrittenInput {
    first_timestamp: Option<String>,
    last_timestamp: Option<String>,
}

impl Snapshot {
    /// Reads a report.
    ///
    /// # Errors
    /// What the text is instead, and what to do.
    pub fn read(text: &[u8]) -> Result<Self, SnapshotError> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        // Another version may have another shape: its name is looked at first.
        #[derive(Deserialize)]
        struct Named {
            schema: Option<String>,
        }
        let named: Named = serde_json::from_slice(text).map_err(|error| Self::not_json(text, &error))?;
        match named.schema.as_deref() {
            Some(SCHEMA) => {}
            Some(other) => {
                return Err(SnapshotError::OtherSchema(sanitize_name(&other.chars().take(80).collect::<String>())));
            }
            None => {
                return Err(SnapshotError::NotAReport(format!("it is JSON without a `schema` of `{SCHEMA}`")));
            }
        }
        let written: Written =
            serde_json::from_slice(text).map_err(|error| SnapshotError::NotAReport(error.to_string()))?;
        debug_assert_eq!(written.schema.as_deref(), Some(SCHEMA));
        let (Some(summary), Some(mut incidents)) = (written.summary, written.incidents) else {
            return Err(SnapshotError::NotAReport("`summary` or `incidents` is missing".to_owned()));
        };
        // A file may have been touched by others since.
        incidents.iter_mut().flat_map(IncidentSnapshot::texts).for_each(|text| *text = sanitize_name(text));
        let spans = written.inputs.unwrap_or_default();
        Ok(Self {
            generated_at: written.generated_at.filter(|time| instant(time).is_some()),
            findings: summary.findings,
            spans: spans
                .into_iter()
                .map(|input| (input.first_timestamp.filter(is_time), input.last_timestamp.filter(is_time)))
                .collect(),
            incidents,
        })
    }

    fn not_json(text: &[u8], error: &serde_json::Error) -> SnapshotError {
        let lines = text.split(|b| *b == b'\n').filter(|line| !line.trim_ascii().is_empty());
        let why = if text.trim_ascii().is_empty() {
            "it is empty".to_owned()
        } else if lines.clone().count() > 1
            && lines.clone().next().is_some_and(|first| serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok())
        {
            "it is JSON Lines (`--format jsonl`)".to_owned()
        } else {
            format!("it is no JSON ({error})")
        };
        SnapshotError::NotAReport(why)
    }

    /// The moment up to which its logs reach, in milliseconds since 1970 UTC.
    pub(super) fn end(&self) -> Option<i64> {
        self.to().and_then(instant)
    }

    /// The moment up to which its logs reach, as it is written.
    pub(super) fn to(&self) -> Option<&str> {
        let ends = self.spans.iter().filter_map(|span| span.1.as_deref());
        let seen = self.incidents.iter().filter_map(|incident| incident.last_seen.as_deref());
        ends.chain(seen).max_by_key(|time| instant(time))
    }

    pub(super) fn side(&self) -> Side {
        let starts = self.spans.iter().filter_map(|span| span.0.as_deref()).filter(|time| instant(time).is_some());
        Side {
            generated_at: self.generated_at.clone(),
            findings: self.findings,
            from: starts.min_by_key(|time| instant(time)).map(str::to_owned),
            to: self.to().map(str::to_owned),
        }
    }
}

impl IncidentSnapshot {
    fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let Subject { app_id, tenant, mailbox, integration } = &mut self.subject;
        let optional = [&mut self.first_seen, &mut self.last_seen, app_id, tenant, mailbox, integration];
        optional.into_iter().flatten().chain([&mut self.pattern, &mut self.title])
    }

    /// What makes it the same as another. Numbers of pseudonyms count or not.
    pub(super) fn key(&self, with_code: bool, blind: bool) -> String {
        let Subject { app_id, tenant, mailbox, integration } = &self.subject;
        let part = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or_default();
            if blind { without_numbers(text) } else { text.to_owned() }
        };
        // The title stays: for a number that no entry knows, it names the number.
        let code = self.code.filter(|_| with_code).map_or_else(|| self.title.clone(), |code| code.to_string());
        [self.pattern.clone(), code, part(app_id), part(tenant), part(mailbox), part(integration)].join("\n")
    }

    /// True when a pseudonym that is given anew in every report stands in its subject.
    pub(super) fn is_anonymous(&self) -> bool {
        let Subject { app_id, tenant, mailbox, integration } = &self.subject;
        [app_id, tenant, mailbox, integration].into_iter().flatten().any(|text| without_numbers(text) != *text)
    }
}

/// `mailbox-12@…` as `mailbox-*@…`. A label made with a key has eight digits and letters and stays.
fn without_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) =
        ["mailbox-", "user-", "ip-"].iter().filter_map(|lead| rest.find(lead).map(|at| at + lead.len())).min()
    {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
        let whole = !tail[digits..].chars().next().is_some_and(char::is_alphanumeric);
        if (1..8).contains(&digits) && whole {
            out.push('*');
            rest = &tail[digits..];
        } else {
            rest = tail;
        }
    }
    out.push_str(rest);
    out
}

/// A time of a report in milliseconds since 1970 UTC; local time counts as UTC.
pub(super) fn instant(time: &str) -> Option<i64> {
    let local = || NaiveDateTime::parse_from_str(time, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|time| time.and_utc());
    DateTime::parse_from_rfc3339(time).ok().map(|time| time.to_utc()).or_else(local).map(|time| time.timestamp_millis())
}

#[allow(clippy::ptr_arg, reason = "the shape that `Option::filter` wants")]
fn is_time(time: &String) -> bool {
    instant(time).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_pseudonyms_do_not_count_but_labels_do() {
        assert_eq!(without_numbers("mailbox-12@… of user-3"), "mailbox-*@… of user-*");
        assert_eq!(without_numbers("mailbox-0a1b2c3d@…"), "mailbox-0a1b2c3d@…");
        assert_eq!(without_numbers("mailbox-12345678@…"), "mailbox-12345678@…");
        assert_eq!(without_numbers("ip-1x user-"), "ip-1x user-");
    }

    #[test]
    fn what_is_no_report_is_refused_with_the_way_out() {
        for (text, says) in [
            ("", "it is empty"),
            ("2026-01-05 log", "it is no JSON"),
            ("{\"pattern\":\"x\"}\n{\"summary\":{}}\n", "JSON Lines"),
            ("{}", "without a `schema`"),
            ("[]", "it is no JSON"),
            ("{\"schema\":\"oauthsift.report/9\"}", "its schema is `oauthsift.report/9`"),
            ("{\"schema\":\"oauthsift.report/1\"}", "`summary` or `incidents` is missing"),
            ("{\"schema\":\"oauthsift.report/1\",\"incidents\":[1],\"summary\":{\"findings\":0}}", "not a report"),
        ] {
            let error = Snapshot::read(text.as_bytes()).expect_err(text).to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
