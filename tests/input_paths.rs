//! Properties of inputs: the same findings from a plain, compressed or archived log, from a rotated log, and from the
//! logs of several nodes.
#![cfg(feature = "archives")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use oauthsift::{Catalogue, Engine, Finding, Limits, Report, Scan, catalogue::builtin_samples};
use proptest::prelude::*;

#[allow(dead_code)]
#[path = "support/archive.rs"]
mod archive;

use archive::{bz2, gz, tar, xz, zip, zst};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Arc::new(Catalogue::builtin())));

/// Records with a header: samples and noise.
static RECORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let noise = [
        "2026-01-05 08:00:00,000+0000 Caesium-1-1 INFO      [c.a.jira.upgrade.UpgradeScheduler] nothing to do\n",
        "2026-01-05 08:00:00,120+0000 http-nio-8080-exec-9 WARN ann 480x1x1 1abcde 203.0.113.7 /browse/X-1 [c.a.j.web.Slow] a slow page\n\tat com.example.X.y(X.java:1)\n",
        "2026-01-05 08:00:03.000 main DEBUG [c.a.X] \u{1f600} über\r\n  more\r\n",
        "2026-01-05 08:00:04,000+0000 localhost-startStop-1 ERROR      [c.a.crowd.Ldap] LDAP read timed out\n\n\n",
    ];
    let samples = builtin_samples().expect("patterns/ is valid").into_iter().flat_map(|pattern| pattern.samples);
    samples
        .map(|sample| format!("{}\n", sample.log.trim_end_matches('\n')))
        .filter(|log| log.starts_with("20"))
        .chain(noise.map(str::to_owned))
        .collect()
});

fn log() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<prop::sample::Index>(), 1..25)
        .prop_map(|picks| picks.iter().map(|pick| pick.get(&RECORDS).as_str()).collect())
}

fn scan(paths: &[PathBuf]) -> Report {
    Scan::new(&ENGINE).paths(paths).run()
}

/// Findings without their position.
fn without_position(findings: &[Finding]) -> Vec<Finding> {
    let strip = |mut finding: Finding| {
        finding.source.clear();
        finding.node = None;
        (finding.offset, finding.line) = (0, 0);
        finding
    };
    findings.iter().cloned().map(strip).collect()
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, bytes).expect("written");
    path
}

