//! The table of AADSTS numbers, with the meaning of codes that have no entry.
//!
//! The table is text, sorted by number, and is searched as text; nothing is parsed at startup.
//! Source: Microsoft's reference of error codes
//! (<https://learn.microsoft.com/entra/identity-platform/reference-error-codes>).

/// The heading of the table.
const HEADING: &str = "code\tname\toauth_error\trelevance\tmeaning";

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeInfo<'t> {
    /// The number after `AADSTS`.
    pub code: u32,
    /// The vendor's symbolic name.
    pub name: Option<&'t str>,
    /// The OAuth error that usually accompanies it: a hint, never a condition.
    pub oauth_error: Option<&'t str>,
    /// Relevance for a Jira integration: `core`, `possible` or `unlikely`.
    pub relevance: &'t str,
    /// What the sign-in service rejected, in one or two sentences.
    pub meaning: &'t str,
}

/// How a number relates to the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation<'t> {
    /// The table contains it.
    Known(CodeInfo<'t>),
    /// The table contains its first five digits: a related failure, not a diagnosis.
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

    /// What is known about a number: its own row, or that of its first five digits.
    #[must_use]
    pub fn relate(&self, code: u32) -> Relation<'t> {
        if let Some(info) = self.get(code) {
            return Relation::Known(info);
        }
        let mut prefix = code;
        while prefix > 99_999 {
            prefix /= 10;
        }
        match self.get(prefix) {
            Some(info) if prefix != code => Relation::Prefix(info),
            _ => Relation::Unknown,
        }
    }

    /// All rows, sorted by number.
    pub fn iter(&self) -> impl Iterator<Item = CodeInfo<'t>> {
        self.rows.lines().filter_map(parse)
    }

    /// Number of codes.
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

/// Length of a meaning, in characters.
const MEANING_CHARS: std::ops::RangeInclusive<usize> = 40..=220;

/// All faults in the text of a table. Line numbers start at 1.
#[must_use]
pub fn check_table(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if text.lines().next() != Some(HEADING) {
        faults.push(format!("line 1: the heading must be `{}`", HEADING.replace('\t', " ")));
    }
    if text.contains('\r') || !text.ends_with('\n') {
        faults.push("every line must end in LF, including the last one, and none in CRLF".to_owned());
    }
    let mut last = 0;
    for (i, row) in text.lines().enumerate().skip(1) {
        let mut fault = |problem: String| faults.push(format!("line {}: {problem}", i + 1));
        let cells: Vec<&str> = row.split('\t').collect();
        if cells.len() != 5 {
            fault("a row must have five cells, separated by tabs".to_owned());
            continue;
        }
        if cells.iter().any(|cell| cell.trim() != *cell || cell.contains("  ") || cell.contains(char::is_control)) {
            fault("a cell has spaces at its start or end, two spaces in a row, or a control character".to_owned());
        }
        let Some(info) = parse(row) else {
            fault("the first cell must be a number".to_owned());
            continue;
        };
        if !(1_000..=99_999_999).contains(&info.code) || cells[0] != info.code.to_string() {
            fault("a code must have 4 to 8 digits and must not start with 0".to_owned());
        }
        if info.code <= last {
            fault(format!("{} must not follow {last}: rows must be sorted by number, without duplicates", info.code));
        }
        last = info.code;
        if info.name.is_some_and(|name| !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')) {
            fault("a name must be one word of letters, digits and `_`".to_owned());
        }
        let error = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if info.oauth_error.is_some_and(|errors| !errors.split('/').all(error)) {
            fault("an OAuth error must consist of lower-case letters and `_`; several are separated by `/`".to_owned());
        }
        if !matches!(info.relevance, "core" | "possible" | "unlikely") {
            fault("relevance must be core, possible or unlikely".to_owned());
        }
        if !MEANING_CHARS.contains(&info.meaning.chars().count()) || !info.meaning.ends_with('.') {
            let (min, max) = (MEANING_CHARS.start(), MEANING_CHARS.end());
            fault(format!("the meaning must be one or two sentences of {min} to {max} characters"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "code\tname\toauth_error\trelevance\tmeaning\n50011\tA\tinvalid_client\tcore\tOne thing is wrong here, and this says which.\n70008\t\t\tpossible\tAnother thing is wrong here, said as clearly.\n700082\tB\tinvalid_grant\tcore\tThe third thing is wrong here and at its end.\n";

    #[test]
    fn a_code_is_found_by_its_number_and_an_unknown_one_by_its_prefix() {
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
    fn faults_of_a_table_have_line_numbers() {
        let table = [
            (TABLE.replace("70008\t", "40008\t"), "line 3: 40008 must not follow 50011"),
            (TABLE.replace("70008\t", "50011\t"), "line 3: 50011 must not follow 50011"),
            (TABLE.replace("core\tThe", "often\tThe"), "line 4: relevance must be core, possible or unlikely"),
            (TABLE.replace("\tcore\tOne", "\tOne"), "line 2: a row must have five cells"),
            (TABLE.replace("50011\tA", "500x1\tA"), "line 2: the first cell must be a number"),
            (TABLE.replace("50011\tA", "050011\tA"), "line 2: a code must have 4 to 8 digits"),
            (TABLE.replace("50011\tA", "511\tA"), "line 2: a code must have 4 to 8 digits"),
            (TABLE.replace("\tB\t", "\tB b\t"), "line 4: a name must be one word"),
            (
                TABLE.replace("invalid_grant", "Invalid grant"),
                "line 4: an OAuth error must consist of lower-case letters",
            ),
            (
                TABLE.replace("invalid_grant", "invalid_grant/"),
                "line 4: an OAuth error must consist of lower-case letters",
            ),
            (TABLE.replace("which.", "which. "), "line 2: a cell has spaces"),
            (TABLE.replace("One thing is", "One  thing is"), "line 2: a cell has spaces"),
            (
                TABLE.replace("which.", "which"),
                "line 2: the meaning must be one or two sentences of 40 to 220 characters",
            ),
            (
                TABLE.replace(" is wrong here, and this says which", ""),
                "line 2: the meaning must be one or two sentences",
            ),
            (
                TABLE.replace("which.", &format!("{}.", "which ".repeat(40).trim_end())),
                "line 2: the meaning must be one",
            ),
            (TABLE.replace("code\tname", "name\tcode"), "line 1: the heading must be"),
            (TABLE.replace('\n', "\r\n"), "every line must end in LF"),
            (TABLE.trim_end().to_owned(), "every line must end in LF"),
        ];
        for (broken, expected) in table {
            let faults = check_table(&broken);
            assert!(faults.iter().any(|fault| fault.starts_with(expected)), "{expected}: {faults:?}");
        }
    }

    #[test]
    fn all_faults_of_a_table_are_reported_at_once() {
        let broken = TABLE.replace("70008\t", "40008\t").replace("core\tThe", "often\tThe");
        assert_eq!(check_table(&broken).len(), 2);
    }
}
