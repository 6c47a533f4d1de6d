//! A decision about an environment as a commit of its file, made again for the newest state of the
//! branch as often as somebody else was faster.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::cli::environment::{FOLDER, Shipping, read};
use crate::cli::seal::short;
use crate::cli::ship_args::DecideArgs;
use crate::cli::ui::variable;
use crate::cli::ui::{Ui, nanoseconds};
use crate::config::{Desire, Environment, desire};
use crate::diagnostic::nearest;
use crate::repo::{
    Advanced, Branch, Edit, Pushed, branch_of_head, is_only_here, remote_of, remotes,
};
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
    pub subject: &'a dyn Fn(&Desire) -> String,
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
    root: &Path,
    args: &DecideArgs,
    decision: &Decision<'_>,
) -> anyhow::Result<Decided> {
    let place = Place::open(root, args)?;
    let Place {
        name,
        remote,
        branch,
    } = &place;
    let file = format!("{FOLDER}/{}.toml", decision.environment);
    let path = SitePath::parse(&file)?;
    let (mut refusals, mut refused_at) = (0, None);
    for attempt in 1..=TRIES {
        let parent = place.parent()?;
        let text = place.text(&parent, &path)?;
        let environment = read(ui, &path, &text)?;
        let Some(wanted) = (decision.make)(&environment)? else {
            return Ok(Decided::Refused);
        };
        let edited = desire(&text, &wanted)
            .with_context(|| format!("cannot write the decision into `{file}`"))?;
        if edited == text {
            return Ok(Decided::Standing);
        }
        if let (Some(remote), Some(source), Some(_)) = (remote, &wanted.source, &wanted.from)
            && is_only_here(root, source)?
        {
            bail!(
                "`{remote}` does not have the commit {} that the release was built from, so nobody else could build it; push it first",
                short(source)
            );
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
        match remote {
            None => match branch.advance(&parent, &commit, &path)? {
                Advanced::Done => return Ok(done(None)),
                Advanced::Behind(why) => {
                    tell_behind(ui, &path, &why);
                    return Ok(done(None));
                }
                Advanced::Overtaken => {}
            },
            Some(remote) => match branch.push(remote, &commit)? {
                Pushed::Done => {
                    if let Err(error) = bring_along(ui, branch, &parent, &commit, &path) {
                        tell_behind(ui, &path, &format!("{error:#}"));
                    }
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

/// Where decisions are made: a branch, here or at a remote.
struct Place {
    name: String,
    remote: Option<String>,
    branch: Branch,
}

impl Place {
    fn open(root: &Path, args: &DecideArgs) -> anyhow::Result<Self> {
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
        let branch = Branch::open(root, &name)?;
        Ok(Self {
            name,
            remote,
            branch,
        })
    }

    /// The commit that a decision is made behind.
    fn parent(&self) -> anyhow::Result<String> {
        let name = &self.name;
        match &self.remote {
            Some(remote) => self
                .branch
                .fetch(remote)
                .with_context(|| format!("cannot decide without what `{remote}` has")),
            None => self.branch.tip()?.with_context(|| {
                format!("there is no branch `{name}` here; check it out, or decide on the remote's with `--push`")
            }),
        }
    }

    /// The file of an environment at that commit, unless somebody is about to change it by hand.
    fn text(&self, parent: &str, path: &SitePath) -> anyhow::Result<String> {
        self.branch.wait_for_index()?;
        self.branch.catch_up(path)?;
        if self.branch.is_edited(path)? {
            bail!(
                "`{path}` has changes that are not committed; commit them or take them back with `git checkout HEAD -- {path}`"
            );
        }
        let text = self.branch.read(parent, path)?.with_context(|| {
            format!(
                "the branch `{}` has no `{path}`; commit it there first",
                self.name
            )
        })?;
        String::from_utf8(text).with_context(|| format!("`{path}` is no UTF-8 text"))
    }
}

/// The project as whoever decides must see it: as the branch has it if one is named or the remote's
/// counts, else as it stands on the disk.
pub fn deciding(ui: &Ui, root: PathBuf, args: &DecideArgs) -> anyhow::Result<Shipping> {
    if args.branch.is_none() && args.push.is_none() {
        return Shipping::open(ui, root);
    }
    let parent = Place::open(&root, args)?.parent()?;
    Shipping::at(ui, &root, &parent)
}

/// Whether a decision could be written now, as far as that can be told before.
pub fn check(ui: &Ui, root: &Path, args: &DecideArgs, environment: &str) -> anyhow::Result<()> {
    let path = SitePath::parse(&format!("{FOLDER}/{environment}.toml"))?;
    let place = Place::open(root, args)?;
    let text = place.text(&place.parent()?, &path)?;
    read(ui, &path, &text).map(drop)
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
    match moved {
        Advanced::Done => {}
        Advanced::Behind(why) => tell_behind(ui, path, &why),
        Advanced::Overtaken => ui.note(
            "note: your own branch differs from the remote's; `git pull` brings the commit here",
        ),
    }
    Ok(())
}

/// Says that a commit is made and a worktree does not show it.
fn tell_behind(ui: &Ui, path: &SitePath, why: &str) {
    ui.warn(&format!("the commit is made, and `{path}` is still the older one on the disk: {why}; `git checkout HEAD -- {path}` brings it, before you commit anything"));
}

fn branch_name(root: &Path, args: &DecideArgs) -> anyhow::Result<String> {
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
        (decision.subject)(wanted),
        decision.environment
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
pub fn tell(ui: &Ui, root: &Path, decided: &Decided, environment: &str) {
    match decided {
        Decided::Committed {
            commit,
            branch,
            remote,
        } => {
            let place = remote
                .as_ref()
                .map_or_else(|| branch.clone(), |remote| format!("{branch} at {remote}"));
            let other = remote_of(root, branch).ok().flatten();
            let next = match other.filter(|_| remote.is_none()) {
                Some(other) => format!(
                    "`git push {other} {branch}` tells others, and `tympan publish {environment}` makes it so"
                ),
                None => format!("`tympan publish {environment}` or `tympan sync` makes it so"),
            };
            ui.note(&format!("decided   {} on {place}; {next}", short(commit)));
        }
        Decided::Standing => ui.note(&format!(
            "decided   nothing new: the file of `{environment}` says so already"
        )),
        Decided::Refused => {}
    }
}
