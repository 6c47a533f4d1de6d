//! What a target denies by itself, written into Git where the policy says so.

use anyhow::Context as _;

use crate::cli::bring::{Bringing, Brought, Following};
use crate::cli::decide::Decided;
use crate::cli::rollback::{self, Way};
use crate::cli::ship_args::DecideArgs;
use crate::cli::ui::Ui;
use crate::config::Environment;
use crate::publish::{self, Verdict};
use crate::repo::{branch_of_head, remote_of};

/// Writes into Git what a failed smoke test did, now or in a run whose commit failed: the release before
/// is pinned and the failed one denied, unless the branch wants something else by now. `is_newest` says
/// that the release is of the newest commit of what the environment follows. That it cannot be written
/// changes nothing at the targets, which deny it themselves.
pub fn deny_in_git(ui: &Ui, bringing: Bringing<'_>, brought: &mut Brought, is_newest: bool) {
    let environment = bringing.environment;
    let fails_now = brought.failed.is_some();
    let (reason, back) = match (&brought.failed, &brought.denied) {
        (Some((reason, Some(back))), _) => {
            (format!("the smoke test failed on {reason}"), Some(*back))
        }
        (None, Some(reason)) => (reason.clone(), None),
        _ => return,
    };
    if !environment.policy.auto_rollback {
        return;
    }
    let root = &bringing.shipping.root;
    let failed = bringing.release.digest();
    let decide = || {
        let name = environment
            .targets
            .first()
            .context("an environment has targets")?;
        let target = bringing.shipping.open_target(name)?;
        let live = publish::live(&*target, name)?.map(|live| live.deployment);
        let release = match (back, &live) {
            (Some(back), _) => back,
            (None, Some(live)) if live.result == Verdict::Healthy && live.release != failed => {
                live.release
            }
            (None, _) => return Ok(Decided::Refused),
        };
        let way = Way {
            release,
            source: live
                .filter(|live| live.release == release)
                .and_then(|live| live.source),
            deny: Some(failed),
            named: false,
        };
        let choose = |now: &Environment| {
            let asks = match now.release {
                // Who pins it under a hold means it.
                Some(pinned) => pinned == failed && (fails_now || now.hold.is_none()),
                None => now.hold.is_none() && (fails_now || is_newest),
            };
            Ok(asks.then(|| way.clone()))
        };
        let branch = match bringing.branch {
            Some(branch) => Some(branch.to_owned()),
            None => branch_of_head(root)?,
        };
        let mut args = DecideArgs::default();
        if remote_of(root, branch.as_deref().unwrap_or_default())?.is_some() {
            args.push = Some(String::new());
        }
        args.branch = branch;
        let name = &environment.name;
        rollback::write(ui, bringing.shipping, &args, name, &choose, Some(&reason))
    };
    match decide() {
        Ok(Decided::Committed { .. } | Decided::Standing) => ui.note(&format!(
            "`{}` is on hold in Git at the release before",
            environment.name
        )),
        Ok(Decided::Refused) => {}
        Err(error) => {
            let to = back.map_or_else(String::new, |back| format!(" --to {back}"));
            let error = error.context(format!("the target denies the release, and Git does not say so yet; run `tympan rollback {}{to}`", environment.name));
            match bringing.following {
                Following::Closely if !fails_now => brought.refused.push(error),
                _ => ui.error(&error),
            }
        }
    }
}
