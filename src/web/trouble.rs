//! Why a server could not be reached, in words.

use std::error::Error as _;
use std::io::ErrorKind;

use rustls::CertificateError;
use ureq::{Error, Timeout};

/// Says why, and whether it may be otherwise in a moment.
pub(crate) fn trouble(error: &Error) -> (String, bool) {
    let (words, passes) = match error {
        Error::HostNotFound => ("there is no server of this name", false),
        Error::Timeout(Timeout::Connect) => ("no connection came about in time", true),
        Error::Timeout(Timeout::Resolve) => ("nobody told the address of the server in time", true),
        Error::Timeout(_) => ("it did not answer in time", true),
        Error::Rustls(fault) => return (tls(fault), false),
        Error::Tls(_) => ("the connection cannot be made secret", false),
        Error::ConnectProxyFailed(_) | Error::InvalidProxyUrl => {
            ("the proxy of this machine refuses", false)
        }
        Error::LargeResponseHeader(..) => ("its answer is too large", false),
        Error::Protocol(_) | Error::Http(_) | Error::BadUri(_) => {
            ("its answer is no answer in HTTP", false)
        }
        Error::ConnectionFailed => ("no connection came about", true),
        Error::Io(fault) => {
            let inner = fault.get_ref().and_then(|inner| inner.downcast_ref());
            if let Some(fault) = inner {
                return (tls(fault), false);
            }
            match fault.kind() {
                ErrorKind::ConnectionRefused => ("it refuses the connection", false),
                ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof => ("it broke off the connection", true),
                ErrorKind::TimedOut | ErrorKind::WouldBlock => ("it did not answer in time", true),
                ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                    ("no way leads to it from here", false)
                }
                // What a system says of a name that it cannot resolve.
                _ if fault.to_string().contains("lookup") => {
                    ("there is no server of this name", false)
                }
                _ => ("the connection failed", true),
            }
        }
        other => match other.source().is_some() {
            true => ("the connection failed", true),
            false => ("it could not be asked", false),
        },
    };
    (words.to_owned(), passes)
}

fn tls(fault: &rustls::Error) -> String {
    let words = match fault {
        rustls::Error::InvalidCertificate(fault) => match fault {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "its certificate has expired"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "its certificate is not valid yet"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "its certificate is for another name"
            }
            CertificateError::UnknownIssuer => "this machine does not trust its certificate",
            CertificateError::Revoked => "its certificate was taken back",
            _ => "its certificate is not valid",
        },
        _ => "the connection cannot be made secret",
    };
    words.to_owned()
}
