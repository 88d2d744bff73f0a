//! Figures that may only get better: each is held against a constant, which is lowered when it can be.

use std::fmt::Write as _;

/// Panics when a figure differs from what is allowed: `(name, figure, allowed)`, less is better.
pub(crate) fn hold(constant: &str, figures: &[(&str, usize, usize)]) {
    let mut problems = String::new();
    for (name, figure, allowed) in figures {
        match figure.cmp(allowed) {
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Greater => {
                writeln!(problems, "{name}: {figure}, no more than {allowed} allowed").expect("a text");
            }
            std::cmp::Ordering::Less => {
                writeln!(problems, "{name}: {figure}, better than {allowed}; lower it in {constant}").expect("a text");
            }
        }
    }
    assert!(problems.is_empty(), "{problems}");
}
