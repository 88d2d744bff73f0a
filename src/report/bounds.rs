//! Upper limits of what a report remembers. They keep its memory flat, however long the logs are.

/// Trace ids and correlation ids that an incident lists, each.
pub(super) const MAX_IDS: usize = 5;
/// How many hosts an incident lists.
pub(super) const MAX_HOSTS: usize = 4;
/// Users that an incident lists.
pub(super) const MAX_USERS: usize = 10;
/// Inputs that an incident remembers having occurred in.
pub(super) const MAX_SOURCES: usize = 64;
/// Subjects of one pattern and code that get incidents of their own; all others share one incident.
pub(super) const MAX_SUBJECTS: usize = 20;
/// Codes of one pattern that get incidents of their own, for the catch-all of codes; all others share one
/// incident.
pub(super) const MAX_CODES: usize = 100;
/// Incidents of a report, without those that are shared.
pub(super) const MAX_INCIDENTS: usize = 1000;
/// Subjects that share an incident up to which their number is known.
pub(super) const MAX_SHARING_SUBJECTS: usize = 1000;
/// Incidents in a part of a log up to which the part is continued.
pub(super) const MAX_OPEN_INCIDENTS: usize = 512;
/// Bytes of first records in a part of a log up to which the part is continued.
pub(super) const MAX_FIRST_RECORD_BYTES: usize = 1 << 20;
/// Ids of authorization flows that an incident remembers.
pub(super) const MAX_FLOWS: usize = 32;
/// Callbacks with a lost session that an incident remembers.
pub(super) const MAX_CALLBACKS: usize = 32;
/// Starts of authorization flows that a report remembers.
pub(super) const MAX_FLOW_STARTS: usize = 256;
/// National clouds; there are no more.
pub(super) const MAX_CLOUDS: usize = 3;
/// Failures whose ids are kept for the provider's support.
pub(super) const MAX_SUPPORT_SAMPLES: usize = 3;
/// Findings that are remembered as examples of one fact.
pub(super) const MAX_SAMPLE_FINDINGS: usize = 3;
