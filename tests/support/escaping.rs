//! Checks that output contains no text that its format would interpret.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::Value;

/// No control characters except line breaks and tabs, and nothing that changes the direction of text.
pub(crate) fn plain(text: &str) {
    for c in text.chars() {
        assert!(!c.is_control() || c == '\n' || c == '\t', "{c:?} in {text}");
        let changes_direction =
            matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!changes_direction && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}'), "{c:?} in {text}");
    }
}

fn strings(value: &Value, check: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => check(text),
        Value::Array(list) => list.iter().for_each(|value| strings(value, check)),
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            check(key);
            strings(value, check);
        }),
        _ => {}
    }
}

pub(crate) fn json(text: &str) {
    plain(text);
    strings(&serde_json::from_str(text).expect("JSON"), &mut |text| plain(text));
}

pub(crate) fn json_lines(text: &str) {
    for line in text.lines() {
        json(line);
    }
}

/// All rows have the same number of cells, and no cell is a formula.
pub(crate) fn csv(text: &str) {
    plain(&text.replace('\r', ""));
    let mut rows = csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    for row in rows.records() {
        for cell in &row.expect("a row as wide as the first") {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "a formula: {cell}\n{text}");
        }
    }
}

/// True for the sites that references of the catalogue link to; no other link is allowed.
fn is_known_link(url: &str) -> bool {
    url.starts_with("https://")
        && [
            "https://support.atlassian.com/",
            "https://confluence.atlassian.com/",
            "https://jira.atlassian.com/",
            "https://community.atlassian.com/",
            "https://community.developer.atlassian.com/",
            "https://developer.atlassian.com/",
            "https://learn.microsoft.com/",
            "https://login.microsoftonline.com/",
            "https://developers.google.com/",
            "https://support.google.com/",
            "https://www.rfc-editor.org/",
            "https://datatracker.ietf.org/",
            "https://openid.net/",
        ]
        .iter()
        .any(|site| url.starts_with(site))
}

pub(crate) fn markdown(text: &str) {
    plain(text);
    let mut headings = 0;
    for event in Parser::new_ext(text, Options::all()) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => panic!("HTML: {html}\n{text}"),
            Event::Start(Tag::Image { dest_url, .. }) => panic!("an image: {dest_url}\n{text}"),
            Event::Start(Tag::Link { dest_url, .. }) => assert!(is_known_link(&dest_url), "a link: {dest_url}\n{text}"),
            Event::FootnoteReference(note) => panic!("a footnote: {note}\n{text}"),
            Event::InlineMath(math) | Event::DisplayMath(math) => panic!("mathematics: {math}\n{text}"),
            Event::Rule | Event::TaskListMarker(_) => panic!("a rule or a task\n{text}"),
            Event::Start(Tag::Heading { .. }) => headings += 1,
            Event::Start(Tag::MetadataBlock(_) | Tag::DefinitionList | Tag::Strikethrough) => panic!("markup\n{text}"),
            _ => {}
        }
    }
    let heading_marks = ["# ", "## ", "### "];
    let mut fence: Option<String> = None;
    let mut expected = 0;
    for line in text.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 && line == format!("{ticks}text") => fence = Some(ticks),
            None => expected += usize::from(heading_marks.iter().any(|start| line.starts_with(start))),
        }
    }
    assert!(fence.is_none(), "an unclosed block\n{text}");
    assert_eq!(headings, expected, "{text}");
}

pub(crate) fn jira(text: &str) {
    plain(text);
    assert!(text.chars().count() < 32_767, "longer than a field of an issue");
    let mut unformatted = false;
    let mut panel = false;
    let mut columns = 0;
    for line in text.lines() {
        if line == "{noformat}" {
            unformatted = !unformatted;
            continue;
        }
        if unformatted {
            assert!(!line.to_lowercase().contains("{noformat"), "{line}\n{text}");
            continue;
        }
        if line.starts_with("{panel") && line.ends_with('}') {
            assert_eq!(line == "{panel}", panel, "{text}");
            panel = !panel;
            continue;
        }
        only_allowed_markup(line, text);
        let cells = bars(line);
        if line.starts_with("||") {
            columns = cells / 2;
        } else if line.starts_with('|') {
            assert_eq!(cells, columns, "a row of another width: {line}\n{text}");
        }
    }
    assert!(!unformatted && !panel, "an unclosed block\n{text}");
}

