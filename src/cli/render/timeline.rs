//! When each incident happened, what the logs cover, and what is due: as SVG.
//!
//! Three drawings of the same: a broad one with names beside the rows, and two with names above, for
//! a tablet and a phone. Everything is placed by attributes: the page allows no inline styles.

use std::fmt::Write as _;

use chrono::{FixedOffset, TimeZone};
use oauthsift::report::parse_time;

/// One incident.
#[derive(Debug)]
pub(super) struct Lane {
    /// `1. Client secret has expired`.
    pub(super) name: String,
    /// `27 times, … to …`.
    pub(super) told: String,
    /// The class that colours it.
    pub(super) tone: &'static str,
    /// When its findings happened, in milliseconds since 1970 UTC.
    pub(super) times: Vec<i64>,
}

/// What is drawn.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    pub(super) lanes: Vec<Lane>,
    /// From and to of each log that was read.
    pub(super) read: Vec<(i64, i64)>,
    /// What is due, when.
    pub(super) due: Vec<(i64, &'static str)>,
    /// The log's own clock.
    pub(super) clock: Option<FixedOffset>,
}

/// A time of the report, in milliseconds since 1970 UTC; local time counts as UTC.
pub(super) fn instant(time: &str) -> Option<(i64, Option<FixedOffset>)> {
    parse_time(time).map(|time| (time.instant().timestamp_millis(), time.offset))
}

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Distances of the lines of the grid.
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

/// Logs that end and go on within this are one.
const SEAM: i64 = 10 * MINUTE;

struct TimelineLayout {
    width: i64,
    /// Where the rows' strips start and end.
    left: i64,
    right: i64,
    lane: i64,
    /// Names stand above their rows.
    above: bool,
    /// About how far apart lines of the grid are.
    spacing: i64,
    /// Letters of a name.
    letters: usize,
}

const BROAD: TimelineLayout =
    TimelineLayout { width: 1060, left: 306, right: 1046, lane: 36, above: false, spacing: 108, letters: 44 };
const MIDDLE: TimelineLayout =
    TimelineLayout { width: 740, left: 4, right: 736, lane: 48, above: true, spacing: 96, letters: 96 };
const NARROW: TimelineLayout =
    TimelineLayout { width: 350, left: 4, right: 346, lane: 48, above: true, spacing: 84, letters: 46 };

impl Timeline {
    /// All drawings, or nothing when the logs have no times.
    pub(super) fn draw(&self) -> Option<String> {
        let times = || self.lanes.iter().flat_map(|lane| lane.times.iter().copied());
        times().next()?;
        let ends = self.read.iter().flat_map(|(from, to)| [*from, *to]);
        let first = times().chain(ends.clone()).min()?;
        let last = times().chain(ends).chain(self.due.iter().map(|due| due.0)).max()?;
        let (first, last) = if last - first < 2 * SECOND { (first - MINUTE, last + MINUTE) } else { (first, last) };
        let mut out = self.drawing(&BROAD, "broad", first, last);
        out.push_str(&self.drawing(&MIDDLE, "middle", first, last));
        out.push_str(&self.drawing(&NARROW, "narrow", first, last));
        Some(out)
    }

    fn drawing(&self, look: &TimelineLayout, class: &str, first: i64, last: i64) -> String {
        let span = (last - first).max(1);
        let x = |time: i64| {
            look.left + (i128::from(time - first) * i128::from(look.right - look.left) / i128::from(span)) as i64
        };
        let top = 18 + 16 * self.due.len() as i64;
        let rows = self.lanes.len() as i64 + 1;
        let bottom = top + rows * look.lane;
        let height = bottom + 26;
        let mut out = format!(
            "<svg class=\"{class}\" viewBox=\"0 0 {} {height}\" role=\"img\" aria-label=\"{}\">",
            look.width,
            escape(&self.describe())
        );
        // Each drawing brings its own: what is not displayed lends nothing.
        if !self.read.is_empty() {
            let _ = write!(
                out,
                "<defs><pattern id=\"hatch-{class}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><path class=\"hatch\" d=\"M0 0V6\"/></pattern></defs>"
            );
        }
        self.grid(&mut out, look, first, last, &x, (top, bottom));
        self.coverage(&mut out, look, class, &x, top);
        for (i, lane) in self.lanes.iter().enumerate() {
            row(&mut out, look, lane, &x, top + (i as i64 + 1) * look.lane);
        }
        for (i, (time, what)) in self.due.iter().enumerate() {
            let (at, y) = (x(*time), 14 + 16 * i as i64);
            let _ = write!(out, "<path class=\"due\" d=\"M{at} {}V{bottom}\"/>", y - 10);
            let text = format!("{what} {}", self.label(*time, HOUR, true));
            let _ = write!(
                out,
                "<text class=\"due-text dim\" x=\"{}\" y=\"{y}\" text-anchor=\"{}\">{}</text>",
                if at > look.width / 2 { at - 5 } else { at + 5 }.clamp(2, look.width - 2),
                if at > look.width / 2 { "end" } else { "start" },
                escape(&text)
            );
        }
        // Names come last, so that no line runs through them.
        name(&mut out, look, "Logs read", top, "dim name");
        for (i, lane) in self.lanes.iter().enumerate() {
            name(&mut out, look, &lane.name, top + (i as i64 + 1) * look.lane, "name");
        }
        out.push_str("</svg>");
        out
    }

