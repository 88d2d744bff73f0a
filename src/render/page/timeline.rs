//! When each incident occurred, which time the logs cover, and what is due, as SVG.
//!
//! Three drawings of the same: a wide one with names to the left of the rows, and two with names above
//! them, for a tablet and a phone. Everything is positioned by attributes: the page allows no inline
//! styles.

use std::fmt::Write as _;

use chrono::{FixedOffset, TimeZone};

use crate::report::parse_time;

/// One incident.
#[derive(Debug)]
pub(super) struct Lane {
    /// `1. Client secret has expired`.
    pub(super) name: String,
    /// `27 times, … to …`.
    pub(super) facts: String,
    /// The class that colours it.
    pub(super) tone: &'static str,
    /// The times of its findings, in milliseconds since 1970 UTC.
    pub(super) times: Vec<i64>,
}

/// What is drawn. Times are in milliseconds since 1970 UTC.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    pub(super) lanes: Vec<Lane>,
    /// First and last time of each log.
    pub(super) covered: Vec<(i64, i64)>,
    /// Deadlines.
    pub(super) due: Vec<(i64, &'static str)>,
    /// The offset of the log's clock.
    pub(super) clock: Option<FixedOffset>,
}

/// A time of the report in milliseconds since 1970 UTC, and its offset. Local time is read as UTC.
pub(super) fn instant(time: &str) -> Option<(i64, Option<FixedOffset>)> {
    parse_time(time).map(|time| (time.instant().timestamp_millis(), time.offset))
}

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Distances between lines of the grid, in milliseconds.
const STEPS: [i64; 22] = [
    SECOND,
    5 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    90 * DAY,
    365 * DAY,
    3650 * DAY,
];

/// Logs no further apart than this are drawn as one.
const MAX_GAP_OF_ONE_LOG: i64 = 10 * MINUTE;

/// Sizes in user units of the SVG.
struct TimelineLayout {
    width: i64,
    /// Where the strips of the rows start and end.
    left: i64,
    right: i64,
    /// Height of a row.
    lane: i64,
    /// Names are above their rows, not to the left.
    above: bool,
    /// Approximate distance between lines of the grid.
    spacing: i64,
    /// Longest name. Characters.
    name_chars: usize,
}

const DESKTOP: TimelineLayout =
    TimelineLayout { width: 1060, left: 306, right: 1046, lane: 36, above: false, spacing: 108, name_chars: 44 };
const TABLET: TimelineLayout =
    TimelineLayout { width: 740, left: 4, right: 736, lane: 48, above: true, spacing: 96, name_chars: 96 };
const PHONE: TimelineLayout =
    TimelineLayout { width: 350, left: 4, right: 346, lane: 48, above: true, spacing: 84, name_chars: 46 };

impl Timeline {
    /// All three drawings; `None` when no finding has a time.
    pub(super) fn draw(&self) -> Option<String> {
        let times = || self.lanes.iter().flat_map(|lane| lane.times.iter().copied());
        times().next()?;
        let ends = self.covered.iter().flat_map(|(from, to)| [*from, *to]);
        let first = times().chain(ends.clone()).min()?;
        let last = times().chain(ends).chain(self.due.iter().map(|due| due.0)).max()?;
        let (first, last) = if last - first < 2 * SECOND { (first - MINUTE, last + MINUTE) } else { (first, last) };
        let mut out = self.drawing(&DESKTOP, "desktop", first, last);
        out.push_str(&self.drawing(&TABLET, "tablet", first, last));
        out.push_str(&self.drawing(&PHONE, "phone", first, last));
        Some(out)
    }

    fn drawing(&self, layout: &TimelineLayout, class: &str, first: i64, last: i64) -> String {
        let span = (last - first).max(1);
        let x = |time: i64| {
            layout.left + (i128::from(time - first) * i128::from(layout.right - layout.left) / i128::from(span)) as i64
        };
        let top = 18 + 16 * self.due.len() as i64;
        let rows = self.lanes.len() as i64 + 1;
        let bottom = top + rows * layout.lane;
        let height = bottom + 26;
        let mut out = format!(
            "<svg class=\"{class}\" viewBox=\"0 0 {} {height}\" role=\"img\" aria-label=\"{}\">",
            layout.width,
            escape(&self.describe())
        );
        // Each drawing has its own pattern: that of a hidden drawing cannot be referenced.
        if !self.covered.is_empty() {
            let _ = write!(
                out,
                "<defs><pattern id=\"hatch-{class}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><path class=\"hatch\" d=\"M0 0V6\"/></pattern></defs>"
            );
        }
        self.grid(&mut out, layout, first, last, &x, (top, bottom));
        self.coverage(&mut out, layout, class, &x, top);
        for (i, lane) in self.lanes.iter().enumerate() {
            row(&mut out, layout, lane, &x, top + (i as i64 + 1) * layout.lane);
        }
        for (i, (time, what)) in self.due.iter().enumerate() {
            let (at, y) = (x(*time), 14 + 16 * i as i64);
            let _ = write!(out, "<path class=\"due\" d=\"M{at} {}V{bottom}\"/>", y - 10);
            let text = format!("{what} {}", self.label(*time, HOUR, true));
            let _ = write!(
                out,
                "<text class=\"due-text dim\" x=\"{}\" y=\"{y}\" text-anchor=\"{}\">{}</text>",
                if at > layout.width / 2 { at - 5 } else { at + 5 }.clamp(2, layout.width - 2),
                if at > layout.width / 2 { "end" } else { "start" },
                escape(&text)
            );
        }
        // Names are drawn last, on top of the lines.
        name(&mut out, layout, "Logs read", top, "dim name");
        for (i, lane) in self.lanes.iter().enumerate() {
            name(&mut out, layout, &lane.name, top + (i as i64 + 1) * layout.lane, "name");
        }
        out.push_str("</svg>");
        out
    }

