//! `ticket`: logs to one zip for vendor support, and a last look at such a file.

mod bundle;
mod manifest;
mod path_names;
mod spool;

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use oauthsift::{Engine, Filter, RecordContext, RedactionLevel, Report, Scan, leaks};

use super::{
    ExitStatus,
    args::TicketArgs,
    commands::{exit_status, load, log_folder, pseudonym_key, report_duplicates, report_faults},
    render::{self, format},
    time_arg::TimeArg,
};
use bundle::Bundle;
use manifest::{BundleDate, PeopleCounts};
use path_names::PathShortener;
use spool::Spool;

/// What is hidden in a bundle; there is no way to hide less.
const REDACTION: RedactionLevel = RedactionLevel::SecretsAndEverybody;
/// Lines that `--check` prints for a file.
const MAX_LEAKS: usize = 200;

pub(crate) fn ticket(args: &TicketArgs) -> anyhow::Result<ExitStatus> {
    if args.check { check(&args.paths, args.quiet) } else { pack(args) }
}

fn pack(args: &TicketArgs) -> anyhow::Result<ExitStatus> {
    let paths = paths(args)?;
    if !args.force && args.output.exists() {
        bail!("{} is there already: name another file with --output, or add --force", args.output.display());
    }
    let engine = Engine::new(Arc::new(load(&args.patterns)?));
    let scan = Scan::new(&engine)
        .paths(&paths)
        .filter(Filter::default().with_since(args.since.map(TimeArg::start)).with_until(args.until.map(TimeArg::end)))
        .redaction(REDACTION)
        .pseudonym_key(args.pseudonym_key.as_deref().map(pseudonym_key).transpose()?)
        .threads(args.threads)
        .user_patterns(!args.patterns.is_empty());
    let (scan, mut shown) = if args.quiet {
        (scan, None)
    } else {
        let (progress, bar) = super::progress::show();
        (scan.progress(Arc::new(progress)), Some(bar))
    };
    let before = manifest::Inputs::see(&scan.files());
    let part = args.output.with_extension("zip.part");
    let written = write(args, &scan, &paths, &before, &part);
    drop(shown.take());
    let report = match written {
        Ok(report) => report,
        Err(error) => {
            // Half a bundle is none.
            let _ = fs::remove_file(&part);
            return Err(error);
        }
    };
    fs::rename(&part, &args.output).with_context(|| format!("cannot write {}", args.output.display()))?;
    if !args.quiet {
        report_duplicates(&report.inputs);
    }
    report_faults(&report.faults, args.quiet);
    let size = fs::metadata(&args.output).map_or(0, |found| found.len());
    if !args.quiet {
        eprintln!(
            "oauthsift: wrote {}: {}, {}, {}",
            args.output.display(),
            format::count(report.summary.findings, "failure"),
            format::count(report.incidents.len() as u64, "incident"),
            format::size(size)
        );
    }
    let found = look_through(&args.output, args.quiet)?;
    match exit_status(&report, None) {
        ExitStatus::Done if found.shown > 0 => Ok(ExitStatus::Found),
        status => Ok(status),
    }
}

/// What to read. It is read twice, so it must lie still somewhere.
fn paths(args: &TicketArgs) -> anyhow::Result<Vec<PathBuf>> {
    let given = &args.paths;
    if given.is_empty() {
        return match log_folder(args.quiet) {
            Some(folder) => Ok(vec![folder]),
            None => bail!(
                "no log given, and none found under $JIRA_HOME/log or /var/atlassian/application-data/jira/log\n\n\
                 Usage: oauthsift ticket [OPTIONS] [PATH]...\n\nFor more information, try 'oauthsift ticket --help'."
            ),
        };
    }
    for path in given {
        let still =
            path.as_os_str() != "-" && fs::metadata(path).map_or(true, |found| found.is_file() || found.is_dir());
        if !still {
            bail!(
                "{}: a ticket reads its logs twice, which a stream does not allow: save it to a file first",
                if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
            );
        }
    }
    Ok(given.clone())
}

