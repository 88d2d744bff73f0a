//! The files under `patterns/settings/`, embedded as the build script writes them.

use std::sync::LazyLock;

use serde::Deserialize;

use super::format::{
    CheckInfo, CheckList, CloudGuide, FeatureGuide, JiraGuide, ProtocolGuide, ProviderGuide, version_of,
};
use crate::model::unpacked_text;

/// Everything that the files say.
#[derive(Debug)]
pub struct Guide {
    /// The providers, Microsoft first.
    pub providers: Vec<ProviderGuide>,
    /// Jira's versions.
    pub jira: JiraGuide,
    /// The checks, in the order of the report.
    pub checks: Vec<CheckInfo>,
}

/// The files, which the build script has validated.
static GUIDE: LazyLock<Guide> = LazyLock::new(|| Guide {
    providers: vec![
        embedded(include_bytes!(concat!(env!("OUT_DIR"), "/microsoft.json.packed"))),
        embedded(include_bytes!(concat!(env!("OUT_DIR"), "/google.json.packed"))),
    ],
    jira: embedded(include_bytes!(concat!(env!("OUT_DIR"), "/jira.json.packed"))),
    checks: embedded::<CheckList>(include_bytes!(concat!(env!("OUT_DIR"), "/checks.json.packed"))).check,
});

/// A file that the build script has read with the same types.
fn embedded<T: for<'de> Deserialize<'de>>(packed: &[u8]) -> T {
    serde_json::from_str(&unpacked_text(packed)).expect("the build script has read it")
}

impl Guide {
    /// What the built-in files say.
    #[must_use]
    pub fn builtin() -> &'static Self {
        &GUIDE
    }

    /// The guide of a provider.
    #[must_use]
    pub fn provider(&self, name: &str) -> Option<&ProviderGuide> {
        self.providers.iter().find(|provider| provider.provider == name)
    }

    /// The check of this id.
    #[must_use]
    pub fn check(&self, id: &str) -> Option<&CheckInfo> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// The cloud that a host belongs to: of a sign-in, mail or Graph host. Several, where clouds share a host.
    #[must_use]
    pub fn clouds_of_host(&self, host: &str) -> Vec<(&ProviderGuide, &CloudGuide)> {
        let all = self.providers.iter().flat_map(|provider| provider.cloud.iter().map(move |cloud| (provider, cloud)));
        all.filter(|(_, cloud)| cloud.hosts().any(|known| known == host)).collect()
    }
}

impl ProviderGuide {
    /// The cloud of this name.
    #[must_use]
    pub fn cloud(&self, name: &str) -> Option<&CloudGuide> {
        let is_named = |cloud: &&CloudGuide| cloud.id == name || cloud.aliases.iter().any(|alias| alias == name);
        self.cloud.iter().find(is_named)
    }

    /// The protocol of this name.
    #[must_use]
    pub fn protocol(&self, name: &str) -> Option<&ProtocolGuide> {
        self.protocol.iter().find(|protocol| protocol.id == name)
    }
}

impl CloudGuide {
    /// The mail hosts for a protocol, the one to enter first.
    #[must_use]
    pub fn mail_hosts(&self, protocol: &str) -> &[String] {
        match protocol {
            "imap" => &self.imap_hosts,
            "pop" => &self.pop_hosts,
            "smtp" => &self.smtp_hosts,
            _ => &[],
        }
    }

    /// Every host of the cloud.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        let resources =
            self.older_mail_resources.iter().chain(&self.graph_root).chain([&self.mail_resource]).map(String::as_str);
        let resources = resources.map(|url| url.strip_prefix("https://").unwrap_or(url));
        let mail = self.imap_hosts.iter().chain(&self.pop_hosts).chain(&self.smtp_hosts);
        self.login_hosts.iter().chain(mail).map(String::as_str).chain(resources)
    }
}

impl JiraGuide {
    /// The feature of this id.
    #[must_use]
    pub fn feature(&self, id: &str) -> Option<&FeatureGuide> {
        self.feature.iter().find(|feature| feature.id == id)
    }

    /// The version of Jira on which a version of Jira Service Management runs.
    #[must_use]
    pub(crate) fn jira_of_jsm(&self, [major, minor, _]: [u32; 3]) -> [u32; 3] {
        let behind = if major >= self.jsm_same_from { 0 } else { self.jsm_behind };
        // 4.20 runs on 8.20, 5.8 on 9.8.
        [major + behind, minor, 0]
    }

    /// The first version of Jira with a feature.
    #[must_use]
    pub(crate) fn first_version(&self, feature: &FeatureGuide) -> Option<[u32; 3]> {
        let jira = feature.jira.as_deref().and_then(version_of);
        jira.or_else(|| feature.jsm.as_deref().and_then(version_of).map(|jsm| self.jira_of_jsm(jsm)))
    }
}
