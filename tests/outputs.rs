//! Outputs never replace a device, an input or a link, and leave nothing behind.
#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::{Command, Output, Stdio},
};

const RECORD: &str = "2026-01-05 20:34:03,014+0000 main ERROR a 1x1x1 b /x [c.a.o.c.X] \
                      The error message is: AADSTS7000215: Invalid client secret provided.\n";

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_oauthsift")).args(args).current_dir(folder).output().unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), RECORD).unwrap();
    folder
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_output_that_is_an_input_is_refused_under_any_name() {
    let folder = folder();
    let at = folder.path();
    symlink("a.log", at.join("link.log")).unwrap();
    fs::hard_link(at.join("a.log"), at.join("hard.log")).unwrap();
    for output in ["a.log", "./a.log", "link.log", "hard.log"] {
        for args in [
            &["scan", "--output", output, "a.log"][..],
            &["scan", "--output", output, "."],
            &["ticket", "--force", "--output", output, "a.log"],
            &["follow", "--state", output, "a.log"],
            &["follow", "--metrics", output, "a.log"],
        ] {
            let run = run(at, args);
            assert_eq!(run.status.code(), Some(2), "{args:?}");
            assert!(String::from_utf8_lossy(&run.stderr).contains("one of the inputs"), "{args:?}");
            assert_eq!(fs::read_to_string(at.join("a.log")).unwrap(), RECORD, "{args:?}");
        }
    }
}

#[test]
fn a_device_or_fifo_is_written_to_and_a_full_one_is_named_once() {
    let folder = folder();
    let at = folder.path();
    assert!(Command::new("mkfifo").arg(at.join("fifo")).status().unwrap().success());
    let reader = Command::new("cat").arg(at.join("fifo")).stdout(Stdio::piped()).spawn().unwrap();
    assert_eq!(run(at, &["scan", "-q", "--format", "json", "--output", "fifo", "a.log"]).status.code(), Some(0));
    assert!(reader.wait_with_output().unwrap().stdout.starts_with(b"{"));
    let written = run(at, &["scan", "-q", "--format", "json", "--output", "/dev/stdout", "a.log"]);
    assert!(written.stdout.starts_with(b"{"));
    for format in ["table", "json", "jsonl", "csv", "html"] {
        let full = run(at, &["scan", "-q", "--format", format, "--output", "/dev/full", "a.log"]);
        assert_eq!(full.status.code(), Some(2), "{format}");
        assert_eq!(String::from_utf8_lossy(&full.stderr).matches("/dev/full").count(), 1, "{format}: {full:?}");
    }
    fs::create_dir(at.join("sub")).unwrap();
    assert_eq!(run(at, &["scan", "--output", "sub", "a.log"]).status.code(), Some(2));
    assert_eq!(fs::read_dir(at).unwrap().count(), 3);
}

