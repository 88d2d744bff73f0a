//! Which inputs hold settings, and which logs.

use crate::source::is_log_name;

use super::settings::Settings;

/// What an input may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// A log.
    Log,
    /// Settings, in any of the formats that [`SettingsReader`](super::readers::SettingsReader) knows.
    Settings,
    /// A zip: settings, as a support zip or an XML backup has them, logs, or both.
    Zip,
}

impl InputKind {
    /// The kind of a file with this name or path, which starts with the bytes `head`, of which four are enough.
    #[must_use]
    pub fn of(name: &str, head: &[u8]) -> Self {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        if head.starts_with(b"PK\x03\x04") {
            Self::Zip
        } else if is_log_name(file) || file.ends_with(".log") {
            Self::Log
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

    #[test]
    fn inputs_are_distinguished_by_name_and_first_bytes() {
        for (name, head, kind) in [
            ("atlassian-jira.log", "2026", InputKind::Log),
            ("C:\\logs\\atlassian-jira.log.1", "2026", InputKind::Log),
            ("other.log", "", InputKind::Log),
            ("support.zip", "PK\u{3}\u{4}", InputKind::Zip),
            ("a/settings.toml", "[jira]", InputKind::Settings),
            ("rows.csv", "ID,", InputKind::Settings),
            ("-", "", InputKind::Settings),
        ] {
            assert_eq!(InputKind::of(name, head.as_bytes()), kind, "{name}");
        }
    }
}
