//! Objects that are made for a remote repository, and read that came from it.
//!
//! The objects lie in a folder of their own beside the repository, which is read for its settings,
//! credentials and remotes and never written to: no reference of it moves, and deleting the folder
//! costs time only.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::repo::blobs::{BlobWriter, is_name};
use crate::repo::error::RepoError;
use crate::repo::git;
use crate::repo::objects::Batch;
use crate::repo::push::veiled;

/// Commits are made by nobody at no time, so that one content is one commit.
const NOBODY: [(&str, &str); 6] = [
    ("GIT_AUTHOR_NAME", "tympan"),
    ("GIT_AUTHOR_EMAIL", "tympan"),
    ("GIT_AUTHOR_DATE", "@0 +0000"),
    ("GIT_COMMITTER_NAME", "tympan"),
    ("GIT_COMMITTER_EMAIL", "tympan"),
    ("GIT_COMMITTER_DATE", "@0 +0000"),
];

/// A remote repository, and a folder of objects made for it.
#[derive(Debug)]
pub struct RemoteRepository {
    pub(super) root: PathBuf,
    pub(super) url: String,
    objects: PathBuf,
    own: PathBuf,
    reading: Mutex<Option<Batch>>,
}

/// A file of a commit or tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its path as Git has it.
    pub path: String,
    /// Whether it is a plain file, and not a link or a submodule.
    pub is_plain: bool,
    /// The name of its blob.
    pub object: String,
    /// Its size in bytes.
    pub size: u64,
}

/// A change of a tree.
#[derive(Debug, Clone)]
pub enum TreeEdit {
    /// Puts a blob at a path.
    File {
        /// Where.
        path: String,
        /// The blob.
        object: String,
    },
    /// Puts a whole tree at a path where nothing is.
    Tree {
        /// Where.
        path: String,
        /// The tree.
        object: String,
    },
    /// Takes a folder away with all that is in it.
    Remove {
        /// Where.
        path: String,
    },
}

