//! Compares the reports on the sample logs with the expected ones next to them.

use std::{fs, path::Path, process::Command};

#[test]
fn sample_logs_give_their_expected_reports() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut logs: Vec<_> = fs::read_dir(root.join("sample-logs"))
        .expect("sample-logs/")
        .flatten()
        .map(|entry| entry.file_name().into_string().expect("a plain name"))
        .filter(|name| name.ends_with(".log"))
        .collect();
    logs.sort();
    assert!(logs.len() >= 6);
    for log in logs {
        let run = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
            .args(["scan", "--format", "json", &format!("sample-logs/{log}")])
            .env("SOURCE_DATE_EPOCH", "1767225600")
            .current_dir(root)
            .output()
            .expect("runs");
        assert!(run.status.success(), "{log}: {}", String::from_utf8_lossy(&run.stderr));
        let found = String::from_utf8(run.stdout).expect("JSON is UTF-8");
        let expected_path = root.join("sample-logs").join(log.replace(".log", ".expected.json"));
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            fs::write(&expected_path, &found).expect("written");
        }
        let expected = fs::read_to_string(&expected_path).unwrap_or_default();
        assert!(
            expected == found,
            "the report on {log} differs from {}; if that is intended, set UPDATE_SNAPSHOTS=1",
            expected_path.display()
        );
    }
}
