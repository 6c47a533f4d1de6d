//! Places to publish to, from text to meaning.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use url::{Host, Url};

use crate::config::read::Reader;
use crate::config::targets::{
    DriveService, KEEPERS, SHAPES, Shape, Target, TargetFile, TargetKind,
};
use crate::diagnostic::nearest;

/// How many files a publish may remove when the target does not say.
const MAX_REMOVALS: usize = 256;

impl Reader<'_> {
    pub(super) fn target(&mut self, name: &str, written: TargetFile) -> Option<Target> {
        Some(Target {
            max_removals: written
                .max_removals
                .as_ref()
                .map_or(MAX_REMOVALS, |it| *it.get_ref()),
            drift: written
                .drift
                .as_ref()
                .map(|it| *it.get_ref())
                .unwrap_or_default(),
            kind: self.target_kind(name, written)?,
        })
    }

    /// The place that keeps releases.
    pub(super) fn release_store(&mut self, written: TargetFile) -> Option<TargetKind> {
        let kind = written.r#type.get_ref();
        if SHAPES.iter().any(|shape| shape.name == kind) && !KEEPERS.contains(&kind.as_str()) {
            let message = format!("a `{kind}` cannot keep releases");
            let help = format!("these can: {}", KEEPERS.join(", "));
            self.fault(written.r#type.span(), message, help);
            return None;
        }
        let of_targets = [
            written.max_removals.as_ref().map(Spanned::span),
            written.drift.as_ref().map(Spanned::span),
        ];
        for span in of_targets.into_iter().flatten() {
            self.fault(span, "a store has no such key", "it belongs to a target");
        }
        self.target_kind("store", written)
    }

    fn target_kind(&mut self, name: &str, written: TargetFile) -> Option<TargetKind> {
        if let Some(secret) = &written.password {
            let variable = format!("TYMPAN_{}_PASSWORD", variable_part(name));
            self.fault(
                secret.span(),
                "a credential must not stand in a file of the repository",
                format!(
                    "take it out, make it void where it was issued, and give the new one in the environment, such as in `{variable}`"
                ),
            );
            return None;
        }
        let kind = written.r#type.get_ref().clone();
        let Some(shape) = SHAPES.iter().find(|shape| shape.name == kind) else {
            let names: Vec<&str> = SHAPES.iter().map(|shape| shape.name).collect();
            let help = match nearest(&kind, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known: {}", names.join(", ")),
            };
            let message = format!("unknown target type `{kind}`");
            self.fault(written.r#type.span(), message, help);
            return None;
        };
        let type_span = written.r#type.span();
        let mut whole = true;
        let port = written.port.as_ref().map(|port| *port.get_ref());
        if let Some(port) = &written.port {
            whole &= self.belongs(shape, "port", port.span());
        }
        let mut texts = Texts::default();
        for (key, value) in texts_of(written) {
            let Some(value) = value else { continue };
            let text = match self.belongs(shape, key, value.span()) {
                true => self.text_of(key, &value),
                false => None,
            };
            whole &= text.is_some();
            texts.0.insert(key, text.unwrap_or_default());
        }
        if let Some(missing) = shape.needs.iter().find(|key| !texts.0.contains_key(*key)) {
            let message = format!("a target of type `{kind}` needs a `{missing}`");
            self.fault(type_span, message, format!("add `{missing} = \"…\"`"));
            return None;
        }
        whole.then(|| texts.kind(shape.name, port))
    }

    /// Whether a kind of target has a key.
    fn belongs(&mut self, shape: &Shape, key: &str, span: Range<usize>) -> bool {
        let belongs = shape.needs.contains(&key) || shape.takes.contains(&key);
        if !belongs {
            let keys: Vec<&str> = shape.needs.iter().chain(shape.takes).copied().collect();
            let message = format!("a target of type `{}` has no key `{key}`", shape.name);
            self.fault(span, message, format!("it has: {}", keys.join(", ")));
        }
        belongs
    }

    /// A text in the form in which it is used, if it can be.
    fn text_of(&mut self, key: &str, value: &Spanned<String>) -> Option<String> {
        let text = value.get_ref().trim();
        let read = match key {
            "url" | "endpoint" => address(text),
            // It stands in addresses and in arguments of `ssh` and `git`.
            _ if text.is_empty() || text.starts_with('-') => Err("it names nothing"),
            _ if text.chars().any(char::is_control) => Err("it holds a control character"),
            "host" | "user" | "tag" | "bucket" | "container" if text.contains(['/', '@', ' ']) => {
                Err("a name has no slash, `@` or space")
            }
            "remote" if Url::parse(text).is_ok_and(|url| url.password().is_some()) => {
                Err("a credential must not stand in it; Git's own helpers give it")
            }
            "prefix" => match text.trim_matches('/') {
                prefix
                    if prefix
                        .split('/')
                        .all(|part| !matches!(part, "" | "." | ".." | ".tympan")) =>
                {
                    Ok(prefix.to_owned())
                }
                _ => Err("a prefix is made of plain names, such as `docs/guide`"),
            },
            _ => Ok(text.to_owned()),
        };
        match read {
            Ok(text) => Some(text),
            Err(reason) => {
                let message = format!("`{key}` cannot be used: {reason}");
                self.fault(
                    value.span(),
                    message,
                    "see the manual's page on configuration",
                );
                None
            }
        }
    }
}

/// The address of a server. One that carries a password is a secret in a file.
fn address(text: &str) -> Result<String, &'static str> {
    let Ok(url) = Url::parse(text) else {
        return Err("it is no address; write it with its scheme, such as `https://`");
    };
    if url.password().is_some() || url.query().is_some() {
        return Err("a credential must not stand in it; give it in the environment");
    }
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => return Err("it has no host"),
    };
    match url.scheme() {
        "https" => Ok(text.to_owned()),
        "http" if here => Ok(text.to_owned()),
        "http" => Err("everybody on the way reads a credential sent without TLS; use `https://`"),
        _ => Err("its scheme is neither `https` nor `http`"),
    }
}

