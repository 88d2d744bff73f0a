//! Rotation and truncation: which bytes come next, and where those are that nobody has seen.

use std::io::{self, Read};

use super::{Follower, Stop, TickContext, go, resume::holds};
use crate::source::tail::{
    Listener, NoticeKind, StartPosition,
    checkpoint::Checkpoint,
    filesystem,
    fingerprint::{FINGERPRINT_BYTES, Fingerprint},
    generation_reader::GenerationReader,
    notify,
    rotated_files::{self, Sibling},
    step::{PathState, Stat},
};

impl Follower {
    /// Goes over to the file that has the name now, through the generations between.
    pub(super) fn replace(
        &mut self,
        seen: Stat,
        world: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<bool, Stop> {
        let had = self.current.is_some();
        let unseen = self.unseen(Some(seen), None);
        self.tell_gap(&unseen, out);
        self.read_all(&unseen, world, block, out)?;
        let (file, stat) = filesystem::open(&self.path)?;
        let Some(file) = self.attach(file, stat)? else { return self.pump(world, block, out) };
        // A generation that has its old name again is read on where it was.
        let known = self.retired.iter().position(|old| old.stream.file.is_some() && old.stream.stat.id == stat.id);
        let next = match known {
            Some(i) => self.retired.remove(i).stream,
            None => self.stream_for(file, stat, world)?,
        };
        if had {
            let at = self.current.as_ref().map(GenerationReader::read_to);
            notify(out, NoticeKind::Rotated, &self.name, (at, None), "was rotated; going on with the new file");
        } else if self.away_since.is_some() {
            notify(out, NoticeKind::Found, &self.name, (None, None), "is there now");
        }
        self.away_since = None;
        self.switch(next, false, world, out)?;
        self.pump(world, block, out)
    }

    /// Reads the generations that nobody has seen under their own name: two rotations between looks.
    pub(super) fn read_all(
        &mut self,
        unseen: &[Sibling],
        world: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        for sibling in unseen {
            let place = sibling.path.display();
            notify(
                out,
                NoticeKind::CaughtUp,
                &self.name,
                (None, None),
                format!("was rotated more than once: reading {place} too"),
            );
            if sibling.packed {
                self.switch(GenerationReader::detached(world.limits, world.now), false, world, out)?;
                self.take_from(sibling, 0, world, out)?;
            } else {
                let (file, stat) = filesystem::open(&sibling.path)?;
                self.switch(GenerationReader::new(file, stat, world.limits, world.now), false, world, out)?;
                while self.pump(world, block, out)? {}
            }
        }
        Ok(())
    }

    /// When nothing that was read is among the generations any more, there may have been others between
    /// that nobody can read.
    pub(super) fn tell_gap(&self, unseen: &[Sibling], out: &mut dyn Listener) {
        let Some(oldest) = unseen.first().filter(|_| self.current.is_some()) else { return };
        if unseen.len() < rotated_files::siblings(&self.path).len() {
            return;
        }
        let message = format!(
            "was rotated more often than generations are kept: what was written before {} may be lost, nobody knows how much",
            oldest.path.display()
        );
        notify(out, NoticeKind::Lost, &self.name, (None, None), message);
    }

    /// Generations that nobody has seen yet, the oldest first: not the file `named`, which has the
    /// log's name, and none that is newer than the file `before`, should that be among them.
    pub(super) fn unseen(&self, named: Option<Stat>, before: Option<Stat>) -> Vec<Sibling> {
        let mut siblings = rotated_files::siblings(&self.path);
        if let Some(before) = before {
            let named = matches!(filesystem::probe(&self.path).0, PathState::There(stat) if stat.id == before.id);
            match siblings.iter().position(|sibling| sibling.stat.id == before.id) {
                Some(i) => siblings.truncate(i),
                // It was deleted: only the times tell what came before it.
                None if !named => siblings.retain(|sibling| sibling.stat.modified < before.modified),
                None => {}
            }
        }
        siblings.retain(|sibling| {
            let id = sibling.stat.id;
            let held = self.current.iter().chain(self.retired.iter().map(|old| &old.stream)).any(|s| s.stat.id == id);
            if held || named.is_some_and(|named| named.id == id) {
                return false;
            }
            let head = rotated_files::head(sibling);
            !head.is_empty() && !self.is_known(&head, sibling)
        });
        siblings
    }

    /// Content that was read under this log's name, perhaps copied or compressed since.
    pub(super) fn is_known(&self, head: &[u8], sibling: &Sibling) -> bool {
        let streams = self.current.iter().chain(self.retired.iter().map(|old| &old.stream));
        let whole = Fingerprint::of(head);
        streams
            .map(GenerationReader::mark)
            .chain(self.done.iter().cloned())
            .any(|mark| mark.begins(head, sibling.stat.id) || mark.head == whole)
    }

    /// Takes a sibling's text from `at` on as the current generation's.
    pub(super) fn take_from(
        &mut self,
        sibling: &Sibling,
        at: u64,
        world: &TickContext,
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        let mut reader = rotated_files::reader(sibling)?;
        io::copy(&mut reader.by_ref().take(at), &mut io::sink())?;
        let mut block = vec![0; 64 << 10];
        loop {
            match reader.read(&mut block) {
                Ok(0) => return Ok(()),
                Ok(n) => self.take(&block[..n], world, out)?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let at = self.current.as_ref().map(GenerationReader::read_to);
                    let message = format!("{} ends in damaged data ({error})", sibling.path.display());
                    notify(out, NoticeKind::Lost, &self.name, (at, None), message);
                    return Ok(());
                }
            }
        }
    }

