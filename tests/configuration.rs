//! Options from files and environment variables, and which of them wins.
#![cfg(feature = "cli")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

const LOG: &str = "2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR admin 1x1x1 1i8mi5a /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS7000215: Invalid client secret provided.\n";

/// Runs the program in a folder with a log; the user's configuration is in `home`.
fn run(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    fs::write(folder.join("a.log"), LOG).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_oauthsift"));
    command.args(arguments).current_dir(folder).env_clear().env("XDG_CONFIG_HOME", folder.join("home"));
    command.envs(variables.iter().copied()).output().expect("the program runs")
}

fn write(folder: &Path, own: &str, users: &str) {
    for (path, text) in [("oauthsift.toml", own), ("home/oauthsift/oauthsift.toml", users)] {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let _ = fs::remove_file(&path);
        if !text.is_empty() {
            fs::write(path, text).expect("written");
        }
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_command_line_comes_before_the_environment_and_the_environment_before_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let starts = |arguments: &[&str], variables: &[(&str, &str)], start: &str| {
        let output = run(folder, arguments, variables);
        assert!(stdout(&output).starts_with(start), "{arguments:?} {variables:?}: {output:?}");
    };
    write(folder, "", "");
    starts(&["a.log"], &[], "1 OAuth failure");
    write(folder, "", "[scan]\nformat = \"csv\"\n");
    starts(&["a.log"], &[], "pattern,also,");
    write(folder, "[scan]\nformat = \"json\"\n", "[scan]\nformat = \"csv\"\n");
    starts(&["a.log"], &[], "{\n  \"schema\"");
    starts(&["a.log"], &[("OAUTHSIFT_FORMAT", "jsonl")], "{\"type\":\"finding\"");
    starts(&["a.log"], &[("OAUTHSIFT_FORMAT", "jsonl"), ("OAUTHSIFT_SCAN_FORMAT", "csv")], "pattern,also,");
    starts(&["a.log", "-f", "markdown"], &[("OAUTHSIFT_FORMAT", "jsonl")], "#");
    starts(&["a.log"], &[("OAUTHSIFT_CONFIG", "")], "1 OAuth failure");
}

#[test]
fn flags_lists_and_paths_are_taken_from_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::create_dir_all(folder.join("home/oauthsift/patterns")).expect("a folder");
    write(folder, "", "quiet = true\npatterns = [\"patterns\"]\n[scan]\nseverity = \"critical\"\n");
    // The folder of patterns is beside the file; it has none, and that is an error.
    let output = run(folder, &["a.log"], &[]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stderr(&output).contains("home/oauthsift/patterns"), "{output:?}");
    write(folder, "", "quiet = true\n[scan]\nseverity = \"critical\"\nthreads = 1\n");
    let output = run(folder, &["a.log"], &[]);
    assert!(stdout(&output).starts_with("0 failures match; 1 excluded by --severity"), "{output:?}");
    let output = run(folder, &["a.log"], &[("OAUTHSIFT_SEVERITY", "info"), ("OAUTHSIFT_EXPLAIN_REDACTION", "1")]);
    assert!(stdout(&output).contains("1 OAuth failure") && stdout(&output).contains("redacted:"), "{output:?}");
}

#[test]
fn a_shared_value_that_a_command_does_not_know_is_not_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    write(folder, "format = \"csv\"\n", "");
    assert!(stdout(&run(folder, &["a.log"], &[])).starts_with("pattern,also,"));
    assert!(stdout(&run(folder, &["explain", "7000215"], &[])).starts_with("Invalid client secret"));
}

#[test]
fn what_is_wrong_in_a_file_is_named_with_the_nearest_right_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    for (text, problem) in [
        ("[scan]\nformt = \"json\"\n", "oauthsift.toml: `formt` is no option of `scan`; did you mean `format`?"),
        ("colour = \"never\"\n", "oauthsift.toml: `colour` is no option; did you mean `color`?"),
        ("[scann]\nformat = \"json\"\n", "`[scann]` is no command; did you mean `scan`?"),
        ("[scan]\nquiet = \"yes\"\n", "`quiet` must be true or false"),
        ("[scan]\nformat = \"jsn\"\n", "invalid value 'jsn'"),
        ("[scan\n", "oauthsift.toml is not valid TOML"),
        ("[follow]\nexec = \"true\"\n", "`exec` is not taken from a file in the working folder"),
        ("no-redact = true\n", "`no-redact` is not taken from a file in the working folder"),
    ] {
        write(folder, text, "");
        let output = run(folder, &["a.log"], &[]);
        assert_eq!(output.status.code(), Some(2), "{text}: {output:?}");
        assert!(stderr(&output).contains(problem), "{text}: {output:?}");
        assert!(output.stdout.is_empty(), "{text}: {output:?}");
    }
    write(folder, "", "no-redact = true\n");
    assert_eq!(run(folder, &["a.log"], &[]).status.code(), Some(0));
    assert_eq!(run(folder, &["a.log", "--redact", "strict"], &[]).status.code(), Some(0));
}

#[test]
fn help_and_version_need_no_valid_file() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "nonsense\n", "");
    for arguments in [&["--version"][..], &["scan", "--help"], &["-h"]] {
        assert_eq!(run(folder.path(), arguments, &[]).status.code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn the_short_help_of_each_command_fits_on_a_screen_of_80_by_40_with_an_example_first() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in ["scan", "follow", "ticket", "diff", "explain", "patterns", "man", "completions"] {
        let help = stdout(&run(folder.path(), &[command, "-h"], &[("COLUMNS", "80")]));
        assert!(help.lines().count() <= 40, "{command}: {}\n{help}", help.lines().count());
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
        let at = |text: &str| help.find(text).unwrap_or_else(|| panic!("{command} has no {text}:\n{help}"));
        assert!(at("Example:") < at("Usage:"), "{help}");
    }
    let help = stdout(&run(folder.path(), &["scan", "--help"], &[]));
    assert!(help.contains("OAUTHSIFT_SCAN_FORMAT") && help.contains("oauthsift.toml"), "{help}");
}

#[test]
fn verbose_names_what_was_read_and_what_was_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let logs = folder.path().join("logs");
    fs::create_dir_all(&logs).expect("a folder");
    fs::write(logs.join("atlassian-jira.log"), LOG).expect("written");
    fs::write(logs.join("notes.txt"), "x").expect("written");
    let errors = stderr(&run(folder.path(), &["-v", "logs"], &[]));
    assert!(
        errors.contains("read logs/atlassian-jira.log: file, 198 bytes, 1 line, 2026-01-05T20:34:03.014"),
        "{errors}"
    );
    assert!(errors.contains("left out logs/notes.txt"), "{errors}");
}
