//! Scanning one input: from its bytes to parts, in the order of the input.

use std::{io, ops::ControlFlow};

use super::{
    faults::{DescribeError, decode_fault, read_fault, unrecognised_fault},
    job::Job,
    options::{OutputMode, ScanOptions},
    part::{LocalFault, PartialResult, WorkerCaches},
    ranges::{Range, Ranges},
    read_ahead,
};
use crate::{
    model::FaultKind,
    record::{self, Unrecognised},
    source::{self, ChunkKind, Chunker, DecodedReader, PlannedInput, SharedFile, SparseRead, unreadable},
};

/// Which inputs of the same log are next to an input.
#[derive(Debug, Clone, Copy)]
pub(super) struct Continuation {
    /// Its start may continue a record of the input before.
    pub(super) from_previous: bool,
    /// The input after it may continue its last record.
    pub(super) into_next: bool,
}

impl Continuation {
    pub(super) fn of(input: &PlannedInput) -> Self {
        Self { from_previous: input.continues_previous, into_next: input.continues_in_next }
    }
}

/// Text in a part of a stream when findings are only counted: as much as in a range.
const COUNTING_PART_BYTES: u64 = 4 << 20;

/// A byte order mark before the first chunk has at most so many bytes.
const MAX_MARK_BYTES: u64 = 3;

/// Takes the parts of an input as they come.
pub(super) type PartSink<'g> = &'g mut dyn FnMut(PartialResult) -> ControlFlow<()>;

/// What a worker keeps from range to range.
#[derive(Default)]
pub(super) struct WorkerScratch {
    /// Allocating a new one for each range would cost more than the scan.
    buffer: Vec<u8>,
    caches: WorkerCaches,
}

/// Scans an input that can only be read from front to back, with a thread that decodes ahead if
/// `decode_ahead` says so.
pub(super) fn scan_stream(job: &Job<'_>, input: &PlannedInput, decode_ahead: bool, sink: PartSink<'_>) {
    if decode_ahead {
        read_ahead::read(&|| input.open(), &mut |reader| {
            scan_text(job, reader, Continuation::of(input), describe_error(input), sink);
        });
        return;
    }
    match input.open() {
        Ok(mut reader) => scan_text(job, &mut *reader, Continuation::of(input), describe_error(input), sink),
        Err(error) => {
            let _ = sink(PartialResult::of_fault(None, describe_error(input)(&error)));
        }
    }
}

fn describe_error(input: &PlannedInput) -> DescribeError {
    if input.is_encoded() { decode_fault } else { read_fault }
}

/// Scans text from front to back.
pub(super) fn scan_text(
    job: &Job<'_>,
    reader: &mut dyn io::Read,
    continuation: Continuation,
    describe_error: DescribeError,
    sink: PartSink<'_>,
) {
    let mut caches = WorkerCaches::default();
    match PartReader::of_stream(job, reader, continuation, describe_error) {
        Ok(mut parts) => {
            while let Some(part) = parts.next(job, &mut caches) {
                if sink(part).is_break() {
                    return;
                }
            }
        }
        Err(error) => {
            let fault = describe_error(&error);
            let fault = match fault.0 {
                FaultKind::Damaged => (FaultKind::Damaged, unreadable(job.source, &error)),
                _ => fault,
            };
            let _ = sink(PartialResult::of_fault(None, fault));
        }
    }
}

/// The parts of one input in the order of its bytes, scanned one at a time when they are asked for.
pub(super) enum InputParts {
    Ranges {
        file: Box<InputRanges>,
        ranges: Ranges,
        /// The rest of a range.
        rest: Option<RangeRest>,
    },
    Stream(Box<PartReader<'static, DecodedReader<Box<dyn io::Read>>>>),
    /// Parts that were scanned before, or the fault of an input that cannot be opened.
    Scanned(std::vec::IntoIter<PartialResult>),
}

impl InputParts {
    pub(super) fn open(job: &Job<'_>, input: &PlannedInput) -> Self {
        if let Some(len) = input.plain_len()
            && let Ok(Some(ranges)) = InputRanges::open(input, job.options)
        {
            let (file, ranges) = (Box::new(ranges), Ranges::new(job.options, job.mode, len));
            return Self::Ranges { file, ranges, rest: None };
        }
        let describe_error = describe_error(input);
        let parts =
            input.open().and_then(|reader| PartReader::of_stream(job, reader, Continuation::of(input), describe_error));
        match parts {
            Ok(parts) => Self::Stream(Box::new(parts)),
            Err(error) => Self::Scanned(vec![PartialResult::of_fault(None, describe_error(&error))].into_iter()),
        }
    }

