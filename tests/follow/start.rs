//! Where it starts, and how fast it finds what is appended.

use super::*;

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
