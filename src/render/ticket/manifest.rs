//! What a ticket says about itself: its inputs, what was redacted, how to verify it.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Read},
    path::PathBuf,
};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    bundle::{BundledFile, hex},
    path_names::PathShortener,
};
use crate::report::{Report, SCHEMA, Tool, parse_time};

/// Schema of `manifest.json`.
const TICKET_SCHEMA: &str = "oauthsift.ticket/1";

/// Which time a ticket is dated with. The current time would make every ticket different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketDate {
    /// The time of the newest record in the logs.
    NewestRecord,
    /// The time of the report: for a caller that has fixed it with `SOURCE_DATE_EPOCH`.
    Report,
}

/// The date of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResolvedDate {
    /// RFC 3339 UTC.
    pub(super) time: String,
    /// Where it comes from.
    origin: &'static str,
}

impl TicketDate {
    pub(super) fn resolve(self, report: &Report) -> ResolvedDate {
        if self == Self::Report {
            return ResolvedDate { time: report.generated_at.clone(), origin: "SOURCE_DATE_EPOCH" };
        }
        let ends = report.inputs.iter().filter_map(|input| input.last_timestamp.as_deref());
        let times = ends.chain(report.summary.last_seen.as_deref()).filter_map(parse_time);
        match times.map(|time| time.instant()).max() {
            Some(time) => ResolvedDate {
                time: time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
                origin: "the newest record of the logs",
            },
            None => ResolvedDate { time: "1980-01-01T00:00:00Z".to_owned(), origin: "nothing: the logs have no times" },
        }
    }
}

/// A file that was read.
#[derive(Debug, Serialize)]
pub(super) struct InputFile {
    name: String,
    bytes: u64,
    sha256: String,
}

/// Names, sizes and checksums of the inputs. Of a file that has grown since the scan, the part that was
/// read counts.
pub(super) fn checksums<R: Read>(
    inputs: impl IntoIterator<Item = (PathBuf, R)>,
    report: &Report,
    paths: &PathShortener,
) -> io::Result<Vec<InputFile>> {
    let mut files = Vec::new();
    for (path, mut reader) in inputs {
        let name = paths.name(&path);
        let summary = report.inputs.iter().find(|input| input.source == name && input.kind == "file");
        let mut start = Vec::new();
        reader.by_ref().take(2).read_to_end(&mut start)?;
        // The report counts bytes after decoding: for UTF-16 they differ from those of the file.
        let utf16 = [[0xff, 0xfe], [0xfe, 0xff]].iter().any(|mark| start == mark);
        let length = summary.filter(|_| !utf16).map_or(u64::MAX, |input| input.bytes);
        let (bytes, sha256) = checksum(start.as_slice().chain(reader).take(length))?;
        files.push(InputFile { name, bytes, sha256 });
    }
    Ok(files)
}

