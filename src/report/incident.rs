//! Incidents: findings of the same cause and the same subject.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::count::{Counted, Counts, Key, Open, Seed};
use crate::{
    catalogue::Reference,
    extract::redact::{self, Pseudonyms},
    model::{Finding, Severity, Stage},
};

/// Whose failures these are, as shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Subject {
    /// Application (client) id.
    pub app_id: Option<String>,
    /// Tenant id or name.
    pub tenant: Option<String>,
    /// Mail address, pseudonymised.
    pub mailbox: Option<String>,
    /// Mail server or integration by its name in Jira.
    pub integration: Option<String>,
}

/// Findings of one cause and subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Incident {
    /// Stable within one report.
    pub id: String,
    /// Catalogue id.
    pub pattern: String,
    /// The deciding AADSTS number of its first finding.
    pub code: Option<u32>,
    /// What it is.
    pub title: String,
    /// How much it matters.
    pub severity: Severity,
    /// The step that failed in its first finding.
    pub stage: Stage,
    /// Why.
    pub cause: String,
    /// What ends it.
    pub steps: Vec<String>,
    /// Pages.
    pub references: Vec<Reference>,
    /// How many records.
    pub count: u64,
    /// RFC 3339, as in the finding.
    pub first_seen: Option<String>,
    /// RFC 3339, as in the finding.
    pub last_seen: Option<String>,
    /// Whose.
    pub subject: Subject,
    /// The first few trace ids, for the vendor's support.
    pub trace_ids: Vec<String>,
    /// The first few correlation ids.
    pub correlation_ids: Vec<String>,
    /// The incident that this one follows from.
    pub caused_by: Option<String>,
    /// Still failing, stopped.
    pub state: Option<String>,
    /// Indices into the report's findings.
    pub findings: Vec<usize>,
    /// The entry rests on notes that nobody has confirmed.
    pub preview: bool,
    /// The first finding, for a reader who wants to see one.
    #[serde(skip)]
    pub sample: Option<Box<Finding>>,
}

/// What an incident says beside its counts; asked for once an incident.
#[derive(Debug)]
pub struct Opening {
    /// The first finding, written up.
    pub sample: Finding,
    /// Whose failures these are.
    pub subject: Subject,
    /// Why.
    pub cause: String,
    /// What ends it.
    pub steps: Vec<String>,
    /// Pages.
    pub references: Vec<Reference>,
    /// The entry rests on notes that nobody has confirmed.
    pub preview: bool,
}

/// How many subjects of one pattern are told apart before the rest is put together.
const MOST_SUBJECTS: usize = 20;

/// The incidents of a report, counted chunk after chunk in the order of the log.
#[derive(Debug, Default)]
pub struct Ledger {
    open: Vec<Known>,
    by_key: HashMap<Key, usize>,
    subjects: HashMap<(String, Option<u32>), usize>,
}

/// An incident that is still being counted.
#[derive(Debug)]
struct Known {
    incident: Incident,
    counted: Counted,
}

impl Ledger {
    /// Adds what a chunk has counted. `lines` and `findings` stand before that chunk. `open` writes up
    /// the first record of an incident; people in it are marked, and get their names here.
    pub fn absorb(
        &mut self,
        chunk: Counts,
        lines: u64,
        findings: usize,
        names: &mut Pseudonyms,
        mut open: impl FnMut(&Seed) -> Option<Opening>,
    ) {
        for mut new in chunk.open {
            new.counted.findings.iter_mut().for_each(|index| *index += findings);
            new.seed.line += lines;
            match self.by_key.get(&new.key) {
                Some(at) => self.open[*at].counted.merge(new.counted),
                None => self.take_over(new, names, &mut open),
            }
        }
    }

    /// A new incident, or, when its pattern has very many subjects already, one more of the rest.
    fn take_over(&mut self, mut new: Open, names: &mut Pseudonyms, open: &mut impl FnMut(&Seed) -> Option<Opening>) {
        let subjects = self.subjects.entry((new.key.pattern.clone(), new.key.code)).or_default();
        *subjects += 1;
        if *subjects > MOST_SUBJECTS {
            new.key.subject = None;
            if let Some(at) = self.by_key.get(&new.key) {
                self.open[*at].counted.merge(new.counted);
                return;
            }
        }
        let Some(mut opening) = open(&new.seed) else { return };
        if new.key.subject.is_none() {
            opening.subject = Subject::default();
        }
        let code = opening.sample.code;
        let mut incident = opening.into_incident(new.key.pattern.clone(), new.severity, code);
        incident.name(names);
        self.by_key.insert(new.key, self.open.len());
        self.open.push(Known { incident, counted: new.counted });
    }

