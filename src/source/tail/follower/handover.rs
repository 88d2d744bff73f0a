//! From one generation to the next: the record between them, and writers who hold the old file open.

use memchr::memrchr2;

use super::{Follower, MAX_DONE, MAX_RETIRED, RetiredGeneration, Stop, TickContext, go};
use crate::{
    record::start,
    source::tail::{
        Listener, NoticeKind,
        generation_reader::{GenerationReader, ReadOutcome},
        notify,
    },
};

impl Follower {
    /// Takes bytes of the current generation: its own, or the end of the record before it.
    pub(super) fn take(&mut self, bytes: &[u8], world: &TickContext, out: &mut dyn Listener) -> Result<(), Stop> {
        let Some(current) = &mut self.current else { return Ok(()) };
        current.see(bytes);
        let Some(mut lead) = current.leading_fragment.take() else { return go(current.feed(&self.name, bytes, out)) };
        lead.extend_from_slice(bytes);
        let line = memrchr2(b'\n', 0, &lead).map_or(0, |i| i + 1);
        let known = if start::is_decidable(&lead[line..]) { lead.len() } else { line };
        if known == 0 {
            current.leading_fragment = Some(lead);
            return Ok(());
        }
        let torn = self.retired.last().is_some_and(|old| old.stream.is_torn());
        let starts = lead.starts_with(&[0xef, 0xbb, 0xbf])
            || start::is_start(&lead) && !(torn && start::may_continue_header(&lead));
        let end = if starts { 0 } else { start::next_start(&lead[..known], 0) };
        if end > 0 {
            current.yield_prefix(&lead[..end]);
            self.append_to_previous(&lead[..end], world, out)?;
        }
        if end == known && !starts {
            if let Some(current) = &mut self.current {
                current.leading_fragment = Some(lead.split_off(end));
            }
            return Ok(());
        }
        self.finish_previous(out)?;
        match &mut self.current {
            Some(current) => go(current.feed(&self.name, &lead[end..], out)),
            None => Ok(()),
        }
    }

    /// Bytes of the current generation that belong to the last record of the one before.
    pub(super) fn append_to_previous(
        &mut self,
        bytes: &[u8],
        world: &TickContext,
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        let Some(old) = self.retired.last_mut() else { return Ok(()) };
        old.stream.grown_at = world.now;
        let rest = old.stream.split_late_writes(world.now);
        go(old.stream.feed(&self.name, bytes, out))?;
        if let Some(stream) = rest {
            let old = RetiredGeneration { stream, since: world.now, cut: false };
            self.retired.insert(self.retired.len() - 1, old);
        }
        Ok(())
    }

    /// The generation before has its last record whole.
    pub(super) fn finish_previous(&mut self, out: &mut dyn Listener) -> Result<(), Stop> {
        let Some(old) = self.retired.last_mut() else { return Ok(()) };
        if old.cut {
            self.retire(self.retired.len() - 1, out)
        } else {
            // A writer may still hold it open and end its line.
            go(old.stream.flush_decided(&self.name, out))
        }
    }

    /// Ends a generation for good.
    pub(super) fn retire(&mut self, i: usize, out: &mut dyn Listener) -> Result<(), Stop> {
        let RetiredGeneration { mut stream, cut, .. } = self.retired.remove(i);
        let end = stream.read_to();
        let dropped = go(stream.finish(&self.name, cut, out))?;
        if dropped > 0 {
            let from = end - dropped;
            let message = format!("a line was cut in two by a truncation: its first {dropped} bytes are not reported");
            notify(out, NoticeKind::Lost, &self.name, (Some(from), Some(end)), message);
        }
        self.done.push(stream.mark());
        let excess = self.done.len().saturating_sub(MAX_DONE);
        self.done.drain(..excess);
        Ok(())
    }

    /// Generations that were rotated away: late writes, and the end of their time.
    pub(super) fn read_old(
        &mut self,
        world: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        let waits = self.current.as_ref().is_some_and(|current| current.leading_fragment.is_some());
        let mut i = 0;
        while i < self.retired.len() {
            let last = i + 1 == self.retired.len();
            let old = &mut self.retired[i];
            while old.stream.file.is_some() {
                match old.stream.read(block) {
                    Ok(ReadOutcome::Bytes(n)) => {
                        old.since = world.now;
                        old.stream.grown_at = world.now;
                        go(old.stream.feed(&self.name, &block[..n], out))?;
                    }
                    Ok(ReadOutcome::Hole { to }) => go(old.stream.skip_hole(&self.name, to, out))?,
                    Ok(ReadOutcome::End) => break,
                    // It is nobody's log any more.
                    Ok(ReadOutcome::Rewritten { .. }) | Err(_) => old.stream.file = None,
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
        mut next: GenerationReader,
        cut: bool,
        world: &TickContext,
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        if self.unclean && next.repeated_to == 0 {
            next.repeated_to = next.stat.len.max(u64::from(next.file.is_none()) * u64::MAX);
        }
        if let Some(current) = &mut self.current
            && let Some(lead) = current.leading_fragment.take()
        {
            if lead.is_empty() {
                current.leading_fragment = Some(lead);
            } else if start::is_start(&lead) {
                self.finish_previous(out)?;
                self.feed_current(&lead, out)?;
            } else {
                current.yield_prefix(&lead);
                // All of it belongs to the record before, which may go on in the next file too.
                current.leading_fragment = Some(Vec::new());
                self.append_to_previous(&lead, world, out)?;
            }
        }
        if let Some(mut before) = self.current.take() {
            let waits = before.leading_fragment.take().is_some();
            let fresh = next.read_to() == 0;
            let open = before.is_open();
            let old = RetiredGeneration { stream: before, since: world.now, cut };
            if waits && !open {
                // It had nothing: the record before it waits for the next generation.
                self.retired.insert(self.retired.len().saturating_sub(1), old);
            } else {
                self.retired.push(old);
            }
            if fresh && (open || waits) {
                next.leading_fragment = Some(Vec::new());
            } else {
                self.finish_previous(out)?;
            }
            while self.retired.len() > MAX_RETIRED {
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
