//! What programs write between a name and its value: debuggers, heap dumps, declarations.

/// The types of values in the registry of Windows.
const REGISTRY: [&[u8]; 5] = [b"REG_SZ", b"REG_EXPAND_SZ", b"REG_MULTI_SZ", b"REG_BINARY", b"REG_DWORD"];
/// Names of the types of texts.
const TYPES: [&[u8]; 9] = [
    b"java.lang.String",
    b"(java.lang.String)",
    b"(String)",
    b"(string)",
    b"string(",
    b"String",
    b"str",
    b"char[",
    b"byte[",
];

/// The position after what a program writes before a value: its type, its length, its address in memory.
pub(super) fn skip_type(text: &[u8], at: usize) -> usize {
    let skip = |at: usize, most: usize, what: fn(&u8) -> bool| {
        let at = at.min(text.len());
        at + text[at..].iter().take(most).take_while(|byte| what(byte)).count()
    };
    let mut end = at;
    // `-Name Password -Value x` of PowerShell
    if text[at..].starts_with(b"-Value ") {
        return skip(at + 7, 2, |byte| *byte == b' ');
    }
    // `Password    REG_SZ    x`, `/v Password /t REG_SZ /d x`
    let option = text[at..].starts_with(b"/t ");
    let name = if option { at + 3 } else { at };
    if let Some(kind) = REGISTRY.iter().find(|kind| text[name..].starts_with(kind)) {
        let value = skip(name + kind.len(), 8, |byte| b" \t".contains(byte));
        let value = if option && text[value..].starts_with(b"/d ") { value + 3 } else { value };
        let there = value > name + kind.len() && text.get(value).is_some_and(|byte| !b"\r\n/".contains(byte));
        return if there { value } else { at };
    }
    if text[end..].starts_with(b"$") {
        // `$1 = x`
        end = skip(end + 1, 4, u8::is_ascii_digit);
        if end == at + 1 || !text[end..].starts_with(b" = ") {
            return at;
        }
        end += 3;
    } else if let Some(name) = TYPES.iter().find(|name| text[end..].starts_with(name)) {
        let closed = skip(end + name.len(), 12, |byte| byte.is_ascii_digit() || b")]".contains(byte));
        let sign = skip(closed, 2, |byte| *byte == b' ');
        end = match text.get(sign) {
            Some(b'@' | b'#') => skip(skip(sign + 1, 1, |byte| *byte == b' '), 24, |byte| !byte.is_ascii_whitespace()),
            Some(b'=') => sign + 1,
            Some(b'"' | b'\'') if closed > end + 6 => sign,
            _ => return at,
        };
        end = skip(end, 16, |byte| b" \t=:|".contains(byte));
        end += if text[end..].starts_with(b"- ") { 2 } else { 0 };
    }
    // `0x602010 "x"`
    if text[end..].starts_with(b"0x") {
        let number = skip(end + 2, 16, u8::is_ascii_hexdigit);
        end = if text[number..].starts_with(b" \"") { number + 1 } else { end };
    }
    if text.get(end).is_none_or(|byte| b"\r\n".contains(byte)) { at } else { end }
}
