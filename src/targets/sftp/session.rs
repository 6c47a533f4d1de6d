//! One SFTP session and the requests that are made of it, many in flight at once.
//!
//! Errors are the system's: what is not there, what is forbidden, what is not supported. A server
//! of SFTP 3 has one word, "failure", for all others.

use std::io;

use russh_sftp::client::error::Error as SftpError;
use russh_sftp::client::rawsession::Limits;
use russh_sftp::client::{Config, RawSftpSession};
use russh_sftp::protocol::{FileAttributes, FileType, OpenFlags, Packet, StatusCode};
use tokio::sync::Semaphore;

use crate::targets::sftp::ssh::Pipes;

/// What one request may carry if the server does not say: what every server takes (draft 02 of the
/// protocol, section 3).
const CARRIES: usize = 32 << 10;
/// The most it carries, however much the server takes.
const MOST: u64 = 128 << 10;
/// How many requests of one file are in flight.
const WINDOW: usize = 16;
/// How much is on its way at once, in KiB, of all files together. What waits behind it, such as the
/// renewal of a lease, must not wait for long on a slow line.
const ROOM: usize = 2 << 10;
/// How many files are open at once. The library takes a handle for text, and OpenSSH counts them in
/// binary: the 128th would no longer be text.
const OPEN: usize = 64;
/// How long an answer may take, in seconds, behind all that was sent before it.
pub(super) const PATIENCE: u64 = 120;

/// A session with a server.
pub(super) struct Session {
    raw: RawSftpSession,
    carries: usize,
    gate: Semaphore,
    room: Semaphore,
    /// Renames over what stands there, in one step.
    pub has_posix_rename: bool,
    /// Makes a second name of a file.
    pub has_hard_links: bool,
    has_fsync: bool,
}

/// One name in a folder.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The name, without its folder.
    pub name: String,
    /// What it is.
    pub found: Found,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// Of what kind it is.
    pub kind: FileKind,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written by the server's clock, in Unix seconds.
    pub modified: u32,
}

/// The kinds of things in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Plain,
    Folder,
    Link,
    Other,
}

impl Session {
    /// Greets the server and learns what it offers.
    pub(super) async fn begin(pipes: Pipes) -> io::Result<Self> {
        let config = Config {
            request_timeout_secs: PATIENCE,
            ..Config::default()
        };
        let mut raw = RawSftpSession::new_with_config(pipes, config);
        let version = raw.init().await.map_err(fault)?;
        let offers = |name: &str| version.extensions.contains_key(name);
        let mut carries = CARRIES;
        if offers("limits@openssh.com") {
            let limits = Limits::from(raw.limits().await.map_err(fault)?);
            let least = limits.write_len.unwrap_or(CARRIES as u64);
            let least = least.min(limits.read_len.unwrap_or(least)).min(MOST);
            carries = usize::try_from(least).unwrap_or(CARRIES).max(1);
            raw.set_limits(limits);
        }
        Ok(Self {
            has_posix_rename: offers("posix-rename@openssh.com"),
            has_hard_links: offers("hardlink@openssh.com"),
            has_fsync: offers("fsync@openssh.com"),
            gate: Semaphore::new(OPEN),
            room: Semaphore::new(ROOM),
            raw,
            carries,
        })
    }

    /// What stands at a path, following no link there.
    pub(super) async fn look(&self, path: &str) -> io::Result<Option<Found>> {
        match self.raw.lstat(path).await {
            Ok(found) => Ok(Some(Found::of(&found.attrs))),
            Err(error) => absent(error),
        }
    }

    /// Whether a folder stands at a path, or at the end of the links there.
    pub(super) async fn is_folder(&self, path: &str) -> io::Result<bool> {
        match self.raw.stat(path).await {
            Ok(found) => Ok(Found::of(&found.attrs).kind == FileKind::Folder),
            Err(error) => absent(error).map(|_: Option<()>| false),
        }
    }

    pub(super) async fn make_folder(&self, path: &str) -> io::Result<()> {
        let made = self.raw.mkdir(path, FileAttributes::empty()).await;
        made.map(drop).map_err(fault)
    }

