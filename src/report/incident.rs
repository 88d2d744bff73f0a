//! Incidents: findings with the same pattern and the same subject.

use serde::{Deserialize, Serialize};

use crate::{
    catalogue::{Follows, Pattern, Reference, Role, Sign},
    extract::redact::Pseudonyms,
    model::{Finding, Severity, Stage, is_placeholder},
};

/// Which integration the failures of an incident affect. Absent values are null.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Subject {
    /// Application (client) id.
    pub app_id: Option<String>,
    /// Tenant id or tenant name.
    pub tenant: Option<String>,
    /// Mail address of the mailbox, pseudonymized (`mailbox-1@…`) unless redaction is off.
    pub mailbox: Option<String>,
    /// Name of the mail server or integration in Jira.
    pub integration: Option<String>,
}

/// All findings with the same pattern and the same subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Incident {
    /// Id of the incident within this report: `incident-1`, `incident-2`, … in the order of the list.
    pub id: String,
    /// Catalogue id of the pattern that explains the findings.
    pub pattern: String,
    /// Deciding AADSTS number of the first finding; null when it has none.
    pub code: Option<u32>,
    /// Title of the pattern: what failed, in a few words.
    pub title: String,
    /// Severity of the pattern.
    pub severity: Severity,
    /// Step of the OAuth 2.0 flow at which the first finding failed.
    pub stage: Stage,
    /// Why the failure happens, in one or more sentences.
    pub cause: String,
    /// How to fix it: one action per step, in order.
    pub steps: Vec<String>,
    /// Documentation that the explanation is based on.
    pub references: Vec<Reference>,
    /// Number of findings in this incident.
    pub count: u64,
    /// Time of the earliest finding: RFC 3339 with the log's own offset, or local time without an offset
    /// when the log has none; null when no finding has a time.
    pub first_seen: Option<String>,
    /// Time of the latest finding, in the same form as `first_seen`.
    pub last_seen: Option<String>,
    /// Mean interval between two successive findings in whole seconds; null with fewer than two findings.
    pub mean_interval_seconds: Option<u64>,
    /// The application, tenant, mailbox and integration that are affected.
    pub subject: Subject,
    /// How many further subjects are counted here together, because the report lists only the first ones of a
    /// pattern apart; more than 1000 are counted as 1001. Null when the incident is about one subject.
    pub merged_subjects: Option<u64>,
    /// Users in whose name the records were logged, pseudonymized unless redaction is off; at most 10.
    pub users: Vec<String>,
    /// Cluster nodes that logged the findings, sorted by name; empty when the inputs do not distinguish
    /// nodes.
    pub nodes: Vec<String>,
    /// Trace ids of the earliest findings that have one, as printed by the provider; at most 5.
    pub trace_ids: Vec<String>,
    /// Correlation ids of the earliest findings that have one, as printed by the provider; at most 5.
    pub correlation_ids: Vec<String>,
    /// Ids and times of the latest findings that have an id, for the provider's support, which keeps its
    /// own logs for a few days only; at most 3.
    pub support: Vec<SupportIds>,
    /// Id of the incident that caused this one, when that is at least likely; else null.
    pub caused_by: Option<String>,
    /// State at the end of the log: `failing` (still failing), `stopped` (no further failure although the
    /// log continues), `flapping` (fails intermittently), `once` (a single finding), `by-hand` (all
    /// findings are interactive attempts), `given-up` (Jira invalidated the token and stopped trying);
    /// null when the log has no times.
    pub state: Option<String>,
    /// Indices into the report's `findings`, ascending; empty when the report does not list findings.
    pub findings: Vec<usize>,
    /// True when the catalogue entry is a preview: it is based on notes that have not been confirmed.
    pub preview: bool,
    /// When it failed: the number of findings in each of 24 equal parts of the time that all logs cover; empty
    /// when the logs have no times. Not part of the JSON.
    #[serde(skip)]
    pub activity: Vec<u64>,
    /// How many hosts failed besides that of the first finding, counted up to 3. Not part of the JSON.
    #[serde(skip)]
    pub other_hosts: usize,
    /// The first finding, as an example. Not part of the JSON.
    #[serde(skip)]
    pub sample: Option<Box<Finding>>,
}

