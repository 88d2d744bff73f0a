//! What to say about an error, and what to do about it.

use std::io;

use super::part::LocalFault;
use crate::{model::FaultKind, record::Unrecognised, source::WrongUtf16};

/// Describes an error of an input.
pub(super) type DescribeError = fn(&io::Error) -> (FaultKind, String);

/// An error of compressed data, which does not decode to its end.
pub(super) fn decode_fault(error: &io::Error) -> (FaultKind, String) {
    if let Some(fault) = encoding_fault(error) {
        return fault;
    }
    let reason = match error.kind() {
        io::ErrorKind::UnexpectedEof => "it is cut off".to_owned(),
        _ => error.to_string(),
    };
    let message =
        format!("the compressed data ends here: {reason}; what was found before may be incomplete, try a new copy");
    (FaultKind::Damaged, message)
}

/// An error of an input that cannot be read, or not to its end.
pub(super) fn read_fault(error: &io::Error) -> (FaultKind, String) {
    if let Some(fault) = encoding_fault(error) {
        return fault;
    }
    match error.kind() {
        io::ErrorKind::PermissionDenied => (
            FaultKind::PermissionDenied,
            "permission denied: run as the user that runs Jira, or copy the file".to_owned(),
        ),
        io::ErrorKind::NotFound => (FaultKind::NotFound, "no such file: check the path".to_owned()),
        io::ErrorKind::UnexpectedEof => (
            FaultKind::Shrunk,
            "the file became shorter while it was read (truncated or rotated); what was read before is reported, run again for the rest".to_owned(),
        ),
        _ => (
            FaultKind::Read,
            format!("reading failed: {error}; what was read before is reported, try again with a copy of the file"),
        ),
    }
}

/// Where a text in UTF-16 becomes something else; the same for every kind of input.
fn encoding_fault(error: &io::Error) -> Option<(FaultKind, String)> {
    let wrong = error.get_ref()?.downcast_ref::<WrongUtf16>()?;
    Some((FaultKind::OtherEncoding, format!("{wrong}; what follows was not read: convert it to UTF-8 and scan it")))
}

/// A text without a record.
pub(super) fn unrecognised_fault(reason: Unrecognised) -> LocalFault {
    let (kind, message) = match reason {
        Unrecognised::Layout => (
            FaultKind::UnknownLayout,
            "no log records recognised: the layout of its lines is not understood, so times and levels are unknown \
             and failures may be missed; provide the log as Jira writes it",
        ),
        Unrecognised::NoRecords => (
            FaultKind::NoRecords,
            "no log records recognised: this is not a log; name atlassian-jira.log, or the folder or support zip \
             that holds it",
        ),
    };
    LocalFault { offset: Some(0), kind, message: message.to_owned() }
}
