//! `oauthsift follow`, the program itself, through everything that happens to logs.
//!
//! Each test is a scenario with its number. Every one also sees that the follower stays alive, ends on
//! SIGTERM with its summary, and tells nothing twice (`Follow::stop`).
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

use runner::{Follow, INFO, Place, append, pause, rec, recs, writer};
use serde_json::Value;

fn all(from: u64, to: u64) -> Vec<u64> {
    (from..=to).collect()
}

#[test]
fn s01_plain_appends_are_found_in_order_and_at_once() {
    let place = Place::with("");
    let mut follow = place.follow(&["--poll-ms", "100"]);
    let mut written = Vec::new();
    for n in 1..=100 {
        place.append(rec(n));
        written.push(Instant::now());
        pause(5);
    }
    follow.expect(&all(1, 100));
    let mut late: Vec<Duration> = (1..=100)
        .map(|n| follow.found_at(n).expect("found").saturating_duration_since(written[n as usize - 1]))
        .collect();
    late.sort();
    // Far from what it takes on a machine at rest, and from what a lost look would take.
    assert!(late[50] < Duration::from_secs(1), "median {:?}", late[50]);
    follow.stop();
}

#[test]
fn s02_the_start_is_the_end_the_beginning_or_the_last_records() {
    for (options, old) in [(&[][..], 11), (&["--from", "start"], 1), (&["--tail", "3"], 8), (&["--tail", "0"], 11)] {
        let place = Place::with(&recs(1, 10));
        let mut follow = place.follow(options);
        place.append(recs(11, 12));
        follow.expect(&all(old, 12));
        let first = &follow.findings()[0];
        assert_eq!(first["line"], (old - 1) * 4 + 1, "lines count from the start of the file");
        follow.stop();
    }
}

