//! The model: a log, those who write and rotate it, and what must be found.

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

/// Late writers have so long.
const GRACE: Duration = Duration::from_secs(2);
/// Rotated generations are kept up to this number.
const KEPT: usize = 4;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }
}

const CODES: [u32; 3] = [7_000_215, 7_000_222, 50_011];

/// Record `n`: a failure with ids of its own, or now and then noise behind it.
fn record(n: u64, dice: &mut Dice) -> String {
    let code = CODES[n as usize % CODES.len()];
    let end = if dice.chance(20) { "\r\n" } else { "\n" };
    let mut text = format!(
        "2026-01-05 20:{:02}:{:02},{:03}+0000 http-nio-8080-exec-3 ERROR admin 1x{n}x1 abc12 /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS{code}: Refused.{end}    Trace ID: {}{end}    Correlation ID: {}{end}",
        n / 60_000 % 60,
        n / 1000 % 60,
        n % 1000,
        trace(n),
        correlation(n),
    );
    for _ in 0..dice.roll(4) {
        text.push_str("\tat com.example.Client.call(Client.java:1)");
        text.push_str(end);
    }
    if dice.chance(40) {
        let _ = write!(text, "2026-01-05 20:34:03,014+0000 main INFO [c.a.X] nothing to see behind {n}{end}");
    }
    text
}

fn trace(n: u64) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

fn correlation(n: u64) -> String {
    format!("00000000-0000-4000-9000-{n:012}")
}

/// A generation of the log, as the writers see it.
#[derive(Default)]
struct Generation {
    /// Records that end in it, and whether the follower has read them.
    records: BTreeMap<u64, bool>,
    rotated_at: Option<Duration>,
    /// The follower has had it open.
    seen: bool,
}

struct World<'e> {
    engine: &'e Engine,
    path: PathBuf,
    state: PathBuf,
    dice: Dice,
    now: Duration,
    story: Vec<String>,
    next: u64,
    writer: Option<File>,
    /// The last generation that was renamed away, and its writer's handle.
    late: Option<(File, usize)>,
    /// A record that is being written: its number, the rest of its bytes.
    part: Option<(u64, String)>,
    generations: Vec<Generation>,
    /// The generation that has the name.
    current: Option<usize>,
    /// Records that may be missing.
    may_miss: BTreeSet<u64>,
    /// Records that were read, but would be missing if the follower was killed now.
    at_risk: BTreeSet<u64>,
    /// Records whose file has gone: only a follower that read them has them.
    gone: BTreeSet<u64>,
    /// Records that were written late: they come out of order.
    unordered: BTreeSet<u64>,
    heard: Heard,
}

/// What was said beside the findings.
#[derive(Default)]
struct Heard {
    found: Vec<Found>,
    losses: usize,
    notices: usize,
    /// In words, since the last look.
    words: Vec<String>,
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

pub fn run(engine: &Engine, seed: u64, folder: &Path) -> Result<(), String> {
    let mut world = World {
        engine,
        path: folder.join("jira.log"),
        state: folder.join("state.json"),
        dice: Dice(seed),
        now: Duration::from_secs(1),
        story: Vec::new(),
        next: 1,
        writer: None,
        late: None,
        part: None,
        generations: Vec::new(),
        current: None,
        may_miss: BTreeSet::new(),
        at_risk: BTreeSet::new(),
        gone: BTreeSet::new(),
        unordered: BTreeSet::new(),
        heard: Heard::default(),
    };
    world.play();
    world.judge().map_err(|problem| format!("seed {seed}: {problem}\n  {}", world.story.join("\n  ")))
}

impl World<'_> {
    fn play(&mut self) {
        let runs = 1 + self.dice.roll(4);
        for run in 0..runs {
            let last = run + 1 == runs;
            let follow = Follow::new(self.engine)
                .paths([&self.path])
                .from(StartPosition::Start)
                .grace(GRACE)
                .state(Some(self.state.clone()));
            let mut following = follow.begin().expect("a sound state");
            self.say("follow starts");
            self.look(&mut following, 0);
            for _ in 0..4 + self.dice.roll(25) {
                self.act(Some(&mut following));
            }
            if last {
                self.end_part();
                for _ in 0..40 {
                    self.look(&mut following, 200);
                }
            }
            // Who writes late to a file that a follower has never had open is not read.
            self.late = None;
            let kill = !last && self.dice.chance(40);
            if kill {
                self.say("follow is killed");
                let at_risk = std::mem::take(&mut self.at_risk);
                self.may_miss.extend(at_risk);
                let found: BTreeSet<u64> = self.whole();
                self.may_miss.extend(self.gone.difference(&found));
                drop(following);
            } else {
                self.look(&mut following, 0);
                self.say("follow is stopped");
                let now = self.now;
                let closing = following.close(false, now, &mut |event| self.heard.hear(event));
                assert!(!closing.cancelled);
                let words = std::mem::take(&mut self.heard.words);
                self.say(format!("at last: {}", words.join(", ")));
                self.at_risk.clear();
            }
            if !last {
                for _ in 0..self.dice.roll(8) {
                    self.act(None);
                }
            }
        }
    }

