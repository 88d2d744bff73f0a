//! Nothing secret and nobody's name leaves the house: planted in any record, in any encoding, at any
//! place, it is in no output of any format.

use std::{fs, process::Command, sync::LazyLock};

use oauthsift::catalogue::builtin_samples;
use proptest::prelude::*;

/// The formats of `scan`. A new format is one more word here.
const FORMATS: [&str; 3] = ["table", "json", "jsonl"];

static SAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    builtin_samples()
        .expect("patterns/ is sound")
        .into_iter()
        .flat_map(|pattern| pattern.samples)
        .map(|sample| sample.log.trim_end().to_owned() + "\n")
        .filter(|log| log.starts_with("20"))
        .collect()
});

/// Texts that give `CORE` away as a secret, by its shape or by a word before it.
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

/// What `scan` shows of a log in a format.
fn shown(log: &str, format: &str, options: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("atlassian-jira.log");
    fs::write(&path, log).expect("written");
    let run = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["scan", "--explain-redaction", "--format", format])
        .args(options)
        .arg(&path)
        .output()
        .expect("runs");
    let mut shown = String::from_utf8(run.stdout).expect("UTF-8");
    shown.push_str(&String::from_utf8_lossy(&run.stderr));
    shown
}

/// A few records, with `planted` behind the blank that `place` chooses.
fn log_with(picks: &[prop::sample::Index], planted: &str, place: prop::sample::Index) -> String {
    let log: String = picks.iter().map(|pick| pick.get(&SAMPLES).as_str()).collect();
    let blanks: Vec<usize> = log.match_indices(' ').map(|(at, _)| at).collect();
    let at = *place.get(&blanks);
    format!("{} {planted} {}", &log[..at], &log[at + 1..])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_planted_secret_is_in_no_format(
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
        place in any::<prop::sample::Index>(),
        shape in prop::sample::select(SHAPES.to_vec()),
        encoding in 0..ENCODINGS.len(),
        core in "[A-Z][a-z][0-9][A-Za-z0-9]{20,60}",
        open in any::<bool>(),
    ) {
        let log = log_with(&picks, &ENCODINGS[encoding](&shape.replace("CORE", &core)), place);
        let options: &[&str] = if open { &["--no-redact"] } else { &[] };
        for format in FORMATS {
            let shown = shown(&log, format, options);
            prop_assert!(!shown.contains(&core[..12]), "{} in {}:\n{}", core, format, shown);
        }
    }

    #[test]
    fn a_planted_person_is_in_no_format(
        picks in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
        place in any::<prop::sample::Index>(),
        encoding in 0..ENCODINGS.len(),
        name in "[a-z]{5,9}",
    ) {
        let mail = format!("planted.{name}@people.example.org");
        let log = log_with(&picks, &ENCODINGS[encoding](&format!("Planted Person <{mail}> at 198.51.100.77")), place);
        for format in FORMATS {
            let shown = shown(&log, format, &[]);
            for gone in ["people.example", &mail, "198.51.100.77"] {
                prop_assert!(!shown.contains(gone), "{} in {}:\n{}", gone, format, shown);
            }
        }
    }
}

const TWO_PEOPLE: &str = "\
2026-01-05 20:34:03,014+0000 Caesium-1-3 ERROR ServiceRunner     [c.a.j.i.m.p.feature.puller.MailPullerWorker] Refresh Token Failed. Reported Reason: AADSTS50173: revoked for ann@contoso.com
2026-01-05 20:35:03,014+0000 Caesium-1-3 ERROR ServiceRunner     [c.a.j.i.m.p.feature.puller.MailPullerWorker] Refresh Token Failed. Reported Reason: AADSTS50173: revoked for bob@contoso.com
";

#[test]
fn a_key_gives_people_the_same_names_in_every_run_and_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("key");
    fs::write(&key, "00112233445566778899aabbccddeeff\n").expect("written");
    let options = ["--pseudonym-key", key.to_str().expect("UTF-8")];
    let (first, second) = TWO_PEOPLE.split_once('\n').expect("two records");
    let name_of = |log: &str, format: &str| {
        let shown = shown(log, format, &options);
        let at = shown.find("mailbox-").expect("a name");
        assert!(!shown.contains("0011223344"), "the key is never shown");
        shown[at..at + "mailbox-".len() + 8].to_owned()
    };
    let bob = name_of(second, "json");
    assert_ne!(name_of(first, "json"), bob);
    for format in FORMATS {
        assert_eq!(name_of(second, format), bob, "{format}");
        assert!(shown(TWO_PEOPLE, format, &options).contains(&bob), "{format}");
    }
}

#[test]
fn a_key_that_cannot_be_used_is_refused_before_anything_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    let refused = |path: &std::path::Path| {
        let run = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
            .args(["scan", "--pseudonym-key"])
            .args([path, std::path::Path::new("sample-logs/network.log")])
            .output()
            .expect("runs");
        assert_eq!(run.status.code(), Some(2));
        assert!(run.stdout.is_empty());
        String::from_utf8_lossy(&run.stderr).into_owned()
    };
    assert!(refused(&path).contains("cannot read the key file"), "{}", refused(&path));
    fs::write(&path, "\n").expect("written");
    assert!(refused(&path).contains("the key is empty"), "{}", refused(&path));
    fs::write(&path, "hunter2").expect("written");
    assert!(refused(&path).contains("at least 16") && !refused(&path).contains("hunter2"), "{}", refused(&path));
}

#[test]
fn replacements_are_told_by_kind_and_stand_in_the_report() {
    let told = shown(TWO_PEOPLE, "table", &[]);
    assert!(told.contains("redacted: mail address"), "{told}");
    let run = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["scan", "--format", "json", "sample-logs/network.log"])
        .output()
        .expect("runs");
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(report["redaction"]["people"], "pseudonyms");
    assert_eq!(report["redaction"]["keyed"], false);
    assert!(report["redaction"]["replaced"].is_object());
}
