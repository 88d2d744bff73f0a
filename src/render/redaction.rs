//! What was redacted, in one sentence.

use crate::{extract::redact::SHOWN, report::Redaction};

/// What was redacted and how often: `redacted: token 3×, …; people are pseudonymized …`.
#[must_use]
pub fn redaction(redaction: &Redaction) -> String {
    let replaced: Vec<String> =
        redaction.replaced.iter().map(|(kind, count)| format!("{kind} {count}\u{d7}")).collect();
    let replaced = if replaced.is_empty() { "nothing needed it".to_owned() } else { replaced.join(", ") };
    let people = match (redaction.people, redaction.keyed) {
        ("shown", _) => "people are shown (--no-redact), secrets never are",
        (_, true) => "people are pseudonymized with your key, consistently across reports made with it",
        (_, false) => "people are pseudonymized consistently within this report",
    };
    format!("redacted: {replaced}; {people}")
}

/// What strict redaction shows and why, one line each.
#[must_use]
pub fn shown() -> String {
    let mut out = String::from("strict redaction shows:\n");
    for row in SHOWN {
        out.push_str(&format!("  {}: {} ({})\n", row.what, row.rule, row.why));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_counts_are_named() {
        let mut sample = Redaction { people: "pseudonyms", keyed: false, replaced: [("token", 3)].into() };
        assert_eq!(
            redaction(&sample),
            "redacted: token 3\u{d7}; people are pseudonymized consistently within this report"
        );
        sample.replaced.clear();
        assert!(redaction(&sample).starts_with("redacted: nothing needed it;"));
    }
}
