//! `follow` as a service: it refuses to start where it could not work, its findings can be rotated, and the files of
//! packaging/ fit the program.
#![cfg(unix)]

use std::{
    collections::BTreeSet,
    env, fs,
    io::Write as _,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_oauthsift");
/// Longer than any step takes on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);

fn packaging() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging")
}

fn record(n: usize) -> String {
    format!(
        "2026-01-05 20:34:{:02},014+0000 main ERROR a 1x1x1 b /x [c.a.o.c.X] The error message is: AADSTS7000215: Invalid \
         client secret provided. Trace ID: 00000000-0000-4000-8000-{n:012}\n",
        n % 60
    )
}

fn append(path: &Path, text: &str) {
    fs::OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn follow(folder: &Path, args: &[&str]) -> Child {
    Command::new(PROGRAM)
        .arg("follow")
        .args(args)
        .current_dir(folder)
        .env("OAUTHSIFT_CONFIG", "")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

fn wait_for(what: &str, mut is_true: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_true() {
        assert!(start.elapsed() < TIMEOUT, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The lines of a file of JSON, each parsed.
fn lines(path: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let end = text.rfind('\n').map_or(0, |at| at + 1);
    text[..end].lines().map(|line| serde_json::from_str(line).unwrap_or_default()).collect()
}

fn findings(path: &Path) -> Vec<String> {
    let lines = lines(path);
    lines
        .iter()
        .filter(|line| line["type"] == "finding")
        .map(|line| line["trace_id"].as_str().unwrap().to_owned())
        .collect()
}

fn trace_ids(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    numbers.into_iter().map(|n| format!("00000000-0000-4000-8000-{n:012}")).collect()
}

/// A run that must end by itself.
fn refused(folder: &Path, args: &[&str]) -> String {
    let mut child = follow(folder, args);
    wait_for(&format!("{args:?} starts"), || child.try_wait().unwrap().is_some());
    let Output { status, stderr, .. } = child.wait_with_output().unwrap();
    assert_eq!(status.code(), Some(2), "{args:?}");
    String::from_utf8(stderr).unwrap()
}

#[test]
fn a_run_that_could_not_save_or_measure_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    append(&at.join("a.log"), &record(0));
    fs::create_dir(at.join("folder")).unwrap();
    for output in ["none/file", "folder", "a.log/file"] {
        for option in ["--state", "--metrics", "--output"] {
            let error = refused(at, &[option, output, "a.log"]);
            assert!(error.contains(output), "{option} {output}: {error}");
        }
    }
    let error = refused(at, &["--state", "x.json", "--output", "./x.json", "a.log"]);
    assert!(error.contains("--output"), "{error}");
    assert_eq!(fs::read_dir(at).unwrap().count(), 2);
    // Root may write everywhere.
    fs::create_dir(at.join("closed")).unwrap();
    fs::set_permissions(at.join("closed"), PermissionsExt::from_mode(0o555)).unwrap();
    if fs::write(at.join("closed/test"), "").is_err() {
        for option in ["--state", "--metrics", "--output"] {
            assert!(refused(at, &[option, "closed/file", "a.log"]).contains("closed/file"));
        }
    }
}

#[test]
fn what_can_never_be_followed_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    assert!(Command::new("mkfifo").arg(at.join("fifo")).status().unwrap().success());
    fs::write(at.join("a.log.gz"), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]).unwrap();
    fs::write(at.join("a.zip"), b"PK\x03\x04 and more").unwrap();
    fs::write(at.join("wide.log"), b"\xff\xfe2\x000\x002\x006\x00").unwrap();
    symlink("fifo", at.join("link.log")).unwrap();
    append(&at.join("a.log"), &record(0));
    for (path, reason) in [
        ("fifo", "oauthsift follow -"),
        ("link.log", "oauthsift follow -"),
        ("/dev/null", "oauthsift follow -"),
        ("a.log.gz", "oauthsift scan"),
        ("a.zip", "oauthsift scan"),
        ("wide.log", "UTF-16"),
        ("a.log/b.log", "not a folder"),
    ] {
        let error = refused(at, &["a.log", path]);
        assert!(error.contains(path) && error.contains(reason), "{path}: {error}");
    }
}

#[test]
fn findings_are_rotated_without_losing_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let (log, output) = (at.join("a.log"), at.join("findings.jsonl"));
    append(&log, &record(0));
    // What a run that was killed left.
    fs::write(&output, "{\"type\":\"fin").unwrap();
    let args = ["--from", "start", "--quiet-ms", "50", "--state", "state.json", "--output", "findings.jsonl", "a.log"];
    let child = follow(at, &args);
    for generation in 0..4 {
        let numbers = generation * 5..generation * 5 + 5;
        numbers.clone().filter(|n| *n > 0).for_each(|n| append(&log, &record(n)));
        let expected = trace_ids(numbers);
        wait_for("the findings come", || findings(&output) == expected);
        let rotated = at.join(format!("findings.jsonl.{generation}"));
        fs::rename(&output, &rotated).unwrap();
        signal(&child, "HUP");
        wait_for("the file is opened again", || output.exists());
        assert_eq!(findings(&rotated), expected);
    }
    append(&log, &record(99));
    wait_for("the last finding comes", || findings(&output).len() == 1);
    signal(&child, "TERM");
    let end = child.wait_with_output().unwrap();
    assert_eq!(end.status.code(), Some(143), "{}", String::from_utf8_lossy(&end.stderr));
    assert!(end.stdout.is_empty());
    assert_eq!(lines(&output).last().unwrap()["type"], "summary");
    let first = fs::read_to_string(at.join("findings.jsonl.0")).unwrap();
    assert!(first.starts_with("{\"type\":\"fin\n{"), "{first}");
}

#[test]
fn without_an_output_file_a_hangup_ends_the_run() {
    let folder = tempfile::tempdir().unwrap();
    append(&folder.path().join("a.log"), &record(0));
    let child = follow(folder.path(), &["--state", "state.json", "--format", "jsonl", "a.log"]);
    wait_for("the state is saved", || folder.path().join("state.json").exists());
    signal(&child, "HUP");
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(129));
}

