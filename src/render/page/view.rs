//! The values that the template `report.html` shows.

use std::sync::LazyLock;

use askama::Template;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use super::{
    data::PageData,
    timeline::{Lane, Timeline, instant},
};
use crate::{
    model::{Fault, Severity, unpacked_text},
    render::{
        blocks,
        format::{count, grouped, long_time, size, time_range},
        sentences,
    },
    report::{Action, Incident, InputSummary, Report, Statement},
};

static STYLE: LazyLock<String> =
    LazyLock::new(|| unpacked_text(include_bytes!(concat!(env!("OUT_DIR"), "/page.css.packed"))));
static SCRIPT: LazyLock<String> =
    LazyLock::new(|| unpacked_text(include_bytes!(concat!(env!("OUT_DIR"), "/page.js.packed"))));

/// Incidents with all details.
const MAX_CARDS: usize = 80;
/// Incidents in the timeline.
const MAX_LANES: usize = 12;
/// Statements and actions that are not folded.
const MAX_UNFOLDED: usize = 6;
/// Statements, actions, inputs and faults.
const MAX_LINES: usize = 100;
/// The headline in the title of the page. Characters.
const MAX_TITLE_CHARS: usize = 80;

#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct View<'r> {
    policy: String,
    title: String,
    style: &'static str,
    script: &'static str,
    report: &'r Report,
    /// The class that colours the headline.
    tone: &'static str,
    headline: String,
    /// Statements and actions that are not folded.
    unfolded: usize,
    /// How certain the headline is.
    certainty: Option<&'static str>,
    statements: Vec<StatementView>,
    actions: Vec<ActionView>,
    findings_count: String,
    /// Date, and time of day.
    first_seen: (String, String),
    last_seen: (String, String),
    /// Number of logs, and their size.
    read: (String, String),
    made_at: String,
    timeline: Option<String>,
    clock: String,
    /// Incidents in the timeline, and all, when it does not show all.
    lanes: Option<(usize, usize)>,
    cards: Vec<IncidentCard<'r>>,
    cards_left_out: usize,
    severities: [&'static str; 4],
    rows_shown: String,
    rows_left_out: usize,
    inputs: Vec<InputView<'r>>,
    inputs_left_out: usize,
    /// Source and message.
    faults: Vec<(&'r str, String)>,
    faults_left_out: usize,
    mentions: Option<String>,
    redacted: String,
    made_by: String,
}

/// A text split at the incidents that it names, which become links.
type Spans = Vec<(Option<usize>, String)>;

struct StatementView {
    certainty: &'static str,
    text: Spans,
    /// Incidents that the text does not name.
    incidents: Vec<usize>,
}

struct ActionView {
    text: Spans,
    because: Spans,
    deadline: Option<String>,
    incident: Option<usize>,
}

struct IncidentCard<'r> {
    number: usize,
    incident: &'r Incident,
    frequency: String,
    state: Option<&'r str>,
    when: String,
    caused_by: Option<String>,
    caused_by_number: usize,
    cause: Vec<(bool, &'r str)>,
    steps: Vec<Vec<(bool, &'r str)>>,
    notes: Vec<String>,
    facts: Vec<(&'static str, Vec<String>)>,
    source: &'r str,
}

struct InputView<'r> {
    source: &'r str,
    size: String,
    lines: String,
    times: Option<String>,
    complete: bool,
    duplicate_of: Option<&'r str>,
}

impl<'r> View<'r> {
    /// The view of a report, without the data of its findings.
    pub(super) fn new(report: &'r Report, data: &PageData) -> Self {
        let headline = sentences::headline(report);
        let most_severe = report.incidents.iter().map(|incident| incident.severity).max();
        let (first, statements) = sentences::split_first_statement(report);
        let actions = &report.diagnosis.actions;
        let bytes_read: u64 = report.inputs.iter().map(|input| input.bytes).sum();
        let (timeline, clock) = timeline(report, &data.times);
        Self {
            policy: policy(),
            title: format!("{} – OAuth report", page_title(&headline)),
            style: &STYLE,
            script: &SCRIPT,
            report,
            tone: most_severe.map_or("none", Severity::as_str),
            headline,
            unfolded: MAX_UNFOLDED,
            certainty: first.map(|statement| sentences::certainty(statement.certainty)),
            statements: statements.iter().take(MAX_LINES).map(|one| statement_view(report, one)).collect(),
            actions: actions.iter().take(MAX_LINES).map(|action| action_view(report, action)).collect(),
            findings_count: grouped(report.summary.findings),
            first_seen: date_and_time(report.summary.first_seen.as_deref()),
            last_seen: date_and_time(report.summary.last_seen.as_deref()),
            read: (count(report.inputs.len() as u64, "log"), size(bytes_read)),
            made_at: long_time(&report.generated_at),
            timeline,
            clock,
            lanes: (report.incidents.len() > MAX_LANES).then_some((MAX_LANES, report.incidents.len())),
            cards: (1..).zip(&report.incidents).take(MAX_CARDS).map(|(i, one)| card(report, i, one)).collect(),
            cards_left_out: report.incidents.len().saturating_sub(MAX_CARDS),
            severities: Severity::ALL.map(Severity::as_str),
            rows_shown: grouped(data.rows() as u64),
            rows_left_out: data.times.len() - data.rows(),
            inputs: report.inputs.iter().take(MAX_LINES).map(input_view).collect(),
            inputs_left_out: report.inputs.len().saturating_sub(MAX_LINES),
            faults: report.faults.iter().take(MAX_LINES).map(fault_view).collect(),
            faults_left_out: report.faults.len().saturating_sub(MAX_LINES),
            mentions: sentences::mentions(report),
            redacted: sentences::redacted(report),
            made_by: sentences::made_by(report),
        }
    }
}

/// Keeps the number of an incident that has a card: the others cannot be linked to.
fn with_card(number: Option<usize>) -> Option<usize> {
    number.filter(|number| *number <= MAX_CARDS)
}

fn spans(report: &Report, text: &str) -> Spans {
    sentences::spans(report, text).into_iter().map(|(number, span)| (with_card(number), span)).collect()
}

fn statement_view(report: &Report, statement: &Statement) -> StatementView {
    let text = spans(report, &statement.text);
    let incidents = statement.incidents.iter().filter_map(|id| with_card(sentences::number(report, id)));
    StatementView {
        certainty: sentences::certainty(statement.certainty),
        incidents: incidents.filter(|number| !text.iter().any(|(named, _)| *named == Some(*number))).collect(),
        text,
    }
}

fn action_view(report: &Report, action: &Action) -> ActionView {
    ActionView {
        text: spans(report, &action.text),
        because: spans(report, &sentences::reason(action)),
        deadline: sentences::deadline(action),
        incident: with_card(sentences::number(report, &action.incident)),
    }
}

fn card<'r>(report: &'r Report, number: usize, incident: &'r Incident) -> IncidentCard<'r> {
    IncidentCard {
        number,
        incident,
        frequency: sentences::frequency(incident),
        state: sentences::state(incident),
        when: time_range(incident.first_seen.as_deref(), incident.last_seen.as_deref()),
        caused_by: sentences::cause_of(report, incident),
        caused_by_number: incident.caused_by.as_ref().and_then(|id| sentences::number(report, id)).unwrap_or(0),
        cause: blocks::spans_of(&incident.cause),
        steps: incident.steps.iter().map(|step| blocks::spans_of(step)).collect(),
        notes: sentences::notes_of(incident),
        facts: sentences::facts_for_support(incident),
        source: incident.sample.as_ref().map_or("", |sample| sentences::source(&sample.source)),
    }
}

fn input_view(input: &InputSummary) -> InputView<'_> {
    InputView {
        source: sentences::source(&input.source),
        size: size(input.bytes),
        lines: count(input.lines, "line"),
        times: input
            .first_timestamp
            .is_some()
            .then(|| time_range(input.first_timestamp.as_deref(), input.last_timestamp.as_deref())),
        complete: input.complete || input.duplicate_of.is_some(),
        duplicate_of: input.duplicate_of.as_deref(),
    }
}

fn fault_view(fault: &Fault) -> (&str, String) {
    let place = fault.offset.map_or(String::new(), |offset| format!("byte {}: ", grouped(offset)));
    (sentences::source(&fault.source), format!("{place}{}", fault.message))
}

fn date_and_time(time: Option<&str>) -> (String, String) {
    let time = time.map_or_else(|| "–".to_owned(), long_time);
    let (date, clock) = time.split_once(' ').unwrap_or((&time, ""));
    (date.to_owned(), clock.to_owned())
}

/// The drawing, if the log has times, and the name of its clock.
fn timeline(report: &Report, times: &[Option<i64>]) -> (Option<String>, String) {
    let clock = report.summary.first_seen.as_deref().and_then(instant).and_then(|(_, offset)| offset);
    let millis = |time: &str| instant(time).map(|(millis, _)| millis);
    let lane = |(number, incident): (usize, &Incident)| Lane {
        name: format!("{number}. {}", incident.title),
        facts: sentences::facts(incident),
        tone: incident.severity.as_str(),
        times: incident.findings.iter().filter_map(|index| times.get(*index).copied().flatten()).collect(),
    };
    let covered = |input: &InputSummary| {
        let (from, to) = (millis(input.first_timestamp.as_deref()?)?, millis(input.last_timestamp.as_deref()?)?);
        Some((from.min(to), from.max(to)))
    };
    let timeline = Timeline {
        lanes: (1..).zip(&report.incidents).take(MAX_LANES).map(lane).collect(),
        covered: report.inputs.iter().filter_map(covered).collect(),
        due: sentences::deadlines(report).into_iter().filter_map(|time| Some((millis(time)?, "Deadline"))).collect(),
        clock,
    };
    let clock = clock.map_or_else(|| "local time".to_owned(), |offset| format!("UTC{offset}"));
    (timeline.draw(), clock)
}

/// A content security policy that allows this style, this script, and nothing else.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text.as_bytes())));
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
        hash(&STYLE),
        hash(&SCRIPT)
    )
}

/// The first words of the first root cause. A word is never cut: half of an id would be an unknown value.
fn page_title(headline: &str) -> String {
    let mut title = String::new();
    for word in headline.lines().next().unwrap_or_default().split_whitespace() {
        if title.chars().count() + word.chars().count() >= MAX_TITLE_CHARS {
            break;
        }
        let space = if title.is_empty() { "" } else { " " };
        title.push_str(space);
        title.push_str(word);
    }
    title
}
