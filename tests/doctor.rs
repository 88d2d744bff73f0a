//! `doctor` without a network: settings with the verdicts expected, exports of real databases, logs joined with settings.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

/// 2026-11-12: the day on which all files are read.
const NOW: &str = "1794441600";
const TENANT: &str = "72f988bf-1111-41af-91ab-2d7cd011db47";

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/settings").join(folder);
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

fn oauthsift(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(arguments)
        .env("SOURCE_DATE_EPOCH", NOW)
        .env("OAUTHSIFT_CONFIG", "")
        .env("NO_COLOR", "1")
        .output()
        .expect("runs")
}

fn doctor(arguments: &[&str]) -> (Value, Output) {
    let output = oauthsift(&[&["doctor", "--format", "json"], arguments].concat());
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (report, output)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn checks(report: &Value) -> &[Value] {
    report["checks"].as_array().expect("checks")
}

/// `# expect: scope.refresh problem offline_access`: check, verdict, and what the value begins with.
fn expected(file: &str) -> BTreeMap<&str, (&str, &str)> {
    let lines = file.lines().filter_map(|line| line.strip_prefix("# expect: "));
    lines
        .map(|line| {
            let mut words = line.splitn(3, ' ');
            let mut next = || words.next().unwrap_or_default();
            (next(), (next(), next()))
        })
        .collect()
}

#[test]
fn fifty_settings_have_the_verdicts_expected_and_no_others() {
    let files = files("cases");
    assert!(files.len() >= 50, "{}", files.len());
    let mut wrong = Vec::new();
    for path in &files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let file = fs::read_to_string(path).unwrap();
        let expected = expected(&file);
        let (report, output) = doctor(&[path.to_str().unwrap()]);
        for check in checks(&report) {
            let (id, verdict) = (text(check, "id"), text(check, "verdict"));
            let is_expected = expected.get(id).is_some_and(|(wanted, _)| *wanted == verdict || verdict == "ok");
            if ["problem", "warning"].contains(&verdict) && !is_expected {
                wrong.push(format!("{name}: {id} is a {verdict}: {}", text(check, "fact")));
            }
        }
        for (id, (verdict, value)) in &expected {
            let is_there = |check: &&Value| {
                text(check, "id") == *id
                    && text(check, "verdict") == *verdict
                    && text(check, "value").starts_with(value)
            };
            if !checks(&report).iter().any(|check| is_there(&check)) {
                let found: Vec<&Value> = checks(&report).iter().filter(|check| text(check, "id") == *id).collect();
                wrong.push(format!("{name}: {id} is not a {verdict} with {value:?}: {found:?}"));
            }
        }
        let has_problem = expected.values().any(|(verdict, _)| *verdict == "problem");
        if output.status.code() != Some(i32::from(has_problem)) {
            wrong.push(format!("{name}: exit status {:?}", output.status.code()));
        }
        if String::from_utf8_lossy(&output.stdout).contains("PLANTED") {
            wrong.push(format!("{name}: a secret is shown"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn each_fault_is_found_with_a_fix() {
    for path in files("cases") {
        let (report, _) = doctor(&[path.to_str().unwrap()]);
        for check in checks(&report) {
            if ["problem", "warning"].contains(&text(check, "verdict")) {
                assert!(!text(check, "fix").is_empty(), "{}: {check}", path.display());
            }
            assert!(!text(check, "title").is_empty(), "{check}");
        }
    }
}

/// Exports made by PostgreSQL, MariaDB and SQLite from the same rows, and two in the notations of SQL Server.
#[test]
fn every_export_of_the_same_rows_reads_the_same() {
    let mut first: Option<Vec<Value>> = None;
    let files = files("exports");
    assert!(files.len() >= 12, "{}", files.len());
    for path in files {
        let (report, output) = doctor(&[path.to_str().unwrap()]);
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!shown.contains("PLANTED"), "{}: {shown}", path.display());
        assert_eq!(report["sources"][0]["notes"], serde_json::json!([]), "{}", path.display());
        let all = checks(&report).to_vec();
        assert!(all.iter().any(|check| text(check, "fact").contains("1234567890-abc.apps.googleusercontent.com")));
        match &first {
            None => first = Some(all),
            Some(first) => assert_eq!(first, &all, "{}", path.display()),
        }
    }
}

/// The query that `--sql` prints selects no column with a secret, and what it returns is read.
#[test]
fn the_query_selects_no_secret_and_its_result_is_read() {
    for database in ["postgresql", "mysql", "sqlserver", "oracle"] {
        let query = String::from_utf8(oauthsift(&["doctor", "--sql", database]).stdout).unwrap();
        let upper = query.to_uppercase();
        for column in ["ACCESS_TOKEN\"", "REFRESH_TOKEN\"", "ACCESS_TOKEN`", "PASSWORD", "USERNAME", "*"] {
            assert!(!upper.contains(column), "{database}: {column} in {query}");
        }
        // The secret occurs only inside of the expression that judges its form.
        assert_eq!(upper.matches("CLIENT_SECRET").count(), 3, "{query}");
    }
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(
        file,
        "ID,NAME,TYPE,CLIENT_ID,AUTHORIZATION_ENDPOINT,TOKEN_ENDPOINT,SCOPES,CLIENT_SECRET_FORM\n\
         a,M,MICROSOFT,0f8fad5b-d9cb-469f-a165-70867728950e,,,,secret-id"
    )
    .unwrap();
    let (report, _) = doctor(&[file.path().to_str().unwrap()]);
    assert!(
        checks(&report).iter().any(|check| text(check, "id") == "client.secret" && text(check, "verdict") == "problem")
    );
}

const ACTIVE_OBJECTS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<backup xmlns="http://www.atlassian.com/ao" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<table name="AO_723324_CLIENT_CONFIG"><column name="ID" primaryKey="true" sqlType="12" precision="255"/></table>
<data tableName="AO_60DB71_RAPIDVIEW"><column name="CLIENT_ID"/><row><string>not this</string></row></data>
<data tableName="AO_723324_CLIENT_CONFIG">
<column name="AUTHORIZATION_ENDPOINT"/><column name="CLIENT_ID"/><column name="CLIENT_SECRET"/><column name="DESCRIPTION"/><column name="ID"/>
<column name="NAME"/><column name="SCOPES"/><column name="TOKEN_ENDPOINT"/><column name="TYPE"/><column name="NEWER"/>
<row><string>https://login.microsoftonline.com/common/oauth2/v2.0/authorize</string><string>0f8fad5b-d9cb-469f-a165-70867728950e</string>
<string>PLANTED&amp;~secret.value</string><string xsi:nil="true"/><string>6f1c2b9e-1f7a-4a53-9c61-0d2f4a7b8c11</string>
<string>Mail &#38; more</string><string>https://outlook.office.com/IMAP.AccessAsUser.All offline_access</string>
<string>https://login.microsoftonline.com/common/oauth2/v2.0/token</string><string>MICROSOFT</string><integer>1</integer></row>
</data></backup>"#;

const APPLICATION: &str = r#"<?xml version="1.0"?><jira-information><product name="JIRA" version="9.12.4"/><Base-URL>http://jira.example.com</Base-URL>
<plugins><plugin><name>x</name><version>1.0</version></plugin></plugins>
<JVM-Input-Arguments>-Xmx2g -Dhttp.proxyHost=proxy.example.com -Dhttp.proxyPort=3128 -Djavax.net.ssl.trustStorePassword=PLANTEDtrust</JVM-Input-Arguments>
</jira-information>"#;

fn zip(folder: &Path, name: &str, entries: &[(&str, &str)]) -> PathBuf {
    let path = folder.join(name);
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    for (name, text) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    path
}

fn fact<'r>(report: &'r Value, id: &str, verdict: &str) -> &'r str {
    let found = checks(report).iter().find(|check| text(check, "id") == id && text(check, "verdict") == verdict);
    text(found.unwrap_or_else(|| panic!("no {id} {verdict} in {report:#}")), "fact")
}

#[test]
fn an_xml_backup_and_a_support_zip_are_read_together() {
    let folder = tempfile::tempdir().unwrap();
    let mail = r#"<entity-engine-xml><MailServer id="1" name="Support" serverType="pop" protocol="imaps" servername="outlook.office365.com" smtpPort="993" mailusername="PLANTED@example.com" mailpassword="PLANTEDpw"/></entity-engine-xml>"#;
    let backup = zip(folder.path(), "backup.zip", &[("entities.xml", mail), ("activeobjects.xml", ACTIVE_OBJECTS)]);
    let support = zip(folder.path(), "Jira_support.zip", &[("application-properties/application.xml", APPLICATION)]);
    let (report, output) = doctor(&[backup.to_str().unwrap(), support.to_str().unwrap()]);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("PLANTED"));
    assert!(fact(&report, "redirect.url", "problem").contains("http://jira.example.com"));
    assert!(fact(&report, "proxy.settings", "problem").contains("proxy.example.com:3128"));
    assert!(fact(&report, "jira.version", "ok").contains("Jira 9.12.4"));
    assert!(fact(&report, "mail.host", "ok").contains("outlook.office365.com"));
    assert!(checks(&report).iter().any(|check| text(check, "subject") == "integration \"Mail & more\""));
    let formats: Vec<&str> =
        report["sources"].as_array().unwrap().iter().map(|source| text(source, "format")).collect();
    assert_eq!(formats, ["XML backup", "support zip"]);
}

fn log(folder: &Path, record: &str) -> PathBuf {
    let path = folder.join("atlassian-jira.log");
    let head = "2026-11-11 10:00:00,000+0000 http-nio-8080-exec-3 ERROR admin 600x1x1 abc12 10.0.0.1 /rest/oauth2-client/latest/config/flow/1 [c.a.o.c.r.resource.ClientConfigurationResource] Error occurred while authorizing an integration. The error message is: ";
    fs::write(&path, format!("{head}{record}\n")).unwrap();
    path
}

#[test]
fn a_single_tenant_app_in_the_log_and_common_in_the_settings_are_a_certain_cause() {
    let folder = tempfile::tempdir().unwrap();
    let case =
        files("cases").into_iter().find(|path| path.to_string_lossy().contains("right-common-personal")).unwrap();
    let settings = fs::read_to_string(case).unwrap().replace("tenant = \"personal\"\n", "");
    let path = folder.path().join("settings.toml");
    fs::write(&path, settings).unwrap();
    let record = format!(
        "AADSTS50194: Application '0f8fad5b-d9cb-469f-a165-70867728950e'(Jira) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint, tenant {TENANT}. Trace ID: 3a082968-0c36-427d-9cd3-1e3b5e511100"
    );
    let log = log(folder.path(), &record);
    let (report, output) = doctor(&[path.to_str().unwrap(), log.to_str().unwrap()]);
    assert!(fact(&report, "log.cause", "problem").contains("the endpoints have common: that is the cause"));
    assert_eq!(output.status.code(), Some(1));
    // The report of the scan says so too, in each format.
    for format in ["table", "json", "markdown", "html"] {
        let scan =
            oauthsift(&["scan", "--format", format, "--settings", path.to_str().unwrap(), log.to_str().unwrap()]);
        let shown = String::from_utf8_lossy(&scan.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains("the endpoints have common"), "{format}: {shown}");
    }
}

#[test]
fn a_scope_of_another_resource_explains_a_refused_token() {
    let folder = tempfile::tempdir().unwrap();
    let case =
        files("cases").into_iter().find(|path| path.to_string_lossy().contains("imap-scope-without-host")).unwrap();
    let log = folder.path().join("atlassian-jira-incoming-mail.log");
    fs::write(
        &log,
        "2026-11-11 10:00:00,000+0000 ERROR [Support] Caesium-1-4 ServiceRunner     Exception when MailPullerWorker pulls emails: javax.mail.AuthenticationFailedException: AUTHENTICATE failed.\n",
    )
    .unwrap();
    let (report, _) = doctor(&[case.to_str().unwrap(), log.to_str().unwrap()]);
    assert!(fact(&report, "log.cause", "problem").contains("the settings say why"), "{report:#}");
}

#[test]
fn what_cannot_be_read_is_an_error_that_does_not_quote_it() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text, wanted) in [
        ("a.toml", "[[integration]]\nclient_secret: PLANTEDx\n", "line 2: is not TOML"),
        ("b.json", "{\"integration\": PLANTEDx}", "line 1: is not JSON"),
        ("c.toml", "[[integration]]\nscopes = [1, \"PLANTEDx\"]\n", "integration 1, key `scopes`: use a list of texts"),
        ("d.txt", "PLANTEDx\n", "holds no settings"),
        ("e.xml", "<a>PLANTEDx", "XML without settings"),
        ("f.txt", " \n", "is empty"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let (_, output) = doctor(&[path.to_str().unwrap()]);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(stderr.contains(wanted) && stderr.contains(name), "{name}: {stderr}");
        assert!(
            !stderr.contains("PLANTED") && !String::from_utf8_lossy(&output.stdout).contains("PLANTED"),
            "{name}: {stderr}"
        );
        assert_eq!(output.status.code(), Some(2), "{name}");
    }
}

