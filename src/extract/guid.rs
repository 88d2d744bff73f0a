//! The shape of a GUID: `8-4-4-4-12` hexadecimal digits.

/// Length of a GUID in text form.
pub(crate) const GUID_BYTES: usize = 36;

/// Where a GUID has hyphens: all bits set.
const HYPHENS: [u8; GUID_BYTES] = {
    let mut at = [0; GUID_BYTES];
    (at[8], at[13], at[18], at[23]) = (u8::MAX, u8::MAX, u8::MAX, u8::MAX);
    at
};

/// True when `text` is a whole GUID.
pub(crate) fn is_guid(text: &[u8]) -> bool {
    let Ok(text) = <&[u8; GUID_BYTES]>::try_from(text) else { return false };
    // Without an early exit, because nearly everything tested is a GUID.
    text.iter().zip(&HYPHENS).fold(true, |all, (byte, hyphen)| all & fits(*byte, *hyphen))
}

/// True when `text` is shorter than a GUID, and a GUID may start with it.
pub(super) fn is_guid_prefix(text: &[u8]) -> bool {
    text.len() < GUID_BYTES && text.iter().zip(&HYPHENS).all(|(byte, hyphen)| fits(*byte, *hyphen))
}

/// True when a GUID may have this byte where it has a hyphen or not. Without branches, so that many bytes are tested
/// together.
#[inline]
fn fits(byte: u8, hyphen: u8) -> bool {
    let is_hex = (byte.wrapping_sub(b'0') < 10) | ((byte | 0x20).wrapping_sub(b'a') < 6);
    (is_hex & (hyphen == 0)) | ((byte == b'-') & (hyphen != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_recognised_whole_or_by_its_prefix() {
        let guid = b"11111111-aaaa-4BBB-8ccc-000000000001";
        assert!(is_guid(guid) && !is_guid_prefix(guid));
        for i in 0..GUID_BYTES {
            assert!(is_guid_prefix(&guid[..i]) && !is_guid(&guid[..i]));
            let mut other = *guid;
            other[i] = b'x';
            assert!(!is_guid(&other));
        }
    }
}
