//! How numbers, sizes, durations and times are written.

use std::time::Duration;

pub use crate::report::{grouped, times};

/// `1 line`, `1,234 lines`.
#[must_use]
pub fn count(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// `1 byte`, `1.5 KiB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit < UNITS.len() - 1 {
        value /= 1024.0;
        unit += 1;
    }
    match unit {
        0 => count(bytes, "byte"),
        _ => format!("{value:.1} {}", UNITS[unit]),
    }
}

/// `45 s`, `12 min 3 s`, `5 h 12 min`, `3 d 4 h`.
#[must_use]
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// A number of seconds in its largest sensible unit, rounded: `90 s`, `12 min`, `5 h`, `3 days`.
pub(super) fn rounded_duration(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", (seconds + 30) / 60),
        7200..=172_799 => format!("{} h", (seconds + 1800) / 3600),
        _ => format!("{} days", (seconds + 43_200) / 86_400),
    }
}

/// `2026-01-05 20:34`, or with seconds; `-` without a time.
pub(super) fn short_time(time: Option<&str>, with_seconds: bool) -> String {
    match time {
        Some(time) => time.chars().take(if with_seconds { 19 } else { 16 }).collect::<String>().replace('T', " "),
        None => "-".to_owned(),
    }
}

/// `2026-01-05 20:34:03 +00:00`: without milliseconds, with the log's offset.
pub(super) fn long_time(time: &str) -> String {
    let clock: String = time.chars().take(19).collect();
    let offset = time.get(19..).unwrap_or_default().trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    format!("{} {offset}", clock.replace('T', " ")).trim_end().to_owned()
}

/// `2026-01-05 20:34 +00:00`: without seconds.
pub(super) fn minute_time(time: &str) -> String {
    let long = long_time(time);
    match (long.get(..16), long.get(19..)) {
        (Some(minute), Some(offset)) => format!("{minute}{offset}"),
        _ => long,
    }
}

/// A time, or `… to …`, to follow a count.
pub(super) fn time_range(first: Option<&str>, last: Option<&str>) -> String {
    match (first, last) {
        (Some(first), Some(last)) if first == last => long_time(first),
        (Some(first), Some(last)) => format!("{} to {}", long_time(first), long_time(last)),
        _ => "time not logged".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_read_well() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(count(1, "line"), "1 line");
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(size(5 << 40), "5.0 TiB");
        let durations = [0, 45, 723, 18_720, 273_600].map(|s| duration(Duration::from_secs(s)));
        assert_eq!(durations.join(", "), "0 s, 45 s, 12 min 3 s, 5 h 12 min, 3 d 4 h");
        let durations = [90, 720, 18_000, 259_200].map(rounded_duration);
        assert_eq!(durations.join(", "), "90 s, 12 min, 5 h, 3 days");
        assert_eq!(long_time("2026-01-05T20:34:03.014+00:00"), "2026-01-05 20:34:03 +00:00");
        assert_eq!(long_time("2026-01-05T20:34:03.014"), "2026-01-05 20:34:03");
        assert_eq!(long_time("2026-01-05T20:34:03Z"), "2026-01-05 20:34:03 Z");
        assert_eq!(minute_time("2026-01-05T20:34:03.014+00:00"), "2026-01-05 20:34 +00:00");
        assert_eq!(minute_time("2026-01-05T20:34:03.014"), "2026-01-05 20:34");
        assert_eq!(minute_time("2026-xx-xx"), "2026-xx-xx");
        assert_eq!(short_time(None, true), "-");
        let (a, b) = (Some("2026-01-05T20:34:03.014"), Some("2026-01-06T20:34:03.014"));
        assert_eq!(time_range(a, a), "2026-01-05 20:34:03");
        assert_eq!(time_range(a, b), "2026-01-05 20:34:03 to 2026-01-06 20:34:03");
        assert_eq!(time_range(None, None), "time not logged");
    }
}
