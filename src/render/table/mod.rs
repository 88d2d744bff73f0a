//! The report for a terminal: one screen with causes, actions and a table of incidents, and on request steps,
//! references, ids and analysis of each incident.

mod details;
mod options;
mod overview;
mod sparkline;
mod text;

use std::fmt::Write as _;

use textwrap::core::display_width;

use self::{
    details::{References, details},
    overview::overview,
    text::{shorten_ids, shorten_path},
};
use super::{
    TextStyle,
    format::{count, grouped, minute_time, size},
    sentences,
    style::MAX_TEXT_WIDTH,
};
use crate::{
    model::{Fault, FaultKind, Stage},
    report::{Action, Incident, InputSummary, Report, StatementKind, parse_time},
};

pub use options::{Details, Sort, TableOptions};

/// Root causes, actions and other conclusions on the first screen.
const MAX_ROOT_CAUSES: usize = 6;
const MAX_ACTIONS: usize = 8;
const MAX_CONCLUSIONS: usize = 2;
/// With this many incidents, lines are saved.
const MANY_INCIDENTS: usize = 18;
/// Lines of an action that names what it affects, the same with many incidents, and with ids in full.
const MAX_ACTION_LINES: usize = 8;
const MAX_LONG_ACTION_LINES: usize = 6;
const MAX_FULL_ID_LINES: usize = 3;
/// Where the text of an action starts. Columns.
const ACTION_INDENT: usize = 4;

/// The report as text for a terminal, on one screen as far as possible: root causes, what to do, incidents.
#[must_use]
pub fn table(report: &Report, style: &TextStyle) -> String {
    table_with(report, style, &TableOptions::default())
}

/// The report as text for a terminal, with the incidents that `options` selects.
#[must_use]
pub fn table_with(report: &Report, style: &TextStyle, options: &TableOptions) -> String {
    let mut out = String::new();
    title(&mut out, report, style);
    let (rows, left_out) = options.rows(report);
    let in_full = options.details != Details::None;
    if !report.incidents.is_empty() && !matches!(options.details, Details::Incidents(_)) {
        headline(&mut out, report, in_full, style);
        actions(&mut out, report, in_full, style);
        out.push('\n');
        overview(&mut out, &rows, report, style);
        if left_out > 0 {
            let more =
                format!("and {}: --top {} shows all", count(left_out as u64, "more incident"), rows.len() + left_out);
            out.push_str(&style.hang("", ACTION_INDENT, &more));
        }
    }
    let mut references = References::default();
    let shown: Vec<(usize, &Incident)> = match &options.details {
        Details::None => Vec::new(),
        Details::All => rows,
        Details::Incidents(numbers) => {
            (1..).zip(&report.incidents).filter(|(number, _)| numbers.contains(number)).collect()
        }
    };
    for (number, incident) in shown {
        out.push('\n');
        details(&mut out, number, incident, report, &mut references, style);
    }
    references.print(&mut out, style);
    end(&mut out, report, in_full, style);
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
    if report.summary.findings == 0 {
        let text = nothing_found(report, &place, &size);
        out.push_str(&style.bold(style.hang("", 0, &text).trim_end()));
        out.push('\n');
        return;
    }
    let incidents = match report.incidents.len() {
        0 | 1 => String::new(),
        several => format!(" ({} incidents)", grouped(several as u64)),
    };
    let text = format!("{}{incidents} in ", count(report.summary.findings, "OAuth failure"));
    let text = format!("{text}{}", shorten_path(&place, style.width().min(MAX_TEXT_WIDTH).saturating_sub(text.len())));
    let _ = writeln!(out, "{}", style.bold(style.hang("", 0, &text).trim_end()));
    let partly = match read.iter().filter(|input| !input.complete).count() {
        0 => String::new(),
        1 => "; 1 log was not read completely".to_owned(),
        several => format!("; {several} logs were not read completely"),
    };
    let _ = write!(out, "{}", style.dim(style.hang("", 0, &format!("{size}{}{partly}", covered(report))).trim_end()));
    out.push('\n');
}

/// Why there is nothing to show: no failures, none that was asked for, or no log.
fn nothing_found(report: &Report, place: &str, size: &str) -> String {
    let excluded = &report.summary.excluded;
    if !excluded.is_empty() {
        let by: Vec<String> =
            excluded.iter().map(|(filter, number)| format!("{} excluded by --{filter}", grouped(*number))).collect();
        return format!("0 failures match; {} ({place}, {size})", by.join(", "));
    }
    let is_log = |input: &InputSummary| {
        let fails = |fault: &Fault| fault.kind.is_failure() && fault.source == input.source;
        input.complete && !report.faults.iter().any(fails)
    };
    if report.inputs.iter().any(is_log) {
        format!("no OAuth failures found in {place} ({size})")
    } else if report.inputs.iter().all(|input| input.first_timestamp.is_none())
        || report.faults.iter().any(|fault| fault.kind == FaultKind::NoRecords)
    {
        format!("no log records recognised in {place} ({size})")
    } else {
        format!("no OAuth failures found in what could be read of {place} ({size})")
    }
}

