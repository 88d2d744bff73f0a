//! The state that continues from record to record, and the headers that Jira writes before a message.

use super::{
    rng::{Rng, push_decimal},
    template::Template,
};

/// User names and their session ids.
const USERS: [(&str, &str); 8] = [
    ("ajones", "1k3d9aq"),
    ("bmiller", "zq81mf"),
    ("cwong", "77ab2x"),
    ("dsmith", "xk20pd"),
    ("efischer", "1p0o9i"),
    ("gmartin", "92lqpa"),
    ("svc-reports", "1ia9vad"),
    ("helga.lindqvist", "1f6y0tu"),
];

/// Fills `out` with the last digits of `n`.
fn fill_digits(mut n: u64, out: &mut [u8]) {
    for digit in out.iter_mut().rev() {
        *digit = b'0' + (n % 10) as u8;
        n /= 10;
    }
}

/// The clock of the log, starting at 2026-01-05 00:00:00.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    millis: u64,
    /// Seconds since 1970 that `text` shows.
    second: u64,
    text: [u8; 28],
}

impl Clock {
    /// Days from 1970-01-01 to 2026-01-05.
    const FIRST_DAY: u64 = 20_458;

    fn new() -> Self {
        let millis = Self::FIRST_DAY * 86_400_000;
        let mut clock = Self { millis, second: u64::MAX, text: *b"2026-01-05 00:00:00,000+0000" };
        clock.update_text();
        clock
    }

    /// Advances: mostly a burst of lines, sometimes a pause.
    fn advance(&mut self, rng: &mut Rng) {
        self.millis += if rng.below(8) == 0 { rng.below(1500) } else { rng.below(60) } as u64;
        self.update_text();
    }

    fn update_text(&mut self) {
        fill_digits(self.millis % 1000, &mut self.text[20..23]);
        if self.second != self.millis / 1000 {
            self.second = self.millis / 1000;
            self.text[..19].copy_from_slice(&date_time(self.second));
        }
    }

    fn minute_of_day(&self) -> u64 {
        self.second / 60 % 1440
    }

    /// The time `seconds` ago, without a time zone: the clock of the provider.
    pub(super) fn seconds_ago(&self, seconds: usize) -> [u8; 19] {
        date_time(self.second - seconds as u64)
    }
}

/// Seconds since 1970 as `2026-01-05 00:00:00`.
pub(super) fn date_time(seconds: u64) -> [u8; 19] {
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let mut text = *b"0000-00-00 00:00:00";
    fill_digits(year, &mut text[..4]);
    fill_digits(month, &mut text[5..7]);
    fill_digits(day, &mut text[8..10]);
    fill_digits(second / 3600, &mut text[11..13]);
    fill_digits(second / 60 % 60, &mut text[14..16]);
    fill_digits(second % 60, &mut text[17..]);
    text
}

/// The sender of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// Any user with a session.
    User,
    /// The administrator who sets up an integration.
    Admin,
    /// Not logged in.
    Anonymous,
}

/// The simulated Jira instance.
#[derive(Debug, Clone)]
pub(super) struct Jira {
    pub(super) rng: Rng,
    pub(super) clock: Clock,
    requests: u64,
}

impl Jira {
    pub(super) fn new(seed: u64) -> Self {
        Self { rng: Rng::new(seed), clock: Clock::new(), requests: 31_880 }
    }

    /// Appends the time of the next record, with its offset.
    pub(super) fn timestamp(&mut self, out: &mut Vec<u8>) {
        self.clock.advance(&mut self.rng);
        out.extend_from_slice(&self.clock.text);
    }

    /// Appends the header of a request thread, up to the logger.
    pub(super) fn request(&mut self, sender: Sender, level: &[u8], path: &Template, out: &mut Vec<u8>) {
        self.timestamp(out);
        let (user, session) = match sender {
            Sender::User => *self.rng.pick(&USERS),
            Sender::Admin => ("admin", "1i8mi5a"),
            Sender::Anonymous => ("anonymous", "-"),
        };
        let user = user.as_bytes();
        out.extend_from_slice(b" http-nio-8080-exec-");
        push_decimal(1 + self.rng.below(90) as u64, out);
        // Newer versions rename the thread while it serves a request.
        let mut path_in_thread = None;
        if self.rng.below(10) < 4 {
            out.extend_from_slice(b" url: ");
            let start = out.len();
            path.render(&mut self.rng, out);
            path_in_thread = Some(start..out.len());
            out.extend_from_slice(b"; user: ");
            out.extend_from_slice(user);
        }
        out.push(b' ');
        out.extend_from_slice(level);
        out.push(b' ');
        out.extend_from_slice(user);
        out.push(b' ');
        self.requests += 1 + self.rng.below(4) as u64;
        push_decimal(self.clock.minute_of_day(), out);
        out.push(b'x');
        push_decimal(self.requests, out);
        out.push(b'x');
        push_decimal(1 + self.rng.below(6) as u64, out);
        out.push(b' ');
        out.extend_from_slice(session.as_bytes());
        out.extend_from_slice(b" 203.0.113.");
        push_decimal(1 + self.rng.below(250) as u64, out);
        if self.rng.below(4) == 0 {
            out.extend_from_slice(b",198.51.100.4");
        }
        out.push(b' ');
        match path_in_thread {
            Some(range) => out.extend_from_within(range),
            None => path.render(&mut self.rng, out),
        }
        out.push(b' ');
    }
}
