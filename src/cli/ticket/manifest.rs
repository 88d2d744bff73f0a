//! What a bundle says of itself: its inputs, what was redacted, how to verify it.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use anyhow::bail;
use oauthsift::{Report, report::parse_time};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    bundle::{Written, hex},
    path_names::PathShortener,
};

/// When a bundle is said to have been made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BundleDate {
    pub(super) time: String,
    pub(super) by: &'static str,
}

impl BundleDate {
    /// `SOURCE_DATE_EPOCH` when it is set, else the newest time of the logs: the clock of this moment
    /// would make every bundle another.
    pub(super) fn of(report: &Report) -> Self {
        let fixed = std::env::var("SOURCE_DATE_EPOCH").is_ok_and(|seconds| seconds.parse::<i64>().is_ok());
        if fixed {
            return Self { time: report.generated_at.clone(), by: "SOURCE_DATE_EPOCH" };
        }
        let ends = report.inputs.iter().filter_map(|input| input.last_timestamp.as_deref());
        let times = ends.chain(report.summary.last_seen.as_deref()).filter_map(parse_time);
        match times.map(|time| time.instant()).max() {
            Some(time) => {
                Self { time: time.format("%Y-%m-%dT%H:%M:%SZ").to_string(), by: "the newest record of the logs" }
            }
            None => Self { time: "1980-01-01T00:00:00Z".to_owned(), by: "nothing: the logs have no times" },
        }
    }
}

/// The files as they were before they were read.
#[derive(Debug)]
pub(super) struct Inputs(Vec<(PathBuf, Option<Identity>)>);

/// Whether a path still leads to the same file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    #[cfg(unix)]
    file: (u64, u64),
    bytes: u64,
}

impl Identity {
    fn of(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        Some(Self {
            #[cfg(unix)]
            file: {
                use std::os::unix::fs::MetadataExt;
                (found.dev(), found.ino())
            },
            bytes: found.len(),
        })
    }

    /// Grown is the same; another, or a shorter one, is not.
    fn goes_on_as(self, later: Self) -> bool {
        #[cfg(unix)]
        if self.file != later.file {
            return false;
        }
        later.bytes >= self.bytes
    }
}

/// A file that was read.
#[derive(Debug, Serialize)]
pub(super) struct InputFile {
    name: String,
    bytes: u64,
    sha256: String,
}

impl Inputs {
    pub(super) fn see(files: &[PathBuf]) -> Self {
        Self(files.iter().map(|path| (path.clone(), Identity::of(path))).collect())
    }

    /// Refuses a bundle of which one half is of another file than the other.
    pub(super) fn still_there(&self) -> anyhow::Result<()> {
        for (path, before) in &self.0 {
            let Some(before) = before else { continue };
            if !Identity::of(path).is_some_and(|now| before.goes_on_as(now)) {
                bail!("{} was rotated while the ticket was made: run it again", path.display());
            }
        }
        Ok(())
    }

    /// Names, sizes and sums. A log that grows meanwhile counts as far as it was read.
    pub(super) fn describe(&self, report: &Report, names: &PathShortener) -> io::Result<Vec<InputFile>> {
        let mut files = Vec::new();
        for (path, _) in &self.0 {
            let name = names.path(path);
            let read = report.inputs.iter().find(|input| input.source == name && input.kind == "file");
            let Ok(mut file) = File::open(path) else { continue };
            let mut mark = [0; 2];
            let wide = file.read(&mut mark)? == 2 && [[0xff, 0xfe], [0xfe, 0xff]].contains(&mark);
            io::Seek::rewind(&mut file)?;
            // Offsets of UTF-16 count in what it was turned into.
            let most = read.filter(|_| !wide).map_or(u64::MAX, |input| input.bytes);
            let (bytes, sha256) = sum(file.take(most))?;
            files.push(InputFile { name, bytes, sha256 });
        }
        Ok(files)
    }
}

