//! Layers of encoding, and the readers that decode them.

use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::{
    BlockDecodingStrategy, FrameDecoder,
    errors::{FrameDecoderError, ReadFrameHeaderError},
};

use super::{
    budget::{CountingReader, DecodeBudget},
    format::{Format, HEAD_BYTES, sniff},
    limits::ArchiveLimits,
};
use crate::source::file_slice::FileSlice;

/// One layer of encoding, from the outside to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum Layer {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
    /// The data of a zip entry.
    ZipEntry {
        method: Method,
        /// Decoded length and CRC-32, when the directory is known.
        expected: Option<(u64, u32)>,
    },
    /// A part of a decoded tar.
    Part {
        start: u64,
        len: u64,
    },
}

/// How a zip encodes an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum Method {
    Stored,
    Deflate,
    Bzip2,
    Zstd,
    Xz,
}

impl Method {
    /// By its number in the zip format.
    pub(super) fn by_number(number: u16) -> Option<Self> {
        Some(match number {
            0 => Self::Stored,
            8 => Self::Deflate,
            12 => Self::Bzip2,
            93 => Self::Zstd,
            95 => Self::Xz,
            _ => return None,
        })
    }
}

impl Layer {
    /// The layer of a compressed stream, and the name that reports use for it.
    pub(super) fn of(format: Format) -> Option<(Self, &'static str)> {
        match format {
            Format::Gzip => Some((Self::Gzip, "gzip")),
            Format::Zstd => Some((Self::Zstd, "zstd")),
            Format::Bzip2 => Some((Self::Bzip2, "bzip2")),
            Format::Xz => Some((Self::Xz, "xz")),
            Format::Zip | Format::Tar | Format::Plain => None,
        }
    }
}

/// Bytes of one layer.
pub(in crate::source) type Bytes<'r> = Box<dyn Read + 'r>;

/// Encoded bytes that are read at a time.
const ENCODED_READ_BYTES: usize = 128 << 10;

/// The decoded bytes of some layers of a slice.
///
/// # Errors
/// The file cannot be opened, or the header of a layer is damaged.
pub(in crate::source) fn open(
    slice: &FileSlice,
    layers: &[Layer],
    budget: &DecodeBudget,
) -> io::Result<Bytes<'static>> {
    layers.iter().try_fold(Box::new(slice.open()?) as Bytes<'static>, |bytes, layer| decode(*layer, bytes, budget))
}

/// Bytes that the layers decode to, as far as that is known without decoding.
pub(in crate::source) fn decoded_len(slice: &FileSlice, layers: &[Layer]) -> Option<u64> {
    match *layers {
        [] => Some(slice.len()),
        [Layer::ZipEntry { expected: Some((len, _)), .. }] => Some(len),
        [Layer::Gzip] => slice.last_four_bytes().map(|last| u64::from(u32::from_le_bytes(last))),
        _ => None,
    }
}

