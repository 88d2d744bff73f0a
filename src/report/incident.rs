//! Incidents: findings of the same cause and the same subject.

use serde::{Deserialize, Serialize};

use crate::{
    catalogue::{Follows, Pattern, Reference, Role, Sign},
    extract::redact::Pseudonyms,
    model::{Finding, Severity, Stage},
};

/// Whose failures these are, as shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// Seconds between two findings, on average; null below two.
    pub mean_interval_seconds: Option<u64>,
    /// Whose.
    pub subject: Subject,
    /// People in whose name it was logged, pseudonymised; the first few.
    pub users: Vec<String>,
    /// Nodes of the cluster that logged it; empty when the logs do not tell nodes apart.
    pub nodes: Vec<String>,
    /// The first few trace ids, for the vendor's support.
    pub trace_ids: Vec<String>,
    /// The first few correlation ids.
    pub correlation_ids: Vec<String>,
    /// The latest failures with ids, for the vendor's support: it keeps its own records for some days.
    pub support: Vec<SupportIds>,
    /// The incident that this one follows from.
    pub caused_by: Option<String>,
    /// `failing` (up to the log's end), `stopped`, `flapping`, `once`, `by-hand` (attempts of a
    /// person); null when the log has no times.
    pub state: Option<String>,
    /// Indices into the report's findings.
    pub findings: Vec<usize>,
    /// The entry rests on notes that nobody has confirmed.
    pub preview: bool,
    /// The first finding, for a reader who wants to see one.
    #[serde(skip)]
    pub sample: Option<Box<Finding>>,
}

/// What the vendor's support asks for, of one failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SupportIds {
    /// Trace id as printed.
    pub trace_id: Option<String>,
    /// Correlation id as printed.
    pub correlation_id: Option<String>,
    /// RFC 3339 UTC: the provider's time, else the log's when it has an offset.
    pub time_utc: Option<String>,
}

/// What an incident says beside its counts; asked for once an incident.
#[derive(Debug)]
pub struct IncidentSeed {
    /// The first finding, written up; people in it are marked.
    pub sample: Finding,
    /// Why.
    pub cause: String,
    /// What ends it.
    pub steps: Vec<String>,
    /// Pages.
    pub references: Vec<Reference>,
    /// The entry rests on notes that nobody has confirmed.
    pub preview: bool,
    /// What the diagnosis asks of its entry.
    pub traits: EntryTraits,
}

/// How an entry of the catalogue takes part in the diagnosis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryTraits {
    /// How near to the root its words stand.
    pub role: Role,
    /// Failures that lead to it.
    pub follows: Option<Follows>,
    /// What it is a sign of.
    pub signs: Vec<Sign>,
    /// The cure in one sentence.
    pub fix: Option<String>,
    /// Neither an entry nor the table of codes knows the deciding number.
    pub unknown: bool,
}

impl EntryTraits {
    /// The traits of an entry. Whether a code is unknown depends on the record.
    #[must_use]
    pub fn of(pattern: &Pattern) -> Self {
        Self {
            role: pattern.rule.role,
            follows: pattern.follows.clone(),
            signs: pattern.signs.clone(),
            fix: pattern.fix.clone(),
            unknown: false,
        }
    }
}

impl IncidentSeed {
    /// The incident, with nothing counted yet. People in it are marked.
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
            // As the finding shows them: cleaned with the whole record in view.
            subject: Subject {
                app_id: self.sample.app_id.clone(),
                tenant: self.sample.tenant.clone(),
                mailbox: self.sample.mailbox.clone(),
                integration: self.sample.mail_server.clone(),
            },
            users: Vec::new(),
            nodes: Vec::new(),
            trace_ids: Vec::new(),
            correlation_ids: Vec::new(),
            support: Vec::new(),
            caused_by: None,
            state: None,
            findings: Vec::new(),
            preview: self.preview,
            sample: Some(Box::new(self.sample)),
        }
    }
}

impl Incident {
    /// Gives people their names.
    pub(super) fn name(&mut self, names: &mut Pseudonyms) {
        if let Some(sample) = &mut self.sample {
            names.apply_to_finding(sample);
        }
        let subject = &mut self.subject;
        for text in [&mut subject.app_id, &mut subject.tenant, &mut subject.mailbox, &mut subject.integration] {
            text.iter_mut().for_each(|text| names.apply(text));
        }
    }
}
