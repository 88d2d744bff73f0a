//! The document that a report becomes: which facts, in which order, the same for every written format.
//!
//! A document consists of blocks. A format prints blocks: it knows its markup and how to escape text,
//! but not what the blocks say.

use super::{
    blocks::{Block, Line, Span, code, marked, strong, text},
    format::{count, grouped, long_time, short_time, size},
    sentences::{
        cause_of, deadline, facts, facts_for_support, headline, incidents_not_named, made_by, mentions, notes_of,
        reason, redacted, source, split_first_statement, with_numbers,
    },
};
use crate::{
    catalogue::Reference,
    model::Fault,
    report::{Action, Incident, InputSummary, Report, Statement},
};

/// A report as blocks.
#[derive(Debug)]
pub(super) struct Document {
    /// The diagnosis, what to do first, all incidents in a table.
    head: Vec<Block>,
    /// Each incident.
    incidents: Vec<Vec<Block>>,
    /// What was read, what could not be, what was redacted.
    notes: Vec<Block>,
}

/// Rows of the tables of incidents, inputs and faults.
const MAX_ROWS: usize = 40;
/// Things to do first.
const MAX_ACTIONS: usize = 12;
/// Statements of the diagnosis.
const MAX_STATEMENTS: usize = 24;
/// How much of a record is shown with its incident.
const MAX_EXCERPT_LINES: usize = 20;
const MAX_EXCERPT_BYTES: usize = 2000;
/// Room for the line that counts the incidents left out. Characters.
const LEFT_OUT_LINE_CHARS: usize = 200;

/// Builds the document of a report.
pub(super) fn build(report: &Report) -> Document {
    Document {
        head: head(report),
        incidents: report.incidents.iter().enumerate().map(|(i, one)| incident(report, i + 1, one)).collect(),
        notes: notes(report),
    }
}

/// Prints a document in at most `max_chars` characters. Incidents that do not fit are counted.
pub(super) fn fit(document: &Document, max_chars: usize, print: impl Fn(&[Block]) -> String) -> String {
    let mut out = print(&document.head);
    let notes = print(&document.notes);
    let mut room = max_chars.saturating_sub(out.chars().count() + notes.chars().count() + LEFT_OUT_LINE_CHARS);
    for (i, incident) in document.incidents.iter().enumerate() {
        let printed = print(incident);
        let length = printed.chars().count() + 1;
        if length > room {
            let left_out = document.incidents.len() - i;
            let line = format!(
                "{} not shown here to keep this short enough for a ticket; all are in the JSON report.",
                if left_out == 1 { "1 more incident is".to_owned() } else { format!("{left_out} more incidents are") }
            );
            out.push('\n');
            out.push_str(&print(&[Block::Para(vec![text(line)])]));
            break;
        }
        room -= length;
        out.push('\n');
        out.push_str(&printed);
    }
    out.push('\n');
    out.push_str(&notes);
    out
}

fn head(report: &Report) -> Vec<Block> {
    let mut blocks = vec![
        Block::Heading(1, vec![text("OAuth 2.0 failures in the Jira log")]),
        Block::Notice { title: "Diagnosis", lines: headline(report).lines().map(|line| vec![strong(line)]).collect() },
    ];
    let (_, statements) = split_first_statement(report);
    if !statements.is_empty() {
        let line_of = |statement: &Statement| {
            let mut line = vec![text(with_numbers(report, &statement.text))];
            let incidents = incidents_not_named(report, &statement.incidents, &statement.text);
            if !incidents.is_empty() {
                line.push(text(format!(" ({incidents})")));
            }
            line
        };
        blocks.push(Block::Bullets(statements.iter().take(MAX_STATEMENTS).map(line_of).collect()));
        blocks.extend(more(statements.len(), MAX_STATEMENTS, "statement"));
    }
    let actions = &report.diagnosis.actions;
    if !actions.is_empty() {
        blocks.push(Block::Heading(2, vec![text("What to do first")]));
        let line_of = |action: &Action| {
            let mut line = vec![strong(with_numbers(report, &action.text))];
            let sentences =
                [Some(with_numbers(report, &reason(action))).filter(|reason| !reason.is_empty()), deadline(action)];
            line.extend(sentences.into_iter().flatten().map(|sentence| text(format!(" {sentence}"))));
            let incident = incidents_not_named(report, std::slice::from_ref(&action.incident), "");
            if !incident.is_empty() {
                line.push(text(format!(" (Steps: {incident}.)")));
            }
            line
        };
        blocks.push(Block::Steps(actions.iter().take(MAX_ACTIONS).map(line_of).collect()));
        blocks.extend(more(actions.len(), MAX_ACTIONS, "action"));
    }
    if !report.incidents.is_empty() {
        blocks.push(Block::Heading(2, vec![text("Incidents")]));
        blocks.push(overview(report));
        blocks.extend(more(report.incidents.len(), MAX_ROWS, "incident"));
    }
    blocks
}

/// How much was left out of a list.
fn more(all: usize, shown: usize, noun: &str) -> Option<Block> {
    let left_out = all.checked_sub(shown).filter(|left_out| *left_out > 0)?;
    let more = count(left_out as u64, &format!("more {noun}"));
    Some(Block::Para(vec![text(format!("And {more}, see the JSON report."))]))
}

