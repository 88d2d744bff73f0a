//! How numbers, sizes and times read.

pub(crate) use oauthsift::report::{grouped, times};

/// `1 line`, `1,234 lines`.
pub(crate) fn count(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// `1 byte`, `1.5 KiB`.
pub(crate) fn size(bytes: u64) -> String {
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

/// `2026-01-05 20:34` or, wide, with seconds.
pub(crate) fn short_time(time: Option<&str>, wide: bool) -> String {
    match time {
        Some(time) => time.chars().take(if wide { 19 } else { 16 }).collect::<String>().replace('T', " "),
        None => "-".to_owned(),
    }
}

/// `2026-01-05 20:34:03 +00:00`: without milliseconds, with the log's offset.
pub(crate) fn long_time(time: &str) -> String {
    let clock: String = time.chars().take(19).collect();
    let offset = time.get(19..).unwrap_or_default().trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    format!("{} {offset}", clock.replace('T', " ")).trim_end().to_owned()
}

/// `once at …`, `between … and …`, in words that follow a count.
pub(crate) fn span_of_time(first: Option<&str>, last: Option<&str>) -> String {
    match (first, last) {
        (Some(first), Some(last)) if first == last => long_time(first),
        (Some(first), Some(last)) => format!("{} to {}", long_time(first), long_time(last)),
        _ => "time not in the log".to_owned(),
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
        assert_eq!(long_time("2026-01-05T20:34:03.014+00:00"), "2026-01-05 20:34:03 +00:00");
        assert_eq!(long_time("2026-01-05T20:34:03.014"), "2026-01-05 20:34:03");
        assert_eq!(long_time("2026-01-05T20:34:03Z"), "2026-01-05 20:34:03 Z");
        assert_eq!(short_time(None, true), "-");
        let (a, b) = (Some("2026-01-05T20:34:03.014"), Some("2026-01-06T20:34:03.014"));
        assert_eq!(span_of_time(a, a), "2026-01-05 20:34:03");
        assert_eq!(span_of_time(a, b), "2026-01-05 20:34:03 to 2026-01-06 20:34:03");
        assert_eq!(span_of_time(None, None), "time not in the log");
    }
}
