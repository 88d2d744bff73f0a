//! Secrets that were recognised once, so that they are removed wherever they come again.
//!
//! Of a secret only its hash and its length are kept, and where one was removed from a text of a record, the text
//! carries these to the place that knows all texts.

use std::{borrow::Cow, collections::HashMap};

use twox_hash::XxHash3_64;

use super::{
    super::unescape::hex_pair,
    PLACEHOLDER_CLOSE,
    secrets::{SecretKind, is_random},
    wordlike::looks_random,
};

/// The letter of the mark of a secret.
pub(super) const MARK: char = 's';
/// So many are kept.
const MAX_KNOWN: usize = 1 << 16;
/// A shorter one is found in too many words.
const MIN_BYTES: usize = 4;
/// A longer one is recognised by itself.
const MAX_BYTES: usize = 511;

/// Whether a secret is unlike any word, so that it can be looked for without its key.
pub(super) fn is_telling(secret: &[u8]) -> bool {
    !secret.contains(&b' ') && (is_random(secret) || looks_random(secret, 8))
}

/// What a mark says of a secret: its kind, and its hash when it can be looked for.
pub(super) fn mark(kind: SecretKind, secret: &[u8]) -> String {
    let number = SecretKind::ALL.iter().position(|one| *one == kind).unwrap_or_default();
    let telling = (MIN_BYTES..=MAX_BYTES).contains(&secret.len()) && kind != SecretKind::Unknown && is_telling(secret);
    if telling { format!("{number}{:016x}{}", hash(secret), secret.len()) } else { number.to_string() }
}

/// The same for a secret in capitals.
fn hash(secret: &[u8]) -> u64 {
    XxHash3_64::oneshot(&secret.to_ascii_lowercase())
}

/// As an address has it: `a%26b` is `a&b`.
fn decoded(token: &[u8]) -> Cow<'_, [u8]> {
    if !token.contains(&b'%') {
        return Cow::Borrowed(token);
    }
    let (mut out, mut rest) = (Vec::with_capacity(token.len()), token);
    while let Some((byte, after)) = rest.split_first() {
        let code = hex_pair(after).filter(|_| *byte == b'%');
        out.push(code.unwrap_or(*byte));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    Cow::Owned(out)
}

/// The secrets of a report.
#[derive(Debug, Default, Clone)]
pub(super) struct KnownSecrets {
    hashes: HashMap<u64, SecretKind, foldhash::fast::FixedState>,
    /// Which lengths occur, a bit each: hardly any token is hashed.
    lengths: [u64; 8],
}

impl KnownSecrets {
    /// Learns from the inside of a mark, without its letter. Gives the kind.
    pub(super) fn learn(&mut self, mark: &str) -> SecretKind {
        let digits = mark.len().min(1);
        let kind = mark[..digits].parse().ok().and_then(|number: usize| SecretKind::ALL.get(number).copied());
        let kind = kind.unwrap_or(SecretKind::Secret);
        if let Some((hash, len)) = mark.get(digits..).and_then(|rest| rest.split_at_checked(16))
            && let (Ok(hash), Ok(len)) = (u64::from_str_radix(hash, 16), len.parse::<usize>())
            && len <= MAX_BYTES
            && self.hashes.len() < MAX_KNOWN
        {
            self.hashes.entry(hash).or_insert(kind);
            self.lengths[len / 64] |= 1 << (len % 64);
        }
        kind
    }

    pub(super) fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Removes every secret that is known from a text, where it is a token. `None` when there is none.
    pub(super) fn remove(&self, text: &str) -> Option<String> {
        if self.hashes.is_empty() {
            return None;
        }
        let ends = |byte: u8| byte.is_ascii_whitespace() || b"\"'`<>()[]{},;&|\\".contains(&byte);
        let bytes = text.as_bytes();
        let (mut out, mut shown, mut at) = (String::new(), 0, 0);
        while at < bytes.len() {
            if ends(bytes[at]) {
                at += 1;
                continue;
            }
            let end = at + bytes[at..].iter().take_while(|byte| !ends(**byte)).count();
            if let Some((start, stop, kind)) = self.within(bytes, at, end) {
                out.push_str(&text[shown..start]);
                out.push_str(kind.note());
                (shown, at) = (stop, stop);
                continue;
            }
            at = end;
        }
        (shown > 0).then(|| out + &text[shown..])
    }

    /// A known secret in a token: from its start or after a sign, to its end or before one.
    fn within(&self, bytes: &[u8], start: usize, end: usize) -> Option<(usize, usize, SecretKind)> {
        if end - start < MIN_BYTES || end - start > 2048 {
            return None;
        }
        let sign = |byte: u8| b"=:/?.!@#".contains(&byte);
        let starts = (start..end).filter(|at| *at == start || sign(bytes[at - 1]));
        for from in starts.take(16) {
            let mut to = end;
            for _ in 0..4 {
                if to - from < MIN_BYTES {
                    break;
                }
                let plain = decoded(&bytes[from..to]);
                let len = plain.len();
                if len <= MAX_BYTES
                    && self.lengths[len / 64] >> (len % 64) & 1 == 1
                    && let Some(kind) = self.hashes.get(&hash(&plain))
                {
                    return Some((from, to, *kind));
                }
                let Some(cut) = bytes[from..to].iter().rposition(|byte| sign(*byte)) else { break };
                to = from + cut;
            }
        }
        None
    }
}

/// The marks of secrets in a text, without their letters.
pub(super) fn marks(text: &str) -> impl Iterator<Item = &str> {
    text.split(super::PLACEHOLDER_OPEN).skip(1).filter_map(|rest| {
        let (mark, _) = rest.split_once(PLACEHOLDER_CLOSE)?;
        mark.strip_prefix(MARK)
    })
}
