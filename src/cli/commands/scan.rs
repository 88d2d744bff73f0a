//! `scan`: logs to a report in the chosen format.

use std::{io::Write, path::PathBuf, sync::Arc};

use anyhow::Context;
use oauthsift::{
    Engine, Progress, Report, Scan, Severity,
    render::{self, Details, ReportFormat, Sort, TableOptions, write_scan},
};

use crate::cli::{
    ExitStatus,
    args::{DetailsArg, Format, ScanArgs},
    commands::doctor::SettingsOfScan,
    common::{exit_status, load, log_folder, report_duplicates, report_faults, report_inputs},
    output::{Output, refuse_input},
    pager,
    progress::{self, ProgressGuard},
    stdin, terminal,
};

pub(super) fn scan(args: &ScanArgs) -> anyhow::Result<ExitStatus> {
    let given = paths(args)?;
    let catalogue = Arc::new(load(&args.patterns)?);
    let settings = SettingsOfScan::read(&args.settings, Arc::clone(&catalogue))?;
    let filter = args.filter.filter(&catalogue)?;
    let mut engine = Engine::new(catalogue);
    if !args.format().of_report().is_some_and(ReportFormat::shows_also) {
        engine = engine.without_also();
    }
    let scan = Scan::new(&engine)
        .paths(&given)
        .filter(filter)
        .redaction(args.redaction.level())
        .pseudonym_key(args.redaction.key()?)
        .threads(args.threads)
        .user_patterns(!args.patterns.is_empty());
    #[cfg(feature = "mmap")]
    let scan = scan.mmap(args.mmap == crate::cli::args::MapChoice::Always);
    #[cfg(feature = "archives")]
    let scan = scan.archive_limits(archive_limits(args, oauthsift::ArchiveLimits::default()));
    if let Some(output) = &args.output {
        refuse_input(output, &given, &scan.files())?;
    }
    let output = Output::open(args.output.as_deref())?;
    // Findings that are printed to the terminal show the progress themselves.
    let streams = matches!(args.format(), Format::Json | Format::Jsonl | Format::Csv);
    let (progress, guard) = if args.quiet || streams && output.is_terminal() {
        (Progress::default(), None)
    } else {
        let (progress, guard) = progress::show();
        (progress, Some(guard))
    };
    let progress = Arc::new(progress);
    let report = write(args, &scan.progress(Arc::clone(&progress)), &settings, output, guard)?;
    if !args.quiet {
        report_duplicates(&report.inputs);
    }
    if args.verbose {
        report_inputs(&report.inputs, &progress.left_out());
    }
    report_faults(&report.faults, args.quiet);
    if args.explain_redaction && args.format() != Format::Table {
        terminal::message(format_args!(
            "note: {}\n\n{}",
            render::redaction(&report.redaction),
            render::shown().trim_end()
        ));
    }
    if args.format() != Format::Table {
        let given = args.details.is_some() || args.sort.is_some() || args.top.is_some();
        if given && !args.quiet {
            terminal::message("note: --details, --sort and --top apply to the table only");
        }
    } else if let Some(problem) = unknown_incident(args, &report) {
        terminal::message(format_args!("error: {problem}"));
        return Ok(ExitStatus::Failed);
    }
    Ok(exit_status(&report, args.fail_on.map(Severity::from)))
}

#[cfg(feature = "archives")]
fn archive_limits(args: &ScanArgs, limits: oauthsift::ArchiveLimits) -> oauthsift::ArchiveLimits {
    limits
        .with_max_depth(args.max_depth)
        .with_max_ratio(args.max_ratio)
        .with_max_decoded_bytes(args.max_decoded.saturating_mul(1 << 30))
}

/// Runs the scan and writes its result. The progress is removed before anything else is printed.
fn write(
    args: &ScanArgs,
    scan: &Scan<'_>,
    settings: &SettingsOfScan,
    mut output: Output,
    progress: Option<ProgressGuard>,
) -> anyhow::Result<Report> {
    let report = match args.format().of_report() {
        Some(format) => {
            let scanned = |report| {
                drop(progress);
                settings.join(report)
            };
            write_scan(scan, format, &mut output, scanned).context("cannot write the result")?
        }
        None => {
            let report = settings.join(scan.summarize());
            drop(progress);
            let style = terminal::style(args.color, output.is_terminal());
            let options = table_options(args, &report);
            let mut text = render::table_with(&report, &style, &options);
            if args.explain_redaction {
                text += &format!("\n{}\n\n{}\n", render::redaction(&report.redaction), render::shown().trim_end());
            }
            if args.output.is_none() {
                pager::print(&text, args.paging.choice(), output.is_terminal()).context("cannot write the result")?;
            } else {
                output.write_all(text.as_bytes())?;
            }
            report
        }
    };
    output.finish()?;
    Ok(report)
}

/// What the table shows; the first screen, if there is no incident with a number that was asked for.
fn table_options(args: &ScanArgs, report: &Report) -> TableOptions {
    let details = match &args.details {
        Some(details) if unknown_incident(args, report).is_none() => details.0.clone(),
        _ => Details::None,
    };
    let options = TableOptions::new().details(details).sort(args.sort.map_or_else(Sort::default, Sort::from));
    args.top.and_then(|top| usize::try_from(top).ok()).map_or(options.clone(), |top| options.top(top))
}

/// Says that there is no incident with a number that was asked for.
fn unknown_incident(args: &ScanArgs, report: &Report) -> Option<String> {
    let Some(DetailsArg(Details::Incidents(numbers))) = &args.details else { return None };
    let last = report.incidents.len();
    let number = numbers.iter().find(|number| **number > last)?;
    Some(match last {
        0 => format!("--details: no incident {number}, because no failures were found"),
        1 => format!("--details: no incident {number}, only incident 1"),
        last => format!("--details: no incident {number}, only incidents 1 to {last}"),
    })
}

/// What to read: the paths given, else standard input if something is piped in, else Jira's log folder.
fn paths(args: &ScanArgs) -> anyhow::Result<Vec<PathBuf>> {
    if !args.paths.is_empty() {
        return Ok(args.paths.clone());
    }
    if stdin::is_piped(args.quiet) {
        return Ok(vec![PathBuf::from("-")]);
    }
    Ok(vec![log_folder("scan", args.quiet)?])
}
