//! What the incidents of a report mean together.

use serde::Serialize;

/// What happened, and what to do first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// One or two sentences: the first thing to know. Empty when nothing was found.
    pub headline: String,
    /// What can be said, root causes before consequences.
    pub statements: Vec<Statement>,
    /// What to do, in this order.
    pub actions: Vec<Action>,
}

/// One thing that can be said, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// What it speaks of.
    pub kind: StatementKind,
    /// How sure it is; the text is worded to fit.
    pub certainty: Certainty,
    /// The statement, for a person.
    pub text: String,
    /// Ids of the incidents it speaks of.
    pub incidents: Vec<String>,
    /// Indices of the findings it rests on, when the report lists findings; at most a few.
    pub findings: Vec<usize>,
    /// The moment it speaks of (a deadline, a last failure), RFC 3339 as in the log.
    pub at: Option<String>,
}

/// What a statement speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StatementKind {
    /// A root cause.
    Cause,
    /// An incident that follows from another.
    Consequence,
    /// A consequence whose cause is not in the logs given.
    MissingCause,
    /// When a token is lost for good.
    Deadline,
    /// Still failing, stopped, flapping, recovered.
    State,
    /// The log's clock and the provider's differ.
    ClockSkew,
    /// Hosts or scopes of different clouds.
    WrongCloud,
    /// A sign-in that took longer than Jira waits.
    FlowTimeout,
    /// Base URL or endpoint were changed.
    ChangedConfiguration,
    /// Only some nodes fail.
    SomeNodes,
    /// Ids of one integration, secret of another.
    ConfusedIntegrations,
    /// Nothing can be concluded.
    Inconclusive,
}

/// How sure a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// One of several readings.
    Possible,
    /// The usual reading of what the log shows.
    Likely,
    /// The log says so.
    Certain,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    /// What, in one sentence.
    pub text: String,
    /// The incident that it ends; its steps tell how.
    pub incident: String,
    /// Why now and in this place.
    pub because: String,
    /// The latest moment at which it helps, RFC 3339 as in the log.
    pub before: Option<String>,
}