/// Cuts a log at some positions, but never where the rest of a line would look like the start of a record.
fn cut<'l>(log: &'l str, positions: &[prop::sample::Index]) -> Vec<&'l str> {
    let mut at: Vec<usize> = positions.iter().map(|position| position.index(log.len())).collect();
    at.retain(|at| {
        log.is_char_boundary(*at)
            && (log[..*at].ends_with('\n')
                || !log[*at..].starts_with(|c: char| c.is_ascii_digit() || "{[<>/.".contains(c)))
    });
    at.extend([0, log.len()]);
    at.sort_unstable();
    at.windows(2).map(|pair| &log[pair[0]..pair[1]]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]

    #[test]
    fn findings_do_not_depend_on_how_a_log_is_packed(log in log(), threads in 1usize..4) {
        let folder = tempfile::tempdir().expect("a folder");
        let bytes = log.as_bytes();
        let half = bytes.len() / 2;
        let entry: &[(&str, &[u8])] = &[("application-logs/atlassian-jira.log", bytes)];
        let plain = scan(&[write(folder.path(), "plain.log", bytes)]);
        let packed = [
            ("log.gz", gz(bytes)),
            ("members.gz", [gz(&bytes[..half]), gz(&bytes[half..])].concat()),
            ("log.bz2", bz2(bytes)),
            ("log.zst", zst(bytes)),
            ("frames.zst", [zst(&bytes[..half]), zst(&bytes[half..])].concat()),
            ("log.xz", xz(bytes)),
            ("log.gz.xz", xz(&gz(bytes))),
            ("support.zip", zip(entry)),
            ("cluster.zip", zip(&[("node1.zip", &zip(entry))])),
            ("log.tar", tar(entry)),
            ("log.tgz", gz(&tar(entry))),
            ("log.tar.zst", zst(&tar(entry))),
            ("zip.tar.xz", xz(&tar(&[("support.zip", &zip(entry))]))),
            ("tar.tar.bz2", bz2(&tar(&[("support.tar", &tar(entry))]))),
        ];
        for (name, encoded) in packed {
            // The format is recognised by content: the name must not matter.
            let path = write(folder.path(), &name.replace('.', "-"), &encoded);
            let report = Scan::new(&ENGINE).paths([path]).threads(threads).run();
            prop_assert!(report.faults.iter().all(|fault| !fault.kind.incomplete()), "{}: {:?}", name, report.faults);
            prop_assert_eq!(without_position(&report.findings), without_position(&plain.findings), "{}", name);
            let positions = |report: &Report| report.findings.iter().map(|f| (f.offset, f.line, f.lines)).collect::<Vec<_>>();
            prop_assert_eq!(positions(&report), positions(&plain), "{}", name);
            prop_assert_eq!(report.inputs[0].lines, plain.inputs[0].lines, "{}", name);
            prop_assert_eq!(report.inputs[0].bytes, plain.inputs[0].bytes, "{}", name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_rotated_log_gives_the_findings_of_the_whole_log(
        log in log(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 1..6),
        compressed in prop::collection::vec(any::<bool>(), 8),
        threads in 1usize..5,
        range_size in 100u64..3000,
        packing in 0usize..4,
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let whole = scan(&[write(folder.path(), "whole/atlassian-jira.log", log.as_bytes())]);
        let parts = cut(&log, &cuts);
        let mut entries: Vec<(String, Vec<u8>)> = Vec::new();
        for (i, part) in parts.iter().rev().enumerate() {
            let name = if i == 0 { "atlassian-jira.log".to_owned() } else { format!("atlassian-jira.log.{i}") };
            entries.push(match compressed[i] {
                true => (format!("{name}.gz"), gz(part.as_bytes())),
                false => (name, part.as_bytes().to_vec()),
            });
        }
        let inside: Vec<(String, &[u8])> =
            entries.iter().map(|(name, bytes)| (format!("application-logs/{name}"), bytes.as_slice())).collect();
        let inside: Vec<(&str, &[u8])> = inside.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        let path = match packing {
            0 => {
                for (name, bytes) in &entries {
                    write(folder.path(), &format!("log/{name}"), bytes);
                }
                folder.path().join("log")
            }
            1 => write(folder.path(), "support.zip", &zip(&inside)),
            2 => write(folder.path(), "support.tar", &tar(&inside)),
            _ => write(folder.path(), "support.tgz", &gz(&tar(&inside))),
        };
        let limits = Limits::default().with_range_bytes(range_size).with_read_bytes(500);
        let report = Scan::new(&ENGINE).paths([&path]).threads(threads).limits(limits).run();
        prop_assert!(report.faults.iter().all(|fault| !fault.kind.incomplete()), "{:?}", report.faults);
        // Identical parts are read once; then findings are rightly missing.
        prop_assume!(report.inputs.iter().all(|input| input.duplicate_of.is_none()));
        prop_assert_eq!(without_position(&report.findings), without_position(&whole.findings));
        prop_assert_eq!(report.summary.mentions, whole.summary.mentions);
        prop_assert_eq!(report.inputs.iter().map(|input| input.bytes).sum::<u64>(), log.len() as u64);
        // A finding belongs to the file in which its record starts.
        let mut before = 0;
        for (input, part) in report.inputs.iter().zip(&parts) {
            for finding in report.findings.iter().filter(|finding| finding.source == input.source) {
                let offset = usize::try_from(finding.offset).expect("small");
                prop_assert!(offset < part.len());
                prop_assert_eq!(part[..offset].matches('\n').count() as u64 + 1, finding.line);
                prop_assert!(whole.findings.iter().any(|one| one.offset == before + finding.offset));
            }
            before += part.len() as u64;
        }
        // A summary counts what the full report lists.
        let counted = Scan::new(&ENGINE).paths([&path]).threads(threads).limits(limits).summarize();
        prop_assert_eq!(counted.summary, report.summary);
        prop_assert_eq!(counted.inputs, report.inputs);
    }

    #[test]
    fn the_logs_of_several_nodes_are_merged_by_time(
        picks in prop::collection::vec((0usize..3, 0u32..50, any::<bool>()), 1..60),
        threads in 1usize..4,
        archive in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut logs = vec![String::new(); 3];
        let mut clocks = [0; 3];
        let mut numbers = Vec::new();
        for (i, (node, pause, timed)) in picks.iter().enumerate() {
            clocks[*node] += pause;
            let date = if *timed { "2026-01-05" } else { "2026-xx-xx" };
            let clock = format!("{:02}:{:02}:{:02}", clocks[*node] / 3600, clocks[*node] / 60 % 60, clocks[*node] % 60);
            logs[*node].push_str(&format!("{date} {clock},000+0000 Caesium-1-1 ERROR ServiceRunner [c.a.o.X] AADSTS7000215: Invalid client secret provided. Trace ID: 00000000-0000-4000-8000-{i:012}\n"));
            if *timed {
                numbers.push((clocks[*node], *node, i));
            }
        }
        let entries: Vec<(String, Vec<u8>)> = logs
            .iter()
            .enumerate()
            .map(|(node, log)| (format!("node{node}/application-logs/atlassian-jira.log"), log.clone().into_bytes()))
            .collect();
        let path = if archive {
            let inner: Vec<(String, Vec<u8>)> = entries
                .iter()
                .enumerate()
                .map(|(node, (_, log))| (format!("node{node}.zip"), zip(&[("application-logs/atlassian-jira.log", log)])))
                .collect();
            let inner: Vec<(&str, &[u8])> = inner.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
            write(folder.path(), "cluster.zip", &zip(&inner))
        } else {
            for (name, log) in &entries {
                write(folder.path(), &format!("c/{name}"), log);
            }
            folder.path().join("c")
        };
        let report = Scan::new(&ENGINE).paths([&path]).threads(threads).limits(Limits::default().with_range_bytes(300).with_read_bytes(100)).run();
        let number = |finding: &Finding| finding.trace_id.as_deref().and_then(|id| id[24..].parse::<usize>().ok()).expect("a number");
        let found: Vec<usize> = report.findings.iter().map(number).collect();
        prop_assert_eq!(found.len(), picks.len());
        // Findings with a time are ordered by time, then by node.
        numbers.sort_by_key(|(time, node, i)| (*time, *node, *i));
        let timed: Vec<usize> = found.iter().copied().filter(|i| picks[*i].2).collect();
        prop_assert_eq!(timed, numbers.iter().map(|(_, _, i)| *i).collect::<Vec<_>>());
        for node in 0..3 {
            let of_node: Vec<usize> = found.iter().copied().filter(|i| picks[*i].0 == node).collect();
            prop_assert!(of_node.is_sorted(), "the order within a log is kept");
        }
        for finding in &report.findings {
            prop_assert_eq!(finding.node.clone(), Some(format!("node{}", picks[number(finding)].0)));
        }
        for incident in &report.incidents {
            prop_assert!(incident.findings.is_sorted());
            prop_assert!(incident.findings.iter().all(|i| report.findings[*i].pattern == incident.pattern));
        }
    }
}

#[test]
fn duplicate_inputs_are_read_once_and_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = fs::read("sample-logs/json-answers.log").expect("the sample");
    write(folder.path(), "log/atlassian-jira.log.1", &log);
    write(folder.path(), "log/atlassian-jira.log.1.gz", &gz(&log));
    fs::hard_link(folder.path().join("log/atlassian-jira.log.1"), folder.path().join("log/atlassian-jira.log.2"))
        .expect("linked");
    let support = write(folder.path(), "support.zip", &zip(&[("application-logs/atlassian-jira.log.1", &log)]));
    let report = scan(&[folder.path().join("log"), support, folder.path().join("log/atlassian-jira.log.1")]);
    assert_eq!(report.findings.len(), 3);
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    assert_eq!(report.inputs.len(), 5);
    assert_eq!(report.inputs.iter().filter(|input| input.duplicate_of.is_some()).count(), 4);
    assert!(report.findings.iter().all(|finding| finding.node.is_none()), "a duplicate is not another node");
}

#[test]
fn a_record_that_continues_through_several_files_is_one_record() {
    let folder = tempfile::tempdir().expect("a folder");
    let head = "2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR admin [c.a.o.X] The error message is: AADSTS7000215: Invalid";
    let parts = [
        head,
        " client secret provided.\n    Trace ID: 0000",
        "0000-0000-4000-8000-000000000001\n",
        "",
        "  more\n2026-01-05 20:35:00,000+0000 main INFO [c.a.X] nothing\n",
    ];
    for (i, part) in parts.iter().rev().enumerate() {
        let name = if i == 0 { "atlassian-jira.log".to_owned() } else { format!("atlassian-jira.log.{i}") };
        write(folder.path(), &name, part.as_bytes());
    }
    let report = scan(&[folder.path().to_owned()]);
    assert_eq!(report.findings.len(), 1);
    let finding = &report.findings[0];
    assert_eq!(finding.trace_id.as_deref(), Some("00000000-0000-4000-8000-000000000001"));
    assert!(finding.source.ends_with("atlassian-jira.log.4"));
    assert_eq!((finding.offset, finding.line, finding.lines), (0, 1, 3));
    // If a file in between is missing, nothing is joined.
    fs::remove_file(folder.path().join("atlassian-jira.log.3")).expect("removed");
    let report = scan(&[folder.path().to_owned()]);
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].trace_id, None);
}

#[test]
fn a_line_split_by_rotation_before_the_mail_server_is_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let (time, rest) = (
        "2026-02-03 08:15:00,123+0000 ERROR ",
        "[Contoso Mailbox] Caesium-1-2 ServiceRunner    AUTHENTICATE failed.\n\
         2026-02-03 08:15:01,123+0000 INFO [Contoso Mailbox] Caesium-1-2 ServiceRunner    stopped\n",
    );
    let older = write(folder.path(), "atlassian-jira-incoming-mail.log.1", time.as_bytes());
    let newer = write(folder.path(), "atlassian-jira-incoming-mail.log", rest.as_bytes());
    let found = scan(&[older.clone(), newer.clone()]).findings;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].timestamp.as_deref(), Some("2026-02-03T08:15:00.123+00:00"));
    assert!(found[0].source.ends_with(".log.1"), "{}", found[0].source);
    // After a complete line, the same text is a line of its own.
    fs::write(&older, format!("{time}[Contoso Mailbox] Caesium-1-2 ServiceRunner    started\n")).expect("written");
    let found = scan(&[older, newer]).findings;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].timestamp.as_deref(), found[0].line), (None, 1));
    assert!(found[0].source.ends_with("mail.log"), "{}", found[0].source);
}
