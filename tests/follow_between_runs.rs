//! What happens to a log between two runs of `follow`: every short sequence of events, after every kind of stop.
//! `OAUTHSIFT_STEPS=n` sets how many events there are at most (3 by default, 2 in a debug build).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Write as _,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
    time::Duration,
};

use oauthsift::{Catalogue, Engine, Event, Follow, FollowSession, NoticeKind, StartPosition};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Arc::new(Catalogue::builtin())));

fn record(n: u64) -> String {
    format!(
        "2026-01-05 20:00:{n:02},014+0000 main ERROR a {n}x1x1 b /x [c.a.o.c.X] The error message is: AADSTS7000215: Invalid.\n    Trace ID: 00000000-0000-4000-8000-{n:012}\n",
    )
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    /// A record in the file that has the log's name.
    Append,
    /// A record in the file that was renamed last, by a writer that has kept it open.
    WriteLate,
    /// A record in the file that was renamed before that one.
    WriteLater,
    /// The log is renamed, and a new one is created, empty.
    Rename,
    /// The log is renamed, and there is none until a writer opens it.
    RenameOnly,
    /// The log is copied and emptied.
    CopyTruncate,
    /// The file that was rotated last is compressed.
    Compress,
    /// The file that was rotated last is deleted.
    Delete,
}

const STEPS: [Step; 8] = [
    Step::Append,
    Step::WriteLate,
    Step::WriteLater,
    Step::Rename,
    Step::RenameOnly,
    Step::CopyTruncate,
    Step::Compress,
    Step::Delete,
];

/// The log and its writers.
struct Log {
    path: PathBuf,
    next: u64,
    /// The writers of renamed files, the latest last.
    renamed: Vec<File>,
    writer: Option<File>,
    stopped: bool,
    /// Records whose loss is not reported: they were written late to a file that had been read to its end, or to
    /// one that was empty before and after, and the file or its copy was deleted. Nothing shows that.
    exempt: BTreeSet<u64>,
    /// The file with the log's name was empty at the stop.
    was_empty: bool,
    /// The records of rotated files, the latest last, and whether the loss of more cannot be known.
    rotated: Vec<(Vec<u64>, bool)>,
    records: Vec<u64>,
}

impl Log {
    fn new(folder: &Path) -> Self {
        Self {
            path: folder.join("jira.log"),
            next: 1,
            renamed: Vec::new(),
            writer: None,
            stopped: false,
            exempt: BTreeSet::new(),
            was_empty: false,
            rotated: Vec::new(),
            records: Vec::new(),
        }
    }

    fn rotated_path(&self, i: usize, end: &str) -> PathBuf {
        PathBuf::from(format!("{}.{i}{end}", self.path.display()))
    }

    fn writer(&mut self) -> &mut File {
        let path = &self.path;
        self.writer.get_or_insert_with(|| File::options().create(true).append(true).open(path).expect("a log"))
    }

    fn shift(&mut self) {
        for i in (1..10).rev() {
            for end in ["", ".gz"] {
                let _ = fs::rename(self.rotated_path(i, end), self.rotated_path(i + 1, end));
            }
        }
    }

    /// Carries out a step. False where it makes no sense.
    fn step(&mut self, step: Step) -> bool {
        match step {
            Step::Append => {
                let n = self.next;
                self.writer().write_all(record(n).as_bytes()).expect("written");
                self.records.push(n);
                self.next += 1;
            }
            Step::WriteLate | Step::WriteLater => {
                let back = if step == Step::WriteLate { 1 } else { 2 };
                let Some(i) = self.renamed.len().checked_sub(back) else { return false };
                let n = self.next;
                self.renamed[i].write_all(record(n).as_bytes()).expect("written");
                self.rotated[i].0.push(n);
                self.next += 1;
            }
            Step::Rename | Step::RenameOnly => {
                if !self.path.exists() {
                    return false;
                }
                self.writer();
                self.shift();
                fs::rename(&self.path, self.rotated_path(1, "")).expect("renamed");
                let writer = self.writer.take().expect("a writer");
                self.renamed.push(writer);
                self.rotated.push((std::mem::take(&mut self.records), !self.stopped));
                if step == Step::Rename {
                    self.writer();
                }
            }
            Step::CopyTruncate => {
                if !self.path.exists() {
                    return false;
                }
                self.shift();
                fs::copy(&self.path, self.rotated_path(1, "")).expect("copied");
                self.writer().set_len(0).expect("cut");
                // Nobody writes to the copy: late writes have no place.
                self.renamed.clear();
                self.rotated.clear();
                self.rotated.push((std::mem::take(&mut self.records), std::mem::take(&mut self.was_empty)));
            }
            Step::Compress | Step::Delete => {
                let path = self.rotated_path(1, "");
                if !path.exists() {
                    return false;
                }
                if step == Step::Compress {
                    let text = fs::read(&path).expect("a rotated file");
                    let file = File::create(self.rotated_path(1, ".gz")).expect("made");
                    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
                    encoder.write_all(&text).and_then(|()| encoder.finish().map(drop)).expect("compressed");
                }
                fs::remove_file(&path).expect("removed");
                self.renamed.pop();
                if let Some((records, finished)) = self.rotated.pop()
                    && finished
                    && step == Step::Delete
                {
                    self.exempt.extend(records);
                }
            }
        }
        true
    }
}

