//! One commit of another repository, fetched over the network: the only call that reaches out, and
//! only when a person asks for it. Nothing is checked out and nothing of it is run.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
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
/// How long the list of its files may be, in bytes.
const MAX_LISTED: u64 = 16 << 20;
/// How much of what Git says is read, in bytes.
const MAX_SAID: u64 = 64 << 10;
/// How many files may be taken of it.
const MAX_FILES: usize = 5000;
/// How large they may be together, in bytes.
const MAX_SIZE: u64 = 32 << 20;
/// The reference that is fetched into.
const FETCHED: &str = "refs/fetched/theme";

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
        "this is no address of a repository: write it as `https://host/path`, without a name or password"
    )]
    Url,
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
        return Err(FetchError::Url);
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
    for setting in [
        "fetch.fsckObjects=true",
        "transfer.credentialsInUrl=die",
        "credential.interactive=false",
        // A server that stalls for a minute ends it.
        "http.lowSpeedLimit=1000",
        "http.lowSpeedTime=60",
    ] {
        command.args(["-c", setting]);
    }
    // Nobody has to read this while Git runs, so Git never waits to be read.
    let said = root.join("said");
    let errors = File::create(&said).map_err(FetchError::Folder)?;
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
        // A program of the user's configuration would ask where this names none.
        .env("GIT_ASKPASS", "")
        .env_remove("SSH_ASKPASS")
        .stdout(Stdio::null())
        .stderr(errors);
    let child = command.spawn().map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => RepoError::NoGit,
        _ => RepoError::Start {
            command: "fetch".to_owned(),
            root: root.to_path_buf(),
            source,
        },
    })?;
    let status = watched(child, root).ok_or_else(|| FetchError::TooLarge { url: url_of() })?;
    if !status.success() {
        let mut message = Vec::new();
        let said = File::open(&said).map_err(FetchError::Folder)?;
        let read = said.take(MAX_SAID).read_to_end(&mut message);
        read.map_err(FetchError::Folder)?;
        let message = String::from_utf8_lossy(&message).trim().to_owned();
        return Err(FetchError::Git {
            url: url_of(),
            message,
        });
    }
    if listing(root).map_err(FetchError::Folder)? > MAX_LISTED {
        return Err(FetchError::TooLarge { url: url_of() });
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

/// How long the list of all files is, up to a little more than it may be: a few trees that hold each
/// other many times name more files than any memory holds.
fn listing(root: &Path) -> std::io::Result<u64> {
    let mut child = git::command(root)
        .args(["ls-tree", "-r", "-z", "--full-tree", FETCHED])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let listed = child.stdout.take().map_or(Ok(0), |out| {
        std::io::copy(&mut out.take(MAX_LISTED + 1), &mut std::io::sink())
    });
    let _ = child.kill();
    child.wait()?;
    listed
}

/// Waits for Git, but not for more than may come.
fn watched(mut child: Child, root: &Path) -> Option<ExitStatus> {
    for _ in 0..MAX_LOOKS {
        if !matches!(child.try_wait(), Ok(None)) {
            return child.wait().ok();
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

    /// Who a tag or a commit is by.
    const WHO: [&str; 2] = ["user.name=Ada", "user.email=ada@guide.example"];

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
        let [name, mail] = WHO;
        fixture.git(&["-c", name, "-c", mail, "tag", "-am", "One", "v1", &second]);
        fixture.git(&["push", "--quiet", &from, "v1"]);
        assert_eq!(css(Some("v1")).0, second);
    }

    #[test]
    fn trees_that_hold_each_other_many_times_are_refused() {
        let fixture = Fixture::with(&[("a", "a")]);
        let mut tree = fixture.git(&["rev-parse", "HEAD^{tree}"]);
        for _ in 0..6 {
            let entries: Vec<String> = (0..10)
                .map(|name| format!("040000 tree {tree}\tfolder-{name}\n"))
                .collect();
            fixture.write("entries", &entries.concat());
            tree = fixture.git(&["-c", "alias.make=!git mktree < entries", "make"]);
        }
        let [name, mail] = WHO;
        let commit = fixture.git(&["-c", name, "-c", mail, "commit-tree", "-m", "Bomb", &tree]);
        fixture.git(&["branch", "bomb", &commit]);
        let error = fetch(&url(&fixture), Some("bomb"), Reach::Local, all).unwrap_err();
        assert!(matches!(error, FetchError::TooLarge { .. }), "{error}");
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
            assert!(matches!(error, FetchError::Url), "{url}: {error}");
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
