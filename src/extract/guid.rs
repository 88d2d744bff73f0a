//! The shape of a GUID: `8-4-4-4-12` hexadecimal digits.

/// Length of a GUID in text form.
pub(crate) const GUID_BYTES: usize = 36;

/// True when `text` is a whole GUID.
pub(crate) fn is_guid(text: &[u8]) -> bool {
    let Ok(text) = <&[u8; GUID_BYTES]>::try_from(text) else { return false };
    // Without an early exit, because nearly everything tested is a GUID.
    text.iter().enumerate().fold(true, |all, (i, byte)| all & fits(i, *byte))
}

/// True when `text` is shorter than a GUID, and a GUID may start with it.
pub(super) fn is_guid_prefix(text: &[u8]) -> bool {
    text.len() < GUID_BYTES && text.iter().enumerate().all(|(i, byte)| fits(i, *byte))
}

/// True when a GUID may have this byte at this position.
#[inline]
fn fits(position: usize, byte: u8) -> bool {
    match position {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    }
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
