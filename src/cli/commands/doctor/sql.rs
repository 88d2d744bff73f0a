//! The query for Jira's database, without any column that holds a secret.

use crate::cli::args::Database;

/// The tables, and of each the columns that are asked for.
const TABLES: [(&str, &[&str]); 3] = [
    (
        "AO_723324_CLIENT_CONFIG",
        &["ID", "NAME", "TYPE", "CLIENT_ID", "AUTHORIZATION_ENDPOINT", "TOKEN_ENDPOINT", "SCOPES"],
    ),
    (
        "AO_723324_CLIENT_TOKEN",
        &[
            "ID",
            "CONFIG_ID",
            "STATUS",
            "LAST_REFRESHED",
            "LAST_STATUS_UPDATED",
            "REFRESH_COUNT",
            "ACCESS_TOKEN_EXPIRATION",
            "REFRESH_TOKEN_EXPIRATION",
        ],
    ),
    ("AO_2C4E5C_MAILCONNECTION", &["ID", "HOST_NAME", "PORT", "PROTOCOL", "TLS", "TIMEOUT"]),
];
/// Jira's own table, whose names are in lower case and need no quotes.
const MAIL_SERVER: &str =
    "SELECT id, name, server_type, protocol, servername, smtp_port, istlsrequired, timeout, socks_host FROM";

/// The form of a GUID, as `LIKE` knows it: a Secret ID has it, a Value has not.
const GUID_PATTERN: &str = "________-____-____-____-____________";

/// The query for a database.
pub(super) fn query(database: Database) -> String {
    let (open, close, schema, run) = match database {
        Database::Postgresql => ('"', '"', "", "psql --csv -f query.sql DATABASE > settings.csv"),
        Database::Mysql => ('`', '`', "", "mysql --batch DATABASE < query.sql > settings.tsv"),
        Database::Sqlserver => {
            ('[', ']', "dbo.", "sqlcmd -d DATABASE -i query.sql -W -w 65535 -s \"|\" -o settings.txt")
        }
        Database::Oracle => ('"', '"', "", "sql USER@DATABASE @query.sql > settings.csv"),
    };
    let mut out = format!(
        "-- Settings for `oauthsift doctor`: no column here holds a secret. Jira Service Management alone has the last table.\n-- {run}\n\
         -- then: oauthsift doctor FILE\n"
    );
    if database == Database::Oracle {
        out.push_str("SET SQLFORMAT csv\nSET FEEDBACK OFF\n");
    }
    let quoted = |name: &str| format!("{open}{name}{close}");
    for (table, columns) in TABLES {
        let mut list: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
        if table == "AO_723324_CLIENT_CONFIG" {
            // The form is judged by the database: the secret itself stays there.
            let secret = quoted("CLIENT_SECRET");
            list.push(format!(
                "CASE WHEN {secret} LIKE '{GUID_PATTERN}' THEN 'secret-id' WHEN {secret} IS NULL THEN 'empty' ELSE 'other' END AS {}",
                quoted("CLIENT_SECRET_FORM")
            ));
        }
        out.push_str(&format!("SELECT {} FROM {schema}{};\n", list.join(", "), quoted(table)));
        if table == "AO_723324_CLIENT_TOKEN" {
            out.push_str(&format!("{MAIL_SERVER} {schema}mailserver;\n"));
        }
    }
    out
}
