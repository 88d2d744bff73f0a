//! Names of logs without their folders: a path may hold the name of a person or of a case.

use std::path::{Component, MAIN_SEPARATOR_STR, Path};

use crate::{model::sanitize_name, report::Report};

/// Removes common folders, and the owners of home folders, from the names of logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PathShortener {
    /// The folders that all absolute and all relative paths have in common, each with its separator.
    folders: Vec<String>,
}

impl PathShortener {
    /// For the paths as given by the user.
    pub(super) fn new(paths: &[impl AsRef<Path>]) -> Self {
        let (absolute, relative): (Vec<&Path>, Vec<&Path>) =
            paths.iter().map(AsRef::as_ref).partition(|path| path.is_absolute());
        Self { folders: [common_folder(&absolute), common_folder(&relative)].into_iter().flatten().collect() }
    }

    /// Removes the common folders from a name, or from every name in a sentence, and replaces the owner of
    /// a home folder by `…`.
    pub(super) fn shorten(&self, text: &mut String) {
        for folder in &self.folders {
            let mut from = 0;
            while let Some(at) = text[from..].find(folder.as_str()).map(|at| from + at) {
                if starts_name(text, at) {
                    text.replace_range(at..at + folder.len(), "");
                    from = at;
                } else {
                    from = at + folder.len();
                }
            }
        }
        for home in ["home/", "Users/", "Users\\"] {
            let mut from = 0;
            while let Some(at) = text[from..].find(home).map(|at| from + at + home.len()) {
                let owner = text[at..].find(['/', '\\', ' ', '`', '"']).unwrap_or(text.len() - at);
                let start = at - home.len();
                let is_folder = starts_name(text, start) || text[..start].ends_with(['/', '\\', ':']);
                if is_folder && owner > 0 && at + owner < text.len() {
                    text.replace_range(at..at + owner, "…");
                }
                from = at;
            }
        }
    }

    /// Shortens the names in all texts of a report.
    pub(super) fn shorten_report(&self, report: &mut Report) {
        report.inputs.iter_mut().for_each(|input| {
            self.shorten(&mut input.source);
            input.duplicate_of.iter_mut().for_each(|source| self.shorten(source));
            input.fault.iter_mut().for_each(|fault| self.shorten(fault));
        });
        report.faults.iter_mut().for_each(|fault| {
            self.shorten(&mut fault.source);
            self.shorten(&mut fault.message);
        });
        report
            .incidents
            .iter_mut()
            .flat_map(|incident| &mut incident.sample)
            .for_each(|sample| self.shorten(&mut sample.source));
        let diagnosis = &mut report.diagnosis;
        self.shorten(&mut diagnosis.headline);
        diagnosis.statements.iter_mut().for_each(|statement| self.shorten(&mut statement.text));
        diagnosis.actions.iter_mut().for_each(|action| {
            self.shorten(&mut action.text);
            self.shorten(&mut action.because);
        });
    }

    /// The name of a path in the bundle.
    pub(super) fn name(&self, path: &Path) -> String {
        let mut name = sanitize_name(&path.to_string_lossy());
        self.shorten(&mut name);
        name
    }
}

/// True where the name of a file can start in a sentence.
fn starts_name(text: &str, at: usize) -> bool {
    at == 0 || text[..at].ends_with(['`', '"', '(', ' '])
}

/// The folder that all these paths are in, with its separator. `None` if it has no name.
fn common_folder(paths: &[&Path]) -> Option<String> {
    let mut folders = paths.iter().filter_map(|path| path.parent());
    let first = folders.next()?;
    let common = folders.fold(first.to_path_buf(), |common, folder| {
        let same = common.components().zip(folder.components()).take_while(|(a, b)| a == b);
        same.map(|(component, _)| component).collect()
    });
    let has_name = common.components().any(|component| matches!(component, Component::Normal(_)));
    has_name.then(|| common.to_string_lossy().into_owned() + MAIN_SEPARATOR_STR)
}

#[cfg(all(test, unix))]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn short(paths: &[&str], text: &str) -> String {
        let mut text = text.to_owned();
        PathShortener::new(&paths.iter().map(PathBuf::from).collect::<Vec<_>>()).shorten(&mut text);
        text
    }

    #[test]
    fn the_common_folder_is_removed() {
        assert_eq!(
            short(&["/home/ann/case-7/support.zip"], "/home/ann/case-7/support.zip!/a.log"),
            "support.zip!/a.log"
        );
        assert_eq!(short(&["/x/log"], "/x/log/atlassian-jira.log"), "log/atlassian-jira.log");
        let two = ["/x/node1/a.log", "/x/node2/a.log"];
        assert_eq!(short(&two, "see /x/node1/a.log and /x/node2/a.log"), "see node1/a.log and node2/a.log");
        assert_eq!(short(&["a.log"], "a.log"), "a.log");
        assert_eq!(short(&["ann/n1/a.log", "ann/n2/a.log", "/x/b.log"], "ann/n1/a.log (/x/b.log)"), "n1/a.log (b.log)");
        assert_eq!(short(&["log/a.log"], "see /opt/log/a.log, catalog/a.log"), "see /opt/log/a.log, catalog/a.log");
    }

    #[test]
    fn the_owner_of_a_home_folder_is_removed() {
        assert_eq!(short(&["/home/ann/a.log", "/srv/b.log"], "/home/ann/a.log"), "/home/…/a.log");
        assert_eq!(short(&["home"], "home/ann/a.log"), "home/…/a.log");
        assert_eq!(short(&["x"], "C:\\Users\\ann\\a.log"), "C:\\Users\\…\\a.log");
        assert_eq!(short(&["x"], "jira-home/log/a.log"), "jira-home/log/a.log");
    }
}
