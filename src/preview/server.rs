//! The server: requests in, answers out, and one line of events for each open page.
//!
//! It listens to this machine alone, unless it is told otherwise. With the door it is the only room
//! with `async` in it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State as Extract;
use axum::http::header::{ACCEPT_RANGES, CONTENT_RANGE, CONTENT_TYPE, LOCATION, RANGE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{Stream, unfold};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::sync::{Semaphore, watch as latest};

use crate::preview::answer::{Answer, Status};
use crate::preview::beside::BESIDE;
use crate::preview::decorate::{LIVE, PANEL, STYLE};
use crate::preview::door::{Door, guard};
use crate::preview::news::News;
use crate::preview::project::{Preview, Reloaded};
use crate::preview::range::{Asked, asked};
use crate::preview::watch::watch;
use crate::repo::head_log;
use crate::site_path::SitePath;

/// How many ports are tried after one that is taken.
const TRIES: u16 = 20;
/// How many browsers are listened to at a time; a browser opens six connections at most.
const CONNECTIONS: usize = 256;
/// How many connections one machine may have, if it is not this one.
const CONNECTIONS_OF_ONE: usize = 32;
/// How many answers are made at a time.
const ANSWERS: usize = 32;
/// How long a browser may take to say what it asks for.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a picture may take before the one that it is made of is shown in its place.
const SOON: Duration = Duration::from_millis(200);
/// How long a request waits for the load; most projects need no more.
const EARLY: Duration = Duration::from_millis(100);
/// How long no browser is let in after the system had no room for one.
const PAUSE: Duration = Duration::from_millis(100);

/// Where a preview is served and to whom.
#[derive(Debug, Clone)]
pub struct Access {
    /// The address that is listened to; that of this machine alone is `127.0.0.1`.
    pub address: IpAddr,
    /// The port; the next that is free if it is taken, any if it is 0.
    pub port: u16,
    /// Names under which a proxy asks, beside those of this machine.
    pub names: Vec<String>,
}

/// What happens while a preview runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreviewEvent {
    /// Pages are served.
    Listening(SocketAddr),
    /// A file changed; the project is looked at again.
    Changed,
    /// Nothing came of that.
    Unchanged,
    /// There is something new to show.
    Reloaded {
        /// The files that changed.
        paths: Vec<SitePath>,
        /// The number of errors.
        errors: usize,
    },
}

/// A preview could not be served.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// No port is free.
    #[error("cannot listen on port {port} of {address}, nor on one of the next")]
    Listen {
        /// The address that was asked for.
        address: IpAddr,
        /// The port that was asked for.
        port: u16,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// Changes cannot be seen.
    #[error("cannot watch `{}`: {message}", .root.display())]
    Watch {
        /// The project's folder.
        root: std::path::PathBuf,
        /// What the system said.
        message: String,
    },
    /// The server broke down.
    #[error("cannot serve the preview")]
    Serve(#[source] io::Error),
}

#[derive(Clone)]
struct Shared {
    preview: Arc<Preview>,
    news: latest::Receiver<News>,
    door: Arc<Door>,
    /// Documents are laid out one at a time; who waits holds no thread.
    documents: Arc<Semaphore>,
    /// So are pages that are made before the project is loaded.
    glimpses: Arc<Semaphore>,
    /// And so are pages checked: who writes fast asks often.
    checks: Arc<Semaphore>,
}

/// Serves a preview until Ctrl-C.
///
/// # Errors
/// Fails where no port is free or the system refuses to watch the project.
pub fn serve(
    preview: &Arc<Preview>,
    access: &Access,
    exclude: Option<SitePath>,
    listener: &(dyn Fn(PreviewEvent) + Sync),
) -> Result<(), PreviewError> {
    let Access { address, port, .. } = *access;
    let (socket, place) = bind(address, port).map_err(|source| PreviewError::Listen {
        address,
        port,
        source,
    })?;
    let fault = |error: notify::Error| PreviewError::Watch {
        root: preview.root().to_path_buf(),
        message: error.to_string(),
    };
    let watched = match preview.first.is_worktree() {
        true => Some(watch(preview.root(), exclude, head_log(preview.root())).map_err(fault)?),
        false => None,
    };
    let (watch, changed) = watched.unzip();
    let (sender, news) = latest::channel(preview.news_now());
    // Open pages wait for news also where none can come.
    let _kept = sender.clone();
    let shared = Shared {
        preview: Arc::clone(preview),
        news,
        door: Arc::new(Door {
            port: place.port(),
            is_local: address.is_loopback(),
            names: access.names.clone(),
        }),
        documents: Arc::new(Semaphore::new(1)),
        glimpses: Arc::new(Semaphore::new(1)),
        checks: Arc::new(Semaphore::new(1)),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(ANSWERS)
        .build()
        .map_err(PreviewError::Serve)?;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            preview.load();
            sender.send_replace(preview.news_now());
            let Some(changed) = changed else { return };
            changed.each(|paths| {
                listener(PreviewEvent::Changed);
                listener(match preview.reload(&paths) {
                    Reloaded::Same => PreviewEvent::Unchanged,
                    Reloaded::New { paths, errors } => {
                        sender.send_replace(preview.news_now());
                        PreviewEvent::Reloaded { paths, errors }
                    }
                });
            });
        });
        let served = runtime.block_on(async {
            let socket = tokio::net::TcpListener::from_std(socket)?;
            listener(PreviewEvent::Listening(place));
            tokio::select! {
                () = accept(socket, router(shared)) => Ok(()),
                stopped = tokio::signal::ctrl_c() => stopped,
            }
        });
        // Pages that wait for an event never close by themselves, and a document may take long.
        runtime.shutdown_background();
        drop(watch);
        served.map_err(PreviewError::Serve)
    })
}

