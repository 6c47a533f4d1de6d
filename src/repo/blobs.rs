//! Contents written into a repository as blobs, many through one `git fast-import`.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::repo::error::RepoError;

/// Writes blobs. They can be read once it is finished.
#[derive(Debug)]
pub struct BlobWriter {
    child: Child,
    contents: ChildStdin,
    names: BufReader<ChildStdout>,
}

impl BlobWriter {
    /// Starts a prepared call of `git`, of which the arguments are still wanting.
    pub(crate) fn start(root: &Path, mut command: Command) -> Result<Self, RepoError> {
        let fault = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => RepoError::NoGit,
            _ => RepoError::Start {
                command: "fast-import".to_owned(),
                root: root.to_path_buf(),
                source,
            },
        };
        let mut child = command
            .args(["fast-import", "--quiet", "--done"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(fault)?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(contents), Some(names)) => Ok(Self {
                child,
                contents,
                names: BufReader::new(names),
            }),
            _ => Err(fault(io::Error::other("it has no pipes"))),
        }
    }

    /// Writes one content and gives the name of its blob.
    ///
    /// # Errors
    /// Fails where Git has ended, as it does when the disk is full.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<String> {
        write!(self.contents, "blob\nmark :1\ndata {}\n", bytes.len())?;
        self.contents.write_all(bytes)?;
        self.contents.write_all(b"\nget-mark :1\n")?;
        self.contents.flush()?;
        let mut name = String::new();
        self.names.read_line(&mut name)?;
        let name = name.trim_end().to_owned();
        match is_name(&name) {
            true => Ok(name),
            false => Err(io::Error::other("`git fast-import` ended early")),
        }
    }

    /// Brings all blobs to the disk.
    ///
    /// # Errors
    /// Fails where Git could not write them.
    pub fn finish(mut self) -> io::Result<()> {
        self.contents.write_all(b"done\n")?;
        self.contents.flush()?;
        let status = self.child.wait()?;
        match status.success() {
            true => Ok(()),
            false => Err(io::Error::other("`git fast-import` could not write")),
        }
    }
}

impl Drop for BlobWriter {
    fn drop(&mut self) {
        // One that was not finished has written nothing that anybody counts on.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a text is the full name of an object.
pub(crate) fn is_name(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
