//! Could this be a word of a language or a name in code, or is it a row of random characters?
//!
//! Judged by shape, not by a list: letters are compared with the letter pairs of seven languages (English,
//! German, French, Spanish, Portuguese, Dutch, Italian), identifiers part by part, digits by where they are.

use super::error_words::starts_like_code;

/// What a pair of letters costs, in bits above chance, 0 to 9: row first letter, column second; the last row and
/// column are the ends of a word. Counted over the 40,000 most frequent words of each language.
const PAIR_COST: [&[u8; 27]; 27] = [
    b"543375464752316482224477552",
    b"147718772792772892452889584",
    b"194829912934981983633999694",
    b"278508671785671893463769691",
    b"454345464763416571235565661",
    b"277612681983772892532879683",
    b"279609442974643892453989691",
    b"179718872984542893523969582",
    b"352325398563312563226497953",
    b"178415574826741698461579954",
    b"268707752643642793333859571",
    b"166416661962572698433589482",
    b"136718881997372298563989692",
    b"273225263757743877215579751",
    b"654445465863314481233457671",
    b"187716742882781391443899793",
    b"688989996997999988890999994",
    b"154416462955442684334569562",
    b"373826742965573378313769690",
    b"176918741795772892333869561",
    b"333324462862326491227566763",
    b"199809991996991894895699794",
    b"167507831865732894465979692",
    b"282727951986793179824585591",
    b"364537784984443494355869970",
    b"176918761996792989852949632",
    b"232333343543344263235348769",
];

/// Letters below this many are not compared with a language.
const MIN_JUDGED_LETTERS: usize = 5;
/// Digits beyond this many are not a code, a port, a size or a time in milliseconds.
const MAX_NUMBER_DIGITS: usize = 13;

/// Terms of logs that read like no language.
const TERMS: [&[u8]; 13] = [
    b"nslookup",
    b"systemctl",
    b"journalctl",
    b"postgresql",
    b"sqlserver",
    b"ntlmssp",
    b"rsyslog",
    b"xmlhttp",
    b"gzipped",
    b"vmwgfx",
    b"pgsql",
    b"psmq",
    b"fqcn",
];

/// Whether letters read like a word. Bytes beyond ASCII count as a vowel.
pub(super) fn is_word(letters: &[u8]) -> bool {
    if letters.len() < MIN_JUDGED_LETTERS {
        return true;
    }
    // Short words vary more.
    is_term(letters)
        || cost(letters).is_some_and(|(sum, pairs)| sum * 100 <= pairs * if letters.len() < 8 { 460 } else { 365 })
}

pub(super) fn is_term(letters: &[u8]) -> bool {
    TERMS.iter().any(|term| letters.eq_ignore_ascii_case(term))
}

/// What the pairs of a word cost together, and how many they are; `None` for a row of one letter.
fn cost(letters: &[u8]) -> Option<(u32, u32)> {
    // A letter beyond ASCII goes with any neighbour.
    const ANY: usize = 27;
    let class = |byte: u8| if byte >= 0x80 { ANY } else { usize::from((byte | 0x20).wrapping_sub(b'a')).min(26) };
    let pair = |a: usize, b: usize| if a == ANY || b == ANY { 2 } else { u32::from(PAIR_COST[a][b] - b'0') };
    let (mut last, mut sum, mut count, mut same) = (26, 0, 1, 1);
    for byte in letters {
        if (0x80..0xc0).contains(byte) {
            continue;
        }
        let next = class(*byte);
        same = if next == last && next != ANY { same + 1 } else { 1 };
        if same > 3 {
            return None;
        }
        sum += pair(last, next);
        count += 1;
        last = next;
    }
    Some((sum + pair(last, 26), count))
}

