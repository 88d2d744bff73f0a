//! The report's incidents, merged chunk by chunk.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{
    bounds::{MAX_CODES, MAX_FLOW_STARTS, MAX_IDS, MAX_SHARING_SUBJECTS, MAX_SOURCES, MAX_USERS},
    diagnosis::{self, Diagnosis, IncidentCase, Logs},
    first_n::FirstN,
    incident::{EntryTraits, Incident, IncidentSeed, Subject},
    incident_counts::{FirstRecord, IncidentCounts, IncidentStats, Key, OpenIncident, SharingSubjects},
    incident_facts::ClockDrift,
    numfmt::grouped,
    subjects::{Placement, SharedSubjects, SubjectIndex},
};
use crate::{
    extract::redact::{self, Pseudonyms, RedactionLevel},
    model::SignInEvent,
};

/// Sequence numbers of findings: the chunk's number above this many bits, the number within the
/// chunk below. A chunk has fewer findings than these bits can count.
const CHUNK_BITS: u32 = 36;

/// The incidents of a report. Chunks are merged in the order of the log.
#[derive(Debug)]
pub(crate) struct IncidentAggregator {
    redaction: RedactionLevel,
    incidents: Vec<AggregatedIncident>,
    by_key: HashMap<Key, usize>,
    subjects: SubjectIndex,
    /// Where the subjects are published, for those who count.
    shared_subjects: Arc<SharedSubjects>,
    flow_starts: FirstN<SignInEvent, MAX_FLOW_STARTS>,
    chunks: u64,
}

/// The position of a chunk in its input and in the report.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InputPosition<'p> {
    /// The input, as the report names it.
    pub(crate) source: &'p str,
    /// Lines before the chunk in its source.
    pub(crate) lines: u64,
    /// Findings before the chunk in the report.
    pub(crate) findings: usize,
}

/// An incident that is still being counted.
#[derive(Debug)]
struct AggregatedIncident {
    incident: Incident,
    traits: EntryTraits,
    stats: IncidentStats,
    /// Inputs in which it occurs.
    sources: FirstN<String, MAX_SOURCES>,
    /// Clock drift by input.
    drifts: BTreeMap<String, ClockDrift>,
    /// It is shared by these subjects.
    sharing: SharingSubjects,
    /// It is shared by codes.
    shares_codes: bool,
}

impl IncidentAggregator {
    /// An aggregator without incidents, which publishes its choice of subjects.
    #[must_use]
    pub(crate) fn new(redaction: RedactionLevel, shared_subjects: Arc<SharedSubjects>) -> Self {
        Self {
            redaction,
            incidents: Vec::new(),
            by_key: HashMap::new(),
            subjects: SubjectIndex::default(),
            shared_subjects,
            flow_starts: FirstN::default(),
            chunks: 0,
        }
    }

    /// Adds what was counted in a chunk. `build` makes an incident from its first record, with
    /// placeholders for people, which are replaced by pseudonyms here.
    pub(crate) fn merge(
        &mut self,
        chunk: IncidentCounts,
        position: InputPosition<'_>,
        pseudonyms: &mut Pseudonyms,
        mut build: impl FnMut(&FirstRecord) -> Option<IncidentSeed>,
    ) {
        self.flow_starts.merge(chunk.flow_starts);
        let mut is_final = false;
        for mut new in chunk.open {
            new.stats.shift(position.findings, self.chunks << CHUNK_BITS);
            new.first_record.line += position.lines;
            let known = self.by_key.get(&new.key).copied();
            if let Some(at) = known.or_else(|| self.open_incident(&mut new, pseudonyms, &mut build, &mut is_final)) {
                self.incidents[at].sharing.merge(new.sharing);
                self.incidents[at].merge(new.stats, position.source);
            }
        }
        self.chunks += 1;
        if is_final {
            self.shared_subjects.publish(&self.subjects);
        }
    }

