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
    for (name, number) in [("-INT", 2), ("-TERM", 15)] {
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
