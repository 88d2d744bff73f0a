//! The Microsoft national clouds in a text, and whether its hosts belong together.
//!
//! Login host, scope host, mail host and Graph root must belong to one cloud: a token of one is not valid in
//! another. The plan "GCC" (moderate) uses the worldwide cloud; only GCC High and DoD have hosts of their
//! own. Source: Microsoft's pages on national cloud deployments.

use std::sync::LazyLock;

use crate::search::PhraseSet;

/// A national cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Cloud {
    /// Commercial and GCC.
    Worldwide,
    /// GCC High and DoD.
    UsGovernment,
    /// Operated by 21Vianet.
    China,
}

impl Cloud {
    /// Name used in reports.
    #[must_use]
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Worldwide => "worldwide",
            Self::UsGovernment => "us-government",
            Self::China => "china",
        }
    }

    /// Name used in a sentence.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Worldwide => "the worldwide cloud (commercial and GCC)",
            Self::UsGovernment => "the US Government cloud (GCC High, DoD)",
            Self::China => "the China cloud (21Vianet)",
        }
    }
}

/// Purpose of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Login,
    Resource,
}

const HOSTS: &[(&str, (Cloud, Use))] = &[
    ("login.microsoftonline.com", (Cloud::Worldwide, Use::Login)),
    ("login.windows.net", (Cloud::Worldwide, Use::Login)),
    ("outlook.office.com", (Cloud::Worldwide, Use::Resource)),
    ("outlook.office365.com", (Cloud::Worldwide, Use::Resource)),
    ("smtp.office365.com", (Cloud::Worldwide, Use::Resource)),
    ("graph.microsoft.com", (Cloud::Worldwide, Use::Resource)),
    ("login.microsoftonline.us", (Cloud::UsGovernment, Use::Login)),
    ("office365.us", (Cloud::UsGovernment, Use::Resource)),
    ("webmail.apps.mil", (Cloud::UsGovernment, Use::Resource)),
    ("graph.microsoft.us", (Cloud::UsGovernment, Use::Resource)),
    ("login.partner.microsoftonline.cn", (Cloud::China, Use::Login)),
    ("login.chinacloudapi.cn", (Cloud::China, Use::Login)),
    ("partner.outlook.cn", (Cloud::China, Use::Resource)),
    ("microsoftgraph.chinacloudapi.cn", (Cloud::China, Use::Resource)),
];

static HOST_SEARCH: LazyLock<PhraseSet<(Cloud, Use)>> = LazyLock::new(|| PhraseSet::new(HOSTS.iter().copied()));

/// The clouds of the hosts in a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Clouds {
    /// Cloud of the login host.
    pub(crate) login: Option<Cloud>,
    /// Cloud of the first mail host, scope or Graph root.
    pub(crate) resource: Option<Cloud>,
    /// The text contains resources of different clouds.
    pub(crate) mixed: bool,
}

impl Clouds {
    /// The one cloud of all hosts, when they agree.
    #[must_use]
    pub(crate) fn one(self) -> Option<Cloud> {
        match (self.login, self.resource) {
            _ if self.mixed => None,
            (Some(login), Some(resource)) => (login == resource).then_some(login),
            (one, other) => one.or(other),
        }
    }

    /// True when the text contains hosts of two clouds.
    #[must_use]
    pub(crate) fn in_conflict(self) -> bool {
        self.mixed || matches!((self.login, self.resource), (Some(login), Some(resource)) if login != resource)
    }

    /// A sentence about hosts that do not belong together.
    #[must_use]
    pub(crate) fn conflict(self) -> Option<String> {
        match (self.login, self.resource) {
            (Some(login), Some(resource)) if login != resource => Some(format!(
                "The login host belongs to {}, the mail or Graph host to {}. A token of one cloud is not accepted in the other: \
                 compare the endpoints and scopes of the integration with the host of the mail server.",
                login.name(),
                resource.name()
            )),
            _ if self.mixed => Some(
                "The record contains mail or Graph hosts of two Microsoft clouds. An integration works with only one."
                    .to_owned(),
            ),
            _ => None,
        }
    }
}

/// Reads the hosts in a text. The vendor's lookup page for a code (`…/error?code=`) is not an endpoint.
#[must_use]
pub(crate) fn clouds(text: &[u8]) -> Clouds {
    let mut clouds = Clouds::default();
    for ((cloud, usage), _, end) in HOST_SEARCH.find(text) {
        if text[end..].starts_with(b"/error") {
            continue;
        }
        match usage {
            Use::Login => {
                clouds.login.get_or_insert(cloud);
            }
            Use::Resource => {
                clouds.mixed |= clouds.resource.is_some_and(|first| first != cloud);
                clouds.resource.get_or_insert(cloud);
            }
        }
    }
    clouds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clouds_and_conflicts_are_read_from_hosts() {
        let table: [(&str, Option<Cloud>, bool); 7] = [
            ("POST https://login.microsoftonline.us/x/oauth2/v2.0/token", Some(Cloud::UsGovernment), false),
            ("imap outlook.office365.com", Some(Cloud::Worldwide), false),
            ("login.microsoftonline.com scope https://outlook.office365.us/IMAP.AccessAsUser.All", None, true),
            ("login.partner.microsoftonline.cn partner.outlook.cn", Some(Cloud::China), false),
            ("https://outlook.office.com/x https://outlook.office365.us/y", None, true),
            (
                "see https://login.microsoftonline.com/error?code=1 for outlook.office365.us",
                Some(Cloud::UsGovernment),
                false,
            ),
            ("imap.gmail.com", None, false),
        ];
        for (text, one, conflict) in table {
            let found = clouds(text.as_bytes());
            assert_eq!(found.one(), one, "{text}");
            assert_eq!(found.conflict().is_some(), conflict, "{text}");
        }
    }
}
