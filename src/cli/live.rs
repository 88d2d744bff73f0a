//! The live view of `follow`: a line for each finding, the fix when a failure occurs for the first time,
//! a status line, and a summary at the end.

use std::{
    collections::{HashMap, VecDeque},
    fmt::Write as _,
    time::Duration,
};

use oauthsift::{
    Catalogue, Finding, FollowCounts, FollowSummary, FollowedFinding, explain,
    render::{
        TextStyle,
        format::{count, duration, grouped, size, times},
    },
    steps_for,
};

/// Indentation of the lines below the first line of a finding. Columns.
const INDENT: usize = 9;
/// Width of the labels `Why`, `Fix` and `See`. Columns.
const LABEL: usize = 5;

/// Formats findings, and remembers what was shown.
#[derive(Debug)]
pub(crate) struct Live {
    style: TextStyle,
    /// How often each failure occurred, by pattern and code.
    occurrences: HashMap<(String, Option<u32>), u64>,
    /// The day of the last finding. A new day is shown.
    day: String,
    /// With several logs, each line names its log.
    several_logs: bool,
}

impl Live {
    pub(crate) fn new(style: TextStyle, several_logs: bool) -> Self {
        Self { style, occurrences: HashMap::new(), day: String::new(), several_logs }
    }

    /// The lines for a finding.
    pub(crate) fn finding(&mut self, followed: &FollowedFinding, catalogue: &Catalogue) -> String {
        let finding = &followed.finding;
        let mut out = String::new();
        if let Some(day) = finding.timestamp.as_deref().and_then(|time| time.get(..10))
            && day != self.day
        {
            day.clone_into(&mut self.day);
            let _ = writeln!(out, "{}", self.style.dim(day));
        }
        let occurrences = self.occurrences.entry((finding.pattern.clone(), finding.code)).or_default();
        if followed.replaces.is_none() {
            *occurrences += 1;
        }
        let nth = (*occurrences).max(1);
        let time = finding.timestamp.as_deref().and_then(|time| time.get(11..19)).unwrap_or("--:--:--");
        let severity = self.style.severity(finding.severity, &format!("{:<8}", finding.severity.as_str()));
        let title = finding.title.as_str();
        let mut facts = Vec::new();
        if let Some(code) = finding.code.filter(|code| !title.contains(&code.to_string())) {
            facts.push(format!("AADSTS{code}"));
        }
        if nth > 1 {
            facts.push(format!("({} time)", ordinal(nth)));
        }
        if followed.replaces.is_some() {
            facts.push("(now complete)".to_owned());
        }
        if !followed.complete {
            facts.push("(truncated)".to_owned());
        }
        if followed.repeated {
            facts.push("(possible duplicate)".to_owned());
        }
        let mut ids = Vec::new();
        if let Some(id) = &finding.trace_id {
            ids.push(format!("trace {id}"));
        } else if let Some(id) = &finding.correlation_id {
            ids.push(format!("correlation {id}"));
        }
        if self.several_logs || ids.is_empty() {
            let line = format!("line {}", grouped(finding.line));
            ids.push(if self.several_logs { format!("{} {line}", file_name(&finding.source)) } else { line });
        }
        let room = self.style.width().saturating_sub(INDENT * 2);
        let columns = |texts: &[String]| texts.iter().map(|text| text.chars().count() + 2).sum::<usize>();
        let used = title.chars().count() + columns(&facts);
        let _ = write!(out, "{time} {severity} {}", if nth == 1 { self.style.bold(title) } else { title.to_owned() });
        if used <= room {
            facts.iter().for_each(|fact| out.push_str(&format!("  {fact}")));
        } else {
            let _ = write!(out, "\n{:1$}{2}", "", INDENT * 2, facts.join("  "));
        }
        if used + columns(&ids) <= room {
            let _ = writeln!(out, "  {}", self.style.dim(&ids.join("  ")));
        } else {
            out.push('\n');
            for line in fit(&ids, room) {
                let _ = writeln!(out, "{:1$}{2}", "", INDENT * 2, self.style.dim(&line));
            }
        }
        if nth == 1 && followed.replaces.is_none() {
            self.remedy(&mut out, finding, catalogue);
        }
        out
    }

    fn remedy(&self, out: &mut String, finding: &Finding, catalogue: &Catalogue) {
        let Some(pattern) = catalogue.get(&finding.pattern) else { return };
        let explanation = explain(catalogue, pattern, finding.code, finding.excerpt.as_bytes());
        let label = |label: &str| format!("{:INDENT$}{label}", "");
        out.push_str(&self.style.hang(&label("Why"), INDENT + LABEL, &explanation.cause));
        for (i, step) in steps_for(pattern, finding).iter().enumerate() {
            let label = format!("{:LABEL$}{}.", if i == 0 { "Fix" } else { "" }, i + 1);
            out.push_str(&self.style.hang(&format!("{:INDENT$}{label}", ""), INDENT + LABEL + 3, step));
        }
        for (i, reference) in explanation.references.iter().take(2).enumerate() {
            let label = format!("{:LABEL$}", if i == 0 { "See" } else { "" });
            let _ = writeln!(out, "{:INDENT$}{label}{}", "", self.style.dim(&reference.url));
        }
    }

