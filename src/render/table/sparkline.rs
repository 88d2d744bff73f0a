//! When an incident failed, as a row of bars.

/// Bars from low to high, and the mark of no failure.
const BLOCKS: [char; 9] = ['·', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII: [char; 9] = ['.', ':', ':', '-', '-', '=', '=', '#', '#'];

/// One bar for each equal part of the time, relative to the highest one; empty without counts.
pub(super) fn sparkline(activity: &[u64], bars: usize, ascii: bool) -> String {
    if activity.is_empty() || bars == 0 {
        return String::new();
    }
    let sum = |bar: usize| -> u64 {
        let at = |bar: usize| bar * activity.len() / bars;
        activity[at(bar)..at(bar + 1).max(at(bar) + 1).min(activity.len())].iter().sum()
    };
    let counts: Vec<u64> = (0..bars).map(sum).collect();
    let highest = counts.iter().copied().max().unwrap_or_default().max(1);
    let marks = if ascii { &ASCII } else { &BLOCKS };
    let steps = marks.len() as u128 - 1;
    let mark =
        |count: u64| marks[usize::try_from((u128::from(count) * steps).div_ceil(u128::from(highest))).unwrap_or(0)];
    counts.into_iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_relative_to_the_highest() {
        let mut activity = vec![0; 24];
        (activity[0], activity[1], activity[23]) = (1, 7, 1000);
        assert_eq!(sparkline(&activity, 8, false), "▁······█");
        assert_eq!(sparkline(&activity, 8, true), ":......#");
        assert_eq!(sparkline(&[5, 5], 4, false), "████");
        assert_eq!(sparkline(&[0, 0], 2, false), "··");
        assert_eq!(sparkline(&[u64::MAX], 1, false), "█");
        assert_eq!(sparkline(&[], 8, false), "");
    }
}
