//! The report for a terminal: a summary table, then cause, steps and ids of each incident.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use super::{
    TextStyle,
    format::{count, grouped, long_time, short_time, size, time_range, times},
    sentences,
};
use crate::report::{Incident, Report, StatementKind};

/// From this width on, times show their seconds. Columns.
const WIDE_COLUMNS: usize = 100;
/// Things to do first, and statements of the diagnosis.
const MAX_ACTIONS: usize = 8;
const MAX_STATEMENTS: usize = 12;
/// Where prose starts after its label. Columns.
const INDENT: usize = 9;

/// The report as text for a terminal: diagnosis, a table of incidents, then cause, steps and ids of each.
#[must_use]
pub fn table(report: &Report, style: &TextStyle) -> String {
    let mut out = String::new();
    title(&mut out, report, style);
    if !report.incidents.is_empty() {
        diagnosis(&mut out, report, style);
        overview(&mut out, report, style);
        for (i, incident) in report.incidents.iter().enumerate() {
            details(&mut out, i + 1, incident, report, style);
        }
    }
    if let Some(mentions) = sentences::mentions(report) {
        out.push('\n');
        out.push_str(&style.hang("", 0, &mentions));
    }
    out
}

fn title(out: &mut String, report: &Report, style: &TextStyle) {
    let read: Vec<_> = report.inputs.iter().filter(|input| input.complete || input.bytes > 0).collect();
    if read.is_empty() {
        // Nothing could be read: the faults say why.
        return;
    }
    let place = match read.as_slice() {
        [one] => sentences::source(&one.source).to_owned(),
        several => format!("{} logs", several.len()),
    };
    let (bytes, lines) = read.iter().fold((0, 0), |(bytes, lines), input| (bytes + input.bytes, lines + input.lines));
    let size = format!("{}, {}", size(bytes), count(lines, "line"));
    let text = match report.summary.findings {
        0 => format!("no OAuth failures found in {place} ({size})"),
        n => format!("{} in {place} ({size})", count(n, "OAuth failure")),
    };
    out.push_str(&style.bold(style.hang("", 0, &text).trim_end()));
    out.push('\n');
}

/// The headline, what to do first, and the other statements of the diagnosis.
fn diagnosis(out: &mut String, report: &Report, style: &TextStyle) {
    let diagnosis = &report.diagnosis;
    out.push('\n');
    let headline = style.hang("", 0, &numbered(report, &diagnosis.headline));
    headline.lines().for_each(|line| {
        let _ = writeln!(out, "{}", style.bold(line));
    });
    if !diagnosis.actions.is_empty() {
        let _ = writeln!(out, "\n{}", style.dim("WHAT TO DO FIRST"));
    }
    for (i, action) in diagnosis.actions.iter().take(MAX_ACTIONS).enumerate() {
        let before = action.before.as_deref().map_or(String::new(), |time| format!(" Before {}.", long_time(time)));
        let why = format!("{}{before}", action.because);
        let incident = sentences::number(report, &action.incident).map_or(String::new(), |n| format!(" [{n}]"));
        out.push_str(&style.hang(&format!("{:>2}.", i + 1), 4, &numbered(report, &action.text)));
        out.push_str(&style.hang("", 4, &format!("{}{incident}", numbered(report, &why))));
    }
    more(out, diagnosis.actions.len(), MAX_ACTIONS, style);
    // Root causes are in the headline and in the details of their incident.
    let statements: Vec<_> =
        diagnosis.statements.iter().filter(|statement| statement.kind != StatementKind::Cause).collect();
    if !statements.is_empty() {
        let _ = writeln!(out, "\n{}", style.dim("ANALYSIS"));
    }
    for statement in statements.iter().take(MAX_STATEMENTS) {
        out.push_str(&style.hang("  -", 4, &numbered(report, &statement.text)));
    }
    more(out, statements.len(), MAX_STATEMENTS, style);
}

fn more(out: &mut String, all: usize, shown: usize, style: &TextStyle) {
    if all > shown {
        let _ = writeln!(out, "    {}", style.dim(&format!("(and {} more, see --format json)", all - shown)));
    }
}

/// A text of the diagnosis with `[2]` in place of the id of an incident.
fn numbered(report: &Report, text: &str) -> String {
    let spans = sentences::spans(report, text).into_iter();
    spans.map(|(number, span)| number.map_or(span, |number| format!("[{number}]"))).collect()
}

