//! A bounded set: the first few members.

use std::borrow::Borrow;

/// At most `N` different members, in order of arrival.
///
/// Each has a sequence number that says when it arrived. Merging gives the same set in any order,
/// however the log was cut into chunks and its findings were grouped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FirstN<T, const N: usize> {
    /// Members with their sequence numbers, which never decrease.
    members: Vec<(u64, T)>,
}

impl<T, const N: usize> Default for FirstN<T, N> {
    fn default() -> Self {
        Self { members: Vec::new() }
    }
}

impl<T: PartialEq, const N: usize> FirstN<T, N> {
    /// Adds a member after all others.
    pub(crate) fn add(&mut self, member: T) {
        self.add_at(self.last_sequence(), member);
    }

    /// Adds a member that is known to be new, after all others.
    pub(crate) fn add_new(&mut self, member: T) {
        if self.members.len() < N {
            self.members.push((self.last_sequence(), member));
        }
    }

    /// Adds a member with its sequence number, which is not below that of any other member.
    pub(crate) fn add_at(&mut self, sequence: u64, member: T) {
        if self.members.len() < N && !self.iter().any(|known| *known == member) {
            self.members.push((sequence, member));
        }
    }

    /// [`add_at`](Self::add_at) for borrowed data, which is copied only when it becomes a member.
    pub(crate) fn insert_at<B>(&mut self, sequence: u64, member: &B)
    where
        B: ?Sized + ToOwned<Owned = T> + PartialEq,
        T: Borrow<B>,
    {
        if self.members.len() < N && !self.iter().any(|known| known.borrow() == member) {
            self.members.push((sequence, member.to_owned()));
        }
    }

    /// Adds `by` to all sequence numbers.
    pub(crate) fn shift(&mut self, by: u64) {
        self.members.iter_mut().for_each(|(sequence, _)| *sequence += by);
    }

    /// Adds the members of another set.
    pub(crate) fn merge(&mut self, other: Self) {
        let later = other.members.first().is_none_or(|(first, _)| *first >= self.last_sequence());
        let mut all = if later { Vec::new() } else { std::mem::take(&mut self.members) };
        all.extend(other.members);
        all.sort_by_key(|(sequence, _)| *sequence);
        all.into_iter().for_each(|(sequence, member)| self.add_at(sequence, member));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.members.iter().map(|(_, member)| member)
    }

    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// The member, when there is exactly one.
    pub(crate) fn only(&self) -> Option<&T> {
        self.iter().next().filter(|_| self.len() == 1)
    }

    /// True when both sets have a member in common.
    pub(crate) fn intersects(&self, other: &Self) -> bool {
        self.iter().any(|member| other.iter().any(|theirs| theirs == member))
    }

    fn last_sequence(&self) -> u64 {
        self.members.last().map_or(0, |(sequence, _)| *sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_members_stay_wherever_the_log_was_cut() {
        let all = [1, 2, 1, 3, 4, 2];
        let set_of = |part: &[i32]| {
            let mut set = FirstN::<i32, 3>::default();
            part.iter().for_each(|n| set.add(*n));
            set
        };
        for cut in 0..all.len() {
            let mut merged = set_of(&all[..cut]);
            merged.merge(set_of(&all[cut..]));
            assert_eq!(merged, set_of(&all), "cut at {cut}");
            assert_eq!(merged.iter().copied().collect::<Vec<_>>(), [1, 2, 3]);
        }
    }

    #[test]
    fn the_first_members_stay_however_findings_were_grouped() {
        let all = [5, 1, 4, 2, 2, 5, 3, 1];
        let set_of = |wanted: &dyn Fn(&i32) -> bool| {
            let mut set = FirstN::<i32, 4>::default();
            (0..).zip(all).filter(|(_, n)| wanted(n)).for_each(|(sequence, n)| set.add_at(sequence, n));
            set
        };
        for wanted in [|n: &i32| n % 2 == 0, |n: &i32| *n > 2, |_: &i32| false] {
            let mut merged = set_of(&wanted);
            merged.merge(set_of(&|n| !wanted(n)));
            assert_eq!(merged.iter().copied().collect::<Vec<_>>(), [5, 1, 4, 2]);
        }
    }
}
