//! `docs/coverage.md` is made from the logs and cases of the tests. `UPDATE_SNAPSHOTS=1 cargo test --test coverage`
//! rewrites it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

use oauthsift::{Catalogue, Engine};

#[path = "support/realjava.rs"]
mod logs;
#[allow(dead_code)]
#[path = "support/truth.rs"]
mod truth;

/// Columns of the table, and the logs that fill them: of `tests/realjava/`, then of `tests/java/`.
const LAYOUTS: [(&str, &[&str]); 11] = [
    ("Jira's log", &["l4j2-atlassian-jira", "jira"]),
    ("incoming mail log", &["l4j2-atlassian-jira-incoming-mail", "incoming"]),
    ("outgoing mail log", &["l4j2-atlassian-jira-outgoing-mail", "outgoing"]),
    ("ISO time pattern", &["pat-iso-atlassian-jira"]),
    ("JsonLayout", &["json-compact-atlassian-jira", "json"]),
    ("JsonLayout, stack as text", &["json-string-atlassian-jira"]),
    ("JsonLayout, pretty-printed", &["lines"]),
    ("ECS", &["jtl-ecs-atlassian-jira", "ecs"]),
    ("Logstash", &["jtl-logstash-atlassian-jira"]),
    ("GELF", &["jtl-gelf-atlassian-jira", "gelf"]),
    ("Google Cloud", &["jtl-gcp-atlassian-jira"]),
];

/// Who failed, by the name of the scenario.
fn client(scenario: &str) -> &'static str {
    let parts: Vec<&str> = scenario.split('-').collect();
    for part in parts.iter().rev() {
        match *part {
            "huc" => return "HttpURLConnection",
            "jnh" => return "java.net.http",
            "hc4" => return "Apache HttpClient 4",
            "hc5" => return "Apache HttpClient 5",
            "nimbus" => return "Nimbus",
            "imap" | "imaps" => return "JavaMail IMAP",
            "pop3" | "pop3s" => return "JavaMail POP",
            "smtp" | "smtps" => return "JavaMail SMTP",
            _ => {}
        }
    }
    match (parts[0], scenario) {
        ("k", name) if name.contains("google") || name.contains("gapi") => "Google's client",
        ("k", _) => "Nimbus",
        ("m", _) => "JavaMail IMAP",
        ("o", _) => "JavaMail POP",
        ("s", _) => "JavaMail SMTP",
        ("g", _) => "Graph SDK",
        _ => "Jira",
    }
}

/// A record of a real log.
struct Record {
    log: String,
    scenario: String,
    verdict: String,
    cause: String,
    ids: Vec<String>,
}

fn records() -> Vec<Record> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut records = Vec::new();
    let scenarios = fs::read_to_string(root.join("tests/java/scenarios.tsv")).expect("tests/java/scenarios.tsv");
    for line in scenarios.lines() {
        let [scenario, verdict, cause, ids, logs] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("no scenario: {line}")
        };
        records.extend(logs.split(' ').map(|log| Record {
            log: log.to_owned(),
            scenario: scenario.to_owned(),
            verdict: verdict.to_owned(),
            cause: cause.to_owned(),
            ids: ids.split_whitespace().map(str::to_owned).collect(),
        }));
    }
    let fresh: BTreeSet<String> = records.iter().map(|record| record.cause.clone()).collect();
    for log in logs::logs() {
        for row in log.rows {
            // The same cause in more words is the same row of the table.
            let short = fresh.iter().find(|cause| row.cause.starts_with(cause.as_str()));
            records.push(Record {
                log: log.name.trim_end_matches(".log").to_owned(),
                cause: short.cloned().unwrap_or(row.cause),
                scenario: row.scenario,
                verdict: row.verdict,
                ids: row.ids,
            });
        }
    }
    records
}

