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

#[test]
fn rows_that_databases_quote_in_errors_lose_logins_and_secrets() {
    hides_each(
        &[
            "Detail: Key (lower_user_name)=(marin) already exists.",
            "Detail: Key (lower_user_name, directory_id)=(marin, 1) already exists.",
            "Key (lower((user_name)::text))=(marin) already exists.",
            "Detail: Key (token_value)=(marigold71) already exists.",
            "Key (\"TOKEN\")=(marigold) already exists.",
            "DETAIL:  Failing row contains (10001, marin, Marin Odermatt, Marigold17, null).",
            "DETAIL:  parameters: $1 = 'marin', $2 = 'Marigold19', $3 = '10001'",
            "SQLProcessor  Param 1: marin Param 2: Marigold21",
            "Duplicate entry 'marin-1' for key 'cwd_user.uk_user_name_dir_id'",
            "Cannot insert a row in 'dbo.cwd_user'. The duplicate key value is (marin, 1).",
            "insert into oauth_token (user_name, token_value) values ('marin', 'marigold24')",
            "[SQL: SELECT x WHERE user_name=? AND credential=?] [parameters: ('marin', 'Marigold76')]",
        ],
        &["marin", "arigold", "Marin", "Odermatt"],
    );
    shows_each(
        &["DETAIL:  Failing row contains (10001, ACTIVE_USER, 2031-01-05 12:00:00.5, null, t, baker)."],
        &["(10001, ACTIVE_USER, 2031-01-05 12:00:00.5, null, t, "],
    );
    keeps(&[
        "Detail: Key (project_id)=(10001) already exists.",
        "Key (user_id)=(10001) is not present in table \"app_user\".",
        "Duplicate entry 'alpha-1' for key 'project.uk_name'",
        "DETAIL:  parameters: $1 = '10001', $2 = NULL, $3 = 'imaps'",
        "insert into oauth_token (user_name, token_value) values (?, ?)",
    ]);
}

#[test]
fn a_member_that_names_a_secret_takes_what_the_others_of_its_object_hold() {
    hides_each(
        &[
            r#"{"label":"Client secret","val":"Moosbeere-31"}"#,
            r#"{"title":"Password","content":"Moosbeere47"}"#,
            r#"{"question":"Password","answer":"Moosbeere47"}"#,
            r#"{"field":"client_secret","data":"Moosbeere47"}"#,
            r#"{"op":"replace","path":"/mailServer/password","value":"Moosbeere-45"}"#,
            r#"{"key":"Client secret","i18nKey":"x","from":"Moosbeere52","to":"Moosbeere53"}"#,
            r#"{"extraAttributes":[{"name":"Token","nameI18nKey":"t","value":"moosbeere54"}]}"#,
            r#"{"value":"moosbeere54","id":7,"name":"Password","i18n":"x"}"#,
            r#"{"header":"Authorization","val":"moosbeere7"}"#,
            r#"{\"label\":\"Client secret\",\"oldValue\":null,\"newValue\":\"Moosbeere-31\"}"#,
        ],
        &["oosbeere"],
    );
    shows_each(
        &[r#"{"key":"Client secret","i18nKey":"x","oldValue":null,"newValue":"Moosbeere52"}"#],
        &[r#""i18nKey":"x","oldValue":null,"newValue":"#],
    );
    keeps(&[
        r#"{"name":"Password","i18nKey":"x","required":true}"#,
        r#"{"key":"Client secret","i18nKey":"x","from":null,"to":null}"#,
        r#"{"name":"password","value":true,"data":null}"#,
        r#"{"name":"token_endpoint","value":"moosbeere"}"#,
        r#"{"title":"How to reset your own password","content":"Open the page and follow it."}"#,
    ]);
}

#[test]
fn what_is_put_into_a_store_of_secrets_is_one() {
    hides_each(
        &[
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: jira\nstringData:\n  mail: Moosbeere75\n  other: \"moosbeere\"\n",
            "data:\n  mail: TW9vc2JlZXJl\n  x: Moosbeere7\nkind: Secret\n---\nkind: ConfigMap\n",
            r#"{"kind":"Secret","data":{"mail":"Moosbeere7","x":"moosbeere"}}"#,
            "$ vault kv put secret/jira mail=Moosbeere71 text=\"moosbeere und\"",
            "setx MAIL_PASSWORD \"Moosbeere71\"",
            "C:\\> setx SMTP_KEY \"Moosbeere71\"",
            "bamboo.secret.x=Moosbeere75b",
            "app.secret.mail=Moosbeere75b",
        ],
        &["oosbeere", "TW9vc2"],
    );
    keeps(&[
        "kind: ConfigMap\ndata:\n  title: moosbeere\n",
        "kind: SecretList\ndata:\n  title: moosbeere\n",
        "data:\n  title: moosbeere\n---\nkind: Secret\nmetadata:\n  name: jira\n",
        "vault write auth/approle/role/jira token_ttl=1h",
        "app.secret.enabled=yes",
        "app.secret.provider=moosbeere",
    ]);
}

#[test]
fn passwords_in_calls_debuggers_prompts_and_colours_are_removed() {
    hides_each(
        &[
            "connect(host=imap.contoso.example, 993, marin@contoso.example, Moosbeere67b)",
            "passwd = {char[9]@8123} [M, o, o, s, b, e, e, r, e]",
            "password = [M, o, o, s, b, e, e, r, e]",
            "Password?\nMoosbeere57b",
            "Enter password\nMoosbeere57b",
            "\u{1b}[31mpassword\u{1b}[0m=\u{1b}[1mMoosbeere5b\u{1b}[0m",
            "[31mpassword[0m=[1mMoosbeere5b[0m",
            "password=\u{1b}[1mMoosbeere5b\u{1b}[0m",
        ],
        &["oosbeere", "o, o, s", "marin"],
    );
    keeps(&["connect(host=imap.contoso.example, 993)", "Forgot your password?\nFollow the link"]);
}

#[test]
fn a_member_that_speaks_of_something_for_tokens_names_no_secret() {
    keeps(&["{\"title\":\"Scope for refresh tokens\",\"value\":\"offline_access\",\"verdict\":\"problem\"}"]);
}

#[test]
fn strict_redaction_removes_a_random_name_of_a_member_and_shows_a_name_of_code() {
    let shown = |text: &str| redact(text, None, RedactionLevel::Strict);
    assert_eq!(shown("{\"i18nKey\":\"x\"}"), "{\"i18nKey\":\"x\"}");
    assert!(!shown("{\"Qz7Lp2x9Vb4\":\"x\"}").contains("Qz7Lp2x9Vb4"));
}
