//! The live view: a line for each finding, the cure when a failure is seen for the first time, a status
//! line, and what it all came to at the end.

use std::{
    collections::{HashMap, VecDeque},
    fmt::Write as _,
    time::Duration,
};

use oauthsift::{Catalogue, Finding, FollowCounts, FollowSummary, FollowedFinding, explain};

use super::{
    TextStyle,
    format::{count, grouped, size, times},
};

/// Where text hangs below a finding's first line.
const INDENT: usize = 9;
/// Labels of the cure.
const LABEL: usize = 5;

/// What was shown so far.
#[derive(Debug)]
pub(crate) struct Live {
    look: TextStyle,
    /// How often each failure was seen.
    seen: HashMap<(String, Option<u32>), u64>,
    /// The day of the last finding, to show a new one.
    day: String,
    /// Several logs are followed: the lines name them.
    several: bool,
}

impl Live {
    pub(crate) fn new(look: TextStyle, several: bool) -> Self {
        Self { look, seen: HashMap::new(), day: String::new(), several }
    }

    /// The lines for a finding; none when it only confirms what was shown.
    pub(crate) fn finding(&mut self, followed: &FollowedFinding, catalogue: &Catalogue) -> String {
        let finding = &followed.finding;
        let mut out = String::new();
        if let Some(day) = finding.timestamp.as_deref().and_then(|time| time.get(..10))
            && day != self.day
        {
            day.clone_into(&mut self.day);
            let _ = writeln!(out, "{}", self.look.dim(day));
        }
        let seen = self.seen.entry((finding.pattern.clone(), finding.code)).or_default();
        if followed.replaces.is_none() {
            *seen += 1;
        }
        let nth = (*seen).max(1);
        let time = finding.timestamp.as_deref().and_then(|time| time.get(11..19)).unwrap_or("--:--:--");
        let severity = self.look.severity(finding.severity, &format!("{:<8}", finding.severity.as_str()));
        let title = finding.title.as_str();
        let mut facts = Vec::new();
        if let Some(code) = finding.code.filter(|code| !title.contains(&code.to_string())) {
            facts.push(format!("AADSTS{code}"));
        }
        if nth > 1 {
            facts.push(format!("({} time)", ordinal(nth)));
        }
        if followed.replaces.is_some() {
            facts.push("(went on)".to_owned());
        }
        if !followed.complete {
            facts.push("(cut off)".to_owned());
        }
        if followed.repeated {
            facts.push("(perhaps again)".to_owned());
        }
        let mut ids = Vec::new();
        if let Some(id) = &finding.trace_id {
            ids.push(format!("trace {id}"));
        } else if let Some(id) = &finding.correlation_id {
            ids.push(format!("correlation {id}"));
        }
        if self.several || ids.is_empty() {
            let line = format!("line {}", grouped(finding.line));
            ids.push(if self.several { format!("{} {line}", short(&finding.source)) } else { line });
        }
        let room = self.look.width.saturating_sub(INDENT * 2);
        let long = |texts: &[String]| texts.iter().map(|text| text.chars().count() + 2).sum::<usize>();
        let used = title.chars().count() + long(&facts);
        let _ = write!(out, "{time} {severity} {}", if nth == 1 { self.look.bold(title) } else { title.to_owned() });
        if used <= room {
            facts.iter().for_each(|fact| out.push_str(&format!("  {fact}")));
        } else {
            let _ = write!(out, "\n{:1$}{2}", "", INDENT * 2, facts.join("  "));
        }
        // All on one line where there is room.
        if used + long(&ids) <= room {
            let _ = writeln!(out, "  {}", self.look.dim(&ids.join("  ")));
        } else {
            out.push('\n');
            for line in fit(&ids, room) {
                let _ = writeln!(out, "{:1$}{2}", "", INDENT * 2, self.look.dim(&line));
            }
        }
        if nth == 1 && followed.replaces.is_none() {
            self.remedy(&mut out, finding, catalogue);
        }
        out
    }