/// The time that the logs cover: `, 2026-01-12 06:00 to 2026-01-19 06:01 +01:00`.
fn covered(report: &Report) -> String {
    let times = |time: fn(&InputSummary) -> Option<&String>| {
        report.inputs.iter().filter_map(time).filter_map(|text| Some((parse_time(text)?.instant(), text)))
    };
    let first = times(|input| input.first_timestamp.as_ref()).min_by_key(|(time, _)| *time);
    let last = times(|input| input.last_timestamp.as_ref()).max_by_key(|(time, _)| *time);
    match (first, last) {
        (Some((_, first)), Some((_, last))) => {
            let (from, to) = (minute_time(first), minute_time(last));
            // The same offset is said once.
            let from = match (from.get(16..), to.get(16..)) {
                (Some(a), Some(b)) if a == b => from[..16].to_owned(),
                _ => from,
            };
            format!(", {from} to {to}")
        }
        _ => String::new(),
    }
}

/// The root causes, one line each, and what else is concluded that changes what to do.
fn headline(out: &mut String, report: &Report, in_full: bool, style: &TextStyle) {
    out.push('\n');
    let headline = numbered(report, &report.diagnosis.headline);
    let lines: Vec<&str> = headline.lines().collect();
    let shown = if in_full { lines.len() } else { MAX_ROOT_CAUSES };
    for line in lines.iter().take(shown) {
        let text = if lines.len() > 1 { style.hang("-", 2, line) } else { style.hang("", 0, line) };
        text.lines().for_each(|line| {
            let _ = writeln!(out, "{}", style.bold(line));
        });
    }
    if lines.len() > shown {
        let _ = writeln!(out, "- and {}", count((lines.len() - shown) as u64, "more root cause"));
    }
    if !in_full {
        for conclusion in conclusions(report).take(MAX_CONCLUSIONS) {
            out.push_str(&style.hang("", 0, &numbered(report, conclusion)));
        }
    }
}

/// The first sentences of conclusions that no single incident shows.
fn conclusions(report: &Report) -> impl Iterator<Item = &str> {
    let changes_what_to_do = |kind: StatementKind| {
        matches!(
            kind,
            StatementKind::ClockSkew
                | StatementKind::WrongCloud
                | StatementKind::FlowTimeout
                | StatementKind::ChangedConfiguration
                | StatementKind::ConfusedIntegrations
                | StatementKind::Settings
        )
    };
    let statements = report.diagnosis.statements.iter().filter(move |statement| changes_what_to_do(statement.kind));
    statements.map(|statement| match statement.text.find(". ") {
        // What to enter is at the end.
        _ if statement.kind == StatementKind::Settings => statement.text.as_str(),
        Some(end) => &statement.text[..=end],
        None => statement.text.as_str(),
    })
}

fn actions(out: &mut String, report: &Report, in_full: bool, style: &TextStyle) {
    let actions = &report.diagnosis.actions;
    if actions.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", style.dim("WHAT TO DO"));
    let shown = if in_full { actions.len() } else { MAX_ACTIONS };
    for (i, action) in actions.iter().take(shown).enumerate() {
        let label = format!("{:>2}.", i + 1);
        out.push_str(&action_text(report, action, &label, in_full, style));
        let mut add = |text: &str| out.push_str(&style.hang("", ACTION_INDENT, text));
        if in_full {
            if !action.because.is_empty() {
                add(&numbered(report, &action.because));
            }
            sentences::deadline(action).iter().for_each(|deadline| add(deadline));
        } else {
            sentences::short_deadline(action).iter().for_each(|deadline| add(deadline));
            if let Some(last) = over_since(report, action) {
                add(&format!("Not seen since {last}: check first whether it still fails."));
            }
        }
    }
    if actions.len() > shown {
        let more = format!("and {}: --details shows all", count((actions.len() - shown) as u64, "more action"));
        out.push_str(&style.hang("", ACTION_INDENT, &more));
    }
    // In full, each such action says so itself.
    if !in_full && actions.iter().any(|action| is_about_the_network(report, action)) {
        let hint = "Which hop of the network fails, and why: oauthsift doctor --online, on Jira's host.";
        out.push_str(&style.hang("", ACTION_INDENT, hint));
    }
}