fn sum(mut reader: impl Read) -> io::Result<(u64, String)> {
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

/// Counts what stands in place of secrets and people.
#[derive(Debug, Default)]
pub(super) struct PeopleCounts {
    removed: BTreeMap<String, u64>,
    people: [std::collections::BTreeSet<String>; 3],
}

/// How the names of people begin, and what they are.
const PEOPLE: [(&str, &str); 3] = [("mailbox-", "mailboxes"), ("user-", "users"), ("ip-", "client addresses")];

impl PeopleCounts {
    /// Looks at a text that goes into the bundle.
    pub(super) fn see(&mut self, text: &str) {
        for rest in text.split("[removed ").skip(1) {
            if let Some((kind, _)) = rest.split_once(']').filter(|(kind, _)| kind.len() < 40) {
                *self.removed.entry(kind.to_owned()).or_default() += 1;
            }
        }
        for ((lead, _), found) in PEOPLE.iter().zip(&mut self.people) {
            for (at, _) in text.match_indices(lead) {
                let starts = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_');
                let label: String = text[at + lead.len()..].chars().take_while(char::is_ascii_alphanumeric).collect();
                let given = !label.is_empty()
                    && (label.bytes().all(|b| b.is_ascii_digit())
                        || label.len() == 8 && label.bytes().all(|b| b.is_ascii_hexdigit()));
                if starts && given {
                    found.insert(label);
                }
            }
        }
    }

    fn people(&self) -> BTreeMap<&'static str, u64> {
        PEOPLE.iter().zip(&self.people).map(|((_, what), found)| (*what, found.len() as u64)).collect()
    }
}

/// `manifest.json`, schema `oauthsift.ticket/1`.
#[derive(Debug, Serialize)]
pub(super) struct Manifest<'r> {
    schema: &'static str,
    tool: &'r oauthsift::report::Tool,
    generated_at: &'r str,
    generated_at_is_from: &'static str,
    inputs: Vec<InputFile>,
    redacted: Redacted,
    files: Vec<Written>,
    verify: [&'static str; 3],
}

#[derive(Debug, Serialize)]
struct Redacted {
    /// How often each kind was removed from findings and excerpts.
    secrets: BTreeMap<String, u64>,
    /// How many people stand there under another name.
    people: BTreeMap<&'static str, u64>,
}

pub(super) fn manifest<'r>(
    report: &'r Report,
    dated: &'r BundleDate,
    inputs: Vec<InputFile>,
    tally: PeopleCounts,
    files: Vec<Written>,
) -> Manifest<'r> {
    let people = tally.people();
    Manifest {
        schema: "oauthsift.ticket/1",
        tool: &report.tool,
        generated_at: &dated.time,
        generated_at_is_from: dated.by,
        inputs,
        redacted: Redacted { secrets: tally.removed, people },
        files,
        verify: [
            "the files of this bundle: `sha256sum -c SHA256SUMS` where it was unpacked",
            "the logs it was made from: `sha256sum LOG` gives the sum under `inputs` (of a log that has grown since: `head -c BYTES LOG | sha256sum`)",
            "that nothing in it looks like a secret or a person: `oauthsift ticket --check BUNDLE.zip`; the same logs give the same bundle, byte for byte",
        ],
    }
}

pub(super) fn readme(report: &Report, dated: &BundleDate) -> String {
    format!(
        "OAuth 2.0 failures in Jira's log, for a support ticket\n\
         \n\
         summary.jira.txt  the diagnosis, what to do, each incident: paste it into a Jira issue\n\
         summary.md        the same for GitHub, GitLab or Confluence\n\
         report.html       the same as a page, with a timeline and all findings; opens in any browser, offline\n\
         report.json       everything, for scripts ({SCHEMA})\n\
         excerpts/         the log around the first record of each incident\n\
         manifest.json     inputs with their sums, what was redacted, how to verify\n\
         SHA256SUMS        for `sha256sum -c SHA256SUMS`\n\
         \n\
         Secrets are removed. Mail addresses, user names and client addresses are replaced by names that mean the\n\
         same person in every file here.\n\
         \n\
         Made by {} {}. Dated {} by {}.\n",
        report.tool.name,
        report.tool.version,
        dated.time,
        dated.by,
        SCHEMA = oauthsift::report::SCHEMA,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_redacted_is_counted() {
        let mut tally = PeopleCounts::default();
        tally.see("[removed token] by user-1 and user-2 at ip-1, again [removed token], user-1, mailbox-3@…");
        tally.see("super-user-7, user-name, gzip-9, user-0a1b2c3d");
        assert_eq!(tally.removed, BTreeMap::from([("token".to_owned(), 2)]));
        assert_eq!(tally.people(), BTreeMap::from([("mailboxes", 1), ("users", 3), ("client addresses", 1)]));
    }
}
