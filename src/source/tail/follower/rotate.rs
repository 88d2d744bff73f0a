//! Rotation and truncation: which bytes come next, and where to find those that were not read.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, Read},
    time::Duration,
};

use super::{Follower, KnownFile, MAX_DONE, Stop, TickContext, check_flow, resume::has_read_bytes};
use crate::source::tail::{
    batch::{Listener, notify},
    checkpoint::{Checkpoint, MIN_FINGERPRINT_BYTES},
    filesystem,
    fingerprint::{FINGERPRINT_BYTES, Fingerprint},
    generation_reader::GenerationReader,
    notice::NoticeKind,
    rotated_files::{self, Sibling, Snapshot},
    start_position::StartPosition,
    step::{FileId, Stat, TIMESTAMP_GRANULARITY},
};

/// Bytes of a rotated file that are read at a time.
const READ_BYTES: usize = 64 << 10;

/// What is beside a log at one moment.
pub(super) struct RotatedFiles {
    /// Rotated files that were not read yet, the oldest first.
    pub(super) unread: Vec<Sibling>,
    /// The file that has the log's name.
    pub(super) named: io::Result<(File, Stat)>,
    /// Rotated files that were not read, and were removed before they could be opened.
    pub(super) removed: Vec<Sibling>,
    /// No rotated file was read: there may have been others before them.
    pub(super) may_have_gap: bool,
}

