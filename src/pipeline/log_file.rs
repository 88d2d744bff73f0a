//! How a file is told to the diagnosis: as a part of a log.

use crate::{
    report::{Log, Rotation},
    source::rotation::{self, Age},
};

/// The file `source` as a part of its log, read by the name; its times are still to come.
pub(super) fn log_file(source: &str, node: Option<String>) -> Log {
    let (_, file) = rotation::folders(source);
    let rotated = rotation::rotated(file);
    let rotation = match rotated.age {
        Age::Current => Rotation::Current,
        Age::Numbered(number) => Rotation::Numbered(number.0),
        Age::Dated(date) => Rotation::Dated(date.to_string()),
    };
    Log { source: source.to_owned(), name: rotated.log, rotation, node, first: None, last: None }
}
