//! From bytes to records: where a record starts, what its header says.
//!
//! [`boundary`] is the only place that knows where a record starts; sources and engine both ask it.

mod envelope;
mod fields;
mod header;
mod layouts;
mod prefix;
pub mod start;
mod timestamp;

pub use envelope::unwrap;
pub use header::parse;

use crate::model::{Header, Record};

/// The header of a record that starts with the usual stamp and is wrapped in nothing; `text` may go on
/// behind the record. `None` for every other, also where only the whole record can tell.
#[must_use]
pub(crate) fn plain_header(text: &[u8]) -> Option<Header<'_>> {
    let line = &text[..memchr::memchr2(b'\n', 0, text)?];
    (text[line.len()] == b'\n' && timestamp::looks_like_timestamp(line) && line[0].is_ascii_digit() && line[10] == b' ')
        .then(|| parse(line))?
}

/// Reads one record: takes shipping prefixes and envelopes off into `scratch` where there are any,
/// then parses the header.
///
/// `raw` must be one whole record, as [`boundary`] cuts it.
#[must_use]
pub fn read<'a>(raw: &'a [u8], scratch: &'a mut Vec<u8>) -> Record<'a> {
    let unwrapped = unwrap(raw, scratch);
    let header = match unwrapped.envelope {
        Some(fields) => Some(fields.into_header()),
        None => parse(unwrapped.text),
    };
    Record { raw, text: unwrapped.text, header }
}
