//! What happens on a terminal: the pager, progress, Ctrl-C, completion. Each test has a pseudo-terminal of 24 lines of 80
//! columns.
#![cfg(unix)]

use std::{
    env,
    ffi::OsString,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use rexpect::session::{PtySession, spawn_command};

const PROGRAM: &str = env!("CARGO_BIN_EXE_oauthsift");
/// Printed before the exit code.
const EXIT_CODE: &str = "exit code: ";
/// Longer than any step takes on a busy machine. Milliseconds.
const TIMEOUT: u64 = 60_000;
const RECORD: &str = "2026-01-05 20:34:03,014+0000 main ERROR a 1x1x1 b /x [c.a.o.c.X] \
                      The error message is: AADSTS7000215: Invalid client secret provided.\n";

/// Runs a line of a shell in a folder, with the program on the PATH, and prints its exit code.
fn run(folder: &Path, line: &str, variables: &[(&str, &str)]) -> PtySession {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("stty rows 24 cols 80; trap : INT; {line}; echo \"{EXIT_CODE}$?\"")])
        .current_dir(folder)
        .env("PATH", path());
    for name in ["PAGER", "OAUTHSIFT_PAGER", "LESS", "NO_COLOR", "CI"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm-256color").env("OAUTHSIFT_CONFIG", "").envs(variables.iter().copied());
    spawn_command(command, Some(TIMEOUT)).expect("a pseudo-terminal")
}

/// The PATH with the program's folder first.
fn path() -> OsString {
    let own = Path::new(PROGRAM).parent().map(Path::to_path_buf);
    let others = env::var_os("PATH").unwrap_or_default();
    env::join_paths(own.into_iter().chain(env::split_paths(&others))).expect("a PATH")
}

/// What was still printed until the end, and the exit code.
fn end(session: &mut PtySession) -> (String, i32) {
    let text = session.exp_eof().expect("an end");
    let (text, code) = text.rsplit_once(EXIT_CODE).expect("an exit code");
    (text.to_owned(), code.trim().parse().expect("a number"))
}

/// True if a program is installed; else says that a test is skipped, or fails in CI.
fn is_installed(program: &str) -> bool {
    let found = env::split_paths(&env::var_os("PATH").unwrap_or_default()).any(|folder| folder.join(program).exists());
    if !found {
        assert!(env::var_os("CI").is_none(), "{program} is not installed");
        eprintln!("skipped: needs {program}");
    }
    found
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("atlassian-jira.log"), RECORD).expect("written");
    folder
}

