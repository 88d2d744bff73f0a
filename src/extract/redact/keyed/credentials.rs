//! What logs somebody in: credentials of headers, cookies, options of commands.

use super::{
    super::{
        error_words::is_code,
        keys::Key,
        masks::is_harmless,
        pii::PiiKind,
        prose::is_prose,
        secrets::SecretKind,
        stated_words::{is_plain_secret, is_stated},
        values::{Value, is_blank, skip, trimmed, value, wrapped_end},
        wordlike::looks_random,
    },
    KeyedReader,
    given::is_given,
};

impl KeyedReader<'_, '_> {
    pub(super) fn user_option(&mut self, end: usize) {
        let text = self.text;
        // `[curl, -u, ann:x]`, `["curl", "-u", "ann:x"]`
        let at = skip(text, end, 4, |byte| is_blank(byte) || b"=,\"".contains(&byte));
        if at == end || text[end..at] == *b"\"" {
            return;
        }
        let Value { start, end, enclosed } = value(text, at, false);
        // `'ann':'x'`
        if enclosed && text.get(end + 1) == Some(&b':') && text.get(end + 2).is_some_and(|byte| b"\"'".contains(byte)) {
            let password = value(text, end + 2, false);
            self.person(PiiKind::User, start, end);
            return self.secret(SecretKind::Password, password.start, password.end);
        }
        if let Some(colon) = memchr::memchr(b':', &text[start..end])
            && colon > 0
            && !text[start + colon..].starts_with(b"://")
        {
            self.person(PiiKind::User, start, start + colon);
            self.secret(SecretKind::Password, start + colon + 1, end);
        }
    }

    /// `PasswordAuthentication[user, password]`, `UsernamePasswordCredentials("user", "password")`.
    pub(super) fn pair(&mut self, key: &Key) {
        let (text, end) = (self.text, key.end);
        // `[System.Net.NetworkCredential]::new('ann', 'x')`
        let end = end + if text[end..].starts_with(b"]::new(") { 6 } else { 0 };
        // `sp_addlogin 'ann', 'x'`
        let blank = text[key.word..key.end].starts_with(b"sp_") && text[end..].starts_with(b" '");
        if blank {
            let line = skip(text, end, 200, |byte| !b"\n;".contains(&byte));
            return self.quoted_pair(end, line);
        }
        // `simple bind cn=jira,dc=example x`
        if text.get(end) == Some(&b' ') {
            let name = skip(text, end + 1, 160, |byte| !is_blank(byte));
            let start = skip(text, name, 2, |byte| b" '\"".contains(&byte));
            let stop = skip(text, start, 64, |byte| !is_blank(byte) && !b"'\",;)".contains(&byte));
            if text[end + 1..name].iter().any(|byte| b"=@".contains(byte)) && is_given(&text[start..stop]) {
                self.secret(SecretKind::Password, start, stop);
            }
            return;
        }
        if !text.get(end).is_some_and(|byte| b"([{".contains(byte)) {
            return;
        }
        // `BasicAuth(ann:x)`
        if text[end] == b'(' && self.user_colon_password(end + 1, b')') {
            return;
        }
        let Value { start, end, .. } = value(text, end, false);
        let Some(comma) = memchr::memchr(b',', &text[start..end]) else { return };
        // `("ann", "x", "CONTOSO")`: the domain is the last.
        let quote = skip(text, start + comma + 1, 2, |byte| byte == b' ');
        let password = match text.get(quote) {
            Some(b'"' | b'\'') => value(text, quote, false),
            _ => Value { start: start + comma + 1, end, enclosed: true },
        };
        let password = trimmed(text, Value { end: password.end.min(end), ..password });
        let shown = &text[password.start..password.end];
        // In code: two texts, the last arguments of a call.
        let word = &text[key.word..key.end];
        if [
            &b"getconnection"[..],
            b"dbi->connect",
            b"setbasicauth",
            b"basicauth",
            b".auth",
            b"bind_s",
            b"simple_bind",
            b".bind",
            b".connect",
            b"plainauth",
            b"ldap_bind",
            b"->bind",
            b"__construct",
            b"userpass",
            b"smtp.start",
        ]
        .iter()
        .any(|name| word.len() >= name.len() && word[word.len() - name.len()..].eq_ignore_ascii_case(name))
        {
            return self.quoted_pair(start, end);
        }
        if shown.iter().all(u8::is_ascii_alphabetic)
            && [&b"pass"[..], b"password", b"passwd", b"pwd", b"pw", b"token", b"secret"]
                .iter()
                .any(|name| shown.eq_ignore_ascii_case(name))
        {
            return;
        }
        if shown.len() >= 4 && !is_harmless(shown) && !shown.contains(&b' ') && !shown.starts_with(b"char[]") {
            let user = trimmed(text, Value { start, end: start + comma, enclosed: true });
            self.person(PiiKind::User, user.start, user.end);
            self.secret(SecretKind::Password, password.start, password.end);
        }
    }

