//! Lines of stack traces, in which nothing is looked for.

use super::values::skip;

/// The parts of a text between its stack frames.
pub(super) fn blocks(text: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
        if is_frame(&text[at..end]) {
            if at > start {
                found.push((start, at));
            }
            start = (end + 1).min(text.len());
        }
        at = end + 1;
    }
    if start < text.len() {
        found.push((start, text.len()));
    }
    found
}

/// `at package.Class.method(File.java:123) [plugin.jar:1.2]`. Where a value could be (`=`, `@` of a mail address, a
/// quotation mark), the line is none.
fn is_frame(line: &[u8]) -> bool {
    let blanks = line.iter().take_while(|byte| b" \t".contains(byte)).count();
    let Some(frame) = line[blanks..].strip_prefix(b"at ") else { return false };
    let name = skip(frame, 0, usize::MAX, |byte| byte.is_ascii_alphanumeric() || b"_.$<>/@-".contains(&byte));
    let rest = &frame[name..];
    let rest = rest.strip_suffix(b"\r").unwrap_or(rest);
    let place = skip(rest, 0, 160, |byte| byte.is_ascii_alphanumeric() || b"_.:$() ~[]?<>/@-".contains(&byte));
    // `java.base@17.0.9/java.lang.Thread`
    let versions = memchr::memchr_iter(b'@', frame).all(|at| frame.get(at + 1).is_some_and(u8::is_ascii_digit));
    rest.first() == Some(&b'(')
        && place == rest.len()
        && rest.contains(&b')')
        && versions
        && frame[..name].contains(&b'.')
        && frame[..name].split(|byte| b"./$@".contains(byte)).all(|part| part.len() < 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_left_out() {
        let text = "a\n\tat x.Y.z(Y.java:1)\n\tat java.base@17.0.9/x.Y.z(Native Method) ~[a.jar:1.2]\nCaused by: b\n\tat x.Y(U)";
        let parts: Vec<&str> = blocks(text.as_bytes()).into_iter().map(|(from, to)| &text[from..to]).collect();
        assert_eq!(parts, ["a\n", "Caused by: b\n"]);
        for other in ["at ann@contoso.example(x)", "at x.y(client_secret=abc)", "at 20:34 x", ""] {
            assert!(!is_frame(other.as_bytes()), "{other}");
        }
    }
}
