//! Which words a run of four bytes belongs to.

use super::needle::{ByteClass, Needle};

/// Bytes of a run.
pub(super) const NGRAM_LEN: usize = 4;

/// Runs of words, by a hash of their bytes: a table of `CELLS` times 64 bits says of nearly every run of
/// ordinary text that it belongs to none.
#[derive(Debug, Clone)]
pub(super) struct NgramIndex<const CELLS: usize> {
    /// Two bits for each run, in one cell, by its hash: one alone would let through too much of ordinary
    /// text once a catalogue is ten times as large.
    table: Box<[u64; CELLS]>,
    /// The runs of one cell of the table are `runs[cells[cell]..cells[cell + 1]]`.
    cells: Vec<u32>,
    runs: Vec<Ngram>,
    words: Vec<Needle>,
}

/// The first runs of windows; few, for there is one for each word.
pub(super) type FingerprintIndex = NgramIndex<512>;

/// A run of a word.
#[derive(Debug, Clone, Copy)]
struct Ngram {
    bytes: u32,
    /// What stands behind it in the word, as far as `known` has bits: most false alarms end here, before
    /// the word itself is looked at.
    behind: u32,
    known: u32,
    word: u32,
    /// Where it stands in the word; -1 when its first byte is the one before the word.
    at: i32,
}

/// A place in the table.
#[derive(Clone, Copy)]
struct Slot {
    cell: usize,
    bits: [u32; 2],
}

impl<const CELLS: usize> NgramIndex<CELLS> {
    /// `chosen` tells for each word, by its number, which places a run of it may have, and where in the
    /// word they stand.
    pub(super) fn new<'w>(words: Vec<Needle>, chosen: impl Iterator<Item = (usize, i32, &'w [ByteClass])>) -> Self {
        let mut runs = Vec::new();
        for (word, at, places) in chosen {
            let (behind, known) = behind(&words[word], at);
            let word = u32::try_from(word).unwrap_or(u32::MAX);
            let run = |bytes| Ngram { bytes: u32::from_le_bytes(bytes), behind, known, word, at };
            runs.extend(expand(places).map(run));
        }
        runs.sort_by_key(|run| Self::spot(run.bytes).cell);
        let mut table = Box::new([0; CELLS]);
        let mut cells = vec![0; CELLS + 1];
        for run in &runs {
            let spot = Self::spot(run.bytes);
            table[spot.cell] |= spot.bits.iter().fold(0, |bits, bit| bits | 1 << bit);
            cells[spot.cell + 1] += 1;
        }
        for i in 0..CELLS {
            cells[i + 1] += cells[i];
        }
        Self { table, cells, runs, words }
    }

    /// Whether these bytes may be a run of a word, as the lowest bit of some.
    #[inline(always)]
    pub(super) fn mark(&self, run: [u8; NGRAM_LEN]) -> u64 {
        let spot = Self::spot(u32::from_le_bytes(run));
        let cell = self.table[spot.cell];
        (cell >> spot.bits[0]) & (cell >> spot.bits[1])
    }

    /// Those of the `places` of a block where a run of a word may stand.
    #[inline(always)]
    pub(super) fn marked(&self, block: &[u8], places: u64) -> u64 {
        let mut left = places;
        let mut marked = 0;
        while left != 0 {
            let place = left.trailing_zeros() as usize;
            let run = block.get(place..place + NGRAM_LEN).and_then(|run| run.try_into().ok());
            marked |= (self.mark(run.unwrap_or_default()) & 1) << place;
            left &= left - 1;
        }
        marked
    }

    /// The words one of whose runs stands at `place`: number and start.
    pub(super) fn words_at<'t>(&'t self, text: &'t [u8], place: usize) -> impl Iterator<Item = (usize, usize)> + 't {
        let four = |at: usize| text.get(at..).and_then(<[u8]>::first_chunk).map(|run| u32::from_le_bytes(*run));
        let sample = four(place).unwrap_or_default();
        // At the end of the text, the word itself decides.
        let behind = four(place + NGRAM_LEN);
        let spot = Self::spot(sample);
        let range = self.cells[spot.cell] as usize..self.cells[spot.cell + 1] as usize;
        let fits = move |run: &&Ngram| {
            run.bytes == sample && behind.is_none_or(|behind| (behind ^ run.behind) & run.known == 0)
        };
        self.runs[range].iter().filter(fits).filter_map(move |run| {
            let start = place.checked_add_signed((-run.at).try_into().ok()?)?;
            let word = self.words.get(run.word as usize)?;
            word.matches(text.get(start..)?).then_some((run.word as usize, start))
        })
    }

    fn spot(run: u32) -> Slot {
        // The upper bits of the product depend on all bytes.
        let hash = u64::from(run).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let cell = (hash >> (u64::BITS - CELLS.trailing_zeros())) as usize % CELLS;
        Slot { cell, bits: [46, 40].map(|shift| (hash >> shift) as u32 & 63) }
    }
}

/// The four bytes behind a run at a place of a word, and a mask of those that are one byte and no other.
fn behind(word: &Needle, at: i32) -> (u32, u32) {
    let places = word.places();
    let place = |i: i32| usize::try_from(at + i).ok().and_then(|at| places.get(at).copied());
    let known = [4, 5, 6, 7].map(|i| match place(i) {
        Some(ByteClass::Byte(byte)) => (byte, u8::MAX),
        _ => (0, 0),
    });
    (u32::from_le_bytes(known.map(|(byte, _)| byte)), u32::from_le_bytes(known.map(|(_, mask)| mask)))
}

/// All runs of bytes that fit.
pub(super) fn expand(places: &[ByteClass]) -> impl Iterator<Item = [u8; NGRAM_LEN]> + use<> {
    let [a, b, c, d] = [0, 1, 2, 3].map(|i| places[i].bytes());
    a.flat_map(move |a| {
        let (c, d) = (c.clone(), d.clone());
        b.clone().flat_map(move |b| {
            let d = d.clone();
            c.clone().flat_map(move |c| d.clone().map(move |d| [a, b, c, d]))
        })
    })
}
