//! How results look.

mod blocks;
pub(crate) mod csv;
pub(crate) mod diff;
mod document;
pub(crate) mod explain;
#[cfg(test)]
mod fixture;
pub(crate) mod format;
mod jira;
pub(crate) mod json;
pub(crate) mod live;
pub(crate) mod markdown;
mod page;
mod redaction;
mod sentences;
mod style;
mod table;
mod timeline;

pub(crate) use jira::jira;
pub(crate) use json::{json_line, summary_line};
pub(crate) use markdown::markdown as as_markdown;
pub(crate) use page::Page;
pub(crate) use redaction::redaction;
pub(crate) use style::TextStyle;
pub(crate) use table::table;