#[test]
fn s03_a_log_that_is_not_there_yet_is_waited_for() {
    let place = Place::new();
    let log = place.path("later/jira.log");
    let mut follow = place.follow_paths(&[], &[&log]);
    pause(300);
    fs::create_dir(place.path("later")).expect("made");
    append(&log, rec(1));
    follow.expect(&[1]);
    assert_eq!(follow.notices("waiting").len(), 1);
    follow.stop();
    let mut live = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["follow", "--for", "1"])
        .arg(place.path("never.log"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut said = String::new();
    live.stderr.take().expect("piped").read_to_string(&mut said).expect("read");
    assert_eq!(said.matches("waiting").count(), 1, "{said}");
    assert_eq!(live.wait().expect("ends").code(), Some(0));
}

#[test]
fn s04_a_rename_is_followed_to_the_new_file() {
    let place = Place::with("");
    let mut follow = place.follow(&[]);
    place.append(rec(1));
    pause(60);
    place.rotate();
    place.append(rec(2));
    follow.expect(&[1, 2]);
    assert_eq!(follow.notices("rotated").len(), 1);
    follow.stop();
}

#[test]
fn s05_late_writes_to_the_renamed_file_are_found() {
    let place = Place::with(INFO);
    let mut follow = place.follow(&[]);
    let mut late = writer(&place.log);
    place.append(rec(1));
    pause(60);
    place.rotate();
    late.write_all(rec(2).as_bytes()).expect("written");
    place.append(rec(3));
    pause(100);
    late.write_all(rec(4).as_bytes()).expect("written");
    // Two files that are written to at the same time have no order between them.
    follow.wait_until("all four", |follow| follow.found().len() == 4);
    let mut found = follow.found();
    found.sort_unstable();
    assert_eq!(found, [1, 2, 3, 4]);
    follow.stop();
}

#[test]
fn s06_generations_between_two_looks_are_read() {
    let place = Place::with(INFO);
    let mut follow = place.follow(&[]);
    follow.signal("STOP");
    place.append(rec(1));
    place.rotate();
    place.append(rec(2));
    place.rotate();
    place.append(rec(3));
    follow.signal("CONT");
    follow.expect(&[1, 2, 3]);
    assert_eq!(follow.notices("caught-up").len(), 1);
    follow.stop();
}

#[test]
fn s07_a_record_split_by_a_rotation_is_one() {
    let place = Place::with("");
    let mut follow = place.follow(&[]);
    let whole = rec(1);
    let (head, rest) = whole.split_at(whole.find("    Trace").expect("a second line"));
    place.append(head);
    pause(60);
    place.rotate();
    place.append(format!("{rest}{INFO}{}", rec(2)));
    follow.expect(&[1, 2]);
    assert_eq!(follow.findings()[0]["lines"], 4);
    assert_eq!(follow.findings()[1]["line"], 5);
    follow.stop();
}

#[test]
fn s07b_a_line_split_by_a_rotation_before_the_mail_server_is_one() {
    let place = Place::with("");
    let mut follow = place.follow(&[]);
    place.append("2026-02-03 08:15:00,123+0000 ERROR ");
    pause(60);
    place.rotate();
    let rest = "[Contoso Mailbox] Caesium-1-2 ServiceRunner    AADSTS7000215: Invalid client secret provided.";
    place.append(format!("{rest}\n    Trace ID: {}\n{INFO}{}", runner::trace(1), rec(2)));
    follow.expect(&[1, 2]);
    assert_eq!(follow.findings()[0]["timestamp"], "2026-02-03T08:15:00.123+00:00");
    assert_eq!(follow.findings()[0]["mail_server"], "Contoso Mailbox");
    follow.stop();
}

#[test]
fn s08_copy_and_truncate_repeats_nothing() {
    let place = Place::with("");
    let mut follow = place.follow(&[]);
    place.append(rec(1));
    follow.expect(&[1]);
    fs::copy(&place.log, place.path("jira.log.1")).expect("copied");
    place.truncate();
    place.append(rec(2));
    follow.expect(&[1, 2]);
    assert_eq!(follow.notices("truncated").len(), 1);
    // What was written before the copy and not read yet is in the copy.
    follow.signal("STOP");
    place.append(recs(3, 5));
    fs::rename(place.path("jira.log.1"), place.path("jira.log.2")).expect("renamed");
    fs::copy(&place.log, place.path("jira.log.1")).expect("copied");
    place.truncate();
    place.append(rec(6));
    follow.signal("CONT");
    follow.expect(&[1, 2, 3, 4, 5, 6]);
    assert_eq!(follow.notices("lost"), Vec::<Value>::new());
    follow.stop();
}

#[test]
fn s09_truncated_and_grown_beyond_the_old_end_between_two_looks() {
    let place = Place::with("");
    let mut follow = place.follow(&[]);
    place.append(rec(1));
    follow.expect(&[1]);
    follow.signal("STOP");
    place.truncate();
    place.append(recs(2, 9));
    follow.signal("CONT");
    follow.expect(&all(1, 9));
    assert_eq!(follow.notices("truncated").len(), 1);
    follow.stop();
}

#[test]
fn s10_rewritten_to_the_same_size_with_the_old_time() {
    let place = Place::with(&recs(1, 3));
    let mut follow = place.follow(&["--from", "start"]);
    follow.expect(&[1, 2, 3]);
    // Long after the last change, so that nothing but the file itself gives it away.
    pause(2300);
    let before = fs::metadata(&place.log).expect("the log");
    follow.signal("STOP");
    place.truncate();
    place.append(recs(4, 6));
    let file = OpenOptions::new().write(true).open(&place.log).expect("the log");
    file.set_modified(before.modified().expect("a time")).expect("set back");
    let after = fs::metadata(&place.log).expect("the log");
    assert_eq!((before.len(), before.modified().ok()), (after.len(), after.modified().ok()));
    follow.signal("CONT");
    follow.expect(&all(1, 6));
    follow.stop();
}

#[test]
fn s11_truncation_while_it_reads_kills_nobody() {
    // The long version, 200 rounds of 200 MiB, is for `OAUTHSIFT_TRUNCATION_ROUNDS=200`.
    let rounds = std::env::var("OAUTHSIFT_TRUNCATION_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(12u64);
    let size = if rounds > 100 { 200 << 20 } else { 6 << 20 };
    let place = Place::with("");
    let mut block = String::new();
    while block.len() < 1 << 20 {
        block.push_str(INFO);
        block.push_str(&rec(7));
    }
    let mut follow =
        place.follow(&["--poll-ms", "1", "--pattern", "entra-client-secret-expired", "--severity", "info"]);
    for round in 0..rounds {
        let mut file = OpenOptions::new().append(true).open(&place.log).expect("the log");
        for _ in 0..size / block.len() {
            file.write_all(block.as_bytes()).expect("written");
        }
        pause(round * 7 % 60);
        place.truncate();
        assert!(follow.is_alive(), "round {round}");
    }
    follow.wait_until("a notice of truncation", |follow| !follow.notices("truncated").is_empty());
    let marker = rec(9)
        .replace("7000215: Invalid client secret provided", "7000222: The provided client secret keys are expired");
    place.append(marker);
    follow.wait_until("the record behind it all", |follow| follow.found().contains(&9));
    assert_eq!(follow.found(), [9], "nothing but whole records");
    follow.stop();
}

#[test]
fn s12_a_hole_left_by_a_writer_that_does_not_append_is_passed_over() {
    let place = Place::with("");
    let mut follow = place.follow(&[]);
    let mut file = OpenOptions::new().write(true).open(&place.log).expect("the log");
    for _ in 0..1000 {
        file.write_all(INFO.as_bytes()).expect("written");
    }
    file.write_all(rec(1).as_bytes()).expect("written");
    follow.expect(&[1]);
    place.truncate();
    pause(60);
    // The writer goes on at its old place.
    file.write_all(rec(2).as_bytes()).expect("written");
    follow.expect(&[1, 2]);
    let end = file.stream_position().expect("a place");
    assert_eq!(follow.findings()[1]["offset"], end - rec(2).len() as u64);
    assert_eq!(follow.notices("hole").len(), 1);
    // A hole of a tebibyte costs nothing.
    let far = 1u64 << 40;
    if file.write_at(rec(3).as_bytes(), far).is_ok() {
        follow.expect(&[1, 2, 3]);
    }
    let lines = follow.stop();
    assert!(lines.iter().all(|line| !line.to_string().contains("\\u0000") && !line.to_string().contains("\\\\x00")));
}

#[test]
fn s13_deleted_and_created_again() {
    let place = Place::with("");
    let mut follow = place.follow(&[]);
    place.append(INFO);
    pause(60);
    follow.signal("STOP");
    place.append(rec(1));
    fs::remove_file(&place.log).expect("removed");
    follow.signal("CONT");
    follow.expect(&[1]);
    pause(300);
    place.append(rec(2));
    follow.expect(&[1, 2]);
    assert_eq!(follow.notices("waiting").len(), 1);
    follow.stop();
}

#[test]
fn s14_a_new_file_with_the_old_inode_is_read_from_its_start() {
    for (from, to) in [(10, 10), (10, 12), (10, 19)] {
        let place = Place::with(&recs(1, 3));
        let state = place.path("state.json");
        let options = ["--from", "start", "--state", state.to_str().expect("text")];
        let mut follow = place.follow(&options);
        follow.expect(&[1, 2, 3]);
        // While the follower runs it holds the file, so that its inode cannot come again.
        follow.stop();
        let old = fs::metadata(&place.log).expect("the log").ino();
        fs::remove_file(&place.log).expect("removed");
        for _ in 0..50 {
            fs::write(&place.log, recs(from, to)).expect("written");
            if fs::metadata(&place.log).expect("the log").ino() == old {
                break;
            }
            fs::remove_file(&place.log).expect("removed");
        }
        if !place.log.exists() {
            // This file system does not use inodes again so soon; the same is seen below.
            fs::write(&place.log, recs(from, to)).expect("written");
        }
        let mut follow = place.follow(&options);
        follow.expect(&all(from, to));
        follow.stop();
    }
}

#[test]
fn s15_an_old_generation_that_comes_back_is_not_read_again() {
    for link in [false, true] {
        let place = Place::with("");
        let mut follow = place.follow(&[]);
        place.append(recs(1, 2));
        follow.expect(&[1, 2]);
        place.rotate();
        place.append(rec(3));
        follow.expect(&[1, 2, 3]);
        fs::remove_file(&place.log).expect("removed");
        pause(60);
        if link {
            fs::hard_link(place.path("jira.log.1"), &place.log).expect("linked");
        } else {
            fs::copy(place.path("jira.log.1"), &place.log).expect("copied");
        }
        pause(100);
        place.append(rec(4));
        follow.expect(&[1, 2, 3, 4]);
        follow.stop();
    }
}

#[test]
fn s16_half_a_line_is_no_finding() {
    let place = Place::with("");
    let mut follow = place.follow(&["--quiet-ms", "500"]);
    let whole = rec(1);
    let cut = whole.find("00215").expect("a code");
    place.append(&whole[..cut]);
    pause(3000);
    assert_eq!(follow.found(), Vec::<u64>::new());
    place.append(&whole[cut..]);
    follow.expect(&[1]);
    assert_eq!(follow.findings()[0]["code"], 7_000_215);
    follow.stop();
}

#[test]
fn s17_a_last_record_without_line_break_is_told_when_idle_and_once() {
    let place = Place::with("");
    let mut follow = place.follow(&[]);
    place.append(rec(1).trim_end());
    follow.expect(&[1]);
    assert_eq!(follow.findings()[0]["complete"], false);
    place.append("\n");
    place.append(format!("{INFO}{}", rec(2)));
    follow.expect(&[1, 2]);
    assert_eq!(follow.findings()[1]["complete"], true);
    follow.stop();
}

#[test]
fn s18_a_slow_record_is_one_finding() {
    let place = Place::with("");
    let mut follow = place.follow(&["--quiet-ms", "600"]);
    for line in rec(1).split_inclusive('\n') {
        place.append(line);
        pause(250);
    }
    follow.expect(&[1]);
    let finding = &follow.findings()[0];
    assert!(finding["correlation_id"].is_string() && finding["idp_timestamp"].is_string(), "{finding}");
    assert!(finding["replaces"].is_null());
    follow.stop();
}

#[test]
fn s18b_a_record_that_goes_on_after_the_quiet_time_takes_its_place() {
    let place = Place::with("");
    let mut follow = place.follow(&["--quiet-ms", "100"]);
    let whole = rec(1);
    let cut = whole.find("    Trace").expect("a second line");
    place.append(&whole[..cut]);
    follow.expect(&[0]);
    place.append(&whole[cut..]);
    follow.expect(&[0, 1]);
    let findings = follow.findings();
    assert_eq!(findings[1]["replaces"]["id"], findings[0]["id"]);
    assert_eq!(findings[1]["replaces"]["offset"], 0);
    assert_eq!(findings[1]["replaces"]["source"], findings[0]["source"]);
    let lines = follow.stop();
    assert_eq!(lines.last().expect("a summary")["summary"]["findings"], 1, "counted once");
}

#[test]
fn s19_the_next_record_ends_the_last_at_once() {
    let place = Place::with("");
    let mut follow = place.follow(&["--quiet-ms", "60000"]);
    place.append(format!("{}{INFO}", rec(1)));
    let written = Instant::now();
    follow.expect(&[1]);
    assert!(follow.found_at(1).expect("found") - written < Duration::from_secs(2));
    follow.stop();
}

#[test]
fn s20_a_burst_is_found_whole_in_little_memory_and_then_it_rests() {
    let place = Place::with("");
    let mut follow = place.follow(&[]);
    let mut text = String::new();
    for n in 1..=200 {
        text.push_str(&rec(n));
        text.push_str(&INFO.repeat(199));
    }
    place.append(&text);
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
fn s21_a_line_without_end_is_cut_and_what_follows_is_found() {
    let place = Place::with("");
    let mut follow = place.follow(&[]);
    place.append(INFO.trim_end());
    let block = "x".repeat(1 << 20);
    for _ in 0..8 {
        place.append(&block);
    }
    place.append(format!("\n{}", rec(1)));
    follow.expect(&[1]);
    assert_eq!(follow.notices("record-too-long").len(), 1);
    follow.stop();
}

#[test]
fn s22_any_bytes_in_any_pieces_give_what_a_scan_gives() {
    let code = rec(3);
    let cut = code.find("00215").expect("a code");
    let crlf = rec(2).replace('\n', "\r\n");
    let pieces: Vec<Vec<u8>> = vec![
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
    let place = Place::with("");
    let mut follow = place.follow(&["--quiet-ms", "3000"]);
    for piece in &pieces {
        place.append(piece);
        pause(70);
    }
    follow.expect(&all(1, 5));
    let scanned = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["scan", "--format", "jsonl"])
        .arg(&place.log)
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
            for own in ["id", "complete", "repeated", "replaces"] {
                finding.as_object_mut().expect("an object").remove(own);
            }
            finding
        })
        .collect();
    assert_eq!(followed, scanned);
    follow.stop();
}

#[test]
fn s23_a_directory_that_is_replaced() {
    let place = Place::new();
    let folder = place.path("log");
    fs::create_dir(&folder).expect("made");
    let log = folder.join("jira.log");
    append(&log, INFO);
    let mut follow = place.follow_paths(&[], &[&log]);
    append(&log, rec(1));
    pause(60);
    fs::rename(&folder, place.path("log.old")).expect("renamed");
    fs::create_dir(&folder).expect("made");
    append(&log, rec(2));
    follow.expect(&[1, 2]);
    follow.stop();
}

#[test]
fn s24_a_path_that_is_or_becomes_a_link() {
    let place = Place::new();
    let (monday, tuesday) = (place.path("jira.log-20240513"), place.path("jira.log-20240514"));
    append(&monday, INFO);
    symlink(&monday, &place.log).expect("linked");
    let mut follow = place.follow(&[]);
    append(&monday, rec(1));
    pause(60);
    append(&tuesday, rec(2));
    fs::remove_file(&place.log).expect("removed");
    symlink(&tuesday, &place.log).expect("linked");
    follow.expect(&[1, 2]);
    follow.stop();

    let place = Place::with(INFO);
    let target = place.path("elsewhere");
    let mut follow = place.follow(&[]);
    place.append(rec(1));
    append(&target, rec(2));
    fs::remove_file(&place.log).expect("removed");
    symlink(&target, &place.log).expect("linked");
    follow.expect(&[1, 2]);
    follow.stop();
}

#[test]
fn s25_nothing_is_watched_so_nothing_can_fail_to_be_watched() {
    // There is one way to follow, looking at names, on any file system: no event queue is ever opened.
    let place = Place::with("");
    let follow = place.follow(&[]);
    for entry in fs::read_dir(format!("/proc/{}/fd", follow.pid())).into_iter().flatten().flatten() {
        let target = fs::read_link(entry.path()).unwrap_or_default();
        assert!(!target.to_string_lossy().contains("inotify"), "{}", target.display());
    }
    // A look opens nothing: only names are asked for, or a network share would serve its memory of them.
    follow.stop();
}

#[test]
fn s26_many_other_files_in_the_folder_disturb_nobody() {
    let place = Place::with("");
    let mut follow = place.follow(&[]);
    for i in 0..3000 {
        fs::write(place.path(&format!("other-{i}")), "").expect("written");
    }
    place.append(rec(1));
    place.rotate();
    place.append(rec(2));
    follow.expect(&[1, 2]);
    follow.stop();
}

#[test]
fn s27_trouble_with_the_file_is_told_and_outlived() {
    // EIO while looking, ESTALE while reading, EACCES while opening: on order, in debug builds only.
    if !cfg!(debug_assertions) {
        return;
    }
    let place = Place::with("");
    let order = place.path("order");
    let mut command = place.command(&[]);
    let mut follow =
        Follow::start(command.arg(&place.log).env("OAUTHSIFT_TEST_TROUBLE", &order), &place.path("ready.prom"));
    let mut n = 0;
    for trouble in ["stat 5", "read 5", "read 116", "open 13\nread 116"] {
        let before = (follow.notices("unreadable").len(), follow.notices("readable").len());
        fs::write(&order, trouble).expect("ordered");
        n += 1;
        place.append(rec(n));
        follow.wait_until(trouble, |follow| follow.notices("unreadable").len() > before.0);
        fs::remove_file(&order).expect("over");
        n += 1;
        place.append(rec(n));
        follow.expect(&all(1, n));
        follow.wait_until("it works again", |follow| follow.notices("readable").len() > before.1);
    }
    follow.stop();
}

#[test]
fn s27b_a_log_that_may_not_be_read_is_read_when_it_may() {
    let place = Place::with(&rec(1));
    fs::set_permissions(&place.log, fs::Permissions::from_mode(0o000)).expect("closed");
    if fs::read(&place.log).is_ok() {
        // The super user reads everything: nothing to see here.
        return;
    }
    let mut follow = place.follow(&[]);
    follow.wait_until("a notice", |follow| !follow.notices("unreadable").is_empty());
    fs::set_permissions(&place.log, fs::Permissions::from_mode(0o600)).expect("opened");
    place.append(rec(2));
    follow.expect(&[2]);
    follow.stop();
}

#[test]
fn s28_a_restart_goes_on_where_the_run_before_stood() {
    for kill in [false, true] {
        let place = Place::with("");
        let state = place.path("state.json");
        let options = ["--state", state.to_str().expect("text")];
        let mut follow = place.follow(&options);
        place.append(recs(1, 5));
        follow.expect(&all(1, 5));
        let before = if kill {
            pause(400);
            follow.kill()
        } else {
            follow.stop()
        };
        place.append(recs(6, 10));
        place.rotate();
        place.append(recs(11, 15));
        let mut follow = place.follow(&options);
        follow.wait_until("the last record", |follow| follow.found().contains(&15));
        pause(300);
        let known: Vec<Value> = before.iter().map(|line| line["id"].clone()).collect();
        let new: Vec<u64> =
            follow.findings().iter().filter(|f| !known.contains(&f["id"])).map(runner::number).collect();
        assert_eq!(new, all(6, 15));
        let again: Vec<Value> = follow.findings().into_iter().filter(|f| known.contains(&f["id"])).collect();
        assert!(again.len() <= usize::from(kill), "{again:?}");
        assert!(again.iter().all(|finding| finding["repeated"] == true));
        assert_eq!(follow.notices("unclean").len(), usize::from(kill));
        follow.stop();
        let beside: Vec<String> = fs::read_dir(place.folder.path())
            .expect("a folder")
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.contains("part"))
            .collect();
        assert!(beside.len() <= usize::from(kill), "{beside:?}");
    }
}

