//! The report as Markdown, for GitHub, GitLab and Confluence.

use std::fmt::Write as _;

use super::{
    blocks::{self, Block, Line, Span},
    document,
};
use crate::report::Report;

/// Below the limit of a comment on GitHub (65,536 characters).
const MAX_CHARS: usize = 60_000;

/// The report as Markdown, for GitHub, GitLab and Confluence: diagnosis, steps and ids, at most 60,000
/// characters. Incidents that do not fit are counted.
#[must_use]
pub fn markdown(report: &Report) -> String {
    document::fit(&document::build(report), MAX_CHARS, print)
}

/// Prints blocks.
pub(super) fn print(blocks: &[Block]) -> String {
    blocks::print(blocks, print_block)
}

fn print_block(out: &mut String, block: &Block) {
    match block {
        Block::Heading(level, line) => {
            let _ = writeln!(out, "{} {}", "#".repeat(usize::from(*level)), spans(line, Place::Prose));
        }
        Block::Para(line) => {
            let _ = writeln!(out, "{}", at_start(&spans(line, Place::Prose)));
        }
        Block::Notice { title, lines } => {
            let _ = writeln!(out, "> **{title}**");
            for line in lines {
                let _ = writeln!(out, ">\n> {}", at_start(&spans(line, Place::Prose)));
            }
        }
        Block::Steps(lines) => {
            for (i, line) in lines.iter().enumerate() {
                let _ = writeln!(out, "{}. {}", i + 1, at_start(&spans(line, Place::Prose)));
            }
        }
        Block::Bullets(lines) => {
            for line in lines {
                let _ = writeln!(out, "- {}", at_start(&spans(line, Place::Prose)));
            }
        }
        Block::Table { head, rows } => table(out, head, rows),
        Block::Pre(text) => fenced(out, text),
    }
}

fn table(out: &mut String, head: &[&str], rows: &[Vec<Line>]) {
    let _ = writeln!(out, "| {} |", head.join(" | "));
    let _ = writeln!(out, "|{}", " --- |".repeat(head.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| spans(cell, Place::Cell)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}

/// A fence longer than any in the text, so that nothing inside is markup.
fn fenced(out: &mut String, text: &str) {
    let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
    let _ = writeln!(out, "{fence}text\n{}\n{fence}", text.trim_end());
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Prose,
    Cell,
}

fn spans(line: &[Span], place: Place) -> String {
    line.iter()
        .map(|span| match span {
            Span::Text(text) => prose(text),
            Span::Strong(text) => match prose(text.trim()) {
                empty if empty.is_empty() => empty,
                text => format!("**{text}**"),
            },
            Span::Code(text) => code(text, place),
            Span::Link { title, url } => format!("[{}]({})", prose(title), address(url)),
        })
        .collect()
}

/// Text without meaning to Markdown: markup characters are escaped, line breaks become spaces.
fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // An underscore within a word is not markup.
            '_' if before.is_alphanumeric() && chars.peek().is_some_and(|next| next.is_alphanumeric()) => out.push(c),
            '&' if !chars.peek().is_some_and(|next| next.is_alphanumeric() || *next == '#') => out.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '~' | '^' | '&' | '#' | '$' | '{' | '}' => out.extend(['\\', c]),
            // Not every reader accepts an escaped bar within a cell.
            '|' => out.push_str("&#124;"),
            // A mention would notify whoever has that name on the site.
            '@' if chars.peek().is_some_and(|next| next.is_alphanumeric()) => out.push_str("@\u{2060}"),
            // Addresses in a log do not become links.
            '/' if before == ':' => out.push_str("\\/"),
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

/// Text at the start of a block, escaped so that it does not start a list or a quotation.
fn at_start(text: &str) -> String {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text.as_bytes().get(digits) {
        Some(b'.' | b')') if digits > 0 => format!("{}\\{}", &text[..digits], &text[digits..]),
        Some(b'-' | b'+' | b'=' | b':' | b'>') if digits == 0 => format!("\\{text}"),
        _ => text.to_owned(),
    }
}

/// A code span, with more backticks around it than it holds in a row.
fn code(text: &str, place: Place) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return text;
    }
    // A bar ends a cell, even within code.
    if place == Place::Cell && text.contains('|') {
        return prose(&text);
    }
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A URL that cannot end the brackets around it.
pub(super) fn address(url: &str) -> String {
    url.chars()
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() || "-._~:/?#@!$&'*+,;=%".contains(c) => c.to_string(),
            c => c.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect(),
        })
        .collect()
}

