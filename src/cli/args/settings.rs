//! The arguments of `settings`.

use clap::{Args, ValueEnum};

use super::{ColorChoice, PagingArgs};

#[derive(Debug, Args)]
pub(crate) struct SettingsArgs {
    /// microsoft or google
    #[arg(long, value_name = "NAME", default_value = "microsoft", ignore_case = true, value_parser = ["microsoft", "google"], hide_possible_values = true)]
    pub(crate) provider: String,
    /// imap, pop, smtp or graph
    #[arg(long, value_name = "NAME", ignore_case = true, value_parser = ["imap", "pop", "smtp", "graph"], hide_possible_values = true)]
    pub(crate) protocol: String,
    /// worldwide, gcc, gcc-high, dod or china. Default: worldwide
    #[arg(long, value_name = "NAME")]
    pub(crate) cloud: Option<String>,
    /// single, multi or personal. Default: single
    ///
    /// The app is for one organization, several, or for personal accounts too.
    #[arg(long, value_name = "KIND")]
    pub(crate) tenant: Option<String>,
    /// Directory (tenant) ID, filled in where it is needed
    #[arg(long, value_name = "ID")]
    pub(crate) tenant_id: Option<String>,
    /// code or client-credentials (Graph only)
    #[arg(long, value_name = "NAME", default_value = "code")]
    pub(crate) grant: String,
    /// Version of Jira, such as 9.12
    ///
    /// Where its screens are, and whether it has this.
    #[arg(long, value_name = "VERSION")]
    pub(crate) jira: Option<String>,
    /// Base URL of Jira, filled in where it is needed
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// text, markdown or json
    #[arg(short, long, value_enum, default_value_t = SettingsFormat::Text, hide_possible_values = true)]
    pub(crate) format: SettingsFormat,
    #[command(flatten)]
    pub(crate) paging: PagingArgs,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SettingsFormat {
    Text,
    Markdown,
    Json,
}
