//! Scanning one volume: from its bytes to parts, in the order of the volume.

use std::{io, ops::ControlFlow};

use super::{
    Scan,
    part::{Job, LocalFault, OutputMode, PartialResult},
};
use crate::{
    engine::VerdictCache,
    model::FaultKind,
    source::{self, Chunker, Input, SharedFile},
};

/// What neighbours a volume has in its log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Continuation {
    /// Its front may go on with a record of the volume before.
    pub(super) before: bool,
    /// The volume behind may go on with its last record.
    pub(super) behind: bool,
}

impl Continuation {
    pub(super) fn of(volume: &Input) -> Self {
        Self { before: volume.continues_previous, behind: volume.continues_in_next }
    }
}

/// How much text a part of a stream holds when findings are only counted: as much as a stretch.
const COUNTING_READ_BYTES: u64 = 4 << 20;

/// Takes the parts of a volume as they come.
pub(super) type PartSink<'g> = &'g mut dyn FnMut(PartialResult) -> ControlFlow<()>;

/// Words for an error.
pub(super) type FaultMessage = fn(&io::Error) -> (FaultKind, String);

/// What a worker keeps from volume to volume.
#[derive(Default)]
pub(super) struct WorkerScratch {
    /// A fresh one for each stretch would cost more than the scan.
    buffer: Vec<u8>,
    recall: VerdictCache,
}

/// Scans a volume that can only be read from front to back.
pub(super) fn stream(job: &Job<'_>, volume: &Input, overlap: bool, give: PartSink<'_>) {
    let told: FaultMessage = if volume.is_encoded() { damaged } else { unreadable };
    if overlap {
        super::read_ahead::read(&|| volume.bytes(), &mut |reader| {
            text(job, reader, Continuation::of(volume), told, give)
        });
        return;
    }
    match volume.bytes() {
        Ok(mut reader) => text(job, &mut *reader, Continuation::of(volume), told, give),
        Err(error) => {
            let (kind, message) = told(&error);
            let troubles = vec![LocalFault { offset: None, kind, message }];
            let _ = give(PartialResult { troubles, ..PartialResult::default() });
        }
    }
}

/// Scans text from front to back.
pub(super) fn text(
    job: &Job<'_>,
    reader: &mut dyn io::Read,
    sides: Continuation,
    told: FaultMessage,
    give: PartSink<'_>,
) {
    let mut tools = WorkerScratch::default();
    match source::decode_text(reader) {
        Ok((reader, offset)) => {
            let most = if job.keep == OutputMode::Counts { COUNTING_READ_BYTES } else { 0 };
            let cutter = Chunker::new(reader, offset, job.scan.limits).retain_last(sides.behind);
            ChunkLoop { job, tools: &mut tools, told, most }.run(cutter, sides, PartialResult::default(), give);
        }
        Err(error) => {
            let (kind, message) = told(&error);
            let troubles = vec![LocalFault { offset: None, kind, message }];
            let _ = give(PartialResult { troubles, ..PartialResult::default() });
        }
    }
}

/// A plain file, whose stretches can be scanned in any order.
pub(super) struct InputRanges {
    file: SharedFile,
    sides: Continuation,
    #[cfg(feature = "mmap")]
    map: Option<source::MappedFile>,
}

impl InputRanges {
    /// Positional reads, or a map when the user wants one and the system gives it. `None` for what
    /// must be read from its front.
    #[cfg_attr(not(feature = "mmap"), allow(unused_variables))]
    pub(super) fn open(volume: &Input, scan: &Scan<'_>) -> io::Result<Option<Self>> {
        Ok(volume.ranges()?.map(|file| Self {
            sides: Continuation::of(volume),
            #[cfg(feature = "mmap")]
            map: scan.map.then(|| file.map().ok()).flatten(),
            file,
        }))
    }

    /// Scans one stretch.
    pub(super) fn scan(&self, job: &Job<'_>, tools: &mut WorkerScratch, from: u64, to: Option<u64>) -> PartialResult {
        let start = self.file.start(from);
        let sides = Continuation { before: self.sides.before && from == 0, ..self.sides };
        let mut whole = PartialResult::default();
        let mut give = |part: PartialResult| {
            whole = part;
            ControlFlow::Continue(())
        };
        #[cfg(feature = "mmap")]
        if let Some(map) = &self.map {
            let bytes = usize::try_from(start).ok().and_then(|start| map.get(start..)).unwrap_or_default();
            scan_range(job, tools, Chunker::from_slice(bytes, start, to, job.scan.limits), from > 0, sides, &mut give);
            return whole;
        }
        let cutter = Chunker::with_limit(self.file.reader(from, to), start, to, job.scan.limits);
        scan_range(job, tools, cutter, from > 0, sides, &mut give);
        whole
    }
}

/// One stretch gives one part.
fn scan_range<R: io::Read>(
    job: &Job<'_>,
    tools: &mut WorkerScratch,
    cutter: Chunker<'_, R>,
    inside: bool,
    sides: Continuation,
    give: PartSink<'_>,
) {
    let mut cutter = cutter.retain_last(sides.behind).with_buffer(std::mem::take(&mut tools.buffer));
    let mut part = PartialResult::default();
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
    ChunkLoop { job, tools, told: unreadable, most: u64::MAX }.run(cutter, sides, part, give);
}

/// How to scan all that a cutter gives.
struct ChunkLoop<'s> {
    job: &'s Job<'s>,
    tools: &'s mut WorkerScratch,
    told: FaultMessage,
    /// A part is handed on when it holds more bytes.
    most: u64,
}

impl ChunkLoop<'_> {
    fn run<R: io::Read>(
        self,
        mut cutter: Chunker<'_, R>,
        sides: Continuation,
        mut part: PartialResult,
        give: PartSink<'_>,
    ) {
        if sides.before {
            match cutter.take_leading_fragment() {
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
        if let Some(bytes) = cutter.trailing_fragment().filter(|bytes| open || !bytes.is_empty()) {
            let edge = part.edge(bytes, cutter.offset(), open);
            part.tail = Some(edge);
        }
        self.tools.buffer = cutter.into_buffer();
        let _ = give(part);
    }

    /// What was read before the trouble is all there is, and nothing goes on with it.
    fn broken<'c, R: io::Read>(
        &self,
        cutter: Chunker<'c, R>,
        error: &io::Error,
        part: &mut PartialResult,
    ) -> Chunker<'c, R> {
        part.troubles.push(trouble(error, cutter.read_to(), self.told));
        let mut cutter = cutter.retain_last(false);
        cutter.finish();
        cutter
    }
}

fn trouble(error: &io::Error, at: u64, told: FaultMessage) -> LocalFault {
    let (kind, message) = told(error);
    LocalFault { offset: Some(at), kind, message }
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
