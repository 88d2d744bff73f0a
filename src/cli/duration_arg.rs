//! Durations in arguments.

use std::{str::FromStr, time::Duration};

use oauthsift::TimeSpec;

/// A duration in an argument: `90` (seconds), `90s`, `10m`, `2h`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DurationArg(pub(crate) Duration);

impl FromStr for DurationArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = text.parse().ok().map(Duration::from_secs);
        let before_now = || match text.parse() {
            Ok(TimeSpec::Ago(delta)) => delta.to_std().ok(),
            _ => None,
        };
        seconds.or_else(before_now).map(Self).ok_or_else(|| "not a duration: use 90s, 10m, 2h or 7d".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_parsed_in_all_units() {
        assert_eq!("90".parse(), Ok(DurationArg(Duration::from_secs(90))));
        assert_eq!("10m".parse(), Ok(DurationArg(Duration::from_secs(600))));
        for wrong in ["", "soon", "-1", "5y"] {
            assert!(wrong.parse::<DurationArg>().is_err(), "{wrong}");
        }
    }
}
