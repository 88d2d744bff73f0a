//! Runs `oauthsift follow` while its log is rotated, truncated, deleted and replaced.
//!
//! Each test is a numbered scenario. Every test also checks that the program keeps running, prints its summary on
//! SIGTERM, and reports nothing twice (`Follow::stop`).
#![cfg(unix)]

#[path = "support/follow_runner.rs"]
mod runner;

use std::{
    fs::{self, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    os::unix::fs::{FileExt, MetadataExt, PermissionsExt, symlink},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use runner::{Follow, INFO, LogFolder, append, pause, rec, recs, writer};
use serde_json::Value;

fn all(from: u64, to: u64) -> Vec<u64> {
    (from..=to).collect()
}

#[test]
fn s01_appended_records_are_found_in_order_and_at_once() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&["--poll-ms", "100"]);
    let mut written = Vec::new();
    for n in 1..=100 {
        folder.append(rec(n));
        written.push(Instant::now());
        pause(5);
    }
    follow.expect(&all(1, 100));
    let mut delays: Vec<Duration> = (1..=100)
        .map(|n| follow.found_at(n).expect("found").saturating_duration_since(written[n as usize - 1]))
        .collect();
    delays.sort();
    // A generous limit for a busy machine, but less than a missed poll would cost.
    assert!(delays[50] < Duration::from_secs(1), "median {:?}", delays[50]);
    follow.stop();
}

#[test]
fn s02_it_starts_at_the_end_the_start_or_the_last_records() {
    for (options, first_number) in
        [(&[][..], 11), (&["--from", "start"], 1), (&["--tail", "3"], 8), (&["--tail", "0"], 11)]
    {
        let folder = LogFolder::with(&recs(1, 10));
        let mut follow = folder.follow(options);
        folder.append(recs(11, 12));
        follow.expect(&all(first_number, 12));
        let first = &follow.findings()[0];
        assert_eq!(first["line"], (first_number - 1) * 4 + 1, "lines are counted from the start of the file");
        follow.stop();
    }
}

#[test]
fn s03_it_waits_for_a_log_that_does_not_exist_yet() {
    let folder = LogFolder::new();
    let log = folder.path("later/jira.log");
    let mut follow = folder.follow_paths(&[], &[&log]);
    pause(300);
    fs::create_dir(folder.path("later")).expect("made");
    append(&log, rec(1));
    follow.expect(&[1]);
    assert_eq!(follow.notices("waiting").len(), 1);
    follow.stop();
    let mut live = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["follow", "--for", "1"])
        .arg(folder.path("never.log"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut errors = String::new();
    live.stderr.take().expect("piped").read_to_string(&mut errors).expect("read");
    assert_eq!(errors.matches("waiting").count(), 1, "{errors}");
    assert_eq!(live.wait().expect("ends").code(), Some(0));
}

#[test]
fn s04_a_rename_is_followed_to_the_new_file() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&[]);
    folder.append(rec(1));
    pause(60);
    folder.rotate();
    folder.append(rec(2));
    follow.expect(&[1, 2]);
    assert_eq!(follow.notices("rotated").len(), 1);
    follow.stop();
}

#[test]
fn s05_late_writes_to_the_renamed_file_are_found() {
    let folder = LogFolder::with(INFO);
    let mut follow = folder.follow(&[]);
    let mut late = writer(&folder.log);
    folder.append(rec(1));
    pause(60);
    folder.rotate();
    late.write_all(rec(2).as_bytes()).expect("written");
    folder.append(rec(3));
    pause(100);
    late.write_all(rec(4).as_bytes()).expect("written");
    // There is no order between two files that are written at the same time.
    follow.wait_until("all four", |follow| follow.found().len() == 4);
    let mut found = follow.found();
    found.sort_unstable();
    assert_eq!(found, [1, 2, 3, 4]);
    follow.stop();
}

#[test]
fn s06_generations_between_two_polls_are_read() {
    let folder = LogFolder::with(INFO);
    let mut follow = folder.follow(&[]);
    follow.signal("STOP");
    folder.append(rec(1));
    folder.rotate();
    folder.append(rec(2));
    folder.rotate();
    folder.append(rec(3));
    follow.signal("CONT");
    follow.expect(&[1, 2, 3]);
    assert_eq!(follow.notices("caught-up").len(), 1);
    follow.stop();
}