/// The number of bars that separate cells: not escaped, and not part of a link.
fn bars(line: &str) -> usize {
    let (mut bars, mut before, mut link) = (0, ' ', false);
    for c in line.chars() {
        match c {
            '[' if before != '\\' => link = true,
            ']' if before != '\\' => link = false,
            '|' if before != '\\' && !link => bars += 1,
            _ => {}
        }
        before = c;
    }
    bars
}

/// A line has no markup except monospace, strong, and links to known sites.
fn only_allowed_markup(line: &str, text: &str) {
    let mut rest = line;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let escaped = before == '\\';
        match c {
            '\\' => assert!(
                rest.chars().nth(1).is_some_and(|next| next.is_ascii_punctuation() && next != '\\'),
                "a bare backslash: {line}\n{text}"
            ),
            '{' if !escaped && rest.starts_with("{{") => {
                rest = &rest[2..];
                before = '{';
                continue;
            }
            '{' if !escaped => panic!("a macro: {line}\n{text}"),
            '!' if !escaped => panic!("an image: {line}\n{text}"),
            '[' if !escaped => {
                let (link, after) = rest[1..].split_once(']').expect("a complete link");
                let url = link.rsplit_once('|').expect("title and URL").1;
                assert!(is_known_link(url), "a link: {url}\n{text}");
                rest = after;
                before = ']';
                continue;
            }
            _ => {}
        }
        before = c;
        rest = &rest[c.len_utf8()..];
    }
    let start = line.trim_start_matches(['#', '*', ' ']);
    assert!(!start.starts_with("bq."), "{line}\n{text}");
}

/// The tags that the page uses.
const TAGS: [&str; 51] = [
    "!doctype", "a", "article", "body", "button", "code", "dd", "defs", "details", "div", "dl", "dt", "footer", "form",
    "g", "h1", "h2", "h3", "h4", "head", "header", "html", "input", "label", "li", "main", "meta", "nav", "noscript",
    "ol", "option", "p", "path", "pattern", "pre", "rect", "script", "section", "select", "small", "span", "strong",
    "style", "summary", "svg", "table", "tbody", "text", "th", "thead", "time",
];
const MORE_TAGS: [&str; 4] = ["title", "tr", "ul", "td"];

pub(crate) fn html(text: &str) {
    plain(text);
    let known: BTreeSet<&str> = TAGS.into_iter().chain(MORE_TAGS).collect();
    let mut scripts = 0;
    let mut rest = text;
    while let Some((_, tag)) = rest.split_once('<') {
        let (inside, after) = tag.split_once('>').expect("a complete tag");
        let name = inside.trim_start_matches('/').split([' ', '\n']).next().unwrap_or_default().to_lowercase();
        assert!(known.contains(name.as_str()), "an unknown tag: <{inside}>");
        // Attribute values contain no quotation marks, and no attribute is an event handler or a style.
        assert!(inside.matches('"').count().is_multiple_of(2), "<{inside}>");
        let mut names = String::new();
        inside.split('"').step_by(2).for_each(|part| names.push_str(part));
        assert!(
            !names.split(' ').skip(1).any(|name| name.starts_with("on") || name.starts_with("style")),
            "<{inside}>"
        );
        rest = after;
        if name == "script" && !inside.starts_with('/') {
            scripts += 1;
            let (script, after) = after.split_once("</script>").expect("its end");
            if inside.contains("application/json") {
                assert!(!script.contains(['<', '>', '&']), "{script}");
                strings(&serde_json::from_str(script).expect("JSON"), &mut |text| plain(text));
            }
            rest = after;
        } else if name == "style" && !inside.starts_with('/') {
            rest = after.split_once("</style>").expect("its end").1;
        }
    }
    assert_eq!(scripts, 2, "the data and the script of the page");
}
