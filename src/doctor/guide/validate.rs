//! What makes the files under `patterns/settings/` valid. Compiled into the build script and the tests.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::format::{CheckList, JiraGuide, ProviderGuide, version_of};

/// Reads one file. Says on which line and why it is not valid.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(name: &str, text: &str) -> Result<T, String> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
        format!("{name}: line {line}: {}", error.message())
    })
}

/// Names that texts may hold in braces.
const NAMES: [&str; 20] = [
    "login",
    "tenant",
    "tenant_id",
    "mail_resource",
    "graph_root",
    "graph_scope",
    "portal",
    "jira_type",
    "jira_path",
    "mail_path",
    "jira_protocol",
    "redirect_url",
    "authorization_endpoint",
    "token_endpoint",
    "scopes",
    "permissions",
    "account_types",
    "mail_host",
    "mail_port",
    "mail_security",
];

/// What is wrong with the names in braces of a text.
fn unknown_names(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| {
        let name = rest.split('}').next().unwrap_or(rest);
        (!NAMES.contains(&name) || !rest.contains('}')).then_some(name)
    })
}

/// Everything that is wrong with a provider's file.
#[must_use]
pub(crate) fn faults_of_provider(guide: &ProviderGuide) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |text: String| faults.push(text);
    unique("cloud", guide.cloud.iter().flat_map(|cloud| cloud.aliases.iter().chain([&cloud.id])), &mut fault);
    unique("tenant", guide.tenant.iter().map(|tenant| &tenant.id), &mut fault);
    unique("protocol", guide.protocol.iter().map(|protocol| &protocol.id), &mut fault);
    for (list, what) in [(guide.cloud.len(), "cloud"), (guide.tenant.len(), "tenant"), (guide.screen.len(), "screen")] {
        if list == 0 {
            fault(format!("there is no [[{what}]]"));
        }
    }
    for cloud in &guide.cloud {
        for (key, hosts) in [
            ("login_hosts", &cloud.login_hosts),
            ("imap_hosts", &cloud.imap_hosts),
            ("pop_hosts", &cloud.pop_hosts),
            ("smtp_hosts", &cloud.smtp_hosts),
        ] {
            if hosts.is_empty() {
                fault(format!("cloud {}: {key} is empty", cloud.id));
            }
            for host in hosts.iter().filter(|host| !is_host(host)) {
                fault(format!("cloud {}: {key}: `{host}` is not a host name", cloud.id));
            }
        }
        for kind in cloud.tenants.iter().filter(|kind| !guide.tenant.iter().any(|tenant| tenant.id == **kind)) {
            fault(format!("cloud {}: there is no [[tenant]] `{kind}`", cloud.id));
        }
        let resources = cloud.older_mail_resources.iter().chain(&cloud.graph_root).chain([&cloud.mail_resource]);
        for url in resources.filter(|url| !is_https(url)) {
            fault(format!("cloud {}: `{url}` is not an https URL without a path", cloud.id));
        }
    }
    for protocol in &guide.protocol {
        if !["mail", "graph"].contains(&protocol.resource.as_str()) || protocol.scopes.is_empty() {
            fault(format!("protocol {}: needs `resource` mail or graph, and scopes", protocol.id));
        }
        if protocol.resource == "graph" && guide.cloud.iter().any(|cloud| cloud.graph_root.is_none()) {
            fault(format!("protocol {}: a cloud has no graph_root", protocol.id));
        }
        if protocol.app_scopes.is_empty() != protocol.app_permissions.is_empty() {
            fault(format!("protocol {}: app_scopes and app_permissions belong together", protocol.id));
        }
    }
    let texts = [&guide.authorization_endpoint, &guide.token_endpoint, &guide.openid_configuration]
        .into_iter()
        .chain(guide.tenant.iter().map(|tenant| &tenant.segment))
        .chain(guide.protocol.iter().flat_map(|protocol| protocol.scopes.iter().chain(&protocol.app_scopes)))
        .chain(guide.screen.iter().flat_map(|screen| [&screen.place, &screen.path]))
        .chain(guide.screen.iter().flat_map(|screen| screen.fields.iter().map(|field| &field.value)));
    for text in texts {
        for name in unknown_names(text) {
            fault(format!("`{text}`: unknown name {{{name}}}"));
        }
    }
    faults
}