#[test]
fn s07_a_record_split_by_a_rotation_is_one_record() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&[]);
    let whole = rec(1);
    let (start, rest) = whole.split_at(whole.find("    Trace").expect("a second line"));
    folder.append(start);
    pause(60);
    folder.rotate();
    folder.append(format!("{rest}{INFO}{}", rec(2)));
    follow.expect(&[1, 2]);
    assert_eq!(follow.findings()[0]["lines"], 4);
    assert_eq!(follow.findings()[1]["line"], 5);
    follow.stop();
}

#[test]
fn s07b_a_line_split_by_a_rotation_before_the_mail_server_is_one_line() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&[]);
    folder.append("2026-02-03 08:15:00,123+0000 ERROR ");
    pause(60);
    folder.rotate();
    let rest = "[Contoso Mailbox] Caesium-1-2 ServiceRunner    AADSTS7000215: Invalid client secret provided.";
    folder.append(format!("{rest}\n    Trace ID: {}\n{INFO}{}", runner::trace(1), rec(2)));
    follow.expect(&[1, 2]);
    assert_eq!(follow.findings()[0]["timestamp"], "2026-02-03T08:15:00.123+00:00");
    assert_eq!(follow.findings()[0]["mail_server"], "Contoso Mailbox");
    follow.stop();
}

#[test]
fn s08_copy_and_truncate_reports_nothing_twice() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&[]);
    folder.append(rec(1));
    follow.expect(&[1]);
    fs::copy(&folder.log, folder.path("jira.log.1")).expect("copied");
    folder.truncate();
    folder.append(rec(2));
    follow.expect(&[1, 2]);
    assert_eq!(follow.notices("truncated").len(), 1);
    // Records written before the copy and not yet read are in the copy.
    follow.signal("STOP");
    folder.append(recs(3, 5));
    fs::rename(folder.path("jira.log.1"), folder.path("jira.log.2")).expect("renamed");
    fs::copy(&folder.log, folder.path("jira.log.1")).expect("copied");
    folder.truncate();
    folder.append(rec(6));
    follow.signal("CONT");
    follow.expect(&[1, 2, 3, 4, 5, 6]);
    assert_eq!(follow.notices("lost"), Vec::<Value>::new());
    follow.stop();
}

#[test]
fn s09_a_log_truncated_and_grown_beyond_its_old_end_between_two_polls_is_read_again() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&[]);
    folder.append(rec(1));
    follow.expect(&[1]);
    follow.signal("STOP");
    folder.truncate();
    folder.append(recs(2, 9));
    follow.signal("CONT");
    follow.expect(&all(1, 9));
    assert_eq!(follow.notices("truncated").len(), 1);
    follow.stop();
}

#[test]
fn s10_a_log_rewritten_to_the_same_size_with_its_old_time_is_read_again() {
    let folder = LogFolder::with(&recs(1, 3));
    let mut follow = folder.follow(&["--from", "start"]);
    follow.expect(&[1, 2, 3]);
    // So long after the last change that the change shows in the content only.
    pause(2300);
    let before = fs::metadata(&folder.log).expect("the log");
    follow.signal("STOP");
    folder.truncate();
    folder.append(recs(4, 6));
    let file = OpenOptions::new().write(true).open(&folder.log).expect("the log");
    file.set_modified(before.modified().expect("a time")).expect("set back");
    let after = fs::metadata(&folder.log).expect("the log");
    assert_eq!((before.len(), before.modified().ok()), (after.len(), after.modified().ok()));
    follow.signal("CONT");
    follow.expect(&all(1, 6));
    follow.stop();
}

