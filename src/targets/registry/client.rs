//! What is asked of a registry: artifacts by tag and blobs by digest.

use std::collections::BTreeMap;
use std::error::Error;

use bytes::Bytes;
use oci_client::client::{ClientConfig, ClientProtocol};
use oci_client::errors::{OciDistributionError, OciErrorCode};
use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciDescriptor, OciImageManifest, OciManifest};
use oci_client::secrets::RegistryAuth;
use oci_client::{Reference, RegistryOperation};
use tokio::runtime::Runtime;

use crate::digest::Digest;
use crate::targets::registry::login::Login;

/// How many tags are listed with one request.
const TAGS: usize = 1000;

/// A request that failed: what it was about, and why.
pub(in crate::targets) type Fault = (String, Box<dyn Error + Send + Sync>);

/// A repository of a registry.
pub(in crate::targets) struct Client {
    http: oci_client::Client,
    repository: String,
    login: RegistryAuth,
    runtime: Runtime,
}

/// A manifest: what a tag names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::targets) struct Artifact {
    /// What it is, as a media type.
    pub kind: String,
    /// The small blob that describes it.
    pub config: Part,
    /// The blobs that it is made of.
    pub layers: Vec<Part>,
    /// Facts for people and programs.
    pub annotations: BTreeMap<String, String>,
}

/// A blob as an artifact names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::targets) struct Part {
    /// Its media type.
    pub media_type: String,
    /// Its name.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
}

impl Part {
    /// Names some bytes.
    pub(in crate::targets) fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest: Digest::of(bytes),
            size: bytes.len() as u64,
        }
    }

    fn to_descriptor(&self) -> OciDescriptor {
        OciDescriptor {
            media_type: self.media_type.clone(),
            digest: self.digest.to_string(),
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            ..OciDescriptor::default()
        }
    }

    fn from_descriptor(descriptor: &OciDescriptor) -> Option<Self> {
        Some(Self {
            media_type: descriptor.media_type.clone(),
            digest: descriptor.digest.parse().ok()?,
            size: u64::try_from(descriptor.size).ok()?,
        })
    }
}

impl Artifact {
    fn to_manifest(&self) -> OciManifest {
        OciManifest::Image(OciImageManifest {
            media_type: Some(OCI_IMAGE_MEDIA_TYPE.to_owned()),
            config: self.config.to_descriptor(),
            layers: self.layers.iter().map(Part::to_descriptor).collect(),
            artifact_type: Some(self.kind.clone()),
            annotations: (!self.annotations.is_empty()).then(|| self.annotations.clone()),
            ..OciImageManifest::default()
        })
    }

    /// An artifact as far as it is one of ours; another has no kind.
    fn from_manifest(manifest: OciManifest) -> Self {
        let nothing = || Part::of("", b"");
        let OciManifest::Image(manifest) = manifest else {
            return Self {
                kind: String::new(),
                config: nothing(),
                layers: Vec::new(),
                annotations: BTreeMap::new(),
            };
        };
        let parts = |parts: &[OciDescriptor]| parts.iter().map(Part::from_descriptor).collect();
        let layers: Option<Vec<Part>> = parts(&manifest.layers);
        let config = Part::from_descriptor(&manifest.config);
        let whole = layers.is_some() && config.is_some();
        Self {
            kind: manifest.artifact_type.filter(|_| whole).unwrap_or_default(),
            config: config.unwrap_or_else(nothing),
            layers: layers.unwrap_or_default(),
            annotations: manifest.annotations.unwrap_or_default(),
        }
    }
}

