//! SQL statements of a dump: names of columns, and the values of rows.

use super::rows::normalized;

/// The name of a table and the rest of the statement: `public."AO_X" ("ID", …`.
pub(super) fn table_name(text: &str) -> (String, &str) {
    let text = text.trim_start();
    let mut quote = None;
    let end = text.char_indices().find(|(_, c)| match (quote, c) {
        (None, '"' | '`') => {
            quote = Some(*c);
            false
        }
        (None, '[') => {
            quote = Some(']');
            false
        }
        (Some(open), c) if *c == open => {
            quote = None;
            false
        }
        (None, c) => c.is_whitespace() || *c == '(',
        _ => false,
    });
    let end = end.map_or(text.len(), |(at, _)| at);
    (text[..end].to_owned(), &text[end..])
}

/// The names in `("A", "B")` at the start of a text, and what follows.
pub(super) fn column_list(text: &str) -> Option<(Vec<String>, &str)> {
    let inner = text.trim_start().strip_prefix('(')?;
    let (list, rest) = inner.split_once(')')?;
    Some((list.split(',').map(normalized).collect(), rest))
}

/// The column that a line of `CREATE TABLE` defines.
pub(super) fn defined_column(line: &str) -> Option<String> {
    let line = line.trim();
    let (name, rest) = match line.chars().next()? {
        quote @ ('"' | '`') => line[1..].split_once(quote)?,
        '[' => line[1..].split_once(']')?,
        _ => line.split_once(char::is_whitespace)?,
    };
    let keywords = ["PRIMARY", "UNIQUE", "KEY", "CONSTRAINT", "INDEX", "CHECK", "FOREIGN", ")", "FULLTEXT"];
    let is_name = !rest.is_empty() && !name.is_empty() && !keywords.contains(&name.to_ascii_uppercase().as_str());
    is_name.then(|| normalized(name))
}

/// The columns of a `CREATE TABLE` that is on one line, as SQLite prints it.
pub(super) fn defined_columns(text: &str) -> Vec<String> {
    let mut columns = Vec::new();
    let (mut depth, mut from) = (0usize, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => {
                depth += 1;
                if depth == 1 {
                    from = at + 1;
                }
            }
            ')' | ',' if depth == 1 => {
                columns.extend(defined_column(&text[from..at]));
                from = at + 1;
                depth -= usize::from(c == ')');
            }
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    columns
}

/// The rows of `(1,'a',NULL),(2,…)`.
pub(super) fn value_lists(text: &str) -> Vec<Vec<Option<String>>> {
    let mut rows = Vec::new();
    let mut row: Option<Vec<Option<String>>> = None;
    let mut cell = String::new();
    let mut was_quoted = false;
    let mut depth = 0usize;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '(' if row.is_none() => {
                row = Some(Vec::new());
                cell.clear();
                was_quoted = false;
            }
            _ if row.is_none() => {}
            '\'' => {
                was_quoted = true;
                // The prefix of a text: N'…', E'…'.
                cell.clear();
                while let Some(c) = chars.next() {
                    match c {
                        '\'' if chars.peek() == Some(&'\'') => cell.push(chars.next().unwrap_or('\'')),
                        '\'' => break,
                        '\\' => match chars.next() {
                            Some('n') => cell.push('\n'),
                            Some('t') => cell.push('\t'),
                            Some('r') => cell.push('\r'),
                            Some(c) => cell.push(c),
                            None => break,
                        },
                        c => cell.push(c),
                    }
                }
            }
            '(' => {
                depth += 1;
                cell.push(c);
            }
            ')' if depth > 0 => {
                depth -= 1;
                cell.push(c);
            }
            ',' | ')' if depth == 0 => {
                let text =
                    if was_quoted { std::mem::take(&mut cell) } else { std::mem::take(&mut cell).trim().to_owned() };
                let is_null = !was_quoted && text.eq_ignore_ascii_case("null");
                was_quoted = false;
                if let Some(cells) = &mut row {
                    cells.push((!is_null).then_some(text));
                }
                if c == ')' {
                    rows.extend(row.take());
                }
            }
            c if was_quoted && c.is_whitespace() => {}
            c => cell.push(c),
        }
    }
    rows
}

/// True when a statement ends at the end of this text: outside of a text, with a semicolon.
pub(super) fn is_complete(text: &str) -> bool {
    let mut in_text = false;
    let mut last = ' ';
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if in_text => {
                chars.next();
            }
            '\'' => in_text = !in_text,
            _ => {}
        }
        if !c.is_whitespace() {
            last = c;
        }
    }
    !in_text && last == ';'
}

/// A cell of `COPY … FROM stdin`.
pub(super) fn copied_cell(text: &str) -> Option<String> {
    if text == "\\N" {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some(c) => out.push(c),
                None => {}
            },
            c => out.push(c),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_their_quotes_and_escapes() {
        let rows = value_lists("(1,'it''s, (a)',NULL),('x\\'y', N'z', 2 );");
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(rows, vec![vec![text("1"), text("it's, (a)"), None], vec![text("x'y"), text("z"), text("2")]]);
        assert!(is_complete("INSERT INTO a VALUES ('b;');") && !is_complete("INSERT INTO a VALUES ('b;"));
    }

    #[test]
    fn names_are_read_with_and_without_quotes() {
        assert_eq!(table_name(" public.\"AO_X\" (\"ID\")").0, "public.\"AO_X\"");
        assert_eq!(table_name("[dbo].[mailserver] ([id])").0, "[dbo].[mailserver]");
        assert_eq!(column_list("(\"ID\", `b`)").map(|list| list.0), Some(vec!["ID".to_owned(), "B".to_owned()]));
        assert_eq!(defined_column("  \"ID\" character varying(255) NOT NULL,"), Some("ID".to_owned()));
        assert_eq!(defined_column("PRIMARY KEY (`ID`)"), None);
        let columns =
            defined_columns("CREATE TABLE x (\"ID\" VARCHAR(255) NOT NULL, name TEXT, PRIMARY KEY (\"ID\"));");
        assert_eq!(columns, vec!["ID".to_owned(), "NAME".to_owned()]);
    }
}
