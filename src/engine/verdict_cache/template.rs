//! Templates of messages: which parts may differ in a message with the same meaning.

use super::wildcards::{Id, Wildcard, WildcardSet, find_wildcards};
use crate::search::{common_prefix_len, count_newlines};

/// A message, and its wildcards: the places where an equal message may differ.
#[derive(Debug)]
pub(super) struct Template {
    message: Box<[u8]>,
    /// Newlines in the message. A wildcard contains none.
    newlines: u64,
    wildcards: Box<[Wildcard]>,
    wildcard_set: WildcardSet,
    /// Ids that are equal in the template must be equal in the message; empty if that does not matter.
    ids: Box<[Id]>,
    ids_matter: bool,
}

/// The first bytes of a message, and which of them a message that fits must have. Most other messages differ here, and the
/// heads of templates that are compared with one message are next to each other in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    bytes: [u64; HEAD_WORDS],
    /// Ones where a message must have the same bits.
    fixed: [u64; HEAD_WORDS],
}

/// Length of a head in words of eight bytes.
const HEAD_WORDS: usize = 8;

impl Head {
    fn of(message: &[u8], wildcards: &[Wildcard]) -> Self {
        let mut head = [0; HEAD_WORDS * 8];
        let mut fixed = [0; HEAD_WORDS * 8];
        for (slot, byte) in head.iter_mut().zip(message) {
            *slot = *byte;
        }
        // What follows a wildcard that may be longer is not at the same place in every message.
        let end = wildcards
            .iter()
            .find(|wildcard| wildcard.variable_len)
            .map_or(message.len(), |wildcard| wildcard.start.into());
        fixed.iter_mut().take(end).for_each(|byte| *byte = u8::MAX);
        for wildcard in wildcards {
            fixed.iter_mut().take(wildcard.end.into()).skip(wildcard.start.into()).for_each(|byte| *byte = 0);
        }
        Self { bytes: words(&head), fixed: words(&fixed) }
    }

    /// False for a text that starts with other bytes.
    #[inline]
    pub(super) fn may_fit(&self, text: &[u8]) -> bool {
        let Some(text) = text.first_chunk() else { return true };
        let text = words(text);
        (0..HEAD_WORDS).fold(0, |other, i| other | ((text[i] ^ self.bytes[i]) & self.fixed[i])) == 0
    }
}

#[inline]
fn words(bytes: &[u8; HEAD_WORDS * 8]) -> [u64; HEAD_WORDS] {
    let (words, _) = bytes.as_chunks();
    std::array::from_fn(|i| u64::from_ne_bytes(words[i]))
}
/// Where the parts of a template are in a message that fits it.
#[derive(Debug, Default)]
pub(super) struct Alignment {
    /// Length of the message in bytes.
    pub(super) len: usize,
    /// From this position of the template on, the message is so much longer (wrapping when it is shorter).
    shifts: Vec<(usize, usize)>,
}

impl Alignment {
    /// The position in the message of a position in the template.
    pub(super) fn in_message(&self, at: usize) -> usize {
        // Most positions are those of ids, near the start; most shifts are those of stack frames, after them.
        let shift = self.shifts.iter().take_while(|(from, _)| *from <= at).last().map_or(0, |(_, shift)| *shift);
        at.wrapping_add(shift)
    }

    /// The position in the template of a position in the message.
    pub(super) fn in_template(&self, at: usize) -> usize {
        let before = |(from, shift): &(usize, usize)| from.wrapping_add(*shift) <= at;
        let shift = self.shifts.iter().copied().rev().find(before).map_or(0, |(_, shift)| shift);
        at.wrapping_sub(shift)
    }
}

impl Template {
    /// The template and the head of a message. `None` when it is too long, or when a wildcard starts a line, because
    /// the start of a line decides where records start.
    pub(super) fn of(message: &[u8], wildcard_set: WildcardSet, ids_matter: bool) -> Option<(Self, Head)> {
        let (wildcards, ids) = find_wildcards(message, wildcard_set)?;
        let starts_line = |start: usize| start > 0 && matches!(message[start - 1], b'\n' | 0);
        if wildcards.iter().any(|wildcard| starts_line(wildcard.start.into())) {
            return None;
        }
        let head = Head::of(message, &wildcards);
        let template = Self {
            message: message.into(),
            newlines: count_newlines(message),
            wildcards: wildcards.into(),
            wildcard_set,
            ids: if ids_matter { ids.into() } else { Box::default() },
            ids_matter,
        };
        Some((template, head))
    }

    /// Length of the message in bytes.
    pub(super) fn len(&self) -> usize {
        self.message.len()
    }

    /// Newlines in each message that fits.
    pub(super) fn newlines(&self) -> u64 {
        self.newlines
    }

    /// True when the same parts may differ.
    pub(super) fn has_same_wildcards(&self, wildcard_set: WildcardSet, ids_matter: bool) -> bool {
        (self.wildcard_set, self.ids_matter) == (wildcard_set, ids_matter)
    }

    /// True when `text` starts with a message that differs from this one only in its wildcards. Sets
    /// `alignment`.
    pub(super) fn fits(&self, text: &[u8], alignment: &mut Alignment) -> bool {
        alignment.shifts.clear();
        // So far, the text and the template agree.
        let (mut at, mut done) = (0, 0);
        let mut wildcards = self.wildcards.iter();
        // A number at the end of the template may be longer in the text.
        let ends_open = self.wildcards.last().is_some_and(|wildcard| wildcard.place().end == self.message.len());
        loop {
            let differs = done + common_prefix_len(&text[at..], &self.message[done..]);
            if differs == self.message.len() && (!ends_open || wildcards.len() == 0) {
                alignment.len = at + differs - done;
                return self.equal_ids_are_equal(text, alignment);
            }
            // Wildcards before it have the same text in both.
            let wildcard = wildcards.find(|wildcard| wildcard.place().end >= differs);
            let Some(wildcard) = wildcard.filter(|wildcard| wildcard.place().start <= differs) else { return false };
            let place = wildcard.place();
            at += place.start - done;
            let len = wildcard.kind.len(&text[at..], place.len());
            let Some(len) = len.filter(|len| wildcard.variable_len || *len == place.len()) else { return false };
            at += len;
            done = place.end;
            if len != place.len() {
                alignment.shifts.push((done, at.wrapping_sub(done)));
            }
        }
    }

    /// True when the ids that are equal in the template are equal in the message, and different ones different.
    fn equal_ids_are_equal(&self, message: &[u8], alignment: &Alignment) -> bool {
        let text = |id: &Id| &message[alignment.in_message(id.place.start)..][..id.place.len()];
        self.ids.iter().enumerate().all(|(i, id)| match id.same_as {
            first if first < i => text(id) == text(&self.ids[first]),
            _ => self.ids[..i].iter().enumerate().all(|(n, earlier)| earlier.same_as != n || text(earlier) != text(id)),
        })
    }
}

#[cfg(test)]
mod tests;
