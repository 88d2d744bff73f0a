//! How the diagnosis gets a file: as a part of its log.

use crate::{
    report::{Log, Rotation},
    source::rotation::{self, Age},
};

/// The file `source` as a part of its log, by its name; the caller adds the times.
pub(super) fn log_file(source: &str, node: Option<String>) -> Log {
    let (_, file) = rotation::folders(source);
    let parsed = rotation::parse_name(file);
    let rotation = match parsed.age {
        Age::Current => Rotation::Current,
        Age::Numbered(number) => Rotation::Numbered(number.0),
        Age::Dated(date) => Rotation::Dated(date.to_string()),
    };
    Log { source: source.to_owned(), name: parsed.log, rotation, node, first: None, last: None }
}
