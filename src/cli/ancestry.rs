//! An older commit does not replace a newer one: a job that was slow publishes what it checked out, and
//! another one was faster.

use anyhow::anyhow;

use crate::cli::environment::{Shipping, followed};
use crate::cli::publish::with_help;
use crate::cli::seal::short;
use crate::config::Environment;
use crate::publish::{self, Kind};
use crate::repo::{Branch, is_older, remote_of, resolve};

/// Why the commit of the branch that the environment follows must not be published; nothing if it may.
/// What somebody pinned is no reason: a later decision for the branch is newer than that.
pub fn refused(
    shipping: &Shipping,
    environment: &Environment,
) -> anyhow::Result<Option<anyhow::Error>> {
    let root = &shipping.root;
    let Some((branch, commit)) = followed(root, environment)? else {
        return Ok(None);
    };
    for name in &environment.targets {
        let target = shipping.open_target(name)?;
        let Some(live) = publish::live(&*target, name).map_err(with_help)? else {
            continue;
        };
        let deployment = live.deployment;
        let newer = match (deployment.kind, deployment.source) {
            (Kind::Promote | Kind::Rollback, _) | (_, None) => continue,
            (_, Some(newer)) => newer,
        };
        // What the remote does not know either was never pushed, or was taken out of the history.
        if resolve(root, &newer).is_err()
            && let Err(error) = ask(root, &branch)
        {
            return Ok(Some(error.context(format!(
                "`{name}`: what is live was built from {}, which is not here, and nobody could be asked whether it is newer than {} of `{branch}`; fetch, or publish with `--retry`",
                short(&newer),
                short(&commit)
            ))));
        }
        if is_older(root, &commit, &newer)? {
            return Ok(Some(anyhow!(
                "`{name}`: what is live was built from {}, which is newer than {} of `{branch}`; fetch, or go back with `tympan rollback {}`",
                short(&newer),
                short(&commit),
                environment.name
            )));
        }
    }
    Ok(None)
}

/// Asks the remote for what came to a branch since.
fn ask(root: &std::path::Path, branch: &str) -> anyhow::Result<()> {
    if let Some(remote) = remote_of(root, branch)? {
        Branch::open(root, branch)?.fetch(&remote)?;
    }
    Ok(())
}
