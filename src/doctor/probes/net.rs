//! Name resolution and TCP, bounded in time.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use super::options::ProbeOptions;

/// The addresses of a host, and how long it took to find them.
///
/// # Errors
/// The system's own error, or that it took too long.
pub(super) fn resolve(host: &str, port: u16, options: &ProbeOptions) -> (io::Result<Vec<SocketAddr>>, Duration) {
    let start = Instant::now();
    if let Some(given) = options.given_addresses(host, port) {
        return (Ok(given.to_vec()), start.elapsed());
    }
    let (sender, receiver) = mpsc::channel();
    let name = host.trim_matches(['[', ']']).to_owned();
    // The system's resolver cannot be interrupted: its thread is left alone.
    thread::spawn(move || {
        let found = (name.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        let _ = sender.send(found);
    });
    let left = options.step().saturating_duration_since(Instant::now());
    let found = receiver
        .recv_timeout(left)
        .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")));
    (found, start.elapsed())
}

/// What a connection to one address led to.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) address: SocketAddr,
    pub(super) result: io::Result<TcpStream>,
    pub(super) time: Duration,
}

/// Connects to all addresses at the same time.
pub(super) fn connect(addresses: &[SocketAddr], options: &ProbeOptions) -> Vec<Attempt> {
    let one = |address: SocketAddr| {
        let start = Instant::now();
        let left = options.step().saturating_duration_since(start).max(Duration::from_millis(1));
        let result = TcpStream::connect_timeout(&address, left);
        Attempt { address, result, time: start.elapsed() }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = addresses.iter().map(|address| scope.spawn(move || one(*address))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
    })
}

/// A connection whose reads and writes end at a given time.
#[derive(Debug)]
pub(super) struct BoundedStream {
    stream: TcpStream,
    deadline: Instant,
}

impl BoundedStream {
    pub(super) fn new(stream: TcpStream, deadline: Instant) -> Self {
        Self { stream, deadline }
    }

    /// The next step ends at this time.
    pub(super) fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")) } else { Ok(left) }
    }
}

impl Read for BoundedStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.left()?))?;
        self.stream.read(buffer)
    }
}

impl Write for BoundedStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// True when an error says that time was up.
pub(super) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}
