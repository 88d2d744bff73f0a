//! The diagnosis as data: headline, statements and actions.

use serde::Serialize;

use crate::model::Timestamp;

/// What happened, and what to do first.
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Diagnosis {
    /// Every independent root cause, the most important first, one line each; for a single one, one to three
    /// sentences. Empty when nothing was found.
    pub headline: String,
    /// What can be concluded, with root causes before their consequences.
    pub statements: Vec<Statement>,
    /// What to do, in this order.
    pub actions: Vec<Action>,
}

/// One conclusion and the evidence for it.
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Statement {
    /// What the statement is about.
    pub kind: StatementKind,
    /// How certain the statement is; the text is worded accordingly.
    pub certainty: Certainty,
    /// The statement in one or more sentences.
    pub text: String,
    /// Ids of the incidents that the statement is about.
    pub incidents: Vec<String>,
    /// Indices into the report's `findings` of a few findings that support the statement; empty when the
    /// report does not list findings.
    pub findings: Vec<usize>,
    /// The time that the statement is about, such as a deadline or a last failure: RFC 3339 with the log's
    /// own offset, or local time without an offset when the log has none; null when there is none.
    pub at: Option<String>,
}

/// What a statement is about.
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StatementKind {
    /// A root cause.
    Cause,
    /// An incident that was caused by another one.
    Consequence,
    /// A consequence whose root cause is not in the logs provided.
    MissingCause,
    /// When a token became invalid, or will become invalid.
    Deadline,
    /// Whether an incident is still failing, has stopped or is intermittent.
    State,
    /// The log's clock and the provider's clock differ.
    ClockSkew,
    /// Hosts, scopes or tenant belong to different national clouds.
    WrongCloud,
    /// How long a sign-in took compared with the time that Jira waits for it.
    FlowTimeout,
    /// The base URL, redirect URI or authorization endpoint was changed on one side only.
    ChangedConfiguration,
    /// Only some nodes of the cluster fail.
    SomeNodes,
    /// Client ids, secrets or tokens of two integrations were mixed up.
    ConfusedIntegrations,
    /// What the settings say about an incident (`scan --settings`).
    Settings,
    /// What cannot be concluded from the logs.
    Inconclusive,
}

/// How certain a statement is.
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// One of several possible explanations.
    Possible,
    /// The usual explanation for what the log shows.
    Likely,
    /// The log states it.
    Certain,
}

/// One thing to do.
#[cfg_attr(any(feature = "schema", test), derive(schemars::JsonSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Action {
    /// What to do, in one sentence.
    pub text: String,
    /// Id of the first incident that the action fixes; the steps of that incident give the details.
    pub incident: String,
    /// Ids of all incidents that the action fixes.
    pub incidents: Vec<String>,
    /// What they affect, each name once; empty when the logs name nothing.
    pub affected: Vec<String>,
    /// Why this action is needed, and why at this position in the list.
    pub because: String,
    /// The latest time at which the action still saves a new authorization, of several the first: RFC 3339 with
    /// the log's own offset, or local time without an offset when the log has none; null when there is no deadline,
    /// and when it was over before the report was made.
    pub before: Option<String>,
    /// The deadline that was over before the report was made, of several the first: if the failures went on, a
    /// new authorization is needed. Null when there is none.
    pub passed: Option<String>,
}

impl Statement {
    /// The same statement, about this time.
    pub(super) fn at(mut self, time: Option<Timestamp>) -> Self {
        self.at = time.map(|time| time.to_rfc3339());
        self
    }
}

impl Diagnosis {
    /// Adds what the settings say about an incident.
    #[cfg(feature = "doctor")]
    pub(crate) fn add_settings_statement(&mut self, certainty: Certainty, text: String, incident: String) {
        let statement = Statement {
            kind: StatementKind::Settings,
            certainty,
            text,
            incidents: vec![incident],
            findings: Vec::new(),
            at: None,
        };
        // After the root causes, which the formats show first.
        let at = self.statements.iter().position(|statement| statement.kind != StatementKind::Cause);
        self.statements.insert(at.unwrap_or(self.statements.len()), statement);
    }
}
