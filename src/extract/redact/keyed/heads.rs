//! Tables with a head whose columns bars separate, or a line of dashes below: what is under the names of secrets and of
//! users goes whatever it reads like, and no name of a column is a value.

use std::sync::LazyLock;

use super::{
    super::{
        joints::Joint,
        keys::{Class, Key},
        masks::is_harmless,
        pii::{PiiKind, is_person},
        secrets::SecretKind,
        values::{Value, is_blank, skip},
        word_set::WordSet,
    },
    KeyedReader,
};

/// The longest head.
const MAX_HEAD_BYTES: usize = 1024;
/// Rows under one head that are looked at.
const MAX_ROWS: usize = 1000;
/// The widest cell whose blanks are passed over to find the bar beside a name.
const MAX_BLANKS: usize = 80;
/// What the last word of the name of a column may be.
static COLUMNS: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "id key name user username login account password passwd pass pwd secret token port host hostname server \
        type status state created updated enabled active url uri email mail protocol description value role directory \
        date time expires expiry scope alias database folder domain group groups tenant owner benutzer passwort"
            .split_ascii_whitespace(),
    )
});
/// Such a word at the end of a longer one: `mailusername`.
const ENDS: [&[u8]; 6] = [b"username", b"password", b"secret", b"token", b"userid", b"login"];
/// Names of columns of users, without signs.
static USERS: LazyLock<WordSet> = LazyLock::new(|| {
    WordSet::new(
        "user username login loginname account accountname benutzer userkey userid mailusername smtpusername \
        dbusername lowerusername samaccountname upn userprincipalname alias"
            .split_ascii_whitespace(),
    )
});
/// Words after the name of a secret that make it the name of something else.
const NAMED: [&[u8]; 6] = [b"id", b"name", b"hint", b"number", b"no", b"type"];
/// What a cell has that holds no text.
const NOTHING: [&[u8]; 11] =
    [b"null", b"(null)", b"[null]", b"nil", b"none", b"true", b"false", b"t", b"f", b"yes", b"no"];

impl KeyedReader<'_, '_> {
    /// Whether the key is the name of a column in the head of a table. What is under it is taken.
    pub(super) fn head(&mut self, key: &Key) -> bool {
        if !matches!(
            key.class,
            Class::Password
                | Class::Secret(_)
                | Class::Weak(SecretKind::Token)
                | Class::Person
                | Class::FullName
                | Class::Name
        ) || self.rows.contains(&key.start)
        {
            return false;
        }
        let text = self.text;
        let sign = |byte: u8| b" \t\"'`*".contains(&byte);
        let after = skip(text, key.end, MAX_BLANKS, sign);
        let before = text[..key.start].iter().rev().take(MAX_BLANKS).take_while(|byte| sign(**byte)).count();
        let barred = bar(&text[after..]) > 0 || ends_with_bar(&text[..key.start - before]);
        let spaced = after > key.end || text.get(after).is_none_or(|byte| b"\r\n".contains(byte));
        if !barred && !spaced {
            return false;
        }
        let end = skip(text, key.end, MAX_HEAD_BYTES, |byte| byte != b'\n');
        if !barred {
            return text.get(end).is_some() && self.underlined(key, end);
        }
        let from = key.start.saturating_sub(MAX_HEAD_BYTES);
        let start = memchr::memrchr(b'\n', &text[from..key.start]).map_or(from, |at| from + at + 1);
        let names = cells(text, start, end);
        if !is_head(text, &names, end) {
            return false;
        }
        let Some(column) = names.iter().position(|(start, end)| *start <= key.start && key.end <= *end) else {
            return false;
        };
        self.take_column(key, &names, column, end);
        // `Name | Alias`
        let name = |(start, end): &(usize, usize)| text[*start..*end].trim_ascii().eq_ignore_ascii_case(b"alias");
        if key.class == Class::Name
            && let Some(alias) = names.iter().position(name)
        {
            self.take_column(key, &names, alias, end);
        }
        true
    }

