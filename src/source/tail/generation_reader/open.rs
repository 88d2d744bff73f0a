//! Where reading of a generation starts: at its first byte, at an offset, or at a checkpoint.

use std::{fs::File, io, time::Duration};

use super::{Checkpoint, FINGERPRINT_BYTES, GenerationReader, Limits, Stat, count_newlines, filesystem};

/// Bytes that are read at a time to count lines.
const COUNTED_BYTES: usize = 256 << 10;

impl GenerationReader {
    /// A file from its first byte on.
    pub(in crate::source::tail) fn new(file: File, stat: Stat, limits: Limits, now: Duration) -> Self {
        Self::at(Some(file), stat, 0, limits, now)
    }

    /// A file from `offset` on: the first record that starts there or later is the first one wanted.
    pub(in crate::source::tail) fn from(
        file: File,
        stat: Stat,
        offset: u64,
        limits: Limits,
        now: Duration,
    ) -> io::Result<Self> {
        if offset == 0 {
            return Ok(Self::new(file, stat, limits, now));
        }
        // One byte early, so that the line break before a record start is seen.
        let offset = offset - 1;
        let head = filesystem::read_up_to(&file, 0, FINGERPRINT_BYTES)?;
        let lines = count_lines(&file, offset)?;
        let before = offset.min(FINGERPRINT_BYTES as u64);
        let last_bytes = filesystem::read_up_to(&file, offset - before, to_usize(before))?;
        let mut reader = Self::at(Some(file), stat, offset, limits, now);
        // There are no bytes yet: this only sets what to do with those that come.
        let _ = reader.chunker.skip_to_start();
        reader.head = head;
        (reader.emitter.lines, reader.emitter.last_bytes) = (lines, last_bytes);
        Ok(reader)
    }

    /// A file in which reading had arrived at `checkpoint`, in an earlier run or under an earlier name.
    pub(in crate::source::tail) fn resume(
        file: File,
        stat: Stat,
        checkpoint: &Checkpoint,
        limits: Limits,
        now: Duration,
    ) -> io::Result<Self> {
        let offset = checkpoint.offset.unwrap_or(stat.len);
        let lines = match checkpoint.lines {
            Some(lines) => lines,
            None => count_lines(&file, offset)?,
        };
        let head = filesystem::read_up_to(&file, 0, to_usize(checkpoint.head.len))?;
        let before = checkpoint.before_offset.len;
        let last_bytes = filesystem::read_up_to(&file, offset - before.min(offset), to_usize(before))?;
        let mut reader = Self::at(Some(file), stat, offset, limits, now);
        reader.head = head;
        (reader.emitter.lines, reader.emitter.last_bytes) = (lines, last_bytes);
        reader.emitter.open_records.extend(&checkpoint.open_records);
        Ok(reader)
    }

    /// The same for text that has no file.
    pub(in crate::source::tail) fn resume_without_file(
        checkpoint: &Checkpoint,
        head: Vec<u8>,
        last_bytes: Vec<u8>,
        limits: Limits,
        now: Duration,
    ) -> Self {
        let mut reader = Self::at(None, Stat::default(), checkpoint.offset.unwrap_or(0), limits, now);
        reader.head = head;
        (reader.emitter.lines, reader.emitter.last_bytes) = (checkpoint.lines.unwrap_or(0), last_bytes);
        reader.emitter.open_records.extend(&checkpoint.open_records);
        reader.own_end = checkpoint.own_end;
        reader
    }
}

fn to_usize(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// Line breaks before `end`.
fn count_lines(file: &File, end: u64) -> io::Result<u64> {
    let mut block = vec![0; COUNTED_BYTES];
    let (mut offset, mut lines) = (0, 0);
    while offset < end {
        let len = block.len().min(to_usize(end - offset));
        let read = filesystem::read_at(file, offset, &mut block[..len])?;
        if read == 0 {
            break;
        }
        lines += count_newlines(&block[..read]);
        offset += read as u64;
    }
    Ok(lines)
}