    /// `getConnection(url, "ann", "x")`
    fn quoted_pair(&mut self, start: usize, end: usize) {
        let text = self.text;
        let mut quoted = Vec::new();
        let mut at = start;
        while at < end {
            let open = skip(text, at, end - at, |byte| !b"\"'".contains(&byte));
            let close = skip(text, open + 1, end - open.min(end), |byte| !b"\"'".contains(&byte));
            if close > end.max(open + 1) || open >= end {
                break;
            }
            quoted.push((open + 1, close));
            at = close + 1;
        }
        // Servers, addresses and what is empty are neither.
        quoted.retain(|(from, to)| {
            let one = &text[*from..*to];
            let address = memchr::memmem::find(one, b"//").is_some()
                || one.contains(&b'=') && one.contains(&b':') && one[0].is_ascii_lowercase();
            !one.is_empty()
                && !address
                && (!one.contains(&b'.') || is_stated(one) || one.contains(&b'@') || one.contains(&b'='))
        });
        // Where more follows, the first two are the pair.
        if let [first, second, third] = quoted[..]
            && !is_stated(&text[third.0..third.1])
            && is_plain_secret(&text[second.0..second.1])
        {
            // `("jira", "ann", "x")`: nothing tells whether a database is the first or the last.
            if is_plain_secret(&text[third.0..third.1]) && third.0 - second.1 <= 4 {
                self.person(PiiKind::User, first.0, first.1);
                self.person(PiiKind::User, second.0, second.1);
                return self.secret(SecretKind::Password, third.0, third.1);
            }
            quoted.truncate(2);
        }
        if let [.., (user, user_end), (password, password_end)] = quoted[..]
            && password - user_end <= 4
            && (is_stated(&text[password..password_end]) || is_plain_secret(&text[password..password_end]))
        {
            self.person(PiiKind::User, user, user_end);
            self.secret(SecretKind::Password, password, password_end);
        }
    }

    /// The secret parts of `{"kty":"oct","k":"x"}`.
    pub(super) fn web_key(&mut self, at: usize) {
        let text = self.text;
        let from = at.saturating_sub(2048);
        let Some(open) = memchr::memrchr(b'{', &text[from..at]).map(|open| from + open) else { return };
        let close = skip(text, at, 4096, |byte| byte != b'}');
        for quote in memchr::memmem::find_iter(&text[open..close], b"\":").map(|quote| open + quote) {
            let name = text[open..quote].iter().rev().take(4).take_while(|byte| byte.is_ascii_lowercase()).count();
            let secret = [&b"k"[..], b"d", b"p", b"q", b"dp", b"dq", b"qi", b"t", b"r"];
            if text[..quote - name].last() == Some(&b'"') && secret.contains(&&text[quote - name..quote]) {
                let Value { start, end, enclosed } = value(text, skip(text, quote + 2, 2, is_blank), false);
                if enclosed && end < close && end > start {
                    self.secret(SecretKind::Secret, start, end);
                }
            }
        }
    }

    /// `"x".toCharArray()`
    pub(super) fn characters(&mut self, quote: usize) {
        let text = self.text;
        let part = |byte: &&u8| !is_blank(**byte) && **byte != b'"';
        let start = quote - text[..quote].iter().rev().take(64).take_while(part).count();
        let shown = &text[start..quote];
        if start > 0 && text[start - 1] == b'"' && shown.len() >= 4 && !is_harmless(shown) {
            self.secret(SecretKind::Password, start, quote);
        }
    }

    /// `sshpass -p x`, `mysql -px`; `-p 8080` and `-p /path` hold nothing.
    pub(super) fn password_option(&mut self, key: &Key) {
        let text = self.text;
        if self.listed_password(key) {
            return;
        }
        if !text[..key.start].last().is_some_and(|byte| is_blank(*byte)) {
            return;
        }
        let at = skip(text, key.end, 2, |byte| byte == b' ');
        let Value { start, end, .. } = value(text, at, false);
        // `-u ann -p marigold`
        let near = &text[key.start.saturating_sub(64)..key.start];
        let line = near.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let has = |option: &&[u8]| memchr::memmem::find(line, option).is_some();
        let named = [&b" -u "[..], b" -U ", b" -l ", b" --user"].iter().any(has);
        let shown = &text[start..end];
        // `-U ann -P Marigold`: in capitals it is a port, or a setting in small letters, too.
        let telling = !text[key.start..].starts_with(b"-P")
            // That of ssh is no password.
            || named
                && !has(&&b" -l "[..])
                && !shown.first().is_some_and(u8::is_ascii_digit)
                && shown.iter().any(u8::is_ascii_alphabetic)
                && !shown.iter().all(u8::is_ascii_lowercase);
        if telling
            && (looks_random(shown, 8) && !shown.contains(&b'/') || at > key.end && named && is_plain_secret(shown))
        {
            self.secret(SecretKind::Password, start, end);
        }
    }

