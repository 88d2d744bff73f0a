//! Texts with placeholders, and what becomes of them.

use super::{PLACEHOLDER_CLOSE, PLACEHOLDER_OPEN};

/// Calls `each` with every plain part of a text and the inside of the placeholder after it. A placeholder that was cut is
/// dropped with what is after it; returns whether there is none.
pub(crate) fn each_part(text: &str, mut each: impl FnMut(&str, Option<&str>)) -> bool {
    let mut rest = text;
    while let Some(open) = rest.find(PLACEHOLDER_OPEN) {
        let inside = &rest[open + PLACEHOLDER_OPEN.len_utf8()..];
        let Some(close) = inside.find(PLACEHOLDER_CLOSE) else {
            each(&rest[..open], None);
            return false;
        };
        each(&rest[..open], Some(&inside[..close]));
        rest = &inside[close + PLACEHOLDER_CLOSE.len_utf8()..];
    }
    each(rest, None);
    true
}

/// A text in which all placeholders were replaced.
#[derive(Debug, Default)]
pub(crate) struct SettledText {
    text: String,
    /// What replaced each placeholder: places in the text.
    labels: Vec<(usize, usize)>,
    rewritten: bool,
}

impl SettledText {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.labels.clear();
        self.rewritten = false;
    }

    pub(super) fn push_plain(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds what replaces a plain part in which something that was known had to go.
    pub(super) fn push_rewritten(&mut self, text: &str) {
        self.text.push_str(text);
        self.rewritten = true;
    }

    pub(super) fn push_label(&mut self, label: &str) {
        let start = self.text.len();
        self.text.push_str(label);
        self.labels.push((start, self.text.len()));
    }

    /// The text was cut where a placeholder was.
    pub(super) fn cut(&mut self) {
        self.rewritten = true;
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// True when more than the placeholders differs from the text before.
    pub(crate) fn is_rewritten(&self) -> bool {
        self.rewritten
    }

    /// What replaced the placeholders, in order.
    pub(crate) fn labels(&self) -> impl ExactSizeIterator<Item = &str> {
        self.labels.iter().map(|(start, end)| &self.text[*start..*end])
    }
}
