//! Archives and files that are malicious or damaged: always a fault, never a crash, and everything readable is read.
#![cfg(all(unix, feature = "archives"))]

use std::{
    fs,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, LazyLock},
    time::Duration,
};

use oauthsift::{ArchiveLimits, Catalogue, Engine, FaultKind, Report, Scan};

#[allow(dead_code)]
#[path = "support/archive.rs"]
mod archive;

use archive::{gz, zip};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Arc::new(Catalogue::builtin())));

const RECORD: &str = "2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR admin 1x1x1 1i8mi5a /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS7000215: Invalid client secret provided.\n";
const LOG: &str = "application-logs/atlassian-jira.log";

fn scan(path: &Path, limits: ArchiveLimits) -> Report {
    Scan::new(&ENGINE).paths([path]).archive_limits(limits).run()
}

fn scan_bytes(bytes: &[u8], limits: ArchiveLimits) -> Report {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), bytes).expect("written");
    scan(file.path(), limits)
}

fn faults(report: &Report) -> String {
    report.faults.iter().map(|fault| format!("{}: {}\n", fault.source, fault.message)).collect()
}

/// The position of a signature in an archive.
fn find(bytes: &[u8], signature: &[u8]) -> usize {
    bytes.windows(signature.len()).position(|window| window == signature).expect("the signature")
}

#[test]
fn bombs_are_stopped_in_one_layer_in_several_layers_and_over_all_entries() {
    let small =
        ArchiveLimits::default().with_max_ratio(100).with_ratio_exempt_bytes(1 << 20).with_max_decoded_bytes(1 << 30);
    let zeros = vec![b'0'; 2 << 20];
    let report = scan_bytes(&gz(&zeros), small);
    assert!(faults(&report).contains("100 times"), "{}", faults(&report));
    // The ratio is counted over all layers: two layers exceed it together.
    let lines: Vec<u8> = (0..20_000u32)
        .flat_map(|i| format!("{:08x} {:040}\n", i.wrapping_mul(2_654_435_761), 0).into_bytes())
        .collect();
    let twice = gz(&gz(&lines.repeat(4)));
    let tight = ArchiveLimits::default().with_max_ratio(20).with_ratio_exempt_bytes(1 << 20);
    assert!(!scan_bytes(&twice, tight).inputs[0].complete);
    let report = scan_bytes(
        &zip(&[(LOG, &zeros), ("a/atlassian-jira.log", &zeros[1..])]),
        ArchiveLimits::default().with_max_decoded_bytes(3 << 20),
    );
    assert_eq!(faults(&report).matches("more than 3 MiB").count(), 1, "{}", faults(&report));
    assert_eq!(report.inputs[0].bytes, zeros.len() as u64);
}

#[test]
fn overlapping_entries_are_refused() {
    let mut bytes = zip(&[(LOG, RECORD.as_bytes()), ("b/atlassian-jira.log", b"2026-01-05 20:34:03,014 a INFO b\n")]);
    // Makes the second entry of the directory point to the data of the first.
    let second = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").expect("the directory");
    bytes[second + 42..second + 46].copy_from_slice(&0u32.to_le_bytes());
    let report = scan_bytes(&bytes, ArchiveLimits::default());
    assert_eq!(report.findings.len(), 1);
    assert!(faults(&report).contains("b/atlassian-jira.log"), "{}", faults(&report));
}

#[test]
fn damaged_and_encrypted_entries_are_reported_and_the_rest_is_read() {
    let other = "2026-01-05 20:35:00,000+0000 main INFO [c.a.X] nothing to do\n".repeat(50);
    let valid = zip(&[("broken/atlassian-jira.log", other.as_bytes()), (LOG, RECORD.as_bytes())]);
    let directory = find(&valid, b"PK\x01\x02");
    let mut wrong_sum = valid.clone();
    wrong_sum[directory + 16] ^= 1;
    let mut wrong_size = valid.clone();
    wrong_size[directory + 24] ^= 1;
    let mut encrypted = valid.clone();
    encrypted[directory + 8] |= 1;
    encrypted[6] |= 1;
    let mut unknown = valid.clone();
    (unknown[directory + 10], unknown[8]) = (19, 19);
    for (bytes, words) in
        [(wrong_sum, "checksum"), (wrong_size, "length"), (encrypted, "encrypted"), (unknown, "not supported")]
    {
        let report = scan_bytes(&bytes, ArchiveLimits::default());
        assert_eq!(report.findings.len(), 1, "{words}");
        let faults = faults(&report);
        assert!(faults.contains("broken/atlassian-jira.log") && faults.contains(words), "{words}: {faults}");
    }
}

