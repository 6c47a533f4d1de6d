//! Places to publish to, `[targets.<name>]`, and the place that keeps releases, `[store]`.

use serde::Deserialize;
use toml::Spanned;

/// A place to publish to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What it is and where.
    pub kind: TargetKind,
    /// How many files one publish may remove before it is refused.
    pub max_removals: usize,
    /// What happens to files that differ from the release.
    pub drift: DriftPolicy,
}

/// The kinds of targets. No credential stands in any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetKind {
    /// A folder on this machine.
    Directory {
        /// As written: relative to the project, or absolute.
        path: String,
    },
    /// A folder on another machine, over the machine's own `ssh`, with its keys and its settings.
    Sftp {
        /// A name or address, or a `Host` of the user's `ssh_config`.
        host: String,
        /// The port, if it is not ssh's own choice.
        port: Option<u16>,
        /// The user, if it is not ssh's own choice.
        user: Option<String>,
        /// The folder there: absolute, or relative to where a login begins.
        path: String,
    },
    /// A bucket of S3, or of a server that speaks its language: R2, B2, MinIO, Garage.
    S3 {
        /// Its name.
        bucket: String,
        /// The folder in it, without slashes at its ends; empty for all of it.
        prefix: String,
        /// The region, if the environment does not say.
        region: Option<String>,
        /// The address of a server that is not Amazon's.
        endpoint: Option<String>,
    },
    /// A bucket of Google Cloud Storage.
    Gcs {
        /// Its name.
        bucket: String,
        /// The folder in it, as of S3.
        prefix: String,
        /// The address of a server that is not Google's.
        endpoint: Option<String>,
    },
    /// A container of Azure Blob Storage.
    Azblob {
        /// Its name.
        container: String,
        /// The folder in it, as of S3.
        prefix: String,
        /// The address of the account, such as `https://account.blob.core.windows.net`.
        endpoint: String,
    },
    /// A folder of a WebDAV server (RFC 4918), such as Nextcloud's.
    Webdav {
        /// The address of the folder, with a slash at its end.
        url: String,
    },
    /// A branch of a Git repository, such as the one that a forge serves as Pages.
    Git {
        /// A remote's name in this repository, or an address.
        remote: String,
        /// The branch; it is replaced, not grown.
        branch: String,
    },
    /// A tag of a repository in an OCI registry.
    Oci {
        /// The repository with its registry, such as `ghcr.io/ada/guide`.
        repository: String,
        /// The tag that names what is live.
        tag: String,
    },
    /// A folder of somebody's drive.
    Drive {
        /// Whose.
        service: DriveService,
        /// The folder there, without slashes at its ends; empty for all of it.
        path: String,
    },
}

impl TargetKind {
    /// The folder `path` below this place; none where the place has no folders.
    pub fn below(&self, path: &str) -> Option<Self> {
        let join = |folder: &str| match folder.trim_end_matches('/') {
            "" => path.to_owned(),
            folder => format!("{folder}/{path}"),
        };
        let mut below = self.clone();
        match &mut below {
            Self::Directory { path: place }
            | Self::Sftp { path: place, .. }
            | Self::Drive { path: place, .. }
            | Self::S3 { prefix: place, .. }
            | Self::Gcs { prefix: place, .. }
            | Self::Azblob { prefix: place, .. } => *place = join(place),
            Self::Webdav { url } => *url = format!("{}/", join(url)),
            Self::Git { .. } | Self::Oci { .. } => return None,
        }
        Some(below)
    }
}

/// Who keeps a drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriveService {
    /// Google Drive.
    Gdrive,
    /// Microsoft `OneDrive`.
    Onedrive,
    /// Dropbox.
    Dropbox,
}

/// What happens to drift.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DriftPolicy {
    /// It is reported and stays.
    Report,
    /// The next publish puts the release's bytes back.
    #[default]
    Heal,
    /// As `heal`, after the differing bytes were saved.
    HealKeep,
}

/// Which keys a kind of target may have and must have.
pub(super) struct Shape {
    /// Its name in `type`.
    pub name: &'static str,
    /// The keys it cannot do without.
    pub needs: &'static [&'static str],
    /// The keys it may have besides.
    pub takes: &'static [&'static str],
}

/// All kinds, in the order in which the manual names them.
pub(super) const SHAPES: &[Shape] = &[
    shape("directory", &["path"], &[]),
    shape("sftp", &["host", "path"], &["port", "user"]),
    shape("s3", &["bucket"], &["prefix", "region", "endpoint"]),
    shape("gcs", &["bucket"], &["prefix", "endpoint"]),
    shape("azblob", &["container", "endpoint"], &["prefix"]),
    shape("webdav", &["url"], &[]),
    shape("git", &["branch"], &["remote"]),
    shape("oci", &["repository"], &["tag"]),
    shape("gdrive", &[], &["path"]),
    shape("onedrive", &[], &["path"]),
    shape("dropbox", &[], &["path"]),
];

/// The kinds that can keep releases.
pub(super) const KEEPERS: &[&str] = &["directory", "s3", "gcs", "azblob", "webdav", "oci"];

const fn shape(
    name: &'static str,
    needs: &'static [&'static str],
    takes: &'static [&'static str],
) -> Shape {
    Shape { name, needs, takes }
}

/// A target as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetFile {
    pub r#type: Spanned<String>,
    pub max_removals: Option<Spanned<usize>>,
    pub drift: Option<Spanned<DriftPolicy>>,
    pub path: Option<Spanned<String>>,
    pub host: Option<Spanned<String>>,
    pub port: Option<Spanned<u16>>,
    pub user: Option<Spanned<String>>,
    pub bucket: Option<Spanned<String>>,
    pub container: Option<Spanned<String>>,
    pub prefix: Option<Spanned<String>>,
    pub region: Option<Spanned<String>>,
    pub endpoint: Option<Spanned<String>>,
    pub url: Option<Spanned<String>>,
    pub remote: Option<Spanned<String>>,
    pub branch: Option<Spanned<String>>,
    pub repository: Option<Spanned<String>>,
    pub tag: Option<Spanned<String>>,
    #[serde(
        alias = "token",
        alias = "secret",
        alias = "access_key",
        alias = "access_key_id",
        alias = "secret_key",
        alias = "secret_access_key",
        alias = "account_key",
        alias = "sas_token",
        alias = "credential",
        alias = "credentials",
        alias = "key",
        alias = "passphrase"
    )]
    pub password: Option<Spanned<toml::Value>>,
}
