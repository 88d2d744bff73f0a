//! HTTP/1.1, one request on one connection.

use std::io::{self, Read, Write};

/// What is read of an answer at most. Bytes.
const MAX_HEAD_BYTES: usize = 64 << 10;
const MAX_BODY_BYTES: usize = 256 << 10;

/// What this program calls itself.
pub(super) const USER_AGENT: &str = concat!("oauthsift/", env!("CARGO_PKG_VERSION"));

/// An answer.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The value of a header, by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a header.
    pub(super) fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// True for a page for people.
    pub(super) fn is_html(&self) -> bool {
        self.header("content-type").is_some_and(|kind| kind.starts_with("text/html"))
            || self.body.trim_ascii_start().get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"<!doctype"))
    }

    /// The title of a page.
    pub(super) fn title(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.body);
        let lower = text.to_ascii_lowercase();
        let start = lower.find("<title")?;
        let start = start + lower[start..].find('>')? + 1;
        let end = start + lower[start..].find("</title")?;
        let title: String = text[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
        Some(title.chars().filter(|c| !c.is_control()).take(80).collect()).filter(|title: &String| !title.is_empty())
    }
}

/// Sends a request and reads its answer.
///
/// # Errors
/// Those of the connection, and what is not HTTP.
pub(super) fn request(
    stream: &mut (impl Read + Write),
    method: &str,
    host: &str,
    path: &str,
    form: Option<&str>,
) -> io::Result<Answer> {
    let body = form.unwrap_or_default();
    let kind = match form {
        Some(_) => format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", body.len()),
        None => String::new(),
    };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\nAccept: application/json\r\n{kind}Connection: close\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes())?;
    stream.flush()?;
    let (mut answer, rest) = read_head(stream)?;
    read_body(stream, &mut answer, rest)?;
    Ok(answer)
}

/// Reads status and headers. Gives back what was read of the body, too.
pub(super) fn read_head(stream: &mut impl Read) -> io::Result<(Answer, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        if let Some(end) = find(&bytes, b"\r\n\r\n") {
            break end;
        }
        if bytes.len() > MAX_HEAD_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the answer has too many headers"));
        }
        match stream.read(&mut buffer)? {
            0 => {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "the connection was closed without an answer",
                ));
            }
            read => bytes.extend(&buffer[..read]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.")).and_then(|line| line.split(' ').nth(1));
    let status = status.and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP"))?;
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    };
    let headers = lines.filter_map(header).collect();
    Ok((Answer { status, headers, body: Vec::new() }, bytes[end + 4..].to_vec()))
}

/// Reads the rest of a body whose first bytes are there.
pub(super) fn read_more(stream: &mut impl Read, answer: &mut Answer) -> io::Result<()> {
    let start = std::mem::take(&mut answer.body);
    read_body(stream, answer, start)
}

/// Reads the body up to its length, its last chunk, the end of the connection, or the limit.
fn read_body(stream: &mut impl Read, answer: &mut Answer, mut bytes: Vec<u8>) -> io::Result<()> {
    let length = answer.header("content-length").and_then(|length| length.parse::<usize>().ok());
    let is_chunked = answer.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
    let is_complete = |bytes: &[u8]| match length {
        _ if is_chunked => bytes.ends_with(b"0\r\n\r\n"),
        Some(length) => bytes.len() >= length,
        None => false,
    };
    let mut buffer = [0; 8192];
    while !is_complete(&bytes) && bytes.len() < MAX_BODY_BYTES {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => bytes.extend(&buffer[..read]),
            // Many servers end TLS without saying so.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error),
        }
    }
    answer.body = if is_chunked { unchunked(&bytes) } else { bytes };
    Ok(())
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(end) = find(bytes, b"\r\n") {
        let size = std::str::from_utf8(&bytes[..end])
            .ok()
            .and_then(|line| usize::from_str_radix(line.split(';').next()?.trim(), 16).ok());
        let Some(size) = size.filter(|size| *size > 0) else { break };
        let chunk = bytes[end + 2..].get(..size).unwrap_or(&bytes[end + 2..]);
        out.extend(chunk);
        bytes = bytes[end + 2..].get(size + 2..).unwrap_or_default();
    }
    out
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    struct Both(Cursor<Vec<u8>>);

    impl Read for Both {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }

    impl Write for Both {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn answer(text: &str) -> io::Result<Answer> {
        request(&mut Both(Cursor::new(text.as_bytes().to_vec())), "GET", "h", "/", None)
    }

    #[test]
    fn bodies_are_read_by_length_by_chunks_and_to_the_end() {
        let body = |text: &str| String::from_utf8(answer(text).unwrap().body).unwrap();
        assert_eq!(body("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"), "abc");
        assert_eq!(
            body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n"),
            "abc"
        );
        assert_eq!(body("HTTP/1.0 403 No\r\n\r\n<html>"), "<html>");
        assert!(answer("SSH-2.0\r\n\r\n").is_err() && answer("").is_err());
    }

    #[test]
    fn a_page_has_a_title() {
        let page =
            answer("HTTP/1.1 403 F\r\nContent-Type: text/html\r\n\r\n<html><title>\nAccess  denied</title>").unwrap();
        assert!(page.is_html());
        assert_eq!(page.title().as_deref(), Some("Access denied"));
    }
}
