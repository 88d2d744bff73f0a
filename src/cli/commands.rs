//! Each command: arguments to library to renderer to exit status.

use std::{
    fs::File,
    io::{self, BufWriter, IsTerminal, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use anyhow::{Context, bail};
use clap::CommandFactory;
use oauthsift::{
    Catalogue, Engine, Filter, Finding, PseudonymKey, RedactionLevel, Report, Scan, Severity, catalogue,
    model::{Fault, FaultKind},
    report::InputSummary,
    selftest,
};

use super::{
    ExitStatus,
    args::{Args, Command, ExplainArgs, ExplainFormat, Format, PatternsCommand, ScanArgs},
    render::{self, TextStyle},
};

pub(crate) fn run(args: Args) -> anyhow::Result<ExitStatus> {
    match args.command {
        Command::Scan(args) => scan(&args),
        Command::Follow(args) => super::follow::follow(&args),
        Command::Ticket(args) => super::ticket::ticket(&args),
        Command::Diff(args) => super::diff::diff(&args),
        Command::Explain(args) => explain(&args),
        Command::Patterns { command } => patterns(&command),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "oauthsift", &mut script);
            io::stdout().write_all(&script)?;
            Ok(ExitStatus::Done)
        }
        Command::Schema => {
            let mut out = io::stdout().lock();
            serde_json::to_writer_pretty(&mut out, &oauthsift::report::schema())?;
            out.write_all(b"\n")?;
            Ok(ExitStatus::Done)
        }
        Command::Man => {
            clap_mangen::Man::new(Args::command()).render(&mut io::stdout())?;
            Ok(ExitStatus::Done)
        }
    }
}

fn scan(args: &ScanArgs) -> anyhow::Result<ExitStatus> {
    let paths = paths(args)?;
    let catalogue = load(&args.patterns)?;
    let patterns = check_filter(&catalogue, &args.pattern)?;
    let mut engine = Engine::new(Arc::new(catalogue));
    if matches!(args.format, Format::Table | Format::Markdown | Format::Jira | Format::Html) {
        engine = engine.without_also();
    }
    let scan = Scan::new(&engine)
        .paths(paths)
        .filter(Filter {
            since: args.since.map(super::time_arg::TimeArg::start),
            until: args.until.map(super::time_arg::TimeArg::end),
            patterns,
            severity: args.severity.map(Severity::from),
        })
        .redaction(if args.no_redact { RedactionLevel::Secrets } else { RedactionLevel::SecretsAndPeople })
        .pseudonym_key(args.pseudonym_key.as_deref().map(pseudonym_key).transpose()?)
        .threads(args.threads)
        .user_patterns(!args.patterns.is_empty());
    #[cfg(feature = "mmap")]
    let scan = scan.mmap(args.mmap == super::args::MapChoice::Always);
    #[cfg(feature = "archives")]
    let scan = scan.archive_limits(oauthsift::ArchiveLimits {
        depth: args.max_depth,
        ratio: args.max_ratio,
        bytes: args.max_decoded.saturating_mul(1 << 30),
        ..oauthsift::ArchiveLimits::default()
    });
    let mut out = Output::open(args.output.as_deref())?;
    let look = TextStyle::of(args.color, out.is_terminal());
    // Findings that run over the terminal show progress enough.
    let streams = matches!(args.format, Format::Json | Format::Jsonl | Format::Csv);
    let mut shown = None;
    let scan = if args.quiet || streams && out.is_terminal() {
        scan
    } else {
        let (progress, bar) = super::progress::show();
        shown = Some(bar);
        scan.progress(Arc::new(progress))
    };
    let report = match args.format {
        Format::Table => {
            let report = scan.summarize();
            drop(shown.take());
            out.write_all(render::table(&report, &look).as_bytes())?;
            if args.explain_redaction {
                writeln!(out, "\n{}", render::redaction(&report.redaction))?;
            }
            report
        }
        Format::Json => {
            let mut stream = render::json::Stream::begin(&mut out)?;
            let report = each(|take| scan.for_each_indexed(take), |finding| stream.finding(finding))?;
            stream.finish(&report)?;
            report
        }
        Format::Jsonl => {
            let report = each(|take| scan.for_each(take), |finding| render::json_line(&mut out, finding))?;
            render::summary_line(&mut out, &report)?;
            report
        }
        Format::Html => {
            let mut page = render::Page::default();
            let report = scan.for_each_indexed(|finding| {
                page.take(&finding);
                ControlFlow::Continue(())
            });
            drop(shown.take());
            out.write_all(page.finish(&report)?.as_bytes())?;
            report
        }
        Format::Markdown | Format::Jira => {
            let report = scan.summarize();
            drop(shown.take());
            let print = if args.format == Format::Jira { render::jira } else { render::as_markdown };
            out.write_all(print(&report).as_bytes())?;
            report
        }
        Format::Csv => {
            let mut rows = render::csv::Rows::begin(&mut out)?;
            let report = each(|take| scan.for_each(take), |finding| rows.row(finding))?;
            rows.finish()?;
            report
        }
    };
    drop(shown.take());
    out.finish()?;
    if !args.quiet {
        report_duplicates(&report.inputs);
    }
    report_faults(&report.faults, args.quiet);
    if args.explain_redaction && args.format != Format::Table {
        eprintln!("oauthsift: note: {}", render::redaction(&report.redaction));
    }
    Ok(exit_status(&report, args.fail_on.map(Severity::from)))
}

