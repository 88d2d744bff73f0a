//! One log under one path: growth, rotation, truncation, and what came before.

use std::{
    io::{self, Read},
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Duration,
};

use memchr::memrchr2;

use super::{
    From, Listener, NoticeKind, Pace, disk,
    fingerprint::{Fingerprint, SPAN},
    generations::{self, Sibling},
    is_stale, say,
    state::Log,
    step::{Action, Held, Sight, Stat, step},
    stream::{Block, Mark, Stream},
};
use crate::{record::boundary, source::Limits};

/// What is the same for all logs at one look.
#[derive(Debug, Clone, Copy)]
pub(super) struct World {
    pub(super) pace: Pace,
    pub(super) limits: Limits,
    pub(super) now: Duration,
}

/// One log.
#[derive(Debug)]
pub(super) struct Follower {
    path: PathBuf,
    name: String,
    in_folder: bool,
    /// What an earlier run left, until it is taken up.
    saved: Option<Log>,
    ready: bool,
    current: Option<Stream>,
    /// Generations that were rotated away a moment ago: a writer may still hold them open.
    old: Vec<Old>,
    /// Generations that are done, the newest last.
    done: Vec<Mark>,
    /// A file that was there at the start and could not be opened: where to start in it.
    start: Option<(Stat, From)>,
    /// The run before was killed: what is found in the first look may be a repetition.
    unclean: bool,
    away_since: Option<Duration>,
    /// When the siblings of a log that is away are looked through next.
    listing_at: Duration,
    folder_changed: Option<i64>,
    trouble: Option<String>,
    retry_at: Duration,
    patience: Duration,
}

/// A generation that was rotated away.
#[derive(Debug)]
struct Old {
    stream: Stream,
    /// When it was rotated away, or last grew.
    since: Duration,
    /// Its bytes are gone: the file was truncated.
    cut: bool,
}

/// Why carrying out a look stopped.
enum Stop {
    /// Nobody listens any more.
    Deaf,
    /// The file system refused something.
    Failed(io::Error),
}

impl std::convert::From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

fn go<T>(flow: ControlFlow<(), T>) -> Result<T, Stop> {
    match flow {
        ControlFlow::Continue(value) => Ok(value),
        ControlFlow::Break(()) => Err(Stop::Deaf),
    }
}

/// How many rotated generations are held open at most: more than that a log does not rotate within
/// the time that late writers are given.
const MOST_OLD: usize = 3;
/// How many generations are remembered.
const MOST_DONE: usize = 64;
/// Bytes read of one log before the others have their turn.
const TURN: usize = 16 << 20;
/// The siblings of a log that is away are looked through so often, though its folder looks unchanged.
const LISTING: Duration = Duration::from_millis(500);
/// The first and the longest time before something that failed is tried again.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(2));

