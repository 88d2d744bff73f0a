//! The pieces that the sentences of a diagnosis are made of.

use chrono::TimeDelta;

use super::{Certainty, IncidentCase};
use crate::{model::Timestamp, report::Incident};

/// `2026-01-12 06:00 +01:00`, in the log's own clock.
pub(super) fn clock(time: Timestamp) -> String {
    let offset = time.offset.map_or(String::new(), |offset| format!(" {offset}"));
    format!("{}{offset}", time.local.format("%Y-%m-%d %H:%M"))
}

/// The moment so much later, in the same clock.
pub(super) fn after(time: Timestamp, delta: TimeDelta) -> Timestamp {
    Timestamp { local: time.local.checked_add_signed(delta).unwrap_or(time.local), ..time }
}

/// `7 days`, `2 h 5 min`, `40 s`.
pub(super) fn length(delta: TimeDelta) -> String {
    let seconds = delta.num_seconds().abs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (2.., ..) => format!("{days} days"),
        (1, 0, _) => "1 day".to_owned(),
        (1, hours, _) => format!("1 day {hours} h"),
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) if seconds % 60 == 0 => format!("{minutes} min"),
        (0, 0, minutes) => format!("{minutes} min {} s", seconds % 60),
        (_, hours, 0) => format!("{hours} h"),
        (_, hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// `Client secret has expired (AADSTS7000222, application 5d1c0a52-…)`.
pub(super) fn title(incident: &Incident) -> String {
    let mut facts: Vec<String> = code(incident).into_iter().collect();
    facts.extend(subject(incident));
    if facts.is_empty() { incident.title.clone() } else { format!("{} ({})", incident.title, facts.join(", ")) }
}

/// `Client secret has expired (AADSTS7000222)`.
pub(super) fn short_title(incident: &Incident) -> String {
    match code(incident) {
        Some(code) => format!("{} ({code})", incident.title),
        None => incident.title.clone(),
    }
}

/// `AADSTS7000222`, unless the title says it already.
fn code(incident: &Incident) -> Option<String> {
    incident.code.map(|code| format!("AADSTS{code}")).filter(|code| !incident.title.contains(code.as_str()))
}

/// The most telling name of whom it concerns: mail server, mailbox, application or tenant.
pub(super) fn subject(incident: &Incident) -> Option<String> {
    let subject = &incident.subject;
    let named = |what: &str, name: &Option<String>| name.as_ref().map(|name| format!("{what} {name}"));
    named("mail server", &subject.integration.as_ref().map(|name| format!("\"{name}\"")))
        .or_else(|| named("mailbox", &subject.mailbox))
        .or_else(|| named("application", &subject.app_id))
        .or_else(|| named("tenant", &subject.tenant))
}

/// `, since 2026-01-12 06:00 +01:00`, or nothing when the log has no times.
pub(super) fn since(case: &IncidentCase) -> String {
    match (case.first, case.incident.count) {
        (Some(first), 1) => format!(", at {}", clock(first)),
        (Some(first), _) => format!(", since {}", clock(first)),
        (None, _) => String::new(),
    }
}

/// How a sentence starts for a certainty.
pub(super) fn hedge(certainty: Certainty, sentence: &str) -> String {
    match certainty {
        Certainty::Certain => sentence.to_owned(),
        Certainty::Likely => format!("Most likely: {sentence}"),
        Certainty::Possible => format!("Possibly: {sentence}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_as_people_say_them() {
        for (seconds, text) in [
            (40, "40 s"),
            (180, "3 min"),
            (432, "7 min 12 s"),
            (7500, "2 h 5 min"),
            (7200, "2 h"),
            (86_400, "1 day"),
            (93_600, "1 day 2 h"),
            (604_800, "7 days"),
            (-40, "40 s"),
        ] {
            assert_eq!(length(TimeDelta::seconds(seconds)), text);
        }
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}
