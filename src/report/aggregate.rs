//! The report's incidents, counted chunk after chunk.

use std::collections::{BTreeMap, HashMap};

use super::{
    diagnosis::{self, Diagnosis, IncidentCase, Logs},
    first_n::FirstN,
    incident::{EntryTraits, Incident, IncidentSeed, Subject},
    incident_counts::{FirstRecord, IncidentCounts, IncidentStats, Key, MAX_FLOW_STARTS, MAX_IDS, OpenIncident},
    incident_facts::ClockDrift,
};
use crate::{
    extract::redact::{self, Pseudonyms, RedactionLevel},
    model::SignInEvent,
};

/// How many subjects of one pattern are told apart before the rest is put together.
const MAX_SUBJECTS: usize = 20;
/// Of how many inputs an incident remembers that it stands in them.
pub(super) const MAX_SOURCES: usize = 64;
/// A chunk has fewer findings than this many bits can count.
const CHUNK_BITS: u32 = 36;
/// How many people an incident lists.
const MAX_USERS: usize = 10;

/// The incidents of a report, counted chunk after chunk in the order of the log.
#[derive(Debug)]
pub struct IncidentAggregator {
    hide: RedactionLevel,
    open: Vec<AggregatedIncident>,
    by_key: HashMap<Key, usize>,
    subjects: HashMap<(String, Option<u32>), usize>,
    starts: FirstN<SignInEvent, MAX_FLOW_STARTS>,
    chunks: u64,
}

/// Where a chunk stands.
#[derive(Debug, Clone, Copy)]
pub struct InputPosition<'p> {
    /// The input, as the report names it.
    pub source: &'p str,
    /// Lines before the chunk in its source.
    pub lines: u64,
    /// Findings before the chunk in the report.
    pub findings: usize,
}

/// An incident that is still being counted.
#[derive(Debug)]
struct AggregatedIncident {
    incident: Incident,
    traits: EntryTraits,
    counted: IncidentStats,
    sources: FirstN<String, MAX_SOURCES>,
    /// By input.
    drifts: BTreeMap<String, ClockDrift>,
}

impl IncidentAggregator {
    /// An empty ledger.
    #[must_use]
    pub fn new(hide: RedactionLevel) -> Self {
        Self {
            hide,
            open: Vec::new(),
            by_key: HashMap::new(),
            subjects: HashMap::new(),
            starts: FirstN::default(),
            chunks: 0,
        }
    }

    /// Adds what a chunk has counted. `open` writes up the first record of an incident; people in it
    /// are marked, and get their names here.
    pub(crate) fn merge(
        &mut self,
        chunk: IncidentCounts,
        place: InputPosition<'_>,
        names: &mut Pseudonyms,
        mut open: impl FnMut(&FirstRecord) -> Option<IncidentSeed>,
    ) {
        self.starts.merge(chunk.starts);
        for mut new in chunk.open {
            new.counted.shift(place.findings, self.chunks << CHUNK_BITS);
            new.seed.line += place.lines;
            let known = self.by_key.get(&new.key).copied();
            if let Some(at) = known.or_else(|| self.open_incident(&mut new, names, &mut open)) {
                self.open[at].count(new.counted, place.source);
            }
        }
        self.chunks += 1;
    }

    /// Room for a new incident, or that of the rest, when its pattern has very many subjects already.
    fn open_incident(
        &mut self,
        new: &mut OpenIncident,
        names: &mut Pseudonyms,
        open: &mut impl FnMut(&FirstRecord) -> Option<IncidentSeed>,
    ) -> Option<usize> {
        let subjects = self.subjects.entry((new.key.pattern.clone(), new.key.code)).or_default();
        *subjects += 1;
        if *subjects > MAX_SUBJECTS {
            new.key.subject = None;
            if let Some(at) = self.by_key.get(&new.key) {
                return Some(*at);
            }
        }
        let opening = open(&new.seed)?;
        let traits = opening.traits.clone();
        let code = opening.sample.code;
        let mut incident = opening.into_incident(new.key.pattern.clone(), new.severity, code);
        if new.key.subject.is_none() {
            incident.subject = Subject::default();
        }
        incident.name(names);
        let at = self.open.len();
        self.by_key.insert(new.key.clone(), at);
        self.open.push(AggregatedIncident {
            incident,
            traits,
            counted: IncidentStats::default(),
            sources: FirstN::default(),
            drifts: BTreeMap::new(),
        });
        Some(at)
    }

    /// The incidents and what they mean together, and their sums. Root causes stand first, the gravest
    /// before the others, each followed by its consequences.
    ///
    /// Only here people get names in whose name it was logged: in the order of the incidents, which does not
    /// hang on what the log was cut into.
    #[must_use]
    pub(crate) fn finish(self, logs: &Logs, names: &mut Pseudonyms) -> (Vec<Incident>, Diagnosis, Totals) {
        let mut sums = Totals::default();
        let cases = self.open.into_iter().map(|known| {
            sums.add(&known.incident, &known.counted);
            known.close(self.hide, names)
        });
        let cases = cases.collect();
        let (incidents, diagnosis) = diagnosis::diagnose(cases, &self.starts, logs);
        (incidents, diagnosis, sums)
    }
}

