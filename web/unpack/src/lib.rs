//! Decodes LZMA (`.lzma`, as `xz --format=lzma` writes it): a WebAssembly module of about 3 KB that unpacks the other one.
//! `page/unpack.js` calls it.

#![no_std]
#![warn(missing_docs)]

use core::{panic::PanicInfo, slice};

// Where the probabilities of each decision start.
const IS_MATCH: usize = 0;
const IS_REP: usize = 192;
const IS_REP_0: usize = 204;
const IS_REP_1: usize = 216;
const IS_REP_2: usize = 228;
const IS_REP_0_LONG: usize = 240;
const SLOTS: usize = 432;
const SPECIAL: usize = 688;
const ALIGN: usize = 803;
const LENGTH: usize = 819;
const REP_LENGTH: usize = 1333;
const LITERAL: usize = 1847;
/// Probabilities with which a literal is decoded, for each context.
const LITERAL_PROBABILITIES: usize = 0x300;
/// `lc` and `lp` of the format add up to at most 4 here.
const MAX_LITERAL_BITS: u32 = 4;
const PROBABILITIES: usize = LITERAL + (LITERAL_PROBABILITIES << MAX_LITERAL_BITS);
/// Bytes before the coded stream, whose first byte is always 0.
const HEADER_BYTES: usize = 13;

#[panic_handler]
fn stop(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// What the next step goes on with. The slices are in the module's memory, after everything else.
#[derive(Clone, Copy)]
struct Progress {
    coder: Coder,
    packed: (usize, usize),
    out: (usize, usize),
    written: usize,
    state: usize,
    distances: [usize; 4],
    literal_context_bits: u32,
    literal_position_mask: usize,
    position_mask: usize,
}

static mut PROGRESS: Option<Progress> = None;
static mut MODEL: [u16; PROBABILITIES] = [0; PROBABILITIES];

/// Prepares the decoding of `packed_len` bytes at `packed` to `out_len` bytes at `out`. Returns whether the format is one that
/// is decoded here.
///
/// # Safety
/// Both are memory of this module that is used for nothing else until the last step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn start(packed: usize, packed_len: usize, out: usize, out_len: usize) -> bool {
    // SAFETY: the caller's promise.
    let bytes = unsafe { slice::from_raw_parts(packed as *const u8, packed_len) };
    let Some(&properties) = bytes.first() else { return false };
    let (context_bits, rest) = (u32::from(properties % 9), u32::from(properties / 9));
    let (position_bits, state_bits) = (rest % 5, rest / 5);
    if context_bits + position_bits > MAX_LITERAL_BITS || state_bits > 4 {
        return false;
    }
    let mut coder = Coder { range: u32::MAX, code: 0, at: HEADER_BYTES + 1 };
    for _ in 0..4 {
        coder.take(bytes);
    }
    // SAFETY: there is one thread, and no reference to these outlives a call.
    unsafe {
        (*(&raw mut MODEL)).fill(1024);
        PROGRESS = Some(Progress {
            coder,
            packed: (packed, packed_len),
            out: (out, out_len),
            written: 0,
            state: 0,
            distances: [0; 4],
            literal_context_bits: context_bits,
            literal_position_mask: (1 << position_bits) - 1,
            position_mask: (1 << state_bits) - 1,
        });
    }
    true
}

/// Decodes about so many bytes more. Returns how many there are in total, or -1 if the packed bytes are damaged.
///
/// Browsers compile what runs often once more, for speed, but do not change to the faster code within a call.
///
/// # Safety
/// [`start`] was called, and the memory that it was given is not in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn step(bytes: usize) -> isize {
    // SAFETY: there is one thread, and no reference to these outlives a call.
    let (progress, model) = unsafe { (&mut *(&raw mut PROGRESS), &mut *(&raw mut MODEL)) };
    let Some(progress) = progress else { return -1 };
    // SAFETY: the promise of the caller of `start`.
    let packed = unsafe { slice::from_raw_parts(progress.packed.0 as *const u8, progress.packed.1) };
    // SAFETY: as above.
    let out = unsafe { slice::from_raw_parts_mut(progress.out.0 as *mut u8, progress.out.1) };
    let mut next = *progress;
    let until = next.written.saturating_add(bytes).min(out.len());
    let whole = decode(&mut next, model, packed, out, until);
    *progress = next;
    if whole.is_some() { next.written as isize } else { -1 }
}

/// The range decoder.
#[derive(Clone, Copy)]
struct Coder {
    range: u32,
    code: u32,
    at: usize,
}

impl Coder {
    /// Takes the next byte. Where there is none, the stream is damaged: what it decodes to fails later, or is no module.
    #[inline(always)]
    fn take(&mut self, packed: &[u8]) {
        self.code = self.code << 8 | u32::from(packed.get(self.at).copied().unwrap_or(0));
        self.at += 1;
    }

    #[inline(always)]
    fn normalize(&mut self, packed: &[u8]) {
        if self.range < 1 << 24 {
            self.range <<= 8;
            self.take(packed);
        }
    }

    #[inline(always)]
    fn bit(&mut self, packed: &[u8], probability: &mut u16) -> usize {
        let bound = (self.range >> 11) * u32::from(*probability);
        let one = self.code >= bound;
        if one {
            self.range -= bound;
            self.code -= bound;
            *probability -= *probability >> 5;
        } else {
            self.range = bound;
            *probability += (2048 - *probability) >> 5;
        }
        self.normalize(packed);
        usize::from(one)
    }

    #[inline(always)]
    fn direct(&mut self, packed: &[u8], bits: usize) -> usize {
        let mut value = 0;
        for _ in 0..bits {
            self.range >>= 1;
            let one = self.code >= self.range;
            if one {
                self.code -= self.range;
            }
            self.normalize(packed);
            value = value << 1 | usize::from(one);
        }
        value
    }

