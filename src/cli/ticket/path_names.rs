//! Names of logs without the way to them: a path may hold the name of a person or of a case.

use std::path::{Component, Path, PathBuf};

use oauthsift::Report;

/// What is taken off the names of logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PathShortener {
    /// The folder that all absolute paths given have in common, with its slash.
    way: Option<String>,
}

impl PathShortener {
    /// For the paths as they were given. Relative ones stay as they are.
    pub(super) fn of(paths: &[PathBuf]) -> Self {
        let mut folders = paths.iter().filter(|path| path.is_absolute()).filter_map(|path| path.parent());
        let Some(first) = folders.next() else { return Self { way: None } };
        let common = folders.fold(first.to_path_buf(), |common, folder| {
            let same = common.components().zip(folder.components()).take_while(|(a, b)| a == b);
            same.map(|(component, _)| component).collect()
        });
        let text = common.to_string_lossy().into_owned();
        let named = common.components().any(|component| matches!(component, Component::Normal(_)));
        Self { way: named.then(|| text + std::path::MAIN_SEPARATOR_STR) }
    }

    /// Takes the way off a name, or off every name in a sentence; what is left of a home folder goes
    /// without its owner.
    pub(super) fn shorten(&self, text: &mut String) {
        if let Some(way) = &self.way
            && text.contains(way.as_str())
        {
            *text = text.replace(way.as_str(), "");
        }
        for home in ["home/", "Users/", "Users\\"] {
            let mut from = 0;
            while let Some(at) = text[from..].find(home).map(|at| from + at + home.len()) {
                let owner = text[at..].find(['/', '\\', ' ', '`', '"']).unwrap_or(text.len() - at);
                let whole = at == home.len() || text[..at - home.len()].ends_with(['/', '\\', '`', '"', ' ', ':']);
                if whole && owner > 0 && at + owner < text.len() {
                    text.replace_range(at..at + owner, "…");
                }
                from = at;
            }
        }
    }

    /// The same all over a report.
    pub(super) fn shorten_report(&self, report: &mut Report) {
        report.inputs.iter_mut().for_each(|input| {
            self.shorten(&mut input.source);
            input.duplicate_of.iter_mut().for_each(|twin| self.shorten(twin));
            input.fault.iter_mut().for_each(|fault| self.shorten(fault));
        });
        report.faults.iter_mut().for_each(|fault| {
            self.shorten(&mut fault.source);
            self.shorten(&mut fault.message);
        });
        report.incidents.iter_mut().flat_map(|one| &mut one.sample).for_each(|sample| self.shorten(&mut sample.source));
        let diagnosis = &mut report.diagnosis;
        self.shorten(&mut diagnosis.headline);
        diagnosis.statements.iter_mut().for_each(|statement| self.shorten(&mut statement.text));
        diagnosis.actions.iter_mut().for_each(|action| {
            self.shorten(&mut action.text);
            self.shorten(&mut action.because);
        });
    }

    /// A path as the bundle names it.
    pub(super) fn path(&self, path: &Path) -> String {
        let mut name = oauthsift::model::sanitize_name(&path.to_string_lossy());
        self.shorten(&mut name);
        name
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn short(paths: &[&str], text: &str) -> String {
        let mut text = text.to_owned();
        PathShortener::of(&paths.iter().map(PathBuf::from).collect::<Vec<_>>()).shorten(&mut text);
        text
    }

    #[test]
    fn the_way_to_the_logs_is_taken_off() {
        assert_eq!(
            short(&["/home/ann/case-7/support.zip"], "/home/ann/case-7/support.zip!/a.log"),
            "support.zip!/a.log"
        );
        assert_eq!(short(&["/x/log"], "/x/log/atlassian-jira.log"), "log/atlassian-jira.log");
        let two = ["/x/node1/a.log", "/x/node2/a.log"];
        assert_eq!(short(&two, "see /x/node1/a.log and /x/node2/a.log"), "see node1/a.log and node2/a.log");
        assert_eq!(short(&["a.log"], "a.log"), "a.log");
    }

    #[test]
    fn an_owner_of_a_home_folder_is_nobody() {
        assert_eq!(short(&["/home/ann/a.log", "/srv/b.log"], "/home/ann/a.log"), "/home/…/a.log");
        assert_eq!(short(&["home/ann/a.log"], "home/ann/a.log"), "home/…/a.log");
        assert_eq!(short(&["x"], "C:\\Users\\ann\\a.log"), "C:\\Users\\…\\a.log");
        assert_eq!(short(&["x"], "jira-home/log/a.log"), "jira-home/log/a.log");
    }
}
