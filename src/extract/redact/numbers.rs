//! Numbers that are a person's: of bank accounts, cards and insurances, telephone numbers, places on a map.

use super::{
    pii::PiiKind,
    place::Place,
    values::{is_blank, skip},
};
use crate::search::Literal;

/// How many letters and digits the number of a bank account has in each country. Source: the registry of SWIFT.
const ACCOUNT_LENGTHS: &[(&[u8], usize)] = &[
    (b"AD", 24),
    (b"AE", 23),
    (b"AT", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BR", 29),
    (b"CH", 21),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DK", 18),
    (b"EE", 20),
    (b"ES", 24),
    (b"FI", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GR", 27),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"MC", 27),
    (b"MT", 31),
    (b"NL", 18),
    (b"NO", 15),
    (b"PL", 28),
    (b"PT", 25),
    (b"RO", 24),
    (b"RS", 22),
    (b"SA", 24),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"TR", 26),
    (b"UA", 29),
];
/// The codes of countries after which `00` starts a telephone number; others are numbers of other things as well.
const TRUNK_COUNTRIES: [&[u8]; 14] =
    [b"31", b"32", b"33", b"34", b"39", b"41", b"43", b"44", b"45", b"46", b"47", b"48", b"49", b"90"];

static DEGREE: Literal = Literal::new("°");

/// Digits of a fraction of a degree: fewer do not tell where somebody is.
const MIN_DEGREE_DIGITS: usize = 4;

/// What a token with digits is, or starts.
pub(super) fn token(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    // `iban=…`
    let keyed = text[start].is_ascii_lowercase();
    let key = if keyed { memchr::memrchr(b'=', &text[start..end]).map_or(0, |at| at + 1) } else { 0 };
    let start = if start + key < end { start + key } else { start };
    // The full stop of a sentence.
    let end = end - text[start..end].iter().rev().take_while(|byte| **byte == b'.').count();
    let token = &text[start..end];
    if token.len() < 4 {
        return;
    }
    let capitals = token.len() >= 4 && token[..2].iter().all(u8::is_ascii_uppercase);
    let place = if capitals && token[2..4].iter().all(u8::is_ascii_digit) {
        account(text, start).map(|end| (start, end, PiiKind::Number))
    } else if !token[0].is_ascii_digit() && token[0] != b'-' {
        None
    } else if token.len() >= 3 + MIN_DEGREE_DIGITS
        && let Some(end) = position(text, start)
    {
        Some((start, end, PiiKind::Location))
    } else {
        grouped(text, start, end)
    };
    if let Some((start, end, kind)) = place {
        found.push(Place::person(start, end, kind));
    }
}

/// `DE89 3704 0044 0532 0130 00`: where the number of a bank account ends.
fn account(text: &[u8], start: usize) -> Option<usize> {
    let (_, len) = ACCOUNT_LENGTHS.iter().find(|(country, _)| text[start..].starts_with(country))?;
    let (mut at, mut count, mut digits) = (start, 0, 0);
    while count < *len {
        let byte = *text.get(at)?;
        // In groups, with a sign between.
        if b" -".contains(&byte) && count > 0 {
            at += 1;
            if !text.get(at).is_some_and(u8::is_ascii_alphanumeric) {
                return None;
            }
            continue;
        }
        if !byte.is_ascii_uppercase() && !byte.is_ascii_digit() {
            return None;
        }
        digits += usize::from(byte.is_ascii_digit());
        count += 1;
        at += 1;
    }
    let whole = !text.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    (whole && digits >= 10 && is_start(text, start)).then_some(at)
}

fn is_start(text: &[u8], start: usize) -> bool {
    start.checked_sub(1).is_none_or(|i| !text[i].is_ascii_alphanumeric() && !b"_-./\\%".contains(&text[i]))
}

/// `48.137154, 11.576124`: a pair of degrees with at least four digits after the point.
fn position(text: &[u8], start: usize) -> Option<usize> {
    let (end, latitude, fraction) = degrees(text, start)?;
    let gap = skip(text, end, 3, |byte| b",; ".contains(&byte));
    let (stop, longitude, other) = degrees(text, gap)?;
    let pair = text[end..gap].iter().any(|byte| b",;".contains(byte)) && latitude <= 90 && longitude <= 180;
    let exact = fraction >= MIN_DEGREE_DIGITS && other >= MIN_DEGREE_DIGITS;
    let whole = !text.get(stop).is_some_and(|byte| byte.is_ascii_alphanumeric() || b".%".contains(byte))
        || text[stop..].starts_with(b". ");
    // `[0.1234, 0.5678]` are shares of something; a third number follows in a list of them.
    let more = text[stop..].starts_with(b", ") && text.get(stop + 2).is_some_and(u8::is_ascii_digit);
    (pair && exact && whole && !more && latitude + longitude > 1 && is_start(text, start)).then_some(stop)
}

/// A number with a point: where it ends, its whole part without the sign, and how many digits follow the point.
fn degrees(text: &[u8], start: usize) -> Option<(usize, u32, usize)> {
    let digits = skip(text, start, 1, |byte| byte == b'-' || byte == b'+');
    let point = skip(text, digits, 4, |byte| byte.is_ascii_digit());
    if !(1..=3).contains(&(point - digits)) || text.get(point) != Some(&b'.') {
        return None;
    }
    let end = skip(text, point + 1, 20, |byte| byte.is_ascii_digit());
    let whole = text[digits..point].iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    Some((end, whole, end - point - 1))
}

/// A coordinate after its label: `lat=48.13716`, `N48.13720`, `48°08'14.9"N`.
pub(super) fn coordinate_end(text: &[u8], start: usize) -> Option<usize> {
    let digits = skip(text, start, 2, |byte| b"NSEWnsew-+".contains(&byte));
    if let Some((end, whole, fraction)) = degrees(text, digits)
        && whole <= 180
        && fraction >= MIN_DEGREE_DIGITS - 1
        && !text.get(end).is_some_and(u8::is_ascii_alphanumeric)
    {
        let next = skip(text, end, 3, |byte| b",; ".contains(&byte));
        return Some(if next > end { coordinate_end(text, next).unwrap_or(end) } else { end });
    }
    None
}

/// `48°08'14.9"N 11°34'31.1"E`: from a degree sign.
pub(super) fn degree_signs(text: &[u8], found: &mut Vec<Place>) {
    for sign in DEGREE.find_iter(text) {
        let digits = text[..sign].iter().rev().take(3).take_while(|byte| byte.is_ascii_digit()).count();
        let end = skip(text, sign, 24, |byte| byte.is_ascii_digit() || b"'\". ".contains(&byte) || byte >= 0x80);
        if digits > 0 && text[sign..end].iter().any(|byte| b"'\"".contains(byte)) && end < text.len() {
            let end = skip(text, end, 1, |byte| b"NSEWO".contains(&byte));
            found.push(Place::person(sign - digits, end, PiiKind::Location));
        }
    }
}

/// `219-09-9999`, `206-555-0146`, `4111 1111 1111 1111`: digits in groups.
fn grouped(text: &[u8], start: usize, end: usize) -> Option<(usize, usize, PiiKind)> {
    let token = &text[start..end];
    if token.len() < 4 || !is_start(text, start) {
        return None;
    }
    let plain = token.iter().all(u8::is_ascii_digit);
    if (15..=19).contains(&token.len()) && plain {
        return is_card(token).then_some((start, end, PiiKind::Number));
    }
    if plain && token.len() >= 4 && text.get(end) == Some(&b' ') {
        return spaced(text, start);
    }
    // `030-9876543`, `030/9876543`
    let groups = || token.split(|byte| b"-/".contains(byte)).map(<[u8]>::len);
    let national = token[0] == b'0'
        && token.iter().all(|byte| byte.is_ascii_digit() || b"-/".contains(byte))
        && token.get(1).is_some_and(|digit| (b'1'..=b'9').contains(digit))
        && groups().count() == 2
        && groups().next().is_some_and(|area| (3..=5).contains(&area))
        && groups().next_back().is_some_and(|rest| (6..=8).contains(&rest));
    if national {
        return Some((start, end, PiiKind::Phone));
    }
    if plain || !token.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-') {
        return None;
    }
    let open = |digit: u8| (b'2'..=b'9').contains(&digit);
    if groups().eq([3, 4])
        && let Some(open) = area_before(text, start)
    {
        return Some((open, end, PiiKind::Phone));
    }
    let kind = if groups().eq([3, 2, 4]) {
        let area = &token[..3];
        (area != b"000" && area != b"666" && area[0] != b'9').then_some(PiiKind::Number)
    } else if groups().eq([3, 3, 4]) {
        (open(token[0]) && open(token[4])).then_some(PiiKind::Phone)
    } else if groups().eq([4, 4, 4, 4]) || groups().eq([4, 6, 5]) {
        let digits: Vec<u8> = token.iter().filter(|byte| **byte != b'-').copied().collect();
        is_card(&digits).then_some(PiiKind::Number)
    } else {
        None
    };
    kind.map(|kind| (start, end, kind))
}

