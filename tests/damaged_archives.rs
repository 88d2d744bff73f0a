//! Damaged archives: nothing is lost without a fault, and the number of threads makes no difference.
#![cfg(feature = "archives")]

use std::{
    io::Write as _,
    sync::{Arc, LazyLock},
    time::Instant,
};

use oauthsift::{ArchiveLimits, Catalogue, Engine, Input, Report, Scan};
use proptest::prelude::*;

#[allow(dead_code)]
#[path = "support/archive.rs"]
mod archive;

use archive::{bz2, gz, tar, xz, zip, zst};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Arc::new(Catalogue::builtin())));

const RECORD: &str = "2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR admin 1x1x1 1i8mi5a /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS7000215: Invalid client secret provided.\n";
const LOG: &str = "application-logs/atlassian-jira.log";
const INCOMPLETE: &str = "what was found before may be incomplete";

fn scan_with(bytes: &[u8], threads: usize, limits: ArchiveLimits) -> Report {
    Scan::new(&ENGINE).inputs([Input::bytes("x", bytes)]).threads(threads).archive_limits(limits).run()
}

fn scan(bytes: &[u8]) -> Report {
    scan_with(bytes, 1, ArchiveLimits::default())
}

/// Failures among records that do not compress well.
fn log(records: u32) -> String {
    (0..records)
        .map(|i| match i % 5 {
            0 => RECORD.replace("1x1x1", &format!("{i}x1x1")),
            _ => {
                format!(
                    "2026-01-05 20:35:00,000+0000 main INFO [c.a.X] {:x}\n",
                    u64::from(i).wrapping_pow(5).wrapping_mul(0x9e37_79b9_7f4a_7c15) % 0xffff_ffff_ffff
                )
            }
        })
        .collect()
}

#[test]
fn a_wrong_checksum_after_the_last_wanted_byte_is_a_fault() {
    let log = log(50);
    let mut zst_log = zst(log.as_bytes());
    let last = zst_log.len() - 1;
    zst_log[last] ^= 1;
    let mut tar_gz = gz(&tar(&[(LOG, log.as_bytes())]));
    let checksum = tar_gz.len() - 8;
    tar_gz[checksum] ^= 1;
    for damaged in [zst_log, tar_gz] {
        for threads in [1, 2] {
            let report = scan_with(&damaged, threads, ArchiveLimits::default());
            assert_eq!(report.findings.len(), 10);
            assert_eq!(report.faults.len(), 1, "{:?}", report.faults);
            assert!(report.faults[0].message.contains(INCOMPLETE), "{:?}", report.faults);
        }
    }
}

#[test]
fn skippable_frames_several_frames_and_padding_are_read() {
    let log = log(50);
    let (first, second) = log.split_at(log.len() / 2);
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0][..], b"abcd"].concat();
    let frames = [&skippable[..], &zst(first.as_bytes()), &skippable, &zst(second.as_bytes()), &skippable].concat();
    let padded = [&gz(first.as_bytes())[..], &gz(second.as_bytes()), &[0; 700]].concat();
    for bytes in [frames, padded] {
        let report = scan(&bytes);
        assert_eq!((report.findings.len(), &report.faults[..]), (10, &[][..]));
    }
}

#[test]
fn entries_above_the_limit_are_a_fault() {
    let entries = [
        ("a/atlassian-jira.log", RECORD.as_bytes()),
        ("b/atlassian-jira.log", b"2026-01-05 20:34:03,014+0000 x INFO y\n"),
    ];
    for bytes in [zip(&entries), tar(&entries), gz(&tar(&entries))] {
        let limit = |entries| scan_with(&bytes, 1, ArchiveLimits::default().with_max_entries(entries));
        assert_eq!(limit(2).faults, []);
        let report = limit(1);
        assert_eq!((report.findings.len(), report.faults.len()), (1, 1));
        assert!(report.faults[0].message.contains("more than 1 entries"), "{:?}", report.faults);
    }
}

#[test]
fn a_long_name_of_a_tar_is_bounded() {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(64 << 20);
    header.set_cksum();
    let long = [&header.as_bytes()[..], &vec![b'a'; 2 << 20]].concat();
    let before = tar(&[(LOG, RECORD.as_bytes())]);
    let bytes = [&before[..before.len() - 1024], &long].concat();
    for bytes in [gz(&bytes), bytes] {
        let report = scan(&bytes);
        assert_eq!(report.findings.len(), 1);
        assert!(report.faults[0].message.contains("1 MiB"), "{:?}", report.faults);
    }
}

