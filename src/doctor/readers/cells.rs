//! The cells of a line: with a separator, or at the places that a line of dashes shows.

use super::{
    rows::{Table, normalized},
    statements::copied_cell,
};

/// Separator, columns and table of a head: a line of nothing but names, among them those of a table.
pub(super) fn head(line: &str) -> Option<(char, Vec<String>, Table)> {
    [',', '\t', ';', '|'].into_iter().find_map(|separator| {
        let names = cells(line, separator);
        let is_name = |name: &Option<String>| {
            name.as_ref().is_some_and(|name| {
                !name.is_empty()
                    && name.len() <= 64
                    && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            })
        };
        if names.len() < 2 || !names.iter().all(is_name) {
            return None;
        }
        let columns: Vec<String> = names.into_iter().flatten().map(|name| normalized(&name)).collect();
        let table = Table::of_columns(&columns)?;
        Some((separator, columns, table))
    })
}

/// The cells of a line.
pub(super) fn cells(line: &str, separator: char) -> Vec<Option<String>> {
    match separator {
        '|' => {
            let line = line.trim();
            let line = line.strip_prefix('|').map_or(line, |line| line.strip_suffix('|').unwrap_or(line));
            line.split('|').map(|cell| plain_cell(cell.trim().to_owned())).collect()
        }
        '\t' if !line.contains('"') => {
            line.split('\t').map(|cell| plain_cell(copied_cell(cell).unwrap_or_else(|| "NULL".to_owned()))).collect()
        }
        separator => {
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(u8::try_from(separator).unwrap_or(b','))
                .has_headers(false)
                .flexible(true)
                .from_reader(line.as_bytes());
            let record = reader.records().next().and_then(Result::ok);
            record.map(|record| record.iter().map(|cell| plain_cell(cell.to_owned())).collect()).unwrap_or_default()
        }
    }
}

/// A cell, or nothing for NULL.
pub(super) fn plain_cell(cell: String) -> Option<String> {
    (!["NULL", "\\N", "(null)", "[NULL]"].contains(&cell.trim())).then_some(cell)
}

/// `+----+----+`.
pub(super) fn is_box_border(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("+-") && line.ends_with('+') && line.bytes().all(|byte| b"+-".contains(&byte))
}

/// Start and end of each run of dashes in a line of nothing but dashes and separators; at least two.
pub(super) fn dashes(line: &str) -> Option<Vec<(usize, usize)>> {
    let line = line.trim_end();
    if !line.starts_with('-') && !line.starts_with(" -") || !line.bytes().all(|byte| b"-+ |".contains(&byte)) {
        return None;
    }
    let mut places = Vec::new();
    let mut start = None;
    for (at, c) in line.chars().chain([' ']).enumerate() {
        match (c, start) {
            ('-', None) => start = Some(at),
            ('-', Some(_)) | (_, None) => {}
            (_, Some(from)) => {
                places.push((from, at));
                start = None;
            }
        }
    }
    (places.len() >= 2).then_some(places)
}

/// The characters of a line from `start` to `end`.
pub(super) fn cut(line: &str, (start, end): (usize, usize)) -> String {
    line.chars().skip(start).take(end - start).collect::<String>().trim().to_owned()
}