    pub(super) fn next(&mut self, job: &Job<'_>, scratch: &mut WorkerScratch) -> Option<PartialResult> {
        match self {
            Self::Ranges { file, ranges, rest } => {
                let range = rest.take().or_else(|| ranges.next().map(RangeRest::from))?;
                let part;
                (part, *rest) = file.scan(job, scratch, range);
                Some(part)
            }
            Self::Stream(parts) => parts.next(job, &mut scratch.caches),
            Self::Scanned(parts) => parts.next(),
        }
    }

    /// True when no part follows.
    pub(super) fn is_ended(&self) -> bool {
        match self {
            Self::Ranges { ranges, rest, .. } => rest.is_none() && ranges.is_ended(),
            Self::Stream(parts) => parts.ended,
            Self::Scanned(parts) => parts.as_slice().is_empty(),
        }
    }
}

/// A range, or what is left of it after its first parts.
#[derive(Debug)]
pub(super) struct RangeRest {
    range: Range,
    /// The next part as it begins, with what was counted in those before it.
    part: Box<PartialResult>,
}

impl From<Range> for RangeRest {
    fn from(range: Range) -> Self {
        Self { range, part: Box::default() }
    }
}

/// Plain text whose ranges can be scanned in any order.
pub(super) struct InputRanges {
    file: SharedFile,
    continuation: Continuation,
    #[cfg(feature = "mmap")]
    map: Option<source::MappedFile>,
}

impl InputRanges {
    /// Positional reads, or a map when the user wants one and the system gives it. `None` for what must
    /// be read from its front.
    #[cfg_attr(not(feature = "mmap"), allow(unused_variables))]
    pub(super) fn open(input: &PlannedInput, options: &ScanOptions<'_>) -> io::Result<Option<Self>> {
        Ok(input.shared_file()?.map(|file| Self {
            continuation: Continuation::of(input),
            #[cfg(feature = "mmap")]
            map: options.mmap.then(|| file.map().ok()).flatten(),
            file,
        }))
    }

    /// Scans one range, or its first part; the rest starts with a record.
    pub(super) fn scan(
        &self,
        job: &Job<'_>,
        scratch: &mut WorkerScratch,
        RangeRest { range: (start, end), part }: RangeRest,
    ) -> (PartialResult, Option<RangeRest>) {
        let read_start = self.file.read_start(start);
        let from_previous = self.continuation.from_previous && start == 0;
        let continuation = Continuation { from_previous, ..self.continuation };
        #[cfg(feature = "mmap")]
        if let Some(map) = &self.map {
            let bytes = usize::try_from(read_start).ok().and_then(|start| map.get(start..)).unwrap_or_default();
            let chunker = Chunker::from_slice(bytes, self.file.holes(), read_start, end, job.options.limits);
            return scan_range(job, scratch, chunker, (start, end), part, continuation);
        }
        let reader = self.file.range_reader(start, end);
        let chunker = Chunker::with_limit(reader, read_start, end, job.options.limits);
        scan_range(job, scratch, chunker, (start, end), part, continuation)
    }
}

/// Scans one range, of which `part` is the first part. Returns it and, when it ends before the range, the rest.
fn scan_range<R: SparseRead>(
    job: &Job<'_>,
    scratch: &mut WorkerScratch,
    chunker: Chunker<'_, R>,
    (start, end): Range,
    mut part: Box<PartialResult>,
    continuation: Continuation,
) -> (PartialResult, Option<RangeRest>) {
    let mut chunker = chunker.with_buffer(std::mem::take(&mut scratch.buffer));
    if start > 0 {
        chunker = chunker.retain_last(continuation.into_next);
        if let Err(error) = chunker.skip_to_start() {
            part.faults.push(local_fault(&error, chunker.read_to(), read_fault));
        }
        // All of it belongs to a record of the range before.
        if chunker.is_skipping() {
            scratch.buffer = chunker.into_buffer();
            return (*part, None);
        }
    }
    let mut parts = PartReader::new(chunker, continuation, read_fault, u64::MAX);
    parts.part = *part;
    let part = parts.next(job, &mut scratch.caches).unwrap_or_default();
    let rest = (!parts.ended).then(|| RangeRest { range: (parts.chunker.offset(), end), part: Box::new(parts.part) });
    scratch.buffer = parts.chunker.into_buffer();
    (part, rest)
}

/// Scans what a chunker returns, part by part.
pub(super) struct PartReader<'b, R> {
    chunker: Chunker<'b, R>,
    continuation: Continuation,
    describe_error: DescribeError,
    /// A part is complete when it holds more bytes than this.
    max_part_bytes: u64,
    part: PartialResult,
    started: bool,
    ended: bool,
    /// Why no record is recognised in the input, of which one chunk was read.
    unrecognised: Option<Unrecognised>,
}

