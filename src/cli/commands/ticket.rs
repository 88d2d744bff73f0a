//! `ticket`: logs to one zip for the vendor's support, and a check of such a file.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use oauthsift::{
    Engine, Report, Scan,
    doctor::WrittenDoctorReport,
    leaks,
    render::{
        format::{count, grouped, size, times},
        ticket::{Ticket, TicketDate},
    },
};

use crate::cli::{
    ExitStatus,
    args::TicketArgs,
    cleanup,
    common::{exit_status, load, log_folder, pseudonym_key, report_duplicates, report_faults},
    output::{AtomicFile, refuse_input},
    progress, terminal,
};

/// Lines that `--check` prints for a file.
const MAX_LEAK_LINES: usize = 200;

pub(super) fn ticket(args: &TicketArgs) -> anyhow::Result<ExitStatus> {
    if args.check { check(&args.paths, args.quiet) } else { create(args) }
}

fn create(args: &TicketArgs) -> anyhow::Result<ExitStatus> {
    let paths = paths(args)?;
    let doctor = args.doctor.as_deref().map(doctor_report).transpose()?;
    let engine = Engine::new(Arc::new(load(&args.patterns)?));
    let scan = Scan::new(&engine)
        .paths(&paths)
        .filter(args.time.filter())
        .redaction(args.redact.into())
        .pseudonym_key(args.pseudonym_key.as_deref().map(pseudonym_key).transpose()?)
        .threads(args.threads)
        .user_patterns(!args.patterns.is_empty());
    refuse_input(&args.output, &paths, &scan.files())?;
    if !args.force && args.output.exists() {
        bail!("{} already exists: choose another file with --output, or add --force", args.output.display());
    }
    let report = if args.quiet {
        write(args, scan, &paths, doctor)?
    } else {
        let (progress, _guard) = progress::show();
        write(args, scan.progress(Arc::new(progress)), &paths, doctor)?
    };
    if !args.quiet {
        report_duplicates(&report.inputs);
    }
    report_faults(&report.faults, args.quiet);
    if !args.quiet {
        terminal::message(format_args!(
            "wrote {}: {}, {}, {}",
            args.output.display(),
            count(report.summary.findings, "failure"),
            count(report.incidents.len() as u64, "incident"),
            size(fs::metadata(&args.output).map_or(0, |metadata| metadata.len()))
        ));
    }
    let result = check_file(&args.output, args.quiet)?;
    match exit_status(&report, None) {
        ExitStatus::Done if result.leaks > 0 => Ok(ExitStatus::Found),
        status => Ok(status),
    }
}

/// What to read. Inputs are read twice, so they must be files or folders.
fn paths(args: &TicketArgs) -> anyhow::Result<Vec<PathBuf>> {
    if args.paths.is_empty() {
        return Ok(vec![log_folder("ticket", args.quiet)?]);
    }
    for path in &args.paths {
        let is_stdin = path.as_os_str() == "-";
        if is_stdin || fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            bail!(
                "{}: a ticket reads its logs twice, and a stream can be read only once: save it to a file first",
                if is_stdin { "standard input".to_owned() } else { path.display().to_string() }
            );
        }
    }
    Ok(args.paths.clone())
}

/// A report of the doctor that was written before.
fn doctor_report(path: &Path) -> anyhow::Result<WrittenDoctorReport> {
    let report = File::open(path).and_then(WrittenDoctorReport::read);
    let report = report.with_context(|| format!("cannot read {}", path.display()))?;
    report.with_context(|| path.display().to_string())
}

/// Scans and writes the zip, which appears only when it is complete.
fn write(
    args: &TicketArgs,
    scan: Scan<'_>,
    paths: &[PathBuf],
    doctor: Option<WrittenDoctorReport>,
) -> anyhow::Result<Report> {
    cleanup::on_signals()?;
    let file = AtomicFile::create_private(&args.output)?;
    let spool = file.unnamed_sibling()?;
    let files = InputFiles::new(scan.files());
    let ticket = Ticket::scan(scan, paths, args.lines, spool)
        .with_context(|| format!("cannot write a temporary file in the folder of {}", args.output.display()))?;
    let ticket = match doctor {
        Some(doctor) => ticket.with_doctor(doctor),
        None => ticket,
    };
    files.check_unchanged()?;
    let mut out = BufWriter::new(file);
    let report = ticket.write(date(), files.open(), &mut out).context("cannot write the ticket")?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist()?;
    Ok(report)
}

