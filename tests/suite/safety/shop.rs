//! Releases to publish through the library, and a bucket to publish them to.

use std::path::Path;

use tympan::config::{self, DriftPolicy, Environment, TargetKind};
use tympan::progress;
use tympan::publish::{Clock, Kind, PublishError, Published, Request, Signing, publish};
use tympan::release::{
    Artifact, CheckSummary, FORMAT, Lock, Manifest, Release, ReleaseSource, Role,
};
use tympan::site_path::SitePath;
use tympan::store::Store;
use tympan::targets::{Access, Target, open};

use crate::servers::Server;

/// A store of releases, and the environment that they are for.
pub struct Shop {
    store: Store,
    environment: Environment,
    _folder: tempfile::TempDir,
}

impl Shop {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            store: Store::open(folder.path()),
            environment: Environment {
                name: "test".to_owned(),
                ..Environment::default()
            },
            _folder: folder,
        }
    }

    /// Publishes a release by its number.
    pub fn publish(
        &self,
        target: &dyn Target,
        settings: &config::Target,
        at: usize,
        holder: &str,
        clock: Clock<'_>,
    ) -> Result<Published, PublishError> {
        publish(&Request {
            name: "web",
            target,
            settings,
            environment: &self.environment,
            release: &release(&self.store, at),
            store: &self.store,
            kind: Kind::Publish,
            smoke: None,
            signing: Signing::default(),
            who: "Ada",
            holder,
            clock,
            lease_seconds: 60,
            retry: false,
            progress: &progress::silent,
        })
    }

    /// What a release by its number is called.
    pub fn digest(&self, at: usize) -> tympan::digest::Digest {
        release(&self.store, at).digest()
    }
}

pub fn settings(kind: TargetKind) -> config::Target {
    config::Target {
        kind,
        max_removals: 100,
        drift: DriftPolicy::Heal,
    }
}

/// A bucket of a server, which is asked at `port`.
pub fn bucket(server: &Server, port: u16) -> config::Target {
    // A server may answer before it can do anything.
    let made = (0..300).any(|_| {
        let made = ureq::put(format!("{}/guide", server.url())).send_empty();
        if made.is_err() {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        made.is_ok()
    });
    assert!(made, "{}", server.log());
    settings(TargetKind::S3 {
        bucket: "guide".to_owned(),
        prefix: String::new(),
        region: Some("us-east-1".to_owned()),
        endpoint: Some(format!("http://127.0.0.1:{port}")),
    })
}

pub fn open_bucket(settings: &config::Target) -> Box<dyn Target> {
    let access = Access {
        project: Path::new("/"),
        variable: &|name| match name {
            "AWS_ACCESS_KEY_ID" => Some("key".to_owned()),
            "AWS_SECRET_ACCESS_KEY" => Some("SECRET-OF-S3".to_owned()),
            _ => None,
        },
    };
    open("web", settings, access).unwrap()
}

/// A release whose page names images of its own, as those are named by their content.
fn release(store: &Store, at: usize) -> Release {
    let images: Vec<String> = (0..3).map(|image| format!("{at}-{image}.png")).collect();
    let mut files = vec![
        ("index.html".to_owned(), Role::Page, images.join(" ")),
        ("same.css".to_owned(), Role::Asset, "body {}".to_owned()),
        ("404.html".to_owned(), Role::Page, "nothing".to_owned()),
    ];
    for image in images {
        files.push((image.clone(), Role::Asset, image));
    }
    let artifacts: Vec<Artifact> = files
        .into_iter()
        .map(|(path, role, text)| {
            store.put_blob(text.as_bytes()).unwrap();
            Artifact::new(SitePath::parse(&path).unwrap(), role, text.into_bytes())
        })
        .collect();
    Release {
        base: None,
        format: FORMAT,
        source: ReleaseSource::default(),
        lock: Lock::default(),
        checks: CheckSummary::default(),
        outputs: Vec::new(),
        routes: Vec::new(),
        redirects: Vec::new(),
        files: Manifest::of(&artifacts),
    }
}
