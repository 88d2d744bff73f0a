//! One file, archive entry or stream: a whole log, or a part of a rotated one.

use std::{
    io::{self, Cursor, Read},
    sync::Mutex,
};

#[cfg(feature = "archives")]
use super::archive::{self, Bounds, Layer, Meter};
use super::{range::RangeFile, text, window::Window};

/// One file, archive entry or stream, in the order in which the report takes them.
#[derive(Debug)]
pub struct Volume {
    /// How the report names it.
    pub name: String,
    /// `file`, `stdin`, `gzip`, `zip-entry`, …
    pub kind: &'static str,
    /// The node of a cluster on which it was written; `None` when there is only one.
    pub node: Option<String>,
    /// The number of its log: the parts of a rotated log have the same.
    pub log: usize,
    /// Its first bytes go on with the record that the volume before breaks off.
    pub continues: bool,
    /// The next volume goes on with what this one breaks off.
    pub continued: bool,
    /// The volume that holds the same bytes and is read in its place.
    pub twin: Option<String>,
    pub(super) place: Place,
}

/// Where its bytes are.
pub(super) enum Place {
    /// A file, or a part of one.
    Window {
        window: Window,
        #[cfg(feature = "archives")]
        layers: Vec<Layer>,
        #[cfg(feature = "archives")]
        bounds: Bounds,
    },
    /// Something that can only be read once, from front to back; its head was read already.
    Once {
        head: Vec<u8>,
        rest: Mutex<Option<Box<dyn Read + Send>>>,
        #[cfg(feature = "archives")]
        layers: Vec<Layer>,
        #[cfg(feature = "archives")]
        meter: Meter,
    },
    /// Scanned already, while its archive was surveyed.
    #[cfg(feature = "archives")]
    Passed(usize),
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Window { .. } => "Window",
            Self::Once { .. } => "Once",
            #[cfg(feature = "archives")]
            Self::Passed(_) => "Passed",
        })
    }
}

/// Opens bytes, wherever they are wanted.
pub type Opener<'o> = &'o (dyn Fn() -> io::Result<Box<dyn Read>> + Sync);

impl Volume {
    /// The bytes of a plain file, which can be scanned in stretches; `None` for all else.
    #[must_use]
    pub fn plain_len(&self) -> Option<u64> {
        match &self.place {
            #[cfg(feature = "archives")]
            Place::Window { window, layers, .. } => layers.is_empty().then(|| window.len()),
            #[cfg(not(feature = "archives"))]
            Place::Window { window } => Some(window.len()),
            _ => None,
        }
    }

    /// True when its bytes are encoded, so that reading them is work.
    #[must_use]
    pub fn is_encoded(&self) -> bool {
        match &self.place {
            #[cfg(feature = "archives")]
            Place::Window { layers, .. } | Place::Once { layers, .. } => !layers.is_empty(),
            _ => false,
        }
    }

    /// What [`super::Passing::log`] said of it, when it was scanned in passing.
    #[must_use]
    pub fn passed(&self) -> Option<usize> {
        match &self.place {
            #[cfg(feature = "archives")]
            Place::Passed(number) => Some(*number),
            _ => None,
        }
    }

    /// A plain file, any part of which can be read; `None` for what must be read from its front.
    ///
    /// # Errors
    /// The file's own.
    pub fn ranges(&self) -> io::Result<Option<RangeFile>> {
        let (Place::Window { window, .. }, Some(_)) = (&self.place, self.plain_len()) else { return Ok(None) };
        let bytes = window.open()?;
        let mut head = [0; 3];
        let mut len = 0;
        while len < head.len() {
            match bytes.read_at(&mut head[len..], len as u64)? {
                0 => break,
                n => len += n,
            }
        }
        Ok(match text::mark(&head[..len]) {
            None => Some(RangeFile::new(bytes, 0)),
            Some(text::Mark::Utf8) => Some(RangeFile::new(bytes, 3)),
            Some(text::Mark::Utf16) => None,
        })
    }

    /// The bytes with all layers taken off. What can only be read once can only be had once.
    ///
    /// # Errors
    /// The file's own, or a damaged header.
    pub fn bytes(&self) -> io::Result<Box<dyn Read>> {
        match &self.place {
            #[cfg(feature = "archives")]
            Place::Window { window, layers, bounds } => {
                // Each log is bounded by itself, or what is found would depend on which thread is first.
                archive::open(window, layers, &Meter::new(*bounds, Some(window.len())))
            }
            #[cfg(not(feature = "archives"))]
            Place::Window { window } => Ok(Box::new(window.open()?)),
            Place::Once {
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
            Place::Passed(_) => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// How many bytes it holds, decoded, as far as that is told without decoding it.
    pub(super) fn decoded_len(&self) -> Option<u64> {
        match &self.place {
            #[cfg(feature = "archives")]
            Place::Window { window, layers, .. } => match layers[..] {
                [] => Some(window.len()),
                [Layer::Entry { sum: Some((len, _)), .. }] => Some(len),
                [Layer::Gzip] => window.tail().map(|tail| u64::from(u32::from_le_bytes(tail))),
                _ => None,
            },
            #[cfg(not(feature = "archives"))]
            Place::Window { window } => Some(window.len()),
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
