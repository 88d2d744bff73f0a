//! What a report says to a person, in which order: the same story for every written format.
//!
//! The story is made of blocks. A format prints blocks and knows its own markup and how to make
//! text inert in it; it does not know what is told.

use oauthsift::{Incident, Report, report::Statement};

use super::{
    blocks::{Block, Line, Span, code, marked, strong, text},
    format::{count, grouped, long_time, short_time, size},
    sentences::{
        cause_of, facts, facts_for_support, first_statement, headline, hidden, made_by, named, notes_of, plainly,
        quoted, source,
    },
};

/// A report, told.
#[derive(Debug)]
pub(crate) struct Document {
    /// The diagnosis, what to do first, all incidents in a table.
    pub(crate) head: Vec<Block>,
    /// Each incident.
    pub(crate) incidents: Vec<Vec<Block>>,
    /// What was read, what could not be, what was hidden.
    pub(crate) notes: Vec<Block>,
}

/// Rows of the table of incidents, of inputs and of faults. A ticket is read by people.
const MAX_ROWS: usize = 40;
/// Things to do; the first ones matter.
const MAX_ACTIONS: usize = 12;
/// What can be said in one report.
const MAX_STATEMENTS: usize = 24;
/// How much of a record is shown with its incident.
const MAX_EXCERPT_LINES: usize = 20;
const MAX_EXCERPT_BYTES: usize = 2000;

/// Tells a report.
pub(crate) fn build(report: &Report) -> Document {
    Document {
        head: head(report),
        incidents: report.incidents.iter().enumerate().map(|(i, one)| incident(report, i + 1, one)).collect(),
        notes: notes(report),
    }
}

/// Prints a story in at most `most` characters: incidents that do not fit are counted.
pub(crate) fn fit(story: &Document, most: usize, print: impl Fn(&[Block]) -> String) -> String {
    let mut out = print(&story.head);
    let notes = print(&story.notes);
    // What the line about left-out incidents takes.
    let mut room = most.saturating_sub(out.chars().count() + notes.chars().count() + 200);
    for (i, incident) in story.incidents.iter().enumerate() {
        let printed = print(incident);
        let length = printed.chars().count() + 1;
        if length > room {
            let left = story.incidents.len() - i;
            let line = format!(
                "{} not shown here to keep this short enough for a ticket; all are in the JSON report.",
                if left == 1 { "1 more incident is".to_owned() } else { format!("{left} more incidents are") }
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
        Block::Heading(1, vec![text("OAuth 2.0 failures in Jira's log")]),
        Block::Notice { title: "Diagnosis", lines: vec![vec![strong(headline(report))]] },
    ];
    let told = &report.diagnosis;
    let (_, statements) = first_statement(report);
    if !statements.is_empty() {
        let say = |statement: &Statement| {
            let mut line = vec![text(plainly(report, &statement.text))];
            let named = named(report, &statement.incidents, &statement.text);
            if !named.is_empty() {
                line.push(text(format!(" ({named})")));
            }
            line
        };
        blocks.push(Block::Bullets(statements.iter().take(MAX_STATEMENTS).map(say).collect()));
        blocks.extend(more(statements.len(), MAX_STATEMENTS, "statement"));
    }
    if !told.actions.is_empty() {
        blocks.push(Block::Heading(2, vec![text("What to do first")]));
        let act = |action: &oauthsift::report::Action| {
            let mut line = vec![strong(plainly(report, &action.text))];
            if !action.because.is_empty() {
                line.push(text(format!(" {}", plainly(report, &action.because))));
            }
            if let Some(before) = &action.before {
                line.push(text(format!(" Before {}.", long_time(before))));
            }
            let named = named(report, std::slice::from_ref(&action.incident), "");
            if !named.is_empty() {
                line.push(text(format!(" (Steps: {named}.)")));
            }
            line
        };
        blocks.push(Block::Steps(told.actions.iter().take(MAX_ACTIONS).map(act).collect()));
        blocks.extend(more(told.actions.len(), MAX_ACTIONS, "thing to do"));
    }
    if !report.incidents.is_empty() {
        blocks.push(Block::Heading(2, vec![text("Incidents")]));
        blocks.push(overview(report));
        blocks.extend(more(report.incidents.len(), MAX_ROWS, "incident"));
    }
    blocks
}

/// A word about what was left out of a list.
fn more(all: usize, shown: usize, noun: &str) -> Option<Block> {
    let left = all.checked_sub(shown).filter(|left| *left > 0)?;
    let what = match noun {
        "thing to do" if left > 1 => format!("{left} more things to do"),
        noun => count(left as u64, &format!("more {noun}")),
    };
    Some(Block::Para(vec![text(format!("And {what}, see the JSON report."))]))
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
        head: vec!["No.", "Severity", "What", "Code", "Count", "First seen", "Last seen"],
        rows: report.incidents.iter().enumerate().take(MAX_ROWS).map(row).collect(),
    }
}

fn incident(report: &Report, number: usize, incident: &Incident) -> Vec<Block> {
    let mut blocks = vec![
        Block::Heading(3, vec![text(format!("{number}. {}", incident.title))]),
        Block::Para(vec![text(facts(incident))]),
    ];
    if let Some(cause) = cause_of(report, incident) {
        blocks.push(Block::Para(vec![strong("Follows from:"), text(format!(" {cause}"))]));
    }
    blocks.push(Block::Para([strong("Why:"), text(" ")].into_iter().chain(marked(&incident.cause)).collect()));
    for note in notes_of(incident) {
        blocks.push(Block::Para(vec![strong("Note:"), text(format!(" {note}"))]));
    }
    if !incident.steps.is_empty() {
        blocks.push(Block::Para(vec![strong("What ends it:")]));
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
                .map(|one| vec![cell(&one.time_utc), cell(&one.trace_id), cell(&one.correlation_id)])
                .collect(),
        });
    }
    if let Some(sample) = &incident.sample {
        let place = format!(", line {} (byte {}):", grouped(sample.line), sample.offset);
        blocks.push(Block::Para(vec![text("First seen in "), code(sample.source.clone()), text(place)]));
        blocks.push(Block::Pre(shortened(&sample.excerpt)));
    }
    if !incident.references.is_empty() {
        let link = |reference: &oauthsift::catalogue::Reference| {
            vec![Span::Link { title: reference.title.clone(), url: reference.url.clone() }]
        };
        blocks.push(Block::Bullets(incident.references.iter().map(link).collect()));
    }
    blocks
}

