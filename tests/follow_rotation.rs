//! Laws of rotation: names, numbers of files, gaps and kills. In process, with a clock of its own where nothing
//! happens at the same time.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Write as _,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use oauthsift::{Catalogue, Engine, Event, Follow, FollowSession, NoticeKind, StartPosition};
use proptest::prelude::*;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Arc::new(Catalogue::builtin())));

fn record(n: u64) -> String {
    format!(
        "2026-01-05 20:{:02}:{:02},014+0000 main ERROR a {n}x1x1 b /x [c.a.o.c.X] The error message is: AADSTS7000215: Invalid.\n    Trace ID: 00000000-0000-4000-8000-{n:012}\n",
        n / 60 % 60,
        n % 60,
    )
}

/// What was reported, in order: the numbers of records, and `None` for lost data.
#[derive(Default)]
struct Reported(Vec<Option<u64>>);

impl Reported {
    fn add(&mut self, event: Event<'_>) {
        match event {
            Event::Finding(followed) if followed.replaces.is_none() => {
                let id = followed.finding.trace_id.as_deref().expect("an id");
                self.0.push(Some(id[24..].parse().expect("a number")));
            }
            Event::Notice(notice) if notice.kind == NoticeKind::Lost => self.0.push(None),
            _ => {}
        }
    }

    fn counts(&self) -> BTreeMap<u64, usize> {
        let mut counts = BTreeMap::new();
        self.0.iter().flatten().for_each(|n| *counts.entry(*n).or_default() += 1);
        counts
    }

    /// Each of the records `0..end` was reported at most once, in order. Returns the gaps without a report of
    /// lost data between their neighbours.
    fn unreported_gaps(&self, end: u64) -> Vec<u64> {
        let mut unreported = Vec::new();
        assert!(self.counts().values().all(|count| *count == 1), "reported twice: {:?}", self.0);
        let found: Vec<u64> = self.0.iter().copied().flatten().collect();
        assert!(found.is_sorted(), "out of order: {found:?}");
        let place = |n: u64| self.0.iter().position(|reported| *reported == Some(n));
        let mut next = 0;
        while next < end {
            let missing = (next..end).take_while(|n| place(*n).is_none()).count() as u64;
            if missing > 0 {
                let from = next.checked_sub(1).and_then(place).unwrap_or(0);
                let to = place(next + missing).unwrap_or(self.0.len());
                if !self.0[from..to].contains(&None) {
                    unreported.push(next);
                }
            }
            next += missing + 1;
        }
        unreported
    }
}

struct Run {
    log: PathBuf,
    follow: Follow<'static>,
    reported: Reported,
    now: Duration,
}

impl Run {
    fn new(folder: &Path, followed: &Path) -> Self {
        let follow =
            Follow::new(&ENGINE).paths([followed]).from(StartPosition::Start).state(Some(folder.join("state.json")));
        Self {
            log: folder.join("log/atlassian-jira.log"),
            follow,
            reported: Reported::default(),
            now: Duration::from_secs(1),
        }
    }

    fn poll(&mut self, session: &mut FollowSession<'_>, wait_ms: u64) {
        self.now += Duration::from_millis(wait_ms);
        let reported = &mut self.reported;
        let flow = session.poll(self.now, &mut |event| {
            reported.add(event);
            ControlFlow::Continue(())
        });
        assert!(flow.is_continue());
    }

    fn close(&mut self, session: FollowSession<'_>) {
        let reported = &mut self.reported;
        session.close(false, self.now, &mut |event| {
            reported.add(event);
            ControlFlow::Continue(())
        });
    }

    fn append(&self, text: &str) {
        File::options().create(true).append(true).open(&self.log).unwrap().write_all(text.as_bytes()).unwrap();
    }
}

/// A folder with a folder for logs, in memory if possible: the state is synchronised to disk very often.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    fs::create_dir(folder.path().join("log")).unwrap();
    folder
}

type Naming = fn(usize) -> String;

/// How the `i`th rotated file is named, for those that are never renamed again.
const NAMINGS: [(&str, Naming); 10] = [
    ("rising number", |i| format!("atlassian-jira.log.{}", i + 1)),
    ("month", |i| format!("atlassian-jira.log.{}-{:02}", 2010 + i / 12, i % 12 + 1)),
    ("week", |i| format!("atlassian-jira.log.{}-{:02}", 2010 + i / 53, i % 53 + 1)),
    ("day", |i| format!("atlassian-jira.log.2026-{:02}-{:02}", i / 28 + 1, i % 28 + 1)),
    ("half day", |i| {
        format!("atlassian-jira.log.2026-{:02}-{:02}-{}", i / 56 + 1, i / 2 % 28 + 1, ["AM", "PM"][i % 2])
    }),
    ("hour", |i| format!("atlassian-jira.log.2026-01-{:02}-{:02}", i / 24 + 1, i % 24)),
    ("minute", |i| format!("atlassian-jira.log.2026-01-{:02}-18-{:02}", i / 60 + 1, i % 60)),
    ("day and number", |i| format!("atlassian-jira.log.2026-01-05.{}", i + 1)),
    ("before the extension", |i| format!("atlassian-jira-2026-01-05-{}.log", i + 1)),
    ("logrotate", |i| format!("atlassian-jira.log-202601{:02}-{}", i / 10 + 1, 1_767_500_000 + i)),
];