fn checksum(mut reader: impl Read) -> io::Result<(u64, String)> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut block = vec![0; 256 << 10];
    loop {
        match reader.read(&mut block) {
            Ok(0) => return Ok((bytes, hex(&hash.finalize()))),
            Ok(n) => {
                hash.update(&block[..n]);
                bytes += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Counts the placeholders of secrets and the pseudonyms of people in a ticket.
#[derive(Debug, Default)]
pub(super) struct PlaceholderCounts {
    /// Placeholders by kind.
    secrets: BTreeMap<String, u64>,
    /// Distinct pseudonyms for each of [`PEOPLE`].
    people: [BTreeSet<String>; 3],
}

/// Prefixes of pseudonyms, and whom they stand for.
const PEOPLE: [(&str, &str); 3] = [("mailbox-", "mailboxes"), ("user-", "users"), ("ip-", "client addresses")];
/// A longer text in brackets is not the kind of a secret. Bytes.
const MAX_KIND_BYTES: usize = 40;

impl PlaceholderCounts {
    /// Counts in a text that goes into the ticket.
    pub(super) fn add(&mut self, text: &str) {
        for rest in text.split("[removed ").skip(1) {
            if let Some((kind, _)) = rest.split_once(']').filter(|(kind, _)| kind.len() < MAX_KIND_BYTES) {
                *self.secrets.entry(kind.to_owned()).or_default() += 1;
            }
        }
        for ((prefix, _), pseudonyms) in PEOPLE.iter().zip(&mut self.people) {
            for (at, _) in text.match_indices(prefix) {
                let starts_word = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_');
                let label: String = text[at + prefix.len()..].chars().take_while(char::is_ascii_alphanumeric).collect();
                let is_number = !label.is_empty() && label.bytes().all(|b| b.is_ascii_digit());
                let is_keyed = label.len() == 8 && label.bytes().all(|b| b.is_ascii_hexdigit());
                if starts_word && (is_number || is_keyed) {
                    pseudonyms.insert(label);
                }
            }
        }
    }

    fn people(&self) -> BTreeMap<&'static str, u64> {
        PEOPLE.iter().zip(&self.people).map(|((_, whom), labels)| (*whom, labels.len() as u64)).collect()
    }
}

/// `manifest.json`.
#[derive(Debug, Serialize)]
struct Manifest<'r> {
    schema: &'static str,
    tool: &'r Tool,
    generated_at: &'r str,
    generated_at_is_from: &'static str,
    inputs: Vec<InputFile>,
    redacted: Redacted,
    files: &'r [BundledFile],
    verify: [&'static str; 3],
}

#[derive(Debug, Serialize)]
struct Redacted {
    /// How often each kind was removed from findings and excerpts.
    secrets: BTreeMap<String, u64>,
    /// How many people are shown under a pseudonym.
    people: BTreeMap<&'static str, u64>,
}

/// The text of `manifest.json`.
pub(super) fn manifest(
    report: &Report,
    date: &ResolvedDate,
    inputs: Vec<InputFile>,
    counts: PlaceholderCounts,
    files: &[BundledFile],
) -> io::Result<String> {
    let people = counts.people();
    let manifest = Manifest {
        schema: TICKET_SCHEMA,
        tool: &report.tool,
        generated_at: &date.time,
        generated_at_is_from: date.origin,
        inputs,
        redacted: Redacted { secrets: counts.secrets, people },
        files,
        verify: [
            "the files of this bundle: run `sha256sum -c SHA256SUMS` in the folder it was unpacked to",
            "the logs it was made from: `sha256sum LOG` prints the sum listed under `inputs` (if a log has grown since: `head -c BYTES LOG | sha256sum`)",
            "that it contains nothing that looks like a secret or a person: `oauthsift ticket --check BUNDLE.zip`; the same logs give the same bundle, byte for byte",
        ],
    };
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

/// The text of `README.txt`.
pub(super) fn readme(report: &Report, date: &ResolvedDate) -> String {
    format!(
        "OAuth 2.0 failures in a Jira log, for a support ticket\n\
         \n\
         summary.jira.txt  diagnosis, what to do, each incident: paste it into a Jira issue\n\
         summary.md        the same for GitHub, GitLab or Confluence\n\
         report.html       the same as a page with a timeline and all findings; opens in any browser, offline\n\
         report.json       everything, for scripts ({SCHEMA})\n\
         excerpts/         log lines around the first record of each incident\n\
         manifest.json     inputs with their checksums, what was redacted, how to verify\n\
         SHA256SUMS        for `sha256sum -c SHA256SUMS`\n\
         \n\
         Secrets are removed. Mail addresses, user names and client addresses are replaced by pseudonyms; a\n\
         pseudonym means the same person in every file of this bundle.\n\
         \n\
         Made by {} {}. Dated {} by {}.\n",
        report.tool.name, report.tool.version, date.time, date.origin,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_and_pseudonyms_are_counted() {
        let mut counts = PlaceholderCounts::default();
        counts.add("[removed token] by user-1 and user-2 at ip-1, again [removed token], user-1, mailbox-3@…");
        counts.add("super-user-7, user-name, gzip-9, user-0a1b2c3d");
        assert_eq!(counts.secrets, BTreeMap::from([("token".to_owned(), 2)]));
        assert_eq!(counts.people(), BTreeMap::from([("mailboxes", 1), ("users", 3), ("client addresses", 1)]));
    }
}
