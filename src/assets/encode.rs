//! Making the files of one image: decoded once, resized to every width, encoded, and kept.

use std::sync::Arc;

use crate::assets::budget::BUDGET;
use crate::assets::error::AssetError;
use crate::assets::header::{Header, HeaderFault, read_header};
use crate::assets::map::{ImageAsset, ImageFile, ImageKind};
use crate::assets::pixels::Pixels;
use crate::assets::plan::VERSION;
use crate::assets::read::{is_drawing, is_markup};
use crate::assets::strip::strip;
use crate::assets::svg;
use crate::assets::webp::{self, Coding};
use crate::digest::Digest;
use crate::release::{Artifact, Role};
use crate::repo::Snapshot;
use crate::site::Site;
use crate::site_path::SitePath;
use crate::store::{Key, Store};

/// The files of one image.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// The variants, then the fallback if it is not one of them.
    pub artifacts: Vec<Artifact>,
    /// Why the image could not be decoded, if it could not. Every planned file is there all the
    /// same, with the bytes of the source: no link dangles, and browsers go by content.
    pub fault: Option<String>,
}

/// The encoders and their versions, for the lock of a release.
pub fn encoder_version() -> String {
    format!("images {VERSION}, {}", webp::version())
}

/// Makes the files of one image.
///
/// # Errors
/// Fails where the source cannot be read, or is not what the map was laid out from.
pub fn encode_image(
    asset: &ImageAsset,
    site: &Site,
    snapshot: &Snapshot,
    store: &Store,
) -> Result<Encoded, AssetError> {
    let files: Vec<&ImageFile> = asset.encoded().collect();
    let made = match asset.kind {
        ImageKind::Jpeg | ImageKind::Png | ImageKind::WebP => {
            let key = key_of(asset, &files, site.config.images.quality);
            let kept = store.cached(&key).and_then(|bytes| Made::read(&bytes));
            if let Some(made) = kept.filter(|made| made.files.len() == files.len()) {
                made
            } else {
                let bytes = read_source(asset, snapshot)?;
                let made = make(asset, &files, site.config.images.quality, &bytes);
                store.cache(&key, &made.write());
                made
            }
        }
        ImageKind::Svg if !site.config.html.raw_html => {
            let bytes = read_source(asset, snapshot)?;
            let broken = |reason| AssetError::Broken {
                path: asset.source.clone(),
                reason,
            };
            let drawing = svg::sanitize(&bytes).map_err(broken)?;
            Made::of(drawing.into_bytes())
        }
        ImageKind::Gif | ImageKind::Svg | ImageKind::Other => {
            Made::of(read_source(asset, snapshot)?)
        }
    };
    let files = files.into_iter().zip(made.files);
    Ok(Encoded {
        artifacts: files
            .map(|(file, bytes)| Artifact::new(file.path.clone(), Role::Asset, bytes))
            .collect(),
        fault: made.fault,
    })
}

/// Copies a file to its place in the site. Images lose their metadata and keep their looks;
/// drawings are sanitized unless the project allows raw HTML.
///
/// # Errors
/// Fails where the file cannot be read, or is a drawing that cannot be sanitized.
pub fn copy_file(
    source: &SitePath,
    route: &SitePath,
    site: &Site,
    snapshot: &Snapshot,
) -> Result<Artifact, AssetError> {
    let bytes = read(source, snapshot)?;
    let bytes = if is_markup(source) && is_drawing(source, &bytes) && !site.config.html.raw_html {
        let broken = |reason| AssetError::Broken {
            path: source.clone(),
            reason,
        };
        svg::sanitize(&bytes).map_err(broken)?.into_bytes()
    } else {
        match read_header(&bytes) {
            Ok(header) => strip(&bytes, &header),
            Err(_) => bytes,
        }
    };
    Ok(Artifact::new(route.clone(), Role::Asset, bytes))
}

fn key_of(asset: &ImageAsset, files: &[&ImageFile], quality: u8) -> Key {
    let plan: Vec<String> = files
        .iter()
        .map(|file| format!("{} {}x{}", file.path.extension(), file.width, file.height))
        .collect();
    Key::new("image", VERSION)
        .digest("source", asset.digest)
        .input("plan", plan.join("\n").as_bytes())
        .input("quality", &[quality])
        .input("encoder", webp::version().as_bytes())
}