/// Everything that is wrong with the file about Jira.
#[must_use]
pub(crate) fn faults_of_jira(guide: &JiraGuide) -> Vec<String> {
    let mut faults = Vec::new();
    if guide.generation.is_empty() || !guide.callback_path.starts_with('/') {
        faults.push("needs [[generation]] and a callback_path that starts with /".to_owned());
    }
    let versions = guide.generation.iter().map(|generation| Some(&generation.from));
    let features = guide.feature.iter().flat_map(|feature| [feature.jira.as_ref(), feature.jsm.as_ref()]);
    for version in versions.chain(features).flatten().filter(|version| version_of(version).is_none()) {
        faults.push(format!("`{version}` is not a version"));
    }
    let ascending = guide.generation.windows(2).all(|two| version_of(&two[0].from) < version_of(&two[1].from));
    if !ascending {
        faults.push("generations are not in ascending order".to_owned());
    }
    faults
}

/// Everything that is wrong with the list of checks.
#[must_use]
pub(crate) fn faults_of_checks(list: &CheckList) -> Vec<String> {
    let mut faults = Vec::new();
    unique("check", list.check.iter().map(|check| &check.id), &mut |fault| faults.push(fault));
    for check in &list.check {
        let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        if !check.id.split_once('.').is_some_and(|(area, subject)| is_word(area) && is_word(subject)) {
            faults.push(format!("`{}` is not of the form area.subject", check.id));
        }
        if check.title.is_empty() || !check.why.ends_with('.') {
            faults.push(format!("{}: needs a title, and a sentence `why`", check.id));
        }
    }
    faults
}

fn unique<'a>(what: &str, ids: impl Iterator<Item = &'a String>, fault: &mut impl FnMut(String)) {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            fault(format!("{what} `{id}` occurs twice"));
        }
    }
}

fn is_host(text: &str) -> bool {
    text.contains('.') && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-".contains(&b))
}

fn is_https(text: &str) -> bool {
    text.strip_prefix("https://").is_some_and(is_host)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MICROSOFT: &str = include_str!("../../../patterns/settings/microsoft.toml");

    fn faults(text: &str) -> Vec<String> {
        faults_of_provider(&read("microsoft.toml", text).unwrap())
    }

    #[test]
    fn each_mistake_in_a_file_is_named() {
        assert_eq!(faults(MICROSOFT), Vec::<String>::new());
        let with = |from: &str, to: &str| {
            assert!(MICROSOFT.contains(from), "{from}");
            faults(&MICROSOFT.replacen(from, to, 1)).join("; ")
        };
        let newer = read::<ProviderGuide>("f.toml", &MICROSOFT.replacen("format = 1", "format = 2", 1)).unwrap_err();
        assert!(newer.contains("format 2 is not supported"), "{newer}");
        assert!(with("//{login}", "//{logon}").contains("unknown name {logon}"));
        assert!(with("id = \"dod\"", "id = \"china\"").contains("cloud `china` occurs twice"));
        assert!(with("[\"single\", \"multi\"]", "[\"solo\"]").contains("no [[tenant]] `solo`"));
        assert!(with("imap_hosts = [", "imap_hosts = [\"https://x\", ").contains("not a host name"));
        assert!(with("\"https://graph.microsoft.us\"", "\"graph\"").contains("not an https URL"));
        let unknown = read::<ProviderGuide>("f.toml", "format = 1\nproviders = \"x\"").unwrap_err();
        assert!(unknown.starts_with("f.toml: line "), "{unknown}");
    }

    #[test]
    fn versions_of_jira_ascend() {
        let text = include_str!("../../../patterns/settings/jira.toml");
        assert_eq!(faults_of_jira(&read("jira.toml", text).unwrap()), Vec::<String>::new());
        let swapped =
            text.replacen("from = \"8.10\"", "from = \"9.0\"", 1).replacen("jira = \"9.2\"", "jira = \"nine\"", 1);
        let faults = faults_of_jira(&read("jira.toml", &swapped).unwrap()).join("; ");
        assert!(faults.contains("ascending") && faults.contains("`nine` is not a version"), "{faults}");
    }

    #[test]
    fn a_check_has_an_area_a_subject_and_a_reason() {
        let list = |check: &str| read::<CheckList>("c", &format!("format = 1\n[[check]]\n{check}")).unwrap();
        let good = "id = \"a.b\"\ntitle = \"T\"\nwhy = \"W.\"";
        assert_eq!(faults_of_checks(&list(good)), Vec::<String>::new());
        assert_eq!(faults_of_checks(&list(&good.replace("a.b", "ab"))).len(), 1);
        assert_eq!(faults_of_checks(&list(&good.replace("W.", "W"))).len(), 1);
        assert_eq!(faults_of_checks(&list(&format!("{good}\n[[check]]\n{good}"))).len(), 1);
    }
}
