//! Which needles an n-gram of four bytes belongs to.

use super::needle::{ByteClass, Needle};

/// Bytes of an n-gram.
pub(super) const NGRAM_LEN: usize = 4;

/// N-grams of needles, by a hash of their bytes. A table of `SLOTS` times 64 bits rejects nearly every n-gram
/// of ordinary text.
#[derive(Debug, Clone)]
pub(super) struct NgramIndex<const SLOTS: usize> {
    /// Two bits for each n-gram, in one slot, by its hash. A single bit would let too much ordinary text pass
    /// with a catalogue ten times as large.
    table: Box<[u64; SLOTS]>,
    /// The n-grams of a slot are `ngrams[offsets[slot]..offsets[slot + 1]]`.
    offsets: Vec<u32>,
    ngrams: Vec<Ngram>,
    needles: Vec<Needle>,
}

/// The first n-grams of fingerprints: few, because there is one for each needle.
pub(super) type FingerprintIndex = NgramIndex<512>;

/// An n-gram of a needle.
#[derive(Debug, Clone, Copy)]
struct Ngram {
    bytes: u32,
    /// The bytes that follow it in the needle, where `next_mask` has bits. Most false positives end here,
    /// before the needle itself is compared.
    next: u32,
    next_mask: u32,
    needle: u32,
    /// Position in the needle; -1 when its first byte is the one before the needle.
    at: i32,
}

/// A position in the table.
#[derive(Clone, Copy)]
struct Slot {
    index: usize,
    bits: [u32; 2],
}

impl<const SLOTS: usize> NgramIndex<SLOTS> {
    /// `chosen` gives, for a needle by its number, the position and the bytes of one of its n-grams.
    pub(super) fn new<'n>(needles: Vec<Needle>, chosen: impl Iterator<Item = (usize, i32, &'n [ByteClass])>) -> Self {
        let mut ngrams = Vec::new();
        for (needle, at, classes) in chosen {
            let (next, next_mask) = next_bytes(&needles[needle], at);
            let needle = u32::try_from(needle).unwrap_or(u32::MAX);
            let ngram = |bytes| Ngram { bytes: u32::from_le_bytes(bytes), next, next_mask, needle, at };
            ngrams.extend(expand(classes).map(ngram));
        }
        let mut table = Box::new([0; SLOTS]);
        let mut offsets = vec![0; SLOTS + 1];
        for ngram in &ngrams {
            let slot = Self::slot(ngram.bytes);
            table[slot.index] |= slot.bits.iter().fold(0, |bits, bit| bits | 1 << bit);
            offsets[slot.index + 1] += 1;
        }
        for i in 0..SLOTS {
            offsets[i + 1] += offsets[i];
        }
        // By slot: there are thousands, and each slot is known.
        let mut free = offsets.clone();
        let mut by_slot = ngrams.clone();
        for ngram in ngrams {
            let at = &mut free[Self::slot(ngram.bytes).index];
            by_slot[*at as usize] = ngram;
            *at += 1;
        }
        Self { table, offsets, ngrams: by_slot, needles }
    }

    /// Whether these bytes may be an n-gram of a needle, in the lowest bit; the other bits mean nothing.
    #[inline(always)]
    pub(super) fn may_contain(&self, ngram: [u8; NGRAM_LEN]) -> u64 {
        let slot = Self::slot(u32::from_le_bytes(ngram));
        let bits = self.table[slot.index];
        (bits >> slot.bits[0]) & (bits >> slot.bits[1])
    }

    /// Those of the `candidates` in a block where an n-gram of a needle may start.
    #[cfg_attr(not(any(target_arch = "x86", target_arch = "x86_64")), allow(dead_code, reason = "for vectors only"))]
    #[inline(always)]
    pub(super) fn filter(&self, block: &[u8], candidates: u64) -> u64 {
        let mut left = candidates;
        let mut kept = 0;
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            let ngram = block.get(at..at + NGRAM_LEN).and_then(|ngram| ngram.try_into().ok());
            kept |= (self.may_contain(ngram.unwrap_or_default()) & 1) << at;
            left &= left - 1;
        }
        kept
    }

    /// Calls `each` with number and start of the needles with an n-gram at `at`.
    #[inline]
    pub(super) fn each_at(&self, text: &[u8], at: usize, mut each: impl FnMut(usize, usize)) {
        let rest = text.get(at..).unwrap_or_default();
        let Some((sample, next)) = rest.split_first_chunk() else { return };
        let sample = u32::from_le_bytes(*sample);
        // At the end of the text, the comparison with the needle decides.
        let (next, next_mask) = match next.first_chunk() {
            Some(next) => (u32::from_le_bytes(*next), u32::MAX),
            None => (0, 0),
        };
        let slot = Self::slot(sample).index;
        for ngram in &self.ngrams[self.offsets[slot] as usize..self.offsets[slot + 1] as usize] {
            if ngram.bytes == sample
                && (next ^ ngram.next) & ngram.next_mask & next_mask == 0
                && let Some(start) = self.start(ngram, text, at)
            {
                each(ngram.needle as usize, start);
            }
        }
    }

    /// Where the needle of an n-gram at `at` starts, if it is there.
    #[inline(never)]
    fn start(&self, ngram: &Ngram, text: &[u8], at: usize) -> Option<usize> {
        let start = at.checked_add_signed((-ngram.at).try_into().ok()?)?;
        self.needles.get(ngram.needle as usize)?.matches(text.get(start..)?).then_some(start)
    }

    fn slot(ngram: u32) -> Slot {
        // The upper bits of the product depend on all bytes.
        let hash = u64::from(ngram).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let index = (hash >> (u64::BITS - SLOTS.trailing_zeros())) as usize % SLOTS;
        Slot { index, bits: [46, 40].map(|shift| (hash >> shift) as u32 & 63) }
    }
}

/// The four bytes of a needle that follow its n-gram at `at`, and a mask of those that are fixed.
fn next_bytes(needle: &Needle, at: i32) -> (u32, u32) {
    let classes = needle.classes();
    let class = |i: i32| usize::try_from(at + i).ok().and_then(|at| classes.get(at).copied());
    let known = [4, 5, 6, 7].map(|i| match class(i) {
        Some(ByteClass::Byte(byte)) => (byte, u8::MAX),
        _ => (0, 0),
    });
    (u32::from_le_bytes(known.map(|(byte, _)| byte)), u32::from_le_bytes(known.map(|(_, mask)| mask)))
}

/// All n-grams that match the first four classes.
pub(super) fn expand(classes: &[ByteClass]) -> impl Iterator<Item = [u8; NGRAM_LEN]> + use<> {
    let [a, b, c, d] = [0, 1, 2, 3].map(|i| classes[i].bytes());
    a.flat_map(move |a| {
        let (c, d) = (c.clone(), d.clone());
        b.clone().flat_map(move |b| {
            let d = d.clone();
            c.clone().flat_map(move |c| d.clone().map(move |d| [a, b, c, d]))
        })
    })
}