/// The compressions around a stream of which only the first bytes are known, and the format within.
pub(in crate::source) fn sniff_layers(
    first: &[u8],
    limits: &ArchiveLimits,
    budget: &DecodeBudget,
) -> (Vec<Layer>, Format) {
    let mut layers = Vec::new();
    loop {
        let bytes = layers.iter().try_fold(Box::new(first) as Bytes<'_>, |bytes, layer| decode(*layer, bytes, budget));
        let mut head = Vec::new();
        let Ok(mut bytes) = bytes else { return (layers, Format::Plain) };
        let read = (&mut *bytes).take(HEAD_BYTES as u64).read_to_end(&mut head);
        if read.is_err() && head.is_empty() {
            return (layers, Format::Plain);
        }
        let format = sniff(&head);
        match Layer::of(format) {
            Some((layer, _)) if layers.len() < limits.max_depth => layers.push(layer),
            _ => return (layers, format),
        }
    }
}

/// Decodes one layer.
///
/// # Errors
/// The header of the layer is damaged.
pub(in crate::source) fn decode<'r>(layer: Layer, reader: Bytes<'r>, budget: &DecodeBudget) -> io::Result<Bytes<'r>> {
    let counted = CountingReader::new(reader);
    let count = counted.count();
    let buffered = |reader| BufReader::with_capacity(ENCODED_READ_BYTES, reader);
    Ok(match layer {
        Layer::Gzip => in_blocks(budget.limit(GzipMembers::new(buffered(counted)), count), BLOCK_BYTES),
        Layer::Bzip2 => {
            in_blocks(budget.limit(bzip2::bufread::MultiBzDecoder::new(buffered(counted)), count), BLOCK_BYTES)
        }
        Layer::Xz => in_blocks(budget.limit(xz(buffered(counted)), count), XZ_BLOCK_BYTES),
        Layer::Zstd => in_blocks(budget.limit(ZstdFrames::new(buffered(counted)), count), BLOCK_BYTES),
        Layer::Part { start, len } => {
            let mut reader = counted;
            let skipped = io::copy(&mut Read::by_ref(&mut reader).take(start), &mut io::sink())?;
            if skipped < start {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Box::new(ExactReader { reader, rest: len })
        }
        Layer::ZipEntry { method, expected } => {
            let reader: Bytes<'r> = match method {
                Method::Stored => Box::new(counted),
                Method::Deflate => {
                    let decoder = flate2::bufread::DeflateDecoder::new(buffered(counted));
                    in_blocks(budget.limit(decoder, count), BLOCK_BYTES)
                }
                Method::Bzip2 => {
                    in_blocks(budget.limit(bzip2::bufread::BzDecoder::new(buffered(counted)), count), BLOCK_BYTES)
                }
                Method::Zstd => in_blocks(budget.limit(ZstdFrames::new(buffered(counted)), count), BLOCK_BYTES),
                Method::Xz => in_blocks(budget.limit(xz(buffered(counted)), count), XZ_BLOCK_BYTES),
            };
            match expected {
                Some((len, crc)) => {
                    let checked = CrcReader { reader, crc: flate2::Crc::new(), expected: crc, rest: len, ended: false };
                    in_blocks(checked, BLOCK_BYTES)
                }
                None => reader,
            }
        }
    })
}

/// Decoded bytes that are asked of a decoder at a time.
const BLOCK_BYTES: usize = 8 << 10;
/// The same for xz, whose decoder is slow anyway.
const XZ_BLOCK_BYTES: usize = 1 << 10;

/// Reads a decoder in blocks of always the same size, and repeats its error.
///
/// A decoder that fails has often decoded a part of what was asked of it, which is then lost. How much is
/// lost must not depend on how much the consumer asks for, which is more with a thread that decodes ahead.
struct BlockReader<R> {
    reader: R,
    block: Vec<u8>,
    at: usize,
    len: usize,
    failure: Option<(io::ErrorKind, String)>,
}

fn in_blocks<'r, R: Read + 'r>(reader: R, block_bytes: usize) -> Bytes<'r> {
    Box::new(BlockReader { reader, block: vec![0; block_bytes], at: 0, len: 0, failure: None })
}

impl<R: Read> Read for BlockReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.len {
            if let Some((kind, message)) = &self.failure {
                return Err(repeated_error(*kind, message));
            }
            (self.at, self.len) = (0, 0);
            match self.reader.read(&mut self.block) {
                Ok(read) => self.len = read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
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

/// An error with the kind and the text of an earlier one.
fn repeated_error(kind: io::ErrorKind, message: &str) -> io::Error {
    io::Error::new(kind, message.to_owned())
}

/// Maximum memory for the dictionary of an xz stream, in KiB: what `xz -9` needs.
const MAX_XZ_MEMORY_KIB: u32 = 96 << 10;

fn xz<R: Read>(reader: R) -> lzma_rust2::XzReader<R> {
    lzma_rust2::XzReader::new_mem_limit(reader, true, MAX_XZ_MEMORY_KIB)
}

/// A part of a tar. That it ends early is an error.
struct ExactReader<R> {
    reader: R,
    rest: u64,
}

impl<R: Read> Read for ExactReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = usize::try_from(self.rest).unwrap_or(usize::MAX).min(buffer.len());
        if len == 0 {
            return Ok(0);
        }
        let read = self.reader.read(&mut buffer[..len])?;
        if read == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the archive is cut off within this entry"));
        }
        self.rest -= read as u64;
        Ok(read)
    }
}

