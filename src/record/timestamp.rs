//! Time stamps at the start of a line.
//!
//! Two families: `2026-01-05 20:34:03,014+0000` (log4j's `%d`, with comma or dot, with or without a
//! glued offset, with `T` between date and time at some sites) and Tomcat's
//! `05-Jan-2026 20:34:03.014`. Digits of the date may be masked by `x`, as support articles do.

use chrono::{FixedOffset, NaiveDate};
use nom::{
    IResult, Parser,
    branch::alt,
    bytes::complete::{tag, take, take_while_m_n},
    character::complete::{char, one_of},
    combinator::{opt, peek},
};

use crate::model::Timestamp;

/// A stamp found at the start of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ParsedTimestamp {
    /// How many bytes the stamp takes, offset included, the blank behind it not.
    pub(crate) len: usize,
    /// The time, `None` when masked or impossible.
    pub(crate) time: Option<Timestamp>,
    /// `T` stands between date and time.
    pub(crate) rfc3339: bool,
    /// A fraction of a second is printed.
    pub(crate) fraction: bool,
    /// Day-month-year order.
    pub(crate) tomcat: bool,
}

/// The shortest stamp: `2026-01-05 20:34:03`.
const MIN_TIMESTAMP_BYTES: usize = 19;

/// A cheap test that rules out nearly every line that does not start with a stamp.
#[must_use]
pub(crate) fn looks_like_timestamp(line: &[u8]) -> bool {
    line.len() >= MIN_TIMESTAMP_BYTES && (iso_shape(line) || (line[2] == b'-' && line[6] == b'-'))
}

fn iso_shape(line: &[u8]) -> bool {
    let date = |i: usize| line[i].is_ascii_digit() || line[i] == b'x' || line[i] == b'X';
    let digit = |i: usize| line[i].is_ascii_digit();
    line[4] == b'-'
        && line[7] == b'-'
        && (line[10] == b' ' || line[10] == b'T')
        && line[13] == b':'
        && line[16] == b':'
        && [0, 1, 2, 3, 5, 6, 8, 9].into_iter().all(date)
        && [11, 12, 14, 15, 17, 18].into_iter().all(digit)
}

/// Reads the stamp at the start of `line`.
#[must_use]
pub(crate) fn parse(line: &[u8]) -> Option<ParsedTimestamp> {
    if !looks_like_timestamp(line) {
        return None;
    }
    if let Some((len, [year, month, day], clock)) = parse_log4j(line) {
        let date = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
        return Some(ParsedTimestamp { len, ..clock.on(date, false, false) });
    }
    let (rest, stamp) = alt((iso, tomcat)).parse(line).ok()?;
    Some(ParsedTimestamp { len: line.len() - rest.len(), ..stamp })
}

/// The same without the time, which only the header of a record is asked for.
#[must_use]
pub(crate) fn parse_layout_only(line: &[u8]) -> Option<ParsedTimestamp> {
    match parse_log4j(line) {
        Some((len, _, clock)) => Some(ParsedTimestamp { len, ..clock.on(None, false, false) }),
        None => parse(line).map(|stamp| ParsedTimestamp { time: None, ..stamp }),
    }
}

/// log4j's own form, read in one look: `2026-01-05 20:34:03,014`, and `+0000` glued to it or a blank
/// behind it. Every record of a log is asked for its stamp several times; the others take the parser.
fn parse_log4j(line: &[u8]) -> Option<(usize, [u32; 3], TimeOfDay)> {
    let (stamp, rest) = line.split_first_chunk::<23>()?;
    if !matches!(stamp, [_, _, _, _, b'-', _, _, b'-', _, _, b' ', _, _, b':', _, _, b':', _, _, b',' | b'.', ..]) {
        return None;
    }
    const DIGITS: [usize; 17] = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 22];
    let digit = |i: usize| u32::from(stamp[i].wrapping_sub(b'0'));
    if DIGITS.iter().fold(false, |other, i| other | (digit(*i) > 9)) {
        return None;
    }
    let two = |i: usize| digit(i) * 10 + digit(i + 1);
    let (year, month, day) = (two(0) * 100 + two(2), two(5), two(8));
    let (hour, minute, second) = (two(11), two(14), two(17));
    let millis = Some(digit(20) * 100 + two(21));
    let (offset, glued) = match rest {
        [sign @ (b'+' | b'-'), digits @ ..] => {
            let (digits, behind) = digits.split_first_chunk::<4>()?;
            let seconds = i32::try_from(number(&digits[..2])? * 3600 + number(&digits[2..])? * 60).ok()?;
            let east = if *sign == b'-' { -seconds } else { seconds };
            (Some(FixedOffset::east_opt(east)?), (behind, 5))
        }
        behind => (None, (behind, 0)),
    };
    let (behind, len) = glued;
    // A longer fraction, or an offset behind a blank.
    if !matches!(behind, [b' ', next, ..] if !matches!(next, b'+' | b'-')) {
        return None;
    }
    Some((stamp.len() + len, [year, month, day], TimeOfDay { hour, minute, second, millis, offset }))
}

fn iso(input: &[u8]) -> IResult<&[u8], ParsedTimestamp> {
    let (rest, (year, _, month, _, day, between, clock)) =
        (date_part(4), char('-'), date_part(2), char('-'), date_part(2), one_of(" T"), clock).parse(input)?;
    let date = match (year, month, day) {
        (Some(y), Some(m), Some(d)) => i32::try_from(y).ok().and_then(|y| NaiveDate::from_ymd_opt(y, m, d)),
        _ => None,
    };
    Ok((rest, clock.on(date, between == 'T', false)))
}

