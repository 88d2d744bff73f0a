//! The arguments of `explain`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use super::{ColorChoice, PagingArgs};
use crate::cli::candidates::topics;

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Code (`7000215`, `AADSTS7000215`), id of a pattern, message or line of a log, or words to search for (`secret
    /// expired`); `-` is standard input
    #[arg(value_name = "CODE|ID|TEXT", required = true, add = ArgValueCompleter::new(topics))]
    pub(crate) text: Vec<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = ExplainFormat::Text)]
    pub(crate) format: ExplainFormat,
    /// Folder with pattern files to add to the catalogue
    #[arg(long, value_name = "DIR")]
    pub(crate) patterns: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) paging: PagingArgs,
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
