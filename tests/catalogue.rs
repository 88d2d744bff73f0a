//! Runs every sample of `patterns/` through the engine.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path, sync::Arc};

use oauthsift::{
    Catalogue, Engine, Pattern,
    catalogue::{builtin_files, builtin_samples, check_table, review},
    scan_bytes, selftest,
};

const BEFORE: &str =
    "2026-01-05 08:00:00,000+0000 Caesium-1-1 INFO      [c.a.jira.upgrade.UpgradeScheduler] nothing to do\n";
const AFTER: &str = "2026-12-30 08:00:01,000+0000 http-nio-8080-exec-9 WARN anonymous 480x1x1 - 203.0.113.7 /login.jsp [c.a.j.web.Login] a slow page\n    with a second line\n";

fn engine() -> Engine {
    Engine::new(Arc::new(Catalogue::builtin()))
}

fn samples() -> Vec<Pattern> {
    builtin_samples().expect("patterns/ is valid")
}

/// The ids of the patterns found in a log.
fn ids(engine: &Engine, log: &str) -> Vec<String> {
    scan_bytes(engine, log.as_bytes()).into_iter().map(|finding| finding.pattern).collect()
}

#[test]
fn samples_match_and_counter_samples_do_not() {
    let catalogue = Arc::new(Catalogue::builtin());
    let (ran, failures) = selftest::test(&catalogue, &samples());
    let problems: Vec<String> =
        failures.iter().map(|failure| format!("{}, {}: {}", failure.pattern, failure.which, failure.problem)).collect();
    assert!(failures.is_empty(), "{} of {ran}:\n{}", failures.len(), problems.join("\n"));
    assert!(ran > 2 * samples().len() - 2);
}

#[test]
fn samples_match_between_other_records() {
    let engine = engine();
    let mut missed = String::new();
    for pattern in samples() {
        for (i, sample) in pattern.samples.iter().enumerate() {
            // Text without a header would become part of the record before it.
            let alone = ids(&engine, &sample.log);
            let before = if starts_with_header(&sample.log) { BEFORE } else { "" };
            let among = ids(&engine, &format!("{before}{}\n{AFTER}", sample.log.trim_end_matches('\n')));
            if alone != among {
                let _ = writeln!(missed, "{} sample {}: alone {alone:?}, embedded {among:?}", pattern.id, i + 1);
            }
        }
    }
    assert!(missed.is_empty(), "\n{missed}");
}

fn starts_with_header(log: &str) -> bool {
    log.as_bytes().first().is_some_and(u8::is_ascii_digit)
}

#[test]
fn samples_match_with_crlf_line_breaks() {
    let engine = engine();
    for pattern in samples() {
        for sample in &pattern.samples {
            assert_eq!(ids(&engine, &sample.log), ids(&engine, &sample.log.replace('\n', "\r\n")), "{}", pattern.id);
        }
    }
}

/// Header and message of a sample that consists of one record with Jira's header.
fn split(log: &str) -> Option<(&str, &str)> {
    let header = log.find("] ").filter(|_| log.starts_with("20"))? + 2;
    let one_record = log.lines().filter(|line| line.starts_with("20")).count() == 1;
    (one_record && log[header..].contains("AADSTS")).then(|| log.split_at(header))
}

/// Rewrites the message of every sample with an AADSTS code and checks that the finding is the same.
fn assert_match_when_rewritten(rewrite: impl Fn(&str) -> String) {
    let engine = engine();
    let (mut tried, mut missed) = (0, String::new());
    for pattern in samples().iter().filter(|pattern| !pattern.rule.aadsts.is_empty()) {
        for (i, sample) in pattern.samples.iter().enumerate() {
            let Some((header, message)) = split(&sample.log) else { continue };
            tried += 1;
            let log = format!("{header}{}\n", rewrite(message.trim_end()));
            let found = scan_bytes(&engine, log.as_bytes());
            let before = scan_bytes(&engine, sample.log.as_bytes());
            let same = found.len() == before.len()
                && found.iter().zip(&before).all(|(a, b)| {
                    (&a.pattern, a.code, &a.trace_id, &a.correlation_id)
                        == (&b.pattern, b.code, &b.trace_id, &b.correlation_id)
                });
            if !same {
                let ids: Vec<_> = found.iter().map(|finding| (&finding.pattern, &finding.trace_id)).collect();
                let _ = writeln!(missed, "{} sample {}: {ids:?}\n  {log}", pattern.id, i + 1);
            }
        }
    }
    assert!(tried > 0 && missed.is_empty(), "{tried} tried, missed:\n{missed}");
}

#[test]
fn samples_with_a_code_match_on_one_line() {
    assert_match_when_rewritten(|message| message.split_whitespace().collect::<Vec<_>>().join(" "));
}

#[test]
fn samples_with_a_code_match_in_json() {
    assert_match_when_rewritten(|message| {
        let text = serde_json::to_string(&message.replace('\n', "\r\n")).expect("JSON");
        format!("Error when fetching authorization response: {{\"error_description\":{text}}}")
    });
}

