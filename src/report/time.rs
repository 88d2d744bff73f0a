//! Times as a written report has them.

use chrono::{DateTime, NaiveDateTime};

use crate::model::Timestamp;

/// Reads a time of a report: RFC 3339, or the same without an offset where the log has none.
///
/// The inverse of [`Timestamp::to_rfc3339`]. `None` for any other text, a masked date
/// (`2022-xx-xx`) among them.
#[must_use]
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(Timestamp { local: time.naive_local(), offset: Some(*time.offset()) });
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
    Some(Timestamp { local, offset: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_offset() {
        let millis = |text| parse_time(text).map(|time| (time.instant().timestamp_millis(), time.offset.is_some()));
        assert_eq!(millis("1970-01-01T01:00:00.000+01:00"), Some((0, true)));
        assert_eq!(millis("1970-01-01T00:00:01Z"), Some((1000, true)));
        assert_eq!(millis("1970-01-01T00:00:01.500"), Some((1500, false)));
        assert_eq!(millis("2022-xx-xx"), None);
        assert_eq!(millis(""), None);
    }

    #[test]
    fn a_time_that_was_read_is_written_the_same() {
        for text in ["2026-01-12T06:00:00.104+01:00", "2026-01-12T06:00:00.104", "0000-01-01T00:00:00.000+23:59"] {
            assert_eq!(parse_time(text).expect(text).to_rfc3339(), text);
        }
    }
}
