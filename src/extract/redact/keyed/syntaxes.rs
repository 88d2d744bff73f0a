//! Secrets and people in the syntaxes of single programs, where no word of theirs names what is there.

use super::{
    super::{
        joints::{Joint, joint},
        keys::Key,
        login::is_thing,
        masks::is_harmless,
        pii::{PiiKind, is_person},
        prose::is_prose_word,
        secrets::SecretKind,
        values::{is_blank, skip, value},
    },
    KeyedReader,
};

/// The longest line that is looked at.
const MAX_LINE_BYTES: usize = 400;
/// What a rule of Redis has beside a password.
const RULES: [&[u8]; 7] = [b"~", b"+", b"-@", b"&", b"%", b"allkeys", b"allcommands"];
/// Addresses as one number, from 16.0.0.0 on: smaller numbers count something.
const ADDRESSES: std::ops::RangeInclusive<u64> = 0x1000_0000..=0xffff_ffff;

impl KeyedReader<'_, '_> {
    pub(super) fn syntax(&mut self, key: &Key) {
        let text = self.text;
        let word = text[key.word..key.end].to_ascii_lowercase();
        match &word[..] {
            b"\"p:" | b"\"p=" if text[key.word + 1] == b'P' => self.up_to(key.end, b"\""),
            b"eq{$auth" | b"eqi{$auth" | b"eq {$auth" | b"eqi {$auth" => self.condition(key.end),
            b"client_send" => self.items_sent(key.end),
            b"setuser" | b" on >" | b" off >" | b" nopass >" | b"sanitize-payload >" | b" resetpass >" => {
                self.rules(key);
            }
            b"\"auth\" \"" => self.last_quoted(key.end),
            b"digest\",\"" | b"digest\", \"" => {
                let colon = skip(text, key.end, 64, |byte| !b":\"\n".contains(&byte));
                if text.get(colon) == Some(&b':') {
                    self.up_to(colon + 1, b"\"");
                }
            }
            b"-macbook" | b"-laptop" | b"-notebook" | b"-iphone" => self.device_of(key),
            _ if word.ends_with(b"-") => self.device(key),
            b") != '" => {
                let part = |byte: &&u8| !is_blank(**byte) && **byte != b'(';
                let open = key.word - text[..key.word].iter().rev().take(128).take_while(part).count();
                let is_scheme = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b'-';
                let name = &text[..open.saturating_sub(1)];
                let scheme = &name[name.len() - name.iter().rev().take(24).take_while(is_scheme).count()..];
                // Not `LOWER(x) != 'y'` of SQL.
                let known = scheme.contains(&b'-') || [&b"PLAIN"[..], b"CRYPT", b"SSHA", b"SMD5"].contains(&scheme);
                if text[..open].ends_with(b"(") && known {
                    self.take_password(open, key.word);
                    self.up_to(key.end, b"'");
                }
            }
            // `{"value":"x"} sent to /rest/usermanagement/1/authentication?username=ann` of Crowd.
            b"authentication?username=" => {
                let value = b"{\"value\":\"";
                let from = key.word.saturating_sub(MAX_LINE_BYTES);
                let near = &text[from..text.len().min(key.end + MAX_LINE_BYTES)];
                if let Some(at) = memchr::memmem::find(near, value) {
                    self.up_to(from + at + value.len(), b"\"");
                }
            }
            b"user/picker?" | b"users/picker?" => self.searched(key.end),
            b"mysqli_connect(" | b"real_connect(" | b"mysql_connect(" | b"mysqli(" | b"pdo(" | b"openrowset("
            | b"imap_open(" => {
                self.third(key.end);
            }
            b"sendkeys(\"" | b"send_keys(\"" | b"sendkeys('" | b"send_keys('" => {
                let line = self.line_end(key.end);
                if memchr::memmem::find(&text[key.end..line], b"assword").is_some() {
                    self.up_to(key.end, &text[key.end - 1..key.end]);
                }
            }
            b"connect(" => self.mail_call(key.end),
            _ if word.starts_with(b"kind") => self.manifest(key.end),
            _ if word.starts_with(b"vault") => self.put(key.end),
            _ if word.starts_with(b"failing") => self.failing_row(key.end),
            _ if word.ends_with(b"$1") => self.numbered_parameters(key.end),
            _ if word.starts_with(b"param") => self.counted_parameters(key.end),
            _ if word.starts_with(b"duplicate") => self.duplicate(key.end),
            b"authentication simple \"" => self.up_to(key.end, b"\""),
            _ if [&b"user/"[..], b"users/", b"shared/", b"folders/"].iter().any(|lead| word.ends_with(lead))
                || word.ends_with(b"/") && word.contains(&b' ') =>
            {
                self.mailbox_path(key);
            }
            _ if word.starts_with(b"pass") => self.printed(key.end),
            b"connect(\"" => self.connect_call(key.end - 1),
            b"\"auth\":\"" => {
                self.user_colon_password(key.end, b'"');
            }
            b"t3://" | b"t3s://" => self.arguments_before(key.word),
            b".ip6.arpa" | b".ipv6-literal.net" => {
                let part = |byte: &&u8| byte.is_ascii_hexdigit() || b".-".contains(*byte);
                let start = key.word - text[..key.word].iter().rev().take(80).take_while(part).count();
                if key.word > start + 6 {
                    self.person(PiiKind::Address, start, key.word);
                }
            }
            b"/s=" | b"/g=" | b";s=" | b";g=" => self.originator(key),
            _ if word.ends_with(b"ip") || word.ends_with(b"addr") || word.ends_with(b"address") => {
                self.number_of_host(key);
            }
            // `database/role: jiradb/ann`
            _ => self.beside_thing(key),
        }
    }

