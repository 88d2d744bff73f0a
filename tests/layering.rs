//! Which module may import which, and where certain crates and functions may be used. See ARCHITECTURE.md.
//!
//! Tests within `src/` are not checked. An exemption that is not needed fails.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

#[path = "support/imports.rs"]
mod imports;

use imports::{Sources, path_of};

/// Layers from the bottom up. A module imports only from layers below its own, never from its neighbours.
const LAYERS: [&[&str]; 8] = [
    &["model", "search"],
    &["record", "extract", "catalogue"],
    &["engine", "source", "report"],
    &["pipeline", "selftest", "fuzzing"],
    &["doctor"],
    &["render"],
    &["lib"],
    &["cli"],
];

/// Imports that are allowed although the layers forbid them, each with its reason.
const LAYER_EXEMPTIONS: [(&str, &str); 0] = [];

/// All that a module may import from the layers below, where that is less than everything.
const ONLY: [(&str, &[&str]); 1] = [
    // Sources know where a record starts, and nothing else about records.
    ("source", &["model", "record/start", "search"]),
];

/// Words that may be used only in these places.
const PLACES: &[(&str, &[&str])] = &[
    ("clap", &["cli/"]),
    ("anyhow", &["cli/"]),
    ("tempfile", &["cli/", "source/tail/state_file.rs"]),
    ("comfy_table", &["render/explain/"]),
    ("textwrap", &["render/style.rs", "render/table/"]),
    ("askama", &["render/page/"]),
    ("thread::spawn", &["doctor/probes/net.rs", "pipeline/"]),
    ("thread::scope", &["doctor/probes/", "pipeline/"]),
    ("TcpStream", &["doctor/probes/"]),
    ("fs::", &["cli/", "source/", "catalogue/load.rs"]),
    ("env::", &["cli/", "main.rs", "pipeline/", "source/tail/"]),
    ("unsafe ", &["source/mmap.rs"]),
    ("println!", &["main.rs"]),
];

fn sources() -> Sources {
    Sources::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

/// The module of the first level that a file belongs to.
fn top(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap_or(file)
}

fn layer(file: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&top(file)))
}

#[test]
fn modules_import_only_from_layers_below() {
    let (mut broken, mut used) = (Vec::new(), BTreeSet::new());
    for (from, to) in sources().imports() {
        let (Some(own), Some(other)) = (layer(&from), layer(&to)) else { continue };
        if top(&from) == top(&to) || other < own {
            continue;
        }
        let exemption = (top(&from), top(&to));
        match LAYER_EXEMPTIONS.iter().find(|known| **known == exemption) {
            Some(known) => drop(used.insert(*known)),
            None => broken.push(format!("{from} imports {to}")),
        }
    }
    broken.extend(
        LAYER_EXEMPTIONS
            .iter()
            .filter(|known| !used.contains(*known))
            .map(|known| format!("the exemption {known:?} is not needed")),
    );
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn some_modules_import_even_less() {
    let imports = sources().imports();
    let mut broken = Vec::new();
    for (module, allowed) in ONLY {
        let outside: Vec<_> = imports.iter().filter(|(from, to)| top(from) == module && top(to) != module).collect();
        let is_in = |to: &str, place: &str| to.starts_with(place);
        for (from, to) in &outside {
            if !allowed.iter().any(|place| is_in(to, place)) {
                broken.push(format!("{from} imports {to}; {module} may import {allowed:?}"));
            }
        }
        for place in allowed {
            if !outside.iter().any(|(_, to)| is_in(to, place)) {
                broken.push(format!("{module} does not import {place}: the exemption is not needed"));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn files_do_not_import_each_other_in_circles() {
    let imports = sources().imports();
    let broken: Vec<String> = imports
        .iter()
        .filter_map(|(from, to)| Some((from, path_of(&imports, to, from)?)))
        .map(|(from, path)| format!("{from} -> {}", path.join(" -> ")))
        .collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn crates_and_functions_are_used_only_where_they_belong() {
    let sources = sources();
    let mut broken = Vec::new();
    for (word, places) in PLACES {
        let users: Vec<&str> = sources.files_with(word).collect();
        let outside = users.iter().filter(|file| !places.iter().any(|place| file.starts_with(place)));
        broken.extend(outside.map(|file| format!("{file}: `{word}` belongs to {places:?}")));
        let unused = places.iter().filter(|place| !users.iter().any(|file| file.starts_with(*place)));
        broken.extend(unused.map(|place| format!("`{word}` is not used in {place}: the exemption is not needed")));
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn imports_are_found_and_resolved() {
    let files = [
        ("lib.rs", "mod a; mod b;\npub use a::{One, deep::Two as Second};"),
        ("a/mod.rs", "pub mod deep;\npub(crate) use deep::Three;\npub struct One;\nuse super::b;"),
        (
            "a/deep.rs",
            "//! [`crate::b::Doc`]\nuse super::One;\npub struct Two; pub struct Three; const S: &str = \"crate::b\";",
        ),
        (
            "b.rs",
            "use crate::{a::{self, Three}, Second};\n#[cfg(test)]\nmod tests { use crate::c::Test; }\nfn f() -> char { let _: &'static crate::a::One; '\"' }",
        ),
        ("c.rs", "fn f() { self::g(); crate::b::f(); super::Second; }"),
    ];
    let files = files.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned()));
    let imports = Sources::new(files.collect::<BTreeMap<_, _>>()).imports();
    let expected = [
        ("a/deep.rs", "a/mod.rs"),
        ("a/mod.rs", "b.rs"),
        ("b.rs", "a/deep.rs"),
        ("b.rs", "a/mod.rs"),
        ("b.rs", "lib.rs"),
        ("c.rs", "b.rs"),
        ("c.rs", "lib.rs"),
    ];
    let expected: BTreeSet<_> = expected.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
    assert_eq!(imports, expected);
    assert_eq!(path_of(&imports, "b.rs", "b.rs").map(|path| path.join(" ")), Some("b.rs a/mod.rs b.rs".to_owned()));
}

#[test]
fn every_file_belongs_to_a_layer() {
    let unknown: Vec<String> =
        sources().files().filter(|file| layer(file).is_none() && *file != "main.rs").map(str::to_owned).collect();
    assert_eq!(unknown, Vec::<String>::new());
}
