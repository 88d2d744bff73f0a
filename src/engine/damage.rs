//! Bytes within a log that are no text of it: runs of zeros, and text in UTF-16 or UTF-32.
//!
//! They are searched for together with the words of the catalogue, so they are found wherever they are.

use super::prefilter::Prefilter;
use crate::record::start;

/// A run of zeros of this length takes the place of text: as long as the smallest block of a disk.
const MIN_ZEROS: usize = 512;
/// Characters of ASCII in a row that are encoded alike: a word, and what is around it in a log.
const MIN_WIDE_CHARS: usize = 16;

/// What a log contains instead of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damage {
    /// So many zeros.
    Zeros(usize),
    /// Text with so many bytes for each character.
    Wide(usize),
}

/// The damage in a chunk, each with its position: all runs of zeros, and of each record the first text in another encoding.
#[derive(Debug, Default)]
pub(super) struct DamageFinder {
    pub(super) found: Vec<(usize, Damage)>,
    /// What is before it was looked at.
    done: usize,
}

impl DamageFinder {
    /// Looks at a record of which nothing else is known.
    pub(super) fn look(&mut self, prefilter: &Prefilter, bytes: &[u8], start: usize, end: usize) {
        let from = start.max(self.done);
        let Some(first) = bytes.get(from..end).and_then(|record| memchr::memchr(0, record)) else { return };
        self.done = end;
        let mut at = from + first;
        while let Some(zero) = bytes.get(at..end).and_then(|rest| memchr::memchr(0, rest)) {
            at += zero;
            let zeros = start::leading_zeros(&bytes[at..end]);
            if zeros >= MIN_ZEROS {
                self.found.push((at, Damage::Zeros(zeros)));
            }
            at += zeros;
        }
        let mut wide: Option<(usize, usize)> = None;
        prefilter.damage(&bytes[from..end], |at| {
            let text = &bytes[from..end];
            if wide.is_some_and(|(start, _)| start <= at) {
                return;
            }
            wide = [2, 4].into_iter().filter_map(|width| Some((wide_start(text, at, width)?, width))).chain(wide).min();
        });
        self.found.extend(wide.map(|(at, width)| (from + at, Damage::Wide(width))));
        self.found.sort_by_key(|(at, _)| *at);
    }

    /// True for a position that was looked at.
    pub(super) fn knows(&self, at: usize) -> bool {
        at < self.done
    }
}

/// Where the text starts that has one character of ASCII in every `width` bytes, among them the one at `at`. The character
/// before it counts as part of it if the first zero precedes the first character: bytes alone do not say to which it belongs.
fn wide_start(text: &[u8], at: usize, width: usize) -> Option<usize> {
    let is_char = |at: usize| {
        let zeros = text.get(at + 1..at + width).is_some_and(|zeros| zeros.iter().all(|b| *b == 0));
        text.get(at).is_some_and(|b| b.is_ascii() && *b != 0) && (zeros || at + width > text.len())
    };
    let mut start = at;
    while start >= width && is_char(start - width) {
        start -= width;
    }
    let chars = (start..text.len()).step_by(width).take_while(|at| is_char(*at)).count();
    (chars >= MIN_WIDE_CHARS).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    const LINE: &str = "2026-01-05 20:34:03,014+0000 main ERROR a line of a log\n";

    fn found(bytes: &[u8]) -> Vec<(usize, Damage)> {
        let mut damage = DamageFinder::default();
        damage.look(&Prefilter::new(&Catalogue::builtin()), bytes, 0, bytes.len());
        damage.found
    }

    #[test]
    fn text_in_another_encoding_is_found_where_it_starts() {
        let utf16: Vec<u8> = LINE.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big_endian: Vec<u8> = LINE.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let utf32: Vec<u8> = LINE.chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
        // The line break before text in big-endian form may be part of it.
        for (wide, at, width) in [(utf16, LINE.len(), 2), (big_endian, LINE.len() - 1, 2), (utf32, LINE.len(), 4)] {
            let text = [LINE.as_bytes(), &wide, &wide].concat();
            assert_eq!(found(&text), [(at, Damage::Wide(width))]);
        }
        assert_eq!(found(b"2026-01-05 20:34:03,014 main ERROR blob E\0R\0R\0O\0R\0 of \0 a \0 file\n"), []);
    }

    #[test]
    fn every_long_run_of_zeros_is_found() {
        let text = [LINE.as_bytes(), &[0; 600], LINE.as_bytes(), &[0; 40], LINE.as_bytes(), &[0; 4096]].concat();
        let first = LINE.len();
        assert_eq!(found(&text), [(first, Damage::Zeros(600)), (3 * first + 640, Damage::Zeros(4096))]);
        assert_eq!(found(LINE.as_bytes()), []);
    }
}