/// Whether a run of letters and digits is what languages, code and numbers are made of. A run that is not could be
/// a secret, or a part of one.
pub(super) fn is_plain_run(run: &[u8]) -> bool {
    // `i18nKey`
    let run = run.strip_prefix(b"i18n").unwrap_or(run);
    let digits = run.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == run.len() {
        return digits <= MAX_NUMBER_DIGITS || digits == 14 && (run.starts_with(b"20") || run.starts_with(b"19"));
    }
    // `xxxxxxxx` hides something.
    if run.len() <= 5 || run.iter().all(|byte| b"xX".contains(byte)) || is_number_with_unit(run) || is_hex_number(run) {
        return true;
    }
    let (mut parts, mut digit_groups, mut readable, mut acronyms, mut at) = (0, 0, 0, 0, 0);
    let (mut sum, mut pairs) = (0, 0);
    while at < run.len() {
        let end = part_end(run, at).max(at + 1);
        let part = &run[at..end];
        parts += 1;
        if part[0].is_ascii_digit() {
            digit_groups += 1;
            // At the end a number; elsewhere as in `Log4j`, `Base64Utils`, `403Forbidden`.
            if digit_groups > 2 || part.len() > if end == run.len() { 8 } else { 4 } {
                return false;
            }
        } else if part.len() <= 8 && part.iter().all(u8::is_ascii_uppercase) {
            acronyms += if part.len() >= 2 { part.len() } else { 0 };
        } else if !is_word(part) {
            return false;
        } else if part.len() >= 3 {
            readable += part.len();
            if is_term(part) {
                at = end;
                continue;
            }
            let Some((part_sum, part_pairs)) = cost(part) else { return false };
            (sum, pairs) = (sum + part_sum, pairs + part_pairs);
        }
        at = end;
    }
    // `m12345`, `v9`, `AADSTS7000215`, `512bit`.
    if parts == 1 || parts == 2 && digit_groups == 1 || run.len() < 8 && digits <= 3 && parts <= 3 {
        return true;
    }
    // `Xmx8192m`
    if parts == 3
        && digit_groups == 1
        && digits >= 3
        && run.len() - digits <= 5
        && run[run.len() - 1].is_ascii_lowercase()
    {
        return true;
    }
    // `AADB2C90088`, `8BITMIME`, `SMTPUTF8`.
    if run.len() <= 12 && acronyms >= 4 && acronyms + digits + 1 >= run.len() {
        return true;
    }
    // An identifier of few parts may have acronyms.
    if parts <= 3 || parts == 4 && readable >= 3 {
        readable += acronyms;
    }
    // `qRtZmNbV` has a part for nearly every letter; of `Xkqz4Zvb` the parts are too short to be judged one by one.
    readable * 10 >= (run.len() - digits) * if parts <= 3 { 5 } else { 7 }
        && sum * 100
            <= pairs
                * if pairs < 6 {
                    420
                } else if parts == 2 {
                    360
                } else {
                    310
                }
}

/// Where the part of an identifier that starts at `at` ends: digits, capitals, or a word with one capital.
fn part_end(run: &[u8], at: usize) -> usize {
    let count = |from: usize, is: fn(u8) -> bool| run[from..].iter().take_while(|byte| is(**byte)).count();
    let small = |byte: u8| byte.is_ascii_lowercase() || byte >= 0x80;
    if run[at].is_ascii_digit() {
        return at + count(at, |byte| byte.is_ascii_digit());
    }
    let capitals = count(at, |byte| byte.is_ascii_uppercase());
    match (capitals, count(at + capitals, small)) {
        (0 | 1, tail) => at + capitals + tail,
        (capitals, 0) => at + capitals,
        // `XMLReader`: the last capital starts the word; not in `JVMs`.
        (capitals, 1) if run[at + capitals] == b's' => at + capitals + 1,
        (capitals, _) => at + capitals - 1,
    }
}

