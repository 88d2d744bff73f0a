//! Times as people write them.

use std::{error::Error, fmt, str::FromStr};

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use super::filter::TimeBound;

/// A time as people write it: RFC 3339, `YYYY-MM-DD[ HH:MM[:SS]]` in the time of the log, or relative to now
/// (`30m`, `2h`, `7d`, `2w`).
///
/// ```
/// use oauthsift::{Filter, TimeSpec};
///
/// let since: TimeSpec = "2026-01-05".parse()?;
/// let filter = Filter::default().with_since(since.start());
/// # Ok::<(), oauthsift::TimeSpecError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeSpec {
    /// A time with offset.
    Instant(DateTime<Utc>),
    /// A local time.
    Local(NaiveDateTime),
    /// A whole day.
    Day(NaiveDate),
    /// A time before now.
    Ago(TimeDelta),
}

impl TimeSpec {
    /// The time at which a range starts.
    #[must_use]
    pub fn start(self) -> TimeBound {
        match self {
            Self::Day(day) => TimeBound::Local(day.and_time(chrono::NaiveTime::MIN)),
            other => other.time_bound(),
        }
    }

    /// The time at which a range ends. A date without a time means the whole day.
    #[must_use]
    pub fn end(self) -> TimeBound {
        match self {
            Self::Day(day) => {
                let next = day.checked_add_days(Days::new(1)).unwrap_or(day).and_time(chrono::NaiveTime::MIN);
                TimeBound::Local(next - TimeDelta::milliseconds(1))
            }
            other => other.time_bound(),
        }
    }

    fn time_bound(self) -> TimeBound {
        match self {
            Self::Instant(instant) => TimeBound::Instant(instant),
            Self::Local(local) => TimeBound::Local(local),
            Self::Day(day) => TimeBound::Local(day.and_time(chrono::NaiveTime::MIN)),
            Self::Ago(delta) => {
                TimeBound::Instant(Utc::now().checked_sub_signed(delta).unwrap_or(DateTime::UNIX_EPOCH))
            }
        }
    }
}

impl FromStr for TimeSpec {
    type Err = TimeSpecError;

    fn from_str(text: &str) -> Result<Self, TimeSpecError> {
        if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
            return Ok(Self::Instant(instant.with_timezone(&Utc)));
        }
        for format in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"] {
            if let Ok(local) = NaiveDateTime::parse_from_str(text, format) {
                return Ok(Self::Local(local));
            }
        }
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
            return Ok(Self::Day(day));
        }
        ago(text).map(Self::Ago).ok_or(TimeSpecError)
    }
}

/// A text is not a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeSpecError;

impl fmt::Display for TimeSpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "not a time: use RFC 3339 (2026-01-05T20:34:03+01:00), YYYY-MM-DD[ HH:MM[:SS]], or a time before now (30m, 2h, 7d, 2w)",
        )
    }
}

impl Error for TimeSpecError {}

fn ago(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().last()?;
    let number: i64 = text[..text.len() - unit.len_utf8()].parse().ok().filter(|n| *n >= 0)?;
    match unit {
        's' => TimeDelta::try_seconds(number),
        'm' => TimeDelta::try_minutes(number),
        'h' => TimeDelta::try_hours(number),
        'd' => TimeDelta::try_days(number),
        'w' => TimeDelta::try_weeks(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_parsed_in_all_formats() {
        assert!(matches!("2026-01-05T20:34:03+01:00".parse(), Ok(TimeSpec::Instant(_))));
        assert!(matches!("2026-01-05 20:34:03".parse(), Ok(TimeSpec::Local(_))));
        assert!(matches!("2026-01-05 20:34".parse(), Ok(TimeSpec::Local(_))));
        assert!(matches!("2026-01-05".parse(), Ok(TimeSpec::Day(_))));
        assert_eq!("2h".parse(), Ok(TimeSpec::Ago(TimeDelta::hours(2))));
        assert_eq!("7d".parse(), Ok(TimeSpec::Ago(TimeDelta::days(7))));
        for wrong in ["", "yesterday", "2026-13-01", "7x", "-2h", "é"] {
            assert!(wrong.parse::<TimeSpec>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_date_without_a_time_is_the_whole_day() {
        let day: TimeSpec = "2026-01-05".parse().unwrap();
        assert_eq!(day.start(), "2026-01-05 00:00:00".parse::<TimeSpec>().unwrap().time_bound());
        assert_eq!(day.end(), "2026-01-05 23:59:59.999".parse::<TimeSpec>().unwrap().time_bound());
    }
}
