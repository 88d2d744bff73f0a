//! Files to the zip for a support ticket.

use std::{
    io::{self, Cursor},
    path::PathBuf,
};

use oauthsift::{
    Input,
    doctor::WrittenDoctorReport,
    leaks,
    render::ticket::{Ticket, TicketDate},
};
use serde::Serialize;

use crate::{
    Engines, host,
    host::Store,
    page_file::PageFileReader,
    request::{InputOfPage, Options},
    scan::Outcome,
    settings::Given,
    spool::Spool,
};

/// Log lines before and after the first record of each incident: what the command line has by default.
const CONTEXT_LINES: u64 = 20;
/// Lines of the final check that the page lists.
const MAX_LEAKS: usize = 200;

/// What the page shows of a ticket.
#[derive(Debug, Serialize)]
pub(crate) struct TicketOutcome {
    #[serde(flatten)]
    scan: Outcome,
    /// What the final check has found.
    leaks: Vec<Leak>,
    /// How many lines it has found.
    leaked_lines: usize,
}

#[derive(Debug, Serialize)]
struct Leak {
    source: String,
    line: u64,
    kind: String,
}

/// Scans the logs among the files, writes the zip to the output, and checks it. `checks` is the JSON report of the settings
/// that the page shows, which becomes part of the zip, unless a report of the doctor is among the files.
///
/// # Errors
/// A file that can no longer be read, or another text as `checks`.
pub(crate) fn ticket(
    engines: &Engines,
    inputs: &[InputOfPage],
    options: &Options,
    checks: Option<&str>,
) -> io::Result<TicketOutcome> {
    let checks = checks.map(WrittenDoctorReport::parse).transpose().map_err(io::Error::other)?;
    let given = Given::sort(inputs);
    let checks = given.report().cloned().or(checks);
    let names: Vec<&str> = given.logs.iter().map(|input| input.name()).collect();
    let ticket = Ticket::scan(options.scan(&engines.complete, &given.logs), &names, CONTEXT_LINES, Spool::default())?;
    let ticket = match checks {
        Some(checks) => ticket.with_doctor(checks),
        None => ticket,
    };
    let files = given.logs.iter().flat_map(|log| {
        let read = log.input().files();
        read.into_iter().filter_map(|file| {
            let reader = PageFileReader::from(log.content_of(file.name())?);
            Some((PathBuf::from(file.name()), reader))
        })
    });
    let mut zip = Cursor::new(Vec::new());
    let report = ticket.write(TicketDate::NewestRecord, files, &mut zip)?;
    let zip = zip.into_inner();
    host::append(Store::Output, &zip);
    let (mut found, mut leaked_lines) = (Vec::new(), 0);
    let faults = leaks(Input::bytes("ticket.zip", zip), &mut |leak| {
        leaked_lines += 1;
        if found.len() < MAX_LEAKS {
            found.push(Leak { source: leak.source, line: leak.line, kind: leak.kind });
        }
    });
    if let Some(fault) = faults.first() {
        return Err(io::Error::other(format!("the ticket could not be checked: {}: {}", fault.source, fault.message)));
    }
    Ok(TicketOutcome { scan: Outcome::of(&report, &given), leaks: found, leaked_lines })
}
