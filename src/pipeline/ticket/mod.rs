//! What a support ticket needs besides the report: the lines around incidents, and a check for leaks.

pub(super) mod context_lines;
pub(super) mod leak_check;
mod line_reader;
mod texts;