/// Lets browsers in. One that is slow to ask, or that never reads, holds up nobody but itself.
async fn accept(socket: tokio::net::TcpListener, router: Router) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let service = TowerToHyperService::new(router);
    let guests: Arc<Mutex<BTreeMap<IpAddr, usize>>> = Arc::default();
    let leave = |guests: &Mutex<BTreeMap<IpAddr, usize>>, from: IpAddr| {
        let mut guests = guests.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = guests.get_mut(&from) {
            *own -= 1;
            if *own == 0 {
                guests.remove(&from);
            }
        }
    };
    loop {
        let Ok(seat) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let Ok((stream, from)) = socket.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let from = from.ip();
        let mut all = guests.lock().unwrap_or_else(PoisonError::into_inner);
        let own = all.entry(from).or_insert(0);
        if *own >= CONNECTIONS_OF_ONE && !from.is_loopback() {
            continue;
        }
        *own += 1;
        drop(all);
        // A page is many small answers; none waits for the next.
        let _ = stream.set_nodelay(true);
        let service = service.clone();
        let present = Arc::clone(&guests);
        tokio::spawn(async move {
            let mut server = http1::Builder::new();
            server
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE);
            // A browser that breaks off is no fault.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
            leave(&present, from);
            drop(seat);
        });
    }
}

fn bind(address: IpAddr, port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let last = match port {
        0 => 0,
        port => port.saturating_add(TRIES),
    };
    let mut fault = io::Error::from(io::ErrorKind::AddrInUse);
    for port in port..=last {
        match TcpListener::bind((address, port)) {
            Ok(socket) => {
                socket.set_nonblocking(true)?;
                let address = socket.local_addr()?;
                return Ok((socket, address));
            }
            Err(error) => fault = error,
        }
        if fault.kind() != io::ErrorKind::AddrInUse {
            break;
        }
    }
    Err(fault)
}

fn router(shared: Shared) -> Router {
    use axum::routing::get;
    let file = |kind, text: &'static str| move || async move { ([(CONTENT_TYPE, kind)], text) };
    let live = file("text/javascript; charset=utf-8", LIVE);
    let panel = file("text/javascript; charset=utf-8", PANEL);
    let script = file("text/javascript; charset=utf-8", BESIDE);
    let style = file("text/css; charset=utf-8", STYLE);
    Router::new()
        .route("/__tympan/live.js", get(live))
        .route("/__tympan/panel.js", get(panel))
        .route("/__tympan/overlay.css", get(style))
        .route("/__tympan/events", get(events))
        .route("/__tympan/findings", get(findings))
        .route("/__tympan/beside", get(beside))
        .route("/__tympan/beside.js", get(script))
        .fallback(page)
        .layer(from_fn_with_state(Arc::clone(&shared.door), guard))
        .with_state(shared)
}

