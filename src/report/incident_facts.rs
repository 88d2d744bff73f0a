//! What is remembered of an incident beside what is shown of it: enough for the diagnosis, and bounded.

use std::collections::VecDeque;

use chrono::TimeDelta;

use super::{first_n::FirstN, incident::SupportIds, incident_counts::FindingSummary, timeline::Timeline};
use crate::{
    extract::{Cloud, Clouds, redact},
    model::{IdpTime, SignInEvent, Timestamp},
};

/// The facts of one incident. Nothing here is redacted.
#[derive(Debug, Clone, Default)]
pub(crate) struct IncidentFacts {
    /// All its findings.
    pub(crate) times: Timeline,
    /// Those in which a token was being refreshed.
    pub(crate) refreshes: Timeline,
    /// How many came from a person's request.
    pub(crate) interactive: u64,
    /// Ids of authorization flows.
    pub(crate) flows: FirstN<Vec<u8>, 32>,
    /// Callbacks whose session was lost.
    pub(crate) callbacks: FirstN<SignInEvent, 32>,
    /// In whose name it was logged.
    pub(crate) users: FirstN<Vec<u8>, 10>,
    pub(crate) clouds: SeenClouds,
    pub(crate) drift: ClockDrift,
    pub(crate) support: SupportSamples,
}

impl IncidentFacts {
    pub(crate) fn count(&mut self, brief: &FindingSummary<'_>, came: u64) {
        self.interactive += u64::from(brief.interactive);
        self.clouds.see(brief.clouds, brief.index, came);
        self.support.see(brief, came);
        if let Some(flow) = brief.flow_id {
            self.flows.insert_at(came, flow);
        }
        if let Some(user) = brief.user {
            self.users.insert_at(came, user);
        }
        let Some(time) = brief.time else { return };
        self.times.add(time);
        if brief.refreshing {
            self.refreshes.add(time);
        }
        if brief.lost_session {
            let text = |slot: Option<&[u8]>| slot.map(<[u8]>::to_vec);
            self.callbacks.add_at(came, SignInEvent { time, session: text(brief.session), user: text(brief.user) });
        }
        if let (Some(provider), Some(_)) = (brief.idp_time, time.offset) {
            self.drift.see(time.instant() - provider, brief.index);
        }
    }

    /// See [`Counted::shift`](super::count::Counted::shift).
    pub(crate) fn shift(&mut self, findings: usize, came: u64) {
        let shown = self.drift.findings.iter_mut().chain(&mut self.clouds.findings);
        shown.for_each(|index| *index += findings);
        self.flows.shift(came);
        self.callbacks.shift(came);
        self.users.shift(came);
        self.clouds.logins.shift(came);
        self.clouds.resources.shift(came);
        self.support.latest.iter_mut().for_each(|ids| ids.sequence += came);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.times.merge(other.times);
        self.refreshes.merge(other.refreshes);
        self.interactive += other.interactive;
        self.flows.merge(other.flows);
        self.callbacks.merge(other.callbacks);
        self.users.merge(other.users);
        self.clouds.merge(other.clouds);
        self.drift.absorb(other.drift);
        self.support.absorb(other.support);
    }
}

/// The ids of the latest failures, each with its time.
#[derive(Debug, Clone, Default)]
pub(crate) struct SupportSamples {
    latest: VecDeque<Ids>,
}

/// How many failures with ids are kept for the vendor's support.
const MAX_SUPPORT_SAMPLES: usize = 3;

#[derive(Debug, Clone, Default)]
struct Ids {
    sequence: u64,
    trace: Option<Vec<u8>>,
    correlation: Option<Vec<u8>>,
    provider: Option<IdpTime>,
    log: Option<Timestamp>,
}

impl SupportSamples {
    fn see(&mut self, brief: &FindingSummary<'_>, came: u64) {
        if brief.trace_id.is_none() && brief.correlation_id.is_none() {
            return;
        }
        // The oldest gives its room to the newest: nothing is allocated once there are enough.
        let mut ids =
            if self.latest.len() < MAX_SUPPORT_SAMPLES { None } else { self.latest.pop_front() }.unwrap_or_default();
        let put = |room: &mut Option<Vec<u8>>, id: Option<&[u8]>| match id {
            Some(id) => {
                let room = room.get_or_insert_default();
                room.clear();
                room.extend_from_slice(id);
            }
            None => *room = None,
        };
        put(&mut ids.trace, brief.trace_id);
        put(&mut ids.correlation, brief.correlation_id);
        (ids.sequence, ids.provider, ids.log) = (came, brief.idp_time, brief.time);
        self.latest.push_back(ids);
    }

    fn absorb(&mut self, other: Self) {
        self.latest.extend(other.latest);
        self.latest.make_contiguous().sort_by_key(|ids| ids.sequence);
        let surplus = self.latest.len().saturating_sub(MAX_SUPPORT_SAMPLES);
        self.latest.drain(..surplus);
    }

    /// As they are shown.
    pub(crate) fn shown(&self) -> Vec<SupportIds> {
        let id = |id: &Option<Vec<u8>>| id.as_deref().map(redact::sanitize);
        let show = |ids: &Ids| {
            let of_log = || ids.log.filter(|time| time.offset.is_some()).map(|time| time.instant());
            SupportIds {
                trace_id: id(&ids.trace),
                correlation_id: id(&ids.correlation),
                time_utc: ids.provider.or_else(of_log).map(|time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            }
        };
        self.latest.iter().map(show).collect()
    }
}

/// How many findings are remembered as witnesses of one fact.
pub(crate) const MAX_SAMPLE_FINDINGS: usize = 3;

fn sample_finding(findings: &mut Vec<usize>, more: impl IntoIterator<Item = usize>) {
    findings.extend(more);
    findings.sort_unstable();
    findings.truncate(MAX_SAMPLE_FINDINGS);
}

/// Which clouds the hosts of an incident's records belong to.
#[derive(Debug, Clone, Default)]
pub(crate) struct SeenClouds {
    pub(crate) logins: FirstN<Cloud, 3>,
    pub(crate) resources: FirstN<Cloud, 3>,
    /// Records in which hosts of two clouds stand together.
    pub(crate) conflicts: u64,
    pub(crate) findings: Vec<usize>,
}

impl SeenClouds {
    fn see(&mut self, clouds: Clouds, index: Option<usize>, came: u64) {
        clouds.login.into_iter().for_each(|cloud| self.logins.add_at(came, cloud));
        clouds.resource.into_iter().for_each(|cloud| self.resources.add_at(came, cloud));
        if clouds.in_conflict() {
            self.conflicts += 1;
            sample_finding(&mut self.findings, index);
        }
    }

    fn merge(&mut self, later: Self) {
        self.logins.merge(later.logins);
        self.resources.merge(later.resources);
        self.conflicts += later.conflicts;
        sample_finding(&mut self.findings, later.findings);
    }
}

/// How far the log's clock runs before the provider's, over several records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ClockDrift {
    pub(crate) count: u64,
    pub(crate) least: TimeDelta,
    pub(crate) most: TimeDelta,
    pub(crate) findings: Vec<usize>,
}

impl ClockDrift {
    fn see(&mut self, lead: TimeDelta, index: Option<usize>) {
        self.absorb(Self { count: 1, least: lead, most: lead, findings: index.into_iter().collect() });
    }

    pub(crate) fn absorb(&mut self, later: Self) {
        if later.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = later;
            return;
        }
        self.count += later.count;
        self.least = self.least.min(later.least);
        self.most = self.most.max(later.most);
        sample_finding(&mut self.findings, later.findings);
    }
}
