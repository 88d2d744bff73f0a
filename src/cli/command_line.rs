//! Completes the command line before it is parsed: the command that it does not name, and numbers after `--details`.

use std::{ffi::OsString, path::Path};

use oauthsift::Catalogue;

/// Longer names are not misspelled commands.
const MAX_TYPOS: usize = 2;

/// Inserts the command that the first word means when it is none: `scan` before a path or an option, `explain` before a
/// code, an id of the catalogue or a message.
///
/// # Errors
/// A word that is no command, no code, and no file either: what it may have meant.
pub(crate) fn with_command(mut arguments: Vec<OsString>, commands: &[String]) -> Result<Vec<OsString>, String> {
    let is_command =
        |word: &str| commands.iter().any(|name| name == word) || ["-h", "--help", "-V", "--version"].contains(&word);
    let command = match arguments.get(1).map(|word| word.to_str()) {
        None | Some(None) => "scan",
        Some(Some(word)) if is_command(word) => {
            return Ok(if word == "scan" { join_details(arguments) } else { arguments });
        }
        Some(Some(word)) if word.starts_with('-') || is_path(word) => "scan",
        Some(Some(word)) if is_topic(word) => "explain",
        Some(Some(word)) => return Err(unknown_word(word, commands)),
    };
    arguments.insert(1.min(arguments.len()), command.into());
    Ok(if command == "scan" { join_details(arguments) } else { arguments })
}

/// A file that exists, or what looks like the path or name of one.
fn is_path(word: &str) -> bool {
    Path::new(word).exists() || !word.contains(char::is_whitespace) && word.contains(['/', '\\', '.', '*', '?'])
}

/// What `explain` explains: `AADSTS7000222`, `aadsts-50011`, `7000222`, an id of the catalogue, a message.
fn is_topic(word: &str) -> bool {
    let upper = word.to_ascii_uppercase();
    let number = ["AADSTS", "AADB2C", "MSIS"].iter().find_map(|prefix| upper.strip_prefix(prefix)).unwrap_or(&upper);
    let digits = number.trim_start_matches(['-', ':']).trim_end_matches(':');
    let is_code = (4..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_code || word.trim().contains(char::is_whitespace) || Catalogue::builtin().get(word).is_some()
}

fn unknown_word(word: &str, commands: &[String]) -> String {
    let near = commands
        .iter()
        .map(|command| (strsim::damerau_levenshtein(&word.to_lowercase(), command), command))
        .filter(|(distance, _)| *distance <= MAX_TYPOS)
        .min();
    let hint = match near {
        Some((_, command)) => format!("; did you mean `oauthsift {command}`?"),
        None => "; the commands are listed by `oauthsift --help`".to_owned(),
    };
    format!("`{word}` is no command, and no file of this name exists{hint}")
}

/// Joins `--details` and the numbers after it: `--details 2` becomes `--details=2`. Anything else after it is a path.
fn join_details(arguments: Vec<OsString>) -> Vec<OsString> {
    let is_numbers = |argument: &OsString| {
        argument.to_str().is_some_and(|text| {
            text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || c == ',')
        })
    };
    let mut joined: Vec<OsString> = Vec::with_capacity(arguments.len());
    let mut is_option = true;
    for argument in arguments {
        is_option &= joined.last().is_none_or(|last| last != "--");
        match joined.last_mut() {
            Some(last) if is_option && last == "--details" && is_numbers(&argument) => {
                last.push("=");
                last.push(argument);
            }
            _ => joined.push(argument),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands() -> Vec<String> {
        ["scan", "follow", "explain", "patterns", "help"].map(str::to_owned).to_vec()
    }

    fn command(words: &[&str]) -> Result<String, String> {
        let arguments = ["oauthsift"].iter().chain(words).map(OsString::from).collect();
        with_command(arguments, &commands()).map(|arguments| arguments[1].to_string_lossy().into_owned())
    }

    #[test]
    fn a_path_is_scanned_and_a_code_an_id_or_a_message_is_explained() {
        for path in ["atlassian-jira.log", "logs/x", "*.log", "-", "--format", "Cargo.toml", "src", ".."] {
            assert_eq!(command(&[path]).as_deref(), Ok("scan"), "{path}");
        }
        let topics =
            ["AADSTS7000222", "aadsts50011", "7000222", "AADB2C90081", "entra-client-secret-expired", "secret expired"];
        for topic in topics {
            assert_eq!(command(&[topic]).as_deref(), Ok("explain"), "{topic}");
        }
        assert_eq!(command(&[]).as_deref(), Ok("scan"));
        assert_eq!(command(&["follow", "x"]).as_deref(), Ok("follow"));
        assert_eq!(command(&["--help"]).as_deref(), Ok("--help"));
    }

    #[test]
    fn a_misspelled_command_scans_nothing_and_names_the_nearest() {
        let error = command(&["scn", "Cargo.toml"]).unwrap_err();
        assert!(error.contains("`scn`") && error.contains("`oauthsift scan`"), "{error}");
        assert!(command(&["atlassian"]).unwrap_err().contains("--help"));
    }

    #[test]
    fn only_numbers_belong_to_details() {
        let joined = |line: &str| {
            let arguments =
                with_command(line.split(' ').map(OsString::from).collect(), &commands()).expect("a command");
            arguments.join(" ".as_ref()).into_string().expect("text")
        };
        assert_eq!(joined("x --details 2,3 a.log"), "x scan --details=2,3 a.log");
        assert_eq!(joined("x scan --details a.log"), "x scan --details a.log");
        assert_eq!(joined("x --details=2 3"), "x scan --details=2 3");
        assert_eq!(joined("x --details -- 2"), "x scan --details -- 2");
        assert_eq!(joined("x -- --details 2"), "x scan -- --details 2");
    }
}