    /// The cells of a column in the rows after a head.
    fn take_column(&mut self, key: &Key, names: &[(usize, usize)], column: usize, head: usize) {
        let text = self.text;
        let card = key.class == Class::Name && names.iter().any(|name| is_user(&text[name.0..name.1]));
        let name = names.get(column).map_or(&[][..], |(start, end)| text[*start..*end].trim_ascii());
        let after = names.len() - column;
        let mut at = head + 1;
        for _ in 0..MAX_ROWS {
            if at >= text.len() {
                break;
            }
            let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |line| at + line);
            if !is_rule(&text[at..end]) {
                // What a log has before the head, it may not have before a row.
                let row = cells(text, at, end);
                let Some(last) = row.len().checked_sub(after).filter(|_| row.len() > 1) else { break };
                let first = if row.len() > names.len() { column } else { last };
                if let (Some(first), Some(last)) = (row.get(first), row.get(last)) {
                    self.take_cell(key, name, card, first.0, last.1);
                }
            }
            at = end + 1;
        }
        self.rows = head..at.min(text.len());
    }

    /// `USERNAME   PASSWORD` over `---------- ----------`: columns by their place in the line.
    fn underlined(&mut self, key: &Key, end: usize) -> bool {
        let text = self.text;
        if text.get(end + 1).is_none_or(|byte| !b"- ".contains(byte)) {
            return false;
        }
        let rule_end = skip(text, end + 1, MAX_HEAD_BYTES, |byte| byte != b'\n');
        let rule = &text[end + 1..rule_end];
        if !rule.iter().all(|byte| b"- \r".contains(byte)) || !rule.windows(3).any(|three| three == b"-- ") {
            return false;
        }
        let from = key.start.saturating_sub(MAX_HEAD_BYTES);
        let start = memchr::memrchr(b'\n', &text[from..key.start]).map_or(from, |at| from + at + 1);
        // Where the columns start, and the names in them.
        let starts: Vec<usize> =
            (0..rule.len()).filter(|at| rule[*at] == b'-' && (*at == 0 || rule[*at - 1] == b' ')).collect();
        let Some(column) = starts.iter().rposition(|at| start + at <= key.start) else { return false };
        let span = |line: usize, end: usize, column: usize| {
            let to = starts.get(column + 1).map_or(end, |next| (line + next).min(end));
            ((line + starts[column]).min(to), to)
        };
        let names: Vec<_> = (0..starts.len()).map(|column| span(start, end, column)).collect();
        if names[column].1 < key.end || !names.iter().all(|(from, to)| is_name(&text[*from..*to])) {
            return false;
        }
        let card = key.class == Class::Name && names.iter().any(|name| is_user(&text[name.0..name.1]));
        let alias = |name: &(usize, usize)| text[name.0..name.1].trim_ascii().eq_ignore_ascii_case(b"alias");
        let alias = names.iter().position(alias).filter(|_| card);
        let mut at = rule_end + 1;
        for _ in 0..MAX_ROWS {
            let end = memchr::memchr(b'\n', text.get(at..).unwrap_or_default()).map_or(text.len(), |line| at + line);
            if at >= end || text[at..end].trim_ascii().is_empty() {
                break;
            }
            for column in [Some(column), alias].into_iter().flatten() {
                let (mut from, mut to) = span(at, end, column);
                // A word across the edge of a column is one.
                from -= text[at..from].iter().rev().take_while(|byte| !is_blank(**byte)).count();
                to = skip(text, to, end - to, |byte| to > at && !is_blank(text[to - 1]) && !is_blank(byte));
                self.take_cell(key, text[names[column].0..names[column].1].trim_ascii(), card, from, to);
            }
            at = end + 1;
        }
        self.rows = end..at.min(text.len());
        true
    }

    /// What is under a name, without blanks and quotation marks.
    pub(super) fn take_cell(&mut self, key: &Key, name: &[u8], card: bool, from: usize, to: usize) {
        let text = self.text;
        let cell = &text[from..to.max(from)];
        let start = from + cell.len() - cell.trim_ascii_start().len();
        let mut shown = cell.trim_ascii();
        let mut at = start;
        if let [open @ (b'"' | b'\''), inner @ .., close] = shown
            && open == close
        {
            (shown, at) = (inner, start + 1);
        }
        let end = at + shown.len();
        if shown.is_empty() || is_harmless(shown) || holds_nothing(shown) {
            return;
        }
        let last = name.rsplit(|byte| b"_-. ".contains(byte)).next().unwrap_or_default();
        match key.class {
            Class::Password | Class::Secret(_) | Class::Weak(SecretKind::Token)
                if !NAMED.iter().any(|one| last.eq_ignore_ascii_case(one)) =>
            {
                self.secret(SecretKind::Secret, at, end);
            }
            Class::Person | Class::Name if card || is_user(name) => {
                if std::str::from_utf8(shown).is_ok_and(is_person) {
                    self.person(PiiKind::User, at, end);
                }
            }
            // `Name` may be that of anything, `user agent` is none of a person.
            Class::Name => {}
            Class::Person if !text[key.word..key.end].ends_with(last) => {}
            class => self.judge(class, Joint::Firm, Value { start: at, end, enclosed: true }),
        }
    }
}