#[test]
fn s11_truncation_during_a_read_does_not_crash_it() {
    // `OAUTHSIFT_TRUNCATION_ROUNDS=200` runs the long version, 200 rounds of 200 MiB.
    let rounds = std::env::var("OAUTHSIFT_TRUNCATION_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(12u64);
    let size = if rounds > 100 { 200 << 20 } else { 6 << 20 };
    let folder = LogFolder::with("");
    let mut block = String::new();
    while block.len() < 1 << 20 {
        block.push_str(INFO);
        block.push_str(&rec(7));
    }
    let mut follow =
        folder.follow(&["--poll-ms", "1", "--pattern", "entra-client-secret-expired", "--severity", "info"]);
    for round in 0..rounds {
        let mut file = OpenOptions::new().append(true).open(&folder.log).expect("the log");
        for _ in 0..size / block.len() {
            file.write_all(block.as_bytes()).expect("written");
        }
        pause(round * 7 % 60);
        folder.truncate();
        assert!(follow.is_alive(), "round {round}");
    }
    follow.wait_until("a notice of truncation", |follow| !follow.notices("truncated").is_empty());
    let marker = rec(9)
        .replace("7000215: Invalid client secret provided", "7000222: The provided client secret keys are expired");
    folder.append(marker);
    follow.wait_until("the record after all truncations", |follow| follow.found().contains(&9));
    assert_eq!(follow.found(), [9], "only complete records");
    follow.stop();
}

#[test]
fn s12_a_hole_left_by_a_writer_that_does_not_append_is_skipped() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&[]);
    let mut file = OpenOptions::new().write(true).open(&folder.log).expect("the log");
    for _ in 0..1000 {
        file.write_all(INFO.as_bytes()).expect("written");
    }
    file.write_all(rec(1).as_bytes()).expect("written");
    follow.expect(&[1]);
    folder.truncate();
    pause(60);
    // The writer continues at its old position.
    file.write_all(rec(2).as_bytes()).expect("written");
    follow.expect(&[1, 2]);
    let end = file.stream_position().expect("a position");
    assert_eq!(follow.findings()[1]["offset"], end - rec(2).len() as u64);
    assert_eq!(follow.notices("hole").len(), 1);
    // A hole of one tebibyte is skipped just as quickly.
    let far = 1u64 << 40;
    if file.write_at(rec(3).as_bytes(), far).is_ok() {
        follow.expect(&[1, 2, 3]);
    }
    let lines = follow.stop();
    assert!(lines.iter().all(|line| !line.to_string().contains("\\u0000") && !line.to_string().contains("\\\\x00")));
}

#[test]
fn s13_a_log_that_is_deleted_and_created_again_is_followed() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&[]);
    folder.append(INFO);
    pause(60);
    follow.signal("STOP");
    folder.append(rec(1));
    fs::remove_file(&folder.log).expect("removed");
    follow.signal("CONT");
    follow.expect(&[1]);
    pause(300);
    folder.append(rec(2));
    follow.expect(&[1, 2]);
    assert_eq!(follow.notices("waiting").len(), 1);
    follow.stop();
}

#[test]
fn s14_a_new_file_with_the_old_inode_is_read_from_its_start() {
    for (from, to) in [(10, 10), (10, 12), (10, 19)] {
        let folder = LogFolder::with(&recs(1, 3));
        let state = folder.path("state.json");
        let options = ["--from", "start", "--state", state.to_str().expect("text")];
        let mut follow = folder.follow(&options);
        follow.expect(&[1, 2, 3]);
        // A running follower keeps the file open, so its inode cannot be reused.
        follow.stop();
        let old = fs::metadata(&folder.log).expect("the log").ino();
        fs::remove_file(&folder.log).expect("removed");
        for _ in 0..50 {
            fs::write(&folder.log, recs(from, to)).expect("written");
            if fs::metadata(&folder.log).expect("the log").ino() == old {
                break;
            }
            fs::remove_file(&folder.log).expect("removed");
        }
        if !folder.log.exists() {
            // This file system does not reuse inodes so soon; the result must be the same.
            fs::write(&folder.log, recs(from, to)).expect("written");
        }
        let mut follow = folder.follow(&options);
        follow.expect(&all(from, to));
        follow.stop();
    }
}

#[test]
fn s15_an_old_generation_that_reappears_is_not_read_again() {
    for link in [false, true] {
        let folder = LogFolder::with("");
        let mut follow = folder.follow(&[]);
        folder.append(recs(1, 2));
        follow.expect(&[1, 2]);
        folder.rotate();
        folder.append(rec(3));
        follow.expect(&[1, 2, 3]);
        fs::remove_file(&folder.log).expect("removed");
        pause(60);
        if link {
            fs::hard_link(folder.path("jira.log.1"), &folder.log).expect("linked");
        } else {
            fs::copy(folder.path("jira.log.1"), &folder.log).expect("copied");
        }
        pause(100);
        folder.append(rec(4));
        follow.expect(&[1, 2, 3, 4]);
        follow.stop();
    }
}

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