fn tomcat(input: &[u8]) -> IResult<&[u8], ParsedTimestamp> {
    let (rest, (day, _, month, _, year, _, clock)) =
        (date_part(2), char('-'), take(3usize), char('-'), date_part(4), char(' '), clock).parse(input)?;
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
    Ok((rest, clock.on(date, false, true)))
}

/// `width` digits, or `None` when one of them is masked.
fn date_part(width: usize) -> impl FnMut(&[u8]) -> IResult<&[u8], Option<u32>> {
    move |input| {
        let (rest, digits) =
            take_while_m_n(width, width, |b: u8| b.is_ascii_digit() || b == b'x' || b == b'X').parse(input)?;
        Ok((rest, number(digits)))
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits
        .iter()
        .try_fold(0u32, |sum, b| b.is_ascii_digit().then(|| sum.saturating_mul(10).saturating_add(u32::from(b - b'0'))))
}

/// The part of a stamp behind the date.
struct TimeOfDay {
    hour: u32,
    minute: u32,
    second: u32,
    millis: Option<u32>,
    offset: Option<FixedOffset>,
}

impl TimeOfDay {
    fn on(&self, date: Option<NaiveDate>, rfc3339: bool, tomcat: bool) -> ParsedTimestamp {
        let local =
            date.and_then(|date| date.and_hms_milli_opt(self.hour, self.minute, self.second, self.millis.unwrap_or(0)));
        ParsedTimestamp {
            len: 0,
            time: local.map(|local| Timestamp { local, offset: self.offset }),
            rfc3339,
            fraction: self.millis.is_some(),
            tomcat,
        }
    }
}

fn clock(input: &[u8]) -> IResult<&[u8], TimeOfDay> {
    let (rest, (hour, _, minute, _, second)) =
        (two_digits, char(':'), two_digits, char(':'), two_digits).parse(input)?;
    let (rest, millis) = opt(fraction).parse(rest)?;
    let (rest, offset) = opt(alt((zone, zone_apart))).parse(rest)?;
    Ok((rest, TimeOfDay { hour, minute, second, millis, offset: offset.flatten() }))
}

fn two_digits(input: &[u8]) -> IResult<&[u8], u32> {
    let (rest, digits) = take_while_m_n(2, 2, |b: u8| b.is_ascii_digit()).parse(input)?;
    Ok((rest, number(digits).unwrap_or(0)))
}

/// `,014`, `.014`, `.0140000`: to the millisecond; masked fractions count as zero.
fn fraction(input: &[u8]) -> IResult<&[u8], u32> {
    let (rest, (_, digits)) =
        (one_of(",."), take_while_m_n(1, 9, |b: u8| b.is_ascii_digit() || b == b'x' || b == b'X')).parse(input)?;
    let mut millis = 0;
    for i in 0..3 {
        let digit = digits.get(i).filter(|b| b.is_ascii_digit()).map_or(0, |b| u32::from(b - b'0'));
        millis = millis * 10 + digit;
    }
    Ok((rest, millis))
}

/// `+0000`, `-05:30` or `Z`, glued to the stamp.
fn zone(input: &[u8]) -> IResult<&[u8], Option<FixedOffset>> {
    if let Ok((rest, _)) = tag::<_, _, nom::error::Error<&[u8]>>("Z").parse(input) {
        return Ok((rest, FixedOffset::east_opt(0)));
    }
    let (rest, (sign, hours, _, minutes)) = (one_of("+-"), two_digits, opt(char(':')), two_digits).parse(input)?;
    let seconds = i32::try_from(hours * 3600 + minutes * 60).unwrap_or(0);
    Ok((rest, FixedOffset::east_opt(if sign == '-' { -seconds } else { seconds })))
}

/// ` +0200 `, set apart by a blank on both sides.
fn zone_apart(input: &[u8]) -> IResult<&[u8], Option<FixedOffset>> {
    (char(' '), peek(one_of("+-")), zone, peek(char(' '))).map(|(_, _, offset, _)| offset).parse(input)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_usual_form_is_read_as_the_parser_reads_it(
            line in "20[0-9]{2}-[01x][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-6][0-9]:[0-6][0-9][,.][0-9x]{2,4}([+-][0-9]{4}|Z| [+-][0-9]{4})?[ a:]x?",
        ) {
            let line = line.as_bytes();
            if parse_log4j(line).is_some() {
                let (rest, slow) = iso(line).expect("the parser reads what the quick look reads");
                let slow = ParsedTimestamp { len: line.len() - rest.len(), ..slow };
                prop_assert_eq!(parse(line), Some(slow));
                prop_assert_eq!(parse_layout_only(line), Some(ParsedTimestamp { time: None, ..slow }));
            }
        }
    }

    #[test]
    fn stamps_in_every_printed_shape_are_read() {
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
        ];
        for (line, len, time) in table {
            let stamp = parse(line.as_bytes()).expect(line);
            assert_eq!(stamp.len, *len, "{line}");
            assert_eq!(stamp.time.map(|t| t.to_rfc3339()).as_deref(), *time, "{line}");
        }
    }

    #[test]
    fn other_line_starts_are_no_stamps() {
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
