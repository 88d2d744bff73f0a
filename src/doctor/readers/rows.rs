//! Rows of Jira's tables: which table, which column, and which columns are never kept.

use super::collector::SettingsReader;
use crate::{
    doctor::settings::{
        ClientId, Endpoint, Integration, MailServer, Scope, SecretForm, Token, form_of, host_name, is_guid,
    },
    extract::redact::RedactionLevel,
    pipeline::redact,
};

/// A table that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    /// `AO_723324_CLIENT_CONFIG`.
    Config,
    /// `AO_723324_CLIENT_TOKEN`.
    Token,
    /// `mailserver`.
    MailServer,
    /// `AO_2C4E5C_MAILCONNECTION`.
    MailConnection,
}

impl Table {
    /// The table of this name, with or without schema and quotes.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        let name = normalized(name.rsplit('.').next().unwrap_or(name));
        match name.as_str() {
            "AO_723324_CLIENT_CONFIG" => Some(Self::Config),
            "AO_723324_CLIENT_TOKEN" => Some(Self::Token),
            "MAILSERVER" => Some(Self::MailServer),
            "AO_2C4E5C_MAILCONNECTION" => Some(Self::MailConnection),
            _ => None,
        }
    }

    /// The table with these columns.
    pub(super) fn of_columns(columns: &[String]) -> Option<Self> {
        let has = |name: &str| columns.iter().any(|column| column == name);
        if has("TOKEN_ENDPOINT") || has("AUTHORIZATION_ENDPOINT") || has("CLIENT_ID") && has("SCOPES") {
            Some(Self::Config)
        } else if has("CONFIG_ID") && (has("STATUS") || has("LAST_REFRESHED") || has("REFRESH_COUNT")) {
            Some(Self::Token)
        } else if has("SERVERNAME") {
            Some(Self::MailServer)
        } else if has("HOST_NAME") && (has("PROTOCOL") || has("PORT")) {
            Some(Self::MailConnection)
        } else {
            None
        }
    }

    /// What a person calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Config => "integrations",
            Self::Token => "tokens",
            Self::MailServer => "mail servers",
            Self::MailConnection => "mail channels",
        }
    }
}

/// A name of a table or column as it is compared: upper case, without quotes.
pub(super) fn normalized(name: &str) -> String {
    name.trim().trim_matches(['"', '`', '[', ']', '\'']).to_ascii_uppercase()
}

/// A row: names of columns and their cells. `NULL` and `\N` are `None`.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) columns: &'a [String],
    pub(super) cells: &'a [Option<String>],
}

impl Row<'_> {
    fn get(&self, column: &str) -> Option<&str> {
        let at = self.columns.iter().position(|one| one == column)?;
        self.cells.get(at)?.as_deref()
    }

    fn number<N: std::str::FromStr>(&self, column: &str) -> Option<N> {
        self.get(column)?.trim().parse().ok()
    }
}

impl SettingsReader {
    /// Adds a row of a table.
    pub(super) fn add_row(&mut self, table: Table, row: Row<'_>) {
        // Every column that may hold a secret goes to the store of secrets, and nowhere else.
        for (column, cell) in row.columns.iter().zip(row.cells) {
            if is_secret_column(column)
                && let Some(cell) = cell
            {
                self.secrets.add(cell);
            }
        }
        match table {
            Table::Config => self.add_config(row),
            Table::Token => self.settings.tokens.push(Token {
                config_id: row.get("CONFIG_ID").and_then(id),
                status: row.get("STATUS").map(normalized).filter(|status| is_word(status)),
                access_expiration: row.number("ACCESS_TOKEN_EXPIRATION"),
                refresh_expiration: row.number("REFRESH_TOKEN_EXPIRATION"),
                last_refreshed: row.number("LAST_REFRESHED"),
                last_status_updated: row.number("LAST_STATUS_UPDATED"),
                refresh_count: row.number("REFRESH_COUNT"),
            }),
            Table::MailServer => {
                let kind = row.get("PROTOCOL").or(row.get("SERVER_TYPE")).unwrap_or_default();
                let (protocol, implicit_tls) = protocol_of(kind);
                let socks = row.get("SOCKS_HOST").filter(|host| !host.trim().is_empty()).and_then(host_name);
                self.settings.mail_servers.push(MailServer {
                    name: row.get("NAME").and_then(name),
                    protocol,
                    implicit_tls,
                    start_tls: row.get("ISTLSREQUIRED").map(is_true),
                    host: row.get("SERVERNAME").and_then(host_name),
                    port: row.number("SMTP_PORT"),
                    timeout: row.number("TIMEOUT"),
                    socks,
                    integration: None,
                });
            }
            Table::MailConnection => {
                let (protocol, implicit_tls) = protocol_of(row.get("PROTOCOL").unwrap_or_default());
                self.settings.mail_servers.push(MailServer {
                    name: row.get("ID").filter(|id| is_word(id)).map(|id| format!("mail channel {id}")),
                    protocol,
                    implicit_tls,
                    start_tls: row.get("TLS").map(is_true),
                    host: row.get("HOST_NAME").and_then(host_name),
                    port: row.number("PORT"),
                    timeout: row.number("TIMEOUT"),
                    socks: None,
                    integration: None,
                });
            }
        }
    }

