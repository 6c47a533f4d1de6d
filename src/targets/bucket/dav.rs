//! What a WebDAV server (RFC 4918) can do beside holding files: locks, which make one step of
//! comparing and writing.
//!
//! A condition on a write would do without a lock, but a write that is cut leaves half a file there,
//! so state is written beside its place and moved, and no move has a condition.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use tokio::runtime::Runtime;

/// The lock's own name, below the folder.
const LOCK: &str = ".tympan/lock";
/// When a lock ends whose holder is never heard of again.
const LIFE: &str = "Second-60";
/// How often a lock that another holds is asked for, and the pause between.
const TRIES: usize = 600;
const PAUSE: Duration = Duration::from_millis(120);

const ASK: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
    <D:lockinfo xmlns:D=\"DAV:\"><D:lockscope><D:exclusive/></D:lockscope>\
    <D:locktype><D:write/></D:locktype><D:owner>tympan</D:owner></D:lockinfo>";

/// A WebDAV server, asked for locks.
pub(super) struct Dav {
    pub client: reqwest::Client,
    /// The folder, with a slash at its end.
    pub url: String,
    pub user: Option<(String, String)>,
    /// Whether its locks keep others out; not known before it was asked.
    pub locks: OnceLock<bool>,
}

/// A lock that is held, until it is given back or ends by itself.
pub(super) struct Lock(String);

impl Dav {
    /// Whether locks keep others out, as the server says of the folder, or of the nearest one above
    /// that is there.
    pub fn has_locks(&self, runtime: &Runtime) -> bool {
        *self.locks.get_or_init(|| {
            let mut folder = self.url.as_str();
            loop {
                // Within the runtime, whose clock the request starts as soon as it is made.
                let asked = runtime.block_on(async { self.ask(folder).await });
                match (asked, above(folder)) {
                    (Some(answer), _) => return answer,
                    (None, Some(next)) => folder = next,
                    (None, None) => return false,
                }
            }
        })
    }

    /// Whether a folder has locks; nothing if there is no such folder.
    async fn ask(&self, folder: &str) -> Option<bool> {
        let answer = self.request(Method::OPTIONS, folder).send().await.ok()?;
        answer
            .status()
            .is_success()
            .then(|| classes(answer.headers()).any(|class| class == "2"))
    }

    /// Takes the lock, waiting for whoever has it; nothing if the server has no locks after all.
    pub fn lock(&self, runtime: &Runtime) -> Result<Option<Lock>, String> {
        runtime.block_on(async {
            for _ in 0..TRIES {
                match self.try_lock().await? {
                    Answer::Held(lock) => return Ok(Some(lock)),
                    Answer::Taken => tokio::time::sleep(PAUSE).await,
                    Answer::Unknown => return Ok(None),
                }
            }
            Err("another publish holds its lock and does not give it back".to_owned())
        })
    }

    /// Gives a lock back. One that cannot be given back ends by itself.
    pub fn unlock(&self, runtime: &Runtime, lock: Lock) {
        let method = Method::from_bytes(b"UNLOCK").unwrap_or(Method::DELETE);
        let place = self.place();
        let request = self.request(method, &place).header("lock-token", lock.0);
        let _ = runtime.block_on(async { request.send().await });
    }

    async fn try_lock(&self) -> Result<Answer, String> {
        let method = Method::from_bytes(b"LOCK").unwrap_or(Method::OPTIONS);
        let request = self
            .request(method, &self.place())
            .header("depth", "0")
            .header("timeout", LIFE)
            .header("content-type", "application/xml; charset=utf-8")
            .body(ASK);
        let answer = request
            .send()
            .await
            .map_err(|error| error.without_url().to_string())?;
        let token = answer.headers().get("lock-token");
        let token = token
            .and_then(|token| token.to_str().ok())
            .map(str::to_owned);
        Ok(match (answer.status(), token) {
            (status, Some(token)) if status.is_success() => Answer::Held(Lock(token)),
            (StatusCode::LOCKED, _) => Answer::Taken,
            (status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN), _) => {
                return Err(format!("the server denies a lock: {status}"));
            }
            (status, _) if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED => {
                return Err(format!("the server gives no lock: {status}"));
            }
            _ => Answer::Unknown,
        })
    }

    /// The address of the lock.
    fn place(&self) -> String {
        format!("{}{LOCK}", self.url)
    }

    fn request(&self, method: Method, url: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, url);
        match &self.user {
            Some((name, password)) => request.basic_auth(name, Some(password)),
            None => request,
        }
    }
}

enum Answer {
    Held(Lock),
    Taken,
    Unknown,
}

/// The folder above a folder, unless it is the host's own.
fn above(folder: &str) -> Option<&str> {
    let inside = folder.strip_suffix('/')?;
    let (above, _) = inside.rsplit_once('/')?;
    let is_host = above.ends_with('/') || above.ends_with(':');
    (!is_host).then(|| &folder[..=above.len()])
}

/// The classes of RFC 4918 that a server says to keep.
fn classes(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all("dav").into_iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folders_above_end_with_the_host() {
        let mut folders = vec!["https://h.example/dav/ada/"];
        while let Some(next) = above(folders[folders.len() - 1]) {
            folders.push(next);
        }
        let all = [
            "https://h.example/dav/ada/",
            "https://h.example/dav/",
            "https://h.example/",
        ];
        assert_eq!(folders, all);
    }
}
