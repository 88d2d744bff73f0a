//! A ticket: one zip for the vendor's support, without secrets and people.
//!
//! It holds the report in several formats, the log lines around the first record of each incident, and a
//! manifest with the checksums of the logs. The same logs give the same bytes. The caller decides where
//! everything is stored: any seekable writer takes the zip, any seekable storage the findings on their
//! way into it.
//!
//! ```
//! use std::{fs::File, io::Cursor, path::PathBuf, sync::Arc};
//! use oauthsift::{Catalogue, Engine, Scan, render::ticket::{Ticket, TicketDate}};
//!
//! let engine = Engine::new(Arc::new(Catalogue::builtin()));
//! let log = PathBuf::from("sample-logs/mail-stopped.log");
//! let ticket = Ticket::scan(Scan::new(&engine).paths([&log]), &[&log], 20, Cursor::new(Vec::new()))?;
//! let mut zip = Cursor::new(Vec::new());
//! let input = (log.clone(), File::open(&log)?);
//! let report = ticket.write(TicketDate::NewestRecord, [input], &mut zip)?;
//! assert!(report.summary.findings > 0);
//! assert!(zip.get_ref().starts_with(b"PK"));
//! # Ok::<(), std::io::Error>(())
//! ```

mod bundle;
mod excerpt;
mod manifest;
mod path_names;
mod spool;

use std::{
    io::{self, Read, Seek, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use super::{JsonWriter, jira, markdown, page::Page};
#[cfg(feature = "doctor")]
use crate::doctor::WrittenDoctorReport;
use crate::{
    extract::redact::{KnownUsers, RedactionLevel},
    pipeline::{RecordContext, Scan},
    report::Report,
};
use bundle::Bundle;
use manifest::PlaceholderCounts;
pub use manifest::TicketDate;
use path_names::PathShortener;
use spool::Spool;

/// The content of a ticket, ready to be written.
#[derive(Debug)]
pub struct Ticket<S: Read + Write + Seek> {
    report: Report,
    contexts: Vec<RecordContext>,
    known_users: KnownUsers,
    page: Page,
    spool: Spool<S>,
    paths: PathShortener,
    #[cfg(feature = "doctor")]
    doctor: Option<WrittenDoctorReport>,
}

impl<S: Read + Write + Seek> Ticket<S> {
    /// Runs a scan for a ticket. Its inputs are read twice: for the findings, and for `context_lines`
    /// lines before and after the first record of each incident. Redaction is strict unless the
    /// scan says standard; a ticket never shows people.
    ///
    /// `paths` are the paths as given by the user: what they have in common is removed from the names of
    /// the logs. `spool` stores the findings until all users are known: a temporary file, or memory.
    ///
    /// # Errors
    /// Errors of `spool`. Inputs that cannot be read are faults of the report.
    pub fn scan(scan: Scan<'_>, paths: &[impl AsRef<Path>], context_lines: u64, spool: S) -> io::Result<Self> {
        let (mut page, mut spool, paths) = (Page::default(), Spool::new(spool), PathShortener::new(paths));
        let mut failed = None;
        let level =
            if scan.level() == RedactionLevel::Standard { RedactionLevel::Standard } else { RedactionLevel::Strict };
        let scan = scan.redaction(level);
        let (mut report, mut contexts, known_users) = scan.with_context_lines(context_lines, |mut finding| {
            paths.shorten_name(&mut finding.source);
            page.push(&finding);
            match spool.push(&finding) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        paths.shorten_report(&mut report);
        for context in &mut contexts {
            paths.shorten_name(&mut context.source);
            context.lines.iter_mut().for_each(|line| paths.shorten_name(&mut line.source));
        }
        Ok(Self {
            report,
            contexts,
            known_users,
            page,
            spool,
            paths,
            #[cfg(feature = "doctor")]
            doctor: None,
        })
    }

    /// The same, with a report of the doctor.
    #[cfg(feature = "doctor")]
    #[must_use]
    pub fn with_doctor(self, doctor: WrittenDoctorReport) -> Self {
        Self { doctor: Some(doctor), ..self }
    }

    /// Writes the zip. `inputs` are the files that were read, each with its path and a reader from its
    /// start: their sizes and checksums become part of the manifest. Files that cannot be opened are left
    /// out. Gives back the report that the ticket holds, without its findings.
    ///
    /// # Errors
    /// Errors of the spool, of an input, or of `out`; what was written until then is incomplete.
    pub fn write<R: Read>(
        self,
        date: TicketDate,
        inputs: impl IntoIterator<Item = (PathBuf, R)>,
        out: impl Write + Seek,
    ) -> io::Result<Report> {
        #[cfg(feature = "doctor")]
        let doctor = self.doctor;
        let Self { mut report, contexts, known_users, mut page, spool, paths, .. } = self;
        let date = date.resolve(&report);
        report.generated_at.clone_from(&date.time);
        let mut counts = PlaceholderCounts::default();
        let mut bundle = Bundle::new(out);
        bundle.start("report.json")?;
        let mut json = JsonWriter::new(&mut bundle)?;
        spool.for_each(&known_users, &mut |finding| {
            counts.add(finding);
            json.written(finding.as_bytes())
        })?;
        json.finish(&report)?;
        page.redact(&known_users);
        bundle.start("report.html")?;
        page.write(&report, &mut bundle)?;
        bundle.start("summary.md")?;
        bundle.write_all(markdown(&report).as_bytes())?;
        bundle.start("summary.jira.txt")?;
        bundle.write_all(jira(&report).as_bytes())?;
        for context in &contexts {
            context.lines.iter().for_each(|line| counts.add(&line.text));
            bundle.start(&format!("excerpts/{}.txt", context.incident))?;
            bundle.write_all(excerpt::excerpt(&report, context).as_bytes())?;
        }
        #[cfg(feature = "doctor")]
        if let Some(doctor) = doctor {
            bundle.start("doctor.json")?;
            bundle.write_all(doctor.redacted()?.as_bytes())?;
        }
        let inputs = manifest::checksums(inputs, &report, &paths)?;
        bundle.start("manifest.json")?;
        bundle.write_all(manifest::manifest(&report, &date, inputs, counts, bundle.files())?.as_bytes())?;
        bundle.start("README.txt")?;
        bundle.write_all(manifest::readme(&report, &date).as_bytes())?;
        bundle.finish()?;
        Ok(report)
    }
}
