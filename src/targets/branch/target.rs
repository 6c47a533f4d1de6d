//! A branch as a target.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::release::File;
use crate::repo::{Moved, RepoError, TreeEdit, veiled};
use crate::site_path::SitePath;
use crate::targets::branch::opened::{NO_JEKYLL, Opened, locked, place};
use crate::targets::branch::state::{Known, State, TRIES, version};
use crate::targets::target::{
    Capabilities, Capability, Object, Observed, ObservedFile, POINTER, Put, Swap, Target,
    TargetError, Tree, Version, Versioned, View,
};

/// A branch of a Git repository.
pub struct Branch {
    name: String,
    project: PathBuf,
    remote: String,
    head: String,
    opened: Mutex<Option<Arc<Opened>>>,
}

impl Branch {
    /// Names a branch as a target: of a remote of the project's repository, or of the repository at
    /// an address. It is asked for when something is first read.
    pub fn open(name: &str, project: &Path, remote: &str, branch: &str) -> Self {
        Self {
            name: name.to_owned(),
            project: project.to_path_buf(),
            remote: remote.to_owned(),
            head: branch.to_owned(),
            opened: Mutex::default(),
        }
    }

    fn opened(&self) -> Result<Arc<Opened>, TargetError> {
        let mut opened = locked(&self.opened);
        if let Some(opened) = opened.as_ref() {
            return Ok(Arc::clone(opened));
        }
        let objects = self.objects().map_err(|source| TargetError::Write {
            target: self.name.clone(),
            path: ".tympan/git".to_owned(),
            source: source.into(),
        })?;
        let state = State::open(&self.project, &self.remote, &self.head, &objects);
        let made = Arc::new(Opened::new(state.map_err(|error| self.read_fault(error))?));
        *opened = Some(Arc::clone(&made));
        Ok(made)
    }

    /// The folder of objects, where Git does not see it.
    fn objects(&self) -> std::io::Result<PathBuf> {
        let folder = self.project.join(".tympan");
        let objects = folder.join("git");
        fs::create_dir_all(&objects)?;
        let ignore = folder.join(".gitignore");
        if !ignore.exists() {
            fs::write(ignore, "*\n")?;
        }
        Ok(objects)
    }

    fn told(&self) -> String {
        format!("{} of {}", self.head, veiled(&self.remote))
    }

    fn read_fault(&self, source: RepoError) -> TargetError {
        TargetError::Read {
            target: self.name.clone(),
            path: self.told(),
            source: source.into(),
        }
    }

    fn write_fault(&self, source: RepoError) -> TargetError {
        TargetError::Write {
            target: self.name.clone(),
            path: self.told(),
            source: source.into(),
        }
    }

    /// That nobody let a change through: each time another one came first.
    fn crowded(&self) -> TargetError {
        TargetError::Write {
            target: self.name.clone(),
            path: self.told(),
            source: "others change it all the time; try again".into(),
        }
    }

    /// The tree that is live; a branch that no tree was made live in is somebody else's.
    fn live(&self, opened: &Opened, known: &Known) -> Result<Option<Tree>, TargetError> {
        let live = opened.state.live(known);
        let live = live.map_err(|error| self.read_fault(error))?;
        if live.is_none() && known.branch.is_some() {
            return Err(TargetError::Foreign {
                target: self.name.clone(),
                path: self.told(),
            });
        }
        Ok(live)
    }
}

impl Target for Branch {
    fn capabilities(&self) -> Capabilities {
        let promised = [
            Capability::AtomicSwitch,
            Capability::SideBySide,
            Capability::ConditionalPut,
            Capability::ConditionalFiles,
            Capability::ListDigests,
        ];
        Capabilities(promised.into())
    }

    fn read(&self, object: &Object) -> Result<Option<Versioned>, TargetError> {
        let opened = self.opened()?;
        match object {
            Object::State(path) => opened.read_state(path),
            Object::Live(path) => {
                let known = opened
                    .state
                    .known()
                    .map_err(|error| self.read_fault(error))?;
                self.live(&opened, &known)?;
                let remote = &opened.state.remote;
                let object = match &known.branch {
                    Some(commit) => remote.find(commit, path.as_str()),
                    None => Ok(None),
                };
                object.and_then(|object| {
                    let bytes = object.map(|object| remote.read(&object)).transpose()?;
                    Ok(bytes.flatten().map(|bytes| Versioned {
                        version: version(&bytes),
                        bytes,
                    }))
                })
            }
        }
        .map_err(|error| self.read_fault(error))
    }

