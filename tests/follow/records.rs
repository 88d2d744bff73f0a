//! Unfinished, slow, large and damaged records.

use super::*;

#[test]
fn s16_half_a_line_is_not_a_finding() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&["--quiet-ms", "500"]);
    let whole = rec(1);
    let cut = whole.find("00215").expect("a code");
    folder.append(&whole[..cut]);
    pause(3000);
    assert_eq!(follow.found(), Vec::<u64>::new());
    folder.append(&whole[cut..]);
    follow.expect(&[1]);
    assert_eq!(follow.findings()[0]["code"], 7_000_215);
    follow.stop();
}

#[test]
fn s17_a_last_record_without_line_break_is_reported_once_when_idle() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&[]);
    folder.append(rec(1).trim_end());
    follow.expect(&[1]);
    assert_eq!(follow.findings()[0]["complete"], false);
    folder.append("\n");
    folder.append(format!("{INFO}{}", rec(2)));
    follow.expect(&[1, 2]);
    assert_eq!(follow.findings()[1]["complete"], true);
    follow.stop();
}

#[test]
fn s18_a_slowly_written_record_is_one_finding() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&["--quiet-ms", "600"]);
    for line in rec(1).split_inclusive('\n') {
        folder.append(line);
        pause(250);
    }
    follow.expect(&[1]);
    let finding = &follow.findings()[0];
    assert!(finding["correlation_id"].is_string() && finding["idp_timestamp"].is_string(), "{finding}");
    assert!(finding["replaces"].is_null());
    follow.stop();
}

#[test]
fn s18b_a_record_that_continues_after_the_quiet_time_replaces_its_finding() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&["--quiet-ms", "100"]);
    let whole = rec(1);
    let cut = whole.find("    Trace").expect("a second line");
    folder.append(&whole[..cut]);
    follow.expect(&[0]);
    folder.append(&whole[cut..]);
    follow.expect(&[0, 1]);
    let findings = follow.findings();
    assert_eq!(findings[1]["replaces"]["id"], findings[0]["id"]);
    assert_eq!(findings[1]["replaces"]["offset"], 0);
    assert_eq!(findings[1]["replaces"]["source"], findings[0]["source"]);
    let lines = follow.stop();
    assert_eq!(lines.last().expect("a summary")["summary"]["findings"], 1, "counted once");
}

#[test]
fn s19_the_next_record_completes_the_last_one_at_once() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&["--quiet-ms", "60000"]);
    folder.append(format!("{}{INFO}", rec(1)));
    let written = Instant::now();
    follow.expect(&[1]);
    assert!(follow.found_at(1).expect("found") - written < Duration::from_secs(2));
    follow.stop();
}

#[test]
fn s20_a_burst_is_found_completely_in_little_memory() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&[]);
    let mut text = String::new();
    for n in 1..=200 {
        text.push_str(&rec(n));
        text.push_str(&INFO.repeat(199));
    }
    folder.append(&text);
    follow.expect(&all(1, 200));
    let status = fs::read_to_string(format!("/proc/{}/status", follow.pid())).unwrap_or_default();
    if let Some(peak) =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok())
    {
        assert!(peak < 64 << 10, "{peak} KiB");
    }
    follow.stop();
}

#[test]
fn s21_an_endless_line_is_truncated_and_what_follows_is_found() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&[]);
    folder.append(INFO.trim_end());
    let block = "x".repeat(1 << 20);
    for _ in 0..8 {
        folder.append(&block);
    }
    folder.append(format!("\n{}", rec(1)));
    follow.expect(&[1]);
    assert_eq!(follow.notices("record-too-long").len(), 1);
    follow.stop();
}

#[test]
fn s22_any_bytes_written_in_any_steps_give_the_findings_of_a_scan() {
    let code = rec(3);
    let cut = code.find("00215").expect("a code");
    let crlf = rec(2).replace('\n', "\r\n");
    let writes: Vec<Vec<u8>> = vec![
        b"\xef\xbb".to_vec(),
        [b"\xbf", rec(1).as_bytes()].concat(),
        crlf.as_bytes()[..crlf.len() - 1].to_vec(),
        b"\n".to_vec(),
        code.as_bytes()[..cut].to_vec(),
        code.as_bytes()[cut..].to_vec(),
        b"\xff\xfe\x00\x00 \x00binary\r lone\r\n".to_vec(),
        rec(4).replace("Invalid", "Inv\u{e4}lid \x1b[31m").into_bytes(),
        [b"\x00\x00\x00", rec(5).as_bytes()].concat(),
        INFO.as_bytes().to_vec(),
    ];
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&["--quiet-ms", "3000"]);
    for bytes in &writes {
        folder.append(bytes);
        pause(70);
    }
    follow.expect(&all(1, 5));
    let scanned = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["scan", "--format", "jsonl"])
        .arg(&folder.log)
        .output()
        .expect("scans");
    let scanned: Vec<Value> = String::from_utf8_lossy(&scanned.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line.get("pattern").is_some())
        .collect();
    let followed: Vec<Value> = follow
        .findings()
        .into_iter()
        .map(|mut finding| {
            for key in ["id", "complete", "repeated", "replaces"] {
                finding.as_object_mut().expect("an object").remove(key);
            }
            finding
        })
        .collect();
    assert_eq!(followed, scanned);
    follow.stop();
}

// Scenario 34, the model, is `tests/follow_model.rs`.
