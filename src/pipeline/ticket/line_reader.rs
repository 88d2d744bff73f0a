//! Text, line by line.

use std::{
    io::{self, Read},
    ops::ControlFlow,
};

/// Bytes that are read at a time.
const READ_BYTES: usize = 64 << 10;

/// Takes a line's number, from 1, the line or a part of it, and whether parts of it came before.
pub(super) type EachLine<'e> = dyn FnMut(u64, &[u8], bool) -> ControlFlow<()> + 'e;

/// Calls `each` with every line. A line longer than `max_bytes` comes in parts, which are cut at a space
/// where there is one.
///
/// # Errors
/// The reader's own; the lines before it were given to `each`.
pub(super) fn for_each_line(reader: &mut dyn Read, max_bytes: usize, each: &mut EachLine<'_>) -> io::Result<()> {
    let mut pending: Vec<u8> = Vec::new();
    let mut block = vec![0; READ_BYTES];
    let (mut number, mut continues) = (1, false);
    loop {
        let read = match reader.read(&mut block) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        pending.extend_from_slice(&block[..read]);
        let mut at = 0;
        while at < pending.len() {
            let rest = &pending[at..];
            match memchr::memchr(b'\n', rest) {
                Some(end) if end <= max_bytes => {
                    if each(number, &rest[..end], continues).is_break() {
                        return Ok(());
                    }
                    (number, continues, at) = (number + 1, false, at + end + 1);
                }
                _ if rest.len() > max_bytes => {
                    let half = max_bytes / 2;
                    let end = memchr::memrchr(b' ', &rest[half..max_bytes]).map_or(max_bytes, |i| half + i + 1);
                    if each(number, &rest[..end], continues).is_break() {
                        return Ok(());
                    }
                    (continues, at) = (true, at + end);
                }
                _ if read == 0 => {
                    let _ = each(number, rest, continues);
                    return Ok(());
                }
                _ => break,
            }
        }
        pending.drain(..at);
        if read == 0 {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, max_bytes: usize) -> Vec<(u64, String, bool)> {
        let mut found = Vec::new();
        for_each_line(&mut text.as_bytes(), max_bytes, &mut |number, line, continues| {
            found.push((number, String::from_utf8_lossy(line).into_owned(), continues));
            ControlFlow::Continue(())
        })
        .expect("a slice can be read");
        found
    }

    #[test]
    fn lines_are_numbered_and_long_ones_come_in_parts() {
        let whole = |number, text: &str| (number, text.to_owned(), false);
        assert_eq!(lines("a\n\nb", 100), [whole(1, "a"), whole(2, ""), whole(3, "b")]);
        assert_eq!(lines("a\n", 100), [whole(1, "a")]);
        assert_eq!(lines("aa bb cc\nd\n", 6), [whole(1, "aa bb "), (1, "cc".to_owned(), true), whole(2, "d")]);
        let long = lines(&"x".repeat(200_000), 65_536);
        assert_eq!(long.iter().map(|(_, text, _)| text.len()).sum::<usize>(), 200_000);
        assert!(long.iter().all(|(number, _, _)| *number == 1));
    }
}
