//! The support bundle: complete, deterministic, without secrets or personal data.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use sha2::{Digest, Sha256};

fn run(args: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(args)
        .current_dir(folder)
        .env_remove("SOURCE_DATE_EPOCH")
        .output()
        .expect("runs")
}

fn output_of(run: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr))
}

/// The files of a bundle, by name.
fn unpacked(bundle: &Path) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(fs::File::open(bundle).expect("the bundle")).expect("a zip");
    (0..zip.len())
        .map(|i| {
            let mut file = zip.by_index(i).expect("an entry");
            let mut text = String::new();
            file.read_to_string(&mut text).expect("UTF-8");
            (file.name().expect("a name").into_owned(), text)
        })
        .collect()
}

/// A log with one failure, with personal data and secrets in the failing record and around it.
fn log() -> String {
    let mut log = String::new();
    for i in 0..60 {
        log.push_str(&format!(
            "2026-01-05 08:00:{i:02},000+0000 http-nio-8080-exec-{i} INFO mrossi 480x{i}x1 1abcde 203.0.113.{i} /browse/X-{i} \
             [c.a.j.issue] mrossi commented, mail to anna.verdi{i}@contoso.example, Cookie: JSESSIONID=5E8AAA{i}\n"
        ));
        log.push_str(&format!(
            "2026-01-05 08:00:{i:02},100+0000 http-nio-8080-exec-{i} INFO qxy 480x{i}x2 1abcde - /x [c.a.j.issue] done\n"
        ));
        if i == 30 {
            log.push_str(
                "2026-01-05 08:00:30,500+0000 http-nio-8080-exec-3 ERROR lbianchi 1x1x1 abc12 203.0.113.77 \
                 /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] Error occurred while authorizing an integration. \
                 lbianchi sent client_secret=hunter2hunter2 for mrossi. The error message is: AADSTS7000215: Invalid \
                 client secret provided.\n    Trace ID: 11111111-aaaa-4bbb-8ccc-000000000001\n\tat a.b.C(C.java:1)\n",
            );
        }
    }
    log
}

const PRIVATE: [&str; 7] = [" qxy ", "mrossi", "lbianchi", "anna.verdi", "203.0.113.", "hunter2", "5E8AAA"];

fn ticket(folder: &Path, input: &str) -> PathBuf {
    let bundle = folder.join("ticket.zip");
    let done = run(&["ticket", "--force", "--output", "ticket.zip", input], folder);
    assert_eq!(done.status.code(), Some(0), "{}", output_of(&done));
    bundle
}

#[test]
fn a_bundle_is_complete_and_shows_no_personal_data() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("atlassian-jira.log"), log()).expect("written");
    let files = unpacked(&ticket(folder.path(), "atlassian-jira.log"));
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "README.txt",
            "SHA256SUMS",
            "excerpts/incident-1.txt",
            "manifest.json",
            "report.html",
            "report.json",
            "summary.jira.txt",
            "summary.md"
        ]
    );
    for (name, text) in &files {
        for private in PRIVATE {
            assert!(!text.contains(private), "{name} shows {private}");
        }
    }
    // A person has the same pseudonym in every file.
    let excerpt = &files["excerpts/incident-1.txt"];
    assert!(excerpt.contains("> ") && excerpt.contains("AADSTS7000215"));
    let record = excerpt.lines().find(|line| line.starts_with('>')).expect("the record");
    assert!(record.contains("[removed secret]"), "{record}");
    let report: Value = serde_json::from_str(&files["report.json"]).expect("JSON");
    let user = report["findings"][0]["user"].as_str().expect("a user");
    assert!(user.starts_with("user-") && record.contains(&format!("ERROR {user} ")), "{user}: {record}");
    let marked: Vec<&str> = excerpt.lines().filter(|line| line.starts_with('>')).collect();
    assert_eq!(marked.len(), 3);
    let lines = excerpt.lines().filter(|line| line.get(1..9).is_some_and(|n| n.trim().parse::<u64>().is_ok())).count();
    assert_eq!(lines, 20 + 3 + 20);
    // The final check finds nothing.
    let checked = run(&["ticket", "--check", "ticket.zip"], folder.path());
    assert_eq!(checked.status.code(), Some(0), "{}", output_of(&checked));
}

