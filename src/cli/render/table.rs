//! The face of the product: a summary table, then cause, steps and ids of each incident.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use oauthsift::{Incident, Report, report::StatementKind};

use super::{
    TextStyle,
    format::{count, grouped, long_time, short_time, size, span_of_time, times},
    sentences,
};

/// From this width on, times show their seconds.
const WIDE_COLUMNS: usize = 100;
/// How many things to do are shown, and how many statements.
const MAX_ACTIONS: usize = 8;
const MAX_STATEMENTS: usize = 12;
/// Where prose starts behind its label.
const INDENT: usize = 9;

/// The report for a person.
pub(crate) fn table(report: &Report, look: &TextStyle) -> String {
    let mut out = String::new();
    headline(&mut out, report, look);
    if !report.incidents.is_empty() {
        diagnosis(&mut out, report, look);
        overview(&mut out, report, look);
        for (i, incident) in report.incidents.iter().enumerate() {
            block(&mut out, i + 1, incident, report, look);
        }
    }
    if report.summary.mentions > 0 {
        let n = report.summary.mentions;
        let text = format!(
            "{} only {} a code (a search, a comment, a debug line) and {} not counted.",
            count(n, "record"),
            if n == 1 { "quotes" } else { "quote" },
            if n == 1 { "was" } else { "were" },
        );
        out.push('\n');
        out.push_str(&look.hang("", 0, &text));
    }
    out
}

fn headline(out: &mut String, report: &Report, look: &TextStyle) {
    let read: Vec<_> = report.inputs.iter().filter(|input| input.complete || input.bytes > 0).collect();
    if read.is_empty() {
        // Nothing could be read: the faults say why.
        return;
    }
    let place = match read.as_slice() {
        [one] if one.source == "-" => "standard input".to_owned(),
        [one] => one.source.clone(),
        several => format!("{} logs", several.len()),
    };
    let (bytes, lines) = read.iter().fold((0, 0), |(bytes, lines), input| (bytes + input.bytes, lines + input.lines));
    let size = format!("{}, {}", size(bytes), count(lines, "line"));
    let text = match report.summary.findings {
        0 => format!("no OAuth failures found in {place} ({size})"),
        n => format!("{} in {place} ({size})", count(n, "OAuth failure")),
    };
    out.push_str(&look.bold(look.hang("", 0, &text).trim_end()));
    out.push('\n');
}

/// What happened, what to do first, and what the log tells besides.
fn diagnosis(out: &mut String, report: &Report, look: &TextStyle) {
    let diagnosis = &report.diagnosis;
    let number = |id: &str| report.incidents.iter().position(|incident| incident.id == id).map(|at| at + 1);
    out.push('\n');
    let headline = look.hang("", 0, &named(&diagnosis.headline, &number));
    headline.lines().for_each(|line| {
        let _ = writeln!(out, "{}", look.bold(line));
    });
    if !diagnosis.actions.is_empty() {
        let _ = writeln!(out, "\n{}", look.dim("WHAT TO DO FIRST"));
    }
    for (i, action) in diagnosis.actions.iter().take(MAX_ACTIONS).enumerate() {
        let before = action.before.as_deref().map_or(String::new(), |time| format!(" Before {}.", long_time(time)));
        let why = format!("{}{before}", action.because);
        let of = number(&action.incident).map_or(String::new(), |n| format!(" [{n}]"));
        out.push_str(&look.hang(&format!("{:>2}.", i + 1), 4, &named(&action.text, &number)));
        out.push_str(&look.hang("", 4, &format!("{}{of}", named(&why, &number))));
    }
    more(out, diagnosis.actions.len(), MAX_ACTIONS, look);
    // What a root cause is stands in the headline and in its own block below.
    let told: Vec<_> = diagnosis.statements.iter().filter(|statement| statement.kind != StatementKind::Cause).collect();
    if !told.is_empty() {
        let _ = writeln!(out, "\n{}", look.dim("WHAT THE LOG TELLS"));
    }
    for statement in told.iter().take(MAX_STATEMENTS) {
        out.push_str(&look.hang("  -", 4, &named(&statement.text, &number)));
    }
    more(out, told.len(), MAX_STATEMENTS, look);
}

