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
    Prefix(CodeInfo<'t>),
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
            Some(info) if head != code => Relation::Prefix(info),
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

/// Characters of a meaning.
const MEANING: std::ops::RangeInclusive<usize> = 40..=220;

/// Everything that is wrong with the text of a table; the line numbers count from 1.
#[must_use]
pub fn check_table(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if text.lines().next() != Some(HEADING) {
        faults.push(format!("line 1: the heading must be `{}`", HEADING.replace('\t', " ")));
    }
    if text.contains('\r') || !text.ends_with('\n') {
        faults.push("lines end in LF, the last one too, and never in CR".to_owned());
    }
    let mut last = 0;
    for (i, row) in text.lines().enumerate().skip(1) {
        let mut fault = |problem: String| faults.push(format!("line {}: {problem}", i + 1));
        let cells: Vec<&str> = row.split('\t').collect();
        if cells.len() != 5 {
            fault("five cells, tabs between".to_owned());
            continue;
        }
        if cells.iter().any(|cell| cell.trim() != *cell || cell.contains("  ") || cell.contains(char::is_control)) {
            fault("a cell has blanks at an end, two in a row, or a control character".to_owned());
        }
        let Some(info) = parse(row) else {
            fault("the first cell must be a number".to_owned());
            continue;
        };
        if !(1_000..=99_999_999).contains(&info.code) || cells[0] != info.code.to_string() {
            fault("a code has 4 to 8 digits, the first not 0".to_owned());
        }
        if info.code <= last {
            fault(format!("{} does not follow {last}: rows are sorted by number, each once", info.code));
        }
        last = info.code;
        if info.name.is_some_and(|name| !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')) {
            fault("a name is one word of letters, digits and `_`".to_owned());
        }
        let error = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if info.oauth_error.is_some_and(|errors| !errors.split('/').all(error)) {
            fault("an OAuth error is one of lower-case letters and `_`, or several with `/` between".to_owned());
        }
        if !matches!(info.relevance, "core" | "possible" | "unlikely") {
            fault("relevance is core, possible or unlikely".to_owned());
        }
        if !MEANING.contains(&info.meaning.chars().count()) || !info.meaning.ends_with('.') {
            let (least, most) = (MEANING.start(), MEANING.end());
            fault(format!("the meaning is one or two sentences of {least} to {most} characters"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "code\tname\toauth_error\trelevance\tmeaning\n50011\tA\tinvalid_client\tcore\tOne thing is wrong here, and this says which.\n70008\t\t\tpossible\tAnother thing is wrong here, said as clearly.\n700082\tB\tinvalid_grant\tcore\tThe third thing is wrong here and at its end.\n";

    #[test]
    fn a_code_is_found_by_its_number_and_an_unknown_one_by_its_head() {
        let table = CodeTable::new(TABLE);
        assert_eq!(table.len(), 3);
        assert_eq!(table.get(50011).unwrap().name, Some("A"));
        assert_eq!(table.get(70008).unwrap().name, None);
        assert_eq!(table.get(700082).unwrap().meaning, "The third thing is wrong here and at its end.");
        assert_eq!(table.get(1), None);
        assert_eq!(table.get(99_999_999), None);
        assert!(matches!(table.relate(500_119), Relation::Prefix(info) if info.code == 50011));
        assert_eq!(table.relate(12345), Relation::Unknown);
        assert!(check_table(TABLE).is_empty());
    }

    #[test]
    fn a_broken_table_is_told_line_by_line() {
        let table = [
            (TABLE.replace("70008\t", "40008\t"), "line 3: 40008 does not follow 50011"),
            (TABLE.replace("70008\t", "50011\t"), "line 3: 50011 does not follow 50011"),
            (TABLE.replace("core\tThe", "often\tThe"), "line 4: relevance is core, possible or unlikely"),
            (TABLE.replace("\tcore\tOne", "\tOne"), "line 2: five cells"),
            (TABLE.replace("50011\tA", "500x1\tA"), "line 2: the first cell must be a number"),
            (TABLE.replace("50011\tA", "050011\tA"), "line 2: a code has 4 to 8 digits"),
            (TABLE.replace("50011\tA", "511\tA"), "line 2: a code has 4 to 8 digits"),
            (TABLE.replace("\tB\t", "\tB b\t"), "line 4: a name is one word"),
            (TABLE.replace("invalid_grant", "Invalid grant"), "line 4: an OAuth error is one of lower-case letters"),
            (TABLE.replace("invalid_grant", "invalid_grant/"), "line 4: an OAuth error is one of lower-case letters"),
            (TABLE.replace("which.", "which. "), "line 2: a cell has blanks"),
            (TABLE.replace("One thing is", "One  thing is"), "line 2: a cell has blanks"),
            (TABLE.replace("which.", "which"), "line 2: the meaning is one or two sentences of 40 to 220 characters"),
            (TABLE.replace(" is wrong here, and this says which", ""), "line 2: the meaning is one or two sentences"),
            (TABLE.replace("which.", &format!("{}.", "which ".repeat(40).trim_end())), "line 2: the meaning is one"),
            (TABLE.replace("code\tname", "name\tcode"), "line 1: the heading must be"),
            (TABLE.replace('\n', "\r\n"), "lines end in LF"),
            (TABLE.trim_end().to_owned(), "lines end in LF"),
        ];
        for (broken, told) in table {
            let faults = check_table(&broken);
            assert!(faults.iter().any(|fault| fault.starts_with(told)), "{told}: {faults:?}");
        }
    }

    #[test]
    fn every_fault_of_a_table_is_told_at_once() {
        let broken = TABLE.replace("70008\t", "40008\t").replace("core\tThe", "often\tThe");
        assert_eq!(check_table(&broken).len(), 2);
    }
}
