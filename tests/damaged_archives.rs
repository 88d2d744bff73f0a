//! Damaged archives: nothing is lost without a fault, and the number of threads makes no difference.
#![cfg(feature = "archives")]

use std::{
    io::Write as _,
    sync::{Arc, LazyLock},
    time::Instant,
};

use oauthsift::{ArchiveLimits, Catalogue, Engine, Input, Report, Scan};
use proptest::prelude::*;

#[path = "support/archive.rs"]
mod archive;

use archive::{gz, zip};

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

fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        out.append_data(&mut header, name, *bytes).expect("appended");
    }
    out.into_inner().expect("finished")
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut out = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(0)).expect("a writer");
    out.write_all(bytes).expect("encoded");
    out.finish().expect("encoded")
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
    let entries = [("a/atlassian-jira.log", RECORD.as_bytes()), ("b/atlassian-jira.log", b"2026-01-05 x\n")];
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_archives_give_the_same_with_every_number_of_threads(
        at in any::<prop::sample::Index>(),
        flip in prop::option::of(1u8..),
    ) {
        let log = log(60);
        let log = log.as_bytes();
        let tar = tar(&[("a/atlassian-jira.log", log), ("b/atlassian-jira.log", &log[1..])]);
        let packed = [gz(log), zst(log), xz(log), gz(&tar), zst(&tar), xz(&tar), zip(&[(LOG, log)])];
        for mut bytes in packed {
            let at = 12 + at.index(bytes.len() - 12);
            match flip {
                Some(flip) => bytes[at] ^= flip,
                None => bytes.truncate(at),
            }
            let one = scan_with(&bytes, 1, ArchiveLimits::default());
            for threads in [2, 4] {
                let several = scan_with(&bytes, threads, ArchiveLimits::default());
                prop_assert_eq!(&one.findings, &several.findings);
                prop_assert_eq!(&one.faults, &several.faults);
            }
        }
    }
}
