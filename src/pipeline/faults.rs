//! What to say about an error, and what to do about it.

use std::io;

use crate::model::FaultKind;

/// Describes an error of an input.
pub(super) type DescribeError = fn(&io::Error) -> (FaultKind, String);

/// An error of compressed data, which does not decode to its end.
pub(super) fn decode_fault(error: &io::Error) -> (FaultKind, String) {
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
