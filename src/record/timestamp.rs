//! Timestamps at the start of a line.
//!
//! Two kinds: `2026-01-05 20:34:03,014+0000` (log4j's `%d`, with a comma or a dot, with or without an
//! offset, with a `T` between date and time at some sites) and Tomcat's `05-Jan-2026 20:34:03.014`.
//! Those of other programs are in `foreign`.
//! Digits of the date may be masked with `x`, as in support articles.

use chrono::{FixedOffset, NaiveDate, Timelike};
use nom::{
    IResult, Parser,
    branch::alt,
    bytes::complete::{tag, take, take_while_m_n},
    character::complete::{char, one_of},
    combinator::{not, opt, peek, verify},
    sequence::terminated,
};

use crate::model::{ISO_TIME_BYTES, Timestamp, has_iso_shape, is_iso_time, parse_iso_time};

/// A timestamp at the start of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ParsedTimestamp {
    /// Length in bytes, including the offset, without the space after it.
    pub(super) len: usize,
    /// The time; `None` when it is masked or impossible.
    pub(super) time: Option<Timestamp>,
    /// `T` separates date and time.
    pub(super) rfc3339: bool,
    /// It has a fraction of a second.
    pub(super) fraction: bool,
    /// It is in day-month-year order.
    pub(super) tomcat: bool,
}

/// A cheap test that rejects nearly every line that does not start with a timestamp.
#[must_use]
pub(super) fn looks_like_timestamp(line: &[u8]) -> bool {
    line.len() >= ISO_TIME_BYTES && (has_iso_shape(line, is_date_byte) || (line[2] == b'-' && line[6] == b'-'))
}

fn is_date_byte(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'x' || byte == b'X'
}

/// True for a line that starts with a time in ISO order whose date is masked: `2026-xx-xx 20:34:03`.
#[must_use]
pub(crate) fn is_masked(line: &[u8]) -> bool {
    has_iso_shape(line, is_date_byte) && !is_iso_time(line)
}

/// Reads the timestamp at the start of `line`.
#[must_use]
pub(super) fn parse(line: &[u8]) -> Option<ParsedTimestamp> {
    if !looks_like_timestamp(line) {
        return None;
    }
    if let Some((len, [year, month, day], time)) = parse_log4j(line) {
        let date = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
        return Some(ParsedTimestamp { len, ..time.on(date, false) });
    }
    let (rest, timestamp) = alt((iso, tomcat)).parse(line).ok()?;
    Some(ParsedTimestamp { len: line.len() - rest.len(), ..timestamp })
}

/// The same without the time, for callers that only test where a record starts.
#[must_use]
pub(super) fn parse_layout_only(line: &[u8]) -> Option<ParsedTimestamp> {
    match parse_log4j(line) {
        Some((len, _, time)) => Some(ParsedTimestamp { len, ..time.on(None, false) }),
        None => parse(line).map(|timestamp| ParsedTimestamp { time: None, ..timestamp }),
    }
}

/// log4j's own form without a parser: `2026-01-05 20:34:03,014`, followed by `+0000` or by a space. The
/// timestamp of every record is read several times; all other forms take the parser.
fn parse_log4j(line: &[u8]) -> Option<(usize, [u32; 3], TimeOfDay)> {
    let (text, rest) = line.split_first_chunk::<23>()?;
    if !matches!(text, [_, _, _, _, b'-', _, _, b'-', _, _, b' ', _, _, b':', _, _, b':', _, _, b',' | b'.', ..]) {
        return None;
    }
    const DIGITS: [usize; 17] = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 22];
    let digit = |i: usize| u32::from(text[i].wrapping_sub(b'0'));
    if DIGITS.iter().fold(false, |any, i| any | (digit(*i) > 9)) {
        return None;
    }
    let two = |i: usize| digit(i) * 10 + digit(i + 1);
    let (year, month, day) = (two(0) * 100 + two(2), two(5), two(8));
    let (hour, minute, second) = (two(11), two(14), two(17));
    let millis = Some(digit(20) * 100 + two(21));
    let (offset, next, len) = match rest {
        [sign @ (b'+' | b'-'), digits @ ..] => {
            let (digits, next) = digits.split_first_chunk::<4>()?;
            let seconds = i32::try_from(number(&digits[..2])? * 3600 + number(&digits[2..])? * 60).ok()?;
            let east = if *sign == b'-' { -seconds } else { seconds };
            (Some(FixedOffset::east_opt(east)?), next, 5)
        }
        next => (None, next, 0),
    };
    // Otherwise a longer fraction, or an offset after a space.
    if !matches!(next, [b' ', byte, ..] if !matches!(byte, b'+' | b'-')) {
        return None;
    }
    Some((text.len() + len, [year, month, day], TimeOfDay { hour, minute, second, millis, offset }))
}

