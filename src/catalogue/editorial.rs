//! Rules for the texts of entries that only `patterns check` enforces: instructions that can be followed.
//!
//! A scan accepts entries that break them, so that a folder that loaded before still loads.

use super::{
    fault::CatalogueFault,
    pattern::{Pattern, Role, Status},
    step::{Place, Step},
};
use crate::model::{Severity, Stage};

/// Words of screens, functions and options that no longer exist, with what to write. They are allowed in
/// brackets after `older screen:`, for those who still see them.
const OUTDATED_WORDS: [(&str, &str); 19] = [
    ("open Applications > App registrations", "Write `Entra ID > App registrations`."),
    ("> Applications > App registrations", "Write `Entra ID > App registrations`."),
    ("Identity > Applications", "Write `Entra ID > App registrations` or `Entra ID > Enterprise apps`."),
    ("Enterprise applications", "Write `Entra ID > Enterprise apps`."),
    ("Protection > Conditional Access", "Write `Entra ID > Conditional Access`."),
    ("Protection > Identity Protection", "Write `ID Protection > Risky users`."),
    ("Azure Active Directory", "Write `Entra ID`."),
    ("Add a platform >", "Write `Add Redirect URI >`."),
    ("Advanced settings, set Allow public client flows", "Leave it out: it has no effect with a redirect URI."),
    ("Supported account types", "Write `Supported accounts`."),
    ("OAuth consent screen", "Write `Google Auth Platform > Audience` or `… > Data Access`."),
    ("APIs & Services > Credentials", "Write `Google Auth Platform > Clients`."),
    ("Security > API controls", "Write `Security > Access and data control > API controls`."),
    ("Client Access Rule", "Leave it out: Exchange Online has none since September 2025."),
    ("-Dhttps.proxyUser", "Leave it out: Java has no such property."),
    ("-Dhttps.proxyPassword", "Leave it out: Java has no such property."),
    (" -cacerts", "Write `-keystore $JAVA_HOME/lib/security/cacerts`: Java 8 does not know -cacerts."),
    ("Jira 8.10 to 8.21", "Write `before Jira 8.22`."),
    (
        "setenv.bat",
        "Name the Java tab of `tomcat9w.exe` (Jira 8: `tomcat8w.exe`): a Windows service does not read that file.",
    ),
];

/// Parts of addresses that redirect, are retired or are not in English, with what to give.
const OUTDATED_PAGES: [(&str, &str); 8] = [
    ("//ja.confluence.atlassian.com/", "Give the page on confluence.atlassian.com."),
    ("atlassian.com/ja/", "Give the page without `/ja`."),
    ("//docs.microsoft.com/", "Give the page on learn.microsoft.com."),
    ("//technet.microsoft.com/", "Give the page on learn.microsoft.com."),
    ("//msdn.microsoft.com/", "Give the page on learn.microsoft.com."),
    ("//aka.ms/", "Give the page that it leads to."),
    ("/display/APPLINKS0", "Give the current page on confluence.atlassian.com/kb."),
    ("/jirakb/imap-fails-with-a3-bad-", "Give the page on support.atlassian.com."),
];

/// PowerShell parameters that take a name or an address.
const NAMED_PARAMETERS: [&str; 6] = ["-Identity", "-User", "-Trustee", "-AppId", "-Mailbox", "-ServerRoleIdentifier"];

/// After so many days an entry should be checked against its references again.
const MAX_AGE_DAYS: i64 = 365;

/// The result of a review.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditorialReview {
    /// What must be changed.
    pub faults: Vec<CatalogueFault>,
    /// What should be checked.
    pub warnings: Vec<CatalogueFault>,
}

/// Reviews entries, each with the file it came from, on a day given in days since 1970-01-01.
#[must_use]
pub fn review(entries: &[(String, Pattern)], today: i64) -> EditorialReview {
    let mut review = EditorialReview::default();
    for (file, pattern) in entries.iter().filter(|(_, pattern)| pattern.status != Status::Removed) {
        let mut fault = |key: &str, problem: String, way_out: &str| {
            review.faults.push(CatalogueFault::of_key(file, &pattern.id, key, problem, way_out));
        };
        words(pattern, &mut fault);
        commands(pattern, &mut fault);
        pages(pattern, &mut fault);
        order(&pattern.steps, &mut fault);
        places(&pattern.steps, &mut fault);
        if pattern.fix.is_none() {
            fault("fix", "is missing".to_owned(), "State the fix in one short sentence.");
        }
        if let Some((problem, way_out)) = severity(pattern) {
            fault("severity", problem.to_owned(), way_out);
        }
        if let Some(problem) = age(pattern, today) {
            let way_out = "Check the entry against its references and set the date.";
            review.warnings.push(CatalogueFault::of_key(file, &pattern.id, "verified", problem, way_out));
        }
    }
    review
}

