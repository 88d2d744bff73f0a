//! Scanning one volume: from its bytes to parts, in the order of the volume.

use std::{io, ops::ControlFlow};

use super::{
    Scan,
    part::{Job, Keep, Part, Trouble},
};
use crate::{
    engine::Recall,
    model::FaultKind,
    source::{self, Cutter, RangeFile, Volume},
};

/// What neighbours a volume has in its log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Neighbours {
    /// Its front may go on with a record of the volume before.
    pub(super) before: bool,
    /// The volume behind may go on with its last record.
    pub(super) behind: bool,
}

impl Neighbours {
    pub(super) fn of(volume: &Volume) -> Self {
        Self { before: volume.continues, behind: volume.continued }
    }
}

/// How much text a part of a stream holds when findings are only counted: as much as a stretch.
const COUNTED: u64 = 4 << 20;

/// Takes the parts of a volume as they come.
pub(super) type Give<'g> = &'g mut dyn FnMut(Part) -> ControlFlow<()>;

/// Words for an error.
pub(super) type Told = fn(&io::Error) -> (FaultKind, String);

/// What a worker keeps from volume to volume.
#[derive(Default)]
pub(super) struct Tools {
    /// A fresh one for each stretch would cost more than the scan.
    buffer: Vec<u8>,
    recall: Recall,
}

/// Scans a volume that can only be read from front to back.
pub(super) fn stream(job: &Job<'_>, volume: &Volume, overlap: bool, give: Give<'_>) {
    let told: Told = if volume.is_encoded() { damaged } else { unreadable };
    if overlap {
        super::ahead::read(&|| volume.bytes(), &mut |reader| text(job, reader, Neighbours::of(volume), told, give));
        return;
    }
    match volume.bytes() {
        Ok(mut reader) => text(job, &mut *reader, Neighbours::of(volume), told, give),
        Err(error) => {
            let (kind, message) = told(&error);
            let troubles = vec![Trouble { offset: None, kind, message }];
            let _ = give(Part { troubles, ..Part::default() });
        }
    }
}

/// Scans text from front to back.
pub(super) fn text(job: &Job<'_>, reader: &mut dyn io::Read, sides: Neighbours, told: Told, give: Give<'_>) {
    let mut tools = Tools::default();
    match source::decoded(reader) {
        Ok((reader, offset)) => {
            let most = if job.keep == Keep::Counts { COUNTED } else { 0 };
            let cutter = Cutter::new(reader, offset, job.scan.limits).keep_last(sides.behind);
            Sweep { job, tools: &mut tools, told, most }.run(cutter, sides, Part::default(), give);
        }
        Err(error) => {
            let (kind, message) = told(&error);
            let troubles = vec![Trouble { offset: None, kind, message }];
            let _ = give(Part { troubles, ..Part::default() });
        }
    }
}

/// A plain file, whose stretches can be scanned in any order.
pub(super) struct Stretches {
    file: RangeFile,
    sides: Neighbours,
    #[cfg(feature = "mmap")]
    map: Option<source::Map>,
}

impl Stretches {
    /// Positional reads, or a map when the user wants one and the system gives it. `None` for what
    /// must be read from its front.
    #[cfg_attr(not(feature = "mmap"), allow(unused_variables))]
    pub(super) fn open(volume: &Volume, scan: &Scan<'_>) -> io::Result<Option<Self>> {
        Ok(volume.ranges()?.map(|file| Self {
            sides: Neighbours::of(volume),
            #[cfg(feature = "mmap")]
            map: scan.map.then(|| file.map().ok()).flatten(),
            file,
        }))
    }

    /// Scans one stretch.
    pub(super) fn scan(&self, job: &Job<'_>, tools: &mut Tools, from: u64, to: Option<u64>) -> Part {
        let start = self.file.start(from);
        let sides = Neighbours { before: self.sides.before && from == 0, ..self.sides };
        let mut whole = Part::default();
        let mut give = |part: Part| {
            whole = part;
            ControlFlow::Continue(())
        };
        #[cfg(feature = "mmap")]
        if let Some(map) = &self.map {
            let bytes = usize::try_from(start).ok().and_then(|start| map.get(start..)).unwrap_or_default();
            stretch(job, tools, Cutter::given(bytes, start, to, job.scan.limits), from > 0, sides, &mut give);
            return whole;
        }
        let cutter = Cutter::until(self.file.reader(from, to), start, to, job.scan.limits);
        stretch(job, tools, cutter, from > 0, sides, &mut give);
        whole
    }
}

