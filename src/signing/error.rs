//! Why nothing could be signed or verified. No message holds a key or a password.

/// Signing or verifying could not be done.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// The key is none that can sign.
    #[error("the signing key cannot be used: {reason}")]
    Key {
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// A public key of the project is none.
    #[error("`{key}` is no public key of minisign")]
    PublicKey {
        /// The key as written.
        key: String,
    },
    /// The program that has the keys failed.
    #[error("`ssh-keygen` cannot {work}: {reason}")]
    Ssh {
        /// What it was asked to do.
        work: &'static str,
        /// What it said.
        reason: String,
    },
}
