//! The arguments of `explain`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::ColorChoice;

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Number, `AADSTS` and a number, or id of a pattern
    #[arg(value_name = "CODE|ID")]
    pub(crate) name: String,
    /// Output format
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub(crate) format: ExplainFormat,
    /// Folder with pattern files to add to the catalogue
    #[arg(long, value_name = "DIR")]
    pub(crate) patterns: Vec<PathBuf>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    Text,
    Markdown,
    Json,
}