/// What to do, the numbers of the incidents that it fixes and, if there are several, what they affect: as many names as
/// fit, with shortened ids if that takes fewer lines.
fn action_text(report: &Report, action: &Action, label: &str, in_full: bool, style: &TextStyle) -> String {
    let text = format!("{} {}", numbered(report, &action.text), incident_numbers(report, action));
    if action.incidents.len() < 2 || action.affected.is_empty() {
        return style.hang(label, ACTION_INDENT, text.trim_end());
    }
    let lines = |names: &[String], more: usize| {
        let more = if more > 0 { format!(" and {more} more, see the table") } else { String::new() };
        // A name stays on one line, if it fits there.
        let whole = |name: &String| match display_width(name) + ACTION_INDENT < style.width().min(MAX_TEXT_WIDTH) {
            true => name.replace(' ', "\u{a0}"),
            false => name.clone(),
        };
        let names: Vec<String> = names.iter().map(whole).collect();
        style.hang(label, ACTION_INDENT, &format!("{text} {}{more}", names.join(", "))).replace('\u{a0}', " ")
    };
    let max_lines = if is_long(report) { MAX_LONG_ACTION_LINES } else { MAX_ACTION_LINES };
    let fits = |lines: &str| lines.lines().count() <= max_lines;
    let full = lines(&action.affected, 0);
    if in_full || full.lines().count() <= MAX_FULL_ID_LINES {
        return full;
    }
    let short: Vec<String> = action.affected.iter().map(|name| shorten_ids(name)).collect();
    let mut named = short.len();
    let mut shown = lines(&short, 0);
    while !fits(&shown) && named > 1 {
        named -= 1;
        shown = lines(&short[..named], short.len() - named);
    }
    shown
}

/// True when the table is so long that lines are saved elsewhere.
fn is_long(report: &Report) -> bool {
    report.incidents.len() >= MANY_INCIDENTS
}

/// `[2]`, `[1-20, 22]`: the numbers of the incidents that an action fixes.
fn incident_numbers(report: &Report, action: &Action) -> String {
    let mut numbers: Vec<usize> = action.incidents.iter().filter_map(|id| sentences::number(report, id)).collect();
    numbers.sort_unstable();
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if number <= *last + 1 => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let shown = |(first, last): &(usize, usize)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}-{last}"),
    };
    match ranges.as_slice() {
        [] => String::new(),
        ranges => format!("[{}]", ranges.iter().map(shown).collect::<Vec<_>>().join(", ")),
    }
}

/// True when every failure that an action fixes is one on the way to a host.
fn is_about_the_network(report: &Report, action: &Action) -> bool {
    let mut incidents = report.incidents.iter().filter(|incident| action.incidents.contains(&incident.id)).peekable();
    incidents.peek().is_some() && incidents.all(|incident| incident.stage == Stage::Transport)
}

/// When what an action fixes was seen last, if all of it has stopped.
fn over_since(report: &Report, action: &Action) -> Option<String> {
    let incidents: Vec<&Incident> =
        report.incidents.iter().filter(|incident| action.incidents.contains(&incident.id)).collect();
    let over = !incidents.is_empty() && incidents.iter().all(|incident| incident.state.as_deref() == Some("stopped"));
    let last = incidents
        .iter()
        .filter_map(|incident| incident.last_seen.as_deref())
        .filter_map(|text| Some((parse_time(text)?.instant(), text)));
    last.max_by_key(|(time, _)| *time).filter(|_| over).map(|(_, text)| minute_time(text))
}

/// What was not counted, and how to see more.
fn end(out: &mut String, report: &Report, in_full: bool, style: &TextStyle) {
    let mentions = sentences::mentions(report);
    let hint = match report.incidents.len() {
        0 => None,
        _ if in_full => None,
        1 => Some("More: --details (steps, ids, references, analysis), --format html (a page)".to_owned()),
        _ => Some("More: --details (steps, ids, references, analysis), --details 2 (one incident)".to_owned()),
    };
    if (mentions.is_some() || hint.is_some()) && !is_long(report) {
        out.push('\n');
    }
    for line in mentions.into_iter().chain(hint) {
        style.hang("", 0, &line).lines().for_each(|line| {
            let _ = writeln!(out, "{}", style.dim(line));
        });
    }
}

/// A text of the diagnosis with `[2]` in place of the id of an incident.
fn numbered(report: &Report, text: &str) -> String {
    let spans = sentences::spans(report, text).into_iter();
    spans.map(|(number, span)| number.map_or(span, |number| format!("[{number}]"))).collect()
}
