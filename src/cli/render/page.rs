//! The report as one page: no request leaves it, and no text of a log can run in it.
//!
//! The incidents are written out; the findings come as data, which a script shows fifty at a time.
//! The policy of the page allows this style and this script, by their hashes, and nothing else.

use std::collections::HashMap;

use askama::Template;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use oauthsift::{Finding, Incident, KnownUsers, Report, Severity};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    blocks,
    format::{count, grouped, long_time, size, span_of_time},
    sentences,
    timeline::{Lane, Timeline, instant},
};

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// Bytes of findings in one page.
const MAX_ROWS: usize = 3_900_000;
/// Letters of a finding's message in the table; the record below has it whole.
const MAX_STATEMENTS: usize = 240;
/// Whole records: as many as keep a usual page small, or a large one quick.
const SMALL_PAGE: usize = 190_000;
const MAX_RECORDS: usize = 700_000;
/// Findings from which a page is large.
const LARGE: usize = 1000;
/// Incidents written out.
const MAX_CARDS: usize = 80;
/// Rows of the timeline.
const MAX_LANES: usize = 12;
/// Statements and things to do that are shown without being asked for.
const SHOWN_FIRST: usize = 6;
/// Inputs and faults.
const MAX_LINES: usize = 100;

/// Takes findings as they are found and becomes a page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    strings: Strings,
    rows: Vec<FindingRow>,
    /// Bytes that the rows will take.
    bytes: usize,
    /// When each finding happened; all of them, also beyond the rows.
    times: Vec<Option<i64>>,
    /// Whole records of the first rows.
    records: Vec<String>,
    record_bytes: usize,
}

/// A finding in the page's data: see `page.js`.
#[derive(Debug, Serialize)]
struct FindingRow(
    Option<String>,
    i64,
    Option<u32>,
    usize,
    u64,
    usize,
    usize,
    usize,
    usize,
    Option<String>,
    Option<String>,
    usize,
);

