//! Folders, links, several logs, and errors of files.

use super::*;

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