    /// Lines and labels at round times of the log's clock.
    fn grid(
        &self,
        out: &mut String,
        layout: &TimelineLayout,
        first: i64,
        last: i64,
        x: &dyn Fn(i64) -> i64,
        (top, bottom): (i64, i64),
    ) {
        let max_lines = ((layout.right - layout.left) / layout.spacing).max(2);
        let step = STEPS.into_iter().find(|step| (last - first) / step <= max_lines).unwrap_or(3650 * DAY);
        let shift = self.clock.map_or(0, |clock| i64::from(clock.local_minus_utc()) * SECOND);
        let mut time = (first + shift).div_euclid(step) * step - shift;
        let mut free_from = i64::MIN;
        while time <= last {
            if time >= first {
                let at = x(time);
                let _ = write!(out, "<path class=\"grid\" d=\"M{at} {}V{bottom}\"/>", top - 2);
                let label = self.label(time, step, false);
                // About seven units for a character. Labels do not overlap, nor leave the drawing.
                let half = label.chars().count() as i64 * 7 / 2;
                let middle = at.clamp(half.max(layout.left), layout.width - half);
                if middle - half > free_from {
                    let _ = write!(
                        out,
                        "<text class=\"dim\" x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
                        bottom + 18
                    );
                    free_from = middle + half + 6;
                }
            }
            time += step;
        }
    }

    fn coverage(&self, out: &mut String, layout: &TimelineLayout, class: &str, x: &dyn Fn(i64) -> i64, top: i64) {
        let (y, high) = strip(layout, top);
        let (y, high) = (y + high / 2 - 3, 6);
        let mut covered: Vec<(i64, i64)> = Vec::new();
        let mut sorted = self.covered.clone();
        sorted.sort_unstable();
        for (from, to) in sorted {
            match covered.last_mut() {
                Some(last) if from <= last.1.saturating_add(MAX_GAP_OF_ONE_LOG) => last.1 = last.1.max(to),
                _ => covered.push((from, to)),
            }
        }
        for pair in covered.windows(2) {
            let (from, to) = (x(pair[0].1), x(pair[1].0));
            let _ = write!(
                out,
                "<rect fill=\"url(#hatch-{class})\" x=\"{from}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>no log covers this time</title></rect>",
                y - 4,
                (to - from).max(1),
                high + 8
            );
            if to - from > 90 {
                let _ = write!(
                    out,
                    "<text class=\"dim gap-text\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">no log</text>",
                    i64::midpoint(from, to),
                    y + 7
                );
            }
        }
        for (from, to) in &covered {
            let (from, to) = (x(*from), x(*to));
            let _ = write!(
                out,
                "<rect class=\"read\" x=\"{from}\" y=\"{y}\" width=\"{}\" height=\"{high}\" rx=\"3\"/>",
                (to - from).max(2)
            );
        }
        if let Some((_, to)) = covered.last() {
            let at = x(*to);
            let bottom = top + (self.lanes.len() as i64 + 1) * layout.lane;
            let _ = write!(out, "<path class=\"end\" d=\"M{at} {y}V{bottom}\"/>");
        }
    }

    /// `12 Jan`, `06:00`, or both.
    fn label(&self, time: i64, step: i64, full: bool) -> String {
        let clock = self.clock.unwrap_or_else(|| FixedOffset::east_opt(0).expect("UTC is an offset"));
        let Some(time) = clock.timestamp_millis_opt(time).single() else { return String::new() };
        let format = match step {
            _ if full => "%-d %b %Y, %H:%M",
            step if step >= 365 * DAY => "%Y",
            step if step >= DAY => "%-d %b",
            step if step >= HOUR && time.format("%H%M").to_string() == "0000" => "%-d %b",
            step if step >= MINUTE => "%H:%M",
            _ => "%H:%M:%S",
        };
        time.format(format).to_string()
    }

