//! Texts in which no log record is recognised.

use memchr::memchr2;

use super::start;

/// How many lines with a time make a text a log.
const MIN_TIMED_LINES: usize = 5;
/// The time is within so many bytes of a line.
const MAX_TIME_OFFSET: usize = 48;

/// Why no record is recognised in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unrecognised {
    /// Many lines have a time at their start: they are records that cannot be separated, and their times and levels are
    /// unknown.
    Layout,
    /// Lines of something else than a log.
    NoRecords,
}

/// Why no record is recognised in a text; `None` for a text with records, a log of another program whose lines are known
/// (an access log, syslog), and one without any text.
#[must_use]
pub(crate) fn unrecognised(text: &[u8]) -> Option<Unrecognised> {
    if start::is_start(text) || start::next_start(text, 0) < text.len() {
        return None;
    }
    let (mut lines, mut timed, mut rest) = (0_usize, 0_usize, text);
    while !rest.is_empty() {
        let end = memchr2(b'\n', 0, rest).unwrap_or(rest.len());
        let line = &rest[..end];
        if line.first().is_some_and(|b| !b.is_ascii_whitespace()) {
            lines += 1;
            match time_of_line(line) {
                Some(LineTime::Other) => return None,
                Some(LineTime::Plain) => timed += 1,
                None => {}
            }
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    if timed >= MIN_TIMED_LINES && timed * 4 >= lines {
        return Some(Unrecognised::Layout);
    }
    text.iter().any(|b| !b.is_ascii_whitespace() && *b != 0).then_some(Unrecognised::NoRecords)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineTime {
    Plain,
    /// Of a log without failures to report: `[05/Jan/2026:10:11:12 +0000]` of an access log, `10:11:12 host sshd[1]:` of
    /// syslog.
    Other,
}

/// `10:11:12` near the start of a line.
fn time_of_line(line: &[u8]) -> Option<LineTime> {
    let head = &line[..line.len().min(MAX_TIME_OFFSET)];
    let is_clock = |text: &[u8]| {
        text[2] == b':' && text[5] == b':' && [0, 1, 3, 4, 6, 7].iter().all(|i| text[*i].is_ascii_digit())
    };
    let at = head
        .windows(8)
        .enumerate()
        .position(|(at, text)| is_clock(text) && !(at > 0 && head[at - 1].is_ascii_digit()))?;
    let of_access_log = at > 0 && head[at - 1] == b':' && head[..at].contains(&b'/');
    Some(if of_access_log || is_syslog(&line[at + 8..]) { LineTime::Other } else { LineTime::Plain })
}

/// True for what follows the time in a line of syslog: fraction and zone, host, program, and its process: `sshd[123]:`.
fn is_syslog(after_time: &[u8]) -> bool {
    let mut words = after_time.split(|b| *b == b' ');
    let zone_is_known =
        words.next().is_some_and(|zone| zone.iter().all(|b| b.is_ascii_digit() || b".,+-:Z".contains(b)));
    let host_is_known = words.next().is_some_and(|host| host.first().is_some_and(u8::is_ascii_alphanumeric));
    let is_program = |program: &[u8]| {
        let name = program.strip_suffix(b":")?.strip_suffix(b"]")?;
        let open = name.iter().position(|b| *b == b'[')?;
        Some(open > 0 && name.len() > open + 1 && name[open + 1..].iter().all(u8::is_ascii_digit))
    };
    zone_is_known && host_is_known && words.next().and_then(is_program) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(start: &str) -> Vec<u8> {
        (0..8).map(|i| format!("{start}{i} something failed\n  with a detail\n")).collect::<String>().into_bytes()
    }

    #[test]
    fn only_lines_with_times_that_are_not_understood_are_an_unknown_layout() {
        for start in ["01/05/2026 10:11:1", "Mon Jan  5 10:11:1", "app-1 | 5.1.26 10:11:1"] {
            assert_eq!(unrecognised(&lines(start)), Some(Unrecognised::Layout), "{start}");
        }
        for start in
            ["2026-01-05 10:11:12,12", "203.0.113.9 - - [05/Jan/2026:10:11:1", "at com.example.X", "2026/01/05 10:11:1"]
        {
            assert_ne!(unrecognised(&lines(start)), Some(Unrecognised::Layout), "{start}");
        }
        let excerpt = b"AADSTS50011: x\nTimestamp: 2026-01-05 10:11:12Z\n";
        assert_eq!(unrecognised(excerpt), Some(Unrecognised::NoRecords));
    }

    #[test]
    fn a_document_has_no_records_and_an_access_log_or_nothing_is_none() {
        for text in ["hello world\n", "name = \"x\"\nversion = 1\n", "a;b;c\n1;2;3\n"] {
            assert_eq!(unrecognised(text.as_bytes()), Some(Unrecognised::NoRecords), "{text}");
        }
        let syslog = ["Jan  5 10:11:12 host sshd[123]: x\n", "2026-01-05T10:11:12.123456+01:00 host cron[1]: x\n"];
        for text in syslog.into_iter().chain([
            "",
            "\n\n",
            "\0\0\0",
            "203.0.113.9 - - [05/Jan/2026:10:11:12 +0000] \"GET / HTTP/1.1\" 200 1\n",
        ]) {
            assert_eq!(unrecognised(text.as_bytes()), None, "{text}");
        }
    }
}
