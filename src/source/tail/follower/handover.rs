//! From one generation to the next: the record between them, and writers that keep the old file open.

use super::{Follower, MAX_RETIRED, RetiredGeneration, Stop, TickContext, check_flow};
use crate::{
    record::start,
    source::{
        encoding::UTF8_BOM,
        tail::{
            batch::{Listener, notify},
            generation_reader::{GenerationReader, ReadOutcome},
            notice::NoticeKind,
        },
    },
};

impl Follower {
    /// Takes bytes of the current generation: its own, or the end of the last record before it.
    pub(super) fn push(&mut self, bytes: &[u8], tick: &TickContext, out: &mut dyn Listener) -> Result<(), Stop> {
        let Some(current) = &mut self.current else { return Ok(()) };
        current.remember_head(bytes);
        let Some(mut fragment) = current.leading_fragment.take() else {
            return check_flow(current.push(&self.name, bytes, out));
        };
        fragment.extend_from_slice(bytes);
        let decided = start::decided_len(&fragment);
        if decided == 0 {
            current.leading_fragment = Some(fragment);
            return Ok(());
        }
        let torn = self.retired.last().is_some_and(|retired| retired.reader.is_torn());
        let starts_record = fragment.starts_with(UTF8_BOM)
            || start::is_start(&fragment) && !(torn && start::may_continue_header(&fragment));
        let end = if starts_record { 0 } else { start::next_start(&fragment[..decided], 0) };
        if end > 0 {
            current.yield_prefix(&fragment[..end]);
            self.append_to_previous(&fragment[..end], tick, out)?;
        }
        if end == decided && !starts_record {
            if let Some(current) = &mut self.current {
                current.leading_fragment = Some(fragment.split_off(end));
            }
            return Ok(());
        }
        self.finish_previous(out)?;
        self.push_to_current(&fragment[end..], out)
    }

    /// Takes bytes of the current generation that belong to the last record of the one before.
    fn append_to_previous(&mut self, bytes: &[u8], tick: &TickContext, out: &mut dyn Listener) -> Result<(), Stop> {
        let Some(previous) = self.retired.last_mut() else { return Ok(()) };
        previous.reader.grown_at = tick.now;
        let late_writes = previous.reader.split_late_writes(tick.now);
        check_flow(previous.reader.push(&self.name, bytes, out))?;
        if let Some(reader) = late_writes {
            let late = RetiredGeneration { reader, since: tick.now, cut: false, resumed: false };
            self.retired.insert(self.retired.len() - 1, late);
        }
        Ok(())
    }

    /// The last record of the generation before is complete.
    fn finish_previous(&mut self, out: &mut dyn Listener) -> Result<(), Stop> {
        let Some(previous) = self.retired.last_mut() else { return Ok(()) };
        if previous.cut {
            self.retire(self.retired.len() - 1, out)
        } else {
            // A writer may still have it open and end its line.
            check_flow(previous.reader.flush_decided(&self.name, out))
        }
    }

    /// Ends a rotated generation for good.
    pub(super) fn retire(&mut self, i: usize, out: &mut dyn Listener) -> Result<(), Stop> {
        let RetiredGeneration { mut reader, cut, .. } = self.retired.remove(i);
        let end = reader.read_to();
        let dropped = check_flow(reader.finish(&self.name, cut, out))?;
        if dropped > 0 {
            let from = end - dropped;
            let message = format!("a line was split by a truncation: its first {dropped} bytes are not reported");
            notify(out, NoticeKind::Lost, &self.name, (Some(from), Some(end)), message);
        }
        self.done.push(reader.checkpoint());
        Ok(())
    }

