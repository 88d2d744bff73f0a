//! Which inputs hold settings, and which logs.

use crate::{
    record::start::is_start,
    source::{is_log_name, is_packed},
};

use super::settings::Settings;

/// What an input may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// A log.
    Log,
    /// Settings, in any of the formats that [`SettingsReader`](super::readers::SettingsReader) knows.
    Settings,
    /// Settings, logs, or both: a zip (a support zip, an XML backup), or a text that starts as a log does but has another
    /// name, which may hold JVM arguments.
    Either,
}

impl InputKind {
    /// How many first bytes of a file are enough to tell its kind.
    pub const HEAD_BYTES: usize = 4096;

    /// The kind of a file with this name or path, which starts with the bytes `head`.
    #[must_use]
    pub fn of(name: &str, head: &[u8]) -> Self {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        if head.starts_with(b"PK\x03\x04") {
            Self::Either
        } else if is_log_name(file) || file.ends_with(".log") || is_packed(head) {
            Self::Log
        } else if is_start(head) {
            Self::Either
        } else {
            Self::Settings
        }
    }
}

/// Whether an input that was read as settings is an XML backup, which holds no logs.
#[must_use]
pub fn is_backup(settings: &Settings, name: &str) -> bool {
    settings.sources.iter().any(|source| source.format == "XML backup" && source.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::readers::TEMPLATE;

    #[test]
    fn inputs_are_distinguished_by_name_and_first_bytes() {
        for (name, head, kind) in [
            ("atlassian-jira.log", "2026", InputKind::Log),
            ("C:\\logs\\atlassian-jira.log.1", "2026", InputKind::Log),
            ("other.log", "", InputKind::Log),
            ("support.zip", "PK\u{3}\u{4}", InputKind::Either),
            ("a/settings.toml", "[jira]", InputKind::Settings),
            ("rows.csv", "ID,", InputKind::Settings),
            ("-", "", InputKind::Settings),
            ("excerpt.txt", "2026-01-05 20:34:03,014+0000 main ERROR [c.a.o.X] failed\n", InputKind::Either),
            (
                "log.json",
                "{\"timestamp\":\"2026-01-05T20:34:03Z\",\"level\":\"ERROR\",\"message\":\"x\"}",
                InputKind::Either,
            ),
            ("log.bz2", "BZh9", InputKind::Log),
        ] {
            assert_eq!(InputKind::of(name, head.as_bytes()), kind, "{name}");
        }
        assert_eq!(InputKind::of("logs.gz", b"\x1f\x8b\x08"), InputKind::Log);
    }

    #[test]
    fn no_form_of_settings_starts_as_a_log_does() {
        for head in [
            TEMPLATE,
            "{\"jira\": {\"version\": \"10.3.0\"}}",
            "{\n  \"integration\": [{\"name\": \"Mail\", \"type\": \"Microsoft\"}]\n}",
            "{\"format\": 1, \"token\": [{\"status\": \"VALID\"}]}",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<backup>",
            "<entity-engine-xml date=\"1767225600000\">\n",
            " ID | NAME | CLIENT_ID\n----+------+---\n",
            "ID,NAME,CLIENT_ID\n1,Mail,x\n",
            "\"ID\";\"NAME\"\n",
            "-[ RECORD 1 ]----\nID | 1\n",
            "*************************** 1. row ***************************\nID: 1\n",
            "+----+------+\n| ID | NAME |\n",
            "mysql: [Warning] Using a password on the command line interface can be insecure.\nID\tNAME\n",
            "SQL*Plus: Release 19.0.0.0.0 - Production on Mon Jan 5 20:34:03 2026\n",
            "--\n-- PostgreSQL database dump\n--\n",
            "-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n",
            "COPY public.\"AO_723324_CLIENT_CONFIG\" (\"ID\") FROM stdin;\n",
            "#\n# One way to set the JIRA HOME path is here via this variable.\n",
            "JVM_SUPPORT_RECOMMENDED_ARGS=\"-Dhttps.proxyHost=proxy\"\n",
            "set JVM_SUPPORT_RECOMMENDED_ARGS=-Dhttps.proxyHost=proxy\r\n",
            "jira      1234  5.0 20.1 /opt/java -Dhttps.proxyHost=proxy -Xmx2g\n",
        ] {
            assert_eq!(InputKind::of("export.txt", head.as_bytes()), InputKind::Settings, "{head}");
        }
    }
}
