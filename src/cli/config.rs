//! Options from `oauthsift.toml` and from environment variables.
//!
//! The command line comes first, then the environment, then one file: that of the working folder or, without one, that
//! of the user. Options in the file are inserted into the command line, so that they are checked as if they were typed.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::{Arg, ArgAction, ArgMatches, Command, builder::BoolishValueParser, parser::ValueSource};
use toml::{Table, Value};

/// Name of the file, in the working folder or in the user's configuration folder.
const FILE_NAME: &str = "oauthsift.toml";
/// Names another file; empty: none is read.
const FILE_VARIABLE: &str = "OAUTHSIFT_CONFIG";
/// Options that run or write something, contact somebody, or weaken redaction: only the user's own file may set them,
/// because a working folder can be what somebody else has packed.
const USER_ONLY: [&str; 14] = [
    "exec",
    "force",
    "metrics",
    "no-redact",
    "online",
    "output",
    "proxy",
    "pseudonym-key",
    "redact",
    "resolve",
    "save-ca",
    "state",
    "truststore",
    "truststore-password",
];
/// More different names are not suggested.
const MAX_TYPOS: usize = 3;

/// Gives every option an environment variable: `OAUTHSIFT_SCAN_FORMAT` or, for all commands, `OAUTHSIFT_FORMAT`.
pub(crate) fn with_variables(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| {
        command.mut_subcommand(&name, |subcommand| {
            subcommand.mut_args(|arg| {
                let Some(long) = arg.get_long().filter(|long| !["help", "version"].contains(long)) else { return arg };
                let variable = variable_of(&name, long);
                let is_flag = matches!(arg.get_action(), ArgAction::SetTrue);
                let arg = arg.env(variable).hide_env(true);
                if is_flag { arg.value_parser(BoolishValueParser::new()) } else { arg }
            })
        })
    })
}

/// The variable of a command's option: that of the command alone if it is set.
fn variable_of(command: &str, option: &str) -> String {
    let upper = |text: &str| text.replace('-', "_").to_uppercase();
    let own = format!("OAUTHSIFT_{}_{}", upper(command), upper(option));
    if env::var_os(&own).is_some() { own } else { format!("OAUTHSIFT_{}", upper(option)) }
}

/// A file with options.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    path: PathBuf,
    options: Table,
    is_users: bool,
}

impl ConfigFile {
    /// The file that applies here, if there is one.
    ///
    /// # Errors
    /// A file that cannot be read or is no TOML.
    pub(crate) fn find() -> anyhow::Result<Option<Self>> {
        if let Some(path) = env::var_os(FILE_VARIABLE) {
            return if path.is_empty() { Ok(None) } else { Self::read(PathBuf::from(path), true).map(Some) };
        }
        let here = PathBuf::from(FILE_NAME);
        if here.is_file() {
            return Self::read(here, false).map(Some);
        }
        match user_folder().map(|folder| folder.join("oauthsift").join(FILE_NAME)).filter(|path| path.is_file()) {
            Some(path) => Self::read(path, true).map(Some),
            None => Ok(None),
        }
    }

    fn read(path: PathBuf, is_users: bool) -> anyhow::Result<Self> {
        let text = fs::read_to_string(&path)
            .with_context(|| format!("cannot read the configuration file {}", path.display()))?;
        let options = text.parse().with_context(|| format!("{} is not valid TOML", path.display()))?;
        Ok(Self { path, options, is_users })
    }