    fn line_end(&self, at: usize) -> usize {
        skip(self.text, at, MAX_LINE_BYTES, |byte| byte != b'\n')
    }

    fn take_password(&mut self, start: usize, end: usize) {
        if end > start && end - start < MAX_LINE_BYTES && !is_harmless(&self.text[start..end]) {
            self.secret(SecretKind::Password, start, end);
        }
    }

    /// `passwordeval "echo x"`, `PassCmd "printf 'x'"`, `password_command = ["echo", "x"]`: what a command prints.
    fn printed(&mut self, at: usize) {
        let text = self.text;
        let sign = |byte: u8| byte != b'\n' && b" \t:=\"'`[,+".contains(&byte);
        let at = skip(text, at, 12, sign);
        let Some(echo) = [&b"echo"[..], b"printf"].into_iter().find(|echo| text[at..].starts_with(echo)) else {
            return;
        };
        let mut start = skip(text, at + echo.len(), 8, sign);
        if start == at + echo.len() {
            return;
        }
        for option in [&b"-n "[..], b"-e ", b"%s ", b"%s\\n "] {
            if text[start..].starts_with(option) {
                start = skip(text, start + option.len(), 4, sign);
            }
        }
        let end = skip(text, start, 128, |byte| !is_blank(byte) && !b"\"'`)],|;".contains(&byte));
        if !text[start..].starts_with(b"$") {
            self.take_password(start, end);
        }
    }

    /// `/rest/api/1.0/users/picker?query=ann`: what somebody typed to find a person.
    fn searched(&mut self, at: usize) {
        let text = self.text;
        let end = skip(text, at, 256, |byte| !is_blank(byte) && !b"\"'<>".contains(&byte));
        if let Some(query) = memchr::memmem::find(&text[at..end], b"query=").map(|query| at + query + 6) {
            let stop = skip(text, query, end - query, |byte| byte != b'&');
            if text[query..stop].iter().any(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80) {
                self.person(PiiKind::User, query, stop);
            }
        }
    }

    /// What precedes a closing sign on the line.
    fn up_to(&mut self, start: usize, signs: &[u8]) {
        let end = skip(self.text, start, 128, |byte| byte != b'\n' && !signs.contains(&byte));
        if self.text.get(end).is_some_and(|byte| signs.contains(byte)) {
            let slashes = self.text[start..end].iter().rev().take_while(|byte| **byte == b'\\').count();
            self.take_password(start, end - slashes);
        }
    }

