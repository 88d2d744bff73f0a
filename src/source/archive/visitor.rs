//! Who takes the entries that can only be read while their archive is indexed.

use std::io::{self, Read};

use crate::source::rotation::is_log_name;

/// Opens bytes, in whichever thread they are read.
pub(crate) type Opener<'o> = &'o (dyn Fn() -> io::Result<Box<dyn Read>> + Sync);

/// Opens encoded bytes and gives a reader of the decoded ones to the function: in the same thread, or
/// with a thread that decodes ahead.
pub(crate) type DecodeMode = fn(Opener<'_>, &mut dyn FnMut(&mut dyn Read));

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

    /// How to read encoded bytes: in this thread, or with a thread of their own if that helps.
    fn decode_mode(&self) -> DecodeMode;
}
