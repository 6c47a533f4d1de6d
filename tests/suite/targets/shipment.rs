//! What the tests of the targets share: small releases, and publishing them by hand.

use tympan::config::{self, DriftPolicy, Environment, TargetKind};
use tympan::progress;
use tympan::publish::{self, Kind, PublishError, Published, Request, Signing, Status};
use tympan::release::{
    Artifact, CheckSummary, FORMAT, Lock, Manifest, Release, ReleaseSource, Role,
};
use tympan::site_path::SitePath;
use tympan::store::Store;
use tympan::targets::{self, Access, Target, TargetError};

/// A project with one target of some kind.
pub struct Shipment {
    pub folder: tempfile::TempDir,
    pub store: Store,
    pub settings: config::Target,
    pub environment: Environment,
}

impl Shipment {
    pub fn to(kind: TargetKind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            store: Store::open(&folder.path().join("store")),
            folder,
            settings: config::Target {
                kind,
                max_removals: 100,
                drift: DriftPolicy::Heal,
            },
            environment: Environment {
                name: "test".to_owned(),
                ..Environment::default()
            },
        }
    }

    /// Opens the target `web`, given what stands in the environment.
    pub fn open(&self, variables: &[(&str, &str)]) -> Result<Box<dyn Target>, TargetError> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let access = Access {
            project: self.folder.path(),
            variable: &variable,
        };
        targets::open("web", &self.settings, access)
    }

    /// A release of these files, its bytes in the store.
    pub fn release(&self, files: &[(&str, &str)]) -> Release {
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

    pub fn publish(
        &self,
        target: &dyn Target,
        release: &Release,
        now: i64,
    ) -> Result<Published, PublishError> {
        publish::publish(&Request {
            name: "web",
            target,
            settings: &self.settings,
            environment: &self.environment,
            release,
            store: &self.store,
            kind: Kind::Publish,
            smoke: None,
            signing: Signing::default(),
            who: "Ada",
            holder: "ada-1",
            clock: &|| now,
            lease_seconds: 600,
            retry: false,
            progress: &progress::silent,
        })
    }

    pub fn status(&self, target: &dyn Target, release: &Release) -> Status {
        publish::status(target, "web", Some(release.digest())).unwrap()
    }
}

/// A name of a state object.
pub fn path(text: &str) -> SitePath {
    SitePath::parse(text).unwrap()
}

/// An error with all that caused it, as it is printed.
pub fn told(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told = format!("{told}: {error}");
        cause = error.source();
    }
    told
}