/// Groups of digits with blanks between: a card's number, or `0049 89 123456`.
fn spaced(text: &[u8], start: usize) -> Option<(usize, usize, PiiKind)> {
    // Not in the middle of a longer number.
    if start >= 2 && text[start - 1] == b' ' && text[start - 2].is_ascii_digit() {
        return None;
    }
    let run = skip(text, start, 32, |byte| byte.is_ascii_digit() || byte == b' ');
    let run = run - text[start..run].iter().rev().take_while(|byte| **byte == b' ').count();
    let digits: Vec<u8> = text[start..run].iter().filter(|byte| **byte != b' ').copied().collect();
    let whole = !text.get(run).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_:".contains(byte));
    let groups = || text[start..run].split(|byte| *byte == b' ').map(<[u8]>::len);
    if whole && (groups().eq([4, 4, 4, 4]) || groups().eq([4, 6, 5])) && is_card(&digits) {
        return Some((start, run, PiiKind::Number));
    }
    // `0171 5557788`, but not a row of numbers in columns.
    let area = text[start..run].iter().take_while(|byte| **byte != b' ').count();
    let national = (3..=5).contains(&area)
        && digits.len() > 1
        && digits[0] == b'0'
        && digits[1] != b'0'
        && groups().count() == 2
        && (7..=8).contains(&(digits.len() - area));
    if whole && national {
        return Some((start, run, PiiKind::Phone));
    }
    let trunk = digits.starts_with(b"00") && TRUNK_COUNTRIES.iter().any(|code| digits[2..].starts_with(code));
    let phone = trunk && (11..=15).contains(&digits.len()) && groups().count() >= 2;
    (whole && phone).then_some((start, run, PiiKind::Phone))
}

