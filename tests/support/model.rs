//! The model: a log, the processes that write and rotate it, and what must be found.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::Write as _,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};

use oauthsift::{Engine, Event, Follow, FollowSession, NoticeKind, StartPosition};

/// How long a rotated file is still read for late writes.
const GRACE: Duration = Duration::from_secs(2);
/// Number of rotated generations that are kept.
const MAX_GENERATIONS: usize = 4;

/// Where the choices of a program come from.
#[derive(Debug, Clone)]
#[allow(dead_code, reason = "a test gives a seed, a fuzz target bytes")]
pub(crate) enum Choices {
    /// Random ones.
    Seed(u64),
    /// One byte for each choice, then always the first.
    Bytes(std::vec::IntoIter<u8>),
}

impl Choices {
    fn below(&mut self, limit: u64) -> u64 {
        match self {
            Self::Seed(seed) => {
                // SplitMix64.
                *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut z = *seed;
                z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                (z ^ (z >> 31)) % limit
            }
            Self::Bytes(bytes) => u64::from(bytes.next().unwrap_or(0)) * limit / 256,
        }
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

const CODES: [u32; 3] = [7_000_215, 7_000_222, 50_011];

/// Record `n`: a failure with its own ids, sometimes followed by a record that is not a failure.
fn record(n: u64, rng: &mut Choices) -> String {
    let code = CODES[n as usize % CODES.len()];
    let end = if rng.chance(20) { "\r\n" } else { "\n" };
    let mut text = format!(
        "2026-01-05 20:{:02}:{:02},{:03}+0000 http-nio-8080-exec-3 ERROR admin 1x{n}x1 abc12 /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS{code}: Refused.{end}    Trace ID: {}{end}    Correlation ID: {}{end}",
        n / 60_000 % 60,
        n / 1000 % 60,
        n % 1000,
        trace(n),
        correlation(n),
    );
    for _ in 0..rng.below(4) {
        text.push_str("\tat com.example.Client.call(Client.java:1)");
        text.push_str(end);
    }
    if rng.chance(40) {
        let _ = write!(text, "2026-01-05 20:34:03,014+0000 main INFO [c.a.X] ordinary record after {n}{end}");
    }
    text
}

fn trace(n: u64) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

fn correlation(n: u64) -> String {
    format!("00000000-0000-4000-9000-{n:012}")
}

/// A generation of the log, as its writers see it.
#[derive(Default)]
struct Generation {
    /// The records that end in it, and whether the follower has read them.
    records: BTreeMap<u64, bool>,
    rotated_at: Option<Duration>,
    /// Whether the follower has had it open.
    seen: bool,
}

struct Model<'e> {
    engine: &'e Engine,
    path: PathBuf,
    state: PathBuf,
    rng: Choices,
    now: Duration,
    transcript: Vec<String>,
    next: u64,
    writer: Option<File>,
    /// The generation that was renamed last, and the file handle of its writer.
    late: Option<(File, usize)>,
    /// A record that is being written: its number and its remaining bytes.
    unfinished: Option<(u64, String)>,
    generations: Vec<Generation>,
    /// The generation at the log's path.
    current: Option<usize>,
    /// Records that may be missing from the result.
    may_miss: BTreeSet<u64>,
    /// Records that were read, but would be missing if the follower were killed now.
    at_risk: BTreeSet<u64>,
    /// Records whose file is gone: they cannot be read again.
    gone: BTreeSet<u64>,
    /// Records that were written late: they may be found out of order.
    unordered: BTreeSet<u64>,
    observed: Observed,
}

/// Everything that the follower reported.
#[derive(Default)]
struct Observed {
    found: Vec<Found>,
    losses: usize,
    notices: usize,
    /// Descriptions, since the last poll, for the transcript.
    descriptions: Vec<String>,
}

struct Found {
    n: Option<u64>,
    trace: Option<String>,
    correlation: Option<String>,
    code: Option<u32>,
    complete: bool,
    repeated: bool,
    replaces: bool,
    id: String,
}

/// Runs a program in an empty folder.
pub(crate) fn run(engine: &Engine, choices: Choices, folder: &Path) -> Result<(), String> {
    let shown = format!("{choices:?}");
    let mut model = Model {
        engine,
        path: folder.join("jira.log"),
        state: folder.join("state.json"),
        rng: choices,
        now: Duration::from_secs(1),
        transcript: Vec::new(),
        next: 1,
        writer: None,
        late: None,
        unfinished: None,
        generations: Vec::new(),
        current: None,
        may_miss: BTreeSet::new(),
        at_risk: BTreeSet::new(),
        gone: BTreeSet::new(),
        unordered: BTreeSet::new(),
        observed: Observed::default(),
    };
    model.play();
    model.verify().map_err(|problem| format!("{shown}: {problem}\n  {}", model.transcript.join("\n  ")))
}

impl Model<'_> {
    fn play(&mut self) {
        let runs = 1 + self.rng.below(4);
        for run in 0..runs {
            let last = run + 1 == runs;
            let follow = Follow::new(self.engine)
                .paths([&self.path])
                .from(StartPosition::Start)
                .grace(GRACE)
                .state(Some(self.state.clone()));
            let mut session = follow.begin().expect("a valid state");
            self.note("follow starts");
            self.poll(&mut session, 0);
            for _ in 0..4 + self.rng.below(25) {
                self.act(Some(&mut session));
            }
            if last {
                self.finish_record();
                for _ in 0..40 {
                    self.poll(&mut session, 200);
                }
            }
            // Late writes to a file that a follower has never had open are not read.
            self.late = None;
            let kill = !last && self.rng.chance(40);
            if kill {
                self.note("follow is killed");
                let at_risk = std::mem::take(&mut self.at_risk);
                self.may_miss.extend(at_risk);
                let found: BTreeSet<u64> = self.found_complete();
                self.may_miss.extend(self.gone.difference(&found));
                drop(session);
            } else {
                self.poll(&mut session, 0);
                self.note("follow is stopped");
                let now = self.now;
                let summary = session.close(false, now, &mut |event| self.observed.record(event));
                assert!(!summary.cancelled);
                let descriptions = std::mem::take(&mut self.observed.descriptions);
                self.note(format!("on stop: {}", descriptions.join(", ")));
                self.at_risk.clear();
            }
            if !last {
                for _ in 0..self.rng.below(8) {
                    self.act(None);
                }
            }
        }
    }

