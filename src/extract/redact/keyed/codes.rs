//! One-time codes: after their label, and before it in a sentence.

use super::{
    super::{
        joints::joint,
        keys::{Class, Key},
        secrets::SecretKind,
        values::{is_blank, skip},
        wordlike::looks_random,
    },
    KeyedReader,
};

/// How far before its label a code may be.
const MAX_BEFORE: usize = 64;
/// Words between a code and its label: `482913 is your Microsoft account security code`.
const MAX_WORDS: usize = 7;
/// What joins a code and its label.
const LINKS: [&str; 12] = ["is", "as", "ist", "als", "lautet", "est", "es", "como", "come", "è", "é", "være"];
/// Whose code it is.
const OWNERS: [&str; 16] =
    ["your", "ihr", "ihren", "dein", "votre", "ton", "su", "tu", "seu", "sua", "tuo", "il", "uw", "je", "the", "din"];

/// What is done with a code that follows a colon.
const HANDLED: [&[u8]; 12] = [
    b"sent",
    b"entered",
    b"received",
    b"used",
    b"generated",
    b"submitted",
    b"provided",
    b"typed",
    b"supplied",
    b"gesendet",
    b"eingegeben",
    b"verwendet",
];

impl KeyedReader<'_, '_> {
    /// `passcode 482 913`, `passcode is 482913`: a word for a password that is said of one-time codes, too. Whether
    /// there was one.
    pub(super) fn passcode(&mut self, key: &Key) -> bool {
        let text = self.text;
        if !text[key.word..key.end].eq_ignore_ascii_case(b"passcode") {
            return false;
        }
        let at = joint(text, key.end).map_or_else(|| skip(text, key.end, 2, is_blank), |(_, at)| at);
        let said = [&b"is "[..], b"was ", b"ist ", b"lautet "].into_iter().find(|says| text[at..].starts_with(says));
        let at = skip(text, at + said.map_or(0, <[u8]>::len), 1, |byte| b"\"'".contains(&byte));
        let end = end_of_otp(text, at).filter(|end| at > key.end && text[at..*end].iter().all(is_digit_or_sign));
        if let Some(end) = end {
            self.secret(SecretKind::Code, at, end);
        }
        end.is_some()
    }

    /// A one-time code, and those after it in a list.
    pub(super) fn one_time_codes(&mut self, start: usize) {
        let lead = if self.text[start..].starts_with(b"G-") { 2 } else { 0 };
        let mut at = start + lead;
        for _ in 0..20 {
            let Some(end) = end_of_otp(self.text, at) else { return };
            self.secret(SecretKind::Code, at, end);
            let grouped = self.text[at..end].contains(&b'-');
            let digits = |code: &[u8]| code.iter().all(|byte| byte.is_ascii_digit() || *byte == b' ');
            // Codes of digits on lines of their own.
            let below = if self.text[end..].starts_with(b"\n") { end_of_otp(self.text, end + 1) } else { None };
            if below.is_some_and(|stop| {
                digits(&self.text[at..end])
                    && digits(&self.text[end + 1..stop])
                    && stop - end - 1 == end - at
                    && self.text.get(stop).is_none_or(|byte| b"\r\n".contains(byte))
            }) {
                at = end + 1;
                continue;
            }
            at = skip(self.text, end, 4, |byte| b", \n\"'".contains(&byte));
            // Codes in groups are listed without a comma, too.
            let next = at < self.text.len() && self.text[at..].iter().take(16).any(|byte| *byte == b'-');
            if at == end || self.text[end] != b',' && !(grouped && next) {
                return;
            }
        }
    }

