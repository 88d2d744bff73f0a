//! Which source file imports which: a small reader of Rust's paths.
//!
//! It reads paths that start with `crate`, `super` or `self`, in `use` and elsewhere. A path through a
//! module that re-exports the name is an import of the file that defines it. Not counted: comments,
//! strings, tests, and what a module imports from its own submodules.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs,
    path::Path,
};

/// Source files by their path below `src/`, with `/` as separator.
pub(crate) struct Sources {
    /// The code of each file, without comments, strings and tests.
    code: BTreeMap<String, String>,
}

impl Sources {
    pub(crate) fn read(src: &Path) -> Self {
        let mut files = BTreeMap::new();
        read_folder(src, "", &mut files);
        Self::new(files)
    }

    pub(crate) fn new(files: BTreeMap<String, String>) -> Self {
        let is_test = |name: &str| name.rsplit('/').next() == Some("tests.rs");
        let files = files.into_iter().filter(|(name, _)| !is_test(name));
        Self { code: files.map(|(name, text)| (name, without_tests(&code_of(&text)))).collect() }
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.code.keys().map(String::as_str)
    }

    pub(crate) fn files_with(&self, word: &str) -> impl Iterator<Item = &str> {
        self.code.iter().filter(move |(_, code)| code.contains(word)).map(|(name, _)| name.as_str())
    }

    /// All pairs of a file and a file that it imports from.
    pub(crate) fn imports(&self) -> BTreeSet<(String, String)> {
        let mut imports = BTreeSet::new();
        for (file, code) in &self.code {
            let module = module_of(file);
            for path in paths(code) {
                let Some(path) = absolute(&module, &path) else { continue };
                let Some(target) = self.resolve(file, &path, 0) else { continue };
                // A module contains its submodules.
                if target != *file && (module.is_empty() || !module_of(&target).starts_with(&module)) {
                    imports.insert((file.clone(), target));
                }
            }
        }
        imports
    }

    /// The file that defines the name at a path from the root of the crate.
    fn resolve(&self, importer: &str, path: &[String], depth: usize) -> Option<String> {
        let root = if importer.starts_with("cli/") || importer == "main.rs" { "main.rs" } else { "lib.rs" };
        let (mut module, mut file) = (Vec::new(), root.to_owned());
        for (i, name) in path.iter().enumerate() {
            module.push(name.clone());
            if let Some(next) = self.file_of(&module) {
                file = next;
                continue;
            }
            module.pop();
            // What the root re-exports is imported from the root: only layers above may do that.
            if file == root || depth > 8 {
                break;
            }
            let code = &self.code[&file];
            let reexport = reexports(code).into_iter().find(|(exported, _)| exported == name);
            if let Some((_, mut target)) = reexport {
                if !["crate", "super", "self"].contains(&target[0].as_str()) {
                    target.insert(0, "self".to_owned());
                }
                let mut target = absolute(&module, &target)?;
                target.extend_from_slice(&path[i + 1..]);
                return self.resolve(importer, &target, depth + 1);
            }
            break;
        }
        self.code.contains_key(&file).then_some(file)
    }

    fn file_of(&self, module: &[String]) -> Option<String> {
        let path = module.join("/");
        [format!("{path}.rs"), format!("{path}/mod.rs")].into_iter().find(|file| self.code.contains_key(file))
    }
}

/// The shortest chain of at least one import from a file to another, both included.
pub(crate) fn path_of(imports: &BTreeSet<(String, String)>, from: &str, to: &str) -> Option<Vec<String>> {
    let (mut before, mut queue) = (BTreeMap::<&str, &str>::new(), VecDeque::from([from]));
    while let Some(file) = queue.pop_front() {
        for (_, next) in imports.iter().filter(|(importer, _)| importer == file) {
            if before.contains_key(next.as_str()) {
                continue;
            }
            before.insert(next, file);
            if next == to {
                let mut path = vec![to.to_owned()];
                let mut file = before[to];
                while file != from {
                    path.push(file.to_owned());
                    file = before[file];
                }
                path.push(from.to_owned());
                path.reverse();
                return Some(path);
            }
            queue.push_back(next);
        }
    }
    None
}

fn read_folder(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a folder of the sources").flatten() {
        let (path, name) = (entry.path(), format!("{prefix}{}", entry.file_name().to_string_lossy()));
        if path.is_dir() {
            read_folder(&path, &format!("{name}/"), files);
        } else if name.ends_with(".rs") {
            files.insert(name, fs::read_to_string(&path).expect("a source file"));
        }
    }
}

/// The path of a file's module.
fn module_of(file: &str) -> Vec<String> {
    let path = file.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    match path {
        "lib" | "main" => Vec::new(),
        path => path.split('/').map(str::to_owned).collect(),
    }
}