#[test]
fn checksums_and_sizes_are_correct() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("atlassian-jira.log"), log()).expect("written");
    let files = unpacked(&ticket(folder.path(), "atlassian-jira.log"));
    let sum = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut named = 0;
    for line in files["SHA256SUMS"].lines() {
        let (sha, name) = line.split_once("  ").expect("a sum and a name");
        assert_eq!(sum(files[name].as_bytes()), sha, "{name}");
        named += 1;
    }
    assert_eq!(named, files.len() - 1);
    let manifest: Value = serde_json::from_str(&files["manifest.json"]).expect("JSON");
    assert_eq!(manifest["schema"], "oauthsift.ticket/1");
    assert_eq!(manifest["inputs"][0]["bytes"], log().len());
    assert_eq!(manifest["inputs"][0]["sha256"], sum(log().as_bytes()));
    assert_eq!(manifest["generated_at"], "2026-01-05T08:00:59Z");
    assert!(manifest["redacted"]["secrets"]["secret"].as_u64().is_some_and(|n| n > 0), "{manifest}");
    assert!(manifest["redacted"]["people"]["users"].as_u64().is_some_and(|n| n >= 2), "{manifest}");
    let schema: Value = serde_json::from_str(include_str!("../docs/report.schema.json")).expect("the schema");
    let report: Value = serde_json::from_str(&files["report.json"]).expect("JSON");
    assert!(jsonschema::is_valid(&schema, &report));
}

#[test]
fn the_same_logs_give_the_same_bytes_in_any_folder_at_any_time() {
    let (here, there) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let mut bundles = Vec::new();
    for folder in [here.path(), there.path()] {
        let logs = folder.join("home/anna/logs");
        fs::create_dir_all(&logs).expect("made");
        let path = logs.join("atlassian-jira.log");
        fs::write(&path, log()).expect("written");
        bundles.push(fs::read(ticket(folder, path.to_str().expect("plain"))).expect("read"));
        std::thread::sleep(std::time::Duration::from_millis(1100));
    }
    assert!(bundles[0] == bundles[1]);
    let again =
        fs::read(ticket(here.path(), here.path().join("home/anna/logs/atlassian-jira.log").to_str().expect("plain")));
    assert!(again.expect("read") == bundles[0]);
    assert!(!unpacked(&here.path().join("ticket.zip")).values().any(|text| text.contains("anna")));
}

#[test]
fn a_bundle_is_overwritten_only_on_request() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.log"), log()).expect("written");
    fs::write(folder.path().join("ticket.zip"), "mine").expect("written");
    let args = ["ticket", "--output", "ticket.zip", "a.log"];
    let done = run(&args, folder.path());
    assert_eq!(done.status.code(), Some(2));
    assert!(output_of(&done).contains("already exists"), "{}", output_of(&done));
    assert_eq!(fs::read(folder.path().join("ticket.zip")).expect("read"), b"mine");
    ticket(folder.path(), "a.log");
    assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 2, "no other file is left");
}

#[test]
fn context_lines_are_read_from_archives_and_rotated_logs() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("log")).expect("made");
    fs::write(folder.path().join("log/atlassian-jira.log"), "2026-01-06 08:00:00,000+0000 main INFO [x.Y] quiet\n")
        .expect("written");
    let compressed = {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(log().as_bytes()).expect("written");
        gz.finish().expect("written")
    };
    fs::write(folder.path().join("log/atlassian-jira.log.1.gz"), &compressed).expect("written");
    let plain = unpacked(&ticket(folder.path(), "log"));
    let excerpt = &plain["excerpts/incident-1.txt"];
    assert!(excerpt.contains("log/atlassian-jira.log.1.gz, line 63"), "{excerpt}");
    assert_eq!(excerpt.lines().filter(|line| line.starts_with('>')).count(), 3);
    // The same in a support zip.
    let mut zip = zip::ZipWriter::new(fs::File::create(folder.path().join("support.zip")).expect("made"));
    zip.start_file("node1/log/atlassian-jira.log.1.gz", zip::write::SimpleFileOptions::default()).expect("an entry");
    zip.write_all(&compressed).expect("written");
    zip.finish().expect("written");
    let zipped = unpacked(&ticket(folder.path(), "support.zip"));
    let within = &zipped["excerpts/incident-1.txt"];
    assert!(within.contains("support.zip!/node1/log/atlassian-jira.log.1.gz, line 63"), "{within}");
    let numbered = |text: &str| text.lines().skip(2).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(numbered(within), numbered(excerpt));
    // The same in a compressed tar, which can only be read from its start.
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (name, bytes) in [("log/atlassian-jira.log.1.gz", &compressed), ("notes.txt", &b"hello".to_vec())] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, bytes.as_slice()).expect("written");
    }
    fs::write(folder.path().join("logs.tgz"), tar.into_inner().expect("written").finish().expect("written"))
        .expect("written");
    let tarred = unpacked(&ticket(folder.path(), "logs.tgz"));
    let within = &tarred["excerpts/incident-1.txt"];
    assert!(within.contains("logs.tgz!/log/atlassian-jira.log.1.gz, line 63"), "{within}");
    assert_eq!(numbered(within), numbered(excerpt));
    let manifest: Value = serde_json::from_str(&zipped["manifest.json"]).expect("JSON");
    assert_eq!(manifest["inputs"][0]["name"], "support.zip");
}