    /// The drawing in words, for screen readers.
    fn describe(&self) -> String {
        let mut text = String::from("Timeline of the incidents.");
        for lane in &self.lanes {
            let _ = write!(text, " {}: {}.", lane.name, lane.facts);
        }
        for (time, what) in &self.due {
            let _ = write!(text, " {what} {}.", self.label(*time, HOUR, true));
        }
        text
    }
}

/// Top and height of the strip of a row.
fn strip(layout: &TimelineLayout, top: i64) -> (i64, i64) {
    if layout.above { (top + 20, layout.lane - 24) } else { (top + 5, layout.lane - 10) }
}

fn name(out: &mut String, layout: &TimelineLayout, text: &str, top: i64, class: &str) {
    let mut short: String = text.chars().take(layout.name_chars).collect();
    if short.len() < text.len() {
        short = format!("{}…", short.trim_end());
    }
    let y = if layout.above { top + 14 } else { top + layout.lane / 2 + 4 };
    let _ = write!(out, "<text class=\"{class}\" x=\"4\" y=\"{y}\">{}</text>", escape(&short));
}

/// One incident: its time span, and the number of failures in each part of it, on a logarithmic scale.
fn row(out: &mut String, layout: &TimelineLayout, lane: &Lane, x: &dyn Fn(i64) -> i64, top: i64) {
    /// A bar and the space after it.
    const BAR: i64 = 4;
    let _ = write!(out, "<g class=\"{}\"><title>{}: {}</title>", lane.tone, escape(&lane.name), escape(&lane.facts));
    let (y, high) = strip(layout, top);
    let _ = write!(
        out,
        "<rect class=\"track\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{high}\" rx=\"3\"/>",
        layout.left,
        layout.right - layout.left
    );
    let mut bars = vec![0u64; usize::try_from((layout.right - layout.left) / BAR + 1).unwrap_or(1)];
    for time in &lane.times {
        let bar = usize::try_from((x(*time) - layout.left) / BAR).unwrap_or(0).min(bars.len() - 1);
        bars[bar] += 1;
    }
    if let (Some(first), Some(last)) = (lane.times.iter().min(), lane.times.iter().max()) {
        let (from, to) = (x(*first), x(*last));
        let _ = write!(
            out,
            "<rect class=\"span\" x=\"{from}\" y=\"{y}\" width=\"{}\" height=\"{high}\" rx=\"2\"/>",
            (to - from).max(BAR - 1)
        );
    }
    let highest = bars.iter().copied().max().unwrap_or(1).max(1) as f64;
    let mut path = String::new();
    for (i, n) in bars.iter().enumerate().filter(|(_, n)| **n > 0) {
        let tall = (6.0 + (high as f64 - 6.0) * (1.0 + *n as f64).ln() / (1.0 + highest).ln()).round() as i64;
        let at = (layout.left + i as i64 * BAR).min(layout.right - BAR + 1);
        let _ = write!(path, "M{at} {}h{}v-{tall}h-{}z", y + high, BAR - 1, BAR - 1);
    }
    let _ = write!(out, "<path class=\"bars\" d=\"{path}\"/></g>");
}

/// Text within SVG.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(times: Vec<i64>) -> Lane {
        Lane { name: "1. <b>".to_owned(), facts: "once".to_owned(), tone: "critical", times }
    }

    #[test]
    fn without_times_there_is_no_timeline() {
        assert_eq!(Timeline::default().draw(), None);
        assert_eq!(Timeline { lanes: vec![lane(vec![])], ..Timeline::default() }.draw(), None);
    }

    #[test]
    fn names_are_text_and_a_gap_between_logs_is_drawn() {
        let timeline = Timeline {
            lanes: vec![lane(vec![0, DAY])],
            covered: vec![(9 * HOUR, DAY), (0, 2 * HOUR)],
            due: vec![(2 * DAY, "Token expires")],
            clock: None,
        };
        let svg = timeline.draw().unwrap();
        assert!(svg.contains("1. &lt;b&gt;") && !svg.contains("<b>"), "{svg}");
        assert_eq!(svg.matches("no log covers this time").count(), 3, "one in each drawing");
        assert!(svg.contains("Token expires 3 Jan 1970, 00:00"));
        assert!(!svg.contains("style="), "the page refuses inline styles");
    }

    #[test]
    fn a_drawing_of_any_times_stays_small() {
        for times in [vec![0], vec![i64::MIN / 4_000_000, i64::MAX / 4_000_000], vec![5, 5, 5]] {
            let svg = Timeline { lanes: vec![lane(times)], ..Timeline::default() }.draw().unwrap();
            assert!(svg.len() < 60_000, "{}", svg.len());
        }
    }

    #[test]
    fn times_are_read_with_and_without_offset() {
        assert_eq!(instant("1970-01-01T01:00:00.000+01:00").map(|(at, _)| at), Some(0));
        assert_eq!(instant("1970-01-01T00:00:01.500"), Some((1500, None)));
        assert_eq!(instant("2022-xx-xx"), None);
    }
}