/// The part of an environment variable's name that stands for a target: `web-1` is `WEB_1`.
pub fn variable_part(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect()
}

fn texts_of(written: TargetFile) -> [(&'static str, Option<Spanned<String>>); 13] {
    [
        ("path", written.path),
        ("host", written.host),
        ("user", written.user),
        ("bucket", written.bucket),
        ("container", written.container),
        ("prefix", written.prefix),
        ("region", written.region),
        ("endpoint", written.endpoint),
        ("url", written.url),
        ("remote", written.remote),
        ("branch", written.branch),
        ("repository", written.repository),
        ("tag", written.tag),
    ]
}

/// The texts of a target by their keys.
#[derive(Default)]
struct Texts(BTreeMap<&'static str, String>);

impl Texts {
    fn take(&mut self, key: &str) -> String {
        self.0.remove(key).unwrap_or_default()
    }

    fn kind(mut self, name: &str, port: Option<u16>) -> TargetKind {
        match name {
            "sftp" => TargetKind::Sftp {
                host: self.take("host"),
                port,
                user: self.0.remove("user"),
                path: self.take("path"),
            },
            "s3" => TargetKind::S3 {
                bucket: self.take("bucket"),
                prefix: self.take("prefix"),
                region: self.0.remove("region"),
                endpoint: self.0.remove("endpoint"),
            },
            "gcs" => TargetKind::Gcs {
                bucket: self.take("bucket"),
                prefix: self.take("prefix"),
                endpoint: self.0.remove("endpoint"),
            },
            "azblob" => TargetKind::Azblob {
                container: self.take("container"),
                prefix: self.take("prefix"),
                endpoint: self.take("endpoint"),
            },
            "webdav" => {
                let url = self.take("url");
                let url = format!("{}/", url.trim_end_matches('/'));
                TargetKind::Webdav { url }
            }
            "git" => TargetKind::Git {
                remote: self
                    .0
                    .remove("remote")
                    .unwrap_or_else(|| "origin".to_owned()),
                branch: self.take("branch"),
            },
            "oci" => TargetKind::Oci {
                repository: self.take("repository"),
                tag: self.0.remove("tag").unwrap_or_else(|| "latest".to_owned()),
            },
            "gdrive" => self.drive(DriveService::Gdrive),
            "onedrive" => self.drive(DriveService::Onedrive),
            "dropbox" => self.drive(DriveService::Dropbox),
            _ => TargetKind::Directory {
                path: self.take("path"),
            },
        }
    }

    fn drive(mut self, service: DriveService) -> TargetKind {
        let path = self.take("path").trim_matches('/').to_owned();
        TargetKind::Drive { service, path }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read::{CONFIG_FILE, read_config};
    use crate::site_path::SitePath;

    /// The one target of a text, or what is wrong with it.
    #[track_caller]
    fn case(text: &str, expected: &str) {
        let path = SitePath::parse(CONFIG_FILE).unwrap();
        let (config, found) = read_config(&path, &format!("[targets.web]\n{text}\n"));
        let told = match (config.targets.get("web"), found.as_slice()) {
            (Some(target), []) => format!("{:?}", target.kind),
            (_, found) => found
                .iter()
                .map(|one| one.message.clone())
                .collect::<Vec<_>>()
                .join("; "),
        };
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn every_kind_is_read_with_what_it_needs() {
        case(
            r#"type = "directory""#,
            "a target of type `directory` needs a `path`",
        );
        case(
            "type = \"sftp\"\nhost = \"example.org\"\nport = 2222\npath = \"/srv/www\"",
            r#"Sftp { host: "example.org", port: Some(2222), user: None, path: "/srv/www" }"#,
        );
        case(
            "type = \"s3\"\nbucket = \"b\"\nprefix = \"/docs/\"",
            r#"S3 { bucket: "b", prefix: "docs", region: None, endpoint: None }"#,
        );
        case(
            "type = \"webdav\"\nurl = \"https://cloud.example/dav\"",
            r#"Webdav { url: "https://cloud.example/dav/" }"#,
        );
        case(
            "type = \"git\"\nbranch = \"pages\"",
            r#"Git { remote: "origin", branch: "pages" }"#,
        );
        case(
            r#"type = "dropbox""#,
            r#"Drive { service: Dropbox, path: "" }"#,
        );
        case(r#"type = "s4""#, "unknown target type `s4`");
    }

    #[test]
    fn a_key_of_another_kind_is_no_key() {
        case(
            "type = \"directory\"\npath = \"p\"\nbucket = \"b\"",
            "a target of type `directory` has no key `bucket`",
        );
    }

    #[test]
    fn no_secret_and_no_open_line() {
        case(
            "type = \"s3\"\nbucket = \"b\"\nsecret_access_key = \"x\"",
            "a credential must not stand in a file of the repository",
        );
        case(
            "type = \"webdav\"\nurl = \"https://a:b@cloud.example/\"",
            "`url` cannot be used: a credential must not stand in it; give it in the environment",
        );
        case(
            "type = \"git\"\nbranch = \"b\"\nremote = \"https://a:b@git.example/x\"",
            "`remote` cannot be used: a credential must not stand in it; Git's own helpers give it",
        );
        case(
            "type = \"webdav\"\nurl = \"http://cloud.example/\"",
            "`url` cannot be used: everybody on the way reads a credential sent without TLS; use `https://`",
        );
        case(
            "type = \"webdav\"\nurl = \"http://127.0.0.1:8080/dav/\"",
            r#"Webdav { url: "http://127.0.0.1:8080/dav/" }"#,
        );
        case(
            "type = \"sftp\"\nhost = \"-oProxyCommand=x\"\npath = \"p\"",
            "`host` cannot be used: it names nothing",
        );
    }

    #[test]
    fn a_store_keeps_releases_and_a_branch_cannot() {
        let path = SitePath::parse(CONFIG_FILE).unwrap();
        let read = |text: &str| read_config(&path, &format!("[store]\n{text}\n"));
        let (config, found) = read("type = \"directory\"\npath = \"../releases\"");
        assert_eq!(
            config.store,
            Some(TargetKind::Directory {
                path: "../releases".to_owned()
            })
        );
        assert!(found.is_empty());
        let (config, found) = read("type = \"git\"\nbranch = \"pages\"");
        assert_eq!((config.store, found.len()), (None, 1));
    }

    #[test]
    fn a_target_has_a_variable_of_its_own() {
        assert_eq!(variable_part("web-1.eu"), "WEB_1_EU");
    }
}
