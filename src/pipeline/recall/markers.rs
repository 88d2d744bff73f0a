//! Made-up texts for the variables of a record.

use super::shape::{RecordShape, Variable, VariableKind};

/// The same record is written with the texts of each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// As long as those of [`Self::Right`], and none is the beginning of another: where both differ is a variable.
    Left,
    Right,
    /// The shortest of each kind, because a text that is cut off after so many characters depends on their lengths; ids
    /// of digits alone.
    Short,
    /// The longest of each kind; ids of letters alone.
    Long,
}

/// Stands for the offset of a record.
pub(super) fn offset(side: Side) -> u64 {
    match side {
        Side::Left | Side::Short => 271_828_182_845,
        Side::Right | Side::Long => 314_159_265_358,
    }
}

/// The texts of one side. `None` when there are too many variables of one kind.
pub(super) fn texts(shape: &RecordShape, raw: &[u8], side: Side) -> Option<Vec<Vec<u8>>> {
    let text = |variable: &Variable| {
        let logged = &raw[variable.place()];
        // `i` tells a text from the others.
        let (kind, i) = (variable.kind, usize::from(variable.first_like));
        match side {
            Side::Left | Side::Right if shape.fixed_len && is_number(kind) => Some(digits(logged, side)),
            Side::Left | Side::Right => different(i, kind, logged, side == Side::Left),
            Side::Short | Side::Long => extreme(i, kind, logged, side == Side::Long),
        }
    };
    shape.variables.iter().map(text).collect()
}

fn is_number(kind: VariableKind) -> bool {
    matches!(kind, VariableKind::Thread | VariableKind::Frame | VariableKind::Request | VariableKind::Address)
}

/// The same text with other digits: those of addresses stay below 256.
fn digits(logged: &[u8], side: Side) -> Vec<u8> {
    let digit = if side == Side::Left { b'1' } else { b'2' };
    logged.iter().map(|byte| if byte.is_ascii_digit() { digit } else { *byte }).collect()
}

fn different(i: usize, kind: VariableKind, logged: &[u8], left: bool) -> Option<Vec<u8>> {
    let number = |limit: usize| (i < limit).then_some(i);
    let text = match kind {
        VariableKind::Guid => {
            let head = if left { "c1d7f0e2-3b5a-4c6d-8e9f" } else { "94e6a8b3-7d2c-4f1e-a5b0" };
            format!("{head}-{:012x}", number(1 << 12)?)
        }
        VariableKind::Time => {
            let date = if left { "2031-07-19" } else { "2047-02-08" };
            let number = number(3600)?;
            let mut time = format!("{date} 04:{:02}:{:02}", number / 60, number % 60).into_bytes();
            time[10] = logged[10];
            if let Some(sign) = logged.get(time.len()) {
                time.push(*sign);
                time.extend_from_slice(if left { b"461" } else { b"853" });
            }
            return Some(time);
        }
        VariableKind::Thread => format!("{}{:02}", if left { 4 } else { 7 }, number(100)?),
        VariableKind::Frame => format!("{}{:03}", if left { 3 } else { 8 }, number(1000)?),
        VariableKind::Request => (if left { "512x2718x3" } else { "617x3141x4" }).to_owned(),
        VariableKind::Session => (if left { "q7w3e9r5" } else { "k2m8n4p6" }).get(..logged.len())?.to_owned(),
        VariableKind::Address => format!("{}{:02}", if left { "198.51.100.1" } else { "203.10.113.2" }, number(50)?),
    };
    Some(text.into_bytes())
}

/// The shortest text of a kind, with few letters, or the longest with many.
fn extreme(i: usize, kind: VariableKind, logged: &[u8], long: bool) -> Option<Vec<u8>> {
    let [short_text, long_text] = match kind {
        VariableKind::Guid => {
            let letters: String = (0..12).map(|bit| if i >> bit & 1 == 0 { 'a' } else { 'f' }).collect();
            [format!("10203040-5060-7080-9010-{i:012}"), format!("abcdefab-cdef-abcd-efab-{letters}")]
        }
        VariableKind::Time => return different(i, kind, logged, !long),
        VariableKind::Thread => ["5", "987"].map(str::to_owned),
        VariableKind::Frame => ["6", "98765"].map(str::to_owned),
        VariableKind::Request => ["1x2x3", "1439x1234567890x1234"].map(str::to_owned),
        VariableKind::Session => ["1b2c3d", "a1b2c3d4"].map(str::to_owned),
        VariableKind::Address => ["192.0.2.1", "203.110.113.254"].map(str::to_owned),
    };
    Some((if long { long_text } else { short_text }).into_bytes())
}