impl Follower {
    pub(super) fn new(path: PathBuf, in_folder: bool) -> Self {
        Self {
            name: path.display().to_string(),
            path,
            in_folder,
            saved: None,
            ready: false,
            current: None,
            old: Vec::new(),
            done: Vec::new(),
            start: None,
            unclean: false,
            away_since: None,
            listing_at: Duration::ZERO,
            folder_changed: None,
            trouble: None,
            retry_at: Duration::ZERO,
            patience: PATIENCE.0,
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.ready
    }

    pub(super) fn in_folder(&self) -> bool {
        self.in_folder
    }

    pub(super) fn is_there(&self) -> bool {
        self.current.is_some() && self.away_since.is_none()
    }

    pub(super) fn is_troubled(&self) -> bool {
        self.trouble.is_some()
    }

    pub(super) fn away_for(&self, now: Duration) -> Duration {
        self.away_since.map_or(Duration::ZERO, |since| now.saturating_sub(since))
    }

    /// True when the file was read under this log's name, though it may have another by now.
    pub(super) fn knows(&self, sight: Sight, path: &Path) -> bool {
        let Sight::There(stat) = sight else { return false };
        let held = self.current.iter().chain(self.old.iter().map(|old| &old.stream)).any(|s| s.stat.id == stat.id);
        held || (path != self.path && self.done.iter().any(|mark| mark.id() == stat.id))
    }

    /// Begins: takes up what an earlier run left, or finds the place to start.
    pub(super) fn begin(
        &mut self,
        saved: Option<(&Log, bool)>,
        late: bool,
        world: &World,
        out: &mut dyn Listener,
    ) -> ControlFlow<()> {
        if self.saved.is_none()
            && let Some((log, clean)) = saved
        {
            self.saved = Some(log.clone());
            self.unclean = !clean;
        }
        let begun = match self.saved.clone() {
            Some(log) => self.resume(&log, world, out),
            None => self.start(if late { From::Start } else { world.pace.from }, world),
        };
        match begun {
            Ok(()) => {
                self.saved = None;
                self.ready = true;
                ControlFlow::Continue(())
            }
            Err(Stop::Deaf) => ControlFlow::Break(()),
            Err(Stop::Failed(error)) => {
                // Without an earlier run there is nothing to take up: the file is opened when it can be.
                self.ready = self.saved.is_none();
                self.troubled(&error, world.now, out);
                ControlFlow::Continue(())
            }
        }
    }

    fn start(&mut self, from: From, world: &World) -> Result<(), Stop> {
        self.done = generations::siblings(&self.path).iter().filter_map(mark_of_whole).collect();
        let (Sight::There(seen), _) = disk::look(&self.path) else { return Ok(()) };
        self.start = Some((seen, from));
        let (file, stat) = disk::open(&self.path)?;
        self.start = None;
        let offset = from.offset(&file, stat.len)?;
        self.current = Some(Stream::from(file, stat, offset, world.limits, world.now)?);
        Ok(())
    }

    fn resume(&mut self, log: &Log, world: &World, out: &mut dyn Listener) -> Result<(), Stop> {
        self.done.clone_from(&log.done);
        let siblings = generations::siblings(&self.path);
        self.late_bytes(&siblings, world)?;
        let Some(mark) = &log.current else { return Ok(()) };
        let at = mark.at.unwrap_or(0);
        let (sight, error) = disk::look(&self.path);
        if let Some(error) = error {
            return Err(error.into());
        }
        if let Sight::There(_) = sight {
            let (file, stat) = disk::open(&self.path)?;
            if holds(&file, stat, mark)? {
                say(out, NoticeKind::Resumed, &self.name, (Some(at), None), format!("goes on at byte {at}"));
                let mut stream = Stream::resume(file, stat, mark, world.limits, world.now)?;
                // As it was last seen: what happened since shows in the difference.
                stream.stat.len = mark.len;
                stream.repeated_to = if self.unclean { stat.len } else { 0 };
                self.current = Some(stream);
                return Ok(());
            }
        }
        for sibling in siblings.iter().rev() {
            if self.resume_in(sibling, mark, world, out)? {
                return Ok(());
            }
        }
        if mark.head.len > 0 {
            let at = mark.handed;
            let known = (mark.len > at).then_some(mark.len);
            let message = match known {
                Some(len) => format!(
                    "the file that was read up to byte {at} is gone, and so are its bytes {at} to {len} and what was written behind"
                ),
                None => format!(
                    "the file that was read up to byte {at} is gone; what was written behind, if anything, is lost"
                ),
            };
            say(out, NoticeKind::Lost, &self.name, (Some(at), known), message);
        }
        Ok(())
    }

    /// The rest of the generation at `mark`, if `sibling` has it.
    fn resume_in(
        &mut self,
        sibling: &Sibling,
        mark: &Mark,
        world: &World,
        out: &mut dyn Listener,
    ) -> Result<bool, Stop> {
        let head = generations::head(sibling);
        let at = mark.at.unwrap_or(0);
        let same_file = mark.head.len == 0 && sibling.stat.id == mark.id() && !sibling.packed;
        if !same_file && !mark.begins(&head, sibling.stat.id) {
            return Ok(false);
        }
        let span = usize::try_from(mark.trail.len).unwrap_or(0);
        let Ok(trail) = generations::before(sibling, at, span) else { return Ok(false) };
        if !mark.trail.ends(&trail) {
            return Ok(false);
        }
        let place = sibling.path.display();
        say(
            out,
            NoticeKind::CaughtUp,
            &self.name,
            (Some(at), None),
            format!("was rotated meanwhile: its rest is in {place}"),
        );
        if sibling.packed {
            let known = usize::try_from(mark.head.len).unwrap_or(0).min(head.len());
            let mut stream = Stream::resume_loose(mark, head[..known].to_vec(), trail, world.limits, world.now);
            stream.repeated_to = if self.unclean { u64::MAX } else { 0 };
            self.current = Some(stream);
            self.take_from(sibling, at, world, out)?;
        } else {
            let (file, stat) = disk::open(&sibling.path)?;
            let mut stream = Stream::resume(file, stat, mark, world.limits, world.now)?;
            stream.stat.len = mark.len;
            stream.repeated_to = if self.unclean { stat.len } else { 0 };
            self.current = Some(stream);
        }
        Ok(true)
    }

    /// Generations that were done and have grown since: late writers of an earlier run.
    fn late_bytes(&mut self, siblings: &[Sibling], world: &World) -> Result<(), Stop> {
        let newest = self.done.last().cloned();
        for mark in self.done.clone() {
            // The newest may be written to yet, by somebody who has held it open since.
            let newest = newest.as_ref() == Some(&mark);
            let grown = siblings.iter().find(|s| {
                let more = |at| at < s.stat.len || (newest && at == s.stat.len);
                !s.packed && s.stat.id == mark.id() && mark.at.is_some_and(more) && mark.head.len > 0
            });
            let Some(sibling) = grown else { continue };
            let (file, stat) = disk::open(&sibling.path)?;
            if holds(&file, stat, &mark)? {
                self.done.retain(|other| *other != mark);
                let mut stream = Stream::resume(file, stat, &mark, world.limits, world.now)?;
                stream.repeated_to = if self.unclean { stat.len } else { 0 };
                self.old.push(Old { stream, since: world.now, cut: false });
            }
        }
        Ok(())
    }

    /// One look. True when there is more to read at once.
    pub(super) fn look(&mut self, world: &World, block: &mut [u8], out: &mut dyn Listener) -> ControlFlow<(), bool> {
        if !self.ready || world.now < self.retry_at {
            return ControlFlow::Continue(false);
        }
        let (sight, error) = disk::look(&self.path);
        let looked = self.act(sight, world, block, out);
        let result = match (looked, error) {
            (Err(Stop::Deaf), _) => return ControlFlow::Break(()),
            (Err(Stop::Failed(error)), _) | (Ok(_), Some(error)) => {
                if is_stale(&error)
                    && let Some(current) = &mut self.current
                {
                    current.file = None;
                }
                self.troubled(&error, world.now, out);
                false
            }
            (Ok(more), None) => {
                if self.trouble.take().is_some() {
                    self.patience = PATIENCE.0;
                    say(out, NoticeKind::Readable, &self.name, (None, None), "can be read again");
                }
                more
            }
        };
        if let Some(current) = &mut self.current {
            current.quiet(&self.name, world.now, world.pace.quiet, false, out)?;
        }
        ControlFlow::Continue(result)
    }

    fn troubled(&mut self, error: &io::Error, now: Duration, out: &mut dyn Listener) {
        let message = error.to_string();
        if self.trouble.as_ref() != Some(&message) {
            let advice = match error.kind() {
                io::ErrorKind::PermissionDenied => "; run as the user that runs Jira, or give it the right to read",
                _ => "",
            };
            say(
                out,
                NoticeKind::Unreadable,
                &self.name,
                (self.current.as_ref().map(Stream::read_to), None),
                format!("cannot be read: {message}{advice}; it is tried again"),
            );
            self.trouble = Some(message);
        }
        self.retry_at = now + self.patience;
        self.patience = (self.patience * 2).min(PATIENCE.1);
    }

    fn act(&mut self, sight: Sight, world: &World, block: &mut [u8], out: &mut dyn Listener) -> Result<bool, Stop> {
        self.read_old(world, block, out)?;
        if let (Some(current), Sight::There(_)) = (&self.current, sight)
            && current.file.is_none()
        {
            // The handle went stale, or the generation had no file of its own: is it this one?
            let (file, stat) = disk::open(&self.path)?;
            if self.attach(file, stat)?.is_some() {
                return self.replace(stat, world, block, out);
            }
        }
        let held = self.current.as_ref().map(|stream| Held {
            stat: stream.stat,
            read_to: stream.read_to(),
            changed_at: stream.changed_at,
        });
        let more = match (step(held.as_ref(), sight, world.now), sight) {
            (Action::Open | Action::Replaced, Sight::There(stat)) => {
                // First the old file's last bytes, all of them.
                if self.read_on(world, block, out)? {
                    return Ok(true);
                }
                self.replace(stat, world, block, out)?
            }
            (Action::Check, Sight::There(stat)) => self.check(stat, world, block, out)?,
            (Action::Shrunk, _) => self.truncated(None, world, block, out)?,
            (Action::Gone, _) => {
                let more = self.read_on(world, block, out)?;
                if sight == Sight::Absent && !more {
                    self.away(world, block, out)?;
                }
                more
            }
            _ => {
                if sight == Sight::Absent {
                    self.away(world, block, out)?;
                }
                false
            }
        };
        if !more && self.current.as_ref().is_none_or(|current| current.read_to() > 0) {
            self.unclean = false;
        }
        Ok(more)
    }

    /// Nothing has the name: waits. What had it between two looks may have been rotated already.
    fn away(&mut self, world: &World, block: &mut [u8], out: &mut dyn Listener) -> Result<(), Stop> {
        if self.away_since.is_none() {
            self.away_since = Some(world.now);
            let message =
                if self.current.is_some() { "is gone; waiting for a new one" } else { "is not there yet; waiting" };
            say(out, NoticeKind::Waiting, &self.name, (None, None), message);
        }
        let changed = disk::folder_changed(&self.path);
        if world.now < self.listing_at && changed == self.folder_changed {
            return Ok(());
        }
        self.folder_changed = changed;
        self.listing_at = world.now + LISTING;
        let unseen = self.unseen(None, None);
        self.read_all(&unseen, world, block, out)
    }

    fn check(&mut self, seen: Stat, world: &World, block: &mut [u8], out: &mut dyn Listener) -> Result<bool, Stop> {
        self.away_since = None;
        let Some(current) = &mut self.current else { return Ok(false) };
        if !current.unchanged()? {
            return self.truncated(None, world, block, out);
        }
        if (seen != current.stat || seen.len > 0) && self.hides_a_truncation() {
            return self.truncated(None, world, block, out);
        }
        let Some(current) = &mut self.current else { return Ok(false) };
        if seen != current.stat {
            current.changed_at = world.now;
        }
        let before = std::mem::replace(&mut current.stat, seen);
        if seen.len < before.len {
            let (from, to) = (seen.len, before.len);
            let message = format!("was cut back: bytes {from} to {to} were not read before they went away");
            say(out, NoticeKind::Lost, &self.name, (Some(from), Some(to)), message);
        }
        self.pump(world, block, out)
    }

    /// The file was empty at the last look: whoever wrote to it may have copied and truncated it since,
    /// and nothing in it shows that.
    fn hides_a_truncation(&self) -> bool {
        let empty = self.current.as_ref().filter(|current| current.read_to() == 0 && current.stat.len == 0);
        let stat = empty.and_then(|current| disk::stat_of(current.file.as_ref()?).ok());
        stat.is_some_and(|stat| !self.unseen(None, Some(stat)).is_empty())
    }

    /// Reads a file on that has lost its name: it may have been truncated before.
    fn read_on(&mut self, world: &World, block: &mut [u8], out: &mut dyn Listener) -> Result<bool, Stop> {
        let unchanged = match &mut self.current {
            Some(current) => current.unchanged()? && !self.hides_a_truncation(),
            None => true,
        };
        if unchanged { self.pump(world, block, out) } else { self.truncated(None, world, block, out) }
    }

    /// Reads on. True when its turn was over before the bytes were.
    fn pump(&mut self, world: &World, block: &mut [u8], out: &mut dyn Listener) -> Result<bool, Stop> {
        let mut left = TURN;
        while left > 0 {
            let Some(current) = &mut self.current else { return Ok(false) };
            match current.read(block)? {
                Block::End => return Ok(false),
                Block::Rewritten { to } => return self.truncated(Some(to), world, block, out),
                Block::Hole { to } => {
                    let from = current.read_to();
                    go(current.jump(&self.name, to, out))?;
                    let message =
                        format!("bytes {from} to {to} are zeros (the log was truncated under its writer): passed over");
                    say(out, NoticeKind::Hole, &self.name, (Some(from), Some(to)), message);
                }
                Block::Bytes(n) => {
                    if let Some(what) = current.sniff(&block[..n]) {
                        say(out, NoticeKind::Unreadable, &self.name, (Some(0), None), what);
                        return Ok(false);
                    }
                    current.grown_at = world.now;
                    self.take(&block[..n], world, out)?;
                    left = left.saturating_sub(n);
                }
            }
        }
        Ok(true)
    }

    /// Takes bytes of the current generation: its own, or the end of the record before it.
    fn take(&mut self, bytes: &[u8], world: &World, out: &mut dyn Listener) -> Result<(), Stop> {
        let Some(current) = &mut self.current else { return Ok(()) };
        current.see(bytes);
        let Some(mut lead) = current.lead.take() else { return go(current.feed(&self.name, bytes, out)) };
        lead.extend_from_slice(bytes);
        let line = memrchr2(b'\n', 0, &lead).map_or(0, |i| i + 1);
        let known = if boundary::decidable(&lead[line..]) { lead.len() } else { line };
        if known == 0 {
            current.lead = Some(lead);
            return Ok(());
        }
        let starts = lead.starts_with(&[0xef, 0xbb, 0xbf]) || boundary::is_start(&lead);
        let end = if starts { 0 } else { boundary::next(&lead[..known], 0) };
        if end > 0 {
            current.give_away(&lead[..end]);
            self.lend(&lead[..end], world, out)?;
        }
        if end == known && !starts {
            if let Some(current) = &mut self.current {
                current.lead = Some(lead.split_off(end));
            }
            return Ok(());
        }
        self.let_go(out)?;
        match &mut self.current {
            Some(current) => go(current.feed(&self.name, &lead[end..], out)),
            None => Ok(()),
        }
    }

    /// Bytes of the current generation that belong to the last record of the one before.
    fn lend(&mut self, bytes: &[u8], world: &World, out: &mut dyn Listener) -> Result<(), Stop> {
        let Some(old) = self.old.last_mut() else { return Ok(()) };
        old.stream.grown_at = world.now;
        let rest = old.stream.borrow(world.now);
        go(old.stream.feed(&self.name, bytes, out))?;
        if let Some(stream) = rest {
            let old = Old { stream, since: world.now, cut: false };
            self.old.insert(self.old.len() - 1, old);
        }
        Ok(())
    }

    /// The generation before has its last record whole.
    fn let_go(&mut self, out: &mut dyn Listener) -> Result<(), Stop> {
        let Some(old) = self.old.last_mut() else { return Ok(()) };
        if old.cut {
            self.retire(self.old.len() - 1, out)
        } else {
            // A writer may still hold it open and end its line.
            go(old.stream.flush_decided(&self.name, out))
        }
    }

    /// Ends a generation for good.
    fn retire(&mut self, i: usize, out: &mut dyn Listener) -> Result<(), Stop> {
        let Old { mut stream, cut, .. } = self.old.remove(i);
        let end = stream.read_to();
        let dropped = go(stream.finish(&self.name, cut, out))?;
        if dropped > 0 {
            let from = end - dropped;
            let message = format!("a line was cut in two by a truncation: its first {dropped} bytes are not reported");
            say(out, NoticeKind::Lost, &self.name, (Some(from), Some(end)), message);
        }
        self.done.push(stream.mark());
        let excess = self.done.len().saturating_sub(MOST_DONE);
        self.done.drain(..excess);
        Ok(())
    }

    /// Generations that were rotated away: late writes, and the end of their time.
    fn read_old(&mut self, world: &World, block: &mut [u8], out: &mut dyn Listener) -> Result<(), Stop> {
        let waits = self.current.as_ref().is_some_and(|current| current.lead.is_some());
        let mut i = 0;
        while i < self.old.len() {
            let last = i + 1 == self.old.len();
            let old = &mut self.old[i];
            while old.stream.file.is_some() {
                match old.stream.read(block) {
                    Ok(Block::Bytes(n)) => {
                        old.since = world.now;
                        old.stream.grown_at = world.now;
                        go(old.stream.feed(&self.name, &block[..n], out))?;
                    }
                    Ok(Block::Hole { to }) => go(old.stream.jump(&self.name, to, out))?,
                    Ok(Block::End) => break,
                    // It is nobody's log any more.
                    Ok(Block::Rewritten { .. }) | Err(_) => old.stream.file = None,
                }
            }
            go(old.stream.quiet(&self.name, world.now, world.pace.quiet, old.cut, out))?;
            if world.now.saturating_sub(old.since) < world.pace.grace {
                i += 1;
            } else if waits && last {
                // Its last record may go on in the file that has its name now; its bytes are read.
                old.stream.file = None;
                i += 1;
            } else {
                self.retire(i, out)?;
            }
        }
        Ok(())
    }

    /// Another generation has the name, or is the next to be read.
    fn switch(&mut self, mut next: Stream, cut: bool, world: &World, out: &mut dyn Listener) -> Result<(), Stop> {
        if self.unclean && next.repeated_to == 0 {
            next.repeated_to = next.stat.len.max(u64::from(next.file.is_none()) * u64::MAX);
        }
        if let Some(current) = &mut self.current
            && let Some(lead) = current.lead.take()
        {
            if lead.is_empty() {
                current.lead = Some(lead);
            } else if boundary::is_start(&lead) {
                self.let_go(out)?;
                self.feed_current(&lead, out)?;
            } else {
                current.give_away(&lead);
                self.lend(&lead, world, out)?;
                self.let_go(out)?;
            }
        }
        if let Some(mut before) = self.current.take() {
            let waits = before.lead.take().is_some();
            let fresh = next.read_to() == 0;
            let open = before.is_open();
            let old = Old { stream: before, since: world.now, cut };
            if waits && !open {
                // It had nothing: the record before it waits for the next generation.
                self.old.insert(self.old.len().saturating_sub(1), old);
            } else {
                self.old.push(old);
            }
            if fresh && (open || waits) {
                next.lead = Some(Vec::new());
            } else {
                self.let_go(out)?;
            }
            while self.old.len() > MOST_OLD {
                self.retire(0, out)?;
            }
        }
        self.current = Some(next);
        Ok(())
    }

    fn feed_current(&mut self, bytes: &[u8], out: &mut dyn Listener) -> Result<(), Stop> {
        match &mut self.current {
            Some(current) => go(current.feed(&self.name, bytes, out)),
            None => Ok(()),
        }
    }

    /// Goes over to the file that has the name now, through the generations between.
    fn replace(&mut self, seen: Stat, world: &World, block: &mut [u8], out: &mut dyn Listener) -> Result<bool, Stop> {
        let had = self.current.is_some();
        let unseen = self.unseen(Some(seen), None);
        self.read_all(&unseen, world, block, out)?;
        let (file, stat) = disk::open(&self.path)?;
        let Some(file) = self.attach(file, stat)? else { return self.pump(world, block, out) };
        // A generation that has its old name again is read on where it was.
        let known = self.old.iter().position(|old| old.stream.file.is_some() && old.stream.stat.id == stat.id);
        let next = match known {
            Some(i) => self.old.remove(i).stream,
            None => self.stream_for(file, stat, world)?,
        };
        if had {
            let at = self.current.as_ref().map(Stream::read_to);
            say(out, NoticeKind::Rotated, &self.name, (at, None), "was rotated; going on with the new file");
        } else if self.away_since.is_some() {
            say(out, NoticeKind::Found, &self.name, (None, None), "is there now");
        }
        self.away_since = None;
        self.switch(next, false, world, out)?;
        self.pump(world, block, out)
    }

    /// Reads the generations that nobody has seen under their own name: two rotations between looks.
    fn read_all(
        &mut self,
        unseen: &[Sibling],
        world: &World,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        for sibling in unseen {
            let place = sibling.path.display();
            say(
                out,
                NoticeKind::CaughtUp,
                &self.name,
                (None, None),
                format!("was rotated more than once: reading {place} too"),
            );
            if sibling.packed {
                self.switch(Stream::loose(world.limits, world.now), false, world, out)?;
                self.take_from(sibling, 0, world, out)?;
            } else {
                let (file, stat) = disk::open(&sibling.path)?;
                self.switch(Stream::new(file, stat, world.limits, world.now), false, world, out)?;
                while self.pump(world, block, out)? {}
            }
        }
        Ok(())
    }

    /// Generations that nobody has seen yet, the oldest first: not the file `named`, which has the
    /// log's name, and none that is newer than the file `before`, should that be among them.
    fn unseen(&self, named: Option<Stat>, before: Option<Stat>) -> Vec<Sibling> {
        let mut siblings = generations::siblings(&self.path);
        if let Some(before) = before {
            let named = matches!(disk::look(&self.path).0, Sight::There(stat) if stat.id == before.id);
            match siblings.iter().position(|sibling| sibling.stat.id == before.id) {
                Some(i) => siblings.truncate(i),
                // It was deleted: only the times tell what came before it.
                None if !named => siblings.retain(|sibling| sibling.stat.modified < before.modified),
                None => {}
            }
        }
        siblings.retain(|sibling| {
            let id = sibling.stat.id;
            let held = self.current.iter().chain(self.old.iter().map(|old| &old.stream)).any(|s| s.stat.id == id);
            if held || named.is_some_and(|named| named.id == id) {
                return false;
            }
            let head = generations::head(sibling);
            !head.is_empty() && !self.is_known(&head, sibling)
        });
        siblings
    }

    /// Content that was read under this log's name, perhaps copied or compressed since.
    fn is_known(&self, head: &[u8], sibling: &Sibling) -> bool {
        let streams = self.current.iter().chain(self.old.iter().map(|old| &old.stream));
        let whole = Fingerprint::of(head);
        streams
            .map(Stream::mark)
            .chain(self.done.iter().cloned())
            .any(|mark| mark.begins(head, sibling.stat.id) || mark.head == whole)
    }

    /// Takes a sibling's text from `at` on as the current generation's.
    fn take_from(&mut self, sibling: &Sibling, at: u64, world: &World, out: &mut dyn Listener) -> Result<(), Stop> {
        let mut reader = generations::reader(sibling)?;
        io::copy(&mut reader.by_ref().take(at), &mut io::sink())?;
        let mut block = vec![0; 64 << 10];
        loop {
            match reader.read(&mut block) {
                Ok(0) => return Ok(()),
                Ok(n) => self.take(&block[..n], world, out)?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let at = self.current.as_ref().map(Stream::read_to);
                    let message = format!("{} ends in damaged data ({error})", sibling.path.display());
                    say(out, NoticeKind::Lost, &self.name, (at, None), message);
                    return Ok(());
                }
            }
        }
    }

