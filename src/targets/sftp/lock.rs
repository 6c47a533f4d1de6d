//! The lock that is held while a state object is compared and set: a file that only one can create.
//!
//! SFTP has no locks that end with their holder. So whoever waits watches the lock: each holder
//! writes a token of its own, and one that stays for too long is taken away. A holder that comes
//! back after that finds another token, or none, and changes nothing.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::time::Duration;

use crate::targets::sftp::session::{PATIENCE, Session};

/// How long one lock is watched before its holder counts as gone: longer than he may wait for the
/// answer to one request.
const STALE: Duration = Duration::from_secs(PATIENCE + 60);
const PAUSES: [Duration; 2] = [Duration::from_millis(20), Duration::from_millis(400)];
/// How often in a row the lock may neither be made nor be there, before that is an error. Where many
/// want it, it may have gone whenever one looks.
const TRIES: usize = 40;
/// How often one waits until a holder counts as gone, before that is an error.
const GONE: usize = 3;

/// A lock that is held.
#[derive(Debug)]
pub(super) struct Held {
    path: String,
    token: String,
}

/// Waits for the lock at `path`; what is in the way of it is moved to `aside`, a folder.
pub(super) async fn take(session: &Session, path: &str, aside: &str) -> io::Result<Held> {
    take_after(session, path, aside, STALE).await
}

async fn take_after(
    session: &Session,
    path: &str,
    aside: &str,
    stale: Duration,
) -> io::Result<Held> {
    let token = token();
    let held = Held {
        path: path.to_owned(),
        token: token.clone(),
    };
    let (mut watched, mut for_long, mut failed, mut gone) = (None, Duration::ZERO, 0, 0);
    let mut pause = PAUSES[0];
    loop {
        let error = match session.create(path, token.as_bytes()).await {
            Ok(()) => return Ok(held),
            // A name that is taken is a plain failure in SFTP.
            Err(error) if error.kind() == io::ErrorKind::Other => error,
            Err(error) => return Err(error),
        };
        let found = session.read(path).await?;
        if found.is_none() {
            failed += 1;
            if failed == TRIES {
                return Err(error);
            }
        } else if found == watched {
            (for_long, failed) = (for_long + pause, 0);
        } else {
            (watched, for_long, failed) = (found, Duration::ZERO, 0);
        }
        if for_long >= stale {
            gone += 1;
            if gone > GONE {
                let told = "a lock that nobody gives back comes again each time it is taken away: \
                            see who else publishes there, and remove it";
                return Err(io::Error::new(io::ErrorKind::TimedOut, told));
            }
            take_away(session, path, aside, watched.take()).await?;
            for_long = Duration::ZERO;
            continue;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSES[1]);
    }
}

/// Takes a lock away. Two may do so at once, and the second may move what the first has made since:
/// that one is put back.
async fn take_away(
    session: &Session,
    path: &str,
    aside: &str,
    stale: Option<Vec<u8>>,
) -> io::Result<()> {
    let moved = format!("{aside}/lock-{}", token());
    match session.rename(path, &moved).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    }
    let found = session.read(&moved).await?;
    if found != stale && session.rename(&moved, path).await.is_ok() {
        return Ok(());
    }
    session.remove(&moved).await
}

impl Held {
    /// Whether nobody has taken it away.
    pub(super) async fn is_ours(&self, session: &Session) -> io::Result<bool> {
        let found = session.read(&self.path).await?;
        Ok(found.as_deref() == Some(self.token.as_bytes()))
    }

    pub(super) async fn release(self, session: &Session) -> io::Result<()> {
        match self.is_ours(session).await? {
            true => session.remove(&self.path).await,
            false => Ok(()),
        }
    }
}

/// A word that nobody else writes.
pub(super) fn token() -> String {
    // The standard library seeds each of these from the system's source of random numbers.
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::sftp::session::was;

    /// A server of SFTP without ssh before it, which runs `before` first; none, where there is none.
    async fn server(before: &str) -> Option<(tokio::process::Child, Session)> {
        let places = [
            "/usr/lib/openssh/sftp-server",
            "/usr/libexec/openssh/sftp-server",
        ];
        let program = places
            .iter()
            .find(|place| std::path::Path::new(place).exists())?;
        let mut child = tokio::process::Command::new("sh")
            .arg("-c")
            .arg(format!("{before} exec {program}"))
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let pipes = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
        let session = Session::begin(tokio::io::join(pipes.0, pipes.1)).await;
        Some((child, session.unwrap()))
    }

    fn run(work: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        runtime.unwrap().block_on(work);
    }

    #[test]
    fn a_lock_that_nobody_holds_any_more_ends() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("held");
        let (path, aside) = (place.to_str().unwrap(), folder.path().to_str().unwrap());
        std::fs::write(&place, "somebody who was killed").unwrap();
        run(async {
            let Some((_child, session)) = server("").await else {
                return;
            };
            let stale = Duration::from_millis(100);
            let held = take_after(&session, path, aside, stale).await.unwrap();
            assert!(held.is_ours(&session).await.unwrap());
            held.release(&session).await.unwrap();
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        });
    }

    #[test]
    fn on_a_full_disk_there_is_an_error_and_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("held");
        let (path, aside) = (place.to_str().unwrap(), folder.path().to_str().unwrap());
        run(async {
            let Some((_child, session)) = server("trap '' XFSZ; ulimit -f 0;").await else {
                return;
            };
            let taken = tokio::time::timeout(Duration::from_secs(10), take(&session, path, aside));
            let error = taken.await.unwrap().unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
            assert!(error.to_string().contains("the disk is full"), "{error}");
            assert!(!place.exists());
        });
    }

    #[test]
    fn what_is_replaced_in_two_steps_is_never_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        run(async {
            let Some((_child, mut session)) = server("").await else {
                return;
            };
            session.has_posix_rename = false;
            let (new, place) = (path("new"), path("place"));
            // Somebody broke off between the two steps.
            std::fs::write(was(&place), "old").unwrap();
            for text in ["one", "two"] {
                session.create(&new, text.as_bytes()).await.unwrap();
                session.replace_kept(&new, &place).await.unwrap();
                assert_eq!(std::fs::read_to_string(&place).unwrap(), text);
            }
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        });
    }

    #[test]
    fn no_two_tokens_are_alike() {
        assert_ne!(token(), token());
        assert_eq!(token().len(), 32);
    }
}
