//! `tympan hook`: what Git runs after a push to a bare repository. The newest commit of the branch
//! that an environment follows is built straight from Git and made live; what is said on the way
//! reaches the one who pushed.

use std::fs::{self, File};
use std::io::{BufRead as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::cli::Outcome;
use crate::cli::args::{Global, HookArgs, PublishArgs};
use crate::cli::environment::Shipping;
use crate::cli::project::{STORE, root};
use crate::cli::publish;
use crate::cli::ui::Ui;
use crate::repo::{branch_of_head, resolve};

/// What pushes wait at for each other, in the folder of the store. It holds the commit that the last
/// one made live.
const LOCK: &str = "hook";

/// How Git writes that a branch is gone.
const GONE: &str = "0000000";

pub fn run(ui: &Ui, global: &Global, args: &HookArgs) -> anyhow::Result<Outcome> {
    let root = root(global)?;
    let pushed = pushed(std::io::stdin().lock())?;
    let Some(branch) = branch(ui, &root, args, &pushed)? else {
        return Ok(Outcome::Clean);
    };
    let mut last = wait(ui, &root, &args.environment)?;
    // While this push waited for another one, more may have come: the newest commit says it all.
    let commit = resolve(&root, &format!("refs/heads/{branch}"))?;
    if last.commit()? == commit {
        ui.note(&format!(
            "tympan: {} of `{branch}` is live already, with a push that came together with this one",
            short(&commit)
        ));
        return Ok(Outcome::Clean);
    }
    let shipping = Shipping::at(ui, &root, &commit)?;
    let mut environment = shipping.environment(ui, &args.environment)?;
    // Its own word about what it follows does not count.
    environment.follow = Some(branch.clone());
    ui.note(&format!(
        "tympan: bringing `{}` to {} of `{branch}`",
        environment.name,
        short(&commit)
    ));
    let publish = PublishArgs {
        environment: args.environment.clone(),
        ..PublishArgs::default()
    };
    let outcome = publish::run_in(ui, global, &shipping, &environment, &publish)?;
    if outcome == Outcome::Clean {
        last.remember(&commit)?;
        if let Some(url) = &environment.url {
            ui.note(&format!("tympan: live at {url}"));
        }
    }
    Ok(outcome)
}

/// The branches that a push changed, and the commit that each has now.
fn pushed(input: impl std::io::Read) -> anyhow::Result<Vec<(String, String)>> {
    let mut pushed = Vec::new();
    for line in std::io::BufReader::new(input).lines() {
        let line = line.context("cannot read what was pushed")?;
        let mut words = line.split(' ');
        let (Some(_), Some(new), Some(name), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            bail!("`{line}` is no line that Git writes to a hook: old commit, new commit, name");
        };
        if let Some(branch) = name.strip_prefix("refs/heads/") {
            pushed.push((branch.to_owned(), new.to_owned()));
        }
    }
    Ok(pushed)
}

/// The branch that the environment follows, if it was pushed. What it follows stands at the HEAD of
/// the repository: whoever may push to some other branch decides nothing.
fn branch(
    ui: &Ui,
    root: &Path,
    args: &HookArgs,
    pushed: &[(String, String)],
) -> anyhow::Result<Option<String>> {
    let name = &args.environment;
    if pushed.is_empty() {
        return Ok(None);
    }
    let shipping = match resolve(root, "HEAD") {
        Ok(commit) => Shipping::at(ui, root, &commit)?,
        Err(error) => {
            let head = branch_of_head(root)?.unwrap_or_default();
            return Err(error).context(format!(
                "the HEAD of this repository says what `{name}` follows, and there is no branch `{head}`; name another with `git symbolic-ref HEAD refs/heads/BRANCH`"
            ));
        }
    };
    let Some(followed) = shipping.environment(ui, name)?.follow else {
        ui.note(&format!(
            "tympan: nothing to publish: `environments/{name}.toml` at the HEAD of this repository follows no branch; write `follow = \"main\"` there"
        ));
        return Ok(None);
    };
    for (branch, commit) in pushed {
        if commit.starts_with(GONE) {
            ui.note(&format!(
                "tympan: `{branch}` is gone; what is live stays live"
            ));
        } else if followed == *branch {
            return Ok(Some(followed));
        } else {
            ui.note(&format!(
                "tympan: nothing to publish: `{name}` follows `{followed}`, and this is `{branch}`"
            ));
        }
    }
    Ok(None)
}

/// The place at which pushes wait, held as long as this lives.
struct Last {
    file: File,
    path: std::path::PathBuf,
}

/// Waits until no other push is at work.
fn wait(ui: &Ui, root: &Path, environment: &str) -> anyhow::Result<Last> {
    let folder = root.join(STORE);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
    let path = folder.join(format!("{LOCK}-{environment}"));
    let open = || {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        options.open(&path)
    };
    let file = open().with_context(|| format!("cannot open `{}`", path.display()))?;
    if file.try_lock().is_err() {
        ui.note("tympan: waiting for the push before");
        file.lock()
            .with_context(|| format!("cannot lock `{}`", path.display()))?;
    }
    Ok(Last { file, path })
}

impl Last {
    /// The commit that was made live last; nothing if none was.
    fn commit(&self) -> anyhow::Result<String> {
        fs::read_to_string(&self.path)
            .with_context(|| format!("cannot read `{}`", self.path.display()))
    }

    fn remember(&mut self, commit: &str) -> anyhow::Result<()> {
        let write = |file: &mut File| {
            file.set_len(0)?;
            file.write_all(commit.as_bytes())
        };
        write(&mut self.file).with_context(|| format!("cannot write `{}`", self.path.display()))
    }
}

fn short(commit: &str) -> String {
    commit.chars().take(7).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_a_push_are_read() {
        let lines = b"00 4be1 refs/heads/main\n00 77aa refs/tags/v1\n12 0000000 refs/heads/a/b\n";
        let read = pushed(&lines[..]).unwrap();
        let shown: Vec<(&str, &str)> = read
            .iter()
            .map(|(branch, commit)| (branch.as_str(), commit.as_str()))
            .collect();
        assert_eq!(shown, [("main", "4be1"), ("a/b", "0000000")]);
        assert!(pushed(&b"x\n"[..]).is_err());
    }
}