    /// The summary of the run.
    pub(crate) fn summary(&self, summary: &FollowSummary) -> String {
        let counts = &summary.counts;
        let mut out = String::new();
        let failures = if counts.findings == 0 { "no failures".to_owned() } else { count(counts.findings, "failure") };
        let sentence = format!("Followed for {}: {} read, {failures}.", duration(counts.now), size(counts.bytes));
        out.push_str(&self.style.hang("", 0, &sentence));
        if !summary.diagnosis.headline.is_empty() {
            out.push_str(&self.style.hang("", 0, &summary.diagnosis.headline));
        }
        for incident in &summary.incidents {
            let code = incident.code.map_or(String::new(), |code| format!("  AADSTS{code}"));
            let when = match (&incident.first_seen, &incident.last_seen) {
                (Some(first), Some(last)) if first == last => format!(", {}", clock(first)),
                (Some(first), Some(last)) => format!(", {} to {}", clock(first), clock(last)),
                _ => String::new(),
            };
            let severity = self.style.severity(incident.severity, &format!("{:<8}", incident.severity.as_str()));
            let _ = writeln!(out, "{severity} {}{code}", self.style.bold(&incident.title));
            let _ = writeln!(out, "{:INDENT$}{}{when}", "", times(incident.count));
        }
        let mut events = Vec::new();
        for (n, event) in [(counts.rotations, "rotated"), (counts.truncations, "truncated")] {
            if n > 0 {
                events.push(format!("{event} {}", times(n)));
            }
        }
        if counts.losses > 0 {
            events.push(match counts.lost_bytes {
                0 => format!("data lost {}, amount unknown", times(counts.losses)),
                lost => format!("at least {} lost", count(lost, "byte")),
            });
        }
        if !events.is_empty() {
            out.push_str(&self.style.hang("", 0, &format!("Logs: {}.", events.join(", "))));
        }
        out
    }
}

/// Facts on as few lines as possible.
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

/// The last component of a path.
fn file_name(source: &str) -> &str {
    source.rsplit(['/', '\\']).next().unwrap_or(source)
}

fn clock(time: &str) -> &str {
    time.get(11..19).unwrap_or(time)
}

fn ordinal(n: u64) -> String {
    let suffix = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{}{suffix}", grouped(n))
}

/// What the status line needs to remember.
#[derive(Debug, Default)]
pub(crate) struct StatusLine {
    /// Findings, second by second, of the last hour.
    findings: VecDeque<(u64, u64)>,
    /// Bytes read, at the last few polls.
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

    /// The status line in less than `width` columns: the least important parts are left out first.
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
        let unreadable = if counts.troubled > 0 { format!(", {} unreadable", counts.troubled) } else { String::new() };
        let last = match &counts.last_record {
            Some(time) => format!("last record {}", clock(time)),
            None => "no record yet".to_owned(),
        };
        // Each with its rank: 0 is the most important.
        let parts = [
            (1, format!("{minute} failures/min")),
            (3, format!("{hour}/h")),
            (0, format!("{}{unreadable}", count(counts.files as u64, "file"))),
            (2, last),
            (4, size(counts.bytes)),
            (5, format!("{}/s", size(rate as u64))),
        ];
        let mut max_rank = parts.len();
        loop {
            let kept: Vec<&str> =
                parts.iter().filter(|(rank, _)| *rank <= max_rank).map(|(_, text)| text.as_str()).collect();
            let line = kept.join(" | ");
            if max_rank == 0 || line.chars().count() < width {
                return line.chars().take(width.saturating_sub(1)).collect();
            }
            max_rank -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinal_numbers_have_their_suffix() {
        let ordinals: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 102, 1011].into_iter().map(ordinal).collect();
        assert_eq!(ordinals.join(" "), "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 1,011th");
    }

    #[test]
    fn the_status_line_fits_and_counts_the_last_hour() {
        let mut status = StatusLine::default();
        for second in 0..100 {
            status.finding(Duration::from_secs(second));
        }
        let counts =
            FollowCounts { now: Duration::from_secs(100), files: 1, bytes: 5 << 20, ..FollowCounts::default() };
        let wide = status.line(&counts, 120);
        assert!(wide.starts_with("59 failures/min | 100/h | 1 file | no record yet | 5.0 MiB"), "{wide}");
        for width in [0, 1, 20, 40, 60, 80] {
            assert!(status.line(&counts, width).chars().count() <= width, "{width}");
        }
        assert!(status.line(&counts, 40).contains("failures/min"));
        let late = FollowCounts { now: Duration::from_secs(4000), ..counts };
        assert!(status.line(&late, 120).starts_with("0 failures/min | 0/h"));
    }
}
