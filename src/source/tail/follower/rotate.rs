//! Rotation and truncation: which bytes come next, and where to find those that were not read.

use std::io::{self, Read};

use super::{Follower, Stop, TickContext, check_flow, resume::has_read_bytes};
use crate::source::tail::{
    batch::{Listener, notify},
    checkpoint::Checkpoint,
    filesystem,
    fingerprint::{FINGERPRINT_BYTES, Fingerprint},
    generation_reader::GenerationReader,
    notice::NoticeKind,
    rotated_files::{self, Sibling},
    start_position::StartPosition,
    step::{PathState, Stat},
};

/// Bytes of a rotated file that are read at a time.
const READ_BYTES: usize = 64 << 10;

impl Follower {
    /// Another file has the name now: continues with it, after the generations in between.
    pub(super) fn handle_replacement(
        &mut self,
        found: Stat,
        tick: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<bool, Stop> {
        let had_file = self.current.is_some();
        let unread = self.unread_siblings(Some(found), None);
        self.notify_gap(&unread, out);
        self.read_siblings(&unread, tick, block, out)?;
        let (file, stat) = filesystem::open(&self.path)?;
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
        unread: &[Sibling],
        tick: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        for sibling in unread {
            let message = format!("was rotated more than once: reading {}, too", sibling.path.display());
            notify(out, NoticeKind::CaughtUp, &self.name, (None, None), message);
            if sibling.compressed {
                self.switch_to(GenerationReader::without_file(tick.limits, tick.now), false, tick, out)?;
                self.push_sibling(sibling, 0, tick, out)?;
            } else {
                let (file, stat) = filesystem::open(&sibling.path)?;
                self.switch_to(GenerationReader::new(file, stat, tick.limits, tick.now), false, tick, out)?;
                while self.read_current(tick, block, out)? {}
            }
        }
        Ok(())
    }

    /// Notifies of a possible gap: when nothing that was read is among the rotated files any more, there may
    /// have been others in between.
    pub(super) fn notify_gap(&self, unread: &[Sibling], out: &mut dyn Listener) {
        let Some(oldest) = unread.first().filter(|_| self.current.is_some()) else { return };
        if unread.len() < rotated_files::siblings(&self.path).len() {
            return;
        }
        let message = format!(
            "was rotated more often than rotated files are kept: what was written before {} may be lost, the amount is unknown",
            oldest.path.display()
        );
        notify(out, NoticeKind::Lost, &self.name, (None, None), message);
    }

    /// Rotated files that were not read yet, the oldest first: not the file `named`, which has the log's
    /// name, and none that is newer than the file `before`, should that be among them.
    pub(super) fn unread_siblings(&self, named: Option<Stat>, before: Option<Stat>) -> Vec<Sibling> {
        let mut siblings = rotated_files::siblings(&self.path);
        if let Some(before) = before {
            let has_name = matches!(filesystem::probe(&self.path).0, PathState::There(stat) if stat.id == before.id);
            match siblings.iter().position(|sibling| sibling.stat.id == before.id) {
                Some(i) => siblings.truncate(i),
                // It was deleted: only the times show what came before it.
                None if !has_name => siblings.retain(|sibling| sibling.stat.modified < before.modified),
                None => {}
            }
        }
        siblings.retain(|sibling| {
            let id = sibling.stat.id;
            let is_open = self.open_readers().any(|reader| reader.stat.id == id);
            if is_open || named.is_some_and(|named| named.id == id) {
                return false;
            }
            let head = rotated_files::head(sibling);
            !head.is_empty() && !self.was_read(&head, sibling)
        });
        siblings
    }

    /// True for content that was read under this log's name, perhaps copied or compressed since.
    fn was_read(&self, head: &[u8], sibling: &Sibling) -> bool {
        let fingerprint = Fingerprint::of(head);
        self.checkpoints()
            .any(|checkpoint| checkpoint.matches_head(head, sibling.stat.id) || checkpoint.head == fingerprint)
    }

    /// The checkpoints of all generations.
    fn checkpoints(&self) -> impl Iterator<Item = Checkpoint> {
        self.open_readers().map(GenerationReader::checkpoint).chain(self.done.iter().cloned())
    }

    /// Takes the text of a rotated file from `offset` on as the current generation's.
    pub(super) fn push_sibling(
        &mut self,
        sibling: &Sibling,
        offset: u64,
        tick: &TickContext,
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        let mut reader = rotated_files::reader(sibling)?;
        io::copy(&mut reader.by_ref().take(offset), &mut io::sink())?;
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
    pub(super) fn attach_file(&mut self, file: std::fs::File, stat: Stat) -> Result<Option<std::fs::File>, Stop> {
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
    fn reader_for(&mut self, file: std::fs::File, stat: Stat, tick: &TickContext) -> Result<GenerationReader, Stop> {
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
        let copy = rotated_files::siblings(&self.path).into_iter().rev().find(|sibling| {
            if read_to == 0 || sibling.stat.id == stat.id {
                return false;
            }
            let head = rotated_files::head(sibling);
            current.is_copied_in(&head, |offset, max| rotated_files::bytes_before(sibling, offset, max))
        });
        if let Some(copy) = copy.filter(|_| !was_shortened) {
            self.push_sibling(&copy, read_to, tick, out)?;
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
        let unread = self.unread_siblings(None, Some(stat));
        self.read_siblings(&unread, tick, block, out)?;
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
    pub(super) fn may_hide_truncation(&self) -> bool {
        let empty = self.current.as_ref().filter(|current| current.read_to() == 0 && current.stat.len == 0);
        let stat = empty.and_then(|current| filesystem::stat_of(current.file.as_ref()?).ok());
        stat.is_some_and(|stat| !self.unread_siblings(None, Some(stat)).is_empty())
    }
}
