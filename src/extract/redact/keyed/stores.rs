//! Stores of secrets: everything that is put into them is one.

use super::{
    super::{
        masks::is_harmless,
        secrets::SecretKind,
        values::{is_blank, skip},
    },
    KeyedReader,
    heads::holds_nothing,
    members::string,
};

/// So much of a manifest is looked at, to either side of its kind.
const MAX_MANIFEST_BYTES: usize = 2048;
/// The longest command.
const MAX_COMMAND_BYTES: usize = 512;
/// Names under which a manifest has its values.
const DATA: [&[u8]; 2] = [b"data", b"stringData"];

impl KeyedReader<'_, '_> {
    /// `kind: Secret`: what is under `data:` and `stringData:` of the same manifest.
    pub(super) fn manifest(&mut self, kind: usize) {
        let text = self.text;
        if text.get(kind).is_some_and(u8::is_ascii_alphanumeric) {
            return;
        }
        let from = kind.saturating_sub(MAX_MANIFEST_BYTES);
        let to = text.len().min(kind + MAX_MANIFEST_BYTES);
        let start = memchr::memmem::rfind(&text[from..kind], b"---\n").map_or(from, |at| from + at + 4);
        let end = memchr::memmem::find(&text[kind..to], b"\n---").map_or(to, |at| kind + at);
        let (mut at, mut inside) = (start, None);
        while at < end {
            let line_end = skip(text, at, end - at, |byte| byte != b'\n');
            let first = skip(text, at, line_end - at, is_blank);
            let line = text[first..line_end].trim_ascii_end();
            if !line.is_empty() {
                inside = inside.filter(|indent| first - at > *indent);
                if inside.is_some() {
                    let colon = memchr::memmem::find(line, b": ").map_or(0, |colon| colon + 2);
                    self.stored(first + colon, first + line.len());
                } else if line.strip_suffix(b":").is_some_and(|name| DATA.contains(&name)) {
                    inside = Some(first - at);
                }
            }
            at = line_end + 1;
        }
        // `{"kind":"Secret","data":{"a":"x"}}`
        for name in DATA {
            let name = [b"\"", name, b"\":{"].concat();
            let Some(open) = memchr::memmem::find(&text[start..end], &name) else { continue };
            let mut at = start + open + name.len();
            while let Some((_, after)) = string(text, at)
                && let Some((value, next)) = string(text, skip(text, after, 4, |byte| b": ".contains(&byte)))
            {
                self.stored(value.0, value.1);
                at = skip(text, next, 16, |byte| is_blank(byte) || byte == b',');
            }
        }
    }

    /// `vault kv put secret/jira user=ann text=x`: the values of the pairs.
    pub(super) fn put(&mut self, at: usize) {
        let text = self.text;
        let end = skip(text, at, MAX_COMMAND_BYTES, |byte| byte != b'\n');
        for equals in memchr::memchr_iter(b'=', &text[at..end]) {
            let start = at + equals + 1;
            let stop = match text.get(start) {
                Some(quote @ (b'"' | b'\'')) => skip(text, start + 1, end - start, |byte| byte != *quote).min(end),
                _ => skip(text, start, end - start, |byte| !is_blank(byte)),
            };
            self.stored(start, stop);
        }
    }

    /// A value without quotation marks, unless it is none: `|`, `@file`, `true`, `1h`.
    fn stored(&mut self, start: usize, end: usize) {
        let text = self.text;
        let start = skip(text, start, 1, |byte| b"\"'".contains(&byte)).min(end);
        let end = end - usize::from(end > start && b"\"'".contains(&text[end - 1]));
        let shown = &text[start..end];
        let digits = shown.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if shown.ends_with(b":")
            || shown.len() < 3
            || shown.starts_with(b"@")
            || digits > 0 && digits + 1 == shown.len()
        {
            return;
        }
        if !is_harmless(shown) && !holds_nothing(shown) {
            self.secret(SecretKind::Secret, start, end);
        }
    }
}
