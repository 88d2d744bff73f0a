//! The comparison of two reports as text, Markdown or JSON.
//!
//! ```
//! use oauthsift::{render::{self, TextStyle}, report::{Snapshot, compare}};
//!
//! let report = br#"{"schema": "oauthsift.report/1", "summary": {"findings": 0}, "inputs": [], "incidents": []}"#;
//! let (old, new) = (Snapshot::read(report)?, Snapshot::read(report)?);
//! let text = render::diff::text(&compare(&old, &new), &TextStyle::default());
//! assert!(text.contains("Old  0 failures"));
//! # Ok::<(), oauthsift::report::SnapshotError>(())
//! ```

use std::fmt::Write as _;

use super::{
    TextStyle,
    blocks::{Block, code, strong, text as plain},
    format::{count, grouped, long_time, short_time, time_range, times},
    markdown::print as print_markdown,
};
use crate::report::{Change, ChangeKind, Comparison, IncidentSpan, Side};

/// Where prose starts after the status of an incident. Columns.
const INDENT: usize = 7;

/// A comparison as text for a terminal.
#[must_use]
pub fn text(comparison: &Comparison, style: &TextStyle) -> String {
    let mut out = String::new();
    for line in style.hang("", 0, &verdict(comparison)).lines() {
        let _ = writeln!(out, "{}", style.bold(line));
    }
    out.push('\n');
    out.push_str(&style.hang("Old", 5, &side(&comparison.old)));
    out.push_str(&style.hang("New", 5, &side(&comparison.new)));
    for change in &comparison.incidents {
        out.push('\n');
        let status = format!("{:1$}", change.kind.as_str().to_uppercase(), INDENT);
        let title = style.hang(&" ".repeat(INDENT), INDENT, &change.title);
        let title = title.trim_start().trim_end();
        let status = match change.kind {
            ChangeKind::New | ChangeKind::Still => style.severity(change.severity, &status),
            ChangeKind::Quiet | ChangeKind::Gone => style.dim(&status),
        };
        let _ = writeln!(out, "{status}{}", style.bold(title));
        for line in facts(change) {
            out.push_str(&style.hang("", INDENT, &line));
        }
    }
    if let Some(note) = note(comparison) {
        out.push('\n');
        out.push_str(&style.hang("", 0, note));
    }
    out
}

/// A comparison as Markdown, for GitHub, GitLab and Confluence.
#[must_use]
pub fn markdown(comparison: &Comparison) -> String {
    let mut blocks = vec![
        Block::Heading(1, vec![plain("Comparison of two reports")]),
        Block::Notice { title: "Verdict", lines: vec![vec![strong(verdict(comparison))]] },
        Block::Bullets(vec![
            vec![plain(format!("Before: {}", side(&comparison.old)))],
            vec![plain(format!("After: {}", side(&comparison.new)))],
        ]),
    ];
    if !comparison.incidents.is_empty() {
        let seen = |seen: &Option<IncidentSpan>| {
            let text = seen
                .as_ref()
                .map(|seen| format!("{}, last {}", times(seen.count), short_time(seen.last_seen.as_deref(), true)));
            text.into_iter().map(plain).collect()
        };
        let row = |change: &Change| {
            let mark = if change.unsure { " (uncertain)" } else { "" };
            vec![
                vec![strong(change.kind.as_str()), plain(mark)],
                vec![plain(change.severity.as_str())],
                vec![plain(change.title.clone())],
                change.code.map(|number| code(format!("AADSTS{number}"))).into_iter().collect(),
                affected(change).map(code).into_iter().collect(),
                seen(&change.old),
                seen(&change.new),
            ]
        };
        blocks.push(Block::Table {
            head: vec!["Status", "Severity", "Failure", "Code", "Affected", "Before", "After"],
            rows: comparison.incidents.iter().map(row).collect(),
        });
    }
    if let Some(note) = note(comparison) {
        blocks.push(Block::Para(vec![plain(note)]));
    }
    print_markdown(&blocks)
}

/// A comparison as one JSON object, schema `oauthsift.diff/1`.
///
/// # Errors
/// None in practice: a comparison consists of text and numbers.
pub fn json(comparison: &Comparison) -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(comparison)? + "\n")
}

/// The verdict, with readable times.
fn verdict(comparison: &Comparison) -> String {
    match &comparison.new.to {
        Some(to) => comparison.summary.replace(to.as_str(), &long_time(to)),
        None => comparison.summary.clone(),
    }
}

fn side(side: &Side) -> String {
    let logs = match (&side.from, &side.to) {
        (None, None) => "no times in its logs".to_owned(),
        (from, to) => format!("logs of {}", time_range(from.as_deref().or(to.as_deref()), to.as_deref())),
    };
    format!("{}, {logs}", count(side.findings, "failure"))
}

fn facts(change: &Change) -> Vec<String> {
    let mut kind = vec![change.severity.as_str().to_owned()];
    kind.extend(change.code.map(|code| format!("AADSTS{code}")));
    kind.push(change.pattern.clone());
    kind.extend(affected(change));
    let last = |seen: &IncidentSpan| {
        seen.last_seen.as_deref().map_or("time not logged".to_owned(), |at| format!("last {}", long_time(at)))
    };
    let history = match (&change.old, &change.new) {
        (Some(old), Some(new)) => {
            format!("before {}, {}; now {}, {}", times(old.count), last(old), times(new.count), last(new))
        }
        (Some(old), None) => format!("before {}, {}; not in the newer report", times(old.count), last(old)),
        (None, Some(new)) => {
            format!("{}, {}", times(new.count), time_range(new.first_seen.as_deref(), new.last_seen.as_deref()))
        }
        (None, None) => grouped(0),
    };
    let mut lines = vec![kind.join(", "), history];
    if change.unsure {
        lines.push("(uncertain: see below)".to_owned());
    }
    lines
}

/// The integration, mailbox, application and tenant of an incident.
fn affected(change: &Change) -> Option<String> {
    let subject = &change.subject;
    let parts = [&subject.integration, &subject.mailbox, &subject.app_id, &subject.tenant];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn note(comparison: &Comparison) -> Option<&'static str> {
    comparison.incidents.iter().any(|change| change.unsure).then_some(
        "Uncertain: each report numbers people on its own, so incidents that differ only in a person cannot be matched \
         with certainty. Make both reports with the same --pseudonym-key to tell them apart.",
    )
}
