//! What decides the bytes of a release besides its source.

use std::collections::BTreeMap;

use crate::assets::encoder_version;
use crate::release::Lock;
use crate::render::DRAWING_ENGINE;
use crate::site::Site;

/// The tool, the engines compiled into it, and the theme if it is not of the project.
pub(super) fn lock(site: &Site) -> Lock {
    let mut lock = BTreeMap::from([
        ("tympan".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("images".to_owned(), encoder_version()),
    ]);
    if let Some(theme) = &site.config.look.pinned {
        lock.insert("theme".to_owned(), theme.digest.hex());
    }
    if cfg!(feature = "scss") {
        lock.insert("grass".to_owned(), "0.13.4".to_owned());
    }
    if cfg!(feature = "pdf") {
        lock.insert("typst".to_owned(), "0.15.1".to_owned());
    }
    if cfg!(feature = "brand") {
        lock.insert("resvg".to_owned(), DRAWING_ENGINE.to_owned());
    }
    if cfg!(feature = "highlight") {
        lock.insert("arborium".to_owned(), "2.18.2".to_owned());
    }
    if cfg!(feature = "diagrams") {
        lock.insert("mermaid-rs-renderer".to_owned(), "0.3.1".to_owned());
        lock.insert("layout-rs".to_owned(), "0.1.3".to_owned());
        lock.insert("pikchr".to_owned(), "0.1.4".to_owned());
    }
    if cfg!(feature = "prose") {
        lock.insert("harper".to_owned(), "3.0.0".to_owned());
    }
    Lock(lock)
}
