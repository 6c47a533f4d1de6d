//! What a release was made from, as an in-toto statement with a SLSA provenance: what the
//! attestation step of a platform signs.

use serde_json::json;

use crate::release::canonical::to_canonical_json;
use crate::release::sealed::Release;

/// What names the way in which tympan builds.
const BUILD_TYPE: &str = "urn:tympan:build:v1";

/// Who built a release, and out of what repository.
#[derive(Debug, Clone, Copy)]
pub struct Builder<'a> {
    /// The address that names whoever ran the build, such as that of a workflow.
    pub id: &'a str,
    /// The address of the repository, if it is known.
    pub repository: Option<&'a str>,
}

impl Release {
    /// The statement (in-toto Statement v1 with SLSA provenance v1) as canonical JSON. Its subjects
    /// are the release's own JSON and what it offers for download. There is no time in it: the same
    /// release by the same builder makes the same statement.
    pub fn statement(&self, builder: Builder<'_>) -> Vec<u8> {
        let own = json!({
            "name": "release.json",
            "digest": { "sha256": self.digest().hex() },
        });
        let offered = self.outputs.iter().filter_map(|output| {
            let file = self.files.get(&output.path)?;
            Some(json!({
                "name": file.path.as_str(),
                "digest": { "sha256": file.sha256.hex() },
            }))
        });
        let subject: Vec<_> = std::iter::once(own).chain(offered).collect();
        let commit = self.source.commit.as_deref();
        let dependencies: Vec<_> = commit
            .map(|commit| {
                let repository = builder.repository.unwrap_or("urn:tympan:repository");
                json!({
                    "uri": format!("git+{repository}@{commit}"),
                    "digest": { "gitCommit": commit },
                })
            })
            .into_iter()
            .collect();
        to_canonical_json(&json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": subject,
            "predicateType": "https://slsa.dev/provenance/v1",
            "predicate": {
                "buildDefinition": {
                    "buildType": BUILD_TYPE,
                    "externalParameters": {
                        "commit": commit,
                        "repository": builder.repository,
                    },
                    "internalParameters": {
                        "checks": self.checks,
                        "lock": self.lock,
                    },
                    "resolvedDependencies": dependencies,
                },
                "runDetails": { "builder": { "id": builder.id } },
            },
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::{
        Artifact, CheckSummary, FORMAT, Lock, Manifest, Output, ReleaseSource, Role,
    };
    use crate::site_path::SitePath;

    #[test]
    fn a_statement_names_the_release_its_documents_and_its_commit() {
        let path = SitePath::parse("guide.pdf").unwrap();
        let artifact = Artifact::new(path.clone(), Role::Document, b"pdf".to_vec());
        let release = Release {
            base: None,
            checks: CheckSummary::default(),
            files: Manifest::of(&[artifact]),
            format: FORMAT,
            lock: Lock([("tympan".to_owned(), "0.1.0".to_owned())].into()),
            outputs: vec![Output {
                bytes: 3,
                files: None,
                kind: "pdf".to_owned(),
                pages: None,
                path,
            }],
            redirects: Vec::new(),
            routes: Vec::new(),
            source: ReleaseSource {
                commit: Some("4be1".to_owned()),
                ..ReleaseSource::default()
            },
        };
        let statement = release.statement(Builder {
            id: "https://forge.example/run/1",
            repository: Some("https://forge.example/ada/guide"),
        });
        let statement: serde_json::Value = serde_json::from_slice(&statement).unwrap();
        assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
        let names = |at: usize| statement["subject"][at]["name"].clone();
        assert_eq!(
            (names(0), names(1)),
            ("release.json".into(), "guide.pdf".into())
        );
        assert_eq!(
            statement["subject"][0]["digest"]["sha256"],
            release.digest().hex()
        );
        let definition = &statement["predicate"]["buildDefinition"];
        assert_eq!(
            definition["resolvedDependencies"][0]["uri"],
            "git+https://forge.example/ada/guide@4be1"
        );
        assert_eq!(definition["internalParameters"]["lock"]["tympan"], "0.1.0");
        assert_eq!(
            statement["predicate"]["runDetails"]["builder"]["id"],
            "https://forge.example/run/1"
        );
    }
}
