//! How records of other programs start: times in other forms than Jira's, and levels before the time.
//!
//! Logs from other places are passed on too: of an identity provider, a proxy, a container, a script. Their times are
//! read where the form is certain and are absent otherwise, never guessed: `01/05/2026` is two dates.

use std::ops::Range;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use memchr::memmem;

use super::timestamp;
use crate::model::{Level, Timestamp};

/// The start of a record up to its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ForeignStart {
    /// Where the text after the time starts.
    pub(super) after: usize,
    /// `None` when the line has no date or an ambiguous one.
    pub(super) time: Option<Timestamp>,
    /// The level, if it precedes the time or is part of its form.
    pub(super) level: Option<Range<usize>>,
    /// Logger and thread, where the form names them.
    pub(super) names: [Option<Range<usize>>; 2],
    /// The form alone does not make the line a start: a level must follow.
    pub(super) needs_level: bool,
    /// Another record may follow on the same line: this is the time of the program that collected it.
    pub(super) may_wrap: bool,
}

impl ForeignStart {
    fn new(after: usize, time: Option<Timestamp>) -> Self {
        Self { after, time, level: None, names: [None, None], needs_level: false, may_wrap: false }
    }
}

const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// Reads the start of `line`, which does not start with a time in Jira's own form.
#[must_use]
pub(super) fn parse(line: &[u8]) -> Option<ForeignStart> {
    match *line.first()? {
        b'0'..=b'9' => year_first(line).or_else(|| time_only(line)),
        b'[' => bracketed(line),
        b'<' => xml(line),
        b't' | b'l' => logfmt(line),
        b'A'..=b'Z' => ruby(line).or_else(|| level_first(line)).or_else(|| java_util_logging(line)),
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, b| {
        b.is_ascii_digit().then(|| sum.saturating_mul(10).saturating_add(u32::from(b - b'0')))
    })
}

/// `10:11:12`, with a fraction after a comma or a dot, and its length.
fn time_of_day(text: &[u8]) -> Option<(NaiveTime, usize, bool)> {
    let clock = text.get(..8)?;
    if clock[2] != b':' || clock[5] != b':' {
        return None;
    }
    let (hour, minute, second) = (number(&clock[..2])?, number(&clock[3..5])?, number(&clock[6..])?);
    let digits = match text.get(8) {
        Some(b'.' | b',') => text[9..].iter().take(9).take_while(|b| b.is_ascii_digit()).count(),
        _ => 0,
    };
    let millis = (0..3).fold(0, |millis, i| {
        millis * 10 + text.get(9 + i).filter(|_| i < digits).map_or(0, |digit| u32::from(digit - b'0'))
    });
    let len = if digits > 0 { 9 + digits } else { 8 };
    Some((NaiveTime::from_hms_milli_opt(hour, minute, second, millis)?, len, digits > 0))
}

fn local(date: Option<NaiveDate>, time: NaiveTime) -> Option<Timestamp> {
    Some(Timestamp { local: NaiveDateTime::new(date?, time), offset: None })
}

