//! Hosts, scopes and tenants of different national clouds.

use super::{
    context::DiagnosisContext,
    statement::{Certainty, Statement, StatementKind},
    wording,
};
use crate::{catalogue::Sign, extract::Cloud};

pub(super) fn statements(context: &DiagnosisContext<'_>, out: &mut Vec<Statement>) {
    let mut reported = Vec::new();
    for (i, case) in context.cases.iter().enumerate() {
        let clouds = &case.facts.clouds;
        let title = wording::short_title(&case.incident);
        if clouds.conflicts > 0 {
            reported.push(i);
            let text = format!(
                "{title}: the records mix hosts of {}. A token from one Microsoft cloud is not valid in another: take \
                 endpoints, scopes and mail host from the same cloud.",
                names(clouds.logins.iter().chain(clouds.resources.iter()).copied())
            );
            let mut statement = context.statement(StatementKind::WrongCloud, Certainty::Certain, text, &[i]);
            if !clouds.findings.is_empty() {
                statement.findings.clone_from(&clouds.findings);
            }
            out.push(statement);
        } else if case.has_sign(Sign::WrongCloud) {
            reported.push(i);
            let (certainty, belong) = match case.incident.preview {
                true => (Certainty::Possible, "may belong"),
                false => (Certainty::Likely, "most likely belong"),
            };
            let text = format!(
                "{title}: tenant, endpoints, scopes and mail host {belong} to different Microsoft clouds (worldwide \
                 including GCC, US Government, China)."
            );
            out.push(context.statement(StatementKind::WrongCloud, certainty, text, &[i]));
        }
    }
    out.extend(across_records(context, &reported));
}

/// The sign-in host belongs to one cloud in some records, the mail host to another one in other records
/// about the same mail server. Pairs of cases that were both `reported` are left out.
fn across_records(context: &DiagnosisContext<'_>, reported: &[usize]) -> Option<Statement> {
    for (i, sign_in) in context.cases.iter().enumerate() {
        for (j, mail) in context.cases.iter().enumerate() {
            let integration = &sign_in.incident.subject.integration;
            if i == j || integration.is_none() || *integration != mail.incident.subject.integration {
                continue;
            }
            let (Some(login), Some(resource)) =
                (sign_in.facts.clouds.logins.only(), mail.facts.clouds.resources.only())
            else {
                continue;
            };
            if login == resource || (reported.contains(&i) && reported.contains(&j)) {
                continue;
            }
            let text = format!(
                "Most likely two Microsoft clouds are mixed: for the same mail server, Jira signs in to {} but accesses \
                 mail in {}. A token from one is not valid in the other.",
                login.name(),
                resource.name()
            );
            return Some(context.statement(StatementKind::WrongCloud, Certainty::Likely, text, &[i, j]));
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
    wording::list(&names, "and")
}