    fn say(&mut self, what: impl Into<String>) {
        let (now, what) = (self.now.as_millis(), what.into());
        if what != "look: " {
            self.story.push(format!("{now:>6} ms  {what}"));
        }
    }

    fn act(&mut self, following: Option<&mut FollowSession<'_>>) {
        let up = following.is_some();
        match self.dice.roll(100) {
            0..22 => self.append(),
            22..30 => self.append_part(),
            30..38 => {
                self.end_part();
            }
            38..46 => self.rotate(up),
            46..50 => {
                // Twice between two looks.
                self.rotate(up);
                self.append();
                self.rotate(up);
            }
            50..55 => self.copy_and_truncate(up),
            55..60 => self.truncate(up),
            60..63 => self.delete(up),
            63..68 => self.write_late(up),
            68..71 => self.compress(),
            _ => {
                if let Some(following) = following {
                    let wait = [1, 20, 100, 100, 100, 300, 700, 6000][self.dice.roll(8) as usize];
                    self.look(following, wait);
                }
            }
        }
    }

    fn look(&mut self, following: &mut FollowSession<'_>, wait: u64) {
        self.now += Duration::from_millis(wait);
        let now = self.now;
        loop {
            match following.poll(now, &mut |event| self.heard.hear(event)) {
                ControlFlow::Continue(true) => {}
                ControlFlow::Continue(false) => break,
                ControlFlow::Break(()) => unreachable!("nobody breaks off"),
            }
        }
        let words = std::mem::take(&mut self.heard.words);
        self.say(format!("look: {}", words.join(", ")));
        self.after_look();
        if let Some(current) = self.current {
            self.generations[current].seen = true;
        }
    }

    /// What is there was read.
    fn after_look(&mut self) {
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
        self.end_part();
        let count = 1 + self.dice.roll(4);
        for _ in 0..count {
            let n = self.next;
            self.next += 1;
            let text = record(n, &mut self.dice);
            self.write(&text);
            self.has(n);
        }
        self.say(format!("append up to {}", self.next - 1));
    }

    fn has(&mut self, n: u64) {
        if let Some(current) = self.current {
            self.generations[current].records.insert(n, false);
        }
    }

    /// Half a record; the rest comes later.
    fn append_part(&mut self) {
        self.end_part();
        let n = self.next;
        self.next += 1;
        let text = record(n, &mut self.dice);
        // Enough of it to tell one file from another.
        let cut = 70 + self.dice.roll(text.len() as u64 - 71) as usize;
        self.write(&text[..cut]);
        self.has(n);
        self.part = Some((n, text[cut..].to_owned()));
        self.say(format!("append {cut} bytes of {n}"));
    }

    fn end_part(&mut self) {
        if let Some((n, rest)) = self.part.take() {
            self.write(&rest);
            self.has(n);
            self.say(format!("append the rest of {n}"));
        }
    }

    fn name(&self, i: usize) -> PathBuf {
        PathBuf::from(format!("{}.{i}", self.path.display()))
    }

    /// Makes room for a new `.1`. What falls off the end unread is lost.
    fn shift(&mut self, up: bool) {
        for end in ["", ".gz"] {
            let last = PathBuf::from(format!("{}{end}", self.name(KEPT).display()));
            if last.exists() {
                fs::remove_file(&last).expect("removed");
                // Whatever was in it and was not read may be missing.
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
                if !up {
                    let at_risk = std::mem::take(&mut self.at_risk);
                    self.may_miss.extend(at_risk);
                }
            }
        }
        for i in (1..KEPT).rev() {
            for end in ["", ".gz"] {
                let from = PathBuf::from(format!("{}{end}", self.name(i).display()));
                if from.exists() {
                    let to = PathBuf::from(format!("{}{end}", self.name(i + 1).display()));
                    fs::rename(from, to).expect("renamed");
                }
            }
        }
    }

