//! What the doctor found, and what to enter, in every output format.

mod html;
mod settings;
mod text;

pub use html::html;
pub use settings::{markdown as settings_markdown, text as settings_text};
pub use text::table;

use super::{
    blocks::{Block, Line, code, strong, text},
    format::count,
    markdown::print,
};
use crate::{
    doctor::{
        DoctorReport,
        checks::{Check, Verdict},
    },
    model::sort_by_key,
};

/// The report as Markdown.
#[must_use]
pub fn markdown(report: &DoctorReport) -> String {
    print(&document(report))
}

/// The result in one line: `2 problems, 1 warning; 12 ok, 3 unknown`.
#[must_use]
pub fn headline(report: &DoctorReport) -> String {
    let summary = &report.summary;
    let number = |n: usize, noun: &str| count(n as u64, noun);
    let found = match (summary.problem, summary.warning) {
        (0, 0) => "No problem found".to_owned(),
        (problems, 0) => number(problems, "problem"),
        (0, warnings) => number(warnings, "warning"),
        (problems, warnings) => format!("{}, {}", number(problems, "problem"), number(warnings, "warning")),
    };
    let unknown = if summary.unknown > 0 { format!(", {} unknown", summary.unknown) } else { String::new() };
    format!("{found}; {} ok{unknown}", summary.ok)
}

/// The subjects in their order, each with its checks, the worst first.
fn subjects(report: &DoctorReport) -> Vec<(String, Vec<&Check>)> {
    let mut groups: Vec<(String, Vec<&Check>)> = Vec::new();
    for check in &report.checks {
        let name = check.subject.clone().unwrap_or_else(|| "Jira".to_owned());
        match groups.iter_mut().find(|(one, _)| *one == name) {
            Some((_, checks)) => checks.push(check),
            None => groups.push((name, vec![check])),
        }
    }
    for (_, checks) in &mut groups {
        sort_by_key(checks, |check| std::cmp::Reverse(check.verdict));
    }
    groups
}

/// The report as blocks.
fn document(report: &DoctorReport) -> Vec<Block> {
    let mut blocks = vec![
        Block::Heading(1, vec![text("OAuth 2.0 settings and network")]),
        Block::Notice { title: "Result", lines: vec![vec![strong(headline(report))]] },
    ];
    let urgent: Vec<&Check> =
        report.checks.iter().filter(|check| check.verdict >= Verdict::Warning && check.fix.is_some()).collect();
    if !urgent.is_empty() {
        blocks.push(Block::Heading(2, vec![text("What to do")]));
        let mut urgent = urgent;
        sort_by_key(&mut urgent, |check| std::cmp::Reverse(check.verdict));
        blocks.push(Block::Steps(urgent.into_iter().map(action).collect()));
    }
    for (subject, checks) in subjects(report) {
        blocks.push(Block::Heading(2, vec![text(capitalized(&subject))]));
        let row = |check: &&Check| {
            vec![
                vec![strong(check.verdict.as_str())],
                vec![text(check.title.clone())],
                vec![text(fact(check))],
                vec![code(check.id.clone())],
            ]
        };
        blocks.push(Block::Table {
            head: vec!["Verdict", "Check", "Fact", "Id"],
            rows: checks.iter().map(row).collect(),
        });
    }
    if !report.sources.is_empty() {
        blocks.push(Block::Heading(2, vec![text("Settings read")]));
        let line = |source: &crate::doctor::SettingsSource| {
            let notes: String = source.notes.iter().map(|note| format!("; {note}")).collect();
            vec![code(source.name.clone()), text(format!(": {}{notes}", source.format))]
        };
        blocks.push(Block::Bullets(report.sources.iter().map(line).collect()));
    }
    let online = if report.online { "Hosts were contacted from this machine." } else { "No host was contacted." };
    blocks.push(Block::Para(vec![text(format!(
        "{online} Made by oauthsift {} at {}.",
        report.version, report.generated_at
    ))]));
    blocks
}

/// What to do about a check.
fn action(check: &Check) -> Line {
    let mut line = Vec::new();
    if let Some(subject) = &check.subject {
        line.push(text(format!("{}: ", capitalized(subject))));
    }
    line.push(strong(check.fix.clone().unwrap_or_default()));
    if let Some(value) = &check.value {
        line.push(text(" "));
        line.push(code(value.clone()));
    }
    line.push(text(format!(" ({})", check.fact)));
    line
}

/// The fact, with the time that it took.
fn fact(check: &Check) -> String {
    match check.milliseconds {
        Some(time) => format!("{} ({time} ms)", check.fact),
        None => check.fact.clone(),
    }
}

fn capitalized(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