#[test]
fn s23_a_replaced_folder_is_followed() {
    let folder = LogFolder::new();
    let log_folder = folder.path("log");
    fs::create_dir(&log_folder).expect("made");
    let log = log_folder.join("jira.log");
    append(&log, INFO);
    let mut follow = folder.follow_paths(&[], &[&log]);
    append(&log, rec(1));
    pause(60);
    fs::rename(&log_folder, folder.path("log.old")).expect("renamed");
    fs::create_dir(&log_folder).expect("made");
    append(&log, rec(2));
    follow.expect(&[1, 2]);
    follow.stop();
}

#[test]
fn s24_a_path_that_is_or_becomes_a_link_is_followed() {
    let folder = LogFolder::new();
    let (monday, tuesday) = (folder.path("jira.log-20240513"), folder.path("jira.log-20240514"));
    append(&monday, INFO);
    symlink(&monday, &folder.log).expect("linked");
    let mut follow = folder.follow(&[]);
    append(&monday, rec(1));
    pause(60);
    append(&tuesday, rec(2));
    fs::remove_file(&folder.log).expect("removed");
    symlink(&tuesday, &folder.log).expect("linked");
    follow.expect(&[1, 2]);
    follow.stop();

    let folder = LogFolder::with(INFO);
    let target = folder.path("elsewhere");
    let mut follow = folder.follow(&[]);
    folder.append(rec(1));
    append(&target, rec(2));
    fs::remove_file(&folder.log).expect("removed");
    symlink(&target, &folder.log).expect("linked");
    follow.expect(&[1, 2]);
    follow.stop();
}

#[test]
fn s25_no_file_watcher_is_used() {
    // Files are polled by name on every file system; no event queue is ever opened.
    let folder = LogFolder::with("");
    let follow = folder.follow(&[]);
    for entry in fs::read_dir(format!("/proc/{}/fd", follow.pid())).into_iter().flatten().flatten() {
        let target = fs::read_link(entry.path()).unwrap_or_default();
        assert!(!target.to_string_lossy().contains("inotify"), "{}", target.display());
    }
    follow.stop();
}

#[test]
fn s26_many_other_files_in_the_folder_do_no_harm() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&[]);
    for i in 0..3000 {
        fs::write(folder.path(&format!("other-{i}")), "").expect("written");
    }
    folder.append(rec(1));
    folder.rotate();
    folder.append(rec(2));
    follow.expect(&[1, 2]);
    follow.stop();
}

#[test]
fn s27_file_errors_are_reported_and_survived() {
    // EIO on stat, ESTALE on read, EACCES on open: injected, in debug builds only.
    if !cfg!(debug_assertions) {
        return;
    }
    let folder = LogFolder::with("");
    let injected = folder.path("injected");
    let mut command = folder.command(&[]);
    let mut follow =
        Follow::start(command.arg(&folder.log).env("OAUTHSIFT_TEST_TROUBLE", &injected), &folder.path("ready.prom"));
    let mut n = 0;
    for error in ["stat 5", "read 5", "read 116", "open 13\nread 116"] {
        let before = (follow.notices("unreadable").len(), follow.notices("readable").len());
        fs::write(&injected, error).expect("written");
        n += 1;
        folder.append(rec(n));
        follow.wait_until(error, |follow| follow.notices("unreadable").len() > before.0);
        fs::remove_file(&injected).expect("removed");
        n += 1;
        folder.append(rec(n));
        follow.expect(&all(1, n));
        follow.wait_until("it works again", |follow| follow.notices("readable").len() > before.1);
    }
    follow.stop();
}

#[test]
fn s27b_a_log_without_permission_is_read_once_permission_is_given() {
    let folder = LogFolder::with(&rec(1));
    fs::set_permissions(&folder.log, fs::Permissions::from_mode(0o000)).expect("closed");
    if fs::read(&folder.log).is_ok() {
        // Root can read everything, so there is nothing to test.
        return;
    }
    let mut follow = folder.follow(&[]);
    follow.wait_until("a notice", |follow| !follow.notices("unreadable").is_empty());
    fs::set_permissions(&folder.log, fs::Permissions::from_mode(0o600)).expect("opened");
    folder.append(rec(2));
    follow.expect(&[2]);
    follow.stop();
}

