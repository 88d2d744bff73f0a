//! A zip whose bytes depend on its content alone, with the checksums of its files.

use std::io::{self, Seek, Write};

use sha2::{Digest, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// A file in the bundle.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct BundledFile {
    name: String,
    bytes: u64,
    sha256: String,
}

/// A bundle that is being written, one file at a time.
pub(super) struct Bundle<W: Write + Seek> {
    zip: ZipWriter<W>,
    /// The file that is being written: name, checksum, bytes.
    open: Option<(String, Sha256, u64)>,
    files: Vec<BundledFile>,
}

impl<W: Write + Seek> Bundle<W> {
    pub(super) fn new(out: W) -> Self {
        Self { zip: ZipWriter::new(out), open: None, files: Vec::new() }
    }

    /// Ends the current file and starts the next one.
    pub(super) fn start(&mut self, name: &str) -> io::Result<()> {
        self.close();
        // No time, owner or permissions of this machine: the same content gives the same bytes.
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
            self.files.push(BundledFile { name, bytes, sha256: hex(&hash.finalize()) });
        }
    }

    /// The files written so far, without the current one.
    pub(super) fn files(&self) -> &[BundledFile] {
        &self.files
    }

    /// Adds the checksums of all files, in the format of `sha256sum -c`, and ends the bundle.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.close();
        let sums: String = self.files.iter().map(|file| format!("{}  {}\n", file.sha256, file.name)).collect();
        self.start("SHA256SUMS")?;
        self.write_all(sums.as_bytes())?;
        self.zip.finish()?.flush()
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
