//! The start and the end of a run: where to start, the state of an earlier run, the state for the next one.

use std::{collections::HashSet, io, ops::ControlFlow};

use super::{Follower, Stop, TickContext};
use crate::source::tail::{
    batch::{Listener, notify},
    checkpoint::Checkpoint,
    filesystem,
    fingerprint::{FINGERPRINT_BYTES, Fingerprint},
    generation_reader::GenerationReader,
    notice::NoticeKind,
    rotated_files::{self, Sibling, Snapshot},
    state::LogState,
    step::{FileContent, FileId, PathState, Stat},
};

impl Follower {
    /// Starts: resumes from the state of an earlier run (with whether it ended regularly), or finds the
    /// position to start at. `old_files` is given for a log that appeared later: all but these is to be
    /// read.
    pub(in crate::source::tail) fn begin(
        &mut self,
        saved: Option<(Option<&LogState>, bool)>,
        old_files: Option<&HashSet<FileContent>>,
        tick: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> ControlFlow<()> {
        if self.saved.is_none()
            && let Some((log, clean)) = saved
        {
            self.saved = log.cloned();
            self.unclean = !clean;
        }
        let result = match self.saved.clone() {
            Some(log) => self.resume(&log, tick, block, out),
            None => self.start(old_files, tick),
        };
        match result {
            Ok(()) => {
                self.saved = None;
                self.ready = true;
                ControlFlow::Continue(())
            }
            Err(Stop::Cancelled) => ControlFlow::Break(()),
            Err(Stop::Failed(error)) => {
                // Without an earlier run there is nothing to resume: the file is opened as soon as it can be.
                self.ready = self.saved.is_none();
                self.record_error(&error, tick.now, out);
                ControlFlow::Continue(())
            }
        }
    }

    fn start(&mut self, old_files: Option<&HashSet<FileContent>>, tick: &TickContext) -> Result<(), Stop> {
        let is_old = |sibling: &&Sibling| old_files.is_none_or(|old| old.contains(&sibling.stat.content()));
        self.done = rotated_files::list(&self.path).iter().filter(is_old).filter_map(checkpoint_at_end).collect();
        if old_files.is_some() {
            return Ok(());
        }
        let from = tick.timing.from;
        let (PathState::There(found), _) = filesystem::probe(&self.path) else { return Ok(()) };
        self.start = Some((found, from));
        let (file, stat) = filesystem::open(&self.path)?;
        self.start = None;
        let offset = from.offset(&file, stat.len)?;
        let mut reader = GenerationReader::from(file, stat, offset, tick.limits, tick.now)?;
        reader.repeated_to = if self.unclean { stat.len } else { 0 };
        self.current = Some(reader);
        Ok(())
    }

    fn resume(
        &mut self,
        log: &LogState,
        tick: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        self.done.clone_from(&log.done);
        // The log may be rotated at this moment. Empty files are listed, too: a writer may still have them open.
        let Snapshot { siblings, named, .. } = Snapshot::take(&self.path, |_| true);
        self.resume_late_writes(&siblings, log.current.as_ref(), tick, out)?;
        let Some(checkpoint) = &log.current else { return Ok(()) };
        match named {
            Ok((file, stat)) if has_read_bytes(&file, stat, checkpoint)? => {
                let offset = checkpoint.offset.unwrap_or(0);
                let message = format!("continues at byte {offset}");
                notify(out, NoticeKind::Resumed, &self.name, (Some(offset), None), message);
                self.current = Some(self.resumed_reader(file, stat, checkpoint, tick)?);
                return self.read_missed_siblings(tick, block, out);
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        for (i, sibling) in siblings.iter().enumerate().rev() {
            if self.resume_in_sibling(sibling, checkpoint, tick, out)? {
                if let Some(number) = rotated_files::missing_number_after(&siblings, i) {
                    let message = format!("there is no rotated file with the number {number}: its text is lost");
                    notify(out, NoticeKind::Lost, &self.name, (None, None), message);
                }
                return Ok(());
            }
        }
        self.notify_removed_in_meantime(checkpoint, tick, out);
        Ok(())
    }

    /// Reads rotated files that were not read although the file that has the name was: one that was empty
    /// then, was written to and compressed since.
    fn read_missed_siblings(
        &mut self,
        tick: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> Result<(), Stop> {
        let unread = self.rotated_files(None, tick.now).unread;
        if !unread.is_empty()
            && let Some(current) = self.current.take()
        {
            self.read_siblings(unread, tick, block, out)?;
            self.switch_to(current, false, tick, out)?;
        }
        Ok(())
    }

    /// Notifies that the file at `checkpoint` is neither at the log's path nor among its rotated files.
    fn notify_removed_in_meantime(&mut self, checkpoint: &Checkpoint, tick: &TickContext, out: &mut dyn Listener) {
        let offset = checkpoint.emitted_to;
        let end = (checkpoint.len > offset).then_some(checkpoint.len);
        let message = match end {
            _ if checkpoint.head.len == 0 => {
                // Compressing gives it another identity, and there is no content by which to recognise it.
                let rotated = self.rotated_files(None, tick.now);
                let is_complete = self.done.is_empty() || !rotated.may_have_gap;
                if is_complete && rotated.unread.iter().any(|sibling| sibling.compressed) {
                    return;
                }
                "the file that was empty so far no longer exists: anything written to it since is lost".to_owned()
            }
            Some(end) => format!(
                "the file that was read up to byte {offset} no longer exists: its bytes {offset} to {end} and anything written after them are lost"
            ),
            None => format!(
                "the file that was read up to byte {offset} no longer exists: anything written after that is lost"
            ),
        };
        notify(out, NoticeKind::Lost, &self.name, (Some(offset), end), message);
    }

    /// A reader that continues at a checkpoint of an earlier run.
    fn resumed_reader(
        &self,
        file: std::fs::File,
        stat: Stat,
        checkpoint: &Checkpoint,
        tick: &TickContext,
    ) -> io::Result<GenerationReader> {
        let mut reader = GenerationReader::resume(file, stat, checkpoint, tick.limits, tick.now)?;
        // As it was in the last poll of that run: the difference shows what happened since.
        reader.stat.len = checkpoint.len;
        reader.repeated_to = if self.unclean { stat.len } else { 0 };
        Ok(reader)
    }

    /// Continues the generation at `checkpoint` in `sibling`, if that has its content.
    fn resume_in_sibling(
        &mut self,
        sibling: &Sibling,
        checkpoint: &Checkpoint,
        tick: &TickContext,
        out: &mut dyn Listener,
    ) -> Result<bool, Stop> {
        let head = sibling.head();
        let offset = checkpoint.offset.unwrap_or(0);
        let is_same_file = checkpoint.head.len == 0
            && sibling.stat.id == checkpoint.id()
            && !sibling.compressed
            && !has_content_of(&self.done, &head, sibling.stat.id);
        if !is_same_file && !checkpoint.matches_head(&head, sibling.stat.id) {
            return Ok(false);
        }
        let max = usize::try_from(checkpoint.before_offset.len).unwrap_or(0);
        let Ok(before) = sibling.bytes_before(offset, max) else { return Ok(false) };
        if !checkpoint.before_offset.is_suffix_of(&before) {
            return Ok(false);
        }
        let path = sibling.path.display();
        if sibling.stat.len > offset || sibling.compressed {
            let message = format!("was rotated in the meantime: the rest is in {path}");
            notify(out, NoticeKind::CaughtUp, &self.name, (Some(offset), None), message);
        }
        if sibling.compressed || checkpoint.own_end.is_some() {
            let known = usize::try_from(checkpoint.head.len).unwrap_or(0).min(head.len());
            let head = head[..known].to_vec();
            let mut reader = GenerationReader::resume_without_file(checkpoint, head, before, tick.limits, tick.now);
            reader.repeated_to = if self.unclean { u64::MAX } else { 0 };
            if !sibling.compressed {
                reader.stat.id = sibling.stat.id;
            }
            self.current = Some(reader);
            self.push_sibling(sibling, offset, checkpoint.own_end, tick, out)?;
        } else {
            let (file, stat) = sibling.open()?;
            self.current = Some(self.resumed_reader(file, stat, checkpoint, tick)?);
        }
        Ok(true)
    }

    /// Ends; see [`crate::source::tail::Tail::close`].
    pub(in crate::source::tail) fn close(
        &mut self,
        keep_unfinished: bool,
        tick: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> ControlFlow<()> {
        if self.poll_retired(tick, block, out).is_err_and(|stop| matches!(stop, Stop::Cancelled)) {
            return ControlFlow::Break(());
        }
        let previous_is_open = self.current.as_ref().is_some_and(|current| current.leading_fragment.is_some());
        for i in (0..self.retired.len()).rev() {
            let may_continue =
                previous_is_open && i + 1 == self.retired.len() && keep_unfinished && !self.retired[i].cut;
            if may_continue {
                self.retired[i].reader.flush_whole_lines(&self.name, out)?;
            } else if matches!(self.retire(i, out), Err(Stop::Cancelled)) {
                return ControlFlow::Break(());
            }
        }
        if let Some(current) = &mut self.current {
            if keep_unfinished {
                current.flush_whole_lines(&self.name, out)?;
            } else {
                if let Some(fragment) = current.leading_fragment.take() {
                    current.push(&self.name, &fragment, out)?;
                }
                current.finish(&self.name, false, out)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// The position in this log; `None` before it is known.
    pub(in crate::source::tail) fn save(&self) -> Option<LogState> {
        if self.saved.is_some() {
            return self.saved.clone();
        }
        if !self.ready {
            return None;
        }
        let previous_is_open = self.current.as_ref().is_some_and(|current| current.leading_fragment.is_some());
        let mut done = self.done.clone();
        let mut current = self.current.as_ref().map(GenerationReader::checkpoint);
        for (i, retired) in self.retired.iter().enumerate() {
            let checkpoint = retired.reader.checkpoint();
            if previous_is_open && i + 1 == self.retired.len() && !retired.cut {
                // Its last record may continue in the current file: the next run starts there.
                current = Some(checkpoint);
            } else {
                done.push(checkpoint);
            }
        }
        Some(LogState { current, done })
    }
}

/// True when `head`, in the file `id`, is the content of one of these generations.
pub(super) fn has_content_of<'c>(
    checkpoints: impl IntoIterator<Item = &'c Checkpoint>,
    head: &[u8],
    id: FileId,
) -> bool {
    checkpoints.into_iter().any(|checkpoint| checkpoint.matches_head(head, id))
}

/// True when the file still has what was read of the generation at `checkpoint`.
pub(super) fn has_read_bytes(file: &std::fs::File, stat: Stat, checkpoint: &Checkpoint) -> io::Result<bool> {
    let offset = checkpoint.offset.unwrap_or(stat.len);
    let head = filesystem::read_up_to(file, 0, FINGERPRINT_BYTES)?;
    let same_head =
        if checkpoint.head.len == 0 { stat.id == checkpoint.id() } else { checkpoint.matches_head(&head, stat.id) };
    if !same_head || stat.len < offset {
        return Ok(false);
    }
    let len = checkpoint.before_offset.len.min(offset);
    let max = usize::try_from(len).unwrap_or(FINGERPRINT_BYTES);
    let before = filesystem::read_up_to(file, offset - len, max)?;
    Ok(checkpoint.before_offset.is_suffix_of(&before))
}

/// The checkpoint of a rotated file that is not to be read.
fn checkpoint_at_end(sibling: &Sibling) -> Option<Checkpoint> {
    let head = sibling.head();
    if head.is_empty() && sibling.stat.len > 0 {
        return None;
    }
    let offset = (!sibling.compressed).then_some(sibling.stat.len);
    let before = match offset {
        Some(offset) => sibling.bytes_before(offset, FINGERPRINT_BYTES).ok()?,
        None => Vec::new(),
    };
    Some(Checkpoint {
        device: sibling.stat.id.device,
        inode: sibling.stat.id.inode,
        len: sibling.stat.len,
        head: Fingerprint::of(&head),
        offset,
        before_offset: Fingerprint::of(&before),
        lines: None,
        open_records: Vec::new(),
        emitted_to: sibling.stat.len,
        own_end: None,
    })
}