fn overview(out: &mut String, report: &Report, style: &TextStyle) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(style.width()).unwrap_or(u16::MAX));
    table.set_header(["", "SEVERITY", "FAILURE", "CODE", "COUNT", "FIRST SEEN", "LAST SEEN"].map(Cell::new));
    for (i, incident) in report.incidents.iter().enumerate() {
        let time = |time: &Option<String>| Cell::new(short_time(time.as_deref(), style.width() >= WIDE_COLUMNS));
        table.add_row(vec![
            Cell::new(i + 1).set_alignment(CellAlignment::Right),
            Cell::new(incident.severity.as_str()),
            Cell::new(&incident.title),
            Cell::new(incident.code.map_or("-".to_owned(), |code| code.to_string())),
            Cell::new(grouped(incident.count)).set_alignment(CellAlignment::Right),
            time(&incident.first_seen),
            time(&incident.last_seen),
        ]);
    }
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_padding((u16::from(i == 0), 1));
        if i != 2 {
            column.set_constraint(comfy_table::ColumnConstraint::ContentWidth);
        }
    }
    let text = table.to_string();
    let mut lines = text.lines();
    out.push('\n');
    if let Some(head) = lines.next() {
        let _ = writeln!(out, "{}", style.dim(head.trim_end()));
    }
    let severities: Vec<_> = report.incidents.iter().map(|incident| incident.severity).collect();
    for line in lines {
        // Colour is added after the layout: colour codes take no columns.
        let line = line.trim_end();
        let painted = severities
            .iter()
            .find(|severity| line.get(3..).is_some_and(|rest| rest.trim_start().starts_with(severity.as_str())))
            .map(|severity| line.replacen(severity.as_str(), &style.severity(*severity, severity.as_str()), 1));
        let _ = writeln!(out, "{}", painted.as_deref().unwrap_or(line));
    }
}

fn details(out: &mut String, number: usize, incident: &Incident, report: &Report, style: &TextStyle) {
    out.push('\n');
    let code = incident.code.map_or(String::new(), |code| format!("AADSTS{code}, "));
    let _ =
        writeln!(out, "{} {}", style.severity(incident.severity, &format!("{number}.")), style.bold(&incident.title));
    let when = time_range(incident.first_seen.as_deref(), incident.last_seen.as_deref());
    let facts = format!("{}, {code}{}, {when}", incident.severity.as_str(), times(incident.count));
    out.push_str(&style.hang("", 3, &facts));
    let line = |out: &mut String, label: &str, text: &str| {
        out.push_str(&style.hang(&format!("   {label}"), INDENT, text));
    };
    if let Some(cause) = &incident.caused_by
        && let Some(at) = report.incidents.iter().position(|other| other.id == *cause)
    {
        line(out, "From", &format!("[{}] {}", at + 1, report.incidents[at].title));
    }
    line(out, "Why", &incident.cause);
    for note in incident.sample.iter().flat_map(|sample| &sample.notes) {
        line(out, "Note", note);
    }
    if incident.preview {
        line(out, "", &format!("({})", sentences::PREVIEW_NOTE));
    }
    for (i, step) in incident.steps.iter().enumerate() {
        let label = format!("   {:1$}{2}.", if i == 0 { "Fix" } else { "" }, INDENT - 3, i + 1);
        out.push_str(&style.hang(&label, INDENT + 3, step));
    }
    for (i, reference) in incident.references.iter().enumerate() {
        let label = if i == 0 { "See" } else { "" };
        line(out, label, &reference.title);
        let _ = writeln!(out, "{}{}", " ".repeat(INDENT), style.dim(&reference.url));
    }
    for (i, (name, values)) in sentences::facts_for_support(incident).iter().enumerate() {
        let label = if i == 0 { "Ids" } else { "" };
        // One of each fits on a line.
        let more = if values.len() > 1 { format!(" and {} more", values.len() - 1) } else { String::new() };
        let (name, value) = (style.dim(&format!("{name:<22}")), values.first().map_or("", String::as_str));
        let _ = writeln!(out, "{:INDENT$}{name} {value}{more}", format!("   {label}"));
    }
    if let Some(sample) = &incident.sample {
        line(out, "First", &format!("{} line {} (byte {})", sample.source, sample.line, sample.offset));
    }
}
