//! Who is let in: a browser that asked for a name that nobody else can own, and not for a page of
//! another site, so that nobody can read a preview through a name that they point here (DNS
//! rebinding) or through a script of their own.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State as Extract};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Who is let in.
pub(super) struct Door {
    /// The port that is listened to.
    pub(super) port: u16,
    /// Whether nobody but this machine is listened to.
    pub(super) is_local: bool,
    /// Further names that are allowed.
    pub(super) names: Vec<String>,
}

/// Whether a browser asks for a page of another site, which must not read what is written here: not
/// as a script, a picture or data. That somebody follows a link to here is no matter.
fn is_foreign(headers: &HeaderMap) -> bool {
    let value = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let is_elsewhere = matches!(value("sec-fetch-site"), Some("cross-site" | "same-site"));
    is_elsewhere && value("sec-fetch-mode") != Some("navigate")
}

/// Turns strangers away and says of every answer that it must not be kept.
pub(super) async fn guard(
    Extract(door): Extract<Arc<Door>>,
    request: Request,
    next: Next,
) -> Response {
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    let mut response = if !host.is_some_and(|host| door.lets_in(host)) {
        let text = "the preview does not answer to this name; `--allow-host` lets it in\n";
        (StatusCode::FORBIDDEN, text).into_response()
    } else if is_foreign(request.headers()) {
        let text = "the preview is not for other sites\n";
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
    let own = HeaderValue::from_static("same-origin");
    headers.insert("cross-origin-resource-policy", own);
    let frames = HeaderValue::from_static("frame-ancestors 'self'");
    headers.insert(CONTENT_SECURITY_POLICY, frames);
    response
}

impl Door {
    /// Whether a `Host` header means this server by a name that nobody else can own: that of this
    /// machine, an address where others are let in, or one that was allowed.
    fn lets_in(&self, host: &str) -> bool {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
            _ => (host, Some(80)),
        };
        let is = |here: &str| name.eq_ignore_ascii_case(here);
        let is_own = ["localhost", "127.0.0.1", "[::1]"].into_iter().any(is);
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        let is_address = !self.is_local && bare.parse::<IpAddr>().is_ok();
        let is_here = (is_own || is_address) && port == Some(self.port);
        is_here || self.names.iter().any(|allowed| is(allowed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(host: &str, port: u16, expected: bool) {
        let door = Door {
            port,
            is_local: true,
            names: vec!["box.example".to_owned()],
        };
        assert_eq!(door.lets_in(host), expected, "{host}");
    }

    #[test]
    fn this_machine_is_known_by_its_own_names() {
        case("localhost:8080", 8080, true);
        case("LOCALHOST:8080", 8080, true);
        case("127.0.0.1:8080", 8080, true);
        case("[::1]:8080", 8080, true);
        case("localhost", 80, true);
        case("[::1]", 80, true);
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
        case("192.168.1.5:8080", 8080, false);
        case("", 8080, false);
        case(":8080", 8080, false);
    }

    #[test]
    fn a_name_that_is_allowed_is_let_in_whatever_its_port() {
        case("box.example", 8080, true);
        case("Box.Example:443", 8080, true);
        case("evil.box.example", 8080, false);
    }

    #[test]
    fn where_others_are_let_in_addresses_are_names_and_names_are_not() {
        let door = Door {
            port: 8080,
            is_local: false,
            names: Vec::new(),
        };
        assert!(door.lets_in("192.168.1.5:8080"));
        assert!(door.lets_in("[fe80::1]:8080"));
        assert!(!door.lets_in("192.168.1.5"));
        assert!(!door.lets_in("evil.example:8080"));
    }
}