fn read(path: &SitePath, snapshot: &Snapshot) -> Result<Vec<u8>, AssetError> {
    snapshot.read(path).map_err(|source| AssetError::Read {
        path: path.clone(),
        source,
    })
}

/// Reads the source again. Bytes that changed since the map was laid out must not be published,
/// nor kept, under the name of the old ones.
pub(super) fn read_source(asset: &ImageAsset, snapshot: &Snapshot) -> Result<Vec<u8>, AssetError> {
    let bytes = read(&asset.source, snapshot)?;
    match Digest::of(&bytes) == asset.digest {
        true => Ok(bytes),
        false => Err(AssetError::Changed {
            path: asset.source.clone(),
        }),
    }
}

/// What is kept of the work on one image.
struct Made {
    files: Vec<Arc<[u8]>>,
    fault: Option<String>,
}

impl Made {
    fn of(bytes: Vec<u8>) -> Self {
        Self {
            files: vec![bytes.into()],
            fault: None,
        }
    }

    /// The fault and the files, each after its length.
    fn write(&self) -> Vec<u8> {
        let fault = self.fault.as_deref().unwrap_or("").as_bytes();
        let parts = std::iter::once(fault).chain(self.files.iter().map(|file| &**file));
        let mut bytes = Vec::new();
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }

    fn read(mut bytes: &[u8]) -> Option<Self> {
        let mut parts = Vec::new();
        while !bytes.is_empty() {
            let (length, rest) = bytes.split_first_chunk::<8>()?;
            let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
            let (part, rest) = rest.split_at_checked(length)?;
            parts.push(part);
            bytes = rest;
        }
        let (fault, files) = parts.split_first()?;
        Some(Self {
            files: files.iter().map(|file| Arc::from(*file)).collect(),
            fault: Some(String::from_utf8(fault.to_vec()).ok()?).filter(|text| !text.is_empty()),
        })
    }
}

fn make(asset: &ImageAsset, files: &[&ImageFile], quality: u8, bytes: &[u8]) -> Made {
    let work = || {
        let header = read_header(bytes).map_err(|fault| match fault {
            HeaderFault::Broken(reason) => reason,
            _ => "it is no image".to_owned(),
        })?;
        make_files(asset, files, quality, bytes, &header)
    };
    match work() {
        Ok(files) => Made {
            files: files.into_iter().map(Arc::from).collect(),
            fault: None,
        },
        Err(fault) => {
            let bytes: Arc<[u8]> = bytes.into();
            Made {
                files: files.iter().map(|_| Arc::clone(&bytes)).collect(),
                fault: Some(fault),
            }
        }
    }
}

fn make_files(
    asset: &ImageAsset,
    files: &[&ImageFile],
    quality: u8,
    bytes: &[u8],
    header: &Header,
) -> Result<Vec<Vec<u8>>, String> {
    let upright = header.orientation == image::metadata::Orientation::NoTransforms;
    // The source itself serves where its size is the one that is asked for; where nobody may
    // decode it, its orientation is left to the browser.
    let is_source = |file: &ImageFile| {
        let whole = (file.width, file.height) == (header.width, header.height);
        let fallback = file.path == asset.fallback.path && asset.variants.len() < files.len();
        fallback && whole && (upright || !header.is_raster())
    };
    if files.iter().all(|file| is_source(file)) {
        return Ok(files.iter().map(|_| strip(bytes, header)).collect());
    }
    let _reserved = BUDGET.reserve(header);
    let pixels = Pixels::decode(bytes, header)?;
    files
        .iter()
        .map(|file| {
            if is_source(file) {
                return Ok(strip(bytes, header));
            }
            let resized = pixels.resized(file.width, file.height)?;
            match file.path.extension() {
                "webp" => to_webp(&resized, header, quality),
                "jpg" => resized.to_jpeg(quality),
                _ => resized.to_png(),
            }
        })
        .collect()
}

/// A photograph is coded with loss; of a drawing the smaller of both codings is kept.
fn to_webp(pixels: &Pixels, header: &Header, quality: u8) -> Result<Vec<u8>, String> {
    if !header.lossless {
        return webp::encode(pixels, Coding::Lossy(quality));
    }
    let lossless = webp::encode(pixels, Coding::Lossless)?;
    // Edges and letters show loss sooner than photographs do.
    let sharp = Coding::LossySharp(quality.saturating_add(5).min(100));
    let lossy = webp::encode(pixels, sharp)?;
    Ok(if lossy.len() < lossless.len() {
        lossy
    } else {
        lossless
    })
}
