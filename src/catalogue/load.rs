//! Loads a catalogue from files: completely, or not at all.

use std::{
    collections::{BTreeSet, HashMap},
    fmt, fs,
    path::Path,
};

use super::{
    codes::{CodeTable, check_table},
    fault::CatalogueFault,
    pattern::{Pattern, Status},
    toml_format, validate,
};

/// All entries; immutable after loading.
#[derive(Debug, Clone)]
pub struct Catalogue {
    patterns: Vec<Pattern>,
    /// Removed entries: their ids refer to another entry.
    removed: Vec<Pattern>,
    by_id: HashMap<String, usize>,
    codes: CodeTable<'static>,
    replaced: Vec<String>,
    added: BTreeSet<String>,
    /// The checks of the doctor that entries may refer to; any, if there are none.
    checks: &'static [&'static str],
}

/// Why a catalogue was rejected: all its faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueErrors(pub Vec<CatalogueFault>);

impl CatalogueErrors {
    /// How many faults there are, and each on a separate line.
    #[must_use]
    pub fn list(&self) -> String {
        let n = self.0.len();
        let faults: Vec<String> = self.0.iter().map(|fault| format!("\n  {fault}")).collect();
        format!("the catalogue has {n} fault{}:{}", if n == 1 { "" } else { "s" }, faults.concat())
    }
}

impl fmt::Display for CatalogueErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nnothing was scanned", self.list())
    }
}

impl std::error::Error for CatalogueErrors {}

impl Catalogue {
    pub(crate) fn of(patterns: Vec<Pattern>, codes: CodeTable<'static>) -> Self {
        let (removed, patterns): (Vec<_>, Vec<_>) =
            patterns.into_iter().partition(|pattern| pattern.status == Status::Removed);
        let by_id = patterns.iter().enumerate().map(|(i, pattern)| (pattern.id.clone(), i)).collect();
        Self { patterns, removed, by_id, codes, replaced: Vec::new(), added: BTreeSet::new(), checks: &[] }
    }

    /// The same catalogue, to which only entries that refer to these checks of the doctor can be added.
    pub(super) fn with_checks(self, checks: &'static [&'static str]) -> Self {
        Self { checks, ..self }
    }

    /// A catalogue of only these files (name and text), without a table of codes.
    ///
    /// # Errors
    /// All faults of all files.
    pub fn from_texts(files: &[(String, String)]) -> Result<Self, CatalogueErrors> {
        let entries = read_all(files, &[])?;
        Ok(Self::of(entries.into_iter().map(|(_, pattern)| pattern).collect(), CodeTable::new("")))
    }

    /// Adds the entries of all `*.toml` files in a folder. An entry replaces an existing one with the same id;
    /// see [`Catalogue::replaced`].
    ///
    /// # Errors
    /// All faults of all files, or one fault when the folder cannot be read. The catalogue is then unchanged.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), CatalogueErrors> {
        let files = read_folder(folder)?;
        let entries = read_all(&files, &self.known())?;
        let unknown: Vec<CatalogueFault> = entries.iter().flat_map(|entry| self.unknown_checks(entry)).collect();
        if !unknown.is_empty() {
            return Err(CatalogueErrors(unknown));
        }
        for (_, mut pattern) in entries {
            if pattern.status == Status::Removed && !self.by_id.contains_key(&pattern.id) {
                self.removed.push(pattern);
                continue;
            }
            for from in pattern.follows.iter_mut().flat_map(|follows| &mut follows.from) {
                if let Some(successor) = self.successor(from) {
                    *from = successor.to_owned();
                }
            }
            self.added.insert(pattern.id.clone());
            if let Some(&at) = self.by_id.get(&pattern.id) {
                self.replaced.push(pattern.id.clone());
                self.patterns[at] = pattern;
            } else {
                self.by_id.insert(pattern.id.clone(), self.patterns.len());
                self.patterns.push(pattern);
            }
        }
        Ok(())
    }

    /// A fault for each check of the doctor that an entry refers to and that does not exist.
    fn unknown_checks(&self, (file, pattern): &(String, Pattern)) -> Vec<CatalogueFault> {
        let unknown = pattern.doctor.iter().filter(|id| !self.checks.is_empty() && !self.checks.contains(&id.as_str()));
        let fault = |id: &String| {
            let problem = format!("`oauthsift doctor` has no check `{id}`");
            let meant = validate::nearest(id, self.checks).map(|near| format!("Did you mean `{near}`? "));
            let help = meant.unwrap_or_default() + "`oauthsift doctor --list` prints all checks.";
            CatalogueFault::of_key(file, &pattern.id, "doctor", problem, &help)
        };
        unknown.map(fault).collect()
    }

    /// All entries, removed ones too: what a folder may refer to.
    fn known(&self) -> Vec<Pattern> {
        self.patterns.iter().chain(&self.removed).cloned().collect()
    }

    /// The id of the entry that replaced a removed one.
    #[must_use]
    pub fn successor(&self, id: &str) -> Option<&str> {
        self.removed.iter().find(|pattern| pattern.id == id)?.replaced_by.as_deref()
    }

    /// All entries that are in use.
    #[must_use]
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// The entry of that id; for a removed id, the entry that replaced it.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Pattern> {
        let id = if self.by_id.contains_key(id) { id } else { self.successor(id)? };
        self.by_id.get(id).map(|at| &self.patterns[*at])
    }

    /// The table of AADSTS numbers.
    #[must_use]
    pub fn codes(&self) -> CodeTable<'static> {
        self.codes
    }

    /// True when an entry or the table of codes explains this AADSTS number.
    pub(crate) fn explains(&self, code: u32) -> bool {
        self.codes.get(code).is_some() || self.patterns.iter().any(|pattern| pattern.rule.aadsts.contains(&code))
    }

    /// True for an entry that came from a user's folder.
    #[must_use]
    pub fn is_users(&self, id: &str) -> bool {
        self.added.contains(id)
    }

    /// Built-in ids that a user's folder replaced.
    #[must_use]
    pub fn replaced(&self) -> &[String] {
        &self.replaced
    }

    /// Up to three ids that are similar to a name that does not exist.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Vec<&str> {
        let name = name.to_lowercase();
        let mut near: Vec<(usize, &str)> = self
            .patterns
            .iter()
            .map(|pattern| {
                let words = name.split('-').filter(|word| word.len() > 2 && pattern.id.contains(word)).count();
                (strsim::levenshtein(&name, &pattern.id).saturating_sub(words), pattern.id.as_str())
            })
            .filter(|(distance, id)| *distance <= 2 + id.len() / 2)
            .collect();
        near.sort_unstable();
        near.into_iter().take(3).map(|(_, id)| id).collect()
    }
}