fn overview(report: &Report) -> Block {
    let row = |(i, incident): (usize, &Incident)| {
        let time = |time: &Option<String>| vec![text(short_time(time.as_deref(), true))];
        vec![
            vec![text((i + 1).to_string())],
            vec![text(incident.severity.as_str())],
            vec![text(incident.title.clone())],
            incident.code.map(|number| code(format!("AADSTS{number}"))).into_iter().collect(),
            vec![text(grouped(incident.count))],
            time(&incident.first_seen),
            time(&incident.last_seen),
        ]
    };
    Block::Table {
        head: vec!["No.", "Severity", "Failure", "Code", "Count", "First seen", "Last seen"],
        rows: report.incidents.iter().enumerate().take(MAX_ROWS).map(row).collect(),
    }
}

fn incident(report: &Report, number: usize, incident: &Incident) -> Vec<Block> {
    let mut blocks = vec![
        Block::Heading(3, vec![text(format!("{number}. {}", incident.title))]),
        Block::Para(vec![text(facts(incident))]),
    ];
    if let Some(cause) = cause_of(report, incident) {
        blocks.push(Block::Para(vec![strong("Caused by:"), text(format!(" {cause}"))]));
    }
    blocks.push(Block::Para([strong("Why:"), text(" ")].into_iter().chain(marked(&incident.cause)).collect()));
    for note in notes_of(incident) {
        blocks.push(Block::Para(vec![strong("Note:"), text(format!(" {note}"))]));
    }
    if !incident.steps.is_empty() {
        blocks.push(Block::Para(vec![strong("How to fix it:")]));
        blocks.push(Block::Steps(incident.steps.iter().map(|step| marked(step)).collect()));
    }
    let facts = facts_for_support(incident);
    blocks.push(Block::Table {
        head: vec!["For support", "Value"],
        rows: facts.into_iter().map(|(name, values)| vec![vec![text(name)], listed(values)]).collect(),
    });
    if !incident.support.is_empty() {
        let cell = |text: &Option<String>| text.clone().map(code).into_iter().collect();
        blocks.push(Block::Para(vec![strong("Latest failures with ids:")]));
        blocks.push(Block::Table {
            head: vec!["Time (UTC)", "Trace id", "Correlation id"],
            rows: incident
                .support
                .iter()
                .map(|ids| vec![cell(&ids.time_utc), cell(&ids.trace_id), cell(&ids.correlation_id)])
                .collect(),
        });
    }
    if let Some(sample) = &incident.sample {
        let place = format!(", line {} (byte {}):", grouped(sample.line), sample.offset);
        blocks.push(Block::Para(vec![text("First record: "), code(sample.source.clone()), text(place)]));
        blocks.push(Block::Pre(shortened(&sample.excerpt)));
    }
    if !incident.references.is_empty() {
        let link =
            |reference: &Reference| vec![Span::Link { title: reference.title.clone(), url: reference.url.clone() }];
        blocks.push(Block::Bullets(incident.references.iter().map(link).collect()));
    }
    blocks
}

/// Values separated by commas.
fn listed(values: Vec<String>) -> Line {
    let mut line = Line::new();
    for value in values {
        if !line.is_empty() {
            line.push(text(", "));
        }
        line.push(code(value));
    }
    line
}

fn notes(report: &Report) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(2, vec![text("Logs read")])];
    if !report.inputs.is_empty() {
        let row = |input: &InputSummary| {
            let time = |time: &Option<String>| vec![text(time.as_deref().map_or("-".to_owned(), long_time))];
            vec![
                vec![code(source(&input.source))],
                vec![text(size(input.bytes))],
                vec![text(grouped(input.lines))],
                time(&input.first_timestamp),
                time(&input.last_timestamp),
                vec![text(match (&input.duplicate_of, input.complete) {
                    (Some(_), _) => "duplicate, read once",
                    (None, true) => "yes",
                    (None, false) => "no",
                })],
            ]
        };
        blocks.push(Block::Table {
            head: vec!["Log", "Size", "Lines", "From", "To", "Complete"],
            rows: report.inputs.iter().take(MAX_ROWS).map(row).collect(),
        });
        blocks.extend(more(report.inputs.len(), MAX_ROWS, "log"));
    }
    if !report.faults.is_empty() {
        blocks.push(Block::Para(vec![strong("Not read, or only in part:")]));
        let line_of = |fault: &Fault| {
            let place = fault.offset.map_or(String::new(), |offset| format!(", byte {offset}"));
            vec![code(source(&fault.source)), text(format!("{place}: {}", fault.message))]
        };
        blocks.push(Block::Bullets(report.faults.iter().take(MAX_ROWS).map(line_of).collect()));
        blocks.extend(more(report.faults.len(), MAX_ROWS, "fault"));
    }
    if let Some(mentions) = mentions(report) {
        blocks.push(Block::Para(vec![text(mentions)]));
    }
    blocks.push(Block::Para(vec![text(redacted(report))]));
    blocks.push(Block::Para(vec![text(made_by(report))]));
    blocks
}

fn shortened(excerpt: &str) -> String {
    let mut out = String::new();
    for (i, line) in excerpt.lines().enumerate() {
        let room = MAX_EXCERPT_BYTES.saturating_sub(out.len());
        if i == MAX_EXCERPT_LINES || room == 0 {
            out.push_str("…\n");
            break;
        }
        if line.len() > room {
            let end = (0..=room).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
            out.push_str(&line[..end]);
            out.push_str(" …\n");
            break;
        }
        out.push_str(line);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}
