//! The name and password for a registry: from the environment, or where `docker login` left them.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::config::variable_part;
use crate::targets::access::Access;

/// How one shows who one is.
#[derive(Clone, PartialEq, Eq)]
pub enum Login {
    /// Not at all.
    Nobody,
    /// With a name and a password, which may be a token.
    Password {
        /// The name.
        name: String,
        /// The password.
        password: String,
    },
}

#[derive(Deserialize)]
struct DockerConfig {
    #[serde(default)]
    auths: std::collections::BTreeMap<String, DockerAuth>,
}

#[derive(Deserialize)]
struct DockerAuth {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

impl Login {
    /// The login of a target for its repository.
    pub(in crate::targets) fn of(name: &str, repository: &str, access: Access<'_>) -> Self {
        // As Docker reads a name: what has no dot or port before the first slash is its own registry's.
        let first = repository.split('/').next().unwrap_or_default();
        let registry = match first.contains(['.', ':']) || first == "localhost" {
            true => first,
            false => "docker.io",
        };
        let prefix = format!("TYMPAN_{}", variable_part(name));
        Self::find(&prefix, registry, access.variable)
    }

    /// Finds the login of a target, whose variables begin with `prefix`, for a registry.
    fn find(prefix: &str, registry: &str, variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let own = |what: &str| variable(&format!("{prefix}_{what}"));
        if let (Some(name), Some(password)) = (own("USERNAME"), own("PASSWORD")) {
            return Self::Password { name, password };
        }
        let folder = variable("DOCKER_CONFIG").or_else(|| {
            let home = variable("HOME").or_else(|| variable("USERPROFILE"))?;
            Some(format!("{home}/.docker"))
        });
        let read = |folder: String| std::fs::read(Path::new(&folder).join("config.json")).ok();
        let found = folder.and_then(read);
        let found = found.and_then(|json| Self::of_docker(&json, registry));
        found.unwrap_or(Self::Nobody)
    }

    fn of_docker(json: &[u8], registry: &str) -> Option<Self> {
        let config: DockerConfig = serde_json::from_slice(json).ok()?;
        let host = |key: &str| {
            let key = key.split_once("://").map_or(key, |(_, rest)| rest);
            key.split('/').next().unwrap_or_default().to_owned()
        };
        // Docker's own registry goes by the address that it once had.
        let is_it = |key: &str| {
            let key = host(key);
            key == registry || (registry == "docker.io" && key == "index.docker.io")
        };
        let auth = config.auths.into_iter().find(|(key, _)| is_it(key))?.1;
        if let (Some(name), Some(password)) = (auth.username, auth.password) {
            return Some(Self::Password { name, password });
        }
        let pair = String::from_utf8(STANDARD.decode(auth.auth?).ok()?).ok()?;
        let (name, password) = pair.split_once(':')?;
        Some(Self::Password {
            name: name.to_owned(),
            password: password.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(login: &Login) -> String {
        match login {
            Login::Nobody => "nobody".to_owned(),
            Login::Password { name, password } => format!("{name} {password}"),
        }
    }

    #[track_caller]
    fn case(json: &str, registry: &str, expected: &str) {
        let login = Login::of_docker(json.as_bytes(), registry).unwrap_or(Login::Nobody);
        assert_eq!(told(&login), expected, "{json}");
    }

    #[test]
    fn docker_keeps_a_login_in_several_ways() {
        let auths = r#"{"auths": {
            "ghcr.io": {"auth": "YWRhOndoOmVlbA=="},
            "https://index.docker.io/v1/": {"auth": "YWRhOndoZWVs"},
            "localhost:5000": {"username": "ada", "password": "loom"},
            "kept.example": {}
        }, "credsStore": "desktop"}"#;
        case(auths, "ghcr.io", "ada wh:eel");
        case(auths, "docker.io", "ada wheel");
        case(auths, "localhost:5000", "ada loom");
        case(auths, "kept.example", "nobody");
        case(auths, "other.example", "nobody");
        case("{", "ghcr.io", "nobody");
        case(
            r#"{"auths": {"ghcr.io": {"auth": "?"}}}"#,
            "ghcr.io",
            "nobody",
        );
    }

    #[test]
    fn the_variables_of_the_target_come_first() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("config.json"),
            r#"{"auths": {"ghcr.io": {"auth": "YWRhOndoZWVs"}}}"#,
        )
        .unwrap();
        let find = |own: bool| {
            let variable = |name: &str| match name {
                "DOCKER_CONFIG" => Some(folder.path().display().to_string()),
                "TYMPAN_WEB_USERNAME" if own => Some("bob".to_owned()),
                "TYMPAN_WEB_PASSWORD" if own => Some("key".to_owned()),
                _ => None,
            };
            told(&Login::find("TYMPAN_WEB", "ghcr.io", &variable))
        };
        assert_eq!(
            (find(true), find(false)),
            ("bob key".into(), "ada wheel".into())
        );
        assert_eq!(told(&Login::find("X", "ghcr.io", &|_| None)), "nobody");
    }
}