impl Follower {
    /// Another file may have the name now: continues with it, after the generations in between.
    pub(super) fn handle_replacement(
        &mut self,
        tick: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<bool, Stop> {
        let had_file = self.current.is_some();
        let rotated = self.rotated_files(None, tick.now);
        self.notify_gap(&rotated, tick, out)?;
        self.read_siblings(rotated.unread, tick, block, out)?;
        let (file, stat) = match rotated.named {
            Ok(named) => named,
            // It is being rotated at this moment.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        if self.current.as_ref().is_some_and(|current| current.file.is_some() && current.stat.id == stat.id) {
            // The current generation has its name again.
            return Ok(false);
        }
        let Some(file) = self.attach_file(file, stat)? else { return self.read_current(tick, block, out) };
        // A generation that has its old name again continues where it was.
        let is_same_file =
            |retired: &super::RetiredGeneration| retired.reader.file.is_some() && retired.reader.stat.id == stat.id;
        let next = match self.retired.iter().position(is_same_file) {
            Some(i) => self.retired.remove(i).reader,
            None => self.reader_for(file, stat, tick)?,
        };
        if had_file {
            let read_to = self.current.as_ref().map(GenerationReader::read_to);
            let message = "was rotated; continuing with the new file";
            notify(out, NoticeKind::Rotated, &self.name, (read_to, None), message);
        } else if self.missing_since.is_some() {
            notify(out, NoticeKind::Found, &self.name, (None, None), "exists now");
        }
        self.missing_since = None;
        self.switch_to(next, false, tick, out)?;
        self.read_current(tick, block, out)
    }

    /// Reads rotated files that were not read under the log's name: two rotations between two polls.
    pub(super) fn read_siblings(
        &mut self,
        unread: Vec<Sibling>,
        tick: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        for sibling in unread {
            let path = sibling.path.display();
            let (file, stat) = match sibling.open() {
                Ok(open) => open,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.notify_removed(&sibling, tick, out)?;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            if stat.len > 0 {
                let message = format!("was rotated more than once: reading {path}, too");
                notify(out, NoticeKind::CaughtUp, &self.name, (None, None), message);
            }
            if sibling.compressed {
                self.switch_to(GenerationReader::without_file(tick.limits, tick.now), false, tick, out)?;
                self.push_sibling(&sibling, 0, None, tick, out)?;
            } else {
                self.switch_to(GenerationReader::new(file, stat, tick.limits, tick.now), false, tick, out)?;
                while self.read_current(tick, block, out)? {}
            }
        }
        Ok(())
    }

    /// Notifies of a possible gap after the current generation. When nothing that was read is among the
    /// rotated files any more, there may have been others in between.
    fn notify_gap(&mut self, rotated: &RotatedFiles, tick: &TickContext, out: &mut dyn Listener) -> Result<(), Stop> {
        for sibling in &rotated.removed {
            self.notify_removed(sibling, tick, out)?;
        }
        let mut unread = rotated.unread.iter().filter(|sibling| sibling.stat.len > 0);
        let Some(oldest) = unread.next().filter(|_| rotated.may_have_gap && self.current.is_some()) else {
            return Ok(());
        };
        let message = format!(
            "was rotated more often than rotated files are kept: what was written before {} may be lost, the amount is unknown",
            oldest.path.display()
        );
        self.end_before_gap(tick, out)?;
        notify(out, NoticeKind::Lost, &self.name, (None, None), message);
        Ok(())
    }

    /// Notifies of a rotated file that was removed before it could be read.
    fn notify_removed(&mut self, sibling: &Sibling, tick: &TickContext, out: &mut dyn Listener) -> Result<(), Stop> {
        self.end_before_gap(tick, out)?;
        let (path, len) = (sibling.path.display(), sibling.stat.len);
        let (message, range) = if sibling.compressed {
            (format!("{path} was removed before it was read: its text is lost, the amount is unknown"), (None, None))
        } else {
            (format!("{path} was removed before it was read: its {len} bytes are lost"), (Some(0), Some(len)))
        };
        notify(out, NoticeKind::Lost, &self.name, range, message);
        Ok(())
    }

    /// The rotated files that were not read yet, with the file that has the log's name. With `before`, a file and its first
    /// bytes, only those that are older than that file, should it be among them.
    pub(super) fn rotated_files(&mut self, before: Option<(Stat, &[u8])>, now: Duration) -> RotatedFiles {
        let Snapshot { mut siblings, named, mut removed } =
            Snapshot::take(&self.path, |sibling| !self.is_known(sibling, now));
        removed.retain(|sibling| sibling.stat.len > 0);
        let named_id = named.as_ref().ok().map(|(_, stat)| stat.id);
        let listed = siblings.len();
        self.forget_removed(&siblings);
        if let Some((before, head)) = before {
            removed.clear();
            let is_compressed = |sibling: &Sibling| {
                sibling.compressed && head.len() as u64 >= MIN_FINGERPRINT_BYTES && sibling.head().starts_with(head)
            };
            let place = siblings.iter().position(|sibling| sibling.stat.id == before.id);
            match place.or_else(|| siblings.iter().position(is_compressed)) {
                Some(i) => siblings.truncate(i),
                // It was deleted: only the times show what came before it.
                None if named_id != Some(before.id) => {
                    siblings.retain(|sibling| sibling.stat.modified < before.modified);
                }
                None => {}
            }
        }
        let mut may_have_gap = listed == siblings.len();
        siblings.retain(|sibling| {
            if self.is_known(sibling, now) {
                may_have_gap = false;
                return false;
            }
            if sibling.stat.len == 0 {
                // A writer may still have it open.
                let was_open = self.checkpoints().any(|open| open.head.len == 0 && open.id() == sibling.stat.id);
                return before.is_none() && !was_open && named_id != Some(sibling.stat.id);
            }
            let is_unread = named_id != Some(sibling.stat.id) && !self.was_read(&sibling.head(), sibling, now);
            may_have_gap &= is_unread;
            is_unread
        });
        RotatedFiles { unread: siblings, named, removed, may_have_gap }
    }

    /// True for a file that is open, or was found to be read some time ago and has not changed since.
    fn is_known(&self, sibling: &Sibling, now: Duration) -> bool {
        let id = sibling.stat.id;
        self.open_readers().any(|reader| reader.file.is_some() && reader.stat.id == id)
            || self.known.get(&id).is_some_and(|known| {
                known.content == sibling.stat.content() && now.saturating_sub(known.since) >= TIMESTAMP_GRANULARITY
            })
    }

    /// True for content that was read under this log's name, perhaps copied or compressed since; also for
    /// a file of which nothing can be read.
    fn was_read(&mut self, head: &[u8], sibling: &Sibling, now: Duration) -> bool {
        if head.is_empty() {
            return true;
        }
        let fingerprint = Fingerprint::of(head);
        let matching = self
            .checkpoints()
            .find(|checkpoint| checkpoint.matches_head(head, sibling.stat.id) || checkpoint.head == fingerprint);
        let Some(checkpoint) = matching else { return false };
        let (id, content) = (sibling.stat.id, sibling.stat.content());
        let before = self.known.get(&id).filter(|known| known.content == content);
        let since = before.map_or(now, |known| known.since);
        self.known.insert(id, KnownFile { content, since, head: checkpoint.head });
        true
    }

    /// Forgets generations of which no file exists any more, except the last [`MAX_DONE`].
    fn forget_removed(&mut self, siblings: &[Sibling]) {
        let exists = |id: &FileId| siblings.iter().any(|sibling| sibling.stat.id == *id);
        if self.known.len() > 2 * siblings.len() + MAX_DONE {
            let ids: HashSet<FileId> = siblings.iter().map(|sibling| sibling.stat.id).collect();
            self.known.retain(|id, _| ids.contains(id));
        }
        if self.done.len() <= MAX_DONE {
            return;
        }
        let mut excess = self.done.len() - MAX_DONE;
        let heads: HashSet<Fingerprint> =
            self.known.iter().filter(|(id, _)| exists(id)).map(|(_, known)| known.head).collect();
        self.done.retain(|checkpoint| {
            excess = excess.saturating_sub(1);
            excess == 0 || exists(&checkpoint.id()) || heads.contains(&checkpoint.head)
        });
    }

    /// The checkpoints of all generations.
    fn checkpoints(&self) -> impl Iterator<Item = Checkpoint> {
        self.open_readers().map(GenerationReader::checkpoint).chain(self.done.iter().cloned())
    }

    /// Takes the text of a rotated file from `offset` on, up to `end`, as the current generation's.
    pub(super) fn push_sibling(
        &mut self,
        sibling: &Sibling,
        offset: u64,
        end: Option<u64>,
        tick: &TickContext,
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        let mut text = sibling.text()?;
        io::copy(&mut text.by_ref().take(offset), &mut io::sink())?;
        let mut reader = text.take(end.map_or(u64::MAX, |end| end.saturating_sub(offset)));
        let mut block = vec![0; READ_BYTES];
        loop {
            match reader.read(&mut block) {
                Ok(0) => return Ok(()),
                Ok(read) => self.push(&block[..read], tick, out)?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let read_to = self.current.as_ref().map(GenerationReader::read_to);
                    let message = format!("{} ends in damaged data ({error})", sibling.path.display());
                    notify(out, NoticeKind::Lost, &self.name, (read_to, None), message);
                    return Ok(());
                }
            }
        }
    }

    /// Gives the file to the current generation if it has none and this is its content; otherwise returns
    /// the file.
    pub(super) fn attach_file(&mut self, file: File, stat: Stat) -> Result<Option<File>, Stop> {
        let Some(current) = &mut self.current else { return Ok(Some(file)) };
        if current.file.is_some() || current.head().is_empty() || stat.len < current.read_to() {
            return Ok(Some(file));
        }
        current.file = Some(file);
        if current.is_unchanged()? {
            current.stat = stat;
            return Ok(None);
        }
        Ok(current.file.take())
    }

    /// The reader of a file that has the name now: from its first byte, unless its content was read before
    /// under this name.
    fn reader_for(&mut self, file: File, stat: Stat, tick: &TickContext) -> Result<GenerationReader, Stop> {
        if let Some((at_start, from)) = self.start.take()
            && at_start.id == stat.id
        {
            let offset =
                if from == StartPosition::End { at_start.len.min(stat.len) } else { from.offset(&file, stat.len)? };
            return Ok(GenerationReader::from(file, stat, offset, tick.limits, tick.now)?);
        }
        let head = filesystem::read_up_to(&file, 0, FINGERPRINT_BYTES)?;
        let mut repeated_to = 0;
        for checkpoint in self.checkpoints().filter(|checkpoint| checkpoint.matches_head(&head, stat.id)) {
            if has_read_bytes(&file, stat, &checkpoint)? {
                return Ok(GenerationReader::resume(file, stat, &checkpoint, tick.limits, tick.now)?);
            }
            repeated_to = repeated_to.max(checkpoint.offset.unwrap_or(0));
        }
        let mut reader = GenerationReader::new(file, stat, tick.limits, tick.now);
        reader.repeated_to = repeated_to;
        Ok(reader)
    }

    /// The file was shortened or rewritten. `to` is the end of bytes that were read and cannot be trusted.
    pub(super) fn handle_truncation(
        &mut self,
        to: Option<u64>,
        tick: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<bool, Stop> {
        let Some(current) = &mut self.current else { return Ok(false) };
        let (file, stat) = match current.file.take() {
            Some(file) => {
                let stat = filesystem::stat_of(&file)?;
                (file, stat)
            }
            None => filesystem::open(&self.path)?,
        };
        let read_to = current.read_to();
        if read_to == 0 {
            current.release_file();
        }
        let known_end = current.stat.len.max(to.unwrap_or(0)).max(read_to);
        let head = filesystem::read_up_to(&file, 0, FINGERPRINT_BYTES)?;
        let was_shortened = stat.len < read_to && current.has_same_start(&head);
        // Usually the file is copied before it is truncated: what was not read yet may be in the copy.
        let copy = rotated_files::list(&self.path).into_iter().rev().find(|sibling| {
            if read_to == 0 || sibling.stat.id == stat.id {
                return false;
            }
            current.is_copied_in(&sibling.head(), |offset, max| sibling.bytes_before(offset, max))
        });
        if let Some(copy) = copy.filter(|_| !was_shortened) {
            self.push_sibling(&copy, read_to, None, tick, out)?;
        }
        let got = self.current.as_ref().map_or(read_to, GenerationReader::read_to);
        let message = if was_shortened {
            format!("was shortened to {} bytes; {read_to} had been read", stat.len)
        } else {
            format!("was truncated or rewritten; {got} bytes of it had been read")
        };
        notify(out, NoticeKind::Truncated, &self.name, (Some(got), None), message);
        if known_end > got {
            let message = format!("bytes {got} to {known_end} were removed before they were read");
            notify(out, NoticeKind::Lost, &self.name, (Some(got), Some(known_end)), message);
        }
        if let Some(current) = &mut self.current {
            check_flow(current.flush_whole_lines(&self.name, out))?;
        }
        // It may have been renamed since: what is newer than it comes later.
        let unread = self.rotated_files(Some((stat, &head)), tick.now).unread;
        self.read_siblings(unread, tick, block, out)?;
        let Some(file) = self.attach_file(file, stat)? else { return self.read_current(tick, block, out) };
        let next = if was_shortened {
            GenerationReader::from(file, stat, stat.len, tick.limits, tick.now)?
        } else {
            self.reader_for(file, stat, tick)?
        };
        self.switch_to(next, true, tick, out)?;
        self.read_current(tick, block, out)
    }

    /// The file was empty at the last poll: a writer may have written to it, copied and truncated it since,
    /// and nothing in the file shows that.
    pub(super) fn may_hide_truncation(&mut self, now: Duration) -> bool {
        let empty = self.current.as_ref().filter(|current| current.read_to() == 0 && current.stat.len == 0);
        let stat = empty.and_then(|current| filesystem::stat_of(current.file.as_ref()?).ok());
        stat.is_some_and(|stat| {
            self.rotated_files(Some((stat, &[])), now).unread.iter().any(|unread| unread.stat.len > 0)
        })
    }
}
