//! The server: requests in, answers out, and one line of events for each open page.
//!
//! It listens to this machine alone and answers only to a browser that asked for this machine, so
//! that no page of another site can read a preview through a name that it points here (DNS
//! rebinding). It is the only room with `async` in it.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State as Extract};
use axum::http::header::{
    ACCEPT_RANGES, ALLOW, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, HOST, LOCATION, RANGE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt as _;
use futures_util::stream::{Stream, unfold};
use tokio::sync::watch as latest;

use crate::preview::answer::{Answer, Status};
use crate::preview::decorate::{SCRIPT, STYLE};
use crate::preview::project::{Preview, Reloaded};
use crate::preview::range::{Asked, asked};
use crate::preview::watch::watch;
use crate::site_path::SitePath;

/// How many ports are tried after one that is taken.
const TRIES: u16 = 20;

/// What happens while a preview runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreviewEvent {
    /// Pages are served.
    Listening(SocketAddr),
    /// The whole project is loaded.
    Loaded,
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
    #[error("cannot listen on port {port} of this machine, nor on one of the next")]
    Listen {
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
    stamp: latest::Receiver<String>,
    port: u16,
}

/// Serves a preview until Ctrl-C. Port 0 is any that is free.
///
/// # Errors
/// Fails where no port is free or the system refuses to watch the project.
pub fn serve(
    preview: &Arc<Preview>,
    port: u16,
    exclude: Option<SitePath>,
    listener: &(dyn Fn(PreviewEvent) + Sync),
) -> Result<(), PreviewError> {
    let (socket, address) = bind(port).map_err(|source| PreviewError::Listen { port, source })?;
    let (watch, changed) = watch(preview.root(), exclude).map_err(|error| PreviewError::Watch {
        root: preview.root().to_path_buf(),
        message: error.to_string(),
    })?;
    let (sender, stamp) = latest::channel(preview.stamp_now());
    let shared = Shared {
        preview: Arc::clone(preview),
        stamp,
        port: address.port(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(PreviewError::Serve)?;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            preview.load();
            sender.send_replace(preview.stamp_now());
            listener(PreviewEvent::Loaded);
            changed.each(|paths| {
                listener(PreviewEvent::Changed);
                listener(match preview.reload(&paths) {
                    Reloaded::Same => PreviewEvent::Unchanged,
                    Reloaded::New { paths, errors } => {
                        sender.send_replace(preview.stamp_now());
                        PreviewEvent::Reloaded { paths, errors }
                    }
                });
            });
        });
        let served = runtime.block_on(async {
            let socket = tokio::net::TcpListener::from_std(socket)?;
            listener(PreviewEvent::Listening(address));
            // A page is many small answers; none waits for the next.
            let socket = socket.tap_io(|stream| {
                let _ = stream.set_nodelay(true);
            });
            tokio::select! {
                served = async { axum::serve(socket, router(shared)).await } => served,
                stopped = tokio::signal::ctrl_c() => stopped,
            }
        });
        // Pages that wait for an event never close by themselves, and a document may take long.
        runtime.shutdown_background();
        drop(watch);
        served.map_err(PreviewError::Serve)
    })
}

fn bind(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let last = match port {
        0 => 0,
        port => port.saturating_add(TRIES),
    };
    let mut fault = io::Error::from(io::ErrorKind::AddrInUse);
    for port in port..=last {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
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
    let script = file("text/javascript; charset=utf-8", SCRIPT);
    let style = file("text/css; charset=utf-8", STYLE);
    Router::new()
        .route("/__tympan/reload.js", get(script))
        .route("/__tympan/overlay.css", get(style))
        .route("/__tympan/events", get(events))
        .fallback(page)
        .layer(from_fn_with_state(shared.port, guard))
        .with_state(shared)
}

/// Turns strangers away and says of every answer that it must not be kept.
async fn guard(Extract(port): Extract<u16>, request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    let mut response = if !host.is_some_and(|host| is_here(host, port)) {
        let text = "the preview answers to localhost and 127.0.0.1 only\n";
        (StatusCode::FORBIDDEN, text).into_response()
    } else if matches!(*request.method(), Method::GET | Method::HEAD) {
        next.run(request).await
    } else {
        let allowed = [(ALLOW, "GET, HEAD")];
        (StatusCode::METHOD_NOT_ALLOWED, allowed).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Whether a `Host` header means this server by a name that nobody else can own.
fn is_here(host: &str, port: u16) -> bool {
    let ending = format!(":{port}");
    let name = match host.strip_suffix(&ending) {
        Some(name) => name,
        None if port == 80 => host,
        None => return false,
    };
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|here| name.eq_ignore_ascii_case(here))
}

/// The stamp of what is shown, at once and whenever it changes.
async fn events(
    Extract(shared): Extract<Shared>,
) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let mut stamp = shared.stamp;
    stamp.mark_changed();
    let stream = unfold(stamp, |mut stamp| async {
        stamp.changed().await.ok()?;
        let event = sse::Event::default().data(stamp.borrow_and_update().clone());
        Some((Ok(event), stamp))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

async fn page(Extract(shared): Extract<Shared>, uri: Uri, headers: HeaderMap) -> Response {
    let preview = shared.preview;
    let path = uri.path().to_owned();
    // Rendering takes a processor and may take long; other requests go on.
    match tokio::task::spawn_blocking(move || preview.answer(&path)).await {
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

    #[track_caller]
    fn case(host: &str, port: u16, expected: bool) {
        assert_eq!(is_here(host, port), expected, "{host}");
    }

    #[test]
    fn this_machine_is_known_by_its_own_names() {
        case("localhost:8080", 8080, true);
        case("LOCALHOST:8080", 8080, true);
        case("127.0.0.1:8080", 8080, true);
        case("[::1]:8080", 8080, true);
        case("localhost", 80, true);
    }

    #[test]
    fn a_foreign_name_is_not_this_machine() {
        case("evil.example:8080", 8080, false);
        case("evil.example", 80, false);
        case("localhost.evil.example:8080", 8080, false);
        case("127.0.0.1.evil.example:8080", 8080, false);
        case("evil@localhost:8080", 8080, false);
        case("localhost:8081", 8080, false);
        case("localhost", 8080, false);
        case("localhost:", 8080, false);
        case("", 8080, false);
        case(":8080", 8080, false);
    }

    #[test]
    fn a_port_that_is_taken_leads_to_a_later_one() {
        let (taken, address) = bind(0).unwrap();
        let (_, later) = bind(address.port()).unwrap();
        assert!(later.port() > address.port());
        assert!(later.ip().is_loopback());
        drop(taken);
    }
}
