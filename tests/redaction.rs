//! No secret and no personal data is shown: planted in any record, in any encoding, at any position, it does not occur
//! in the output of any format.

use std::{fs, process::Command, sync::LazyLock};

use oauthsift::catalogue::builtin_samples;
use proptest::prelude::*;

/// Formats of `scan`.
const FORMATS: [&str; 3] = ["table", "json", "jsonl"];

static SAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    builtin_samples()
        .expect("patterns/ is valid")
        .into_iter()
        .flat_map(|pattern| pattern.samples)
        .map(|sample| sample.log.trim_end().to_owned() + "\n")
        .filter(|log| log.starts_with("20"))
        .collect()
});

/// Texts in which `CORE` is recognisable as a secret, by its shape or by a keyword before it.
const SHAPES: [&str; 36] = [
    "abc8Q~CORE",
    "eyJhbGciOiJub25lIn0.CORE.CORE",
    "1//0CORE",
    "ya29.CORE",
    "0.AXCORE",
    "1.AT0ACORE.AgABAwEAAAD_CORE",
    "M.C507_BL2.0.U.CORE",
    "GOCSPX-CORE",
    "4/0ACORE",
    "OAQABAAIAAAACORE",
    "EwBwA8l6BAAUCORECORE",
    "dXNlcj1CORE",
    "https://someone:CORE@proxy.example.com/",
    "client_secret=CORE",
    "client_secret=CORE&grant_type=refresh_token",
    "clientSecret: 'CORE'",
    "{\"refresh_token\":\"CORE\",\"expires_in\":1}",
    "{\"access_token\": \"CORE\"}",
    "{client_secret=[CORE], grant_type=[x]}",
    "Authorization: Bearer CORE",
    "Authorization: Basic CORE==",
    "access_token: Bearer CORE",
    "A1 AUTHENTICATE XOAUTH2 CORE",
    "A1 AUTHENTICATE PLAIN CORE",
    "AUTH LOGIN CORE",
    "A2 LOGIN bob CORE",
    "A2 LOGIN \"bob\" \"CORE\"",
    "Cookie: JSESSIONID=CORE; path=/",
    "JSESSIONID=CORE;",
    "atlassian.xsrf.token=CORE",
    "seraph.rememberme.cookie=CORE",
    "password: CORE",
    "mail.smtp.password=CORE",
    "GET /callback?code=CORE&state=1",
    "grant_type=authorization_code&code=CORE",
    "<client_secret>CORE</client_secret>",
];

const ENCODINGS: [fn(&str) -> String; 7] =
    [plain, json, |text| json(&json(text)), url, html, |text| html(&json(text)), |text| json(&url(text))];

fn plain(text: &str) -> String {
    text.to_owned()
}

fn json(text: &str) -> String {
    serde_json::to_string(text).expect("JSON")
}

fn url(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02x}") }).collect()
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The output of `scan` for a log, standard error included.
fn output_of(log: &str, format: &str, options: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("atlassian-jira.log");
    fs::write(&path, log).expect("written");
    let run = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["scan", "--explain-redaction", "--format", format])
        .args(options)
        .arg(&path)
        .output()
        .expect("runs");
    let mut output = String::from_utf8(run.stdout).expect("UTF-8");
    output.push_str(&String::from_utf8_lossy(&run.stderr));
    output
}

