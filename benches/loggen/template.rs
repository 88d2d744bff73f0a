//! Texts with slots, taken apart once so that a record is mostly copied.

use super::world::{Dice, number};

const PROJECTS: [&str; 6] = ["PROJ", "SUPPORT", "OPS", "HR", "WEBSHOP", "ITSM"];
const PEOPLE: [&str; 6] = ["ajones", "bmiller", "cwong", "dsmith", "efischer", "gmartin"];
const APPS: [&str; 4] = [
    "5d1c0a52-3f44-4a0e-9f5e-27c6a3b1c001",
    "77aa0a52-3f44-4a0e-9f5e-27c6a3b1c002",
    "0e4b9c17-6a20-4d5b-8c31-9f02d7e6c003",
    "c2f8713d-95b6-4e0a-b7d4-51ac08f3c004",
];
const TENANTS: [&str; 2] = ["Contoso", "Contoso Europe"];

/// A piece of a template.
#[derive(Debug, Clone)]
enum Piece {
    Text(Box<[u8]>),
    /// A number from the first up, so many of them.
    Number(usize, usize),
    Issue,
    Word(&'static [&'static str]),
    Guid,
    /// Eight hexadecimal digits.
    Hex,
}

/// A text with slots: `#` and a letter.
#[derive(Debug, Clone)]
pub(super) struct Template(Vec<Piece>);

impl Template {
    /// Takes a text apart. `\n` and `\t` may be written as two characters.
    ///
    /// Slots: `#d` 1 to 9, `#n` 1 to 999, `#N` 1000 to 99999, `#k` issue, `#p` project, `#u` user, `#x` eight
    /// hexadecimal digits, `#g` GUID, `#a` last byte of an address, `#A` application, `#T` tenant.
    pub(super) fn new(text: &str) -> Self {
        let text = text.replace("\\n", "\n").replace("\\t", "\t");
        let mut parts = text.split('#');
        let mut pieces = Vec::new();
        let plain = |part: &str| Piece::Text(part.as_bytes().into());
        pieces.extend(parts.next().filter(|part| !part.is_empty()).map(plain));
        for part in parts {
            let slot = match part.as_bytes().first() {
                Some(b'd') => Piece::Number(1, 9),
                Some(b'n') => Piece::Number(1, 999),
                Some(b'N') => Piece::Number(1000, 99_000),
                Some(b'a') => Piece::Number(1, 250),
                Some(b'k') => Piece::Issue,
                Some(b'p') => Piece::Word(&PROJECTS),
                Some(b'u') => Piece::Word(&PEOPLE),
                Some(b'A') => Piece::Word(&APPS),
                Some(b'T') => Piece::Word(&TENANTS),
                Some(b'g') => Piece::Guid,
                Some(b'x') => Piece::Hex,
                _ => unreachable!("no such slot: #{part}"),
            };
            pieces.push(slot);
            if part.len() > 1 {
                pieces.push(plain(&part[1..]));
            }
        }
        Self(pieces)
    }

    /// Appends the text, its slots filled.
    pub(super) fn render(&self, dice: &mut Dice, out: &mut Vec<u8>) {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text),
                Piece::Number(first, count) => number((first + dice.below(*count)) as u64, out),
                Piece::Issue => {
                    out.extend_from_slice(dice.pick(&PROJECTS).as_bytes());
                    out.push(b'-');
                    number(1 + dice.below(9999) as u64, out);
                }
                Piece::Word(list) => out.extend_from_slice(dice.pick(list).as_bytes()),
                Piece::Guid => out.extend_from_slice(&dice.guid()),
                Piece::Hex => out.extend_from_slice(&dice.guid()[..8]),
            }
        }
    }
}
