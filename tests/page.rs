//! Opens the page of `--format html` in a browser: it filters and sorts, and makes no requests.
//!
//! Without Chromium these tests print that they are skipped, and pass. `SCREENSHOTS=DIR` saves screenshots.

#[path = "support/browser.rs"]
mod browser;
#[path = "../benches/loggen/mod.rs"]
mod loggen;

use std::{env, fs, path::Path, process::Command};

use browser::Tab;
use serde_json::json;

/// A tab, or none if Chromium is not installed.
fn tab() -> Option<Tab> {
    match browser::installed() {
        Some(chromium) => Some(Tab::open(&chromium)),
        None => {
            // Skipping is a failure if the tests are required to run: see .ci/run.
            assert!(env::var_os("NEEDS_CHROMIUM").is_none(), "no Chromium found");
            eprintln!("skipped: no Chromium is installed (Debian: apt-get install chromium)");
            None
        }
    }
}

fn page(logs: &[&Path], folder: &Path) -> std::path::PathBuf {
    let page = folder.join("report.html");
    let run = Command::new(env!("CARGO_BIN_EXE_oauthsift"))
        .args(["scan", "--format", "html", "--output"])
        .arg(&page)
        .args(logs)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("SOURCE_DATE_EPOCH", "1767225600")
        .output()
        .expect("runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    page
}

/// A log with at least this number of failures.
fn log_of(failures: usize, folder: &Path) -> std::path::PathBuf {
    let log = folder.join("atlassian-jira.log");
    let mut bytes = 4 << 20;
    loop {
        let recipe = loggen::Recipe { seed: 11, bytes, failure_rate: 0.9, ..loggen::Recipe::default() };
        let (text, truths) = loggen::generate(&recipe);
        if truths.len() >= failures {
            fs::write(&log, text).expect("written");
            return log;
        }
        bytes = bytes * 5 / 4;
    }
}

#[test]
fn the_page_opens_without_errors_or_requests() {
    let Some(mut tab) = tab() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let page = page(&[Path::new("sample-logs/mail-stopped.log"), Path::new("sample-logs/network.log")], folder.path());
    assert!(fs::metadata(&page).expect("the page").len() < 200_000);
    for (width, dark) in [(390, false), (390, true), (820, false), (820, true), (1400, false), (1400, true)] {
        tab.emulate(width, dark);
        tab.visit(&page);
        assert_eq!(tab.errors(), Vec::<String>::new());
        assert_eq!(tab.requests().len(), 1, "{:?}", tab.requests());
        assert_eq!(tab.value("document.documentElement.scrollWidth <= innerWidth"), json!(true), "wider than {width}");
        let background = tab.value("getComputedStyle(document.body).backgroundColor");
        assert_eq!(background == json!("rgb(245, 246, 248)"), !dark, "{background}");
    }
    // If something gets into the page anyway, its policy blocks it.
    let ran = "(() => { const s = document.createElement('script'); \
               try { s.textContent = 'window.ran = 1'; document.body.append(s); } catch {} return window.ran === undefined; })()";
    assert_eq!(tab.value(ran), json!(true));
    let fetched = "fetch('data:text/plain,x').then(() => 'fetched', () => 'refused')";
    assert_eq!(tab.value(fetched), json!("refused"));
}

#[test]
fn findings_can_be_filtered_sorted_and_opened_with_the_keyboard() {
    let Some(mut tab) = tab() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let log = log_of(300, folder.path());
    tab.emulate(1400, false);
    tab.visit(&page(&[&log], folder.path()));
    let all = tab.value("document.querySelectorAll('#rows > tr').length");
    assert_eq!(all, json!(50));
    let count = |tab: &mut Tab| tab.value("document.getElementById('count').textContent").as_str().unwrap().to_owned();
    let total = count(&mut tab);
    assert!(total.ends_with(" findings"), "{total}");

    // Search for a word.
    let type_word = |tab: &mut Tab, word: &str| {
        tab.value("document.getElementById('search').focus(), document.getElementById('search').select()");
        tab.call("Input.insertText", &json!({ "text": word }));
        tab.value("new Promise((done) => setTimeout(done, 300))");
    };
    type_word(&mut tab, "AADSTS7000222");
    let codes = tab.value("[...new Set([...document.querySelectorAll('#rows td.code')].map((td) => td.textContent))]");
    assert_eq!(codes, json!(["7000222"]));
    assert!(count(&mut tab).contains(" findings match"));
    type_word(&mut tab, "no such words here");
    assert!(count(&mut tab).starts_with("0 of "));
    tab.value("document.querySelector('#filter button[type=reset]').click()");
    tab.value("new Promise((done) => setTimeout(done, 100))");
    assert_eq!(count(&mut tab), total);

    // Filter by severity.
    tab.value("(() => { const s = document.getElementById('severity'); s.value = 'critical'; s.dispatchEvent(new Event('change')); })()");
    let seen = tab.value("[...new Set([...document.querySelectorAll('#rows .badge')].map((b) => b.textContent))]");
    assert_eq!(seen, json!(["critical"]));
    tab.value("document.querySelector('#filter button[type=reset]').click()");
    tab.value("new Promise((done) => setTimeout(done, 100))");

    // Sort in both directions; findings without a code are last in both.
    let sort = "document.querySelector('th[data-key=code] button').click()";
    let state = "document.querySelector('th[data-key=code]').getAttribute('aria-sort')";
    let first = "Number(document.querySelector('#rows td.code').textContent)";
    let sorted = "(() => { const codes = [...document.querySelectorAll('#rows td.code')].map((td) => Number(td.textContent)); \
                  return codes.every((code, i) => i === 0 || codes[i - 1] <= code); })()";
    tab.value(sort);
    assert_eq!(tab.value(state), json!("ascending"));
    assert_eq!(tab.value(sorted), json!(true));
    let least = tab.value(first).as_f64().unwrap();
    tab.value(sort);
    assert_eq!(tab.value(state), json!("descending"));
    assert!(tab.value(first).as_f64().unwrap() > least && least > 0.0);
    assert_eq!(tab.value("document.querySelectorAll('th[aria-sort=none]').length"), json!(5));

    // With the keyboard only: focus the button of the first finding, open it, see its record, close it.
    tab.value("document.querySelector('#rows .open').focus()");
    tab.press("Enter", 13);
    assert_eq!(tab.value("document.activeElement.getAttribute('aria-expanded')"), json!("true"));
    assert_eq!(tab.value("document.querySelectorAll('#rows tr.more pre').length"), json!(1));
    tab.press("Enter", 13);
    assert_eq!(tab.value("document.querySelectorAll('#rows tr.more').length"), json!(0));

    // Go from an incident to its findings.
    tab.value("document.querySelector('#incident-2 button[data-incident]').click()");
    tab.value("new Promise((done) => setTimeout(done, 100))");
    let title = tab.value("document.querySelector('#incident-2 h3').textContent");
    let seen = tab.value("[...new Set([...document.querySelectorAll('#rows .open')].map((b) => b.textContent))]");
    assert_eq!(seen, json!([title]));
    assert_eq!(tab.value("document.activeElement.id"), json!("findings"));
    assert_eq!(tab.errors(), Vec::<String>::new());
}

#[test]
fn controls_have_names_and_tables_stay_tables_on_a_phone() {
    let Some(mut tab) = tab() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    tab.emulate(390, false);
    tab.visit(&page(&[Path::new("sample-logs/mail-stopped.log")], folder.path()));
    let tree = tab.call("Accessibility.getFullAXTree", &json!({}));
    let nodes = tree["nodes"].as_array().expect("a tree").clone();
    let role = |node: &serde_json::Value| node["role"]["value"].as_str().unwrap_or_default().to_owned();
    let named = |node: &serde_json::Value| !node["name"]["value"].as_str().unwrap_or_default().trim().is_empty();
    for node in nodes.iter().filter(|node| node["ignored"] != json!(true)) {
        if ["button", "link", "searchbox", "combobox", "table", "img", "image"].contains(&role(node).as_str()) {
            assert!(named(node), "without a name: {node}");
        }
    }
    let count = |wanted: &str| nodes.iter().filter(|node| role(node) == wanted).count();
    assert_eq!(count("table"), 2, "the findings, and the latest ids of the one incident that has any");
    assert!(count("row") >= 3 && count("cell") >= 12, "{} rows, {} cells", count("row"), count("cell"));
    assert_eq!(count("main"), 1);
    assert!(count("heading") >= 6);
}

#[test]
fn ten_thousand_findings_open_in_a_second() {
    let Some(mut tab) = tab() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let log = log_of(10_000, folder.path());
    let page = page(&[&log], folder.path());
    let size = fs::metadata(&page).expect("the page").len();
    assert!(size < 5_000_000, "{size} bytes");
    tab.emulate(1400, false);
    // The first visit warms up the browser; the best of the next ones is the time of the page.
    let mut best = f64::MAX;
    for _ in 0..4 {
        tab.visit(&page);
        let ready = tab.value("performance.getEntriesByName('ready')[0].startTime").as_f64().expect("a time");
        best = best.min(ready);
    }
    eprintln!("10,000 findings: {size} bytes, ready after {best:.0} ms");
    assert!(best < 1000.0, "{best} ms");
    let filter = "(() => { const from = performance.now(); const s = document.getElementById('severity'); s.value = 'error'; \
                s.dispatchEvent(new Event('change')); return performance.now() - from; })()";
    let took = tab.value(filter).as_f64().expect("a time");
    assert!(took < 500.0, "filtering takes {took} ms");
    assert_eq!(tab.errors(), Vec::<String>::new());
}

/// Not a check: saves screenshots of a page (`PAGE`, or a sample by default) in the folder `SCREENSHOTS`.
#[test]
fn screenshots_are_saved_on_request() {
    let Some(to) = env::var_os("SCREENSHOTS") else { return };
    let Some(mut tab) = tab() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let page = match env::var_os("PAGE") {
        Some(path) => path.into(),
        None => page(&[Path::new("sample-logs/mail-stopped.log")], folder.path()),
    };
    for width in [390, 820, 1400] {
        for dark in [false, true] {
            tab.emulate(width, dark);
            tab.visit(&page);
            for (i, screenshot) in tab.screenshots(1300).into_iter().enumerate() {
                let name = format!("{width}-{}-{}.png", if dark { "dark" } else { "light" }, i + 1);
                fs::write(Path::new(&to).join(name), screenshot).expect("written");
            }
        }
    }
}

#[test]
fn a_malicious_log_stays_text_on_the_page() {
    let Some(mut tab) = tab() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("atlassian-jira.log");
    let malicious = "</script><script>window.ran=1</script><img src=x onerror=\"window.ran=2\"><svg onload=window.ran=3> \
                   \"'><a href=javascript:window.ran=4>x</a> </pre></details>]]><!-- \u{202e}";
    let record = |second: u32, server: &str| {
        format!(
            "2026-01-05 08:00:{second:02},000+0000 ERROR [{server}] Caesium-1-1 ServiceRunner     Exception when \
             MailPullerWorker pulls emails: Refresh Token Failed. Reported Reason: AADSTS7000222: {malicious} expired. \
             Trace ID: 8a1f3c5e-1b2d-4c3e-9f40-7a6b5c4d01{second:02}\n"
        )
    };
    fs::write(&log, record(1, "<b onclick=window.ran=5>Support</b>") + &record(2, "plain")).expect("written");
    tab.emulate(1400, false);
    tab.visit(&page(&[&log], folder.path()));
    tab.value("document.querySelectorAll('details').forEach((d) => { d.open = true; })");
    tab.value("document.querySelectorAll('#rows .open').forEach((b) => b.click())");
    tab.value("new Promise((done) => setTimeout(done, 200))");
    assert_eq!(tab.value("window.ran === undefined"), json!(true));
    assert_eq!(tab.value("document.querySelectorAll('img, b, main a[href^=javascript]').length"), json!(0));
    assert_eq!(tab.value("document.scripts.length"), json!(2));
    let shown = tab.value("document.querySelector('#incident-1 pre').textContent").as_str().unwrap().to_owned();
    assert!(shown.contains("</script><script>window.ran=1</script><img src=x"), "{shown}");
    assert_eq!(tab.errors(), Vec::<String>::new());
    assert_eq!(tab.requests().len(), 1, "{:?}", tab.requests());
}
