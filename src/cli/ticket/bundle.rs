//! A zip that is the same for the same content, with the sums of its files.

use std::io::{self, Seek, Write};

use sha2::{Digest, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Written {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// A bundle that is being written, file after file.
pub(super) struct Bundle<W: Write + Seek> {
    zip: ZipWriter<W>,
    open: Option<(String, Sha256, u64)>,
    written: Vec<Written>,
}

impl<W: Write + Seek> Bundle<W> {
    pub(super) fn new(to: W) -> Self {
        Self { zip: ZipWriter::new(to), open: None, written: Vec::new() }
    }

    /// Ends the file before and begins the next.
    pub(super) fn start(&mut self, name: &str) -> anyhow::Result<()> {
        self.close();
        // No clock, no owner, no rights of this machine: the same content gives the same bytes.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(6))
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        self.zip.start_file(name, options)?;
        self.open = Some((name.to_owned(), Sha256::new(), 0));
        Ok(())
    }

    fn close(&mut self) {
        if let Some((name, hash, bytes)) = self.open.take() {
            self.written.push(Written { name, bytes, sha256: hex(&hash.finalize()) });
        }
    }

    /// What was written so far, but for the file that is open.
    pub(super) fn written(&self) -> Vec<Written> {
        self.written.clone()
    }

    /// Ends the bundle with the sums of all its files, as `sha256sum -c` reads them.
    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        self.close();
        let sums: String = self.written.iter().map(|one| format!("{}  {}\n", one.sha256, one.name)).collect();
        self.start("SHA256SUMS")?;
        self.write_all(sums.as_bytes())?;
        self.zip.finish()?.flush()?;
        Ok(())
    }
}

impl<W: Write + Seek> Write for Bundle<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.zip.write(bytes)?;
        if let Some((_, hash, count)) = &mut self.open {
            hash.update(&bytes[..n]);
            *count += n as u64;
        }
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
