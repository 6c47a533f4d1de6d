//! The roof: what a person types and sees. One file a command; `ui` is the only room that prints.

mod ancestry;
mod args;
mod bring;
mod build;
mod check;
mod ci;
mod completions;
mod decide;
mod deny;
mod dictionaries;
mod doctor;
mod environment;
mod external;
#[cfg(debug_assertions)]
mod faults;
mod follow;
mod hook;
mod images;
mod job_summary;
mod json;
mod log;
mod lost;
mod lsp;
mod new;
mod new_page;
mod notice;
mod patience;
mod previews;
mod project;
mod promote;
mod publish;
mod reach;
mod release;
mod releases;
mod report;
mod reports;
mod rollback;
mod running;
mod seal;
mod secrets;
mod serve;
mod ship_args;
mod signing;
mod smoke;
mod standing;
mod statement;
mod status;
mod summary;
mod sync;
mod theme;
mod translations;
mod ui;
mod verify;
#[cfg(feature = "prose")]
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::args::{Arguments, Command, NewWhat};
use crate::cli::ui::Ui;
use crate::sass;
use crate::{apart, assets};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing to complain about.
    Clean,
    /// Findings, drift, or a failed smoke test.
    Findings,
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    // This program is also what it runs for work that may not come to an end, before it is anything
    // else.
    let word = std::env::args_os().nth(1);
    let is = |known: &str| word.as_ref().is_some_and(|word| word == known);
    let (input, output) = (std::io::stdin(), std::io::stdout());
    let done = match () {
        () if is(sass::WORD) => Some(sass::answer(input, output)),
        () if is(assets::AVIF_WORD) => Some(assets::answer_avif(input, output)),
        () => None,
    };
    if let Some(done) = done {
        return ExitCode::from(u8::from(done.is_err()));
    }
    // The file that runs, whatever has its name by now: it may have been replaced meanwhile.
    let running = PathBuf::from("/proc/self/exe");
    let program = Some(running).filter(|file| file.exists());
    if let Some(program) = program.or_else(|| std::env::current_exe().ok()) {
        apart::run_apart(program);
    }
    let arguments = Arguments::parse();
    let ui = Ui::new(&arguments.global);
    let outcome = match &arguments.command {
        Command::New(args) => match &args.what {
            Some(NewWhat::Page(page)) => new_page::run(&ui, &arguments.global, page),
            None => new::run(&ui, &arguments.global, args),
        },
        Command::Build(args) => build::run(&ui, &arguments.global, args),
        Command::Check(args) => check::run(&ui, &arguments.global, args),
        Command::Images(args) => images::run(&ui, &arguments.global, args),
        Command::Serve(args) => serve::run(&ui, &arguments.global, args),
        Command::Publish(args) => publish::run(&ui, &arguments.global, args),
        Command::Status(args) => status::run(&ui, &arguments.global, args),
        Command::Release(args) => release::run(&ui, &arguments.global, args),
        Command::Promote(args) => promote::run(&ui, &arguments.global, args),
        Command::Rollback(args) => rollback::run(&ui, &arguments.global, args),
        Command::Follow(args) => follow::run(&ui, &arguments.global, args),
        Command::Sync(args) => sync::run(&ui, &arguments.global, args),
        Command::Verify(args) => verify::run(&ui, &arguments.global, args),
        Command::Log(args) => log::run(&ui, &arguments.global, args),
        Command::Doctor(args) => doctor::run(&ui, &arguments.global, args),
        Command::Ci(args) => ci::run(&ui, &arguments.global, args),
        Command::Hook(args) => hook::run(&ui, &arguments.global, args),
        Command::Theme(args) => theme::run(&ui, &arguments.global, args),
        Command::Lsp(_) => lsp::run(&ui),
        Command::Completions(args) => completions::run(&ui, args),
    };
    match outcome {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(error) => {
            ui.error(&error);
            ExitCode::from(2)
        }
    }
}
