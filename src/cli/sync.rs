//! `tympan sync`: the pull agent, which alone needs the right to write to the targets. Every pass
//! reads what is desired anew, so one that failed or was missed costs time and nothing else.

use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::Serialize;

use crate::cli::Outcome;
use crate::cli::args::Global;
use crate::cli::bring::{Bringing, Following, bring};
use crate::cli::deny::deny_in_git;
use crate::cli::environment::{FOLDER, Shipping};
use crate::cli::json;
use crate::cli::previews;
use crate::cli::project::root;
use crate::cli::publish::{PublishReport, with_help};
use crate::cli::releases::{obtain, own};
use crate::cli::seal::{seal, short};
use crate::cli::ship_args::SyncArgs;
use crate::cli::ui::{Ui, nanoseconds};
use crate::config::{Environment, seconds_of};
use crate::digest::Digest;
use crate::publish;
use crate::release::Release;
use crate::repo::{Branch, branch_of_head, file_at, is_older, remote_of, resolve};
use crate::site_path::SitePath;
use crate::store::Store;

/// The longest wait after passes that failed, in seconds.
const LONGEST: u64 = 15 * 60;

pub fn run(ui: &Ui, global: &Global, args: &SyncArgs) -> anyhow::Result<Outcome> {
    let root = root(global)?;
    let interval = seconds_of(&args.interval)
        .and_then(|seconds| u64::try_from(seconds).ok())
        .filter(|seconds| *seconds > 0)
        .with_context(|| {
            format!(
                "`{}` is no length of time; write it as `30s` or `5m`",
                args.interval
            )
        })?;
    if !args.watch {
        let seen = pass(ui, global, &root, args)?;
        if let Some(told) = &seen.told {
            ui.note(told);
        }
        return Ok(seen.outcome);
    }
    let (mut failures, mut last) = (0_u32, None);
    loop {
        match pass(ui, global, &root, args) {
            Ok(seen) => {
                failures = 0;
                // What stays as it is is told once.
                if let Some(told) = seen.told.as_ref().filter(|_| seen.told != last) {
                    ui.warn(told);
                }
                last = seen.told;
            }
            Err(error) => {
                ui.error(&error);
                failures = failures.saturating_add(1);
                let wait = waiting(interval, failures, 0).as_secs();
                ui.note(&format!("the next look is in about {wait} s"));
            }
        }
        std::thread::sleep(waiting(interval, failures, nanoseconds()));
    }
}

/// What is printed where nothing may be done.
#[derive(Serialize)]
struct Standing<'a> {
    format: u32,
    environment: &'a str,
    release: Option<Digest>,
    dry_run: bool,
    targets: [(); 0],
    held: &'a str,
}

/// What came of one look.
struct Seen {
    outcome: Outcome,
    /// Why nothing is done, if nothing may be.
    told: Option<String>,
}

/// How long to wait: longer after every failure, and never as long as another agent that began at
/// the same time.
fn waiting(interval: u64, failures: u32, spread: u64) -> Duration {
    let grown = interval.saturating_mul(1 << failures.min(10));
    let milliseconds = grown.min(LONGEST.max(interval)).saturating_mul(1000);
    Duration::from_millis(milliseconds + spread % (milliseconds / 5 + 1))
}