/// A FIFO that gets records until `end`, one each 20 ms, and then stays open for `open` more.
fn slow_log(folder: &Path, records: usize, open: Duration) -> PathBuf {
    let path = folder.join("slow.log");
    assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
    let to = path.clone();
    thread::spawn(move || {
        let Ok(mut fifo) = fs::OpenOptions::new().write(true).open(to) else { return };
        for _ in 0..records {
            if fifo.write_all(RECORD.repeat(100).as_bytes()).is_err() {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        thread::sleep(open);
    });
    path
}

#[test]
fn a_text_that_does_not_fit_goes_through_the_pager_with_its_colours() {
    let folder = folder();
    let pager = "echo pager of $LESS; cat; echo end of pager";
    let mut session = run(folder.path(), "oauthsift scan --details atlassian-jira.log", &[("PAGER", pager)]);
    session.exp_string("pager of FRX").expect("the pager");
    let text = session.exp_string("end of pager").expect("all of the text");
    assert!(text.contains("AADSTS7000215") && text.contains("\x1b["), "{text}");
    assert_eq!(end(&mut session).1, 0);
}

#[test]
fn a_text_that_fits_or_a_reader_who_wants_no_pager_gets_none() {
    let folder = folder();
    for line in [
        "oauthsift --version",
        "oauthsift scan atlassian-jira.log",
        "oauthsift scan --details --no-pager atlassian-jira.log",
        "oauthsift scan --details --paging never atlassian-jira.log",
        "OAUTHSIFT_PAGER= oauthsift scan --details atlassian-jira.log",
    ] {
        let mut session = run(folder.path(), line, &[("PAGER", "echo pager was run")]);
        let (text, code) = end(&mut session);
        assert!(!text.contains("pager was run") && !text.is_empty(), "{line}: {text}");
        assert_eq!(code, 0, "{line}");
    }
}

#[test]
fn a_pager_that_is_missing_or_left_early_loses_nothing_and_is_no_error() {
    let folder = folder();
    let line = "oauthsift scan --details atlassian-jira.log";
    let mut session = run(folder.path(), line, &[("PAGER", "no-such-pager-anywhere")]);
    let (text, code) = end(&mut session);
    assert!(text.contains("AADSTS7000215") && code == 0, "{code} {text}");
    let mut session = run(folder.path(), line, &[("PAGER", "true")]);
    assert_eq!(end(&mut session).1, 0);
}

#[test]
fn less_shows_the_first_screen_and_q_ends_it() {
    if !is_installed("less") {
        return;
    }
    let folder = folder();
    let mut session = run(folder.path(), "oauthsift scan --details atlassian-jira.log", &[]);
    session.exp_string("AADSTS7000215").expect("the start of the report");
    session.send("q").expect("sent");
    session.flush().expect("sent");
    assert_eq!(end(&mut session).1, 0);
}

#[test]
fn progress_is_shown_after_a_second_and_removed_before_the_report() {
    let folder = folder();
    slow_log(folder.path(), 75, Duration::ZERO);
    let mut session = run(folder.path(), "oauthsift scan --no-pager slow.log", &[]);
    session.exp_string("KiB/s").expect("progress");
    let (text, code) = end(&mut session);
    let report = text.find("OAuth failures").expect("a report");
    assert!(text[..report].contains("\x1b[2K") && !text[report..].contains("KiB/s"), "{text}");
    assert_eq!(code, 0);
    let quiet = tempfile::tempdir().expect("a folder");
    slow_log(quiet.path(), 75, Duration::ZERO);
    let mut session = run(quiet.path(), "oauthsift scan --quiet --no-pager slow.log", &[]);
    assert!(!session.exp_eof().expect("an end").contains("KiB/s"));
}

#[test]
fn ctrl_c_ends_a_scan_with_130_and_leaves_no_incomplete_file() {
    for output in ["report.html", "report.json", "findings.jsonl"] {
        let folder = folder();
        slow_log(folder.path(), 75, Duration::from_secs(60));
        let line = format!("oauthsift scan --output {output} slow.log");
        let mut session = run(folder.path(), &line, &[]);
        session.exp_string("KiB/s").expect("progress");
        session.send_control('c').expect("sent");
        assert_eq!(end(&mut session).1, 130, "{output}");
        let mut left: Vec<OsString> =
            fs::read_dir(folder.path()).expect("read").map(|entry| entry.expect("an entry").file_name()).collect();
        left.sort();
        assert_eq!(left, ["atlassian-jira.log", "slow.log"], "{output}");
    }
}

#[test]
fn ctrl_c_ends_follow_with_its_summary() {
    let folder = folder();
    let mut session = run(folder.path(), "oauthsift follow --from start atlassian-jira.log", &[]);
    session.exp_string("Invalid client secret").expect("the failure");
    session.send_control('c').expect("sent");
    session.exp_string("Followed for").expect("the summary");
    assert_eq!(end(&mut session).1, 130);
}

/// Expects a shell that has loaded the completion script to offer `expected` for `words`. A shell says nothing when it has
/// no more candidates, so it gets more time when it seems to offer others.
fn expect_candidate(shell: &str, setup: &str, words: &str, expected: &str) {
    let mut shown = String::new();
    for millis in [300, 1000, 3000, 9000] {
        shown = complete(shell, setup, words, Duration::from_millis(millis));
        if shown.contains(expected) {
            return;
        }
    }
    panic!("{words}: {shown}");
}

/// What the shell shows after `words` and Tab, twice.
fn complete(shell: &str, setup: &str, words: &str, time: Duration) -> String {
    let folder = folder();
    let mut session =
        run(folder.path(), &format!("stty cols 200 echo; exec {shell}"), &[("PS1", "$ "), ("INPUTRC", "/dev/null")]);
    session.send_line(&format!("{setup}; echo re\"\"ady")).expect("sent");
    session.exp_string("ready").expect("the shell");
    session.send(words).expect("sent");
    session.send("\t").expect("sent");
    session.flush().expect("sent");
    thread::sleep(time);
    session.send("\t").expect("sent");
    session.flush().expect("sent");
    thread::sleep(time);
    // Removes the line, so that nothing is run.
    session.send_control('u').expect("sent");
    session.send_line("echo do\"\"ne; exit").expect("sent");
    session.exp_string("done").expect("the end")
}

#[test]
fn bash_completes_commands_ids_codes_and_files() {
    let setup = "source <(oauthsift completions bash)";
    for (words, expected) in [
        ("oauthsift sca", "oauthsift scan"),
        ("oauthsift scan --pattern entra-client-secret-ex", "entra-client-secret-expired"),
        ("oauthsift explain AADSTS7000222", "AADSTS7000222"),
        ("oauthsift explain AADSTS5001", "AADSTS50011"),
        ("oauthsift atl", "oauthsift atlassian-jira.log"),
        ("oauthsift scan --fo", "oauthsift scan --format"),
    ] {
        expect_candidate("bash --norc --noprofile", setup, words, expected);
    }
}

#[test]
fn zsh_completes_commands_ids_and_files() {
    if !is_installed("zsh") {
        return;
    }
    let setup = "autoload -U compinit; compinit -u -D; source <(oauthsift completions zsh)";
    for (words, expected) in [
        ("oauthsift sca", "oauthsift scan"),
        ("oauthsift scan --pattern entra-client-secret-ex", "entra-client-secret-expired"),
        ("oauthsift explain AADSTS5001", "AADSTS50011"),
        ("oauthsift atl", "oauthsift atlassian-jira.log"),
    ] {
        expect_candidate("zsh -f", setup, words, expected);
    }
}

#[test]
fn fish_completes_commands_ids_codes_and_files() {
    if !is_installed("fish") {
        return;
    }
    let folder = folder();
    for (words, expected) in [
        ("oauthsift sca", "scan"),
        ("oauthsift scan --pattern entra-client-secret-ex", "entra-client-secret-expired"),
        ("oauthsift explain AADSTS5001", "AADSTS50011"),
        ("oauthsift atl", "atlassian-jira.log"),
        ("oauthsift scan --details=", "--details=2"),
    ] {
        let line = format!("oauthsift completions fish | source; complete -C '{words}'");
        let output = Command::new("fish")
            .args(["--no-config", "-c", &line])
            .env("PATH", path())
            .current_dir(folder.path())
            .output()
            .expect("fish");
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(shown.contains(expected), "{words}: {shown} {}", String::from_utf8_lossy(&output.stderr));
    }
}