/// `20260105T193403Z`, `05T19`, `1h30m`, `512MB`, `250ms`; `101h3v` of a drawing.
fn is_number_with_unit(run: &[u8]) -> bool {
    const UNITS: [&[u8]; 29] = [
        b"T", b"Z", b"H", b"S", b"D", b"W", b"v", b"V", b"z", b"ms", b"us", b"ns", b"s", b"m", b"h", b"d", b"B", b"K",
        b"M", b"G", b"kB", b"KB", b"MB", b"GB", b"KiB", b"MiB", b"GiB", b"k", b"x",
    ];
    let mut at = usize::from(run.starts_with(b"P")) + usize::from(run.starts_with(b"PT"));
    while at < run.len() {
        let digits = run[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let unit = &run[at + digits..];
        let letters = unit.iter().take_while(|byte| !byte.is_ascii_digit()).count();
        if digits == 0 || digits > MAX_NUMBER_DIGITS || letters > 0 && !UNITS.contains(&&unit[..letters]) {
            return false;
        }
        at += digits + letters;
    }
    true
}

/// `0x80004005`.
fn is_hex_number(run: &[u8]) -> bool {
    run.strip_prefix(b"0x").is_some_and(|hex| hex.len() <= 16 && hex.iter().all(u8::is_ascii_hexdigit))
}

/// Whether a value has at least `min` bytes and some of its runs are neither words nor numbers.
pub(super) fn looks_random(value: &[u8], min: usize) -> bool {
    value.len() >= min
        && value.split(|byte| !byte.is_ascii_alphanumeric() && *byte < 0x80).any(|run| !is_plain_run(run))
        && !is_hash_suffix(value)
}

/// A password that reads like words, but for its digits and signs: `Harbour98!x`, `silverCopper42`. Only where a word
/// speaks of one.
pub(super) fn is_password_like(value: &[u8]) -> bool {
    let count = |is: fn(&u8) -> bool| value.iter().filter(|byte| is(byte)).count();
    let (small, capitals, digits) =
        (count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase), count(u8::is_ascii_digit));
    let signs = value.iter().filter(|byte| b"!#$%&*?^~".contains(byte)).count();
    let code = starts_like_code(value)
        || [&b"SHA"[..], b"http", b"%s", b"JIRAUSER"].iter().any(|lead| value.starts_with(lead));
    (8..=64).contains(&value.len())
        && small >= 2
        && (capitals > 0 && digits >= 2 || signs > 0 && digits > 0)
        && !code
        && !value.iter().any(|byte| is_outside_password(*byte))
        && (signs > 0 || value.last().is_some_and(u8::is_ascii_digit))
        && !is_hash_suffix(value)
        && !crate::extract::guid::is_guid(value)
}

/// What paths, calls, addresses and names of classes have.
fn is_outside_password(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"/\\:=()[]{}<>|,;.\"'".contains(&byte)
}

/// `MailItem@5c2e3f1a`: what Java prints for an object.
fn is_hash_suffix(value: &[u8]) -> bool {
    let Some(at) = memchr::memrchr(b'@', value) else { return false };
    let (class, hash) = (&value[..at], &value[at + 1..]);
    (1..=8).contains(&hash.len())
        && hash.iter().all(u8::is_ascii_hexdigit)
        && class.split(|byte| !byte.is_ascii_alphanumeric()).all(is_plain_run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_languages_and_code_are_plain() {
        for text in "authentication Berechtigungsnachweis réinitialisation contraseña wachtwoord DefaultTokenHandler \
            AADSTS7000215 IMAP4rev1 Log4j Base64Utils ErrorAccessDenied403Forbidden http nio 8080 exec 20260105T193403Z \
            XMLHttpRequest SAXParserFactory 1736105643014 0x80004005 256MB getJQLQuery isOAuth2Enabled UIDPLUS \
            STARTTLS XOAUTH2 CLIENTTOKEN hvoss77 jdk17 oauth2 EnhancerBySpringCGLIB"
            .split_whitespace()
        {
            assert!(is_plain_run(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn few_random_rows_read_like_words() {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut state = 1_u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize % below
        };
        for (letters, len, most) in [(62, 10, 400), (62, 12, 150), (62, 16, 30), (62, 20, 4), (62, 32, 0), (52, 16, 40)]
        {
            let plain = (0..10_000).filter(|_| {
                let run: Vec<u8> = (0..len).map(|_| ALPHABET[next(letters)]).collect();
                is_plain_run(&run)
            });
            let plain = plain.count();
            assert!(plain <= most, "{plain} of 10000 rows of {len} of {letters} characters");
        }
    }

    #[test]
    fn rows_of_random_characters_are_not() {
        for text in "7Gx8Q Zk3q8Rt1Vw5Xy7Bc9Df2Gh4Jk6Lm8Np0 aHVudGVyMg qRtZmNbVk5 xkqzvbnwpt cWE7YXlaa1RvSEpDRjc \
            abcdefghijklmnopqrst 5e884898da28047151d0e56f8dc62927 12345678901234567 q82JPZgXIeBJUo7"
            .split_whitespace()
            .skip(1)
        {
            assert!(!is_plain_run(text.as_bytes()), "{text}");
        }
    }
}
