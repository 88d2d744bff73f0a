//! Names that stand for people: numbers within one report, or labels that a key makes the same in all.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{PLACEHOLDER_CLOSE, PLACEHOLDER_OPEN, RedactionCounts, pii::PiiKind};
use crate::model::Finding;

/// A key below this many bytes could be guessed.
const MIN_KEY_BYTES: usize = 16;

/// A key for pseudonyms that are the same in every report made with it.
///
/// A label is the start of HMAC-SHA256 over the kind and the name in small letters, so that nobody
/// without the key can find the name by trying names.
#[derive(Clone)]
pub struct PseudonymKey(Vec<u8>);

/// Why a key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyError {
    /// Nothing in it.
    Empty,
    /// Shorter than 16 bytes.
    Short {
        /// How many bytes it has.
        bytes: usize,
    },
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the key is empty")?,
            Self::Short { bytes } => write!(f, "the key has {bytes} bytes, at least {MIN_KEY_BYTES} are needed")?,
        }
        write!(f, "; make one with `openssl rand -hex 32`")
    }
}

impl std::error::Error for KeyError {}

impl PseudonymKey {
    /// A key from the bytes of a file; blanks and line breaks around it do not count.
    ///
    /// # Errors
    /// An empty key, or one of less than 16 bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, KeyError> {
        match bytes.trim_ascii() {
            [] => Err(KeyError::Empty),
            short if short.len() < MIN_KEY_BYTES => Err(KeyError::Short { bytes: short.len() }),
            key => Ok(Self(key.to_vec())),
        }
    }

    /// Eight hexadecimal digits for a name.
    fn label(&self, who: PiiKind, name: &str) -> String {
        // A key of any length is taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(who.as_str().as_bytes());
        mac.update(&[0]);
        mac.update(name.as_bytes());
        mac.finalize().into_bytes().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey(…)")
    }
}

/// The names given to people in one report.
#[derive(Debug, Default)]
pub struct Pseudonyms {
    key: Option<PseudonymKey>,
    numbers: HashMap<(PiiKind, String), usize>,
    counts: [usize; 3],
    /// In small letters.
    users: BTreeSet<String>,
    tally: RedactionCounts,
    silent: bool,
}

impl Pseudonyms {
    /// Names made with a key.
    #[must_use]
    pub fn with_key(key: Option<PseudonymKey>) -> Self {
        Self { key, ..Self::default() }
    }

    /// What was replaced in all texts that were settled.
    #[must_use]
    pub fn tally(&self) -> &RedactionCounts {
        &self.tally
    }

    /// Whether replacements count: not in texts that the report shows elsewhere too.
    pub fn counting(&mut self, yes: bool) {
        self.silent = !yes;
    }

    /// The users that have a name, in small letters.
    pub fn users(&self) -> impl Iterator<Item = &str> {
        self.users.iter().map(String::as_str)
    }

    /// Names everybody in a finding.
    pub fn apply_to_finding(&mut self, finding: &mut Finding) {
        finding.texts().for_each(|text| self.apply(text));
    }

    /// Turns the marks of a scrubbed text into names: `user-1`, `mailbox-2@…`, `ip-3`.
    pub fn apply(&mut self, text: &mut String) {
        if !self.silent {
            self.tally.count_removed(text);
        }
        if !text.contains(PLACEHOLDER_OPEN) {
            return;
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(open) = rest.find(PLACEHOLDER_OPEN) {
            out.push_str(&rest[..open]);
            let mark = &rest[open + PLACEHOLDER_OPEN.len_utf8()..];
            // A mark that was cut is dropped with what is behind it.
            let Some(close) = mark.find(PLACEHOLDER_CLOSE) else {
                rest = "";
                break;
            };
            let mut chars = mark[..close].chars();
            let who = PiiKind::of(chars.next().unwrap_or('u'));
            out.push_str(&self.name(who, chars.as_str()));
            rest = &mark[close + PLACEHOLDER_CLOSE.len_utf8()..];
        }
        out.push_str(rest);
        // Where it was: its memory is another thread's.
        text.clear();
        text.push_str(&out);
    }

    fn name(&mut self, who: PiiKind, raw: &str) -> String {
        if !self.silent {
            self.tally.count_name(who);
        }
        let raw = raw.to_lowercase();
        if who == PiiKind::User && !self.users.contains(&raw) {
            self.users.insert(raw.clone());
        }
        let label = match &self.key {
            Some(key) => key.label(who, &raw),
            None => {
                let counts = &mut self.counts[who as usize];
                let number = self.numbers.entry((who, raw)).or_insert_with(|| {
                    *counts += 1;
                    *counts
                });
                number.to_string()
            }
        };
        match who {
            PiiKind::Mailbox => format!("mailbox-{label}@…"),
            PiiKind::Address => format!("ip-{label}"),
            PiiKind::User => format!("user-{label}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_makes_names_the_same_in_every_report_and_is_never_shown() {
        let key = PseudonymKey::new(b"0123456789abcdef0123456789abcdef\n").expect("long enough");
        assert_eq!(format!("{key:?}"), "PseudonymKey(…)");
        let shown = |key: &PseudonymKey, text: &str| {
            let mut text = text.to_owned();
            Pseudonyms::with_key(Some(key.clone())).apply(&mut text);
            text
        };
        let ann = format!("{PLACEHOLDER_OPEN}uann{PLACEHOLDER_CLOSE}");
        let first = shown(&key, &format!("{PLACEHOLDER_OPEN}ubob{PLACEHOLDER_CLOSE} {ann}"));
        let second = shown(&key, &format!("{PLACEHOLDER_OPEN}uANN{PLACEHOLDER_CLOSE}"));
        assert!(first.ends_with(&second), "{first} {second}");
        assert_eq!(second.len(), "user-".len() + 8);
        let other = PseudonymKey::new(b"another key, long enough").expect("long enough");
        assert_ne!(shown(&other, &ann), second);
        assert_ne!(
            shown(&key, &format!("{PLACEHOLDER_OPEN}mann{PLACEHOLDER_CLOSE}")),
            second.replace("user", "mailbox") + "@…"
        );
    }

    #[test]
    fn a_bad_key_is_refused_with_the_way_out() {
        assert_eq!(PseudonymKey::new(b" \n").expect_err("empty"), KeyError::Empty);
        let short = PseudonymKey::new(b"secret").expect_err("short").to_string();
        assert!(short.contains("6 bytes") && short.contains("openssl") && !short.contains("secret"), "{short}");
    }
}
