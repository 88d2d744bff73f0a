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
#[derive(Debug, PartialEq, Eq)]
struct Key {
    pattern: String,
    code: Option<u32>,
    subject: Option<[Option<Vec<u8>>; 4]>,
}

impl Key {
    fn is(&self, brief: &Brief<'_>, apart: bool) -> bool {
        self.pattern == brief.pattern
            && self.code == brief.code.filter(|_| brief.code_apart)
            && match &self.subject {
                Some(subject) => {
                    apart && subject.iter().zip(&brief.subject).all(|(mine, theirs)| mine.as_deref() == *theirs)
                }
                None => !apart,
            }
    }
}

fn hash(brief: &Brief<'_>, apart: bool) -> u64 {
    let mut hasher = DefaultHasher::new();
    brief.pattern.hash(&mut hasher);
    brief.code.filter(|_| brief.code_apart).hash(&mut hasher);
    apart.hash(&mut hasher);
    if apart {
        brief.subject.hash(&mut hasher);
    }
    hasher.finish()
}

impl Ledger {
    /// Adds a finding. `open` is asked only when it starts an incident.
    pub fn add(
        &mut self,
        brief: &Brief<'_>,
        hide: Hide,
        names: &mut Pseudonyms,
        open: impl FnOnce(&mut Pseudonyms) -> Opening,
    ) {
        let at = match self.find(brief, true) {
            Some(at) => at,
            None => self.start(brief, hide, names, open),
        };
        self.open[at].count(brief);
    }

    fn find(&self, brief: &Brief<'_>, apart: bool) -> Option<usize> {
        let candidates = self.by_hash.get(&hash(brief, apart))?;
        candidates.iter().copied().find(|at| self.open[*at].key.is(brief, apart))
    }

    fn start(
        &mut self,
        brief: &Brief<'_>,
        hide: Hide,
        names: &mut Pseudonyms,
        open: impl FnOnce(&mut Pseudonyms) -> Opening,
    ) -> usize {
        let code = brief.code.filter(|_| brief.code_apart);
        let subjects = self.subjects.entry((brief.pattern.to_owned(), code)).or_default();
        let apart = *subjects < MOST_SUBJECTS;
        *subjects += 1;
        if !apart && let Some(at) = self.find(brief, false) {
            return at;
        }
        let opening = open(names);
        let show = |slot: Option<&[u8]>| slot.map(|bytes| redact::scrub(&redact::visible(bytes), None, hide));
        let mut subject = Subject::default();
        if apart {
            let [app_id, tenant, mailbox, server] = brief.subject;
            subject = Subject {
                app_id: show(app_id),
                tenant: show(tenant),
                mailbox: mailbox.map(|address| redact::mark_mailbox(&redact::visible(address), hide)),
                integration: show(server),
            };
            for text in [&mut subject.app_id, &mut subject.tenant, &mut subject.mailbox, &mut subject.integration] {
                text.iter_mut().for_each(|text| names.settle(text));
            }
        }
        let at = self.open.len();
        self.by_hash.entry(hash(brief, apart)).or_default().push(at);
        self.open.push(Open {
            key: Key {
                pattern: brief.pattern.to_owned(),
                code,
                subject: apart.then(|| brief.subject.map(|slot| slot.map(<[u8]>::to_vec))),
            },
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
                subject,
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
        });
        at
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
    fn count(&mut self, brief: &Brief<'_>) {
        self.incident.count += 1;
        self.incident.findings.extend(brief.index);
        if let Some(time) = brief.time {
            if self.first.is_none_or(|first| time.instant() < first.instant()) {
                self.first = Some(time);
            }
            if self.last.is_none_or(|last| time.instant() >= last.instant()) {
                self.last = Some(time);
            }
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
        let mut names = Pseudonyms::default();
        for (code, app) in [(1, Some(&b"a"[..])), (2, Some(b"a")), (1, Some(b"b")), (1, None)] {
            ledger.add(&brief(code, app), Hide::SecretsAndPeople, &mut names, |_| opening());
        }
        let counts: Vec<u64> = ledger.close().iter().map(|incident| incident.count).collect();
        assert_eq!(counts, [2, 1, 1]);
    }

    #[test]
    fn very_many_subjects_are_put_together() {
        let mut ledger = Ledger::default();
        let mut names = Pseudonyms::default();
        for i in 0..1000u32 {
            let app = i.to_string();
            ledger.add(&brief(1, Some(app.as_bytes())), Hide::SecretsAndPeople, &mut names, |_| opening());
        }
        let incidents = ledger.close();
        assert_eq!(incidents.len(), MOST_SUBJECTS + 1);
        assert_eq!(incidents.iter().map(|incident| incident.count).sum::<u64>(), 1000);
    }
}
