//! Secrets that come along with settings: needed until everything is read, then forgotten.

use super::url::is_guid;
use crate::model::sort_by_key;

/// Shorter secrets are not looked for in other texts.
const MIN_SECRET_BYTES: usize = 4;
/// The default of Java's truststores, which is no secret.
const PUBLIC_PASSWORDS: [&str; 2] = ["changeit", "changeme"];
/// Replaces a secret in another text.
const REMOVED: &str = "[removed]";
/// The secrets of the files that are being read. They are needed until the end of reading, to remove them where they
/// were pasted into other fields; nothing prints them.
#[derive(Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Remembers a secret.
    pub(crate) fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        if secret.len() >= MIN_SECRET_BYTES && !PUBLIC_PASSWORDS.contains(&secret) && !is_guid(secret) {
            self.0.push(secret.to_owned());
        }
    }

    /// Removes every secret from these texts, and forgets them.
    pub(crate) fn remove_from<'t>(mut self, texts: impl Iterator<Item = &'t mut String>) {
        // A secret may be the start of another one.
        sort_by_key(&mut self.0, |secret| std::cmp::Reverse(secret.len()));
        self.0.dedup();
        for text in texts {
            for secret in &self.0 {
                if text.to_ascii_lowercase().contains(&secret.to_ascii_lowercase()) {
                    *text = without(text, secret);
                }
            }
        }
    }
}

/// Removes a secret, in upper or lower case.
fn without(text: &str, secret: &str) -> String {
    let (lower, secret) = (text.to_ascii_lowercase(), secret.to_ascii_lowercase());
    let mut out = String::new();
    let mut from = 0;
    while let Some(at) = lower[from..].find(&secret) {
        out.push_str(&text[from..from + at]);
        out.push_str(REMOVED);
        from += at + secret.len();
    }
    out + &text[from..]
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_removed_from_other_fields_in_either_case() {
        assert_eq!(without("a SECRET1 b secret1", "Secret1"), "a [removed] b [removed]");
        let mut text = "/opt/Planted-1".to_owned();
        let mut secrets = Secrets::default();
        secrets.add("planted-1");
        secrets.remove_from([&mut text].into_iter());
        assert_eq!(text, "/opt/[removed]");
    }
}
