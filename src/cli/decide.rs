//! A decision about an environment as a commit of its file, made again for the newest state of the
//! branch as often as somebody else was faster.

use std::fmt::Write as _;

use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::cli::environment::{FOLDER, read};
use crate::cli::seal::short;
use crate::cli::ship_args::DecideArgs;
use crate::cli::ui::variable;
use crate::cli::ui::{Ui, nanoseconds};
use crate::config::{Desire, Environment, desire};
use crate::diagnostic::nearest;
use crate::repo::{Advanced, Branch, Edit, Pushed, branch_of_head, remote_of, remotes};
use crate::site_path::SitePath;

/// How often a decision is made again.
const TRIES: u64 = 40;
/// How often a remote may refuse although nobody was faster.
const REFUSALS: usize = 3;

/// What is decided about which environment.
pub struct Decision<'a> {
    /// The environment.
    pub environment: &'a str,
    /// The first line of the message.
    pub subject: &'a str,
    /// Makes the decision for the environment as the branch has it; none where it must not be made.
    pub make: &'a dyn Fn(&Environment) -> anyhow::Result<Option<Desire>>,
}

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// It is a commit of the branch.
    Committed {
        /// The commit.
        commit: String,
        /// The branch.
        branch: String,
        /// The remote that has it.
        remote: Option<String>,
    },
    /// The branch says so already.
    Standing,
    /// It must not be made.
    Refused,
}

