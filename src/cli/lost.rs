//! The addresses that a build loses: those that the release before it in the output folder had, and
//! those of the releases that the environments desire. Nothing here changes a release.

use std::collections::{BTreeMap, BTreeSet};

use crate::build::{Built, leveled};
use crate::cli::environment::FOLDER;
use crate::config::read_environment;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::release::{Release, lost_routes};
use crate::repo::Snapshot;
use crate::site_path::SitePath;
use crate::store::{Key, Store};

/// The releases that the environments of a project desire, each with the names of those that do. For
/// one that follows a branch it is the release that was last brought there from here: a build asks no
/// target, which may lie anywhere, and `publish` compares with what the target itself says.
#[derive(Debug, Default)]
pub struct Desired(BTreeMap<Digest, Vec<String>>);

impl Desired {
    /// Reads the environments of a snapshot. One that cannot be read is for the commands that ship
    /// to complain about.
    pub fn read(snapshot: &Snapshot, store: &Store) -> Self {
        let folder = SitePath::parse(FOLDER).expect("a plain name is a path");
        let mut desired: BTreeMap<Digest, Vec<String>> = BTreeMap::new();
        for file in snapshot.files() {
            let path = &file.path;
            if path.parent() != folder || path.extension() != "toml" {
                continue;
            }
            let bytes = snapshot.read(path).unwrap_or_default();
            let (environment, _) = read_environment(path, &String::from_utf8_lossy(&bytes));
            let pinned = environment.release;
            if let Some(release) = pinned.or_else(|| last_live(store, &environment.name)) {
                desired.entry(release).or_default().push(environment.name);
            }
        }
        Self(desired)
    }

    /// Who desires which release, and whether the store has it, for whoever must know whether that
    /// changed.
    pub fn known(&self, store: &Store) -> Vec<(Digest, Vec<String>, bool)> {
        let all = self.0.iter();
        all.map(|(digest, names)| (*digest, names.clone(), store.has(digest)))
            .collect()
    }

    /// The addresses of desired releases that a build lacks, and the environments of which nobody
    /// can say that because their release is not in the store.
    pub fn lost(&self, store: &Store, built: &Built) -> (Vec<Diagnostic>, Vec<String>) {
        let (mut lost, mut unknown) = (Vec::new(), Vec::new());
        let mut holders: BTreeMap<SitePath, BTreeSet<&str>> = BTreeMap::new();
        for (digest, names) in &self.0 {
            let json = store.blob(digest).ok();
            let release = json.and_then(|json| serde_json::from_slice::<Release>(&json).ok());
            match release {
                Some(release) => {
                    for file in release.files.files() {
                        let holder = holders.entry(file.path.clone()).or_default();
                        holder.extend(names.iter().map(String::as_str));
                    }
                }
                None => unknown.extend(names.iter().cloned()),
            }
        }
        let mut gone: BTreeMap<String, Vec<SitePath>> = BTreeMap::new();
        for (path, names) in holders {
            if built.release.files.get(&path).is_none() {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                gone.entry(names.join(" and ")).or_default().push(path);
            }
        }
        for (names, paths) in &gone {
            let holder = format!("the release of {names}");
            lost.extend(lost_routes(paths, &built.release.files, &holder));
        }
        (leveled(&built.site, lost), unknown)
    }
}

/// Remembers what a publish made live in an environment.
pub fn remember_live(store: &Store, environment: &str, release: &Digest) {
    store.cache(&live_key(environment), release.to_string().as_bytes());
}

fn last_live(store: &Store, environment: &str) -> Option<Digest> {
    let text = String::from_utf8(store.recall(&live_key(environment))?).ok()?;
    text.parse().ok()
}

fn live_key(environment: &str) -> Key {
    Key::new("live", 1).input("environment", environment.as_bytes())
}

/// The addresses that the release before in the output folder had.
pub fn lost_of_last<'a>(
    files: impl IntoIterator<Item = &'a SitePath>,
    built: &Built,
) -> Vec<Diagnostic> {
    let lost = lost_routes(files, &built.release.files, "the last release");
    leveled(&built.site, lost)
}
