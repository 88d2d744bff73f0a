//! A set that stays small: the first few members.

/// At most `N` different members, in the order in which they came.
///
/// Joining two of them in the order of the log gives the same whatever the log was cut into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Few<T, const N: usize> {
    members: Vec<T>,
}

impl<T, const N: usize> Default for Few<T, N> {
    fn default() -> Self {
        Self { members: Vec::new() }
    }
}

impl<T: PartialEq, const N: usize> Few<T, N> {
    pub(crate) fn add(&mut self, member: T) {
        if self.members.len() < N && !self.members.contains(&member) {
            self.members.push(member);
        }
    }

    /// The same of one that is known to be no member.
    pub(crate) fn add_new(&mut self, member: T) {
        if self.members.len() < N {
            self.members.push(member);
        }
    }

    /// The same of something borrowed: it is made a member only when it becomes one.
    pub(crate) fn add_as<B>(&mut self, member: &B)
    where
        B: ?Sized + ToOwned<Owned = T>,
        T: std::borrow::Borrow<B>,
        B: PartialEq,
    {
        if self.members.len() < N && !self.members.iter().any(|known| known.borrow() == member) {
            self.members.push(member.to_owned());
        }
    }

    /// Adds what came later.
    pub(crate) fn absorb(&mut self, later: Self) {
        later.members.into_iter().for_each(|member| self.add(member));
    }

    pub(crate) fn members(&self) -> &[T] {
        &self.members
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.members.iter().any(|member| other.members.contains(member))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_few_stay_whatever_the_cut() {
        let all = [1, 2, 1, 3, 4, 2];
        let of = |part: &[i32]| {
            let mut few = Few::<i32, 3>::default();
            part.iter().for_each(|n| few.add(*n));
            few
        };
        for cut in 0..all.len() {
            let mut joined = of(&all[..cut]);
            joined.absorb(of(&all[cut..]));
            assert_eq!(joined, of(&all), "cut at {cut}");
            assert_eq!(joined.members(), [1, 2, 3]);
        }
    }
}
