//! Lines of other nodes among those of a record.
//!
//! The output of several pods, containers or hosts may be merged line by line. A provider's ids that another source
//! has printed belong to another failure, and are left out of the record between whose lines they are.

use crate::search::Literal;

/// Labels of a provider's ids and times, without the letter that is spelled in two ways.
static LABELS: [Literal; 7] = [
    Literal::new("race ID"),
    Literal::new("race Id"),
    Literal::new("race_id"),
    Literal::new("orrelation ID"),
    Literal::new("orrelation Id"),
    Literal::new("orrelation_id"),
    Literal::new("imestamp: "),
];
/// A line with a code says itself whose ids it has.
static CODE: Literal = Literal::new("AADSTS");

/// Whether a line holds ids or a time of a failure, but not the failure.
#[must_use]
pub(super) fn is_line_of_ids(line: &[u8]) -> bool {
    LABELS.iter().any(|label| label.is_in(line)) && !CODE.is_in(line)
}
