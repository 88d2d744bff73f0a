//! Incidents: findings of the same cause and the same subject.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use serde::Serialize;

use crate::{
    catalogue::Reference,
    extract::redact::{self, Hide, Pseudonyms},
    model::{Finding, Severity, Stage, Timestamp},
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

/// A finding, as far as incidents want to know it. Nothing here is redacted yet.
#[derive(Debug, Clone, Copy)]
pub struct Brief<'h> {
    /// Catalogue id.
    pub pattern: &'h str,
    /// The pattern's severity.
    pub severity: Severity,
    /// The deciding number.
    pub code: Option<u32>,
    /// The number by itself makes an incident: the pattern is the catch-all for codes.
    pub code_apart: bool,
    /// The log's time.
    pub time: Option<Timestamp>,
    /// Trace id.
    pub trace_id: Option<&'h [u8]>,
    /// Correlation id.
    pub correlation_id: Option<&'h [u8]>,
    /// Application id, tenant, mailbox, mail server.
    pub subject: [Option<&'h [u8]>; 4],
    /// The finding's place in the report's list, when there is a list.
    pub index: Option<usize>,
}

/// What an incident says beside its counts; asked for once an incident.
#[derive(Debug)]
pub struct Opening {
    /// The first finding, written up and named.
    pub sample: Finding,
    /// Why.
    pub cause: String,
    /// What ends it.
    pub steps: Vec<String>,
    /// Pages.
    pub references: Vec<Reference>,
    /// The entry rests on notes that nobody has confirmed.
    pub preview: bool,
}

/// How many ids an incident lists.
const MOST_IDS: usize = 5;
/// How many subjects of one pattern are told apart before the rest is put together.
const MOST_SUBJECTS: usize = 20;

/// Puts findings into incidents as they come.
///
/// Chunks are counted apart, each into a ledger of its own, which the report's ledger absorbs in the
/// order of the log. Until then nobody is named: texts hold marks.
#[derive(Debug, Default)]
pub struct Ledger {
    open: Vec<Open>,
    by_hash: HashMap<u64, Vec<usize>>,
    subjects: HashMap<(String, Option<u32>), usize>,
}

/// An incident that is still being counted.
#[derive(Debug)]
struct Open {
    key: Key,
    incident: Incident,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

/// What makes two findings one incident. `subject` is `None` for the rest that is put together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    pattern: String,
    code: Option<u32>,
    subject: Option<[Option<Vec<u8>>; 4]>,
}

impl Key {
    fn of(brief: &Brief<'_>) -> Self {
        Self {
            pattern: brief.pattern.to_owned(),
            code: brief.code.filter(|_| brief.code_apart),
            subject: Some(brief.subject.map(|slot| slot.map(<[u8]>::to_vec))),
        }
    }

    fn is(&self, brief: &Brief<'_>) -> bool {
        let same = |subject: &[Option<Vec<u8>>; 4]| {
            subject.iter().zip(&brief.subject).all(|(mine, theirs)| mine.as_deref() == *theirs)
        };
        self.pattern == brief.pattern
            && self.code == brief.code.filter(|_| brief.code_apart)
            && self.subject.as_ref().is_some_and(same)
    }
}

fn hash(brief: &Brief<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (brief.pattern, brief.code.filter(|_| brief.code_apart), brief.subject).hash(&mut hasher);
    hasher.finish()
}

fn hash_key(key: &Key) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

impl Ledger {
    /// Adds a finding. `open` is asked only when it starts an incident.
    pub fn add(&mut self, brief: &Brief<'_>, hide: Hide, open: impl FnOnce() -> Opening) {
        let hash = hash(brief);
        let known = self.by_hash.get(&hash).into_iter().flatten().copied().find(|at| self.open[*at].key.is(brief));
        let at = known.unwrap_or_else(|| {
            let at = self.open.len();
            self.by_hash.entry(hash).or_default().push(at);
            self.open.push(Open::start(brief, hide, open()));
            at
        });
        self.open[at].count(brief);
    }

    /// Adds what a later chunk has counted. `lines` and `findings` stand before that chunk.
    pub fn absorb(&mut self, later: Self, lines: u64, findings: usize, names: &mut Pseudonyms) {
        for mut open in later.open {
            open.shift(lines, findings);
            match self.find(&open.key) {
                Some(at) => self.open[at].merge(open),
                None => self.take_over(open, names),
            }
        }
    }

    fn find(&self, key: &Key) -> Option<usize> {
        self.by_hash.get(&hash_key(key))?.iter().copied().find(|at| self.open[*at].key == *key)
    }

    /// A new incident, or, when its pattern has very many subjects already, one more of the rest.
    fn take_over(&mut self, mut open: Open, names: &mut Pseudonyms) {
        let subjects = self.subjects.entry((open.key.pattern.clone(), open.key.code)).or_default();
        *subjects += 1;
        if *subjects > MOST_SUBJECTS {
            open.key.subject = None;
            open.incident.subject = Subject::default();
            if let Some(at) = self.find(&open.key) {
                self.open[at].merge(open);
                return;
            }
        }
        open.name(names);
        self.by_hash.entry(hash_key(&open.key)).or_default().push(self.open.len());
        self.open.push(open);
    }

    /// The incidents, the gravest first, then the most frequent, each with its id.
    #[must_use]
    pub fn close(self) -> Vec<Incident> {
        let mut incidents: Vec<Incident> = self.open.into_iter().map(Open::close).collect();
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
        incidents
    }
}

impl Open {
    fn start(brief: &Brief<'_>, hide: Hide, opening: Opening) -> Self {
        let show = |slot: Option<&[u8]>| slot.map(|bytes| redact::scrub(&redact::visible(bytes), None, hide));
        let [app_id, tenant, mailbox, server] = brief.subject;
        Self {
            key: Key::of(brief),
            incident: Incident {
                id: String::new(),
                pattern: brief.pattern.to_owned(),
                code: brief.code,
                title: opening.sample.title.clone(),
                severity: brief.severity,
                stage: opening.sample.stage,
                cause: opening.cause,
                steps: opening.steps,
                references: opening.references,
                count: 0,
                first_seen: None,
                last_seen: None,
                subject: Subject {
                    app_id: show(app_id),
                    tenant: show(tenant),
                    mailbox: mailbox.map(|address| redact::mark_mailbox(&redact::visible(address), hide)),
                    integration: show(server),
                },
                trace_ids: Vec::new(),
                correlation_ids: Vec::new(),
                caused_by: None,
                state: None,
                findings: Vec::new(),
                preview: opening.preview,
                sample: Some(Box::new(opening.sample)),
            },
            first: None,
            last: None,
        }
    }

    /// Makes places count from the source's start.
    fn shift(&mut self, lines: u64, findings: usize) {
        self.incident.findings.iter_mut().for_each(|index| *index += findings);
        if let Some(sample) = &mut self.incident.sample {
            sample.line += lines;
        }
    }

    fn name(&mut self, names: &mut Pseudonyms) {
        if let Some(sample) = &mut self.incident.sample {
            names.settle_all(sample);
        }
        let subject = &mut self.incident.subject;
        for text in [&mut subject.app_id, &mut subject.tenant, &mut subject.mailbox, &mut subject.integration] {
            text.iter_mut().for_each(|text| names.settle(text));
        }
    }

    fn merge(&mut self, later: Self) {
        let (mine, theirs) = (&mut self.incident, later.incident);
        mine.count += theirs.count;
        mine.findings.extend(theirs.findings);
        for (mine, theirs) in
            [(&mut mine.trace_ids, theirs.trace_ids), (&mut mine.correlation_ids, theirs.correlation_ids)]
        {
            theirs.iter().for_each(|id| remember(mine, Some(id.as_bytes())));
        }
        for time in [later.first, later.last].into_iter().flatten() {
            self.see(time);
        }
    }

    fn see(&mut self, time: Timestamp) {
        if self.first.is_none_or(|first| time.instant() < first.instant()) {
            self.first = Some(time);
        }
        if self.last.is_none_or(|last| time.instant() >= last.instant()) {
            self.last = Some(time);
        }
    }

    fn count(&mut self, brief: &Brief<'_>) {
        self.incident.count += 1;
        self.incident.findings.extend(brief.index);
        if let Some(time) = brief.time {
            self.see(time);
        }
        remember(&mut self.incident.trace_ids, brief.trace_id);
        remember(&mut self.incident.correlation_ids, brief.correlation_id);
    }

    fn close(self) -> Incident {
        Incident {
            first_seen: self.first.map(|time| time.to_rfc3339()),
            last_seen: self.last.map(|time| time.to_rfc3339()),
            ..self.incident
        }
    }
}

fn remember(ids: &mut Vec<String>, id: Option<&[u8]>) {
    if let Some(id) = id
        && ids.len() < MOST_IDS
        && !ids.iter().any(|known| known.as_bytes() == id)
    {
        ids.push(redact::visible(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        Opening { sample, cause: String::new(), steps: Vec::new(), references: Vec::new(), preview: false }
    }

    #[test]
    fn findings_of_one_cause_and_subject_are_one_incident() {
        let mut ledger = Ledger::default();
        for (code, app) in [(1, Some(&b"a"[..])), (2, Some(b"a")), (1, Some(b"b")), (1, None)] {
            ledger.add(&brief(code, app), Hide::SecretsAndPeople, opening);
        }
        let counts: Vec<u64> = ledger.close().iter().map(|incident| incident.count).collect();
        assert_eq!(counts, [2, 1, 1]);
    }

    #[test]
    fn very_many_subjects_are_put_together() {
        let mut ledger = Ledger::default();
        let mut names = Pseudonyms::default();
        for i in 0..1000u32 {
            let (app, mut chunk) = (i.to_string(), Ledger::default());
            chunk.add(&brief(1, Some(app.as_bytes())), Hide::SecretsAndPeople, opening);
            ledger.absorb(chunk, 0, 0, &mut names);
        }
        let incidents = ledger.close();
        assert_eq!(incidents.len(), MOST_SUBJECTS + 1);
        assert_eq!(incidents.iter().map(|incident| incident.count).sum::<u64>(), 1000);
    }
}