    fn note(&mut self, what: impl Into<String>) {
        let (now, what) = (self.now.as_millis(), what.into());
        if what != "poll: " {
            self.transcript.push(format!("{now:>6} ms  {what}"));
        }
    }

    fn act(&mut self, session: Option<&mut FollowSession<'_>>) {
        let running = session.is_some();
        match self.rng.below(100) {
            0..22 => self.append(),
            22..30 => self.start_record(),
            30..38 => {
                self.finish_record();
            }
            38..46 => self.rotate(running),
            46..50 => {
                // Twice between two polls.
                self.rotate(running);
                self.append();
                self.rotate(running);
            }
            50..55 => self.copy_and_truncate(running),
            55..60 => self.truncate(running),
            60..63 => self.delete(running),
            63..68 => self.write_late(running),
            68..71 => self.compress(),
            _ => {
                if let Some(session) = session {
                    let wait = [1, 20, 100, 100, 100, 300, 700, 6000][self.rng.below(8) as usize];
                    self.poll(session, wait);
                }
            }
        }
    }

    fn poll(&mut self, session: &mut FollowSession<'_>, wait: u64) {
        self.now += Duration::from_millis(wait);
        let now = self.now;
        loop {
            match session.poll(now, &mut |event| self.observed.record(event)) {
                ControlFlow::Continue(true) => {}
                ControlFlow::Continue(false) => break,
                ControlFlow::Break(()) => unreachable!("the callback never stops"),
            }
        }
        let descriptions = std::mem::take(&mut self.observed.descriptions);
        self.note(format!("poll: {}", descriptions.join(", ")));
        self.mark_as_read();
        if let Some(current) = self.current {
            self.generations[current].seen = true;
        }
    }

    /// Everything written so far has been read.
    fn mark_as_read(&mut self) {
        self.at_risk.clear();
        for generation in &mut self.generations {
            generation.records.values_mut().for_each(|read| *read = true);
        }
    }

    fn writer(&mut self) -> &mut File {
        if self.writer.is_none() {
            let file = OpenOptions::new().create(true).append(true).open(&self.path).expect("a log");
            if self.current.is_none() {
                self.generations.push(Generation::default());
                self.current = Some(self.generations.len() - 1);
            }
            self.writer = Some(file);
        }
        self.writer.as_mut().expect("just opened")
    }

    fn write(&mut self, text: &str) {
        self.writer().write_all(text.as_bytes()).expect("written");
    }

    fn append(&mut self) {
        self.finish_record();
        let count = 1 + self.rng.below(4);
        for _ in 0..count {
            let n = self.next;
            self.next += 1;
            let text = record(n, &mut self.rng);
            self.write(&text);
            self.expect_record(n);
        }
        self.note(format!("append up to {}", self.next - 1));
    }