fn texts(pattern: &Pattern) -> impl Iterator<Item = (&'static str, &str)> {
    [("title", pattern.title.as_str()), ("cause", pattern.cause.as_str())]
        .into_iter()
        .chain(pattern.fix.as_deref().map(|fix| ("fix", fix)))
        .chain(pattern.follows.iter().filter_map(|follows| Some(("follows", follows.unless_found.as_deref()?))))
        .chain(pattern.steps.iter().map(|step| ("steps", step.text.as_str())))
}

fn words(pattern: &Pattern, fault: &mut impl FnMut(&str, String, &str)) {
    for (key, text) in texts(pattern) {
        let current = without_older_screens(text);
        for (word, way_out) in OUTDATED_WORDS.iter().filter(|(word, _)| current.contains(word)) {
            fault(key, format!("mentions `{}`, which is outdated", word.trim()), way_out);
        }
    }
}

/// The text without its brackets about older screens.
fn without_older_screens(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("(older screen") {
        out.push_str(&rest[..start]);
        rest = rest[start..].find(')').map_or("", |end| &rest[start + end + 1..]);
    }
    out + rest
}

/// A command that is pasted must not hold placeholders that PowerShell would run or refuse.
fn commands(pattern: &Pattern, fault: &mut impl FnMut(&str, String, &str)) {
    for (key, text) in texts(pattern) {
        for command in text.split('`').skip(1).step_by(2).filter(|command| is_powershell(command)) {
            let bare = without_quoted(command);
            if bare.contains(['<', '(']) {
                let way_out = "Write a sample value in single quotes, such as 'support-mailbox'.";
                fault(key, format!("`{command}` has a placeholder that PowerShell would run"), way_out);
            }
            let words: Vec<&str> = command.split_whitespace().collect();
            for pair in words.windows(2) {
                if NAMED_PARAMETERS.contains(&pair[0]) && !pair[1].starts_with(['\'', '"', '$']) {
                    let way_out = "Write the value in single quotes.";
                    fault(key, format!("`{} {}` has a value without quotes", pair[0], pair[1]), way_out);
                }
            }
        }
    }
}

/// Mail that failed is resent after the last step that lets mail go out again.
fn order(steps: &[Step], fault: &mut impl FnMut(&str, String, &str)) {
    let repairs =
        |step: &Step| ["Test connection", "ress Authorize", "restart"].iter().any(|act| step.text.contains(act));
    let resent = steps.iter().position(|step| step.text.contains("Error queue"));
    if let Some(at) = resent.filter(|at| steps[at + 1..].iter().any(repairs)) {
        let problem = format!("step {} resends mail before the last step that repairs", at + 1);
        fault("steps", problem, "Move it after that step.");
    }
}

/// Where some steps are for OpenID Connect only, nobody who has a failed login is sent to the mail servers.
fn places(steps: &[Step], fault: &mut impl FnMut(&str, String, &str)) {
    if !steps.iter().any(|step| step.at == [Place::Oidc]) {
        return;
    }
    let about_mail = |text: &str| {
        ["Error queue", "the mailbox:", "Press Authorize", "press Authorize"].iter().any(|word| text.contains(word))
    };
    for (i, step) in steps.iter().enumerate().filter(|(_, step)| step.at.is_empty() && about_mail(&step.text)) {
        let problem = format!("step {} is about mail and applies to OpenID Connect too: {}", i + 1, step.text);
        fault("steps", problem, "Give it `at = [\"integration\", \"mail\"]`.");
    }
}

/// True for a text that begins with a cmdlet: `Set-CASMailbox`.
fn is_powershell(command: &str) -> bool {
    let cmdlet = command.split_whitespace().next().unwrap_or_default();
    let upper = |part: &str| part.starts_with(|c: char| c.is_ascii_uppercase());
    cmdlet.split_once('-').is_some_and(|(verb, noun)| upper(verb) && upper(noun))
}

fn without_quoted(command: &str) -> String {
    command.split('\'').step_by(2).collect()
}

fn pages(pattern: &Pattern, fault: &mut impl FnMut(&str, String, &str)) {
    for page in &pattern.references {
        for (part, way_out) in OUTDATED_PAGES.iter().filter(|(part, _)| page.url.contains(part)) {
            fault("references", format!("`{}` is outdated ({part})", page.url), way_out);
        }
    }
}

/// One rule for all entries: critical is a channel that is stopped until a person acts.
fn severity(pattern: &Pattern) -> Option<(&'static str, &'static str)> {
    if pattern.rule.role != Role::Cause || pattern.rule.aadsts_other {
        return None;
    }
    match (pattern.stage, pattern.severity) {
        (Stage::Refresh, Severity::Error | Severity::Info) => Some((
            "does not fit the stage: a refresh that fails stops the mail",
            "Use critical if only a person can end it, warning if it ends without action.",
        )),
        (Stage::Authorize | Stage::Callback, Severity::Critical) => Some((
            "does not fit the stage: a sign-in that fails stops nothing that ran before",
            "Use error, or the stage at which mail stops.",
        )),
        _ => None,
    }
}

