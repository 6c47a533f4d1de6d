//! How `git` is run: always with the same bounds, whatever the caller's environment and the
//! repository's own configuration say.

use std::ffi::OsStr;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::repo::error::RepoError;

/// What a hook hands down about its own repository, and what would change the meaning of a path.
const NOT_INHERITED: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INDEX_VERSION",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_GRAFT_FILE",
    "GIT_SHALLOW_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_CONFIG",
    "GIT_ATTR_SOURCE",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
];

/// What every call is told, over anything that a configuration file says.
const SETTINGS: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.quotepath=off",
    "color.ui=never",
    "gc.auto=0",
    "maintenance.auto=false",
];

/// Where a project's root lies in its repository.
#[derive(Debug)]
pub(crate) struct Repository {
    /// The root below the top of the repository, as Git writes it: empty, or with a last slash.
    pub(crate) prefix: Vec<u8>,
    /// Whether the history is cut off.
    pub(crate) is_shallow: bool,
    /// Whether there are files on disk; a bare repository has none.
    pub(crate) has_worktree: bool,
}

/// The full name of the commit that `rev` stands for.
///
/// # Errors
/// Fails where there is no repository, or no such commit in it.
pub fn resolve(root: &Path, rev: &str) -> Result<String, RepoError> {
    if locate(root)?.is_none() {
        return Err(RepoError::NoRepository {
            root: root.to_path_buf(),
        });
    }
    find_commit(root, rev)?.ok_or_else(|| RepoError::UnknownRevision {
        rev: rev.to_owned(),
        root: root.to_path_buf(),
    })
}

/// Whether `root` is a repository without files of its own, such as people push to.
///
/// # Errors
/// Fails where Git does.
pub fn is_bare(root: &Path) -> Result<bool, RepoError> {
    Ok(locate(root)?.is_some_and(|repository| !repository.has_worktree))
}

/// Whether the repository around `root` has only the last part of its history.
///
/// # Errors
/// Fails where Git does.
pub fn is_shallow(root: &Path) -> Result<bool, RepoError> {
    Ok(locate(root)?.is_some_and(|repository| repository.is_shallow))
}

/// As [`resolve`], in a folder that is known to have a repository.
pub(crate) fn find_commit(root: &Path, rev: &str) -> Result<Option<String>, RepoError> {
    // An empty or negated name would change the meaning of the `^{commit}` behind it.
    if rev.is_empty() || rev.starts_with('^') || rev.contains(char::is_control) {
        return Ok(None);
    }
    let name = format!("{rev}^{{commit}}");
    let output = output(
        root,
        [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &name,
        ],
    )?;
    let found = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let is_name =
        matches!(found.len(), 40 | 64) && found.bytes().all(|byte| byte.is_ascii_hexdigit());
    Ok((output.status.success() && is_name).then_some(found))
}

