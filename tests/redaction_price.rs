//! What strict redaction costs: of ordinary logs hardly any word may be removed, and none that support needs.

#[path = "../benches/loggen/mod.rs"]
mod loggen;

use std::{collections::HashMap, fs, path::Path};

use oauthsift::{RedactionLevel, redact};

/// Of a thousand tokens at most so many may be removed wrongly.
const MAX_PER_THOUSAND: f64 = 5.0;

/// Who and what is hidden rightly in the made-up logs.
const HIDDEN: &[&str] = &[
    "mrossi",
    "hvoss77",
    "hannah.voss",
    "svc-deploy",
    "203.0.113.",
    "198.51.100.",
    "contoso",
    "example.com",
    "example.org",
    "example.net",
    ".example",
    "DC=",
    "JIRAUSER",
    "ajones",
    "bmiller",
    "cwong",
    "dsmith",
    "efischer",
    "gmartin",
    "lindqvist",
    "svc-reports",
    "Contoso",
];

/// What support needs of the ordinary logs.
const NEEDED: &[&str] = &[
    "8a1f3c5e-1b2d-4c3e-9f40-7a6b5c4d0101",
    "2b4d6f80-aaaa-4bbb-8ccc-0123456789ab",
    "AADSTS65004",
    "access_denied",
    "outlook.office365.com:993",
    "smtp.office365.com",
    "9.12.4#9120004-sha1:1f2e3d4c5b6a798877665544332211ffeeddccbb",
    "DefaultTokenHandler",
    "MapiExceptionSendAsDenied",
    "80090308:",
    "10.3.2.1",
    "17.0.9",
    "595x77x1",
    "1gcp9zo",
    "OAuth2CallbackServlet",
    "/plugins/servlet/oauth2/client/callback/7c1e9a04",
    "SQLProcessor",
    "AUTH=XOAUTH2",
    "$$Lambda$4471/0x0000000803a1c440",
    "TLS_AES_256_GCM_SHA384",
    "554",
    "5.2.252",
    "2026-01-05T09:25:03.337Z,",
];

/// The tokens of `before` that are not in `after`, but for those that are hidden rightly.
fn lost<'t>(before: &'t str, after: &str, hidden: &[String]) -> Vec<&'t str> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    after.split_whitespace().for_each(|token| *left.entry(token).or_default() += 1);
    let gone = before.split_whitespace().filter(|token| match left.get_mut(token) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    let rightly = |token: &str| {
        HIDDEN.iter().any(|name| token.contains(name)) || hidden.iter().any(|name| token.contains(name.as_str()))
    };
    gone.filter(|token| !rightly(token)).collect()
}

fn check(what: &str, before: &str, hidden: &[String]) {
    let after = redact(before.as_bytes(), RedactionLevel::Strict);
    let lost = lost(before, &after, hidden);
    let all = before.split_whitespace().count();
    let share = lost.len() as f64 * 1000.0 / all as f64;
    assert!(share <= MAX_PER_THOUSAND, "{what}: {} of {all} tokens, {share:.2} per thousand: {lost:?}", lost.len());
    for needed in NEEDED.iter().filter(|needed| before.contains(**needed)) {
        assert!(after.contains(needed), "{what}: {needed} is gone");
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("readable")
}

/// Logs of a folder, with those of its folders.
fn logs(folder: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(logs(path.to_str().expect("UTF-8")));
        } else if path.to_string_lossy().contains(".log") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn ten_kinds_of_ordinary_logs_stay_readable() {
    let paths = logs("tests/ordinary-logs");
    assert_eq!(paths.len(), 10);
    for path in paths {
        check(&path.to_string_lossy(), &read(&path), &[]);
    }
}

#[test]
fn sample_logs_and_scenarios_stay_readable() {
    let read_all = |folder: &str| -> String {
        logs(folder).iter().filter_map(|path| fs::read_to_string(path).ok()).collect::<Vec<_>>().join("")
    };
    // Users, hosts and tenants of theirs.
    let hidden: Vec<String> =
        ["user", "jdoe", "admin", "jira.", "proxy", "Contoso", "Fabrikam", "@"].map(str::to_owned).into();
    check("sample-logs", &read_all("sample-logs"), &hidden);
    check("scenarios", &read_all("tests/scenarios"), &hidden);
}

#[test]
fn generated_logs_stay_readable() {
    let recipe = loggen::Recipe { bytes: 1 << 20, failure_rate: 0.05, ..loggen::Recipe::default() };
    let (log, truths) = loggen::generate(&recipe);
    let log = String::from_utf8_lossy(&log).into_owned();
    check("generated", &log, &[]);
    let shown = redact(log.as_bytes(), RedactionLevel::Strict);
    for id in truths.iter().flat_map(|truth| [&truth.trace_id, &truth.correlation_id]).flatten() {
        assert!(shown.contains(id.as_str()), "{id} is gone");
    }
}
