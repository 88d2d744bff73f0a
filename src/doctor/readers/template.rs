//! The template: a small TOML or JSON file that an administrator fills in.

use serde_json::{Map, Value};

use super::{
    collector::{Problem, SettingsReader},
    rows::{client_id, kind_of, name, protocol_of, scopes},
};
use crate::doctor::settings::{Endpoint, Integration, MailServer, Token, form_of, host_name, is_guid};

/// What `oauthsift doctor --template` prints.
pub const TEMPLATE: &str = include_str!("template.toml");

const NO_JSON: &str = "is not JSON: it has the keys of `oauthsift doctor --template`";

const JIRA_KEYS: [&str; 8] =
    ["version", "jsm_version", "base_url", "jvm_arguments", "java_version", "java_home", "truststore", "proxy"];
const INTEGRATION_KEYS: [&str; 12] = [
    "name",
    "type",
    "client_id",
    "client_secret",
    "tenant_id",
    "tenant",
    "cloud",
    "grant",
    "authorization_endpoint",
    "token_endpoint",
    "scopes",
    "redirect_url",
];
const MAIL_KEYS: [&str; 7] = ["name", "protocol", "host", "port", "tls", "starttls", "integration"];
const TOKEN_KEYS: [&str; 5] =
    ["status", "last_refreshed", "access_token_expiration", "refresh_token_expiration", "integration"];

/// True for the start of a TOML file with one of the template's tables.
pub(super) fn is_template(head: &str) -> bool {
    let mut lines = head.lines().map(str::trim);
    lines.any(|line| ["[jira]", "[[integration]]", "[[mail_server]]", "[[token]]"].contains(&line))
}

/// Reads a template in TOML.
pub(super) fn read_toml(reader: &mut SettingsReader, text: &str) -> Result<(), Problem> {
    // The parser's own words may quote the line, which may hold a secret.
    let table = toml::from_str::<toml::Table>(text).map_err(|error| {
        let line = error.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
        Problem::at(line, "is not TOML: write `key = \"value\"`, and compare with `oauthsift doctor --template`")
    })?;
    let value = serde_json::to_value(table).map_err(|_| Problem::new("holds a value that no setting has"))?;
    read_value(reader, &value)
}

/// Reads a template in JSON.
pub(super) fn read_json(reader: &mut SettingsReader, text: &str) -> Result<(), Problem> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| Problem { line: Some(error.line()), ..Problem::foreign(NO_JSON) })?;
    read_value(reader, &value)
}

fn read_value(reader: &mut SettingsReader, value: &Value) -> Result<(), Problem> {
    let Value::Object(all) = value else { return Err(Problem::foreign("is not a table of settings")) };
    collect_secrets(reader, value);
    check_keys(reader, "", all, &["jira", "integration", "mail_server", "token", "format"]);
    if let Some(Value::Object(jira)) = all.get("jira") {
        read_jira(reader, jira)?;
    }
    for (i, one) in tables(all, "integration")?.into_iter().enumerate() {
        read_integration(reader, &format!("integration {}", i + 1), one)?;
    }
    for (i, one) in tables(all, "mail_server")?.into_iter().enumerate() {
        let what = format!("mail_server {}", i + 1);
        check_keys(reader, &what, one, &MAIL_KEYS);
        let (protocol, implicit) = text(one, &what, "protocol")?.map_or((None, None), protocol_of);
        let port = match one.get("port") {
            None => None,
            Some(port) => Some(
                port.as_u64()
                    .and_then(|port| u16::try_from(port).ok())
                    .ok_or_else(|| wrong(&what, "port", "a number up to 65535"))?,
            ),
        };
        let flag = |key: &str| match one.get(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(wrong(&what, key, "true or false")),
        };
        reader.settings.mail_servers.push(MailServer {
            name: text(one, &what, "name")?.and_then(name),
            protocol,
            implicit_tls: flag("tls")?.or(implicit),
            start_tls: flag("starttls")?,
            host: text(one, &what, "host")?.and_then(host_name),
            port,
            integration: text(one, &what, "integration")?.and_then(name),
            ..MailServer::default()
        });
    }
    for (i, one) in tables(all, "token")?.into_iter().enumerate() {
        let what = format!("token {}", i + 1);
        check_keys(reader, &what, one, &TOKEN_KEYS);
        let time =
            |key: &str| match one.get(key) {
                None => Ok(None),
                Some(value) => value.as_i64().or_else(|| value.as_str().and_then(time_of)).map(Some).ok_or_else(|| {
                    wrong(&what, key, "a time such as 2026-01-05T20:00:00Z, or milliseconds since 1970")
                }),
            };
        reader.settings.tokens.push(Token {
            status: text(one, &what, "status")?
                .map(str::to_ascii_uppercase)
                .filter(|status| ["VALID", "RECOVERABLE", "UNRECOVERABLE"].contains(&status.as_str())),
            last_refreshed: time("last_refreshed")?,
            access_expiration: time("access_token_expiration")?,
            refresh_expiration: time("refresh_token_expiration")?,
            ..Token::default()
        });
    }
    Ok(())
}

