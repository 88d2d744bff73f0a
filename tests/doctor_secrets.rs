//! A secret that comes along with settings is never shown, stored or logged, whatever its form and wherever it was pasted.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use oauthsift::{
    doctor::{DoctorReport, checks::check, readers::SettingsReader},
    render::{
        TextStyle,
        doctor::{html, markdown, table},
    },
};
use proptest::prelude::*;

/// Everything that the program wrote: output, messages, files.
fn everything(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(arguments)
        .current_dir(folder)
        .env("OAUTHSIFT_CONFIG", "")
        .env("SOURCE_DATE_EPOCH", "1794441600")
        .env("RUST_LOG", "trace")
        .output()
        .expect("runs");
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A secret in one of the forms that secrets have.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9]{3}8Q~[A-Za-z0-9._~-]{34}",
        "GOCSPX-[A-Za-z0-9_-]{24}",
        "[A-Za-z0-9+/]{40}==",
        "[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-8[a-f0-9]{3}-[a-f0-9]{12}",
        "[a-z]{6}[0-9]{4}[!$%&*]{2}[A-Z]{4}",
    ]
}

/// The files of one set of settings with a secret in every field that may hold one, and pasted into another one.
fn write(folder: &Path, secret: &str, pasted: usize) -> Vec<PathBuf> {
    let at = |field: usize| if field == pasted { secret } else { "" };
    let json = serde_json::json!({
        "jira": { "version": "9.12.4", "base_url": format!("https://jira.example.com/{}", at(1)),
            "jvm_arguments": format!("-Dhttps.proxyHost=proxy.example.com -Dhttps.proxyPassword={secret} -Djavax.net.ssl.trustStorePassword={secret} -Djavax.net.ssl.trustStore=/opt/{}", at(2)),
            "java_home": format!("/opt/{}", at(3)) },
        "integration": [{ "name": format!("Mail {}", at(4)), "type": "Microsoft", "client_secret": secret, "client_id": at(5),
            "authorization_endpoint": format!("https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_secret={secret}"),
            "token_endpoint": if pasted == 6 { secret.to_owned() } else { format!("https://x:{secret}@login.microsoftonline.com/common/oauth2/v2.0/token") },
            "scopes": ["https://outlook.office.com/IMAP.AccessAsUser.All", at(7)], "redirect_url": at(8) }],
        "mail_server": [{ "name": at(9), "protocol": "imaps", "host": if pasted == 10 { secret } else { "outlook.office365.com" }, "port": 993, "password": secret }],
        "access_token": secret,
        at(11): "x",
    });
    let csv = format!(
        "ID,NAME,DESCRIPTION,TYPE,CLIENT_ID,CLIENT_SECRET,AUTHORIZATION_ENDPOINT,TOKEN_ENDPOINT,SCOPES\n\
         6f1c2b9e-1f7a-4a53-9c61-0d2f4a7b8c11,\"Row {}\",{secret},MICROSOFT,{},{secret},https://login.microsoftonline.com/common/oauth2/v2.0/authorize,,{}\n\
         ID,CONFIG_ID,ACCESS_TOKEN,REFRESH_TOKEN,STATUS\n\
         1,6f1c2b9e-1f7a-4a53-9c61-0d2f4a7b8c11,{secret},{secret},{}\n",
        at(4),
        at(5),
        at(7),
        at(12)
    );
    let files = [("settings.json", json.to_string()), ("rows.csv", csv)];
    files
        .into_iter()
        .map(|(name, text)| {
            let path = folder.join(name);
            fs::write(&path, text).expect("written");
            path
        })
        .collect()
}

/// Each case starts the program a dozen times.
const PROCESS_CASES: u32 = 5;
const CASES: u32 = 400;

/// A GUID is an ID, and is shown where an ID belongs.
fn is_id(secret: &str) -> bool {
    secret.len() == 36 && secret.matches('-').count() == 4
}

fn forms(secret: &str) -> [String; 3] {
    [secret.to_owned(), secret.to_lowercase(), secret.replace('&', "&amp;")]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn no_format_of_the_report_holds_a_planted_secret(secret in secret(), pasted in 0usize..13) {
        prop_assume!(!(is_id(&secret) && pasted != 0));
        let folder = tempfile::tempdir().expect("a folder");
        let mut reader = SettingsReader::new();
        for path in write(folder.path(), &secret, pasted) {
            reader.read("file", fs::File::open(path).expect("a file")).expect("settings");
        }
        let settings = reader.finish();
        let checks = check(&settings, 0);
        let report = DoctorReport::new(&settings, checks, false, 0);
        let shown = [
            table(&report, &TextStyle::default()),
            markdown(&report),
            html(&report),
            report.to_json().expect("JSON"),
            format!("{settings:?}"),
        ];
        for form in forms(&secret) {
            for text in &shown {
                prop_assert!(!text.to_lowercase().contains(&form.to_lowercase()), "{form} pasted into {pasted}: {}", context(text, &form));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: PROCESS_CASES, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_the_program_writes_holds_a_planted_secret(secret in secret(), pasted in 0usize..13) {
        prop_assume!(!(is_id(&secret) && pasted != 0));
        let folder = tempfile::tempdir().expect("a folder");
        let files = write(folder.path(), &secret, pasted);
        let log = folder.path().join("atlassian-jira.log");
        fs::write(&log, "2026-11-11 10:00:00,000+0000 main ERROR admin 1x1x1 a /rest/oauth2-client/latest/config/flow/1 [] The error message is: AADSTS7000215: Invalid client secret provided.\n").expect("written");
        let (json, csv, log) = (files[0].to_str().unwrap(), files[1].to_str().unwrap(), log.to_str().unwrap());
        let mut shown = String::new();
        for format in ["table", "json", "markdown", "html"] {
            shown += &everything(folder.path(), &["doctor", "--format", format, json, csv, log]);
        }
        for format in ["table", "json", "jsonl", "csv", "markdown", "jira", "html"] {
            shown += &everything(folder.path(), &["scan", "--format", format, "--settings", json, "--settings", csv, log]);
        }
        shown += &everything(folder.path(), &["doctor", "--output", "written.json", json, csv]);
        shown += &fs::read_to_string(folder.path().join("written.json")).unwrap_or_default();
        for form in forms(&secret) {
            prop_assert!(!shown.to_lowercase().contains(&form.to_lowercase()), "{form} pasted into {pasted}: {}", context(&shown, &form));
        }
        // Nothing else was written.
        let mut left: Vec<String> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        prop_assert_eq!(left, ["atlassian-jira.log", "rows.csv", "settings.json", "written.json"]);
    }
}

/// Where a text occurs.
fn context(shown: &str, text: &str) -> String {
    let at = shown.to_lowercase().find(&text.to_lowercase()).unwrap_or_default();
    shown.chars().skip(at.saturating_sub(120)).take(300).collect()
}
