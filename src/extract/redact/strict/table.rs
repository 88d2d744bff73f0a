//! What strict redaction shows, and why: the table that the documentation and `--explain-redaction` print.

/// One kind of token that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// What it is.
    pub what: &'static str,
    /// How it is recognised.
    pub rule: &'static str,
    /// Why it is shown.
    pub why: &'static str,
}

/// Everything that strict redaction shows.
pub const SHOWN: &[Shown] = &[
    Shown {
        what: "words",
        rule: "letters that read like a language or an identifier, part by part (`DefaultTokenHandler`), with at most two short groups of digits; where a value would be after the name of a secret (`password[x]`, `token=x`), only words that are said of secrets (`expired`, `missing`); in a line that names a password, a secret, credentials or a login, no word with digits and signs as people choose passwords (`Winter2031!`)",
        why: "the text itself; class, package and method names, property names, JQL",
    },
    Shown {
        what: "short tokens",
        rule: "fewer than 8 characters, or fewer than 6 of mixed alphabet",
        why: "too short to be a key; labels and shapes still remove short secrets that are named",
    },
    Shown {
        what: "numbers",
        rule: "up to 13 digits, with units, dots, colons and dashes between; hexadecimal after `0x`; timestamps",
        why: "codes, ports, line numbers, times, versions, sizes",
    },
    Shown { what: "stack frames", rule: "`at package.Class.method(File.java:123)`", why: "which code failed" },
    Shown {
        what: "objects and generated names",
        rule: "up to 8 hexadecimal digits (`MailItem@5c2e3f1a`, `$$EnhancerByCGLIB$$5e8d3f0a`); `$$Lambda$123/0x…`",
        why: "hash codes and class names as Java prints them; too short for a key",
    },
    Shown {
        what: "ids",
        rule: "a GUID after a word such as trace, correlation, request, application, client, tenant, key, policy, or one that ends in `id`; a client id of any form after its label; in the path of Jira's OAuth pages and of a sign-in host",
        why: "support asks for them",
    },
    Shown {
        what: "checksums",
        rule: "hexadecimal digits after a word such as sha256, md5, fingerprint, thumbprint, serial, commit, build",
        why: "which certificate, which build",
    },
    Shown {
        what: "values that the parser read",
        rule: "trace id, correlation id, application id, tenant id, flow id, request id, session hash, error, exception, logger of the record",
        why: "they are fields of the finding",
    },
    Shown {
        what: "hosts of providers",
        rule: "names under the domains of Microsoft, Google, Atlassian and other mail and identity providers, and hosts whose URL is an OAuth endpoint; reserved names such as localhost",
        why: "which service failed",
    },
    Shown {
        what: "paths of Jira's static resources", rule: "`/s/…/_/…`", why: "their hashes are those of plugins"
    },
    Shown { what: "session ids of mail providers", rule: "before ` - gsmtp`", why: "Google's support asks for them" },
];
