//! Parts of sentences that several statements share.

use chrono::TimeDelta;

use super::case::IncidentCase;
use crate::{
    model::Timestamp,
    report::{affected::Affected, incident::Incident, numfmt::grouped},
};

/// `2026-01-12 06:00 +01:00`, in the log's own clock.
pub(super) fn time(time: Timestamp) -> String {
    let offset = time.offset.map_or(String::new(), |offset| format!(" {offset}"));
    format!("{}{offset}", time.local.format("%Y-%m-%d %H:%M"))
}

/// `2026-01-12 06:00`: for a line that has no room for the offset.
pub(super) fn short_time(time: Timestamp) -> String {
    time.local.format("%Y-%m-%d %H:%M").to_string()
}

/// The time that is `delta` later, in the same clock.
pub(super) fn later(time: Timestamp, delta: TimeDelta) -> Timestamp {
    Timestamp { local: time.local.checked_add_signed(delta).unwrap_or(time.local), ..time }
}

/// `7 days`, `2 h 5 min`, `40 s`; without sign.
pub(super) fn duration(delta: TimeDelta) -> String {
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

/// `a`, `a and b`, `a, b and c`, with `and` or another word before the last item.
pub(super) fn list(items: &[String], conjunction: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} {conjunction} {last}", init.join(", ")),
    }
}

/// `Client secret has expired (AADSTS7000222, application 5d1c0a52-…)`.
pub(super) fn title(incident: &Incident) -> String {
    let mut details: Vec<String> = code(incident).into_iter().collect();
    details.extend(subject(incident));
    if details.is_empty() { incident.title.clone() } else { format!("{} ({})", incident.title, details.join(", ")) }
}

/// `Client secret has expired (AADSTS7000222)`.
pub(super) fn short_title(incident: &Incident) -> String {
    match code(incident) {
        Some(code) => format!("{} ({code})", incident.title),
        None => incident.title.clone(),
    }
}

/// `AADSTS7000222`, unless the title contains it.
fn code(incident: &Incident) -> Option<String> {
    incident.code.map(|code| format!("AADSTS{code}")).filter(|code| !incident.title.contains(code.as_str()))
}

/// The most specific name of what is affected: mail server, mailbox, application, host or tenant.
pub(super) fn subject(incident: &Incident) -> Option<String> {
    Affected::of(incident).map(|affected| affected.to_string())
}

/// What several incidents affect: `21 applications`, `20 mail servers and 5 others`; without names for all of them,
/// `21 incidents`.
pub(super) fn subjects<'i>(incidents: impl Iterator<Item = &'i Incident> + Clone) -> String {
    let all: Vec<Option<Affected>> = incidents.map(Affected::of).collect();
    let merged: Vec<&Affected> =
        all.iter().flatten().filter(|affected| matches!(affected, Affected::Merged(_))).collect();
    let mut names: Vec<String> =
        all.iter().flatten().filter(|affected| affected.plural().is_some()).map(Affected::to_string).collect();
    let mut kinds = all.iter().flatten().filter_map(Affected::plural);
    let kind = kinds.next().filter(|first| kinds.all(|kind| kind == *first));
    names.sort_unstable();
    names.dedup();
    match (kind, merged.as_slice(), all.iter().any(Option::is_none), names.as_slice()) {
        (Some(_), [], false, [one]) => one.clone(),
        (Some(kind), [], false, names) => format!("{} {kind}", names.len()),
        (Some(kind), [merged], false, names) if names.len() > 1 => {
            format!("{} {kind} and {}", names.len(), merged.name())
        }
        _ => format!("{} incidents", all.len()),
    }
}

/// The names of what several incidents affect, each once; with its kind where kinds differ. Incidents without a name
/// are left out.
pub(super) fn names<'i>(incidents: impl Iterator<Item = &'i Incident>) -> Vec<String> {
    let all: Vec<Affected> = incidents.filter_map(Affected::of).collect();
    let mut kinds = all.iter().filter_map(Affected::plural);
    let same = kinds.next().is_none_or(|first| kinds.all(|kind| kind == first));
    let mut names = Vec::new();
    let (merged, own): (Vec<&Affected>, Vec<&Affected>) =
        all.iter().partition(|affected| matches!(affected, Affected::Merged(_)));
    for affected in own.into_iter().chain(merged) {
        let name = if same { affected.name() } else { affected.to_string() };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// `, first seen 2026-01-12 06:00 +01:00`, or nothing when the log has no times.
pub(super) fn first_seen(case: &IncidentCase) -> String {
    match (case.first, case.incident.count) {
        (Some(first), 1) => format!(", seen once, at {}", time(first)),
        (Some(first), _) => format!(", first seen {}", time(first)),
        (None, _) => String::new(),
    }
}

/// `57 failures from 2026-01-12 06:00 +01:00 to 2026-01-19 06:00 +01:00`, without times when the log has none.
pub(super) fn occurrences(case: &IncidentCase) -> String {
    let failures = match case.incident.count {
        1 => "1 failure".to_owned(),
        n => format!("{} failures", grouped(n)),
    };
    match (case.first.map(time), case.last.map(time)) {
        (Some(first), Some(last)) if first == last => format!("{failures} at {first}"),
        (Some(first), Some(last)) => format!("{failures} from {first} to {last}"),
        _ => failures,
    }
}

/// True when a text asks for a new authorization. Fixes of the catalogue are such texts.
pub(super) fn asks_to_authorize(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["authorize again", "re-authorize", "reauthorize"].iter().any(|words| text.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_at_most_two_units() {
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
            assert_eq!(duration(TimeDelta::seconds(seconds)), text);
        }
    }

    #[test]
    fn lists_have_a_conjunction_before_the_last_item() {
        assert_eq!(list(&["a".into()], "and"), "a");
        assert_eq!(list(&["a".into(), "b".into(), "c".into()], "or"), "a, b or c");
    }

    #[test]
    fn a_request_for_a_new_authorization_is_recognized_in_any_wording() {
        for text in ["Grant consent, then authorize again.", "Authorize again.", "Re-authorize the mail server."] {
            assert!(asks_to_authorize(text), "{text}");
        }
        assert!(!asks_to_authorize("Let the app be authorized by an administrator."));
    }
}