/// A time that is fixed from outside is kept.
fn date() -> TicketDate {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").is_ok_and(|seconds| seconds.parse::<i64>().is_ok());
    if fixed { TicketDate::Report } else { TicketDate::NewestRecord }
}

/// The files of the inputs, as they were before the scan.
#[derive(Debug)]
struct InputFiles(Vec<(PathBuf, Option<Identity>)>);

/// Identifies the file at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    /// Device and inode.
    #[cfg(unix)]
    file: (u64, u64),
    bytes: u64,
}

impl Identity {
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            #[cfg(unix)]
            file: {
                use std::os::unix::fs::MetadataExt;
                (metadata.dev(), metadata.ino())
            },
            bytes: metadata.len(),
        })
    }

    /// True for the same file, possibly grown.
    fn is_continued_by(self, later: Self) -> bool {
        #[cfg(unix)]
        if self.file != later.file {
            return false;
        }
        later.bytes >= self.bytes
    }
}

impl InputFiles {
    fn new(paths: Vec<PathBuf>) -> Self {
        let identify = |path: PathBuf| {
            let identity = Identity::of(&path);
            (path, identity)
        };
        Self(paths.into_iter().map(identify).collect())
    }

    /// Refuses a ticket whose two readings saw different files.
    fn check_unchanged(&self) -> anyhow::Result<()> {
        for (path, before) in &self.0 {
            let Some(before) = before else { continue };
            if !Identity::of(path).is_some_and(|now| before.is_continued_by(now)) {
                bail!("{} was rotated while the ticket was created: run it again", path.display());
            }
        }
        Ok(())
    }

    /// The files, opened one at a time. Files that cannot be opened are faults of the report already.
    fn open(&self) -> impl Iterator<Item = (PathBuf, File)> {
        self.0.iter().filter_map(|(path, _)| Some((path.clone(), File::open(path).ok()?)))
    }
}

/// The result of a check.
#[derive(Debug, Default, Clone, Copy)]
struct CheckResult {
    /// Lines with something that looks like a secret or a person.
    leaks: usize,
    faults: usize,
}

fn check(paths: &[PathBuf], quiet: bool) -> anyhow::Result<ExitStatus> {
    let mut total = CheckResult::default();
    for path in paths {
        let result = check_file(path, quiet)?;
        total.leaks += result.leaks;
        total.faults += result.faults;
    }
    Ok(match total {
        CheckResult { faults: 1.., .. } => ExitStatus::Failed,
        CheckResult { leaks: 1.., .. } => ExitStatus::Found,
        _ => ExitStatus::Done,
    })
}

/// Prints entry, line and kind of what looks like a secret or a person, never the value.
fn check_file(path: &Path, quiet: bool) -> anyhow::Result<CheckResult> {
    let mut out = io::stdout().lock();
    let (mut found, mut failed) = (0, None);
    let faults = leaks(path, &mut |leak| {
        found += 1;
        if found > MAX_LEAK_LINES || failed.is_some() {
            return;
        }
        let times = if leak.count > 1 { format!(" ({})", times(leak.count)) } else { String::new() };
        failed = writeln!(out, "{}: line {}: {}{times}", leak.source, leak.line, leak.kind).err();
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    if found > MAX_LEAK_LINES {
        writeln!(out, "… and {}", count((found - MAX_LEAK_LINES) as u64, "more line"))?;
    }
    report_faults(&faults, quiet);
    let path = path.display();
    if found > 0 {
        let lines =
            if found == 1 { "1 line contains".to_owned() } else { format!("{} lines contain", grouped(found as u64)) };
        terminal::message(format_args!("{path}: {lines} something that looks like a secret or a person"));
    } else if faults.is_empty() && !quiet {
        terminal::message(format_args!(
            "{path}: nothing found that looks like a secret or a person; review it anyway before sending"
        ));
    }
    Ok(CheckResult { leaks: found, faults: faults.len() })
}