/// The number of a credit card, by its first digits and its check digit.
fn is_card(digits: &[u8]) -> bool {
    let issuer = match digits.len() {
        16 => {
            digits[0] == b'4'
                || digits[0] == b'5' && (b'1'..=b'5').contains(&digits[1])
                || [&b"6011"[..], b"65", b"35", b"22", b"23", b"24", b"25", b"26", b"27"]
                    .iter()
                    .any(|lead| digits.starts_with(lead))
        }
        15 => digits.starts_with(b"34") || digits.starts_with(b"37"),
        _ => false,
    };
    let sum = digits.iter().rev().enumerate().map(|(i, digit)| {
        let digit = u32::from(digit - b'0') * if i % 2 == 1 { 2 } else { 1 };
        digit / 10 + digit % 10
    });
    issuer && sum.sum::<u32>().is_multiple_of(10) && digits.iter().any(|digit| *digit != digits[0])
}

/// A number after its label: letters and digits in groups of which each has a digit, `QQ 12 34 56 C`. Where it ends.
pub(super) fn labelled_end(text: &[u8], start: usize) -> Option<usize> {
    let group = |at: usize| skip(text, at, 24, |byte| byte.is_ascii_alphanumeric());
    let mut end = group(start);
    let has_digit = |from: usize, to: usize| text[from..to].iter().any(u8::is_ascii_digit);
    let letters = |from: usize, to: usize| to - from <= 2 && text[from..to].iter().all(u8::is_ascii_uppercase);
    if end == start || !has_digit(start, end) && !letters(start, end) {
        return None;
    }
    while end - start < 40 && text.get(end).is_some_and(|byte| b" -./".contains(byte)) {
        let next = group(end + 1);
        // Not the next word of a sentence.
        let ends = !text.get(next).is_some_and(u8::is_ascii_alphanumeric);
        if next == end + 1 || !ends || !has_digit(end + 1, next) && !letters(end + 1, next) {
            break;
        }
        end = next;
    }
    let digits = text[start..end].iter().filter(|byte| byte.is_ascii_digit()).count();
    let whole = !text.get(end).is_some_and(|byte| b"_@\\=(".contains(byte) || *byte == b':' && !ends_word(text, end));
    (digits >= 3 && whole).then_some(end)
}