#[test]
fn many_entries_of_one_length_are_compared_in_linear_time() {
    let entries: Vec<(String, String)> = (0..300)
        .map(|i| (format!("n/atlassian-jira.log.{i}"), RECORD.replace("1x1x1", &format!("{}x1x1", 1000 + i))))
        .collect();
    let entries: Vec<(&str, &[u8])> = entries.iter().map(|(name, log)| (name.as_str(), log.as_bytes())).collect();
    let bytes = zip(&entries);
    let start = Instant::now();
    assert_eq!(scan(&bytes).findings.len(), 300);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

/// How a stream is damaged.
#[derive(Debug, Clone)]
enum Damage {
    Cut,
    Flip(u8),
    Overwrite(Vec<u8>),
    Insert(Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        Just(Damage::Cut),
        (0..8u32).prop_map(|bit| Damage::Flip(1 << bit)),
        prop::collection::vec(any::<u8>(), 1..40).prop_map(Damage::Overwrite),
        prop::collection::vec(any::<u8>(), 1..20).prop_map(Damage::Insert),
    ]
}

fn damaged(bytes: &[u8], at: usize, damage: &Damage) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    match damage {
        Damage::Cut => bytes.truncate(at),
        Damage::Flip(bit) => bytes[at] ^= bit,
        Damage::Overwrite(with) => bytes.iter_mut().skip(at).zip(with).for_each(|(byte, with)| *byte = *with),
        Damage::Insert(with) => drop(bytes.splice(at..at, with.iter().copied())),
    }
    bytes
}

fn zip_with(method: zip::CompressionMethod, entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        out.start_file(*name, options).expect("an entry");
        out.write_all(bytes).expect("written");
    }
    out.finish().expect("finished").into_inner()
}

/// Two logs in every form, with what is known about it.
struct Form {
    name: &'static str,
    bytes: Vec<u8>,
    findings: usize,
    /// Without a checksum of the text, a changed byte of it cannot be noticed.
    has_checksum: bool,
}

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| forms(60, 45));

/// The forms of two logs with so many records.
fn forms(first: u32, second: u32) -> Vec<Form> {
    let (one, both) = (first as usize / 5, (first + second) as usize / 5);
    let (first, second) = (log(first), log(second));
    let (first, second) = (first.as_bytes(), &second.as_bytes()[1..]);
    let entries = [("n1/atlassian-jira.log", first), ("n2/atlassian-jira.log", second)];
    let tar = tar(&entries);
    let stored = zip_with(zip::CompressionMethod::Stored, &entries);
    let deflated = zip_with(zip::CompressionMethod::Deflated, &entries);
    let other = zip_with(zip::CompressionMethod::Deflated, &[("atlassian-jira.log", second)]);
    let one_each = zip_with(zip::CompressionMethod::Stored, &[("n1/atlassian-jira.log", first)]);
    let in_zip = zip_with(zip::CompressionMethod::Stored, &[("n1.zip", &one_each), ("n2.zip", &other)]);
    let in_deflated_zip = zip_with(zip::CompressionMethod::Deflated, &[("n1.zip", &stored)]);
    [
        ("gz", gz(first), one, true),
        ("zst", zst(first), one, true),
        ("xz", xz(first), one, true),
        ("bz2", bz2(first), one, true),
        ("tar", tar.clone(), both, false),
        ("tar.gz", gz(&tar), both, true),
        ("tar.zst", zst(&tar), both, true),
        ("tar.xz", xz(&tar), both, true),
        ("tar.bz2", bz2(&tar), both, true),
        ("zip, stored", stored, both, true),
        ("zip, deflated", deflated, both, true),
        ("zip in zip", in_zip, both, true),
        ("stored zip in zip", in_deflated_zip, both, true),
    ]
    .map(|(name, bytes, findings, has_checksum)| Form { name, bytes, findings, has_checksum })
    .into()
}