    /// Bits of a tree whose probabilities start at `first`, the highest one first.
    #[inline(always)]
    fn tree(&mut self, packed: &[u8], model: &mut [u16; PROBABILITIES], first: usize, bits: usize) -> Option<usize> {
        let mut node = 1;
        for _ in 0..bits {
            node = node << 1 | self.bit(packed, model.get_mut(first + node)?);
        }
        Some(node - (1 << bits))
    }

    /// The same, the lowest one first.
    #[inline(always)]
    fn reverse_tree(
        &mut self,
        packed: &[u8],
        model: &mut [u16; PROBABILITIES],
        first: usize,
        bits: usize,
    ) -> Option<usize> {
        let (mut node, mut value) = (1, 0);
        for i in 0..bits {
            let one = self.bit(packed, model.get_mut(first + node)?);
            node = node << 1 | one;
            value |= one << i;
        }
        Some(value)
    }

    #[inline(always)]
    fn length(
        &mut self,
        packed: &[u8],
        model: &mut [u16; PROBABILITIES],
        first: usize,
        position: usize,
    ) -> Option<usize> {
        const LOW: usize = 2;
        const MIDDLE: usize = 130;
        const HIGH: usize = 258;
        Some(if self.bit(packed, model.get_mut(first)?) == 0 {
            self.tree(packed, model, first + LOW + (position << 3), 3)?
        } else if self.bit(packed, model.get_mut(first + 1)?) == 0 {
            8 + self.tree(packed, model, first + MIDDLE + (position << 3), 3)?
        } else {
            16 + self.tree(packed, model, first + HIGH, 8)?
        })
    }

    #[inline(always)]
    fn distance(&mut self, packed: &[u8], model: &mut [u16; PROBABILITIES], length: usize) -> Option<usize> {
        let slot = self.tree(packed, model, SLOTS + (length.min(3) << 6), 6)?;
        if slot < 4 {
            return Some(slot);
        }
        let bits = (slot >> 1) - 1;
        let base = (2 | slot & 1) << bits;
        Some(if slot < 14 {
            base + self.reverse_tree(packed, model, SPECIAL + base - slot, bits)?
        } else {
            let high = self.direct(packed, bits - 4) << 4;
            base.wrapping_add(high).wrapping_add(self.reverse_tree(packed, model, ALIGN, 4)?)
        })
    }
}

/// Decodes until so many bytes are written. `None` if the packed bytes are damaged.
fn decode(
    progress: &mut Progress,
    model: &mut [u16; PROBABILITIES],
    packed: &[u8],
    out: &mut [u8],
    until: usize,
) -> Option<()> {
    let Progress {
        mut coder, mut written, mut state, distances: [mut first, mut second, mut third, mut fourth], ..
    } = *progress;
    while written < until {
        let position = written & progress.position_mask;
        if coder.bit(packed, model.get_mut(IS_MATCH + (state << 4) + position)?) == 0 {
            let before = if written > 0 { usize::from(*out.get(written - 1)?) } else { 0 };
            let bits = progress.literal_context_bits;
            let context = ((written & progress.literal_position_mask) << bits) + (before >> (8 - bits));
            let from = LITERAL + LITERAL_PROBABILITIES * context;
            let mut symbol = 1;
            if state >= 7 {
                let mut matched = usize::from(*out.get(written.checked_sub(first + 1)?)?);
                while symbol < 0x100 {
                    let expected = matched >> 7 & 1;
                    matched <<= 1;
                    let one = coder.bit(packed, model.get_mut(from + ((1 + expected) << 8) + symbol)?);
                    symbol = symbol << 1 | one;
                    if one != expected {
                        break;
                    }
                }
            }
            while symbol < 0x100 {
                symbol = symbol << 1 | coder.bit(packed, model.get_mut(from + symbol)?);
            }
            *out.get_mut(written)? = symbol as u8;
            written += 1;
            state = if state < 4 { 0 } else { state - if state < 10 { 3 } else { 6 } };
            continue;
        }
        let mut length = 1;
        let after_literal = state < 7;
        if coder.bit(packed, model.get_mut(IS_REP + state)?) == 0 {
            (second, third, fourth) = (first, second, third);
            length = coder.length(packed, model, LENGTH, position)?;
            first = coder.distance(packed, model, length)?;
            length += 2;
            state = if after_literal { 7 } else { 10 };
        } else {
            let is_longer = if coder.bit(packed, model.get_mut(IS_REP_0 + state)?) == 1 {
                if coder.bit(packed, model.get_mut(IS_REP_1 + state)?) == 0 {
                    (first, second) = (second, first);
                } else if coder.bit(packed, model.get_mut(IS_REP_2 + state)?) == 0 {
                    (first, second, third) = (third, first, second);
                } else {
                    (first, second, third, fourth) = (fourth, first, second, third);
                }
                true
            } else {
                coder.bit(packed, model.get_mut(IS_REP_0_LONG + (state << 4) + position)?) == 1
            };
            if is_longer {
                length = 2 + coder.length(packed, model, REP_LENGTH, position)?;
                state = if after_literal { 8 } else { 11 };
            } else {
                state = if after_literal { 9 } else { 11 };
            }
        }
        let mut from = written.checked_sub(first.checked_add(1)?)?;
        let end = (written + length).min(out.len());
        while written < end {
            *out.get_mut(written)? = *out.get(from)?;
            written += 1;
            from += 1;
        }
    }
    *progress = Progress { coder, written, state, distances: [first, second, third, fourth], ..*progress };
    Some(())
}
