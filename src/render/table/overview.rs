//! The table of incidents: a row, and under it when the incident failed and a line of evidence.

use std::{collections::HashMap, fmt::Write as _};

use textwrap::core::display_width;

use super::{
    sparkline::sparkline,
    text::{pad, pad_left, shorten, shorten_ids, wrap},
};
use crate::{
    model::Severity,
    render::{TextStyle, format::grouped, sentences},
    report::{Affected, Incident, Report},
};

/// The end of a sentence that is shorter than this says too little. Bytes.
const MIN_EVIDENCE_BYTES: usize = 16;
/// Width of the column of severities, and of the bars under it. Columns.
const SEVERITY_WIDTH: usize = 8;
const COUNT_WIDTH: usize = 5;
/// `2026-01-05 20:34`, and the same without the year.
const TIME_WIDTH: usize = 16;
const SHORT_TIME_WIDTH: usize = 11;
/// Titles may take two lines in a table of at most so many rows, rather than give up the column of what is affected.
const MAX_WRAPPED_ROWS: usize = 6;
/// A column of titles is not narrower than this. Columns.
const MIN_TITLE_WIDTH: usize = 22;

/// An incident as text.
struct Row<'r> {
    number: String,
    severity: Severity,
    title: &'r str,
    affected: Option<String>,
    code: String,
    count: String,
    first: Option<&'r str>,
    last: Option<&'r str>,
    bars: String,
    caused_by: Option<usize>,
    evidence: String,
    host: Option<&'r str>,
}

/// Which columns the table has.
#[derive(Debug, Clone, Copy)]
struct Layout {
    number: usize,
    title: usize,
    /// Width of the column of what is affected; 0: it is shown with the evidence instead.
    affected: usize,
    /// What is affected has its own line.
    own_line: bool,
    /// Application ids are shown in full.
    full_ids: bool,
    code: usize,
    count: usize,
    first: bool,
    /// Times have their year.
    years: bool,
}

impl Layout {
    fn time_width(&self) -> usize {
        if self.years { TIME_WIDTH } else { SHORT_TIME_WIDTH }
    }

    /// Columns of everything but the title and what is affected.
    fn fixed(&self) -> usize {
        let code = if self.code > 0 { self.code + 1 } else { 0 };
        let times = (self.time_width() + 1) * if self.first { 2 } else { 1 };
        self.indent() + code + 1 + self.count + times
    }

    /// Where titles and evidence start.
    fn indent(&self) -> usize {
        self.number + 1 + SEVERITY_WIDTH + 1
    }
}

/// Prints the incidents with their numbers.
pub(super) fn overview(out: &mut String, rows: &[(usize, &Incident)], report: &Report, style: &TextStyle) {
    let rows: Vec<Row<'_>> = rows.iter().map(|(number, incident)| row(*number, incident, report, style)).collect();
    let layout = layout(&rows, style.width());
    head(out, &layout, &rows, style);
    for row in &rows {
        incident(out, row, &layout, style);
    }
}

fn row<'r>(number: usize, incident: &'r Incident, report: &Report, style: &TextStyle) -> Row<'r> {
    Row {
        number: number.to_string(),
        severity: incident.severity,
        title: &incident.title,
        affected: Affected::of(incident).map(|affected| affected.name()),
        code: incident.code.map_or(String::new(), |code| code.to_string()),
        count: grouped(incident.count),
        first: incident.first_seen.as_deref(),
        last: incident.last_seen.as_deref(),
        bars: sparkline(&incident.activity, SEVERITY_WIDTH, style.has_ascii_bars()),
        caused_by: incident.caused_by.as_ref().and_then(|id| sentences::number(report, id)),
        evidence: sentences::evidence(incident),
        host: incident.sample.as_ref().and_then(|sample| sample.host.as_deref()),
    }
}