    /// `Bearer x`: credentials, unless it reads like a sentence.
    pub(super) fn scheme(&mut self, end: usize) {
        let text = self.text;
        let at = skip(text, end, 4, |byte| is_blank(byte) || b":+\"'".contains(&byte));
        if at > end {
            self.credentials(at);
        }
    }

    pub(super) fn credentials(&mut self, start: usize) {
        let text = self.text;
        let end = skip(text, start, usize::MAX, |byte| byte.is_ascii_alphanumeric() || b"+/_.~=-".contains(&byte));
        let token = &text[start..end];
        // `Bearer realm="", error="…"` is a challenge; `SASL-IR UIDPLUS` a list of what a server can do.
        let names = token.strip_suffix(b"=").unwrap_or(token);
        let random = token.len() >= 6
            && (token.ends_with(b"==") || looks_random(names, 6) || token.contains(&b'/') && token.len() > 12);
        if random && !is_prose(token) && end > self.covered {
            let end = wrapped_end(text, start, end);
            self.secret(SecretKind::Credentials, start, end);
        }
    }

    /// `Authorization:` any scheme. One with parameters (`Digest`, `OAuth`) goes up to the last of them.
    pub(super) fn authorization(&mut self, at: usize) {
        let text = self.text;
        // `authorization=[Bearer x]` of Java's client
        let at = skip(text, at, 4, |byte| b"\"'\\[".contains(&byte));
        let word = skip(text, at, 40, |byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        let scheme = word > at && text.get(word) == Some(&b' ');
        let start = if scheme { skip(text, word, 4, is_blank) } else { at };
        let listed = text[..at].last() == Some(&b'[');
        let mut end = skip(text, start, usize::MAX, |byte| {
            !is_blank(byte) && !b"\"',;".contains(&byte) && (!listed || byte != b']')
        });
        let mut parameters = false;
        loop {
            // `name="value", name=value`
            let from = skip(text, if parameters { end } else { start }, 4, |byte| b", ".contains(&byte));
            let name = skip(text, from, 40, |byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
            if name == from || text.get(name) != Some(&b'=') || !scheme {
                break;
            }
            let slashes = skip(text, name + 1, 4, |byte| byte == b'\\');
            let next = if text.get(slashes) == Some(&b'"') {
                let close = skip(text, slashes + 1, 4096, |byte| byte != b'"' && byte != b'\n');
                (close + 1).min(text.len())
            } else {
                skip(text, name + 1, 4096, |byte| !is_blank(byte) && !b",\"'".contains(&byte))
            };
            if !parameters && text[start..next].ends_with(b"=") {
                break; // base64
            }
            (end, parameters) = (next, true);
        }
        let value = &text[start..end];
        let is_last = text.get(end).is_none_or(|byte| b"\r\n\"']".contains(byte));
        // `Bearer mF_9.B5f-4.1JqM`, `Basic YWJj`; not `Bearer token`
        let is_word = value.iter().skip(1).all(u8::is_ascii_lowercase);
        let is_token = scheme && is_scheme(&text[at..word]) && value.iter().all(is_token68) && !is_word;
        if value.len() >= 4
            && !is_harmless(value)
            && (parameters
                || scheme && is_last && (is_token || is_plain_secret(value))
                || !is_prose(value) && (looks_random(value, 6) || value.ends_with(b"=") || value.len() > 24))
        {
            self.secret(SecretKind::Credentials, start, wrapped_end(text, start, end));
        }
    }

    /// The rest of the line, or of the text in quotation marks.
    pub(super) fn cookie(&mut self, at: usize) {
        let text = self.text;
        let quoted = text[..at].ends_with(b"\"") || text.get(at) == Some(&b'"');
        // The rest of a line without a cookie holds none either.
        if !quoted && at < self.no_cookie_before {
            return;
        }
        let start = at + usize::from(text.get(at) == Some(&b'"'));
        let end = skip(text, start, usize::MAX, |byte| {
            !b"\r\n".contains(&byte) && (byte != b'"' || !quoted && text[start..].contains(&b'='))
        });
        let end = end - text[start..end].iter().rev().take_while(|byte| is_blank(**byte) || **byte == b'\\').count();
        let value = &text[start..end];
        // `for the cookie: AADSTS90036: …`
        let error = value.split(|byte| *byte == b':').next().is_some_and(is_code);
        if error || !value.contains(&b'=') && !looks_random(value, 6) {
            self.no_cookie_before = end;
        } else if end > self.covered && !is_harmless(value) && !is_prose(value) {
            self.secret(SecretKind::Cookie, start, end);
        }
    }
}

/// What RFC 9110 has credentials consist of.
fn is_token68(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte)
}

pub(super) fn is_scheme(word: &[u8]) -> bool {
    [&b"bearer"[..], b"basic", b"negotiate", b"ntlm", b"digest", b"token", b"apikey", b"geniekey"]
        .iter()
        .any(|scheme| word.eq_ignore_ascii_case(scheme))
}
