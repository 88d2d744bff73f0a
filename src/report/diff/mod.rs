//! Comparison of two reports: what is new, what still fails, what has stopped. Did the fix work?

mod snapshot;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde::Serialize;

use super::incident::Subject;
use crate::model::{Severity, sort_by};
use snapshot::millis;
pub use snapshot::{IncidentSnapshot, Side, Snapshot, SnapshotError};

/// Name and version of a comparison's schema, the value of its key `schema`.
pub const DIFF_SCHEMA: &str = "oauthsift.diff/1";

/// An older and a newer report compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// Name and version of the schema: [`DIFF_SCHEMA`].
    pub schema: &'static str,
    /// The older report.
    pub old: Side,
    /// The newer report.
    pub new: Side,
    /// The result.
    pub verdict: Verdict,
    /// The result in one or two sentences.
    #[serde(rename = "told")]
    pub summary: String,
    /// Number of incidents by kind of change.
    pub counts: ChangeCounts,
    /// Every incident of both reports: new ones first, then those that still fail, then the others.
    pub incidents: Vec<Change>,
}

/// Number of incidents by kind of change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ChangeCounts {
    /// First seen after the older report.
    pub new: u64,
    /// In both reports, and seen again after the older one.
    pub still: u64,
    /// In the newer report, but not seen after the older one.
    pub quiet: u64,
    /// Only in the older report.
    pub gone: u64,
}

/// Result of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// No failures in either report.
    Clean,
    /// All failures have stopped, and there are no new ones.
    Ended,
    /// Some failures still occur, and there are no new ones.
    GoesOn,
    /// All failures have stopped, but there are new ones.
    OthersBegan,
    /// Some failures still occur, and there are new ones.
    GoesOnAndOthersBegan,
    /// The logs of the newer report do not extend beyond those of the older one.
    CannotTell,
}

/// How an incident changed from the older to the newer report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// First seen after the older report.
    New,
    /// In both reports, and seen again after the older one.
    Still,
    /// In the newer report, but not seen after the older one.
    Quiet,
    /// Only in the older report.
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

/// An incident that is in the older report, the newer one, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// How it changed.
    #[serde(rename = "fate")]
    pub kind: ChangeKind,
    /// Catalogue id of the pattern.
    pub pattern: String,
    /// Deciding AADSTS number.
    pub code: Option<u32>,
    /// Title of the pattern.
    pub title: String,
    /// Severity of the pattern.
    pub severity: Severity,
    /// What is affected; as the newer report names it when the incident is in both.
    pub subject: Subject,
    /// The match is uncertain: a numbered pseudonym may mean someone else in the other report.
    pub unsure: bool,
    /// How often and when it occurred in the older report; `None` when it did not.
    pub old: Option<IncidentSpan>,
    /// How often and when it occurred in the newer report; `None` when it did not.
    pub new: Option<IncidentSpan>,
}

/// How often and when an incident occurred in one report. Times are RFC 3339 with the log's own offset,
/// or local time without an offset when the log has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IncidentSpan {
    /// Number of findings.
    pub count: u64,
    /// Time of the earliest finding.
    pub first_seen: Option<String>,
    /// Time of the latest finding.
    pub last_seen: Option<String>,
}

impl IncidentSpan {
    fn of(incident: &IncidentSnapshot) -> Self {
        Self { count: incident.count, first_seen: incident.first_seen.clone(), last_seen: incident.last_seen.clone() }
    }
}