#[test]
fn rotated_files_are_known_under_every_name_after_a_restart_and_however_many_they_are() {
    const GENERATIONS: u64 = 75;
    for (naming, name) in NAMINGS {
        for whole_folder in [true, false] {
            let folder = folder();
            let logs = folder.path().join("log");
            let log = logs.join("atlassian-jira.log");
            let mut run = Run::new(folder.path(), if whole_folder { &logs } else { &log });
            let follow = run.follow.clone();
            let mut session = follow.begin().unwrap();
            run.poll(&mut session, 0);
            for n in 0..GENERATIONS {
                run.append(&record(n));
                if n % 3 > 0 {
                    run.poll(&mut session, 2000);
                }
                fs::rename(&log, logs.join(name(usize::try_from(n).unwrap()))).unwrap();
                run.append("");
                if n % 25 == 20 {
                    run.close(session);
                    session = follow.begin().unwrap();
                }
                if n % 4 > 0 {
                    run.poll(&mut session, 2000);
                }
            }
            (0..10).for_each(|_| run.poll(&mut session, 1000));
            run.close(session);
            let expected: BTreeMap<u64, usize> = (0..GENERATIONS).map(|n| (n, 1)).collect();
            assert_eq!(run.reported.counts(), expected, "{naming}, folder: {whole_folder}");
        }
    }
}

/// Renames the log to `.1`, and `.1` to `.2`, which is the last one that is kept.
fn rotate(log: &Path) {
    let rotated = |i: u32| PathBuf::from(format!("{}.{i}", log.display()));
    let _ = fs::rename(rotated(1), rotated(2));
    fs::rename(log, rotated(1)).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_gap_is_reported_between_its_neighbours(rotations in prop::collection::vec((0..6u32, 1..3u64), 1..20)) {
        let folder = folder();
        let mut run = Run::new(folder.path(), &folder.path().join("log/atlassian-jira.log"));
        let follow = run.follow.clone();
        let mut session = follow.begin().unwrap();
        run.append("");
        run.poll(&mut session, 0);
        let mut n = 0;
        for (between_polls, records) in rotations {
            for _ in 0..between_polls {
                for _ in 0..records {
                    run.append(&record(n));
                    n += 1;
                }
                rotate(&run.log);
                run.append("");
            }
            run.poll(&mut session, 100);
        }
        (0..10).for_each(|_| run.poll(&mut session, 1000));
        run.close(session);
        prop_assert_eq!(run.reported.unreported_gaps(n), Vec::<u64>::new(), "in all: {:?}", run.reported.0);
    }

    #[test]
    fn a_kill_repeats_at_most_one_record_and_loses_none(
        runs in prop::collection::vec((1..8u64, 0..12usize, any::<bool>()), 1..10),
    ) {
        let folder = folder();
        let mut run = Run::new(folder.path(), &folder.path().join("log"));
        let follow = run.follow.clone();
        run.append("");
        // Without a position there would be nothing to continue.
        let mut session = follow.begin().unwrap();
        run.poll(&mut session, 0);
        drop(session);
        let (mut n, mut kills) = (0, 0);
        for (records, findings_before_kill, rotates) in runs {
            for _ in 0..records {
                run.append(&record(n));
                n += 1;
            }
            if rotates {
                let rotated = PathBuf::from(format!("{}.2026-01-05.{n}", run.log.display()));
                fs::rename(&run.log, rotated).unwrap();
                run.append("");
            }
            let mut session = follow.begin().unwrap();
            let mut left = findings_before_kill;
            for _ in 0..20 {
                run.now += Duration::from_millis(300);
                let reported = &mut run.reported;
                let flow = session.poll(run.now, &mut |event| {
                    let is_finding = matches!(event, Event::Finding(_));
                    reported.add(event);
                    left = left.saturating_sub(usize::from(is_finding));
                    if is_finding && left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                });
                if flow.is_break() {
                    break;
                }
            }
            kills += 1;
            drop(session);
        }
        let mut session = follow.begin().unwrap();
        (0..20).for_each(|_| run.poll(&mut session, 300));
        run.close(session);
        let counts = run.reported.counts();
        prop_assert_eq!(counts.keys().copied().collect::<BTreeSet<u64>>(), (0..n).collect::<BTreeSet<u64>>());
        let repeated: usize = counts.values().map(|count| count - 1).sum();
        prop_assert!(repeated <= kills, "{} repeated in {} kills: {:?}", repeated, kills, run.reported.0);
    }
}

#[test]
fn gaps_are_reported_in_their_place_while_files_are_renamed_during_a_listing() {
    const ROTATIONS: u64 = 400;
    for poll in [Duration::from_millis(1), Duration::from_millis(12)] {
        let folder = folder();
        let mut run = Run::new(folder.path(), &folder.path().join("log/atlassian-jira.log"));
        run.append("");
        let follow = run.follow.clone();
        let mut session = follow.begin().unwrap();
        run.poll(&mut session, 0);
        let (clock, done, log) = (Instant::now(), AtomicBool::new(false), run.log.clone());
        thread::scope(|scope| {
            scope.spawn(|| {
                for n in 0..ROTATIONS {
                    fs::write(&log, record(n)).unwrap();
                    rotate(&log);
                    File::create(&log).unwrap();
                    thread::sleep(Duration::from_millis(n % 5));
                }
                done.store(true, Ordering::SeqCst);
            });
            while !done.load(Ordering::SeqCst) {
                run.now = Duration::from_secs(1) + clock.elapsed();
                run.poll(&mut session, 0);
                thread::sleep(poll);
            }
        });
        (0..10).for_each(|_| run.poll(&mut session, 1000));
        run.close(session);
        // A listing that is overtaken by two rotations at once has been seen to miss one in some hundred gaps.
        let unreported = run.reported.unreported_gaps(ROTATIONS);
        assert!(unreported.len() <= 2, "{unreported:?} in all: {:?}", run.reported.0);
    }
}
