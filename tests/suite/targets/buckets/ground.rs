//! A place in a real store: the target under test, and the hand of somebody else who can write there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use opendal::{HttpTransporter, Operator};
use opendal_http_transport_reqwest::ReqwestTransport;
use tokio::runtime::Runtime;
use tympan::config::{self, DriftPolicy, Environment, TargetKind};
use tympan::progress;
use tympan::publish::{Kind, PublishError, Published, Request, Signing, Status, publish, status};
use tympan::release::{
    Artifact, CheckSummary, FORMAT, Lock, Manifest, Release, ReleaseSource, Role,
};
use tympan::site_path::SitePath;
use tympan::store::Store;
use tympan::targets::{self, Access, Target};

/// A place in a real store.
pub struct Ground {
    pub settings: config::Target,
    pub variables: BTreeMap<String, String>,
    pub hand: Hand,
    /// Whether the server keeps to the conditions that come with a write.
    pub has_conditions: bool,
    /// Whether two edits of one size within a second have two tags.
    pub has_tags: bool,
    /// Whether the server bears a condition on an object that is not there.
    pub knows_absence: bool,
    pub environment: Environment,
    pub store: Store,
    pub folder: tempfile::TempDir,
}

/// Somebody else who can write there, to the whole bucket.
pub struct Hand {
    operator: Operator,
    runtime: Runtime,
}

impl Ground {
    pub fn new(kind: TargetKind, variables: &[(&str, &str)], operator: Operator) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pairs = variables.iter();
        Self {
            settings: config::Target {
                kind,
                max_removals: 100,
                drift: DriftPolicy::Heal,
            },
            variables: pairs.map(|(k, v)| (k.to_string(), v.to_string())).collect(),
            hand: Hand::of(operator),
            has_conditions: true,
            has_tags: true,
            knows_absence: true,
            environment: Environment {
                name: "test".to_owned(),
                ..Environment::default()
            },
            store: Store::open(&folder.path().join("store")),
            folder,
        }
    }

    /// The same place, reached by another address.
    pub fn at(mut self, address: &str) -> Self {
        match &mut self.settings.kind {
            TargetKind::S3 { endpoint, .. } => *endpoint = Some(address.to_owned()),
            TargetKind::Webdav { url } => *url = format!("{address}/docs/guide/"),
            kind => panic!("{kind:?} has no address"),
        }
        self
    }

    /// Opens the target anew, as another run would.
    pub fn open(&self) -> Box<dyn Target> {
        self.try_open().unwrap()
    }

    pub fn try_open(&self) -> Result<Box<dyn Target>, targets::TargetError> {
        let access = Access {
            project: Path::new("."),
            variable: &|name| self.variables.get(name).cloned(),
        };
        targets::open("web", &self.settings, access)
    }

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
            source: ReleaseSource::default(),
            lock: Lock::default(),
            checks: CheckSummary::default(),
            outputs: Vec::new(),
            routes: Vec::new(),
            redirects: Vec::new(),
            files: Manifest::of(&artifacts),
        }
    }

    /// Publishes as a run of its own.
    pub fn publish(&self, release: &Release, now: i64) -> Result<Published, PublishError> {
        let target = self.open();
        publish(&Request {
            name: "web",
            target: &*target,
            settings: &self.settings,
            environment: &self.environment,
            release,
            store: &self.store,
            kind: Kind::Publish,
            smoke: None,
            signing: Signing::default(),
            who: "Ada",
            holder: "ada-1",
            clock: &move || now,
            lease_seconds: 600,
            retry: false,
            progress: &progress::silent,
        })
    }

    pub fn status(&self, release: &Release) -> Status {
        status(&*self.open(), "web", Some(release.digest())).unwrap()
    }
}

impl Hand {
    fn of(operator: Operator) -> Self {
        static RING: OnceLock<()> = OnceLock::new();
        RING.get_or_init(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let transport = HttpTransporter::new(ReqwestTransport::from(reqwest::Client::new()));
        let context = operator.context().with_http_transport(transport);
        Self {
            operator: operator.with_context(context),
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
                .unwrap(),
        }
    }

    pub fn write(&self, key: &str, text: &str) {
        let text = text.to_owned();
        self.runtime
            .block_on(self.operator.write(key, text))
            .unwrap();
    }

    pub fn delete(&self, key: &str) {
        self.runtime.block_on(self.operator.delete(key)).unwrap();
    }

    pub fn read(&self, key: &str) -> Option<String> {
        let bytes = self.runtime.block_on(self.operator.read(key)).ok()?;
        Some(String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// The media type and the cache time of an object.
    pub fn headers(&self, key: &str) -> (String, String) {
        let metadata = self.runtime.block_on(self.operator.stat(key)).unwrap();
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        (
            text(metadata.content_type()),
            text(metadata.cache_control()),
        )
    }

    /// The objects below a folder, without tympan's state.
    pub fn list(&self, folder: &str) -> BTreeMap<String, String> {
        let entries = self
            .runtime
            .block_on(async { self.operator.list_with(folder).recursive(true).await })
            .unwrap();
        let files = entries
            .iter()
            .map(|entry| entry.path())
            .filter(|path| !path.ends_with('/') && !path.contains(".tympan/"));
        files
            .map(|path| (path[folder.len()..].to_owned(), self.read(path).unwrap()))
            .collect()
    }
}
