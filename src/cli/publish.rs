//! `tympan publish`: release the commit if needed, then bring an environment to its desired state.

use anyhow::Context as _;
use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::args::{Global, PublishArgs};
use crate::cli::build::size;
use crate::cli::environment::{Shipping, followed};
use crate::cli::job_summary;
use crate::cli::json;
use crate::cli::lost::remember_live;
use crate::cli::patience;
use crate::cli::previews;
use crate::cli::project::root;
use crate::cli::releases::obtain;
use crate::cli::report;
use crate::cli::rollback::{self, Way};
use crate::cli::seal::seal;
use crate::cli::ship_args::DecideArgs;
use crate::cli::signing::signer;
use crate::cli::smoke::Asker;
use crate::cli::ui::Ui;
use crate::config::Environment;
use crate::diagnostic::Severity;
use crate::digest::Digest;
use crate::publish::{self, Kind, PublishError, Request};
use crate::release::{Release, lost_routes};
use crate::site_path::SitePath;
use crate::store::Store;

/// How long others wait for a publish that is never heard of again.
const LEASE_SECONDS: i64 = 60;

/// What became of an environment.
#[derive(Serialize)]
pub struct PublishReport<'a> {
    pub format: u32,
    pub environment: &'a str,
    pub release: Digest,
    pub dry_run: bool,
    pub targets: Vec<TargetReport>,
}

/// What became of one target.
#[derive(Serialize)]
pub struct TargetReport {
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

/// What is to be brought where.
#[derive(Clone, Copy)]
pub struct Bringing<'a> {
    /// The project's places.
    pub shipping: &'a Shipping,
    /// The environment.
    pub environment: &'a Environment,
    /// The store that has the release.
    pub store: &'a Store,
    /// The release.
    pub release: &'a Release,
    /// Whether a release that failed at a target is tried once more.
    pub retry: bool,
    /// Whether nothing is touched.
    pub dry_run: bool,
    /// Whether what is as it must be is told.
    pub following: Following,
}

/// How often somebody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Following {
    /// Once, and wants to know what came of it.
    Once,
    /// All the time, and wants to know what changes.
    Closely,
    /// Nobody: it clears up after others.
    Quietly,
}

/// What became of it.
pub struct Brought {
    /// Whether every target has the release.
    pub outcome: Outcome,
    /// Why the smoke test failed at a target, and what is live there again.
    pub failed: Option<(String, Option<Digest>)>,
    /// Why rules refuse it, where somebody looks all the time and may know already.
    pub refused: Vec<anyhow::Error>,
    /// The targets that were brought to it.
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
        None => released(ui, global, shipping, environment)?,
    };
    let bringing = Bringing {
        shipping,
        environment,
        store: &store,
        release: &release,
        retry: args.retry,
        dry_run: args.dry_run,
        following: Following::Once,
    };
    let brought = bring(ui, bringing)?;
    deny_in_git(ui, bringing, &brought);
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
            targets: brought.targets,
        };
        ui.result(&json::to_text(&report)?);
    }
    Ok(brought.outcome)
}

