//! A set that stays small: the first few members.

use std::borrow::Borrow;

/// At most `N` different members, in the order in which they came.
///
/// Each has a number that tells when it came: joining any of them gives the same, whatever the log was cut
/// into, and however its findings were sorted into them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FirstN<T, const N: usize> {
    /// Each with the number of when it came; never less than that of the one before it.
    members: Vec<(u64, T)>,
}

impl<T, const N: usize> Default for FirstN<T, N> {
    fn default() -> Self {
        Self { members: Vec::new() }
    }
}

impl<T: PartialEq, const N: usize> FirstN<T, N> {
    /// Adds what comes now, behind all others.
    pub(crate) fn add(&mut self, member: T) {
        self.add_at(self.last(), member);
    }

    /// The same of one that is known to be no member.
    pub(crate) fn add_new(&mut self, member: T) {
        if self.members.len() < N {
            self.members.push((self.last(), member));
        }
    }

    /// Adds what comes at `came`, not before any other.
    pub(crate) fn add_at(&mut self, came: u64, member: T) {
        if self.members.len() < N && !self.members().any(|known| *known == member) {
            self.members.push((came, member));
        }
    }

    /// The same of something borrowed: it is made a member only when it becomes one.
    pub(crate) fn insert_at<B>(&mut self, came: u64, member: &B)
    where
        B: ?Sized + ToOwned<Owned = T> + PartialEq,
        T: Borrow<B>,
    {
        if self.members.len() < N && !self.members().any(|known| known.borrow() == member) {
            self.members.push((came, member.to_owned()));
        }
    }

    /// All came so much later.
    pub(crate) fn shift(&mut self, by: u64) {
        self.members.iter_mut().for_each(|(came, _)| *came += by);
    }

    /// Adds the members of another.
    pub(crate) fn merge(&mut self, other: Self) {
        let later = other.members.first().is_none_or(|(first, _)| *first >= self.last());
        let mut all = if later { Vec::new() } else { std::mem::take(&mut self.members) };
        all.extend(other.members);
        all.sort_by_key(|(came, _)| *came);
        all.into_iter().for_each(|(came, member)| self.add_at(came, member));
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &T> {
        self.members.iter().map(|(_, member)| member)
    }

    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// The member, when there is one and no other.
    pub(crate) fn only(&self) -> Option<&T> {
        self.members().next().filter(|_| self.len() == 1)
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.members().any(|member| other.members().any(|theirs| theirs == member))
    }

    fn last(&self) -> u64 {
        self.members.last().map_or(0, |(came, _)| *came)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_few_stay_whatever_the_cut() {
        let all = [1, 2, 1, 3, 4, 2];
        let of = |part: &[i32]| {
            let mut few = FirstN::<i32, 3>::default();
            part.iter().for_each(|n| few.add(*n));
            few
        };
        for cut in 0..all.len() {
            let mut joined = of(&all[..cut]);
            joined.merge(of(&all[cut..]));
            assert_eq!(joined, of(&all), "cut at {cut}");
            assert_eq!(joined.members().copied().collect::<Vec<_>>(), [1, 2, 3]);
        }
    }

    #[test]
    fn the_first_few_stay_however_they_were_sorted() {
        let all = [5, 1, 4, 2, 2, 5, 3, 1];
        let of = |wanted: fn(&i32) -> bool| {
            let mut few = FirstN::<i32, 4>::default();
            (0..).zip(all).filter(|(_, n)| wanted(n)).for_each(|(came, n)| few.add_at(came, n));
            few
        };
        for wanted in [|n: &i32| n % 2 == 0, |n: &i32| *n > 2, |_: &i32| false] {
            let mut joined = of(wanted);
            let mut rest = FirstN::<i32, 4>::default();
            (0..).zip(all).filter(|(_, n)| !wanted(n)).for_each(|(came, n)| rest.add_at(came, n));
            joined.merge(rest);
            assert_eq!(joined.members().copied().collect::<Vec<_>>(), [5, 1, 4, 2]);
        }
    }
}
