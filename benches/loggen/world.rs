//! Chance, time, and the headers that Jira puts before a message.

use super::template::Template;

/// People and the mark of their session.
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

/// Random numbers: xoshiro256++, seeded by SplitMix64.
#[derive(Debug, Clone)]
pub(super) struct Dice([u64; 4]);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        let mut state = seed;
        Self([(); 4].map(|()| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }))
    }

    pub(super) fn next(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number below `n`; `n` fits 32 bits.
    pub(super) fn below(&mut self, n: usize) -> usize {
        (((self.next() >> 32) * n as u64) >> 32) as usize
    }

    /// A number from 0 to below 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(super) fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }

    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i + 1));
        }
    }

    /// A GUID of version 4.
    pub(super) fn guid(&mut self) -> [u8; 36] {
        let mut bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        bits = bits & !(0xf << 76) | (0x4 << 76);
        bits = bits & !(0x3 << 62) | (0x2 << 62);
        let mut text = [b'-'; 36];
        let mut shift = 128;
        for (i, byte) in text.iter_mut().enumerate() {
            if !matches!(i, 8 | 13 | 18 | 23) {
                shift -= 4;
                *byte = b"0123456789abcdef"[(bits >> shift) as usize & 0xf];
            }
        }
        text
    }
}

/// Appends a decimal number.
pub(super) fn number(mut n: u64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
        if n == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

fn digits(mut n: u64, into: &mut [u8]) {
    for digit in into.iter_mut().rev() {
        *digit = b'0' + (n % 10) as u8;
        n /= 10;
    }
}

/// The log's clock, from 2026-01-05 00:00:00 on.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    millis: u64,
    /// The second that `text` shows.
    second: u64,
    text: [u8; 28],
}

impl Clock {
    /// Days from 1970-01-01 to 2026-01-05.
    const FIRST_DAY: u64 = 20_458;

    fn new() -> Self {
        let millis = Self::FIRST_DAY * 86_400_000;
        let mut clock = Self { millis, second: u64::MAX, text: *b"2026-01-05 00:00:00,000+0000" };
        clock.show();
        clock
    }

    /// Goes on by a moment: mostly a burst of lines, now and then a pause.
    fn tick(&mut self, dice: &mut Dice) {
        self.millis += if dice.below(8) == 0 { dice.below(1500) } else { dice.below(60) } as u64;
        self.show();
    }

    fn show(&mut self) {
        digits(self.millis % 1000, &mut self.text[20..23]);
        if self.second != self.millis / 1000 {
            self.second = self.millis / 1000;
            self.text[..19].copy_from_slice(&civil(self.second));
        }
    }

    fn minute_of_day(&self) -> u64 {
        self.second / 60 % 1440
    }

    /// The time at the provider: seconds ago, without a zone.
    pub(super) fn seconds_ago(&self, seconds: usize) -> [u8; 19] {
        civil(self.second - seconds as u64)
    }
}

/// `2026-01-05 00:00:00` of a number of seconds since 1970.
pub(super) fn civil(seconds: u64) -> [u8; 19] {
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let mut text = *b"0000-00-00 00:00:00";
    digits(year, &mut text[..4]);
    digits(month, &mut text[5..7]);
    digits(day, &mut text[8..10]);
    digits(second / 3600, &mut text[11..13]);
    digits(second / 60 % 60, &mut text[14..16]);
    digits(second % 60, &mut text[17..]);
    text
}

/// Who sends a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// Any user with a session.
    User,
    /// The administrator who sets up an integration.
    Admin,
    /// Nobody has logged in yet.
    Anonymous,
}

/// The Jira whose log it is: what goes on from record to record.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) dice: Dice,
    pub(super) clock: Clock,
    requests: u64,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), clock: Clock::new(), requests: 31_880 }
    }

    /// The time of the next record, with the zone.
    pub(super) fn stamp(&mut self, out: &mut Vec<u8>) {
        self.clock.tick(&mut self.dice);
        out.extend_from_slice(&self.clock.text);
    }

    /// The header of a request's thread, up to the logger.
    pub(super) fn request(&mut self, sender: Sender, level: &[u8], path: &Template, out: &mut Vec<u8>) {
        self.stamp(out);
        let (user, session) = match sender {
            Sender::User => *self.dice.pick(&USERS),
            Sender::Admin => ("admin", "1i8mi5a"),
            Sender::Anonymous => ("anonymous", "-"),
        };
        let user = user.as_bytes();
        out.extend_from_slice(b" http-nio-8080-exec-");
        number(1 + self.dice.below(90) as u64, out);
        // Newer versions rename the thread while it serves a request.
        let mut known = None;
        if self.dice.below(10) < 4 {
            out.extend_from_slice(b" url: ");
            let start = out.len();
            path.render(&mut self.dice, out);
            known = Some(start..out.len());
            out.extend_from_slice(b"; user: ");
            out.extend_from_slice(user);
        }
        out.push(b' ');
        out.extend_from_slice(level);
        out.push(b' ');
        out.extend_from_slice(user);
        out.push(b' ');
        self.requests += 1 + self.dice.below(4) as u64;
        number(self.clock.minute_of_day(), out);
        out.push(b'x');
        number(self.requests, out);
        out.push(b'x');
        number(1 + self.dice.below(6) as u64, out);
        out.push(b' ');
        out.extend_from_slice(session.as_bytes());
        out.extend_from_slice(b" 203.0.113.");
        number(1 + self.dice.below(250) as u64, out);
        if self.dice.below(4) == 0 {
            out.extend_from_slice(b",198.51.100.4");
        }
        out.push(b' ');
        match known {
            Some(range) => out.extend_from_within(range),
            None => path.render(&mut self.dice, out),
        }
        out.push(b' ');
    }
}
