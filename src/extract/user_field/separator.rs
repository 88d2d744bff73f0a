//! What is between the label of a field and its value: `: `, `="`, ` was: `, ` text "`.

/// Words between a label and what separates it from its value: `comment text: …`.
const AFTER_LABEL: [&[u8]; 6] = [b"text", b"body", b"name", b"string", b"term", b"value"];
/// Words that stand for an assignment, possibly with a colon.
const ASSIGNING: [&[u8]; 7] = [b"is", b"was", b"contains", b"named", b"called", b"titled", b"of"];

/// The separator at the start of a text that follows a label; it may be empty.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Separator {
    pub(super) len: usize,
    /// It says that what follows is the value, even without quotation marks.
    pub(super) assigns: bool,
    /// The quotation mark with which the value begins.
    pub(super) mark: Option<u8>,
}

impl Separator {
    pub(super) fn of(text: &[u8]) -> Self {
        let mut rest = match text {
            [blank, word @ ..] if is_blank(*blank) => without_word(word, &AFTER_LABEL).unwrap_or(text),
            _ => text,
        };
        // The mark that closes a label in quotation marks.
        rest = opening(rest).1;
        let (assigns, after) = assignment(rest).unwrap_or((false, rest));
        let (mark, value) = opening(after);
        Self { len: text.len() - value.len(), assigns, mark }
    }
}

/// Whether what separates label and value is an assignment, and the text after it.
fn assignment(text: &[u8]) -> Option<(bool, &[u8])> {
    let after_blanks = without_blanks(text);
    if let Some(value) = operator(after_blanks) {
        return Some((true, without_blanks(value)));
    }
    let [blank, word @ ..] = text else { return None };
    if !is_blank(*blank) {
        return None;
    }
    if let Some(after) = without_word(word, &ASSIGNING) {
        let colon = match after {
            [b':', value @ ..] => Some(value),
            [blank, b':', value @ ..] if is_blank(*blank) => Some(value),
            _ => None,
        };
        let value = [colon.map(|value| (true, value)), Some((false, after))].into_iter().flatten();
        let mut value = value.filter(|(_, value)| value.first().is_some_and(|b| is_blank(*b)));
        if let Some((assigns, value)) = value.next() {
            return Some((assigns, without_blanks(value)));
        }
    }
    Some((false, after_blanks))
}

/// The text after `~`, `!~`, `=`, `:`, `=>` and their like.
fn operator(text: &[u8]) -> Option<&[u8]> {
    if let Some(value) = text.strip_prefix(b"~").or_else(|| text.strip_prefix(b"!~")) {
        return Some(value);
    }
    let len = text.iter().take_while(|b| matches!(b, b':' | b'=')).count();
    let value = &text[len..];
    (len > 0).then(|| value.strip_prefix(b">").unwrap_or(value))
}

/// A quotation mark, which may be escaped, and the text after it.
fn opening(text: &[u8]) -> (Option<u8>, &[u8]) {
    let after_escapes = &text[text.iter().take_while(|b| **b == b'\\').count()..];
    match after_escapes {
        [mark @ (b'"' | b'\''), value @ ..] => (Some(*mark), value),
        _ => (None, after_escapes),
    }
}

fn without_word<'t>(text: &'t [u8], words: &[&[u8]]) -> Option<&'t [u8]> {
    words.iter().find_map(|word| text.strip_prefix(*word))
}

fn without_blanks(text: &[u8]) -> &[u8] {
    &text[text.iter().take_while(|b| is_blank(**b)).count()..]
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::bytes::Regex;

    use super::*;

    #[test]
    fn separators_are_read_up_to_the_value() {
        let of = |text: &str| {
            let separator = Separator::of(text.as_bytes());
            (text[separator.len..].to_owned(), separator.assigns, separator.mark)
        };
        assert_eq!(of(": Fw: x"), ("Fw: x".to_owned(), true, None));
        assert_eq!(of(r#" ~ \"x"#), ("x".to_owned(), true, Some(b'"')));
        assert_eq!(of(r#"":"x"#), ("x".to_owned(), true, Some(b'"')));
        assert_eq!(of(" text was : 'x"), ("x".to_owned(), true, Some(b'\'')));
        assert_eq!(of(" of mary"), ("mary".to_owned(), false, None));
        assert_eq!(of(""), (String::new(), false, None));
    }

    proptest! {
        #[test]
        fn a_separator_is_what_its_expression_finds(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    " ", "\t", "\x0b", "\r\n", "\\", "\"", "'", "!", "~", ":", "=", ">", "text", "value", "is", "was",
                    "contains", "of", "titled", "x", "i", "\u{a0}",
                ]),
                0..10,
            ),
        ) {
            let expression = Regex::new(
                r#"(?x-u)^ (?:\s(?:text|body|name|string|term|value))? \\*["']?
                (?: (?P<operator>\s*(?:!?~|[:=]+>?)\s*)
                | \s(?:is|was|contains|named|called|titled|of)(?P<colon>\s?:)?\s+ | \s+ )? \\*(?P<mark>["'])?"#,
            )
            .expect("a valid expression");
            let text = parts.concat();
            let found = expression.captures(text.as_bytes()).expect("it may be empty");
            let expected = Separator {
                len: found[0].len(),
                assigns: found.name("operator").or_else(|| found.name("colon")).is_some(),
                mark: found.name("mark").map(|mark| mark.as_bytes()[0]),
            };
            prop_assert_eq!(Separator::of(text.as_bytes()), expected);
        }
    }
}