#[test]
fn s29_truncated_and_grown_while_it_was_away() {
    let place = Place::with("");
    let state = place.path("state.json");
    let options = ["--state", state.to_str().expect("text")];
    let mut follow = place.follow(&options);
    place.append(recs(1, 5));
    follow.expect(&all(1, 5));
    follow.stop();
    place.truncate();
    place.append(recs(6, 20));
    let mut follow = place.follow(&options);
    follow.expect(&all(6, 20));
    assert_eq!(follow.notices("lost").len(), 1);
    follow.stop();
    // And again: what was read from the new content is not read once more.
    let mut follow = place.follow(&options);
    place.append(rec(21));
    follow.expect(&[21]);
    follow.stop();
}

#[cfg(feature = "archives")]
#[test]
fn s30_compressed_before_its_end_was_read() {
    let pack = |place: &Place, name: &str| {
        let text = fs::read(place.path(name)).expect("a generation");
        let file = fs::File::create(place.path(&format!("{name}.gz"))).expect("made");
        let mut packer = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        packer.write_all(&text).and_then(|()| packer.finish().map(drop)).expect("packed");
        fs::remove_file(place.path(name)).expect("removed");
    };
    let place = Place::with(INFO);
    let state = place.path("state.json");
    let options = ["--state", state.to_str().expect("text")];
    let mut follow = place.follow(&options);
    follow.signal("STOP");
    place.append(rec(1));
    place.rotate();
    pack(&place, "jira.log.1");
    place.append(rec(2));
    follow.signal("CONT");
    follow.expect(&[1, 2]);
    follow.stop();
    // The same while it is away: the rest is in the compressed file, and whole generations too.
    place.append(rec(3));
    fs::rename(place.path("jira.log.1.gz"), place.path("jira.log.2.gz")).expect("renamed");
    place.rotate();
    pack(&place, "jira.log.1");
    place.append(rec(4));
    fs::rename(place.path("jira.log.2.gz"), place.path("jira.log.3.gz")).expect("renamed");
    fs::rename(place.path("jira.log.1.gz"), place.path("jira.log.2.gz")).expect("renamed");
    place.rotate();
    pack(&place, "jira.log.1");
    place.append(rec(5));
    let mut follow = place.follow(&options);
    follow.expect(&[3, 4, 5]);
    follow.stop();
}

