//! What the page asks for.

use chrono::{DateTime, NaiveDateTime, Utc};
use oauthsift::{
    Engine, Filter, Input, Limits, Progress, RedactionLevel, Scan, Severity, TimeBound, render::ReportFormat,
};
use serde::Deserialize;

use crate::{host, page_file::PageFile, spool};

/// There is one thread, so ranges need not be small; each begins with a look at the start of its file.
const RANGE_BYTES: u64 = 8 << 20;

/// A request of the page.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Request {
    /// Prepare everything; what is known?
    Start,
    /// Explain a code, an id or some words.
    LookUp { text: String },
    /// Read files and write a report.
    Scan { inputs: Vec<InputOfPage>, options: Options, format: FormatOfPage },
    /// Read files and write the zip for a support ticket, with the check of the settings (JSON) if there is one.
    Ticket { inputs: Vec<InputOfPage>, options: Options, checks: Option<String> },
}

/// A file, or a folder with all of its files.
#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum InputOfPage {
    File(FileOfPage),
    Folder { folder: String, files: Vec<FileOfPage> },
}

/// A file: its name, the worker's number for it, its size.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileOfPage {
    name: String,
    file: u32,
    size: u64,
}

impl FileOfPage {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn content(&self) -> PageFile {
        PageFile { number: self.file, size: self.size }
    }
}

impl InputOfPage {
    /// What the library reads.
    pub(crate) fn input(&self) -> Input {
        match self {
            Self::File(file) => Input::random_access(&file.name, file.content()),
            Self::Folder { folder, files } => {
                Input::folder(folder, files.iter().map(|file| (&file.name, file.content())))
            }
        }
    }

    /// The name under which it was given.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::File(file) => &file.name,
            Self::Folder { folder, .. } => folder,
        }
    }

    /// All files, also those that are not read.
    pub(crate) fn files(&self) -> &[FileOfPage] {
        match self {
            Self::File(file) => std::slice::from_ref(file),
            Self::Folder { files, .. } => files,
        }
    }

    /// The content of the file that the library lists under this name.
    pub(crate) fn content_of(&self, name: &str) -> Option<PageFile> {
        let listed = |file: &&FileOfPage| Input::bytes(&file.name, Vec::new()).name() == name;
        self.files().iter().find(listed).map(FileOfPage::content)
    }
}

/// Filters, redaction and time of a scan.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Options {
    /// Milliseconds since 1970.
    now: i64,
    /// Earliest local time in the log: `2026-01-05T20:34`.
    since: Option<NaiveDateTime>,
    /// Latest.
    until: Option<NaiveDateTime>,
    severity: Option<SeverityOfPage>,
    #[serde(default)]
    patterns: Vec<String>,
    redaction: Option<RedactionOfPage>,
}

impl Options {
    /// The time of the report.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.now).unwrap_or_default()
    }

    /// The same without filters and with the usual redaction. `None` if it is that already.
    pub(crate) fn without_filters(&self) -> Option<Self> {
        let Self { now, since, until, severity, patterns, redaction } = self;
        let has_any =
            since.is_some() || until.is_some() || severity.is_some() || !patterns.is_empty() || redaction.is_some();
        has_any.then(|| Self {
            now: *now,
            since: None,
            until: None,
            severity: None,
            patterns: Vec::new(),
            redaction: None,
        })
    }

    /// A scan of these inputs.
    pub(crate) fn scan<'e>(&self, engine: &'e Engine, inputs: &[&InputOfPage]) -> Scan<'e> {
        let filter = Filter::default()
            .with_since(self.since.map(TimeBound::Local))
            .with_until(self.until.map(TimeBound::Local))
            .with_severity(self.severity.map(Severity::from))
            .with_patterns(&self.patterns);
        let progress = Progress::with_listener(|progress| {
            host::progress(progress.read(), progress.total(), &progress.current());
        });
        Scan::new(engine)
            .inputs(inputs.iter().map(|input| input.input()))
            .filter(filter)
            .redaction(self.redaction())
            .generated_at(self.now())
            .progress(progress.into())
            .hold_zips(spool::hold)
            .limits(Limits::default().with_range_bytes(RANGE_BYTES))
            .threads(1)
    }

    fn redaction(&self) -> RedactionLevel {
        match self.redaction {
            None => RedactionLevel::default(),
            Some(RedactionOfPage::Standard) => RedactionLevel::Standard,
            Some(RedactionOfPage::Strict) => RedactionLevel::Strict,
            Some(RedactionOfPage::Secrets) => RedactionLevel::Secrets,
        }
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SeverityOfPage {
    Info,
    Warning,
    Error,
    Critical,
}

impl From<SeverityOfPage> for Severity {
    fn from(severity: SeverityOfPage) -> Self {
        match severity {
            SeverityOfPage::Info => Self::Info,
            SeverityOfPage::Warning => Self::Warning,
            SeverityOfPage::Error => Self::Error,
            SeverityOfPage::Critical => Self::Critical,
        }
    }
}

/// What is redacted, if not what is by default.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RedactionOfPage {
    Standard,
    Strict,
    /// Secrets, not people.
    Secrets,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FormatOfPage {
    Json,
    JsonLines,
    Csv,
    Markdown,
    Jira,
    Html,
}

impl From<FormatOfPage> for ReportFormat {
    fn from(format: FormatOfPage) -> Self {
        match format {
            FormatOfPage::Json => Self::Json,
            FormatOfPage::JsonLines => Self::JsonLines,
            FormatOfPage::Csv => Self::Csv,
            FormatOfPage::Markdown => Self::Markdown,
            FormatOfPage::Jira => Self::Jira,
            FormatOfPage::Html => Self::Html,
        }
    }
}
