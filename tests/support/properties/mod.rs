//! What holds for any input. Each function panics when it does not.
//!
//! The fuzz targets in `fuzz/` and `tests/properties.rs` call them: one brings inputs that a fuzzer finds, the other a
//! bounded number of random ones. Sizes and choices are taken from the last bytes of the input, so any log, archive or
//! report is a valid input.

use std::sync::{Arc, LazyLock};

use oauthsift::{Catalogue, Engine};

pub(crate) mod archive;
#[allow(dead_code)]
#[path = "../archive.rs"]
mod archive_formats;
pub(crate) mod catalogue;
pub(crate) mod follow;
pub(crate) mod redaction;
pub(crate) mod report;
pub(crate) mod scan;
pub(crate) mod ticket;

pub(crate) static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Arc::new(Catalogue::builtin())));

/// A log with one failure.
const RECORD: &str = "2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR admin 1x1x1 1i8mi5a \
    /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS7000215: Invalid client secret \
    provided.\n    Trace ID: 11111111-2222-4333-8444-555555555555\n";

/// The input without its last `N` bytes, and these bytes; zeros where it is shorter.
fn parameters<const N: usize>(input: &[u8]) -> (&[u8], [u8; N]) {
    let (text, last) = input.split_at(input.len().saturating_sub(N));
    let mut values = [0; N];
    values[..last.len()].copy_from_slice(last);
    (text, values)
}

/// The position in `text` that a parameter of two bytes means.
fn position(text: &[u8], [low, high]: [u8; 2]) -> usize {
    usize::from(u16::from_le_bytes([low, high])) * text.len() / usize::from(u16::MAX)
}

/// True when the bytes start like something that is decoded before it is scanned.
fn is_encoded(bytes: &[u8]) -> bool {
    let magics: [&[u8]; 9] =
        [b"\x1f", b"PK", b"BZ", b"\x28\xb5", b"\xfd7", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x00"];
    let skippable = bytes.get(1..4) == Some(b"\x2a\x4d\x18");
    magics.iter().any(|magic| bytes.starts_with(magic))
        || skippable
        || bytes.get(1) == Some(&0)
        || bytes.get(257..262) == Some(b"ustar")
}
