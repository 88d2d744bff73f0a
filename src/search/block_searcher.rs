//! Searches a text block by block: a filter says at which positions of a block a needle may be, and the needles that are
//! there are found one by one.

use super::{
    FirstMatch, count_newlines,
    layout::{BLOCK, Block},
};

/// What follows the end of a text in its last block: a byte that no text in UTF-8 contains, so no needle either.
const PADDING: u8 = 0xff;

/// The most bytes that a filter needs after a block.
const MAX_LOOKAHEAD: usize = 17;

/// Tests all positions of a block at once.
pub(crate) trait BlockFilter {
    /// Bytes that must follow a block: at most [`MAX_LOOKAHEAD`].
    const LOOKAHEAD: usize;

    /// The first block of a text in which something passes. When there is none, the block has no candidates and starts at
    /// the rest of the text, which is shorter than a block and its lookahead.
    /// Adds the newlines of the blocks before it to `newlines`.
    fn next(&self, text: &[u8], newlines: &mut u64) -> Block;

    /// Calls `each` with number and start of the needles for which the position `at` can pass.
    fn each_at(&self, text: &[u8], at: usize, each: impl FnMut(usize, usize));
}

/// A compiled search for several needles.
#[derive(Debug, Clone)]
pub(crate) struct BlockSearcher<F>(F);

impl<F: BlockFilter> BlockSearcher<F> {
    pub(super) fn new(filter: F) -> Self {
        const { assert!(F::LOOKAHEAD <= MAX_LOOKAHEAD) };
        Self(filter)
    }

    /// See [`super::MultiSearcher::first`].
    pub(super) fn first(&self, text: &[u8], from: usize) -> FirstMatch {
        let mut found = None;
        let mut within = 0;
        let newlines = self.candidates(text, from, |at| {
            self.0.each_at(text, at, |_, start| {
                found = found.or(Some(start).filter(|start| *start >= from));
            });
            within = found.map_or(0, |start| count_newlines(&text[start..at]));
            found.is_some()
        });
        FirstMatch { at: found, newlines: newlines - within }
    }

    /// See [`super::MultiSearcher::for_each`].
    pub(super) fn for_each(&self, text: &[u8], mut each: impl FnMut(usize, usize)) {
        self.candidates(text, 0, |at| {
            self.0.each_at(text, at, &mut each);
            false
        });
    }

    /// Calls `done` with each position at or after `from` that passes the filter, until it returns true. Returns the
    /// number of newlines from there to the last such position, or to the end.
    fn candidates(&self, text: &[u8], from: usize, mut done: impl FnMut(usize) -> bool) -> u64 {
        let mut newlines = 0;
        let mut at = from;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let mut last = [PADDING; BLOCK + MAX_LOOKAHEAD];
            let blocks = match rest.len() < BLOCK + F::LOOKAHEAD {
                true => {
                    last[..rest.len()].copy_from_slice(rest);
                    &last[..BLOCK + F::LOOKAHEAD]
                }
                false => rest,
            };
            let block = self.0.next(blocks, &mut newlines);
            at += block.at;
            let mut candidates = block.candidates;
            while candidates != 0 {
                let offset = candidates.trailing_zeros();
                if done(at + offset as usize) {
                    return newlines + u64::from((block.newlines & !(u64::MAX << offset)).count_ones());
                }
                candidates &= candidates - 1;
            }
            if block.candidates != 0 {
                newlines += u64::from(block.newlines.count_ones());
                at += BLOCK;
            }
        }
        newlines
    }
}
