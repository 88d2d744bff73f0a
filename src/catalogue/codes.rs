//! The table of AADSTS numbers: what each means, for codes without an entry of their own.
//!
//! The table is text, sorted by number, and is searched where it lies; nothing is parsed at start.
//! Facts: Microsoft's reference of error codes
//! (<https://learn.microsoft.com/entra/identity-platform/reference-error-codes>).

/// The heading of the table.
const HEADING: &str = "code\tname\toauth_error\trelevance\tmeaning";

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeInfo<'t> {
    /// The number behind `AADSTS`.
    pub code: u32,
    /// The vendor's symbolic name.
    pub name: Option<&'t str>,
    /// The OAuth error that usually comes with it: a hint, never a condition.
    pub oauth_error: Option<&'t str>,
    /// `core`, `possible` or `unlikely` for a Jira integration.
    pub relevance: &'t str,
    /// What the sign-in service refused.
    pub meaning: &'t str,
}

/// How a number relates to the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation<'t> {
    /// The table has it.
    Known(CodeInfo<'t>),
    /// The table has its five-digit head: a related failure, not a diagnosis.
    Head(CodeInfo<'t>),
    /// Nothing is known.
    Unknown,
}

/// A table of codes.
#[derive(Debug, Clone, Copy)]
pub struct CodeTable<'t> {
    rows: &'t str,
}

impl<'t> CodeTable<'t> {
    /// A table over the text of a TSV file with its heading.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        Self { rows: text.split_once('\n').map_or("", |(_, rows)| rows) }
    }

    /// The row of a code.
    #[must_use]
    pub fn get(&self, code: u32) -> Option<CodeInfo<'t>> {
        let (mut low, mut high) = (0, self.rows.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let start = self.rows[..middle].rfind('\n').map_or(0, |i| i + 1);
            let end = self.rows[middle..].find('\n').map_or(self.rows.len(), |i| middle + i);
            let info = parse(&self.rows[start..end])?;
            match info.code.cmp(&code) {
                std::cmp::Ordering::Equal => return Some(info),
                std::cmp::Ordering::Less => low = end + 1,
                std::cmp::Ordering::Greater => high = start,
            }
        }
        None
    }

    /// What is known of a number: its own row, or that of its first five digits.
    #[must_use]
    pub fn relate(&self, code: u32) -> Relation<'t> {
        if let Some(info) = self.get(code) {
            return Relation::Known(info);
        }
        let mut head = code;
        while head > 99_999 {
            head /= 10;
        }
        match self.get(head) {
            Some(info) if head != code => Relation::Head(info),
            _ => Relation::Unknown,
        }
    }

    /// All rows, by number.
    pub fn iter(&self) -> impl Iterator<Item = CodeInfo<'t>> {
        self.rows.lines().filter_map(parse)
    }

    /// How many codes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.lines().count()
    }

    /// True for a table without rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn parse(row: &str) -> Option<CodeInfo<'_>> {
    let mut cells = row.split('\t');
    let code = cells.next()?.parse().ok()?;
    let mut optional = || cells.next().map(|cell| (!cell.is_empty()).then_some(cell));
    let (name, oauth_error) = (optional()?, optional()?);
    Some(CodeInfo { code, name, oauth_error, relevance: cells.next()?, meaning: cells.next()? })
}

/// Everything that is wrong with the text of a table; the line numbers count from 1.
#[must_use]
pub fn check_table(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if text.lines().next() != Some(HEADING) {
        faults.push(format!("line 1: the heading must be `{}`", HEADING.replace('\t', " ")));
    }
    let mut last = 0;
    for (i, row) in text.lines().enumerate().skip(1) {
        let line = i + 1;
        if row.split('\t').count() != 5 {
            faults.push(format!("line {line}: five cells, tabs between"));
            continue;
        }
        let Some(info) = parse(row) else {
            faults.push(format!("line {line}: the first cell must be a number"));
            continue;
        };
        if info.code <= last {
            faults.push(format!(
                "line {line}: {} does not follow {last}: rows are sorted by number, each once",
                info.code
            ));
        }
        last = info.code;
        if !matches!(info.relevance, "core" | "possible" | "unlikely") {
            faults.push(format!("line {line}: relevance is core, possible or unlikely"));
        }
        if !(20..=260).contains(&info.meaning.chars().count()) || !info.meaning.ends_with('.') {
            faults.push(format!("line {line}: the meaning is one or two sentences of 20 to 260 characters"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "code\tname\toauth_error\trelevance\tmeaning\n50011\tA\tinvalid_client\tcore\tOne thing is wrong here.\n70008\t\t\tpossible\tAnother thing is wrong here.\n700082\tB\tinvalid_grant\tcore\tThe third thing is wrong here.\n";

    #[test]
    fn a_code_is_found_by_its_number_and_an_unknown_one_by_its_head() {
        let table = CodeTable::new(TABLE);
        assert_eq!(table.len(), 3);
        assert_eq!(table.get(50011).unwrap().name, Some("A"));
        assert_eq!(table.get(70008).unwrap().name, None);
        assert_eq!(table.get(700082).unwrap().meaning, "The third thing is wrong here.");
        assert_eq!(table.get(1), None);
        assert_eq!(table.get(99_999_999), None);
        assert!(matches!(table.relate(500_119), Relation::Head(info) if info.code == 50011));
        assert_eq!(table.relate(12345), Relation::Unknown);
        assert!(check_table(TABLE).is_empty());
    }

    #[test]
    fn a_broken_table_is_told_line_by_line() {
        let broken = TABLE.replace("70008\t", "40008\t").replace("core\tThe", "often\tThe");
        let faults = check_table(&broken);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].starts_with("line 3") && faults[1].starts_with("line 4"));
    }
}
