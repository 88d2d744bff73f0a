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

/// `at java.base@17.0.9/package.Class.method(File.java:123) ~[plugin.jar:1.2]`, and nothing else: a line into which
/// other text was written is read.
fn is_frame(line: &[u8]) -> bool {
    let blanks = line.iter().take_while(|byte| b" \t".contains(byte)).count();
    let Some(frame) = line[blanks..].strip_prefix(b"at ") else { return false };
    let frame = frame.strip_suffix(b"\r").unwrap_or(frame);
    let name = skip(frame, 0, usize::MAX, |byte| byte.is_ascii_alphanumeric() || b"_.$<>/@-".contains(&byte));
    let (name, rest) = frame.split_at(name);
    let Some((place, artifact)) = memchr::memchr(b')', rest).map(|end| rest.split_at(end + 1)) else { return false };
    // `java.base@17.0.9/java.lang.Thread`
    let versions = memchr::memchr_iter(b'@', name).all(|at| name.get(at + 1).is_some_and(u8::is_ascii_digit));
    versions
        && name.contains(&b'.')
        && name.split(|byte| b"./$@".contains(byte)).all(|part| part.len() < 64)
        && is_place(place)
        && is_artifact(artifact)
}

/// `(File.java:123)`, `(Native Method)`, `(Unknown Source)`.
fn is_place(place: &[u8]) -> bool {
    let Some(place) = place.strip_prefix(b"(").and_then(|place| place.strip_suffix(b")")) else { return false };
    let (file, line) = place.split_at(memchr::memchr(b':', place).unwrap_or(place.len()));
    let is_file = (1..64).contains(&file.len())
        && file.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_.$<>-".contains(byte))
        && line.iter().skip(1).all(u8::is_ascii_digit);
    is_file || place == b"Native Method" || place == b"Unknown Source"
}

/// Nothing, or ` ~[plugin.jar:1.2]`, ` [?:1.8.0_202]`, ` [classes/:?]`.
fn is_artifact(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let Some(text) = text.strip_prefix(b"~").unwrap_or(text).strip_prefix(b"[") else { return text.is_empty() };
    let jar = skip(text, 0, 160, |byte| byte.is_ascii_alphanumeric() || b"_.:?/$-".contains(&byte));
    &text[jar..] == b"]" && text[..jar].split(|byte| b"./:".contains(byte)).all(|part| part.len() < 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_left_out() {
        let text = "a\n\tat x.Y.z(Y.java:1)\n\tat java.base@17.0.9/x.Y.z(Native Method) ~[a.jar:1.2]\nCaused by: b\n\tat x.Y(U)";
        let parts: Vec<&str> = blocks(text.as_bytes()).into_iter().map(|(from, to)| &text[from..to]).collect();
        assert_eq!(parts, ["a\n", "Caused by: b\n"]);
        for other in [
            "at ann@contoso.example(x)",
            "at x.y(client_secret=abc)",
            "at x.y(Y.java: A1 AUTHENTICATE XOAUTH2 Zk3q8Rt1Vw5Xy7Bc9Df2 211)",
            "at x.y(Y.java:1) password hunter2",
            "at x.y(Y.java:1) [x 8Rt1Vw5Xy7Bc9Df2]",
            "at 20:34 x",
            "",
        ] {
            assert!(!is_frame(other.as_bytes()), "{other}");
        }
    }
}
