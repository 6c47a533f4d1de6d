//! The lock that is held while a state object is compared and set: a file that only one can create.
//!
//! SFTP has no locks that end with their holder. So whoever waits watches the lock: each holder
//! writes a token of its own, and one that stays for too long is taken away. A holder that comes
//! back after that finds another token, or none, and changes nothing.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::time::Duration;

use crate::targets::sftp::session::Session;

/// How long one lock is watched before its holder counts as gone. What is done under it takes a
/// handful of requests.
const STALE: Duration = Duration::from_secs(30);
const PAUSES: [Duration; 2] = [Duration::from_millis(20), Duration::from_millis(400)];
/// How often in a row the lock may neither be made nor be there, before that is an error. Where many
/// want it, it may have gone whenever one looks.
const TRIES: usize = 40;

/// A lock that is held.
#[derive(Debug)]
pub(super) struct Held {
    path: String,
    token: String,
}

/// Waits for the lock at `path`; what is in the way of it is moved to `aside`, a folder.
pub(super) async fn take(session: &Session, path: &str, aside: &str) -> io::Result<Held> {
    let token = token();
    let held = Held {
        path: path.to_owned(),
        token: token.clone(),
    };
    let (mut watched, mut for_long, mut failed) = (None, Duration::ZERO, 0);
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
        if for_long >= STALE {
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

    #[test]
    fn no_two_tokens_are_alike() {
        assert_ne!(token(), token());
        assert_eq!(token().len(), 32);
    }
}
