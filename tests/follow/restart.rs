//! What is read after a restart.

use super::*;

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
