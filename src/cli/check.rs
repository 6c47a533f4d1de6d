//! `tympan check`: findings, and nothing else.

use std::path::Path;

use anyhow::Context as _;

use crate::build::{BuildOptions, Checks, Sources, Versions, prepare};
use crate::checks::{CheckContext, Judged, run_checks, settle};
use crate::cli::Outcome;
use crate::cli::args::{CheckArgs, Global};
use crate::cli::external;
use crate::cli::json::{self, CheckReport};
use crate::cli::project::{Project, below, inside};
use crate::cli::report;
use crate::cli::reports::Findings;
use crate::cli::translations;
use crate::cli::ui::Ui;
use crate::diagnostic::{Diagnostic, Severity};
use crate::progress::{Event, Stage};
use crate::render::Wanted;
use crate::site_path::SitePath;

pub fn run(ui: &Ui, global: &Global, args: &CheckArgs) -> anyhow::Result<Outcome> {
    let project = Project::open(ui, global, args.rev.as_deref())?;
    let only = wanted(&project.root, args)?;
    let options = project.load_options(ui, &args.pages, &project.root.join("dist"));
    let progress = |event| ui.event(event);
    // What planning finds, such as a theme's faults, is a finding too; nothing is rendered.
    let options = BuildOptions {
        load: options,
        wanted: Wanted::all(),
        checks: Checks::Run,
        versions: Versions::Current,
    };
    let sources = Sources {
        snapshot: &project.snapshot,
        history: &project.history,
        store: &project.store,
    };
    let prepared = prepare(&sources, &options, None, &progress);
    let site = prepared.site;
    if site.pages.is_empty() {
        anyhow::bail!("no Markdown was found in `{}`", project.root.display());
    }
    if args.translations {
        return translations::show(ui, &site, &project.store, &only);
    }
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
        found.extend(external::found(ui, args, &site, &project.store, &only)?);
    }
    let mut found = settle(&site, found, Judged::All).found;
    found.retain(|found| only.is_empty() || only.iter().any(|path| found.path.is_within(path)));
    let printed = write_reports(ui, &project, args, &found)?;
    if printed {
        // Another form has the standard output to itself.
        ui.note(&report::summary(&found));
    } else if ui.is_json() {
        ui.result(&json::to_text(&CheckReport::new(
            &found,
            site.written_pages().count(),
        ))?);
    } else {
        report::print(ui, &found);
        ui.note(&format!(
            "{} pages, {}",
            site.written_pages().count(),
            report::summary(&found)
        ));
    }
    Ok(outcome(&found))
}

/// Writes the findings in the other forms that are asked for; whether one went to the standard
/// output.
fn write_reports(
    ui: &Ui,
    project: &Project,
    args: &CheckArgs,
    found: &[Diagnostic],
) -> anyhow::Result<bool> {
    if args.report.is_empty() {
        return Ok(false);
    }
    let prefix = project.snapshot.prefix()?;
    let findings = Findings {
        found,
        prefix: &prefix,
    };
    let mut printed = false;
    for wanted in &args.report {
        let text = findings.report(wanted.kind);
        match &wanted.file {
            Some(file) => {
                let place = below(&project.root, file);
                std::fs::write(&place, text)
                    .with_context(|| format!("cannot write `{}`", place.display()))?;
            }
            None if printed => anyhow::bail!(
                "two reports cannot share the standard output; name a file with `--report KIND=FILE`"
            ),
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
    match found
        .iter()
        .any(|found| found.severity != Severity::Suggestion)
    {
        true => Outcome::Findings,
        false => Outcome::Clean,
    }
}

/// The paths to report about, relative to the project; they may be typed from anywhere.
fn wanted(root: &Path, args: &CheckArgs) -> anyhow::Result<Vec<SitePath>> {
    let one = |path: &std::path::PathBuf| {
        let below_root = below(root, path);
        let absolute = if below_root.exists() {
            below_root
        } else {
            std::path::absolute(path)?
        };
        let found = std::fs::canonicalize(&absolute).unwrap_or(absolute);
        if found == root {
            return Ok(SitePath::root());
        }
        match inside(root, &found) {
            Some(path) => Ok(path),
            None => anyhow::bail!("`{}` does not lie in the project", path.display()),
        }
    };
    args.paths.iter().map(one).collect()
}
