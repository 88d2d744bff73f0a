//! A report with all kinds of content, for the tests of the formats.

use std::sync::Arc;

use crate::{
    catalogue::Catalogue,
    engine::Engine,
    pipeline::Scan,
    report::{Action, Certainty, Diagnosis, Report, Statement, StatementKind},
};

/// The failures of two sample logs, with a diagnosis.
pub(super) fn report() -> Report {
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/mail-stopped.log");
    let network = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/network.log");
    let mut report = Scan::new(&engine).paths([log, network]).run();
    let root = "/var/atlassian/application-data/jira/log";
    for (at, name) in ["atlassian-jira-incoming-mail.log.1", "atlassian-jira.log"].iter().enumerate() {
        report.inputs[at].source = format!("{root}/{name}");
    }
    for incident in &mut report.incidents {
        if let Some(sample) = &mut incident.sample {
            sample.source = format!("{root}/atlassian-jira-incoming-mail.log.1");
        }
    }
    report.generated_at = "2026-01-20T09:00:00Z".to_owned();
    report.incidents[0].state = Some("stopped".to_owned());
    report.incidents[1].caused_by = Some(report.incidents[0].id.clone());
    let first = report.incidents[0].id.clone();
    let second = report.incidents[1].id.clone();
    let statement = |kind, certainty, text: &str, incidents: &[&String], at: Option<&str>| Statement {
        kind,
        certainty,
        text: text.to_owned(),
        incidents: incidents.iter().map(|id| (*id).clone()).collect(),
        findings: vec![0],
        at: at.map(str::to_owned),
    };
    let action = |text: &str, incident: String, because: &str, before: Option<&str>| Action {
        text: text.to_owned(),
        incidents: vec![incident.clone()],
        incident,
        affected: vec!["Contoso Support".to_owned()],
        because: because.to_owned(),
        before: before.map(str::to_owned),
        passed: None,
    };
    report.diagnosis = Diagnosis {
        headline: "The client secret of the integration behind “Contoso Support” expired on 12 January; its token is lost since 19 January. Renew the secret, then authorize the mail server again.".to_owned(),
        statements: vec![
            statement(StatementKind::Cause, Certainty::Certain, "Every refresh since 2026-01-12 06:00 fails because the client secret is past its end date (AADSTS7000222).", &[&first], None),
            statement(StatementKind::Consequence, Certainty::Likely, "“Token already marked as invalid” follows from it: Jira gave the token up after seven days of failed refreshes.", &[&second], None),
            statement(StatementKind::Deadline, Certainty::Certain, "The token became unrecoverable at 2026-01-19 06:00.", &[&first], Some("2026-01-19T06:00:01.388+01:00")),
            statement(StatementKind::ClockSkew, Certainty::Possible, "The clocks of Jira and Entra ID differ by about 1 second, too little to matter.", &[], None),
        ],
        actions: vec![
            action("Create a new client secret and paste its Value into the integration.", first, "Nothing else works until Entra ID knows the secret that Jira sends.", None),
            action("Authorize the mail server “Contoso Support” again.", second, "The stored token is given up and does not come back by itself.", Some("2026-01-22T12:00:00+01:00")),
        ],
    };
    report
}
