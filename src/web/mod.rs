//! Asks a server for an address, as a reader does: TLS is verified, time and size are bounded. What
//! may be asked for, and what an answer means, is for the caller to say.

mod client;
#[cfg(test)]
pub(crate) mod server;
mod trouble;

pub(crate) use client::tls;
pub use client::{Client, Fault, Reply};
pub(crate) use trouble::trouble;
