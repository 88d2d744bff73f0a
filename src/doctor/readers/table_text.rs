//! The output of database clients as text: psql (aligned, expanded, unaligned), CSV, TSV, MySQL (box, vertical, batch),
//! SQL Server, and dumps. Recognised line by line, so several outputs may follow each other in one file.

use std::{
    collections::HashMap,
    io::{BufRead, Read},
};

use super::{
    cells::{cells, cut, dashes, head, is_box_border, plain_cell},
    collector::{MAX_TEXT_BYTES, Problem, SettingsReader},
    rows::{Row, Table, normalized},
    statements::{column_list, copied_cell, defined_column, defined_columns, is_complete, table_name, value_lists},
};

/// Lines are cut off here: longer ones are statements of tables that are not read.
const MAX_LINE_BYTES: u64 = MAX_TEXT_BYTES;

/// A row with more lines is none.
const MAX_CELL_LINES: usize = 60;

/// What the next lines are.
#[derive(Debug)]
enum State {
    /// Nothing known.
    Free,
    /// Rows with a separator.
    Separated { separator: char, columns: Vec<String>, table: Table },
    /// Rows at the columns of a line of dashes: start and end of each, in characters.
    Aligned { places: Vec<(usize, usize)>, columns: Vec<String>, table: Option<Table>, is_psql: bool },
    /// Lines `name | value` of psql, or `name: value` of MySQL.
    Vertical { separator: char },
    /// Rows of `COPY`.
    Copy { columns: Vec<String>, table: Option<Table> },
    /// The columns of a `CREATE TABLE`.
    Create { name: String, columns: Vec<String> },
    /// An unfinished `INSERT`.
    Insert(String),
}

/// A row that may not be complete yet.
#[derive(Debug)]
struct HeldRow {
    table: Table,
    columns: Vec<String>,
    cells: Vec<Option<String>>,
    format: &'static str,
}

/// Reads text with rows.
pub(super) struct TableText<'r> {
    reader: &'r mut SettingsReader,
    state: State,
    /// Columns of tables, from `CREATE TABLE`.
    created: HashMap<String, Vec<String>>,
    /// The last line, which may be a head.
    previous: String,
    /// A row that is still being read: vertical, or with cells of several lines.
    pending: Vec<(String, String)>,
    pending_table: Option<Table>,
    /// The last row with separators but without quotes: its last cell may go on in the next line.
    held: Option<HeldRow>,
    format: Option<&'static str>,
}

impl<'r> TableText<'r> {
    pub(super) fn new(reader: &'r mut SettingsReader) -> Self {
        Self {
            reader,
            state: State::Free,
            created: HashMap::new(),
            previous: String::new(),
            pending: Vec::new(),
            pending_table: None,
            held: None,
            format: None,
        }
    }