/// One stretch gives one part.
fn stretch<R: io::Read>(
    job: &Job<'_>,
    tools: &mut Tools,
    cutter: Cutter<'_, R>,
    inside: bool,
    sides: Neighbours,
    give: Give<'_>,
) {
    let mut cutter = cutter.keep_last(sides.behind).with_buffer(std::mem::take(&mut tools.buffer));
    let mut part = Part::default();
    if inside {
        if let Err(error) = cutter.skip_to_start() {
            part.troubles.push(trouble(&error, cutter.read_to(), unreadable));
        }
        // All of it belongs to a record of the stretch before.
        if cutter.is_skipping() {
            tools.buffer = cutter.into_buffer();
            let _ = give(part);
            return;
        }
    }
    Sweep { job, tools, told: unreadable, most: u64::MAX }.run(cutter, sides, part, give);
}

/// How to scan all that a cutter gives.
struct Sweep<'s> {
    job: &'s Job<'s>,
    tools: &'s mut Tools,
    told: Told,
    /// A part is handed on when it holds more bytes.
    most: u64,
}

impl Sweep<'_> {
    fn run<R: io::Read>(self, mut cutter: Cutter<'_, R>, sides: Neighbours, mut part: Part, give: Give<'_>) {
        if sides.before {
            match cutter.take_head() {
                Ok(Some(head)) => {
                    let offset = cutter.offset();
                    let edge = part.edge(cutter.head(head), offset, head.open);
                    part.head = Some(edge);
                }
                // Longer than a record: it stands for itself.
                Ok(None) => {}
                Err(error) => cutter = self.broken(cutter, &error, &mut part),
            }
        }
        let mut held = 0;
        loop {
            match cutter.next() {
                Ok(Some(piece)) => {
                    held += piece.bytes.len() as u64;
                    part.feed(self.job, &mut self.tools.recall, &piece);
                }
                Ok(None) => break,
                Err(error) => cutter = self.broken(cutter, &error, &mut part),
            }
            if held > self.most {
                held = 0;
                if give(std::mem::take(&mut part)).is_break() {
                    return;
                }
            }
        }
        let open = cutter.is_skipping();
        if let Some(bytes) = cutter.broken_off().filter(|bytes| open || !bytes.is_empty()) {
            let edge = part.edge(bytes, cutter.offset(), open);
            part.tail = Some(edge);
        }
        self.tools.buffer = cutter.into_buffer();
        let _ = give(part);
    }

    /// What was read before the trouble is all there is, and nothing goes on with it.
    fn broken<'c, R: io::Read>(&self, cutter: Cutter<'c, R>, error: &io::Error, part: &mut Part) -> Cutter<'c, R> {
        part.troubles.push(trouble(error, cutter.read_to(), self.told));
        let mut cutter = cutter.keep_last(false);
        cutter.finish();
        cutter
    }
}

fn trouble(error: &io::Error, at: u64, told: Told) -> Trouble {
    let (kind, message) = told(error);
    Trouble { offset: Some(at), kind, message }
}

/// What to say of compressed data that does not decode to its end.
pub(super) fn damaged(error: &io::Error) -> (FaultKind, String) {
    let why = match error.kind() {
        io::ErrorKind::UnexpectedEof => "it is cut off".to_owned(),
        _ => error.to_string(),
    };
    let message = format!("the compressed data ends here: {why}; what was decoded before is reported, try a new copy");
    (FaultKind::Damaged, message)
}

/// What to say of an input that cannot be read, or not to its end.
pub(super) fn unreadable(error: &io::Error) -> (FaultKind, String) {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            (FaultKind::PermissionDenied, "may not be read: run as the user that runs Jira, or copy the file".to_owned())
        }
        io::ErrorKind::NotFound => (FaultKind::NotFound, "no such file: check the path".to_owned()),
        io::ErrorKind::UnexpectedEof => (
            FaultKind::Shrunk,
            "the file became shorter while it was read (truncated or rotated); what was read before is reported, run again for the rest".to_owned(),
        ),
        _ => (
            FaultKind::Read,
            format!("reading failed: {error}; what was read before is reported, try again with a copy of the file"),
        ),
    }
}
