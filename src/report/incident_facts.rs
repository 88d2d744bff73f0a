//! What is remembered of an incident besides its counts: enough for the diagnosis, and bounded.

use std::collections::VecDeque;

use chrono::TimeDelta;

use super::{
    bounds::{MAX_CALLBACKS, MAX_CLOUDS, MAX_FLOWS, MAX_HOSTS, MAX_SAMPLE_FINDINGS, MAX_SUPPORT_SAMPLES, MAX_USERS},
    finding_summary::FindingSummary,
    first_n::FirstN,
    incident::SupportIds,
    timeline::Timeline,
};
use crate::{
    extract::{Cloud, Clouds, redact},
    model::{IdpTime, SignInEvent, Timestamp},
};

/// The facts of one incident. Nothing here is redacted.
#[derive(Debug, Clone, Default)]
pub(crate) struct IncidentFacts {
    /// Times of all findings.
    pub(crate) times: Timeline,
    /// Times of the findings in which a token was being refreshed.
    pub(crate) refreshes: Timeline,
    /// How many findings came from a person's browser request.
    pub(crate) interactive: u64,
    /// Ids of authorization flows.
    pub(crate) flows: FirstN<Vec<u8>, MAX_FLOWS>,
    /// Callbacks whose session was lost.
    pub(crate) callbacks: FirstN<SignInEvent, MAX_CALLBACKS>,
    /// Users in whose name the records were logged.
    pub(crate) users: FirstN<Vec<u8>, MAX_USERS>,
    /// Hosts of failed connections and logins.
    pub(crate) hosts: FirstN<Vec<u8>, MAX_HOSTS>,
    pub(crate) clouds: SeenClouds,
    pub(crate) drift: ClockDrift,
    pub(crate) support: SupportSamples,
}

impl IncidentFacts {
    pub(crate) fn add(&mut self, finding: &FindingSummary<'_>, sequence: u64) {
        self.interactive += u64::from(finding.interactive);
        self.clouds.add(finding.clouds, finding.index, sequence);
        self.support.add(finding, sequence);
        if let Some(flow) = finding.flow_id {
            self.flows.insert_at(sequence, flow);
        }
        if let Some(user) = finding.user {
            self.users.insert_at(sequence, user);
        }
        if let Some(host) = finding.host {
            self.hosts.insert_at(sequence, host);
        }
        let Some(time) = finding.time else { return };
        self.times.add(time);
        if finding.refreshing {
            self.refreshes.add(time);
        }
        if finding.lost_session {
            let owned = |bytes: Option<&[u8]>| bytes.map(<[u8]>::to_vec);
            let callback = SignInEvent { time, session: owned(finding.session), user: owned(finding.user) };
            self.callbacks.add_at(sequence, callback);
        }
        if let (Some(provider), Some(_)) = (finding.idp_time, time.offset) {
            self.drift.add(time.instant() - provider, finding.index);
        }
    }

    /// See [`IncidentStats::shift`](super::incident_counts::IncidentStats::shift).
    pub(crate) fn shift(&mut self, findings: usize, sequence: u64) {
        let indices = self.drift.findings.iter_mut().chain(&mut self.clouds.findings);
        indices.for_each(|index| *index += findings);
        self.flows.shift(sequence);
        self.callbacks.shift(sequence);
        self.users.shift(sequence);
        self.hosts.shift(sequence);
        self.clouds.logins.shift(sequence);
        self.clouds.resources.shift(sequence);
        self.support.latest.iter_mut().for_each(|ids| ids.sequence += sequence);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.times.merge(other.times);
        self.refreshes.merge(other.refreshes);
        self.interactive += other.interactive;
        self.flows.merge(other.flows);
        self.callbacks.merge(other.callbacks);
        self.users.merge(other.users);
        self.hosts.merge(other.hosts);
        self.clouds.merge(other.clouds);
        self.drift.merge(other.drift);
        self.support.merge(other.support);
    }
}

/// The ids of the latest failures, each with its time.
#[derive(Debug, Clone, Default)]
pub(crate) struct SupportSamples {
    latest: VecDeque<Ids>,
}