/// A zip entry, checked against the length and the CRC-32 in the zip's directory.
struct CrcReader<'r> {
    reader: Bytes<'r>,
    crc: flate2::Crc,
    expected: u32,
    rest: u64,
    ended: bool,
}

impl Read for CrcReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        let read = self.reader.read(buffer)?;
        self.crc.update(&buffer[..read]);
        let too_long = self.rest < read as u64;
        self.rest = self.rest.saturating_sub(read as u64);
        if too_long || read == 0 && self.rest > 0 {
            self.ended = true;
            return Err(io::Error::other("its length differs from the one in the archive's directory"));
        }
        if read == 0 {
            self.ended = true;
            if self.crc.sum() != self.expected {
                return Err(io::Error::other("its checksum is wrong: some of its bytes have changed"));
            }
        }
        Ok(read)
    }
}

/// Gzip members, one after the other. Zeros after a member are padding.
struct GzipMembers<R: BufRead> {
    member: Option<flate2::bufread::GzDecoder<R>>,
}

impl<R: BufRead> GzipMembers<R> {
    fn new(reader: R) -> Self {
        Self { member: Some(flate2::bufread::GzDecoder::new(reader)) }
    }
}

impl<R: BufRead> Read for GzipMembers<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(finished) = self.member.take() else { break };
            let mut reader = finished.into_inner();
            if skip_zeros(&mut reader)? {
                self.member = Some(flate2::bufread::GzDecoder::new(reader));
            }
        }
        Ok(0)
    }
}

/// Skips zeros; false at the end of the reader.
fn skip_zeros(reader: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let bytes = reader.fill_buf()?;
        let zeros = bytes.iter().take_while(|b| **b == 0).count();
        if zeros < bytes.len() {
            reader.consume(zeros);
            return Ok(true);
        }
        if zeros == 0 {
            return Ok(false);
        }
        reader.consume(zeros);
    }
}

/// Zstd frames, one after the other. Skippable frames are skipped, and the checksum of each other frame
/// is compared when it has one.
struct ZstdFrames<R: BufRead> {
    state: ZstdState<R>,
}

enum ZstdState<R: BufRead> {
    /// A frame may start here.
    Between(R),
    Within(R, Box<FrameDecoder>),
    Ended,
}

impl<R: BufRead> ZstdFrames<R> {
    fn new(reader: R) -> Self {
        Self { state: ZstdState::Between(reader) }
    }
}

/// Starts the next frame that is not skippable.
fn next_zstd_frame<R: BufRead>(mut reader: R) -> io::Result<ZstdState<R>> {
    while !reader.fill_buf()?.is_empty() {
        let mut decoder = FrameDecoder::new();
        match decoder.init(&mut reader) {
            Ok(()) => {
                return Ok(ZstdState::Within(reader, Box::new(decoder)));
            }
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                let skipped = io::copy(&mut Read::by_ref(&mut reader).take(u64::from(length)), &mut io::sink())?;
                if skipped < u64::from(length) {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Err(error) => return Err(io::Error::other(error)),
        }
    }
    Ok(ZstdState::Ended)
}

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match &mut self.state {
                ZstdState::Ended => return Ok(0),
                ZstdState::Within(reader, decoder) => {
                    while decoder.can_collect() == 0 && !decoder.is_finished() {
                        let one_block = BlockDecodingStrategy::UptoBlocks(1);
                        decoder.decode_blocks(&mut *reader, one_block).map_err(io::Error::other)?;
                    }
                    let read = decoder.read(buffer)?;
                    if read > 0 || buffer.is_empty() {
                        return Ok(read);
                    }
                }
                ZstdState::Between(_) => {}
            }
            let reader = match std::mem::replace(&mut self.state, ZstdState::Ended) {
                ZstdState::Ended => return Ok(0),
                ZstdState::Between(reader) => reader,
                ZstdState::Within(reader, decoder) => {
                    let expected = decoder.get_checksum_from_data();
                    if expected.is_some() && expected != decoder.get_calculated_checksum() {
                        return Err(io::Error::other("its checksum is wrong: some of its bytes have changed"));
                    }
                    reader
                }
            };
            self.state = next_zstd_frame(reader)?;
        }
    }
}
