//! What the tests of this room share: small releases, a folder to publish them to, and requests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::config::{self, DriftPolicy, Environment, TargetKind};
use crate::digest::Digest;
use crate::progress;
use crate::publish::error::PublishError;
use crate::publish::protocol::{Published, publish};
use crate::publish::record::Kind;
use crate::publish::request::Request;
use crate::publish::seal::Signing;
use crate::release::{
    Artifact, CheckSummary, FORMAT, Lock, Manifest, Release, ReleaseSource, Role,
};
use crate::site_path::SitePath;
use crate::store::Store;
use crate::targets::{Directory, Target};

/// A folder with a store and a target.
pub(super) struct Place {
    pub(super) folder: tempfile::TempDir,
    pub(super) store: Store,
    pub(super) target: Directory,
    pub(super) settings: config::Target,
    pub(super) environment: Environment,
    /// The time that all requests tell.
    pub(super) time: Arc<AtomicI64>,
    clock: Box<dyn Fn() -> i64 + Sync>,
}

pub(super) fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let web = folder.path().join("web");
    let time = Arc::new(AtomicI64::new(0));
    let told = Arc::clone(&time);
    Place {
        store: Store::open(&folder.path().join("store")),
        target: Directory::open("web", &web),
        settings: config::Target {
            kind: TargetKind::Directory {
                path: "web".to_owned(),
            },
            max_removals: 100,
            drift: DriftPolicy::Heal,
        },
        environment: Environment {
            name: "test".to_owned(),
            ..Environment::default()
        },
        folder,
        time,
        clock: Box::new(move || told.load(Ordering::SeqCst)),
    }
}

impl Place {
    /// A release of these files, its bytes in the store.
    pub(super) fn release(&self, files: &[(&str, &str)]) -> Release {
        let artifacts: Vec<Artifact> = files
            .iter()
            .map(|(path, text)| {
                self.store.put_blob(text.as_bytes()).unwrap();
                let path = SitePath::parse(path).unwrap();
                let role = match path.extension() {
                    "html" => Role::Page,
                    "xml" => Role::Feed,
                    _ => Role::Asset,
                };
                Artifact::new(path, role, text.as_bytes().to_vec())
            })
            .collect();
        Release {
            base: None,
            format: FORMAT,
            source: ReleaseSource {
                commit: Some("4be1".to_owned()),
                ..ReleaseSource::default()
            },
            lock: Lock::default(),
            checks: CheckSummary::default(),
            outputs: Vec::new(),
            routes: Vec::new(),
            redirects: Vec::new(),
            files: Manifest::of(&artifacts),
        }
    }

    /// A request for a release, and the time set for it and for all others.
    pub(super) fn request<'a>(&'a self, release: &'a Release, now: i64) -> Request<'a> {
        self.time.store(now, Ordering::SeqCst);
        Request {
            name: "web",
            target: &self.target,
            settings: &self.settings,
            environment: &self.environment,
            release,
            store: &self.store,
            kind: Kind::Publish,
            smoke: None,
            signing: Signing::default(),
            who: "Ada",
            holder: "ada-1",
            clock: &self.clock,
            lease_seconds: 600,
            retry: false,
            progress: &progress::silent,
        }
    }

    pub(super) fn publish(&self, release: &Release, now: i64) -> Result<Published, PublishError> {
        publish(&self.request(release, now))
    }

    pub(super) fn web(&self) -> PathBuf {
        self.folder.path().join("web")
    }

    pub(super) fn live(&self) -> PathBuf {
        self.target.document_root()
    }

    pub(super) fn target(&self) -> &dyn Target {
        &self.target
    }
}

/// Leaves a log as a publish does that broke off between the switch and the record.
pub(super) fn unrecord(log: &Path, epoch: u64) {
    fs::remove_file(log.join(format!("{epoch}.json"))).unwrap();
    let pointer = log.parent().unwrap().join("current");
    let text = fs::read(&pointer).unwrap();
    let mut value: serde_json::Value = serde_json::from_slice(&text).unwrap();
    value.as_object_mut().unwrap().remove("recorded").unwrap();
    fs::write(&pointer, value.to_string()).unwrap();
}

/// What a reader finds below a folder: every file, as a web server sees it.
pub(super) fn read_all(folder: &Path) -> BTreeMap<String, Digest> {
    let Ok(folder) = fs::canonicalize(folder) else {
        return BTreeMap::new();
    };
    walkdir::WalkDir::new(&folder)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| !entry.file_type().is_dir())
        .map(|entry| {
            let path = entry.path().strip_prefix(&folder).unwrap();
            let bytes = fs::read(entry.path()).unwrap_or_default();
            (path.to_str().unwrap().to_owned(), Digest::of(&bytes))
        })
        .collect()
}

/// What a reader ought to find.
pub(super) fn manifest_of(release: &Release) -> BTreeMap<String, Digest> {
    let files = release.files.files().iter();
    files
        .map(|file| (file.path.to_string(), file.sha256))
        .collect()
}