    fn swap(
        &self,
        state: &SitePath,
        expected: Option<&Version>,
        bytes: &[u8],
    ) -> Result<Swap, TargetError> {
        let opened = self.opened()?;
        let read = |error| self.read_fault(error);
        let write = |error| self.write_fault(error);
        let mut known = opened.state.known().map_err(read)?;
        for again in 0..TRIES {
            let mut found = opened.state.read(&known, state).map_err(read)?;
            if again == 0 && found.as_ref().map(|found| &found.version) != expected {
                // What is known may be old.
                known = opened.state.fresh().map_err(read)?;
                found = opened.state.read(&known, state).map_err(read)?;
            }
            if found.map(|found| found.version).as_ref() != expected {
                return Ok(Swap::Lost);
            }
            let path = state.to_string();
            let object = opened.state.remote.write(bytes).map_err(write)?;
            let edits = [TreeEdit::File { path, object }];
            let commit = opened.state.commit(known.state.as_deref(), &edits);
            let commit = commit.map_err(write)?;
            match opened.state.push(&known, None, &commit).map_err(write)? {
                Moved::Done => return Ok(Swap::Done(version(bytes))),
                // Somebody changed this object, or another one.
                Moved::Stale => known = opened.state.fresh().map_err(read)?,
            }
        }
        Err(self.crowded())
    }

    fn observe(&self, view: View) -> Result<Observed, TargetError> {
        let opened = self.opened()?;
        let read = |error| self.read_fault(error);
        let (tree, object, ours) = match view {
            View::Tree(tree) => {
                let known = opened.state.known().map_err(read)?;
                (Some(tree), opened.tree(&known, tree).map_err(read)?, false)
            }
            View::Live => {
                let known = opened.state.fresh().map_err(read)?;
                let tree = self.live(&opened, &known)?;
                let ours = opened.adds(&known, tree).map_err(read)?;
                (tree, known.branch, ours)
            }
        };
        let Some(object) = object else {
            return Ok(Observed {
                tree,
                ..Observed::default()
            });
        };
        let (files, strangers) = opened.list(&object).map_err(read)?;
        let mut files: Vec<ObservedFile> = files.into_iter().map(|(file, _)| file).collect();
        if ours {
            files.retain(|file| file.path.as_str() != NO_JEKYLL || file.size > 0);
        }
        Ok(Observed {
            tree,
            files,
            strangers,
        })
    }

    fn keep(&self, tree: Tree, file: &File) -> Result<bool, TargetError> {
        let opened = self.opened()?;
        let donors = opened
            .donors(tree)
            .map_err(|error| self.read_fault(error))?;
        let Some(object) = donors.get(&file.sha256) else {
            return Ok(false);
        };
        let mut making = locked(&opened.making);
        let making = making.entry(tree).or_default();
        making.files.insert(file.path.clone(), object.clone());
        making.made = None;
        Ok(true)
    }

    fn put(&self, tree: Tree, file: &File, bytes: &[u8]) -> Result<Put, TargetError> {
        let put = self.opened()?.put(tree, &file.path, bytes);
        put.map_err(|error| self.write_fault(error))?;
        Ok(Put::Done)
    }

    fn switch(&self, tree: Tree, expected: &Version, pointer: &[u8]) -> Result<Swap, TargetError> {
        let opened = self.opened()?;
        let write = |error| self.write_fault(error);
        let path = SitePath::parse(POINTER).expect("a constant that is a plain path");
        for _ in 0..TRIES {
            let known = opened
                .state
                .fresh()
                .map_err(|error| self.read_fault(error))?;
            let found = opened.state.read(&known, &path).map_err(write)?;
            if found.map(|found| found.version).as_ref() != Some(expected) {
                return Ok(Swap::Lost);
            }
            self.live(&opened, &known)?;
            let (served, state) = opened.switched(&known, tree, pointer).map_err(write)?;
            let moved = opened.state.push(&known, Some(&served), &state);
            if moved.map_err(write)? == Moved::Done {
                locked(&opened.making).remove(&tree);
                return Ok(Swap::Done(version(pointer)));
            }
        }
        Err(self.crowded())
    }

    fn collect(&self, keep: &[Tree], _stale: &[SitePath]) -> Result<(), TargetError> {
        let opened = self.opened()?;
        let (read, write) = (
            |error| self.read_fault(error),
            |error| self.write_fault(error),
        );
        let newest = keep.iter().map(|tree| tree.epoch).max().unwrap_or(0);
        let mut known = opened.state.known().map_err(read)?;
        for _ in 0..TRIES {
            let live = opened.state.live(&known).map_err(read)?;
            let trees = opened.state.trees(&known).map_err(read)?;
            let gone = trees
                .into_iter()
                .filter(|tree| !keep.contains(tree) && live != Some(*tree) && tree.epoch < newest);
            let edits: Vec<TreeEdit> = gone
                .map(|tree| TreeEdit::Remove { path: place(tree) })
                .collect();
            if edits.is_empty() {
                return Ok(());
            }
            let state = opened.state.commit(known.state.as_deref(), &edits);
            let state = state.map_err(write)?;
            match opened.state.push(&known, None, &state).map_err(write)? {
                Moved::Done => return Ok(()),
                Moved::Stale => known = opened.state.fresh().map_err(read)?,
            }
        }
        Err(self.crowded())
    }
}
