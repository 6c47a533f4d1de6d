//! The name of a step's result: everything that went into it.
//!
//! | step | version lives in | inputs |
//! |---|---|---|
//! | `prose` | `checks/prose/known` | block text and mask, dialect, rule set, harper's version |
//! | `image` | `assets/encode` | source bytes, part, size, format, quality, the encoder's version |
//! | `image-facts` | `assets/settle` | the keys of all files of an image, placeholder |
//! | `pdf` | `render/pdf` | the whole data tree, template, fonts, images, marks, Typst's version |
//! | `diagram` | `render/diagram` | notation, source |
//! | `highlight` | `render/highlight` | language and text of a block |
//! | `compress` | `render/compress` | the bytes, the encoding |
//! | `style` | `render/html/theme/sheets` | every style of the project, which of them are wanted, folders |
//! | `icon` | `render/brand` | picture, shape, colors |
//! | `card` | `render/brand` | texts, colors, fonts, logo |
//! | `epub` | `render/epub` | every chapter, image, style and metadata of the book |
//! | `external` | `checks/external` | the address; when it was asked for stands in the result |
//! | `build` | `cli/standing` | the output folder; what was built, and from what, stands in the result |
//!
//! A hidden input is a bug of the first rank. A change of a step's output bumps its version in
//! the same commit.

use std::fmt;

use crate::digest::Digest;

/// The name of one cached result.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    step: &'static str,
    inputs: Vec<(String, Digest)>,
}

impl Key {
    /// Begins a key for a step and the step's own version.
    pub fn new(step: &'static str, version: u32) -> Self {
        let version = Digest::of(&version.to_le_bytes());
        Self {
            step,
            inputs: vec![("version".to_owned(), version)],
        }
    }

    /// Names one input by its content.
    #[must_use]
    pub fn input(mut self, name: impl Into<String>, bytes: &[u8]) -> Self {
        self.inputs.push((name.into(), Digest::of(bytes)));
        self
    }

    /// Names one input that is already hashed.
    #[must_use]
    pub fn digest(mut self, name: impl Into<String>, digest: Digest) -> Self {
        self.inputs.push((name.into(), digest));
        self
    }

    /// The step it belongs to.
    pub fn step(&self) -> &'static str {
        self.step
    }

    /// The digest under which the result is stored.
    pub fn name(&self) -> Digest {
        let text = |(name, digest): &(String, Digest)| format!("{name}={digest}\n");
        let list: String = self.inputs.iter().map(text).collect();
        Digest::of_parts([self.step.as_bytes(), list.as_bytes()])
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.step, self.name())?;
        for (name, digest) in &self.inputs {
            writeln!(f, "  {name} = {digest}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_counts() {
        let key = || Key::new("image", 1).input("source", b"abc");
        let name = key().input("width", b"480").name();
        assert_eq!(name, key().input("width", b"480").name());
        assert_ne!(name, key().input("width", b"960").name());
        assert_ne!(name, key().input("height", b"480").name());
        assert_ne!(
            key().name(),
            Key::new("image", 2).input("source", b"abc").name()
        );
        assert_ne!(
            key().name(),
            Key::new("pdf", 1).input("source", b"abc").name()
        );
    }
}
