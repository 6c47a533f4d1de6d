//! A web server on this machine, for tests.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// What a server says to `METHOD /path`, the nth time it is asked, from 0.
pub(crate) type Says = dyn Fn(&str, usize) -> String + Send + Sync;

/// A server, which ends with the process.
pub(crate) struct Server {
    pub address: SocketAddr,
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Server {
    /// Begins to answer.
    pub(crate) fn start(says: impl Fn(&str, usize) -> String + Send + Sync + 'static) -> Self {
        Self::begin(Arc::new(says), None)
    }

    /// Begins to answer in secret, with a certificate for `name` that ends in `year`.
    pub(crate) fn start_tls(name: &str, year: i32) -> (Self, CertificateDer<'static>) {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let certificate = params.self_signed(&key).unwrap().der().clone();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .unwrap();
        let says = Arc::new(|_: &str, _| answer("200 OK", &[], "x"));
        (Self::begin(says, Some(Arc::new(config))), certificate)
    }

    fn begin(says: Arc<Says>, tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(BTreeMap::new()));
        let count = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (says, count, tls) = (Arc::clone(&says), Arc::clone(&count), tls.clone());
                std::thread::spawn(move || {
                    let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
                    match tls {
                        Some(config) => {
                            let secret = rustls::ServerConnection::new(config).unwrap();
                            serve(rustls::StreamOwned::new(secret, stream), &*says, &count);
                        }
                        None => serve(stream, &*says, &count),
                    }
                });
            }
        });
        Self { address, asked }
    }

    /// How often it was asked for `METHOD /path`.
    pub(crate) fn asked(&self, what: &str) -> usize {
        self.asked.lock().unwrap().get(what).copied().unwrap_or(0)
    }
}

fn serve(mut stream: impl Read + Write, says: &Says, count: &Mutex<BTreeMap<String, usize>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.extend(byte),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut words = head.split(' ');
    let what = format!("{} {}", words.next().unwrap(), words.next().unwrap());
    let nth = {
        let mut count = count.lock().unwrap();
        let nth = count.entry(what.clone()).or_default();
        *nth += 1;
        *nth - 1
    };
    let said = says(&what, nth);
    let said = match what.starts_with("HEAD") {
        true => &said[..said.find("\r\n\r\n").map_or(said.len(), |end| end + 4)],
        false => &said,
    };
    let _ = stream.write_all(said.as_bytes());
    let _ = stream.flush();
}

/// An answer in HTTP, after which the server hangs up.
pub(crate) fn answer(status: &str, headers: &[&str], body: &str) -> String {
    let headers: Vec<String> = headers
        .iter()
        .map(|header| format!("{header}\r\n"))
        .collect();
    let headers = headers.concat();
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}
