//! Made-up texts for the variables of a record.

use super::shape::{RecordShape, Variable, VariableKind};

/// The same record is written with the texts of each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The longest text of each kind; ids of digits alone. As long as those of [`Self::Right`], and none is the beginning of
    /// another: where both differ is a variable.
    Left,
    /// The same with ids of letters alone.
    Right,
    /// The shortest text of each kind, because a text that is cut off after so many characters depends on their lengths.
    Short,
}

/// Stands for the offset of a record.
pub(super) fn offset(side: Side) -> u64 {
    match side {
        Side::Left | Side::Short => 271_828_182_845,
        Side::Right => 314_159_265_358,
    }
}

/// The texts of one side. `None` when there are too many variables of one kind.
pub(super) fn texts(shape: &RecordShape, raw: &[u8], side: Side) -> Option<Vec<Vec<u8>>> {
    let text = |variable: &Variable| {
        let logged = &raw[variable.place()];
        // `i` tells a text from the others.
        let (kind, i) = (variable.kind, usize::from(variable.first_like));
        match side {
            Side::Short => shortest(i, kind, logged),
            _ if shape.fixed_len && is_number(kind) => Some(digits(logged, side)),
            _ => longest(i, kind, logged, side == Side::Left).map(|mut text| {
                if kind == VariableKind::Session && shape.fixed_len {
                    text.truncate(logged.len());
                }
                text
            }),
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

fn longest(i: usize, kind: VariableKind, logged: &[u8], left: bool) -> Option<Vec<u8>> {
    let number = |limit: usize| (i < limit).then_some(i);
    let text = match kind {
        VariableKind::Guid if left => format!("10203040-5060-7080-9010-{:012}", number(1 << 12)?),
        VariableKind::Guid => {
            let i = number(1 << 12)?;
            let letters: String = (0..12).map(|bit| if i >> bit & 1 == 0 { 'a' } else { 'f' }).collect();
            format!("abcdefab-cdef-abcd-efab-{letters}")
        }
        VariableKind::Time => return time(i, logged, left),
        VariableKind::Thread => format!("{}{:02}", if left { 4 } else { 7 }, number(100)?),
        VariableKind::Frame => format!("{}{:04}", if left { 3 } else { 8 }, number(1000)?),
        VariableKind::Request => (if left { "1512x2718281828x3141" } else { "1617x3141592653x2718" }).to_owned(),
        VariableKind::Session => (if left { "q7w3e9r5" } else { "k2m8n4p6" }).to_owned(),
        VariableKind::Address => format!("{}{:02}", if left { "198.151.100.1" } else { "203.110.113.2" }, number(50)?),
    };
    Some(text.into_bytes())
}

fn shortest(i: usize, kind: VariableKind, logged: &[u8]) -> Option<Vec<u8>> {
    let text = match kind {
        VariableKind::Guid => format!("c1d7f0e2-3b5a-4c6d-8e9f-{i:012x}"),
        VariableKind::Time => return time(i, logged, true),
        VariableKind::Thread => "5".to_owned(),
        VariableKind::Frame => "6".to_owned(),
        VariableKind::Request => "1x2x3".to_owned(),
        VariableKind::Session => "1b2c3d".to_owned(),
        VariableKind::Address => "192.0.2.1".to_owned(),
    };
    Some(text.into_bytes())
}

fn time(i: usize, logged: &[u8], left: bool) -> Option<Vec<u8>> {
    let date = if left { "2031-07-19" } else { "2047-02-08" };
    let number = (i < 3600).then_some(i)?;
    let mut time = format!("{date} 04:{:02}:{:02}", number / 60, number % 60).into_bytes();
    time[10] = logged[10];
    if let Some(sign) = logged.get(time.len()) {
        time.push(*sign);
        time.extend_from_slice(if left { b"461" } else { b"853" });
    }
    Some(time)
}