    fn expect_record(&mut self, n: u64) {
        if let Some(current) = self.current {
            self.generations[current].records.insert(n, false);
        }
    }

    /// Writes the start of a record; the rest follows later.
    fn start_record(&mut self) {
        self.finish_record();
        let n = self.next;
        self.next += 1;
        let text = record(n, &mut self.rng);
        // Enough bytes to tell one file from another.
        let cut = 70 + self.rng.below(text.len() as u64 - 71) as usize;
        self.write(&text[..cut]);
        self.expect_record(n);
        self.unfinished = Some((n, text[cut..].to_owned()));
        self.note(format!("append {cut} bytes of {n}"));
    }

    fn finish_record(&mut self) {
        if let Some((n, rest)) = self.unfinished.take() {
            self.write(&rest);
            self.expect_record(n);
            self.note(format!("append the rest of {n}"));
        }
    }

    fn rotated_path(&self, i: usize) -> PathBuf {
        PathBuf::from(format!("{}.{i}", self.path.display()))
    }

    /// Makes room for a new `.1`. Unread records of the generation that is removed are lost.
    fn shift(&mut self, running: bool) {
        for end in ["", ".gz"] {
            let last = PathBuf::from(format!("{}{end}", self.rotated_path(MAX_GENERATIONS).display()));
            if last.exists() {
                fs::remove_file(&last).expect("removed");
                // Its unread records may be missing.
                let unread: Vec<u64> = self
                    .generations
                    .iter()
                    .filter(|generation| generation.rotated_at.is_some())
                    .flat_map(|generation| &generation.records)
                    .filter(|(_, read)| !**read)
                    .map(|(n, _)| *n)
                    .collect();
                self.may_miss.extend(unread);
                self.risk_all();
                if !running {
                    let at_risk = std::mem::take(&mut self.at_risk);
                    self.may_miss.extend(at_risk);
                }
            }
        }
        for i in (1..MAX_GENERATIONS).rev() {
            for end in ["", ".gz"] {
                let from = PathBuf::from(format!("{}{end}", self.rotated_path(i).display()));
                if from.exists() {
                    let to = PathBuf::from(format!("{}{end}", self.rotated_path(i + 1).display()));
                    fs::rename(from, to).expect("renamed");
                }
            }
        }
    }

    /// Records that were found complete.
    fn found_complete(&self) -> BTreeSet<u64> {
        self.observed.found.iter().filter(|found| found.complete).filter_map(|found| found.n).collect()
    }

    fn risk_all(&mut self) {
        let found: BTreeSet<u64> = self.found_complete();
        let all = self.generations.iter().flat_map(|generation| generation.records.keys().copied());
        self.at_risk.extend(all.filter(|n| !found.contains(n)));
    }

    fn rotate(&mut self, running: bool) {
        let Some(current) = self.current else { return };
        if !self.path.exists() {
            return;
        }
        self.shift(running);
        fs::rename(&self.path, self.rotated_path(1)).expect("renamed");
        self.generations[current].rotated_at = Some(self.now);
        self.current = None;
        if let Some((n, _)) = &self.unfinished {
            self.unordered.insert(*n);
        }
        // If its last record continues in the next file, no late writes follow.
        self.late = None;
        if let Some(writer) = self.writer.take().filter(|_| self.unfinished.is_none()) {
            self.late = Some((writer, current));
        }
        self.note("rotate");
        if self.rng.chance(70) {
            self.writer();
        }
    }

    fn copy_and_truncate(&mut self, running: bool) {
        let Some(current) = self.current else { return };
        self.shift(running);
        fs::copy(&self.path, self.rotated_path(1)).expect("copied");
        let lossy = self.rng.chance(25);
        let before = self.next;
        if lossy {
            self.may_miss_unfinished();
            self.append();
        }
        self.cut(0);
        self.note(if lossy { "copy, append, truncate" } else { "copy and truncate" });
        if lossy {
            let lost: Vec<u64> = (before..self.next).collect();
            self.may_miss.extend(lost);
        }
        self.may_miss_unfinished();
        self.generations[current].rotated_at = Some(self.now);
        // The copy may be compressed or removed before a restarted follower reads it.
        if !running {
            self.generations[current].seen = true;
        }
        self.generations.push(Generation::default());
        self.current = Some(self.generations.len() - 1);
    }

