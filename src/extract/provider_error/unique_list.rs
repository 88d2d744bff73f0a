//! A list that holds each value once.

use std::{collections::HashSet, hash::Hash, ops::Deref};

/// Values in the order in which they were found, each once. Almost always there is one; a text that somebody made may
/// have thousands, and adding each still takes the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UniqueList<T: Eq + Hash> {
    list: Vec<T>,
    /// The same values, once there are too many to look through the list.
    many: Option<HashSet<T>>,
}

/// From this number of values on, a set is faster than a list.
const MANY_VALUES: usize = 16;

impl<T: Copy + Eq + Hash> UniqueList<T> {
    /// Adds a value unless it is there.
    pub(crate) fn insert(&mut self, value: T) {
        if self.has(&value) {
            return;
        }
        self.list.push(value);
        if let Some(many) = &mut self.many {
            many.insert(value);
        } else if self.list.len() >= MANY_VALUES {
            self.many = Some(self.list.iter().copied().collect());
        }
    }

    /// Whether a value is there.
    pub(crate) fn has(&self, value: &T) -> bool {
        self.many.as_ref().map_or_else(|| self.list.contains(value), |many| many.contains(value))
    }

    /// The values alone.
    pub(crate) fn into_vec(self) -> Vec<T> {
        self.list
    }
}

impl<T: Eq + Hash> Default for UniqueList<T> {
    fn default() -> Self {
        Self { list: Vec::new(), many: None }
    }
}

impl<T: Eq + Hash> Deref for UniqueList<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_is_there_once_in_the_order_of_insertion() {
        let mut list = UniqueList::default();
        for value in (0..40).chain(0..50) {
            list.insert(value);
            assert!(list.has(&value) && !list.has(&50));
        }
        assert_eq!(list.into_vec(), (0..50).collect::<Vec<_>>());
    }
}