#[test]
fn a_record_split_by_rotation_is_shown_where_it_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("log")).expect("made");
    let whole = log();
    let cut = whole.find("    Trace ID").expect("the record");
    fs::write(folder.path().join("log/atlassian-jira.log.1"), &whole[..cut]).expect("written");
    fs::write(folder.path().join("log/atlassian-jira.log"), &whole[cut..]).expect("written");
    let files = unpacked(&ticket(folder.path(), "log"));
    let excerpt = &files["excerpts/incident-1.txt"];
    assert!(excerpt.contains("log/atlassian-jira.log.1, line 63"), "{excerpt}");
    assert!(excerpt.lines().any(|line| line.starts_with(">") && line.contains("AADSTS7000215")), "{excerpt}");
    assert!(excerpt.contains("11111111-aaaa-4bbb-8ccc-000000000001"), "the rest is in the next file: {excerpt}");
    assert!(PRIVATE.iter().all(|private| !excerpt.contains(private)), "{excerpt}");
}

#[test]
fn a_very_long_record_is_shortened_in_its_excerpt() {
    let folder = tempfile::tempdir().expect("a folder");
    let frames = "\tat a.b.C(C.java:1)\n".repeat(5000);
    let text = format!(
        "2026-01-05 08:00:00,000+0000 main INFO [x.Y] before\n2026-01-05 08:00:30,500+0000 http-nio-8080-exec-3 ERROR admin \
         1x1x1 abc12 - /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS7000215: Invalid \
         client secret provided.\n{frames}2026-01-05 08:00:31,000+0000 main INFO [x.Y] after\n"
    );
    fs::write(folder.path().join("a.log"), text).expect("written");
    let files = unpacked(&ticket(folder.path(), "a.log"));
    let excerpt = &files["excerpts/incident-1.txt"];
    assert!(excerpt.contains("4,881 more lines of this record left out"), "{}", &excerpt[..400]);
    assert!(excerpt.contains("5003  2026-01-05 08:00:31") && excerpt.contains("       1  2026-01-05 08:00:00"));
    assert!(excerpt.lines().count() < 150);
}

#[test]
fn the_check_prints_entry_line_and_kind_but_never_the_value() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("raw.log"), log()).expect("written");
    let mut zip = zip::ZipWriter::new(fs::File::create(folder.path().join("raw.zip")).expect("made"));
    for (name, text) in [("notes.txt", "hello\nwrite to anna.verdi@contoso.example\n"), ("clean.txt", "nothing\n")] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("an entry");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("written");
    let checked = run(&["ticket", "--check", "raw.log", "raw.zip"], folder.path());
    assert_eq!(checked.status.code(), Some(1));
    let output = output_of(&checked);
    // The user is named in the header, and in the message.
    for kind in ["mail address", "user name (2 times)", "client address"] {
        assert!(output.contains(&format!("raw.log: line 1: {kind}\n")), "{kind}: {output}");
    }
    assert!(output.contains("raw.log: line 63: secret\n") && output.contains("raw.log: line 1: cookie\n"), "{output}");
    assert!(output.contains("raw.zip!/notes.txt: line 2: mail address\n") && !output.contains("clean.txt"), "{output}");
    for private in PRIVATE {
        assert!(!output.contains(private), "{private} is shown");
    }
    assert_eq!(run(&["ticket", "--check", "missing.zip"], folder.path()).status.code(), Some(2));
}

