//! The choices of a program, and the records that it writes.

use std::collections::VecDeque;
use std::fmt::Write as _;

/// Where the choices of a program come from.
#[derive(Debug, Clone)]
#[allow(dead_code, reason = "a test gives a seed or bytes, a fuzz target bytes")]
pub(crate) enum Choices {
    /// Random ones.
    Seed(u64),
    /// One byte for each choice, then always the first.
    Bytes(VecDeque<u8>),
}

impl Choices {
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        match self {
            Self::Seed(seed) => {
                // SplitMix64.
                *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut z = *seed;
                z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                (z ^ (z >> 31)) % limit
            }
            Self::Bytes(bytes) => u64::from(bytes.pop_front().unwrap_or(0)) * limit / 256,
        }
    }

    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

pub(super) const CODES: [u32; 3] = [7_000_215, 7_000_222, 50_011];

/// Record `n`: a failure with its own ids, sometimes followed by a record that is not a failure.
pub(super) fn record(n: u64, rng: &mut Choices) -> String {
    let code = CODES[n as usize % CODES.len()];
    let end = if rng.chance(20) { "\r\n" } else { "\n" };
    let mut text = format!(
        "2026-01-05 20:{:02}:{:02},{:03}+0000 http-nio-8080-exec-3 ERROR admin 1x{n}x1 abc12 /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS{code}: Refused.{end}    Trace ID: {}{end}    Correlation ID: {}{end}",
        n / 60_000 % 60,
        n / 1000 % 60,
        n % 1000,
        trace(n),
        correlation(n),
    );
    for _ in 0..rng.below(4) {
        text.push_str("\tat com.example.Client.call(Client.java:1)");
        text.push_str(end);
    }
    if rng.chance(40) {
        let _ = write!(text, "2026-01-05 20:34:03,014+0000 main INFO [c.a.X] ordinary record after {n}{end}");
    }
    text
}

pub(super) fn trace(n: u64) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

pub(super) fn correlation(n: u64) -> String {
    format!("00000000-0000-4000-9000-{n:012}")
}
