//! A report of the doctor that was written elsewhere, for the ticket.

use oauthsift::doctor::WrittenDoctorReport;

use crate::{page_file::PageFileReader, request::FileOfPage};

/// Reads a file that starts with these bytes, if it is meant as a report: in whatever order its keys are, if it is one;
/// by its start, if it is not. `None` for other files, such as settings in JSON, and for those that cannot be read.
///
/// # Errors
/// Another report, or an incomplete one.
pub(crate) fn read(file: &FileOfPage, head: &[u8]) -> Option<Result<WrittenDoctorReport, String>> {
    let is_meant = WrittenDoctorReport::is_start(head);
    let is_json = head.trim_ascii_start().starts_with(b"{") && file.content().size <= WrittenDoctorReport::MAX_BYTES;
    if !is_meant && !is_json {
        return None;
    }
    match WrittenDoctorReport::read(PageFileReader::from(file.content())).ok()? {
        Ok(report) => Some(Ok(report)),
        Err(error) => is_meant.then(|| Err(format!("{}: {error}", file.name()))),
    }
}
