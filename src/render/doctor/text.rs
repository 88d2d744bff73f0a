//! The report of the doctor for a terminal.

use std::fmt::Write as _;

use super::{fact, headline, subjects};
use crate::{
    doctor::{DoctorReport, checks::Verdict},
    model::Severity,
    render::TextStyle,
};

/// Where the facts start. Columns.
const INDENT: usize = 11;

/// The report as text for a terminal: by subject, the worst first.
#[must_use]
pub fn table(report: &DoctorReport, style: &TextStyle) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", style.bold(&headline(report)));
    for source in &report.sources {
        let _ = writeln!(out, "{}", style.dim(&format!("{}: {}", source.name, source.format)));
        for note in &source.notes {
            out.push_str(&style.hang("", 2, note));
        }
    }
    for (subject, checks) in subjects(report) {
        let _ = writeln!(out, "\n{}", style.bold(&subject));
        for check in checks {
            let text = style.hang("", INDENT, &format!("{}: {}", check.title, fact(check)));
            // The label is put before the text without counting its colour.
            let label = format!("  {:<width$}", label(check.verdict, style), width = INDENT - 2);
            let plain = format!("  {}", check.verdict.as_str());
            let pad = " ".repeat(INDENT.saturating_sub(plain.len()));
            let body = text.get(INDENT..).unwrap_or(&text);
            let _ = write!(out, "{}{pad}{body}", label.trim_end());
            if let Some(fix) = &check.fix {
                out.push_str(&style.hang("", INDENT, &format!("Fix: {fix}")));
            }
            if let Some(value) = &check.value {
                // Never wrapped: it is copied.
                let _ = writeln!(out, "{}{value}", " ".repeat(INDENT));
            }
        }
    }
    out
}

fn label(verdict: Verdict, style: &TextStyle) -> String {
    let name = verdict.as_str();
    match verdict {
        Verdict::Problem => style.severity(Severity::Error, name),
        Verdict::Warning => style.severity(Severity::Warning, name),
        Verdict::Unknown => style.severity(Severity::Info, name),
        Verdict::Ok => style.dim(name),
    }
}
