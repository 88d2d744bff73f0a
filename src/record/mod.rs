//! From bytes to records: where a record starts, and what its header contains.
//!
//! [`start`] is the only place that knows where a record starts; sources and engine both use it.

mod envelope;
mod fields;
mod foreign;
mod header;
pub(crate) mod inner;
mod json_event;
mod json_keys;
mod layouts;
mod lex;
mod mail_thread;
mod prefix;
mod sources;
pub(crate) mod start;
mod throwable;
mod timestamp;
mod unknown;

use crate::model::{Header, Record};
pub(crate) use timestamp::is_masked as starts_with_masked_time;
pub(crate) use unknown::{Unrecognised, unrecognised};

/// The header of a record that starts with a log4j timestamp and has no prefix and no envelope. `text` may
/// continue after the record. `None` for all other records, and where only the whole record can tell.
#[must_use]
pub(crate) fn plain_header(text: &[u8]) -> Option<Header<'_>> {
    let line = &text[..memchr::memchr2(b'\n', 0, text)?];
    (text[line.len()] == b'\n' && timestamp::looks_like_timestamp(line) && line[0].is_ascii_digit() && line[10] == b' ')
        .then(|| header::parse(line))?
}

/// Parses one record: removes shipping prefixes and envelopes, if any, into `scratch`, then reads the header.
///
/// `raw` must be one whole record, from one start of [`start`] to the next.
#[must_use]
pub(crate) fn read<'a>(raw: &'a [u8], scratch: &'a mut Vec<u8>) -> Record<'a> {
    let unwrapped = envelope::unwrap(raw, scratch);
    let header = match unwrapped.envelope {
        Some(fields) => Some(fields.into_header()),
        None => header::parse(unwrapped.text),
    };
    Record { raw, text: unwrapped.text, header }
}