    /// The incidents, the gravest first, then the most frequent, each with its id; and their sums.
    #[must_use]
    pub fn close(self) -> (Vec<Incident>, Sums) {
        let mut sums = Sums::default();
        let mut incidents: Vec<Incident> = self
            .open
            .into_iter()
            .map(|known| {
                sums.add(&known.incident, &known.counted);
                known.close()
            })
            .collect();
        incidents.sort_by(|a, b| {
            b.severity
                .cmp(&a.severity)
                .then(b.count.cmp(&a.count))
                .then_with(|| a.first_seen.cmp(&b.first_seen))
                .then_with(|| a.pattern.cmp(&b.pattern))
                .then_with(|| a.subject.cmp(&b.subject))
        });
        for (i, incident) in incidents.iter_mut().enumerate() {
            incident.id = format!("incident-{}", i + 1);
        }
        (incidents, sums)
    }
}

impl Known {
    fn close(self) -> Incident {
        let Counted { count, first, last, trace_ids, correlation_ids, findings, codes: _ } = self.counted;
        let shown = |ids: Vec<Vec<u8>>| ids.iter().map(|id| redact::visible(id)).collect();
        Incident {
            count,
            first_seen: first.map(|time| time.to_rfc3339()),
            last_seen: last.map(|time| time.to_rfc3339()),
            trace_ids: shown(trace_ids),
            correlation_ids: shown(correlation_ids),
            findings,
            ..self.incident
        }
    }
}

impl Opening {
    fn into_incident(self, pattern: String, severity: Severity, code: Option<u32>) -> Incident {
        Incident {
            id: String::new(),
            pattern,
            code,
            title: self.sample.title.clone(),
            severity,
            stage: self.sample.stage,
            cause: self.cause,
            steps: self.steps,
            references: self.references,
            count: 0,
            first_seen: None,
            last_seen: None,
            subject: self.subject,
            trace_ids: Vec::new(),
            correlation_ids: Vec::new(),
            caused_by: None,
            state: None,
            findings: Vec::new(),
            preview: self.preview,
            sample: Some(Box::new(self.sample)),
        }
    }
}

impl Incident {
    fn name(&mut self, names: &mut Pseudonyms) {
        if let Some(sample) = &mut self.sample {
            names.settle_all(sample);
        }
        let subject = &mut self.subject;
        for text in [&mut subject.app_id, &mut subject.tenant, &mut subject.mailbox, &mut subject.integration] {
            text.iter_mut().for_each(|text| names.settle(text));
        }
    }
}

/// What all incidents add up to.
#[derive(Debug, Default)]
pub struct Sums {
    pub(super) by_severity: BTreeMap<&'static str, u64>,
    pub(super) by_pattern: BTreeMap<String, u64>,
    pub(super) counted: Counted,
}

impl Sums {
    fn add(&mut self, incident: &Incident, counted: &Counted) {
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
    use super::{super::count::Brief, *};

    fn brief<'h>(code: u32, app: Option<&'h [u8]>) -> Brief<'h> {
        Brief {
            pattern: "p",
            severity: Severity::Error,
            code: Some(code),
            code_apart: false,
            time: None,
            trace_id: None,
            correlation_id: None,
            subject: [app, None, None, None],
            index: None,
        }
    }

    fn opening() -> Opening {
        let sample = Finding {
            pattern: "p".to_owned(),
            also: Vec::new(),
            title: "P".to_owned(),
            severity: Severity::Error,
            stage: Stage::Token,
            source: "a.log".to_owned(),
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
        Opening {
            sample,
            subject: Subject::default(),
            cause: String::new(),
            steps: Vec::new(),
            references: Vec::new(),
            preview: false,
        }
    }

    fn counts(briefs: &[Brief<'_>]) -> Counts {
        let mut counts = Counts::default();
        for brief in briefs {
            counts.add(brief, || Seed { record: Vec::new(), offset: 0, line: 1, truncated: false });
        }
        counts
    }

    #[test]
    fn findings_of_one_cause_and_subject_are_one_incident() {
        let mut ledger = Ledger::default();
        let briefs =
            [(1, Some(&b"a"[..])), (2, Some(b"a")), (1, Some(b"b")), (1, None)].map(|(code, app)| brief(code, app));
        ledger.absorb(counts(&briefs), 0, 0, &mut Pseudonyms::default(), |_| Some(opening()));
        let (incidents, sums) = ledger.close();
        let counts: Vec<u64> = incidents.iter().map(|incident| incident.count).collect();
        assert_eq!(counts, [2, 1, 1]);
        assert_eq!(sums.counted.codes.into_iter().collect::<Vec<_>>(), [(1, 3), (2, 1)]);
    }

    #[test]
    fn very_many_subjects_are_put_together() {
        let mut ledger = Ledger::default();
        let mut names = Pseudonyms::default();
        for i in 0..1000u32 {
            let app = i.to_string();
            ledger.absorb(counts(&[brief(1, Some(app.as_bytes()))]), 0, 0, &mut names, |_| Some(opening()));
        }
        let (incidents, _) = ledger.close();
        assert_eq!(incidents.len(), MOST_SUBJECTS + 1);
        assert_eq!(incidents.iter().map(|incident| incident.count).sum::<u64>(), 1000);
    }
}
