//! Times and durations in arguments.

use std::{str::FromStr, time::Duration};

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use oauthsift::TimeBound;

/// A time in an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeArg {
    /// A time with offset.
    Instant(DateTime<Utc>),
    /// A local time.
    Local(NaiveDateTime),
    /// A whole day.
    Day(NaiveDate),
    /// A time before now.
    Ago(TimeDelta),
}

impl TimeArg {
    /// The time at which a range starts.
    pub(crate) fn start(self) -> TimeBound {
        match self {
            Self::Day(day) => TimeBound::Local(day.and_time(chrono::NaiveTime::MIN)),
            other => other.time_bound(),
        }
    }

    /// The time at which a range ends. A date without a time means the whole day.
    pub(crate) fn end(self) -> TimeBound {
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

impl FromStr for TimeArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
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
        ago(text).map(Self::Ago).ok_or_else(|| {
            "not a time: use RFC 3339 (2026-01-05T20:34:03+01:00), YYYY-MM-DD[ HH:MM[:SS]], or a time before now (30m, 2h, 7d, 2w)"
                .to_owned()
        })
    }
}

/// A duration in an argument: `90` (seconds), `90s`, `10m`, `2h`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DurationArg(pub(crate) Duration);

impl FromStr for DurationArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = text.parse().ok().map(Duration::from_secs);
        seconds
            .or_else(|| ago(text)?.to_std().ok())
            .map(Self)
            .ok_or_else(|| "not a duration: use 90s, 10m, 2h or 7d".to_owned())
    }
}

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
        assert!(matches!("2026-01-05T20:34:03+01:00".parse(), Ok(TimeArg::Instant(_))));
        assert!(matches!("2026-01-05 20:34:03".parse(), Ok(TimeArg::Local(_))));
        assert!(matches!("2026-01-05 20:34".parse(), Ok(TimeArg::Local(_))));
        assert!(matches!("2026-01-05".parse(), Ok(TimeArg::Day(_))));
        assert_eq!("2h".parse(), Ok(TimeArg::Ago(TimeDelta::hours(2))));
        assert_eq!("7d".parse(), Ok(TimeArg::Ago(TimeDelta::days(7))));
        for wrong in ["", "yesterday", "2026-13-01", "7x", "-2h", "é"] {
            assert!(wrong.parse::<TimeArg>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_are_parsed_in_all_units() {
        assert_eq!("90".parse(), Ok(DurationArg(Duration::from_secs(90))));
        assert_eq!("10m".parse(), Ok(DurationArg(Duration::from_secs(600))));
        for wrong in ["", "soon", "-1", "5y"] {
            assert!(wrong.parse::<DurationArg>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_date_without_a_time_is_the_whole_day() {
        let day: TimeArg = "2026-01-05".parse().unwrap();
        assert_eq!(day.start(), "2026-01-05 00:00:00".parse::<TimeArg>().unwrap().time_bound());
        assert_eq!(day.end(), "2026-01-05 23:59:59.999".parse::<TimeArg>().unwrap().time_bound());
    }
}
