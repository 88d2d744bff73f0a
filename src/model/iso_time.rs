//! `2026-01-05 20:34:03`: the date and time that logs, providers and stack traces all print.
//!
//! The fraction and the offset after it differ and are left to the callers.

use chrono::{NaiveDate, NaiveDateTime};

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
        && [0, 1, 2, 3, 5, 6, 8, 9].into_iter().all(|i| in_date(text[i]))
        && [11, 12, 14, 15, 17, 18].into_iter().all(|i| text[i].is_ascii_digit())
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

#[cfg(test)]
mod tests {
    use super::*;

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
