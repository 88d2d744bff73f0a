//! Tables with heads, rows that databases quote in errors, objects whose members name each other, and calls.

use super::{PLACEHOLDER_CLOSE, PLACEHOLDER_OPEN, RedactionLevel, hides, keeps, redact};

/// Removed in any report, whatever the value reads like.
fn hides_each(texts: &[&str], hidden: &[&str]) {
    hides(texts, hidden);
    for text in texts {
        let found = redact(text, None, RedactionLevel::Strict);
        let people =
            found.split(PLACEHOLDER_OPEN).map(|part| part.rsplit(PLACEHOLDER_CLOSE).next().unwrap_or_default());
        let found: String = people.collect();
        assert!(!hidden.iter().any(|one| found.contains(one)), "{text}\n{found}");
    }
}

/// Shown in any report.
fn shows_each(texts: &[&str], shown: &[&str]) {
    for text in texts {
        for level in [RedactionLevel::Standard, RedactionLevel::Strict] {
            let found = redact(text, None, level);
            assert!(shown.iter().all(|one| found.contains(one)), "{text}\n{found}");
        }
    }
}

const TABLES: [&str; 8] = [
    " id    | username | password  | port\n-------+----------+-----------+------\n 10001 | marin | marigold  | 993\n(1 row)",
    " id    | username | password  | port\n 10001 | marin | marigold  | 993",
    "| id | mailusername | mailpassword | port |\n| 10001 | marin | marigold | 993 |",
    "| id | mailusername | mailpassword | port |\n|---|---|---|---|\n| 10001 | marin | marigold | 993 |",
    "+----+----------+----------+------+\n| id | username | password | port |\n+----+----------+----------+------+\n| 10001 | marin | marigold | 993 |\n+----+----------+----------+------+",
    "│ id │ username │ password │ port │\n├────┼──────────┼──────────┼──────┤\n│ 10001 │ marin │ marigold │ 993 │",
    "result:\nID         USERNAME   PASSWORD   PORT\n---------- ---------- ---------- ----\n10001      marin      marigold   993\n",
    "2031-01-05 12:00:00 LOG id | user_name | client_secret | port | type\n10001 | marin | marigold | 993 | x\n10001 | marin | marigold | 993 |",
];

#[test]
fn the_cells_of_a_column_of_secrets_or_users_go_whatever_they_read_like() {
    hides_each(&TABLES, &["marin", "marigold"]);
    hides_each(
        &["user_key | access_token\n---------+-------------\n marin   | marigold\n baker | marigold"],
        &["marin", "marigold", "baker"],
    );
    hides_each(
        &[
            "Name               Alias      Database\n----               -----      --------\nWenona Lindgarth   lindgart   DB01",
        ],
        &["Wenona", "Lindgarth", "lindgart"],
    );
}

#[test]
fn the_names_of_columns_and_the_other_cells_of_a_table_are_kept() {
    for text in TABLES {
        let text = text.replace("marigold", "null    ").replace("marin", "null ");
        keeps(&[&text]);
        assert_eq!(redact(&text, None, RedactionLevel::Strict), text);
    }
    shows_each(&TABLES, &["10001", "993"]);
    keeps(&[
        "password | port",
        "user | password | port",
        "mailusername | port",
        "user_key | access_token\n---------+-------------\n",
        "| user agent | status |\n|---|---|\n| curl | active |",
        "| token_type | token_id | status |\n| bearer | 12 | active |",
        "INFO | mail | login failed | retrying",
    ]);
}

#[test]
fn a_row_of_a_key_and_its_value_is_no_head() {
    hides_each(
        &[
            "+----------+-----------+\n| username | baker |\n+----------+-----------+\n| password | Harbour98 |\n+----------+-----------+",
            "| Setting | Value |\n|---|---|\n| Password | Harbour98 |\n| Port | 993 |",
            "| user | hvoss | password | Harbour98 |",
        ],
        &["Harbour98"],
    );
}
