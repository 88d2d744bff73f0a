//! One file, archive entry or stream: a whole log, or a part of a rotated one.

use std::{
    io::{self, Cursor, Read},
    sync::Mutex,
};

#[cfg(feature = "archives")]
use super::archive::{self, ArchiveLimits, DecodeBudget, Layer};
use super::{encoding, file_slice::FileSlice, shared_file::SharedFile};

/// One file, archive entry or stream, in the order in which the report takes them.
#[derive(Debug)]
pub struct Input {
    /// How the report names it.
    pub name: String,
    /// `file`, `stdin`, `gzip`, `zip-entry`, …
    pub kind: &'static str,
    /// The node of a cluster on which it was written; `None` when there is only one.
    pub node: Option<String>,
    /// The number of its log: the parts of a rotated log have the same.
    pub log: usize,
    /// Its first bytes go on with the record that the volume before breaks off.
    pub continues_previous: bool,
    /// The next volume goes on with what this one breaks off.
    pub continues_in_next: bool,
    /// The volume that holds the same bytes and is read in its place.
    pub duplicate_of: Option<String>,
    pub(super) place: InputBytes,
}

/// Where its bytes are.
pub(super) enum InputBytes {
    /// A file, or a part of one.
    Slice {
        window: FileSlice,
        #[cfg(feature = "archives")]
        layers: Vec<Layer>,
        #[cfg(feature = "archives")]
        bounds: ArchiveLimits,
    },
    /// Something that can only be read once, from front to back; its head was read already.
    Once {
        head: Vec<u8>,
        rest: Mutex<Option<Box<dyn Read + Send>>>,
        #[cfg(feature = "archives")]
        layers: Vec<Layer>,
        #[cfg(feature = "archives")]
        meter: DecodeBudget,
    },
    /// Scanned already, while its archive was surveyed.
    #[cfg(feature = "archives")]
    Prescanned(usize),
}

impl std::fmt::Debug for InputBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Slice { .. } => "Window",
            Self::Once { .. } => "Once",
            #[cfg(feature = "archives")]
            Self::Prescanned(_) => "Passed",
        })
    }
}

/// Opens bytes, wherever they are wanted.
pub type Opener<'o> = &'o (dyn Fn() -> io::Result<Box<dyn Read>> + Sync);

impl Input {
    /// The bytes of a plain file, which can be scanned in stretches; `None` for all else.
    #[must_use]
    pub fn plain_len(&self) -> Option<u64> {
        match &self.place {
            #[cfg(feature = "archives")]
            InputBytes::Slice { window, layers, .. } => layers.is_empty().then(|| window.len()),
            #[cfg(not(feature = "archives"))]
            InputBytes::Slice { window } => Some(window.len()),
            _ => None,
        }
    }

    /// True when its bytes are encoded, so that reading them is work.
    #[must_use]
    pub fn is_encoded(&self) -> bool {
        match &self.place {
            #[cfg(feature = "archives")]
            InputBytes::Slice { layers, .. } | InputBytes::Once { layers, .. } => !layers.is_empty(),
            _ => false,
        }
    }

    /// What [`super::Passing::log`] said of it, when it was scanned in passing.
    #[must_use]
    pub fn prescanned(&self) -> Option<usize> {
        match &self.place {
            #[cfg(feature = "archives")]
            InputBytes::Prescanned(number) => Some(*number),
            _ => None,
        }
    }

    /// A plain file, any part of which can be read; `None` for what must be read from its front.
    ///
    /// # Errors
    /// The file's own.
    pub fn ranges(&self) -> io::Result<Option<SharedFile>> {
        let (InputBytes::Slice { window, .. }, Some(_)) = (&self.place, self.plain_len()) else { return Ok(None) };
        let bytes = window.open()?;
        let mut head = [0; 3];
        let mut len = 0;
        while len < head.len() {
            match bytes.read_at(&mut head[len..], len as u64)? {
                0 => break,
                n => len += n,
            }
        }
        Ok(match encoding::mark(&head[..len]) {
            None => Some(SharedFile::new(bytes, 0)),
            Some(encoding::Bom::Utf8) => Some(SharedFile::new(bytes, 3)),
            Some(encoding::Bom::Utf16) => None,
        })
    }

    /// The bytes with all layers taken off. What can only be read once can only be had once.
    ///
    /// # Errors
    /// The file's own, or a damaged header.
    pub fn bytes(&self) -> io::Result<Box<dyn Read>> {
        match &self.place {
            #[cfg(feature = "archives")]
            InputBytes::Slice { window, layers, bounds } => {
                // Each log is bounded by itself, or what is found would depend on which thread is first.
                archive::open(window, layers, &DecodeBudget::new(*bounds, Some(window.len())))
            }
            #[cfg(not(feature = "archives"))]
            InputBytes::Slice { window } => Ok(Box::new(window.open()?)),
            InputBytes::Once {
                head,
                rest,
                #[cfg(feature = "archives")]
                layers,
                #[cfg(feature = "archives")]
                meter,
            } => {
                let rest = rest.lock().ok().and_then(|mut rest| rest.take()).ok_or(io::ErrorKind::NotFound)?;
                let bytes: Box<dyn Read> = Box::new(Cursor::new(head.clone()).chain(rest));
                #[cfg(feature = "archives")]
                let bytes = layers.iter().try_fold(bytes, |bytes, layer| archive::decode(*layer, bytes, meter))?;
                Ok(bytes)
            }
            #[cfg(feature = "archives")]
            InputBytes::Prescanned(_) => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// How many bytes it holds, decoded, as far as that is told without decoding it.
    pub(super) fn decoded_len(&self) -> Option<u64> {
        match &self.place {
            #[cfg(feature = "archives")]
            InputBytes::Slice { window, layers, .. } => match layers[..] {
                [] => Some(window.len()),
                [Layer::Entry { sum: Some((len, _)), .. }] => Some(len),
                [Layer::Gzip] => window.tail().map(|tail| u64::from(u32::from_le_bytes(tail))),
                _ => None,
            },
            #[cfg(not(feature = "archives"))]
            InputBytes::Slice { window } => Some(window.len()),
            _ => None,
        }
    }

    /// True when both can be read and hold the same bytes.
    pub(super) fn same_bytes(&self, other: &Self) -> bool {
        let (Ok(mut mine), Ok(mut theirs)) = (self.bytes(), other.bytes()) else { return false };
        let (mut one, mut two) = (vec![0; BLOCK], vec![0; BLOCK]);
        loop {
            let (Ok(n), Ok(m)) = (fill(&mut *mine, &mut one), fill(&mut *theirs, &mut two)) else { return false };
            if one[..n] != two[..m] {
                return false;
            }
            if n == 0 {
                return true;
            }
        }
    }
}

/// How much is compared at a time.
const BLOCK: usize = 64 << 10;

/// Reads until the buffer is full or the stream ends.
fn fill(reader: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < into.len() {
        match reader.read(&mut into[len..]) {
            Ok(0) => break,
            Ok(n) => len += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}