    /// Reads a whole file.
    pub(super) async fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let _open = self.gate.acquire().await.map_err(io::Error::other)?;
        let opened = self
            .raw
            .open(path, OpenFlags::READ, FileAttributes::empty())
            .await;
        let handle = match opened {
            Ok(opened) => opened.handle,
            Err(error) => return absent(error),
        };
        let bytes = self.pour_out(&handle).await;
        let closed = self.raw.close(handle).await.map_err(fault);
        let bytes = bytes?;
        closed?;
        Ok(Some(bytes))
    }

    async fn pour_out(&self, handle: &str) -> io::Result<Vec<u8>> {
        let length = u32::try_from(self.carries).unwrap_or(u32::MAX);
        let mut bytes = Vec::new();
        loop {
            match self.raw.read(handle, bytes.len() as u64, length).await {
                Ok(part) if part.data.is_empty() => return Ok(bytes),
                Ok(part) => bytes.extend_from_slice(&part.data),
                Err(SftpError::Status(status)) if status.status_code == StatusCode::Eof => {
                    return Ok(bytes);
                }
                Err(error) => return Err(fault(error)),
            }
        }
    }

    /// Writes a new file and brings it to the disk, where the server can. Fails if the name is taken;
    /// if the disk is full the name is free again afterwards, and the error is not the same.
    pub(super) async fn create(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let _open = self.gate.acquire().await.map_err(io::Error::other)?;
        let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUDE;
        let opened = self.raw.open(path, flags, FileAttributes::empty()).await;
        let handle = opened.map_err(fault)?.handle;
        let filled = self.fill(&handle, bytes).await;
        let closed = self.raw.close(handle).await.map_err(fault);
        let Err(error) = filled.and(closed.map(drop)) else {
            return Ok(());
        };
        let _ = self.remove(path).await;
        Err(match error.kind() {
            io::ErrorKind::Other => io::Error::new(io::ErrorKind::StorageFull, error),
            _ => error,
        })
    }

    async fn fill(&self, handle: &str, bytes: &[u8]) -> io::Result<()> {
        let mut at = 0_u64;
        for window in bytes.chunks(self.carries.saturating_mul(WINDOW)) {
            let parts = window.chunks(self.carries);
            let writes = parts.enumerate().map(|(nth, part)| {
                let offset = at + (nth * self.carries) as u64;
                async move {
                    let size = u32::try_from(part.len().div_ceil(1 << 10)).unwrap_or(u32::MAX);
                    let _room = self.room.acquire_many(size).await;
                    self.raw.write(handle, offset, part.to_vec()).await
                }
            });
            for written in futures_util::future::join_all(writes).await {
                written.map_err(fault)?;
            }
            at += window.len() as u64;
        }
        if self.has_fsync {
            self.raw.fsync(handle).await.map_err(fault)?;
        }
        Ok(())
    }

    /// Renames a file or folder to a name that must be free.
    pub(super) async fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.raw.rename(from, to).await.map(drop).map_err(fault)
    }

    /// Replaces a file that must not be lost. Where the server cannot do it in one step the old one is
    /// at [`was`] while there is none at its place.
    pub(super) async fn replace_kept(&self, from: &str, to: &str) -> io::Result<()> {
        if self.has_posix_rename {
            return self.replace(from, to).await;
        }
        let was = was(to);
        // Where none is in its place, the one aside is the only one.
        if self.look(to).await?.is_some() {
            self.remove(&was).await?;
            self.rename(to, &was).await?;
        }
        self.rename(from, to).await?;
        self.remove(&was).await
    }

    /// Renames a file over what stands there. Where the server has no such request there is a moment
    /// without it.
    pub(super) async fn replace(&self, from: &str, to: &str) -> io::Result<()> {
        if self.has_posix_rename {
            return self.extend("posix-rename@openssh.com", from, to).await;
        }
        match self.raw.remove(to).await {
            Ok(_) => {}
            Err(error) => {
                absent::<()>(error)?;
            }
        }
        self.rename(from, to).await
    }

    /// Makes `to` a second name of the file `from`.
    pub(super) async fn link(&self, from: &str, to: &str) -> io::Result<()> {
        self.extend("hardlink@openssh.com", from, to).await
    }

    async fn extend(&self, request: &str, from: &str, to: &str) -> io::Result<()> {
        let mut data = Vec::with_capacity(8 + from.len() + to.len());
        for path in [from, to] {
            let length = u32::try_from(path.len()).map_err(io::Error::other)?;
            data.extend_from_slice(&length.to_be_bytes());
            data.extend_from_slice(path.as_bytes());
        }
        match self.raw.extended(request, data).await.map_err(fault)? {
            Packet::Status(status) if status.status_code == StatusCode::Ok => Ok(()),
            Packet::Status(status) => Err(fault(SftpError::Status(status))),
            _ => Err(io::Error::other("the server answers another question")),
        }
    }

    /// Makes a symbolic link at `path` that reads `to`.
    pub(super) async fn symlink(&self, to: &str, path: &str) -> io::Result<()> {
        // OpenSSH takes the two in the other order than the draft has them, and the others follow it.
        self.raw.symlink(to, path).await.map(drop).map_err(fault)
    }

    /// What a symbolic link reads.
    pub(super) async fn read_link(&self, path: &str) -> io::Result<String> {
        let names = self.raw.readlink(path).await.map_err(fault)?;
        let name = names.files.into_iter().next();
        name.map(|name| name.filename)
            .ok_or_else(|| io::Error::other("the server names no end of the link"))
    }

    pub(super) async fn remove(&self, path: &str) -> io::Result<()> {
        match self.raw.remove(path).await {
            Ok(_) => Ok(()),
            Err(error) => absent(error).map(|_: Option<()>| ()),
        }
    }

    pub(super) async fn remove_folder(&self, path: &str) -> io::Result<()> {
        match self.raw.rmdir(path).await {
            Ok(_) => Ok(()),
            Err(error) => absent(error).map(|_: Option<()>| ()),
        }
    }

    /// The names in a folder; one that is not there is empty.
    pub(super) async fn list(&self, path: &str) -> io::Result<Vec<Entry>> {
        let _open = self.gate.acquire().await.map_err(io::Error::other)?;
        let handle = match self.raw.opendir(path).await {
            Ok(opened) => opened.handle,
            Err(error) => return absent(error).map(Option::unwrap_or_default),
        };
        let listed = self.list_all(&handle).await;
        let closed = self.raw.close(handle).await.map_err(fault);
        let listed = listed?;
        closed?;
        Ok(listed)
    }

    async fn list_all(&self, handle: &str) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        loop {
            match self.raw.readdir(handle).await {
                Ok(names) => entries.extend(
                    names
                        .files
                        .into_iter()
                        .filter(|file| file.filename != "." && file.filename != "..")
                        .map(|file| Entry {
                            found: Found::of(&file.attrs),
                            name: file.filename,
                        }),
                ),
                Err(SftpError::Status(status)) if status.status_code == StatusCode::Eof => {
                    return Ok(entries);
                }
                Err(error) => return Err(fault(error)),
            }
        }
    }
}