impl AggregatedIncident {
    fn count(&mut self, mut counted: IncidentStats, source: &str) {
        self.sources.insert_at(0, source);
        let drift = std::mem::take(&mut counted.facts.drift);
        if drift.count > 0 && (self.drifts.len() < MAX_SOURCES || self.drifts.contains_key(source)) {
            self.drifts.entry(source.to_owned()).or_default().absorb(drift);
        }
        self.counted.merge(counted);
    }

    fn close(mut self, hide: RedactionLevel, names: &mut Pseudonyms) -> IncidentCase {
        self.name_users(hide, names);
        let IncidentStats { count, first, last, trace_ids, correlation_ids, mut findings, codes: _, facts } =
            self.counted;
        // Those of subjects that were put together.
        findings.sort_unstable();
        let shown = |ids: FirstN<Vec<u8>, MAX_IDS>| ids.members().map(|id| redact::sanitize(id)).collect();
        let gaps = i32::try_from(count.saturating_sub(1)).ok().filter(|gaps| *gaps > 0);
        let mean = match (first, last, gaps) {
            (Some(first), Some(last), Some(gaps)) => {
                u64::try_from(((last.instant() - first.instant()) / gaps).num_seconds()).ok()
            }
            _ => None,
        };
        let incident = Incident {
            count,
            first_seen: first.map(|time| time.to_rfc3339()),
            last_seen: last.map(|time| time.to_rfc3339()),
            mean_interval_seconds: mean,
            trace_ids: shown(trace_ids),
            correlation_ids: shown(correlation_ids),
            support: facts.support.shown(),
            findings,
            ..self.incident
        };
        IncidentCase { incident, first, last, facts, traits: self.traits, sources: self.sources, drifts: self.drifts }
    }

    fn name_users(&mut self, hide: RedactionLevel, names: &mut Pseudonyms) {
        for user in self.counted.facts.users.members() {
            let user = redact::sanitize(user);
            if !redact::is_person(&user) || self.incident.users.len() >= MAX_USERS {
                continue;
            }
            let mut name = redact::replace_user(&redact::redact(&user, None, RedactionLevel::Secrets), hide);
            names.apply(&mut name);
            if !self.incident.users.contains(&name) {
                self.incident.users.push(name);
            }
        }
    }
}

/// What all incidents add up to.
#[derive(Debug, Default)]
pub struct Totals {
    pub(super) by_severity: BTreeMap<&'static str, u64>,
    pub(super) by_pattern: BTreeMap<String, u64>,
    pub(super) counted: IncidentStats,
}

impl Totals {
    fn add(&mut self, incident: &Incident, counted: &IncidentStats) {
        *self.by_severity.entry(incident.severity.as_str()).or_default() += counted.count;
        *self.by_pattern.entry(incident.pattern.clone()).or_default() += counted.count;
        self.counted.count += counted.count;
        for (code, count) in &counted.codes {
            *self.counted.codes.entry(*code).or_default() += count;
        }
        for time in [counted.first, counted.last].into_iter().flatten() {
            self.counted.see(time);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::incident_counts::FindingSummary, *};
    use crate::{
        extract::Clouds,
        model::{Finding, Severity, Stage},
    };

    const PLACE: InputPosition<'static> = InputPosition { source: "a.log", lines: 0, findings: 0 };

    fn brief<'h>(code: u32, app: Option<&'h [u8]>) -> FindingSummary<'h> {
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
            index: None,
        }
    }

    fn opening() -> IncidentSeed {
        let sample = Finding {
            pattern: "p".to_owned(),
            also: Vec::new(),
            title: "P".to_owned(),
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

    fn counts(briefs: &[FindingSummary<'_>]) -> IncidentCounts {
        let mut counts = IncidentCounts::default();
        for brief in briefs {
            counts.add(brief, || FirstRecord { record: Vec::new(), offset: 0, line: 1, truncated: false });
        }
        counts
    }

    #[test]
    fn findings_of_one_cause_and_subject_are_one_incident() {
        let mut ledger = IncidentAggregator::new(RedactionLevel::SecretsAndPeople);
        let briefs =
            [(1, Some(&b"a"[..])), (2, Some(b"a")), (1, Some(b"b")), (1, None)].map(|(code, app)| brief(code, app));
        ledger.merge(counts(&briefs), PLACE, &mut Pseudonyms::default(), |_| Some(opening()));
        let (incidents, _, sums) = ledger.finish(&Logs::default(), &mut Pseudonyms::default());
        let counts: Vec<u64> = incidents.iter().map(|incident| incident.count).collect();
        assert_eq!(counts, [2, 1, 1]);
        assert_eq!(sums.counted.codes.into_iter().collect::<Vec<_>>(), [(1, 3), (2, 1)]);
    }

    #[test]
    fn very_many_subjects_are_put_together() {
        let mut ledger = IncidentAggregator::new(RedactionLevel::SecretsAndPeople);
        let mut names = Pseudonyms::default();
        for i in 0..1000u32 {
            let app = i.to_string();
            ledger.merge(counts(&[brief(1, Some(app.as_bytes()))]), PLACE, &mut names, |_| Some(opening()));
        }
        let (incidents, ..) = ledger.finish(&Logs::default(), &mut Pseudonyms::default());
        assert_eq!(incidents.len(), MAX_SUBJECTS + 1);
        assert_eq!(incidents.iter().map(|incident| incident.count).sum::<u64>(), 1000);
    }
}