    /// A record that is unfinished when its file goes away need not be found complete.
    fn may_miss_unfinished(&mut self) {
        if let Some((n, _)) = &self.unfinished {
            self.may_miss.insert(*n);
        }
    }

    fn cut(&mut self, to: u64) {
        OpenOptions::new().write(true).open(&self.path).expect("the log").set_len(to).expect("cut");
    }

    fn truncate(&mut self, running: bool) {
        let Some(current) = self.current else { return };
        let before = fs::metadata(&self.path).expect("the log").len();
        self.lose(current, running);
        self.cut(0);
        self.may_miss_unfinished();
        self.note("truncate");
        self.generations.push(Generation::default());
        self.current = Some(self.generations.len() - 1);
        if self.rng.chance(60) {
            // Grows again before the next poll: to less, the same, or more.
            let wanted = before + self.rng.below(3) * 400;
            let mut len = 0;
            while len < wanted && len < 20_000 {
                self.append();
                len = fs::metadata(&self.path).expect("the log").len();
            }
            if len > before && before > 700 && self.rng.chance(50) {
                let cut = before;
                // To exactly the same size: the last record is cut off.
                self.cut(cut);
                self.note("cut to the previous size");
                let current = self.current.expect("a log");
                let all: Vec<u64> = self.generations[current].records.keys().copied().collect();
                self.may_miss.extend(all);
                self.write("\n");
            }
        }
    }

    /// The bytes of a generation are gone: unread records are lost, and records that were read are lost if the follower
    /// is killed.
    fn lose(&mut self, generation: usize, running: bool) {
        self.gone.extend(self.generations[generation].records.keys());
        let found: BTreeSet<u64> = self.found_complete();
        for (n, read) in &self.generations[generation].records {
            if !read || (!running && !found.contains(n)) {
                self.may_miss.insert(*n);
            } else if !found.contains(n) {
                self.at_risk.insert(*n);
            }
        }
    }

    fn delete(&mut self, running: bool) {
        let Some(current) = self.current else { return };
        // Its bytes remain if the follower has it open.
        if !running || !self.generations[current].seen {
            self.lose(current, false);
            let all: Vec<u64> = self.generations[current].records.keys().copied().collect();
            let found: BTreeSet<u64> = self.found_complete();
            self.may_miss.extend(all.into_iter().filter(|n| !found.contains(n)));
        } else {
            self.gone.extend(self.generations[current].records.keys());
            self.risk_all();
        }
        // The order of a file without a name is known from its times only, and these are coarse.
        let all = self.generations.iter().flat_map(|generation| generation.records.keys().copied());
        self.unordered.extend(all);
        fs::remove_file(&self.path).expect("removed");
        self.may_miss_unfinished();
        self.unfinished = None;
        self.writer = None;
        self.late = None;
        self.current = None;
        self.note("delete");
    }

    fn write_late(&mut self, running: bool) {
        let Some((_, generation)) = self.late else { return };
        let since = self.generations[generation].rotated_at.expect("rotated");
        if !running || self.now - since > GRACE / 2 || !self.generations[generation].seen || self.unfinished.is_some() {
            return;
        }
        let n = self.next;
        self.next += 1;
        let text = record(n, &mut self.rng);
        if let Some((writer, _)) = &mut self.late {
            writer.write_all(text.as_bytes()).expect("written");
        }
        self.generations[generation].records.insert(n, false);
        self.unordered.insert(n);
        self.note(format!("append {n} to the renamed file"));
    }

    /// Compresses a rotated generation.
    fn compress(&mut self) {
        let i = 1 + self.rng.below(MAX_GENERATIONS as u64 - 1) as usize;
        let (from, to) = (self.rotated_path(i), PathBuf::from(format!("{}.gz", self.rotated_path(i).display())));
        if !from.exists() || to.exists() || fs::metadata(&from).expect("a generation").len() == 0 {
            return;
        }
        let text = fs::read(&from).expect("a generation");
        let file = File::create(&to).expect("made");
        let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        encoder.write_all(&text).and_then(|()| encoder.finish().map(drop)).expect("compressed");
        fs::remove_file(&from).expect("removed");
        // Late writes that were unread when the follower was killed are not looked for in a compressed file.
        let unread = self.generations.iter().flat_map(|generation| &generation.records).filter(|(_, read)| !**read);
        self.may_miss.extend(unread.map(|(n, _)| *n).filter(|n| self.unordered.contains(n)));
        self.gone.extend(&self.unordered);
        self.late = None;
        self.note(format!("compress .{i}"));
    }