/// Brings every target of an environment to a release, or shows what that would change.
pub fn bring(ui: &Ui, bringing: Bringing<'_>) -> anyhow::Result<Brought> {
    let Bringing {
        shipping,
        environment,
        ..
    } = bringing;
    let mut brought = Brought {
        outcome: Outcome::Clean,
        failed: None,
        refused: Vec::new(),
        targets: Vec::new(),
    };
    // A dry run signs nothing, and needs no key.
    let signer = match bringing.dry_run {
        true => None,
        false => signer(shipping)?,
    };
    for name in &environment.targets {
        let settings = shipping.target(name)?;
        let target = shipping.open_target(name)?;
        let progress = |event| ui.event(event);
        let (who, holder) = (ui.who(), ui.holder());
        let asker = Asker::of(ui, environment, name, &settings.kind)?;
        let ask = asker
            .as_ref()
            .map(|asker| |route: &_, file: Option<&_>| asker.ask(route, file));
        let request = Request {
            name,
            target: &*target,
            settings,
            environment,
            release: bringing.release,
            store: bringing.store,
            kind: kind(environment),
            signer: signer.as_ref(),
            smoke: ask.as_ref().map(|ask| ask as publish::Smoke<'_>),
            who: &who,
            holder: &holder,
            clock: &|| ui.now(),
            lease_seconds: LEASE_SECONDS,
            retry: bringing.retry,
            progress: &progress,
        };
        let done = match bringing.dry_run {
            true => look(ui, &request),
            false => go(ui, &request, bringing.following),
        };
        match done {
            Ok(report) => {
                if report.outcome == "refused" {
                    brought.outcome = Outcome::Findings;
                } else if !bringing.dry_run {
                    let release = bringing.release.digest();
                    remember_live(bringing.store, &environment.name, &release);
                }
                brought.targets.push(report);
            }
            Err(PublishError::Smoke { reason, back, .. }) if brought.failed.is_none() => {
                let release = bringing.release.digest();
                brought.failed = Some((reason.clone(), back));
                let target = name.clone();
                ui.error(&with_help(PublishError::Smoke {
                    target,
                    release,
                    reason,
                    back,
                }));
                brought.outcome = Outcome::Findings;
            }
            Err(error @ PublishError::Smoke { .. }) => {
                ui.error(&with_help(error));
                brought.outcome = Outcome::Findings;
            }
            // A rule forbids it, and will until somebody changes something.
            Err(error @ PublishError::Refused { .. }) if !error.is_passing() => {
                match bringing.following {
                    Following::Closely => brought.refused.push(with_help(error)),
                    Following::Once | Following::Quietly => ui.error(&with_help(error)),
                }
                brought.outcome = Outcome::Findings;
            }
            Err(error) => return Err(with_help(error)),
        }
    }
    Ok(brought)
}

/// Writes into Git what a failed smoke test did, where the policy says so: the release before is
/// pinned and the failed one denied. That it cannot be written changes nothing at the targets, which
/// deny it themselves.
pub fn deny_in_git(ui: &Ui, bringing: Bringing<'_>, brought: &Brought) {
    let environment = bringing.environment;
    let Some((reason, Some(back))) = &brought.failed else {
        return;
    };
    if !environment.policy.auto_rollback {
        return;
    }
    let root = &bringing.shipping.root;
    let decide = || {
        let name = environment
            .targets
            .first()
            .context("an environment has targets")?;
        let target = bringing.shipping.open_target(name)?;
        let live = publish::live(&*target, name)?;
        let live = live.filter(|live| live.deployment.release == *back);
        let way = Way {
            release: *back,
            source: live.and_then(|live| live.deployment.source),
            deny: Some(bringing.release.digest()),
        };
        let mut args = DecideArgs::default();
        let branch = crate::repo::branch_of_head(root)?.unwrap_or_default();
        if crate::repo::remote_of(root, &branch)?.is_some() {
            args.push = Some(String::new());
        }
        let reason = format!("the smoke test failed on {reason}");
        rollback::write(
            ui,
            bringing.shipping,
            &args,
            &environment.name,
            &way,
            &reason,
        )
    };
    match decide() {
        Ok(_) => ui.note(&format!(
            "`{}` is on hold in Git at the release before",
            environment.name
        )),
        Err(error) => {
            ui.error(&error.context(format!("the target denies the release, and Git does not say so yet; run `tympan rollback {} --to {back}`", environment.name)));
        }
    }
}

/// What a publish is done for, as the environment's file tells it.
fn kind(environment: &Environment) -> Kind {
    match (&environment.release, &environment.hold, &environment.from) {
        (Some(_), Some(_), _) => Kind::Rollback,
        (Some(_), None, Some(_)) => Kind::Promote,
        _ => Kind::Publish,
    }
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

fn go(ui: &Ui, request: &Request<'_>, following: Following) -> Result<TargetReport, PublishError> {
    let done = patience::publish(ui, request)?;
    if following != Following::Quietly {
        tell_lost(ui, request, &done.outcome, done.plan.changes.removals());
    }
    let word = word(&done.outcome);
    let mut report = TargetReport::new(request.name, word.to_owned(), &done.plan);
    report.epoch = done.deployment.as_ref().map(|deployment| deployment.epoch);
    report.saved = done.saved.iter().map(ToString::to_string).collect();
    let epoch = report
        .epoch
        .map_or_else(String::new, |epoch| format!(", epoch {epoch}"));
    let told = match following {
        Following::Once => true,
        Following::Closely => done.deployment.is_some(),
        Following::Quietly => false,
    };
    if told {
        ui.note(&format!("{}  {}{epoch}", request.name, report.words()));
    }
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
