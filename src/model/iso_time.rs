//! `2026-01-05 20:34:03`: the date and time that logs, providers and stack traces all print.
//!
//! The fraction and the offset after it differ and are left to the callers.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

/// Length of `2026-01-05 20:34:03`.
pub(crate) const ISO_TIME_BYTES: usize = 19;

/// True when `text` starts with a date and a time in ISO order, separated by a space or a `T`.
/// `in_date` says which bytes the date may consist of: logs mask digits of the date with `x`.
#[inline]
pub(crate) fn has_iso_shape(text: &[u8], in_date: impl Fn(u8) -> bool) -> bool {
    let Some(text) = text.first_chunk::<ISO_TIME_BYTES>() else { return false };
    text[4] == b'-'
        && text[7] == b'-'
        && (text[10] == b' ' || text[10] == b'T')
        && text[13] == b':'
        && text[16] == b':'
        // All together, without a branch for each: most texts with these separators are times.
        && [0, 1, 2, 3, 5, 6, 8, 9].iter().fold(true, |all, i| all & in_date(text[*i]))
        && [11, 12, 14, 15, 17, 18].iter().fold(true, |all, i| all & text[*i].is_ascii_digit())
}

/// True when `text` starts with a date and a time, both in digits.
#[inline]
pub(crate) fn is_iso_time(text: &[u8]) -> bool {
    has_iso_shape(text, |byte| byte.is_ascii_digit())
}

/// Reads the date and time at the start of `text`; `None` when it is masked or impossible.
pub(crate) fn parse_iso_time(text: &[u8]) -> Option<NaiveDateTime> {
    if !is_iso_time(text) {
        return None;
    }
    let two = |i: usize| u32::from(text[i] - b'0') * 10 + u32::from(text[i + 1] - b'0');
    let year = i32::try_from(two(0) * 100 + two(2)).ok()?;
    NaiveDate::from_ymd_opt(year, two(5), two(8))?.and_hms_opt(two(11), two(14), two(17))
}

/// `2026-01-05T20:34:03`, as chrono formats it; only years of four digits are printed here.
pub(crate) fn iso_time(time: &NaiveDateTime) -> String {
    let Some(year) = u32::try_from(time.year()).ok().filter(|year| *year <= 9999) else {
        return time.format("%Y-%m-%dT%H:%M:%S").to_string();
    };
    let mut text = String::with_capacity(ISO_TIME_BYTES + "+00:00".len() + ".000".len());
    push_digits(&mut text, year, 4);
    let parts =
        [('-', time.month()), ('-', time.day()), ('T', time.hour()), (':', time.minute()), (':', time.second())];
    for (sign, number) in parts {
        text.push(sign);
        push_digits(&mut text, number, 2);
    }
    text
}

/// Appends a number with leading zeros.
pub(super) fn push_digits(text: &mut String, number: u32, digits: u32) {
    for place in (0..digits).rev() {
        let digit = number / 10_u32.pow(place) % 10;
        text.push(char::from_digit(digit, 10).unwrap_or('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_printed_as_chrono_prints_them() {
        for (year, month, day, hour, minute, second) in [
            (2026, 1, 5, 20, 34, 3),
            (0, 12, 31, 0, 0, 0),
            (9999, 2, 28, 23, 59, 59),
            (10000, 1, 1, 1, 1, 1),
            (-1, 1, 1, 1, 1, 1),
        ] {
            let time = NaiveDate::from_ymd_opt(year, month, day).and_then(|day| day.and_hms_opt(hour, minute, second));
            let time = time.expect("a time");
            assert_eq!(iso_time(&time), time.format("%Y-%m-%dT%H:%M:%S").to_string());
        }
    }

    #[test]
    fn only_possible_times_are_read() {
        for (text, time) in [
            ("2026-01-05 20:34:03", Some("2026-01-05T20:34:03")),
            ("2026-01-05T20:34:03.014Z", Some("2026-01-05T20:34:03")),
            ("2026-13-05 20:34:03", None),
            ("2026-01-05 25:34:03", None),
            ("2026-xx-xx 20:34:03", None),
            ("2026-01-05 20:34", None),
            ("2026/01/05 20:34:03", None),
        ] {
            let found = parse_iso_time(text.as_bytes()).map(|time| time.format("%Y-%m-%dT%H:%M:%S").to_string());
            assert_eq!(found.as_deref(), time, "{text}");
        }
        assert!(has_iso_shape(b"2022-xx-xx 20:34:03,014", |byte| byte.is_ascii_digit() || byte == b'x'));
    }
}