    /// Reads late writes to rotated generations, and ends those whose time is over.
    pub(super) fn poll_retired(
        &mut self,
        tick: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        let previous_is_open = self.current.as_ref().is_some_and(|current| current.leading_fragment.is_some());
        let mut i = 0;
        while i < self.retired.len() {
            let is_previous = i + 1 == self.retired.len();
            let retired = &mut self.retired[i];
            while retired.reader.file.is_some() {
                match retired.reader.read(block) {
                    Ok(ReadOutcome::Bytes(read)) => {
                        retired.since = tick.now;
                        retired.reader.grown_at = tick.now;
                        check_flow(retired.reader.push(&self.name, &block[..read], out))?;
                    }
                    Ok(ReadOutcome::Hole { to }) => check_flow(retired.reader.skip_hole(&self.name, to, out))?,
                    Ok(ReadOutcome::End) => break,
                    // The file is used for something else now.
                    Ok(ReadOutcome::Rewritten { .. }) => retired.reader.file = None,
                    Err(error) => {
                        let from = Some(retired.reader.read_to());
                        let message = format!("cannot be read after its rotation ({error}): late writes are lost");
                        notify(out, NoticeKind::Lost, &self.name, (from, None), message);
                        retired.reader.file = None;
                    }
                }
            }
            if std::mem::take(&mut retired.resumed) {
                check_flow(retired.reader.flush_decided(&self.name, out))?;
            }
            check_flow(retired.reader.flush_if_quiet(&self.name, tick.now, tick.timing.quiet, retired.cut, out))?;
            if tick.now.saturating_sub(retired.since) < tick.timing.grace {
                i += 1;
            } else if previous_is_open && is_previous {
                // Its last record may continue in the file that has its name now; its own bytes are read.
                retired.reader.file = None;
                i += 1;
            } else {
                self.retire(i, out)?;
            }
        }
        Ok(())
    }

    /// Makes another generation the current one: it has the name, or is the next to be read. `cut` says
    /// that the bytes of the one before no longer exist.
    pub(super) fn switch_to(
        &mut self,
        mut next: GenerationReader,
        cut: bool,
        tick: &TickContext,
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        if self.unclean && next.repeated_to == 0 {
            next.repeated_to = next.stat.len.max(u64::from(next.file.is_none()) * u64::MAX);
        }
        self.decide_fragment(tick, out)?;
        let after_gap = std::mem::take(&mut self.after_gap);
        if let Some(mut reader) = self.current.take() {
            let previous_is_open = reader.leading_fragment.take().is_some();
            let next_is_unread = next.read_to() == 0;
            let has_open_record = reader.has_open_record();
            let retired = RetiredGeneration { reader, since: tick.now, cut, resumed: false };
            if previous_is_open && !has_open_record {
                // No record starts in it: the record before it waits for the next generation.
                self.retired.insert(self.retired.len().saturating_sub(1), retired);
            } else {
                self.retired.push(retired);
            }
            if next_is_unread && !after_gap && (has_open_record || previous_is_open) {
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

    /// The current generation ends: decides whether its first bytes, so far too few to tell, belong to the
    /// record before.
    fn decide_fragment(&mut self, tick: &TickContext, out: &mut dyn Listener) -> Result<(), Stop> {
        if let Some(current) = &mut self.current
            && let Some(fragment) = current.leading_fragment.take()
        {
            if fragment.is_empty() {
                current.leading_fragment = Some(fragment);
            } else if start::is_start(&fragment) {
                self.finish_previous(out)?;
                self.push_to_current(&fragment, out)?;
            } else {
                current.yield_prefix(&fragment);
                // All of it belongs to the record before, which may continue in the next file, too.
                current.leading_fragment = Some(Vec::new());
                self.append_to_previous(&fragment, tick, out)?;
            }
        }
        Ok(())
    }

    /// Passes on what was read: something that was not read comes next. What comes then is not joined to
    /// it.
    pub(super) fn end_before_gap(&mut self, tick: &TickContext, out: &mut dyn Listener) -> Result<(), Stop> {
        if !self.after_gap {
            self.decide_fragment(tick, out)?;
            self.finish_previous(out)?;
            if let Some(current) = &mut self.current {
                check_flow(current.flush_whole_lines(&self.name, out))?;
                self.after_gap = true;
            }
        }
        Ok(())
    }

    fn push_to_current(&mut self, bytes: &[u8], out: &mut dyn Listener) -> Result<(), Stop> {
        match &mut self.current {
            Some(current) => check_flow(current.push(&self.name, bytes, out)),
            None => Ok(()),
        }
    }
}
