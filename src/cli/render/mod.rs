//! How results look.

pub(crate) mod csv;
pub(crate) mod explain;
pub(crate) mod json;
pub(crate) mod live;
mod look;
mod redaction;
mod table;

pub(crate) use json::{json_line, summary_line};
pub(crate) use look::Look;
pub(crate) use redaction::redaction;
pub(crate) use table::table;