    /// What was found whole.
    fn whole(&self) -> BTreeSet<u64> {
        self.heard.found.iter().filter(|found| found.complete).filter_map(|found| found.n).collect()
    }

    fn risk_all(&mut self) {
        let found: BTreeSet<u64> = self.whole();
        let all = self.generations.iter().flat_map(|generation| generation.records.keys().copied());
        self.at_risk.extend(all.filter(|n| !found.contains(n)));
    }

    fn rotate(&mut self, up: bool) {
        let Some(current) = self.current else { return };
        if !self.path.exists() {
            return;
        }
        self.shift(up);
        fs::rename(&self.path, self.name(1)).expect("renamed");
        self.generations[current].rotated_at = Some(self.now);
        self.current = None;
        if let Some((n, _)) = &self.part {
            self.unordered.insert(*n);
        }
        // A log whose last record goes on in the next file gets nothing more.
        self.late = None;
        if let Some(writer) = self.writer.take().filter(|_| self.part.is_none()) {
            self.late = Some((writer, current));
        }
        self.say("rotate");
        let _ = up;
        if self.dice.chance(70) {
            self.writer();
        }
    }

    fn copy_and_truncate(&mut self, up: bool) {
        let Some(current) = self.current else { return };
        self.shift(up);
        fs::copy(&self.path, self.name(1)).expect("copied");
        let lossy = self.dice.chance(25);
        let before = self.next;
        if lossy {
            self.torn();
            self.append();
        }
        self.cut(0);
        self.say(if lossy { "copy, append, truncate" } else { "copy and truncate" });
        if lossy {
            let lost: Vec<u64> = (before..self.next).collect();
            self.may_miss.extend(lost);
        }
        self.torn();
        self.generations[current].rotated_at = Some(self.now);
        // The copy may be compressed or fall off before a follower that is killed reads it.
        if !up {
            self.generations[current].seen = true;
        }
        self.generations.push(Generation::default());
        self.current = Some(self.generations.len() - 1);
    }

    /// A record that is half written when its file goes away need not be found whole.
    fn torn(&mut self) {
        if let Some((n, _)) = &self.part {
            self.may_miss.insert(*n);
        }
    }

    fn cut(&mut self, to: u64) {
        OpenOptions::new().write(true).open(&self.path).expect("the log").set_len(to).expect("cut");
    }

    fn truncate(&mut self, up: bool) {
        let Some(current) = self.current else { return };
        let before = fs::metadata(&self.path).expect("the log").len();
        self.lose(current, up);
        self.cut(0);
        self.torn();
        self.say("truncate");
        self.generations.push(Generation::default());
        self.current = Some(self.generations.len() - 1);
        if self.dice.chance(60) {
            // Grows again before anybody looks: to less, the same, or more.
            let wanted = before + self.dice.roll(3) * 400;
            let mut len = 0;
            while len < wanted && len < 20_000 {
                self.append();
                len = fs::metadata(&self.path).expect("the log").len();
            }
            if len > before && before > 700 && self.dice.chance(50) {
                let cut = before;
                // To exactly the same size: the last record is cut short.
                self.cut(cut);
                self.say("cut to the size before");
                let current = self.current.expect("a log");
                let all: Vec<u64> = self.generations[current].records.keys().copied().collect();
                self.may_miss.extend(all);
                self.write("\n");
            }
        }
    }

    /// The bytes of a generation go away: what was not read is lost, what was read is lost with the
    /// follower.
    fn lose(&mut self, generation: usize, up: bool) {
        self.gone.extend(self.generations[generation].records.keys());
        let found: BTreeSet<u64> = self.whole();
        for (n, read) in &self.generations[generation].records {
            if !read || (!up && !found.contains(n)) {
                self.may_miss.insert(*n);
            } else if !found.contains(n) {
                self.at_risk.insert(*n);
            }
        }
    }

