//! Where to start in a file that exists at the beginning.

use std::{fs::File, io};

use memchr::memrchr2;

use super::filesystem;
use crate::record::start;

/// Where to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartPosition {
    /// At the end: only what is written from now on.
    End,
    /// At the start of the file.
    Start,
    /// This number of records before the end.
    Records(usize),
}

impl StartPosition {
    /// The byte offset at which to start in a file of `len` bytes.
    pub(super) fn offset(self, file: &File, len: u64) -> io::Result<u64> {
        match self {
            Self::Start => Ok(0),
            Self::End | Self::Records(0) => Ok(len),
            Self::Records(wanted) => last_records(file, len, wanted, BLOCK_BYTES),
        }
    }
}

/// Bytes that are read at a time when searching backwards.
const BLOCK_BYTES: u64 = 256 << 10;

/// Byte offset at which the last `wanted` records start, searched backwards block by block.
fn last_records(file: &File, len: u64, wanted: usize, block_bytes: u64) -> io::Result<u64> {
    let (mut end, mut found) = (len, 0);
    while end > 0 {
        let from = end.saturating_sub(block_bytes);
        let size = usize::try_from(end - from).unwrap_or(usize::MAX);
        // One byte before, to see whether the block's first byte starts a line; and enough after it to
        // decide about a line that starts within.
        let before = usize::from(from > 0);
        let bytes = filesystem::read_up_to(file, from - before as u64, before + size + start::START_WINDOW_BYTES)?;
        let mut to = (before + size).min(bytes.len());
        while let Some(i) = memrchr2(b'\n', 0, &bytes[..to.saturating_sub(1)]) {
            let start = i + 1;
            if start >= before && start::is_start(&bytes[start..]) {
                found += 1;
                if found == wanted {
                    return Ok(from - before as u64 + start as u64);
                }
            }
            to = start - start::trailing_zeros(&bytes[..i], bytes[i]);
        }
        end = from;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn the_last_records_are_found_for_any_block_size() {
        let mut file = tempfile::tempfile().unwrap();
        let mut starts = Vec::new();
        let mut at = 0u64;
        for i in 0..40 {
            let record = format!("2026-01-05 20:34:03,{i:03}+0000 main INFO [c.a.X] {}\n  more\n\n", "x".repeat(i * 3));
            starts.push(at);
            at += record.len() as u64;
            file.write_all(record.as_bytes()).unwrap();
        }
        for block in [1, 2, 3, 17, 64, 1000, 1 << 20] {
            for wanted in 1..=40 {
                let offset = last_records(&file, at, wanted, block).unwrap();
                assert_eq!(offset, starts[40 - wanted], "{wanted} records, blocks of {block}");
            }
            assert_eq!(last_records(&file, at, 41, block).unwrap(), 0);
        }
    }
}
