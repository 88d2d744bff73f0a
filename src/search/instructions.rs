//! Which vector instructions searches use.

use std::{
    fmt,
    sync::atomic::{AtomicU8, Ordering},
};

use fearless_simd::Level;

/// Sets of vector instructions, the fastest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instructions {
    /// With VBMI, which looks up 64 bytes at once: servers since 2019.
    Avx512,
    /// Nearly all other x86 processors since 2013.
    Avx2,
    Sse42,
    /// 64-bit ARM.
    Neon,
    /// WebAssembly.
    Simd128,
    /// None.
    Scalar,
}

impl Instructions {
    pub(super) const ALL: [Self; 6] = [Self::Avx512, Self::Avx2, Self::Sse42, Self::Neon, Self::Simd128, Self::Scalar];

    /// Those that this processor has, the fastest first.
    pub(super) fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|instructions| match instructions {
            Self::Avx512 => super::avx512::Token::new().is_some(),
            Self::Scalar => true,
            _ => instructions.level().is_some(),
        })
    }

    /// Those that searches may use, the fastest first.
    pub(super) fn allowed() -> impl Iterator<Item = Self> {
        let forced = FORCED.load(Ordering::Relaxed);
        Self::available().filter(move |instructions| forced == ANY || *instructions as u8 == forced)
    }

    /// The level of a packed search.
    pub(super) fn level(self) -> Option<Level> {
        let level = Level::new();
        match self {
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Self::Avx2 => level.as_avx2().map(Level::Avx2),
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            Self::Sse42 => level.as_sse4_2().map(Level::Sse4_2),
            #[cfg(target_arch = "aarch64")]
            Self::Neon => level.as_neon().map(Level::Neon),
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Self::Simd128 => level.as_wasm_simd128().map(Level::WasmSimd128),
            _ => {
                let _ = level;
                None
            }
        }
    }
}

impl fmt::Display for Instructions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Avx512 => "avx512",
            Self::Avx2 => "avx2",
            Self::Sse42 => "sse4.2",
            Self::Neon => "neon",
            Self::Simd128 => "simd128",
            Self::Scalar => "scalar",
        })
    }
}

/// All instructions of the processor.
const ANY: u8 = u8::MAX;
static FORCED: AtomicU8 = AtomicU8::new(ANY);

/// Makes every search that is compiled from now on use the instructions with this name: an entry point for tests and
/// measurements.
///
/// # Errors
/// When this processor does not have them, or nothing has this name: the names that it has. Nothing is changed then.
#[doc(hidden)]
pub fn use_instructions(name: &str) -> Result<(), Vec<String>> {
    let found = Instructions::available().find(|instructions| instructions.to_string() == name);
    let found = found
        .ok_or_else(|| Instructions::available().map(|instructions| instructions.to_string()).collect::<Vec<_>>())?;
    FORCED.store(found as u8, Ordering::Relaxed);
    Ok(())
}