/// Finds the repository around `root`; none for a folder without Git.
pub(crate) fn locate(root: &Path) -> Result<Option<Repository>, RepoError> {
    if !root.is_dir() {
        return Err(RepoError::NoRoot {
            root: root.to_path_buf(),
        });
    }
    let args = [
        "rev-parse",
        "--is-inside-work-tree",
        "--is-shallow-repository",
        "--show-prefix",
    ];
    let output = match output(root, args) {
        Err(RepoError::NoGit) if !is_below_repository(root) => return Ok(None),
        output => output?,
    };
    if !output.status.success() {
        // A link to a repository that is gone says `not a git repository: PATH`, and is a fault.
        let none = String::from_utf8_lossy(&output.stderr).contains("not a git repository (or any");
        return if none {
            Ok(None)
        } else {
            Err(failure(root, "rev-parse", &output))
        };
    }
    let mut lines = output.stdout.splitn(3, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (has_worktree, is_shallow, prefix) = (line() == b"true", line() == b"true", line());
    Ok(Some(Repository {
        prefix: prefix.strip_suffix(b"\n").unwrap_or(prefix).to_vec(),
        is_shallow,
        has_worktree,
    }))
}

/// The tree of the root's folder at `commit`, and the committer's time.
pub(crate) fn commit_facts(
    root: &Path,
    repository: &Repository,
    commit: &str,
) -> Result<(Option<String>, Option<i64>), RepoError> {
    let text = run(root, ["cat-file", "commit", commit])?;
    let text = String::from_utf8_lossy(&text);
    let header = |name: &str| {
        text.lines()
            .take_while(|line| !line.is_empty())
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
    };
    let time = header("committer")
        .and_then(|line| line.rsplit_once("> "))
        .and_then(|(_, time)| time.split(' ').next()?.parse().ok());
    let Some(folder) = repository.prefix.strip_suffix(b"/") else {
        return Ok((header("tree").map(str::to_owned), time));
    };
    let folder = path_of(folder);
    let mut args: Vec<&OsStr> = ["ls-tree", "-z", "--full-tree", commit, "--"]
        .map(OsStr::new)
        .to_vec();
    args.push(folder.as_os_str());
    let listed = run(root, args)?;
    let listed = String::from_utf8_lossy(&listed);
    let tree = listed
        .strip_prefix("040000 tree ")
        .and_then(|rest| rest.split('\t').next());
    Ok((tree.map(str::to_owned), time))
}

/// A call of `git` in `root`.
pub(crate) fn command(root: &Path) -> Command {
    let mut command = Command::new("git");
    // `-C` and not the child's own folder: a missing folder is then told from a missing `git`.
    command.arg("--no-pager").arg("-C").arg(root);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    for name in NOT_INHERITED {
        command.env_remove(name);
    }
    command
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        // A partial clone would fetch what it lacks, by a program that its configuration names.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "none")
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    command
}

/// Runs `git` to its end, whether it succeeds or not.
pub(crate) fn output<S: AsRef<OsStr>>(
    root: &Path,
    args: impl IntoIterator<Item = S>,
) -> Result<Output, RepoError> {
    finish(root, command(root).args(args))
}

/// Runs a prepared call to its end, whether it succeeds or not.
pub(crate) fn finish(root: &Path, command: &mut Command) -> Result<Output, RepoError> {
    command.output().map_err(|source| {
        if source.kind() == io::ErrorKind::NotFound {
            return RepoError::NoGit;
        }
        start_fault(root, command, source)
    })
}

/// Runs a prepared call that reads `input`, and gives what it prints.
pub(crate) fn feed(root: &Path, command: &mut Command, input: &[u8]) -> Result<Vec<u8>, RepoError> {
    let mut file = tempfile::tempfile().map_err(|source| start_fault(root, command, source))?;
    // From a file: Git may print before it has read all, and neither must wait for the other.
    let written = file.write_all(input).and_then(|()| file.rewind());
    written.map_err(|source| start_fault(root, command, source))?;
    succeed(root, command.stdin(file))
}

fn start_fault(root: &Path, command: &Command, source: io::Error) -> RepoError {
    RepoError::Start {
        command: name_of(command),
        root: root.to_path_buf(),
        source,
    }
}

/// Runs `git` and gives what it prints.
pub(crate) fn run<S: AsRef<OsStr>>(
    root: &Path,
    args: impl IntoIterator<Item = S>,
) -> Result<Vec<u8>, RepoError> {
    succeed(root, command(root).args(args))
}

/// Runs a prepared call and gives what it prints.
pub(crate) fn succeed(root: &Path, command: &mut Command) -> Result<Vec<u8>, RepoError> {
    let output = finish(root, command)?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(failure(root, &name_of(command), &output))
    }
}

/// A path as Git prints it.
pub(crate) fn path_of(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        PathBuf::from(OsStr::from_bytes(bytes))
    }
    #[cfg(not(unix))]
    {
        PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
    }
}

/// The name of Git's own command in a call, for messages.
fn name_of(command: &Command) -> String {
    const KNOWN: &[&str] = &[
        "rev-parse",
        "cat-file",
        "ls-tree",
        "ls-files",
        "status",
        "log",
        "config",
        "init",
        "add",
        "commit",
        "check-ignore",
        "fetch",
        "diff",
        "merge-base",
        "write-tree",
        "hash-object",
        "read-tree",
        "update-index",
        "commit-tree",
        "update-ref",
        "checkout-index",
        "push",
        "verify-tag",
    ];
    let mut names = command
        .get_args()
        .filter_map(|arg| KNOWN.iter().find(|name| arg == **name));
    names
        .next()
        .map_or(String::new(), |name| (*name).to_owned())
}