    fn add_config(&mut self, row: Row<'_>) {
        let secret = row.get("CLIENT_SECRET");
        // The query of `doctor --sql` gives the form in place of the secret.
        let form = match row.get("CLIENT_SECRET_FORM").map(normalized).as_deref() {
            Some("SECRET-ID") => Some(SecretForm::SecretId),
            Some("EMPTY") => Some(SecretForm::Empty),
            _ => None,
        };
        self.settings.integrations.push(Integration {
            id: row.get("ID").and_then(id),
            name: row.get("NAME").and_then(name),
            kind: row.get("TYPE").and_then(kind_of),
            client_id: row.get("CLIENT_ID").map_or(ClientId::Absent, |text| client_id(text, secret)),
            secret: secret.map(form_of).or(form),
            authorization: row.get("AUTHORIZATION_ENDPOINT").map(Endpoint::parse),
            token: row.get("TOKEN_ENDPOINT").map(Endpoint::parse),
            scopes: row.get("SCOPES").map(scopes).unwrap_or_default(),
            ..Integration::default()
        });
    }
}

/// Columns whose cells are never kept.
fn is_secret_column(column: &str) -> bool {
    column != "CLIENT_SECRET_FORM"
        && (["PASSWORD", "SECRET", "MAILUSERNAME", "USER_NAME", "EMAIL_ADDRESS", "MAILFROM"]
            .iter()
            .any(|word| column.contains(word))
            || ["ACCESS_TOKEN", "REFRESH_TOKEN"].contains(&column))
}

/// A client ID, as far as it may be kept.
pub(super) fn client_id(text: &str, secret: Option<&str>) -> ClientId {
    let text = text.trim();
    let is_google = text.ends_with(".apps.googleusercontent.com")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    match text {
        "" => ClientId::Empty,
        text if secret.is_some_and(|secret| secret.trim().eq_ignore_ascii_case(text)) => {
            if is_guid(text) {
                ClientId::SameAsSecret
            } else {
                ClientId::Other
            }
        }
        text if is_guid(text) => ClientId::Guid(text.to_ascii_lowercase()),
        text if is_google => ClientId::Google(text.to_owned()),
        _ => ClientId::Other,
    }
}

/// An id of a row.
fn id(text: &str) -> Option<String> {
    let text = text.trim();
    let is_id = is_guid(text) || !text.is_empty() && text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then(|| text.to_ascii_lowercase())
}

