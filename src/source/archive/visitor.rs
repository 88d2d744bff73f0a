//! Who takes the entries that can only be read while their archive is indexed.

use std::{
    io::{self, Read},
    sync::Arc,
};

use crate::source::{input::ReadAt, rotation::is_log_name};

/// Opens bytes, in whichever thread they are read.
pub(crate) type Opener<'o> = &'o (dyn Fn() -> io::Result<Box<dyn Read>> + Sync);

/// Opens encoded bytes and gives a reader of the decoded ones to the function: in the same thread, or
/// with a thread that decodes ahead.
pub(crate) type DecodeMode = fn(Opener<'_>, &mut dyn FnMut(&mut dyn Read));

/// Reads content to its end and keeps it, so that it can be read at any offset.
pub(crate) type Holder = fn(&mut dyn Read) -> io::Result<Arc<dyn ReadAt>>;

/// Keeps content in memory.
pub(crate) fn hold_in_memory(content: &mut dyn Read) -> io::Result<Arc<dyn ReadAt>> {
    let mut held = Vec::new();
    content.read_to_end(&mut held)?;
    held.shrink_to_fit();
    Ok(Arc::new(held))
}

/// Scans the logs of a compressed tar while it is indexed: to reach the last one, all before it are
/// decoded.
#[cfg_attr(not(feature = "archives"), allow(dead_code))]
pub(crate) trait EntryVisitor {
    /// True when the entry of this file name is a log.
    fn wants(&self, name: &str) -> bool {
        is_log_name(name)
    }

    /// Takes the name of an entry that is not read.
    fn leave_out(&mut self, _: &str) {}

    /// Scans a log. A number says that it was scanned to its end; `None` that it must be read again
    /// later. Without `can_be_reread` that is impossible.
    fn visit(&mut self, name: &str, can_be_reread: bool, reader: &mut dyn Read) -> Option<usize>;

    /// Where a zip within a stream is kept: its directory is at its end.
    fn holder(&self) -> Holder {
        hold_in_memory
    }

    /// How to read encoded bytes: in this thread, or with a thread of their own if that helps.
    fn decode_mode(&self) -> DecodeMode;
}
