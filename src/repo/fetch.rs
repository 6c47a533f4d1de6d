//! One commit of another repository, fetched over the network: the only call that reaches out, and
//! only when a person asks for it. Nothing is checked out and nothing of it is run.

use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use crate::repo::bundle::Files;
use crate::repo::error::RepoError;
use crate::repo::git;
use crate::repo::snapshot::Snapshot;
use crate::site_path::SitePath;

/// How much may be fetched, in bytes.
const MAX_FETCHED: u64 = 256 << 20;
/// How long that may take, in looks.
const MAX_LOOKS: usize = 6000;
/// The time between two looks.
const LOOK: Duration = Duration::from_millis(100);
/// How many files may be taken of it.
const MAX_FILES: usize = 5000;
/// How large they may be together, in bytes.
const MAX_SIZE: u64 = 32 << 20;
/// The reference that is fetched into.
const FETCHED: &str = "refs/heads/fetched";

/// What may be fetched from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Servers, over HTTPS.
    Https,
    /// Repositories on this machine, for tests.
    Local,
}

/// Files of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The commit.
    pub commit: String,
    /// The files.
    pub files: Files,
}

/// A commit could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address leads nowhere that may be fetched from.
    #[error(
        "`{url}` is no address of a repository: write it as `https://host/path`, without a name or password"
    )]
    Url {
        /// The address.
        url: String,
    },
    /// A revision cannot be one.
    #[error("`{rev}` is no revision: name a commit, a tag or a branch")]
    Revision {
        /// The revision.
        rev: String,
    },
    /// The repository is larger than what is taken.
    #[error("`{url}` is larger or slower than may be: it may bring {} MB, of which {MAX_FILES} files of {} MB are taken", MAX_FETCHED >> 20, MAX_SIZE >> 20)]
    TooLarge {
        /// The address.
        url: String,
    },
    /// Git could not fetch it.
    #[error("cannot fetch `{url}`: {message}")]
    Git {
        /// The address.
        url: String,
        /// What Git said.
        message: String,
    },
    /// A folder for the time being could not be made.
    #[error("cannot make a folder to fetch into")]
    Folder(#[source] std::io::Error),
    /// What was fetched cannot be read.
    #[error(transparent)]
    Read(#[from] RepoError),
}

/// Whether an address may be fetched from.
pub fn is_remote(url: &str, reach: Reach) -> bool {
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic());
    let rest = match reach {
        Reach::Https => url.strip_prefix("https://"),
        Reach::Local => url.strip_prefix("file://"),
    };
    let host = rest.map(|rest| rest.split('/').next().unwrap_or_default());
    plain
        && host
            .is_some_and(|host| reach == Reach::Local || !(host.is_empty() || host.contains('@')))
}

/// Fetches the files of a commit that `wanted` chooses; of the newest if no revision is named.
/// Symbolic links and submodules are left out.
///
/// # Errors
/// Fails where the address is none, the network or Git fails, and where it is more than may be.
pub fn fetch(
    url: &str,
    rev: Option<&str>,
    reach: Reach,
    wanted: impl Fn(&SitePath) -> bool,
) -> Result<Fetched, FetchError> {
    let url_of = || url.to_owned();
    if !is_remote(url, reach) {
        return Err(FetchError::Url { url: url_of() });
    }
    let rev = rev.unwrap_or("HEAD");
    let named = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if rev.is_empty() || rev.starts_with('-') || !rev.chars().all(named) {
        let rev = rev.to_owned();
        return Err(FetchError::Revision { rev });
    }
    let folder = tempfile::tempdir().map_err(FetchError::Folder)?;
    let root = folder.path();
    git::run(root, ["init", "--bare", "--quiet", "--template="])?;
    let mut command = git::command(root);
    for setting in ["fetch.fsckObjects=true", "transfer.credentialsInUrl=die"] {
        command.args(["-c", setting]);
    }
    let protocol = match reach {
        Reach::Https => "https",
        Reach::Local => "file",
    };
    command
        .args(["fetch", "--quiet", "--depth=1", "--no-tags"])
        .args(["--no-recurse-submodules", "--no-auto-maintenance", "--"])
        .arg(url)
        .arg(format!("+{rev}:{FETCHED}"))
        .env("GIT_ALLOW_PROTOCOL", protocol)
        .env_remove("GIT_ASKPASS")
        .env_remove("SSH_ASKPASS")
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let child = command.spawn().map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => RepoError::NoGit,
        _ => RepoError::Start {
            command: "fetch".to_owned(),
            root: root.to_path_buf(),
            source,
        },
    })?;
    let output = watched(child, root).ok_or_else(|| FetchError::TooLarge { url: url_of() })?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(FetchError::Git {
            url: url_of(),
            message,
        });
    }
    let snapshot = Snapshot::revision(root, FETCHED)?;
    let mut files = Files::new();
    let mut size = 0;
    for file in snapshot.files() {
        if file.link.is_some() || !wanted(&file.path) {
            continue;
        }
        size += file.size;
        if size > MAX_SIZE || files.len() >= MAX_FILES {
            return Err(FetchError::TooLarge { url: url_of() });
        }
        files.insert(file.path.clone(), snapshot.read(&file.path)?.into());
    }
    let commit = snapshot.source().commit.clone().unwrap_or_default();
    Ok(Fetched { commit, files })
}