impl RemoteRepository {
    /// Names a remote of the repository around `root`, or the repository at an address. Objects are
    /// kept in the folder `objects`, which is made.
    ///
    /// # Errors
    /// Fails where there is no repository, no such remote, or no room.
    pub fn open(root: &Path, remote: &str, objects: &Path) -> Result<Self, RepoError> {
        if git::locate(root)?.is_none() {
            return Err(RepoError::NoRepository {
                root: root.to_path_buf(),
            });
        }
        let known = git::output(root, ["remote", "get-url", "--push", remote])?;
        let known = known.status.success().then_some(known.stdout);
        let url = known.as_deref().map(String::from_utf8_lossy);
        let url = url.as_deref().map(|url| url.trim_end_matches('\n'));
        // A push to a name would move the references that follow it in this repository.
        let url = match url {
            Some(url) => url,
            None if remote.contains(['/', ':']) => remote,
            None => {
                return Err(RepoError::NoRemote {
                    name: remote.to_owned(),
                    root: root.to_path_buf(),
                });
            }
        };
        let own = git::run(root, ["rev-parse", "--git-path", "objects"])?;
        let own = own.strip_suffix(b"\n").unwrap_or(&own);
        let pack = objects.join("pack");
        fs::create_dir_all(&pack).map_err(|source| RepoError::Start {
            command: "fast-import".to_owned(),
            root: pack,
            source,
        })?;
        let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.into());
        Ok(Self {
            url: url.to_owned(),
            objects: absolute(objects),
            own: absolute(&root.join(git::path_of(own))),
            root: root.to_path_buf(),
            reading: Mutex::default(),
        })
    }

    pub(super) fn command(&self) -> Command {
        let mut command = git::command(&self.root);
        for setting in [
            "i18n.commitEncoding=UTF-8",
            "core.protectNTFS=false",
            "core.protectHFS=false",
            "core.ignoreCase=false",
            "core.sparseCheckout=false",
            // A server that stalls for a minute ends it.
            "http.lowSpeedLimit=1000",
            "http.lowSpeedTime=60",
        ] {
            command.args(["-c", setting]);
        }
        command
            .env("GIT_OBJECT_DIRECTORY", &self.objects)
            .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", &self.own);
        command
    }

    fn run(&self, args: &[&str]) -> Result<Vec<u8>, RepoError> {
        git::succeed(&self.root, self.command().args(args))
    }

    /// A fault of a command of Git in this repository, told without secrets.
    pub fn failure(&self, command: &str, said: &str) -> RepoError {
        RepoError::Git {
            command: command.to_owned(),
            root: self.root.clone(),
            message: veiled(said.trim()),
        }
    }

    /// Whether an object is here.
    ///
    /// # Errors
    /// Fails where Git cannot be run.
    pub fn has(&self, object: &str) -> Result<bool, RepoError> {
        let output = git::finish(&self.root, self.command().args(["cat-file", "-e", object]))?;
        Ok(output.status.success())
    }

    /// What stands at a path of a commit or tree: the name of a blob or tree.
    ///
    /// # Errors
    /// Fails where the commit is not here.
    pub fn find(&self, commit: &str, path: &str) -> Result<Option<String>, RepoError> {
        let listed = self.run(&["ls-tree", "-z", "--full-tree", commit, "--", path])?;
        let listed = String::from_utf8_lossy(&listed);
        let line = listed.split('\0').next().unwrap_or_default();
        let object = line.split_once('\t').and_then(|(facts, found)| {
            let object = facts.split(' ').nth(2)?;
            (found == path).then(|| object.to_owned())
        });
        Ok(object)
    }

    /// The names in a folder of a commit or tree.
    ///
    /// # Errors
    /// Fails where the commit is not here.
    pub fn names(&self, commit: &str, folder: &str) -> Result<Vec<String>, RepoError> {
        let folder = format!("{folder}/");
        let args = [
            "ls-tree",
            "-z",
            "--name-only",
            "--full-tree",
            commit,
            "--",
            &folder,
        ];
        let listed = self.run(&args)?;
        let listed = String::from_utf8_lossy(&listed);
        let names = listed
            .split('\0')
            .filter_map(|path| path.strip_prefix(&folder));
        Ok(names.map(str::to_owned).collect())
    }

    /// All files of a commit or tree. What has a name that is no text has none that a site has.
    ///
    /// # Errors
    /// Fails where the commit is not here.
    pub fn files(&self, commit: &str) -> Result<Vec<RemoteFile>, RepoError> {
        let listed = self.run(&["ls-tree", "-r", "-z", "-l", "--full-tree", commit])?;
        let listed = String::from_utf8_lossy(&listed);
        let files = listed.split('\0').filter_map(|line| {
            let (facts, path) = line.split_once('\t')?;
            let facts: Vec<&str> = facts.split_ascii_whitespace().collect();
            let &[mode, kind, object, size] = facts.as_slice() else {
                return None;
            };
            Some(RemoteFile {
                path: path.to_owned(),
                is_plain: kind == "blob" && mode != "120000",
                object: object.to_owned(),
                size: size.parse().unwrap_or(0),
            })
        });
        Ok(files.collect())
    }

    /// The content of a blob; none if it is not here.
    ///
    /// # Errors
    /// Fails where Git gives no answer.
    pub fn read(&self, object: &str) -> Result<Option<Vec<u8>>, RepoError> {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken out while it talks: after a fault half way through a reply it is not used again.
        let mut talking = match reading.take() {
            Some(talking) => talking,
            None => Batch::start(&self.root, self.command())?,
        };
        let reply = talking.read(object).map_err(|source| RepoError::Start {
            command: "cat-file".to_owned(),
            root: self.root.clone(),
            source,
        })?;
        *reading = Some(talking);
        Ok(reply)
    }

    /// Begins to write blobs.
    ///
    /// # Errors
    /// Fails where Git cannot be run.
    pub fn writer(&self) -> Result<BlobWriter, RepoError> {
        BlobWriter::start(&self.root, self.command())
    }

    /// Writes one blob and gives its name.
    ///
    /// # Errors
    /// Fails where it cannot be written.
    pub fn write(&self, bytes: &[u8]) -> Result<String, RepoError> {
        let mut command = self.command();
        command.args(["hash-object", "-w", "--stdin"]);
        self.told_name("hash-object", &mut command, bytes)
    }

    /// Makes a tree out of another one, or out of nothing, and gives its name.
    ///
    /// # Errors
    /// Fails where Git takes a path for none that a tree can have.
    pub fn tree(&self, base: Option<&str>, edits: &[TreeEdit]) -> Result<String, RepoError> {
        let fault = |source: io::Error| RepoError::Start {
            command: "write-tree".to_owned(),
            root: self.root.clone(),
            source,
        };
        let folder = tempfile::tempdir_in(&self.objects).map_err(fault)?;
        let indexed = |args: &[&str]| {
            let mut command = self.command();
            command
                .env("GIT_INDEX_FILE", folder.path().join("index"))
                .args(args);
            command
        };
        let succeed = |args: &[&str]| git::succeed(&self.root, &mut indexed(args));
        succeed(&["read-tree", base.unwrap_or("--empty")])?;
        let mut lines = Vec::new();
        for edit in edits {
            match edit {
                TreeEdit::File { path, object } => {
                    lines.extend_from_slice(format!("100644 {object}\t{path}\0").as_bytes());
                }
                TreeEdit::Remove { path } => {
                    let pathspec = format!(":(top,literal){path}/");
                    for path in succeed(&["ls-files", "-z", "--", &pathspec])?
                        .split(|byte| *byte == 0)
                        .filter(|path| !path.is_empty())
                    {
                        lines.extend_from_slice(format!("0 {:040}\t", 0).as_bytes());
                        lines.extend_from_slice(path);
                        lines.push(0);
                    }
                }
                TreeEdit::Tree { .. } => {}
            }
        }
        let mut command = indexed(&["update-index", "-z", "--index-info"]);
        self.feed("update-index", &mut command, &lines)?;
        for edit in edits {
            if let TreeEdit::Tree { path, object } = edit {
                succeed(&["read-tree", &format!("--prefix={path}/"), object])?;
            }
        }
        self.told_name("write-tree", &mut indexed(&["write-tree"]), b"")
    }

    /// Makes a commit without parents, the same for the same tree and words.
    ///
    /// # Errors
    /// Fails where the tree is not here.
    pub fn commit(&self, tree: &str, message: &str) -> Result<String, RepoError> {
        let mut command = self.command();
        command.args(["commit-tree", tree]).envs(NOBODY);
        self.told_name("commit-tree", &mut command, message.as_bytes())
    }

    /// Runs a call that reads `input` and prints the name of an object.
    fn told_name(
        &self,
        name: &str,
        command: &mut Command,
        input: &[u8],
    ) -> Result<String, RepoError> {
        let output = self.feed(name, command, input)?;
        let told = String::from_utf8_lossy(&output).trim().to_owned();
        match is_name(&told) {
            true => Ok(told),
            false => Err(self.failure(name, "it names no object")),
        }
    }

    fn feed(&self, name: &str, command: &mut Command, input: &[u8]) -> Result<Vec<u8>, RepoError> {
        let fault = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => RepoError::NoGit,
            _ => RepoError::Start {
                command: name.to_owned(),
                root: self.root.clone(),
                source,
            },
        };
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(fault)?;
        // These calls say nothing before they have read all. One that ends early says why.
        let fed = child.stdin.take().map(|mut stdin| stdin.write_all(input));
        let output = child.wait_with_output().map_err(fault)?;
        if !output.status.success() {
            return Err(self.failure(name, &String::from_utf8_lossy(&output.stderr)));
        }
        fed.transpose().map_err(fault)?;
        Ok(output.stdout)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::repo::fixture::Fixture;

    pub(in crate::repo) struct Place {
        pub(in crate::repo) fixture: Fixture,
        pub(in crate::repo) remote: RemoteRepository,
    }

    pub(in crate::repo) fn place() -> Place {
        let fixture = Fixture::with(&[("a.md", "a")]);
        fixture.git(&["init", "--quiet", "--bare", "bare.git"]);
        let url = format!("file://{}", fixture.at("bare.git").display());
        fixture.git(&["remote", "add", "pages", &url]);
        let remote =
            RemoteRepository::open(fixture.root(), "pages", &fixture.at("objects")).unwrap();
        Place { fixture, remote }
    }

    impl Place {
        pub(in crate::repo) fn commit(&self, files: &[(&str, &str)]) -> String {
            let mut writer = self.remote.writer().unwrap();
            let edits: Vec<TreeEdit> = files
                .iter()
                .map(|(path, text)| TreeEdit::File {
                    path: (*path).to_owned(),
                    object: writer.write(text.as_bytes()).unwrap(),
                })
                .collect();
            writer.finish().unwrap();
            let tree = self.remote.tree(None, &edits).unwrap();
            self.remote.commit(&tree, "Words").unwrap()
        }
    }
}
