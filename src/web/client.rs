//! One request at a time. Redirects are told, not followed.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::HeaderMap;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Error, Proxy};
use url::Url;

use crate::web::trouble::trouble;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(10);

/// What is told where no certificate can be good.
const NO_ROOTS: &str = "this machine trusts no authority: install ca-certificates";

/// What asks.
pub struct Client {
    agent: Agent,
    /// Whether there is any authority that a certificate could be by.
    trusts: bool,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status of HTTP.
    pub status: u16,
    /// The body, as far as it was wanted.
    pub body: Vec<u8>,
    /// Whether that is all of it.
    pub whole: bool,
    headers: HeaderMap,
}

/// Why there was no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The server is there, and readers would not trust it either; why, in words.
    Untrusted(String),
    /// It may be otherwise in a moment; what happened, in words.
    Passing(String),
    /// It will be the same in a moment; what happened, in words.
    Lasting(String),
}

impl Reply {
    /// The value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Client {
    /// Makes a client that waits no longer than `patience` for a whole answer. It trusts the
    /// authorities that this machine trusts, and goes by the proxy that the system names.
    pub fn new(patience: Duration) -> Self {
        Self::with(patience, None, Proxy::try_from_env())
    }

    /// The same without a proxy, trusting `roots` alone.
    #[cfg(test)]
    pub(crate) fn trusting(patience: Duration, roots: Vec<Certificate<'static>>) -> Self {
        Self::with(patience, Some(roots), None)
    }

    /// The same for one authority, as its certificate is written in DER.
    #[cfg(test)]
    pub(crate) fn trusting_one(patience: Duration, root: &[u8]) -> Self {
        Self::trusting(patience, vec![Certificate::from_der(root).to_owned()])
    }

    fn with(
        patience: Duration,
        roots: Option<Vec<Certificate<'static>>>,
        proxy: Option<Proxy>,
    ) -> Self {
        let roots = roots.unwrap_or_else(roots_of_machine);
        let trusts = !roots.is_empty();
        let config = Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(patience))
            .timeout_connect(Some(CONNECT.min(patience)))
            .user_agent(concat!("tympan/", env!("CARGO_PKG_VERSION")))
            .accept("*/*")
            // The bytes that were published, not some form of them.
            .accept_encoding("identity")
            .tls_config(tls(Some(roots)))
            .proxy(proxy)
            .build();
        Self {
            agent: Agent::new_with_config(config),
            trusts,
        }
    }

    /// Asks for an address; of the answer no more than `limit` bytes are read. Whatever keeps copies
    /// on the way is asked not to answer from them.
    pub fn get(&self, url: &Url, limit: u64) -> Result<Reply, Fault> {
        let asked = self
            .agent
            .get(url.as_str())
            .header("cache-control", "no-cache");
        let mut response = asked.call().map_err(|error| self.fault(&error))?;
        let mut body = Vec::new();
        let mut reader = response.body_mut().as_reader().take(limit);
        reader
            .read_to_end(&mut body)
            .map_err(|error| self.fault(&Error::from(error)))?;
        Ok(Reply {
            status: response.status().as_u16(),
            whole: (body.len() as u64) < limit,
            body,
            headers: response.headers().clone(),
        })
    }

    /// Whom this machine does not know may be known to readers, so that this says nothing about the
    /// server.
    fn fault(&self, error: &Error) -> Fault {
        let told = match error {
            Error::Rustls(told) => Some(told),
            Error::Io(error) => error.get_ref().and_then(|inner| inner.downcast_ref()),
            _ => None,
        };
        let unknown = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let is_unknown = told.is_some_and(|told| *told == unknown);
        let is_tls = told.is_some() || matches!(error, Error::Tls(_));
        match trouble(error) {
            _ if is_unknown && !self.trusts => Fault::Lasting(NO_ROOTS.to_owned()),
            (why, _) if is_unknown => Fault::Lasting(why),
            (why, _) if is_tls => Fault::Untrusted(why),
            (why, true) => Fault::Passing(why),
            (why, false) => Fault::Lasting(why),
        }
    }
}

/// What a machine trusts.
fn roots_of_machine() -> Vec<Certificate<'static>> {
    let found = rustls_native_certs::load_native_certs().certs;
    let owned = |found: &rustls::pki_types::CertificateDer<'_>| {
        Certificate::from_der(found.as_ref()).to_owned()
    };
    found.iter().map(owned).collect()
}

/// TLS that is verified against `roots`, or against what this machine trusts.
pub(crate) fn tls(roots: Option<Vec<Certificate<'static>>>) -> TlsConfig {
    let roots = roots.unwrap_or_else(roots_of_machine);
    TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build()
}