fn ends_word(text: &[u8], at: usize) -> bool {
    text.get(at + 1).is_none_or(|byte| is_blank(*byte))
}

/// `+49 89 1234567`: a number with the code of a country, in groups; `(206) 555-0145`.
pub(super) fn phones(text: &[u8], found: &mut Vec<Place>) {
    for at in memchr::memchr_iter(b'+', text) {
        let edge = at.checked_sub(1).is_none_or(|i| is_blank(text[i]) || b"\"'(:=,;<>[".contains(&text[i]));
        let stop = skip(text, at + 1, 24, |byte| byte.is_ascii_digit() || b" ()/-.".contains(&byte));
        let Some(last) = text[at + 1..stop].iter().rposition(u8::is_ascii_digit) else { continue };
        let end = at + 2 + last;
        let number = &text[at + 1..end];
        let digits = number.iter().filter(|byte| byte.is_ascii_digit()).count();
        let whole = text.get(end).is_none_or(|byte| {
            !byte.is_ascii_alphanumeric() && *byte != b'_' && (*byte != b':' || ends_word(text, end))
        });
        if edge && whole && number[0].is_ascii_digit() && number[0] != b'0' && (9..=15).contains(&digits) {
            found.push(Place::person(at, end, PiiKind::Phone));
        }
    }
}

/// `(206) 555-0145`: where the bracket before the second group of digits is.
fn area_before(text: &[u8], start: usize) -> Option<usize> {
    let open = start.checked_sub(6)?;
    let area = &text[open..start];
    let is_area = area[0] == b'(' && area[1..4].iter().all(u8::is_ascii_digit) && area.ends_with(b") ");
    is_area.then_some(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<&str> {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        phones(bytes, &mut found);
        degree_signs(bytes, &mut found);
        let part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-+/=.!*$".contains(&byte);
        let mut at = 0;
        while at < bytes.len() {
            let end = skip(bytes, at, usize::MAX, part);
            if bytes[at..end].iter().any(u8::is_ascii_digit) {
                token(bytes, at, end, &mut found);
            }
            at = end + 1;
        }
        found.iter().map(|place| &text[place.start..place.end]).collect()
    }

    #[test]
    fn numbers_of_people_are_found_by_their_shape() {
        for (text, found) in [
            ("from DE89 3704 0044 0532 0130 00 to", "DE89 3704 0044 0532 0130 00"),
            ("iban=GB29NWBK60161331926819,", "GB29NWBK60161331926819"),
            ("to CH93-0076-2011-6238-5295-7.", "CH93-0076-2011-6238-5295-7"),
            ("id 219-09-9999.", "219-09-9999"),
            ("dial 206-555-0146", "206-555-0146"),
            ("call (206) 555-0145 now", "(206) 555-0145"),
            ("card 4111 1111 1111 1111 declined", "4111 1111 1111 1111"),
            ("card 5555-5555-5555-4444", "5555-5555-5555-4444"),
            ("card 378282246310005", "378282246310005"),
            ("at 48.137154, 11.576124 today", "48.137154, 11.576124"),
            ("at -33.86882;151.20929", "-33.86882;151.20929"),
            ("from +33.1.23.45.67.89 now", "+33.1.23.45.67.89"),
            ("call 0049 89 12345674 now", "0049 89 12345674"),
            ("told +49 89 1234 5678: no answer", "+49 89 1234 5678"),
            ("at 48°08'14.9\"N", "48°08'14.9\"N"),
        ] {
            assert_eq!(places(text), [found], "{text}");
        }
    }

    #[test]
    fn numbers_of_other_things_are_not() {
        for text in [
            "2026-01-05 20:34:03,014+0000",
            "took 0.12345, 0.67890 secs",
            "1736105643014 4111111111111112",
            "load 2.6123, 0.8512, 0.3013",
            "thread 1234 5678 9012 3456",
            "0010 0020 0030 0040",
            "10.3.2.1 9.12.4 1.2.840.113549",
            "CC01 DE12 ABCD",
            "00000002-0000-0ff1-ce00-000000000000",
            "20:34:03+0000 +0100",
            "123-456 100-200-3000",
            "45.5 °C",
        ] {
            assert_eq!(places(text), [""; 0], "{text}");
        }
    }
}
