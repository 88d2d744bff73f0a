//! Decoding in a thread of its own, ahead of whoever scans.

use std::{
    io::{self, Read},
    sync::mpsc::{self, Receiver, Sender, SyncSender},
    thread,
};

use crate::source::Opener;

/// How much is decoded at a time.
const BLOCK_BYTES: usize = 256 << 10;
/// How many such blocks there are; they go round.
const BLOCKS: usize = 4;

/// Some decoded bytes, or the end of them.
type Filled = io::Result<(Vec<u8>, usize)>;

/// Opens and decodes in a thread, and hands what comes out to `then`.
pub(super) fn read(open: Opener<'_>, then: &mut dyn FnMut(&mut dyn Read)) {
    let (send, receive) = mpsc::sync_channel(BLOCKS);
    let (give_back, empty) = mpsc::channel();
    for _ in 0..BLOCKS {
        let _ = give_back.send(vec![0; BLOCK_BYTES]);
    }
    thread::scope(|scope| {
        scope.spawn(move || decode(open, &send, &empty));
        let mut ahead = ReadAhead { receive, give_back, block: Vec::new(), at: 0, len: 0, ended: false };
        then(&mut ahead);
        // The decoder stops when nobody takes its blocks any more.
        drop(ahead);
    });
}

fn decode(open: Opener<'_>, send: &SyncSender<Filled>, empty: &Receiver<Vec<u8>>) {
    let mut reader = match open() {
        Ok(reader) => reader,
        Err(error) => {
            let _ = send.send(Err(error));
            return;
        }
    };
    while let Ok(mut block) = empty.recv() {
        let mut len = 0;
        let mut trouble = None;
        while len < block.len() && trouble.is_none() {
            match reader.read(&mut block[len..]) {
                Ok(0) => break,
                Ok(n) => len += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => trouble = Some(error),
            }
        }
        let last = len < block.len();
        if (len > 0 || trouble.is_none()) && send.send(Ok((block, len))).is_err() {
            return;
        }
        if let Some(error) = trouble {
            let _ = send.send(Err(error));
            return;
        }
        if last {
            return;
        }
    }
}

/// Reads what the decoder has done.
struct ReadAhead {
    receive: Receiver<Filled>,
    give_back: Sender<Vec<u8>>,
    block: Vec<u8>,
    at: usize,
    len: usize,
    ended: bool,
}

impl Read for ReadAhead {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.len && !self.ended {
            let Ok(filled) = self.receive.recv() else {
                self.ended = true;
                break;
            };
            let done = std::mem::take(&mut self.block);
            if !done.is_empty() {
                let _ = self.give_back.send(done);
            }
            (self.at, self.len) = (0, 0);
            (self.block, self.len) = filled?;
        }
        let n = into.len().min(self.len - self.at);
        into[..n].copy_from_slice(&self.block[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}