/// The laws of one damaged stream.
fn check_damage(form: &Form, at: usize, damage: &Damage) {
    let bytes = damaged(&form.bytes, at, damage);
    if bytes == form.bytes {
        return;
    }
    let context = format!("{}, {damage:?} at {at} of {}", form.name, form.bytes.len());
    let one = scan_with(&bytes, 1, ArchiveLimits::default());
    for threads in [2, 4] {
        let several = scan_with(&bytes, threads, ArchiveLimits::default());
        assert_eq!(one.findings, several.findings, "{threads} threads: {context}");
        assert_eq!(one.faults, several.faults, "{threads} threads: {context}");
    }
    // A fault quotes nothing of a log: it would not be redacted.
    for fault in &one.faults {
        let quotes = ["INFO", "2026-01", "c.a.X", "numeric", "AADSTS"].iter().any(|part| fault.message.contains(part));
        assert!(!quotes, "{}: {context}", fault.message);
        // Nor does it show the words of a decoder.
        let of_decoder = ["{", "_", "Error", "Mismatch", "EOF", "buffer", "overflow", "corrupt", "parse", "::"];
        // A damaged name is shown as it is.
        let message = fault.message.split(" directory is another (").next().unwrap_or_default();
        assert!(!of_decoder.iter().any(|part| message.contains(part)), "{}: {context}", fault.message);
    }
    if one.faults.is_empty() {
        // What ends within the first header of a tar, or has a damaged signature, is known by its name only.
        let may_lose = !form.has_checksum && (!matches!(damage, Damage::Cut) || at < 512) || at < 8;
        assert!(
            one.findings.len() == form.findings || may_lose,
            "{} findings, no fault: {context}",
            one.findings.len()
        );
    }
}

#[test]
fn a_whole_stream_in_every_form_has_its_findings_and_no_fault() {
    for form in FORMS.iter() {
        for threads in [1, 2, 4] {
            let report = scan_with(&form.bytes, threads, ArchiveLimits::default());
            assert_eq!((report.findings.len(), &report.faults[..]), (form.findings, &[][..]), "{}", form.name);
        }
    }
}

#[test]
fn a_stream_that_is_cut_off_anywhere_keeps_what_was_found_and_is_a_fault() {
    for form in FORMS.iter() {
        // Every length near both ends, and in between a tar's blocks and other places.
        let len = form.bytes.len();
        let step = (len / 24).max(1);
        let places = (1..12).chain((12..len).step_by(step)).chain((512..len).step_by(512 * 5)).chain(len - 12..len);
        let mut found_before = 0;
        for at in places.collect::<std::collections::BTreeSet<usize>>() {
            let report = scan_with(&form.bytes[..at], 1, ArchiveLimits::default());
            let context = format!("{} cut at {at} of {len}", form.name);
            assert!(report.findings.len() >= found_before || form.name.contains("in zip"), "{context}");
            found_before = report.findings.len();
            let is_whole = form.name == "tar" && at >= len - 512;
            assert!(
                !report.faults.is_empty() || is_whole || at < 6 || form.name == "tar" && at < 512,
                "{} findings: {context}",
                report.findings.len()
            );
        }
    }
}

#[test]
fn what_was_found_before_the_damage_is_kept() {
    // Compressors write blocks of at most 128 KiB, and a damaged one is lost whole; of zstd also the window before it.
    for form in forms(5000, 1000) {
        let at = form.bytes.len() * 4 / 5;
        let report = scan(&damaged(&form.bytes, at, &Damage::Overwrite(vec![0xa5; 8])));
        let (found, all) = (report.findings.len(), form.findings);
        assert!(found >= all / 5 || form.name == "stored zip in zip", "{}: {found} of {all}", form.name);
        if form.has_checksum {
            assert!(!report.faults.is_empty(), "{}", form.name);
        }
    }
}