fn more(out: &mut String, all: usize, shown: usize, look: &TextStyle) {
    if all > shown {
        let _ = writeln!(out, "    {}", look.dim(&format!("(and {} more, see --format json)", all - shown)));
    }
}

/// A text in which incidents go by the number of their block: `incident-2` is `[2]`.
fn named(text: &str, number: &impl Fn(&str) -> Option<usize>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("incident-") {
        let digits = rest[at + 9..].bytes().take_while(u8::is_ascii_digit).count();
        let id = &rest[at..at + 9 + digits];
        out.push_str(&rest[..at]);
        match number(id) {
            Some(n) => out.push_str(&format!("[{n}]")),
            None => out.push_str(id),
        }
        rest = &rest[at + 9 + digits..];
    }
    out.push_str(rest);
    out
}

fn overview(out: &mut String, report: &Report, look: &TextStyle) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(look.width).unwrap_or(u16::MAX));
    table.set_header(["", "SEVERITY", "WHAT", "CODE", "COUNT", "FIRST SEEN", "LAST SEEN"].map(Cell::new));
    for (i, incident) in report.incidents.iter().enumerate() {
        let time = |time: &Option<String>| Cell::new(short_time(time.as_deref(), look.width >= WIDE_COLUMNS));
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
        let _ = writeln!(out, "{}", look.dim(head.trim_end()));
    }
    let words: Vec<_> = report.incidents.iter().map(|incident| incident.severity).collect();
    for line in lines {
        // Colour after the layout, so that escape codes take no room.
        let line = line.trim_end();
        let painted = words
            .iter()
            .find(|severity| line.get(3..).is_some_and(|rest| rest.trim_start().starts_with(severity.as_str())))
            .map(|severity| line.replacen(severity.as_str(), &look.severity(*severity, severity.as_str()), 1));
        let _ = writeln!(out, "{}", painted.as_deref().unwrap_or(line));
    }
}

fn block(out: &mut String, number: usize, incident: &Incident, report: &Report, look: &TextStyle) {
    out.push('\n');
    let code = incident.code.map_or(String::new(), |code| format!("AADSTS{code}, "));
    let _ = writeln!(out, "{} {}", look.severity(incident.severity, &format!("{number}.")), look.bold(&incident.title));
    let when = span_of_time(incident.first_seen.as_deref(), incident.last_seen.as_deref());
    let facts = format!("{}, {code}{}, {when}", incident.severity.as_str(), times(incident.count));
    out.push_str(&look.hang("", 3, &facts));
    let line = |out: &mut String, label: &str, text: &str| {
        out.push_str(&look.hang(&format!("   {label}"), INDENT, text));
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
        line(out, "", "(Preview entry: rests on notes that are not confirmed by the vendor's pages.)");
    }
    for (i, step) in incident.steps.iter().enumerate() {
        let label = format!("   {:1$}{2}.", if i == 0 { "Do" } else { "" }, INDENT - 3, i + 1);
        out.push_str(&look.hang(&label, INDENT + 3, step));
    }
    for (i, reference) in incident.references.iter().enumerate() {
        let label = if i == 0 { "See" } else { "" };
        line(out, label, &reference.title);
        let _ = writeln!(out, "{}{}", " ".repeat(INDENT), look.dim(&reference.url));
    }
    for (i, (name, values)) in sentences::facts_for_support(incident).iter().enumerate() {
        let label = if i == 0 { "Ids" } else { "" };
        // One of each is what fits here.
        let more = if values.len() > 1 { format!(" and {} more", values.len() - 1) } else { String::new() };
        let (name, value) = (look.dim(&format!("{name:<22}")), values.first().map_or("", String::as_str));
        let _ = writeln!(out, "{:INDENT$}{name} {value}{more}", format!("   {label}"));
    }
    let also: Vec<String> = incident
        .sample
        .iter()
        .map(|sample| format!("{} line {} (byte {})", sample.source, sample.line, sample.offset))
        .collect();
    for place in also {
        line(out, "First", &place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_hangs_behind_its_label() {
        let look = TextStyle::plain(40);
        assert_eq!(
            look.hang("   Why", 9, "one two three four five six seven"),
            "   Why   one two three four five six\n         seven\n"
        );
    }
}
