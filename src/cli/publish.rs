//! `tympan publish`: release the commit if needed, then bring an environment to its desired state.

use anyhow::Context as _;
use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::ancestry;
use crate::cli::args::{Global, PublishArgs};
use crate::cli::bring::{Bringing, Following, TargetReport, bring};
use crate::cli::deny::deny_in_git;
use crate::cli::environment::{Shipping, followed};
use crate::cli::job_summary;
use crate::cli::json;
use crate::cli::previews;
use crate::cli::project::root;
use crate::cli::releases::obtain;
use crate::cli::report;
use crate::cli::seal::seal;
use crate::cli::ui::Ui;
use crate::config::Environment;
use crate::diagnostic::Severity;
use crate::digest::Digest;
use crate::publish::PublishError;
use crate::release::Release;
use crate::store::Store;

/// What became of an environment.
#[derive(Serialize)]
pub struct PublishReport<'a> {
    pub format: u32,
    pub environment: &'a str,
    pub release: Digest,
    pub dry_run: bool,
    pub targets: Vec<TargetReport>,
}

pub fn run(ui: &Ui, global: &Global, args: &PublishArgs) -> anyhow::Result<Outcome> {
    let shipping = Shipping::open(ui, root(global)?)?;
    let environment = shipping.environment(ui, &args.environment)?;
    run_in(ui, global, &shipping, &environment, args)
}

/// Brings the targets of an environment to its desired release.
pub fn run_in(
    ui: &Ui,
    global: &Global,
    shipping: &Shipping,
    environment: &Environment,
    args: &PublishArgs,
) -> anyhow::Result<Outcome> {
    for name in &environment.targets {
        shipping.target(name)?;
    }
    if let Some(name) = &args.preview {
        return previews::run(ui, global, args, name, shipping, environment);
    }
    let (store, release) = match &environment.release {
        Some(digest) => {
            let source = environment.source.as_deref();
            obtain(ui, global, shipping, digest, source, None)?
        }
        None => {
            let refused = match args.retry {
                true => None,
                false => ancestry::refused(shipping, environment)?,
            };
            if let Some(refused) = refused {
                ui.error(&refused);
                return Ok(Outcome::Findings);
            }
            released(ui, global, shipping, environment)?
        }
    };
    let bringing = Bringing {
        shipping,
        environment,
        store: &store,
        release: &release,
        retry: args.retry,
        dry_run: args.dry_run,
        following: Following::Once,
        branch: environment.follow.as_deref(),
    };
    let mut brought = bring(ui, bringing)?;
    deny_in_git(ui, bringing, &mut brought, false);
    if !args.dry_run {
        let targets = brought.targets.iter();
        let targets: Vec<(&str, String)> = targets
            .map(|report| (report.target.as_str(), report.words()))
            .collect();
        let summary = job_summary::of_publish(environment, &release.digest(), &targets);
        job_summary::tell(ui, &summary);
    }
    if !args.dry_run {
        previews::collect(ui, shipping, environment);
    }
    if ui.is_json() {
        let report = PublishReport {
            format: 1,
            environment: &environment.name,
            release: release.digest(),
            dry_run: args.dry_run,
            targets: std::mem::take(&mut brought.targets),
        };
        ui.result(&json::to_text(&report)?);
    }
    brought.end(ui)
}

/// The release of the commit that the environment follows, built straight from Git objects.
pub fn released(
    ui: &Ui,
    global: &Global,
    shipping: &Shipping,
    environment: &Environment,
) -> anyhow::Result<(Store, Release)> {
    let commit = match followed(&shipping.root, environment)? {
        Some((_, commit)) => commit,
        None => {
            crate::repo::resolve(&shipping.root, "HEAD").context("publishing needs a commit")?
        }
    };
    let sealed = seal(ui, global, &commit)?;
    let errors: Vec<_> = sealed
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
    Ok((sealed.project.store, sealed.release))
}

/// An error with the next step in its text.
pub fn with_help(error: PublishError) -> anyhow::Error {
    match error.help() {
        Some(help) => anyhow::Error::from(error).context(format!("could not publish; {help}")),
        None => error.into(),
    }
}