    fn delete(&mut self, up: bool) {
        let Some(current) = self.current else { return };
        // Held open by the follower its bytes stay.
        if !up || !self.generations[current].seen {
            self.lose(current, false);
            let all: Vec<u64> = self.generations[current].records.keys().copied().collect();
            let found: BTreeSet<u64> = self.whole();
            self.may_miss.extend(all.into_iter().filter(|n| !found.contains(n)));
        } else {
            self.gone.extend(self.generations[current].records.keys());
            self.risk_all();
        }
        // Of a file without a name only its times tell what came before it, and the clock is coarse.
        let all = self.generations.iter().flat_map(|generation| generation.records.keys().copied());
        self.unordered.extend(all);
        fs::remove_file(&self.path).expect("removed");
        self.torn();
        self.part = None;
        self.writer = None;
        self.late = None;
        self.current = None;
        self.say("delete");
    }

    fn write_late(&mut self, up: bool) {
        let Some((_, generation)) = self.late else { return };
        let since = self.generations[generation].rotated_at.expect("rotated");
        if !up || self.now - since > GRACE / 2 || !self.generations[generation].seen || self.part.is_some() {
            return;
        }
        let n = self.next;
        self.next += 1;
        let text = record(n, &mut self.dice);
        if let Some((writer, _)) = &mut self.late {
            writer.write_all(text.as_bytes()).expect("written");
        }
        self.generations[generation].records.insert(n, false);
        self.unordered.insert(n);
        self.say(format!("append {n} to the renamed file"));
    }

    /// gzip of a generation at rest.
    fn compress(&mut self) {
        let i = 1 + self.dice.roll(KEPT as u64 - 1) as usize;
        let (from, to) = (self.name(i), PathBuf::from(format!("{}.gz", self.name(i).display())));
        if !from.exists() || to.exists() || fs::metadata(&from).expect("a generation").len() == 0 {
            return;
        }
        let text = fs::read(&from).expect("a generation");
        let file = File::create(&to).expect("made");
        let mut packer = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        packer.write_all(&text).and_then(|()| packer.finish().map(drop)).expect("packed");
        fs::remove_file(&from).expect("removed");
        // Late bytes that nobody had read when the follower was killed are not looked for in it.
        let unread = self.generations.iter().flat_map(|generation| &generation.records).filter(|(_, read)| !**read);
        self.may_miss.extend(unread.map(|(n, _)| *n).filter(|n| self.unordered.contains(n)));
        self.gone.extend(&self.unordered);
        self.late = None;
        self.say(format!("compress .{i}"));
    }

    fn judge(&self) -> Result<(), String> {
        let mut last: BTreeMap<u64, &Found> = BTreeMap::new();
        let mut ids: BTreeMap<u64, &str> = BTreeMap::new();
        let mut highest = 0;
        for found in &self.heard.found {
            let Some(n) = found.n else {
                // Text without its header is judged by itself: the rest of a record that went away.
                let n = found.trace.as_deref().and_then(|trace| trace.get(24..)?.parse::<u64>().ok());
                if found.complete && !found.repeated && !n.is_some_and(|n| self.may_miss.contains(&n)) {
                    return Err(format!("a finding of no record: {:?}", found.trace));
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
                // The rest of a record whose front went away goes to the record before: nobody can know.
                let stray = id.as_deref().and_then(|id| id.get(24..)?.parse::<u64>().ok());
                let stray = stray.is_some_and(|stray| self.may_miss.contains(&stray));
                if id.as_ref().is_some_and(|id| *id != own) && found.complete && !self.may_miss.contains(&n) && !stray {
                    return Err(format!("{n} was given the id {id:?}"));
                }
            }
            // A repetition after a kill may know less than what was told before.
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
                return Err(format!("{n} is missing ({} losses told)", self.heard.losses));
            };
            if self.may_miss.contains(&n) || self.part.as_ref().is_some_and(|(part, _)| *part == n) {
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
        if missing > 0 && self.heard.losses + self.heard.notices == 0 {
            return Err(format!("{missing} records are missing, and nothing was said"));
        }
        Ok(())
    }
}

impl Heard {
    fn hear(&mut self, event: Event<'_>) -> ControlFlow<()> {
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
                self.words.push(format!(
                    "{}{}{}{}",
                    n.unwrap_or(0),
                    if found.replaces { " again" } else { "" },
                    if found.repeated { " repeated" } else { "" },
                    if found.complete { "" } else { " torn" },
                ));
                self.found.push(found);
            }
            Event::Notice(notice) => {
                self.words.push(format!("[{:?}: {}]", notice.kind, notice.message));
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
