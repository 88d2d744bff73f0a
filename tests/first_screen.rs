//! The table: how long and how wide the first screen is, and that it names what it has to.

use std::{collections::BTreeSet, fmt::Write as _, fs, sync::Arc};

use oauthsift::{
    Catalogue, Engine, Input, Report, Scan,
    render::{Details, Sort, TableOptions, TextStyle, table, table_with},
};

fn engine() -> Engine {
    Engine::new(Arc::new(Catalogue::builtin()))
}

fn scan(engine: &Engine, log: &str) -> Report {
    // Before all deadlines in the logs.
    let inputs = [Input::bytes("atlassian-jira-incoming-mail.log", log.as_bytes().to_vec())];
    Scan::new(engine).inputs(inputs).generated_at(chrono::DateTime::UNIX_EPOCH).run()
}

fn app(i: usize) -> String {
    format!("{:08x}-2d5f-4c1e-8a6e-38d7b4c2d{i:03}", 0x5d1c_0a52 + i * 0x0101_0101)
}

/// `failures` of `apps` applications whose secret has expired, once an hour, in the name of mail servers.
fn expired(apps: usize, failures: usize, server: impl Fn(usize) -> String) -> String {
    let mut log = String::new();
    for i in 0..failures {
        let (app, server) = (app(i % apps), server(i % apps));
        let time = format!("2026-01-{:02} {:02}:00:00", 12 + i / 24, i % 24);
        let _ = writeln!(
            log,
            "{time},104+0000 ERROR [{server}] Caesium-1-3 ServiceRunner     Exception when MailPullerWorker pulls emails: \
             Refresh Token Failed. Reported Reason: AADSTS7000222: The provided client secret keys for app '{app}' are \
             expired. Trace ID: 8a1f3c5e-1b2d-4c3e-9f40-7a6b5c4d{i:04} Correlation ID: \
             0f9e8d7c-6b5a-4948-8372-61504938{i:04} Timestamp: {time}Z"
        );
    }
    log
}

fn logs() -> Vec<std::path::PathBuf> {
    let samples = fs::read_dir("sample-logs").expect("sample-logs");
    let samples =
        samples.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|x| x == "log"));
    let scenarios = fs::read_dir("tests/scenarios").expect("scenarios");
    let mut logs: Vec<_> =
        samples.chain(scenarios.flatten().map(|entry| entry.path()).filter(|path| path.is_dir())).collect();
    logs.sort();
    assert!(logs.len() > 20);
    logs
}

#[test]
fn two_incidents_fit_on_a_terminal_of_24_lines() {
    let engine = engine();
    for path in logs() {
        for time in [chrono::DateTime::UNIX_EPOCH, chrono::DateTime::from_timestamp(4_000_000_000, 0).expect("a time")]
        {
            let report = Scan::new(&engine).paths([&path]).generated_at(time).summarize();
            let text = table(&report, &TextStyle::default());
            let max_lines = if report.incidents.len() <= 2 { 24 } else { 30 };
            assert!(text.lines().count() <= max_lines, "{}:\n{text}", path.display());
        }
    }
}

#[test]
fn many_applications_fit_into_60_lines_and_are_one_action() {
    let engine = engine();
    type Name = fn(usize) -> String;
    let servers: [(&str, Name); 3] = [
        ("without a name", |_| String::new()),
        ("with short names", |i| format!("Support mail {i}")),
        ("with long names", |i| format!("Customer service of the branch in Springfield {i}")),
    ];
    for (kind, server) in servers {
        let report = scan(&engine, &expired(21, 151, server));
        assert_eq!((report.summary.findings, report.incidents.len()), (151, 21), "{kind}");
        let text = table(&report, &TextStyle::default());
        assert!(text.lines().count() <= 60, "{kind}: {} lines\n{text}", text.lines().count());
        assert_eq!(text.lines().filter(|line| line.contains("AADSTS7000222: ")).count(), 21, "{kind}\n{text}");
        let [action] = report.diagnosis.actions.as_slice() else { panic!("{:?}", report.diagnosis.actions) };
        assert_eq!((action.incidents.len(), action.affected.len()), (21, 21), "{kind}");
        // The first failure was at midnight of the 12th.
        assert_eq!(action.before.as_deref(), Some("2026-01-19T00:00:00.104+00:00"), "{kind}");
        assert!(report.diagnosis.headline.contains("21 "), "{kind}: {}", report.diagnosis.headline);
        assert_eq!(report.diagnosis.headline.lines().count(), 1, "{kind}");
    }
    let text = table(&scan(&engine, &expired(21, 151, |_| String::new())), &TextStyle::default());
    let what_to_do = text.split("SEVERITY").next().expect("a part");
    for i in 0..21 {
        assert!(what_to_do.contains(&app(i)[..8]), "{}\n{text}", app(i));
    }
}

