//! Does this version of Jira know what is set up?

use super::{check::Check, context::CheckContext};
use crate::doctor::guide::{Guide, version_of};

const ID: &str = "jira.version";

pub(super) fn check(context: &CheckContext<'_>, checks: &mut Vec<Check>) {
    let jira = &context.settings.jira;
    let guide = &Guide::builtin().jira;
    let mut wanted: Vec<&str> =
        context.integrations.iter().flat_map(|view| &view.protocols).map(String::as_str).collect();
    if context.integrations.iter().any(|view| view.app_only) {
        wanted.push("client-credentials");
    }
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return;
    }
    let own = jira.version.as_deref().and_then(version_of);
    let jsm = jira.jsm_version.as_deref().and_then(version_of);
    let version = own.or(jsm.map(|jsm| guide.jira_of_jsm(jsm)));
    let Some(version) = version else {
        let names: Vec<String> = wanted
            .iter()
            .filter_map(|id| guide.feature(id))
            .map(|feature| {
                let from = feature.jira.as_ref().map(|version| format!("Jira {version}"));
                let from = from.or(feature.jsm.as_ref().map(|version| format!("Jira Service Management {version}")));
                format!("{} needs {}", feature.name, from.unwrap_or_default())
            })
            .collect();
        checks.push(Check::unknown(ID, format!("Jira's version is not among these settings; {}.", names.join(", "))));
        return;
    };
    let shown = match (&jira.version, &jira.jsm_version) {
        (Some(version), _) => format!("Jira {version}"),
        (None, Some(version)) => format!("Jira Service Management {version}"),
        (None, None) => return,
    };
    let mut all_known = true;
    for feature in wanted.iter().filter_map(|id| guide.feature(id)) {
        let Some(first) = guide.first_version(feature) else { continue };
        if version >= first {
            continue;
        }
        all_known = false;
        let from = match (&feature.jira, &feature.jsm) {
            (Some(version), _) => format!("Jira {version}"),
            (None, Some(version)) => format!("Jira Service Management {version}"),
            (None, None) => continue,
        };
        checks.push(
            Check::problem(
                ID,
                format!("{shown} does not have {}, which came with {from}.", feature.name),
                "Upgrade Jira, or use a protocol that this version has.",
            )
            .with_value(from),
        );
    }
    if all_known {
        let place = guide
            .generation
            .iter()
            .rev()
            .find(|generation| version_of(&generation.from).is_some_and(|from| version >= from));
        let place = place.map_or(String::new(), |generation| format!(" Integrations are under {}.", generation.path));
        checks.push(Check::ok(ID, format!("{shown} has what these settings need.{place}")));
    }
}
