//! `tympan publish`: release the commit if needed, then bring an environment to its desired state.

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::build::{BuildOptions, Checks, Images, Versions};
use crate::cli::Outcome;
use crate::cli::args::{Global, PagesArgs, PublishArgs};
use crate::cli::build::{make, size};
use crate::cli::environment::{Shipping, followed};
use crate::cli::json;
use crate::cli::lost::remember_live;
use crate::cli::project::{Project, root};
use crate::cli::report;
use crate::cli::smoke::Asker;
use crate::cli::ui::Ui;
use crate::config::Environment;
use crate::diagnostic::Severity;
use crate::digest::Digest;
use crate::publish::{self, Kind, PublishError, Request};
use crate::release::{Release, lost_routes};
use crate::render::Wanted;
use crate::site_path::SitePath;

/// How long others wait for a publish that is never heard of again.
const LEASE_SECONDS: i64 = 60;

#[derive(Serialize)]
struct PublishReport<'a> {
    format: u32,
    environment: &'a str,
    release: Digest,
    dry_run: bool,
    targets: Vec<TargetReport>,
}

#[derive(Serialize)]
struct TargetReport {
    target: String,
    outcome: String,
    epoch: Option<u64>,
    added: usize,
    modified: usize,
    removed: usize,
    kept: usize,
    bytes: u64,
    saved: Vec<String>,
}

pub fn run(ui: &Ui, global: &Global, args: &PublishArgs) -> anyhow::Result<Outcome> {
    let shipping = Shipping::open(ui, root(global)?)?;
    let environment = shipping.environment(ui, &args.environment)?;
    for name in &environment.targets {
        shipping.target(name)?;
    }
    let (project, release) = match environment.release {
        Some(digest) => pinned(ui, global, digest)?,
        None => released(ui, global, &shipping, &environment)?,
    };
    let mut reports = Vec::new();
    let mut outcome = Outcome::Clean;
    for name in &environment.targets {
        let settings = shipping.target(name)?;
        let target = shipping.open_target(name)?;
        let progress = |event| ui.event(event);
        let (who, holder) = (ui.who(), ui.holder());
        let asker = Asker::of(ui, &environment, name)?;
        let ask = asker
            .as_ref()
            .map(|asker| |route: &_, file: Option<&_>| asker.ask(route, file));
        let request = Request {
            name,
            target: &*target,
            settings,
            environment: &environment,
            release: &release,
            store: &project.store,
            kind: Kind::Publish,
            smoke: ask.as_ref().map(|ask| ask as publish::Smoke<'_>),
            who: &who,
            holder: &holder,
            clock: &|| ui.now(),
            lease_seconds: LEASE_SECONDS,
            retry: args.retry,
            progress: &progress,
        };
        let done = if args.dry_run {
            look(ui, &request)
        } else {
            go(ui, &request)
        };
        match done {
            Ok(report) => {
                if report.outcome == "refused" {
                    outcome = Outcome::Findings;
                } else if !args.dry_run {
                    remember_live(&project.store, &environment.name, &release.digest());
                }
                reports.push(report);
            }
            Err(error @ PublishError::Smoke { .. }) => {
                ui.error(&with_help(error));
                outcome = Outcome::Findings;
            }
            Err(error) => return Err(with_help(error)),
        }
    }
    if ui.is_json() {
        let report = PublishReport {
            format: 1,
            environment: &environment.name,
            release: release.digest(),
            dry_run: args.dry_run,
            targets: reports,
        };
        ui.result(&json::to_text(&report)?);
    }
    Ok(outcome)
}

/// The release that the environment pins, from the store.
fn pinned(ui: &Ui, global: &Global, digest: Digest) -> anyhow::Result<(Project, Release)> {
    let project = Project::open(ui, global, None)?;
    let json = project.store.blob(&digest).with_context(|| {
        format!("the release {digest} is not in the store; build its commit with `tympan publish` there first")
    })?;
    let release =
        serde_json::from_slice(&json).context("the release in the store cannot be read")?;
    Ok((project, release))
}

/// The release of the commit that the environment follows, built straight from Git objects.
fn released(
    ui: &Ui,
    global: &Global,
    shipping: &Shipping,
    environment: &Environment,
) -> anyhow::Result<(Project, Release)> {
    let commit = match followed(&shipping.root, environment)? {
        Some((_, commit)) => commit,
        None => {
            crate::repo::resolve(&shipping.root, "HEAD").context("publishing needs a commit")?
        }
    };
    let project = Project::open(ui, global, Some(&commit))?;
    let pages = PagesArgs {
        drafts: false,
        future: false,
        expired: false,
    };
    let options = BuildOptions {
        load: project.load_options(ui, &pages, &project.root.join("dist")),
        wanted: Wanted::all(),
        versions: Versions::All,
        images: Images::First,
        checks: Checks::Run,
    };
    let built = make(ui, &project, &options, &|artifact, file| {
        Ok(project.store.put_named(&file.sha256, &artifact.bytes)?)
    })?;
    let errors: Vec<_> = built
        .diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .cloned()
        .collect();
    if !errors.is_empty() {
        report::print(ui, &errors);
        ui.note(&format!(
            "warning: the release has {}",
            report::summary(&errors)
        ));
    }
    // A release is named by the digest of its JSON, so the store keeps it as any other blob.
    let digest = project.store.put_blob(&built.release.to_json())?;
    if digest != built.digest {
        bail!("the store named the release {digest}, which is not its digest");
    }
    ui.note(&format!(
        "release   {digest} of {}",
        commit.chars().take(7).collect::<String>()
    ));
    Ok((project, built.release))
}

fn look(ui: &Ui, request: &Request<'_>) -> Result<TargetReport, PublishError> {
    let seen = publish::prepare(request)?;
    let word = word(&seen.outcome).to_owned();
    if !ui.is_json() {
        for change in &seen.plan.changes.0 {
            let size = change
                .after()
                .map_or_else(String::new, |file| size(file.size));
            ui.result(&format!("{:<9} {}  {size}", change.word(), change.path()));
        }
    }
    tell_lost(ui, request, &seen.outcome, seen.plan.changes.removals());
    if let publish::Outcome::Refuse(refusal) = &seen.outcome {
        ui.warn(&format!("a publish would be refused: {refusal}"));
    }
    let report = TargetReport::new(request.name, word, &seen.plan);
    ui.note(&format!(
        "{}  {} (dry run, nothing is touched)",
        request.name,
        report.words()
    ));
    Ok(report)
}

/// Names the addresses that the new release loses. What healing removes was never released.
fn tell_lost(ui: &Ui, request: &Request<'_>, outcome: &publish::Outcome, gone: Vec<&SitePath>) {
    if matches!(outcome, publish::Outcome::Heal) {
        return;
    }
    let lost = lost_routes(gone, &request.release.files, "the last release");
    match ui.is_json() {
        // The result is one object; what else there is to say goes beside it.
        true => lost.iter().for_each(|found| ui.warn(&found.message)),
        false => report::print(ui, &lost),
    }
}

/// What becomes of a target, in one word.
fn word(outcome: &publish::Outcome) -> &'static str {
    match outcome {
        publish::Outcome::UpToDate => "up-to-date",
        publish::Outcome::Publish => "published",
        publish::Outcome::Heal => "healed",
        publish::Outcome::Refuse(_) => "refused",
    }
}

