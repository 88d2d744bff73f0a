//! How the parts of a report read: the sentences and facts that all written formats share.

use oauthsift::{
    Incident, Report,
    report::{Certainty, Statement, StatementKind},
};

use super::format::{count, grouped, long_time, span_of_time, times};

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
pub(super) fn plainly(report: &Report, text: &str) -> String {
    in_text(report, text).into_iter().map(|(_, piece)| piece).collect()
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
