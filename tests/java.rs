//! Fresh logs of real Java libraries against what their records mean. `tests/java/` fails on purpose, over the loopback
//! interface alone, in an order that differs with each run; `OAUTHSIFT_JAVA_SEED=n` repeats a run.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use oauthsift::{Engine, RedactionLevel, Scan};

#[path = "support/truth.rs"]
mod truth;

use truth::{Found, Log, Row, Score};

/// What the engine still judges wrongly, at most. The aim is 0.
mod allowed {
    pub(crate) const MISSED: usize = 0;
    pub(crate) const OTHER_ID: usize = 0;
    pub(crate) const WRONG_FACTS: usize = 0;
    pub(crate) const FALSE_FINDINGS: usize = 0;
    pub(crate) const STRAYS: usize = 0;
    /// Faults of reading.
    pub(crate) const FAULTS: usize = 0;
}

/// Debian's packages liblog4j2-java, libjackson2-databind-java, libmail-java and libhttpclient-java.
const JARS: [&str; 11] = [
    "log4j-api",
    "log4j-core",
    "jackson-core",
    "jackson-databind",
    "jackson-annotations",
    "javax.mail",
    "javax.activation",
    "httpclient",
    "httpcore",
    "commons-logging",
    "commons-codec",
];

/// Names that lead to this machine; all others cannot be resolved.
const HOSTS: [&str; 6] = [
    "login.microsoftonline.com",
    "outlook.office365.com",
    "smtp.office365.com",
    "smtp.gmail.com",
    "proxy.corp.example",
    "crm.corp.example",
];

/// Logs of `tests/java/log4j2.xml`.
const LOGS: [&str; 7] = ["jira", "incoming", "outgoing", "json", "lines", "gelf", "ecs"];

/// Time limit of the compiler and of the harness.
const TIME_LIMIT: Duration = Duration::from_secs(55);

/// The jars, or what is missing.
fn class_path() -> Result<OsString, String> {
    let jars: Vec<PathBuf> = JARS.iter().map(|jar| Path::new("/usr/share/java").join(format!("{jar}.jar"))).collect();
    for tool in ["java", "javac"] {
        let found = Command::new(tool).arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !found.is_ok_and(|status| status.success()) {
            return Err(format!("no {tool}"));
        }
    }
    match jars.iter().find(|jar| !jar.exists()) {
        Some(jar) => Err(format!("no {}", jar.display())),
        None => Ok(env::join_paths(jars).expect("no colons")),
    }
}

/// Runs a command to its end, no longer than [`TIME_LIMIT`]. What it prints is shown when it fails.
fn run(command: &mut Command, log: &Path) {
    let out = fs::File::create(log).expect("a file");
    let mut child =
        command.stdout(out.try_clone().expect("a file")).stderr(out).stdin(Stdio::null()).spawn().expect("starts");
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break Some(status);
        }
        if start.elapsed() > TIME_LIMIT {
            child.kill().expect("killed");
            child.wait().expect("ended");
            break None;
        }
        thread::sleep(Duration::from_millis(50));
    };
    assert!(
        status.is_some_and(|status| status.success()),
        "{status:?}\n{}",
        fs::read_to_string(log).unwrap_or_default()
    );
}

/// Files of a log, oldest first: dates and numbers in names sort as texts, for there are few; the log itself is last.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    let is_live = |path: &Path| !path.to_string_lossy().contains("20");
    files.sort_by_key(|path| (is_live(Path::new(path.file_name().expect("a name"))), path.clone()));
    files
}

/// The log as one, its findings as a scan of its folder gives them, and the number of faults.
fn scanned(engine: &Engine, name: &str, folder: &Path, rows: Vec<Row>) -> (Log, Vec<Found>, usize) {
    let (mut bytes, mut starts) = (Vec::new(), BTreeMap::new());
    for file in files(folder) {
        starts.insert(file.to_string_lossy().into_owned(), bytes.len() as u64);
        bytes.extend(fs::read(file).expect("a log"));
    }
    let report = Scan::new(engine).paths([folder]).redaction(RedactionLevel::Secrets).run();
    report.faults.iter().for_each(|fault| println!("{name}: {}", fault.message));
    let found = report
        .findings
        .iter()
        .map(|finding| {
            (finding.offset + starts[&finding.source], serde_json::to_value(finding).expect("a finding is JSON"))
        })
        .collect();
    (Log { name: name.to_owned(), bytes, rows }, found, report.faults.len())
}

