//! Layers of encoding, and the readers that take them off.

use std::io::{self, BufReader, Read};

use super::{
    Format,
    limits::{CountingReader, DecodeBudget},
};

/// One step from outside to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source) enum Layer {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
    /// The data of a zip's entry: how it is encoded; how long it is and its check sum when decoded.
    Entry {
        method: Method,
        sum: Option<(u64, u32)>,
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
    /// The layer of a compressed stream, and what reports call it.
    pub(in crate::source) fn of(format: Format) -> Option<(Self, &'static str)> {
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

/// How much encoded data is read at a time.
const ENCODED: usize = 128 << 10;

/// Takes a layer off.
///
/// # Errors
/// The header of the layer is damaged.
pub(in crate::source) fn decode<'r>(layer: Layer, reader: Bytes<'r>, meter: &DecodeBudget) -> io::Result<Bytes<'r>> {
    let counted = CountingReader::new(reader);
    let count = counted.count();
    let buffered = |reader| BufReader::with_capacity(ENCODED, reader);
    Ok(match layer {
        Layer::Gzip => Box::new(meter.watch(flate2::bufread::MultiGzDecoder::new(buffered(counted)), count)),
        Layer::Bzip2 => Box::new(meter.watch(bzip2::bufread::MultiBzDecoder::new(buffered(counted)), count)),
        Layer::Xz => Box::new(meter.watch(xz(buffered(counted)), count)),
        Layer::Zstd => Box::new(meter.watch(Zstd::new(buffered(counted))?, count)),
        Layer::Part { start, len } => {
            let mut reader = counted;
            let passed = io::copy(&mut Read::by_ref(&mut reader).take(start), &mut io::sink())?;
            if passed < start {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Box::new(CompleteAtEof { reader, rest: len })
        }
        Layer::Entry { method, sum } => {
            let reader: Bytes<'r> = match method {
                Method::Stored => Box::new(counted),
                Method::Deflate => {
                    Box::new(meter.watch(flate2::bufread::DeflateDecoder::new(buffered(counted)), count))
                }
                Method::Bzip2 => Box::new(meter.watch(bzip2::bufread::BzDecoder::new(buffered(counted)), count)),
                Method::Zstd => Box::new(meter.watch(Zstd::new(buffered(counted))?, count)),
                Method::Xz => Box::new(meter.watch(xz(buffered(counted)), count)),
            };
            match sum {
                Some((size, crc)) => {
                    Box::new(CrcReader { reader, crc: flate2::Crc::new(), expected: crc, rest: size, ended: false })
                }
                None => reader,
            }
        }
    })
}

/// The most memory for the dictionary of an xz stream, in KiB: what `xz -9` needs.
const XZ_MEMORY: u32 = 96 << 10;

fn xz<R: Read>(reader: R) -> lzma_rust2::XzReader<R> {
    lzma_rust2::XzReader::new_mem_limit(reader, true, XZ_MEMORY)
}

/// A part of a tar, which is there whole or damaged.
struct CompleteAtEof<R> {
    reader: R,
    rest: u64,
}

impl<R: Read> Read for CompleteAtEof<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.rest).unwrap_or(usize::MAX).min(into.len());
        if most == 0 {
            return Ok(0);
        }
        let n = self.reader.read(&mut into[..most])?;
        if n == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the archive is cut off within this entry"));
        }
        self.rest -= n as u64;
        Ok(n)
    }
}

/// An entry of a zip, held against the length and the check sum that its directory tells.
struct CrcReader<'r> {
    reader: Bytes<'r>,
    crc: flate2::Crc,
    expected: u32,
    rest: u64,
    ended: bool,
}

impl Read for CrcReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.ended || into.is_empty() {
            return Ok(0);
        }
        let n = self.reader.read(into)?;
        self.crc.update(&into[..n]);
        let too_long = self.rest < n as u64;
        self.rest = self.rest.saturating_sub(n as u64);
        if too_long || n == 0 && self.rest > 0 {
            self.ended = true;
            return Err(io::Error::other("its length is not the one that the archive's directory tells"));
        }
        if n == 0 {
            self.ended = true;
            if self.crc.sum() != self.expected {
                return Err(io::Error::other("its check sum is wrong: some of its bytes have changed"));
            }
        }
        Ok(n)
    }
}

/// Several zstd frames, one behind the other.
struct Zstd<R: Read> {
    frame: Option<ruzstd::decoding::StreamingDecoder<R, ruzstd::decoding::FrameDecoder>>,
}

impl<R: io::BufRead> Zstd<R> {
    fn new(reader: R) -> io::Result<Self> {
        Ok(Self { frame: Some(frame(reader)?) })
    }
}

fn frame<R: Read>(reader: R) -> io::Result<ruzstd::decoding::StreamingDecoder<R, ruzstd::decoding::FrameDecoder>> {
    ruzstd::decoding::StreamingDecoder::new(reader).map_err(|error| io::Error::other(error.to_string()))
}

impl<R: io::BufRead> Read for Zstd<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.frame {
            let n = decoder.read(into)?;
            if n > 0 || into.is_empty() {
                return Ok(n);
            }
            let Some(done) = self.frame.take() else { break };
            let mut reader = done.into_inner();
            if !reader.fill_buf()?.is_empty() {
                self.frame = Some(frame(reader)?);
            }
        }
        Ok(0)
    }
}
