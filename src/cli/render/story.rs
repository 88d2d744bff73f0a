//! What a report says to a person, in which order: the same story for every written format.
//!
//! The story is made of blocks. A format prints blocks and knows its own markup and how to make
//! text inert in it; it does not know what is told.

use oauthsift::{
    Incident, Report,
    report::{Certainty, Statement, StatementKind},
};

use super::words::{count, grouped, long_time, short_time, size, span_of_time, times};

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Span {
    /// Prose.
    Text(String),
    /// Prose that stands out.
    Strong(String),
    /// An id, a path, a word of the log.
    Code(String),
    /// A page.
    Link { title: String, url: String },
}

/// A line of spans.
pub(crate) type Line = Vec<Span>;

/// A block of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// A heading, 1 to 3.
    Heading(u8, Line),
    /// A paragraph.
    Para(Line),
    /// What must not be overlooked.
    Notice { title: &'static str, lines: Vec<Line> },
    /// Things in order.
    Steps(Vec<Line>),
    /// Things in no order.
    Bullets(Vec<Line>),
    /// A table; every row has as many cells as the head.
    Table { head: Vec<&'static str>, rows: Vec<Vec<Line>> },
    /// Log text as it stands.
    Pre(String),
}

/// A report, told.
#[derive(Debug)]
pub(crate) struct Story {
    /// The diagnosis, what to do first, all incidents in a table.
    pub(crate) head: Vec<Block>,
    /// Each incident.
    pub(crate) incidents: Vec<Vec<Block>>,
    /// What was read, what could not be, what was hidden.
    pub(crate) notes: Vec<Block>,
}

/// Rows of the table of incidents, of inputs and of faults. A ticket is read by people.
const MOST_ROWS: usize = 40;
/// Things to do; the first ones matter.
const MOST_ACTIONS: usize = 12;
/// What can be said in one report.
const MOST_STATEMENTS: usize = 24;
/// How much of a record is shown with its incident.
const MOST_EXCERPT_LINES: usize = 20;
const MOST_EXCERPT: usize = 2000;

pub(crate) fn text(text: impl Into<String>) -> Span {
    Span::Text(text.into())
}

pub(crate) fn strong(text: impl Into<String>) -> Span {
    Span::Strong(text.into())
}

pub(crate) fn code(text: impl Into<String>) -> Span {
    Span::Code(text.into())
}

/// The pieces of a text of the catalogue: what stands between backticks is code.
pub(crate) fn pieces(text: &str) -> Vec<(bool, &str)> {
    if !text.matches('`').count().is_multiple_of(2) {
        return vec![(false, text)];
    }
    text.split('`').enumerate().map(|(i, piece)| (i % 2 == 1, piece)).filter(|(_, piece)| !piece.is_empty()).collect()
}

fn marked(words: &str) -> Line {
    pieces(words).into_iter().map(|(is_code, piece)| if is_code { code(piece) } else { text(piece) }).collect()
}

/// Tells a report.
pub(crate) fn tell(report: &Report) -> Story {
    Story {
        head: head(report),
        incidents: report.incidents.iter().enumerate().map(|(i, one)| incident(report, i + 1, one)).collect(),
        notes: notes(report),
    }
}

/// Prints a story in at most `most` characters: incidents that do not fit are counted.
pub(crate) fn fit(story: &Story, most: usize, print: impl Fn(&[Block]) -> String) -> String {
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

/// The first thing to know, in one or two sentences.
pub(crate) fn headline(report: &Report) -> String {
    if !report.diagnosis.headline.is_empty() {
        return plainly(report, &report.diagnosis.headline);
    }
    match report.incidents.first() {
        None if report.inputs.iter().all(|input| input.bytes == 0) && !report.faults.is_empty() => {
            "Nothing could be read.".to_owned()
        }
        None => "No OAuth failures were found.".to_owned(),
        Some(first) => format!(
            "{}; the gravest: {}.",
            count(report.summary.findings, "OAuth failure"),
            first.title.trim_end_matches('.')
        ),
    }
}

/// The statement that the headline tells, and the others.
pub(crate) fn first_statement(report: &Report) -> (Option<&Statement>, &[Statement]) {
    match report.diagnosis.statements.as_slice() {
        [first, rest @ ..] if first.kind == StatementKind::Cause && !report.diagnosis.headline.is_empty() => {
            (Some(first), rest)
        }
        all => (None, all),
    }
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
        blocks.push(Block::Bullets(statements.iter().take(MOST_STATEMENTS).map(say).collect()));
        blocks.extend(more(statements.len(), MOST_STATEMENTS, "statement"));
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
        blocks.push(Block::Steps(told.actions.iter().take(MOST_ACTIONS).map(act).collect()));
        blocks.extend(more(told.actions.len(), MOST_ACTIONS, "thing to do"));
    }
    if !report.incidents.is_empty() {
        blocks.push(Block::Heading(2, vec![text("Incidents")]));
        blocks.push(overview(report));
        blocks.extend(more(report.incidents.len(), MOST_ROWS, "incident"));
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

/// `incident 1`, `incidents 1, 3`: the numbers under which a reader finds them. Those that a text names
/// by itself are left out.
pub(crate) fn named(report: &Report, ids: &[String], besides: &str) -> String {
    let numbers: Vec<String> = ids
        .iter()
        .filter_map(|id| number(report, id))
        .filter(|number| !in_text(report, besides).iter().any(|(named, _)| *named == Some(*number)))
        .map(|number| number.to_string())
        .collect();
    match numbers.as_slice() {
        [] => String::new(),
        [one] => format!("incident {one}"),
        several => format!("incidents {}", several.join(", ")),
    }
}

/// The number under which a reader finds an incident.
pub(crate) fn number(report: &Report, id: &str) -> Option<usize> {
    report.incidents.iter().position(|incident| incident.id == id).map(|at| at + 1)
}

/// The pieces of a text of the diagnosis: incidents that it names by their id go by their number.
pub(crate) fn in_text(report: &Report, text: &str) -> Vec<(Option<usize>, String)> {
    const LEAD: &str = "incident-";
    let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), text);
    while let Some(at) = rest.find(LEAD) {
        let digits = rest[at + LEAD.len()..].bytes().take_while(u8::is_ascii_digit).count();
        let (before, id) = (&rest[..at], &rest[at..at + LEAD.len() + digits]);
        plain.push_str(before);
        rest = &rest[at + id.len()..];
        match number(report, id) {
            Some(number) => {
                pieces.push((None, std::mem::take(&mut plain)));
                pieces.push((Some(number), format!("incident {number}")));
            }
            None => plain.push_str(id),
        }
    }
    plain.push_str(rest);
    pieces.push((None, plain));
    pieces.retain(|(_, piece)| !piece.is_empty());
    pieces
}

/// The same in one.
fn plainly(report: &Report, text: &str) -> String {
    in_text(report, text).into_iter().map(|(_, piece)| piece).collect()
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
        rows: report.incidents.iter().enumerate().take(MOST_ROWS).map(row).collect(),
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

/// `critical, AADSTS7000222, 27 times, … to …, still failing`.
pub(crate) fn facts(incident: &Incident) -> String {
    let code = incident.code.map_or(String::new(), |code| format!("AADSTS{code}, "));
    let when = span_of_time(incident.first_seen.as_deref(), incident.last_seen.as_deref());
    let state = state(incident).map_or(String::new(), |state| format!(", {state}"));
    format!("{}, {code}{}, {when}{state}", incident.severity.as_str(), often(incident))
}

/// `27 times, every 60 s or so`.
pub(crate) fn often(incident: &Incident) -> String {
    let apart = incident.mean_interval_seconds.filter(|_| incident.count > 2).map_or(String::new(), |seconds| {
        let every = match seconds {
            0..=119 => format!("{seconds} s"),
            120..=7199 => format!("{} min", (seconds + 30) / 60),
            7200..=172_799 => format!("{} h", (seconds + 1800) / 3600),
            _ => format!("{} days", (seconds + 43_200) / 86_400),
        };
        format!(" (every {every} on average)")
    });
    format!("{}{apart}", times(incident.count))
}

/// What an incident does at the end of the log, when that says more than its count.
pub(crate) fn state(incident: &Incident) -> Option<&str> {
    match incident.state.as_deref()? {
        "failing" => Some("still failing at the end of the log"),
        "stopped" => Some("stopped"),
        "flapping" => Some("on and off"),
        "given-up" => Some("Jira has given up"),
        "by-hand" => Some("attempts of a person"),
        "once" => None,
        other => Some(other),
    }
}

/// The incident that this one follows from: its number and title.
pub(crate) fn cause_of(report: &Report, incident: &Incident) -> Option<String> {
    let id = incident.caused_by.as_ref()?;
    let at = report.incidents.iter().position(|other| other.id == *id)?;
    Some(format!("incident {}, {}", at + 1, report.incidents[at].title))
}

/// What else the first record shows, and how sure the entry is.
pub(crate) fn notes_of(incident: &Incident) -> Vec<String> {
    let mut notes: Vec<String> = incident.sample.iter().flat_map(|sample| sample.notes.clone()).collect();
    if incident.preview {
        notes.push("Preview entry: rests on notes that are not confirmed by the vendor's pages.".to_owned());
    }
    notes
}

/// What the vendor's support will ask for: a name, and one or several values.
pub(crate) fn facts_for_support(incident: &Incident) -> Vec<(&'static str, Vec<String>)> {
    let one = |value: &Option<String>| value.iter().cloned().collect::<Vec<_>>();
    let sample = incident.sample.as_ref();
    let ids = |ids: &[String], one: &'static str, several: &'static str| {
        (if ids.len() > 1 { several } else { one }, ids.to_vec())
    };
    [
        ("Pattern", vec![incident.pattern.clone()]),
        ("Application", one(&incident.subject.app_id)),
        ("Tenant", one(&incident.subject.tenant)),
        ("Mailbox", one(&incident.subject.mailbox)),
        ("Mail server", one(&incident.subject.integration)),
        ("Users", incident.users.clone()),
        ("Nodes", incident.nodes.clone()),
        ids(&incident.trace_ids, "Trace id", "First trace ids"),
        ids(&incident.correlation_ids, "Correlation id", "First correlation ids"),
        ("Provider's time", sample.map_or_else(Vec::new, |sample| one(&sample.idp_timestamp))),
    ]
    .into_iter()
    .filter(|(_, values)| !values.is_empty())
    .collect()
}

/// How sure a statement is, in a word.
pub(crate) fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "certain",
        Certainty::Likely => "likely",
        Certainty::Possible => "possible",
    }
}