/// What docs/coverage.md knows of the scenarios: verdict, cause and logs of each, as in `tests/java/scenarios.tsv`.
fn scenarios(rows: &BTreeMap<String, Vec<Row>>) -> String {
    let mut scenarios: BTreeMap<&str, (&Row, Vec<&str>)> = BTreeMap::new();
    for (log, rows) in rows {
        for row in rows {
            scenarios.entry(&row.scenario).or_insert((row, Vec::new())).1.push(log);
        }
    }
    let line = |(name, (row, logs)): (&&str, &(&Row, Vec<&str>))| {
        format!("{name}\t{}\t{}\t{}\t{}\n", row.verdict, row.cause, row.ids.join(" "), logs.join(" "))
    };
    scenarios.iter().map(line).collect()
}

#[test]
fn fresh_logs_of_real_libraries_have_the_right_verdicts() {
    let class_path = match class_path() {
        Ok(class_path) => class_path,
        Err(missing) => {
            assert!(env::var_os("CI").is_none(), "{missing}: .ci/run installs it");
            println!("skipped: {missing}");
            return;
        }
    };
    let seed = env::var("OAUTHSIFT_JAVA_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| {
        SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as u64 % 1_000_000
    });
    println!("OAUTHSIFT_JAVA_SEED={seed}");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/java");
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let mut java: Vec<PathBuf> =
        fs::read_dir(&sources).expect("tests/java").flatten().map(|entry| entry.path()).collect();
    java.retain(|path| path.extension().is_some_and(|extension| extension == "java"));
    run(
        Command::new("javac").args(["-nowarn", "-cp"]).arg(&class_path).arg("-d").arg(path("classes")).args(java),
        &path("javac.txt"),
    );
    LOGS.iter().for_each(|log| fs::create_dir_all(path("logs").join(log)).expect("a folder"));
    fs::write(path("hosts"), HOSTS.map(|host| format!("127.0.0.1 {host}\n")).concat()).expect("written");
    let option = |name: &str, value: &Path| format!("-D{name}={}", value.display());
    let class_path =
        env::join_paths([path("classes")].into_iter().chain(env::split_paths(&class_path))).expect("a path");
    run(
        Command::new("java")
            .arg(option("jdk.net.hosts.file", &path("hosts")))
            .arg(option("logs", &path("logs")))
            .arg(option("log4j2.configurationFile", &sources.join("log4j2.xml")))
            .args([
                "-Dlog4j.Clock=Logs$Time",
                "--add-exports",
                "java.base/sun.security.tools.keytool=ALL-UNNAMED",
                "-cp",
            ])
            .arg(class_path)
            .arg("Main")
            .arg(folder.path())
            .arg(seed.to_string()),
        &path("java.txt"),
    );
    let truth = fs::read(path("truth.json")).expect("truth.json");
    let mut rows: BTreeMap<String, Vec<Row>> = serde_json::from_slice(&truth).expect("truth.json");
    let engine = truth::engine();
    let listed = sources.join("scenarios.tsv");
    if env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&listed, scenarios(&rows)).expect("written");
    }
    let known = fs::read_to_string(&listed).unwrap_or_default();
    assert!(scenarios(&rows) == known, "tests/java/scenarios.tsv is stale: set UPDATE_SNAPSHOTS=1");
    let (mut score, mut faults) = (Score::default(), 0);
    for name in LOGS {
        let rows = rows.remove(name).unwrap_or_else(|| panic!("nothing was written to {name}"));
        let (log, found, faulty) = scanned(&engine, name, &path("logs").join(name), rows);
        score.judge(&log, &found);
        faults += faulty;
    }
    println!("{}", score.table());
    if env::var_os("OAUTHSIFT_KEEP_JAVA_LOGS").is_some() {
        println!("logs are kept in {}", folder.keep().display());
    }
    for (what, figure, allowed) in [
        ("missed", score.missed, allowed::MISSED),
        ("under another id", score.other_id, allowed::OTHER_ID),
        ("wrong facts", score.wrong_facts, allowed::WRONG_FACTS),
        ("false", score.false_findings, allowed::FALSE_FINDINGS),
        ("within other records", score.strays, allowed::STRAYS),
        ("faults", faults, allowed::FAULTS),
    ] {
        assert!(figure <= allowed, "{what}: {figure}, no more than {allowed} allowed; OAUTHSIFT_JAVA_SEED={seed}");
        if figure < allowed {
            println!("{what}: {figure}; lower the constant {allowed} in tests/java.rs");
        }
    }
}