fn iso(input: &[u8]) -> IResult<&[u8], ParsedTimestamp> {
    let (rest, text) = verify(take(ISO_TIME_BYTES), |text: &[u8]| has_iso_shape(text, is_date_byte)).parse(input)?;
    let (rest, millis) = opt(fraction).parse(rest)?;
    let (rest, offset) = offset(rest)?;
    let local = parse_iso_time(text).and_then(|time| time.with_nanosecond(millis.unwrap_or(0) * 1_000_000));
    let timestamp = ParsedTimestamp {
        len: 0,
        time: local.map(|local| Timestamp { local, offset }),
        rfc3339: text[10] == b'T',
        fraction: millis.is_some(),
        tomcat: false,
    };
    Ok((rest, timestamp))
}

fn tomcat(input: &[u8]) -> IResult<&[u8], ParsedTimestamp> {
    let (rest, (day, _, month, _, year, _, time)) =
        (date_part(2), char('-'), take(3usize), char('-'), date_part(4), char(' '), time_of_day).parse(input)?;
    const MONTHS: [&[u8]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    let Some(month) = MONTHS.iter().position(|name| *name == month) else {
        return Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Tag)));
    };
    let date = match (year, day) {
        (Some(y), Some(d)) => {
            i32::try_from(y).ok().and_then(|y| NaiveDate::from_ymd_opt(y, u32::try_from(month).unwrap_or(0) + 1, d))
        }
        _ => None,
    };
    Ok((rest, time.on(date, true)))
}

