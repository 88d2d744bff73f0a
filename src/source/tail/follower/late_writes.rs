//! Writers that kept a rotated file open while no run followed it.

use super::{
    Follower, MAX_RETIRED, RetiredGeneration, Stop, TickContext,
    resume::{has_content_of, has_read_bytes},
};
use crate::source::tail::{
    batch::{Listener, notify},
    checkpoint::Checkpoint,
    fingerprint::Fingerprint,
    generation_reader::GenerationReader,
    notice::NoticeKind,
    rotated_files::Sibling,
};

impl Follower {
    /// Reopens the generations that an earlier run had finished last, and all that have grown since, by late
    /// writers. `current` is the generation that it was reading.
    pub(super) fn resume_late_writes(
        &mut self,
        siblings: &[Sibling],
        current: Option<&Checkpoint>,
        tick: &TickContext,
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        let done = self.done.clone();
        for (i, checkpoint) in done.iter().enumerate() {
            // These may still be written to, by a writer that has kept them open.
            let is_recent = i + MAX_RETIRED >= done.len();
            let may_grow = siblings.iter().find(|sibling| {
                let len = sibling.stat.len;
                !sibling.compressed
                    && sibling.stat.id == checkpoint.id()
                    && checkpoint.offset.is_some_and(|offset| offset < len || (is_recent && offset == len))
            });
            let Some(sibling) = may_grow else { continue };
            // A file that was empty is recognised by its identity, which another file may have by now.
            let is_empty = checkpoint.head.len == 0;
            if is_empty && has_content_of(done.iter().chain(current), &sibling.head(), sibling.stat.id) {
                continue;
            }
            let (file, stat) = sibling.open()?;
            if has_read_bytes(&file, stat, checkpoint)? {
                self.done.retain(|other| other != checkpoint);
                if self.open_readers().any(|reader| reader.stat.id == stat.id) {
                    continue;
                }
                let mut reader = GenerationReader::resume(file, stat, checkpoint, tick.limits, tick.now)?;
                reader.repeated_to = if self.unclean { stat.len } else { 0 };
                self.retired.push(RetiredGeneration { reader, since: tick.now, cut: false, resumed: true });
            }
        }
        for sibling in siblings.iter().filter(|sibling| sibling.compressed) {
            self.resume_compressed(sibling, tick, out)?;
        }
        Ok(())
    }

    /// Reads what was written to a finished generation before it was compressed.
    fn resume_compressed(&mut self, sibling: &Sibling, tick: &TickContext, out: &mut dyn Listener) -> Result<(), Stop> {
        let head = sibling.head();
        let matching = self.done.iter().filter(|checkpoint| checkpoint.matches_head(&head, sibling.stat.id));
        let Some(checkpoint) = matching.max_by_key(|checkpoint| checkpoint.offset.unwrap_or(u64::MAX)).cloned() else {
            return Ok(());
        };
        let Some(offset) = checkpoint.offset.filter(|offset| !sibling.seems_to_end_at(*offset)) else { return Ok(()) };
        let known = usize::try_from(checkpoint.before_offset.len).unwrap_or(0);
        let Ok(mut before) = sibling.bytes_before(offset + 1, known + 1) else { return Ok(()) };
        // One byte more than was read: only then there is a rest.
        if before.len() <= known || before.pop().is_none() || checkpoint.before_offset != Fingerprint::of(&before) {
            return Ok(());
        }
        let message =
            format!("was written to and compressed in the meantime: the rest is in {}", sibling.path.display());
        notify(out, NoticeKind::CaughtUp, &self.name, (Some(offset), None), message);
        self.done.retain(|other| *other != checkpoint);
        let known_head = usize::try_from(checkpoint.head.len).unwrap_or(0).min(head.len());
        let head = head[..known_head].to_vec();
        let mut reader = GenerationReader::resume_without_file(&checkpoint, head, before, tick.limits, tick.now);
        reader.repeated_to = if self.unclean { u64::MAX } else { 0 };
        let current = self.current.replace(reader);
        self.push_sibling(sibling, offset, None, tick, out)?;
        if let Some(reader) = std::mem::replace(&mut self.current, current) {
            self.retired.push(RetiredGeneration { reader, since: tick.now, cut: false, resumed: true });
        }
        Ok(())
    }
}
