use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

const NEEDLES: [&str; 10] = [
    "PKIX path building failed",
    "path building",
    "connect timed out",
    "1.1 407",
    "this.resp",
    "AADSTS",
    "MSIS9",
    "imap",
    "oidc",
    "Schlüssel ungültig",
];

fn needles() -> Vec<Needle> {
    let digits = |text: &str| match text {
        "AADSTS" => 4,
        "MSIS9" => 3,
        _ => 0,
    };
    NEEDLES.map(|text| Needle::of(text).digits(digits(text))).to_vec()
}

/// The needles that are long enough for a search of whole logs.
fn long_needles() -> Vec<Needle> {
    needles().into_iter().filter(|needle| needle.classes().len() >= packed_filter::MIN_NEEDLE_BYTES).collect()
}

/// A search with one set of instructions.
#[derive(Debug)]
enum Search {
    OfPhrases(MultiSearcher<3>),
    OfLogs(MultiSearcher<6>),
}

impl Search {
    fn needles(&self) -> Vec<Needle> {
        match self {
            Self::OfPhrases(_) => needles(),
            Self::OfLogs(_) => long_needles(),
        }
    }

    fn first(&self, text: &[u8], from: usize) -> FirstMatch {
        match self {
            Self::OfPhrases(search) => search.first(text, from),
            Self::OfLogs(search) => search.first(text, from),
        }
    }

    fn for_each(&self, text: &[u8], each: impl FnMut(usize, usize)) {
        match self {
            Self::OfPhrases(search) => search.for_each(text, each),
            Self::OfLogs(search) => search.for_each(text, each),
        }
    }
}

/// Each kind of search that this processor supports.
static SEARCHES: LazyLock<Vec<Search>> = LazyLock::new(|| {
    let frequencies = NgramFrequencies::of_ordinary_logs();
    let mut searches = vec![
        Search::OfPhrases(MultiSearcher::Sampling(SizedSearcher::Small(SamplingSearcher::new(needles(), frequencies)))),
        Search::OfPhrases(MultiSearcher::Sampling(SizedSearcher::Large(SamplingSearcher::new(needles(), frequencies)))),
    ];
    for instructions in Instructions::ALL {
        if !Instructions::available().any(|available| available == instructions) {
            println!("skipped: this processor does not have {instructions}");
            continue;
        }
        searches.extend(MultiSearcher::with(&needles(), instructions).map(Search::OfPhrases));
        searches.extend(MultiSearcher::with(&long_needles(), instructions).map(Search::OfLogs));
    }
    searches
});

/// Number and position of each occurrence, found one by one.
fn occurrences(needles: &[Needle], text: &[u8]) -> Vec<(usize, usize)> {
    let at = |position: usize| {
        (0..needles.len()).filter(move |i| needles[*i].matches(&text[position..])).map(move |i| (i, position))
    };
    (0..text.len()).flat_map(at).collect()
}

#[test]
fn needles_are_found_where_they_start() {
    for search in &*SEARCHES {
        let first = |text: &[u8], from| search.first(text, from).at;
        assert_eq!(first(b"xx AADSTS50011", 0), Some(3));
        assert_eq!(first(b"xx AADSTS50011", 4), None);
        assert_eq!(first(b"xx AADSTSx AADSTS1234", 0), Some(11));
        assert_eq!(first(b"AADSTS123", 0), None);
        assert_eq!(first(b"1.1 407", 0), Some(0));
        assert_eq!(first(b"", 0), None);
    }
}

#[test]
fn every_set_of_instructions_has_a_search_of_logs() {
    for instructions in Instructions::available() {
        assert!(MultiSearcher::<6>::with(&long_needles(), instructions).is_some(), "{instructions}");
    }
}

#[test]
fn instructions_that_a_processor_does_not_have_are_refused() {
    let refused = use_instructions("mmx").expect_err("no search uses them");
    assert!(refused.contains(&"scalar".to_owned()), "{refused:?}");
}

#[test]
fn too_many_needles_are_sampled_and_still_found() {
    let letter = |hash: usize| char::from(b"etaoinsrhlcdupmg"[hash % 16]);
    let text = |i: usize| {
        let hash = i.wrapping_mul(0x9e37_79b9) >> 4;
        (0..7).map(|position| letter(hash >> (4 * position))).collect::<String>()
    };
    let needles: Vec<Needle> = (0..3000).map(|i| Needle::of(&text(i))).collect();
    assert!(FingerprintFilter::new(&needles, NgramFrequencies::of_ordinary_logs(), true).is_none());
    let line = format!("nothing here, and {} there", text(77));
    assert_eq!(MultiSearcher::<3>::new(needles).first(line.as_bytes(), 0).at, Some(18));
}

proptest! {
    #[test]
    fn every_search_finds_all_needles_of_a_text(
        parts in prop::collection::vec(
            prop_oneof![
                3 => prop::sample::select(NEEDLES.to_vec()).prop_map(str::to_owned),
                2 => "[0-9]{1,5}",
                2 => Just("\n".to_owned()),
                4 => "[ -~]{0,70}",
                1 => "[A-Zath .19]{0,90}",
                1 => "[\\x00-\\x7f\u{80}-\u{ff}]{0,9}",
            ],
            0..14,
        ),
        from in 0usize..200,
    ) {
        let text = parts.concat().into_bytes();
        let from = from.min(text.len());
        let line = |at: usize| count_newlines(&text[..at]);
        for search in &*SEARCHES {
            let all = occurrences(&search.needles(), &text);
            let first = search.first(&text, from);
            let after: Vec<usize> = all.iter().map(|(_, at)| *at).filter(|at| *at >= from).collect();
            let earliest = after.iter().map(|at| line(*at)).min();
            prop_assert_eq!(first.at.map(line), earliest, "{:?}", search);
            prop_assert!(first.at.is_none_or(|at| after.contains(&at)));
            prop_assert_eq!(first.newlines, count_newlines(&text[from..first.at.unwrap_or(text.len())]));
            let mut found = Vec::new();
            search.for_each(&text, |needle, at| found.push((needle, at)));
            found.sort_unstable_by_key(|(needle, at)| (*at, *needle));
            found.dedup();
            prop_assert_eq!(&found, &all);
        }
    }
}

proptest! {
    #[test]
    fn texts_have_as_many_bytes_in_common_as_a_plain_loop_counts(a in "[ab]{0,90}", differs in 0_usize..90, more in "[ab]{0,9}") {
        let mut b = a.clone().into_bytes();
        b.extend(more.bytes());
        if let Some(byte) = b.get_mut(differs) {
            *byte = b'c';
        }
        let plain = a.bytes().zip(&b).take_while(|(a, b)| a == *b).count();
        prop_assert_eq!(common_prefix_len(a.as_bytes(), &b), plain);
        prop_assert_eq!(common_prefix_len(&b, a.as_bytes()), plain);
    }

    #[test]
    fn leading_digits_are_counted_as_a_plain_loop_counts(
        digits in "[0-9]{0,20}", rest in prop::collection::vec(any::<u8>(), 0..12),
    ) {
        let text = [digits.as_bytes(), &rest].concat();
        let plain = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        prop_assert_eq!(leading_digits(&text), plain);
    }
}