#[test]
fn unrelated_faults_are_named_each_in_one_line() {
    let report = Scan::new(&engine()).paths(["sample-logs/network.log"]).run();
    let headline: Vec<&str> = report.diagnosis.headline.lines().collect();
    assert_eq!(headline.len(), 3, "{headline:?}");
    let text = table(&report, &TextStyle::default());
    for (line, incident) in headline.iter().zip(&report.incidents) {
        assert!(line.starts_with(&incident.title), "{line}");
        assert!(text.contains(&format!("- {line}\n")), "{line}\n{text}");
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let engine = engine();
    let long = expired(21, 151, |i| format!("Customer service of the branch in Springfield {i}"));
    let mut reports: Vec<Report> = logs().iter().map(|path| Scan::new(&engine).paths([path]).summarize()).collect();
    reports.push(scan(&engine, &long));
    for report in &reports {
        for width in [40, 60, 80, 100, 120, 200] {
            let text = table(report, &TextStyle::new(width, false));
            for line in text.lines() {
                assert!(line.chars().count() <= width, "{width}: {line}");
            }
        }
    }
}

#[test]
fn an_order_keeps_all_incidents_and_their_numbers() {
    let engine = engine();
    let report = scan(&engine, &expired(21, 151, |i| format!("Support mail {i}")));
    let numbers = |options: &TableOptions| -> Vec<usize> {
        let text = table_with(&report, &TextStyle::new(120, false), options);
        let rows = text.lines().filter_map(|line| line.get(..11).filter(|row| row.ends_with("critical")));
        rows.map(|row| row[..2].trim().parse().expect("a number")).collect()
    };
    for sort in [Sort::Priority, Sort::Time, Sort::Severity, Sort::Count] {
        let options = TableOptions::new().sort(sort);
        let shown = numbers(&options);
        assert_eq!(shown.iter().copied().collect::<BTreeSet<_>>(), (1..=21).collect(), "{sort:?}");
        assert_eq!(numbers(&options.top(3)), shown[..3], "{sort:?}");
    }
    let latest = numbers(&TableOptions::new().sort(Sort::Time).top(1));
    let last_seen = |number: usize| report.incidents[number - 1].last_seen.clone();
    assert!((1..=21).all(|number| last_seen(number) <= last_seen(latest[0])));
}

#[test]
fn details_show_the_steps_of_the_incidents_that_were_asked_for() {
    let report = Scan::new(&engine()).paths(["sample-logs/network.log"]).run();
    let style = TextStyle::new(1000, false);
    let step = |text: &str, number: usize| {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let start: String = report.incidents[number - 1].steps[0].chars().take(40).collect();
        words(text).contains(words(&start).as_str())
    };
    let first_screen = table(&report, &style);
    assert!((1..=3).all(|number| !step(&first_screen, number)));
    let second = table_with(&report, &style, &TableOptions::new().details(Details::Incidents(vec![2])));
    assert!(step(&second, 2) && !step(&second, 1) && !step(&second, 3), "{second}");
    assert!(!second.contains("WHAT TO DO"));
    let all = table_with(&report, &style, &TableOptions::new().details(Details::All));
    assert!((1..=3).all(|number| step(&all, number)));
    assert!(all.contains("WHAT TO DO"));
    // Each page is listed once, and no address is broken.
    let all = table_with(&report, &TextStyle::new(60, false), &TableOptions::new().details(Details::All));
    let mut pages: Vec<&str> =
        report.incidents.iter().flat_map(|one| &one.references).map(|page| page.url.as_str()).collect();
    pages.sort_unstable();
    pages.dedup();
    for page in pages {
        assert_eq!(all.lines().filter(|line| line.ends_with(&format!(") {page}"))).count(), 1, "{page}");
    }
    let linked =
        table_with(&report, &TextStyle::new(80, true).with_links(true), &TableOptions::new().details(Details::All));
    assert!(linked.contains("\x1b]8;;https://") && !linked.contains("REFERENCES"));
}

#[test]
fn a_deadline_that_is_over_is_shown_as_past() {
    let engine = engine();
    let log = expired(1, 30, |_| "Support".to_owned());
    let inputs = || [Input::bytes("atlassian-jira-incoming-mail.log", log.as_bytes().to_vec())];
    let at = |time: &str| {
        let time = chrono::DateTime::parse_from_rfc3339(time).expect("a time").to_utc();
        Scan::new(&engine).inputs(inputs()).generated_at(time).run()
    };
    let (early, late) = (at("2026-01-18T23:59:00Z"), at("2026-01-19T00:01:00Z"));
    let due = Some("2026-01-19T00:00:00.104+00:00");
    let action = |report: &Report| report.diagnosis.actions[0].clone();
    assert_eq!((action(&early).before.as_deref(), action(&early).passed), (due, None));
    assert_eq!((action(&late).before, action(&late).passed.as_deref()), (None, due));
    let text =
        |report: &Report| format!("{}{}", table(report, &TextStyle::default()), oauthsift::render::markdown(report));
    assert!(text(&early).contains("Jira invalidates the token"));
    assert!(!text(&late).contains("Jira invalidates the token") && !text(&late).contains("Before 2026"));
    assert!(text(&late).contains("Jira invalidated the token"));
}

#[test]
fn a_known_cause_is_not_looked_for_in_older_files() {
    let engine = engine();
    let whole = Scan::new(&engine).paths(["tests/scenarios/secret-expired-then-lost"]).run();
    let alone = Scan::new(&engine).paths(["tests/scenarios/cause-rotated-away"]).run();
    let lost = |report: &Report| {
        let lost = report.incidents.iter().find(|incident| incident.pattern == "jira-token-unrecoverable");
        let lost = lost.expect("the invalid token");
        format!("{} {}", lost.cause, lost.steps.join(" "))
    };
    assert!(lost(&alone).contains("older files") && lost(&alone).contains("older lines"));
    assert!(!lost(&whole).contains("older"), "{}", lost(&whole));
}

#[test]
fn subjects_that_are_counted_together_are_labelled() {
    let report = scan(&engine(), &expired(30, 151, |i| format!("Support mail {i}")));
    let merged: Vec<_> = report.incidents.iter().filter(|incident| incident.merged_subjects.is_some()).collect();
    assert_eq!(merged.len(), 1);
    assert_eq!(merged[0].merged_subjects, Some(10));
    let text = table(&report, &TextStyle::new(120, false));
    assert!(text.contains(" 10 others "), "{text}");
    assert!(report.diagnosis.headline.contains("20 mail servers and 10 others"), "{}", report.diagnosis.headline);
}
