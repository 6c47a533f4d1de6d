//! The statement of `tympan release --statement`: who built a release, as the CI tells it.

use std::path::Path;

use anyhow::Context as _;

use crate::cli::ui::variable;
use crate::release::{Builder, Release};

/// Writes the statement of a release.
pub fn write(release: &Release, file: &Path) -> anyhow::Result<()> {
    let (id, repository) = who();
    let statement = release.statement(Builder {
        id: &id,
        repository: repository.as_deref(),
    });
    std::fs::write(file, statement).with_context(|| format!("cannot write `{}`", file.display()))
}

/// The address of the workflow that runs, and that of its repository.
fn who() -> (String, Option<String>) {
    let joined = |names: [&str; 2]| {
        let parts = names.map(variable);
        let [Some(server), Some(path)] = parts else {
            return None;
        };
        Some(format!("{server}/{path}"))
    };
    if let Some(repository) = joined(["GITHUB_SERVER_URL", "GITHUB_REPOSITORY"]) {
        let workflow = joined(["GITHUB_SERVER_URL", "GITHUB_WORKFLOW_REF"]);
        return (
            workflow.unwrap_or_else(|| repository.clone()),
            Some(repository),
        );
    }
    if let Some(repository) = variable("CI_PROJECT_URL") {
        // As GitLab itself names the builder of its provenance.
        let runner = variable("CI_RUNNER_ID").unwrap_or_default();
        return (format!("{repository}/-/runners/{runner}"), Some(repository));
    }
    ("urn:tympan:builder:local".to_owned(), None)
}
