//! What can stop the reading of a repository, and what to do about it.

use std::path::PathBuf;

use crate::site_path::SitePath;

/// A snapshot or a history could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RepoError {
    /// The project's root is not there.
    #[error("`{root}` is not a folder")]
    NoRoot {
        /// The root.
        root: PathBuf,
    },
    /// There is no Git to run.
    #[error("cannot find the program `git`: install it and make sure that it is on the PATH")]
    NoGit,
    /// Git is there but did not start.
    #[error("cannot run `git {command}` in `{root}`")]
    Start {
        /// The command.
        command: String,
        /// The root.
        root: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// Git gave up.
    #[error("`git {command}` failed in `{root}`: {message}")]
    Git {
        /// The command.
        command: String,
        /// The root.
        root: PathBuf,
        /// What it said.
        message: String,
    },
    /// Git does not read the repository, because it belongs to somebody else.
    #[error(
        "Git does not trust `{root}`, because another user owns it: if you do, run \
         `git config --global --add safe.directory {top}`"
    )]
    Untrusted {
        /// The root.
        root: PathBuf,
        /// The folder that Git names, or the root.
        top: String,
    },
    /// A revision was asked for where there is no Git repository.
    #[error("`{root}` is not in a Git repository, so it has no revisions: run `git init` there")]
    NoRepository {
        /// The root.
        root: PathBuf,
    },
    /// The repository has no remote of that name.
    #[error(
        "`{root}` has no remote `{name}`: add it with `git remote add {name} URL`, or write the address itself"
    )]
    NoRemote {
        /// The name.
        name: String,
        /// The root.
        root: PathBuf,
    },
    /// The worktree of a bare repository was asked for.
    #[error("`{root}` is a repository without a worktree: name a revision with `--rev`")]
    NoWorktree {
        /// The root.
        root: PathBuf,
    },
    /// Another Git is at work in the worktree.
    #[error(
        "another Git is at work there: `{}` is there; wait for it to end, or remove that file if none is running", .lock.display()
    )]
    Locked {
        /// The file by which it says so.
        lock: PathBuf,
    },
    /// No commit goes by that name.
    #[error(
        "`{rev}` names no commit of `{root}`: check the spelling; in a shallow clone \
         `git fetch --unshallow --tags` brings the rest"
    )]
    UnknownRevision {
        /// The revision.
        rev: String,
        /// The root.
        root: PathBuf,
    },
    /// The project's folder did not exist yet, or no longer, at that revision.
    #[error("the folder `{root}` does not exist at revision `{rev}`")]
    NoFolder {
        /// The revision.
        rev: String,
        /// The root.
        root: PathBuf,
    },
    /// The snapshot has no such file.
    #[error("the snapshot has no file `{path}`")]
    NoFile {
        /// The file.
        path: SitePath,
    },
    /// A file cannot be read.
    #[error("cannot read `{path}`")]
    Read {
        /// The file.
        path: SitePath,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// A file of the worktree is no longer what it was when the snapshot was taken.
    #[error("`{path}` is no longer a file inside the project: it changed while it was read")]
    Moved {
        /// The file.
        path: SitePath,
    },
    /// The repository lacks the bytes of a file.
    #[error(
        "the repository lacks the content of `{path}` ({object}): in a partial clone \
         `git fetch --refetch --no-filter` brings it"
    )]
    MissingObject {
        /// The file.
        path: SitePath,
        /// The Git object.
        object: String,
    },
}