    /// Index of a new incident, or of the shared one when its pattern has too many subjects already.
    /// `is_final` is set when others need not wait to know that they share one.
    fn open_incident(
        &mut self,
        new: &mut OpenIncident,
        pseudonyms: &mut Pseudonyms,
        build: &mut impl FnMut(&FirstRecord) -> Option<IncidentSeed>,
        is_final: &mut bool,
    ) -> Option<usize> {
        if let Some(subject) = &new.key.subject {
            let Key { pattern, code, .. } = &new.key;
            match self.subjects.place(pattern, *code, new.hash, |parts| parts == subject) {
                Placement::Own => *is_final |= self.subjects.add(pattern, *code, new.hash, subject),
                Placement::Shared { code } => {
                    new.sharing.add(new.hash);
                    (new.key.code, new.key.subject) = (code, None);
                    if let Some(at) = self.by_key.get(&new.key) {
                        return Some(*at);
                    }
                }
            }
        }
        let seed = build(&new.first_record)?;
        let traits = seed.traits.clone();
        let code = seed.sample.code;
        let mut incident = seed.into_incident(new.key.pattern.clone(), new.severity, code);
        let is_shared = new.key.subject.is_none();
        let shares_codes = is_shared && traits.code_apart && new.key.code.is_none();
        if shares_codes {
            clear_code(&mut incident);
        }
        incident.apply_pseudonyms(pseudonyms);
        let at = self.incidents.len();
        self.by_key.insert(new.key.clone(), at);
        self.incidents.push(AggregatedIncident {
            incident,
            traits,
            stats: IncidentStats::default(),
            sources: FirstN::default(),
            drifts: BTreeMap::new(),
            sharing: SharingSubjects::default(),
            shares_codes,
        });
        Some(at)
    }

    /// The incidents, their diagnosis and their totals. Root causes come first, the most severe before
    /// the others, each followed by its consequences.
    ///
    /// Users in whose name records were logged get their pseudonyms only here: in the order of the
    /// incidents, which does not depend on how the log was cut into chunks.
    #[must_use]
    pub(crate) fn finish(self, logs: &Logs, pseudonyms: &mut Pseudonyms) -> (Vec<Incident>, Diagnosis, Totals) {
        let mut totals = Totals::default();
        let cases = self.incidents.into_iter().map(|aggregated| {
            totals.add(&aggregated.incident, &aggregated.stats);
            aggregated.finish(self.redaction, pseudonyms)
        });
        let cases = cases.collect();
        let (incidents, diagnosis) = diagnosis::diagnose(cases, &self.flow_starts, logs);
        (incidents, diagnosis, totals)
    }
}

impl AggregatedIncident {
    fn merge(&mut self, mut stats: IncidentStats, source: &str) {
        self.sources.insert_at(0, source);
        let drift = std::mem::take(&mut stats.facts.drift);
        if drift.count > 0 && (self.drifts.len() < MAX_SOURCES || self.drifts.contains_key(source)) {
            self.drifts.entry(source.to_owned()).or_default().merge(drift);
        }
        self.stats.merge(stats);
    }

    fn finish(mut self, redaction: RedactionLevel, pseudonyms: &mut Pseudonyms) -> IncidentCase {
        self.add_users(redaction, pseudonyms);
        self.finish_sharing();
        let IncidentStats { count, first, last, trace_ids, correlation_ids, mut findings, codes: _, facts } =
            self.stats;
        // Those of the shared incident come subject by subject.
        findings.sort_unstable();
        let shown = |ids: FirstN<Vec<u8>, MAX_IDS>| ids.iter().map(|id| redact::sanitize(id)).collect();
        let intervals = i32::try_from(count.saturating_sub(1)).ok().filter(|intervals| *intervals > 0);
        let mean_interval_seconds = match (first, last, intervals) {
            (Some(first), Some(last), Some(intervals)) => {
                u64::try_from(((last.instant() - first.instant()) / intervals).num_seconds()).ok()
            }
            _ => None,
        };
        let other_hosts = facts.hosts.len().saturating_sub(1);
        let incident = Incident {
            other_hosts,
            count,
            first_seen: first.map(|time| time.to_rfc3339()),
            last_seen: last.map(|time| time.to_rfc3339()),
            mean_interval_seconds,
            trace_ids: shown(trace_ids),
            correlation_ids: shown(correlation_ids),
            support: facts.support.to_support_ids(),
            findings,
            ..self.incident
        };
        IncidentCase { incident, first, last, facts, traits: self.traits, sources: self.sources, drifts: self.drifts }
    }

