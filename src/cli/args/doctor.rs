//! The arguments of `doctor`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, value_parser};

use super::{ColorChoice, OUTPUT, PagingArgs, RUN};

/// Heading of the options of `--online`.
const ONLINE: &str = "Network (--online)";

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Settings and logs, distinguished by their content
    ///
    /// Template, export of Jira's tables, XML backup, support zip, setenv file; logs, folders, archives.
    /// `--template` prints a template, `--sql` the query for the tables.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Contact the hosts that are needed
    ///
    /// Those of the settings, or of --provider, from this machine. Nothing secret is sent.
    #[arg(long, help_heading = ONLINE)]
    pub(crate) online: bool,
    /// Without settings: microsoft or google
    #[arg(long, value_name = "NAME", value_parser = ["microsoft", "google"], help_heading = ONLINE)]
    #[arg(hide_possible_values = true)]
    pub(crate) provider: Option<String>,
    /// With --provider: imap, pop, smtp or graph
    #[arg(long, value_name = "NAME", default_value = "imap", value_parser = ["imap", "pop", "smtp", "graph"])]
    #[arg(hide_default_value = true, hide_possible_values = true, requires = "provider", help_heading = ONLINE)]
    pub(crate) protocol: String,
    /// With --provider: worldwide, gcc, gcc-high, dod or china
    #[arg(long, value_name = "NAME", requires = "provider", hide_short_help = true, help_heading = ONLINE)]
    pub(crate) cloud: Option<String>,
    /// With --provider: the tenant's ID or domain
    #[arg(long, value_name = "ID", requires = "provider", hide_short_help = true, help_heading = ONLINE)]
    pub(crate) tenant_id: Option<String>,
    /// HTTP proxy, or none
    ///
    /// In place of that of the JVM arguments and of the environment.
    #[arg(long, value_name = "HOST:PORT", help_heading = ONLINE)]
    pub(crate) proxy: Option<String>,
    /// Java's truststore: JKS or PKCS12
    ///
    /// Default: that of the JVM arguments, of JAVA_HOME, of the JRE that comes with Jira, of the java in PATH.
    #[arg(long, value_name = "FILE", help_heading = ONLINE)]
    pub(crate) truststore: Option<PathBuf>,
    /// File with the password of the truststore. Default: changeit
    #[arg(long, value_name = "FILE", hide_short_help = true, help_heading = ONLINE)]
    pub(crate) truststore_password: Option<PathBuf>,
    /// Write the CA that is missing there
    ///
    /// As PEM, for keytool.
    #[arg(long, value_name = "FILE", requires = "online", help_heading = ONLINE)]
    pub(crate) save_ca: Option<PathBuf>,
    /// Use ADDR for HOST:PORT instead of resolving the name
    #[arg(long, value_name = "HOST:PORT:ADDR", hide_short_help = true, help_heading = ONLINE)]
    pub(crate) resolve: Vec<String>,
    /// Seconds for each step of the network
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = value_parser!(u64).range(1..=30))]
    #[arg(hide_short_help = true, help_heading = ONLINE)]
    pub(crate) timeout: u64,
    /// table, json, markdown or html
    ///
    /// Default: that of the extension of --output, else table.
    #[arg(short, long, value_enum, help_heading = OUTPUT, hide_possible_values = true)]
    format: Option<DoctorFormat>,
    /// Write to a file; its extension sets the format
    #[arg(short, long, value_name = "FILE", help_heading = OUTPUT)]
    pub(crate) output: Option<PathBuf>,
    /// Print a template for settings
    #[arg(long, exclusive = true, help_heading = RUN)]
    pub(crate) template: bool,
    /// Print the query for Jira's database
    ///
    /// For postgresql, mysql, sqlserver or oracle. It selects no column with a secret.
    #[arg(long, value_enum, value_name = "DATABASE", num_args = 0..=1, default_missing_value = "postgresql")]
    #[arg(hide_possible_values = true, help_heading = RUN)]
    pub(crate) sql: Option<Database>,
    /// Print the JSON Schema of `--format json`
    #[arg(long, exclusive = true, hide_short_help = true, help_heading = RUN)]
    pub(crate) schema: bool,
    /// List all checks
    #[arg(long, exclusive = true, help_heading = RUN)]
    pub(crate) list: bool,
    /// Show no notes, only errors
    #[arg(short, long, help_heading = RUN)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) paging: PagingArgs,
    /// Colour: auto, always or never
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN", help_heading = OUTPUT)]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub(crate) color: ColorChoice,
}

impl DoctorArgs {
    /// The format that was chosen, or that the name of the output file says.
    pub(crate) fn format(&self) -> DoctorFormat {
        let of_name = || match self.output.as_ref()?.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "json" => Some(DoctorFormat::Json),
            "md" | "markdown" => Some(DoctorFormat::Markdown),
            "html" | "htm" => Some(DoctorFormat::Html),
            _ => None,
        };
        self.format.or_else(of_name).unwrap_or(DoctorFormat::Table)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DoctorFormat {
    /// Text
    Table,
    /// One JSON object
    Json,
    /// For GitHub, GitLab or Confluence
    Markdown,
    /// HTML page that opens offline
    Html,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    Postgresql,
    Mysql,
    Sqlserver,
    Oracle,
}
