//! From one generation to the next: the record between them, and writers who hold the old file open.

use memchr::memrchr2;

use super::{Follower, MOST_DONE, MOST_OLD, Old, Stop, World, go};
use crate::{
    record::boundary,
    source::tail::{
        Listener, NoticeKind, say,
        stream::{Block, Stream},
    },
};

impl Follower {
    /// Takes bytes of the current generation: its own, or the end of the record before it.
    pub(super) fn take(&mut self, bytes: &[u8], world: &World, out: &mut dyn Listener) -> Result<(), Stop> {
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
        let torn = self.old.last().is_some_and(|old| old.stream.is_torn());
        let starts =
            lead.starts_with(&[0xef, 0xbb, 0xbf]) || boundary::is_start(&lead) && !(torn && boundary::may_go_on(&lead));
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
    pub(super) fn lend(&mut self, bytes: &[u8], world: &World, out: &mut dyn Listener) -> Result<(), Stop> {
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
    pub(super) fn let_go(&mut self, out: &mut dyn Listener) -> Result<(), Stop> {
        let Some(old) = self.old.last_mut() else { return Ok(()) };
        if old.cut {
            self.retire(self.old.len() - 1, out)
        } else {
            // A writer may still hold it open and end its line.
            go(old.stream.flush_decided(&self.name, out))
        }
    }

    /// Ends a generation for good.
    pub(super) fn retire(&mut self, i: usize, out: &mut dyn Listener) -> Result<(), Stop> {
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
    pub(super) fn read_old(&mut self, world: &World, block: &mut [u8], out: &mut dyn Listener) -> Result<(), Stop> {
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
    pub(super) fn switch(
        &mut self,
        mut next: Stream,
        cut: bool,
        world: &World,
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
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
                // All of it belongs to the record before, which may go on in the next file too.
                current.lead = Some(Vec::new());
                self.lend(&lead, world, out)?;
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

    pub(super) fn feed_current(&mut self, bytes: &[u8], out: &mut dyn Listener) -> Result<(), Stop> {
        match &mut self.current {
            Some(current) => go(current.feed(&self.name, bytes, out)),
            None => Ok(()),
        }
    }
}