#[test]
fn a_bundle_is_private_and_an_existing_mode_and_link_are_kept() {
    let folder = folder();
    let at = folder.path();
    run(at, &["ticket", "-q", "--output", "t.zip", "a.log"]);
    assert_eq!(mode(&at.join("t.zip")), 0o600);
    fs::write(at.join("r.json"), "").unwrap();
    fs::set_permissions(at.join("r.json"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("r.json", at.join("l.json")).unwrap();
    run(at, &["scan", "-q", "--format", "json", "--output", "l.json", "a.log"]);
    assert_eq!(mode(&at.join("r.json")), 0o640);
    assert!(fs::read(at.join("r.json")).unwrap().starts_with(b"{"));
    assert!(fs::symlink_metadata(at.join("l.json")).unwrap().is_symlink());
}

#[test]
fn a_signal_removes_the_temporary_file() {
    use std::os::unix::process::ExitStatusExt;
    for (name, number) in [("-INT", 2), ("-TERM", 15), ("-HUP", 1)] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
            .args(["scan", "-q", "--output", "r.json", "-"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        // Kept open: at its end, the scan would end by itself.
        let _stdin = child.stdin.take();
        while fs::read_dir(folder.path()).unwrap().count() == 0 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn escapes_in_names_and_loaded_files_do_not_reach_standard_error() {
    const MALICIOUS: &str = "\u{1b}]52;c;ZXZpbA==\u{7}\u{202e}\u{200b}";
    let folder = folder();
    let at = folder.path();
    let state = serde_json::json!({
        "schema": "oauthsift.follow-state/1", "clean": true, "paths": [format!("/x/{MALICIOUS}")], "logs": {},
    });
    fs::write(at.join("state.json"), state.to_string()).unwrap();
    for args in [
        &["scan", MALICIOUS][..],
        &["diff", MALICIOUS, MALICIOUS],
        &["ticket", "--check", MALICIOUS],
        &["follow", "--state", "state.json", "a.log"],
    ] {
        let stderr = String::from_utf8(run(at, args).stderr).unwrap();
        assert!(stderr.contains("52;c"), "{args:?}: {stderr}");
        assert!(!stderr.contains(|c| "\u{1b}\u{7}\u{202e}\u{200b}".contains(c)), "{args:?}: {stderr:?}");
    }
}

#[test]
fn an_output_that_would_be_read_as_a_log_is_refused_and_a_result_may_be_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let log = at.join("log/atlassian-jira.log");
    fs::create_dir_all(at.join("log/node1")).unwrap();
    fs::write(&log, RECORD).unwrap();
    symlink("log", at.join("link")).unwrap();
    fs::hard_link(&log, at.join("other")).unwrap();
    for (output, input) in [
        ("log/atlassian-jira.log.1", "log"),
        ("log/node1/atlassian-jira.log", "log"),
        ("link/catalina.out", "log"),
        ("log/jira-support.zip", "link"),
        ("log/atlassian-jira.log", "log/*.log"),
        ("other", "log"),
        ("missing.log", "./missing.log"),
    ] {
        for command in [&["scan", "--output"][..], &["ticket", "--force", "--output"], &["follow", "--state"]] {
            if command[0] == "follow" && input.contains('*') {
                continue;
            }
            let done = run(at, &[command, &[output, input]].concat());
            let stderr = String::from_utf8_lossy(&done.stderr).into_owned();
            assert_eq!(done.status.code(), Some(2), "{command:?} {output}: {stderr}");
            assert!(stderr.contains("one of the inputs"), "{command:?} {output}: {stderr}");
            assert_eq!(fs::read_to_string(&log).unwrap(), RECORD, "{command:?} {output}");
        }
    }
    for _ in 0..2 {
        let done = run(at, &["scan", "-q", "--format", "json", "--output", "log/report.json", "log"]);
        assert_eq!(done.status.code(), Some(0), "{done:?}");
    }
    let names: Vec<_> = fs::read_dir(at.join("log")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

#[test]
fn follow_refuses_a_fifo_or_a_folder_and_one_file_for_two_purposes() {
    let folder = folder();
    let at = folder.path();
    assert!(Command::new("mkfifo").arg(at.join("fifo")).status().unwrap().success());
    fs::create_dir(at.join("sub")).unwrap();
    for args in [
        &["--state", "fifo"][..],
        &["--state", "sub"],
        &["--metrics", "fifo"],
        &["--metrics", "sub"],
        &["--state", "same", "--metrics", "./same"],
    ] {
        let done = run(at, &[&["follow", "--for", "1s"], args, &["a.log"]].concat());
        assert_eq!(done.status.code(), Some(2), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&done.stderr).lines().count(), 1, "{args:?}: {done:?}");
    }
    assert_eq!(run(at, &["follow", "--for", "1s", "--state", "/dev/null", "a.log"]).status.code(), Some(0));
    assert_eq!(fs::read_dir(at).unwrap().count(), 3);
}

#[test]
fn a_full_disk_leaves_no_temporary_file_and_names_the_file_once() {
    let folder = folder();
    let at = folder.path();
    fs::write(at.join("a.log"), RECORD.repeat(200)).unwrap();
    let program = env!("CARGO_BIN_EXE_oauthsift");
    for (args, named) in [
        ("scan -q --format json --output r.json a.log", "r.json"),
        ("scan -q --format html --output r.html a.log", "r.html"),
        ("ticket -q --output t.zip a.log", "t.zip"),
        ("follow --from start --for 1s --format jsonl --state s.json a.log", "s.json"),
        ("follow --from start --for 1s --format jsonl --metrics m.prom a.log", "m.prom"),
    ] {
        // Files may have so many blocks of 512 bytes; a state of one log has more than that.
        let blocks = if args.contains("--state") || args.contains("--metrics") { 0 } else { 8 };
        let done = Command::new("sh")
            .args(["-c", &format!("ulimit -f {blocks}; exec {program} {args}")])
            .current_dir(at)
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&done.stderr).into_owned();
        let output = format!("{stderr}{}", String::from_utf8_lossy(&done.stdout));
        assert!(done.status.code().is_some(), "{args}: {done:?}");
        let lines: Vec<&str> =
            output.lines().filter(|line| line.contains(named) && line.contains("File too large")).collect();
        assert_eq!(lines.len(), 1, "{args}: {stderr}");
        assert_eq!(lines[0].matches(named).count(), 1, "{args}: {stderr}");
        let left: Vec<_> = fs::read_dir(at).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(left, ["a.log"], "{args}");
    }
}

#[test]
fn escapes_in_arguments_do_not_reach_standard_error() {
    const MALICIOUS: &str = "\u{1b}]52;c;ZXZpbA==\u{7}\u{202e}\u{200b}\u{3164}";
    let folder = folder();
    for args in [
        &["scan", "--format", MALICIOUS, "a.log"][..],
        &["scan", "--since", MALICIOUS, "a.log"],
        &["scan", "--pattern", MALICIOUS, "a.log"],
        &["scan", &format!("--{MALICIOUS}"), "a.log"],
        &["explain", MALICIOUS],
        &["patterns", MALICIOUS],
        &["scan", "--pseudonym-key", MALICIOUS, "a.log"],
        &["ticket", "--output", &format!("no/{MALICIOUS}"), "a.log"],
    ] {
        let done = run(folder.path(), args);
        assert_eq!(done.status.code(), Some(2), "{args:?}");
        let stderr = String::from_utf8(done.stderr).unwrap();
        // clap leaves out escape sequences; everything else is spelled out.
        assert!(stderr.contains("u{202e}") || stderr.contains("unexpected argument"), "{args:?}: {stderr}");
        assert!(!stderr.contains(|c| "\u{1b}\u{7}\u{202e}\u{200b}\u{3164}".contains(c)), "{args:?}: {stderr:?}");
    }
}