/// One look, and what follows from it.
fn pass(ui: &Ui, global: &Global, root: &std::path::Path, args: &SyncArgs) -> anyhow::Result<Seen> {
    let branch = match &args.branch {
        Some(name) => name.clone(),
        None => branch_of_head(root)?
            .context("no branch is checked out here; name one with `--branch`")?,
    };
    let commit = newest(root, &branch)?;
    let unpushed = unpushed(root, &branch, &commit, &args.environment)?;
    let shipping = Shipping::at(ui, root, &commit)?;
    let environment = shipping.environment(ui, &args.environment)?;
    for name in &environment.targets {
        shipping.target(name)?;
    }
    let (store, release) = match (&environment.release, &environment.hold) {
        (None, Some(hold)) => {
            let told = format!("`{}` is on hold: {}", environment.name, hold.reason);
            if !args.dry_run {
                previews::collect(ui, &shipping, &environment);
            }
            if ui.is_json() {
                ui.result(&json::to_text(&Standing {
                    format: 1,
                    environment: &environment.name,
                    release: None,
                    dry_run: args.dry_run,
                    targets: [],
                    held: &hold.reason,
                })?);
            }
            let told: Vec<String> = unpushed.into_iter().chain([told]).collect();
            return Ok(Seen {
                outcome: Outcome::Clean,
                told: Some(told.join("\n")),
            });
        }
        (Some(digest), _) => {
            let known = environment.targets.first().and_then(|name| {
                let target = shipping.open_target(name).ok()?;
                publish::release_at(&*target, digest).ok()?
            });
            obtain(
                ui,
                global,
                &shipping,
                digest,
                environment.source.as_deref(),
                known,
            )?
        }
        (None, None) => {
            let commit = match &environment.follow {
                Some(followed) if *followed != branch => newest(root, followed)?,
                _ => commit,
            };
            of_commit(ui, global, &shipping, &environment, &commit)?
        }
    };
    let bringing = Bringing {
        shipping: &shipping,
        environment: &environment,
        store: &store,
        release: &release,
        retry: false,
        dry_run: args.dry_run,
        following: match args.watch && !args.dry_run {
            true => Following::Closely,
            false => Following::Once,
        },
        branch: Some(&branch),
    };
    let mut brought = bring(ui, bringing)?;
    deny_in_git(ui, bringing, &mut brought, true);
    if !args.dry_run {
        previews::collect(ui, &shipping, &environment);
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
    let refused = brought.refused.iter();
    let refused = refused.map(|refused| format!("error: {refused:#}"));
    let told: Vec<String> = unpushed.into_iter().chain(refused).collect();
    Ok(Seen {
        outcome: brought.end(ui)?,
        told: (!told.is_empty()).then(|| told.join("\n")),
    })
}

/// What to say where the branch here has a decision that its remote does not have.
fn unpushed(
    root: &std::path::Path,
    branch: &str,
    commit: &str,
    environment: &str,
) -> anyhow::Result<Option<String>> {
    let Some(remote) = remote_of(root, branch)? else {
        return Ok(None);
    };
    let Ok(tip) = resolve(root, &format!("refs/heads/{branch}")) else {
        return Ok(None);
    };
    let path = SitePath::parse(&format!("{FOLDER}/{environment}.toml"))?;
    let is_ahead = is_older(root, commit, &tip)?
        && file_at(root, &tip, &path)? != file_at(root, commit, &path)?;
    Ok(is_ahead.then(|| {
        format!("warning: what is decided about `{environment}` here is not at `{remote}` yet; `git push {remote} {branch}` brings it there")
    }))
}

/// The newest commit of a branch: the remote's, where there is one.
fn newest(root: &std::path::Path, name: &str) -> anyhow::Result<String> {
    let remote = remote_of(root, name)?;
    let branch = Branch::open(root, name)?;
    match remote {
        Some(remote) => branch
            .fetch(&remote)
            .with_context(|| format!("cannot ask `{remote}` what must be live")),
        None => match branch.tip()? {
            Some(tip) => Ok(tip),
            None => bail!("there is no branch `{name}` here"),
        },
    }
}

/// The release of a commit: the one that is live already, if it is of this commit, else built.
fn of_commit(
    ui: &Ui,
    global: &Global,
    shipping: &Shipping,
    environment: &Environment,
    commit: &str,
) -> anyhow::Result<(Store, Release)> {
    let mut live: Option<Release> = None;
    for name in &environment.targets {
        let target = shipping.open_target(name)?;
        let there = publish::live(&*target, name).map_err(with_help)?;
        let release = there.and_then(|live| live.release);
        let fits = release.filter(|release| release.source.commit.as_deref() == Some(commit));
        live = match (fits, live.take(), environment.targets.first() == Some(name)) {
            (Some(release), None, true) => Some(release),
            (Some(release), Some(other), _) if release == other => Some(other),
            _ => break,
        };
    }
    let store = own(shipping, global);
    match live.filter(|release| crate::cli::releases::is_whole(&store, release)) {
        Some(release) => Ok((store, release)),
        None => {
            ui.note(&format!(
                "building  {} for `{}`",
                short(commit),
                environment.name
            ));
            let sealed = seal(ui, global, commit)?;
            Ok((sealed.project.store, sealed.release))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_make_it_wait_longer_up_to_a_bound() {
        let seconds = |interval, failures, spread| waiting(interval, failures, spread).as_secs();
        assert_eq!(seconds(60, 0, 0), 60);
        assert_eq!(seconds(60, 1, 0), 120);
        assert_eq!(seconds(60, 20, 0), 900);
        assert_eq!(seconds(3600, 3, 0), 3600);
        assert!((60..=72).contains(&seconds(60, 0, u64::MAX)));
    }
}
