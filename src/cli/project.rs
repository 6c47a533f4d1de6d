//! Opening a project: its folder, its snapshot, its store.

use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::cli::args::{Global, PagesArgs};
use crate::cli::ui::Ui;
use crate::repo::{History, Snapshot};
use crate::site::LoadOptions;
use crate::site_path::SitePath;
use crate::store::Store;

/// The folder in a project that holds the store.
pub const STORE: &str = ".tympan";

/// A project of which only the list of its files is known.
pub struct Listed {
    /// Its folder, absolute.
    pub root: PathBuf,
    /// The files it is read from.
    pub snapshot: Snapshot,
    /// Where dear results are kept.
    pub store: Store,
}

/// A project that a command works on.
pub struct Project {
    /// Its folder, absolute.
    pub root: PathBuf,
    /// The files it is read from.
    pub snapshot: Snapshot,
    /// Who changed what and when.
    pub history: History,
    /// Where dear results are kept.
    pub store: Store,
}

impl Listed {
    /// Lists the files of the folder that `-C` names, at a revision or as they are.
    pub fn open(global: &Global, rev: Option<&str>) -> anyhow::Result<Self> {
        let root = root(global)?;
        let snapshot = match rev {
            Some(rev) => Snapshot::revision(&root, rev)?,
            None => Snapshot::worktree(&root)?,
        };
        let store = Store::open(&root.join(STORE)).sharing(global.shared_cache.as_deref());
        Ok(Self {
            root,
            snapshot,
            store,
        })
    }

    /// Lists what is staged for the next commit, in the file that holds it if not in the usual one.
    pub fn staged(global: &Global, index: Option<&Path>) -> anyhow::Result<Self> {
        let root = root(global)?;
        let snapshot = Snapshot::staged(&root, index)?;
        let store = Store::open(&root.join(STORE)).sharing(global.shared_cache.as_deref());
        Ok(Self {
            root,
            snapshot,
            store,
        })
    }

    /// How the site is loaded.
    pub fn load_options(&self, ui: &Ui, pages: &PagesArgs, output: &Path) -> LoadOptions {
        load_options(&self.root, ui, pages, output)
    }

    /// Reads the history, which takes longer the longer it is.
    pub fn with_history(self, ui: &Ui) -> anyhow::Result<Project> {
        let Self {
            root,
            snapshot,
            store,
        } = self;
        let history = History::read(&root, snapshot.source().commit.as_deref())?;
        if snapshot.source().commit.is_none() {
            ui.note("note: there is no commit here, so pages have no dates and authors from history, and the release names no source (`git init` begins one)");
        }
        if history.is_shallow() {
            ui.note("note: this is a shallow clone, so the dates and authors of older pages are not known (`git fetch --unshallow` brings them)");
        }
        Ok(Project {
            root,
            snapshot,
            history,
            store,
        })
    }
}

impl Project {
    /// Opens the folder that `-C` names, at a revision or as it is.
    pub fn open(ui: &Ui, global: &Global, rev: Option<&str>) -> anyhow::Result<Self> {
        Listed::open(global, rev)?.with_history(ui)
    }

    /// How the site is loaded.
    pub fn load_options(&self, ui: &Ui, pages: &PagesArgs, output: &Path) -> LoadOptions {
        load_options(&self.root, ui, pages, output)
    }
}

/// How the site in a folder is loaded.
pub fn load_options(root: &Path, ui: &Ui, pages: &PagesArgs, output: &Path) -> LoadOptions {
    LoadOptions {
        drafts: pages.drafts,
        future: pages.future,
        expired: pages.expired,
        now: ui.now(),
        exclude: inside(root, output),
        placed: None,
        dictionaries: Vec::new(),
        profile: None,
    }
}

/// The project's folder, absolute.
pub fn root(global: &Global) -> anyhow::Result<PathBuf> {
    let root: PathBuf = Path::new(".")
        .iter()
        .map(Path::new)
        .chain(global.directory.iter().map(PathBuf::as_path))
        .collect();
    if !root.exists() {
        bail!("the folder `{}` does not exist", root.display());
    }
    if !root.is_dir() {
        bail!(
            "`{}` is not a folder; name the project's folder with `-C`",
            root.display()
        );
    }
    std::fs::canonicalize(&root).with_context(|| format!("cannot open `{}`", root.display()))
}

/// A path typed relative to the project, without `.` and `..`, whether or not it is there.
pub fn below(root: &Path, typed: &Path) -> PathBuf {
    let mut path = root.to_path_buf();
    for part in typed.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                path.pop();
            }
            part => path.push(part),
        }
    }
    path
}

/// A path below the project as a path of the site.
pub fn inside(root: &Path, path: &Path) -> Option<SitePath> {
    let below = path.strip_prefix(root).ok()?;
    let path = SitePath::parse(below.to_str()?).ok()?;
    (!path.is_root()).then_some(path)
}
