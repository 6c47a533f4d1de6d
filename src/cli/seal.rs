//! A commit as a release in the store, built straight from Git's objects.

use anyhow::bail;

use crate::build::{BuildOptions, Checks, Images, Versions};
use crate::cli::args::{Global, PagesArgs};
use crate::cli::build::make;
use crate::cli::project::{Project, root};
use crate::cli::ui::Ui;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::release::Release;
use crate::render::Wanted;
use crate::repo::is_shallow;

/// A release that was just made.
pub struct Sealed {
    /// The project at the commit, with the store that has the release.
    pub project: Project,
    /// The release.
    pub release: Release,
    /// Its name.
    pub digest: Digest,
    /// Everything that the checks found, sorted.
    pub diagnostics: Vec<Diagnostic>,
}

/// Builds a commit and keeps the release with all its files in the store, so that anybody who has the
/// repository can build the same release again.
pub fn seal(ui: &Ui, global: &Global, commit: &str) -> anyhow::Result<Sealed> {
    if is_shallow(&root(global)?)? {
        bail!(
            "this is a shallow clone: what pages take from the history, such as their dates, would be missing, and nobody else could build the same release; fetch the rest with `git fetch --unshallow --tags`"
        );
    }
    draft(ui, global, commit)
}

/// As [`seal`], for a release that nobody has to build again.
pub fn draft(ui: &Ui, global: &Global, commit: &str) -> anyhow::Result<Sealed> {
    let project = Project::open(ui, global, Some(commit))?;
    let pages = PagesArgs {
        drafts: false,
        future: false,
        expired: false,
    };
    let options = BuildOptions {
        load: project.load_options(ui, &pages, &project.root.join("dist")),
        wanted: Wanted::all(),
        versions: Versions::All,
        images: Images::First,
        checks: Checks::Run,
    };
    let built = make(ui, &project, &options, &|artifact, file| {
        Ok(project.store.put_named(&file.sha256, &artifact.bytes)?)
    })?;
    // A release is named by the digest of its JSON, so the store keeps it as any other blob.
    let digest = project.store.put_blob(&built.release.to_json())?;
    if digest != built.digest {
        bail!("the store named the release {digest}, which is not its digest");
    }
    ui.note(&format!("release   {digest} of {}", short(commit)));
    Ok(Sealed {
        project,
        release: built.release,
        digest,
        diagnostics: built.diagnostics,
    })
}

/// The beginning of a commit's name, for people.
pub fn short(commit: &str) -> String {
    commit.chars().take(7).collect()
}