    fn remedy(&self, out: &mut String, finding: &Finding, catalogue: &Catalogue) {
        let Some(pattern) = catalogue.get(&finding.pattern) else { return };
        let said = explain(catalogue, pattern, finding.code, finding.excerpt.as_bytes());
        let label = |label: &str| format!("{:INDENT$}{label}", "");
        out.push_str(&self.look.hang(&label("Why"), INDENT + LABEL, &said.cause));
        for (i, step) in said.steps.iter().enumerate() {
            let label = format!("{:LABEL$}{}.", if i == 0 { "Do" } else { "" }, i + 1);
            out.push_str(&self.look.hang(&format!("{:INDENT$}{label}", ""), INDENT + LABEL + 3, step));
        }
        for (i, reference) in said.references.iter().take(2).enumerate() {
            let label = format!("{:LABEL$}", if i == 0 { "See" } else { "" });
            let _ = writeln!(out, "{:INDENT$}{label}{}", "", self.look.dim(&reference.url));
        }
    }

    /// What the run came to.
    pub(crate) fn closing(&self, closing: &FollowSummary) -> String {
        let counts = &closing.counts;
        let mut out = String::new();
        let failures = if counts.findings == 0 { "no failures".to_owned() } else { count(counts.findings, "failure") };
        let sentence = format!("Followed for {}: {} read, {failures}.", lasting(counts.now), size(counts.bytes));
        out.push_str(&self.look.hang("", 0, &sentence));
        if !closing.diagnosis.headline.is_empty() {
            out.push_str(&self.look.hang("", 0, &closing.diagnosis.headline));
        }
        for incident in &closing.incidents {
            let code = incident.code.map_or(String::new(), |code| format!("  AADSTS{code}"));
            let when = match (&incident.first_seen, &incident.last_seen) {
                (Some(first), Some(last)) if first == last => format!(", {}", clock(first)),
                (Some(first), Some(last)) => format!(", {} to {}", clock(first), clock(last)),
                _ => String::new(),
            };
            let severity = self.look.severity(incident.severity, &format!("{:<8}", incident.severity.as_str()));
            let _ = writeln!(out, "{severity} {}{code}", self.look.bold(&incident.title));
            let _ = writeln!(out, "{:INDENT$}{}{when}", "", times(incident.count));
        }
        let mut happened = Vec::new();
        for (n, what) in [(counts.rotations, "rotated"), (counts.truncations, "truncated")] {
            if n > 0 {
                happened.push(format!("{what} {}", times(n)));
            }
        }
        if counts.losses > 0 {
            happened.push(match counts.lost_bytes {
                0 => format!("bytes lost {}, nobody knows how many", times(counts.losses)),
                lost => format!("{} lost at least", count(lost, "byte")),
            });
        }
        if !happened.is_empty() {
            out.push_str(&self.look.hang("", 0, &format!("Logs: {}.", happened.join(", "))));
        }
        out
    }
}

/// Facts on as few lines as they fit on.
fn fit(facts: &[String], room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for fact in facts {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 2 + fact.chars().count() <= room => {
                line.push_str("  ");
                line.push_str(fact);
            }
            _ => lines.push(fact.clone()),
        }
    }
    lines
}

/// The last part of a path.
fn short(source: &str) -> &str {
    source.rsplit(['/', '\\']).next().unwrap_or(source)
}

fn clock(time: &str) -> &str {
    time.get(11..19).unwrap_or(time)
}

fn ordinal(n: u64) -> String {
    let end = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{}{end}", grouped(n))
}

