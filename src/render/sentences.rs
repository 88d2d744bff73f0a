//! Sentences and facts of a report that all formats share.

use super::format::{count, grouped, long_time, minute_time, rounded_duration, short_time, time_range, times};
use crate::report::{Action, Certainty, Incident, Report, Statement, StatementKind};

/// Every independent root cause, one line each; of a single one, one or two sentences.
pub(super) fn headline(report: &Report) -> String {
    if !report.diagnosis.headline.is_empty() {
        return with_numbers(report, &report.diagnosis.headline);
    }
    match report.incidents.first() {
        None if report.inputs.iter().all(|input| input.bytes == 0) && !report.faults.is_empty() => {
            "Nothing could be read.".to_owned()
        }
        None => "No OAuth failures were found.".to_owned(),
        Some(first) => format!(
            "{}; most severe: {}.",
            count(report.summary.findings, "OAuth failure"),
            first.title.trim_end_matches('.')
        ),
    }
}

/// The statement that the headline already makes, and the other statements.
pub(super) fn split_first_statement(report: &Report) -> (Option<&Statement>, &[Statement]) {
    match report.diagnosis.statements.as_slice() {
        [first, rest @ ..] if first.kind == StatementKind::Cause && !report.diagnosis.headline.is_empty() => {
            (Some(first), rest)
        }
        all => (None, all),
    }
}

/// `incident 1`, `incidents 1, 3`: the numbers of incidents, without those that `text` names itself.
pub(super) fn incidents_not_named(report: &Report, ids: &[String], text: &str) -> String {
    let spans = spans(report, text);
    let numbers: Vec<String> = ids
        .iter()
        .filter_map(|id| number(report, id))
        .filter(|number| !spans.iter().any(|(named, _)| *named == Some(*number)))
        .map(|number| number.to_string())
        .collect();
    match numbers.as_slice() {
        [] => String::new(),
        [one] => format!("incident {one}"),
        several => format!("incidents {}", several.join(", ")),
    }
}

/// The number of an incident in the report, from 1.
pub(super) fn number(report: &Report, id: &str) -> Option<usize> {
    report.incidents.iter().position(|incident| incident.id == id).map(|at| at + 1)
}

/// A text of the diagnosis, split at the incidents that it names by their id: each with its number, and
/// `incident 2` in place of its id.
pub(super) fn spans(report: &Report, text: &str) -> Vec<(Option<usize>, String)> {
    const PREFIX: &str = "incident-";
    let (mut spans, mut plain, mut rest) = (Vec::new(), String::new(), text);
    while let Some(at) = rest.find(PREFIX) {
        let digits = rest[at + PREFIX.len()..].bytes().take_while(u8::is_ascii_digit).count();
        let (before, id) = (&rest[..at], &rest[at..at + PREFIX.len() + digits]);
        plain.push_str(before);
        rest = &rest[at + id.len()..];
        match number(report, id) {
            Some(number) => {
                spans.push((None, std::mem::take(&mut plain)));
                spans.push((Some(number), format!("incident {number}")));
            }
            None => plain.push_str(id),
        }
    }
    plain.push_str(rest);
    spans.push((None, plain));
    spans.retain(|(_, span)| !span.is_empty());
    spans
}

/// A text of the diagnosis with `incident 2` in place of an incident's id.
pub(super) fn with_numbers(report: &Report, text: &str) -> String {
    spans(report, text).into_iter().map(|(_, span)| span).collect()
}

/// `critical, AADSTS7000222, 27 times, … to …, still failing at the end of the log`.
pub(super) fn facts(incident: &Incident) -> String {
    let code = incident.code.map_or(String::new(), |code| format!("AADSTS{code}, "));
    let when = time_range(incident.first_seen.as_deref(), incident.last_seen.as_deref());
    let state = state(incident).map_or(String::new(), |state| format!(", {state}"));
    format!("{}, {code}{}, {when}{state}", incident.severity.as_str(), frequency(incident))
}

/// `27 times (every 60 s on average)`.
pub(super) fn frequency(incident: &Incident) -> String {
    let interval = incident
        .mean_interval_seconds
        .filter(|_| incident.count > 2)
        .map_or(String::new(), |seconds| format!(" (every {} on average)", rounded_duration(seconds)));
    format!("{}{interval}", times(incident.count))
}

/// The state of an incident at the end of the log, when it adds something to the count.
pub(super) fn state(incident: &Incident) -> Option<&str> {
    match incident.state.as_deref()? {
        "failing" => Some("still failing at the end of the log"),
        "stopped" => Some("stopped"),
        "flapping" => Some("intermittent"),
        "given-up" => Some("token invalidated by Jira"),
        "by-hand" => Some("interactive attempts"),
        "once" => None,
        other => Some(other),
    }
}

/// The number and title of the incident that caused this one.
pub(super) fn cause_of(report: &Report, incident: &Incident) -> Option<String> {
    let id = incident.caused_by.as_ref()?;
    let at = report.incidents.iter().position(|other| other.id == *id)?;
    Some(format!("incident {}, {}", at + 1, report.incidents[at].title))
}

