//! `tympan check`: findings, and nothing else unless it is asked to mend or to remember them.

mod baseline;
mod coverage;
mod explain;
mod fix;
mod scope;
pub mod write;

use std::path::PathBuf;

use anyhow::Context as _;

use crate::build::{BuildOptions, Checks, Images, Prepared, Sources, Versions, prepare};
use crate::checks::{CheckContext, Judged, Settled, run_checks, settle};
use crate::cli::Outcome;
use crate::cli::args::{CheckArgs, FailOn, Global};
use crate::cli::check::fix::Fixed;
use crate::cli::check::scope::Scope;
use crate::cli::dictionaries;
use crate::cli::external;
use crate::cli::job_summary;
use crate::cli::json::{self, CheckReport};
use crate::cli::project::{Listed, Project, below};
use crate::cli::report;
use crate::cli::reports::Findings;
use crate::cli::translations;
use crate::cli::ui::Ui;
#[cfg(feature = "prose")]
use crate::cli::words;
use crate::diagnostic::{Diagnostic, Severity};
use crate::progress::{Event, Stage};
use crate::render::Wanted;
use crate::site::Site;

/// How often the files are mended and read again; what is mended may show another fault.
const ROUNDS: usize = 8;

pub fn run(ui: &Ui, global: &Global, args: &CheckArgs) -> anyhow::Result<Outcome> {
    if let Some(rule) = &args.explain {
        return explain::run(ui, rule);
    }
    refuse(ui, args)?;
    let mut fixed = Fixed::default();
    for round in 1.. {
        let project = open(ui, global, args)?;
        let scope = Scope::of(args, &project, ui.index().as_deref())?;
        let prepared = read(ui, &project, args)?;
        #[cfg(feature = "prose")]
        if args.words {
            return words::show(ui, &prepared.site, &project.store, &scope.only);
        }
        if args.translations {
            return translations::show(ui, &prepared.site, &project.store, &scope.only);
        }
        if args.coverage {
            return coverage::show(ui, &prepared.site, &scope.only);
        }
        let (site, mut settled) = examine(ui, &project, prepared, args, &scope)?;
        if args.baseline {
            return baseline::write(ui, &project, &site, settled);
        }
        settled.found.retain(|found| scope.holds(found));
        settled.known.retain(|found| scope.holds(found));
        settled.ignored.retain(|one| scope.holds(&one.finding));
        if args.fix && args.dry_run {
            let (patch, fixed) = fix::patch(&project.snapshot, &site, &settled.found);
            ui.result(patch.trim_end_matches('\n'));
            ui.note(&format!(
                "{} of {} findings would be mended, in {} files",
                fixed.findings,
                settled.found.len(),
                fixed.files
            ));
            return Ok(ending(&settled.found, args.fail_on));
        }
        if args.fix && round <= ROUNDS {
            let done = fix::write(ui, &project, &site, &settled.found);
            fixed.findings += done.findings;
            if done.files > 0 {
                continue;
            }
        }
        tell(ui, &project, args, &site, &settled, fixed)?;
        return Ok(ending(&settled.found, args.fail_on));
    }
    Ok(Outcome::Clean)
}

/// Refuses what cannot be done together, before anything is done.
fn refuse(ui: &Ui, args: &CheckArgs) -> anyhow::Result<()> {
    let printed = args.report.iter().filter(|wanted| wanted.file.is_none());
    if printed.count() > 1 {
        anyhow::bail!(
            "two reports cannot share the standard output; name a file with `--report KIND=FILE`"
        );
    }
    if args.dry_run && (ui.is_json() || !args.report.is_empty()) {
        anyhow::bail!(
            "`--dry-run` prints a patch and nothing else; take `--format json` and `--report` away"
        );
    }
    Ok(())
}

fn open(ui: &Ui, global: &Global, args: &CheckArgs) -> anyhow::Result<Project> {
    let listed = match args.staged {
        true => Listed::staged(global, ui.index().as_deref())?,
        false => Listed::open(global, args.rev.as_deref())?,
    };
    listed.with_history(ui)
}