#[test]
fn the_damage_of_a_stream_is_reported_in_plain_words() {
    let log = log(4000);
    for (name, bytes) in [
        ("gz", gz(log.as_bytes())),
        ("zst", zst(log.as_bytes())),
        ("xz", xz(log.as_bytes())),
        ("bz2", bz2(log.as_bytes())),
    ] {
        let at = bytes.len() / 2;
        let messages = |damage: &Damage| {
            let faults = scan(&damaged(&bytes, at, damage)).faults;
            faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join("; ")
        };
        let cut = messages(&Damage::Cut);
        assert!(cut.contains("it is cut off"), "{name}: {cut}");
        let changed = messages(&Damage::Overwrite(vec![0xff; 40]));
        let plain = ["it is damaged", "its checksum is wrong: some of its bytes have changed"];
        assert!(plain.iter().any(|plain| changed.contains(plain)), "{name}: {changed}");
    }
    // The header of a frame with a window of 3.75 TiB, and one that needs a dictionary.
    for (header, reason) in [
        (&b"\x28\xb5\x2f\xfd\x00\xff\x01\x00\x00"[..], "100 MiB of memory"),
        (b"\x28\xb5\x2f\xfd\x01\x50\x07\x01\x00\x00", "dictionary"),
    ] {
        let report = scan(header);
        assert!(report.faults[0].message.contains(reason), "{:?}", report.faults);
    }
}

#[test]
fn formats_that_are_not_supported_and_data_that_is_no_text_are_faults() {
    let noise: Vec<u8> = (0..600u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for (magic, name) in [
        (&b"7z\xbc\xaf\x27\x1c\x00\x04"[..], "7z"),
        (b"Rar!\x1a\x07\x01\x00", "RAR"),
        (b"\x04\x22\x4d\x18\x64\x40\xa7", "LZ4"),
        (b"\x1f\x9d\x90", "compress"),
        (b"", "no text"),
    ] {
        let bytes = [magic, &noise].concat();
        for bytes in [bytes.clone(), gz(&bytes), zip(&[(LOG, &bytes)]), gz(&tar(&[(LOG, &bytes)]))] {
            for threads in [1, 2] {
                let report = scan_with(&bytes, threads, ArchiveLimits::default());
                assert_eq!(report.findings, []);
                assert_eq!(report.faults.len(), 1, "{name}: {:?}", report.faults);
                assert!(report.faults[0].message.contains(name), "{name}: {:?}", report.faults);
            }
        }
    }
}

#[test]
fn names_that_are_damaged_or_occur_twice_in_a_zip_are_faults() {
    let log = log(50);
    let bytes = zip_with(zip::CompressionMethod::Deflated, &[("a/atlassian-jira.log", log.as_bytes())]);
    let names: Vec<usize> = memchr::memmem::find_iter(&bytes, b"atlassian-jira.log").collect();
    // Only the name in the directory, which is the second one.
    let mut renamed = bytes.clone();
    renamed[names[1]] = b'A';
    let mut link = bytes.clone();
    // The upper half of the external attributes, eight bytes before the path: a symbolic link.
    link[names[1] - 8..names[1] - 6].copy_from_slice(&(0o120_777u16).to_le_bytes());
    let two = zip_with(
        zip::CompressionMethod::Stored,
        &[("a/atlassian-jira.log", log.as_bytes()), ("b/atlassian-jira.log", &log.as_bytes()[1..])],
    );
    let mut twice = two.clone();
    for at in memchr::memmem::find_iter(&two, b"b/atlassian") {
        twice[at] = b'a';
    }
    for (damaged, findings, faults) in [(renamed, 0, 1), (link, 10, 0), (twice, 9, 1)] {
        let report = scan(&damaged);
        assert!(report.findings.len() >= findings, "{}", report.findings.len());
        assert_eq!(report.faults.len(), faults, "{:?}", report.faults);
    }
}

/// `OAUTHSIFT_DAMAGE_CASES=n` tries more than 60 streams.
fn cases() -> u32 {
    std::env::var("OAUTHSIFT_DAMAGE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60)
}

#[test]
fn an_archive_in_a_zip_whose_name_is_damaged_in_the_directory_is_reported() {
    let form = FORMS.iter().find(|form| form.name == "zip in zip").expect("a form");
    let name = form.bytes.windows(6).rposition(|name| name == b"n2.zip").expect("the name in the directory");
    for at in name..name + 6 {
        (0..8).for_each(|bit| check_damage(form, at, &Damage::Flip(1 << bit)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_stream_gives_the_same_with_every_number_of_threads_and_loses_nothing_in_silence(
        form in any::<prop::sample::Index>(),
        places in prop::collection::vec((any::<prop::sample::Index>(), damage()), 4),
    ) {
        let form = &FORMS[form.index(FORMS.len())];
        for (at, damage) in places {
            check_damage(form, at.index(form.bytes.len()), &damage);
        }
    }
}
