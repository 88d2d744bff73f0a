//! Reading a file at an offset, without moving a position that several threads share.

use std::{fs::File, io};

/// Reads bytes at `offset` into `buffer`. Returns how many; 0 at the end of the file.
///
/// # Errors
/// The operating system's. [`io::ErrorKind::Interrupted`] is retried here.
pub(super) fn read_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match read_once(file, offset, buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(unix)]
fn read_once(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_once(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// Other systems only have seek and read, which must not be interleaved by two threads.
#[cfg(not(any(unix, windows)))]
fn read_once(mut file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    use std::{
        io::{Read, Seek, SeekFrom},
        sync::{Mutex, PoisonError},
    };
    static SEEK_AND_READ: Mutex<()> = Mutex::new(());
    let _guard = SEEK_AND_READ.lock().unwrap_or_else(PoisonError::into_inner);
    file.seek(SeekFrom::Start(offset))?;
    file.read(buffer)
}