/// Name and text of all `*.toml` files in a folder, sorted by name. Tables of codes in its subfolder `codes/` are
/// checked.
///
/// # Errors
/// One fault when the folder cannot be read or contains no such file, otherwise the faults of its files.
pub(crate) fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, CatalogueErrors> {
    let name = folder.display().to_string();
    let reject = |problem: String, help: &str| CatalogueErrors(vec![CatalogueFault::of_file(&name, problem, help)]);
    let entries = fs::read_dir(folder).map_err(|error| {
        reject(format!("cannot be read as a folder: {error}"), "Use a folder that contains *.toml files.")
    })?;
    let mut paths: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    if paths.is_empty() {
        return Err(reject("contains no *.toml file".to_owned(), "Add family files; see docs/pattern-format.md."));
    }
    let mut files = Vec::new();
    let mut faults = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        match fs::read_to_string(&path) {
            Ok(text) => files.push((name, text)),
            Err(error) => faults.push(CatalogueFault::of_file(
                &name,
                format!("cannot be read: {error}"),
                "Make it a readable UTF-8 text file.",
            )),
        }
    }
    faults.extend(table_faults(&folder.join("codes")));
    if faults.is_empty() { Ok(files) } else { Err(CatalogueErrors(faults)) }
}

/// The faults of the tables of codes in `folder`, which need not exist.
fn table_faults(folder: &Path) -> Vec<CatalogueFault> {
    let tables = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut tables: Vec<_> =
        tables.filter(|path| path.extension().is_some_and(|extension| extension == "tsv")).collect();
    tables.sort();
    let fault = |path: &Path, problem: String| {
        let help = "See patterns/codes/README.md for the columns.";
        CatalogueFault::of_file(&path.display().to_string(), problem, help)
    };
    let faults = tables.iter().flat_map(|path| match fs::read_to_string(path) {
        Ok(text) => check_table(&text).into_iter().map(|problem| fault(path, problem)).collect(),
        Err(error) => vec![fault(path, format!("cannot be read: {error}"))],
    });
    faults.collect()
}

/// Reads and validates files; each entry is returned with the name of its file.
pub(crate) fn read_all(
    files: &[(String, String)],
    known: &[Pattern],
) -> Result<Vec<(String, Pattern)>, CatalogueErrors> {
    let mut faults = Vec::new();
    let mut entries = Vec::new();
    for (name, text) in files {
        entries.extend(toml_format::read(name, text, &mut faults).into_iter().map(|pattern| (name.clone(), pattern)));
    }
    faults.extend(validate::check(&entries, known));
    if faults.is_empty() { Ok(entries) } else { Err(CatalogueErrors(faults)) }
}

/// The ids that the files of a folder define, in their order.
///
/// # Errors
/// The same as [`Catalogue::add_folder`].
pub fn ids_of_folder(folder: &Path, catalogue: &Catalogue) -> Result<Vec<String>, CatalogueErrors> {
    let entries = entries_of_folder(folder, catalogue)?;
    Ok(entries.into_iter().map(|(_, pattern)| pattern.id).collect())
}

/// The entries of the files of a folder, in their order, each with its file.
///
/// # Errors
/// As [`Catalogue::add_folder`].
pub fn entries_of_folder(folder: &Path, catalogue: &Catalogue) -> Result<Vec<(String, Pattern)>, CatalogueErrors> {
    read_all(&read_folder(folder)?, &catalogue.known())
}
