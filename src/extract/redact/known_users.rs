//! Users known from anywhere in a report, hidden wherever else they are named.
//!
//! A record's own user is hidden in the record. That somebody who is named in another's message is a
//! user is known only when all headers have been seen.

use std::{borrow::Cow, cmp::Reverse, collections::BTreeSet};

use aho_corasick::{AhoCorasick, Match};

use super::{
    Pseudonyms, RedactionLevel,
    known_secrets::KnownSecrets,
    recall::{can_be_recalled, is_whole, is_whole_name, spellings},
    replace_user,
};

/// The users of a report and the names they go by.
#[derive(Debug, Default)]
pub struct KnownUsers {
    finder: Option<AhoCorasick>,
    shown: Vec<String>,
    /// So many are names; the others are spellings of these.
    certain: usize,
    secrets: KnownSecrets,
}

impl KnownUsers {
    /// Everybody who has a name in the report already, and `others`.
    #[must_use]
    pub(crate) fn new(others: BTreeSet<String>, names: &mut Pseudonyms) -> Self {
        let mut users: BTreeSet<String> = names.users().map(str::to_owned).collect();
        users.extend(others.into_iter().map(|name| name.to_lowercase()));
        users.retain(|name| can_be_recalled(name));
        let secrets = names.known_secrets().clone();
        if users.is_empty() {
            return Self { secrets, ..Self::default() };
        }
        names.counting(false);
        let mut shown: Vec<String> = users
            .iter()
            .map(|name| {
                let mut name = replace_user(name, RedactionLevel::Standard);
                names.apply(&mut name);
                name
            })
            .collect();
        names.counting(true);
        let mut users: Vec<String> = users.into_iter().collect();
        let certain = users.len();
        for at in 0..certain {
            for spelling in spellings(&users[at]) {
                users.push(spelling);
                shown.push(shown[at].clone());
            }
        }
        let finder = AhoCorasick::builder().ascii_case_insensitive(true).build(&users).expect("names are plain texts");
        Self { finder: Some(finder), shown, certain, secrets }
    }

    /// A text in which they go by their names, without the secrets of the report.
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let without = self.secrets.remove(text).map_or(Cow::Borrowed(text), Cow::Owned);
        let Some(finder) = &self.finder else { return without };
        // A longer name that is not a whole one may begin with one that is.
        let is_named = |found: &Match| {
            let (start, end) = (found.start(), found.end());
            let spelling = found.pattern().as_usize() >= self.certain;
            is_whole(&without, start, end) || spelling && is_whole_name(&without, start, end)
        };
        let mut places: Vec<Match> = finder.find_overlapping_iter(&*without).filter(is_named).collect();
        places.sort_unstable_by_key(|found| (found.start(), Reverse(found.end()), found.pattern()));
        let (mut out, mut at) = (String::new(), 0);
        for found in places {
            if found.start() >= at {
                out.push_str(&without[at..found.start()]);
                out.push_str(&self.shown[found.pattern().as_usize()]);
                at = found.end();
            }
        }
        if at == 0 {
            return without;
        }
        out.push_str(&without[at..]);
        Cow::Owned(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_hidden_where_a_longer_one_would_not_be_whole() {
        let mut names = Pseudonyms::default();
        let people = BTreeSet::from(["lindgarth".to_owned(), "wenona lindgarth".to_owned()]);
        let known = KnownUsers::new(people, &mut names);
        let shown = known.redact("by lindgarth, wenonas and Wenona Lindgarth");
        assert!(!shown.to_lowercase().contains("lindgarth"), "{shown}");
    }

    #[test]
    fn users_are_hidden_as_whole_words() {
        let mut names = Pseudonyms::default();
        let people = BTreeSet::from(["mrossi".to_owned(), "Jira".to_owned(), "bob".to_owned()]);
        let known = KnownUsers::new(people, &mut names);
        assert_eq!(known.redact("for mrossi. ~MRossi and /home/mrossi/x"), "for user-1. ~user-1 and /home/user-1/x");
        for kept in ["mrossi2 c.mrossi.X mrossi.example.com mrossi-x", "jira and bob", ""] {
            assert_eq!(known.redact(kept), kept);
        }
    }
}
