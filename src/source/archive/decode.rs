//! Layers of encoding, and the readers that decode them.

use std::io::{self, BufReader, Read};

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
        Layer::Gzip => Box::new(budget.limit(flate2::bufread::MultiGzDecoder::new(buffered(counted)), count)),
        Layer::Bzip2 => Box::new(budget.limit(bzip2::bufread::MultiBzDecoder::new(buffered(counted)), count)),
        Layer::Xz => Box::new(budget.limit(xz(buffered(counted)), count)),
        Layer::Zstd => Box::new(budget.limit(ZstdFrames::new(buffered(counted))?, count)),
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
                    Box::new(budget.limit(flate2::bufread::DeflateDecoder::new(buffered(counted)), count))
                }
                Method::Bzip2 => Box::new(budget.limit(bzip2::bufread::BzDecoder::new(buffered(counted)), count)),
                Method::Zstd => Box::new(budget.limit(ZstdFrames::new(buffered(counted))?, count)),
                Method::Xz => Box::new(budget.limit(xz(buffered(counted)), count)),
            };
            match expected {
                Some((len, crc)) => {
                    Box::new(CrcReader { reader, crc: flate2::Crc::new(), expected: crc, rest: len, ended: false })
                }
                None => reader,
            }
        }
    })
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

/// Several zstd frames, one after the other.
struct ZstdFrames<R: Read> {
    frame: Option<ruzstd::decoding::StreamingDecoder<R, ruzstd::decoding::FrameDecoder>>,
}

impl<R: io::BufRead> ZstdFrames<R> {
    fn new(reader: R) -> io::Result<Self> {
        Ok(Self { frame: Some(zstd_frame(reader)?) })
    }
}

fn zstd_frame<R: Read>(reader: R) -> io::Result<ruzstd::decoding::StreamingDecoder<R, ruzstd::decoding::FrameDecoder>> {
    ruzstd::decoding::StreamingDecoder::new(reader).map_err(|error| io::Error::other(error.to_string()))
}

impl<R: io::BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.frame {
            let read = decoder.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(finished) = self.frame.take() else { break };
            let mut reader = finished.into_inner();
            if !reader.fill_buf()?.is_empty() {
                self.frame = Some(zstd_frame(reader)?);
            }
        }
        Ok(0)
    }
}