/// The moments by which something is due, each once.
pub(crate) fn deadlines(report: &Report) -> Vec<&str> {
    let told = report.diagnosis.statements.iter().filter(|statement| statement.kind == StatementKind::Deadline);
    let mut times: Vec<&str> = told
        .filter_map(|statement| statement.at.as_deref())
        .chain(report.diagnosis.actions.iter().filter_map(|action| action.before.as_deref()))
        .collect();
    times.sort_unstable();
    times.dedup();
    times.truncate(4);
    times
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
            rows: report.inputs.iter().take(MOST_ROWS).map(row).collect(),
        });
        blocks.extend(more(report.inputs.len(), MOST_ROWS, "log"));
    }
    if !report.faults.is_empty() {
        blocks.push(Block::Para(vec![strong("What could not be read, or not whole:")]));
        let say = |fault: &oauthsift::Fault| {
            let place = fault.offset.map_or(String::new(), |offset| format!(", byte {offset}"));
            vec![code(source(&fault.source)), text(format!("{place}: {}", fault.message))]
        };
        blocks.push(Block::Bullets(report.faults.iter().take(MOST_ROWS).map(say).collect()));
        blocks.extend(more(report.faults.len(), MOST_ROWS, "fault"));
    }
    if let Some(quoted) = quoted(report) {
        blocks.push(Block::Para(vec![text(quoted)]));
    }
    blocks.push(Block::Para(vec![text(hidden(report))]));
    blocks.push(Block::Para(vec![text(made_by(report))]));
    blocks
}

