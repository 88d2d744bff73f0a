//! Two reports side by side: what is new, gone, still there. Did the fix work?

mod snapshot;

use std::collections::HashMap;

use serde::Serialize;

pub use snapshot::{IncidentSnapshot, Snapshot, SnapshotError};

use super::incident::Subject;
use crate::model::Severity;

/// The schema's name of a comparison.
pub const DIFF_SCHEMA: &str = "oauthsift.diff/1";

/// An older and a newer report side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// [`DIFF_SCHEMA`].
    pub schema: &'static str,
    /// The older report.
    pub old: Side,
    /// The newer report.
    pub new: Side,
    /// What it comes to.
    pub verdict: Verdict,
    /// The verdict in one or two sentences.
    pub summary: String,
    /// How many incidents of each fate.
    pub counts: ChangeCounts,
    /// Every incident of both, the new ones first.
    pub incidents: Vec<Change>,
}

/// One of the two reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Side {
    /// When it was made.
    pub generated_at: Option<String>,
    /// Failures in it.
    pub findings: u64,
    /// Where its logs start, RFC 3339 as in the log.
    pub from: Option<String>,
    /// Where its logs end.
    pub to: Option<String>,
}

/// How many incidents of each fate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ChangeCounts {
    /// Seen since the older one for the first time.
    pub new: u64,
    /// In both, and seen again since the older one.
    pub still: u64,
    /// Not seen since the older one.
    pub quiet: u64,
    /// In the older report alone.
    pub gone: u64,
}

/// What a comparison comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing failed in either.
    Clean,
    /// What failed has ended, nothing new has begun.
    Ended,
    /// Some of it goes on.
    GoesOn,
    /// What failed has ended, something new has begun.
    OthersBegan,
    /// Some goes on, and something new has begun.
    GoesOnAndOthersBegan,
    /// The newer logs reach no further than the older ones.
    CannotTell,
}

/// What became of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It was seen since the older report for the first time.
    New,
    /// It is in both, and was seen again since the older one.
    Still,
    /// It was not seen since the older report.
    Quiet,
    /// It is in the older report alone.
    Gone,
}

impl ChangeKind {
    /// The word used in output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Still => "still",
            Self::Quiet => "quiet",
            Self::Gone => "gone",
        }
    }
}

/// One incident in the older report, the newer, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What became of it.
    pub kind: ChangeKind,
    /// Catalogue id.
    pub pattern: String,
    /// Deciding AADSTS number.
    pub code: Option<u32>,
    /// What it is.
    pub title: String,
    /// How much it matters.
    pub severity: Severity,
    /// Whose, as the newer report names it where there are both.
    pub subject: Subject,
    /// It was matched although a person's pseudonym may stand for somebody else in the other report.
    pub unsure: bool,
    /// In the older report.
    pub old: Option<IncidentSpan>,
    /// In the newer report.
    pub new: Option<IncidentSpan>,
}

/// How often and when, in one report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncidentSpan {
    /// How many records.
    pub count: u64,
    /// The first.
    pub first_seen: Option<String>,
    /// The last.
    pub last_seen: Option<String>,
}

impl IncidentSpan {
    fn of(event: &IncidentSnapshot) -> Self {
        Self { count: event.count, first_seen: event.first_seen.clone(), last_seen: event.last_seen.clone() }
    }
}

/// Holds the newer report against the older one.
///
/// Incidents are the same when pattern, code and subject are. Numbered pseudonyms (`mailbox-1@…`)
/// are given anew in every report, so they are not compared by their numbers; such a match is marked
/// unsure when it could as well be another. Pseudonyms made with a key are compared as they are.
#[must_use]
pub fn compare(old: &Snapshot, new: &Snapshot) -> Comparison {
    let pairs = pairs(&old.incidents, &new.incidents);
    let until = old.end();
    let mut incidents: Vec<Change> = pairs
        .into_iter()
        .filter_map(|pair| {
            let (before, now) = (pair.old.map(|at| &old.incidents[at]), pair.new.map(|at| &new.incidents[at]));
            let told = now.or(before)?;
            let fate = match (before, now) {
                // Of the older report's time, though not in it: its logs were others.
                (None, Some(now)) if until.is_some_and(|until| last(now).is_some_and(|last| last <= until)) => {
                    ChangeKind::Quiet
                }
                (None, _) => ChangeKind::New,
                (Some(_), None) => ChangeKind::Gone,
                (Some(before), Some(now)) => change_kind(before, now, until),
            };
            Some(Change {
                kind: fate,
                pattern: told.pattern.clone(),
                code: told.code,
                title: told.title.clone(),
                severity: told.severity,
                subject: told.subject.clone(),
                unsure: pair.unsure,
                old: before.map(IncidentSpan::of),
                new: now.map(IncidentSpan::of),
            })
        })
        .collect();
    incidents.sort_by(|a, b| {
        let count = |change: &Change| change.new.as_ref().or(change.old.as_ref()).map_or(0, |seen| seen.count);
        a.kind
            .cmp(&b.kind)
            .then(b.severity.cmp(&a.severity))
            .then(count(b).cmp(&count(a)))
            .then(a.pattern.cmp(&b.pattern))
    });
    let count = |fate| incidents.iter().filter(|change| change.kind == fate).count() as u64;
    let counts = ChangeCounts {
        new: count(ChangeKind::New),
        still: count(ChangeKind::Still),
        quiet: count(ChangeKind::Quiet),
        gone: count(ChangeKind::Gone),
    };
    let reaches_further = match (until, new.end()) {
        (Some(until), Some(end)) => end > until,
        // Without times only what is listed can be compared.
        _ => true,
    };
    let verdict = verdict(&counts, reaches_further);
    Comparison {
        schema: DIFF_SCHEMA,
        old: old.side(),
        new: new.side(),
        verdict,
        summary: summary_text(verdict, &counts, new),
        counts,
        incidents,
    }
}