/// Texts that are said once. Number 0 is the empty one.
#[derive(Debug)]
struct Strings {
    list: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Default for Strings {
    fn default() -> Self {
        Self { list: vec![String::new()], numbers: HashMap::from([(String::new(), 0)]) }
    }
}

impl Strings {
    /// The number of a text, and how many bytes it adds.
    fn add(&mut self, text: &str) -> (usize, usize) {
        if let Some(number) = self.numbers.get(text) {
            return (*number, 0);
        }
        let number = self.list.len();
        self.list.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        (number, text.len() + 3)
    }
}

#[derive(Template)]
#[template(path = "report.html")]
struct View<'r> {
    policy: String,
    title: String,
    style: &'static str,
    script: &'static str,
    data: String,
    report: &'r Report,
    tone: &'static str,
    headline: String,
    /// Statements and actions that are shown without being asked for.
    shown_first: usize,
    /// How sure the headline is.
    certainty: Option<&'static str>,
    statements: Vec<StatementView>,
    actions: Vec<ActionView>,
    findings_count: String,
    first_seen: (String, String),
    last_seen: (String, String),
    read: (String, String),
    made_at: String,
    timeline: Option<String>,
    clock: String,
    /// Incidents and how many of them the timeline shows, when it does not show all.
    lanes: Option<(usize, usize)>,
    cards: Vec<IncidentCard<'r>>,
    left_out: usize,
    severities: [&'static str; 4],
    rows_shown: String,
    rows_left_out: usize,
    inputs: Vec<Input<'r>>,
    inputs_left_out: usize,
    faults: Vec<(&'r str, String)>,
    faults_left_out: usize,
    quoted: Option<String>,
    hidden: String,
    made_by: String,
}

/// A text, and the incidents that it names.
type Spans = Vec<(Option<usize>, String)>;

struct StatementView {
    certainty: &'static str,
    text: Spans,
    /// Those that the text does not name.
    incidents: Vec<usize>,
}

struct ActionView {
    text: Spans,
    because: Spans,
    before: Option<String>,
    incident: Option<usize>,
}

struct IncidentCard<'r> {
    number: usize,
    incident: &'r Incident,
    times: String,
    state: Option<&'r str>,
    when: String,
    follows: Option<String>,
    follows_number: usize,
    cause: Vec<(bool, &'r str)>,
    steps: Vec<Vec<(bool, &'r str)>>,
    notes: Vec<String>,
    facts: Vec<(&'static str, Vec<String>)>,
    place: &'r str,
}

struct Input<'r> {
    source: &'r str,
    size: String,
    lines: String,
    span: Option<String>,
    complete: bool,
    copy_of: Option<&'r str>,
}

impl Page {
    /// Takes the next finding, in the order of the report.
    pub(crate) fn take(&mut self, finding: &Finding) {
        self.times.push(finding.timestamp.as_deref().and_then(instant).map(|(at, _)| at));
        if self.bytes > MAX_ROWS {
            return;
        }
        let mut bytes = 0;
        let mut add = |text: &str| {
            let (number, new) = self.strings.add(text);
            bytes += new;
            number
        };
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        let row = FindingRow(
            finding.timestamp.clone(),
            -1,
            finding.code,
            add(&finding.source),
            finding.line,
            add(&optional(&finding.user)),
            add(&optional(&finding.mailbox)),
            add(&optional(&finding.mail_server)),
            add(&shortened(&finding.message)),
            finding.trace_id.clone(),
            finding.correlation_id.clone(),
            0,
        );
        let ids = [&finding.timestamp, &finding.trace_id, &finding.correlation_id];
        self.bytes += bytes + 48 + ids.into_iter().flatten().map(String::len).sum::<usize>();
        self.rows.push(row);
        if self.record_bytes < MAX_RECORDS {
            self.record_bytes += finding.excerpt.len();
            self.records.push(finding.excerpt.clone());
        }
    }

    /// Hides in all findings taken so far who is known only now.
    pub(crate) fn rename(&mut self, known: &KnownUsers) {
        for text in self.strings.list.iter_mut().chain(&mut self.records) {
            if let std::borrow::Cow::Owned(hidden) = known.redact(text) {
                *text = hidden;
            }
        }
    }

    /// Writes the page.
    pub(crate) fn finish(mut self, report: &Report) -> Result<String, askama::Error> {
        for (i, incident) in report.incidents.iter().enumerate() {
            for finding in &incident.findings {
                if let Some(row) = self.rows.get_mut(*finding) {
                    row.1 = i as i64;
                }
            }
        }
        let mut view = self.view(report);
        let bare = view.render()?;
        let room = match self.rows.len() {
            n if n > LARGE => MAX_RECORDS,
            _ => SMALL_PAGE.saturating_sub(bare.len() + self.bytes),
        };
        view.data = self.data(report, room);
        view.render()
    }

    /// The findings as data, with as many whole records as there is room for.
    fn data(&mut self, report: &Report, room: usize) -> String {
        #[derive(Serialize)]
        struct Data<'p> {
            incidents: Vec<(&'p str, &'static str)>,
            strings: &'p [String],
            rows: &'p [FindingRow],
        }
        let mut used = 0;
        for (row, record) in self.rows.iter_mut().zip(&self.records) {
            let (number, new) = self.strings.add(record);
            used += new + new / 16;
            if used > room {
                self.strings.list.truncate(number);
                break;
            }
            row.11 = number;
        }
        let incident = |incident: &'_ Incident| (incident.title.clone(), incident.severity.as_str());
        let incidents: Vec<_> = report.incidents.iter().map(incident).collect();
        let data = Data {
            incidents: incidents.iter().map(|(title, severity)| (title.as_str(), *severity)).collect(),
            strings: &self.strings.list,
            rows: &self.rows,
        };
        // Within JSON these stand in strings alone; without them nothing can end the element.
        serde_json::to_string(&data)
            .unwrap_or_else(|_| "{\"incidents\":[],\"strings\":[\"\"],\"rows\":[]}".to_owned())
            .replace('<', "\\u003c")
            .replace('>', "\\u003e")
            .replace('&', "\\u0026")
    }

    fn view<'r>(&self, report: &'r Report) -> View<'r> {
        let position = |id: &String| sentences::number(report, id);
        // An incident without a card is named, but leads nowhere.
        let told = |text: &str| {
            let mut pieces = sentences::in_text(report, text);
            pieces.iter_mut().for_each(|piece| piece.0 = piece.0.filter(|number| *number <= MAX_CARDS));
            pieces
        };
        let card_of = |id: &String| position(id).filter(|number| *number <= MAX_CARDS);
        let gravest = report.incidents.iter().map(|incident| incident.severity).max();
        let (timeline, clock) = self.timeline(report);
        let (first, statements) = sentences::first_statement(report);
        let read: u64 = report.inputs.iter().map(|input| input.bytes).sum();
        let time = |time: &Option<String>| {
            let time = time.as_deref().map_or_else(|| "–".to_owned(), long_time);
            let (day, clock) = time.split_once(' ').unwrap_or((&time, ""));
            (day.to_owned(), clock.to_owned())
        };
        View {
            policy: policy(),
            title: format!("{} – OAuth report", sentences::headline(report).chars().take(80).collect::<String>()),
            style: STYLE,
            script: SCRIPT,
            data: String::new(),
            report,
            tone: gravest.map_or("none", Severity::as_str),
            headline: sentences::headline(report),
            shown_first: SHOWN_FIRST,
            certainty: first.map(|statement| sentences::certainty(statement.certainty)),
            statements: statements
                .iter()
                .take(MAX_LINES)
                .map(|statement| {
                    let text = told(&statement.text);
                    let named = |number: &usize| text.iter().any(|(named, _)| *named == Some(*number));
                    StatementView {
                        certainty: sentences::certainty(statement.certainty),
                        incidents: statement.incidents.iter().filter_map(card_of).filter(|one| !named(one)).collect(),
                        text,
                    }
                })
                .collect(),
            actions: report
                .diagnosis
                .actions
                .iter()
                .take(MAX_LINES)
                .map(|action| ActionView {
                    text: told(&action.text),
                    because: told(&action.because),
                    before: action.before.as_deref().map(long_time),
                    incident: card_of(&action.incident),
                })
                .collect(),
            findings_count: grouped(report.summary.findings),
            first_seen: time(&report.summary.first_seen),
            last_seen: time(&report.summary.last_seen),
            read: (count(report.inputs.len() as u64, "log"), size(read)),
            made_at: long_time(&report.generated_at),
            timeline,
            clock,
            lanes: (report.incidents.len() > MAX_LANES).then_some((MAX_LANES, report.incidents.len())),
            cards: report
                .incidents
                .iter()
                .take(MAX_CARDS)
                .enumerate()
                .map(|(i, incident)| IncidentCard {
                    number: i + 1,
                    incident,
                    times: sentences::often(incident),
                    state: sentences::state(incident),
                    when: span_of_time(incident.first_seen.as_deref(), incident.last_seen.as_deref()),
                    follows: sentences::cause_of(report, incident),
                    follows_number: incident.caused_by.as_ref().and_then(position).unwrap_or(0),
                    cause: blocks::spans_of(&incident.cause),
                    steps: incident.steps.iter().map(|step| blocks::spans_of(step)).collect(),
                    notes: sentences::notes_of(incident),
                    facts: sentences::facts_for_support(incident),
                    place: incident.sample.as_ref().map_or("", |sample| sentences::source(&sample.source)),
                })
                .collect(),
            left_out: report.incidents.len().saturating_sub(MAX_CARDS),
            severities: Severity::ALL.map(Severity::as_str),
            rows_shown: grouped(self.rows.len() as u64),
            rows_left_out: self.times.len() - self.rows.len(),
            inputs: report
                .inputs
                .iter()
                .take(MAX_LINES)
                .map(|input| Input {
                    source: sentences::source(&input.source),
                    size: size(input.bytes),
                    lines: count(input.lines, "line"),
                    span: input
                        .first_timestamp
                        .is_some()
                        .then(|| span_of_time(input.first_timestamp.as_deref(), input.last_timestamp.as_deref())),
                    complete: input.complete || input.duplicate_of.is_some(),
                    copy_of: input.duplicate_of.as_deref(),
                })
                .collect(),
            inputs_left_out: report.inputs.len().saturating_sub(MAX_LINES),
            faults: report
                .faults
                .iter()
                .take(MAX_LINES)
                .map(|fault| {
                    let place = fault.offset.map_or(String::new(), |offset| format!("byte {}: ", grouped(offset)));
                    (sentences::source(&fault.source), format!("{place}{}", fault.message))
                })
                .collect(),
            faults_left_out: report.faults.len().saturating_sub(MAX_LINES),
            quoted: sentences::quoted(report),
            hidden: sentences::hidden(report),
            made_by: sentences::made_by(report),
        }
    }