/// Standard input by its name.
pub(crate) fn source(source: &str) -> &str {
    if source == "-" { "standard input" } else { source }
}

/// Why a text search counts more than the report.
pub(crate) fn quoted(report: &Report) -> Option<String> {
    let n = report.summary.mentions;
    let (quotes, was) = if n == 1 { ("quotes", "was") } else { ("quote", "were") };
    (n > 0).then(|| {
        let records = count(n, "record");
        format!("{records} only {quotes} a code (a search, a comment, a debug line) and {was} not counted.")
    })
}

/// What was hidden.
pub(crate) fn hidden(report: &Report) -> String {
    let redaction = &report.redaction;
    if redaction.people == "shown" {
        return "Not redacted for people: this report was made with --no-redact and shows mail addresses, user names and \
                client addresses. Secrets are removed."
            .to_owned();
    }
    let names = if redaction.keyed {
        "names that mean the same person in every report made with the same key"
    } else {
        "names that mean the same person all over this report (mailbox-1, user-1, ip-1)"
    };
    let replaced: Vec<String> =
        redaction.replaced.iter().map(|(kind, n)| format!("{kind} {}\u{d7}", grouped(*n))).collect();
    let replaced = if replaced.is_empty() {
        String::new()
    } else {
        format!(" Replaced in the findings: {}.", replaced.join(", "))
    };
    format!(
        "Redacted: client secrets, tokens, authorization codes, passwords and cookies are removed. Mail addresses, user \
         names in messages and client addresses are replaced by {names}. Trace ids, correlation ids, times, codes, \
         application and tenant ids are kept for support.{replaced}"
    )
}

/// Who made it, when.
pub(crate) fn made_by(report: &Report) -> String {
    let tool = &report.tool;
    format!(
        "Made by {} {} (catalogue {}: {}, {}) at {}.",
        tool.name,
        tool.version,
        tool.catalogue.version,
        count(tool.catalogue.patterns as u64, "pattern"),
        count(tool.catalogue.codes as u64, "code"),
        long_time(&report.generated_at)
    )
}

fn shortened(excerpt: &str) -> String {
    let mut out = String::new();
    for (i, line) in excerpt.lines().enumerate() {
        let room = MOST_EXCERPT.saturating_sub(out.len());
        if i == MOST_EXCERPT_LINES || room == 0 {
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