impl Client {
    /// Names a repository such as `ghcr.io/ada/guide`. Nothing is asked yet.
    pub(in crate::targets) fn open(repository: &str, login: &Login) -> Result<Self, String> {
        // One of two who do so is enough.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let reference: Reference = format!("{repository}:latest")
            .parse()
            .map_err(|error| format!("`{repository}` is no repository of a registry: {error}"))?;
        let registry = reference.registry().to_owned();
        let protocol = match is_here(&registry) {
            true => ClientProtocol::HttpsExcept(vec![registry]),
            false => ClientProtocol::Https,
        };
        let config = ClientConfig {
            protocol,
            connect_timeout: Some(std::time::Duration::from_secs(20)),
            read_timeout: Some(std::time::Duration::from_mins(2)),
            ..ClientConfig::default()
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| format!("cannot start a thread: {error}"))?;
        Ok(Self {
            http: oci_client::Client::new(config),
            repository: repository.to_owned(),
            login: match login {
                Login::Nobody => RegistryAuth::Anonymous,
                Login::Password { name, password } => {
                    RegistryAuth::Basic(name.clone(), password.clone())
                }
            },
            runtime,
        })
    }

    fn reference(&self, tag: &str) -> Result<Reference, Fault> {
        let name = format!("{}:{tag}", self.repository);
        let reference: Result<Reference, _> = name.parse();
        reference.map_err(|error| (name, error.to_string().into()))
    }

    fn fault(&self, what: &str, error: OciDistributionError) -> Fault {
        (format!("{}{what}", self.repository), self.reason(error))
    }

    /// What a registry's error means, with the next step.
    fn reason(&self, error: OciDistributionError) -> Box<dyn Error + Send + Sync> {
        let refused = match &error {
            OciDistributionError::UnauthorizedError { .. }
            | OciDistributionError::AuthenticationFailure(_) => true,
            OciDistributionError::ServerError { code, .. } => matches!(code, 401 | 403),
            OciDistributionError::RegistryError { envelope, .. } => {
                envelope.errors.iter().any(|error| {
                    matches!(
                        error.code,
                        OciErrorCode::Unauthorized | OciErrorCode::Denied
                    )
                })
            }
            OciDistributionError::RequestError(error) => error
                .status()
                .is_some_and(|status| matches!(status.as_u16(), 401 | 403)),
            _ => false,
        };
        if refused {
            let who = match &self.login {
                RegistryAuth::Anonymous => "it was given no name and password",
                _ => "it does not take this name and password, or they may not do this",
            };
            return format!(
                "the registry refuses: {who}; run `docker login`, or set the variables `…_USERNAME` and `…_PASSWORD` of the target"
            )
            .into();
        }
        match error {
            OciDistributionError::RequestError(error) if error.is_connect() => {
                "the registry does not answer; see whether its name is right and the network reaches it"
                    .into()
            }
            error => error.into(),
        }
    }

    /// What a tag names; nothing if there is no such tag.
    pub(in crate::targets) fn artifact(&self, tag: &str) -> Result<Option<Artifact>, Fault> {
        let reference = self.reference(tag)?;
        let pulled = self.http.pull_manifest(&reference, &self.login);
        match self.runtime.block_on(pulled) {
            Ok((manifest, _)) => Ok(Some(Artifact::from_manifest(manifest))),
            Err(error) if is_absence(&error) => Ok(None),
            Err(error) => Err(self.fault(&format!(":{tag}"), error)),
        }
    }

    /// Makes a tag name an artifact whose blobs are there.
    pub(in crate::targets) fn tag(&self, tag: &str, artifact: &Artifact) -> Result<(), Fault> {
        let reference = self.reference(tag)?;
        let manifest = artifact.to_manifest();
        let done = self.runtime.block_on(async {
            self.authorize(&reference).await?;
            self.http.push_manifest(&reference, &manifest).await
        });
        let done = done.map_err(|error| self.fault(&format!(":{tag}"), error));
        done.map(drop)
    }

    async fn authorize(&self, reference: &Reference) -> Result<(), OciDistributionError> {
        let registry = reference.resolve_registry();
        self.http.store_auth_if_needed(registry, &self.login).await;
        // What may be pushed may be pulled; the token for it is asked for once and kept.
        let push = RegistryOperation::Push;
        self.http.auth(reference, &self.login, push).await.map(drop)
    }