/// Why an entry should be looked at again.
fn age(pattern: &Pattern, today: i64) -> Option<String> {
    match days(&pattern.verified) {
        Some(day) if today - day > MAX_AGE_DAYS => Some(format!("{} is more than a year ago", pattern.verified)),
        None if pattern.status == Status::Stable => Some("is missing".to_owned()),
        _ => None,
    }
}

/// `2026-11-23` in days since 1970-01-01.
fn days(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // Years begin in March, so that the leap day is the last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    Some(
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day
            - 719_469,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reviews one entry, made of lines that replace those of a sound one, in November 2026.
    fn remarks(lines: &[&str]) -> (Vec<String>, Vec<String>) {
        let mut head: Vec<String> = [
            "id = \"an-entry\"",
            "title = \"An entry\"",
            "severity = \"error\"",
            "stage = \"token\"",
            "verified = 2026-11-23",
            "cause = \"It broke.\"",
            "fix = \"Repair it.\"",
            "steps = [\"Repair it.\"]",
            "references = [{ title = \"A page\", url = \"https://wiki.example.com/page\" }]",
        ]
        .map(str::to_owned)
        .to_vec();
        for line in lines {
            let (key, value) = line.split_once(" = ").expect("a key");
            head.retain(|old| !old.starts_with(&format!("{key} = ")));
            if !value.is_empty() {
                head.push((*line).to_owned());
            }
        }
        let text = format!(
            "format = 1\nfamily = \"f\"\ntitle = \"F\"\n[[pattern]]\n{}\n[pattern.match]\nany = [\"a phrase of mine\"]\n\
             [[pattern.sample]]\nlog = \"a phrase of mine\"\n[[pattern.counter]]\nwhy = \"another\"\nlog = \"no\"\n",
            head.join("\n")
        );
        let entries = super::super::load::read_all(&[("f.toml".to_owned(), text)], &[]).expect("sound");
        let reviewed = review(&entries, days("2026-11-28").expect("a day"));
        let text = |faults: Vec<CatalogueFault>| faults.iter().map(ToString::to_string).collect();
        (text(reviewed.faults), text(reviewed.warnings))
    }

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(days("1970-01-01"), Some(0));
        assert_eq!(days("2000-03-01"), Some(11_017));
        assert_eq!(days("2026-11-28"), Some(20_785));
        assert_eq!(days("soon"), None);
    }

    #[test]
    fn a_sound_entry_passes() {
        assert_eq!(remarks(&[]), (vec![], vec![]));
        let older = "steps = [\"Open Google Auth Platform > Audience (older screen: OAuth consent screen).\"]";
        assert_eq!(remarks(&[older]), (vec![], vec![]));
        let quoted = "steps = [\"`Set-CASMailbox -Identity 'support-mailbox' -PopEnabled $true`\"]";
        assert_eq!(remarks(&[quoted]), (vec![], vec![]));
    }

    #[test]
    fn each_rule_has_its_message() {
        for (line, message) in [
            ("steps = [\"Open Enterprise applications.\"]", "key `steps`: mentions `Enterprise applications`"),
            ("cause = \"A Client Access Rule.\"", "key `cause`: mentions `Client Access Rule`"),
            (
                "steps = [\"`Set-CASMailbox (mailbox) -PopEnabled $true`\"]",
                "has a placeholder that PowerShell would run",
            ),
            ("steps = [\"`Get-CASMailbox -Identity box`\"]", "`-Identity box` has a value without quotes"),
            (
                "steps = [\"Resend it: Error queue.\", \"Press Test connection.\"]",
                "key `steps`: step 1 resends mail before the last step",
            ),
            (
                "steps = [\"Press Authorize.\", { at = [\"oidc\"], step = \"Sign in again.\" }]",
                "key `steps`: step 1 is about mail and applies to OpenID Connect too",
            ),
            ("fix = ", "key `fix`: is missing"),
            ("stage = \"refresh\"", "key `severity`: does not fit the stage: a refresh"),
            (
                "references = [{ title = \"P\", url = \"https://aka.ms/x\" }]",
                "key `references`: `https://aka.ms/x` is outdated",
            ),
        ] {
            let (faults, warnings) = remarks(&[line]);
            assert!(faults.len() == 1 && faults[0].contains(message) && warnings.is_empty(), "{line}: {faults:?}");
        }
        let (faults, _) = remarks(&["stage = \"authorize\"", "severity = \"critical\""]);
        assert!(faults[0].contains("a sign-in that fails stops nothing"), "{faults:?}");
        let (faults, warnings) = remarks(&["verified = 2025-11-27"]);
        assert!(faults.is_empty() && warnings[0].contains("2025-11-27 is more than a year ago"), "{warnings:?}");
        assert!(remarks(&["verified = "]).1[0].contains("key `verified`: is missing"));
    }
}
