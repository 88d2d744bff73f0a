//! Output, filters, metrics, and how it ends.

use super::*;

#[test]
fn s32_it_stops_when_its_output_is_closed_or_full() {
    let folder = LogFolder::with("");
    let mut closed =
        folder.command(&[]).arg(&folder.log).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(closed.stdout.take());
    while !folder.path("ready.prom").exists() {
        pause(5);
    }
    folder.append(format!("{}{INFO}", rec(1)));
    let done = closed.wait_with_output().expect("ends");
    assert!(done.status.success() && done.stderr.is_empty(), "{done:?}");

    let Ok(full) = OpenOptions::new().write(true).open("/dev/full") else { return };
    let folder = LogFolder::with("");
    let full = folder.command(&[]).arg(&folder.log).stdout(full).stderr(Stdio::piped()).spawn().expect("starts");
    while !folder.path("ready.prom").exists() {
        pause(5);
    }
    folder.append(format!("{}{INFO}", rec(1)));
    let done = full.wait_with_output().expect("ends");
    assert_eq!(done.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&done.stderr).lines().count(), 1, "{done:?}");
}

#[test]
fn s33_the_wall_clock_is_never_read() {
    // Times come from a monotonic clock. A test cannot change the system clock, so this checks the source.
    for path in ["src/source/tail", "src/source/tail/follower", "src/pipeline/follow", "src/pipeline/follow.rs"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let files: Vec<_> = match fs::read_dir(&path) {
            Ok(entries) => entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect(),
            // `follow` may be a file or a folder.
            Err(_) if path.is_file() => vec![path],
            Err(_) => continue,
        };
        for file in files {
            let text = fs::read_to_string(&file).expect("a source file");
            assert!(!text.contains("SystemTime::now") && !text.contains("Utc::now"), "{}", file.display());
        }
    }
}

#[test]
fn standard_input_is_followed_to_its_end() {
    let folder = LogFolder::new();
    let mut command = folder.command(&[]);
    let mut child = command.arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("starts");
    let mut stdin = child.stdin.take().expect("piped");
    for bytes in recs(1, 3).as_bytes().chunks(50) {
        stdin.write_all(bytes).expect("written");
        stdin.flush().expect("written");
        pause(5);
    }
    stdin.write_all(rec(4).trim_end().as_bytes()).expect("written");
    drop(stdin);
    let done = child.wait_with_output().expect("ends");
    assert_eq!(done.status.code(), Some(0));
    let lines: Vec<Value> =
        String::from_utf8_lossy(&done.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let found: Vec<u64> = lines.iter().filter(|line| line.get("pattern").is_some()).map(runner::number).collect();
    assert_eq!(found, [1, 2, 3, 4]);
    assert!(lines[3]["complete"] == true && lines[3]["source"] == "-");
    assert_eq!(lines.last().expect("a summary")["summary"]["findings"], 4);
}

#[test]
fn a_script_can_wait_for_the_first_finding_or_for_a_duration() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&["--until-first", "--fail-on", "warning"]);
    folder.append(recs(1, 3));
    assert_eq!(follow.wait().code(), Some(1));
    assert_eq!(follow.found(), [1]);
    let start = Instant::now();
    let mut follow = folder.follow(&["--until-first", "--for", "1s", "--fail-on", "warning"]);
    assert_eq!(follow.wait().code(), Some(0));
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert!(follow.lines().last().expect("a summary").get("summary").is_some());
}

#[test]
fn the_filters_of_scan_apply() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&["--pattern", "entra-client-secret-expired", "--severity", "info"]);
    let expired = rec(2)
        .replace("7000215: Invalid client secret provided", "7000222: The provided client secret keys are expired");
    folder.append(format!("{}{expired}{}", rec(1), rec(3)));
    follow.expect(&[2]);
    follow.stop();
    let wrong = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["follow", "--pattern", "entra-client-secret-expird", "--severity", "info", "x.log"])
        .output()
        .expect("ends");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean entra-client-secret-expired"));
}

#[test]
fn a_command_runs_once_per_incident_and_delays_nothing() {
    let folder = LogFolder::with("");
    let received = folder.path("received");
    let command = format!("cat >> '{}'; echo to the side; exit 3", received.display());
    let mut follow = folder.follow(&["--exec", &command]);
    let expired = rec(3)
        .replace("7000215: Invalid client secret provided", "7000222: The provided client secret keys are expired");
    folder.append(format!("{}{expired}", recs(1, 2)));
    follow.expect(&[1, 2, 3]);
    follow.wait_until("both commands", |_| fs::read_to_string(&received).is_ok_and(|text| text.lines().count() == 2));
    let incidents: Vec<Value> = fs::read_to_string(&received)
        .expect("received")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(incidents.iter().map(runner::number).collect::<Vec<_>>(), [1, 3]);
    follow.wait_until("the failure of the command", |follow| {
        follow.errors().contains("--exec: the command failed: exit status: 3")
    });
    follow.stop();

    let folder = LogFolder::with("");
    let mut follow = folder.follow(&["--exec", "sleep 3"]);
    folder.append(recs(1, 2));
    let written = Instant::now();
    follow.expect(&[1, 2]);
    assert!(written.elapsed() < Duration::from_millis(2500), "a slow command delays findings");
    follow.kill();
}

#[test]
fn metrics_are_written_to_a_file() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&[]);
    folder.append(recs(1, 3));
    follow.expect(&[1, 2, 3]);
    folder.truncate();
    follow.wait_until("a notice", |follow| !follow.notices("truncated").is_empty());
    follow.stop();
    let text = fs::read_to_string(folder.path("ready.prom")).expect("written");
    for line in [
        "oauthsift_follow_findings_total{pattern=\"entra-client-secret-invalid\",severity=\"error\"} 3",
        "oauthsift_follow_truncations_total 1",
        "oauthsift_follow_files 1",
    ] {
        assert!(text.lines().any(|other| other == line), "{line}\n{text}");
    }
    assert!(text.contains("oauthsift_follow_last_failure_timestamp_seconds "), "{text}");
}

#[test]
fn the_live_view_shows_the_fix_once_and_no_status_line_in_a_pipe() {
    let folder = LogFolder::with(&recs(1, 3));
    let done = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["follow", "--from", "start", "--for", "1s", "--quiet-ms", "50", "--bell"])
        .arg(&folder.log)
        .env("COLUMNS", "80")
        .output()
        .expect("ends");
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert_eq!(done.status.code(), Some(0));
    assert_eq!(text.matches("Why  ").count(), 1, "{text}");
    assert!(text.contains("AADSTS7000215") && text.contains("(3rd time)"), "{text}");
    for n in 1..=3 {
        assert!(text.contains(&runner::trace(n)), "{text}");
    }
    assert!(text.contains("3 failures") && !text.contains("failures/min"), "{text}");
    assert!(!text.contains('\x1b') && !text.contains('\x07') && !text.contains('\r'), "{text:?}");
    assert!(text.lines().all(|line| line.chars().count() <= 80 || line.contains("https://")), "{text}");
    assert!(done.stderr.is_empty(), "{:?}", String::from_utf8_lossy(&done.stderr));
}