#[test]
fn folders_that_name_people_are_in_no_file_of_the_bundle_however_the_path_is_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    for (logs, inputs) in [
        ("cases/greta.thun/n1", &["cases/greta.thun/n1/atlassian-jira.log"][..]),
        ("cases/greta.thun/n1", &["cases/greta.thun/n1"]),
        ("home/greta.thun/n1", &["home"]),
        ("Users/greta.thun/n1", &["."]),
        ("case/greta.thun", &["case/greta.thun/atlassian-jira.log", "case/greta.thun/none.log"]),
    ] {
        fs::create_dir_all(at.join(logs)).expect("folders");
        fs::write(at.join(logs).join("atlassian-jira.log"), log()).expect("written");
        let absolute: Vec<String> = inputs.iter().map(|input| at.join(input).display().to_string()).collect();
        for inputs in [inputs.iter().map(|input| (*input).to_owned()).collect(), absolute] {
            let mut args = vec!["ticket", "--force", "--output", "t.zip"];
            args.extend(inputs.iter().map(String::as_str));
            run(&args, at);
            let files = unpacked(&at.join("t.zip"));
            let naming: Vec<_> =
                files.iter().filter(|(_, text)| text.contains("greta")).map(|(name, _)| name).collect();
            assert!(naming.is_empty() && !files.is_empty(), "{inputs:?}: {naming:?}");
        }
        fs::remove_dir_all(at.join(logs)).expect("removed");
    }
}

#[test]
fn streams_are_refused_with_advice() {
    let folder = tempfile::tempdir().expect("a folder");
    let done = run(&["ticket", "-"], folder.path());
    assert_eq!(done.status.code(), Some(2));
    assert!(output_of(&done).contains("save it to a file first"), "{}", output_of(&done));
    assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 0);
}

#[test]
fn an_unreadable_input_is_reported_and_the_rest_is_packed() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.log"), log()).expect("written");
    let done = run(&["ticket", "--output", "t.zip", "a.log", "missing.log"], folder.path());
    assert_eq!(done.status.code(), Some(2), "{}", output_of(&done));
    let files = unpacked(&folder.path().join("t.zip"));
    assert!(files["summary.md"].contains("missing.log"));
    assert!(files["report.json"].contains("not-found"));
}

#[test]
fn bundles_of_all_samples_and_scenarios_pass_the_check() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder");
    let mut inputs: Vec<PathBuf> =
        fs::read_dir(root.join("sample-logs")).expect("samples").flatten().map(|e| e.path()).collect();
    inputs.retain(|path| path.extension().is_some_and(|extension| extension == "log"));
    if let Ok(scenarios) = fs::read_dir(root.join("tests/scenarios")) {
        inputs.extend(scenarios.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()));
    }
    assert!(inputs.len() >= 6);
    // Its steps end with `an old password.`, and its references are about users.
    inputs.push(folder.path().join("atlassian-jira.log"));
    let locked = "2026-03-24 22:05:09,838+0000 http-nio-8080-exec-23 ERROR admin 1325x11614x1 107j8m4 203.0.113.23 \
        /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.X] The error message is: AADSTS50053: The account is locked.\n";
    fs::write(&inputs[inputs.len() - 1], locked).expect("written");
    // Steps with commands, which the page shows as code; names of servers in capitals; a response code after `mail:`.
    let files = fs::read_dir(root.join("patterns")).expect("the catalogue").flatten().map(|entry| entry.path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    let texts: Vec<_> = files.map(|path| (name(&path), fs::read_to_string(&path).expect("a text"))).collect();
    let catalogue = oauthsift::Catalogue::from_texts(&texts).expect("valid");
    for family in ["graph-", "smtp-", "google-imap-"] {
        let patterns = catalogue.patterns().iter().filter(|pattern| pattern.id.starts_with(family));
        let logs: String = patterns.flat_map(|pattern| &pattern.samples).map(|sample| sample.log.as_str()).collect();
        assert!(logs.len() > 1000, "{family}");
        inputs.push(folder.path().join(format!("{family}.log")));
        fs::write(&inputs[inputs.len() - 1], logs).expect("written");
    }
    for input in inputs {
        ticket(folder.path(), input.to_str().expect("plain"));
    }
}