pub(crate) fn failure(root: &Path, command: &str, output: &Output) -> RepoError {
    let message = String::from_utf8_lossy(&output.stderr);
    if message.contains("dubious ownership") {
        let top = message
            .split_once("repository at '")
            .and_then(|(_, rest)| rest.split_once('\''))
            .map_or_else(|| root.display().to_string(), |(top, _)| top.to_owned());
        return RepoError::Untrusted {
            root: root.to_path_buf(),
            top,
        };
    }
    RepoError::Git {
        command: command.to_owned(),
        root: root.to_path_buf(),
        message: message.trim().to_owned(),
    }
}

/// Looks for a repository by hand, for machines without Git.
fn is_below_repository(root: &Path) -> bool {
    root.canonicalize()
        .is_ok_and(|root| root.ancestors().any(|folder| folder.join(".git").exists()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::fixture::Fixture;

    #[test]
    fn a_revision_of_any_kind_becomes_a_commit() {
        let mut fixture = Fixture::with(&[("a.md", "a")]);
        let first = fixture.git(&["rev-parse", "HEAD"]);
        fixture.git(&["branch", "--", "topic/ä"]);
        fixture.dated(&[
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example",
            "tag",
            "-am",
            "1",
            "v1",
        ]);
        let second = fixture.commit("More");
        for (rev, expected) in [
            ("HEAD", &second),
            ("HEAD~1", &first),
            ("v1", &first),
            ("topic/ä", &first),
            ("refs/tags/v1", &first),
            ("main@{0}", &second),
            (&first[..10], &first),
        ] {
            assert_eq!(resolve(fixture.root(), rev).unwrap(), *expected, "{rev}");
        }
    }

    #[test]
    fn a_replaced_commit_is_not_believed() {
        let mut fixture = Fixture::with(&[("a.md", "true")]);
        let first = fixture.git(&["rev-parse", "HEAD"]);
        fixture.write("a.md", "false");
        let second = fixture.commit("Lie");
        fixture.git(&["replace", &first, &second]);
        let tree = run(fixture.root(), ["cat-file", "commit", &first]).unwrap();
        assert!(!String::from_utf8_lossy(&tree).contains("Lie"));
    }

    #[test]
    fn a_repository_that_is_gone_is_a_fault() {
        let fixture = Fixture::folder();
        fixture.write(".git", "gitdir: /nowhere/at/all\n");
        let error = locate(fixture.root()).unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
    }

    #[test]
    fn a_repository_of_another_user_says_what_to_do() {
        let fixture = Fixture::with(&[("a.md", "a")]);
        let mut command = command(fixture.root());
        command.args(["rev-parse", "HEAD"]);
        let output = finish(
            fixture.root(),
            command.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1"),
        );
        let error = failure(fixture.root(), "rev-parse", &output.unwrap());
        let RepoError::Untrusted { top, .. } = error else {
            panic!("{error}");
        };
        let top = Path::new(&top).canonicalize().unwrap();
        assert_eq!(top, fixture.root().canonicalize().unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn a_machine_without_git_is_told_to_install_it() {
        let fixture = Fixture::folder();
        let mut command = command(fixture.root());
        let error = finish(fixture.root(), command.env("PATH", "/nowhere")).unwrap_err();
        assert!(matches!(error, RepoError::NoGit), "{error}");
    }

    /// Runs another test of this program inside a hook's environment.
    #[test]
    fn a_hook_of_another_repository_changes_nothing() {
        let status = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "repo::snapshot::tests::a_revision_equals_the_clean_worktree",
            ])
            .envs([
                ("GIT_DIR", "/nowhere/.git"),
                ("GIT_WORK_TREE", "/nowhere"),
                ("GIT_INDEX_FILE", "/nowhere/index"),
                ("GIT_OBJECT_DIRECTORY", "/nowhere/objects"),
                ("GIT_PREFIX", "nowhere/"),
                ("GIT_LITERAL_PATHSPECS", "1"),
            ])
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&status.stdout);
        assert!(
            status.status.success() && shown.contains("1 passed"),
            "{shown}"
        );
    }
}