    /// Lines and labels at round times of the log's own clock.
    fn grid(
        &self,
        out: &mut String,
        look: &TimelineLayout,
        first: i64,
        last: i64,
        x: &dyn Fn(i64) -> i64,
        (top, bottom): (i64, i64),
    ) {
        let most = ((look.right - look.left) / look.spacing).max(2);
        let step = STEPS.into_iter().find(|step| (last - first) / step <= most).unwrap_or(3650 * DAY);
        let shift = self.clock.map_or(0, |clock| i64::from(clock.local_minus_utc()) * SECOND);
        let mut time = (first + shift).div_euclid(step) * step - shift;
        let mut behind = i64::MIN;
        while time <= last {
            if time >= first {
                let at = x(time);
                let _ = write!(out, "<path class=\"grid\" d=\"M{at} {}V{bottom}\"/>", top - 2);
                let label = self.label(time, step, false);
                // About seven units a letter; labels do not touch, nor leave the drawing.
                let half = label.chars().count() as i64 * 7 / 2;
                let middle = at.clamp(half.max(look.left), look.width - half);
                if middle - half > behind {
                    let _ = write!(
                        out,
                        "<text class=\"dim\" x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
                        bottom + 18
                    );
                    behind = middle + half + 6;
                }
            }
            time += step;
        }
    }

    fn coverage(&self, out: &mut String, look: &TimelineLayout, class: &str, x: &dyn Fn(i64) -> i64, top: i64) {
        let (y, high) = strip(look, top);
        let (y, high) = (y + high / 2 - 3, 6);
        let mut covered: Vec<(i64, i64)> = Vec::new();
        let mut read = self.read.clone();
        read.sort_unstable();
        for (from, to) in read {
            match covered.last_mut() {
                Some(last) if from <= last.1.saturating_add(SEAM) => last.1 = last.1.max(to),
                _ => covered.push((from, to)),
            }
        }
        for pair in covered.windows(2) {
            let (from, to) = (x(pair[0].1), x(pair[1].0));
            let _ = write!(
                out,
                "<rect fill=\"url(#hatch-{class})\" x=\"{from}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>no log of this time was given</title></rect>",
                y - 4,
                (to - from).max(1),
                high + 8
            );
            if to - from > 90 {
                let _ = write!(
                    out,
                    "<text class=\"dim gap-text\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">no log given</text>",
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
            let bottom = top + (self.lanes.len() as i64 + 1) * look.lane;
            let _ = write!(out, "<path class=\"end\" d=\"M{at} {y}V{bottom}\"/>");
        }
    }

    /// `12 Jan`, `06:00`, or both.
    fn label(&self, time: i64, step: i64, full: bool) -> String {
        let clock = self.clock.unwrap_or_else(|| FixedOffset::east_opt(0).expect("no offset is an offset"));
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

    /// The drawing for who does not see it.
    fn describe(&self) -> String {
        let mut words = String::from("Timeline of the incidents.");
        for lane in &self.lanes {
            let _ = write!(words, " {}: {}.", lane.name, lane.told);
        }
        for (time, what) in &self.due {
            let _ = write!(words, " {what} {}.", self.label(*time, HOUR, true));
        }
        words
    }
}

/// Where in a row its strip stands: from the top, and how high.
fn strip(look: &TimelineLayout, top: i64) -> (i64, i64) {
    if look.above { (top + 20, look.lane - 24) } else { (top + 5, look.lane - 10) }
}

fn name(out: &mut String, look: &TimelineLayout, text: &str, top: i64, class: &str) {
    let mut short: String = text.chars().take(look.letters).collect();
    if short.len() < text.len() {
        short = format!("{}…", short.trim_end());
    }
    let y = if look.above { top + 14 } else { top + look.lane / 2 + 4 };
    let _ = write!(out, "<text class=\"{class}\" x=\"4\" y=\"{y}\">{}</text>", escape(&short));
}

/// One incident: its span, and how many failures in each piece of it.
fn row(out: &mut String, look: &TimelineLayout, lane: &Lane, x: &dyn Fn(i64) -> i64, top: i64) {
    /// A bar and the space behind it.
    const BAR: i64 = 4;
    let _ = write!(out, "<g class=\"{}\"><title>{}: {}</title>", lane.tone, escape(&lane.name), escape(&lane.told));
    let (y, high) = strip(look, top);
    let _ = write!(
        out,
        "<rect class=\"track\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{high}\" rx=\"3\"/>",
        look.left,
        look.right - look.left
    );
    let mut bars = vec![0u64; usize::try_from((look.right - look.left) / BAR + 1).unwrap_or(1)];
    for time in &lane.times {
        let bar = usize::try_from((x(*time) - look.left) / BAR).unwrap_or(0).min(bars.len() - 1);
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
    let most = bars.iter().copied().max().unwrap_or(1).max(1) as f64;
    let mut path = String::new();
    for (i, n) in bars.iter().enumerate().filter(|(_, n)| **n > 0) {
        let tall = (6.0 + (high as f64 - 6.0) * (1.0 + *n as f64).ln() / (1.0 + most).ln()).round() as i64;
        let at = (look.left + i as i64 * BAR).min(look.right - BAR + 1);
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
        Lane { name: "1. <b>".to_owned(), told: "once".to_owned(), tone: "critical", times }
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
            read: vec![(9 * HOUR, DAY), (0, 2 * HOUR)],
            due: vec![(2 * DAY, "Token lost")],
            clock: None,
        };
        let svg = timeline.draw().unwrap();
        assert!(svg.contains("1. &lt;b&gt;") && !svg.contains("<b>"), "{svg}");
        assert_eq!(svg.matches("no log of this time").count(), 3, "one in each drawing");
        assert!(svg.contains("Token lost 3 Jan 1970, 00:00"));
        assert!(!svg.contains("style="), "inline styles are refused by the page");
    }

    #[test]
    fn any_times_are_drawn_within_bounds() {
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