/// Names of metrics in a text.
fn metric_names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with("oauthsift_follow_")).map(str::to_owned).collect()
}

#[test]
fn the_alert_rules_and_the_dashboard_use_only_metrics_that_exist_and_others_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let (log, metrics) = (folder.path().join("a.log"), folder.path().join("oauthsift.prom"));
    append(&log, &record(0));
    let args = ["--from", "start", "--quiet-ms", "50", "--until-first", "--metrics", "oauthsift.prom", "a.log"];
    assert!(follow(folder.path(), &args).wait().unwrap().success());
    let text = fs::read_to_string(&metrics).unwrap();
    assert_eq!(fs::metadata(&metrics).unwrap().permissions().mode() & 0o044, 0o044);
    let written = metric_names(&text);
    for file in ["monitoring/alerts.yml", "monitoring/dashboard.json"] {
        let used = metric_names(&fs::read_to_string(packaging().join(file)).unwrap());
        let unknown: Vec<_> = used.difference(&written).collect();
        assert!(unknown.is_empty() && used.len() > 4, "{file}: {unknown:?}");
    }
    if let Some(mut promtool) = tool("promtool") {
        let file = fs::File::open(&metrics).unwrap();
        let output = promtool.args(["check", "metrics"]).stdin(file).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn promtool_accepts_the_alert_rules_and_their_tests() {
    let Some(mut promtool) = tool("promtool") else { return };
    let output = promtool
        .args(["test", "rules", "alerts.test.yml"])
        .current_dir(packaging().join("monitoring"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn systemd_verifies_the_unit_where_a_package_installs_it() {
    let Some(mut analyze) = tool("systemd-analyze") else { return };
    let root = tempfile::tempdir().unwrap();
    let at = |path: &str| root.path().join(path);
    for folder in ["usr/bin", "bin", "usr/lib/systemd/system"] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    fs::copy(PROGRAM, at("usr/bin/oauthsift")).unwrap();
    fs::copy("/bin/kill", at("bin/kill")).unwrap();
    fs::copy(
        packaging().join("systemd/oauthsift-follow.service"),
        at("usr/lib/systemd/system/oauthsift-follow.service"),
    )
    .unwrap();
    for unit in ["sysinit", "basic", "local-fs", "remote-fs", "multi-user", "shutdown"] {
        fs::write(at(&format!("usr/lib/systemd/system/{unit}.target")), "[Unit]\nDescription=test\n").unwrap();
    }
    let output = analyze
        .args(["verify", "--man=no", "--recursive-errors=yes"])
        .arg(format!("--root={}", root.path().display()))
        .arg("oauthsift-follow.service")
        .output()
        .unwrap();
    let messages = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && messages.is_empty(), "{messages}");
}

#[test]
fn logrotate_accepts_the_rotation_of_findings() {
    let Some(mut logrotate) = tool("logrotate") else { return };
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("oauthsift");
    fs::copy(packaging().join("systemd/oauthsift.logrotate"), &config).unwrap();
    fs::set_permissions(&config, PermissionsExt::from_mode(0o644)).unwrap();
    let output =
        logrotate.arg("--debug").arg("--state").arg(folder.path().join("state")).arg(&config).output().unwrap();
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !messages.contains("error:"), "{messages}");
}

/// A program that is not part of every system: without it a test is skipped, in CI it fails.
fn tool(name: &str) -> Option<Command> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&folders)
        .chain(["/usr/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|path| path.exists());
    if found.is_none() {
        assert!(env::var_os("CI").is_none(), "{name} is not installed");
        eprintln!("skipped: needs {name}");
    }
    found.map(Command::new)
}
