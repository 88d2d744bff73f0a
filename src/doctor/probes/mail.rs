//! Mail servers: greeting and capabilities of IMAP, POP and SMTP. Nobody signs in.

use std::io::{self, Read, Write};

use crate::doctor::hosts::Purpose;

/// What a mail server offers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Capabilities {
    /// The first line of the server.
    pub(super) greeting: String,
    /// Sign-in methods.
    pub(super) methods: Vec<String>,
    /// SMTP before TLS: STARTTLS is offered.
    pub(super) start_tls: bool,
}

/// Lines are read up to this length, and so many of them.
const MAX_LINE_BYTES: usize = 4096;
const MAX_LINES: usize = 200;

/// Reads one line without its end.
fn line(stream: &mut impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    loop {
        if stream.read(&mut byte)? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the connection was closed"));
        }
        match byte[0] {
            b'\n' => break,
            _ if bytes.len() >= MAX_LINE_BYTES => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a line is too long"));
            }
            other => bytes.push(other),
        }
    }
    Ok(String::from_utf8_lossy(&bytes).trim_end().chars().filter(|c| !c.is_control()).collect())
}

fn send(stream: &mut impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// Lines up to one that ends the answer.
fn lines(stream: &mut impl Read, is_last: impl Fn(&str) -> bool) -> io::Result<Vec<String>> {
    let mut lines = Vec::new();
    for _ in 0..MAX_LINES {
        let line = line(stream)?;
        let last = is_last(&line);
        lines.push(line);
        if last {
            return Ok(lines);
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "the answer has too many lines"))
}

/// Asks a mail server what it offers, over a connection that is encrypted already.
pub(super) fn ask(stream: &mut (impl Read + Write), purpose: Purpose) -> io::Result<Capabilities> {
    match purpose {
        Purpose::Imap => imap(stream),
        Purpose::Pop => pop(stream),
        _ => {
            let greeting = smtp_greeting(stream)?;
            let mut found = ehlo(stream)?;
            found.greeting = greeting;
            Ok(found)
        }
    }
}

fn imap(stream: &mut (impl Read + Write)) -> io::Result<Capabilities> {
    let greeting = line(stream)?;
    if !greeting.starts_with("* ") {
        return Err(unexpected("IMAP"));
    }
    send(stream, "a1 CAPABILITY\r\n")?;
    let answer = lines(stream, |line| line.starts_with("a1 "))?;
    let _ = send(stream, "a2 LOGOUT\r\n");
    let words = answer
        .iter()
        .filter(|line| line.to_ascii_uppercase().starts_with("* CAPABILITY"))
        .flat_map(|line| line.split_whitespace());
    let methods = words.filter_map(|word| word.to_ascii_uppercase().strip_prefix("AUTH=").map(str::to_owned)).collect();
    Ok(Capabilities { greeting, methods, start_tls: false })
}

fn pop(stream: &mut (impl Read + Write)) -> io::Result<Capabilities> {
    let greeting = line(stream)?;
    if !greeting.starts_with("+OK") {
        return Err(unexpected("POP"));
    }
    send(stream, "CAPA\r\n")?;
    let answer = lines(stream, |line| line == "." || line.starts_with("-ERR"))?;
    let _ = send(stream, "QUIT\r\n");
    let sasl = answer.iter().filter(|line| line.to_ascii_uppercase().starts_with("SASL"));
    let methods = sasl.flat_map(|line| line.split_whitespace().skip(1)).map(str::to_ascii_uppercase).collect();
    Ok(Capabilities { greeting, methods, start_tls: false })
}

/// The greeting of SMTP.
pub(super) fn smtp_greeting(stream: &mut impl Read) -> io::Result<String> {
    let greeting = lines(stream, |line| line.as_bytes().get(3) != Some(&b'-'))?;
    match greeting.last() {
        Some(last) if last.starts_with("220") => Ok(last.clone()),
        _ => Err(unexpected("SMTP")),
    }
}

/// Introduces itself to an SMTP server.
pub(super) fn ehlo(stream: &mut (impl Read + Write)) -> io::Result<Capabilities> {
    send(stream, "EHLO oauthsift.invalid\r\n")?;
    let answer = lines(stream, |line| line.as_bytes().get(3) != Some(&b'-'))?;
    let mut found = Capabilities::default();
    for line in answer.iter().filter_map(|line| line.get(4..)) {
        let upper = line.to_ascii_uppercase();
        found.start_tls |= upper == "STARTTLS";
        if let Some(methods) = upper.strip_prefix("AUTH ").or(upper.strip_prefix("AUTH=")) {
            found.methods.extend(methods.split_whitespace().map(str::to_owned));
        }
    }
    Ok(found)
}

/// Asks an SMTP server to begin with TLS.
pub(super) fn start_tls(stream: &mut (impl Read + Write)) -> io::Result<()> {
    send(stream, "STARTTLS\r\n")?;
    let answer = lines(stream, |line| line.as_bytes().get(3) != Some(&b'-'))?;
    if answer.last().is_some_and(|last| last.starts_with("220")) { Ok(()) } else { Err(unexpected("STARTTLS")) }
}

fn unexpected(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the answer is not one of {what}"))
}
