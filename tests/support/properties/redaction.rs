//! A secret that was planted is not shown, whatever is around it.

use oauthsift::{RedactionLevel, redact, sanitize, scan_bytes};

use super::{ENGINE, parameters, position};

/// No word, no number, nothing that the surroundings could contain by chance.
pub(crate) const SECRET: &str = "Zk3q8Rt1Vw5Xy7Bc9Df2Gh4Jk6Lm8Np0";
/// So many characters of the secret in a row are a leak.
const LEAK_BYTES: usize = 10;

/// Texts in which `§`, the secret, is known by a key before it or by its shape.
pub(crate) const FORMS: [&str; 24] = [
    "client_secret=§",
    "\"refresh_token\":\"§\"",
    "{\"access_token\": \"§\", \"expires_in\": 3599}",
    "Authorization: Bearer §",
    "Authorization: Basic §==",
    "eyJhbGciOiJub25lIn0.§.§",
    "password: §",
    "mail.smtp.password=§",
    "https://idp.example/callback?code=§&state=1",
    "\\\"access_token\\\":\\\"§\\\"",
    "%22id_token%22%3A%22§%22",
    "&quot;client_secret&quot;:&quot;§&quot;",
    "Cookie: JSESSIONID=§; path=/",
    "https://someone:§@proxy.example.com/",
    "<client_secret>§</client_secret>",
    "<param name=\"clientSecret\"><value>§</value></param>",
    "{client_secret=[§], grant_type=[x]}",
    "clientSecretValue: '§'",
    "A1 LOGIN \"ann\" \"§\"",
    "A1 AUTHENTICATE XOAUTH2 §",
    "abc8Q~§",
    "ATATT3xFfGF0§",
    "1//0§",
    "GOCSPX-§",
];

/// What only looks like a note of removal, a mask or a placeholder, before the secret and after it.
const FORGED: [(&str, &str); 16] = [
    ("", ""),
    ("[removed ", ""),
    ("[removed ", " t"),
    ("[removed token", "]"),
    ("[removed: ", "]"),
    ("[removed client secret] ", " [removed client secret]"),
    ("removed ", ""),
    ("<removed ", ">"),
    ("[redacted ", "]"),
    ("[PII_", "]"),
    ("<masked> ", ""),
    ("${", "}"),
    ("$(", ")"),
    ("%s ", ""),
    ("{0} ", " {0}"),
    ("\u{2022}\u{2022} ", ""),
];

/// The log with a secret in it, between spaces or line breaks, and among what looks like nothing to remove.
pub(crate) fn plant(input: &[u8]) -> (Vec<u8>, String) {
    let (log, [form, gap, low, high]) = parameters(input);
    let form = FORMS[usize::from(form) % FORMS.len()];
    let (before, after) = log.split_at(position(log, [low, high]));
    let (lead, tail) = FORGED[usize::from(gap / 4) % FORGED.len()];
    // Around the form, or around the secret where it is a whole value.
    let within = gap >= 128 && !lead.ends_with(' ') && (form.contains("password") || form.contains("_secret=§"));
    let form = if within { form.replace('§', &format!("{lead}§{tail}")) } else { format!("{lead}{form}{tail}") };
    let planted = form.replace('§', SECRET);
    let (open, close) = [(" ", " "), ("\n", "\n"), ("\n    ", "\n"), (" ", "\n")][usize::from(gap) % 4];
    let log = [before, open.as_bytes(), planted.as_bytes(), close.as_bytes(), after].concat();
    (log, form)
}

/// The first part of the secret that is shown.
fn leaked(shown: &str) -> Option<&'static str> {
    (0..=SECRET.len() - LEAK_BYTES).map(|at| &SECRET[at..at + LEAK_BYTES]).find(|part| shown.contains(part))
}

/// No level of redaction shows the secret, and no finding of a scan has it.
pub(crate) fn a_planted_secret_is_not_shown(input: &[u8]) {
    // A fuzzer sees what is compared, and writes parts of the secret where nothing says that they are one; a control
    // character before a part, which is shown as `\x11`, adds to it.
    if leaked(&String::from_utf8_lossy(input)).is_some() || leaked(&sanitize(input)).is_some() {
        return;
    }
    let (log, form) = plant(input);
    let text = String::from_utf8_lossy(&log);
    for level in
        [RedactionLevel::Secrets, RedactionLevel::Standard, RedactionLevel::StrictExcerpts, RedactionLevel::Strict]
    {
        let shown = redact(&log, level);
        assert_eq!(leaked(&shown), None, "{form} with {level:?} in\n{text}\nbecame\n{shown}");
    }
    for finding in scan_bytes(&ENGINE, &log) {
        let shown = serde_json::to_string(&finding).expect("JSON");
        assert_eq!(leaked(&shown), None, "{form} in a finding of\n{text}\nis\n{shown}");
    }
}