    /// Reads to the end. Gives back the name of the format that was recognised, if any.
    pub(super) fn read(mut self, mut input: impl BufRead) -> Result<Option<&'static str>, Problem> {
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            if input.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes)? == 0 {
                break;
            }
            let is_cut = bytes.last() != Some(&b'\n') && bytes.len() as u64 == MAX_LINE_BYTES;
            let line = String::from_utf8_lossy(&bytes);
            let line = line.trim_end_matches(['\n', '\r']);
            self.line(line);
            self.previous.clear();
            if !is_cut {
                self.previous.push_str(line);
            }
        }
        self.end_row();
        self.release();
        Ok(self.format)
    }

    fn line(&mut self, line: &str) {
        // JVM arguments may be anywhere: `setenv.sh`, a line of a log, the output of ps.
        if line.contains("-D")
            && (line.contains("roxy") || line.contains("trustStore") || line.contains("-Datlassian."))
        {
            self.reader.settings.jira.java.read(line, &mut self.reader.secrets);
            self.format.get_or_insert("JVM arguments");
        }
        if self.within(line) {
            return;
        }
        self.release();
        self.begin(line);
    }

    /// Reads a line that continues what was begun. False when it does not.
    fn within(&mut self, line: &str) -> bool {
        match std::mem::replace(&mut self.state, State::Free) {
            State::Free => false,
            State::Copy { columns, table } => {
                if line == "\\." {
                    return true;
                }
                if let Some(table) = table {
                    let cells: Vec<Option<String>> = line.split('\t').map(copied_cell).collect();
                    self.row(table, &columns, &cells, "pg_dump");
                }
                self.state = State::Copy { columns, table };
                true
            }
            State::Create { name, mut columns } => {
                if line.trim_start().starts_with(')') {
                    self.created.insert(name, columns);
                } else {
                    columns.extend(defined_column(line));
                    self.state = State::Create { name, columns };
                }
                true
            }
            State::Insert(mut text) => {
                text.push('\n');
                text.push_str(line);
                self.insert(text);
                true
            }
            State::Vertical { separator } => self.vertical(line, separator),
            State::Aligned { places, columns, table, is_psql } => {
                let is_end = line.trim().is_empty() || line.starts_with('(') && line.trim_end().ends_with(')');
                if is_end {
                    self.end_row();
                    return true;
                }
                self.aligned(line, &places, &columns, table, is_psql);
                self.state = State::Aligned { places, columns, table, is_psql };
                true
            }
            State::Separated { separator, columns, table } => self.separated(line, separator, columns, table),
        }
    }

    /// Recognises the first line of something.
    fn begin(&mut self, line: &str) {
        let trimmed = line.trim_start();
        let upper: String = trimmed.chars().take(14).collect::<String>().to_ascii_uppercase();
        if upper.starts_with("COPY ") && trimmed.trim_end().ends_with("FROM stdin;") {
            let (name, rest) = table_name(&trimmed[5..]);
            let columns = column_list(rest).map(|(columns, _)| columns).unwrap_or_default();
            self.state = State::Copy { table: Table::of_name(&name), columns };
        } else if upper.starts_with("CREATE TABLE ") {
            let statement = &trimmed["CREATE TABLE ".len()..];
            let statement = statement.strip_prefix("IF NOT EXISTS ").unwrap_or(statement);
            let (name, rest) = table_name(statement);
            if rest.trim_end().ends_with(';') {
                self.created.insert(normalized(&name), defined_columns(rest));
            } else {
                // The first column may be on the line of the name.
                let first = rest.trim_start().strip_prefix('(').and_then(defined_column);
                self.state = State::Create { name: normalized(&name), columns: first.into_iter().collect() };
            }
        } else if upper.starts_with("INSERT ") {
            self.insert(trimmed.to_owned());
        } else if line.starts_with("-[ RECORD ") {
            self.end_row();
            self.state = State::Vertical { separator: '|' };
        } else if line.starts_with("****") && line.contains(". row ****") {
            self.end_row();
            self.state = State::Vertical { separator: ':' };
        } else if is_box_border(trimmed) {
            // The borders of a box are lines to skip; its head is recognised by its names.
        } else if let Some(places) = dashes(line) {
            let head = self.previous.clone();
            let is_psql = line.contains("-+-");
            let columns: Vec<String> = places.iter().map(|place| normalized(&cut(&head, *place))).collect();
            let table = Table::of_columns(&columns);
            if table.is_some() {
                self.state = State::Aligned { places, columns, table, is_psql };
            }
        } else if let Some((separator, columns, table)) = head(line) {
            self.state = State::Separated { separator, columns, table };
        }
    }

    fn insert(&mut self, text: String) {
        let after = text.get("INSERT ".len()..).unwrap_or_default().trim_start();
        let after = after.get(..5).filter(|word| word.eq_ignore_ascii_case("INTO ")).map_or(after, |_| &after[5..]);
        let (name, list) = table_name(after);
        let Some(table) = Table::of_name(&name) else { return };
        if !is_complete(&text) {
            if text.len() as u64 <= MAX_TEXT_BYTES {
                self.state = State::Insert(text);
            }
            return;
        }
        let (columns, values) = match column_list(list) {
            Some((columns, rest)) => (columns, rest),
            None => (self.created.get(&normalized(&name)).cloned().unwrap_or_default(), list),
        };
        if columns.is_empty() {
            self.reader
                .note(format!("the rows of the {} have no names of columns: export them with names", table.name()));
        }
        for cells in value_lists(values) {
            self.row(table, &columns, &cells, "INSERT statements");
        }
    }

    /// A line `name | value`.
    fn vertical(&mut self, line: &str, separator: char) -> bool {
        let split = line.split_once(separator);
        let is_name =
            |name: &str| !name.trim().is_empty() && name.trim().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        match split {
            Some((name, value)) if is_name(name) => {
                self.pending.push((normalized(name), value.trim().trim_end_matches('+').trim_end().to_owned()));
            }
            // The next line of a cell, in psql.
            Some((name, value)) if separator == '|' && name.trim().is_empty() => {
                if let Some((_, cell)) = self.pending.last_mut() {
                    cell.push('\n');
                    cell.push_str(value.trim().trim_end_matches('+').trim_end());
                }
            }
            _ if line.trim().is_empty()
                || line.starts_with('(')
                || line.starts_with("-[")
                || line.starts_with("***") =>
            {
                self.end_row();
                return false;
            }
            _ => {
                if let Some((_, cell)) = self.pending.last_mut() {
                    cell.push('\n');
                    cell.push_str(line.trim());
                }
            }
        }
        self.state = State::Vertical { separator };
        true
    }

    fn aligned(
        &mut self,
        line: &str,
        places: &[(usize, usize)],
        columns: &[String],
        table: Option<Table>,
        is_psql: bool,
    ) {
        let cells: Vec<String> = places.iter().map(|place| cut(line, *place)).collect();
        // In psql a cell of several lines has a plus sign in the column's last place but one.
        let goes_on = is_psql && places.iter().any(|(_, end)| line.chars().nth(end.saturating_sub(1)) == Some('+'));
        let continues = !self.pending.is_empty() && is_psql && self.pending_table.is_some();
        let clean = |cell: &str| cell.trim().trim_end_matches('+').trim().to_owned();
        if continues {
            for ((_, whole), cell) in self.pending.iter_mut().zip(&cells) {
                if !clean(cell).is_empty() {
                    whole.push('\n');
                    whole.push_str(&clean(cell));
                }
            }
        } else {
            self.pending = columns.iter().cloned().zip(cells.iter().map(|cell| clean(cell))).collect();
            self.pending_table = table;
        }
        if !goes_on {
            self.end_row();
        }
    }

    fn separated(&mut self, line: &str, separator: char, columns: Vec<String>, table: Table) -> bool {
        let trimmed = line.trim();
        // psql's aligned output has its dashes after a head with bars.
        let places = dashes(line);
        if let Some(places) = places.clone().filter(|_| line.contains("-+-")) {
            self.state = State::Aligned { places, columns, table: Some(table), is_psql: true };
            return true;
        }
        if is_box_border(trimmed) || places.is_some() {
            self.state = State::Separated { separator, columns, table };
            return true;
        }
        if trimmed.is_empty() || trimmed.starts_with('(') && trimmed.ends_with(')') {
            self.release();
            self.cut_off(table);
            return true;
        }
        // Another query's output may follow without a line between.
        if head(line).is_some() {
            return false;
        }
        if !line.contains(separator)
            && self.pending.is_empty()
            && let Some(Some(last)) = self.held.as_mut().and_then(|row| row.cells.last_mut())
        {
            last.push('\n');
            last.push_str(line);
            self.state = State::Separated { separator, columns, table };
            return true;
        }
        let mut text = line.to_owned();
        if !self.pending.is_empty() {
            // A quoted cell of several lines.
            text = format!("{}\n{line}", self.pending.remove(0).1);
            self.pending.clear();
        }
        let goes_on = match separator {
            // In a box every row ends with a bar.
            '|' if text.trim_start().starts_with('|') && !text.trim_end().ends_with('|') => true,
            '|' => cells(&text, separator).len() < columns.len(),
            '\t' if !text.contains('"') => cells(&text, separator).len() < columns.len(),
            _ => text.matches('"').count() % 2 == 1,
        };
        if goes_on && text.lines().count() <= MAX_CELL_LINES {
            self.pending = vec![(String::new(), text)];
            self.state = State::Separated { separator, columns, table };
            return true;
        }
        let cells = cells(&text, separator);
        if cells.len() == columns.len() {
            let format = match separator {
                ',' | ';' => "CSV",
                '\t' => "TSV",
                _ => "table",
            };
            self.release();
            if matches!(separator, '|' | '\t') {
                self.held = Some(HeldRow { table, columns: columns.clone(), cells, format });
            } else {
                self.row(table, &columns, &cells, format);
            }
        } else {
            self.reader.note(format!(
                "a row of the {} has {} cells, its head has {}: the row was left out",
                table.name(),
                cells.len(),
                columns.len()
            ));
        }
        self.state = State::Separated { separator, columns, table };
        true
    }

    /// Adds the row that was held back.
    fn release(&mut self) {
        if let Some(HeldRow { table, columns, cells, format }) = self.held.take() {
            self.row(table, &columns, &cells, format);
        }
    }

    /// Notes a row that was not complete.
    fn cut_off(&mut self, table: Table) {
        if !self.pending.is_empty() {
            self.pending.clear();
            self.reader.note(format!("a row of the {} has fewer cells than its head: it was left out", table.name()));
        }
    }

    /// Ends a row of several lines.
    fn end_row(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        let known = self.pending_table.take();
        let (columns, cells): (Vec<String>, Vec<String>) =
            pending.into_iter().filter(|(name, _)| !name.is_empty()).unzip();
        let Some(table) = known.or_else(|| Table::of_columns(&columns)) else { return };
        let cells: Vec<Option<String>> = cells.into_iter().map(plain_cell).collect();
        self.row(table, &columns, &cells, "table");
    }

    fn row(&mut self, table: Table, columns: &[String], cells: &[Option<String>], format: &'static str) {
        self.reader.add_row(table, Row { columns, cells });
        self.format.get_or_insert(format);
        if self.format == Some("JVM arguments") {
            self.format = Some(format);
        }
    }
}
