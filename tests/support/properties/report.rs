//! Reports that somebody else wrote or changed, and comparisons of them.

use oauthsift::report::{Snapshot, compare};

/// Reading a report gives a report or a reason; comparing two of them counts every incident once.
///
/// A NUL byte separates the older report from the newer one; without it, a report is compared with itself.
pub(crate) fn reports_are_compared_or_refused(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == 0).unwrap_or(input.len());
    let (old, new) = (&input[..end], input.get(end + 1..));
    let read = |text: &[u8]| match Snapshot::read(text) {
        Ok(snapshot) => Some(snapshot),
        Err(error) => {
            let reason = error.to_string();
            assert!(!reason.is_empty() && !reason.contains('\u{1b}'), "{reason:?}");
            None
        }
    };
    let Some(old) = read(old) else { return };
    let Some(new) = new.map_or_else(|| Some(old.clone()), read) else { return };
    for (old, new) in [(&old, &new), (&new, &old), (&old, &old)] {
        let comparison = compare(old, new);
        let counts = &comparison.counts;
        let counted = counts.new + counts.still + counts.quiet + counts.gone;
        assert_eq!(counted, comparison.incidents.len() as u64, "every incident is counted once: {comparison:?}");
        assert_eq!(comparison.incidents.iter().filter(|change| change.old.is_some()).count(), old.incidents.len());
        assert_eq!(comparison.incidents.iter().filter(|change| change.new.is_some()).count(), new.incidents.len());
        let text = serde_json::to_string(&comparison).expect("JSON");
        assert!(!text.contains("\\u001b"), "control characters are shown as escapes: {text}");
    }
}
