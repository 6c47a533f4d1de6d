//! Stub.
mod map;
use crate::diagnostic::Diagnostic;
use crate::release::{Artifact, Role};
use crate::repo::{RepoError, Snapshot};
use crate::site::Site;
use crate::site_path::SitePath;
use crate::store::Store;
pub use map::{AssetMap, ImageAsset, ImageFile, ImageKind};
impl AssetMap {
    /// Read.
    pub fn read(site: &Site, _: &Snapshot) -> (Self, Vec<Diagnostic>) {
        let files = site
            .published_files
            .iter()
            .map(|file| (file.clone(), site.file_route(file)))
            .collect();
        (
            Self {
                files,
                ..Self::default()
            },
            Vec::new(),
        )
    }
}
impl ImageAsset {
    /// Files.
    pub fn files(&self) -> impl Iterator<Item = &SitePath> {
        std::iter::once(&self.fallback.path).chain(self.variants.iter().map(|file| &file.path))
    }
}
/// Encoded.
pub struct Encoded {
    /// Files.
    pub artifacts: Vec<Artifact>,
    /// Fault.
    pub fault: Option<String>,
}
/// Encode.
pub fn encode_image(
    _: &ImageAsset,
    _: &Site,
    _: &Snapshot,
    _: &Store,
) -> Result<Encoded, RepoError> {
    Ok(Encoded {
        artifacts: Vec::new(),
        fault: None,
    })
}
/// Copy.
pub fn copy_file(
    source: &SitePath,
    route: &SitePath,
    _: &Site,
    snapshot: &Snapshot,
) -> Result<Artifact, RepoError> {
    Ok(Artifact::new(
        route.clone(),
        Role::Asset,
        snapshot.read(source)?,
    ))
}
