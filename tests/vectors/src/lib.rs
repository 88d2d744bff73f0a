//! Compares the searches of `src/search/` with one that looks at every byte.

#[allow(dead_code, unreachable_pub, unused_imports, reason = "only the search of whole logs is used")]
#[path = "../../../src/search/mod.rs"]
mod search;

use search::{MultiSearcher, Needle, count_newlines, use_instructions};

/// Ordinary log lines, of which needles and texts are made.
const ORDINARY: &[u8] = include_bytes!("../../../src/search/corpus.txt");

/// The instructions that this processor has, by name.
pub fn instructions() -> Vec<String> {
    use_instructions("").err().unwrap_or_default()
}

/// Searches so many texts for needles with these instructions, and returns how many needles were found.
///
/// # Errors
/// The first text for which the result is wrong.
pub fn check(instructions: &str, rounds: usize) -> Result<usize, String> {
    use_instructions(instructions).map_err(|names| format!("{instructions} is none of {names:?}"))?;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut found = 0;
    for round in 0..rounds {
        // A catalogue of its own for every twenty texts.
        let texts: Vec<String> =
            (0..60).map(|_| random.ascii(7, 40)).chain(["AADSTS".to_owned(), "errorNo".to_owned()]).collect();
        let needles: Vec<Needle> = texts.iter().map(|text| Needle::of(text).digits(digits(text))).collect();
        let searcher = MultiSearcher::<6>::new(needles);
        for part in 0..20 {
            let text = random.text(&texts);
            let from = random.below(64).min(text.len());
            let expected = occurrences(&texts, &text);
            let mut all = Vec::new();
            searcher.for_each(&text, |needle, at| all.push((at, needle)));
            all.sort_unstable();
            all.dedup();
            let place = || format!("{instructions}, round {round}, text {part}: {}", String::from_utf8_lossy(&text));
            if all != expected {
                return Err(format!("{}\nfound {all:?}, there are {expected:?}", place()));
            }
            let line = |at: usize| count_newlines(&text[..at]);
            let first = searcher.first(&text, from);
            let earliest = expected.iter().filter(|(at, _)| *at >= from).map(|(at, _)| line(*at)).min();
            let newlines = count_newlines(&text[from..first.at.unwrap_or(text.len())]);
            if first.at.map(line) != earliest || first.newlines != newlines {
                return Err(format!("{}\nfirst from {from} is {first:?}", place()));
            }
            found += all.len();
        }
    }
    Ok(found)
}

/// The same for WebAssembly: how many needles were found, or 0 when a result is wrong or `simd128` is missing.
#[unsafe(no_mangle)]
pub extern "C" fn found(rounds: u32) -> u32 {
    let rounds = usize::try_from(rounds).unwrap_or_default();
    check("simd128", rounds).ok().and_then(|found| u32::try_from(found).ok()).unwrap_or_default()
}

/// How many digits follow a needle.
fn digits(text: &str) -> usize {
    if text == "AADSTS" { 2 } else { 0 }
}

/// Position and number of each occurrence of each needle, found one by one.
fn occurrences(needles: &[String], text: &[u8]) -> Vec<(usize, usize)> {
    let is_at = |needle: &str, at: usize| {
        let rest = text[at..].strip_prefix(needle.as_bytes());
        let digits = rest.and_then(|rest| rest.get(..digits(needle)));
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
    };
    let at = |at: usize| (0..needles.len()).filter(move |i| is_at(&needles[*i], at)).map(move |i| (at, i));
    (0..text.len()).flat_map(at).collect()
}

/// Numbers that are the same in each run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % end
    }

    /// Part of a line of an ordinary log.
    fn ordinary(&mut self, len: usize) -> &'static [u8] {
        let start = self.below(ORDINARY.len() - len);
        &ORDINARY[start..start + len]
    }

    /// The same in ASCII, without a line break.
    fn ascii(&mut self, min: usize, end: usize) -> String {
        loop {
            let len = min + self.below(end - min);
            if let Ok(text) = str::from_utf8(self.ordinary(len))
                && text.is_ascii()
                && !text.contains('\n')
            {
                return text.to_owned();
            }
        }
    }

    /// A text of up to some hundred bytes: parts of ordinary lines, needles, needles with a wrong byte, any bytes.
    fn text(&mut self, needles: &[String]) -> Vec<u8> {
        let mut text = Vec::new();
        for _ in 0..self.below(12) {
            let mut needle = needles[self.below(needles.len())].clone().into_bytes();
            match self.below(5) {
                0 => text.extend(needle),
                1 => {
                    let at = self.below(needle.len());
                    needle[at] ^= 1 << self.below(8);
                    text.extend(needle);
                }
                2 => text.extend((0..self.below(9)).map(|_| u8::try_from(self.below(256)).unwrap_or_default())),
                3 => text.extend(format!("AADSTS{}\n", self.below(1000)).into_bytes()),
                _ => {
                    let len = self.below(80);
                    text.extend(self.ordinary(len));
                }
            }
        }
        text
    }
}
