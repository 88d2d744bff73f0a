//! Manual pages: one for the program and one for each command, from the same texts as the help.

use std::io::{self, Write};

use clap::{Command, builder::Resettable};
use clap_mangen::{
    Man,
    roff::{Inline, Roff, bold, roman},
};

use super::args;

/// A manual page.
pub(super) struct Page {
    command: Command,
    /// Whole name, with hyphens: `oauthsift-scan`.
    name: String,
    /// Names of the pages under "SEE ALSO".
    see_also: Vec<String>,
}

/// All pages: the program's first, then those of the commands, depth first.
pub(super) fn pages() -> Vec<Page> {
    let mut root = args::command().disable_help_subcommand(true);
    root.build();
    let mut pages = Vec::new();
    add(&root, None, &mut pages);
    pages
}

fn add(command: &Command, parent: Option<&str>, pages: &mut Vec<Page>) {
    let name = name_of(command);
    let children = command.get_subcommands().map(name_of);
    let see_also = parent.map(str::to_owned).into_iter().chain(children).collect();
    pages.push(Page { command: command.clone(), name: name.clone(), see_also });
    for subcommand in command.get_subcommands() {
        add(subcommand, Some(&name), pages);
    }
}

fn name_of(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}

impl Page {
    /// Whole name, with hyphens: `oauthsift-scan`.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Name of the page's file.
    pub(super) fn file_name(&self) -> String {
        format!("{}.1", self.name)
    }

    /// Writes the page as roff.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let texts = [self.command.get_after_long_help(), self.command.get_after_help()];
        let text = texts.into_iter().flatten().next().map(ToString::to_string).unwrap_or_default();
        let command = self
            .command
            .clone()
            .before_help(Resettable::Reset)
            .after_help(Resettable::Reset)
            .after_long_help(Resettable::Reset)
            .version(Resettable::Reset)
            // What the short help leaves out belongs here.
            .mut_args(|arg| arg.hide_short_help(false));
        let source = format!("oauthsift {}", env!("CARGO_PKG_VERSION"));
        Man::new(command).title(self.name.to_uppercase()).source(source).manual("oauthsift").render(out)?;
        let mut roff = Roff::new();
        for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
            write_paragraph(&mut roff, paragraph);
        }
        if !self.see_also.is_empty() {
            roff.control("SH", ["SEE ALSO"]);
            let last = self.see_also.len() - 1;
            let names = self.see_also.iter().enumerate();
            let names = names.flat_map(|(i, name)| [bold(name), roman(if i == last { "(1)" } else { "(1), " })]);
            roff.text(names.collect::<Vec<Inline>>());
        }
        out.write_all(roff.to_roff().as_bytes())
    }
}

/// A paragraph of the text after a command's help: examples, exit codes, or what the options' other sources are.
fn write_paragraph(roff: &mut Roff, paragraph: &str) {
    if let Some(examples) = paragraph.strip_prefix("Examples:\n") {
        roff.control("SH", ["EXAMPLES"]).control("nf", []);
        for example in examples.lines() {
            roff.text([roman(example.trim_start())]);
        }
        roff.control("fi", []);
    } else if let Some(codes) = paragraph.strip_prefix("Exit codes: ") {
        roff.control("SH", ["EXIT STATUS"]);
        for code in codes.trim_end_matches('.').split("; ") {
            let (number, meaning) = code.split_once(' ').unwrap_or((code, ""));
            roff.control("TP", []).text([bold(number)]).text([roman(meaning)]);
        }
    } else {
        let heading = if paragraph == args::CONFIGURATION { "CONFIGURATION" } else { "NOTES" };
        roff.control("SH", [heading]).text([roman(paragraph)]);
    }
}