/// Values with commas between.
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
    let mut blocks = vec![Block::Heading(2, vec![text("What was read")])];
    if !report.inputs.is_empty() {
        let row = |input: &oauthsift::report::InputSummary| {
            let time = |time: &Option<String>| vec![text(time.as_deref().map_or("-".to_owned(), long_time))];
            vec![
                vec![code(source(&input.source))],
                vec![text(size(input.bytes))],
                vec![text(grouped(input.lines))],
                time(&input.first_timestamp),
                time(&input.last_timestamp),
                vec![text(match (&input.duplicate_of, input.complete) {
                    (Some(_), _) => "a copy, read once",
                    (None, true) => "yes",
                    (None, false) => "no",
                })],
            ]
        };
        blocks.push(Block::Table {
            head: vec!["Log", "Size", "Lines", "From", "To", "Whole"],
            rows: report.inputs.iter().take(MAX_ROWS).map(row).collect(),
        });
        blocks.extend(more(report.inputs.len(), MAX_ROWS, "log"));
    }
    if !report.faults.is_empty() {
        blocks.push(Block::Para(vec![strong("What could not be read, or not whole:")]));
        let say = |fault: &oauthsift::Fault| {
            let place = fault.offset.map_or(String::new(), |offset| format!(", byte {offset}"));
            vec![code(source(&fault.source)), text(format!("{place}: {}", fault.message))]
        };
        blocks.push(Block::Bullets(report.faults.iter().take(MAX_ROWS).map(say).collect()));
        blocks.extend(more(report.faults.len(), MAX_ROWS, "fault"));
    }
    if let Some(quoted) = quoted(report) {
        blocks.push(Block::Para(vec![text(quoted)]));
    }
    blocks.push(Block::Para(vec![text(hidden(report))]));
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