fn causes(records: &[Record], out: &mut String) {
    let mut table: BTreeMap<&str, (BTreeSet<&str>, [usize; LAYOUTS.len()])> = BTreeMap::new();
    for record in records.iter().filter(|record| record.verdict == "must") {
        let (clients, counts) = table.entry(&record.cause).or_default();
        clients.insert(client(&record.scenario));
        let column = LAYOUTS.iter().position(|(_, logs)| logs.contains(&&*record.log));
        counts[column.unwrap_or_else(|| panic!("{} has no column", record.log))] += 1;
    }
    let heads: Vec<&str> = LAYOUTS.iter().map(|(name, _)| *name).collect();
    writeln!(out, "| cause | clients | {} |\n|---|---|{}", heads.join(" | "), "---|".repeat(heads.len()))
        .expect("a text");
    for (cause, (clients, counts)) in &table {
        let clients: Vec<&str> = clients.iter().copied().collect();
        let counts = counts.map(|count| if count == 0 { String::new() } else { count.to_string() });
        writeln!(out, "| {cause} | {} | {} |", clients.join(", "), counts.join(" | ")).expect("a text");
    }
}

/// Findings that the cases of `tests/corpus/` expect, by catalogue id, and the number of cases without any.
fn corpus() -> (BTreeMap<String, usize>, usize, usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let (mut ids, mut cases, mut noise) = (BTreeMap::new(), 0, 0);
    for path in fs::read_dir(folder).expect("tests/corpus").flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let table: toml::Table = fs::read_to_string(&path).expect("a file").parse().expect("TOML");
        for case in table["case"].as_array().expect("cases") {
            cases += 1;
            noise += usize::from(case.get("finding").is_none());
            for finding in case.get("finding").and_then(toml::Value::as_array).into_iter().flatten() {
                if let Some(id) = finding.get("pattern").and_then(toml::Value::as_str) {
                    *ids.entry(id.to_owned()).or_default() += 1;
                }
            }
        }
    }
    (ids, cases, noise)
}

fn page() -> String {
    let records = records();
    let (corpus, cases, noise) = corpus();
    let engine: Engine = truth::engine();
    let catalogue: &Catalogue = engine.catalogue();
    let must = records.iter().filter(|record| record.verdict == "must").count();
    let mut out = format!(
        "# What is tested\n\nMade by `tests/coverage.rs` from the test data; do not edit.\n\n\
         ## Logs that real software wrote\n\n\
         {} records of real libraries, {must} of which must be found: `tests/realjava/` as it was written once, `tests/java/`\n\
         written again in each run. Each number is a count of records. Both are scanned, and the former are followed, unpacked and\n\
         read in every form of rotated names as well.\n\n",
        records.len()
    );
    causes(&records, &mut out);
    writeln!(
        out,
        "\n## Catalogue entries\n\n{cases} cases in `tests/corpus/`, {noise} of which must give no finding. For each entry: findings that they expect,\n\
         and records of real software for which it is right.\n\n| entry | corpus | real software |\n|---|---|---|"
    )
    .expect("a text");
    let mut real: BTreeMap<&str, usize> = BTreeMap::new();
    for record in records.iter().filter(|record| record.verdict == "must") {
        record.ids.iter().for_each(|id| *real.entry(id).or_default() += 1);
    }
    let mut ids: Vec<&str> = catalogue.patterns().iter().map(|pattern| pattern.id.as_str()).collect();
    ids.sort_unstable();
    let shown = |count: Option<&usize>| count.map_or_else(String::new, usize::to_string);
    for id in ids {
        writeln!(out, "| {id} | {} | {} |", shown(corpus.get(id)), shown(real.get(id))).expect("a text");
    }
    out
}

#[test]
fn the_coverage_table_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coverage.md");
    let page = page();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, &page).expect("written");
    }
    let current = fs::read_to_string(&path).unwrap_or_default();
    assert!(current == page, "docs/coverage.md is stale: UPDATE_SNAPSHOTS=1 cargo test --test coverage");
}
