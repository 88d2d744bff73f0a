//! The report as one HTML page that opens offline: it loads nothing, and no text of a log can run in it.
//!
//! Incidents are part of the HTML; findings are data that a script shows fifty at a time. The content
//! security policy of the page allows this style and this script, by their hashes, and nothing else.

mod data;
mod row;
mod timeline;
mod view;

use std::io::{self, Write};

use askama::Template;

#[cfg(feature = "ticket")]
use crate::extract::redact::KnownUsers;
use crate::{
    model::Finding,
    pipeline::{Listed, Room},
    report::Report,
};
use data::PageData;
use row::Row;
use view::View;

/// The start of the element that holds the data. It occurs once in the template, and in no text that is shown: those
/// are escaped.
const DATA_ELEMENT: &str = "<script type=\"application/json\" id=\"data\">";

/// Writes a report as one HTML page that opens offline: diagnosis, timeline, incidents, and a table of
/// findings to search. At most 5 MB: findings that do not fit are counted.
///
/// # Errors
/// Errors of the writer; what was written until then is incomplete.
pub fn html(report: &Report, out: impl Write) -> io::Result<()> {
    let mut writer = HtmlWriter::new(out);
    for finding in &report.findings {
        writer.finding(finding);
    }
    writer.finish(report)
}

/// Collects findings during the scan and writes the page at its end. Takes the findings of
/// [`Scan::for_each_indexed`](crate::Scan::for_each_indexed). Of findings that do not fit into the page
/// only the time is kept, for the timeline: 16 bytes each.
#[derive(Debug)]
pub struct HtmlWriter<W> {
    out: W,
    page: Page,
}

impl<W: Write> HtmlWriter<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, page: Page::default() }
    }

    /// Adds the next finding, in the order of the report.
    pub fn finding(&mut self, finding: &Finding) {
        self.page.push(finding);
    }

    /// Adds the next finding or, when the page has no room for it, its time. What there is room for then.
    ///
    /// # Panics
    /// When a finding is no line of JSON as [`JsonLinesEncoder`](super::JsonLinesEncoder) writes it.
    pub(crate) fn listed(&mut self, listed: &Listed<'_>) -> Room {
        match listed {
            Listed::Finding(line) => self.page.data.push(&Row::of_line(line).expect("a line of JSON lines")),
            Listed::Time(time) => self.page.data.push_time(time.as_deref()),
        }
        if self.page.data.is_full() { Room::Times } else { Room::Finding }
    }

    /// Writes the page. The report's own list of findings is ignored.
    ///
    /// # Errors
    /// Errors of the writer.
    pub fn finish(mut self, report: &Report) -> io::Result<()> {
        self.page.write(report, &mut self.out)?;
        self.out.flush()
    }
}

/// A page that is not written yet.
#[derive(Debug, Default)]
pub(super) struct Page {
    data: PageData,
}

impl Page {
    /// Adds the next finding, in the order of the report.
    pub(super) fn push(&mut self, finding: &Finding) {
        self.data.push(&Row::of(finding));
    }

    /// Redacts users that became known after their findings were added.
    #[cfg(feature = "ticket")]
    pub(super) fn redact(&mut self, known: &KnownUsers) {
        self.data.redact(known);
    }

    /// Writes the page. Its data, most of a large one, goes to `out` as it is formatted.
    ///
    /// # Errors
    /// Errors of the writer.
    pub(super) fn write(self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let page = View::new(report, &self.data).render().map_err(io::Error::other)?;
        let data_at = page.rfind(DATA_ELEMENT).map_or(page.len(), |at| at + DATA_ELEMENT.len());
        let (before, after) = page.split_at(data_at);
        out.write_all(before.as_bytes())?;
        self.data.write_json(report, page.len(), out)?;
        out.write_all(after.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture;

    fn page(report: &Report) -> String {
        let mut page = Vec::new();
        html(report, &mut page).unwrap();
        String::from_utf8(page).unwrap()
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
        assert!(at("Caused by <a href=\"#incident-1\">") > at("id=\"incident-2\""));
        assert!(page.contains("Before 2026-01-22 12:00 +01:00"));
        assert_eq!(page.matches("Deadline 19 Jan 2026, 06:00").count(), 6, "drawn and described, in each drawing");
        assert!(page.len() < 100_000, "{}", page.len());
    }

    #[test]
    fn an_empty_report_is_a_page_too() {
        let mut report = fixture::report();
        report.incidents.clear();
        report.findings.clear();
        report.diagnosis = crate::report::Diagnosis::default();
        report.summary = crate::report::Summary::default();
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
            finding.message = format!("{i} {}", "long ".repeat(90));
            page.push(&finding);
        }
        let rows = page.data.rows();
        assert!((5_000..60_000).contains(&rows), "{rows}");
        let mut html = Vec::new();
        page.write(&report, &mut html).unwrap();
        let page = String::from_utf8(html).unwrap();
        assert!(page.len() < 5_000_000, "{}", page.len());
        assert!(page.contains("findings are listed here"));
    }
}
