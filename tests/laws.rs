//! Properties of a scan: the result does not depend on read size, range size or threads; nothing is lost, no secret is
//! shown, no input causes a panic.

use std::{
    io::Write as _,
    sync::{Arc, LazyLock},
};

use oauthsift::{Catalogue, Engine, Finding, Limits, Report, Scan, scan_bytes};
use proptest::prelude::*;

#[path = "support/generated_logs.rs"]
mod generated_logs;

use generated_logs::{
    FOLLOWING_LINES, GUIDS, HEADERS, MESSAGES, NOISE, WRAPPINGS, failures_beyond_all_limits,
    failures_with_many_subjects, log,
};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Arc::new(Catalogue::builtin())));

fn scan(bytes: &[u8], limits: Limits) -> Report {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("written");
    Scan::new(&ENGINE).paths([file.path()]).limits(limits).run()
}

/// Findings without the name of their source.
fn without_source(findings: &[Finding]) -> Vec<Finding> {
    let strip = |mut finding: Finding| {
        finding.source.clear();
        finding
    };
    findings.iter().cloned().map(strip).collect()
}

/// Whether a line is a header can depend on the distance between its timestamp and its level.
#[test]
fn a_shorter_number_that_brings_the_level_close_enough_to_the_timestamp_starts_a_record() {
    let record = |number: &str| {
        let line = FOLLOWING_LINES[7].replace("#n", number).replace("#p", &"p".repeat(141));
        format!("{}{}\n{line}", HEADERS[0], MESSAGES[0])
    };
    let log = ["123", "1", "123", "1"].map(record).concat();
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(log.as_bytes()).expect("written");
    let scan = Scan::new(&ENGINE).paths([file.path()]).threads(1);
    assert_eq!(scan.run().summary.findings, 6);
    assert_eq!(scan.summarize().summary.findings, 6);
}