/// The texts of the catalogue are part of every bundle, so the check must find nothing in them.
#[test]
fn wherever_a_long_message_is_cut_off_the_check_finds_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let answer = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit \
                  https://aka.ms/smtp_auth_disabled for more information. [FR3P281CA0101.DEUP281.PROD.OUTLOOK.COM \
                  2026-02-10T06:05:44.730Z 08DD4A], client id 5d1c0a52-1b2d-4c3e-9f40-7a6b5c4d0101";
    let log: String = (0..60)
        .map(|words| {
            format!(
                "2026-02-10 07:05:{words:02},871+0100 Sending mailitem ERROR anonymous [c.a.mail.queue.MailQueueImpl] Error \
                 {}occurred in sending e-mail: {answer}\n",
                "a ".repeat(words)
            )
        })
        .collect();
    fs::write(folder.path().join("atlassian-jira.log"), log).expect("written");
    let bundle = ticket(folder.path(), "atlassian-jira.log");
    let check = run(&["ticket", "--check", bundle.to_str().expect("text")], folder.path());
    assert!(output_of(&check).contains("nothing found"), "{}", output_of(&check));
}

#[test]
fn the_check_finds_nothing_in_the_texts_of_the_catalogue() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("texts.txt");
    let mut text = String::new();
    for pattern in oauthsift::Catalogue::builtin().patterns() {
        // As the statements of the diagnosis continue after a title.
        for statement in [
            "still failing at the end of the log",
            "intermittent, 4 periods of failures",
            "no further failure after 2026-01-19",
            "57 failures from 2026-01-12 06:00 to 2026-01-19 06:00",
            "1 failure at 2026-01-12 06:00",
            "seen once, at 2026-01-12 06:00",
            "most likely a consequence of incident-1",
            "only on node2, not on node1 or node3",
            "the root cause is not in the logs provided",
        ] {
            text.push_str(&format!("{}: {statement} ({})\n", pattern.title, pattern.id));
        }
        let steps: Vec<String> = pattern.steps.iter().map(oauthsift::Step::labelled).collect();
        for line in [&pattern.title, &pattern.cause].into_iter().chain(&steps).chain(&pattern.fix) {
            text.push_str(&format!("{line} ({})\n", pattern.id));
        }
    }
    fs::write(&path, &text).expect("written");
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let faults = oauthsift::leaks(&path, &mut |leak| {
        found.push(format!("{}: {}", leak.kind, lines[usize::try_from(leak.line).expect("small") - 1]));
    });
    assert_eq!(
        (found, faults),
        (Vec::new(), Vec::new()),
        "use sample names such as 'support-mailbox' and 'user-1'; no colon after `account`, `password` or `token`"
    );
}

#[test]
fn records_that_end_like_a_command_or_a_label_raise_no_alarm_in_the_bundle() {
    let folder = tempfile::tempdir().expect("a folder");
    let head = "ERROR [c.a.o.c.X] The error message is: AADSTS7000215: Invalid client secret provided.";
    let ends = [
        "DEBUG SMTP: AUTH XOAUTH2 failed",
        "C: AUTH PLAIN",
        "password=<non-null>",
        "secret=b'Sv7Kq2Rt9Wx4'",
        "Password:",
        "credentials=svc7:Regen7431",
        "mail password:\n  Regen7431\n",
        "A3 LOGIN {7}\n+ Ready\nsvc7abc {9}\n+ Ready\nRegen7431",
    ];
    let log: String = ends
        .iter()
        .enumerate()
        .map(|(i, end)| {
            format!("2026-01-05 08:00:{i:02},000+0000 main {head} {end}\n2026-01-05 08:00:{i:02},500+0000 main INFO [c.a.X] done\n")
        })
        .collect();
    fs::write(folder.path().join("atlassian-jira.log"), log).expect("written");
    let files = unpacked(&ticket(folder.path(), "atlassian-jira.log"));
    assert!(files.values().all(|text| !text.contains("Regen7431")));
}

#[test]
fn a_log_whose_name_holds_a_secret_or_a_person_is_numbered_in_every_file_of_the_bundle() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("gerda.lenz@contoso.example password=Regen74.log"), log()).expect("written");
    let files = unpacked(&ticket(folder.path(), "gerda.lenz@contoso.example password=Regen74.log"));
    for (name, text) in &files {
        assert!(!text.contains("gerda") && !text.contains("Regen74"), "{name}");
    }
    let manifest: Value = serde_json::from_str(&files["manifest.json"]).expect("JSON");
    assert_eq!(manifest["inputs"][0]["name"], "log-1.log");
}