fn go(ui: &Ui, request: &Request<'_>) -> Result<TargetReport, PublishError> {
    let done = publish::publish(request)?;
    tell_lost(ui, request, &done.outcome, done.plan.changes.removals());
    let word = word(&done.outcome);
    let mut report = TargetReport::new(request.name, word.to_owned(), &done.plan);
    report.epoch = done.deployment.as_ref().map(|deployment| deployment.epoch);
    report.saved = done.saved.iter().map(ToString::to_string).collect();
    let epoch = report
        .epoch
        .map_or_else(String::new, |epoch| format!(", epoch {epoch}"));
    ui.note(&format!("{}  {}{epoch}", request.name, report.words()));
    for path in &report.saved {
        ui.note(&format!("  saved   .tympan/{path}"));
    }
    if let Some(leftover) = done.leftover {
        ui.note(&format!("  note: older copies stay: {leftover}"));
    }
    Ok(report)
}

impl TargetReport {
    fn new(target: &str, outcome: String, plan: &publish::Plan) -> Self {
        let counts = plan.counts();
        Self {
            target: target.to_owned(),
            outcome,
            epoch: None,
            added: counts.added,
            modified: counts.modified,
            removed: counts.removed,
            kept: plan.kept,
            bytes: plan.bytes,
            saved: Vec::new(),
        }
    }

    fn words(&self) -> String {
        format!(
            "{}: {} added, {} modified, {} removed, {} kept, {} to send",
            self.outcome,
            self.added,
            self.modified,
            self.removed,
            self.kept,
            size(self.bytes)
        )
    }
}

/// An error with the next step in its text.
pub fn with_help(error: PublishError) -> anyhow::Error {
    match error.help() {
        Some(help) => anyhow::Error::from(error).context(format!("could not publish; {help}")),
        None => error.into(),
    }
}