#[test]
fn s28_a_restart_resumes_where_the_previous_run_stopped() {
    for kill in [false, true] {
        let folder = LogFolder::with("");
        let state = folder.path("state.json");
        let options = ["--state", state.to_str().expect("text")];
        let mut follow = folder.follow(&options);
        folder.append(recs(1, 5));
        follow.expect(&all(1, 5));
        let before = if kill {
            pause(400);
            follow.kill()
        } else {
            follow.stop()
        };
        folder.append(recs(6, 10));
        folder.rotate();
        folder.append(recs(11, 15));
        let mut follow = folder.follow(&options);
        follow.wait_until("the last record", |follow| follow.found().contains(&15));
        pause(300);
        let known: Vec<Value> = before.iter().map(|line| line["id"].clone()).collect();
        let new: Vec<u64> =
            follow.findings().iter().filter(|f| !known.contains(&f["id"])).map(runner::number).collect();
        assert_eq!(new, all(6, 15));
        let repeated: Vec<Value> = follow.findings().into_iter().filter(|f| known.contains(&f["id"])).collect();
        assert!(repeated.len() <= usize::from(kill), "{repeated:?}");
        assert!(repeated.iter().all(|finding| finding["repeated"] == true));
        assert_eq!(follow.notices("unclean").len(), usize::from(kill));
        follow.stop();
        let temporary: Vec<String> = fs::read_dir(folder.folder.path())
            .expect("a folder")
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.contains("part"))
            .collect();
        assert!(temporary.len() <= usize::from(kill), "{temporary:?}");
    }
}

#[test]
fn s29_a_log_truncated_and_grown_between_two_runs_is_read_again() {
    let folder = LogFolder::with("");
    let state = folder.path("state.json");
    let options = ["--state", state.to_str().expect("text")];
    let mut follow = folder.follow(&options);
    folder.append(recs(1, 5));
    follow.expect(&all(1, 5));
    follow.stop();
    folder.truncate();
    folder.append(recs(6, 20));
    let mut follow = folder.follow(&options);
    follow.expect(&all(6, 20));
    assert_eq!(follow.notices("lost").len(), 1);
    follow.stop();
    // What was read of the new content is not read a second time.
    let mut follow = folder.follow(&options);
    folder.append(rec(21));
    follow.expect(&[21]);
    follow.stop();
}

#[cfg(feature = "archives")]
#[test]
fn s30_a_log_compressed_before_its_end_was_read_is_read_to_its_end() {
    let compress = |folder: &LogFolder, name: &str| {
        let text = fs::read(folder.path(name)).expect("a generation");
        let file = fs::File::create(folder.path(&format!("{name}.gz"))).expect("made");
        let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        encoder.write_all(&text).and_then(|()| encoder.finish().map(drop)).expect("compressed");
        fs::remove_file(folder.path(name)).expect("removed");
    };
    let folder = LogFolder::with(INFO);
    let state = folder.path("state.json");
    let options = ["--state", state.to_str().expect("text")];
    let mut follow = folder.follow(&options);
    follow.signal("STOP");
    folder.append(rec(1));
    folder.rotate();
    compress(&folder, "jira.log.1");
    folder.append(rec(2));
    follow.signal("CONT");
    follow.expect(&[1, 2]);
    follow.stop();
    // The same between two runs: the rest is in one compressed file, a complete generation in another.
    folder.append(rec(3));
    fs::rename(folder.path("jira.log.1.gz"), folder.path("jira.log.2.gz")).expect("renamed");
    folder.rotate();
    compress(&folder, "jira.log.1");
    folder.append(rec(4));
    fs::rename(folder.path("jira.log.2.gz"), folder.path("jira.log.3.gz")).expect("renamed");
    fs::rename(folder.path("jira.log.1.gz"), folder.path("jira.log.2.gz")).expect("renamed");
    folder.rotate();
    compress(&folder, "jira.log.1");
    folder.append(rec(5));
    let mut follow = folder.follow(&options);
    follow.expect(&[3, 4, 5]);
    follow.stop();
}

