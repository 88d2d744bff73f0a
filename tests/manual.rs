//! The manual pages say what the help says.

use std::{
    env, fs,
    path::Path,
    process::{Command, Output},
};

fn oauthsift(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_oauthsift")).args(args).env("OAUTHSIFT_CONFIG", "").output().expect("run")
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// The commands that the help of a command lists.
fn commands(parent: &[&str]) -> Vec<String> {
    let help = text(&oauthsift(&[parent, &["--help"]].concat()));
    let Some((_, list)) = help.split_once("Commands:\n") else { return Vec::new() };
    let lines = list
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && line.as_bytes()[2] != b' ');
    lines.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

/// Every command, in words.
fn all_commands() -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    for command in commands(&[]) {
        all.push(vec![command.clone()]);
        all.extend(commands(&[&command]).into_iter().map(|subcommand| vec![command.clone(), subcommand]));
    }
    all
}

#[test]
fn every_command_has_a_page_with_all_its_options_and_an_example() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().join("man1");
    text(&oauthsift(&["man", "--output", output.to_str().expect("a path")]));
    let all = all_commands();
    assert!(all.len() > 10, "{all:?}");
    assert_eq!(fs::read_dir(&output).expect("read").count(), all.len());
    for words in &all {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let name = [&["oauthsift"], &words[..]].concat().join("-");
        let page = fs::read_to_string(output.join(format!("{name}.1"))).expect("a page");
        assert_eq!(page, text(&oauthsift(&[&["man"], &words[..]].concat())), "{name}");
        let page = page.replace("\\-", "-");
        let help = text(&oauthsift(&[&words[..], &["--help"]].concat()));
        for option in help.split([' ', ',', '[', '\n']).filter(|word| word.starts_with("--")) {
            let option = option.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            assert!(page.contains(option), "{name}: {option}");
        }
        let has_example = page.contains(".SH EXAMPLES") || words.first() == Some(&"patterns") || words == ["schema"];
        assert!(has_example, "{name}: {page}");
    }
}

#[test]
fn a_page_that_does_not_exist_is_named_with_those_that_do() {
    let output = oauthsift(&["man", "sca"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("oauthsift-sca") && error.contains("oauthsift-scan"), "{error}");
}

#[test]
fn man_formats_every_page_without_a_warning() {
    if !Path::new("/usr/bin/man").exists() {
        assert!(env::var_os("CI").is_none(), "man is not installed");
        eprintln!("skipped: needs man");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    text(&oauthsift(&["man", "--output", folder.path().to_str().expect("a path")]));
    for entry in fs::read_dir(folder.path()).expect("read") {
        let path = entry.expect("an entry").path();
        let output =
            Command::new("man").arg("--warnings").arg("-l").arg(&path).env("MANWIDTH", "80").output().expect("man");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", path.display());
        assert!(String::from_utf8_lossy(&output.stdout).contains("SYNOPSIS"), "{}", path.display());
    }
}
