//! Decoding in a separate thread, ahead of the thread that scans.

use std::{
    io::{self, Read},
    sync::mpsc::{self, Receiver, Sender, SyncSender},
    thread,
};

use crate::source::Opener;

/// Bytes that are decoded at a time.
const BLOCK_BYTES: usize = 256 << 10;
/// How many such blocks there are; they are used again and again.
const BLOCKS: usize = 4;

/// A block and how many decoded bytes it holds.
type FilledBlock = io::Result<(Vec<u8>, usize)>;

/// Opens and decodes in a thread; `consume` gets a reader of the decoded bytes.
pub(super) fn read(open: Opener<'_>, consume: &mut dyn FnMut(&mut dyn Read)) {
    let (filled_sender, filled) = mpsc::sync_channel(BLOCKS);
    let (empty_sender, empty) = mpsc::channel();
    for _ in 0..BLOCKS {
        let _ = empty_sender.send(vec![0; BLOCK_BYTES]);
    }
    thread::scope(|scope| {
        scope.spawn(move || decode(open, &filled_sender, &empty));
        let mut reader =
            ReadAhead { filled, empty_sender, block: Vec::new(), at: 0, len: 0, ended: false, failure: None };
        consume(&mut reader);
        // The decoder stops when its blocks are no longer received.
        drop(reader);
    });
}

fn decode(open: Opener<'_>, filled: &SyncSender<FilledBlock>, empty: &Receiver<Vec<u8>>) {
    let mut reader = match open() {
        Ok(reader) => reader,
        Err(error) => {
            let _ = filled.send(Err(error));
            return;
        }
    };
    while let Ok(mut block) = empty.recv() {
        let mut len = 0;
        let mut failure = None;
        while len < block.len() && failure.is_none() {
            match reader.read(&mut block[len..]) {
                Ok(0) => break,
                Ok(read) => len += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => failure = Some(error),
            }
        }
        let is_last = len < block.len();
        if (len > 0 || failure.is_none()) && filled.send(Ok((block, len))).is_err() {
            return;
        }
        if let Some(error) = failure {
            let _ = filled.send(Err(error));
            return;
        }
        if is_last {
            return;
        }
    }
}

/// Reads what the decoder has decoded.
struct ReadAhead {
    filled: Receiver<FilledBlock>,
    empty_sender: Sender<Vec<u8>>,
    block: Vec<u8>,
    at: usize,
    len: usize,
    ended: bool,
    /// The decoder's error, which is repeated, as a decoder in the same thread does.
    failure: Option<(io::ErrorKind, String)>,
}

impl Read for ReadAhead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.len && !self.ended {
            if let Some((kind, message)) = &self.failure {
                return Err(io::Error::new(*kind, message.clone()));
            }
            let Ok(filled) = self.filled.recv() else {
                self.ended = true;
                break;
            };
            let used = std::mem::take(&mut self.block);
            if !used.is_empty() {
                let _ = self.empty_sender.send(used);
            }
            (self.at, self.len) = (0, 0);
            match filled {
                Ok(filled) => (self.block, self.len) = filled,
                Err(error) => {
                    self.failure = Some((error.kind(), error.to_string()));
                    return Err(error);
                }
            }
        }
        let len = buffer.len().min(self.len - self.at);
        buffer[..len].copy_from_slice(&self.block[self.at..self.at + len]);
        self.at += len;
        Ok(len)
    }
}
