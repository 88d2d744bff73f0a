//! Names of people in directories.

use memchr::memmem;

use super::{
    login::{is_capitalised, is_persons_name},
    pii::PiiKind,
    place::Place,
};

/// `cn=Ann Example,ou=people,dc=example`; the subject of a certificate is shown.
pub(super) fn directory_names(text: &[u8], found: &mut Vec<Place>) {
    for equals in memchr::memchr_iter(b'=', text) {
        let name = text[..equals].iter().rev().take(16).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let key = &text[equals - name..equals];
        let common = key.eq_ignore_ascii_case(b"cn");
        if !common
            && !key.eq_ignore_ascii_case(b"uid")
            && !key.eq_ignore_ascii_case(b"samaccountname")
            && !key.eq_ignore_ascii_case(b"userprincipalname")
        {
            continue;
        }
        let start = equals + 1;
        let mut end = start;
        while end < text.len() && end < start + 96 && !b",)\n\"'/;+".contains(&text[end]) {
            end += 1 + usize::from(text[end] == b'\\');
        }
        let end = end.min(text.len());
        // `uid=1001 gid=1001` are settings with blanks between, not parts of one name.
        let end = start + before_next_setting(&text[start..end]);
        // The number of an account of the system.
        let number = (1..=5).contains(&(end - start)) && text[start..end].iter().all(u8::is_ascii_digit);
        if number && !text.get(end).is_some_and(|byte| b",+)/".contains(byte)) {
            continue;
        }
        let rest = &text[end..text.len().min(end + 200)];
        let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default().to_ascii_lowercase();
        let directory = [&b"dc="[..], b"ou=people", b"ou=users", b"cn=users"]
            .iter()
            .any(|part| memmem::find(&line, part).is_some());
        // Of a certificate: a person's name is capitalised words.
        let directory = directory
            || common
                && (text[..equals - name].ends_with(b",") || rest.starts_with(b","))
                && std::str::from_utf8(&text[start..end])
                    .is_ok_and(|name| is_persons_name(name) && name.split(' ').all(is_capitalised));
        let filter = rest.first() == Some(&b')');
        // `/o=Contoso/ou=…/cn=Recipients/cn=ann` of Exchange.
        let exchange = common
            && text[..equals - name].ends_with(b"/")
            && memmem::find(&text[equals.saturating_sub(200)..equals].to_ascii_lowercase(), b"/o=").is_some();
        let value = &text[start..end];
        let thing =
            [&b"users"[..], b"groups", b"recipients", b"builtin", b"computers", b"configuration", b"schema", b"*"]
                .iter()
                .any(|one| value.eq_ignore_ascii_case(one))
                || value.contains(&b'*');
        if !value.is_empty()
            && !thing
            && (!common
                || directory
                || filter
                || exchange
                || rest.starts_with(b"+") && memchr::memchr(b'=', &line).is_some()
                || key == b"cn" && rest.starts_with(b",") && !rest.starts_with(b", ") && !value.contains(&b'.'))
        {
            found.push(Place::person(start, end, PiiKind::User));
        }
    }
}

/// Where the next ` name=` starts in a value, or its length.
fn before_next_setting(value: &[u8]) -> usize {
    let ends = memchr::memchr_iter(b'=', value).find_map(|equals| {
        let name =
            value[..equals].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        let before = &value[..equals - name];
        (name > 0 && before.ends_with(b" ")).then(|| before.trim_ascii_end().len())
    });
    ends.unwrap_or(value.len())
}
