//! Hosts, scopes and tenants of different national clouds.

use super::{Certainty, DiagnosisContext, Statement, StatementKind, wording};
use crate::{catalogue::Sign, extract::Cloud};

pub(super) fn statements(view: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    let mut told = Vec::new();
    for (i, case) in view.cases.iter().enumerate() {
        let seen = &case.facts.clouds;
        if seen.conflicts > 0 {
            told.push(i);
            let mut statement = view.statement(
                StatementKind::WrongCloud,
                Certainty::Certain,
                format!(
                    "{}: hosts of {} stand together. A token of one Microsoft cloud is worth nothing in another: take endpoints, scopes and mail host of one.",
                    wording::short_title(&case.incident),
                    names(seen.logins.members().chain(seen.resources.members()).copied())
                ),
                &[i],
            );
            if !seen.findings.is_empty() {
                statement.findings.clone_from(&seen.findings);
            }
            out.push(statement);
        } else if case.traits.signs.contains(&Sign::WrongCloud) {
            told.push(i);
            out.push(view.statement(
                StatementKind::WrongCloud,
                if case.incident.preview { Certainty::Possible } else { Certainty::Likely },
                format!(
                    "{}: tenant, endpoints, scopes and mail host are most likely not of one Microsoft cloud (worldwide with GCC, US Government, China).",
                    wording::short_title(&case.incident)
                ),
                &[i],
            ));
        }
    }
    out.extend(across(view, &told));
}

/// A sign-in host of one cloud in some records, a mail host of another in others, of one subject.
fn across(view: &DiagnosisContext<'_>, told: &[usize]) -> Option<Statement> {
    for (i, signs_in) in view.cases.iter().enumerate() {
        for (j, opens_mail) in view.cases.iter().enumerate() {
            let integration = &signs_in.incident.subject.integration;
            if i == j || integration.is_none() || *integration != opens_mail.incident.subject.integration {
                continue;
            }
            let (Some(login), Some(resource)) =
                (signs_in.facts.clouds.logins.only(), opens_mail.facts.clouds.resources.only())
            else {
                continue;
            };
            if login == resource || (told.contains(&i) && told.contains(&j)) {
                continue;
            }
            let text = format!(
                "The sign-in goes to {}, the mail to {}, for the same mail server: a token of one is worth nothing in the other.",
                login.name(),
                resource.name()
            );
            return Some(view.statement(
                StatementKind::WrongCloud,
                Certainty::Likely,
                wording::hedge(Certainty::Likely, &text),
                &[i, j],
            ));
        }
    }
    None
}

fn names(clouds: impl Iterator<Item = Cloud>) -> String {
    let mut names: Vec<String> = Vec::new();
    for cloud in clouds {
        let name = cloud.name().to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    wording::list(&names)
}
