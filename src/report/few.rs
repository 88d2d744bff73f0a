//! A set that stays small: the first few members, and whether there were more.

/// At most `N` different members, in the order in which they came.
///
/// Joining two of them in the order of the log gives the same whatever the log was cut into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Few<T, const N: usize> {
    members: Vec<T>,
    more: bool,
}

impl<T, const N: usize> Default for Few<T, N> {
    fn default() -> Self {
        Self { members: Vec::new(), more: false }
    }
}

impl<T: PartialEq, const N: usize> Few<T, N> {
    pub(crate) fn add(&mut self, member: T) {
        if self.members.contains(&member) {
            return;
        }
        if self.members.len() < N {
            self.members.push(member);
        } else {
            self.more = true;
        }
    }

    /// Adds what came later.
    pub(crate) fn absorb(&mut self, later: Self) {
        self.more |= later.more;
        later.members.into_iter().for_each(|member| self.add(member));
    }

    pub(crate) fn members(&self) -> &[T] {
        &self.members
    }

    /// True when members were left out.
    pub(crate) fn more(&self) -> bool {
        self.more
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.members.iter().any(|member| other.members.contains(member))
    }

    pub(crate) fn into_members(self) -> Vec<T> {
        self.members
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
            assert!(joined.more());
        }
    }
}