    /// Whether a blob is there.
    pub(in crate::targets) fn has_blob(&self, digest: &Digest) -> Result<bool, Fault> {
        let reference = self.reference("latest")?;
        let asked = self.runtime.block_on(async {
            let registry = reference.resolve_registry();
            self.http.store_auth_if_needed(registry, &self.login).await;
            let digest = digest.to_string();
            self.http.blob_exists(&reference, &digest).await
        });
        asked.map_err(|error| self.fault(&format!("@{digest}"), error))
    }

    /// Reads a blob; it is what its digest says.
    pub(in crate::targets) fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Fault> {
        let reference = self.reference("latest")?;
        let mut bytes = Vec::new();
        let pulled = self.runtime.block_on(async {
            let registry = reference.resolve_registry();
            self.http.store_auth_if_needed(registry, &self.login).await;
            let digest = digest.to_string();
            self.http
                .pull_blob(&reference, digest.as_str(), &mut bytes)
                .await
        });
        match pulled {
            Ok(()) => Ok(Some(bytes).filter(|bytes| Digest::of(bytes) == *digest)),
            Err(error) if is_absence(&error) => Ok(None),
            Err(error) => Err(self.fault(&format!("@{digest}"), error)),
        }
    }

    /// Sends a blob, unless it is there.
    pub(in crate::targets) fn push_blob(&self, bytes: impl Into<Bytes>) -> Result<(), Fault> {
        let bytes = bytes.into();
        let digest = Digest::of(&bytes);
        if self.has_blob(&digest)? {
            return Ok(());
        }
        let reference = self.reference("latest")?;
        let done = self.runtime.block_on(async {
            self.authorize(&reference).await?;
            let name = digest.to_string();
            self.http.push_blob(&reference, bytes, &name).await
        });
        let done = done.map_err(|error| self.fault(&format!("@{digest}"), error));
        done.map(drop)
    }

    /// All tags.
    pub(in crate::targets) fn tags(&self) -> Result<Vec<String>, Fault> {
        let reference = self.reference("latest")?;
        let mut tags: Vec<String> = Vec::new();
        loop {
            let last = tags.last().map(String::as_str);
            let listed = self
                .http
                .list_tags(&reference, &self.login, Some(TAGS), last);
            let more = match self.runtime.block_on(listed) {
                Ok(more) => more.tags,
                Err(error) if is_absence(&error) => Vec::new(),
                Err(error) => return Err(self.fault("", error)),
            };
            // A registry that knows no pages gives the same ones again.
            let new = more.last() != tags.last();
            let whole = more.len() < TAGS;
            if new {
                tags.extend(more);
            }
            if whole || !new {
                return Ok(tags);
            }
        }
    }
}

/// Whether a registry is on this machine, where a password needs no TLS.
fn is_here(registry: &str) -> bool {
    let host = registry.rsplit_once(':').map_or(registry, |(host, _)| host);
    let ip: Option<std::net::Ipv4Addr> = host.parse().ok();
    matches!(host, "localhost" | "[::1]") || ip.is_some_and(|ip| ip.is_loopback())
}

/// Whether an error means that nothing is there.
fn is_absence(error: &OciDistributionError) -> bool {
    match error {
        OciDistributionError::ImageManifestNotFoundError(_) => true,
        OciDistributionError::ServerError { code, .. } => *code == 404,
        OciDistributionError::RegistryError { envelope, .. } => {
            envelope.errors.iter().any(|error| {
                matches!(
                    error.code,
                    OciErrorCode::ManifestUnknown
                        | OciErrorCode::NameUnknown
                        | OciErrorCode::BlobUnknown
                        | OciErrorCode::NotFound
                )
            })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_registry_of_this_machine_goes_without_tls() {
        for (registry, here) in [
            ("localhost:5000", true),
            ("127.0.0.1:5000", true),
            ("[::1]:5000", true),
            ("ghcr.io", false),
            ("localhost.example", false),
            ("127.example:80", false),
        ] {
            assert_eq!(is_here(registry), here, "{registry}");
        }
    }
}