/// The ids of one failure that the provider's support asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SupportIds {
    /// Trace id as printed by the provider.
    pub trace_id: Option<String>,
    /// Correlation id as printed by the provider.
    pub correlation_id: Option<String>,
    /// Time of the failure, RFC 3339 in UTC with whole seconds: the provider's own time, or the log's time
    /// when that has an offset; else null.
    pub time_utc: Option<String>,
}

/// What an incident is built from: its first finding, with cause and fix.
#[derive(Debug)]
pub(crate) struct IncidentSeed {
    /// The first finding, with placeholders for people.
    pub(crate) sample: Finding,
    /// Why the failure happens.
    pub(crate) cause: String,
    /// How to fix it.
    pub(crate) steps: Vec<String>,
    /// Documentation that the explanation is based on.
    pub(crate) references: Vec<Reference>,
    /// The catalogue entry is a preview.
    pub(crate) preview: bool,
    /// What the diagnosis needs of the catalogue entry.
    pub(crate) traits: EntryTraits,
}

/// How a catalogue entry takes part in the diagnosis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct EntryTraits {
    /// How close its text is to the root cause.
    pub(crate) role: Role,
    /// Failures that lead to it.
    pub(crate) follows: Option<Follows>,
    /// What it is a sign of.
    pub(crate) signs: Vec<Sign>,
    /// The fix in one sentence.
    pub(crate) fix: Option<String>,
    /// The deciding number is in no entry and not in the table of codes.
    pub(crate) unknown: bool,
    /// Different numbers are different incidents.
    pub(crate) code_apart: bool,
    /// Steps that apply only while the cause of the incident is not known.
    pub(crate) search_steps: Vec<String>,
}

impl EntryTraits {
    /// The traits of an entry. Whether the code is unknown depends on the record, so it is left false.
    #[must_use]
    pub(crate) fn of(pattern: &Pattern) -> Self {
        Self {
            role: pattern.rule.role,
            follows: pattern.follows.clone(),
            signs: pattern.signs.clone(),
            fix: pattern.fix.clone(),
            unknown: false,
            code_apart: pattern.rule.aadsts_other,
            search_steps: pattern.steps.iter().filter(|step| step.unless_found).map(|step| step.text.clone()).collect(),
        }
    }
}

/// A name, unless it is masked or a placeholder.
fn named(name: &Option<String>) -> Option<String> {
    name.clone().filter(|name| !is_placeholder(name.as_bytes()))
}

impl IncidentSeed {
    /// The incident, with nothing counted yet and placeholders for people.
    pub(super) fn into_incident(self, pattern: String, severity: Severity, code: Option<u32>) -> Incident {
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
            mean_interval_seconds: None,
            // As the finding shows them, because it was redacted with the whole record in view.
            subject: Subject {
                app_id: named(&self.sample.app_id),
                tenant: named(&self.sample.tenant),
                mailbox: named(&self.sample.mailbox),
                integration: named(&self.sample.mail_server),
            },
            merged_subjects: None,
            users: Vec::new(),
            nodes: Vec::new(),
            trace_ids: Vec::new(),
            correlation_ids: Vec::new(),
            support: Vec::new(),
            caused_by: None,
            state: None,
            findings: Vec::new(),
            preview: self.preview,
            activity: Vec::new(),
            other_hosts: 0,
            sample: Some(Box::new(self.sample)),
        }
    }
}

impl Incident {
    /// Leaves out where to look for the cause, which is known.
    pub(super) fn cause_is_known(&mut self, traits: &EntryTraits) {
        let search = traits.follows.as_ref().and_then(|follows| follows.unless_found.as_deref());
        if let Some(cause) = search.and_then(|search| self.cause.strip_suffix(search)) {
            self.cause = cause.trim_end().to_owned();
        }
        self.steps.retain(|step| !traits.search_steps.contains(step));
    }

    /// Replaces the placeholders for people by pseudonyms.
    pub(super) fn apply_pseudonyms(&mut self, pseudonyms: &mut Pseudonyms) {
        if let Some(sample) = &mut self.sample {
            pseudonyms.apply_to_finding(sample);
        }
        let subject = &mut self.subject;
        for text in [&mut subject.app_id, &mut subject.tenant, &mut subject.mailbox, &mut subject.integration] {
            text.iter_mut().for_each(|text| pseudonyms.apply(text));
        }
        self.steps.iter_mut().for_each(|step| pseudonyms.apply(step));
    }
}