/// Compares a newer report with an older one.
///
/// Incidents are the same when pattern, code and subject are. Numbered pseudonyms (`mailbox-1@…`)
/// are assigned anew in every report, so they are not compared by their numbers; such a match is marked
/// unsure when another one fits as well. Pseudonyms made with a key are compared as they are.
#[must_use]
pub fn compare(old: &Snapshot, new: &Snapshot) -> Comparison {
    let pairs = pairs(&old.incidents, &new.incidents);
    let old_end = old.end();
    let mut incidents: Vec<Change> = pairs
        .into_iter()
        .filter_map(|pair| {
            let (before, now) = (pair.old.map(|at| &old.incidents[at]), pair.new.map(|at| &new.incidents[at]));
            let shown = now.or(before)?;
            let kind = match (before, now) {
                // Not in the older report although it falls in its time: the older report has other logs.
                (None, Some(now)) if matches!((last_seen(now), old_end), (Some(last), Some(end)) if last <= end) => {
                    ChangeKind::Quiet
                }
                (None, _) => ChangeKind::New,
                (Some(_), None) => ChangeKind::Gone,
                (Some(before), Some(now)) => change_kind(before, now, old_end),
            };
            Some(Change {
                kind,
                pattern: shown.pattern.clone(),
                code: shown.code,
                title: shown.title.clone(),
                severity: shown.severity,
                subject: shown.subject.clone(),
                unsure: pair.unsure,
                old: before.map(IncidentSpan::of),
                new: now.map(IncidentSpan::of),
            })
        })
        .collect();
    sort_by(&mut incidents, |a, b| {
        let count = |change: &Change| change.new.as_ref().or(change.old.as_ref()).map_or(0, |span| span.count);
        a.kind
            .cmp(&b.kind)
            .then(b.severity.cmp(&a.severity))
            .then(count(b).cmp(&count(a)))
            .then(a.pattern.cmp(&b.pattern))
    });
    let count = |kind| incidents.iter().filter(|change| change.kind == kind).count() as u64;
    let counts = ChangeCounts {
        new: count(ChangeKind::New),
        still: count(ChangeKind::Still),
        quiet: count(ChangeKind::Quiet),
        gone: count(ChangeKind::Gone),
    };
    let extends_further = match (old_end, new.end()) {
        (Some(old_end), Some(new_end)) => new_end > old_end,
        // Without times, only the lists of incidents can be compared.
        _ => true,
    };
    let verdict = verdict(&counts, extends_further);
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

fn last_seen(incident: &IncidentSnapshot) -> Option<i64> {
    incident.last_seen.as_deref().and_then(millis)
}

/// Whether an incident of both reports was seen again after the older logs had ended.
fn change_kind(before: &IncidentSnapshot, now: &IncidentSnapshot, old_end: Option<i64>) -> ChangeKind {
    match (last_seen(now), last_seen(before), old_end) {
        (Some(now), Some(before), Some(old_end)) if now > before.max(old_end) => ChangeKind::Still,
        (Some(now), Some(before), None) if now > before => ChangeKind::Still,
        (Some(_), Some(_), _) => ChangeKind::Quiet,
        _ => ChangeKind::Still,
    }
}

fn verdict(counts: &ChangeCounts, extends_further: bool) -> Verdict {
    match (counts.new > 0, counts.still > 0) {
        (false, false) if counts.quiet + counts.gone == 0 => Verdict::Clean,
        (false, false) if !extends_further => Verdict::CannotTell,
        (false, false) => Verdict::Ended,
        (false, true) => Verdict::GoesOn,
        (true, false) => Verdict::OthersBegan,
        (true, true) => Verdict::GoesOnAndOthersBegan,
    }
}

fn summary_text(verdict: Verdict, counts: &ChangeCounts, new: &Snapshot) -> String {
    let stopped = counts.quiet + counts.gone;
    let plural = |n: u64, one: &str, several: &str| format!("{n} {}", if n == 1 { one } else { several });
    let still = plural(counts.still, "incident still occurs", "incidents still occur");
    let also_stopped = match stopped {
        0 => String::new(),
        n => format!("; {}", plural(n, "has stopped", "have stopped")),
    };
    match verdict {
        Verdict::Clean => "No failures in either report.".to_owned(),
        Verdict::Ended => {
            let until = new.to().map_or(String::new(), |to| format!(" up to {to}"));
            format!(
                "The fix seems to work: {} not been seen again{until}, and there are no new ones.",
                plural(stopped, "incident has", "incidents have")
            )
        }
        Verdict::GoesOn => format!("Not fixed: {still}{also_stopped}."),
        Verdict::OthersBegan => {
            let earlier = match stopped {
                0 => String::new(),
                n => format!(" Earlier failures are no longer seen ({}).", plural(n, "incident", "incidents")),
            };
            format!("{} new.{earlier}", plural(counts.new, "incident is", "incidents are"))
        }
        Verdict::GoesOnAndOthersBegan => {
            format!("Not fixed: {still}, and {} new{also_stopped}.", plural(counts.new, "is", "are"))
        }
        Verdict::CannotTell => {
            "This cannot be determined yet: the logs of the newer report do not extend beyond those of the older one. Scan \
             the log again a few hours after the fix."
                .to_owned()
        }
    }
}

/// The same incident in both reports, or in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pair {
    old: Option<usize>,
    new: Option<usize>,
    unsure: bool,
}

/// Pairs of the same incident: first those equal in everything, then with fewer and fewer distinctions.
fn pairs(old: &[IncidentSnapshot], new: &[IncidentSnapshot]) -> Vec<Pair> {
    /// What two incidents are compared by; an empty key matches nothing.
    type Key = fn(&IncidentSnapshot) -> String;
    let keys: [(Key, bool); 4] = [
        // Equal, and without numbered pseudonyms.
        (|incident| if incident.has_numbered_pseudonym() { String::new() } else { incident.key(true, true) }, false),
        // Equal except for the numbers of pseudonyms.
        (|incident| incident.key(true, false), true),
        // The same without the code: a pattern with several codes may have another one first.
        (|incident| if incident.has_numbered_pseudonym() { String::new() } else { incident.key(false, true) }, false),
        (|incident| incident.key(false, false), true),
    ];
    let (mut old_left, mut new_left): (Vec<usize>, Vec<usize>) = ((0..old.len()).collect(), (0..new.len()).collect());
    let mut pairs = Vec::new();
    for (key, ignores_numbers) in keys {
        let mut candidates: HashMap<String, Vec<usize>> = HashMap::new();
        for at in &old_left {
            candidates.entry(key(&old[*at])).or_default().push(*at);
        }
        candidates.remove("");
        // How many incidents of the older and of the newer report have a key.
        let sharing: HashMap<String, (usize, usize)> = candidates
            .iter()
            .map(|(text, of_old)| {
                let of_new = new_left.iter().filter(|at| key(&new[**at]) == *text).count();
                (text.clone(), (of_old.len(), of_new))
            })
            .collect();
        new_left.retain(|at| {
            let text = key(&new[*at]);
            let Some(of_old) = candidates.get_mut(&text).filter(|of_old| !of_old.is_empty()) else { return true };
            let matched = of_old.remove(0);
            old_left.retain(|at| *at != matched);
            // The only one in both reports can hardly be another one.
            let unsure = ignores_numbers
                && new[*at].has_numbered_pseudonym()
                && sharing.get(&text).is_some_and(|sharing| *sharing != (1, 1));
            pairs.push(Pair { old: Some(matched), new: Some(*at), unsure });
            false
        });
    }
    pairs.extend(old_left.into_iter().map(|at| Pair { old: Some(at), new: None, unsure: false }));
    pairs.extend(new_left.into_iter().map(|at| Pair { old: None, new: Some(at), unsure: false }));
    pairs
}