/// What is shown, at once and whenever it changes.
async fn events(
    Extract(shared): Extract<Shared>,
) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let mut news = shared.news;
    news.mark_changed();
    let stream = unfold(news, |mut news| async {
        news.changed().await.ok()?;
        let event = sse::Event::default().data(news.borrow_and_update().json());
        Some((Ok(event), news))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

/// What the checks say of the page whose address stands in the query.
async fn findings(Extract(shared): Extract<Shared>, uri: Uri) -> Response {
    let path = asked_about(&uri);
    shared.loaded().await;
    let _turn = shared.checks.acquire().await;
    let preview = Arc::clone(&shared.preview);
    let kind = [(CONTENT_TYPE, "application/json")];
    match tokio::task::spawn_blocking(move || preview.findings(&path)).await {
        Ok(found) => (kind, found).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The page whose address stands in the query, with its paper beside it.
async fn beside(Extract(shared): Extract<Shared>, uri: Uri) -> Response {
    let path = asked_about(&uri);
    shared.loaded().await;
    match tokio::task::spawn_blocking(move || shared.preview.beside(&path)).await {
        Ok(Some(html)) => axum::response::Html(html).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn asked_about(uri: &Uri) -> String {
    let query = uri.query().unwrap_or_default();
    crate::site_path::decode(query.strip_prefix("path=").unwrap_or_default())
}

impl Shared {
    /// Waits until the project is loaded.
    async fn loaded(&self) {
        let mut news = self.news.clone();
        let _ = news.wait_for(|news| !news.is_first()).await;
    }

    /// The page alone, if it can be made before the project is loaded.
    async fn early(&self, path: &str) -> Option<Answer> {
        let _turn = self.glimpses.acquire().await.ok()?;
        if self.news.borrow().is_first() {
            let (preview, path) = (Arc::clone(&self.preview), path.to_owned());
            let early = tokio::task::spawn_blocking(move || preview.answer_early(&path));
            return early.await.ok().flatten();
        }
        None
    }
}

async fn page(Extract(shared): Extract<Shared>, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().to_owned();
    if tokio::time::timeout(EARLY, shared.loaded()).await.is_err() {
        if let Some(early) = shared.early(&path).await {
            return respond(early, uri.query(), &headers);
        }
        shared.loaded().await;
    }
    let ending = path.rsplit('.').next();
    let is_document = matches!(ending, Some("pdf" | "epub"));
    let _turn = match is_document {
        true => shared.documents.acquire().await.ok(),
        false => None,
    };
    let preview = Arc::clone(&shared.preview);
    // Rendering takes a processor and may take long; other requests go on.
    let own = Arc::clone(&preview);
    let asked = path.clone();
    let mut answer = tokio::task::spawn_blocking(move || own.answer(&asked));
    let answer = match tokio::time::timeout(SOON, &mut answer).await {
        Ok(answer) => answer,
        // The picture is being made, and is there when it is asked for again.
        Err(_) => match tokio::task::spawn_blocking(move || preview.quick(&path)).await {
            Ok(Some(quick)) => Ok(quick),
            _ => answer.await,
        },
    };
    match answer {
        Ok(answer) => respond(answer, uri.query(), &headers),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn respond(answer: Answer, query: Option<&str>, headers: &HeaderMap) -> Response {
    let status = match answer.status {
        Status::Found => StatusCode::OK,
        Status::Missing => StatusCode::NOT_FOUND,
        Status::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        Status::Moved(to) => {
            let to = query.map_or(to.clone(), |query| format!("{to}?{query}"));
            return (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, to)]).into_response();
        }
    };
    let kind = [(CONTENT_TYPE, answer.media_type)];
    let bytes = Bytes::from_owner(answer.body);
    if status != StatusCode::OK || answer.media_type.starts_with("text/html") {
        return (status, kind, Body::from(bytes)).into_response();
    }
    let length = bytes.len();
    let header = headers.get(RANGE).and_then(|range| range.to_str().ok());
    let ranges = [(ACCEPT_RANGES, "bytes")];
    match asked(header, length) {
        Asked::Whole => (status, kind, ranges, Body::from(bytes)).into_response(),
        Asked::Part(range) => {
            let place = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            let place = [(CONTENT_RANGE, place)];
            let part = Body::from(bytes.slice(range));
            (StatusCode::PARTIAL_CONTENT, kind, ranges, place, part).into_response()
        }
        Asked::Beyond => {
            let place = [(CONTENT_RANGE, format!("bytes */{length}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, place).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_leads_to_a_later_one() {
        let here = IpAddr::from([127, 0, 0, 1]);
        let (taken, address) = bind(here, 0).unwrap();
        let (_, later) = bind(here, address.port()).unwrap();
        assert!(later.port() > address.port());
        assert!(later.ip().is_loopback());
        drop(taken);
    }
}
