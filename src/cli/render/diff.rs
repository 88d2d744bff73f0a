//! How a comparison of two reports looks.

use std::fmt::Write as _;

use oauthsift::report::{Change, ChangeKind, Comparison, IncidentSpan, Side};

use super::{
    TextStyle,
    blocks::{Block, code, strong, text as words},
    format::{count, grouped, long_time, short_time, span_of_time, times},
    markdown,
};

/// Where prose starts behind the fate of an incident.
const INDENT: usize = 7;

/// For a terminal.
pub(crate) fn text(found: &Comparison, look: &TextStyle) -> String {
    let mut out = String::new();
    for line in look.hang("", 0, &told(found)).lines() {
        let _ = writeln!(out, "{}", look.bold(line));
    }
    out.push('\n');
    out.push_str(&look.hang("Old", 5, &side(&found.old)));
    out.push_str(&look.hang("New", 5, &side(&found.new)));
    for change in &found.incidents {
        out.push('\n');
        let fate = format!("{:1$}", change.kind.as_str().to_uppercase(), INDENT);
        let title = look.hang(&" ".repeat(INDENT), INDENT, &change.title);
        let title = title.trim_start().trim_end();
        let fate = match change.kind {
            ChangeKind::New | ChangeKind::Still => look.severity(change.severity, &fate),
            ChangeKind::Quiet | ChangeKind::Gone => look.dim(&fate),
        };
        let _ = writeln!(out, "{fate}{}", look.bold(title));
        for line in facts(change) {
            out.push_str(&look.hang("", INDENT, &line));
        }
    }
    if let Some(note) = note(found) {
        out.push('\n');
        out.push_str(&look.hang("", 0, note));
    }
    out
}

/// For GitHub, GitLab, Confluence.
pub(crate) fn markdown(found: &Comparison) -> String {
    let mut blocks = vec![
        Block::Heading(1, vec![words("Before and after")]),
        Block::Notice { title: "Verdict", lines: vec![vec![strong(told(found))]] },
        Block::Bullets(vec![
            vec![words(format!("Before: {}", side(&found.old)))],
            vec![words(format!("After: {}", side(&found.new)))],
        ]),
    ];
    if !found.incidents.is_empty() {
        let seen = |seen: &Option<IncidentSpan>| {
            let told = seen
                .as_ref()
                .map(|seen| format!("{}, last {}", times(seen.count), short_time(seen.last_seen.as_deref(), true)));
            told.into_iter().map(words).collect()
        };
        let row = |change: &Change| {
            let mark = if change.unsure { " (unsure)" } else { "" };
            vec![
                vec![strong(change.kind.as_str()), words(mark)],
                vec![words(change.severity.as_str())],
                vec![words(change.title.clone())],
                change.code.map(|number| code(format!("AADSTS{number}"))).into_iter().collect(),
                subject(change).map(code).into_iter().collect(),
                seen(&change.old),
                seen(&change.new),
            ]
        };
        blocks.push(Block::Table {
            head: vec!["Fate", "Severity", "What", "Code", "Whose", "Before", "After"],
            rows: found.incidents.iter().map(row).collect(),
        });
    }
    if let Some(note) = note(found) {
        blocks.push(Block::Para(vec![words(note)]));
    }
    markdown::print(&blocks)
}

/// The verdict, with its times as people write them.
fn told(found: &Comparison) -> String {
    match &found.new.to {
        Some(to) => found.summary.replace(to.as_str(), &long_time(to)),
        None => found.summary.clone(),
    }
}

fn side(side: &Side) -> String {
    let logs = match (&side.from, &side.to) {
        (None, None) => "no times in its logs".to_owned(),
        (from, to) => format!("logs of {}", span_of_time(from.as_deref().or(to.as_deref()), to.as_deref())),
    };
    format!("{}, {logs}", count(side.findings, "failure"))
}

fn facts(change: &Change) -> Vec<String> {
    let mut kind = vec![change.severity.as_str().to_owned()];
    kind.extend(change.code.map(|code| format!("AADSTS{code}")));
    kind.push(change.pattern.clone());
    kind.extend(subject(change));
    let last = |seen: &IncidentSpan| {
        seen.last_seen.as_deref().map_or("time not in the log".to_owned(), |at| format!("last {}", long_time(at)))
    };
    let happened = match (&change.old, &change.new) {
        (Some(old), Some(new)) => {
            format!("before {}, {}; now {}, {}", times(old.count), last(old), times(new.count), last(new))
        }
        (Some(old), None) => format!("before {}, {}; not in the newer report", times(old.count), last(old)),
        (None, Some(new)) => {
            format!("{}, {}", times(new.count), span_of_time(new.first_seen.as_deref(), new.last_seen.as_deref()))
        }
        (None, None) => grouped(0),
    };
    let mut lines = vec![kind.join(", "), happened];
    if change.unsure {
        lines.push("(unsure: see below)".to_owned());
    }
    lines
}

fn subject(change: &Change) -> Option<String> {
    let subject = &change.subject;
    let parts = [&subject.integration, &subject.mailbox, &subject.app_id, &subject.tenant];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn note(found: &Comparison) -> Option<&'static str> {
    found.incidents.iter().any(|change| change.unsure).then_some(
        "Unsure: the two reports name people by numbers of their own, so of several incidents that differ by a person \
         alone it cannot be told which is which. Make both reports with the same --pseudonym-key to tell them apart.",
    )
}
