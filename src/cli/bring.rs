//! Brings the targets of an environment to a release. A release that fails its test at one target goes
//! to no other, and is taken back where it went already.

use anyhow::Context as _;
use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::build::size;
use crate::cli::environment::Shipping;
use crate::cli::lost::remember_live;
use crate::cli::patience;
use crate::cli::publish::with_help;
use crate::cli::report;
use crate::cli::signing;
use crate::cli::smoke::Asker;
use crate::cli::ui::Ui;
use crate::config::{Environment, Hold};
use crate::digest::Digest;
use crate::publish::{self, Deployment, Kind, PublishError, Refusal, Request, Signing};
use crate::release::{Release, lost_routes};
use crate::site_path::SitePath;
use crate::store::Store;

/// How long others wait for a publish that is never heard of again.
const LEASE_SECONDS: i64 = 60;

/// What became of one target.
#[derive(Serialize)]
pub struct TargetReport {
    /// The target.
    pub target: String,
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
    /// The branch that says what must be live, where it is not the one that is checked out.
    pub branch: Option<&'a str>,
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
    /// Why a target itself denies it, though the environment's file does not.
    pub denied: Option<String>,
    /// Why targets could not be brought to it.
    pub errors: Vec<anyhow::Error>,
    /// Why rules refuse it, where somebody looks all the time and may know already.
    pub refused: Vec<anyhow::Error>,
    /// The targets that were brought to it, or brought to it and taken back.
    pub targets: Vec<TargetReport>,
}

/// Why a target was not brought to a release.
enum Failed {
    Publish(PublishError),
    Other(anyhow::Error),
}

impl From<PublishError> for Failed {
    fn from(error: PublishError) -> Self {
        Self::Publish(error)
    }
}

impl From<anyhow::Error> for Failed {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<Failed> for anyhow::Error {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Publish(error) => with_help(error),
            Failed::Other(error) => error,
        }
    }
}

impl Brought {
    /// How it ended; fails with the last error if there was one.
    pub fn end(mut self, ui: &Ui) -> anyhow::Result<Outcome> {
        let last = self.errors.pop();
        self.errors.iter().for_each(|error| ui.error(error));
        last.map_or(Ok(self.outcome), Err)
    }
}

/// Brings every target of an environment to a release, or shows what that would change. That one of
/// them cannot be reached stops no other.
pub fn bring(ui: &Ui, bringing: Bringing<'_>) -> anyhow::Result<Brought> {
    let environment = bringing.environment;
    let release = bringing.release.digest();
    let mut brought = Brought {
        outcome: Outcome::Clean,
        failed: None,
        denied: None,
        errors: Vec::new(),
        refused: Vec::new(),
        targets: Vec::new(),
    };
    // A dry run signs nothing, and needs no key.
    let signer = match bringing.dry_run {
        true => None,
        false => signing::signer(ui, bringing.shipping)?,
    };
    let trust = signing::trust(bringing.shipping)?;
    let signing = Signing {
        signer: signer.as_ref(),
        release: None,
        trust: trust.as_ref(),
        require: bringing.shipping.config.signing.require,
    };
    let mut switched = Vec::new();
    for name in &environment.targets {
        match bring_one(ui, bringing, signing, name) {
            Ok((report, deployment)) => {
                if report.outcome == "refused" {
                    brought.outcome = Outcome::Findings;
                } else if !bringing.dry_run {
                    remember_live(bringing.store, &environment.name, &release);
                }
                brought.targets.push(report);
                switched.extend(deployment.filter(|done| done.kind != Kind::Heal));
            }
            Err(Failed::Publish(PublishError::Smoke { reason, back, .. })) => {
                brought.failed = Some((reason.clone(), back));
                brought.outcome = Outcome::Findings;
                let target = name.clone();
                ui.error(&with_help(PublishError::Smoke {
                    target,
                    release,
                    reason: reason.clone(),
                    back,
                }));
                for done in switched.iter().rev() {
                    take_back(ui, bringing, signing, done, &reason, &mut brought);
                }
                break;
            }
            // A rule forbids it, and will until somebody changes something.
            Err(Failed::Publish(PublishError::Refused { target, refusal }))
                if !matches!(*refusal, Refusal::Leased { .. }) =>
            {
                let hold = environment.hold.as_ref();
                if let Refusal::Denied { reason, .. } = &*refusal
                    && !hold.is_some_and(|hold| hold.deny.contains(&release))
                {
                    brought.denied = Some(reason.clone());
                }
                let error = with_help(PublishError::Refused { target, refusal });
                match bringing.following {
                    Following::Closely => brought.refused.push(error),
                    Following::Once | Following::Quietly => ui.error(&error),
                }
                brought.outcome = Outcome::Findings;
            }
            Err(error) => brought.errors.push(error.into()),
        }
    }
    Ok(brought)
}