/// The length of a bar that a text starts with: of ASCII, or of the characters for drawing.
fn bar(text: &[u8]) -> usize {
    match text {
        [b'|', ..] => 1,
        [0xe2, 0x94, 0x82 | 0x83, ..] | [0xe2, 0x95, 0x91, ..] => 3,
        _ => 0,
    }
}

fn ends_with_bar(text: &[u8]) -> bool {
    text.ends_with(b"|") || text.len() >= 3 && bar(&text[text.len() - 3..]) == 3
}

/// What is before, between and after the bars of a line.
fn cells(text: &[u8], start: usize, end: usize) -> Vec<(usize, usize)> {
    let (mut cells, mut from, mut at) = (Vec::new(), start, start);
    while at < end && cells.len() < 64 {
        let len = bar(&text[at..end]);
        if len > 0 {
            cells.push((from, at));
            from = at + len;
        }
        at += len.max(1);
    }
    cells.push((from.min(end), end));
    cells
}

/// A line that is drawn between a head and its rows.
fn is_rule(line: &[u8]) -> bool {
    line.len() > 2
        && line.iter().all(|byte| b"+-=|: \r".contains(byte) || (0x80..=0xbf).contains(byte) || *byte == 0xe2)
}

/// Whether cells are the names of columns: by their words, or by the line of signs below.
fn is_head(text: &[u8], names: &[(usize, usize)], end: usize) -> bool {
    let cell = |(start, end): &(usize, usize)| &text[*start..*end];
    // Before the first a log may have something.
    if names.len() < 2 || !names.iter().skip(1).all(|name| is_name(cell(name))) {
        return false;
    }
    let named = names.iter().filter(|name| is_column(cell(name))).count();
    let adjacent = names.windows(2).any(|two| is_column(cell(&two[0])) && is_column(cell(&two[1])));
    let written = names.iter().filter(|name| !cell(name).trim_ascii().is_empty()).count();
    let next = (end + 1).min(text.len());
    let rule = &text[next..skip(text, next, MAX_HEAD_BYTES, |byte| byte != b'\n')];
    let ruled = is_rule(rule) && rule.iter().any(|byte| b"-=".contains(byte) || *byte >= 0x80);
    adjacent && (ruled || names.len() > 2 && named * 2 >= written)
        || ruled && named > 0 && !rule.starts_with(b"+") && rule[0] < 0x80
}

/// A name as columns have it, or nothing.
fn is_name(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    cell.len() <= 32 && cell.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-. \"'`*/()".contains(byte))
}

/// A name whose last word columns have.
pub(super) fn is_column(cell: &[u8]) -> bool {
    let lower = cell.to_ascii_lowercase();
    let mut words = lower.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let Some(last) = words.next_back() else { return false };
    words.count() < 3 && (COLUMNS.contains(last) || ENDS.iter().any(|end| last.ends_with(end)))
}

pub(super) fn is_user(name: &[u8]) -> bool {
    let bare: Vec<u8> = name.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    USERS.contains(&bare)
}

/// Whether a cell is empty or only says that: `null`, `false`.
pub(super) fn holds_nothing(cell: &[u8]) -> bool {
    NOTHING.iter().any(|none| cell.eq_ignore_ascii_case(none))
}