/// `45 s`, `12 min 3 s`, `5 h 12 min`, `3 d 4 h`.
fn lasting(time: Duration) -> String {
    let seconds = time.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// What the status line wants to remember.
#[derive(Debug, Default)]
pub(crate) struct StatusLine {
    /// Findings, second by second, of the last hour.
    findings: VecDeque<(u64, u64)>,
    /// Bytes read at a few last looks.
    bytes: VecDeque<(Duration, u64)>,
}

impl StatusLine {
    pub(crate) fn finding(&mut self, now: Duration) {
        let second = now.as_secs();
        match self.findings.back_mut() {
            Some((last, count)) if *last == second => *count += 1,
            _ => self.findings.push_back((second, 1)),
        }
    }

    /// The status line, in at most `width` columns: the least important leaves first.
    pub(crate) fn line(&mut self, counts: &FollowCounts, width: usize) -> String {
        let now = counts.now.as_secs();
        while self.findings.front().is_some_and(|(second, _)| now.saturating_sub(*second) >= 3600) {
            self.findings.pop_front();
        }
        let within = |seconds: u64| -> u64 {
            self.findings.iter().filter(|(at, _)| now.saturating_sub(*at) < seconds).map(|(_, count)| count).sum()
        };
        let (minute, hour) = (within(60), within(3600));
        if self.bytes.back().is_none_or(|(at, _)| counts.now.saturating_sub(*at) >= Duration::from_millis(250)) {
            self.bytes.push_back((counts.now, counts.bytes));
        }
        while self.bytes.len() > 2
            && self.bytes.front().is_some_and(|(at, _)| counts.now.saturating_sub(*at) > Duration::from_secs(3))
        {
            self.bytes.pop_front();
        }
        let rate = match (self.bytes.front(), self.bytes.back()) {
            (Some((from, before)), Some((to, after))) if to > from => {
                (after - before) as f64 / (*to - *from).as_secs_f64()
            }
            _ => 0.0,
        };
        let trouble = if counts.troubled > 0 { format!(", {} unreadable", counts.troubled) } else { String::new() };
        let last = match &counts.last_record {
            Some(time) => format!("last record {}", clock(time)),
            None => "no record yet".to_owned(),
        };
        // By weight.
        let parts = [
            (1, format!("{minute} failures/min")),
            (3, format!("{hour}/h")),
            (0, format!("{}{trouble}", count(counts.files as u64, "file"))),
            (2, last),
            (4, size(counts.bytes)),
            (5, format!("{}/s", size(rate as u64))),
        ];
        let mut weight = parts.len();
        loop {
            let kept: Vec<&str> =
                parts.iter().filter(|(own, _)| *own <= weight).map(|(_, text)| text.as_str()).collect();
            let line = kept.join(" | ");
            if weight == 0 || line.chars().count() < width {
                return line.chars().take(width.saturating_sub(1)).collect();
            }
            weight -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_read_well() {
        let ordinals: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 102, 1011].into_iter().map(ordinal).collect();
        assert_eq!(ordinals.join(" "), "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 1,011th");
        let lengths = [0, 45, 723, 18_720, 273_600].map(|s| lasting(Duration::from_secs(s)));
        assert_eq!(lengths.join(", "), "0 s, 45 s, 12 min 3 s, 5 h 12 min, 3 d 4 h");
    }

    #[test]
    fn the_status_line_fits_and_forgets() {
        let mut pulse = StatusLine::default();
        for second in 0..100 {
            pulse.finding(Duration::from_secs(second));
        }
        let counts =
            FollowCounts { now: Duration::from_secs(100), files: 1, bytes: 5 << 20, ..FollowCounts::default() };
        let wide = pulse.line(&counts, 120);
        assert!(wide.starts_with("59 failures/min | 100/h | 1 file | no record yet | 5.0 MiB"), "{wide}");
        for width in [0, 1, 20, 40, 60, 80] {
            assert!(pulse.line(&counts, width).chars().count() <= width, "{width}");
        }
        assert!(pulse.line(&counts, 40).contains("failures/min"));
        let late = FollowCounts { now: Duration::from_secs(4000), ..counts };
        assert!(pulse.line(&late, 120).starts_with("0 failures/min | 0/h"));
    }
}
