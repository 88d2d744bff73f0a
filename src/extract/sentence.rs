//! The failing sentence: what a person would quote.

use memchr::{memchr, memmem, memrchr};

/// The sentence at `at`: from there (a code) or from its line's start (`whole_line`) to the line's
/// end, without the provider's ids.
#[must_use]
pub fn failing_sentence(text: &[u8], at: usize, whole_line: bool) -> &[u8] {
    let at = at.min(text.len());
    let start = if whole_line { memrchr(b'\n', &text[..at]).map_or(0, |i| i + 1) } else { at };
    let end = memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
    let line = &text[start..end];
    let ids = memmem::find(line, b"Trace ID").filter(|i| *i > 0).unwrap_or(line.len());
    line[..ids].trim_ascii()
}