/// A path from the root of the crate, for one that is relative to a module.
fn absolute(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let mut names = path.iter().peekable();
    let mut base = match names.next()?.as_str() {
        "crate" => Vec::new(),
        "self" => module.to_vec(),
        "super" => module.get(..module.len().checked_sub(1)?)?.to_vec(),
        _ => return None,
    };
    while names.peek().is_some_and(|name| *name == "super") {
        names.next();
        base.pop()?;
    }
    base.extend(names.filter(|name| *name != "self" && *name != "*").cloned());
    Some(base)
}

/// A text without its comments, and with empty strings.
fn code_of(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let raw = rest.strip_prefix('r').map(|raw| raw.len() - raw.trim_start_matches('#').len());
        let in_word = out.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) =
            raw.filter(|hashes| rest[1 + hashes..].starts_with('"') && (!in_word || out.ends_with('b')))
        {
            let end = format!("\"{}", "#".repeat(hashes));
            let start = 2 + hashes;
            rest[start..].find(&end).map_or(rest.len(), |at| start + at + end.len())
        } else if c == '"' {
            quoted_length(rest, '"')
        } else if c == '\'' && is_char_literal(rest) {
            quoted_length(rest, '\'')
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        out.push(' ');
        rest = &rest[length..];
    }
    out
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A character, not a lifetime.
fn is_char_literal(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    match chars.next() {
        Some('\\') => true,
        Some(_) => chars.next() == Some('\''),
        None => false,
    }
}

/// Code without the items that are compiled for tests only.
fn without_tests(code: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(code.len()), code);
    while let Some((before, item)) = split_at_test(rest) {
        out.push_str(before);
        let mut depth = 0_usize;
        let end = item.char_indices().find(|(_, c)| {
            depth = match c {
                '{' | '(' | '[' => depth + 1,
                '}' | ')' | ']' => depth.saturating_sub(1),
                _ => depth,
            };
            depth == 0 && matches!(c, ';' | '}')
        });
        rest = end.map_or("", |(at, c)| &item[at + c.len_utf8()..]);
    }
    out.push_str(rest);
    out
}

fn split_at_test(code: &str) -> Option<(&str, &str)> {
    let marks = ["#[cfg(test)]", "#[cfg(all(test"];
    let (at, mark) = marks.iter().filter_map(|mark| Some((code.find(mark)?, mark))).min()?;
    let item = &code[at + mark.len()..];
    // The rest of the attribute.
    let item = if mark.ends_with(']') { item } else { item.split_once(']').map_or("", |(_, item)| item) };
    Some((&code[..at], item))
}

/// All paths that start with `crate`, `super` or `self`, with those in braces written out.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].trim_end();
            let continues = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') || before.ends_with("::");
            if !continues {
                expand(&code[at..], &mut Vec::new(), &mut |path, _| found.push(path.to_vec()));
            }
        }
    }
    found
}

/// The names that a module re-exports, each with its path.
fn reexports(code: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let visibility = code[..at].trim_end();
        if visibility.ends_with("pub") || visibility.ends_with(')') {
            expand(&code[at + "use ".len()..], &mut Vec::new(), &mut |path, name| {
                found.push((name.to_owned(), path.to_vec()));
            });
        }
    }
    found
}

/// Reads a path or a tree of paths, and passes on each path and the name that it gets. Returns how many
/// bytes were read.
fn expand(text: &str, prefix: &mut Vec<String>, found: &mut dyn FnMut(&[String], &str)) -> usize {
    let (mut at, depth) = (0, prefix.len());
    let skip_spaces = |at: usize| at + text[at..].len() - text[at..].trim_start().len();
    loop {
        at = skip_spaces(at);
        if text[at..].starts_with('{') {
            at += 1;
            loop {
                at = skip_spaces(at);
                match text[at..].chars().next() {
                    Some('}') | None => break,
                    Some(',') => at += 1,
                    Some(_) => {
                        let read = expand(&text[at..], prefix, found);
                        // An empty part is no path: give up.
                        at += if read == 0 { text.len() - at } else { read };
                    }
                }
            }
            prefix.truncate(depth);
            return (at + 1).min(text.len());
        }
        let name: String = text[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '*').collect();
        at += name.len();
        if !name.is_empty() {
            prefix.push(name.clone());
        }
        if text[at..].starts_with("::") && !text[at + 2..].starts_with('<') {
            at += 2;
            continue;
        }
        let renamed = text[at..].trim_start().strip_prefix("as ").map(|rest| {
            let alias: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            at = text.len() - rest.len() + alias.len();
            alias
        });
        let own =
            if name == "self" { prefix.get(prefix.len().wrapping_sub(2)).cloned().unwrap_or_default() } else { name };
        if prefix.len() > depth {
            found(prefix, renamed.as_ref().unwrap_or(&own));
        }
        prefix.truncate(depth);
        return at;
    }
}
