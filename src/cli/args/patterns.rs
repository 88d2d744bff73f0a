//! The arguments of `patterns`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum PatternsCommand {
    /// List all patterns with severity, title and codes
    List {
        /// Output format
        #[arg(short, long, value_enum, default_value_t = ListFormat::Text)]
        format: ListFormat,
        /// Folder with pattern files to add to the catalogue
        #[arg(long, value_name = "DIR")]
        patterns: Vec<PathBuf>,
    },
    /// Check the pattern files of a folder and report all faults
    Check {
        /// Folder with pattern files
        dir: PathBuf,
    },
    /// Scan the samples of the pattern files of a folder and compare the findings
    Test {
        /// Folder with pattern files
        dir: PathBuf,
    },
    /// Print the catalogue as Markdown
    Docs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Text,
    Json,
}
