//! A report with everything in it, for the tests of the formats.

use std::sync::Arc;

use oauthsift::{
    Catalogue, Engine, Report, Scan,
    report::{Certainty, StatementKind},
};

/// What happened in `sample-logs/mail-stopped.log`, with a diagnosis.
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
    let statement = report.diagnosis.statements[0].clone();
    let say = |kind, certainty, text: &str, incidents: &[&String], at: Option<&str>| {
        let mut statement = statement.clone();
        statement.kind = kind;
        statement.certainty = certainty;
        statement.text = text.to_owned();
        statement.incidents = incidents.iter().map(|id| (*id).clone()).collect();
        statement.findings = vec![0];
        statement.at = at.map(str::to_owned);
        statement
    };
    let action = report.diagnosis.actions[0].clone();
    let act = |text: &str, incident: &String, because: &str, before: Option<&str>| {
        let mut action = action.clone();
        action.text = text.to_owned();
        action.incident = incident.clone();
        action.because = because.to_owned();
        action.before = before.map(str::to_owned);
        action
    };
    report.diagnosis.headline = "The client secret of the integration behind “Contoso Support” expired on 12 January; its token is lost since 19 January. Renew the secret, then authorize the mail server again.".to_owned();
    report.diagnosis.statements = vec![
        say(
            StatementKind::Cause,
            Certainty::Certain,
            "Every refresh since 2026-01-12 06:00 fails because the client secret is past its end date (AADSTS7000222).",
            &[&first],
            None,
        ),
        say(
            StatementKind::Consequence,
            Certainty::Likely,
            "“Token already marked as invalid” follows from it: Jira gave the token up after seven days of failed refreshes.",
            &[&second],
            None,
        ),
        say(
            StatementKind::Deadline,
            Certainty::Certain,
            "The token became unrecoverable at 2026-01-19 06:00.",
            &[&first],
            Some("2026-01-19T06:00:01.388+01:00"),
        ),
        say(
            StatementKind::ClockSkew,
            Certainty::Possible,
            "The clocks of Jira and Entra ID differ by about 1 second, too little to matter.",
            &[],
            None,
        ),
    ];
    report.diagnosis.actions = vec![
        act(
            "Create a new client secret and paste its Value into the integration.",
            &first,
            "Nothing else works until Entra ID knows the secret that Jira sends.",
            None,
        ),
        act(
            "Authorize the mail server “Contoso Support” again.",
            &second,
            "The stored token is given up and does not come back by itself.",
            Some("2026-01-22T12:00:00+01:00"),
        ),
    ];
    report
}