#[test]
fn a_report_is_not_taken_for_settings() {
    let folder = tempfile::tempdir().unwrap();
    let case = files("cases").into_iter().next().unwrap();
    let (report, _) = doctor(&[case.to_str().unwrap()]);
    // As `jq -S` sorts them, "checks" is the first key.
    let Value::Object(keys) = &report else { panic!("{report}") };
    let sorted: BTreeMap<_, _> = keys.iter().collect();
    let settings = oauthsift(&["settings", "--protocol", "imap", "--format", "json"]).stdout;
    for (name, text) in [
        ("report.json", serde_json::to_vec_pretty(&report).unwrap()),
        ("sorted.json", serde_json::to_vec(&sorted).unwrap()),
        ("cut.json", b"{\"schema\": \"oauthsift.doctor/1\", \"checks\": [".to_vec()),
        ("scan.json", b"{\"schema\": \"oauthsift.report/1\"}".to_vec()),
        ("enter.json", settings),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let (report, output) = doctor(&[path.to_str().unwrap()]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains(name) && stderr.contains("ticket --doctor"), "{name}: {stderr}");
        assert_eq!(report["sources"], Value::Array(Vec::new()), "{name}");
        assert_eq!(output.status.code(), Some(2), "{name}");
        // Beside settings, they are checked.
        let (both, output) = doctor(&[path.to_str().unwrap(), case.to_str().unwrap()]);
        assert!(checks(&both).len() > 3, "{name}");
        assert_eq!(output.status.code(), Some(2), "{name}");
        let output = oauthsift(&["scan", "--settings", path.to_str().unwrap(), "sample-logs"]);
        assert!(String::from_utf8_lossy(&output.stderr).contains("holds no settings"), "{name}");
    }
}

