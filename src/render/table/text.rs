//! Text in columns. Widths are those of a terminal: some characters take two columns, some none.

use textwrap::core::display_width;

/// Bytes of an id such as `5d1c0a52-3f44-4a0e-9f5e-27c6a3b1c001`, and of its first part.
const ID_LEN: usize = 36;
const ID_START_LEN: usize = 8;

/// The text, filled with spaces to `width` columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(display_width(text))))
}

/// The same, aligned to the right.
pub(super) fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(display_width(text))))
}

/// The text in lines of `width` columns; a longer word is divided.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let options = textwrap::Options::new(width.max(1)).word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// The text, cut off at `width` columns.
pub(super) fn shorten(text: &str, width: usize) -> String {
    if display_width(text) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += display_width(c.encode_utf8(&mut [0; 4]));
        if used > width {
            break;
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// A path without as many of its first folders as it takes to fit into `width` columns: `…/log/atlassian-jira.log`.
pub(super) fn shorten_path(path: &str, width: usize) -> String {
    if display_width(path) <= width {
        return path.to_owned();
    }
    let ends = path.match_indices('/').skip(1).map(|(at, _)| format!("…{}", &path[at..]));
    let mut ends = ends.collect::<Vec<_>>().into_iter();
    let fits = ends.find(|end| display_width(end) <= width);
    fits.or_else(|| path.rsplit_once('/').map(|(_, name)| format!("…/{name}"))).unwrap_or_else(|| path.to_owned())
}

/// The text with the first part only of each application or tenant id: `5d1c0a52…`.
pub(super) fn shorten_ids(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if is_id(rest) && !out.ends_with(|c: char| c.is_ascii_alphanumeric()) {
            out.push_str(&rest[..ID_START_LEN]);
            out.push('…');
            rest = &rest[ID_LEN..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// True when a text starts with an id.
fn is_id(text: &str) -> bool {
    let Some(id) = text.as_bytes().get(..ID_LEN) else { return false };
    id.iter().enumerate().all(|(i, byte)| match i {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_and_filled_by_columns() {
        assert_eq!(shorten("abcdef", 6), "abcdef");
        assert_eq!(shorten("abc def", 5), "abc…");
        assert_eq!(shorten("日本語", 5), "日本…");
        assert_eq!(shorten("abc", 0), "…");
        assert_eq!(pad("日", 4), "日  ");
        assert_eq!(pad_left("7", 3), "  7");
        assert_eq!(wrap("a name.that.is.long", 6), ["a", "name.t", "hat.is", ".long"]);
    }

    #[test]
    fn a_path_keeps_its_end() {
        assert_eq!(shorten_path("/var/log/jira.log", 20), "/var/log/jira.log");
        assert_eq!(shorten_path("/var/log/jira.log", 15), "…/log/jira.log");
        assert_eq!(shorten_path("/var/log/jira.log", 3), "…/jira.log");
        assert_eq!(shorten_path("jira.log", 3), "jira.log");
    }

    #[test]
    fn ids_are_shortened_and_nothing_else() {
        let id = "5d1c0a52-3f44-4a0e-9f5e-27c6a3b1c001";
        assert_eq!(shorten_ids(id), "5d1c0a52…");
        assert_eq!(shorten_ids(&format!("app {id}, Ünn {id}")), "app 5d1c0a52…, Ünn 5d1c0a52…");
        assert_eq!(shorten_ids("Contoso-Support"), "Contoso-Support");
        assert_eq!(shorten_ids(&id[1..]), &id[1..]);
    }
}