    /// `482913 is your verification code`, `Enter 482913 to sign in`: a code in the same sentence.
    pub(super) fn code_before(&mut self, key: &Key) {
        let text = self.text;
        let from = key.start.saturating_sub(MAX_BEFORE);
        let from = memchr::memrchr(b'\n', &text[from..key.start]).map_or(from, |at| from + at + 1);
        if !text[from..key.start].iter().any(u8::is_ascii_digit) {
            return;
        }
        let (mut end, mut linked, mut owned) = (key.start, false, false);
        for _ in 0..=MAX_WORDS {
            end -= text[from..end].iter().rev().take_while(|byte| is_blank(**byte)).count();
            let len = text[from..end].iter().rev().take_while(|byte| !is_blank(**byte)).count();
            if len == 0 {
                return;
            }
            let start = end - len;
            // `body=482913`, `{"m":"482913`
            let signs = text[start..end].iter().rposition(|byte| b"=:\"'(>".contains(byte)).map_or(0, |at| at + 1);
            let start = if start + signs < end { start + signs } else { start };
            let inner = start + if text[start..end].starts_with(b"G-") { 2 } else { 0 };
            let stop =
                skip(text, inner, end - inner.min(end), |byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            let word = &text[inner..stop];
            // `482 913 is your code`
            let inner = inner - first_group(&text[from..inner], word);
            let digits = (4..=8).contains(&(stop - inner)) && word.iter().all(u8::is_ascii_digit);
            let start = start.min(inner);
            let random = key.class == Class::Secret(SecretKind::Code) && looks_random(word, 8);
            // `Enter 482913 to sign in`
            let entered = key.class == Class::CodeBefore && {
                let before = text[from..start].trim_ascii_end();
                let verb = before.rsplit(|byte| is_blank(*byte)).next().unwrap_or_default();
                [&b"enter"[..], b"use", b"type", b"code", b"with", b"is"].iter().any(|one| ends_with(verb, one))
            };
            // `Use 482913 as Microsoft account security code`
            let used = linked && key.class == Class::Otp && {
                let before = text[from..start].trim_ascii_end();
                [&b"use"[..], b"enter", b"type"]
                    .iter()
                    .any(|one| ends_with(before.rsplit(|byte| is_blank(*byte)).next().unwrap_or_default(), one))
            };
            if (digits || random) && (entered || used || linked && owned) {
                return self.secret(SecretKind::Code, inner, stop);
            }
            let word = &text[start..end];
            linked |= LINKS.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()));
            owned |= OWNERS.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()));
            end = start;
        }
    }

    /// `PIN of the card is 9317`, `MFA code sent: 482 913`: digits after a few words.
    pub(super) fn code_after_words(&mut self, end: usize) {
        let text = self.text;
        let near = skip(text, end, 40, |byte| byte.is_ascii_alphabetic() || byte == b' ' || byte >= 0x80);
        let verb = text[end..near].rsplit(|byte| is_blank(*byte)).next().unwrap_or_default();
        if text[near..].starts_with(b": ") && HANDLED.contains(&verb) {
            let start = near + 2;
            if let Some(stop) = end_of_otp(text, start).filter(|_| text[start].is_ascii_digit()) {
                self.secret(SecretKind::Code, start, stop);
            }
            return;
        }
        let said = [" is ", " ist ", " lautet ", " est ", " es ", "是 ", "は ", "是", "は"];
        if said.iter().any(|one| text[end..near].ends_with(one.as_bytes())) {
            let stop = skip(text, near, 9, |byte| byte.is_ascii_digit());
            let whole = text.get(stop).is_none_or(|byte| is_blank(*byte) || b".,;!\"'".contains(byte));
            if (4..=8).contains(&(stop - near)) && whole {
                self.secret(SecretKind::Code, near, stop);
            }
        }
    }

    /// `Your Contoso code is 482913`: a code that is somebody's.
    pub(super) fn own_code(&self, key: &Key) -> bool {
        let near = &self.text[key.start.saturating_sub(32)..key.start];
        let line = near.rsplit(|byte| *byte == b'\n').next().unwrap_or_default().to_ascii_lowercase();
        let words = line.rsplit(|byte| is_blank(*byte)).take(4);
        words
            .into_iter()
            .any(|word| [&b"your"[..], b"ihr", b"dein", b"votre", b"su", b"tu"].iter().any(|one| ends_with(word, one)))
    }
}

/// `482915`, `482 915`, `8f3a-9c2e`: where a one-time code ends.
fn end_of_otp(text: &[u8], start: usize) -> Option<usize> {
    let group = |at: usize| skip(text, at, 12, |byte| byte.is_ascii_alphanumeric());
    // `88 12 07`
    let pairs = text.get(start..start + 8).filter(|code| {
        code.iter().enumerate().all(|(i, byte)| if i % 3 == 2 { *byte == b' ' } else { byte.is_ascii_digit() })
    });
    if pairs.is_some() && text.get(start + 8).is_none_or(|byte| b"\r\n,;\"'.".contains(byte)) {
        return Some(start + 8);
    }
    let (mut end, mut groups) = (group(start), 1);
    while groups < 4 && end - start >= 3 && matches!(text.get(end), Some(b'-' | b' ' | b'+')) {
        let next = group(end + 1);
        let digits = text[end + 1..next].iter().filter(|byte| byte.is_ascii_digit()).count();
        let first = text[start..end].iter().any(u8::is_ascii_digit);
        if digits == 0 || !first || next - end - 1 < 3 || text[end] != b'-' && digits < next - end - 1 {
            break;
        }
        (end, groups) = (next, groups + 1);
    }
    let code = &text[start..end];
    let digits = code.iter().filter(|byte| byte.is_ascii_digit()).count();
    let whole = text
        .get(end)
        .is_none_or(|byte| !b"_.:-".contains(byte) || text.get(end + 1).is_none_or(|next| is_blank(*next)));
    // Small letters alone are a word of the sentence.
    let telling = digits > 0 || code.iter().any(u8::is_ascii_uppercase);
    let grouped = groups > 1 && code.len() >= 7 && digits >= 2;
    // `CQ7XJ4WPB`: a code to be typed on a device.
    let typed = matches!(code.len(), 8 | 9)
        && digits >= 2
        && code.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let alone = groups == 1
        && (typed || digits == code.len() && (4..=10).contains(&digits) || telling && looks_random(code, 6));
    (whole && (grouped || alone)).then_some(end)
}

/// How many bytes before the last group of a code its first group has, with the blank between.
fn first_group(before: &[u8], last: &[u8]) -> usize {
    let Some(lead) = before.strip_suffix(b" ") else { return 0 };
    let len = lead.iter().rev().take(8).take_while(|byte| byte.is_ascii_digit()).count();
    let edge = lead[..lead.len() - len].last().is_none_or(|byte| !byte.is_ascii_alphanumeric());
    // `G-482 913`
    let edge = edge || lead[..lead.len() - len].ends_with(b"G-");
    let whole = matches!(len, 3 | 4) && len == last.len() && last.iter().all(u8::is_ascii_digit);
    if whole && edge { len + 1 } else { 0 }
}

fn is_digit_or_sign(byte: &u8) -> bool {
    byte.is_ascii_digit() || b" -+".contains(byte)
}

/// Whether a word is this one, perhaps after signs: `{"m":"Your`.
fn ends_with(word: &[u8], one: &[u8]) -> bool {
    let Some(lead) = word.len().checked_sub(one.len()) else { return false };
    word[lead..].eq_ignore_ascii_case(one) && !word[..lead].last().is_some_and(u8::is_ascii_alphabetic)
}
