//! XML: `activeobjects.xml` and `entities.xml` of a backup, `application.xml` of a support zip. Streamed.

use std::io::BufRead;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use super::{
    collector::{Problem, SettingsReader},
    rows::{Row, Table, normalized},
};
use crate::doctor::settings::Endpoint;

/// A text longer than this is no setting. Bytes.
const MAX_VALUE_BYTES: usize = 64 << 10;

/// Reads any of the three, by what it holds. Gives back its name.
pub(super) fn read(reader: &mut SettingsReader, input: impl BufRead) -> Result<&'static str, Problem> {
    let mut xml = Reader::from_reader(input);
    xml.config_mut().check_end_names = false;
    let mut parser = Parser::default();
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = xml.read_event_into(&mut buffer).map_err(|_| {
            Problem::foreign(format!("byte {}: is not well-formed XML: export it again", xml.error_position()))
        })?;
        match event {
            Event::Start(start) => parser.start(reader, &start),
            Event::Empty(start) => {
                parser.start(reader, &start);
                parser.end(reader);
            }
            Event::End(_) => parser.end(reader),
            Event::Text(text) => parser.text(&text),
            Event::CData(text) => parser.text(&text),
            Event::GeneralRef(name) => {
                parser.text(&reference(&name));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    parser.format.ok_or_else(|| {
        Problem::foreign("is XML without settings: give activeobjects.xml or entities.xml of a backup, or application.xml of a support zip")
    })
}

/// The text of an entity or a character reference.
fn reference(name: &str) -> String {
    let number = match name.strip_prefix('#') {
        Some(hex) if hex.starts_with(['x', 'X']) => u32::from_str_radix(&hex[1..], 16).ok(),
        Some(number) => number.parse().ok(),
        None => None,
    };
    match (number.and_then(char::from_u32), name) {
        (Some(c), _) => c.to_string(),
        (None, "amp") => "&".to_owned(),
        (None, "lt") => "<".to_owned(),
        (None, "gt") => ">".to_owned(),
        (None, "quot") => "\"".to_owned(),
        (None, "apos") => "'".to_owned(),
        _ => String::new(),
    }
}

#[derive(Debug, Default)]
struct Parser {
    /// Names of the open elements.
    path: Vec<String>,
    /// The rows that are read now: table, its columns.
    table: Option<(Table, Vec<String>)>,
    /// Cells of the row that is read now.
    row: Option<Vec<Option<String>>>,
    /// The text of the element that is read now.
    value: String,
    is_nil: bool,
    /// `key` or `name` of the element that is read now.
    key: Option<String>,
    format: Option<&'static str>,
}

impl Parser {
    fn start(&mut self, reader: &mut SettingsReader, start: &BytesStart<'_>) {
        let name = start.local_name().as_ref().to_owned();
        let attributes: Vec<(String, String)> = start
            .attributes()
            .flatten()
            .map(|attribute| {
                let key = attribute.key.local_name().as_ref().to_owned();
                let value = attribute.normalized_value(XmlVersion::Implicit1_0).map(std::borrow::Cow::into_owned);
                (key, value.unwrap_or_default())
            })
            .collect();
        let attribute = |key: &str| attributes.iter().find(|(one, _)| one == key).map(|(_, value)| value.as_str());
        self.value.clear();
        self.is_nil = attribute("nil") == Some("true");
        self.key = attribute("key").or(attribute("name")).map(str::to_owned);
        match name.as_str() {
            "data" => {
                let table = attribute("tableName").and_then(Table::of_name);
                self.table = table.map(|table| (table, Vec::new()));
                self.format.get_or_insert("activeobjects.xml");
            }
            "column" => {
                if let (Some((_, columns)), Some(name)) = (&mut self.table, attribute("name")) {
                    columns.push(normalized(name));
                }
            }
            "row" if self.table.is_some() => self.row = Some(Vec::new()),
            // `<MailServer id="1" name="…" servername="…"/>` of entities.xml.
            "MailServer" => {
                self.format.get_or_insert("entities.xml");
                let columns: Vec<String> = attributes.iter().map(|(key, _)| normalized(key)).collect();
                let cells: Vec<Option<String>> = attributes.iter().map(|(_, value)| Some(value.clone())).collect();
                reader.add_row(Table::MailServer, Row { columns: &columns, cells: &cells });
            }
            "entity-engine-xml" => {
                self.format.get_or_insert("entities.xml");
            }
            "product" => {
                if let Some(version) = attribute("version").filter(|_| attribute("name").is_some_and(is_jira)) {
                    self.property(reader, "version", version);
                }
            }
            _ => {}
        }
        self.path.push(name);
    }

    fn text(&mut self, text: &str) {
        if self.value.len() + text.len() <= MAX_VALUE_BYTES {
            self.value.push_str(text);
        }
    }

    fn end(&mut self, reader: &mut SettingsReader) {
        let Some(name) = self.path.pop() else { return };
        let value = std::mem::take(&mut self.value);
        let key = self.key.take();
        match (name.as_str(), &mut self.row) {
            ("row", Some(cells)) => {
                if let Some((table, columns)) = &self.table {
                    reader.add_row(*table, Row { columns, cells });
                }
                self.row = None;
            }
            ("data", _) => self.table = None,
            (_, Some(cells)) => cells.push((!self.is_nil).then_some(value)),
            (name, None) if !value.trim().is_empty() => {
                let is_plugin = self.path.iter().any(|name| name.eq_ignore_ascii_case("plugin"));
                if !is_plugin {
                    self.property(reader, key.as_deref().unwrap_or(name), value.trim());
                }
            }
            _ => {}
        }
        self.is_nil = false;
    }

    /// A property of `application.xml`, whose names differ by version.
    fn property(&mut self, reader: &mut SettingsReader, key: &str, value: &str) {
        let key: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let is_version = value.starts_with(|c: char| c.is_ascii_digit()) && value.len() <= 24;
        let jira = &mut reader.settings.jira;
        match key.as_str() {
            "version" | "applicationversion" | "jiraversion" | "productversion" if is_version => {
                jira.version.get_or_insert_with(|| value.to_owned());
            }
            "servicedeskversion" | "jsmversion" if is_version => {
                jira.jsm_version.get_or_insert_with(|| value.to_owned());
            }
            "baseurl" | "jirabaseurl" | "applicationbaseurl" => {
                jira.base_url.get_or_insert_with(|| Endpoint::parse(value));
            }
            "javaversion" if is_version => {
                jira.java_version.get_or_insert_with(|| value.to_owned());
            }
            "javahome" => {
                jira.java_home.get_or_insert_with(|| value.to_owned());
            }
            _ if key.ends_with("inputarguments") || key.ends_with("vmarguments") || key.ends_with("vmargs") => {
                jira.java.read(value, &mut reader.secrets);
            }
            // System properties that are listed one by one.
            _ if key.contains("proxy") || key.contains("truststore") => {
                let value = value.replace('\'', "");
                jira.java.read(&format!("-D{}='{value}'", property_name(&key)), &mut reader.secrets);
            }
            _ => return,
        }
        self.format.get_or_insert("application.xml");
    }
}

fn is_jira(name: &str) -> bool {
    name.to_ascii_lowercase().contains("jira")
}

/// The property that a key without punctuation means.
fn property_name(key: &str) -> &str {
    match key {
        "httpsproxyhost" => "https.proxyHost",
        "httpsproxyport" => "https.proxyPort",
        "httpproxyhost" => "http.proxyHost",
        "httpproxyport" => "http.proxyPort",
        "httpnonproxyhosts" => "http.nonProxyHosts",
        "socksproxyhost" => "socksProxyHost",
        "socksproxyport" => "socksProxyPort",
        "javaxnetssltruststore" => "javax.net.ssl.trustStore",
        "javaxnetssltruststoretype" => "javax.net.ssl.trustStoreType",
        "javaxnetssltruststorepassword" => "javax.net.ssl.trustStorePassword",
        other => other,
    }
}
