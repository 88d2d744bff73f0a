//! Which six neighbouring places of each word are looked for.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{
    glance::WINDOW,
    prices::Prices,
    runs::{RUN, expand},
    word::{Place, Word},
};

pub(super) type Window = [Place; WINDOW];

/// The window of one word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    pub(super) window: Window,
    /// Where in the word it stands.
    pub(super) at: i32,
}

/// A window of some words.
struct Shared<'s> {
    price: f64,
    words: &'s [Standing],
}

/// Where a window stands.
struct Standing {
    window: Window,
    word: usize,
    at: usize,
}

/// For each word the window that is looked for, with whatever stands behind a word that is shorter: of all windows time and again the one that costs least
/// for each word that has it and none yet. `None` when a word has no run.
pub(super) fn choose(words: &[Word], prices: &Prices) -> Option<Vec<Chosen>> {
    let mut standing: Vec<Standing> = words.iter().enumerate().flat_map(standing_in).collect();
    standing.sort_unstable_by_key(|standing| (key(&standing.window), standing.word, standing.at));
    let shared: Vec<Shared<'_>> = standing
        .chunk_by(|a, b| a.window == b.window)
        .map(|words| Shared { price: price(&words[0].window, prices), words })
        .collect();
    let mut chosen: Vec<Option<Chosen>> = vec![None; words.len()];
    // What a window costs for each word only grows: one whose cost still holds is the cheapest.
    let cost = |shared: &Shared<'_>, chosen: &[Option<Chosen>]| {
        let open = shared.words.iter().filter(|standing| chosen[standing.word].is_none()).count();
        (open > 0).then(|| (shared.price / open as f64).to_bits())
    };
    let costs = shared.iter().enumerate().filter_map(|(i, shared)| Some(Reverse((cost(shared, &chosen)?, i))));
    let mut queue: BinaryHeap<_> = costs.collect();
    while let Some(Reverse((before, i))) = queue.pop() {
        match cost(&shared[i], &chosen) {
            Some(now) if now == before => {
                for Standing { window, word, at } in shared[i].words {
                    let at = i32::try_from(*at).ok()?;
                    chosen[*word].get_or_insert(Chosen { window: *window, at });
                }
            }
            Some(now) => queue.push(Reverse((now, i))),
            None => {}
        }
    }
    chosen.into_iter().collect()
}

fn standing_in((word, places): (usize, &Word)) -> Vec<Standing> {
    let mut places = places.places().to_vec();
    if places.len() < RUN {
        return Vec::new();
    }
    places.resize(places.len().max(WINDOW), Place::Any);
    let windows = places.windows(WINDOW).enumerate();
    windows.filter_map(|(at, window)| Some(Standing { window: window.try_into().ok()?, word, at })).collect()
}

/// A number for each window, quicker to compare.
fn key(window: &Window) -> u64 {
    window.iter().fold(0, |key, place| {
        let place = match place {
            Place::Byte(byte) => u64::from(*byte),
            Place::Digit => 256,
            Place::Any => 257,
        };
        key << 9 | place
    })
}

/// What a window costs: its bytes in the tables, and that ordinary logs hold it.
fn price(window: &Window, prices: &Prices) -> f64 {
    const EACH: f64 = 8e-6;
    let runs = [0, WINDOW - RUN].map(|at| &window[at..at + RUN]);
    let known = runs.into_iter().filter(|run| !run.contains(&Place::Any));
    EACH + known.map(|run| expand(run).map(|run| prices.of(run)).sum()).fold(1.0, f64::min)
}
