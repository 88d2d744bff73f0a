//! `doctor`: are the settings right, and can this machine reach what it must reach?

mod clock;
mod inputs;
mod join;
mod online;
mod sql;

use std::io::{self, IsTerminal, Write};

use anyhow::Context;
use oauthsift::{
    doctor::{self, DoctorReport, checks, guide::Guide, readers::TEMPLATE},
    render::doctor as render,
};

use self::inputs::{Inputs, scan_logs};
pub(super) use self::join::SettingsOfScan;
use crate::cli::{
    ExitStatus,
    args::{DoctorArgs, DoctorFormat},
    common::load,
    output::{Output, refuse_input},
    pager, terminal,
};

pub(super) fn doctor(args: &DoctorArgs) -> anyhow::Result<ExitStatus> {
    if let Some(text) = printed(args) {
        io::stdout().write_all(text.as_bytes())?;
        return Ok(ExitStatus::Done);
    }
    let inputs = Inputs::read(&args.paths)?;
    for problem in &inputs.problems {
        terminal::message(format_args!("error: {problem}"));
    }
    if let Some(output) = &args.output {
        refuse_input(output, &args.paths, &args.paths)?;
    }
    let now = clock::now();
    let settings = &inputs.settings;
    // Without settings there is nothing to compare, and hosts were named.
    let mut checks =
        if args.paths.is_empty() && args.provider.is_some() { Vec::new() } else { checks::check(settings, now) };
    if !inputs.logs.is_empty() {
        let catalogue = load(&[])?;
        let report = scan_logs(&inputs, args.quiet)?;
        checks.extend(checks::log_checks(&report, settings, &checks, &catalogue, now));
    }
    if args.online {
        checks.extend(online::run(args, settings)?);
    }
    let report = DoctorReport::new(settings, checks, args.online, now);
    write(args, &report)?;
    Ok(match report.summary.problem {
        _ if !inputs.problems.is_empty() => ExitStatus::Failed,
        1.. => ExitStatus::Found,
        0 if report.is_incomplete() => ExitStatus::Failed,
        0 => ExitStatus::Done,
    })
}

/// What is printed without any check.
fn printed(args: &DoctorArgs) -> Option<String> {
    if args.template {
        Some(TEMPLATE.to_owned())
    } else if let Some(database) = args.sql {
        Some(sql::query(database))
    } else if args.schema {
        Some(oauthsift::unpacked_text(include_bytes!(concat!(env!("OUT_DIR"), "/doctor.schema.json.packed"))))
    } else if args.list {
        let checks = Guide::builtin().checks.iter();
        let line = |check: &doctor::guide::CheckInfo| {
            let online = if check.online { " (--online)" } else { "" };
            format!("{:<22} {}{online}: {}\n", check.id, check.title, check.why)
        };
        Some(checks.map(line).collect())
    } else {
        None
    }
}

fn write(args: &DoctorArgs, report: &DoctorReport) -> anyhow::Result<()> {
    let text = match args.format() {
        DoctorFormat::Table => {
            let is_terminal = args.output.is_none() && io::stdout().is_terminal();
            let text = render::table(report, &terminal::style(args.color, is_terminal));
            if args.output.is_none() {
                return pager::print(&text, args.paging.choice(), is_terminal).context("cannot write the result");
            }
            text
        }
        DoctorFormat::Json => report.to_json()?,
        DoctorFormat::Markdown => render::markdown(report),
        DoctorFormat::Html => render::html(report),
    };
    let mut output = Output::open(args.output.as_deref())?;
    output.write_all(text.as_bytes())?;
    output.finish()
}