#[test]
fn s31_several_logs_and_a_folder() {
    let place = Place::new();
    let names = ["a.log", "b.log", "c.log"].map(|name| place.path(name));
    names.iter().for_each(|path| append(path, INFO));
    let paths: Vec<&std::path::Path> = names.iter().map(std::path::PathBuf::as_path).collect();
    let mut follow = place.follow_paths(&[], &paths);
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

    let place = Place::new();
    let folder = place.path("log");
    fs::create_dir(&folder).expect("made");
    append(&folder.join("atlassian-jira.log"), rec(1));
    append(&folder.join("atlassian-jira.log.1"), rec(2));
    append(&folder.join("notes.txt"), rec(3));
    let mut follow = place.follow_paths(&[], &[&folder]);
    append(&folder.join("atlassian-jira.log"), rec(4));
    append(&folder.join("atlassian-jira-incoming-mail.log"), rec(5));
    follow.wait_until("both", |follow| follow.found().len() == 2);
    pause(200);
    let mut found = follow.found();
    found.sort_unstable();
    assert_eq!(found, [4, 5], "a new log is read from its start, an old one from its end");
    follow.stop();
}

#[test]
fn s32_an_output_that_is_gone_or_full_ends_it() {
    let place = Place::with("");
    let mut quiet =
        place.command(&[]).arg(&place.log).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(quiet.stdout.take());
    while !place.path("ready.prom").exists() {
        pause(5);
    }
    place.append(format!("{}{INFO}", rec(1)));
    let done = quiet.wait_with_output().expect("ends");
    assert!(done.status.success() && done.stderr.is_empty(), "{done:?}");

    let Ok(full) = OpenOptions::new().write(true).open("/dev/full") else { return };
    let place = Place::with("");
    let full = place.command(&[]).arg(&place.log).stdout(full).stderr(Stdio::piped()).spawn().expect("starts");
    while !place.path("ready.prom").exists() {
        pause(5);
    }
    place.append(format!("{}{INFO}", rec(1)));
    let done = full.wait_with_output().expect("ends");
    assert_eq!(done.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&done.stderr).lines().count(), 1, "{done:?}");
}