    /// Says what is merged. A subject that shares with no other has the incident for itself.
    fn finish_sharing(&mut self) {
        let subjects = self.sharing.len();
        if subjects > 1 || self.shares_codes {
            self.incident.subject = Subject::default();
            self.incident.merged_subjects = Some(subjects as u64);
        }
        let merged = if self.shares_codes {
            let codes = grouped(self.stats.codes.len() as u64);
            format!(
                "The report lists {MAX_CODES} codes in incidents of their own; the failures with {codes} other codes are \
                 counted here together."
            )
        } else if subjects > MAX_SHARING_SUBJECTS {
            let max = grouped(MAX_SHARING_SUBJECTS as u64);
            format!("The failures of more than {max} {OTHER_SUBJECTS} are counted here together; {LISTED_SUBJECTS}.")
        } else if subjects > 1 {
            let subjects = grouped(subjects as u64);
            format!("The failures of {subjects} {OTHER_SUBJECTS} are counted here together; {LISTED_SUBJECTS}.")
        } else {
            return;
        };
        let cause = &mut self.incident.cause;
        if !cause.is_empty() {
            cause.push(' ');
        }
        cause.push_str(&merged);
    }

    fn add_users(&mut self, redaction: RedactionLevel, pseudonyms: &mut Pseudonyms) {
        for user in self.stats.facts.users.iter() {
            let user = redact::sanitize(user);
            if !redact::is_person(&user) || self.incident.users.len() >= MAX_USERS {
                continue;
            }
            let mut name = redact::replace_user(&redact::redact(&user, None, RedactionLevel::Secrets), redaction);
            pseudonyms.apply(&mut name);
            if !self.incident.users.contains(&name) {
                self.incident.users.push(name);
            }
        }
    }
}

/// What an incident that is shared by subjects counts.
const OTHER_SUBJECTS: &str = "further applications, tenants, mailboxes or mail servers";
/// Where the others are.
const LISTED_SUBJECTS: &str = "those that failed first have incidents of their own";

/// Removes what is said about the code of the first finding: the incident has many.
fn clear_code(incident: &mut Incident) {
    let Some(code) = incident.code.take() else { return };
    let name = format!("AADSTS{code}");
    "Other AADSTS codes".clone_into(&mut incident.title);
    incident.cause.clear();
    incident
        .references
        .retain(|reference| !reference.title.contains(&name) && !reference.url.contains(&code.to_string()));
}

/// What all incidents add up to.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    pub(super) by_severity: BTreeMap<&'static str, u64>,
    pub(super) by_pattern: BTreeMap<String, u64>,
    pub(super) stats: IncidentStats,
}