fn date(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// `2026.01.05 10:11:12` (SonarQube), `2026/01/05 10:11:12` (Go, nginx), `2026-01-05_10:11:12.12345` (svlogd).
fn year_first(line: &[u8]) -> Option<ForeignStart> {
    let head = line.get(..11)?;
    let known =
        matches!((head[4], head[7], head[10]), (b'.', b'.', b' ') | (b'/', b'/', b' ' | b'-') | (b'-', b'-', b'_'));
    if !known {
        return None;
    }
    let date = date(number(&head[..4])?, number(&head[5..7])?, number(&head[8..10])?);
    let (time, len, _) = time_of_day(&line[11..])?;
    let after = 11 + len;
    matches!(line.get(after), None | Some(b' ' | b':' | b'\t' | b'|'))
        .then(|| ForeignStart { may_wrap: head[10] == b'_', ..ForeignStart::new(after, local(date, time)) })
}

/// `10:11:12.123`, as programs print it on a terminal: there is no date.
fn time_only(line: &[u8]) -> Option<ForeignStart> {
    let (_, after, _) = time_of_day(line)?;
    matches!(line.get(after), Some(b' '))
        .then_some(ForeignStart { needs_level: true, ..ForeignStart::new(after, None) })
}

/// `[2026-01-05 10:11:12,123] `, `[ERROR] 2026-01-05 10:11:12,123 `.
fn bracketed(line: &[u8]) -> Option<ForeignStart> {
    if let Some(stamp) = timestamp::parse(&line[1..]).filter(|stamp| !stamp.tomcat) {
        let close = 1 + stamp.len;
        return (line.get(close) == Some(&b']'))
            .then_some(ForeignStart { needs_level: !stamp.fraction, ..ForeignStart::new(close + 1, stamp.time) });
    }
    let close = line.iter().take(10).position(|b| *b == b']')?;
    level_before_time(line, 1..close, close + 1)
}

/// `ERROR 2026-01-05 10:11:12,123 `, `ERROR: 2026-01-05 10:11:12,123 `.
fn level_first(line: &[u8]) -> Option<ForeignStart> {
    let end = line.iter().take(9).position(|b| !b.is_ascii_uppercase())?;
    level_before_time(line, 0..end, end + usize::from(line[end] == b':'))
}

fn level_before_time(line: &[u8], level: Range<usize>, from: usize) -> Option<ForeignStart> {
    Level::from_word(&line[level.clone()])?;
    let blanks = line.get(from..)?.iter().take(4).take_while(|b| **b == b' ').count();
    let at = from + blanks;
    let open = usize::from(line.get(at) == Some(&b'['));
    let stamp = timestamp::parse(line.get(at + open..)?)?;
    let after = at + open + stamp.len + open;
    (blanks > 0 && (open == 0 || line.get(after - 1) == Some(&b']')))
        .then_some(ForeignStart { level: Some(level), ..ForeignStart::new(after, stamp.time) })
}

/// `E, [2026-01-05T10:11:12.123456 #123] ERROR -- : `.
fn ruby(line: &[u8]) -> Option<ForeignStart> {
    if !line[1..].starts_with(b", [") || !b"DIWEFAU".contains(&line[0]) {
        return None;
    }
    let stamp = timestamp::parse(&line[4..])?;
    let close = 4 + stamp.len + line[4 + stamp.len..].iter().take(16).position(|b| *b == b']')?;
    let blanks = line[close + 1..].iter().take_while(|b| **b == b' ').count();
    let start = close + 1 + blanks;
    let end = start + line[start..].iter().position(|b| *b == b' ')?;
    Level::from_word(&line[start..end])?;
    // The name of the program, which is usually empty, ends in a colon.
    let name = line[end..].strip_prefix(b" -- ")?;
    let colon = name.iter().take(64).position(|b| *b == b':').map_or(0, |colon| colon + 1);
    let after = line.len() - name.len() + colon;
    Some(ForeignStart { level: Some(start..end), ..ForeignStart::new(after, stamp.time) })
}

/// `Jan 05, 2026 10:11:12 AM org.example.Class method`; the level starts the next line.
fn java_util_logging(line: &[u8]) -> Option<ForeignStart> {
    let month = MONTHS.iter().position(|month| line.starts_with(month))?;
    let rest = line[3..].strip_prefix(b" ")?;
    let digits = rest.iter().take(2).take_while(|b| b.is_ascii_digit()).count();
    let day = number(&rest[..digits])?;
    let rest = rest[digits..].strip_prefix(b", ")?;
    let year = number(rest.get(..4)?)?;
    let rest = rest[4..].strip_prefix(b" ")?;
    let colon = rest.iter().take(3).position(|b| *b == b':')?;
    let minutes = rest.get(colon + 1..colon + 6).filter(|text| text[2] == b':')?;
    let (hour, minute, second) = (number(&rest[..colon])?, number(&minutes[..2])?, number(&minutes[3..])?);
    let half = rest.get(colon + 6..colon + 9)?;
    let hour = match half {
        b" AM" => hour % 12,
        b" PM" => hour % 12 + 12,
        _ => return None,
    };
    let time = NaiveTime::from_hms_opt(hour, minute, second)?;
    let after = line.len() - rest.len() + colon + 9;
    let date = date(year, u32::try_from(month).ok()? + 1, day);
    Some(ForeignStart::new(after, local(date, time)))
}

/// `<log4j:event logger="a.B" timestamp="1772608272345" level="ERROR" thread="main">`: log4j's XML layouts.
fn xml(line: &[u8]) -> Option<ForeignStart> {
    if !(line.starts_with(b"<log4j:event ") || line.starts_with(b"<Event ")) {
        return None;
    }
    let end = line.iter().position(|b| *b == b'>')?;
    let attribute = |name: &str| {
        let start = memmem::find(&line[..end], format!(" {name}=\"").as_bytes())? + name.len() + 3;
        Some(start..start + line[start..end].iter().position(|b| *b == b'"')?)
    };
    let millis = attribute("timestamp").or_else(|| attribute("timeMillis"));
    let millis = millis.and_then(|millis| std::str::from_utf8(&line[millis]).ok()?.parse().ok());
    let time = millis.and_then(DateTime::from_timestamp_millis);
    let time = time.map(|time| Timestamp { local: time.naive_utc(), offset: FixedOffset::east_opt(0) });
    let logger = attribute("logger").or_else(|| attribute("loggerName"));
    let names = [logger, attribute("thread")];
    Some(ForeignStart { level: attribute("level"), names, ..ForeignStart::new(end + 1, time) })
}

/// `time=2026-01-05T10:11:12.123Z level=error logger=x msg="…"`, with time and level in any order.
fn logfmt(line: &[u8]) -> Option<ForeignStart> {
    let mut level = None;
    let mut at = 0;
    if let Some(rest) = line.strip_prefix(b"level=") {
        let end = rest.iter().take(10).position(|b| *b == b' ')?;
        level = Some(6..6 + end);
        at = 6 + end + 1;
    }
    let key = [&b"time="[..], b"timestamp=", b"ts=", b"t="].into_iter().find(|key| line[at..].starts_with(key))?;
    let quote = usize::from(line.get(at + key.len()) == Some(&b'"'));
    let stamp = timestamp::parse(&line[at + key.len() + quote..])?;
    let after = at + key.len() + quote + stamp.len + quote;
    if level.is_none()
        && let Some(rest) = line.get(after..)?.strip_prefix(b" level=")
    {
        let start = after + 7;
        level = Some(start..start + rest.iter().take(10).position(|b| *b == b' ').unwrap_or(0));
    }
    Some(ForeignStart { level, ..ForeignStart::new(after, stamp.time) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_other_programs_are_right_or_absent() {
        for (line, time, rest) in [
            ("2026.01.05 10:11:12 ERROR web[x] y", Some("2026-01-05T10:11:12.000"), " ERROR web[x] y"),
            ("2026/01/05 10:11:12 oauth2: cannot fetch", Some("2026-01-05T10:11:12.000"), " oauth2: cannot fetch"),
            ("2026/01/05 10:11:12.123456 x", Some("2026-01-05T10:11:12.123"), " x"),
            ("2026-01-05_10:11:12.12345 x", Some("2026-01-05T10:11:12.123"), " x"),
            ("E, [2026-01-05T10:11:12.123456 #77] ERROR -- : x", Some("2026-01-05T10:11:12.123"), " x"),
            ("I, [2026-01-05T10:11:12.123456 #77]  INFO -- mail: x", Some("2026-01-05T10:11:12.123"), " x"),
            ("[2026-01-05 10:11:12,123] ERROR x", Some("2026-01-05T10:11:12.123"), " ERROR x"),
            ("[2026-01-05T10:11:12.123Z] x", Some("2026-01-05T10:11:12.123+00:00"), " x"),
            ("ERROR 2026-01-05 10:11:12,123 [main] x", Some("2026-01-05T10:11:12.123"), " [main] x"),
            ("[WARN] [2026-01-05 10:11:12,123] x", Some("2026-01-05T10:11:12.123"), " x"),
            ("Jan 05, 2026 1:11:12 PM a.b.C d", Some("2026-01-05T13:11:12.000"), " a.b.C d"),
            ("10:11:12.123 [main] ERROR x", None, " [main] ERROR x"),
            (
                "<log4j:event logger=\"a.B\" timestamp=\"1772608272345\" level=\"ERROR\">x",
                Some("2026-03-04T07:11:12.345+00:00"),
                "x",
            ),
            (
                "time=\"2026-01-05T10:11:12Z\" level=error msg=x",
                Some("2026-01-05T10:11:12.000+00:00"),
                " level=error msg=x",
            ),
            ("level=error ts=2026-01-05T10:11:12.123Z x", Some("2026-01-05T10:11:12.123+00:00"), " x"),
        ] {
            let start = parse(line.as_bytes()).expect(line);
            assert_eq!(start.time.map(|time| time.to_rfc3339()).as_deref(), time, "{line}");
            assert_eq!(&line[start.after..], rest, "{line}");
        }
    }

    #[test]
    fn ambiguous_and_impossible_times_are_none() {
        for line in ["2026.13.05 10:11:12 x", "2026/02/30 10:11:12 x"] {
            assert_eq!(parse(line.as_bytes()).expect(line).time, None, "{line}");
        }
        for line in
            ["01/05/2026 10:11:12 x", "10.0.0.1 - -", "May the force be with you", "ERROR 2026", "[x] y", "2026/01"]
        {
            assert_eq!(parse(line.as_bytes()), None, "{line}");
        }
    }
}
