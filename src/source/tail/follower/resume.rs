//! The beginning and the end of a run: where to start, what an earlier run left, what is left for the next.

use std::{io, ops::ControlFlow};

use super::{Follower, RetiredGeneration, Stop, TickContext};
use crate::source::tail::{
    Listener, NoticeKind, StartPosition,
    checkpoint::Checkpoint,
    filesystem,
    fingerprint::{FINGERPRINT_BYTES, Fingerprint},
    generation_reader::GenerationReader,
    notify,
    rotated_files::{self, Sibling},
    state::LogState,
    step::{PathState, Stat},
};

impl Follower {
    /// Begins: takes up what an earlier run left, or finds the place to start.
    pub(in crate::source::tail) fn begin(
        &mut self,
        saved: Option<(&LogState, bool)>,
        late: bool,
        world: &TickContext,
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
            None => self.start(if late { StartPosition::Start } else { world.pace.from }, world),
        };
        match begun {
            Ok(()) => {
                self.saved = None;
                self.ready = true;
                ControlFlow::Continue(())
            }
            Err(Stop::Cancelled) => ControlFlow::Break(()),
            Err(Stop::Failed(error)) => {
                // Without an earlier run there is nothing to take up: the file is opened when it can be.
                self.ready = self.saved.is_none();
                self.troubled(&error, world.now, out);
                ControlFlow::Continue(())
            }
        }
    }

    pub(super) fn start(&mut self, from: StartPosition, world: &TickContext) -> Result<(), Stop> {
        self.done = rotated_files::siblings(&self.path).iter().filter_map(mark_of_whole).collect();
        let (PathState::There(seen), _) = filesystem::probe(&self.path) else { return Ok(()) };
        self.start = Some((seen, from));
        let (file, stat) = filesystem::open(&self.path)?;
        self.start = None;
        let offset = from.offset(&file, stat.len)?;
        self.current = Some(GenerationReader::from(file, stat, offset, world.limits, world.now)?);
        Ok(())
    }

    pub(super) fn resume(&mut self, log: &LogState, world: &TickContext, out: &mut dyn Listener) -> Result<(), Stop> {
        self.done.clone_from(&log.done);
        let siblings = rotated_files::siblings(&self.path);
        self.late_bytes(&siblings, world)?;
        let Some(mark) = &log.current else { return Ok(()) };
        let at = mark.at.unwrap_or(0);
        let (sight, error) = filesystem::probe(&self.path);
        if let Some(error) = error {
            return Err(error.into());
        }
        if let PathState::There(_) = sight {
            let (file, stat) = filesystem::open(&self.path)?;
            if holds(&file, stat, mark)? {
                notify(out, NoticeKind::Resumed, &self.name, (Some(at), None), format!("goes on at byte {at}"));
                let mut stream = GenerationReader::resume(file, stat, mark, world.limits, world.now)?;
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
            notify(out, NoticeKind::Lost, &self.name, (Some(at), known), message);
        }
        Ok(())
    }

    /// The rest of the generation at `mark`, if `sibling` has it.
    pub(super) fn resume_in(
        &mut self,
        sibling: &Sibling,
        mark: &Checkpoint,
        world: &TickContext,
        out: &mut dyn Listener,
    ) -> Result<bool, Stop> {
        let head = rotated_files::head(sibling);
        let at = mark.at.unwrap_or(0);
        let same_file = mark.head.len == 0 && sibling.stat.id == mark.id() && !sibling.packed;
        if !same_file && !mark.begins(&head, sibling.stat.id) {
            return Ok(false);
        }
        let span = usize::try_from(mark.trail.len).unwrap_or(0);
        let Ok(trail) = rotated_files::before(sibling, at, span) else { return Ok(false) };
        if !mark.trail.ends(&trail) {
            return Ok(false);
        }
        let place = sibling.path.display();
        notify(
            out,
            NoticeKind::CaughtUp,
            &self.name,
            (Some(at), None),
            format!("was rotated meanwhile: its rest is in {place}"),
        );
        if sibling.packed {
            let known = usize::try_from(mark.head.len).unwrap_or(0).min(head.len());
            let mut stream =
                GenerationReader::resume_loose(mark, head[..known].to_vec(), trail, world.limits, world.now);
            stream.repeated_to = if self.unclean { u64::MAX } else { 0 };
            self.current = Some(stream);
            self.take_from(sibling, at, world, out)?;
        } else {
            let (file, stat) = filesystem::open(&sibling.path)?;
            let mut stream = GenerationReader::resume(file, stat, mark, world.limits, world.now)?;
            stream.stat.len = mark.len;
            stream.repeated_to = if self.unclean { stat.len } else { 0 };
            self.current = Some(stream);
        }
        Ok(true)
    }

    /// Generations that were done and have grown since: late writers of an earlier run.
    pub(super) fn late_bytes(&mut self, siblings: &[Sibling], world: &TickContext) -> Result<(), Stop> {
        let newest = self.done.last().cloned();
        for mark in self.done.clone() {
            // The newest may be written to yet, by somebody who has held it open since.
            let newest = newest.as_ref() == Some(&mark);
            let grown = siblings.iter().find(|s| {
                let more = |at| at < s.stat.len || (newest && at == s.stat.len);
                !s.packed && s.stat.id == mark.id() && mark.at.is_some_and(more) && mark.head.len > 0
            });
            let Some(sibling) = grown else { continue };
            let (file, stat) = filesystem::open(&sibling.path)?;
            if holds(&file, stat, &mark)? {
                self.done.retain(|other| *other != mark);
                let mut stream = GenerationReader::resume(file, stat, &mark, world.limits, world.now)?;
                stream.repeated_to = if self.unclean { stat.len } else { 0 };
                self.retired.push(RetiredGeneration { stream, since: world.now, cut: false });
            }
        }
        Ok(())
    }

    /// Ends; see [`super::Tail::close`].
    pub(in crate::source::tail) fn close(
        &mut self,
        keep: bool,
        world: &TickContext,
        block: &mut [u8],
        out: &mut dyn Listener,
    ) -> ControlFlow<()> {
        if self.read_old(world, block, out).is_err_and(|stop| matches!(stop, Stop::Cancelled)) {
            return ControlFlow::Break(());
        }
        let waits = self.current.as_ref().is_some_and(|current| current.leading_fragment.is_some());
        for i in (0..self.retired.len()).rev() {
            let joins = waits && i + 1 == self.retired.len() && keep && !self.retired[i].cut;
            if joins {
                self.retired[i].stream.flush_whole_lines(&self.name, out)?;
            } else if matches!(self.retire(i, out), Err(Stop::Cancelled)) {
                return ControlFlow::Break(());
            }
        }
        if let Some(current) = &mut self.current {
            if !keep {
                if let Some(lead) = current.leading_fragment.take() {
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
    pub(in crate::source::tail) fn save(&self) -> Option<LogState> {
        if self.saved.is_some() {
            return self.saved.clone();
        }
        if !self.ready {
            return None;
        }
        let waits = self.current.as_ref().is_some_and(|current| current.leading_fragment.is_some());
        let mut done = self.done.clone();
        let mut current = self.current.as_ref().map(GenerationReader::mark);
        for (i, old) in self.retired.iter().enumerate() {
            let mark = old.stream.mark();
            if waits && i + 1 == self.retired.len() && !old.cut {
                // Its last record may go on in the current file: the next run starts there.
                current = Some(mark);
            } else {
                done.push(mark);
            }
        }
        Some(LogState { current, done })
    }
}

/// True when the file still has what was read of the generation at `mark`.
pub(super) fn holds(file: &std::fs::File, stat: Stat, mark: &Checkpoint) -> io::Result<bool> {
    let at = mark.at.unwrap_or(stat.len);
    let head = filesystem::read_some(file, 0, FINGERPRINT_BYTES)?;
    let same = if mark.head.len == 0 { stat.id == mark.id() } else { mark.begins(&head, stat.id) };
    if !same || stat.len < at {
        return Ok(false);
    }
    let span = mark.trail.len.min(at);
    let trail = filesystem::read_some(file, at - span, usize::try_from(span).unwrap_or(FINGERPRINT_BYTES))?;
    Ok(mark.trail.ends(&trail))
}

/// The mark of a generation that is not to be read.
fn mark_of_whole(sibling: &Sibling) -> Option<Checkpoint> {
    let head = rotated_files::head(sibling);
    if head.is_empty() {
        return None;
    }
    let at = (!sibling.packed).then_some(sibling.stat.len);
    let trail = match at {
        Some(at) => rotated_files::before(sibling, at, FINGERPRINT_BYTES).ok()?,
        None => Vec::new(),
    };
    Some(Checkpoint {
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
