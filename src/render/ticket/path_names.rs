//! Names of logs without their folders: a path may hold the name of a person or of a case.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashSet},
    path::{Component, MAIN_SEPARATOR_STR, Path},
};

use crate::{extract::redact::Detector, model::sanitize_name, report::Report};

/// Removes common folders, and the owners of home folders, from the names of logs, and replaces names of files that
/// hold a secret or a person.
#[derive(Debug)]
pub(super) struct PathShortener {
    /// The folders that all absolute and all relative paths have in common, each with its separator.
    folders: Vec<String>,
    detector: Detector,
    /// What is shown in place of parts of paths, in the order of their first appearance; nothing for those that are shown.
    parts: RefCell<BTreeMap<String, Option<String>>>,
}

impl PathShortener {
    /// For the paths as given by the user.
    pub(super) fn new(paths: &[impl AsRef<Path>]) -> Self {
        let (absolute, relative): (Vec<&Path>, Vec<&Path>) =
            paths.iter().map(AsRef::as_ref).partition(|path| path.is_absolute());
        Self {
            folders: [common_folder(&absolute), common_folder(&relative)].into_iter().flatten().collect(),
            detector: Detector::new(&HashSet::new()),
            parts: RefCell::default(),
        }
    }

    /// Shortens the name of a log. A file or folder whose name redaction would change is `log-1.log`.
    pub(super) fn shorten_name(&self, name: &mut String) {
        self.shorten(name);
        let shown: Vec<String> = name.split('/').map(|part| self.shown(part)).collect();
        *name = shown.join("/");
    }

    /// A part of a path, as it is shown.
    fn shown(&self, part: &str) -> String {
        let (part, entry) = part.strip_suffix('!').map_or((part, ""), |archive| (archive, "!"));
        let mut parts = self.parts.borrow_mut();
        if !parts.contains_key(part) {
            // As others write it, an underscore is part of a name.
            let words = part.replace('_', " ");
            // Without the kind of file, which would be read as a part of its last word.
            let stem = words.trim_end_matches(".gz").trim_end_matches(".zip").trim_end_matches(".log");
            let stem = stem.trim_end_matches(".txt");
            let hidden = [part, &words].iter().any(|name| !self.detector.detect(name.as_bytes()).is_empty())
                || has_full_name(&words)
                || self.is_telling(stem);
            let alias = hidden.then(|| {
                let number = parts.values().flatten().count() + 1;
                let kind = part.rsplit_once('.').map_or("", |(_, kind)| kind);
                let plain = (1..=4).contains(&kind.len()) && kind.bytes().all(|byte| byte.is_ascii_lowercase());
                if plain { format!("log-{number}.{kind}") } else { format!("log-{number}") }
            });
            parts.insert(part.to_owned(), alias);
        }
        let shown = parts.get(part).and_then(Option::as_deref).unwrap_or(part);
        format!("{shown}{entry}")
    }

    /// `client secret x`, `jira-203.0.113.88`: more than the random name of a machine, and an address after a dash, which
    /// may be a part of a name elsewhere.
    fn is_telling(&self, stem: &str) -> bool {
        let found = self.detector.detect(stem.as_bytes());
        let address = self.detector.detect(stem.replace('-', " ").as_bytes());
        found.iter().any(|found| stem.contains(' ') || !found.kind.starts_with("unknown"))
            || address.iter().any(|found| found.kind == "client address")
    }

    /// Shortens the names in a sentence.
    fn shorten_sentence(&self, text: &mut String) {
        self.shorten(text);
        for (part, alias) in self.parts.borrow().iter() {
            if let Some(alias) = alias
                && text.contains(part.as_str())
            {
                *text = text.replace(part.as_str(), alias);
            }
        }
    }

    /// Removes the common folders from a name, or from every name in a sentence, and replaces the owner of
    /// a home folder by `…`.
    fn shorten(&self, text: &mut String) {
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
            self.shorten_name(&mut input.source);
            input.duplicate_of.iter_mut().for_each(|source| self.shorten_name(source));
        });
        report.faults.iter_mut().for_each(|fault| self.shorten_name(&mut fault.source));
        report
            .incidents
            .iter_mut()
            .flat_map(|incident| &mut incident.sample)
            .for_each(|sample| self.shorten_name(&mut sample.source));
        report.inputs.iter_mut().flat_map(|input| &mut input.fault).for_each(|fault| self.shorten_sentence(fault));
        report.faults.iter_mut().for_each(|fault| self.shorten_sentence(&mut fault.message));
        let diagnosis = &mut report.diagnosis;
        self.shorten_sentence(&mut diagnosis.headline);
        diagnosis.statements.iter_mut().for_each(|statement| self.shorten_sentence(&mut statement.text));
        diagnosis.actions.iter_mut().for_each(|action| {
            self.shorten_sentence(&mut action.text);
            self.shorten_sentence(&mut action.because);
        });
    }

    /// The name of a path in the bundle.
    pub(super) fn name(&self, path: &Path) -> String {
        let mut name = sanitize_name(&path.to_string_lossy());
        self.shorten_name(&mut name);
        name
    }
}

/// Two capitalised words side by side, as people's names are written.
fn has_full_name(words: &str) -> bool {
    let capitalised = |word: &str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.clone().count() > 1 && letters.all(char::is_lowercase)
    };
    let mut before = false;
    words.split([' ', '.', '-']).any(|word| {
        let both = before && capitalised(word);
        before = capitalised(word);
        both
    })
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
    fn a_file_whose_name_holds_a_secret_or_a_person_is_a_number() {
        let paths = PathShortener::new(&[PathBuf::from("x")]);
        let name = |name: &str| {
            let mut name = name.to_owned();
            paths.shorten_name(&mut name);
            name
        };
        assert_eq!(name("node1/password=Regen74.log"), "node1/log-1.log");
        assert_eq!(
            name("gerda.lenz@contoso.example.zip!/jira/atlassian-jira.log.3"),
            "log-2.zip!/jira/atlassian-jira.log.3"
        );
        assert_eq!(name("b/password=Regen74.log"), "b/log-1.log");
        assert_eq!(name("log of Gerda Lenz.log"), "log-3.log");
        assert_eq!(name("jira-203.0.113.88.log"), "log-4.log");
        assert_eq!(name("client_secret_Ginster7.log.gz"), "log-5.gz");
        let mut text = "`password=Regen74.log` cannot be read".to_owned();
        paths.shorten_sentence(&mut text);
        assert_eq!(text, "`log-1.log` cannot be read");
        for shown in [
            "atlassian-jira.log",
            "atlassian-jira-security.log.10",
            "20260105-203401-atlassian-jira.log",
            "catalina.out",
            "jira-10.3.2.1.log",
        ] {
            assert_eq!(name(shown), shown);
        }
    }

    #[test]
    fn the_owner_of_a_home_folder_is_removed() {
        assert_eq!(short(&["/home/ann/a.log", "/srv/b.log"], "/home/ann/a.log"), "/home/…/a.log");
        assert_eq!(short(&["home"], "home/ann/a.log"), "home/…/a.log");
        assert_eq!(short(&["x"], "C:\\Users\\ann\\a.log"), "C:\\Users\\…\\a.log");
        assert_eq!(short(&["x"], "jira-home/log/a.log"), "jira-home/log/a.log");
    }
}