/// Loads the site. What planning finds, such as a theme's faults, is a finding too; nothing is rendered.
fn read(ui: &Ui, project: &Project, args: &CheckArgs) -> anyhow::Result<Prepared> {
    let mut load = project.load_options(ui, &args.pages, &project.root.join("dist"));
    load.dictionaries = dictionaries::folders();
    let options = BuildOptions {
        load,
        wanted: Wanted::all(),
        checks: Checks::Run,
        versions: Versions::Current,
        images: Images::OnDemand,
    };
    let sources = Sources {
        snapshot: &project.snapshot,
        history: &project.history,
        store: &project.store,
    };
    let prepared = prepare(&sources, &options, None, &|event| ui.event(event));
    // In a hook, nothing may be staged here.
    if prepared.site.pages.is_empty() && !args.staged {
        anyhow::bail!("no Markdown was found in `{}`", project.root.display());
    }
    Ok(prepared)
}

/// Runs every check.
fn examine(
    ui: &Ui,
    project: &Project,
    prepared: Prepared,
    args: &CheckArgs,
    scope: &Scope,
) -> anyhow::Result<(Site, Settled)> {
    let progress = |event| ui.event(event);
    let site = prepared.site;
    progress(Event::Started {
        stage: Stage::Check,
        total: site.written_pages().count(),
    });
    let mut found = prepared.diagnostics;
    found.extend(run_checks(&CheckContext {
        site: &site,
        store: &project.store,
        progress: &progress,
        about: None,
    }));
    progress(Event::Finished {
        stage: Stage::Check,
    });
    if args.external {
        found.extend(external::found(
            ui,
            args,
            &site,
            &project.store,
            &scope.only,
        )?);
    }
    let settled = settle(&site, found, Judged::All);
    Ok((site, settled))
}

/// Says what was found, in every form that is asked for.
fn tell(
    ui: &Ui,
    project: &Project,
    args: &CheckArgs,
    site: &Site,
    settled: &Settled,
    fixed: Fixed,
) -> anyhow::Result<()> {
    let found = settled.found.as_slice();
    let pages = site.written_pages().count();
    if fixed.findings > 0 {
        ui.note(&format!("{} findings were mended", fixed.findings));
    }
    job_summary::tell(ui, &job_summary::of_check(found, pages));
    let printed = write_reports(ui, project, args, settled)?;
    if printed {
        // Another form has the standard output to itself.
        ui.note(&report::summary(found));
    } else if ui.is_json() {
        let report = CheckReport::new(found, pages).beside(settled, fixed.findings);
        ui.result(&json::to_text(&report)?);
    } else {
        report::print(ui, found);
        ui.note(&format!(
            "{pages} pages, {}{}",
            report::summary(found),
            beside(settled)
        ));
    }
    Ok(())
}

/// What is not told, in numbers.
fn beside(settled: &Settled) -> String {
    let parts = [
        (settled.ignored.len(), "ignored"),
        (settled.known.len(), "known from before"),
        (
            settled.mended,
            "mended since (`tympan check --baseline` forgets them)",
        ),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    match parts.is_empty() {
        true => String::new(),
        false => format!("; {}", parts.join(", ")),
    }
}

/// Writes the findings in the other forms that are asked for; whether one went to the standard
/// output.
fn write_reports(
    ui: &Ui,
    project: &Project,
    args: &CheckArgs,
    settled: &Settled,
) -> anyhow::Result<bool> {
    if args.report.is_empty() {
        return Ok(false);
    }
    let prefix = project.snapshot.prefix()?;
    let findings = Findings {
        found: &settled.found,
        known: &settled.known,
        ignored: &settled.ignored,
        prefix: &prefix,
    };
    let mut printed = false;
    for wanted in &args.report {
        let text = findings.report(wanted.kind);
        match &wanted.file {
            Some(file) => {
                let place: PathBuf = below(&project.root, file);
                std::fs::write(&place, text)
                    .with_context(|| format!("cannot write `{}`", place.display()))?;
            }
            None => {
                ui.result(text.trim_end());
                printed = true;
            }
        }
    }
    Ok(printed)
}

/// Errors and warnings count as findings; suggestions are only shown.
pub fn outcome(found: &[Diagnostic]) -> Outcome {
    ending(found, FailOn::Warning)
}

/// Whether a finding is of a level that counts.
fn ending(found: &[Diagnostic], fail_on: FailOn) -> Outcome {
    let counts = |found: &Diagnostic| match fail_on {
        FailOn::Error => found.severity == Severity::Error,
        FailOn::Warning => found.severity != Severity::Suggestion,
        FailOn::Suggestion => true,
        FailOn::Never => false,
    };
    match found.iter().any(counts) {
        true => Outcome::Findings,
        false => Outcome::Clean,
    }
}