#[derive(Default)]
struct Reported {
    counts: BTreeMap<u64, usize>,
    losses: usize,
    notices: Vec<String>,
}

impl Reported {
    fn add(&mut self, event: Event<'_>) -> ControlFlow<()> {
        match event {
            Event::Finding(followed) if followed.replaces.is_none() => {
                let id = followed.finding.trace_id.as_deref().expect("an id");
                let count = self.counts.entry(id[24..].parse().expect("a number")).or_default();
                *count = if followed.repeated { (*count).max(1) } else { *count + 1 };
            }
            Event::Notice(notice) => {
                self.losses += usize::from(notice.kind == NoticeKind::Lost);
                self.notices.push(format!("{:?}: {}", notice.kind, notice.message));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

fn poll(session: &mut FollowSession<'_>, now: &mut Duration, wait_ms: u64, reported: &mut Reported) {
    *now += Duration::from_millis(wait_ms);
    while session.poll(*now, &mut |event| reported.add(event)) == ControlFlow::Continue(true) {}
}

/// Follows, stops after `before`, lets `between` happen, follows again and lets `after` happen.
fn run(before: &[Step], kill: bool, between: &[Step], after: &[Step]) -> Result<(), String> {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder");
    let mut log = Log::new(folder.path());
    let follow = Follow::new(&ENGINE)
        .paths([&log.path])
        .from(StartPosition::Start)
        .state(Some(folder.path().join("state.json")));
    let (mut reported, mut now) = (Reported::default(), Duration::from_secs(1));
    log.writer();
    let mut session = follow.begin().expect("no state");
    poll(&mut session, &mut now, 0, &mut reported);
    for step in before {
        log.step(*step);
        poll(&mut session, &mut now, 100, &mut reported);
    }
    if kill {
        // Long enough for the position to be saved.
        (0..10).for_each(|_| poll(&mut session, &mut now, 1000, &mut reported));
        drop(session);
    } else {
        session.close(false, now, &mut |event| reported.add(event));
    }
    log.stopped = true;
    log.was_empty = log.records.is_empty();
    if !between.iter().all(|step| log.step(*step)) {
        return Ok(());
    }
    let mut session = follow.begin().expect("a state");
    poll(&mut session, &mut now, 100, &mut reported);
    for step in after {
        if !log.step(*step) {
            return Ok(());
        }
        poll(&mut session, &mut now, 100, &mut reported);
    }
    (0..10).for_each(|_| poll(&mut session, &mut now, 1000, &mut reported));
    session.close(false, now, &mut |event| reported.add(event));
    let missing: Vec<u64> =
        (1..log.next).filter(|n| !reported.counts.contains_key(n) && !log.exempt.contains(n)).collect();
    let twice = reported.counts.values().any(|count| *count > 1);
    if twice || !missing.is_empty() && reported.losses == 0 {
        let what = if twice { "reported twice" } else { "lost without a notice" };
        let (counts, notices) = (&reported.counts, &reported.notices);
        return Err(format!(
            "{before:?}, killed: {kill}, {between:?}, {after:?}: {missing:?} {what}; {counts:?} {notices:?}"
        ));
    }
    Ok(())
}

/// All sequences of `len` steps.
fn sequences(len: usize) -> Vec<Vec<Step>> {
    (0..len).fold(vec![Vec::new()], |all, _| {
        let longer = |steps: &Vec<Step>| STEPS.map(|step| [&steps[..], &[step]].concat());
        all.iter().flat_map(longer).collect()
    })
}

#[test]
fn what_happens_to_a_log_between_two_runs_is_read_or_its_loss_is_told() {
    let befores: [&[Step]; 6] = [
        &[],
        &[Step::Append],
        &[Step::Rename],
        &[Step::Append, Step::Rename],
        &[Step::Rename, Step::Rename],
        &[Step::Append, Step::Rename, Step::Append],
    ];
    let longest = std::env::var("OAUTHSIFT_STEPS").ok().and_then(|steps| steps.parse().ok());
    let longest = longest.unwrap_or(if cfg!(debug_assertions) { 2 } else { 3 });
    let afters: [&[Step]; 4] = [&[], &[Step::WriteLate], &[Step::WriteLater], &[Step::Append, Step::Rename]];
    let mut problems = Vec::new();
    let mut runs = 0;
    for len in 0..=longest {
        for between in sequences(len) {
            for before in befores {
                for kill in [false, true] {
                    for after in afters {
                        runs += 1;
                        problems.extend(run(before, kill, &between, after).err());
                    }
                }
            }
        }
    }
    let shown = problems.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(problems.is_empty(), "{} of {runs} programs failed:\n{shown}", problems.len());
}
