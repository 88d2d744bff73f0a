use std::io::{Cursor, Read, Write as _};

use super::*;
use crate::source::{Input, plan};
use std::io;

const LOG: &str = "2026-01-05 20:34:03,014 a ERROR b\n  more\n2026-01-05 20:34:04,014 c INFO d\n";

/// What was found: name, kind, text, and whether it was read to its end.
#[derive(Default)]
struct Indexed {
    logs: Vec<(String, &'static str, String, bool)>,
    refused: Vec<String>,
}

/// Keeps the text of the entries that are visited.
#[derive(Default)]
struct TextVisitor(Vec<(String, bool)>);

impl EntryVisitor for TextVisitor {
    fn visit(&mut self, _: &str, _: bool, reader: &mut dyn Read) -> Option<usize> {
        self.0.push(text(reader));
        Some(self.0.len() - 1)
    }

    fn decode_mode(&self) -> DecodeMode {
        |open: Opener<'_>, then| match open() {
            Ok(mut reader) => then(&mut *reader),
            Err(_) => then(&mut io::empty()),
        }
    }
}

fn text(reader: &mut dyn Read) -> (String, bool) {
    let mut bytes = Vec::new();
    let complete = reader.read_to_end(&mut bytes).is_ok();
    (String::from_utf8_lossy(&bytes).into_owned(), complete)
}

fn index(bytes: &[u8], limits: ArchiveLimits) -> Indexed {
    let mut visitor = TextVisitor::default();
    let plan = plan(&[Input::bytes("x", bytes)], &std::sync::Arc::default(), limits, &mut visitor);
    let logs = plan.inputs.iter().map(|input| {
        let (text, complete) = match input.prescanned() {
            Some(number) => visitor.0[number].clone(),
            None => input.open().map_or((String::new(), false), |mut reader| text(&mut *reader)),
        };
        (input.name.clone(), input.kind, text, complete)
    });
    let refused = plan.faults.iter().map(|fault| format!("{}: {}", fault.source, fault.message));
    Indexed { logs: logs.collect(), refused: refused.collect() }
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        out.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn tar_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        out.append(&header, *bytes).unwrap();
    }
    let mut link = tar::Header::new_ustar();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_size(0);
    link.set_cksum();
    out.append_link(&mut link, "atlassian-jira-link.log", "/etc/passwd").unwrap();
    out.into_inner().unwrap()
}

fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn complete(name: &str, kind: &'static str) -> (String, &'static str, String, bool) {
    (name.to_owned(), kind, LOG.to_owned(), true)
}

#[test]
fn every_format_gives_its_log_and_only_its_logs() {
    let log = LOG.as_bytes();
    let zstd = [
        &[0x28, 0xb5, 0x2f, 0xfd, 0x20, LOG.len() as u8, (LOG.len() << 3 | 1) as u8, (LOG.len() >> 5) as u8, 0][..],
        log,
    ]
    .concat();
    assert_eq!(index(&gz(log), ArchiveLimits::default()).logs, [complete("x", "gzip")]);
    assert_eq!(index(&bz2(log), ArchiveLimits::default()).logs, [complete("x", "bzip2")]);
    assert_eq!(index(&zstd, ArchiveLimits::default()).logs, [complete("x", "zstd")]);
    let two = [gz(&log[..40]), gz(&log[40..])].concat();
    assert_eq!(index(&two, ArchiveLimits::default()).logs, [complete("x", "gzip")]);
    let entries: [(&str, &[u8]); 3] = [
        ("application-logs/atlassian-jira.log", log),
        ("readme.txt", b"no log"),
        ("../../atlassian-jira-evil.log", log),
    ];
    let names = ["x!/application-logs/atlassian-jira.log", "x!/atlassian-jira-evil.log"];
    assert_eq!(index(&zip_of(&entries), ArchiveLimits::default()).logs, names.map(|name| complete(name, "zip-entry")));
    assert_eq!(index(&tar_of(&entries), ArchiveLimits::default()).logs, names.map(|name| complete(name, "tar-entry")));
    assert_eq!(
        index(&gz(&tar_of(&entries)), ArchiveLimits::default()).logs,
        names.map(|name| complete(name, "tar-entry"))
    );
}

#[test]
fn archives_within_archives_are_opened_up_to_a_depth() {
    let log = gz(LOG.as_bytes());
    let inner = zip_of(&[("atlassian-jira.log.1.gz", &log)]);
    let outer = zip_of(&[("node1.zip", &inner), ("node2.zip", &inner)]);
    let indexed = index(&outer, ArchiveLimits::default());
    let names = ["x!/node1.zip!/atlassian-jira.log.1.gz", "x!/node2.zip!/atlassian-jira.log.1.gz"];
    assert_eq!(indexed.logs, names.map(|name| complete(name, "zip-entry")));
    let mut deep = LOG.as_bytes().to_vec();
    for _ in 0..9 {
        deep = gz(&deep);
    }
    let indexed = index(&deep, ArchiveLimits::default());
    assert!(indexed.logs.is_empty() && indexed.refused[0].contains("4 deep"), "{:?}", indexed.refused);
}

#[test]
fn truncated_and_corrupted_archives_give_what_they_hold_and_never_panic() {
    let text = LOG.repeat(40);
    for (full, what) in [
        (gz(text.as_bytes()), "gz"),
        (bz2(text.as_bytes()), "bz2"),
        (zip_of(&[("atlassian-jira.log", text.as_bytes())]), "zip"),
        (tar_of(&[("atlassian-jira.log", text.as_bytes())]), "tar"),
    ] {
        for cut in (1..full.len()).step_by(64) {
            let indexed = index(&full[..cut], ArchiveLimits::default());
            for (_, _, found, _) in indexed.logs.iter().filter(|_| cut > 512 || what != "tar" && cut > 8) {
                assert!(text.starts_with(found.as_str()), "{what} cut at {cut}");
            }
            let mut corrupted = full.clone();
            corrupted[cut] ^= 0xff;
            index(&corrupted, ArchiveLimits::default());
        }
    }
    let cut = gz(text.as_bytes());
    let indexed = index(&cut[..cut.len() - 20], ArchiveLimits::default());
    assert!(
        !indexed.logs[0].3 && !indexed.logs[0].2.is_empty(),
        "a truncated file gives its first bytes, then an error"
    );
}

#[test]
fn a_decompression_bomb_is_stopped() {
    let bomb = gz(&vec![0; 2 << 20]);
    let indexed = index(&bomb, ArchiveLimits::default().with_max_ratio(100).with_ratio_exempt_bytes(1 << 20));
    assert!(!indexed.logs[0].3);
    let indexed = index(&gz(&vec![b'x'; 2 << 20]), ArchiveLimits::default().with_max_decoded_bytes(1 << 20));
    assert!(!indexed.logs[0].3);
}
