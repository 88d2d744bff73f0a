//! The command line: one file per case in `tests/cmd/*.toml`, and for other widths in `tests/cmd/columns-*/`.

#[test]
fn commands_print_and_exit_as_expected() {
    for (columns, cases) in
        [("80", "tests/cmd/*.toml"), ("60", "tests/cmd/columns-60/*.toml"), ("120", "tests/cmd/columns-120/*.toml")]
    {
        trycmd::TestCases::new()
            .env("SOURCE_DATE_EPOCH", "1767225600")
            .env("COLUMNS", columns)
            .env("NO_COLOR", "1")
            .case(cases)
            .run();
    }
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_the_run_quietly() {
    use std::process::{Command, Stdio};
    let mut run = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["patterns", "docs"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    drop(run.stdout.take());
    let done = run.wait_with_output().expect("ends");
    assert!(done.status.success(), "{:?}", done.status);
    assert!(done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_reported_and_the_others_are_read() {
    use std::{fs, os::unix::fs::PermissionsExt, process::Command};
    let folder = tempfile::tempdir().expect("a folder");
    let (closed, open) = (folder.path().join("closed.log"), folder.path().join("open.log"));
    fs::write(&closed, "x").expect("written");
    fs::write(&open, "AADSTS7000215: Invalid client secret provided.\n").expect("written");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("closed");
    if fs::read(&closed).is_ok() {
        // Root can read everything, so there is nothing to test.
        return;
    }
    let done = Command::new(env!("CARGO_BIN_EXE_oauthsift")).arg("scan").args([&closed, &open]).output().expect("runs");
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("closed.log: permission denied"));
    assert!(String::from_utf8_lossy(&done.stdout).contains("AADSTS7000215"));
}

#[test]
fn encoding_and_line_breaks_do_not_change_the_findings() {
    use std::{fs, process::Command};
    let folder = tempfile::tempdir().expect("a folder");
    let clean = fs::read_to_string("sample-logs/json-answers.log").expect("the sample");
    let utf16 = |bom: [u8; 2], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        bom.into_iter().chain(clean.encode_utf16().flat_map(bytes)).collect()
    };
    let findings = |name: &str, bytes: &[u8]| -> Vec<String> {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        let done = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
            .args(["scan", "--format", "jsonl"])
            .arg(&path)
            .output()
            .expect("runs");
        assert!(done.status.success(), "{name}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter(|value| value.get("pattern").is_some())
            .map(|value| {
                format!(
                    "{} {} {} {} line {}",
                    value["pattern"], value["code"], value["trace_id"], value["correlation_id"], value["line"]
                )
            })
            .collect()
    };
    let plain = findings("plain.log", clean.as_bytes());
    assert_eq!(plain.len(), 3);
    assert_eq!(findings("crlf.log", clean.replace('\n', "\r\n").as_bytes()), plain);
    assert_eq!(findings("bom.log", &[b"\xef\xbb\xbf", clean.as_bytes()].concat()), plain);
    assert_eq!(findings("le.log", &utf16([0xff, 0xfe], u16::to_le_bytes)), plain);
    assert_eq!(findings("be.log", &utf16([0xfe, 0xff], u16::to_be_bytes)), plain);
    let with_bytes = [b"\xff\xfe\xfd binary \x00\x01\n", clean.as_bytes()].concat();
    let one_line_later: Vec<String> = plain
        .iter()
        .map(|line| {
            let (text, number) = line.rsplit_once(' ').expect("a number");
            format!("{text} {}", number.parse::<u64>().expect("a number") + 1)
        })
        .collect();
    // The first two bytes are left out: they would be taken for the byte order mark of UTF-16.
    assert_eq!(findings("nul.log", &[b"\x00\x00\x00\x00", clean.as_bytes()].concat()), plain);
    assert_eq!(findings("binary.log", &with_bytes[2..]), one_line_later);
}

#[test]
fn a_report_does_not_depend_on_the_instructions_of_the_search() {
    use std::process::Command;

    let scan = |instructions: &str| {
        let mut run = Command::new(env!("CARGO_BIN_EXE_oauthsift"));
        run.env("OAUTHSIFT_SEARCH", instructions).args(["scan", "--format", "jsonl", "sample-logs/mail-stopped.log"]);
        run.output().expect("runs")
    };
    let any = scan("");
    assert_eq!(any.status.code(), Some(0));
    assert!(!any.stdout.is_empty());
    let refused = scan("mmx");
    let reason = String::from_utf8(refused.stderr).expect("text");
    assert_eq!(refused.status.code(), Some(2));
    let (_, names) =
        reason.trim_end().split_once("OAUTHSIFT_SEARCH=mmx: this processor can search with ").expect("names");
    assert!(names.ends_with("scalar"), "{names}");
    for name in names.split(", ") {
        assert_eq!(scan(name).stdout, any.stdout, "{name}");
    }
}