    fn timeline(&self, report: &Report) -> (Option<String>, String) {
        let clock = report.summary.first_seen.as_deref().and_then(instant).and_then(|(_, offset)| offset);
        let at = |time: &str| instant(time).map(|(at, _)| at);
        let timeline = Timeline {
            lanes: report
                .incidents
                .iter()
                .take(MAX_LANES)
                .enumerate()
                .map(|(i, incident)| Lane {
                    name: format!("{}. {}", i + 1, incident.title),
                    told: sentences::facts(incident),
                    tone: incident.severity.as_str(),
                    times: incident.findings.iter().filter_map(|i| self.times.get(*i).copied().flatten()).collect(),
                })
                .collect(),
            read: report
                .inputs
                .iter()
                .filter_map(|input| {
                    Some((at(input.first_timestamp.as_deref()?)?, at(input.last_timestamp.as_deref()?)?))
                })
                .map(|(from, to)| (from.min(to), from.max(to)))
                .collect(),
            due: sentences::deadlines(report).into_iter().filter_map(|time| Some((at(time)?, "Deadline"))).collect(),
            clock,
        };
        let clock = clock.map_or_else(|| "local time".to_owned(), |offset| format!("UTC{offset}"));
        (timeline.draw(), clock)
    }
}

/// This style, this script, nothing else.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text.as_bytes())));
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn shortened(message: &str) -> String {
    if message.chars().count() <= MAX_STATEMENTS {
        return message.to_owned();
    }
    let mut short: String = message.chars().take(MAX_STATEMENTS).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::render::fixture;

    fn page(report: &Report) -> String {
        let mut page = Page::default();
        report.findings.iter().for_each(|finding| page.take(finding));
        page.finish(report).unwrap()
    }

    #[test]
    fn the_diagnosis_comes_first_and_says_what_to_do() {
        let report = fixture::report();
        let page = page(&report);
        if let Some(to) = std::env::var_os("SAMPLE_PAGE") {
            std::fs::write(to, &page).unwrap();
        }
        let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is not in the page"));
        assert!(at("The client secret of the integration") < at("What to do first"));
        assert!(at("What to do first") < at("id=\"incident-1\""));
        assert!(at("Follows from <a href=\"#incident-1\">") > at("id=\"incident-2\""));
        assert!(page.contains("before 2026-01-22 12:00:00 +01:00"));
        assert_eq!(page.matches("Deadline 19 Jan 2026, 06:00").count(), 6, "drawn and told, in each drawing");
        assert!(page.len() < 100_000, "{}", page.len());
    }

    #[test]
    fn an_empty_report_is_a_page_too() {
        let mut report = fixture::report();
        report.incidents.clear();
        report.findings.clear();
        report.diagnosis = oauthsift::report::Diagnosis::default();
        report.summary = oauthsift::report::Summary::default();
        let page = page(&report);
        assert!(page.contains("No OAuth failures were found."));
        assert!(!page.contains("id=\"table\""));
    }

    #[test]
    fn a_page_of_very_many_findings_stays_small() {
        let report = fixture::report();
        let mut page = Page::default();
        let mut finding = report.findings[0].clone();
        for i in 0..60_000 {
            finding.trace_id = Some(format!("{i:036}"));
            finding.message = format!("{i} {}", "wide ".repeat(90));
            page.take(&finding);
        }
        let rows = page.rows.len();
        assert!((5_000..60_000).contains(&rows), "{rows}");
        let page = page.finish(&report).unwrap();
        assert!(page.len() < 5_000_000, "{}", page.len());
        assert!(page.contains("findings are listed here"));
    }
}