/// `width` digits; `None` when one of them is masked.
fn date_part(width: usize) -> impl FnMut(&[u8]) -> IResult<&[u8], Option<u32>> {
    move |input| {
        let (rest, digits) = take_while_m_n(width, width, is_date_byte).parse(input)?;
        Ok((rest, number(digits)))
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits
        .iter()
        .try_fold(0u32, |sum, b| b.is_ascii_digit().then(|| sum.saturating_mul(10).saturating_add(u32::from(b - b'0'))))
}

/// The part of a timestamp after the date.
struct TimeOfDay {
    hour: u32,
    minute: u32,
    second: u32,
    millis: Option<u32>,
    offset: Option<FixedOffset>,
}

impl TimeOfDay {
    fn on(&self, date: Option<NaiveDate>, tomcat: bool) -> ParsedTimestamp {
        let local =
            date.and_then(|date| date.and_hms_milli_opt(self.hour, self.minute, self.second, self.millis.unwrap_or(0)));
        ParsedTimestamp {
            len: 0,
            time: local.map(|local| Timestamp { local, offset: self.offset }),
            rfc3339: false,
            fraction: self.millis.is_some(),
            tomcat,
        }
    }
}

fn time_of_day(input: &[u8]) -> IResult<&[u8], TimeOfDay> {
    let (rest, (hour, _, minute, _, second)) =
        (two_digits, char(':'), two_digits, char(':'), two_digits).parse(input)?;
    let (rest, millis) = opt(fraction).parse(rest)?;
    let (rest, offset) = offset(rest)?;
    Ok((rest, TimeOfDay { hour, minute, second, millis, offset }))
}

fn offset(input: &[u8]) -> IResult<&[u8], Option<FixedOffset>> {
    opt(alt((zone, separated_zone))).map(Option::flatten).parse(input)
}

fn two_digits(input: &[u8]) -> IResult<&[u8], u32> {
    let (rest, digits) = take_while_m_n(2, 2, |b: u8| b.is_ascii_digit()).parse(input)?;
    Ok((rest, number(digits).unwrap_or(0)))
}

/// `,014`, `.014`, `.0140000`, in milliseconds; masked digits count as zero. After a colon there are three digits.
fn fraction(input: &[u8]) -> IResult<&[u8], u32> {
    let (rest, (_, digits)) = alt((
        (one_of(",."), take_while_m_n(1, 9, is_date_byte)),
        (one_of(":"), terminated(take_while_m_n(3, 3, |b: u8| b.is_ascii_digit()), not(one_of("0123456789:")))),
    ))
    .parse(input)?;
    let mut millis = 0;
    for i in 0..3 {
        let digit = digits.get(i).filter(|b| b.is_ascii_digit()).map_or(0, |b| u32::from(b - b'0'));
        millis = millis * 10 + digit;
    }
    Ok((rest, millis))
}

/// `+0000`, `-05:30` or `Z`, directly after the time.
fn zone(input: &[u8]) -> IResult<&[u8], Option<FixedOffset>> {
    if let Ok((rest, _)) = tag::<_, _, nom::error::Error<&[u8]>>("Z").parse(input) {
        return Ok((rest, FixedOffset::east_opt(0)));
    }
    let (rest, (sign, hours, _, minutes)) = (one_of("+-"), two_digits, opt(char(':')), two_digits).parse(input)?;
    let seconds = i32::try_from(hours * 3600 + minutes * 60).unwrap_or(0);
    Ok((rest, FixedOffset::east_opt(if sign == '-' { -seconds } else { seconds })))
}

/// ` +0200 `, with a space on both sides.
fn separated_zone(input: &[u8]) -> IResult<&[u8], Option<FixedOffset>> {
    (char(' '), peek(one_of("+-")), zone, peek(char(' '))).map(|(_, _, offset, _)| offset).parse(input)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_shortcut_reads_what_the_parser_reads(
            line in "20[0-9]{2}-[01x][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-6][0-9]:[0-6][0-9][,.][0-9x]{2,4}([+-][0-9]{4}|Z| [+-][0-9]{4})?[ a:]x?",
        ) {
            let line = line.as_bytes();
            if parse_log4j(line).is_some() {
                let (rest, slow) = iso(line).expect("the parser reads what the shortcut reads");
                let slow = ParsedTimestamp { len: line.len() - rest.len(), ..slow };
                prop_assert_eq!(parse(line), Some(slow));
                prop_assert_eq!(parse_layout_only(line), Some(ParsedTimestamp { time: None, ..slow }));
            }
        }
    }

    #[test]
    fn timestamps_of_every_form_are_read() {
        let table: &[(&str, usize, Option<&str>)] = &[
            ("2026-01-05 20:34:03,014+0000 x", 28, Some("2026-01-05T20:34:03.014+00:00")),
            ("2026-01-05 20:34:03,014-0530 x", 28, Some("2026-01-05T20:34:03.014-05:30")),
            ("2014-09-12 07:40:48,051 ERROR", 23, Some("2014-09-12T07:40:48.051")),
            ("2026-01-05 20:34:03.014+0100 x", 28, Some("2026-01-05T20:34:03.014+01:00")),
            ("2026-01-05T20:34:03.123456789Z x", 30, Some("2026-01-05T20:34:03.123+00:00")),
            ("2026-01-05 20:34:03,014 -0530 x", 29, Some("2026-01-05T20:34:03.014-05:30")),
            ("2026-01-05 20:34:03,014 -0530x", 23, Some("2026-01-05T20:34:03.014")),
            ("2026-01-05 20:34:03 x", 19, Some("2026-01-05T20:34:03.000")),
            ("13-Sep-2026 10:00:00.123 INFO", 24, Some("2026-09-13T10:00:00.123")),
            ("2022-xx-xx 20:34:03,014+0000 x", 28, None),
            ("2026-02-30 20:34:03,014 x", 23, None),
            ("2026-01-05 20:34:03:014 x", 23, Some("2026-01-05T20:34:03.014")),
            ("2026-01-05 20:34:03:01 x", 19, Some("2026-01-05T20:34:03.000")),
        ];
        for (line, len, time) in table {
            let timestamp = parse(line.as_bytes()).expect(line);
            assert_eq!(timestamp.len, *len, "{line}");
            assert_eq!(timestamp.time.map(|t| t.to_rfc3339()).as_deref(), *time, "{line}");
        }
    }

    #[test]
    fn other_line_starts_are_not_timestamps() {
        for line in [
            "",
            "2026-01-05",
            "    Trace ID: 1",
            "20:34:03,014",
            "2026/01/05 20:34:03,014 x",
            "13-Foo-2026 10:00:00.123 x",
        ] {
            assert_eq!(parse(line.as_bytes()), None, "{line}");
        }
    }
}