    /// Gives the file to the current generation if it has none and this is its content; else gives it
    /// back.
    pub(super) fn attach(&mut self, file: std::fs::File, stat: Stat) -> Result<Option<std::fs::File>, Stop> {
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
    pub(super) fn stream_for(
        &mut self,
        file: std::fs::File,
        stat: Stat,
        world: &TickContext,
    ) -> Result<GenerationReader, Stop> {
        if let Some((seen, from)) = self.start.take()
            && seen.id == stat.id
        {
            let offset =
                if from == StartPosition::End { seen.len.min(stat.len) } else { from.offset(&file, stat.len)? };
            return Ok(GenerationReader::from(file, stat, offset, world.limits, world.now)?);
        }
        let head = filesystem::read_some(&file, 0, FINGERPRINT_BYTES)?;
        let streams = self.current.iter().chain(self.retired.iter().map(|old| &old.stream));
        let marks: Vec<Checkpoint> = streams.map(GenerationReader::mark).chain(self.done.iter().cloned()).collect();
        let mut repeated_to = 0;
        for mark in marks.iter().filter(|mark| mark.begins(&head, stat.id)) {
            if holds(&file, stat, mark)? {
                return Ok(GenerationReader::resume(file, stat, mark, world.limits, world.now)?);
            }
            repeated_to = repeated_to.max(mark.at.unwrap_or(0));
        }
        let mut stream = GenerationReader::new(file, stat, world.limits, world.now);
        stream.repeated_to = repeated_to;
        Ok(stream)
    }

    /// The file was made shorter, or written anew. `to` is the end of bytes that were read and cannot
    /// be trusted.
    pub(super) fn truncated(
        &mut self,
        to: Option<u64>,
        world: &TickContext,
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
        let end = current.read_to();
        if end == 0 {
            current.forget();
        }
        let seen = current.stat.len.max(to.unwrap_or(0)).max(end);
        let head = filesystem::read_some(&file, 0, FINGERPRINT_BYTES)?;
        let cut_back = stat.len < end && current.is_cut_back_to(&head);
        // Whoever truncates usually copies first: what was not read yet may be in the copy.
        let copy = rotated_files::siblings(&self.path).into_iter().rev().find(|sibling| {
            if end == 0 || sibling.stat.id == stat.id {
                return false;
            }
            let head = rotated_files::head(sibling);
            current.is_in_copy(&head, |at, span| rotated_files::before(sibling, at, span))
        });
        if let Some(copy) = copy.filter(|_| !cut_back) {
            self.take_from(&copy, end, world, out)?;
        }
        let got = self.current.as_ref().map_or(end, GenerationReader::read_to);
        let message = if cut_back {
            format!("was cut back to {} bytes; {end} had been read", stat.len)
        } else {
            format!("was truncated or written anew; {got} bytes of it had been read")
        };
        notify(out, NoticeKind::Truncated, &self.name, (Some(got), None), message);
        if seen > got {
            let message = format!("bytes {got} to {seen} went away before they were read");
            notify(out, NoticeKind::Lost, &self.name, (Some(got), Some(seen)), message);
        }
        if let Some(current) = &mut self.current {
            go(current.flush_whole_lines(&self.name, out))?;
        }
        // It may have been renamed since: what is newer than it comes later.
        let unseen = self.unseen(None, Some(stat));
        self.read_all(&unseen, world, block, out)?;
        let Some(file) = self.attach(file, stat)? else { return self.pump(world, block, out) };
        let next = if cut_back {
            GenerationReader::from(file, stat, stat.len, world.limits, world.now)?
        } else {
            self.stream_for(file, stat, world)?
        };
        self.switch(next, true, world, out)?;
        self.pump(world, block, out)
    }

    /// The file was empty at the last look: whoever wrote to it may have copied and truncated it since,
    /// and nothing in it shows that.
    pub(super) fn hides_a_truncation(&self) -> bool {
        let empty = self.current.as_ref().filter(|current| current.read_to() == 0 && current.stat.len == 0);
        let stat = empty.and_then(|current| filesystem::stat_of(current.file.as_ref()?).ok());
        stat.is_some_and(|stat| !self.unseen(None, Some(stat)).is_empty())
    }
}