#[test]
fn samples_with_a_code_match_in_a_url() {
    assert_match_when_rewritten(|message| {
        let mut text = String::new();
        for byte in message.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => text.push(char::from(byte)),
                b' ' => text.push('+'),
                other => {
                    let _ = write!(text, "%{other:02x}");
                }
            }
        }
        format!("callback failed: /callback?error=server_error&error_description={text}&state=1")
    });
}

#[test]
fn ids_never_change() {
    let mut found: Vec<String> = samples()
        .iter()
        .map(|pattern| {
            let mut codes: Vec<String> = pattern.rule.aadsts.iter().map(u32::to_string).collect();
            codes.extend(pattern.rule.codes.iter().cloned());
            format!("{} {}", pattern.id, codes.join(" ")).trim_end().to_owned()
        })
        .collect();
    found.sort();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue-ids.txt");
    let text = found.join("\n") + "\n";
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, &text).expect("written");
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    let lost: Vec<&str> = known
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|id| !found.iter().any(|line| line.split(' ').next() == Some(id)))
        .collect();
    assert!(lost.is_empty(), "ids were removed or renamed; give them status = \"removed\" instead: {lost:?}");
    assert_eq!(known, text, "new ids or codes: set UPDATE_SNAPSHOTS=1 and look at the difference");
}

#[test]
fn the_code_table_is_valid() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("patterns/codes/microsoft.tsv"))
        .expect("the table");
    assert_eq!(check_table(&text), Vec::<String>::new());
    let catalogue = Catalogue::builtin();
    for info in catalogue.codes().iter() {
        assert_eq!(catalogue.codes().get(info.code), Some(info));
    }
}

#[test]
fn family_names_are_file_names() {
    for (name, text) in builtin_files() {
        let table: toml::Table = text.parse().expect("TOML");
        let family = table["family"].as_str().expect("a family");
        assert_eq!(name, format!("patterns/{family}.toml"));
    }
    let families: BTreeSet<String> = samples().into_iter().map(|pattern| pattern.family).collect();
    assert_eq!(families.len(), builtin_files().len());
}

/// Each file in `tests/bad-patterns` has one fault; its first lines list the messages that it must produce.
#[test]
fn every_kind_of_fault_has_a_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad-patterns");
    let mut tried = 0;
    for path in fs::read_dir(folder).expect("the folder").flatten().map(|entry| entry.path()) {
        let text = fs::read_to_string(&path).expect("readable");
        let expected: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# expect: ")).collect();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(!expected.is_empty(), "{name}: no `# expect: …` line");
        let errors = Catalogue::from_texts(&[(name.clone(), text.clone())]).expect_err(&name).to_string();
        for message in &expected {
            assert!(errors.contains(message), "{name}: expected `{message}` in:\n{errors}");
        }
        assert_eq!(expected.len(), errors.lines().count() - 2, "{name}: other faults as well:\n{errors}");
        tried += 1;
    }
    assert!(tried >= 15, "{tried}");
}

#[test]
fn a_folder_can_replace_an_entry_but_not_claim_its_code() {
    let entry = |id: &str| {
        format!(
            r#"format = 1
family = "ours"
title = "Ours"
[[pattern]]
id = "{id}"
title = "Ours"
severity = "error"
cause = "It broke."
steps = ["Fix it."]
references = [{{ title = "A page", url = "https://example.com/page" }}]
[pattern.match]
aadsts = [7000222]
[[pattern.sample]]
log = "AADSTS7000222: expired"
[[pattern.counter]]
why = "another code"
log = "AADSTS50011: no"
"#
        )
    };
    let folder = tempfile::tempdir().expect("a folder");
    let mut catalogue = Catalogue::builtin();
    fs::write(folder.path().join("ours.toml"), entry("our-secret-expired")).expect("written");
    let errors = catalogue.add_folder(folder.path()).expect_err("two claims").to_string();
    assert!(errors.contains("AADSTS7000222 is also claimed by `entra-client-secret-expired`"), "{errors}");
    fs::write(folder.path().join("ours.toml"), entry("entra-client-secret-expired")).expect("written");
    catalogue.add_folder(folder.path()).expect("a replacement");
    assert_eq!(catalogue.replaced(), ["entra-client-secret-expired"]);
    fs::create_dir(folder.path().join("codes")).expect("a folder");
    fs::write(folder.path().join("codes/ours.tsv"), "code\tmeaning\n").expect("written");
    let errors = Catalogue::builtin().add_folder(folder.path()).expect_err("a broken table").to_string();
    assert!(errors.contains("ours.tsv: line 1: the heading must be"), "{errors}");
}