impl<R: io::Read> PartReader<'_, DecodedReader<R>> {
    /// The parts of a stream of text.
    fn of_stream(
        job: &Job<'_>,
        reader: R,
        continuation: Continuation,
        describe_error: DescribeError,
    ) -> io::Result<Self> {
        let (reader, offset) = source::decode_text(reader)?;
        let max_part_bytes = if job.mode == OutputMode::Counts { COUNTING_PART_BYTES } else { 0 };
        let chunker = Chunker::new(reader, offset, job.options.limits);
        Ok(Self::new(chunker, continuation, describe_error, max_part_bytes))
    }
}

impl<'b, R: SparseRead> PartReader<'b, R> {
    fn new(
        chunker: Chunker<'b, R>,
        continuation: Continuation,
        describe_error: DescribeError,
        max_part_bytes: u64,
    ) -> Self {
        Self {
            chunker: chunker.retain_last(continuation.into_next),
            continuation,
            describe_error,
            max_part_bytes,
            part: PartialResult::default(),
            started: false,
            ended: false,
            unrecognised: None,
        }
    }

    /// Scans the next part.
    fn next(&mut self, job: &Job<'_>, caches: &mut WorkerCaches) -> Option<PartialResult> {
        if self.ended {
            return None;
        }
        if !std::mem::replace(&mut self.started, true) && self.continuation.from_previous {
            self.take_head();
        }
        let mut part_bytes = 0;
        loop {
            match self.chunker.next() {
                Ok(Some(chunk)) => {
                    part_bytes += chunk.bytes.len() as u64;
                    let at_front = chunk.offset <= MAX_MARK_BYTES;
                    self.part.add_chunk(job, caches, &chunk);
                    self.unrecognised =
                        if at_front { unrecognised(chunk.bytes, self.continuation, &self.part) } else { None };
                    if chunk.kind == ChunkKind::Truncated {
                        self.report_unrecognised();
                    }
                }
                Ok(None) => {
                    // No record follows either, in this range or another.
                    if self.chunker.is_at_end() {
                        self.report_unrecognised();
                    }
                    break;
                }
                Err(error) => self.fail(&error),
            }
            if part_bytes > self.max_part_bytes || (self.part.is_full() && self.chunker.is_at_start()) {
                let next = self.part.followed(job);
                return Some(std::mem::replace(&mut self.part, next));
            }
        }
        self.ended = true;
        let open = self.chunker.is_skipping();
        if let Some(bytes) = self.chunker.trailing_fragment().filter(|bytes| open || !bytes.is_empty()) {
            let fragment = self.part.add_fragment(bytes, self.chunker.offset(), open);
            self.part.tail = Some(fragment);
        }
        Some(std::mem::take(&mut self.part))
    }

    fn report_unrecognised(&mut self) {
        self.part.faults.extend(self.unrecognised.take().map(unrecognised_fault));
    }

    fn take_head(&mut self) {
        match self.chunker.find_leading_fragment() {
            Ok(Some(head)) => {
                let offset = self.chunker.offset();
                let fragment = self.part.add_fragment(self.chunker.take_leading_fragment(head), offset, head.is_all);
                self.part.head = Some(fragment);
            }
            // Longer than a record: it is a separate one.
            Ok(None) => {}
            Err(error) => self.fail(&error),
        }
    }

    /// What was read before the error is all there is, and nothing continues it.
    fn fail(&mut self, error: &io::Error) {
        self.part.faults.push(local_fault(error, self.chunker.read_to(), self.describe_error));
        self.chunker.abort();
    }
}

fn local_fault(error: &io::Error, offset: u64, describe_error: DescribeError) -> LocalFault {
    let (kind, message) = describe_error(error);
    LocalFault { offset: Some(offset), kind, message }
}

/// Why no record is recognised in the first chunk. A text that reports a failure, or quotes one, is judged without
/// records; one that belongs to a record of another input has none.
fn unrecognised(chunk: &[u8], continuation: Continuation, part: &PartialResult) -> Option<Unrecognised> {
    let is_part = continuation.from_previous || continuation.into_next || !part.is_silent();
    record::unrecognised(chunk).filter(|reason| *reason == Unrecognised::Layout || !is_part)
}
