//! The arguments of `diff`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{ColorChoice, PagingArgs};

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Older report
    #[arg(value_name = "OLD.json")]
    pub(crate) old: PathBuf,
    /// Newer report
    #[arg(value_name = "NEW.json")]
    pub(crate) new: PathBuf,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = DiffFormat::Text)]
    pub(crate) format: DiffFormat,
    /// Exit with 1 if an incident has this status
    #[arg(long, value_enum, value_name = "STATUS", value_delimiter = ',')]
    pub(crate) fail_on: Vec<ChangeArg>,
    #[command(flatten)]
    pub(crate) paging: PagingArgs,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    Text,
    Json,
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChangeArg {
    /// Only in the newer report
    New,
    /// In both reports, and seen again since the older one
    Still,
}