#[test]
fn s31_several_logs_and_a_folder_are_followed() {
    let folder = LogFolder::new();
    let names = ["a.log", "b.log", "c.log"].map(|name| folder.path(name));
    names.iter().for_each(|path| append(path, INFO));
    let paths: Vec<&std::path::Path> = names.iter().map(std::path::PathBuf::as_path).collect();
    let mut follow = folder.follow_paths(&[], &paths);
    for n in 1..=30u64 {
        let path = &names[n as usize % 3];
        append(path, rec(n));
        if n % 7 == 0 {
            fs::rename(path, path.with_extension("log.1")).expect("renamed");
        }
        pause(15);
    }
    follow.wait_until("all", |follow| follow.found().len() == 30);
    for finding in follow.findings() {
        let n = runner::number(&finding) as usize;
        assert_eq!(finding["source"], names[n % 3].to_str().expect("text"));
    }
    follow.stop();

    let folder = LogFolder::new();
    let log_folder = folder.path("log");
    fs::create_dir(&log_folder).expect("made");
    append(&log_folder.join("atlassian-jira.log"), rec(1));
    append(&log_folder.join("atlassian-jira.log.1"), rec(2));
    append(&log_folder.join("notes.txt"), rec(3));
    let mut follow = folder.follow_paths(&[], &[&log_folder]);
    append(&log_folder.join("atlassian-jira.log"), rec(4));
    append(&log_folder.join("atlassian-jira-incoming-mail.log"), rec(5));
    follow.wait_until("both", |follow| follow.found().len() == 2);
    pause(200);
    let mut found = follow.found();
    found.sort_unstable();
    assert_eq!(found, [4, 5], "a new log is read from its start, an old one from its end");
    follow.stop();
}

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

// Scenario 34, the model, is `tests/follow_model.rs`.

#[test]
fn many_rotations_leave_no_files_open() {
    let rounds = std::env::var("OAUTHSIFT_ROTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(300u64);
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&["--poll-ms", "1"]);
    let mut max_open = 0;
    for n in 1..=rounds {
        folder.append(format!("{}{INFO}", rec(n)));
        // Only one generation is kept, so a follower that does not poll in between would miss it.
        follow.wait_until("the record", |follow| follow.found().len() as u64 == n);
        fs::rename(&folder.log, folder.path("jira.log.1")).expect("renamed");
        fs::write(&folder.log, "").expect("made");
        max_open = max_open.max(follow.open_files().unwrap_or(0));
    }
    follow.wait_until("the last record", |follow| follow.found().len() as u64 == rounds);
    assert!(max_open <= 20, "{max_open} files open");
    follow.stop();
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
fn an_unusable_state_file_is_refused_with_advice() {
    let folder = LogFolder::with("");
    let state = folder.path("state.json");
    let run = |log: &str| {
        Command::new(env!("CARGO_BIN_EXE_oauthsift"))
            .args(["follow", "--for", "1s", "--state"])
            .arg(&state)
            .arg(folder.path(log))
            .output()
            .expect("ends")
    };
    assert_eq!(run("jira.log").status.code(), Some(0));
    let whole = fs::read_to_string(&state).expect("written");
    for (text, log, why) in [
        (whole.as_str(), "other.log", "belongs to another log"),
        (&whole[..whole.len() / 2], "jira.log", "damaged"),
        (INFO, "jira.log", "not a state file"),
        (&whole.replace("state/1", "state/9"), "jira.log", "another version"),
    ] {
        fs::write(&state, text).expect("written");
        let done = run(log);
        let errors = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(2), "{errors}");
        assert!(errors.contains(why) && errors.contains("remove it to start over"), "{errors}");
        assert_eq!(fs::read_to_string(&state).expect("still there"), text, "nothing is overwritten");
    }
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

#[test]
fn a_file_that_shrinks_but_keeps_its_start_is_not_read_again() {
    let folder = LogFolder::with("");
    let mut follow = folder.follow(&[]);
    folder.append(recs(1, 4));
    follow.expect(&[1, 2, 3, 4]);
    let file = OpenOptions::new().write(true).open(&folder.log).expect("the log");
    file.set_len(2 * rec(1).len() as u64).expect("cut");
    pause(100);
    let mut file = OpenOptions::new().append(true).open(&folder.log).expect("the log");
    file.seek(SeekFrom::End(0)).expect("the end");
    file.write_all(rec(5).as_bytes()).expect("written");
    follow.expect(&[1, 2, 3, 4, 5]);
    follow.stop();
}
