//! Made-up texts for the variables of a record.

use super::shape::{RecordShape, Variable, VariableKind};

/// The same record is written with the texts of each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The longest text of each kind; ids of digits alone. None is the beginning of another: where the finding differs from
    /// the one with the logged texts is a variable.
    Long,
    /// The shortest text of each kind, because a text that is cut off after so many characters depends on their lengths, or
    /// another one of the same length if that of each record is; ids of letters alone.
    Other,
}

/// Stands for the offset of a record.
pub(super) fn offset(side: Side) -> u64 {
    match side {
        Side::Long => 271_828_182_845,
        Side::Other => 314_159_265_358,
    }
}

/// The texts of one side. `None` when there are too many variables of one kind.
pub(super) fn texts(shape: &RecordShape, raw: &[u8], side: Side) -> Option<Vec<Vec<u8>>> {
    shape.variables.iter().map(|variable| text(variable, &raw[variable.place()], shape.fixed_len, side)).collect()
}

fn text(variable: &Variable, logged: &[u8], fixed_len: bool, side: Side) -> Option<Vec<u8>> {
    // Tells a text from the others.
    let i = usize::from(variable.first_like);
    let number = |limit: usize| (i < limit).then_some(i);
    let text = match (variable.kind, side) {
        (VariableKind::Guid, Side::Long) => format!("10203040-5060-7080-9010-{:012}", number(1 << 12)?),
        (VariableKind::Guid, Side::Other) => format!("abcdefab-cdef-abcd-efab-{}", letters(number(1 << 12)?, 12)),
        // At least one letter and one digit.
        (VariableKind::CallbackId, Side::Long) => format!("9090{:03}e", number(1000)?),
        (VariableKind::CallbackId, Side::Other) => format!("8e{}", letters(number(1 << 6)?, 6)),
        (VariableKind::Time | VariableKind::MaskedTime, _) => return time(variable.kind, number(3600)?, logged, side),
        _ if fixed_len => return Some(of_same_len(variable.kind, logged, side)),
        (VariableKind::Thread, Side::Long) => format!("4{:02}", number(100)?),
        (VariableKind::Thread, Side::Other) => "5".to_owned(),
        (VariableKind::Frame, Side::Long) => format!("3{:04}", number(1000)?),
        (VariableKind::Frame, Side::Other) => "6".to_owned(),
        (VariableKind::Request, Side::Long) => "1512x2718281828x3141".to_owned(),
        (VariableKind::Request, Side::Other) => "1x2x3".to_owned(),
        (VariableKind::Session, Side::Long) => "q7w3e9r5".to_owned(),
        (VariableKind::Session, Side::Other) => "1b2c3d".to_owned(),
        (VariableKind::Address, Side::Long) => format!("198.151.100.1{:02}", number(50)?),
        (VariableKind::Address, Side::Other) => "192.0.2.1".to_owned(),
        (VariableKind::Addresses, Side::Long) => LISTED_ADDRESSES.to_owned(),
        (VariableKind::Addresses, Side::Other) => "192.0.2.1".to_owned(),
    };
    Some(text.into_bytes())
}

/// One more than there may be in a list.
const LISTED_ADDRESSES: &str = "198.151.100.197,198.151.100.198,198.151.100.199";

/// A number as small letters.
fn letters(number: usize, count: usize) -> String {
    (0..count).map(|bit| if number >> bit & 1 == 0 { 'a' } else { 'f' }).collect()
}

/// A text with other letters and digits in the same places.
fn of_same_len(kind: VariableKind, logged: &[u8], side: Side) -> Vec<u8> {
    if kind == VariableKind::Session {
        let session = if side == Side::Long { b"q7w3e9r5" } else { b"k2m8n4p6" };
        return session[..logged.len().min(session.len())].to_vec();
    }
    // The numbers of addresses stay below 256.
    let digit = if side == Side::Long { b'1' } else { b'2' };
    logged.iter().map(|byte| if byte.is_ascii_digit() { digit } else { *byte }).collect()
}

fn time(kind: VariableKind, number: usize, logged: &[u8], side: Side) -> Option<Vec<u8>> {
    let (date, millis) = match side {
        Side::Long => ("2031-07-19", b"461"),
        Side::Other => ("2047-02-08", b"853"),
    };
    let mut time = format!("{date} 04:{:02}:{:02}", number / 60, number % 60).into_bytes();
    time[10] = logged[10];
    if kind == VariableKind::MaskedTime {
        time[..date.len()].copy_from_slice(&logged[..date.len()]);
    }
    if let Some(sign) = logged.get(time.len()) {
        time.push(*sign);
        time.extend_from_slice(millis);
    }
    Some(time)
}