fn bring_one(
    ui: &Ui,
    bringing: Bringing<'_>,
    signing: Signing<'_>,
    name: &str,
) -> Result<(TargetReport, Option<Deployment>), Failed> {
    let Bringing {
        shipping,
        environment,
        ..
    } = bringing;
    let settings = shipping.target(name)?;
    let target = shipping.open_target(name)?;
    let progress = |event| ui.event(event);
    let given = signing::kept(ui, bringing.store, bringing.release, signing.trust);
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
        signing: Signing {
            release: given.as_deref(),
            ..signing
        },
        smoke: ask.as_ref().map(|ask| ask as publish::Smoke<'_>),
        who: &who,
        holder: &holder,
        clock: &|| ui.now(),
        lease_seconds: LEASE_SECONDS,
        retry: bringing.retry,
        progress: &progress,
    };
    Ok(match bringing.dry_run {
        true => (look(ui, &request)?, None),
        false => go(ui, &request, bringing.following)?,
    })
}

/// Brings a target that got a release in this run back to the one before, after the release failed its
/// test at another target.
fn take_back(
    ui: &Ui,
    bringing: Bringing<'_>,
    signing: Signing<'_>,
    done: &Deployment,
    reason: &str,
    brought: &mut Brought,
) {
    let name = &done.target;
    let back = || -> anyhow::Result<Option<TargetReport>> {
        let Some(before) = done.previous.filter(|before| *before != done.release) else {
            return Ok(None);
        };
        let target = bringing.shipping.open_target(name)?;
        let release = publish::release_at(&*target, &before)
            .map_err(with_help)?
            .with_context(|| format!("the target does not list the files of {before} any more"))?;
        let environment = Environment {
            release: Some(before),
            source: release.source.commit.clone(),
            from: None,
            hold: Some(Hold {
                reason: format!("the smoke test failed on {reason}"),
                deny: vec![done.release],
            }),
            ..bringing.environment.clone()
        };
        let older = Bringing {
            environment: &environment,
            release: &release,
            retry: true,
            following: Following::Quietly,
            ..bringing
        };
        let (report, _) = bring_one(ui, older, signing, name)?;
        remember_live(bringing.store, &environment.name, &before);
        ui.note(&format!("{name}  {before} is live again there too"));
        Ok(Some(report))
    };
    match back() {
        Ok(Some(mut report)) => {
            "taken-back".clone_into(&mut report.outcome);
            let mut targets = brought.targets.iter_mut();
            if let Some(told) = targets.find(|told| told.target == *name) {
                *told = report;
            }
        }
        Ok(None) => ui.warn(&format!(
            "{name}  nothing else was live there before, so the release stays"
        )),
        Err(error) => brought.errors.push(error.context(format!(
            "the release is still live at target `{name}`; run `tympan rollback {} --now`",
            bringing.environment.name
        ))),
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

fn go(
    ui: &Ui,
    request: &Request<'_>,
    following: Following,
) -> Result<(TargetReport, Option<Deployment>), PublishError> {
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
    Ok((report, done.deployment))
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

    /// What became of it, for people.
    pub fn words(&self) -> String {
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
