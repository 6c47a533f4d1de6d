//! The encodings in which a server may hand out a file (RFC 9110): compressed copies beside it.

use toml::Spanned;

use crate::config::read::Reader;

/// An encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encoding {
    /// Brotli (RFC 7932).
    Brotli,
    /// Gzip (RFC 1952).
    Gzip,
}

impl Encoding {
    /// What is added to a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gz",
        }
    }
}

impl Reader<'_> {
    pub(super) fn encodings(&mut self, written: &[Spanned<String>]) -> Vec<Encoding> {
        let all = [Encoding::Brotli, Encoding::Gzip];
        let mut encodings = Vec::new();
        for name in written {
            match all
                .into_iter()
                .find(|known| known.extension() == name.get_ref())
            {
                Some(known) => encodings.push(known),
                None => {
                    let message = format!("`{}` is not an encoding", name.get_ref());
                    self.fault(name.span(), message, "known: br, gz");
                }
            }
        }
        encodings.sort_unstable();
        encodings.dedup();
        encodings
    }
}
