//! Signatures under releases and records, and who may have made them: in the format of minisign, or
//! of SSH. A signature vouches for bytes; what they mean is for the caller to say.

mod error;
mod signer;
mod ssh;
#[cfg(test)]
pub(crate) mod testing;
mod trust;

pub use error::SigningError;
pub use signer::Signer;
pub use trust::{Doubt, Trust};
