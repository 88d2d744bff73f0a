//! One action of a fix, which may depend on where the failure happened.

use serde::{Deserialize, Serialize};

/// Where a failure happened, as far as it changes what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// An OAuth 2.0 integration: requests to the provider over HTTPS.
    Integration,
    /// A connection to a mail server over IMAP, POP or SMTP.
    Mail,
    /// Sign-in to Jira with OpenID Connect.
    Oidc,
}

impl Place {
    /// All places, in the order in which they are listed.
    pub const ALL: [Self; 3] = [Self::Integration, Self::Mail, Self::Oidc];

    /// What precedes a step that applies here only, where steps of all places are listed.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Integration => "Integration",
            Self::Mail => "Mail server",
            Self::Oidc => "OpenID Connect",
        }
    }
}

/// The server to test, in the forms that steps need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// `{host}`: its name.
    pub host: String,
    /// `{address}`: name and port.
    pub address: String,
    /// `{url}`: what curl connects to.
    pub url: String,
    /// `{proxy}`: name and port of the proxy before it.
    pub proxy: String,
}

/// The proxy that a step names as a sample when the record names none.
pub const SAMPLE_PROXY: &str = "proxy.example.com:3128";

impl Target {
    /// The server `host`, to which curl connects with `scheme` on `port`.
    #[must_use]
    pub fn new(scheme: &str, host: &str, port: u16) -> Self {
        let address = format!("{host}:{port}");
        let url =
            if scheme == "https" && port == 443 { format!("https://{host}") } else { format!("{scheme}://{address}") };
        Self { host: host.to_owned(), address, url, proxy: SAMPLE_PROXY.to_owned() }
    }

    /// The server that a step names as a sample when the record names none.
    #[must_use]
    pub fn sample(place: Place) -> Self {
        match place {
            Place::Integration => Self::new("https", "login.microsoftonline.com", 443),
            Place::Mail => Self::new("imaps", "outlook.office365.com", 993),
            Place::Oidc => Self::new("https", "sso.example.com", 443),
        }
    }
}

/// One action of a fix: a text, or a text with the conditions under which it applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StepFormat", into = "StepFormat")]
pub struct Step {
    /// What to do; `{host}`, `{address}` and `{url}` stand for the server that failed, `{proxy}` for a proxy that
    /// failed before it.
    pub text: String,
    /// Where it applies; empty: everywhere.
    pub at: Vec<Place>,
    /// It applies only while the failure that led to this one is not known.
    pub unless_found: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StepFormat {
    Text(String),
    Placed(PlacedStep),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlacedStep {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    at: Vec<Place>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unless_found: bool,
    step: String,
}

impl From<StepFormat> for Step {
    fn from(format: StepFormat) -> Self {
        match format {
            StepFormat::Text(text) => Self { text, at: Vec::new(), unless_found: false },
            StepFormat::Placed(PlacedStep { at, unless_found, step }) => Self { text: step, at, unless_found },
        }
    }
}

impl From<Step> for StepFormat {
    fn from(Step { text, at, unless_found }: Step) -> Self {
        if at.is_empty() && !unless_found {
            Self::Text(text)
        } else {
            Self::Placed(PlacedStep { at, unless_found, step: text })
        }
    }
}

impl Step {
    /// True when it applies to a failure that happened at one of these places.
    #[must_use]
    pub fn applies_to(&self, places: &[Place]) -> bool {
        self.at.is_empty() || self.at.iter().any(|place| places.contains(place))
    }

    /// The text with the server to test.
    #[must_use]
    pub fn filled(&self, target: &Target) -> String {
        [("{host}", &target.host), ("{address}", &target.address), ("{url}", &target.url), ("{proxy}", &target.proxy)]
            .into_iter()
            .fold(self.text.clone(), |text, (name, value)| text.replace(name, value))
    }

    /// The text for a list of the steps of all places: with the places to which it applies and a sample server.
    #[must_use]
    pub fn labelled(&self) -> String {
        let place = self.at.first().copied().unwrap_or(Place::Integration);
        let text = self.filled(&Target::sample(place));
        // Nearly all records are about integrations and mail servers.
        if self.at.is_empty() || self.at.contains(&Place::Integration) && self.at.contains(&Place::Mail) {
            return text;
        }
        let labels: Vec<&str> = self.at.iter().map(|place| place.label()).collect();
        format!("{}: {text}", labels.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_a_text_or_a_text_with_conditions() {
        #[derive(Serialize, Deserialize)]
        struct Steps {
            steps: Vec<Step>,
        }
        let text = "steps = [\"Restart.\", { at = [\"oidc\"], step = \"Open {url}.\" }, { unless_found = true, step = \"Search.\" }]\n";
        let read: Steps = toml::from_str(text).expect("valid");
        assert!(read.steps[0].applies_to(&[Place::Mail]));
        assert!(!read.steps[1].applies_to(&[Place::Mail, Place::Integration]));
        assert_eq!(read.steps[1].labelled(), "OpenID Connect: Open https://sso.example.com.");
        assert_eq!(
            read.steps[1].filled(&Target::new("https", "idp.example.org", 8443)),
            "Open https://idp.example.org:8443."
        );
        let json = serde_json::to_string(&read).expect("JSON");
        let expected =
            r#"{"steps":["Restart.",{"at":["oidc"],"step":"Open {url}."},{"unless_found":true,"step":"Search."}]}"#;
        assert_eq!(json, expected);
        assert!(read.steps[2].unless_found && read.steps[2].applies_to(&[Place::Oidc]));
        assert!(toml::from_str::<Steps>("steps = [{ at = [\"moon\"], step = \"x\" }]").is_err());
    }
}