    fn verify(&self) -> Result<(), String> {
        let mut last: BTreeMap<u64, &Found> = BTreeMap::new();
        let mut ids: BTreeMap<u64, &str> = BTreeMap::new();
        let mut highest = 0;
        for found in &self.observed.found {
            let Some(n) = found.n else {
                // Text without a header is judged by itself: the rest of a record whose start is gone.
                let n = found.trace.as_deref().and_then(|trace| trace.get(24..)?.parse::<u64>().ok());
                if found.complete && !found.repeated && !n.is_some_and(|n| self.may_miss.contains(&n)) {
                    return Err(format!("a finding without a record: {:?}", found.trace));
                }
                continue;
            };
            if n == 0 || n >= self.next {
                return Err(format!("a finding of a record that was never written: {n}"));
            }
            let known = last.contains_key(&n);
            if known && !found.replaces && !found.repeated {
                return Err(format!("{n} was found twice"));
            }
            if known && found.repeated && !found.replaces && ids.get(&n) != Some(&found.id.as_str()) {
                return Err(format!("{n} was repeated with another id"));
            }
            if !known && found.complete && n < highest && !self.unordered.contains(&n) && !self.may_miss.contains(&n) {
                return Err(format!("{n} came after {highest}"));
            }
            if found.complete && !self.unordered.contains(&n) {
                highest = highest.max(n);
            }
            for (id, own) in [(&found.trace, trace(n)), (&found.correlation, correlation(n))] {
                // The rest of a record whose start is gone becomes part of the record before it; this cannot be known.
                let stray = id.as_deref().and_then(|id| id.get(24..)?.parse::<u64>().ok());
                let stray = stray.is_some_and(|stray| self.may_miss.contains(&stray));
                if id.as_ref().is_some_and(|id| *id != own) && found.complete && !self.may_miss.contains(&n) && !stray {
                    return Err(format!("{n} was given the id {id:?}"));
                }
            }
            // A repetition after a kill may contain less than the first report.
            if !(known && found.repeated && !found.complete) {
                ids.insert(n, &found.id);
                last.insert(n, found);
            }
        }
        for n in 1..self.next {
            let Some(found) = last.get(&n) else {
                if self.may_miss.contains(&n) {
                    continue;
                }
                return Err(format!("{n} is missing ({} losses reported)", self.observed.losses));
            };
            if self.may_miss.contains(&n) || self.unfinished.as_ref().is_some_and(|(unfinished, _)| *unfinished == n) {
                continue;
            }
            let code = CODES[n as usize % CODES.len()];
            let stray = found.trace.as_deref().and_then(|id| id.get(24..)?.parse::<u64>().ok());
            if stray.is_some_and(|stray| self.may_miss.contains(&stray)) {
                continue;
            }
            if found.code != Some(code) || found.trace.as_deref() != Some(trace(n).as_str()) {
                return Err(format!("{n} was found with code {:?} and trace id {:?}", found.code, found.trace));
            }
        }
        let missing = (1..self.next).filter(|n| !last.contains_key(n)).count();
        if missing > 0 && self.observed.losses + self.observed.notices == 0 {
            return Err(format!("{missing} records are missing, and no notice was sent"));
        }
        Ok(())
    }
}

impl Observed {
    fn record(&mut self, event: Event<'_>) -> ControlFlow<()> {
        match event {
            Event::Finding(followed) => {
                let finding = &followed.finding;
                let n = finding
                    .request_id
                    .as_deref()
                    .and_then(|id| id.strip_prefix("1x")?.strip_suffix("x1")?.parse().ok());
                let found = Found {
                    n,
                    trace: finding.trace_id.clone(),
                    correlation: finding.correlation_id.clone(),
                    code: finding.code,
                    complete: followed.complete,
                    repeated: followed.repeated,
                    replaces: followed.replaces.is_some(),
                    id: followed.id.clone(),
                };
                self.descriptions.push(format!(
                    "{}{}{}{}",
                    n.unwrap_or(0),
                    if found.replaces { " again" } else { "" },
                    if found.repeated { " repeated" } else { "" },
                    if found.complete { "" } else { " torn" },
                ));
                self.found.push(found);
            }
            Event::Notice(notice) => {
                self.descriptions.push(format!("[{:?}: {}]", notice.kind, notice.message));
                self.losses += usize::from(notice.kind == NoticeKind::Lost);
                self.notices += usize::from(matches!(
                    notice.kind,
                    NoticeKind::Truncated | NoticeKind::Waiting | NoticeKind::Rotated | NoticeKind::Found
                ));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