#[derive(Debug, Clone, Default)]
struct Ids {
    sequence: u64,
    trace: Option<Vec<u8>>,
    correlation: Option<Vec<u8>>,
    provider_time: Option<IdpTime>,
    log_time: Option<Timestamp>,
}

impl SupportSamples {
    fn add(&mut self, finding: &FindingSummary<'_>, sequence: u64) {
        if finding.trace_id.is_none() && finding.correlation_id.is_none() {
            return;
        }
        // The newest reuses the buffers of the oldest: once the list is full, nothing is allocated.
        let mut ids =
            if self.latest.len() < MAX_SUPPORT_SAMPLES { None } else { self.latest.pop_front() }.unwrap_or_default();
        let copy = |buffer: &mut Option<Vec<u8>>, id: Option<&[u8]>| match id {
            Some(id) => {
                let buffer = buffer.get_or_insert_default();
                buffer.clear();
                buffer.extend_from_slice(id);
            }
            None => *buffer = None,
        };
        copy(&mut ids.trace, finding.trace_id);
        copy(&mut ids.correlation, finding.correlation_id);
        (ids.sequence, ids.provider_time, ids.log_time) = (sequence, finding.idp_time, finding.time);
        self.latest.push_back(ids);
    }

    fn merge(&mut self, other: Self) {
        self.latest.extend(other.latest);
        self.latest.make_contiguous().sort_by_key(|ids| ids.sequence);
        let surplus = self.latest.len().saturating_sub(MAX_SUPPORT_SAMPLES);
        self.latest.drain(..surplus);
    }

    /// The ids as the report shows them.
    pub(crate) fn to_support_ids(&self) -> Vec<SupportIds> {
        let id = |id: &Option<Vec<u8>>| id.as_deref().map(redact::sanitize);
        let show = |ids: &Ids| {
            let log_time = || ids.log_time.filter(|time| time.offset.is_some()).map(|time| time.instant());
            SupportIds {
                trace_id: id(&ids.trace),
                correlation_id: id(&ids.correlation),
                time_utc: ids.provider_time.or_else(log_time).map(|time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            }
        };
        self.latest.iter().map(show).collect()
    }
}

/// Adds examples to those of a fact; the earliest stay.
fn add_sample_findings(samples: &mut Vec<usize>, more: impl IntoIterator<Item = usize>) {
    samples.extend(more);
    samples.sort_unstable();
    samples.truncate(MAX_SAMPLE_FINDINGS);
}

/// Which clouds the hosts in an incident's records belong to.
#[derive(Debug, Clone, Default)]
pub(crate) struct SeenClouds {
    pub(crate) logins: FirstN<Cloud, MAX_CLOUDS>,
    pub(crate) resources: FirstN<Cloud, MAX_CLOUDS>,
    /// Records with hosts of two clouds.
    pub(crate) conflicts: u64,
    /// Examples of such records.
    pub(crate) findings: Vec<usize>,
}

impl SeenClouds {
    fn add(&mut self, clouds: Clouds, index: Option<usize>, sequence: u64) {
        clouds.login.into_iter().for_each(|cloud| self.logins.add_at(sequence, cloud));
        clouds.resource.into_iter().for_each(|cloud| self.resources.add_at(sequence, cloud));
        if clouds.in_conflict() {
            self.conflicts += 1;
            add_sample_findings(&mut self.findings, index);
        }
    }

    fn merge(&mut self, other: Self) {
        self.logins.merge(other.logins);
        self.resources.merge(other.resources);
        self.conflicts += other.conflicts;
        add_sample_findings(&mut self.findings, other.findings);
    }
}

/// How far the log's clock is ahead of the provider's, over several records; negative when behind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ClockDrift {
    /// Records that show both times.
    pub(crate) count: u64,
    pub(crate) min: TimeDelta,
    pub(crate) max: TimeDelta,
    /// Examples of such records.
    pub(crate) findings: Vec<usize>,
}

impl ClockDrift {
    fn add(&mut self, lead: TimeDelta, index: Option<usize>) {
        self.merge(Self { count: 1, min: lead, max: lead, findings: index.into_iter().collect() });
    }

    pub(crate) fn merge(&mut self, other: Self) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = other;
            return;
        }
        self.count += other.count;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        add_sample_findings(&mut self.findings, other.findings);
    }
}