    /// `${if eq{$auth2}{x}{yes}{no}}` of Exim: what a password is compared with. `$auth1` is the user.
    fn condition(&mut self, at: usize) {
        let text = self.text;
        let number = skip(text, at, 2, |byte| byte.is_ascii_digit());
        let open = skip(text, number, 3, |byte| b"} ".contains(&byte));
        if number == at || text.get(open) != Some(&b'{') {
            return;
        }
        let end = skip(text, open + 1, 128, |byte| !b"}\n".contains(&byte));
        if text[open + 1..end].starts_with(b"$") {
            return;
        }
        if text[at] == b'1' && text[number - 1] == b'1' {
            let name = std::str::from_utf8(&text[open + 1..end]).unwrap_or_default();
            if is_person(name) {
                self.person(PiiKind::User, open + 1, end);
            }
            return;
        }
        self.take_password(open + 1, end);
    }

    /// `client_send = : ann : x`, `client_send = ^ann^x` of Exim: the last item.
    fn items_sent(&mut self, at: usize) {
        let text = self.text;
        let Some((Joint::Firm, start)) = joint(text, at) else { return };
        let start = skip(text, start, 1, |byte| byte == b'"');
        let end = skip(text, start, MAX_LINE_BYTES, |byte| !b"\r\n\"".contains(&byte));
        // `<; ; ann ; x`
        let own = text[start..end].strip_prefix(b"<").and_then(<[u8]>::first).copied();
        let sign = if let Some(own) = own {
            own
        } else if memchr::memchr(b'^', &text[start..end]).is_some() {
            b'^'
        } else {
            b':'
        };
        let Some(last) = memchr::memrchr(sign, &text[start..end]).map(|at| start + at + 1) else { return };
        let last = skip(text, last, 4, is_blank);
        let item = text[last.min(end)..end].trim_ascii_end();
        if !item.is_empty() && !item.starts_with(b"$") {
            self.take_password(last, last + item.len());
        }
    }

    /// `ACL SETUSER ann on >x ~* +@all`, `user ann on >x` of Redis.
    fn rules(&mut self, key: &Key) {
        let text = self.text;
        let line = self.line_end(key.word);
        let from = if text[..key.end].ends_with(b">") { key.end - 1 } else { key.end };
        let words = || text[from..line].split(|byte| is_blank(*byte) || b"\"'".contains(byte));
        let set = from == key.end;
        if !set && !words().any(|word| RULES.iter().any(|rule| word.starts_with(rule))) {
            return;
        }
        let mut at = from;
        for word in words() {
            if word.len() > 1 && b"><#!".contains(&word[0]) {
                self.take_password(at + 1, at + word.len());
            }
            at += word.len() + 1;
        }
    }

    /// `"AUTH" "ann" "x"` as Redis shows commands: the last text in quotation marks.
    fn last_quoted(&mut self, at: usize) {
        let text = self.text;
        let (mut start, mut end) = (at, skip(text, at, 128, |byte| !b"\"\n".contains(&byte)));
        while text[end..].starts_with(b"\" \"") {
            start = end + 3;
            end = skip(text, start, 128, |byte| !b"\"\n".contains(&byte));
        }
        if text.get(end) == Some(&b'"') {
            self.take_password(start, end);
        }
    }

    /// `mysqli_connect("host", "ann", "x", "db")`, `OPENROWSET('x', 'host'; 'ann'; 'x', …)`: the password after the user.
    fn third(&mut self, at: usize) {
        let text = self.text;
        let line = self.line_end(at);
        let mut quoted = Vec::new();
        let mut from = at;
        while quoted.len() < 4 {
            let open = skip(text, from, 8, |byte| !b"\"'\n".contains(&byte));
            let Some(quote @ (b'"' | b'\'')) = text.get(open) else { break };
            let close = skip(text, open + 1, line - open.min(line), |byte| byte != *quote && byte != b'\n');
            quoted.push((open + 1, close));
            from = close + 1;
        }
        // Where semicolons are between, the provider is the first.
        let provider = text[at..from.min(line).max(at)].contains(&b';');
        if let Some((start, end)) = quoted.get(if provider { 3 } else { 2 }) {
            self.take_password(*start, *end);
        }
    }

    /// `connect('ann', 'x', 't3://host')` of WebLogic.
    fn arguments_before(&mut self, at: usize) {
        let text = self.text;
        let from = at.saturating_sub(160);
        let mut quotes = text[from..at]
            .iter()
            .rposition(|byte| b"\"'".contains(byte))
            .into_iter()
            .flat_map(|_| (from..at).rev().filter(|at| b"\"'".contains(&text[*at])).take(3));
        if let (Some(open), Some(close), Some(start)) = (quotes.next(), quotes.next(), quotes.next())
            && open + 1 == at
            && text[close + 1..open].iter().all(|byte| b", ".contains(byte))
        {
            self.take_password(start + 1, close);
        }
    }