impl Totals {
    fn add(&mut self, incident: &Incident, stats: &IncidentStats) {
        *self.by_severity.entry(incident.severity.as_str()).or_default() += stats.count;
        *self.by_pattern.entry(incident.pattern.clone()).or_default() += stats.count;
        self.stats.count += stats.count;
        for (code, count) in &stats.codes {
            *self.stats.codes.entry(*code).or_default() += count;
        }
        for time in [stats.first, stats.last].into_iter().flatten() {
            self.stats.add_time(time);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{bounds::MAX_SUBJECTS, finding_summary::FindingSummary},
        *,
    };
    use crate::{
        extract::Clouds,
        model::{Finding, Severity, Stage},
    };

    const POSITION: InputPosition<'static> = InputPosition { source: "a.log", lines: 0, findings: 0 };

    fn finding<'h>(code: u32, app: Option<&'h [u8]>) -> FindingSummary<'h> {
        FindingSummary {
            pattern: "p",
            severity: Severity::Error,
            code: Some(code),
            code_apart: false,
            time: None,
            trace_id: None,
            correlation_id: None,
            idp_time: None,
            refreshing: false,
            interactive: false,
            lost_session: false,
            user: None,
            session: None,
            flow_id: None,
            clouds: Clouds::default(),
            subject: [app, None, None, None],
            host: None,
            index: None,
        }
    }

    fn seed() -> IncidentSeed {
        let sample = Finding {
            pattern: "p".to_owned(),
            also: Vec::new(),
            title: "P".to_owned(),
            fix: None,
            severity: Severity::Error,
            stage: Stage::Token,
            source: "a.log".to_owned(),
            node: None,
            offset: 0,
            line: 1,
            lines: 1,
            truncated: false,
            timestamp: None,
            level: None,
            thread: None,
            user: None,
            request_id: None,
            session_id: None,
            client_ip: None,
            url: None,
            logger: None,
            mail_server: None,
            flow_id: None,
            provider: None,
            aadsts: Vec::new(),
            code: None,
            oauth_error: None,
            oauth_error_description: None,
            trace_id: None,
            correlation_id: None,
            idp_timestamp: None,
            app_id: None,
            tenant: None,
            mailbox: None,
            host: None,
            cloud: None,
            notes: Vec::new(),
            http_status: None,
            exception: None,
            message: String::new(),
            excerpt: String::new(),
        };
        IncidentSeed {
            sample,
            cause: String::new(),
            steps: Vec::new(),
            references: Vec::new(),
            preview: false,
            traits: EntryTraits::default(),
        }
    }

    fn counts(findings: &[FindingSummary<'_>]) -> IncidentCounts {
        let mut counts = IncidentCounts::default();
        for finding in findings {
            counts.add(finding, || FirstRecord { record: Vec::new(), offset: 0, line: 1, truncated: false });
        }
        counts
    }

    #[test]
    fn findings_of_one_pattern_and_subject_are_one_incident() {
        let mut aggregator = IncidentAggregator::new(RedactionLevel::default(), Arc::default());
        let findings =
            [(1, Some(&b"a"[..])), (2, Some(b"a")), (1, Some(b"b")), (1, None)].map(|(code, app)| finding(code, app));
        aggregator.merge(counts(&findings), POSITION, &mut Pseudonyms::default(), |_| Some(seed()));
        let (incidents, _, totals) = aggregator.finish(&Logs::default(), &mut Pseudonyms::default());
        let counts: Vec<u64> = incidents.iter().map(|incident| incident.count).collect();
        assert_eq!(counts, [2, 1, 1]);
        assert_eq!(totals.stats.codes.into_iter().collect::<Vec<_>>(), [(1, 3), (2, 1)]);
    }

    #[test]
    fn surplus_subjects_share_one_incident() {
        let mut aggregator = IncidentAggregator::new(RedactionLevel::default(), Arc::default());
        let mut pseudonyms = Pseudonyms::default();
        for i in 0..1000u32 {
            let app = i.to_string();
            aggregator.merge(counts(&[finding(1, Some(app.as_bytes()))]), POSITION, &mut pseudonyms, |_| Some(seed()));
        }
        let (incidents, ..) = aggregator.finish(&Logs::default(), &mut Pseudonyms::default());
        assert_eq!(incidents.len(), MAX_SUBJECTS + 1);
        assert_eq!(incidents.iter().map(|incident| incident.count).sum::<u64>(), 1000);
    }
}