#[test]
fn the_json_report_has_its_schema() {
    let schema: Value = serde_json::from_slice(&oauthsift(&["doctor", "--schema"]).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for path in files("cases") {
        let (report, _) = doctor(&[path.to_str().unwrap()]);
        assert!(validator.is_valid(&report), "{}", path.display());
    }
}

#[test]
fn the_settings_to_enter_are_those_that_the_doctor_accepts() {
    let folder = tempfile::tempdir().unwrap();
    for (provider, protocol, cloud) in [
        ("microsoft", "imap", "worldwide"),
        ("microsoft", "pop", "gcc"),
        ("microsoft", "smtp", "gcc-high"),
        ("microsoft", "imap", "dod"),
        ("microsoft", "smtp", "china"),
        ("microsoft", "graph", "worldwide"),
        ("microsoft", "graph", "dod"),
        ("google", "imap", "worldwide"),
    ] {
        let arguments = [
            "settings",
            "--provider",
            provider,
            "--protocol",
            protocol,
            "--cloud",
            cloud,
            "--tenant-id",
            TENANT,
            "--format",
            "json",
        ];
        let settings: Value = serde_json::from_slice(&oauthsift(&arguments).stdout).unwrap();
        let client = if provider == "google" {
            "1-a.apps.googleusercontent.com"
        } else {
            "0f8fad5b-d9cb-469f-a165-70867728950e"
        };
        let server = match settings["mail_host"].as_str() {
            Some(host) => {
                serde_json::json!([{ "protocol": protocol, "host": host, "port": settings["mail_port"], "tls": settings["mail_security"] == "SSL/TLS" }])
            }
            None => serde_json::json!([{ "protocol": "graph" }]),
        };
        let settings = serde_json::json!({
            "jira": { "version": "10.3.0", "base_url": "https://jira.example.com" },
            "integration": [{ "client_id": client, "cloud": cloud, "authorization_endpoint": settings["authorization_endpoint"],
                "token_endpoint": settings["token_endpoint"], "scopes": settings["scopes"] }],
            "mail_server": server,
        });
        let path = folder.path().join("settings.json");
        fs::write(&path, settings.to_string()).unwrap();
        let (report, output) = doctor(&[path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{provider} {protocol} {cloud}: {report:#}");
        assert_eq!(report["summary"]["warning"], 0, "{report:#}");
    }
}

#[test]
fn a_name_in_the_settings_is_never_markup_or_a_control_character() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.json");
    let name = "<script>alert(1)</script> \u{1b}[31m [x](javascript:y) | `z` \u{202e}";
    fs::write(&path, serde_json::json!({ "integration": [{ "name": name, "client_id": "x" }] }).to_string()).unwrap();
    for format in ["table", "json", "markdown", "html"] {
        let output = oauthsift(&["doctor", "--format", format, path.to_str().unwrap()]);
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(shown.contains("alert(1)"), "{format}: {shown}");
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{format}: {shown}");
        if format == "html" {
            assert!(!shown.contains("<script"), "{shown}");
        }
        if format == "markdown" {
            assert!(!shown.contains("[x](java") && !shown.contains(" <script"), "{shown}");
        }
    }
}

/// A report of the doctor goes into the ticket, redacted as everything there is.
#[test]
fn a_ticket_takes_the_report_of_the_doctor() {
    let folder = tempfile::tempdir().unwrap();
    let case =
        files("cases").into_iter().find(|path| path.to_string_lossy().contains("redirect-of-another-host")).unwrap();
    let report = folder.path().join("doctor.json");
    oauthsift(&["doctor", "--output", report.to_str().unwrap(), case.to_str().unwrap()]);
    let log = log(folder.path(), "AADSTS7000215: Invalid client secret provided.");
    let ticket = folder.path().join("ticket.zip");
    let arguments =
        ["ticket", "--output", ticket.to_str().unwrap(), "--doctor", report.to_str().unwrap(), log.to_str().unwrap()];
    let output = oauthsift(&arguments);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let mut zip = zip::ZipArchive::new(fs::File::open(&ticket).unwrap()).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("doctor.json").unwrap(), &mut text).unwrap();
    assert!(text.contains("redirect.url") && !text.contains("jira-old.example.com"), "{text}");
    // Anything else is refused.
    fs::write(&report, "{}").unwrap();
    let output = oauthsift(&[&arguments[..], &["--force"]].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("oauthsift.doctor/1"));
}
