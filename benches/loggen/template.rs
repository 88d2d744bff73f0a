//! Texts with slots, parsed once, so that writing a record is mostly copying.

use super::rng::{Rng, push_decimal};

const PROJECTS: [&str; 6] = ["PROJ", "SUPPORT", "OPS", "HR", "WEBSHOP", "ITSM"];
const PEOPLE: [&str; 6] = ["ajones", "bmiller", "cwong", "dsmith", "efischer", "gmartin"];
const APPS: [&str; 4] = [
    "5d1c0a52-3f44-4a0e-9f5e-27c6a3b1c001",
    "77aa0a52-3f44-4a0e-9f5e-27c6a3b1c002",
    "0e4b9c17-6a20-4d5b-8c31-9f02d7e6c003",
    "c2f8713d-95b6-4e0a-b7d4-51ac08f3c004",
];
const TENANTS: [&str; 2] = ["Contoso", "Contoso Europe"];

/// A segment of a template.
#[derive(Debug, Clone)]
enum Segment {
    Text(Box<[u8]>),
    /// A number: the lowest one, and how many different ones.
    Number(usize, usize),
    Issue,
    Word(&'static [&'static str]),
    Guid,
    /// Eight hexadecimal digits.
    Hex,
}

/// A text with slots, written as `#` and a letter.
#[derive(Debug, Clone)]
pub(super) struct Template(Vec<Segment>);

impl Template {
    /// Parses a text. Line breaks and tabs may be written as `\n` and `\t`.
    ///
    /// Slots: `#d` 1 to 9, `#n` 1 to 999, `#N` 1000 to 99999, `#k` issue, `#p` project, `#u` user, `#x` eight
    /// hexadecimal digits, `#g` GUID, `#a` last byte of an IP address, `#A` application, `#T` tenant.
    pub(super) fn new(text: &str) -> Self {
        let text = text.replace("\\n", "\n").replace("\\t", "\t");
        let mut parts = text.split('#');
        let mut segments = Vec::new();
        let plain = |part: &str| Segment::Text(part.as_bytes().into());
        segments.extend(parts.next().filter(|part| !part.is_empty()).map(plain));
        for part in parts {
            let slot = match part.as_bytes().first() {
                Some(b'd') => Segment::Number(1, 9),
                Some(b'n') => Segment::Number(1, 999),
                Some(b'N') => Segment::Number(1000, 99_000),
                Some(b'a') => Segment::Number(1, 250),
                Some(b'k') => Segment::Issue,
                Some(b'p') => Segment::Word(&PROJECTS),
                Some(b'u') => Segment::Word(&PEOPLE),
                Some(b'A') => Segment::Word(&APPS),
                Some(b'T') => Segment::Word(&TENANTS),
                Some(b'g') => Segment::Guid,
                Some(b'x') => Segment::Hex,
                _ => unreachable!("no such slot: #{part}"),
            };
            segments.push(slot);
            if part.len() > 1 {
                segments.push(plain(&part[1..]));
            }
        }
        Self(segments)
    }

    /// Appends the text with its slots filled.
    pub(super) fn render(&self, rng: &mut Rng, out: &mut Vec<u8>) {
        for segment in &self.0 {
            match segment {
                Segment::Text(text) => out.extend_from_slice(text),
                Segment::Number(first, count) => push_decimal((first + rng.below(*count)) as u64, out),
                Segment::Issue => {
                    out.extend_from_slice(rng.pick(&PROJECTS).as_bytes());
                    out.push(b'-');
                    push_decimal(1 + rng.below(9999) as u64, out);
                }
                Segment::Word(list) => out.extend_from_slice(rng.pick(list).as_bytes()),
                Segment::Guid => out.extend_from_slice(&rng.guid()),
                Segment::Hex => out.extend_from_slice(&rng.guid()[..8]),
            }
        }
    }
}