    /// Where the file is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The options of the command that was given, as words of a command line. `matches` are what was parsed without the
    /// file: what is given there, or excludes an option, wins.
    ///
    /// # Errors
    /// A key that is no option, a value of the wrong kind, or an option that this file may not set.
    pub(crate) fn arguments(&self, command: &Command, matches: &ArgMatches) -> anyhow::Result<Vec<OsString>> {
        self.check(command)?;
        let Some((name, matches)) = matches.subcommand() else { return Ok(Vec::new()) };
        let Some(subcommand) = command.find_subcommand(name) else { return Ok(Vec::new()) };
        let own = self.options.get(name).and_then(Value::as_table);
        let mut words = Vec::new();
        for arg in subcommand.get_arguments() {
            let Some(long) = arg.get_long() else { continue };
            let Some(value) = own.and_then(|own| own.get(long)).or_else(|| self.shared(long, arg)) else { continue };
            let is_given = |arg: &Arg| {
                let source = matches
                    .try_contains_id(arg.get_id().as_str())
                    .ok()
                    .and_then(|_| matches.value_source(arg.get_id().as_str()));
                matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable))
            };
            let excludes = |other: &&Arg| {
                let names = |one: &Arg, other: &Arg| {
                    subcommand.get_arg_conflicts_with(one).into_iter().any(|arg| arg.get_id() == other.get_id())
                };
                is_given(other) && (names(arg, other) || names(other, arg))
            };
            if !is_given(arg) && !subcommand.get_arguments().any(|other| excludes(&other)) {
                self.add_words(&mut words, arg, long, value)?;
            }
        }
        Ok(words)
    }

    /// A value for all commands; not one that this command does not know.
    fn shared(&self, long: &str, arg: &Arg) -> Option<&Value> {
        let value = self.options.get(long)?;
        let known = arg.get_possible_values();
        let fits =
            known.is_empty() || value.as_str().is_none_or(|text| known.iter().any(|known| known.matches(text, false)));
        fits.then_some(value)
    }

    fn add_words(&self, words: &mut Vec<OsString>, arg: &Arg, long: &str, value: &Value) -> anyhow::Result<()> {
        let path = self.path.display();
        if matches!(arg.get_action(), ArgAction::SetTrue) {
            match value {
                Value::Boolean(true) => words.push(format!("--{long}").into()),
                Value::Boolean(false) => {}
                _ => bail!("{path}: `{long}` must be true or false"),
            }
            return Ok(());
        }
        let values = match value {
            Value::Array(values) => values.iter().collect(),
            one => vec![one],
        };
        for value in values {
            let text = match value {
                Value::String(text) if is_path(arg) => self.resolve(text),
                Value::String(text) => OsString::from(text),
                Value::Integer(number) => number.to_string().into(),
                _ => bail!("{path}: `{long}` must be a text, a number or a list of them"),
            };
            let mut word = OsString::from(format!("--{long}="));
            word.push(text);
            words.push(word);
        }
        Ok(())
    }

    /// Paths in a file are relative to its folder.
    fn resolve(&self, path: &str) -> OsString {
        self.path.parent().map_or_else(|| OsString::from(path), |folder| folder.join(path).into_os_string())
    }

    /// Every key is an option, or the table of a command with its options.
    fn check(&self, command: &Command) -> anyhow::Result<()> {
        let options = |command: &Command| -> Vec<String> {
            command
                .get_arguments()
                .filter_map(Arg::get_long)
                .filter(|long| *long != "help")
                .map(str::to_owned)
                .collect()
        };
        let commands: Vec<&Command> =
            command.get_subcommands().filter(|command| !options(command).is_empty()).collect();
        let all: Vec<String> = commands.iter().flat_map(|command| options(command)).collect();
        for (key, value) in &self.options {
            match (value, commands.iter().find(|command| command.get_name() == key)) {
                (Value::Table(table), Some(command)) => {
                    for key in table.keys() {
                        self.check_key(key, &options(command), &format!(" of `{}`", command.get_name()))?;
                    }
                }
                (Value::Table(_), None) => {
                    let names = commands.iter().map(|command| command.get_name().to_owned()).collect::<Vec<_>>();
                    bail!("{}: `[{key}]` is no command{}", self.path.display(), suggestion(key, &names));
                }
                (_, _) => self.check_key(key, &all, "")?,
            }
        }
        Ok(())
    }

    fn check_key(&self, key: &str, options: &[String], whose: &str) -> anyhow::Result<()> {
        let path = self.path.display();
        if !options.iter().any(|option| option == key) {
            bail!("{path}: `{key}` is no option{whose}{}", suggestion(key, options));
        }
        if USER_ONLY.contains(&key) && !self.is_users {
            bail!("{path}: `{key}` is not taken from a file in the working folder; set it in your own {FILE_NAME}");
        }
        Ok(())
    }
}

fn is_path(arg: &Arg) -> bool {
    arg.get_value_parser().type_id() == clap::builder::ValueParser::path_buf().type_id()
}

fn suggestion(key: &str, names: &[String]) -> String {
    let near = names.iter().map(|name| (strsim::damerau_levenshtein(&key.to_lowercase(), name), name)).min();
    near.filter(|(distance, _)| *distance <= MAX_TYPOS)
        .map_or_else(String::new, |(_, name)| format!("; did you mean `{name}`?"))
}

/// Where a user's configuration is.
fn user_folder() -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    folder("XDG_CONFIG_HOME").or_else(|| folder("APPDATA")).or_else(|| folder("HOME").map(|home| home.join(".config")))
}
