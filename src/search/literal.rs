//! A search for one fixed text.

use std::sync::OnceLock;

use memchr::memmem::{FindIter, Finder};

/// A text that is searched for again and again: its search is prepared once, not at each call.
#[derive(Debug)]
pub(crate) struct Literal {
    text: &'static str,
    finder: OnceLock<Finder<'static>>,
}

impl Literal {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, finder: OnceLock::new() }
    }

    fn finder(&self) -> &Finder<'static> {
        self.finder.get_or_init(|| Finder::new(self.text))
    }

    /// Where it occurs first.
    pub(crate) fn find(&self, text: &[u8]) -> Option<usize> {
        self.finder().find(text)
    }

    /// Whether a text contains it.
    pub(crate) fn is_in(&self, text: &[u8]) -> bool {
        self.find(text).is_some()
    }

    /// Where it occurs, without overlaps.
    pub(crate) fn find_iter<'l, 't>(&'l self, text: &'t [u8]) -> FindIter<'t, 'l> {
        self.finder().find_iter(text)
    }

    pub(crate) fn text(&self) -> &'static str {
        self.text
    }

    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }
}
