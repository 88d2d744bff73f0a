//! The floors of the house: who may import whom. See ARCHITECTURE.md.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Floors from the ground up; a room imports only from floors below, never from its neighbours.
const FLOORS: [&[&str]; 5] = [
    &["model", "search"],
    &["record", "extract", "catalogue"],
    &["engine", "source", "report"],
    &["pipeline", "selftest"],
    &["lib"],
];

/// Neighbours and shortcuts that are allowed all the same, each for a reason.
const DOORS: [(&str, &str); 3] = [
    // A mail address and a header's logger mean the same to both.
    ("record", "model"),
    // The self-test stands above everything that it tests.
    ("selftest", "pipeline"),
    // The only question that sources ask of records: where does one start?
    ("source", "record"),
];

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// Room of a file: the first part of its path under `src/`.
fn room(path: &Path, src: &Path) -> String {
    let inside = path.strip_prefix(src).expect("under src/");
    let first = inside.iter().next().expect("a name").to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&room))
}

/// Rooms named behind `crate::`, also within braces.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                let end = list.find(|c| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    depth < 0
                });
                let mut depth = 0;
                list[..end.unwrap_or(list.len())]
                    .split(|c| {
                        depth += i32::from(c == '{') - i32::from(c == '}');
                        c == ',' && depth == 0
                    })
                    .collect()
            }
            None => vec![rest],
        };
        found.extend(names.iter().map(|name| {
            name.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>()
        }));
    }
    found
}

#[test]
fn rooms_import_only_from_floors_below() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut all, mut broken) = (Vec::new(), Vec::new());
    files(&src, &mut all);
    for path in all {
        if path.file_name().is_some_and(|name| name == "tests.rs") {
            // Tests may do what the house may not.
            continue;
        }
        let from = room(&path, &src);
        let Some(mine) = floor(&from) else { continue };
        for to in imports(&fs::read_to_string(&path).expect("a source file")) {
            let Some(theirs) = floor(&to) else { continue };
            let door = DOORS.contains(&(from.as_str(), to.as_str()));
            if to != from && theirs >= mine && !door {
                broken.push(format!("{}: {from} imports {to}", path.display()));
            }
            if from == "source" && theirs == 1 && to != "record" {
                broken.push(format!(
                    "{}: source knows nothing but where a record starts, yet imports {to}",
                    path.display()
                ));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn what_belongs_to_one_room_stays_there() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut all, mut broken) = (Vec::new(), Vec::new());
    files(&src, &mut all);
    for path in all {
        let text = fs::read_to_string(&path).expect("a source file");
        // Tests may do what the house may not.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let room = room(&path, &src);
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let cli = room == "cli" || room == "main";
        let mut only = |word: &str, allowed: bool| {
            if text.contains(word) && !allowed {
                broken.push(format!("{}: `{word}`", path.display()));
            }
        };
        only("clap", cli);
        only("comfy_table", cli);
        only("anyhow", cli);
        only("thread::spawn", room == "pipeline");
        only("thread::scope", room == "pipeline");
        only("fs::", cli || room == "source" || (room == "catalogue" && name == "load.rs"));
        only("unsafe ", room == "source" && name == "map.rs");
        only("println!", cli || room == "main");
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}
