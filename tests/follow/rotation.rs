//! Rotated, truncated, deleted and replaced logs.

use super::*;

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