/// A truncated JSON record has no time: that of the record before it is the last one, whether both are read at once or not.
#[test]
fn the_last_time_is_the_same_when_the_last_record_is_truncated() {
    let event =
        |message: &str| format!("{{\"log\":\"2025-03-04 11:22:00,001+0000 main INFO [c.a.X] {message}\\n\"}}\n");
    let log = event("short") + &event(&"long ".repeat(40));
    let times = [7, 64, 4000].map(|read_bytes| {
        let limits = Limits::default().with_max_record_bytes(120).with_read_bytes(read_bytes);
        scan(log.as_bytes(), limits).inputs[0].last_timestamp.clone()
    });
    assert_eq!(times, [(); 3].map(|()| Some("2025-03-04T11:22:00.001+00:00".to_owned())));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, ..ProptestConfig::default() })]

    #[test]
    fn what_is_beyond_a_limit_is_merged_the_same_way_and_counted(log in failures_beyond_all_limits(), range_size in 5000u64..90_000, threads in 1usize..5) {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(log.as_bytes()).expect("written");
        let report = |range_size: Option<u64>, threads: usize| {
            let limits = Limits::default().with_read_bytes(8000).with_range_bytes(range_size);
            let mut report = Scan::new(&ENGINE).paths([file.path()]).limits(limits).threads(threads).summarize();
            report.generated_at = String::new();
            report
        };
        let whole = report(None, 1);
        let records = log.lines().count() as u64;
        prop_assert_eq!(whole.summary.findings, records);
        prop_assert_eq!(whole.summary.by_code.values().sum::<u64>(), records);
        prop_assert_eq!(whole.incidents.iter().map(|incident| incident.count).sum::<u64>(), records);
        let json = |report: Report| serde_json::to_value(report).expect("JSON");
        let whole = json(whole);
        prop_assert_eq!(json(report(Some(range_size), threads)), whole.clone());
        // Nothing is known of the subjects before the log is decoded.
        let mut streamed = Scan::new(&ENGINE).input(oauthsift::Input::reader(file.path().to_string_lossy(), std::io::Cursor::new(log.clone()))).threads(threads).summarize();
        streamed.generated_at = String::new();
        let mut streamed = json(streamed);
        streamed["inputs"][0]["kind"] = "file".into();
        prop_assert_eq!(streamed, whole);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn subjects_are_merged_the_same_way_for_any_range_size(log in failures_with_many_subjects(), range_size in 300u64..9000) {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(log.as_bytes()).expect("written");
        let report = |range_size: Option<u64>, list: bool| {
            let limits = Limits::default().with_read_bytes(4000).with_range_bytes(range_size);
            let scan = Scan::new(&ENGINE).paths([file.path()]).limits(limits).threads(2);
            let mut report = if list { scan.run() } else { scan.summarize() };
            report.generated_at = String::new();
            serde_json::to_value(report).expect("JSON")
        };
        prop_assert_eq!(report(Some(range_size), true), report(None, true));
        prop_assert_eq!(report(Some(range_size), false), report(None, false));
    }

    #[test]
    fn findings_are_the_same_for_any_size_of_reads(log in log(), read_size in 1usize..5000) {
        let whole = without_source(&scan_bytes(&ENGINE, log.as_bytes()));
        let report = scan(log.as_bytes(), Limits::default().with_read_bytes(read_size));
        prop_assert_eq!(&without_source(&report.findings), &whole);
        let streamed = {
            let mut found = Vec::new();
            let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
            file.write_all(log.as_bytes()).expect("written");
            let counts = Scan::new(&ENGINE).paths([file.path()]).for_each(|finding| {
                found.push(finding);
                std::ops::ControlFlow::Continue(())
            });
            prop_assert_eq!(counts.summary, report.summary.clone());
            found
        };
        prop_assert_eq!(&without_source(&streamed), &whole);
    }

    #[test]
    fn reports_are_the_same_for_any_number_of_threads_and_range_size(log in log(), range_size in 1u64..4000, threads in 2usize..9, max_record in prop::option::of(80usize..2000)) {
        let max_record = max_record.unwrap_or(1 << 20);
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(log.as_bytes()).expect("written");
        let one = Limits::default().with_max_record_bytes(max_record);
        let many = Limits::default().with_max_record_bytes(max_record).with_read_bytes(100).with_range_bytes(range_size);
        let run = |limits, threads| {
            let mut report = Scan::new(&ENGINE).paths([file.path()]).limits(limits).threads(threads).run();
            report.generated_at = String::new();
            serde_json::to_value(report).expect("JSON")
        };
        let alone = run(one, 1);
        prop_assert_eq!(&run(many, 1), &alone);
        prop_assert_eq!(&run(many, threads), &alone);
        #[cfg(feature = "mmap")]
        {
            let mut mapped = Scan::new(&ENGINE).paths([file.path()]).limits(many).threads(threads).mmap(true).run();
            mapped.generated_at = String::new();
            prop_assert_eq!(&serde_json::to_value(mapped).expect("JSON"), &alone);
        }
    }

    #[test]
    fn line_counts_and_positions_are_correct(log in log(), read_size in 1usize..3000) {
        let report = scan(log.as_bytes(), Limits::default().with_read_bytes(read_size));
        let breaks = log.matches('\n').count() as u64;
        prop_assert_eq!(report.inputs[0].lines, breaks);
        prop_assert_eq!(report.inputs[0].bytes, log.len() as u64);
        for finding in &report.findings {
            let offset = usize::try_from(finding.offset).expect("small");
            prop_assert_eq!(log[..offset].matches('\n').count() as u64 + 1, finding.line);
            let record: String = log[offset..].split_inclusive('\n').take(finding.lines as usize).collect();
            prop_assert!(finding.excerpt.lines().next().is_some());
            prop_assert!(offset == 0 || log[..offset].ends_with('\n'));
            prop_assert!(record.ends_with('\n'));
        }
    }

    #[test]
    fn following_a_log_gives_the_findings_of_a_scan(
        log in log(),
        write_sizes in prop::collection::vec(1usize..900, 1..40),
        rotations in prop::collection::vec(0usize..40, 0..3),
        max_record in prop::option::of(80usize..2000),
    ) {
        let limits = Limits::default().with_max_record_bytes(max_record.unwrap_or(1 << 20));
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("jira.log");
        std::fs::write(&path, "").expect("written");
        let follow = oauthsift::Follow::new(&ENGINE)
            .paths([&path])
            .from(oauthsift::StartPosition::Start)
            .quiet(std::time::Duration::from_secs(3600))
            .limits(limits);
        let mut session = follow.begin().expect("no state");
        let mut found = Vec::new();
        let mut on_event = |event: oauthsift::Event<'_>| {
            if let oauthsift::Event::Finding(followed) = event {
                found.push(followed.finding.clone());
            }
            std::ops::ControlFlow::Continue(())
        };
        let (mut rest, mut now) = (log.as_bytes(), std::time::Duration::ZERO);
        let mut poll = |session: &mut oauthsift::FollowSession<'_>, now| {
            while session.poll(now, &mut on_event) == std::ops::ControlFlow::Continue(true) {}
        };
        for (i, size) in write_sizes.iter().cycle().enumerate() {
            let (bytes, more) = rest.split_at((*size).min(rest.len()));
            rest = more;
            let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&path).expect("a log");
            file.write_all(bytes).expect("written");
            now += std::time::Duration::from_millis(100);
            poll(&mut session, now);
            // Rotation may split lines and records: they are put together again.
            if rotations.contains(&i) && max_record.is_none() {
                std::fs::rename(&path, folder.path().join(format!("jira.log.{}", 90 - i))).expect("renamed");
                std::fs::write(&path, "").expect("written");
                poll(&mut session, now);
            }
            if rest.is_empty() {
                break;
            }
        }
        session.close(false, now, &mut on_event);
        // Offsets and lines count within each generation; everything else is as in a single file.
        let without_position = |findings: &[Finding]| -> Vec<Finding> {
            let strip = |mut finding: Finding| {
                finding.source.clear();
                (finding.offset, finding.line) = (0, 0);
                finding
            };
            findings.iter().cloned().map(strip).collect()
        };
        let whole = scan(log.as_bytes(), limits).findings;
        prop_assert_eq!(without_position(&found), without_position(&whole));
        if rotations.is_empty() {
            let positions = |findings: &[Finding]| -> Vec<(u64, u64)> {
                findings.iter().map(|finding| (finding.offset, finding.line)).collect()
            };
            prop_assert_eq!(positions(&found), positions(&whole));
        }
    }

    #[test]
    fn a_code_and_its_ids_are_the_same_in_any_form(
        code in prop::sample::select(vec![7_000_215u32, 7_000_222, 50_011, 53_003, 700_082, 7_654_321]),
        trace in "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}",
        correlation in "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}",
        words in "[A-Za-z]{3,9}( [a-z]{2,8}){0,12}\\.",
        form in 0usize..9,
        ids in 0usize..4,
    ) {
        prop_assume!(trace != correlation);
        let (with_trace, with_correlation) = (ids & 1 == 1, ids & 2 == 2);
        let mut parts = vec![format!("AADSTS{code}: The {words}")];
        parts.extend(with_trace.then(|| format!("Trace ID: {trace}")));
        parts.extend(with_correlation.then(|| format!("Correlation ID: {correlation}")));
        parts.push("Timestamp: 2026-01-05 20:33:57Z".to_owned());
        let json = parts.join("\\r\\n");
        let message = match form {
            0 => parts.join("\n    "),
            1 => parts.join(" "),
            2 => parts.join("\r\n"),
            3 => format!("{{\"error\":\"invalid_grant\",\"error_description\":\"{json}\",\"error_codes\":[{code}]}}"),
            4 => format!("{{\\\"error_description\\\":\\\"{}\\\"}}", json.replace('\\', "\\\\")),
            5 => format!("error=server_error&error_description={}&state=1", parts.join("\r\n").replace(':', "%3a").replace("\r\n", "%0d%0a").replace(' ', "+")),
            6 => format!("&quot;error_description&quot;:&quot;{}&quot;", parts.join(" ")),
            7 => format!("msal: {} - again: {}", parts.join(" "), parts.join(" ")),
            _ => format!("{}\nCaused by: x.y.Z: {}", parts.join("\n    "), parts.join("\n    ")),
        };
        let log = format!("{}2026-01-05 20:34:03,014+0000 http-nio-8080-exec-3 ERROR admin 1x1x1 1i8mi5a /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: {message}\n{}", NOISE[0], NOISE[1]);
        let found = scan_bytes(&ENGINE, log.as_bytes());
        prop_assert_eq!(found.len(), 1, "{}", log);
        prop_assert_eq!(found[0].code, Some(code));
        prop_assert_eq!(&found[0].aadsts, &vec![code]);
        prop_assert_eq!(found[0].trace_id.clone(), with_trace.then_some(trace), "{}", log);
        prop_assert_eq!(found[0].correlation_id.clone(), with_correlation.then_some(correlation), "{}", log);
        prop_assert_eq!(found[0].idp_timestamp.as_deref(), Some("2026-01-05T20:33:57Z"), "{}", log);
    }

    #[test]
    fn a_record_is_the_same_in_any_wrapping(
        words in "[A-Za-z]{3,9}( [a-z]{2,8}){0,12}\\.",
        trace in "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}",
        first in 1u32..90_000_000,
        wrapping in 0usize..WRAPPINGS.len() + 3,
    ) {
        let record = format!("2026-01-05 20:34:03,014+0100 http-nio-8080-exec-3 ERROR admin 1234x5x1 1i8mi5a /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS7000222: The {words}\n    Trace ID: {trace}\n    Timestamp: 2026-01-05 19:33:57Z");
        let json = |key: &str, text: &str| serde_json::json!({ key: text, "stream": "stdout" }).to_string();
        let prefixed = |prefix: &str| {
            let lines = record.lines().enumerate();
            let lines = lines.map(|(i, line)| format!("{}{line}", prefix.replace("{n}", &(first + i as u32).to_string())));
            lines.collect::<Vec<_>>().join("\n")
        };
        let wrapped = match wrapping.checked_sub(WRAPPINGS.len()) {
            None => prefixed(WRAPPINGS[wrapping]),
            Some(0) => record.lines().map(|line| json("log", &format!("{line}\n"))).collect::<Vec<_>>().join("\n"),
            Some(1) => json("log", &format!("{}\n", json("message", &record))),
            Some(_) => record.replace('\n', "\r\n"),
        };
        let [plain, found] = [&record, &wrapped].map(|log| scan_bytes(&ENGINE, log.as_bytes()));
        prop_assert_eq!((plain.len(), found.len()), (1, 1), "{}", wrapped);
        let parsed = |finding: &Finding| {
            let header = [&finding.timestamp, &finding.level, &finding.thread, &finding.user, &finding.request_id, &finding.session_id, &finding.url, &finding.logger];
            (finding.pattern.clone(), finding.code, finding.trace_id.clone(), finding.idp_timestamp.clone(), header.map(Clone::clone))
        };
        prop_assert_eq!(parsed(&plain[0]), parsed(&found[0]), "{}", wrapped);
        prop_assert_eq!(found[0].trace_id.as_deref(), Some(trace.as_str()));
    }

    #[test]
    fn counts_equal_the_list_when_messages_repeat_with_other_ids(log in log(), digits in prop::collection::vec(0u8..10, 1..40)) {
        let mut digits = digits.iter().cycle();
        let repeated: String = log.chars().map(|c| match c {
            '0'..='9' if digits.next().is_some_and(|digit| digit % 3 == 0) => char::from(b'0' + digits.next().copied().unwrap_or(0)),
            c => c,
        }).collect();
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(format!("{log}{repeated}{log}{repeated}").as_bytes()).expect("written");
        let scan = Scan::new(&ENGINE).paths([file.path()]).threads(1);
        let (listed, counted) = (scan.run(), scan.summarize());
        prop_assert_eq!(&listed.summary, &counted.summary);
        let plain = |report: &Report| {
            report.incidents.iter().map(|i| (i.pattern.clone(), i.subject.clone(), i.count, i.trace_ids.clone(), i.correlation_ids.clone())).collect::<Vec<_>>()
        };
        prop_assert_eq!(plain(&listed), plain(&counted));
    }

    #[test]
    fn the_verdict_on_a_record_does_not_depend_on_earlier_records(
        picks in prop::collection::vec((0..HEADERS.len(), 0..MESSAGES.len(), prop::collection::vec((0..FOLLOWING_LINES.len(), 0u32..2, 0usize..3), 0..4)), 1..24),
    ) {
        let log: String = picks.iter().map(|(header, message, lines)| {
            let lines = lines.iter().map(|(line, id, digits)| {
                let number = &"1234"[..digits + 1];
                FOLLOWING_LINES[*line].replace("#n", number).replace("#g", GUIDS[*id as usize]).replace("#p", &"p".repeat(141))
            });
            format!("{}{}\n{}", HEADERS[*header], MESSAGES[*message], lines.collect::<String>())
        }).collect();
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(log.as_bytes()).expect("written");
        let scan = Scan::new(&ENGINE).paths([file.path()]).threads(1);
        let (listed, counted) = (scan.run(), scan.summarize());
        prop_assert_eq!(&listed.summary, &counted.summary, "{}", log);
        let plain = |report: &Report| {
            let incidents = report.incidents.iter();
            incidents.map(|i| (i.pattern.clone(), i.subject.clone(), i.count, i.trace_ids.clone(), i.first_seen.clone(), i.support.clone())).collect::<Vec<_>>()
        };
        prop_assert_eq!(plain(&listed), plain(&counted), "{}", log);
    }

    #[test]
    fn noise_alone_gives_no_finding(picks in prop::collection::vec(0..NOISE.len(), 0..60)) {
        let log: String = picks.into_iter().map(|i| NOISE[i]).collect();
        prop_assert_eq!(scan_bytes(&ENGINE, log.as_bytes()), Vec::new());
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..3000), read_size in 1usize..400) {
        let report = scan(&bytes, Limits::default().with_read_bytes(read_size).with_max_record_bytes(256).with_range_bytes(97));
        // A leading byte order mark is removed, and UTF-16 is decoded.
        prop_assert!(report.inputs[0].complete || !report.faults.is_empty());
    }

    #[test]
    fn mangled_records_are_read_without_a_panic(log in log(), cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = log.into_bytes();
        for (index, byte) in cuts {
            if !bytes.is_empty() {
                let at = index.index(bytes.len());
                bytes[at] = byte;
            }
        }
        let whole = without_source(&scan_bytes(&ENGINE, &bytes));
        prop_assert_eq!(without_source(&scan(&bytes, Limits::default().with_read_bytes(7).with_range_bytes(50)).findings), whole);
    }

    #[test]
    fn a_secret_in_the_log_is_in_no_report(log in log(), at in any::<prop::sample::Index>(), kind in 0usize..6) {
        let secret = "Zk3q8Rt1Vw5Xy7Bc9Df2Gh4Jk6Lm8Np0";
        let planted = match kind {
            0 => format!(" client_secret={secret} "),
            1 => format!(" \"refresh_token\":\"{secret}\" "),
            2 => format!(" Authorization: Bearer {secret} "),
            3 => format!(" eyJhbGciOiJub25lIn0.{secret}.{secret} "),
            4 => format!(" password: {secret} "),
            _ => format!(" AUTHENTICATE XOAUTH2 {secret} "),
        };
        let spaces: Vec<usize> = log.match_indices(' ').map(|(i, _)| i).collect();
        prop_assume!(!spaces.is_empty());
        let at = *at.get(&spaces);
        let log = format!("{}{planted}{}", &log[..at], &log[at..]);
        let shown = serde_json::to_string(&scan(log.as_bytes(), Limits::default())).expect("JSON");
        prop_assert!(!shown.contains(secret), "{}", shown);
    }
}
