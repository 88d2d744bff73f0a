//! Embedded text that takes less room in the program: packed by the build script, unpacked when it is used.
//!
//! The format is an LZ4 block after the number of its bytes: unpacking half a megabyte takes a quarter of a millisecond,
//! which the start of a scan has; deflate takes three times as long. In the web page, which is compressed as a whole, packed
//! text would take more room, so it is stored as it is.

/// Text that the build script has packed.
///
/// # Panics
/// If it is not from the build script.
#[must_use]
pub fn unpacked_text(packed: &[u8]) -> String {
    #[cfg(target_family = "wasm")]
    let text = packed.to_vec();
    #[cfg(not(target_family = "wasm"))]
    let text = lz4_flex::block::decompress_size_prepended(packed).expect("the build script has unpacked it");
    String::from_utf8(text).expect("the build script packs text")
}
