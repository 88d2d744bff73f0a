//! Pseudonyms for people: numbers within one report, or labels that are the same in every report made with
//! one key.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{PLACEHOLDER_CLOSE, PLACEHOLDER_OPEN, RedactionCounts, pii::PiiKind};
use crate::model::Finding;

/// A shorter key could be guessed.
const MIN_KEY_BYTES: usize = 16;

/// A key for pseudonyms that are the same in every report made with it.
///
/// A label is the start of HMAC-SHA256 over the kind and the name in lower case, so that nobody without the
/// key can find the name by trying names.
#[derive(Clone)]
pub struct PseudonymKey(Vec<u8>);

/// Why a key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyError {
    /// The key is empty.
    Empty,
    /// The key is shorter than 16 bytes.
    Short {
        /// Length of the key.
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
    /// A key from the content of a file; whitespace around it is ignored.
    ///
    /// # Errors
    /// The key is empty or shorter than 16 bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, KeyError> {
        match bytes.trim_ascii() {
            [] => Err(KeyError::Empty),
            short if short.len() < MIN_KEY_BYTES => Err(KeyError::Short { bytes: short.len() }),
            key => Ok(Self(key.to_vec())),
        }
    }

    /// Eight hexadecimal digits for a name.
    fn label(&self, kind: PiiKind, name: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC accepts a key of any length");
        mac.update(kind.as_str().as_bytes());
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

/// The pseudonyms of one report.
#[derive(Debug, Default)]
pub(crate) struct Pseudonyms {
    key: Option<PseudonymKey>,
    numbers: HashMap<(PiiKind, String), usize>,
    counts: [usize; 3],
    /// In lower case.
    users: BTreeSet<String>,
    replacements: RedactionCounts,
    silent: bool,
}

impl Pseudonyms {
    /// Pseudonyms made with a key, if there is one.
    #[must_use]
    pub(crate) fn with_key(key: Option<PseudonymKey>) -> Self {
        Self { key, ..Self::default() }
    }

    /// What was replaced in all texts so far.
    #[must_use]
    pub(crate) fn replacements(&self) -> &RedactionCounts {
        &self.replacements
    }

    /// Turns counting of replacements on or off: off for texts that the report shows elsewhere, too.
    pub(crate) fn counting(&mut self, yes: bool) {
        self.silent = !yes;
    }

    /// The users that have a pseudonym, in lower case.
    pub(crate) fn users(&self) -> impl Iterator<Item = &str> {
        self.users.iter().map(String::as_str)
    }

    /// Replaces the placeholders in all texts of a finding.
    pub(crate) fn apply_to_finding(&mut self, finding: &mut Finding) {
        finding.texts().for_each(|text| self.apply(text));
    }

    /// Replaces the placeholders in a redacted text with pseudonyms: `user-1`, `mailbox-2@…`, `ip-3`.
    pub(crate) fn apply(&mut self, text: &mut String) {
        if !self.silent {
            self.replacements.count_removed(text);
        }
        if !text.contains(PLACEHOLDER_OPEN) {
            return;
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(open) = rest.find(PLACEHOLDER_OPEN) {
            out.push_str(&rest[..open]);
            let placeholder = &rest[open + PLACEHOLDER_OPEN.len_utf8()..];
            // A placeholder that was cut off is removed with everything after it.
            let Some(close) = placeholder.find(PLACEHOLDER_CLOSE) else {
                rest = "";
                break;
            };
            let mut chars = placeholder[..close].chars();
            let kind = PiiKind::of(chars.next().unwrap_or('u'));
            out.push_str(&self.pseudonym(kind, chars.as_str()));
            rest = &placeholder[close + PLACEHOLDER_CLOSE.len_utf8()..];
        }
        out.push_str(rest);
        // In place, because another thread allocated the string and will reuse it.
        text.clear();
        text.push_str(&out);
    }

    fn pseudonym(&mut self, kind: PiiKind, raw: &str) -> String {
        if !self.silent {
            self.replacements.count_name(kind);
        }
        let raw = raw.to_lowercase();
        if kind == PiiKind::User && !self.users.contains(&raw) {
            self.users.insert(raw.clone());
        }
        let label = match &self.key {
            Some(key) => key.label(kind, &raw),
            None => {
                let counts = &mut self.counts[kind as usize];
                let number = self.numbers.entry((kind, raw)).or_insert_with(|| {
                    *counts += 1;
                    *counts
                });
                number.to_string()
            }
        };
        match kind {
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
    fn a_key_gives_the_same_pseudonyms_in_every_report_and_is_never_shown() {
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
    fn a_bad_key_is_refused_with_a_remedy() {
        assert_eq!(PseudonymKey::new(b" \n").expect_err("empty"), KeyError::Empty);
        let short = PseudonymKey::new(b"secret").expect_err("short").to_string();
        assert!(short.contains("6 bytes") && short.contains("openssl") && !short.contains("secret"), "{short}");
    }
}