fn write(
    args: &TicketArgs,
    scan: &Scan<'_>,
    paths: &[PathBuf],
    before: &manifest::Inputs,
    part: &Path,
) -> anyhow::Result<Report> {
    let (mut page, mut tally, names) = (render::Page::default(), PeopleCounts::default(), PathShortener::of(paths));
    let aside = args.output.with_extension("findings.part");
    let mut spool = Spool::new(&aside).with_context(|| format!("cannot write {}", aside.display()))?;
    let mut failed = None;
    let (mut report, mut around, known) = scan.with_context_lines(args.lines, |mut finding| {
        names.shorten(&mut finding.source);
        page.take(&finding);
        match spool.put(&finding) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    });
    if let Some(error) = failed {
        return Err(error).with_context(|| format!("writing {}", aside.display()));
    }
    before.still_there()?;
    names.shorten_report(&mut report);
    for one in &mut around {
        names.shorten(&mut one.source);
        one.lines.iter_mut().for_each(|line| names.shorten(&mut line.source));
    }
    let dated = BundleDate::of(&report);
    report.generated_at.clone_from(&dated.time);
    let file = File::create(part).with_context(|| format!("cannot write {}", part.display()))?;
    let mut bundle = Bundle::new(BufWriter::new(file));
    bundle.start("report.json")?;
    let mut json = render::json::Stream::begin(&mut bundle)?;
    spool.each(&known, &mut |line| {
        tally.see(line);
        json.written(line)
    })?;
    json.finish(&report)?;
    page.rename(&known);
    bundle.start("report.html")?;
    bundle.write_all(page.finish(&report)?.as_bytes())?;
    bundle.start("summary.md")?;
    bundle.write_all(render::as_markdown(&report).as_bytes())?;
    bundle.start("summary.jira.txt")?;
    bundle.write_all(render::jira(&report).as_bytes())?;
    for one in &around {
        one.lines.iter().for_each(|line| tally.see(&line.text));
        bundle.start(&format!("excerpts/{}.txt", one.incident))?;
        bundle.write_all(excerpt(&report, one).as_bytes())?;
    }
    let inputs = before.describe(&report, &names)?;
    bundle.start("manifest.json")?;
    let manifest = manifest::manifest(&report, &dated, inputs, tally, bundle.written());
    bundle.write_all((serde_json::to_string_pretty(&manifest)? + "\n").as_bytes())?;
    bundle.start("README.txt")?;
    bundle.write_all(manifest::readme(&report, &dated).as_bytes())?;
    bundle.finish()?;
    Ok(report)
}

/// Lines of the log with their numbers; those of the record are marked.
fn excerpt(report: &Report, around: &RecordContext) -> String {
    use std::fmt::Write as _;
    let title =
        report.incidents.iter().find(|incident| incident.id == around.incident).map_or("", |one| one.title.as_str());
    let mut out = format!("{}: {title}\n{}, line {}\n", around.incident, around.source, around.record_line);
    if around.lines.is_empty() {
        out.push_str("\nThe log could not be read again.\n");
        return out;
    }
    out.push_str("Redacted. `>` marks the first record of the incident.\n\n");
    let mut source = &around.lines[0].source;
    if *source != around.source {
        let _ = writeln!(out, "  {source}:");
    }
    for (i, line) in around.lines.iter().enumerate() {
        if line.source != *source {
            source = &line.source;
            let _ = writeln!(out, "  {source}:");
        }
        let mark = if line.of_record { '>' } else { ' ' };
        let _ = writeln!(out, "{}", format!("{mark}{:>8}  {}", line.number, line.text).trim_end());
        let ends = line.of_record && !around.lines.get(i + 1).is_some_and(|next| next.of_record);
        if ends && around.left_out > 0 {
            let _ =
                writeln!(out, "           ({} of this record left out)", format::count(around.left_out, "more line"));
        }
    }
    out
}

/// What a look through files has found.
#[derive(Debug, Default, Clone, Copy)]
struct Found {
    /// Lines with something in them.
    shown: usize,
    faults: usize,
}

fn check(paths: &[PathBuf], quiet: bool) -> anyhow::Result<ExitStatus> {
    let mut all = Found::default();
    for path in paths {
        let found = look_through(path, quiet)?;
        all.shown += found.shown;
        all.faults += found.faults;
    }
    Ok(match all {
        Found { faults: 1.., .. } => ExitStatus::Failed,
        Found { shown: 1.., .. } => ExitStatus::Found,
        _ => ExitStatus::Done,
    })
}

/// Prints where a file shows something: entry, line and kind, never the thing itself.
fn look_through(path: &Path, quiet: bool) -> anyhow::Result<Found> {
    let mut out = io::stdout().lock();
    let (mut shown, mut failed) = (0, None);
    let faults = leaks(path, &mut |leak| {
        shown += 1;
        if shown > MAX_LEAKS || failed.is_some() {
            return;
        }
        let times = if leak.count > 1 { format!(" ({})", format::times(leak.count)) } else { String::new() };
        failed = writeln!(out, "{}: line {}: {}{times}", leak.source, leak.line, leak.kind).err();
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    if shown > MAX_LEAKS {
        writeln!(out, "… and {}", format::count((shown - MAX_LEAKS) as u64, "more place"))?;
    }
    report_faults(&faults, quiet);
    let path = path.display();
    if shown > 0 {
        eprintln!(
            "oauthsift: {path}: {} something that looks like a secret or a person",
            if shown == 1 {
                "1 line shows".to_owned()
            } else {
                format!("{} lines show", format::grouped(shown as u64))
            }
        );
    } else if faults.is_empty() && !quiet {
        eprintln!(
            "oauthsift: {path}: nothing in it looks like a secret or a person; read it all the same before you send it"
        );
    }
    Ok(Found { shown, faults: faults.len() })
}