fn read_jira(reader: &mut SettingsReader, one: &Map<String, Value>) -> Result<(), Problem> {
    check_keys(reader, "jira", one, &JIRA_KEYS);
    let get = |key: &str| text(one, "jira", key);
    let version = |key: &str| Ok::<_, Problem>(get(key)?.filter(|text| is_version(text)).map(str::to_owned));
    let (version, jsm_version, java_version) = (version("version")?, version("jsm_version")?, version("java_version")?);
    let jira = &mut reader.settings.jira;
    jira.version = version.or(jira.version.take());
    jira.jsm_version = jsm_version.or(jira.jsm_version.take());
    jira.java_version = java_version.or(jira.java_version.take());
    jira.base_url = get("base_url")?.map(Endpoint::parse).or(jira.base_url.take());
    jira.java_home = get("java_home")?.map(str::to_owned).or(jira.java_home.take());
    if let Some(arguments) = get("jvm_arguments")? {
        jira.java.read(arguments, &mut reader.secrets);
    }
    if let Some(truststore) = get("truststore")? {
        jira.java.truststore = Some(truststore.to_owned());
    }
    Ok(())
}

fn read_integration(reader: &mut SettingsReader, what: &str, one: &Map<String, Value>) -> Result<(), Problem> {
    check_keys(reader, what, one, &INTEGRATION_KEYS);
    let get = |key: &str| text(one, what, key);
    let word = |key: &str, known: &[&str]| match get(key)? {
        None | Some("") => Ok(None),
        Some(text) if known.contains(&text.to_ascii_lowercase().as_str()) => Ok(Some(text.to_ascii_lowercase())),
        Some(_) => Err(wrong(what, key, &format!("one of {}", known.join(", ")))),
    };
    let secret = get("client_secret")?;
    let tenant_id = get("tenant_id")?
        .map(str::trim)
        .filter(|text| is_guid(text) || host_name(text).is_some() && text.contains('.'));
    let scopes = match one.get("scopes") {
        None => Vec::new(),
        Some(Value::String(text)) => scopes(text),
        Some(Value::Array(list)) => {
            let list: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
            scopes(&list.ok_or_else(|| wrong(what, "scopes", "a list of texts"))?.join(" "))
        }
        Some(_) => return Err(wrong(what, "scopes", "a list of texts")),
    };
    let integration = Integration {
        id: None,
        name: get("name")?.and_then(name),
        kind: get("type")?.and_then(kind_of),
        client_id: get("client_id")?.map(|text| client_id(text, secret)).unwrap_or_default(),
        secret: secret.map(form_of),
        authorization: get("authorization_endpoint")?.map(Endpoint::parse),
        token: get("token_endpoint")?.map(Endpoint::parse),
        scopes,
        redirect: get("redirect_url")?.map(Endpoint::parse),
        grant: word("grant", &["code", "client-credentials"])?,
        tenant_id: tenant_id.map(str::to_ascii_lowercase),
        tenant_kind: word("tenant", &["single", "multi", "personal"])?,
        cloud: word("cloud", &["worldwide", "gcc", "gcc-high", "dod", "china"])?,
    };
    reader.settings.integrations.push(integration);
    Ok(())
}

/// Remembers every text under a key that says it is secret, wherever it is.
fn collect_secrets(reader: &mut SettingsReader, value: &Value) {
    match value {
        Value::Object(all) => {
            for (key, value) in all {
                let key = key.to_ascii_lowercase();
                let is_secret = ["secret", "password", "access_token", "refresh_token", "user"]
                    .iter()
                    .any(|word| key.contains(word));
                match value {
                    Value::String(text) if is_secret => reader.secrets.add(text),
                    other => collect_secrets(reader, other),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| collect_secrets(reader, value)),
        _ => {}
    }
}

/// The tables of a list, which a single one may stand for.
fn tables<'v>(all: &'v Map<String, Value>, key: &str) -> Result<Vec<&'v Map<String, Value>>, Problem> {
    match all.get(key) {
        None => Ok(Vec::new()),
        Some(Value::Object(one)) => Ok(vec![one]),
        Some(Value::Array(list)) => list
            .iter()
            .map(|one| one.as_object().ok_or_else(|| wrong(key, "", "a table: [[integration]], [[mail_server]]")))
            .collect(),
        Some(_) => Err(wrong(key, "", "a table: [[integration]], [[mail_server]]")),
    }
}

fn text<'v>(table: &'v Map<String, Value>, what: &str, key: &str) -> Result<Option<&'v str>, Problem> {
    match table.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(what, key, "a text in quotation marks")),
    }
}

fn wrong(what: &str, key: &str, expected: &str) -> Problem {
    let key = if key.is_empty() { String::new() } else { format!(", key `{key}`") };
    Problem::new(format!("{what}{key}: use {expected}"))
}

/// Notes keys that nothing reads. An unknown key is named only if it looks like one.
fn check_keys(reader: &mut SettingsReader, what: &str, table: &Map<String, Value>, known: &[&str]) {
    for key in table.keys().filter(|key| !known.contains(&key.as_str())) {
        let near = known
            .iter()
            .filter(|one| strsim::levenshtein(one, key) <= 3)
            .min_by_key(|one| strsim::levenshtein(one, key));
        let place = if what.is_empty() { String::new() } else { format!("{what}: ") };
        reader.note(match near {
            Some(near) => format!("{place}a key is not known and was left out; did you mean `{near}`?"),
            None => format!("{place}a key is not known and was left out; known keys: {}", known.join(", ")),
        });
    }
}

fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.len() <= 24
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte))
}

/// Milliseconds since 1970.
fn time_of(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_millis())
}
