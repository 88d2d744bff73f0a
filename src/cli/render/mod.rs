//! How results look.

mod block;
pub(crate) mod comparison;
pub(crate) mod csv;
pub(crate) mod explain;
mod html;
mod jira;
pub(crate) mod json;
pub(crate) mod live;
mod look;
pub(crate) mod markdown;
mod phrase;
mod redaction;
#[cfg(test)]
mod sample;
mod story;
mod table;
mod timeline;
pub(crate) mod words;

pub(crate) use html::Page;
pub(crate) use jira::jira;
pub(crate) use json::{json_line, summary_line};
pub(crate) use look::TextStyle;
pub(crate) use markdown::markdown as as_markdown;
pub(crate) use redaction::redaction;
pub(crate) use table::table;
