//! What an incident affects, by its most specific name.

use std::fmt;

use super::{bounds::MAX_SHARING_SUBJECTS, incident::Incident, numfmt::grouped};
use crate::model::Stage;

/// What is affected, with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Affected {
    /// A mail server or integration in Jira.
    MailServer(String),
    /// A mailbox.
    Mailbox(String),
    /// An application, by its id.
    Application(String),
    /// A host that could not be reached or that refused the connection. `others` are further hosts of the same
    /// incident, counted up to 3.
    Host {
        /// Its name.
        name: String,
        /// Further hosts of the incident.
        others: usize,
    },
    /// A tenant, by its id or name.
    Tenant(String),
    /// Several that are counted together; this is their number.
    Merged(u64),
}

impl Affected {
    /// What the incident affects; `None` when its records name nothing.
    #[must_use]
    pub fn of(incident: &Incident) -> Option<Self> {
        if let Some(number) = incident.merged_subjects {
            return Some(Self::Merged(number));
        }
        let subject = &incident.subject;
        // Elsewhere, a host in the text is not what failed.
        let connects = matches!(incident.stage, Stage::Transport | Stage::Mailbox);
        let host = incident.sample.as_ref().filter(|_| connects).and_then(|sample| sample.host.clone());
        subject
            .integration
            .clone()
            .map(Self::MailServer)
            .or_else(|| subject.mailbox.clone().map(Self::Mailbox))
            .or_else(|| subject.app_id.clone().map(Self::Application))
            .or_else(|| host.map(|name| Self::Host { name, others: incident.other_hosts }))
            .or_else(|| subject.tenant.clone().map(Self::Tenant))
    }

    /// The name without its kind: `Contoso Support`, `login.microsoftonline.com and others`, `12 others`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::MailServer(name) | Self::Mailbox(name) | Self::Application(name) | Self::Tenant(name) => name.clone(),
            Self::Host { name, others: 0 } => name.clone(),
            Self::Host { name, .. } => format!("{name} and others"),
            Self::Merged(number) if *number > MAX_SHARING_SUBJECTS as u64 => {
                format!("more than {} others", grouped(MAX_SHARING_SUBJECTS as u64))
            }
            Self::Merged(number) => format!("{} others", grouped(*number)),
        }
    }

    /// The kind in the plural; `None` for subjects that are counted together.
    pub(super) fn plural(&self) -> Option<&'static str> {
        match self {
            Self::MailServer(_) => Some("mail servers"),
            Self::Mailbox(_) => Some("mailboxes"),
            Self::Application(_) => Some("applications"),
            Self::Host { .. } => Some("hosts"),
            Self::Tenant(_) => Some("tenants"),
            Self::Merged(_) => None,
        }
    }
}

impl fmt::Display for Affected {
    /// The kind and the name: `mail server "Contoso Support"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MailServer(name) => write!(f, "mail server \"{name}\""),
            Self::Mailbox(name) => write!(f, "mailbox {name}"),
            Self::Application(name) => write!(f, "application {name}"),
            Self::Host { .. } => write!(f, "host {}", self.name()),
            Self::Tenant(name) => write!(f, "tenant {name}"),
            Self::Merged(_) => f.write_str(&self.name()),
        }
    }
}