/// A note for entries of the catalogue with the status `preview`.
pub(super) const PREVIEW_NOTE: &str = "Preview entry: not yet confirmed by the vendor's documentation.";

/// Further facts of the first record, and the note for preview entries.
pub(super) fn notes_of(incident: &Incident) -> Vec<String> {
    let mut notes: Vec<String> = incident.sample.iter().flat_map(|sample| sample.notes.clone()).collect();
    if incident.preview {
        notes.push(PREVIEW_NOTE.to_owned());
    }
    notes
}

/// What the vendor's support will ask for: a name, and one or several values.
pub(super) fn facts_for_support(incident: &Incident) -> Vec<(&'static str, Vec<String>)> {
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

/// The failing sentence of the first record, with the host that failed.
pub(super) fn evidence(incident: &Incident) -> String {
    let Some(sample) = &incident.sample else { return String::new() };
    let sentence = match sample.message.trim() {
        "" => sample.excerpt.lines().next().unwrap_or_default().trim(),
        message => message,
    };
    match &sample.host {
        Some(host) if !sentence.contains(host.as_str()) => format!("{host}: {sentence}"),
        _ => sentence.to_owned(),
    }
}

/// Why an action is needed, and what it affects when it fixes several incidents. Incidents are named by their ids.
pub(super) fn reason(action: &Action) -> String {
    if action.incidents.len() < 2 || action.affected.is_empty() {
        return action.because.clone();
    }
    format!("{} Affected: {}.", action.because, action.affected.join(", ")).trim_start().to_owned()
}

/// By when an action should be done, and what else is needed where it is too late.
pub(super) fn deadline(action: &Action) -> Option<String> {
    let several = action.incidents.len() > 1;
    let before = action.before.as_deref().map(|time| {
        let what = if several { "the first of the tokens" } else { "the token" };
        format!("Before {}, when Jira invalidates {what}: afterwards, someone must authorize again.", minute_time(time))
    });
    let passed = action.passed.as_deref().map(|time| {
        let what = if several { "the first of the tokens" } else { "the token" };
        format!(
            "If the failures went on until {}, Jira invalidated {what} then, and someone must authorize again, too.",
            minute_time(time)
        )
    });
    let sentences: Vec<String> = before.into_iter().chain(passed).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// The same in one short line and in the time of the log.
pub(super) fn short_deadline(action: &Action) -> Option<String> {
    let token = if action.incidents.len() > 1 { "the first token" } else { "the token" };
    let time = |time: &String| short_time(Some(time), false);
    match (&action.before, &action.passed) {
        (Some(before), None) => Some(format!("Before {}: then Jira invalidates {token}.", time(before))),
        (None, Some(passed)) => Some(format!("Jira invalidated {token} at {} unless fixed by then.", time(passed))),
        (Some(before), Some(passed)) => {
            Some(format!("Before {}; the first deadline passed at {}.", time(before), time(passed)))
        }
        (None, None) => None,
    }
}

/// How certain a statement is, in one word.
pub(super) fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Certain => "certain",
        Certainty::Likely => "likely",
        Certainty::Possible => "possible",
    }
}

/// Deadlines in a report.
const MAX_DEADLINES: usize = 4;

/// The times by which something is due, each once.
pub(super) fn deadlines(report: &Report) -> Vec<&str> {
    let statements = report.diagnosis.statements.iter().filter(|statement| statement.kind == StatementKind::Deadline);
    let mut times: Vec<&str> = statements
        .filter_map(|statement| statement.at.as_deref())
        .chain(report.diagnosis.actions.iter().filter_map(|action| action.before.as_deref()))
        .collect();
    times.sort_unstable();
    times.dedup();
    times.truncate(MAX_DEADLINES);
    times
}

/// The name of an input; `-` is standard input.
pub(super) fn source(source: &str) -> &str {
    if source == "-" { "standard input" } else { source }
}

/// Why a text search finds more codes than the report counts.
pub(super) fn mentions(report: &Report) -> Option<String> {
    let n = report.summary.mentions;
    let (quote, were) = if n == 1 { ("quotes", "was") } else { ("quote", "were") };
    (n > 0).then(|| {
        let records = count(n, "record");
        format!("{records} only {quote} a code (search, comment, debug line) and {were} not counted.")
    })
}

/// What was redacted.
pub(super) fn redacted(report: &Report) -> String {
    let redaction = &report.redaction;
    if redaction.people == "shown" {
        return "People are not redacted: this report was made with --no-redact and shows mail addresses, user names and \
                client addresses. Secrets are removed."
            .to_owned();
    }
    let pseudonyms = if redaction.keyed {
        "pseudonyms that are the same in every report made with the same key"
    } else {
        "pseudonyms that are the same throughout this report (mailbox-1, user-1, ip-1)"
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
         names in messages and client addresses are replaced by {pseudonyms}. Trace ids, correlation ids, times, codes, \
         application and tenant ids are kept for support.{replaced}"
    )
}

/// Which version made the report, and when.
pub(super) fn made_by(report: &Report) -> String {
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
