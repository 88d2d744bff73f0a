//! Passwords in command lines: options of programs whose names say nothing (`-w`, `-k`, `-a`), pairs of a user and a
//! password, and arguments by their place.

use std::sync::LazyLock;

use super::{
    pii::{PiiKind, is_person},
    place::Place,
    secrets::SecretKind,
    values::{is_blank, is_harmless, skip},
};
use crate::search::PhraseSet;

/// What the arguments of a program are.
struct Program {
    /// As it is called, with what must follow.
    name: &'static str,
    /// Options before a secret, as the next argument or joined by `=` or `:`.
    secrets: &'static [&'static str],
    /// Options to which a secret is joined without a sign.
    joined: &'static [&'static str],
    /// Options before a user and a password.
    pairs: &'static [&'static str],
    /// What is between these.
    sign: u8,
    /// The argument that is a secret by its place, after those that are no options.
    at: Option<usize>,
}

const fn program(name: &'static str, secrets: &'static [&'static str]) -> Program {
    Program { name, secrets, joined: &[], pairs: &[], sign: b':', at: None }
}

const fn joined(name: &'static str, options: &'static [&'static str]) -> Program {
    Program { joined: options, ..program(name, &[]) }
}

const fn either(name: &'static str, options: &'static [&'static str]) -> Program {
    Program { joined: options, ..program(name, options) }
}

const fn pairs(name: &'static str, options: &'static [&'static str], sign: u8) -> Program {
    Program { pairs: options, sign, ..program(name, &[]) }
}

const fn placed(name: &'static str, at: usize) -> Program {
    Program { at: Some(at), ..program(name, &[]) }
}

/// Where `user/password@database` is any argument.
const ANYWHERE: &[&str] = &[""];

/// Programs, from their manuals.
static PROGRAMS: &[Program] = &[
    either("sshpass ", &["-p", "-P"]),
    joined("mysql ", &["-p"]),
    joined("mysqldump ", &["-p"]),
    joined("mysqladmin ", &["-p"]),
    joined("mariadb ", &["-p"]),
    either("ldapsearch ", &["-w"]),
    either("ldapmodify ", &["-w"]),
    either("ldapadd ", &["-w"]),
    either("ldapdelete ", &["-w"]),
    either("ldapwhoami ", &["-w"]),
    either("ldappasswd ", &["-w", "-s", "-a"]),
    program("openssl ", &["-k", "-K", "-pass", "-passin", "-passout", "-password"]),
    either("redis-cli ", &["-a", "--pass"]),
    either("zip ", &["-P"]),
    either("unzip ", &["-P"]),
    joined("7z x ", &["-p"]),
    joined("7z a ", &["-p"]),
    joined("7z e ", &["-p"]),
    joined("7z t ", &["-p"]),
    joined("7za ", &["-p"]),
    either("rar ", &["-p", "-hp"]),
    either("unrar ", &["-p"]),
    program("ssh-keygen ", &["-N", "-P"]),
    pairs("smbclient ", &["-U", "--user"], b'%'),
    pairs("rpcclient ", &["-U", "--user"], b'%'),
    pairs("net ads ", &["-U", "--user"], b'%'),
    pairs("http ", &["-a", "--auth"], b':'),
    pairs("https ", &["-a", "--auth"], b':'),
    pairs("lftp ", &["-u", "--user"], b','),
    pairs("curl ", &["-u", "-U", "--user", "--proxy-user"], b':'),
    pairs("siege ", &["-a"], b':'),
    program("swaks ", &["-ap", "-au-pass", "--auth-password"]),
    either("bcp ", &["-P"]),
    either("sqlcmd ", &["-P"]),
    either("osql ", &["-P"]),
    either("db2 ", &["using"]),
    program("az login ", &["-p", "--password"]),
    program("az acr login ", &["-p"]),
    either("docker login ", &["-p"]),
    either("podman login ", &["-p"]),
    either("helm registry login ", &["-p"]),
    either("oc login ", &["-p", "--token"]),
    either("cf login ", &["-p"]),
    either("mongo ", &["-p"]),
    either("mongosh ", &["-p"]),
    either("mongodump ", &["-p"]),
    either("cqlsh ", &["-p"]),
    either("influx ", &["-password"]),
    either("ipmitool ", &["-P"]),
    either("mosquitto_pub ", &["-P"]),
    either("mosquitto_sub ", &["-P"]),
    either("snmpwalk ", &["-A", "-X"]),
    either("snmpget ", &["-A", "-X"]),
    program("schtasks ", &["/rp", "/p"]),
    program("psexec ", &["-p"]),
    program("wmic ", &["/password"]),
    program("cmdkey ", &["/pass"]),
    program("svn ", &["--password"]),
    program("gpg ", &["--passphrase"]),
    program("rclone ", &["--password"]),
    program("keytool ", &["-storepass", "-keypass", "-new"]),
    program("certutil ", &["-p"]),
    program("signtool ", &["/p"]),
    program("sonar-scanner ", &["-Dsonar.login", "-Dsonar.token"]),
    placed("vault login ", 0),
    placed("ftp> user ", 1),
    placed("net user ", 1),
    placed("net use ", 2),
    placed("isql ", 2),
    placed("htpasswd -b ", 2),
    placed("htpasswd -cb ", 2),
    placed("htpasswd -bc ", 2),
    program("passwd --stdin", &[]),
    program("chpasswd", &[]),
    pairs("sqlplus ", ANYWHERE, b'/'),
    pairs("sqlcl ", ANYWHERE, b'/'),
    pairs("rman ", ANYWHERE, b'/'),
    pairs("expdp ", ANYWHERE, b'/'),
    pairs("impdp ", ANYWHERE, b'/'),
    pairs("exp ", ANYWHERE, b'/'),
    pairs("imp ", ANYWHERE, b'/'),
    pairs("sqlldr ", ANYWHERE, b'/'),
];

/// Arguments of one call that are looked at.
const MAX_ARGUMENTS: usize = 48;

static NAMES: LazyLock<PhraseSet<usize>> =
    LazyLock::new(|| PhraseSet::new(PROGRAMS.iter().enumerate().map(|(i, one)| (one.name, i))));

/// The names, for the search for keys.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PROGRAMS.iter().map(|program| program.name)
}

pub(super) fn find(text: &[u8], found: &mut Vec<Place>) {
    for (program, start, end) in NAMES.find(text) {
        let called = start.checked_sub(1).is_none_or(|i| is_blank(text[i]) || b"\"'`/$(;&|+>=".contains(&text[i]));
        if PROGRAMS[program].name.contains("passwd") && start > 0 && text[start..].starts_with(b"passwd --stdin")
            || text[start..].starts_with(b"chpasswd")
        {
            piped(text, start, found);
        } else if called {
            call(text, &PROGRAMS[program], end, found);
        }
    }
}

/// `echo x | passwd --stdin ann`, `echo "ann:x" | chpasswd`
fn piped(text: &[u8], at: usize, found: &mut Vec<Place>) {
    let from = at.saturating_sub(160);
    let line = memchr::memrchr(b'\n', &text[from..at]).map_or(from, |line| from + line + 1);
    let Some(echo) = memchr::memmem::rfind(&text[line..at], b"echo ") else { return };
    if let Some((start, end, _)) = argument(text, line + echo + 4) {
        let colon = memchr::memchr(b':', &text[start..end]).map_or(0, |colon| colon + 1);
        secret(text, start + colon, end, found);
    }
}

/// The arguments of one call.
fn call(text: &[u8], program: &Program, from: usize, found: &mut Vec<Place>) {
    let (mut at, mut place, mut due) = (from, 0, None);
    for _ in 0..MAX_ARGUMENTS {
        let Some((start, end, next)) = argument(text, at) else { return };
        at = next;
        match due.take() {
            Some(Due::Secret) => secret(text, start, end, found),
            Some(Due::Pair) => pair(text, start, end, program, found),
            None => due = option(text, start, end, program, found),
        }
        let value = &text[start..end];
        if value.starts_with(b"-") || value.starts_with(b"/") || due.is_some() {
            continue;
        }
        if program.pairs == ANYWHERE {
            let key = memchr::memchr(b'=', value).map_or(0, |sign| sign + 1);
            let is_pair = value.contains(&b'@') || value.iter().any(u8::is_ascii_digit);
            if is_pair {
                pair(text, start + key, end, program, found);
            }
        } else if let Some(wanted) = program.at {
            if value.starts_with(b"\\\\") {
                place = wanted;
            } else if place == wanted && !value.contains(&b'=') && !value.starts_with(b"*") {
                return secret(text, start, end, found);
            } else {
                place += 1;
            }
        }
    }
}

/// An option: what is joined to it, or what is due next.
fn option(text: &[u8], start: usize, end: usize, program: &Program, found: &mut Vec<Place>) -> Option<Due> {
    let value = &text[start..end];
    let lead = |names: &'static [&'static str]| {
        names
            .iter()
            .filter(|name| !name.is_empty())
            .find(|name| value.starts_with(name.as_bytes()))
            .map(|name| name.len())
    };
    // What is in quotation marks after an option goes up to the closing one.
    let joined_to = |len: usize| {
        let at = skip(text, start + len, 1, |byte| b"=:".contains(&byte));
        let quoted = matches!(text.get(at), Some(b'"' | b'\''));
        let value = if quoted { argument(text, at).map(|(start, end, _)| (start, end)) } else { Some((at, end)) };
        value.unwrap_or((at, end.max(at)))
    };
    if program.secrets.iter().any(|name| value == name.as_bytes()) {
        return Some(Due::Secret);
    }
    if program.pairs.iter().any(|name| !name.is_empty() && value == name.as_bytes()) && !b"\"'".contains(text.get(end)?)
    {
        return Some(Due::Pair);
    }
    let assigned = lead(program.secrets).filter(|len| matches!(value.get(*len), Some(b'=' | b':')));
    if let Some(len) = assigned.or_else(|| lead(program.joined)) {
        let (start, end) = joined_to(len);
        secret(text, start, end, found);
    } else if let Some(len) = lead(program.pairs) {
        let (start, end) = joined_to(len);
        pair(text, start, end, program, found);
    }
    None
}

enum Due {
    Secret,
    Pair,
}

/// The next argument, without its quotation marks, and where the one after it may start. None at the end of the call.
fn argument(text: &[u8], at: usize) -> Option<(usize, usize, usize)> {
    let start = skip(text, at, 64, |byte| byte == b' ' || byte == b'\t');
    let slashes = skip(text, start, 4, |byte| byte == b'\\');
    match text.get(slashes)? {
        b'\n' | b'\r' | b'|' | b';' => None,
        quote @ (b'"' | b'\'') => {
            let inner = slashes + 1;
            let len = text[inner..].iter().take(256).position(|byte| byte == quote || *byte == b'\n')?;
            let end = inner + len - text[inner..inner + len].iter().rev().take_while(|byte| **byte == b'\\').count();
            (text[inner + len] == *quote).then_some((inner, end, inner + len + 1))
        }
        _ => {
            let end = skip(text, start, 512, |byte| !is_blank(byte) && !b"\"'`|;<>".contains(&byte));
            (end > start).then_some((start, end, end))
        }
    }
}

fn secret(text: &[u8], start: usize, end: usize, found: &mut Vec<Place>) {
    let scheme = [&b"env:"[..], b"file:", b"fd:", b"stdin"].iter().any(|lead| text[start..end].starts_with(lead));
    let start = start + if text[start..end].starts_with(b"pass:") { 5 } else { 0 };
    let value = &text[start..end];
    if !value.is_empty() && !scheme && !value.starts_with(b"-") && !value.starts_with(b"$") && !is_harmless(value) {
        found.push(Place::secret(start, end, SecretKind::Password));
    }
}

/// `user:password`, with the sign of the program; `user/password@database`.
fn pair(text: &[u8], start: usize, end: usize, program: &Program, found: &mut Vec<Place>) {
    let value = &text[start.min(end)..end];
    let Some(sign) = memchr::memchr(program.sign, value).filter(|sign| *sign > 0) else { return };
    if value[sign + 1..].starts_with(b"//") || value[..sign].contains(&b'.') && program.sign == b'/' {
        return;
    }
    let stop = if program.sign == b'/' { memchr::memrchr(b'@', value).unwrap_or(value.len()) } else { value.len() };
    // `"jira/x as sysdba"`
    let stop = value[..stop].iter().position(|byte| is_blank(*byte)).unwrap_or(stop);
    if std::str::from_utf8(&value[..sign]).is_ok_and(is_person) {
        found.push(Place::person(start, start + sign, PiiKind::User));
    }
    if stop > sign {
        secret(text, start + sign + 1, start + stop, found);
    }
}