/// Runs a scan and writes each finding as it comes; the first trouble with writing ends it.
fn each(
    run: impl FnOnce(&mut dyn FnMut(Finding) -> ControlFlow<()>) -> Report,
    mut write: impl FnMut(&Finding) -> io::Result<()>,
) -> anyhow::Result<Report> {
    let mut failed = None;
    let report = run(&mut |finding| match write(&finding) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    });
    match failed {
        Some(error) => Err(error).context("writing the findings"),
        None => Ok(report),
    }
}

/// What to read: what was named, else standard input when something is piped in, else Jira's own log.
fn paths(args: &ScanArgs) -> anyhow::Result<Vec<PathBuf>> {
    if !args.paths.is_empty() {
        return Ok(args.paths.clone());
    }
    if !io::stdin().is_terminal() {
        return Ok(vec![PathBuf::from("-")]);
    }
    if let Some(found) = log_folder(args.quiet) {
        return Ok(vec![found]);
    }
    bail!(
        "no log given, and none found under $JIRA_HOME/log or /var/atlassian/application-data/jira/log\n\n\
         Usage: oauthsift scan [OPTIONS] [PATH]...\n\nFor more information, try 'oauthsift scan --help'."
    )
}

/// The folder where Jira keeps its log, if it is there; says which one is taken.
pub(super) fn log_folder(quiet: bool) -> Option<PathBuf> {
    let home = std::env::var_os("JIRA_HOME").map(|home| PathBuf::from(home).join("log"));
    let usual = PathBuf::from("/var/atlassian/application-data/jira/log");
    let found = home.into_iter().chain([usual]).find(|folder| folder.is_dir())?;
    if !quiet {
        eprintln!("oauthsift: no path given, reading {}", found.display());
    }
    Some(found)
}

pub(super) fn load(folders: &[PathBuf]) -> anyhow::Result<Catalogue> {
    let mut catalogue = Catalogue::builtin();
    for folder in folders {
        catalogue.add_folder(folder)?;
    }
    for id in catalogue.replaced() {
        eprintln!("oauthsift: note: your entry `{id}` replaces the built-in one");
    }
    Ok(catalogue)
}

/// The key in a file. Its bytes are never shown.
pub(super) fn pseudonym_key(path: &Path) -> anyhow::Result<PseudonymKey> {
    let way_out = "make one with `openssl rand -hex 32 >` and its name";
    let bytes =
        std::fs::read(path).with_context(|| format!("cannot read the key file {}; {way_out}", path.display()))?;
    PseudonymKey::new(&bytes).with_context(|| format!("the key file {} cannot be used", path.display()))
}

/// The ids to filter by: those that were given, or those that replaced removed ones.
pub(super) fn check_filter(catalogue: &Catalogue, ids: &[String]) -> anyhow::Result<Vec<String>> {
    let current = |id: &String| match catalogue.get(id) {
        Some(pattern) => Ok(pattern.id.clone()),
        None => bail!("no pattern `{id}`{}", did_you_mean(&catalogue.nearest(id))),
    };
    ids.iter().map(current).collect()
}

fn did_you_mean(near: &[&str]) -> String {
    match near {
        [] => "; see `oauthsift patterns list`".to_owned(),
        near => format!("; did you mean {}?", near.join(", ")),
    }
}

pub(super) fn report_duplicates(inputs: &[InputSummary]) {
    for input in inputs {
        if let Some(twin) = &input.duplicate_of {
            eprintln!("oauthsift: note: {} holds the same bytes as {twin}: read once", input.source);
        }
    }
}

pub(super) fn report_faults(faults: &[Fault], quiet: bool) {
    for fault in faults.iter().filter(|fault| !quiet || fault.kind.incomplete()) {
        let place = fault.offset.map_or(String::new(), |offset| format!(": byte {offset}"));
        let kind = if fault.kind.incomplete() { "error" } else { "note" };
        eprintln!("oauthsift: {kind}: {}{place}: {}", fault.source, fault.message);
    }
}

