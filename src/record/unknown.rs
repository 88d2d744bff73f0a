//! Does a text consist of log records in a layout that is not understood?

use memchr::memchr2;

use super::start;

/// So many lines with a time make a text a log.
const MIN_TIMED_LINES: usize = 5;
/// The time is within so many bytes of a line.
const MAX_TIME_OFFSET: usize = 48;

/// True for a text without any record start in which many lines nevertheless have a time at their start: these are
/// records that cannot be told apart, and their times and levels are unknown.
#[must_use]
pub(crate) fn has_unknown_layout(text: &[u8]) -> bool {
    if text.is_empty() || start::is_start(text) || start::next_start(text, 0) < text.len() {
        return false;
    }
    let (mut lines, mut timed, mut rest) = (0_usize, 0_usize, text);
    while !rest.is_empty() {
        let end = memchr2(b'\n', 0, rest).unwrap_or(rest.len());
        let line = &rest[..end];
        if line.first().is_some_and(|b| !b.is_ascii_whitespace()) {
            lines += 1;
            timed += usize::from(has_time(line));
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    timed >= MIN_TIMED_LINES && timed * 4 >= lines
}

/// `10:11:12` near the start of a line; not the time of an access log, which has no failures to report.
fn has_time(line: &[u8]) -> bool {
    let head = &line[..line.len().min(MAX_TIME_OFFSET)];
    let is_clock = |text: &[u8]| {
        text[2] == b':' && text[5] == b':' && [0, 1, 3, 4, 6, 7].iter().all(|i| text[*i].is_ascii_digit())
    };
    let clock =
        head.windows(8).enumerate().position(|(at, text)| is_clock(text) && !(at > 0 && head[at - 1].is_ascii_digit()));
    clock.is_some_and(|at| {
        // `[05/Jan/2026:10:11:12 +0000]`
        let of_access_log = at > 0 && head[at - 1] == b':' && head[..at].contains(&b'/');
        !of_access_log
    })
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
            assert!(has_unknown_layout(&lines(start)), "{start}");
        }
        for start in
            ["2026-01-05 10:11:12,12", "203.0.113.9 - - [05/Jan/2026:10:11:1", "at com.example.X", "2026/01/05 10:11:1"]
        {
            assert!(!has_unknown_layout(&lines(start)), "{start}");
        }
        assert!(!has_unknown_layout(b"AADSTS50011: x\nTimestamp: 2026-01-05 10:11:12Z\n"));
    }
}
