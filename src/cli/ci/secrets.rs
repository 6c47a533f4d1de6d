//! What the targets of a project need to know that no file may hold.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::{DriveService, Target, TargetKind, variable_part};

/// A secret of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Secret {
    /// The name of the variable.
    pub name: String,
    /// What it is for, and what it must be able to do.
    pub about: String,
}

impl Secret {
    /// Whether it is for ssh, which wants files and no variables.
    pub fn is_of_ssh(&self) -> bool {
        self.name.starts_with("SSH_")
    }
}

/// What the targets and the store need.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The secrets, by name.
    pub secrets: Vec<Secret>,
    /// Those of the store alone.
    pub of_store: Vec<Secret>,
    /// Whether a target is reached by ssh.
    pub ssh: bool,
    /// Whether one is a branch of this repository.
    pub branch: bool,
    /// The folders that targets are.
    pub folders: Vec<String>,
    /// Whether all of them have room for previews, which a branch and a registry have not.
    pub previews: bool,
}

/// What these targets, and the store of releases, need.
pub fn needs<'a>(
    targets: impl Iterator<Item = (&'a String, &'a Target)>,
    store: Option<&TargetKind>,
) -> Needs {
    let mut needs = Needs {
        previews: true,
        ..Needs::default()
    };
    let mut secrets = BTreeMap::new();
    for (name, target) in targets {
        let what = format!("target `{name}`");
        for (part, about) in parts(&target.kind) {
            let secret = format!("TYMPAN_{}_{part}", variable_part(name));
            secrets.insert(secret, format!("{what}: {about}"));
        }
        match &target.kind {
            TargetKind::Sftp { host, .. } => {
                needs.ssh = true;
                let about = format!("{what}: the private key that may write at `{host}`");
                secrets.insert("SSH_PRIVATE_KEY".to_owned(), about);
                let about = format!(
                    "{what}: the line that `ssh-keyscan {host}` prints, once you checked it"
                );
                secrets.insert("SSH_KNOWN_HOSTS".to_owned(), about);
            }
            TargetKind::Git { .. } => {
                needs.branch = true;
                needs.previews = false;
            }
            TargetKind::Oci { .. } => needs.previews = false,
            TargetKind::Directory { path } => needs.folders.push(path.clone()),
            _ => {}
        }
    }
    let of_store = store.map_or_else(BTreeMap::new, |kind| {
        let secret = |(part, about): (&str, &str)| {
            (
                format!("TYMPAN_STORE_{part}"),
                format!("the store of releases: {about}"),
            )
        };
        parts(kind).into_iter().map(secret).collect()
    });
    let listed = |secrets: BTreeMap<String, String>| {
        let secrets = secrets.into_iter();
        secrets
            .map(|(name, about)| Secret { name, about })
            .collect()
    };
    needs.of_store = listed(of_store.clone());
    secrets.extend(of_store);
    needs.secrets = listed(secrets);
    needs
}

/// The variables of a kind of place, without its name, and what each is.
fn parts(kind: &TargetKind) -> Vec<(&'static str, &'static str)> {
    match kind {
        TargetKind::Directory { .. } | TargetKind::Sftp { .. } | TargetKind::Git { .. } => vec![],
        TargetKind::S3 { .. } => vec![
            (
                "ACCESS_KEY_ID",
                "the id of a key that may list, read, write and remove",
            ),
            ("SECRET_ACCESS_KEY", "the key itself"),
        ],
        TargetKind::Gcs { .. } => vec![(
            "CREDENTIAL",
            "the JSON key of a service account with the role Storage Object User",
        )],
        TargetKind::Azblob { .. } => vec![
            ("ACCOUNT_NAME", "the name of the storage account"),
            ("ACCOUNT_KEY", "its key; or use `SAS_TOKEN`"),
        ],
        TargetKind::Webdav { .. } => vec![
            ("USERNAME", "the account"),
            ("PASSWORD", "a password for this program alone"),
        ],
        TargetKind::Oci { .. } => vec![
            ("USERNAME", "the account of the registry"),
            ("PASSWORD", "a token that may push"),
        ],
        TargetKind::Drive { service, .. } => {
            let client = match service {
                DriveService::Dropbox => "the key of your app",
                DriveService::Gdrive | DriveService::Onedrive => "the id of your client",
            };
            vec![
                ("CLIENT_ID", client),
                ("CLIENT_SECRET", "its secret"),
                ("REFRESH_TOKEN", "the token that an account gave to it"),
            ]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_config;
    use crate::site_path::SitePath;

    fn of(text: &str) -> Needs {
        let path = SitePath::parse("tympan.toml").unwrap();
        let (config, found) = read_config(&path, text);
        assert!(found.is_empty(), "{found:?}");
        needs(config.targets.iter(), config.store.as_ref())
    }

    #[test]
    fn each_place_names_its_secrets() {
        let needs = of("[targets.web-1]\ntype = \"s3\"\nbucket = \"b\"\n\
             [targets.far]\ntype = \"sftp\"\nhost = \"h.example\"\npath = \"/srv\"\n\
             [targets.near]\ntype = \"directory\"\npath = \"/srv/guide\"\n\
             [targets.pages]\ntype = \"git\"\nbranch = \"pages\"\n\
             [store]\ntype = \"oci\"\nrepository = \"r.example/guide\"\n");
        let names: Vec<&str> = needs
            .secrets
            .iter()
            .map(|secret| secret.name.as_str())
            .collect();
        assert_eq!(
            names,
            [
                "SSH_KNOWN_HOSTS",
                "SSH_PRIVATE_KEY",
                "TYMPAN_STORE_PASSWORD",
                "TYMPAN_STORE_USERNAME",
                "TYMPAN_WEB_1_ACCESS_KEY_ID",
                "TYMPAN_WEB_1_SECRET_ACCESS_KEY",
            ]
        );
        assert_eq!(needs.of_store.len(), 2);
        assert!(needs.ssh && needs.branch && !needs.previews);
        assert_eq!(needs.folders, ["/srv/guide"]);
        assert!(of("").secrets.is_empty());
    }
}
