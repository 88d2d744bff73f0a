//! Small parsers that the header layouts share.

use nom::{
    IResult, Parser,
    bytes::complete::{tag, take_till, take_while, take_while1},
    sequence::delimited,
};

/// Offset of `part`, a suffix of `line`, in it.
pub(super) fn offset_of(line: &[u8], part: &[u8]) -> usize {
    line.len() - part.len()
}

/// Spaces and tabs, possibly none.
pub(super) fn blanks(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while(|b| b == b' ' || b == b'\t').parse(input)
}

/// A run of other bytes.
pub(super) fn word(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while1(|b| b != b' ' && b != b'\t').parse(input)
}

/// `[…]`, without the brackets; may be empty.
pub(super) fn bracketed(input: &[u8]) -> IResult<&[u8], &[u8]> {
    delimited(tag("["), take_till(|b| b == b']'), tag("]")).parse(input)
}