fn longest_run(text: &str, of: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == of { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    use super::*;

    /// What a Markdown parser makes of some blocks: their text, and every unexpected event.
    fn read(markdown: &str) -> (String, Vec<String>) {
        let (mut text, mut others) = (String::new(), Vec::new());
        for event in Parser::new_ext(markdown, Options::all().difference(Options::ENABLE_SMART_PUNCTUATION)) {
            match event {
                Event::Text(part) | Event::Code(part) => text.push_str(&part),
                Event::SoftBreak => text.push(' '),
                Event::Start(Tag::Paragraph | Tag::Strong | Tag::Item | Tag::List(Some(1)))
                | Event::End(TagEnd::Paragraph | TagEnd::Strong | TagEnd::Item | TagEnd::List(_)) => {}
                Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell)
                | Event::End(TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow) => {}
                Event::End(TagEnd::TableCell) => text.push('\n'),
                other => others.push(format!("{other:?}")),
            }
        }
        (text, others)
    }

    /// Text as it is shown: white space folded.
    fn folded(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Short texts of markup characters, and any other text.
    fn any_text() -> impl Strategy<Value = String> {
        let marks = r"[-\\`*_{}\[\]()#+.!|<>~&$=:@/^'a-c1 \n]{0,24}";
        prop_oneof![4 => marks, 1 => "\\PC{0,40}", 1 => Just("```".to_owned()), 1 => Just("&amp; &#42;".to_owned())]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_read_back_unchanged(given in any_text()) {
            let line = || vec![Span::Text(given.clone())];
            for block in [Block::Para(line()), Block::Steps(vec![line()]), Block::Para(vec![Span::Strong(given.clone())])] {
                let markdown = print(&[block]);
                let (text, others) = read(&markdown);
                prop_assert_eq!(&others, &Vec::<String>::new(), "{}", markdown);
                prop_assert_eq!(folded(&text.replace('\u{2060}', "")), folded(&given.replace('\u{2060}', "")), "{}", markdown);
            }
            let row = vec![line(), vec![Span::Code(given.clone())]];
            let markdown = print(&[Block::Table { head: vec!["A", "B"], rows: vec![row] }]);
            let (text, others) = read(&markdown);
            prop_assert_eq!(&others, &Vec::<String>::new(), "{}", markdown);
            let cells: Vec<String> = text.split('\n').map(|cell| folded(&cell.replace('\u{2060}', ""))).collect();
            let given = folded(&given.replace('\u{2060}', ""));
            prop_assert_eq!(cells, vec!["A".to_owned(), "B".to_owned(), given.clone(), given, String::new()], "{}", markdown);
        }

        #[test]
        fn log_text_cannot_end_its_block(given in any_text()) {
            let markdown = print(&[Block::Pre(given.clone()), Block::Para(vec![Span::Text("after".to_owned())])]);
            let events: Vec<Event<'_>> = Parser::new_ext(&markdown, Options::all()).collect();
            let fenced = matches!(&events[0], Event::Start(Tag::CodeBlock(_)));
            prop_assert!(fenced && matches!(&events[events.len() - 2], Event::Text(text) if &**text == "after"), "{}", markdown);
        }
    }

    #[test]
    fn markup_in_text_is_text() {
        assert_eq!(prose("a *b* <script> [x](y)"), "a \\*b\\* \\<script> \\[x\\](y)");
        assert_eq!(prose("one\ntwo|three"), "one two&#124;three");
        assert_eq!(prose("see http://x @admin mailbox-1@…"), "see http:\\//x @\u{2060}admin mailbox-1@…");
        assert_eq!(at_start("1. one"), "1\\. one");
        assert_eq!(at_start("- one"), "\\- one");
        assert_eq!(at_start("2026-01-05"), "2026-01-05");
    }

    #[test]
    fn a_code_span_cannot_be_ended_by_its_text() {
        assert_eq!(code("a`b", Place::Prose), "``a`b``");
        assert_eq!(code("`", Place::Prose), "`` ` ``");
        assert_eq!(code("a|b", Place::Prose), "`a|b`");
        assert_eq!(code("a|b", Place::Cell), "a&#124;b");
        assert_eq!(print(&[Block::Pre("```\nx".to_owned())]), "````text\n```\nx\n````\n");
        assert_eq!(address("https://x/(a) b"), "https://x/%28a%29%20b");
    }
}