pub(super) fn exit_status(report: &Report, fail_on: Option<Severity>) -> ExitStatus {
    if report.faults.iter().any(|fault| fault.kind.incomplete() || fault.kind == FaultKind::NoLogs) {
        return ExitStatus::Failed;
    }
    match fail_on {
        Some(least) if report.incidents.iter().any(|incident| incident.severity >= least) => ExitStatus::Found,
        _ => ExitStatus::Done,
    }
}

fn explain(args: &ExplainArgs) -> anyhow::Result<ExitStatus> {
    let catalogue = load(&args.patterns)?;
    let look = TextStyle::of(args.color, io::stdout().is_terminal());
    let Some(subjects) = render::explain::find(&catalogue, &args.name) else {
        bail!("nothing known of `{}`{}", args.name, did_you_mean(&catalogue.nearest(&args.name)));
    };
    if let Some(successor) = catalogue.successor(args.name.trim()) {
        eprintln!("oauthsift: note: `{}` is now part of `{successor}`", args.name.trim());
    }
    let text = match args.format {
        ExplainFormat::Text => render::explain::text(&catalogue, &subjects, &look),
        ExplainFormat::Markdown => render::explain::markdown(&catalogue, &subjects),
        ExplainFormat::Json => render::explain::json(&catalogue, &subjects)?,
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitStatus::Done)
}

fn patterns(command: &PatternsCommand) -> anyhow::Result<ExitStatus> {
    let mut out = io::stdout().lock();
    match command {
        PatternsCommand::List { patterns } => {
            out.write_all(render::explain::list(&load(patterns)?).as_bytes())?;
        }
        PatternsCommand::Check { dir } => {
            let entries = catalogue::entries_of_folder(dir, &with_folder(dir)?)?;
            let today =
                SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400);
            let review = catalogue::review(&entries, i64::try_from(today).unwrap_or(i64::MAX));
            for warning in &review.warnings {
                eprintln!("oauthsift: warning: {warning}");
            }
            if !review.faults.is_empty() {
                bail!(catalogue::CatalogueErrors(review.faults).list());
            }
            writeln!(out, "{}: {} entries, no fault", dir.display(), entries.len())?;
        }
        PatternsCommand::Test { dir } => {
            let catalogue = Arc::new(with_folder(dir)?);
            let (ran, failures) = selftest::test(&catalogue, &own(&catalogue, dir)?);
            for failure in &failures {
                writeln!(out, "{}, {}: {}", failure.pattern, failure.which, failure.problem)?;
            }
            writeln!(out, "{ran} samples, {} failed", failures.len())?;
            if !failures.is_empty() {
                return Ok(ExitStatus::Failed);
            }
        }
        PatternsCommand::Docs => out.write_all(render::explain::docs(&Catalogue::builtin()).as_bytes())?,
    }
    Ok(ExitStatus::Done)
}

/// The built-in catalogue with a folder added.
fn with_folder(dir: &Path) -> anyhow::Result<Catalogue> {
    let mut catalogue = Catalogue::builtin();
    catalogue.add_folder(dir)?;
    Ok(catalogue)
}

/// The folder's own entries, with their samples.
fn own(catalogue: &Catalogue, dir: &Path) -> anyhow::Result<Vec<catalogue::Pattern>> {
    let ids = catalogue::ids_of_folder(dir, catalogue)?;
    Ok(ids.iter().filter_map(|id| catalogue.get(id)).cloned().collect())
}

/// Bytes of a result that are written at once.
const WRITTEN: usize = 1 << 16;

/// Standard output, or a file that appears only when it is whole.
struct Output {
    to: BufWriter<Box<dyn Write>>,
    file: Option<(PathBuf, PathBuf)>,
    terminal: bool,
}

impl Output {
    fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else {
            let terminal = io::stdout().is_terminal();
            return Ok(Self { to: BufWriter::with_capacity(WRITTEN, Box::new(io::stdout())), file: None, terminal });
        };
        let mut name = path.file_name().with_context(|| format!("{} is not a file name", path.display()))?.to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let file = File::create(&part).with_context(|| format!("cannot write {}", part.display()))?;
        Ok(Self {
            to: BufWriter::with_capacity(WRITTEN, Box::new(file)),
            file: Some((part, path.to_path_buf())),
            terminal: false,
        })
    }

    fn is_terminal(&self) -> bool {
        self.terminal
    }

    fn finish(mut self) -> anyhow::Result<()> {
        self.to.flush().context("writing the result")?;
        if let Some((part, path)) = &self.file {
            std::fs::rename(part, path).with_context(|| format!("cannot write {}", path.display()))?;
            self.file = None;
        }
        Ok(())
    }
}

impl Drop for Output {
    /// A run that failed leaves nothing behind.
    fn drop(&mut self) {
        if let Some((part, _)) = &self.file {
            let _ = std::fs::remove_file(part);
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    // As the buffer does it, at once: JSON comes in very small pieces.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
