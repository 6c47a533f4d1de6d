//! `tympan completions`: a completion script for a shell.

use clap::CommandFactory as _;

use crate::cli::Outcome;
use crate::cli::args::{Arguments, CompletionsArgs};
use crate::cli::ui::Ui;

pub fn run(ui: &Ui, args: &CompletionsArgs) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "tympan", &mut script);
    ui.raw(&script);
    Ok(Outcome::Clean)
}