#[test]
fn a_truncated_zip_gives_what_it_contains() {
    let noise: String = (0..400u32)
        .map(|i| format!("2026-01-05 20:35:00,000+0000 main INFO [c.a.X] {}\n", i.wrapping_mul(2_654_435_761)))
        .collect();
    let valid = zip(&[(LOG, RECORD.as_bytes()), ("b/atlassian-jira.log", noise.as_bytes())]);
    for cut in (200..valid.len() - 60).step_by(64) {
        let report = scan_bytes(&valid[..cut], ArchiveLimits::default());
        assert!(faults(&report).contains("directory is missing"), "{cut}: {}", faults(&report));
        let whole = cut > find(&valid[4..], b"PK\x03\x04") + 4;
        assert!(!whole || report.findings.len() == 1, "{cut}: {}", faults(&report));
    }
}

#[test]
fn a_truncated_or_corrupted_archive_never_causes_a_panic() {
    let noise: String = (0..100u32)
        .map(|i| format!("2026-01-05 20:35:00,000+0000 main INFO [c.a.X] {}\n", i.wrapping_mul(2_654_435_761)))
        .collect();
    let log = format!("{RECORD}{noise}");
    let inner = zip(&[(LOG, log.as_bytes())]);
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(inner.len() as u64);
    header.set_cksum();
    tar.append_data(&mut header, "node1.zip", inner.as_slice()).expect("appended");
    let tar = tar.into_inner().expect("finished");
    for archive in [gz(log.as_bytes()), inner.clone(), zip(&[("node1.zip", &inner)]), gz(&tar), tar] {
        for cut in (1..archive.len()).step_by(64) {
            let report = scan_bytes(&archive[..cut], ArchiveLimits::default());
            assert!(!report.faults.is_empty() || report.inputs[0].complete, "{cut}");
            let mut corrupted = archive.clone();
            corrupted[cut] ^= 0x55;
            scan_bytes(&corrupted, ArchiveLimits::default());
        }
    }
}

#[test]
fn entry_names_are_never_used_as_paths_and_links_are_not_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let outside = folder.path().join("outside.log");
    fs::write(&outside, RECORD).expect("written");
    let mut tar = tar::Builder::new(Vec::new());
    for (kind, name) in
        [(tar::EntryType::Symlink, "a/atlassian-jira.log"), (tar::EntryType::Link, "b/atlassian-jira.log")]
    {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        header.set_cksum();
        tar.append_link(&mut header, name, &outside).expect("appended");
    }
    let report = scan_bytes(&tar.into_inner().expect("finished"), ArchiveLimits::default());
    assert!(report.findings.is_empty() && faults(&report).contains("no Jira log"), "{}", faults(&report));
    let report = scan_bytes(
        &zip(&[("../../../etc/atlassian-jira.log", RECORD.as_bytes()), ("/abs/atlassian-jira.log.1", b"x\n")]),
        ArchiveLimits::default(),
    );
    let names: Vec<&str> =
        report.inputs.iter().filter_map(|input| input.source.split_once("!/")).map(|(_, name)| name).collect();
    assert_eq!(names, ["etc/atlassian-jira.log", "abs/atlassian-jira.log.1"]);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is written");
}

#[test]
fn deeply_nested_zips_are_refused() {
    let mut archive = zip(&[(LOG, RECORD.as_bytes())]);
    for _ in 0..30 {
        archive = zip(&[("more.zip", &archive)]);
    }
    let report = scan_bytes(&archive, ArchiveLimits::default());
    assert!(report.findings.is_empty() && faults(&report).contains("4 deep"), "{}", faults(&report));
    assert_eq!(scan_bytes(&archive, ArchiveLimits::default().with_max_depth(40)).findings.len(), 1);
    let streamed = gz(&zip(&[(LOG, RECORD.as_bytes())]));
    let report = scan_bytes(&streamed, ArchiveLimits::default().with_max_held_bytes(64));
    assert!(faults(&report).contains("kept as a whole"), "{}", faults(&report));
}