/// A name that somebody typed, redacted.
pub(super) fn name(text: &str) -> Option<String> {
    const MAX_CHARS: usize = 80;
    let text: String = text.trim().chars().take(MAX_CHARS).collect();
    let text = redact(text.as_bytes(), RedactionLevel::Standard);
    Some(text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty())
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 40
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

pub(super) fn kind_of(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    Some(match text.as_str() {
        "" => return None,
        text if text.contains("microsoft") => "microsoft".to_owned(),
        text if text.contains("google") => "google".to_owned(),
        _ => "custom".to_owned(),
    })
}

fn is_true(text: &str) -> bool {
    ["true", "t", "1", "yes", "y", "b'1'", "\u{1}", "x"].contains(&text.trim().to_ascii_lowercase().as_str())
}

/// `imaps`, `SECURE_IMAP`, `pop3`: the protocol, and whether the connection begins with TLS.
pub(super) fn protocol_of(text: &str) -> (Option<String>, Option<bool>) {
    let text = text.trim().to_ascii_lowercase();
    let protocol = ["imap", "pop", "smtp", "graph"].into_iter().find(|name| text.contains(name));
    let implicit = text.contains("secure") || text.ends_with('s') || text.contains("ssl");
    // Microsoft Graph is a matter of HTTPS.
    let implicit = protocol.filter(|protocol| *protocol != "graph").map(|_| implicit);
    (protocol.map(str::to_owned), implicit)
}

/// Scopes, separated by blanks or commas, or a JSON list.
pub(super) fn scopes(text: &str) -> Vec<Scope> {
    let separators = |c: char| c.is_whitespace() || ",;[]\"'".contains(c);
    let parts = text.split(separators).filter(|part| !part.is_empty());
    // In some databases a list is `{a,b}`.
    parts.map(|part| scope(part.trim_matches(['{', '}']))).collect()
}

/// Names of scopes that have no host.
const BARE_SCOPES: [&str; 5] = ["offline_access", "openid", "profile", "email", "User.Read"];
/// Starts of names of permissions.
const PERMISSIONS: [&str; 8] = ["IMAP.", "POP.", "SMTP.", "Mail.", "User.", "MailboxSettings.", "EWS.", "SMTP"];
/// Hosts whose scopes are kept. Others are no scopes of a mailbox.
const SCOPE_HOSTS: [&str; 9] = [
    "office.com",
    "office365.com",
    "office365.us",
    "office.us",
    "outlook.com",
    "outlook.cn",
    "google.com",
    "googleapis.com",
    "apps.mil",
];
const GRAPH_HOSTS: [&str; 4] =
    ["graph.microsoft.com", "graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn"];

/// A scope, whose text is kept only if it can be nothing else.
fn scope(text: &str) -> Scope {
    let is_name = |name: &str| {
        let is_long = name.len() <= 60;
        let permission = |name: &str| PERMISSIONS.iter().any(|start| starts_with(name, start));
        is_long
            && name.bytes().all(|byte| byte.is_ascii_alphabetic() || b"._-/".contains(&byte))
            && (name.is_empty()
                || permission(name)
                || [".default", "auth/gmail.modify"].contains(&name)
                || name.starts_with("auth/")
                || BARE_SCOPES.iter().any(|bare| bare.eq_ignore_ascii_case(name)))
    };
    let known = match Endpoint::parse(text) {
        Endpoint::Url { host, path, has_more: false, .. } => {
            let is_in = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
            let is_known = SCOPE_HOSTS.iter().any(|domain| is_in(domain)) || GRAPH_HOSTS.contains(&host.as_str());
            is_known && is_name(path.trim_start_matches('/'))
        }
        _ => is_name(text) && !text.is_empty(),
    };
    if known { Scope::Known(text.to_owned()) } else { Scope::Unknown }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_in_each_notation_and_kept_only_if_they_are_scopes() {
        let expected = vec![
            Scope::Known("https://outlook.office.com/IMAP.AccessAsUser.All".to_owned()),
            Scope::Known("offline_access".to_owned()),
        ];
        for text in [
            "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
            "https://outlook.office.com/IMAP.AccessAsUser.All,offline_access",
            "[\"https://outlook.office.com/IMAP.AccessAsUser.All\", \"offline_access\"]",
            "{https://outlook.office.com/IMAP.AccessAsUser.All\noffline_access}",
        ] {
            assert_eq!(scopes(text), expected, "{text}");
        }
        assert_eq!(scopes("Xk28Q~abcdef"), vec![Scope::Unknown]);
        assert_eq!(scopes("https://mail.google.com/"), vec![Scope::Known("https://mail.google.com/".to_owned())]);
        assert_eq!(scopes("https://evil.example.com/IMAP.AccessAsUser.All"), vec![Scope::Unknown]);
    }

    #[test]
    fn protocols_are_named_in_several_ways() {
        assert_eq!(protocol_of("imaps"), (Some("imap".to_owned()), Some(true)));
        assert_eq!(protocol_of("SECURE_POP"), (Some("pop".to_owned()), Some(true)));
        assert_eq!(protocol_of("pop3"), (Some("pop".to_owned()), Some(false)));
        assert_eq!(protocol_of("Microsoft Graph API"), (Some("graph".to_owned()), None));
        assert_eq!(protocol_of("x"), (None, None));
    }
}
