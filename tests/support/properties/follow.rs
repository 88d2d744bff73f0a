//! Following a log: the same findings as a scan, whatever is written, and whatever is in the state file.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};

use oauthsift::{Event, Finding, Follow, FollowSession, Input, Limits, Scan, StartPosition};

use super::{ENGINE, RECORD, is_encoded, parameters};

/// A temporary folder, in memory if possible.
pub(crate) fn folder() -> tempfile::TempDir {
    let memory = PathBuf::from("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder")
}

/// The most polls after which everything must have been read.
const MAX_POLLS: usize = 100_000;

fn poll(session: &mut FollowSession<'_>, now: Duration, each: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>) {
    let mut polls = 0;
    while session.poll(now, each) == ControlFlow::Continue(true) {
        polls += 1;
        assert!(polls < MAX_POLLS, "polling ends");
    }
}

fn without_source(findings: &[Finding]) -> Vec<Finding> {
    let strip = |finding: &Finding| {
        let mut finding = finding.clone();
        finding.source.clear();
        finding
    };
    findings.iter().map(strip).collect()
}

/// A log that is written in pieces gives the findings of a scan of the whole.
pub(crate) fn following_gives_the_findings_of_a_scan(input: &[u8]) {
    let (log, [first, second, record]) = parameters(input);
    // The encoding of a log is known only when its first bytes are there.
    if log.is_empty() || is_encoded(log) {
        return;
    }
    let limits = match record {
        0..64 => Limits::default(),
        _ => Limits::default().with_max_record_bytes(usize::from(record) * 4),
    };
    let folder = folder();
    let path = folder.path().join("jira.log");
    fs::write(&path, "").expect("written");
    let follow =
        Follow::new(&ENGINE).paths([&path]).from(StartPosition::Start).quiet(Duration::from_secs(3600)).limits(limits);
    let mut session = follow.begin().expect("no state");
    let mut found = Vec::new();
    let mut each = |event: Event<'_>| {
        if let Event::Finding(followed) = event {
            found.push(followed.finding.clone());
        }
        ControlFlow::Continue(())
    };
    let sizes = [1 + usize::from(first) * 5, 1 + usize::from(second) * 3];
    let (mut rest, mut now) = (log, Duration::ZERO);
    for size in sizes.iter().cycle() {
        let (bytes, more) = rest.split_at((*size).min(rest.len()));
        OpenOptions::new().append(true).open(&path).and_then(|mut file| file.write_all(bytes)).expect("written");
        now += Duration::from_millis(100);
        poll(&mut session, now, &mut each);
        rest = more;
        if rest.is_empty() {
            break;
        }
    }
    session.close(false, now, &mut each);
    let scan = Scan::new(&ENGINE).input(Input::bytes("jira.log", log)).limits(limits).threads(1).run();
    assert_eq!(without_source(&found), without_source(&scan.findings), "{}", String::from_utf8_lossy(log));
}

/// The folder of the logs, in a state file that is an input of [`any_state_file_is_used_or_refused`].
const FOLDER: &str = "@FOLDER@";
/// Records in the log and in the file that was rotated away.
const RECORDS: usize = 4;

fn write_logs(folder: &Path) -> PathBuf {
    let log = folder.join("jira.log");
    fs::write(&log, RECORD.repeat(RECORDS - 1)).expect("written");
    fs::write(folder.join("jira.log.1"), RECORD).expect("written");
    log
}

fn follow_with_state(log: &Path, state: &Path) -> Result<usize, String> {
    let follow = Follow::new(&ENGINE).paths([log]).from(StartPosition::Start).state(Some(state.to_path_buf()));
    let mut session = follow.begin().map_err(|error| error.to_string())?;
    let mut findings = 0;
    let mut each = |event: Event<'_>| {
        findings += usize::from(matches!(event, Event::Finding(followed) if followed.replaces.is_none()));
        ControlFlow::Continue(())
    };
    let mut now = Duration::ZERO;
    for _ in 0..4 {
        poll(&mut session, now, &mut each);
        now += Duration::from_millis(700);
    }
    session.close(false, now, &mut each);
    Ok(findings)
}

/// A state file as a run writes it.
#[allow(dead_code, reason = "the fuzz target has it as a seed")]
pub(crate) fn state_file() -> String {
    let folder = folder();
    let log = write_logs(folder.path());
    let state = folder.path().join("state.json");
    follow_with_state(&log, &state).expect("no state yet");
    fs::read_to_string(&state).expect("a state").replace(&*folder.path().to_string_lossy(), FOLDER)
}

/// A state file is used, or refused with the reason. Whatever it says, following ends, reports no record twice, and
/// leaves a state file that can be used.
pub(crate) fn any_state_file_is_used_or_refused(input: &[u8]) {
    let folder = folder();
    let log = write_logs(folder.path());
    let state = folder.path().join("state.json");
    // Bytes that are not UTF-8 stay.
    let path = folder.path().to_string_lossy().into_owned();
    let mut text = Vec::with_capacity(input.len());
    let mut rest = input;
    while let Some(at) = rest.windows(FOLDER.len()).position(|window| window == FOLDER.as_bytes()) {
        text.extend_from_slice(&rest[..at]);
        text.extend_from_slice(path.as_bytes());
        rest = &rest[at + FOLDER.len()..];
    }
    text.extend_from_slice(rest);
    fs::write(&state, &text).expect("written");
    match follow_with_state(&log, &state) {
        Ok(findings) => {
            assert!(findings <= RECORDS, "{findings} findings in {RECORDS} records");
            assert_eq!(follow_with_state(&log, &state), Ok(0), "the state of a finished run");
        }
        Err(reason) => {
            assert!(!reason.contains('\u{1b}'), "control characters are shown as escapes: {reason:?}");
            assert_eq!(fs::read(&state).expect("a state"), text, "a state that is refused stays as it is");
        }
    }
}