#[test]
fn s33_no_wall_clock_is_asked() {
    // The follow's times come from a monotonic clock; the source says so, for no test may set the clock.
    for path in ["src/source/tail", "src/source/tail/follower", "src/pipeline/follow", "src/pipeline/follow.rs"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let files: Vec<_> = match fs::read_dir(&path) {
            Ok(entries) => entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect(),
            Err(_) => vec![path],
        };
        for file in files {
            let text = fs::read_to_string(&file).expect("a source file");
            assert!(!text.contains("SystemTime::now") && !text.contains("Utc::now"), "{}", file.display());
        }
    }
}

// Scenario 34, the model, is `tests/follow_model.rs`.

#[test]
fn many_rotations_leave_no_file_open() {
    let rounds = std::env::var("OAUTHSIFT_ROTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(300u64);
    let place = Place::with("");
    let mut follow = place.follow(&["--poll-ms", "1"]);
    let mut most = 0;
    for n in 1..=rounds {
        place.append(format!("{}{INFO}", rec(n)));
        // One generation is kept: a follower that did not look in between would miss it.
        follow.wait_until("the record", |follow| follow.found().len() as u64 == n);
        fs::rename(&place.log, place.path("jira.log.1")).expect("renamed");
        fs::write(&place.log, "").expect("made");
        most = most.max(follow.open_files().unwrap_or(0));
    }
    follow.wait_until("the last record", |follow| follow.found().len() as u64 == rounds);
    assert!(most <= 20, "{most} files open");
    follow.stop();
}

#[test]
fn standard_input_is_followed_to_its_end() {
    let place = Place::new();
    let mut command = place.command(&[]);
    let mut child = command.arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("starts");
    let mut stdin = child.stdin.take().expect("piped");
    for piece in recs(1, 3).as_bytes().chunks(50) {
        stdin.write_all(piece).expect("written");
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
fn a_script_can_wait_for_the_first_finding_or_for_a_time() {
    let place = Place::with("");
    let mut follow = place.follow(&["--until-first", "--fail-on", "warning"]);
    place.append(recs(1, 3));
    assert_eq!(follow.wait().code(), Some(1));
    assert_eq!(follow.found(), [1]);
    let start = Instant::now();
    let mut follow = place.follow(&["--until-first", "--for", "1s", "--fail-on", "warning"]);
    assert_eq!(follow.wait().code(), Some(0));
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert!(follow.lines().last().expect("a summary").get("summary").is_some());
}

#[test]
fn filters_are_those_of_scan() {
    let place = Place::with("");
    let mut follow = place.follow(&["--pattern", "entra-client-secret-expired", "--severity", "info"]);
    let expired = rec(2)
        .replace("7000215: Invalid client secret provided", "7000222: The provided client secret keys are expired");
    place.append(format!("{}{expired}{}", rec(1), rec(3)));
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
fn a_state_file_of_no_use_is_refused_with_the_way_out() {
    let place = Place::with("");
    let state = place.path("state.json");
    let run = |log: &str| {
        Command::new(env!("CARGO_BIN_EXE_oauthsift"))
            .args(["follow", "--for", "1s", "--state"])
            .arg(&state)
            .arg(place.path(log))
            .output()
            .expect("ends")
    };
    assert_eq!(run("jira.log").status.code(), Some(0));
    let whole = fs::read_to_string(&state).expect("written");
    for (text, log, why) in [
        (whole.as_str(), "other.log", "belongs to another log"),
        (&whole[..whole.len() / 2], "jira.log", "damaged"),
        (INFO, "jira.log", "no state file"),
        (&whole.replace("state/1", "state/9"), "jira.log", "another version"),
    ] {
        fs::write(&state, text).expect("written");
        let done = run(log);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(2), "{said}");
        assert!(said.contains(why) && said.contains("remove it to start afresh"), "{said}");
        assert_eq!(fs::read_to_string(&state).expect("still there"), text, "nothing is overwritten");
    }
}

#[test]
fn a_command_is_run_once_for_each_incident_and_holds_nobody_up() {
    let place = Place::with("");
    let told = place.path("told");
    let command = format!("cat >> '{}'; echo to the side; exit 3", told.display());
    let mut follow = place.follow(&["--exec", &command]);
    let expired = rec(3)
        .replace("7000215: Invalid client secret provided", "7000222: The provided client secret keys are expired");
    place.append(format!("{}{expired}", recs(1, 2)));
    follow.expect(&[1, 2, 3]);
    follow.wait_until("both alarms", |_| fs::read_to_string(&told).is_ok_and(|text| text.lines().count() == 2));
    let alarms: Vec<Value> = fs::read_to_string(&told)
        .expect("told")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(alarms.iter().map(runner::number).collect::<Vec<_>>(), [1, 3]);
    follow.wait_until("its failure", |follow| follow.errors().contains("--exec: the command failed: exit status: 3"));
    follow.stop();

    let place = Place::with("");
    let mut follow = place.follow(&["--exec", "sleep 3"]);
    place.append(recs(1, 2));
    let written = Instant::now();
    follow.expect(&[1, 2]);
    assert!(written.elapsed() < Duration::from_millis(2500), "a slow command holds findings up");
    follow.kill();
}

#[test]
fn metrics_are_kept_in_a_file() {
    let place = Place::with("");
    let mut follow = place.follow(&[]);
    place.append(recs(1, 3));
    follow.expect(&[1, 2, 3]);
    place.truncate();
    follow.wait_until("a notice", |follow| !follow.notices("truncated").is_empty());
    follow.stop();
    let text = fs::read_to_string(place.path("ready.prom")).expect("written");
    for line in [
        "oauthsift_follow_findings_total{pattern=\"entra-client-secret-invalid\",severity=\"error\"} 3",
        "oauthsift_follow_truncations_total 1",
        "oauthsift_follow_files 1",
    ] {
        assert!(text.lines().any(|other| other == line), "{line}\n{text}");
    }
    assert!(text.contains("oauthsift_follow_since_last_failure_seconds "), "{text}");
}

#[test]
fn the_live_view_shows_the_cure_once_and_no_status_line_in_a_pipe() {
    let place = Place::with(&recs(1, 3));
    let done = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["follow", "--from", "start", "--for", "1s", "--quiet-ms", "50", "--bell"])
        .arg(&place.log)
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
fn a_file_that_shrinks_but_keeps_its_head_is_not_read_again() {
    let place = Place::with("");
    let mut follow = place.follow(&[]);
    place.append(recs(1, 4));
    follow.expect(&[1, 2, 3, 4]);
    let file = OpenOptions::new().write(true).open(&place.log).expect("the log");
    file.set_len(2 * rec(1).len() as u64).expect("cut");
    pause(100);
    let mut file = OpenOptions::new().append(true).open(&place.log).expect("the log");
    file.seek(SeekFrom::End(0)).expect("the end");
    file.write_all(rec(5).as_bytes()).expect("written");
    follow.expect(&[1, 2, 3, 4, 5]);
    follow.stop();
}