    /// Gives the file to the current generation if it has none and this is its content; else gives it
    /// back.
    fn attach(&mut self, file: std::fs::File, stat: Stat) -> Result<Option<std::fs::File>, Stop> {
        let Some(current) = &mut self.current else { return Ok(Some(file)) };
        if current.file.is_some() || current.head().is_empty() || stat.len < current.read_to() {
            return Ok(Some(file));
        }
        current.file = Some(file);
        if current.unchanged()? {
            current.stat = stat;
            return Ok(None);
        }
        Ok(current.file.take())
    }

    /// The stream for a file that has the name now: from its first byte, unless its content was read
    /// before under this name.
    fn stream_for(&mut self, file: std::fs::File, stat: Stat, world: &World) -> Result<Stream, Stop> {
        if let Some((seen, from)) = self.start.take()
            && seen.id == stat.id
        {
            let offset = if from == From::End { seen.len.min(stat.len) } else { from.offset(&file, stat.len)? };
            return Ok(Stream::from(file, stat, offset, world.limits, world.now)?);
        }
        let head = disk::read_some(&file, 0, SPAN)?;
        let streams = self.current.iter().chain(self.old.iter().map(|old| &old.stream));
        let marks: Vec<Mark> = streams.map(Stream::mark).chain(self.done.iter().cloned()).collect();
        let mut repeated_to = 0;
        for mark in marks.iter().filter(|mark| mark.begins(&head, stat.id)) {
            if holds(&file, stat, mark)? {
                return Ok(Stream::resume(file, stat, mark, world.limits, world.now)?);
            }
            repeated_to = repeated_to.max(mark.at.unwrap_or(0));
        }
        let mut stream = Stream::new(file, stat, world.limits, world.now);
        stream.repeated_to = repeated_to;
        Ok(stream)
    }