#[test]
fn the_builtin_entries_can_be_followed_on_todays_screens() {
    let entries: Vec<(String, Pattern)> =
        samples().into_iter().map(|pattern| (format!("{}.toml", pattern.family), pattern)).collect();
    let faults: Vec<String> = review(&entries, 0).faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_id_of_a_merged_entry_leads_to_the_entry_that_replaced_it() {
    let samples = samples();
    let mut tried = 0;
    let catalogue = Catalogue::builtin();
    for pattern in samples.iter().filter(|pattern| pattern.status == oauthsift::catalogue::Status::Removed) {
        let successor = pattern.replaced_by.as_deref().expect("a removed entry leads on");
        assert_eq!(catalogue.successor(&pattern.id), Some(successor));
        assert_eq!(catalogue.get(&pattern.id).map(|found| found.id.as_str()), Some(successor));
        assert!(catalogue.patterns().iter().all(|other| other.id != pattern.id), "{}", pattern.id);
        tried += 1;
    }
    assert!(tried > 0);
}

/// A scan ignores the records that start a flow, because they are not failures, unless an entry matches them.
#[test]
fn an_entry_may_match_the_message_that_starts_a_flow() {
    let own = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/own-patterns/our-proxy.toml"));
    let own = own.expect("the test's own patterns");
    for words in
        ["Starting new OAuth 2.0 authorization code flow with a flow id", "authorization code flow with a flow id"]
    {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("our-proxy.toml"), own.replace("You must be on the VPN", words)).expect("written");
        let mut catalogue = Catalogue::builtin();
        catalogue.add_folder(folder.path()).expect("a sound folder");
        let engine = Engine::new(Arc::new(catalogue));
        let record = "2026-01-05 08:00:00,000+0000 Caesium-1-2 ERROR ServiceRunner     [c.a.o.c.lib.flow.X] Starting new \
                      OAuth 2.0 authorization code flow with a flow id [1]\n";
        assert_eq!(ids(&engine, &format!("{BEFORE}{record}{AFTER}")), ["proxy-wants-vpn"], "{words}");
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::io::Write::write_all(&mut file, record.as_bytes()).expect("written");
        assert_eq!(oauthsift::Scan::new(&engine).paths([file.path()]).summarize().summary.findings, 1, "{words}");
    }
}

#[test]
fn an_entry_that_refers_to_a_check_that_does_not_exist_is_refused_with_the_one_meant() {
    let own = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/own-patterns/our-proxy.toml"));
    let own = own.expect("the test's own patterns");
    let add = |checks: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let entry = own.replace("see_also = [", &format!("doctor = [{checks}]\nsee_also = ["));
        fs::write(folder.path().join("our-proxy.toml"), entry).expect("written");
        let mut catalogue = Catalogue::builtin();
        let added = catalogue.add_folder(folder.path());
        (added, catalogue.patterns().len())
    };
    let (added, with_entry) = add("\"proxy.connect\", \"tls.truststore\"");
    assert_eq!(added, Ok(()));
    let (refused, without) = add("\"proxy.connect\", \"tls.trustore\"");
    let faults = refused.expect_err("an unknown check").to_string();
    assert!(faults.contains("entry `proxy-wants-vpn`, key `doctor`"), "{faults}");
    assert!(faults.contains("has no check `tls.trustore`. Did you mean `tls.truststore`?"), "{faults}");
    assert_eq!(without + 1, with_entry);
}

#[test]
fn a_server_that_the_log_does_not_name_is_said_once_to_be_an_example() {
    let engine = engine();
    let steps = |request: &str| {
        let log = format!(
            "2026-01-05 20:34:03,014+0000 Caesium-1-1 ERROR [c.a.oauth2.client.X] Error occurred while refreshing OAuth \
             token. {request}\njavax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid \
             certification path\n"
        );
        let finding = scan_bytes(&engine, log.as_bytes()).remove(0);
        oauthsift::steps_for(engine.catalogue().get(&finding.pattern).expect("an entry"), &finding)
    };
    let notes = |steps: &[String]| steps.iter().filter(|step| step.contains("is an example")).count();
    let (unknown, known) = (steps(""), steps("POST https://idp.example.org/token"));
    assert_eq!((notes(&unknown), notes(&known)), (1, 0), "{unknown:?}\n{known:?}");
    assert!(known[0].contains("idp.example.org:443"), "{known:?}");
}

#[test]
fn a_failed_proxy_is_tested_with_its_port_on_the_way_to_the_host_that_was_asked() {
    let engine = engine();
    let steps = |failure: &str| {
        let log = format!(
            "2026-01-05 20:34:03,014+0000 Caesium-1-1 ERROR [c.a.oauth2.client.X] Token request to \
             https://idp.example.org/oauth2/token failed: {failure}\n"
        );
        let finding = scan_bytes(&engine, log.as_bytes()).remove(0);
        assert_eq!(finding.pattern, "net-proxy-unreachable", "{log}");
        oauthsift::steps_for(engine.catalogue().get(&finding.pattern).expect("an entry"), &finding).join("\n")
    };
    for (failure, proxy) in [
        ("Connect to out.example.com:8080 failed: java.net.ConnectException: refused", "out.example.com:8080"),
        ("java.net.ConnectException: Failed to connect to out.example.com/203.0.113.7:8888", "out.example.com:8888"),
    ] {
        let steps = steps(failure);
        assert!(steps.contains(&format!("`curl -sv -x http://{proxy} https://idp.example.org`.\n")), "{steps}");
    }
    let unknown = steps("java.net.UnknownHostException: out.example.com");
    assert!(unknown.contains("(3128 is an example: the log does not name the port of the proxy.)"), "{unknown}");
}