/// Waits for Git, but not for more than may come.
fn watched(mut child: Child, root: &Path) -> Option<std::process::Output> {
    for _ in 0..MAX_LOOKS {
        if !matches!(child.try_wait(), Ok(None)) {
            return child.wait_with_output().ok();
        }
        let sizes = walkdir::WalkDir::new(root).into_iter().flatten();
        let sizes = sizes.filter_map(|entry| entry.metadata().ok());
        if sizes.map(|found| found.len()).sum::<u64>() > MAX_FETCHED {
            break;
        }
        thread::sleep(LOOK);
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::fixture::Fixture;

    fn all(_: &SitePath) -> bool {
        true
    }

    fn url(fixture: &Fixture) -> String {
        format!("file://{}", fixture.root().display())
    }

    #[test]
    fn a_commit_of_another_repository_is_fetched_whole() {
        let mut fixture = Fixture::with(&[("css/a.css", "one"), ("README.md", "x")]);
        let first = fixture.git(&["rev-parse", "HEAD"]);
        fixture.write("css/a.css", "two");
        let second = fixture.commit("More");
        let bare = Fixture::folder();
        let (from, to) = (url(&fixture), bare.at("bare.git"));
        fixture.git(&["clone", "--quiet", "--bare", &from, to.to_str().unwrap()]);
        let from = format!("file://{}", to.display());
        let css = |rev: Option<&str>| {
            let found = fetch(&from, rev, Reach::Local, |path| {
                path.as_str().starts_with("css/")
            });
            let found = found.unwrap();
            assert_eq!(found.files.len(), 1);
            let text = found.files.values().next().unwrap().to_vec();
            (found.commit, String::from_utf8(text).unwrap())
        };
        assert_eq!(css(None), (second.clone(), "two".to_owned()));
        assert_eq!(css(Some(&first)), (first, "one".to_owned()));
        assert_eq!(css(Some("main")).0, second);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_submodules_are_left_out_and_nothing_is_run() {
        let mut fixture = Fixture::with(&[("css/a.css", "one")]);
        fixture.link("css/link.css", "a.css");
        fixture.link("css/out.css", "/etc/passwd");
        fixture.write(".gitattributes", "* filter=evil\n");
        fixture.write(
            ".gitmodules",
            "[submodule \"m\"]\n\tpath = m\n\turl = ext::sh -c evil\n",
        );
        fixture.write(".git/hooks/post-checkout", "#!/bin/sh\ntouch ../ran\n");
        fixture.commit("Evil");
        let found = fetch(&url(&fixture), None, Reach::Local, all).unwrap();
        let paths: Vec<&str> = found.files.keys().map(SitePath::as_str).collect();
        assert!(paths.contains(&"css/a.css"));
        assert!(
            !paths
                .iter()
                .any(|path| path.contains("link") || path.contains("out"))
        );
    }

    #[test]
    fn other_protocols_and_names_are_refused() {
        let fixture = Fixture::with(&[("a", "a")]);
        let refused = |url: &str, reach| {
            let error = fetch(url, None, reach, all).unwrap_err();
            assert!(matches!(error, FetchError::Url { .. }), "{url}: {error}");
        };
        refused(&url(&fixture), Reach::Https);
        for url in [
            "ext::sh -c evil",
            "ssh://host/x",
            "git@host:x",
            "http://host/x",
            "https://",
            "https://me:word@host/x",
            "https://host/x y",
            "-uevil",
            "/etc",
        ] {
            refused(url, Reach::Https);
        }
        for rev in ["--upload-pack=evil", "a:b", "a b", ""] {
            let error = fetch(&url(&fixture), Some(rev), Reach::Local, all).unwrap_err();
            assert!(matches!(error, FetchError::Revision { .. }), "{rev}");
        }
        let gone = fetch(&url(&fixture), Some("gone"), Reach::Local, all).unwrap_err();
        assert!(matches!(gone, FetchError::Git { .. }), "{gone}");
    }
}
