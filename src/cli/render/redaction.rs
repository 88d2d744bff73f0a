//! What was hidden, in a sentence.

use oauthsift::report::Redaction;

/// `redacted: 3 tokens, 12 user names; …`.
pub(crate) fn redaction(redaction: &Redaction) -> String {
    let replaced: Vec<String> =
        redaction.replaced.iter().map(|(kind, count)| format!("{kind} {count}\u{d7}")).collect();
    let replaced = if replaced.is_empty() { "nothing had to be".to_owned() } else { replaced.join(", ") };
    let people = match (redaction.people, redaction.keyed) {
        ("shown", _) => "people are shown (--no-redact), secrets never",
        (_, true) => "people have names made with your key, the same in every report made with it",
        (_, false) => "people have numbers, the same all over this report",
    };
    format!("redacted: {replaced}; {people}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_counts_are_told() {
        let mut told = Redaction::default();
        told.people = "pseudonyms";
        told.replaced = [("token", 3)].into();
        assert_eq!(redaction(&told), "redacted: token 3\u{d7}; people have numbers, the same all over this report");
        told.replaced.clear();
        assert!(redaction(&told).starts_with("redacted: nothing had to be;"));
    }
}
