//! The log around the first record of an incident, as text.

use std::fmt::Write as _;

use crate::{pipeline::RecordContext, render::format::count, report::Report};

/// Lines of the log with their numbers. Those of the record are marked.
pub(super) fn excerpt(report: &Report, context: &RecordContext) -> String {
    let incident = report.incidents.iter().find(|incident| incident.id == context.incident);
    let title = incident.map_or("", |incident| incident.title.as_str());
    let mut out = format!("{}: {title}\n{}, line {}\n", context.incident, context.source, context.record_line);
    let Some(first) = context.lines.first() else {
        out.push_str("\nThe log could not be read a second time.\n");
        return out;
    };
    out.push_str("Redacted. `>` marks the first record of the incident.\n\n");
    let mut source = &first.source;
    if *source != context.source {
        let _ = writeln!(out, "  {source}:");
    }
    for (i, line) in context.lines.iter().enumerate() {
        if line.source != *source {
            source = &line.source;
            let _ = writeln!(out, "  {source}:");
        }
        let mark = if line.of_record { '>' } else { ' ' };
        let _ = writeln!(out, "{}", format!("{mark}{:>8}  {}", line.number, line.text).trim_end());
        let record_ends = line.of_record && !context.lines.get(i + 1).is_some_and(|next| next.of_record);
        if record_ends && context.left_out > 0 {
            let _ = writeln!(out, "           ({} of this record left out)", count(context.left_out, "more line"));
        }
    }
    out
}