/// The columns that fit without a second line for any title; else the fewest.
fn layout(rows: &[Row<'_>], width: usize) -> Layout {
    let widest = |width: &dyn Fn(&Row<'_>) -> usize| rows.iter().map(width).max().unwrap_or_default();
    let title = widest(&|row| display_width(row.title)).max("FAILURE".len());
    let affected = |full: bool| {
        let name = |row: &Row<'_>| row.affected.as_ref().map_or(0, |name| display_width(&shown_name(name, full)));
        match widest(&name) {
            0 => 0,
            width => width.max("AFFECTED".len()),
        }
    };
    let code = match widest(&|row| row.code.len()) {
        0 => 0,
        width => width.max("CODE".len()),
    };
    let one_year = {
        let mut years = rows.iter().flat_map(|row| [row.first, row.last]).flatten().filter_map(|time| time.get(..4));
        years.next().is_none_or(|first| years.all(|year| year == first))
    };
    let base = Layout {
        number: widest(&|row| row.number.len()).max(2),
        title,
        affected: affected(true),
        own_line: false,
        full_ids: true,
        code,
        count: widest(&|row| row.count.len()).max(COUNT_WIDTH),
        first: true,
        years: true,
    };
    let short = if can_shorten(rows) { Layout { full_ids: false, affected: affected(false), ..base } } else { base };
    let last = Layout { first: false, years: !one_year, code: 0, ..short };
    let candidates = [
        base,
        short,
        Layout { code: 0, ..base },
        Layout { code: 0, ..short },
        Layout { code: 0, years: !one_year, ..short },
        last,
    ];
    let room = |layout: &Layout| width.saturating_sub(layout.fixed());
    let needs = |layout: &Layout| layout.title + if layout.affected > 0 { layout.affected + 1 } else { 0 };
    let fits = |layout: &Layout| needs(layout) <= room(layout);
    if let Some(fitting) = candidates.into_iter().find(fits) {
        return fitting;
    }
    let titles = room(&last).saturating_sub(last.affected + 1);
    if rows.len() <= MAX_WRAPPED_ROWS && titles >= MIN_TITLE_WIDTH {
        return Layout { title: titles, ..last };
    }
    let own_line = rows.len() < super::MANY_INCIDENTS;
    let folded = candidates.map(|layout| Layout { affected: 0, own_line, ..layout });
    folded.into_iter().find(fits).unwrap_or(Layout { affected: 0, own_line, title: room(&last), ..last })
}

/// True when different names stay different with shortened ids.
fn can_shorten(rows: &[Row<'_>]) -> bool {
    let mut full = HashMap::new();
    rows.iter()
        .filter_map(|row| row.affected.as_ref())
        .all(|name| *full.entry(shorten_ids(name)).or_insert(name) == name)
}

/// A name, in full or with application ids shortened.
fn shown_name(name: &str, full: bool) -> String {
    if full { name.to_owned() } else { shorten_ids(name) }
}

fn head(out: &mut String, layout: &Layout, rows: &[Row<'_>], style: &TextStyle) {
    let mut line = format!("{:indent$}", "", indent = layout.number + 1);
    line.push_str("SEVERITY ");
    line.push_str(&pad("FAILURE", layout.title));
    if layout.affected > 0 {
        let _ = write!(line, " {}", pad("AFFECTED", layout.affected));
    }
    if layout.code > 0 {
        let _ = write!(line, " {}", pad("CODE", layout.code));
    }
    let _ = write!(line, " {}", pad_left("COUNT", layout.count));
    if layout.first {
        let _ = write!(line, " {}", pad("FIRST SEEN", layout.time_width()));
    }
    line.push_str(" LAST SEEN");
    let _ = writeln!(out, "{}", style.dim(&line));
    if rows.iter().any(|row| !row.bars.is_empty() || !row.evidence.is_empty()) {
        let folded = layout.affected == 0 && rows.iter().any(|row| row.affected.is_some());
        let evidence = match (folded, layout.own_line) {
            (false, _) => "EVIDENCE",
            (true, false) => "AFFECTED: EVIDENCE",
            (true, true) => "AFFECTED, EVIDENCE",
        };
        let line = format!("{:indent$}{}{evidence}", "", pad("WHEN", SEVERITY_WIDTH + 1), indent = layout.number + 1);
        let _ = writeln!(out, "{}", style.dim(&line));
    }
}

fn incident(out: &mut String, row: &Row<'_>, layout: &Layout, style: &TextStyle) {
    let titles = wrap(row.title, layout.title);
    let name = row.affected.as_ref().map(|name| shown_name(name, layout.full_ids));
    for (i, title) in titles.iter().enumerate() {
        let first = i == 0;
        let mut line = if first {
            let severity = pad(row.severity.as_str(), SEVERITY_WIDTH);
            format!("{} {} ", pad_left(&row.number, layout.number), style.severity(row.severity, &severity))
        } else {
            " ".repeat(layout.indent())
        };
        let _ = write!(line, "{}{}", style.bold(title), " ".repeat(layout.title.saturating_sub(display_width(title))));
        if first {
            cells(&mut line, row, name.as_deref(), layout);
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let name = name.filter(|_| layout.affected == 0);
    if let Some(name) = name.as_ref().filter(|_| layout.own_line) {
        for line in wrap(name, style.width().saturating_sub(layout.indent())) {
            let _ = writeln!(out, "{:indent$}{line}", "", indent = layout.indent());
        }
    }
    let mut evidence = String::new();
    if let Some(cause) = row.caused_by {
        let _ = write!(evidence, "(caused by {cause}) ");
    }
    if let Some(name) = name.filter(|_| !layout.own_line) {
        let _ = write!(evidence, "{name}: ");
    }
    let width = style.width().saturating_sub(layout.indent());
    let room = width.saturating_sub(display_width(&evidence));
    evidence.push_str(&excerpt(row, room));
    let evidence = shorten(evidence.trim_end(), width);
    if row.bars.is_empty() && evidence.is_empty() {
        return;
    }
    let line =
        format!("{:number$} {} {}", "", pad(&row.bars, SEVERITY_WIDTH), style.dim(&evidence), number = layout.number);
    let _ = writeln!(out, "{}", line.trim_end());
}

/// True when a text ends with a package and its dot: the name of a class may follow, and not the rest of a server's name.
fn follows_package(text: &str) -> bool {
    let package = text.strip_suffix('.').and_then(|text| text.rsplit(|c: char| !c.is_ascii_alphanumeric()).next());
    package.is_some_and(|package| package.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// The part of the evidence to show in `room` columns: from the deciding code on; else all, or what remains without the
/// first links of a chain of exceptions, or at least without what precedes its last link. The host stays.
fn excerpt(row: &Row<'_>, room: usize) -> String {
    let evidence = row.evidence.as_str();
    let from = |start: usize| if start == 0 { evidence.to_owned() } else { format!("…{}", &evidence[start..]) };
    let code = format!("AADSTS{}", row.code);
    if let Some(start) = evidence.find(&code).filter(|_| !row.code.is_empty()) {
        return evidence[start..].to_owned();
    }
    let links = || {
        let colons = evidence.match_indices(": ").map(|(at, colon)| at + colon.len());
        let classes = evidence.match_indices(|c: char| c.is_ascii_uppercase()).map(|(at, _)| at);
        let classes = classes.filter(|at| follows_package(&evidence[..*at]));
        let mut starts: Vec<usize> = [0].into_iter().chain(colons).chain(classes).collect();
        starts.sort_unstable();
        starts
    };
    let keeps_host = |start: usize| row.host.is_none_or(|host| evidence[start..].contains(host));
    let long_enough = |start: usize| evidence.len() - start >= MIN_EVIDENCE_BYTES;
    let fits = |start: usize| display_width(&from(start)) <= room;
    let names_exception = |start: usize| {
        let name = evidence[start..].split([':', ' ']).next().unwrap_or_default();
        // `Error occurred in sending e-mail` begins a sentence.
        (name.ends_with("Exception") || name.ends_with("Error")) && name != "Error"
    };
    let usable: Vec<usize> = links().into_iter().filter(|start| keeps_host(*start) && long_enough(*start)).collect();
    let best =
        usable.iter().find(|start| fits(**start)).or_else(|| usable.iter().rfind(|start| names_exception(**start)));
    from(best.copied().unwrap_or_default())
}

/// What follows the title.
fn cells(line: &mut String, row: &Row<'_>, name: Option<&str>, layout: &Layout) {
    if layout.affected > 0 {
        let _ = write!(line, " {}", pad(name.unwrap_or("-"), layout.affected));
    }
    if layout.code > 0 {
        let _ = write!(line, " {}", pad(&row.code, layout.code));
    }
    let _ = write!(line, " {}", pad_left(&row.count, layout.count));
    let time = |time: Option<&str>| {
        let text =
            time.map_or("-".to_owned(), |time| time.chars().take(TIME_WIDTH).collect::<String>().replace('T', " "));
        let text = if layout.years { text.as_str() } else { text.get(5..).unwrap_or(&text) };
        pad(text, layout.time_width())
    };
    if layout.first {
        let _ = write!(line, " {}", time(row.first));
    }
    let _ = write!(line, " {}", time(row.last));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_follows_a_package_and_not_a_part_of_a_servers_name() {
        for text in ["x: com.atlassian.mail.", "c.a.oauth2.", "java."] {
            assert!(follows_package(text), "{text}");
        }
        for text in ["[FR3P281CA0089.", "information. [FR3P281CA0089.DEUP281.", "5.7.", "", "."] {
            assert!(!follows_package(text), "{text}");
        }
    }
}