/// Commits a decision, and pushes it if that is asked for.
pub fn decide(
    ui: &Ui,
    root: &std::path::Path,
    args: &DecideArgs,
    decision: &Decision<'_>,
) -> anyhow::Result<Decided> {
    let name = branch_name(root, args)?;
    let remote = match args.push.as_deref() {
        None => None,
        Some("") => Some(remote_of(root, &name)?.with_context(|| {
            format!("there is no remote to push `{name}` to; name one with `--push REMOTE`")
        })?),
        Some(remote) => {
            let known = remotes(root)?;
            if !known.iter().any(|name| name == remote) {
                let help = nearest(remote, known.iter().map(String::as_str)).map_or_else(
                    || "`git remote add` makes one".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                bail!("there is no remote `{remote}` here; {help}");
            }
            Some(remote.to_owned())
        }
    };
    let file = format!("{FOLDER}/{}.toml", decision.environment);
    let path = SitePath::parse(&file)?;
    let branch = Branch::open(root, &name)?;
    let (mut refusals, mut refused_at) = (0, None);
    for attempt in 1..=TRIES {
        let parent = match &remote {
            Some(remote) => branch.fetch(remote).with_context(|| {
                format!("cannot decide about `{}` without what `{remote}` has", decision.environment)
            })?,
            None => branch.tip()?.with_context(|| {
                format!("there is no branch `{name}` here; check it out, or decide on the remote's with `--push`")
            })?,
        };
        if branch.is_edited(&path)? {
            bail!(
                "`{file}` has changes that are not committed; commit them or take them back with `git checkout HEAD -- {file}`"
            );
        }
        let text = branch.read(&parent, &path)?.with_context(|| {
            format!("the branch `{name}` has no `{file}`; commit it there first")
        })?;
        let text = String::from_utf8(text).with_context(|| format!("`{file}` is no UTF-8 text"))?;
        let environment = read(ui, &path, &text)?;
        let Some(wanted) = (decision.make)(&environment)? else {
            return Ok(Decided::Refused);
        };
        let edited = desire(&text, &wanted)
            .with_context(|| format!("cannot write the decision into `{file}`"))?;
        if edited == text {
            return Ok(Decided::Standing);
        }
        let who = ui.who();
        let edit = Edit {
            path: &path,
            text: &edited,
            message: &message(decision, &wanted, args.reason.as_deref()),
            who: &who,
        };
        let commit = branch.commit(&parent, edit)?;
        let done = |remote| Decided::Committed {
            commit: commit.clone(),
            branch: name.clone(),
            remote,
        };
        match &remote {
            None => match branch.advance(&parent, &commit, &path)? {
                Advanced::Done => return Ok(done(None)),
                Advanced::Overtaken => {}
            },
            Some(remote) => match branch.push(remote, &commit)? {
                Pushed::Done => {
                    bring_along(ui, &branch, &parent, &commit, &path)?;
                    return Ok(done(Some(remote.clone())));
                }
                Pushed::Refused(reason) => {
                    // Nobody was faster, and it says no: it will not say yes.
                    refusals = if refused_at.as_ref() == Some(&parent) {
                        refusals + 1
                    } else {
                        1
                    };
                    if refusals >= REFUSALS {
                        bail!("`{remote}` does not take the commit: {reason}");
                    }
                    refused_at = Some(parent);
                }
            },
        }
        pause(attempt);
    }
    bail!("others changed the branch `{name}` {TRIES} times meanwhile; try again")
}

/// Brings the local branch to what was pushed, where it stood at what the commit was made for.
fn bring_along(
    ui: &Ui,
    branch: &Branch,
    parent: &str,
    commit: &str,
    path: &SitePath,
) -> anyhow::Result<()> {
    let moved = match branch.tip()? {
        None => return Ok(()),
        Some(tip) if tip == parent => branch.advance(parent, commit, path)?,
        Some(_) => Advanced::Overtaken,
    };
    if moved == Advanced::Overtaken {
        ui.note(
            "note: your own branch differs from the remote's; `git pull` brings the commit here",
        );
    }
    Ok(())
}

fn branch_name(root: &std::path::Path, args: &DecideArgs) -> anyhow::Result<String> {
    if let Some(name) = &args.branch {
        return Ok(name.clone());
    }
    if let Some(name) = branch_of_head(root)? {
        return Ok(name);
    }
    let of_github = variable("GITHUB_REF_NAME")
        .filter(|_| variable("GITHUB_REF_TYPE").as_deref() == Some("branch"));
    of_github
        .or_else(|| variable("CI_COMMIT_BRANCH"))
        .context("no branch is checked out here; name the one that gets the commit with `--branch`")
}

/// The message of the commit. `git log` and `tympan log` read its trailers.
fn message(decision: &Decision<'_>, wanted: &Desire, reason: Option<&str>) -> String {
    let mut text = format!(
        "{}\n\nTympan-Environment: {}\n",
        decision.subject, decision.environment
    );
    let mut trailer = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let line: Vec<&str> = value.split_whitespace().collect();
            let _ = writeln!(text, "{name}: {}", line.join(" "));
        }
    };
    trailer(
        "Tympan-Release",
        wanted.release.map(|release| release.to_string()),
    );
    trailer("Tympan-Source", wanted.source.clone());
    trailer("Tympan-From", wanted.from.clone());
    let held = wanted.hold.as_ref().map(|hold| hold.reason.clone());
    trailer(
        "Tympan-Reason",
        reason
            .map(str::to_owned)
            .or(held)
            .filter(|reason| !reason.trim().is_empty()),
    );
    text
}

/// Waits a little longer each time, and never as long as another who waits too.
fn pause(attempt: u64) {
    let spread = nanoseconds() ^ (u64::from(std::process::id()) << 7);
    let longest = 40 * attempt.min(10);
    std::thread::sleep(Duration::from_millis(10 + spread % longest));
}

/// Says what became of a decision, and what comes next.
pub fn tell(ui: &Ui, decided: &Decided, environment: &str) {
    match decided {
        Decided::Committed {
            commit,
            branch,
            remote,
        } => {
            let place = remote
                .as_ref()
                .map_or_else(|| branch.clone(), |remote| format!("{branch} at {remote}"));
            ui.note(&format!("decided   {} on {place}; `tympan publish {environment}` or `tympan sync` makes it so", short(commit)));
        }
        Decided::Standing => ui.note(&format!(
            "decided   nothing new: the file of `{environment}` says so already"
        )),
        Decided::Refused => {}
    }
}
