//! Names that stand for people: numbers within one report, or labels that a key makes the same in all.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{
    RedactionCounts,
    canonical::canonical,
    known_secrets::{self, KnownSecrets},
    pii::{self, PiiKind},
    recall::Recall,
    settled::{SettledText, each_part},
};
use crate::model::Finding;

/// A key below this many bytes could be guessed.
const MIN_KEY_BYTES: usize = 16;

/// So many names are kept at hand, if they are not longer than this.
const MAX_RECENT: usize = 4096;
const MAX_RECENT_BYTES: usize = 256;

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

    /// Sixteen hexadecimal digits, 64 bits, for a name.
    fn label(&self, who: PiiKind, name: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC accepts a key of any length");
        mac.update(who.as_str().as_bytes());
        mac.update(&[0]);
        mac.update(name.as_bytes());
        mac.finalize().into_bytes().iter().take(pii::KEYED_DIGITS / 2).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey(…)")
    }
}

/// The names given to people in one report.
#[derive(Debug, Default)]
pub(crate) struct Pseudonyms {
    key: Option<PseudonymKey>,
    numbers: HashMap<(PiiKind, String), usize>,
    counts: [usize; PiiKind::COUNT],
    /// In small letters.
    users: BTreeSet<String>,
    /// What was recognised so far is removed from later texts.
    recall: Recall,
    secrets: KnownSecrets,
    replacements: RedactionCounts,
    silent: bool,
    /// Names of marks that came lately: they come again and again.
    recent: HashMap<String, String, foldhash::fast::FixedState>,
    settled: SettledText,
}

impl Pseudonyms {
    /// Names made with a key.
    #[must_use]
    pub(crate) fn with_key(key: Option<PseudonymKey>) -> Self {
        Self { key, ..Self::default() }
    }

    /// Nobody, but the secrets that are known.
    #[must_use]
    pub(crate) fn with_secrets_of(other: &Self) -> Self {
        Self { secrets: other.secrets.clone(), ..Self::default() }
    }

    /// What was replaced in all texts that were settled.
    #[must_use]
    pub(crate) fn replacements(&self) -> &RedactionCounts {
        &self.replacements
    }

    /// Whether replacements count: not in texts that the report shows elsewhere too.
    pub(crate) fn counting(&mut self, yes: bool) {
        self.silent = !yes;
    }

    /// The users that have a name, in small letters.
    pub(crate) fn users(&self) -> impl Iterator<Item = &str> {
        self.users.iter().map(String::as_str)
    }

    /// Names everybody in a finding.
    pub(crate) fn apply_to_finding(&mut self, finding: &mut Finding) {
        finding.texts().for_each(|text| self.apply(text));
    }

    /// Learns the secrets and users of a redacted text before it is applied.
    pub(crate) fn learn(&mut self, text: &str) {
        for mark in known_secrets::marks(text) {
            self.secrets.learn(mark);
        }
        each_part(text, |_, mark| {
            let mut chars = mark.unwrap_or_default().chars();
            if let Some(letter @ ('u' | 'U')) = chars.next() {
                self.see_user(&canonical(PiiKind::User, chars.as_str()), letter == 'U');
            }
        });
    }

    pub(super) fn known_secrets(&self) -> &KnownSecrets {
        &self.secrets
    }

    /// Turns the marks of a scrubbed text into names: `user-1`, `mailbox-2@…`, `ip-3`; secrets and users that other
    /// texts have shown are removed as well.
    pub(crate) fn apply(&mut self, text: &mut String) {
        let mut settled = std::mem::take(&mut self.settled);
        self.settle(text, &mut settled);
        // Where it was: its memory is another thread's.
        text.clear();
        text.push_str(settled.text());
        self.settled = settled;
    }

    /// The same, with what became of each mark.
    pub(crate) fn settle(&mut self, text: &str, settled: &mut SettledText) {
        settled.clear();
        let whole = each_part(text, |plain, mark| {
            match self.remembered(plain) {
                Some(clean) => settled.push_rewritten(&clean),
                None => settled.push_plain(plain),
            }
            if let Some(mark) = mark {
                self.push_label(mark, settled);
            }
        });
        if !whole {
            settled.cut();
        }
        if !self.silent {
            self.replacements.count_removed(settled.text());
        }
    }

    /// Adds what replaces a mark: a name, or the note of a secret.
    fn push_label(&mut self, mark: &str, settled: &mut SettledText) {
        let mut chars = mark.chars();
        let letter = chars.next().unwrap_or('u');
        if letter == known_secrets::MARK {
            settled.push_label(self.secrets.learn(chars.as_str()).note());
            return;
        }
        let who = PiiKind::of(letter);
        if let Some(name) = self.recent.get(mark) {
            settled.push_label(name);
            if !self.silent {
                self.replacements.count_name(who);
            }
            return;
        }
        let name = self.name(who, chars.as_str(), letter == 'U');
        settled.push_label(&name);
        if mark.len() <= MAX_RECENT_BYTES {
            if self.recent.len() >= MAX_RECENT {
                self.recent.clear();
            }
            self.recent.insert(mark.to_owned(), name);
        }
    }

    /// A text without what is known from others; `None` when nothing of it is there.
    fn remembered(&mut self, text: &str) -> Option<String> {
        if self.recall.is_empty() && self.secrets.is_empty() {
            return None;
        }
        let without = self.secrets.remove(text);
        let places = self.recall.find(without.as_deref().unwrap_or(text));
        if places.is_empty() {
            return without;
        }
        let text = without.as_deref().unwrap_or(text).to_owned();
        let (mut out, mut at) = (String::with_capacity(text.len()), 0);
        for (start, end, of) in places {
            out.push_str(&text[at..start]);
            let name = self.name(PiiKind::User, of.as_deref().unwrap_or(&text[start..end]), true);
            out.push_str(&name);
            at = end;
        }
        Some(out + &text[at..])
    }

    fn see_user(&mut self, name: &str, sure: bool) {
        if !self.users.contains(name) {
            self.users.insert(name.to_owned());
            self.recall.add(name, sure);
        }
    }

    fn name(&mut self, who: PiiKind, raw: &str, sure: bool) -> String {
        if !self.silent {
            self.replacements.count_name(who);
        }
        let raw = canonical(who, raw);
        if who == PiiKind::User {
            self.see_user(&raw, sure);
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
        pii::pseudonym(who, &label)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{PLACEHOLDER_CLOSE, PLACEHOLDER_OPEN},
        *,
    };

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
        assert_eq!(second.len(), "user-".len() + 16);
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
