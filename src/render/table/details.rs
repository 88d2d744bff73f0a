//! An incident in full: cause, analysis, steps, references and ids.

use std::fmt::Write as _;

use crate::{
    catalogue::Reference,
    render::{
        TextStyle,
        format::{time_range, times},
        sentences,
    },
    report::{Affected, Incident, Report, Statement, StatementKind},
};

/// Where prose starts after its label. Columns.
const INDENT: usize = 10;

/// Pages that are listed at the end, because the terminal shows no hyperlinks.
#[derive(Debug, Default)]
pub(super) struct References<'r> {
    urls: Vec<&'r str>,
}

impl<'r> References<'r> {
    /// The title of a page: a hyperlink, or with the number under which the page is listed.
    fn title(&mut self, page: &'r Reference, style: &TextStyle) -> String {
        if style.has_links() {
            return style.link(&page.title, &page.url);
        }
        let known = self.urls.iter().position(|url| *url == page.url);
        let at = known.unwrap_or_else(|| {
            self.urls.push(&page.url);
            self.urls.len() - 1
        });
        format!("{} ({})", page.title, at + 1)
    }

    /// Prints the list; no URL is broken.
    pub(super) fn print(&self, out: &mut String, style: &TextStyle) {
        if !self.urls.is_empty() {
            let _ = writeln!(out, "\n{}", style.dim("REFERENCES"));
        }
        for (i, url) in self.urls.iter().enumerate() {
            let _ = writeln!(out, "({}) {url}", i + 1);
        }
    }
}

/// Prints an incident in full.
pub(super) fn details<'r>(
    out: &mut String,
    number: usize,
    incident: &'r Incident,
    report: &'r Report,
    references: &mut References<'r>,
    style: &TextStyle,
) {
    let code = incident.code.map_or(String::new(), |code| format!("AADSTS{code}, "));
    let _ =
        writeln!(out, "{} {}", style.severity(incident.severity, &format!("{number}.")), style.bold(&incident.title));
    let when = time_range(incident.first_seen.as_deref(), incident.last_seen.as_deref());
    let state = sentences::state(incident).map_or(String::new(), |state| format!(", {state}"));
    let facts = format!("{}, {code}{}, {when}{state}", incident.severity.as_str(), times(incident.count));
    out.push_str(&style.hang("", 3, &facts));
    let line = |out: &mut String, label: &str, text: &str| {
        out.push_str(&style.hang(&format!("   {label}"), INDENT, text));
    };
    if let Some(affected) = Affected::of(incident) {
        line(out, "At", &affected.to_string());
    }
    if let Some(cause) = sentences::cause_of(report, incident) {
        line(out, "From", &cause);
    }
    line(out, "Why", &incident.cause);
    for note in incident.sample.iter().flat_map(|sample| &sample.notes) {
        line(out, "Note", note);
    }
    if incident.preview {
        line(out, "", &format!("({})", sentences::PREVIEW_NOTE));
    }
    for (i, statement) in statements(incident, report).enumerate() {
        let label = if i == 0 { "   Facts" } else { "" };
        out.push_str(&style.hang(&format!("{label:INDENT$}-"), INDENT + 2, &super::numbered(report, &statement.text)));
    }
    for (i, step) in incident.steps.iter().enumerate() {
        let label = format!("   {:1$}{2}.", if i == 0 { "Fix" } else { "" }, INDENT - 3, i + 1);
        out.push_str(&style.hang(&label, INDENT + 3, step));
    }
    for (i, page) in incident.references.iter().enumerate() {
        let label = if i == 0 { "See" } else { "" };
        line(out, label, &references.title(page, style));
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
        line(out, "Log", &sentences::evidence(incident));
    }
}

/// The conclusions that are about an incident before all others. Its root cause is in the headline.
fn statements<'r>(incident: &'r Incident, report: &'r Report) -> impl Iterator<Item = &'r Statement> {
    let is_own = |statement: &&Statement| {
        statement.kind != StatementKind::Cause && statement.incidents.first() == Some(&incident.id)
    };
    report.diagnosis.statements.iter().filter(is_own)
}
