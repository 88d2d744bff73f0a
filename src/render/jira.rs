//! The report as Jira wiki markup, to paste into an issue.

use std::fmt::Write as _;

use super::{
    blocks::{self, Block, Line, Span},
    document,
    markdown::address,
};
use crate::report::Report;

/// Below Jira's default limit of a text field, 32,767 characters
/// (`jira.text.field.character.limit`).
const MAX_CHARS: usize = 32_000;

/// The report as Jira wiki markup, to paste into an issue: at most 32,000 characters, which fit into a
/// text field. Incidents that do not fit are counted.
#[must_use]
pub fn jira(report: &Report) -> String {
    document::fit(&document::build(report), MAX_CHARS, print)
}

fn print(blocks: &[Block]) -> String {
    blocks::print(blocks, print_block)
}

fn print_block(out: &mut String, block: &Block) {
    match block {
        Block::Heading(level, line) => {
            let _ = writeln!(out, "h{level}. {}", spans(line));
        }
        Block::Para(line) => {
            let _ = writeln!(out, "{}", at_start(&spans(line)));
        }
        Block::Notice { title, lines } => {
            let _ = writeln!(out, "{{panel:title={title}|borderStyle=solid|borderColor=#c9372c|titleBGColor=#ffeceb}}");
            for line in lines {
                let _ = writeln!(out, "{}", at_start(&spans(line)));
            }
            out.push_str("{panel}\n");
        }
        Block::Steps(lines) => {
            for line in lines {
                let _ = writeln!(out, "# {}", spans(line).trim());
            }
        }
        Block::Bullets(lines) => {
            for line in lines {
                let _ = writeln!(out, "* {}", spans(line).trim());
            }
        }
        Block::Table { head, rows } => table(out, head, rows),
        Block::Pre(text) => {
            let _ = writeln!(out, "{{noformat}}\n{}\n{{noformat}}", unformatted(text));
        }
    }
}

fn table(out: &mut String, head: &[&str], rows: &[Vec<Line>]) {
    let _ = writeln!(out, "||{}||", head.join("||"));
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| spans(cell).trim().to_owned())
            // Two bars of an empty cell would start a heading cell.
            .map(|cell| if cell.is_empty() { " ".to_owned() } else { cell })
            .collect();
        let _ = writeln!(out, "|{}|", cells.join("|"));
    }
}

/// Between `{noformat}` macros, only the macro itself is markup.
fn unformatted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.trim_end().char_indices() {
        out.push(c);
        let rest = &text.as_bytes()[at..];
        if c == '{' && rest.get(1..9).is_some_and(|word| word.eq_ignore_ascii_case(b"noformat")) {
            out.push(' ');
        }
    }
    out
}

fn spans(line: &[Span]) -> String {
    line.iter()
        .map(|span| match span {
            Span::Text(text) => prose(text),
            Span::Strong(text) => match prose(text.trim()) {
                empty if empty.is_empty() => empty,
                text => format!("*{text}*"),
            },
            Span::Code(text) => match prose(text.trim()) {
                empty if empty.is_empty() => empty,
                text => format!("{{{{{text}}}}}"),
            },
            Span::Link { title, url } => format!("[{}|{}]", prose(title), address(url)),
        })
        .collect()
}

/// Texts in parentheses that Jira shows as emoticons.
const EMOTICONS: [&str; 19] =
    ["/", "x", "!", "?", "i", "y", "n", "*", "*r", "*g", "*b", "*y", "+", "-", "on", "off", "flag", "flagoff", "c"];

/// Text without meaning to the wiki: markup is escaped, line breaks become spaces.
fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let after = rest.chars().next().unwrap_or(' ');
        match c {
            // Two backslashes are a line break.
            '\\' => out.push_str("&#92;"),
            '&' => out.push_str("&amp;"),
            '*' | '_' | '^' | '~' | '+' | '{' | '}' | '[' | ']' | '!' | '|' | '#' => out.extend(['\\', c]),
            '-' if !(before.is_alphanumeric() && after.is_alphanumeric()) && after != '>' => out.push_str("\\-"),
            '?' if before == '?' || after == '?' => out.push_str("\\?"),
            '(' if rest.split(')').next().is_some_and(|word| EMOTICONS.contains(&word.to_lowercase().as_str())) => {
                out.push_str("\\(");
            }
            ':' | ';' if "()PD".contains(after) => out.extend(['\\', c]),
            c if c.is_whitespace() => {
                if !before.is_whitespace() || out.is_empty() {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
        before = c;
    }
    out
}

/// Text at the start of a line, escaped so that it does not start a heading or a quotation.
fn at_start(text: &str) -> String {
    let text = text.trim();
    let heading = matches!(text.as_bytes(), [b'h', b'1'..=b'6', b'.', ..]) || text.starts_with("bq.");
    match text.chars().next() {
        Some(first) if heading => format!("&#{};{}", u32::from(first), &text[first.len_utf8()..]),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What Jira shows of escaped text. Panics at markup.
    fn read(wiki: &str) -> String {
        let mut out = String::new();
        let mut chars = wiki.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => {
                    let next = chars.next().expect("a backslash escapes something");
                    assert!(next.is_ascii_punctuation() && next != '\\', "{wiki}");
                    out.push(next);
                }
                '&' => {
                    let entity: String = chars.by_ref().take_while(|c| *c != ';').collect();
                    let number = entity.strip_prefix('#').and_then(|number| number.parse().ok());
                    out.push(number.and_then(char::from_u32).unwrap_or_else(|| {
                        assert_eq!(entity, "amp", "{wiki}");
                        '&'
                    }));
                }
                '*' | '_' | '^' | '~' | '+' | '{' | '}' | '[' | ']' | '!' | '|' | '#' => panic!("markup: {wiki}"),
                c => out.push(c),
            }
        }
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_read_back_unchanged(given in r"[-\\*_{}\[\]()#+.!|<>~&?:;^'/a-cxyh1 \n]{0,24}|\PC{0,40}|h1\. a|bq\. a|---- ?") {
            let folded = given.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(read(&at_start(&prose(&given))), folded.clone());
            let dashes = prose(&given).replace("\\-", "");
            prop_assert!(!dashes.contains("--"), "{}", dashes);
            let line = at_start(&prose(&given));
            prop_assert!(!line.starts_with("h1.") && !line.starts_with("bq.") && !line.starts_with("- "), "{}", line);
        }
    }

    #[test]
    fn markup_in_text_is_text() {
        assert_eq!(prose("a *b* {html} [x|y] !p.png!"), "a \\*b\\* \\{html\\} \\[x\\|y\\] \\!p.png\\!");
        assert_eq!(prose("C:\\logs & more"), "C:&#92;logs &amp; more");
        assert_eq!(prose("open-source - now -> then"), "open-source \\- now -> then");
        assert_eq!(prose("done (/) (your app) :)"), "done \\(/) (your app) \\:)");
        assert_eq!(at_start("h1. big"), "&#104;1. big");
    }

    #[test]
    fn log_text_cannot_end_its_block() {
        assert_eq!(unformatted("a {noformat} b {NoFormat:x}"), "a { noformat} b { NoFormat:x}");
    }

    #[test]
    fn an_empty_cell_stays_a_cell() {
        let table = Block::Table { head: vec!["A", "B"], rows: vec![vec![vec![], vec![Span::Text("x".to_owned())]]] };
        assert_eq!(print(&[table]), "||A||B||\n| |x|\n");
    }
}
