//! What the follower reported, and the check of it.

use std::{collections::BTreeMap, ops::ControlFlow};

use oauthsift::{Event, NoticeKind};

use super::{
    Model,
    records::{CODES, correlation, trace},
};

/// Everything that the follower reported.
#[derive(Default)]
pub(super) struct Observed {
    pub(super) found: Vec<Found>,
    pub(super) losses: usize,
    pub(super) notices: usize,
    /// Descriptions, since the last poll, for the transcript.
    pub(super) descriptions: Vec<String>,
}

pub(super) struct Found {
    pub(super) n: Option<u64>,
    pub(super) trace: Option<String>,
    pub(super) correlation: Option<String>,
    pub(super) code: Option<u32>,
    pub(super) complete: bool,
    pub(super) repeated: bool,
    pub(super) replaces: bool,
    pub(super) id: String,
}

impl Model<'_> {
    pub(super) fn verify(&self) -> Result<(), String> {
        let mut last: BTreeMap<u64, &Found> = BTreeMap::new();
        let mut ids: BTreeMap<u64, &str> = BTreeMap::new();
        let mut highest = 0;
        for found in &self.observed.found {
            let Some(n) = found.n else {
                // Text without a header, the rest of a record whose start is gone, is a record of its own.
                let n = found.trace.as_deref().and_then(|trace| trace.get(24..)?.parse::<u64>().ok());
                if found.complete && !found.repeated && !n.is_some_and(|n| self.may_miss.contains(&n)) {
                    return Err(format!("a finding without a record: {:?}", found.trace));
                }
                continue;
            };
            if n == 0 || n >= self.next {
                return Err(format!("a finding of a record that was never written: {n}"));
            }
            let known = last.contains_key(&n);
            if known && !found.replaces && !found.repeated {
                return Err(format!("{n} was found twice"));
            }
            // An id depends on the first line of a record. Of a repeated one whose end was in a file that is gone, this line
            // may be cut off, or joined to what followed the file.
            let kept = !self.gone.contains(&n);
            if known && found.repeated && !found.replaces && kept && ids.get(&n) != Some(&found.id.as_str()) {
                return Err(format!("{n} was repeated with another id"));
            }
            if !known && found.complete && n < highest && !self.unordered.contains(&n) && !self.may_miss.contains(&n) {
                return Err(format!("{n} came after {highest}"));
            }
            if found.complete && !self.unordered.contains(&n) {
                highest = highest.max(n);
            }
            for (id, own) in [(&found.trace, trace(n)), (&found.correlation, correlation(n))] {
                // The rest of a record whose start is gone becomes part of the record before it; this cannot be known.
                let stray = id.as_deref().and_then(|id| id.get(24..)?.parse::<u64>().ok());
                let stray = stray.is_some_and(|stray| self.may_miss.contains(&stray));
                if id.as_ref().is_some_and(|id| *id != own) && found.complete && !self.may_miss.contains(&n) && !stray {
                    return Err(format!("{n} was given the id {id:?}"));
                }
            }
            // A repetition after a kill may contain less than the first report.
            let was_whole = last.get(&n).is_some_and(|last| last.trace.as_deref() == Some(trace(n).as_str()));
            if !(known && found.repeated && (!found.complete || !kept && was_whole)) {
                ids.insert(n, &found.id);
                last.insert(n, found);
            }
        }
        for n in 1..self.next {
            let Some(found) = last.get(&n) else {
                if self.may_miss.contains(&n) {
                    continue;
                }
                return Err(format!("{n} is missing ({} losses reported)", self.observed.losses));
            };
            if self.may_miss.contains(&n) || self.unfinished.as_ref().is_some_and(|(unfinished, _)| *unfinished == n) {
                continue;
            }
            let code = CODES[n as usize % CODES.len()];
            let stray = found.trace.as_deref().and_then(|id| id.get(24..)?.parse::<u64>().ok());
            if stray.is_some_and(|stray| self.may_miss.contains(&stray)) {
                continue;
            }
            if found.code != Some(code) || found.trace.as_deref() != Some(trace(n).as_str()) {
                return Err(format!("{n} was found with code {:?} and trace id {:?}", found.code, found.trace));
            }
        }
        let missing = (1..self.next).filter(|n| !last.contains_key(n)).count();
        if missing > 0 && self.observed.losses + self.observed.notices == 0 {
            return Err(format!("{missing} records are missing, and no notice was sent"));
        }
        Ok(())
    }
}

impl Observed {
    pub(super) fn record(&mut self, event: Event<'_>) -> ControlFlow<()> {
        match event {
            Event::Finding(followed) => {
                let finding = &followed.finding;
                let n = finding
                    .request_id
                    .as_deref()
                    .and_then(|id| id.strip_prefix("1x")?.strip_suffix("x1")?.parse().ok());
                let found = Found {
                    n,
                    trace: finding.trace_id.clone(),
                    correlation: finding.correlation_id.clone(),
                    code: finding.code,
                    complete: followed.complete,
                    repeated: followed.repeated,
                    replaces: followed.replaces.is_some(),
                    id: followed.id.clone(),
                };
                self.descriptions.push(format!(
                    "{}{}{}{}",
                    n.unwrap_or(0),
                    if found.replaces { " again" } else { "" },
                    if found.repeated { " repeated" } else { "" },
                    if found.complete { "" } else { " torn" },
                ));
                self.found.push(found);
            }
            Event::Notice(notice) => {
                self.descriptions.push(format!("[{:?}: {}]", notice.kind, notice.message));
                self.losses += usize::from(notice.kind == NoticeKind::Lost);
                self.notices += usize::from(matches!(
                    notice.kind,
                    NoticeKind::Truncated | NoticeKind::Waiting | NoticeKind::Rotated | NoticeKind::Found
                ));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