#[test]
fn pipes_and_devices_are_refused_in_a_folder_and_read_when_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("atlassian-jira.log");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    std::os::unix::net::UnixListener::bind(folder.path().join("catalina.out")).expect("a socket");
    let report = scan(folder.path(), ArchiveLimits::default());
    assert!(report.faults.iter().all(|fault| fault.kind == FaultKind::NotAFile));
    assert_eq!(report.faults.len(), 2, "{}", faults(&report));
    let writer = {
        let pipe = pipe.clone();
        std::thread::spawn(move || fs::write(pipe, RECORD))
    };
    assert_eq!(scan(&pipe, ArchiveLimits::default()).findings.len(), 1);
    writer.join().expect("joined").expect("written");
    let report = scan(Path::new("/dev/null"), ArchiveLimits::default());
    assert!(report.faults.is_empty() && report.findings.is_empty());
}

#[test]
fn a_thousand_archives_leave_no_open_files_and_no_extra_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    for i in 0..1000 {
        let log = RECORD.repeat(1 + i % 7);
        let bytes = if i % 2 == 0 { zip(&[(LOG, log.as_bytes())]) } else { gz(log.as_bytes()) };
        let name = if i % 2 == 0 { format!("Jira_support_{i}.zip") } else { format!("{i}/atlassian-jira.log.gz") };
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("written");
    }
    let open = || fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    let resident = || -> usize {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("RssAnon")).unwrap_or_default().to_owned();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
    };
    let paths: Vec<PathBuf> = vec![folder.path().to_owned()];
    let run = || Scan::new(&ENGINE).paths(&paths).summarize();
    let first = run();
    assert!(first.faults.is_empty(), "{}", faults(&first));
    assert_eq!(first.inputs.len(), 1000);
    let (files, memory) = (open(), resident());
    for _ in 0..3 {
        assert_eq!(run().summary, first.summary);
    }
    // Other tests of this file run at the same time.
    assert!(open() <= files + 80, "{files} to {}", open());
    assert!(resident() < memory + (48 << 10), "{memory} to {} KiB", resident());
}

#[test]
fn a_file_that_shrinks_or_grows_while_it_is_read_is_reported_without_a_crash() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("atlassian-jira.log");
    // There are more findings than a pipe holds, so the scan waits for its reader; and more text after them than is
    // read in the meantime, eight ranges of half a MiB with two threads.
    let ordinary =
        "2026-01-05 20:34:03,014+0000 main INFO      [c.a.jira.X] nothing to see here, and a little more of it\n";
    let text = [RECORD.repeat(500), ordinary.repeat((7 << 20) / ordinary.len()), RECORD.repeat(10)].concat();
    for round in 0..12 {
        fs::write(&log, &text).expect("written");
        let mut child = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
            .args(["scan", "--format", "jsonl", "--threads", if round % 2 == 0 { "1" } else { "2" }])
            .arg(&log)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        let mut out = child.stdout.take().expect("piped");
        let mut start = [0; 4096];
        out.read_exact(&mut start).expect("findings");
        std::thread::sleep(Duration::from_millis(20));
        let mut file = fs::OpenOptions::new().append(true).open(&log).expect("opened");
        match round % 3 {
            2 => file.write_all(ordinary.repeat(50).as_bytes()).expect("appended"),
            _ => file.set_len(1000 * round).expect("cut"),
        }
        let mut rest = String::new();
        out.read_to_string(&mut rest).expect("findings");
        let mut errors = String::new();
        child.stderr.take().expect("piped").read_to_string(&mut errors).expect("faults");
        let status = child.wait().expect("ended");
        if round % 3 == 2 {
            assert_eq!(status.code(), Some(0), "{errors}");
        } else {
            assert_eq!(status.code(), Some(2), "{status}: {errors}");
            assert_eq!(errors.lines().count(), 1, "{errors}");
            assert!(errors.contains("became shorter"), "{errors}");
        }
        assert!(rest.lines().last().is_some_and(|line| line.starts_with("{\"type\":\"summary\"")));
    }
}