impl Found {
    fn of(attributes: &FileAttributes) -> Self {
        Self {
            kind: match attributes.file_type() {
                FileType::File => FileKind::Plain,
                FileType::Dir => FileKind::Folder,
                FileType::Symlink => FileKind::Link,
                FileType::Other => FileKind::Other,
            },
            size: attributes.size.unwrap_or(0),
            modified: attributes.mtime.unwrap_or(0),
        }
    }
}

/// Where a file is while another takes its place.
pub(super) fn was(path: &str) -> String {
    format!("{path}.was")
}

/// Nothing, if the error says that nothing is there.
fn absent<T>(error: SftpError) -> io::Result<Option<T>> {
    match &error {
        SftpError::Status(status) if status.status_code == StatusCode::NoSuchFile => Ok(None),
        _ => Err(fault(error)),
    }
}

fn fault(error: SftpError) -> io::Error {
    let kind = match &error {
        SftpError::Timeout => io::ErrorKind::TimedOut,
        SftpError::Status(status) => match status.status_code {
            StatusCode::NoSuchFile => io::ErrorKind::NotFound,
            StatusCode::PermissionDenied => io::ErrorKind::PermissionDenied,
            StatusCode::OpUnsupported => io::ErrorKind::Unsupported,
            StatusCode::Failure => {
                let told = "the server says only that it failed, as it does when the disk is full";
                return io::Error::other(told);
            }
            _ => io::ErrorKind::Other,
        },
        SftpError::IO(_) | SftpError::UnexpectedBehavior(_) => {
            let told = "the connection to the server was lost";
            return io::Error::new(io::ErrorKind::ConnectionAborted, told);
        }
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error.to_string())
}