/// A few records, with `planted` after the space that `position` selects.
fn log_with(picks: &[prop::sample::Index], planted: &str, position: prop::sample::Index) -> String {
    let log: String = picks.iter().map(|pick| pick.get(&SAMPLES).as_str()).collect();
    let spaces: Vec<usize> = log.match_indices(' ').map(|(at, _)| at).collect();
    let at = *position.get(&spaces);
    format!("{} {planted} {}", &log[..at], &log[at + 1..])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_planted_secret_is_not_shown_in_any_format(
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
        position in any::<prop::sample::Index>(),
        shape in prop::sample::select(SHAPES.to_vec()),
        encoding in 0..ENCODINGS.len(),
        core in "[A-Z][a-z][0-9][A-Za-z0-9]{20,60}",
        no_redact in any::<bool>(),
    ) {
        let log = log_with(&picks, &ENCODINGS[encoding](&shape.replace("CORE", &core)), position);
        let options: &[&str] = if no_redact { &["--no-redact"] } else { &[] };
        for format in FORMATS {
            let output = output_of(&log, format, options);
            prop_assert!(!output.contains(&core[..12]), "{} in {}:\n{}", core, format, output);
        }
    }

    #[test]
    fn planted_personal_data_is_not_shown_in_any_format(
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
        position in any::<prop::sample::Index>(),
        encoding in 0..ENCODINGS.len(),
        name in "[a-z]{5,9}",
    ) {
        let mail = format!("planted.{name}@people.example.org");
        let log = log_with(&picks, &ENCODINGS[encoding](&format!("Planted Person <{mail}> at 198.51.100.77")), position);
        for format in FORMATS {
            let output = output_of(&log, format, &[]);
            for private in ["people.example", &mail, "198.51.100.77"] {
                prop_assert!(!output.contains(private), "{} in {}:\n{}", private, format, output);
            }
        }
    }
}

const TWO_PEOPLE: &str = "\
2026-01-05 20:34:03,014+0000 Caesium-1-3 ERROR ServiceRunner     [c.a.j.i.m.p.feature.puller.MailPullerWorker] Refresh Token Failed. Reported Reason: AADSTS50173: revoked for ann@contoso.com
2026-01-05 20:35:03,014+0000 Caesium-1-3 ERROR ServiceRunner     [c.a.j.i.m.p.feature.puller.MailPullerWorker] Refresh Token Failed. Reported Reason: AADSTS50173: revoked for bob@contoso.com
";

#[test]
fn a_key_gives_the_same_pseudonyms_in_every_run_and_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("key");
    fs::write(&key, "00112233445566778899aabbccddeeff\n").expect("written");
    let options = ["--pseudonym-key", key.to_str().expect("UTF-8")];
    let (first, second) = TWO_PEOPLE.split_once('\n').expect("two records");
    let pseudonym_of = |log: &str, format: &str| {
        let output = output_of(log, format, &options);
        let at = output.find("mailbox-").expect("a pseudonym");
        assert!(!output.contains("0011223344"), "the key is never shown");
        output[at..at + "mailbox-".len() + 8].to_owned()
    };
    let bob = pseudonym_of(second, "json");
    assert_ne!(pseudonym_of(first, "json"), bob);
    for format in FORMATS {
        assert_eq!(pseudonym_of(second, format), bob, "{format}");
        assert!(output_of(TWO_PEOPLE, format, &options).contains(&bob), "{format}");
    }
}

#[test]
fn an_unusable_key_is_refused_before_anything_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    let error_of = |path: &std::path::Path| {
        let run = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
            .args(["scan", "--pseudonym-key"])
            .args([path, std::path::Path::new("sample-logs/network.log")])
            .output()
            .expect("runs");
        assert_eq!(run.status.code(), Some(2));
        assert!(run.stdout.is_empty());
        String::from_utf8_lossy(&run.stderr).into_owned()
    };
    assert!(error_of(&path).contains("cannot read the key file"), "{}", error_of(&path));
    fs::write(&path, "\n").expect("written");
    assert!(error_of(&path).contains("the key is empty"), "{}", error_of(&path));
    fs::write(&path, "hunter2").expect("written");
    assert!(error_of(&path).contains("at least 16") && !error_of(&path).contains("hunter2"), "{}", error_of(&path));
}

#[test]
fn replacements_are_listed_by_kind_and_are_in_the_report() {
    let output = output_of(TWO_PEOPLE, "table", &[]);
    assert!(output.contains("redacted: mail address"), "{output}");
    let run = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["scan", "--format", "json", "sample-logs/network.log"])
        .output()
        .expect("runs");
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(report["redaction"]["people"], "pseudonyms");
    assert_eq!(report["redaction"]["keyed"], false);
    assert!(report["redaction"]["replaced"].is_object());
}