fn last(event: &IncidentSnapshot) -> Option<i64> {
    event.last_seen.as_deref().and_then(snapshot::instant)
}

/// Whether an incident of both was seen again after the older logs had ended.
fn change_kind(before: &IncidentSnapshot, now: &IncidentSnapshot, until: Option<i64>) -> ChangeKind {
    match (last(now), last(before), until) {
        (Some(now), Some(before), Some(until)) if now > before.max(until) => ChangeKind::Still,
        (Some(now), Some(before), None) if now > before => ChangeKind::Still,
        (Some(_), Some(_), _) => ChangeKind::Quiet,
        _ => ChangeKind::Still,
    }
}

fn verdict(counts: &ChangeCounts, reaches_further: bool) -> Verdict {
    match (counts.new > 0, counts.still > 0) {
        (false, false) if counts.quiet + counts.gone == 0 => Verdict::Clean,
        (false, false) if !reaches_further => Verdict::CannotTell,
        (false, false) => Verdict::Ended,
        (false, true) => Verdict::GoesOn,
        (true, false) => Verdict::OthersBegan,
        (true, true) => Verdict::GoesOnAndOthersBegan,
    }
}

fn summary_text(verdict: Verdict, counts: &ChangeCounts, new: &Snapshot) -> String {
    let ended = counts.quiet + counts.gone;
    let incidents = |n: u64| if n == 1 { "1 incident".to_owned() } else { format!("{n} incidents") };
    let goes = |n: u64| if n == 1 { "goes" } else { "go" };
    match verdict {
        Verdict::Clean => "Nothing failed in either report.".to_owned(),
        Verdict::Ended => {
            let until = new.to().map_or(String::new(), |to| format!(" up to {to}"));
            format!("The fix seems to hold: {} not seen again{until}, and nothing new.", were(ended))
        }
        Verdict::GoesOn => {
            format!("Not fixed: {} {} on{}.", incidents(counts.still), goes(counts.still), and_ended(ended))
        }
        Verdict::OthersBegan => {
            let rest = if ended > 0 {
                format!(" What failed before is not seen any more ({}).", incidents(ended))
            } else {
                String::new()
            };
            format!(
                "{} new.{rest}",
                if counts.new == 1 { "1 incident is".to_owned() } else { format!("{} incidents are", counts.new) }
            )
        }
        Verdict::GoesOnAndOthersBegan => format!(
            "Not fixed: {} {} on, and {} new{}.",
            incidents(counts.still),
            goes(counts.still),
            if counts.new == 1 { "1 is".to_owned() } else { format!("{} are", counts.new) },
            and_ended(ended)
        ),
        Verdict::CannotTell => {
            "It cannot be told yet: the newer report's logs reach no further than the older one's. Scan the log again \
             when some hours have passed since the fix."
                .to_owned()
        }
    }
}

fn were(n: u64) -> String {
    if n == 1 { "1 incident was".to_owned() } else { format!("{n} incidents were") }
}

fn and_ended(n: u64) -> String {
    match n {
        0 => String::new(),
        1 => "; 1 has ended".to_owned(),
        n => format!("; {n} have ended"),
    }
}

/// The same incident in both reports, or in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pair {
    old: Option<usize>,
    new: Option<usize>,
    unsure: bool,
}

/// Which incidents are the same: first by everything, then with fewer and fewer distinctions.
fn pairs(old: &[IncidentSnapshot], new: &[IncidentSnapshot]) -> Vec<Pair> {
    /// How two incidents are compared.
    type Key = fn(&IncidentSnapshot) -> String;
    let keys: [(Key, bool); 4] = [
        // The text is the same and no pseudonym that is given anew stands in it.
        (|event| if event.is_anonymous() { String::new() } else { event.key(true, false) }, false),
        // Numbers of pseudonyms do not count.
        (|event| event.key(true, true), true),
        // The first code of a pattern with several may be another one.
        (|event| if event.is_anonymous() { String::new() } else { event.key(false, false) }, false),
        (|event| event.key(false, true), true),
    ];
    let (mut old_left, mut new_left): (Vec<usize>, Vec<usize>) = ((0..old.len()).collect(), (0..new.len()).collect());
    let mut pairs = Vec::new();
    for (key, loose) in keys {
        let mut waiting: HashMap<String, Vec<usize>> = HashMap::new();
        for at in &old_left {
            waiting.entry(key(&old[*at])).or_default().push(*at);
        }
        waiting.remove("");
        let crowd: HashMap<String, (usize, usize)> = waiting
            .iter()
            .map(|(text, olds)| {
                let news = new_left.iter().filter(|at| key(&new[**at]) == *text).count();
                (text.clone(), (olds.len(), news))
            })
            .collect();
        new_left.retain(|at| {
            let text = key(&new[*at]);
            let Some(olds) = waiting.get_mut(&text).filter(|olds| !olds.is_empty()) else { return true };
            let mate = olds.remove(0);
            old_left.retain(|at| *at != mate);
            // Alone on both sides it can hardly be another; among several it can.
            let unsure = loose && new[*at].is_anonymous() && crowd.get(&text).is_some_and(|crowd| *crowd != (1, 1));
            pairs.push(Pair { old: Some(mate), new: Some(*at), unsure });
            false
        });
    }
    pairs.extend(old_left.into_iter().map(|at| Pair { old: Some(at), new: None, unsure: false }));
    pairs.extend(new_left.into_iter().map(|at| Pair { old: None, new: Some(at), unsure: false }));
    pairs
}

#[cfg(test)]
mod tests;