    /// `/G=Ann/S=Example/O=x/C=de` of X.400.
    fn originator(&mut self, key: &Key) {
        let text = self.text;
        let near = text[key.word.saturating_sub(80)..text.len().min(key.end + 160)].to_ascii_lowercase();
        let others = [&b"/o="[..], b"/c=", b"/prmd=", b"/admd=", b";o=", b";c=", b";p=", b";a="];
        let end = skip(text, key.end, 48, |byte| byte.is_ascii_alphabetic() || b"-' ".contains(&byte) || byte >= 0x80);
        let count = others.iter().filter(|other| memchr::memmem::find(&near, other).is_some()).count();
        let capital = text.get(key.end).is_some_and(u8::is_ascii_uppercase);
        if count >= 2 && capital && text.get(end).is_none_or(|byte| b"/;\r\n\"".contains(byte)) {
            self.person(PiiKind::User, key.end, end);
        }
    }

    /// `ip 3325256781`, `ip=0xC633644D`: an IPv4 address as one number.
    fn number_of_host(&mut self, key: &Key) {
        let text = self.text;
        let Some(at) = value_after(text, key.end) else { return };
        let at = skip(text, at, 1, |byte| b"\"'".contains(&byte));
        let hexadecimal = text[at..].starts_with(b"0x");
        let end = if hexadecimal {
            skip(text, at + 2, 12, |byte| byte.is_ascii_hexdigit())
        } else {
            skip(text, at, 12, |byte| byte.is_ascii_digit())
        };
        let alone = !text.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_.:-".contains(byte))
            || text.get(end).is_some_and(|byte| b".:".contains(byte))
                && text.get(end + 1).is_none_or(|byte| is_blank(*byte));
        let digits = std::str::from_utf8(&text[at..end]).unwrap_or_default();
        let number = if hexadecimal { u64::from_str_radix(&digits[2..], 16) } else { digits.parse() };
        if alone && number.is_ok_and(|number| ADDRESSES.contains(&number)) {
            self.person(PiiKind::Address, at, end);
        }
    }

    /// `user CONTOSO/ann`: whether it was one.
    pub(super) fn beside_domain(&mut self, at: usize, slash: usize) -> bool {
        let text = self.text;
        let capitals = text[at..slash].iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let end = skip(text, slash + 1, 40, |byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)
        });
        let alone = text.get(end).is_none_or(|byte| is_blank(*byte) || b",;:)]\"'".contains(byte));
        let name = std::str::from_utf8(&text[slash + 1..end]).unwrap_or_default();
        let person = capitals && slash > at + 1 && alone && name.len() >= 3 && is_person(name);
        if person {
            self.person(PiiKind::User, slash + 1, end);
        }
        person
    }

    /// `database/role: jiradb/ann`, `host/user=jira01/ann`, `connection pool jiradb/ann`: the name after a slash.
    fn beside_thing(&mut self, key: &Key) {
        let text = self.text;
        let Some(at) = value_after(text, key.end) else { return };
        let value = value(text, at, false);
        let part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        let slash = skip(text, value.start, 64, part);
        let end = skip(text, slash + 1, 64, part);
        let end = end - text[(slash + 1).min(end)..end].iter().rev().take_while(|byte| b"._-".contains(byte)).count();
        let alone = text.get(end).is_none_or(|byte| is_blank(*byte) || b"@,;:)]\"'.".contains(byte));
        if text.get(slash) != Some(&b'/') || slash == value.start || end <= slash + 3 || !alone {
            return;
        }
        let name = std::str::from_utf8(&text[slash + 1..end]).unwrap_or_default();
        if is_person(name) && !is_thing(name) && !is_prose_word(name.as_bytes()) {
            self.person(PiiKind::User, slash + 1, end);
        }
    }
}

/// Where the value after a key begins: after a sign that joins them, or after a blank.
fn value_after(text: &[u8], key_end: usize) -> Option<usize> {
    joint(text, key_end).map(|(_, at)| at).or_else(|| (text.get(key_end) == Some(&b' ')).then_some(key_end + 1))
}
