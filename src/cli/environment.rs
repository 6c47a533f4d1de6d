//! Environments and targets as the commands that ship need them.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::cli::report;
use crate::cli::ui::{Ui, variable};
use crate::config::{CONFIG_FILE, Config, Environment, Target, read_config, read_environment};
use crate::diagnostic::{Diagnostic, Severity, nearest};
use crate::repo::Snapshot;
use crate::site_path::SitePath;
use crate::targets;

/// The folder of the desired states.
pub const FOLDER: &str = "environments";

/// The project as the shipping wing sees it: no pages, only places.
pub struct Shipping {
    /// The project's folder.
    pub root: PathBuf,
    /// Its configuration, as it stands in the work tree or at a commit.
    pub config: Config,
    /// The commit, where it is not read from the work tree.
    commit: Option<Snapshot>,
}

impl Shipping {
    /// Reads the configuration. A broken one must not decide where anything goes.
    pub fn open(ui: &Ui, root: PathBuf) -> anyhow::Result<Self> {
        let path = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
        let config = match std::fs::read_to_string(root.join(CONFIG_FILE)) {
            Ok(text) => {
                let (config, found) = read_config(&path, &text);
                refuse_faults(ui, &found, CONFIG_FILE)?;
                config
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Config::default(),
            Err(error) => return Err(error).context(format!("cannot read `{CONFIG_FILE}`")),
        };
        Ok(Self {
            root,
            config,
            commit: None,
        })
    }

    /// A project with a configuration that is known already.
    pub fn with_config(root: PathBuf, config: Config) -> Self {
        Self {
            root,
            config,
            commit: None,
        }
    }

    /// Reads the configuration at a commit, and later the environments there.
    pub fn at(ui: &Ui, root: &Path, commit: &str) -> anyhow::Result<Self> {
        let snapshot = Snapshot::revision(root, commit)?;
        let path = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
        let mut config = Config::default();
        if let Some(text) = text_of(&snapshot, &path)? {
            let (read, found) = read_config(&path, &text);
            refuse_faults(ui, &found, CONFIG_FILE)?;
            config = read;
        }
        Ok(Self {
            root: root.to_path_buf(),
            config,
            commit: Some(snapshot),
        })
    }

    /// The names of all environments, sorted.
    pub fn names(&self) -> Vec<String> {
        let files: Vec<String> = match &self.commit {
            None => {
                let entries = std::fs::read_dir(self.root.join(FOLDER));
                let entries = entries.into_iter().flatten().flatten();
                let names = entries.map(|entry| entry.file_name().into_string());
                names.filter_map(Result::ok).collect()
            }
            Some(commit) => {
                let inside = |path: &SitePath| {
                    let name = path.as_str().strip_prefix(FOLDER)?.strip_prefix('/')?;
                    (!name.contains('/')).then(|| name.to_owned())
                };
                let files = commit.files().iter();
                files.filter_map(|file| inside(&file.path)).collect()
            }
        };
        let names = files.iter().filter_map(|file| file.strip_suffix(".toml"));
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort();
        names
    }

    /// The desired state of one environment.
    pub fn environment(&self, ui: &Ui, name: &str) -> anyhow::Result<Environment> {
        let file = format!("{FOLDER}/{name}.toml");
        let path = SitePath::parse(&file).map_err(|_| anyhow::anyhow!("`{name}` is not a name"))?;
        let text = match &self.commit {
            Some(commit) => text_of(commit, &path)?,
            None => match std::fs::read_to_string(path.on_disk(&self.root)) {
                Ok(text) => Some(text),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                    bail!("`{file}` is no UTF-8 text; save it as UTF-8")
                }
                Err(error) => return Err(error).context(format!("cannot read `{file}`")),
            },
        };
        let Some(text) = text else {
            let names = self.names();
            match nearest(name, names.iter().map(String::as_str)) {
                Some(near) => bail!("there is no environment `{name}`; did you mean `{near}`?"),
                None if names.is_empty() => {
                    bail!(
                        "there is no environment `{name}`; describe it in `{file}`, such as `follow = \"main\"` and `targets = [\"web\"]`"
                    )
                }
                None => bail!(
                    "there is no environment `{name}`; there are: {}",
                    names.join(", ")
                ),
            }
        };
        let environment = read(ui, &path, &text)?;
        if environment.targets.is_empty() {
            bail!(
                "the environment `{name}` has no targets; name some with `targets = [\"…\"]` in `{file}`"
            );
        }
        Ok(environment)
    }

    /// The target with this name.
    pub fn target(&self, name: &str) -> anyhow::Result<&Target> {
        self.config.targets.get(name).with_context(|| {
            format!(
                "there is no target `{name}`; describe it in `{CONFIG_FILE}` as `[targets.{name}]`"
            )
        })
    }

    /// Opens the target with this name, with the credentials of the environment.
    pub fn open_target(&self, name: &str) -> anyhow::Result<Box<dyn targets::Target>> {
        let access = targets::Access {
            project: &self.root,
            variable: &variable,
        };
        let target = targets::open(name, self.target(name)?, access)?;
        #[cfg(debug_assertions)]
        let target = crate::cli::faults::breaking(target);
        Ok(target)
    }
}

/// The text of a file at a commit, if it is there.
fn text_of(snapshot: &Snapshot, path: &SitePath) -> anyhow::Result<Option<String>> {
    if snapshot.get(path).is_none() {
        return Ok(None);
    }
    let text = String::from_utf8(snapshot.read(path)?);
    Ok(Some(
        text.with_context(|| format!("`{path}` is no UTF-8 text"))?,
    ))
}

/// Reads an environment's file. A broken one decides nothing.
pub fn read(ui: &Ui, path: &SitePath, text: &str) -> anyhow::Result<Environment> {
    let (environment, found) = read_environment(path, text);
    refuse_faults(ui, &found, path.as_str())?;
    Ok(environment)
}

/// The commit that an environment which follows a branch must have.
pub fn followed(
    root: &Path,
    environment: &Environment,
) -> anyhow::Result<Option<(String, String)>> {
    let Some(branch) = &environment.follow else {
        return Ok(None);
    };
    // A job of CI may have the remote's branch alone. A tag stays where it is; it is pinned.
    let here = crate::repo::resolve(root, &format!("refs/heads/{branch}"));
    let commit = here
        .or_else(|_| crate::repo::resolve(root, &format!("refs/remotes/origin/{branch}")))
        .map_err(|error| match crate::repo::resolve(root, branch) {
            Ok(_) => anyhow::anyhow!(
                "`{branch}` is no branch, and nothing else moves; name a branch, or pin a release"
            ),
            Err(_) => error.into(),
        })
        .with_context(|| format!("the environment `{}` follows `{branch}`", environment.name))?;
    Ok(Some((branch.clone(), commit)))
}

fn refuse_faults(ui: &Ui, found: &[Diagnostic], file: &str) -> anyhow::Result<()> {
    if found.iter().any(|found| found.severity == Severity::Error) {
        report::print(ui, found);
        bail!("`{file}` has faults; nothing is touched before they are mended");
    }
    Ok(())
}
