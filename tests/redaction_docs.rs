//! The table of what strict redaction shows is in the documentation as it is in the code.

use std::{fs, path::Path};

#[test]
fn the_documentation_has_the_table_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/redaction.md");
    let text = fs::read_to_string(&path).expect("the documentation");
    let table: String = oauthsift::SHOWN
        .iter()
        .map(|row| format!("| {} | {} | {} |\n", row.what, row.rule.replace('|', "\\|"), row.why))
        .collect();
    let head = "|---|---|---|\n";
    let start = text.find("<!-- shown").and_then(|at| text[at..].find(head).map(|head| at + head)).expect("a table")
        + head.len();
    let end = text.find("<!-- end -->").expect("its end");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, format!("{}{table}{}", &text[..start], &text[end..])).expect("written");
        return;
    }
    assert_eq!(&text[start..end], table, "run this test with UPDATE_SNAPSHOTS=1");
}