    /// The file was made shorter, or written anew. `to` is the end of bytes that were read and cannot
    /// be trusted.
    fn truncated(
        &mut self,
        to: Option<u64>,
        world: &World,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<bool, Stop> {
        let Some(current) = &mut self.current else { return Ok(false) };
        let (file, stat) = match current.file.take() {
            Some(file) => {
                let stat = disk::stat_of(&file)?;
                (file, stat)
            }
            None => disk::open(&self.path)?,
        };
        let end = current.read_to();
        if end == 0 {
            current.forget();
        }
        let seen = current.stat.len.max(to.unwrap_or(0)).max(end);
        let head = disk::read_some(&file, 0, SPAN)?;
        let cut_back = stat.len < end && current.is_cut_back_to(&head);
        // Whoever truncates usually copies first: what was not read yet may be in the copy.
        let copy = generations::siblings(&self.path).into_iter().rev().find(|sibling| {
            if end == 0 || sibling.stat.id == stat.id {
                return false;
            }
            let head = generations::head(sibling);
            current.is_in_copy(&head, |at, span| generations::before(sibling, at, span))
        });
        if let Some(copy) = copy.filter(|_| !cut_back) {
            self.take_from(&copy, end, world, out)?;
        }
        let got = self.current.as_ref().map_or(end, Stream::read_to);
        let message = if cut_back {
            format!("was cut back to {} bytes; {end} had been read", stat.len)
        } else {
            format!("was truncated or written anew; {got} bytes of it had been read")
        };
        say(out, NoticeKind::Truncated, &self.name, (Some(got), None), message);
        if seen > got {
            let message = format!("bytes {got} to {seen} went away before they were read");
            say(out, NoticeKind::Lost, &self.name, (Some(got), Some(seen)), message);
        }
        if let Some(current) = &mut self.current {
            go(current.flush_whole_lines(&self.name, out))?;
        }
        // It may have been renamed since: what is newer than it comes later.
        let unseen = self.unseen(None, Some(stat));
        self.read_all(&unseen, world, block, out)?;
        let Some(file) = self.attach(file, stat)? else { return self.pump(world, block, out) };
        let next = if cut_back {
            Stream::from(file, stat, stat.len, world.limits, world.now)?
        } else {
            self.stream_for(file, stat, world)?
        };
        self.switch(next, true, world, out)?;
        self.pump(world, block, out)
    }

    /// Ends; see [`super::Tail::close`].
    pub(super) fn close(
        &mut self,
        keep: bool,
        world: &World,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> ControlFlow<()> {
        if self.read_old(world, block, out).is_err_and(|stop| matches!(stop, Stop::Deaf)) {
            return ControlFlow::Break(());
        }
        let waits = self.current.as_ref().is_some_and(|current| current.lead.is_some());
        for i in (0..self.old.len()).rev() {
            let joins = waits && i + 1 == self.old.len() && keep && !self.old[i].cut;
            if joins {
                self.old[i].stream.flush_whole_lines(&self.name, out)?;
            } else if matches!(self.retire(i, out), Err(Stop::Deaf)) {
                return ControlFlow::Break(());
            }
        }
        if let Some(current) = &mut self.current {
            if !keep {
                if let Some(lead) = current.lead.take() {
                    current.feed(&self.name, &lead, out)?;
                }
                current.finish(&self.name, false, out)?;
            } else {
                current.flush_whole_lines(&self.name, out)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Where it stands.
    pub(super) fn save(&self) -> Option<Log> {
        if self.saved.is_some() {
            return self.saved.clone();
        }
        if !self.ready {
            return None;
        }
        let waits = self.current.as_ref().is_some_and(|current| current.lead.is_some());
        let mut done = self.done.clone();
        let mut current = self.current.as_ref().map(Stream::mark);
        for (i, old) in self.old.iter().enumerate() {
            let mark = old.stream.mark();
            if waits && i + 1 == self.old.len() && !old.cut {
                // Its last record may go on in the current file: the next run starts there.
                current = Some(mark);
            } else {
                done.push(mark);
            }
        }
        Some(Log { current, done })
    }
}

/// True when the file still has what was read of the generation at `mark`.
fn holds(file: &std::fs::File, stat: Stat, mark: &Mark) -> io::Result<bool> {
    let at = mark.at.unwrap_or(stat.len);
    let head = disk::read_some(file, 0, SPAN)?;
    let same = if mark.head.len == 0 { stat.id == mark.id() } else { mark.begins(&head, stat.id) };
    if !same || stat.len < at {
        return Ok(false);
    }
    let span = mark.trail.len.min(at);
    let trail = disk::read_some(file, at - span, usize::try_from(span).unwrap_or(SPAN))?;
    Ok(mark.trail.ends(&trail))
}

/// The mark of a generation that is not to be read.
fn mark_of_whole(sibling: &Sibling) -> Option<Mark> {
    let head = generations::head(sibling);
    if head.is_empty() {
        return None;
    }
    let at = (!sibling.packed).then_some(sibling.stat.len);
    let trail = match at {
        Some(at) => generations::before(sibling, at, SPAN).ok()?,
        None => Vec::new(),
    };
    Some(Mark {
        device: sibling.stat.id.device,
        inode: sibling.stat.id.inode,
        len: sibling.stat.len,
        head: Fingerprint::of(&head),
        at,
        trail: Fingerprint::of(&trail),
        lines: None,
        open: Vec::new(),
        handed: sibling.stat.len,
    })
}
