//! One output file, as a renderer returns it: a path and bytes, and what a server must know.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::site_path::SitePath;

/// One output file.
#[derive(Debug, Clone)]
pub struct Artifact {
    /// Where it stands in the release.
    pub path: SitePath,
    /// Its content.
    pub bytes: Arc<[u8]>,
    /// What it is for.
    pub role: Role,
}

/// What an output file is for, which decides when it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A file copied as it is, or an image variant.
    Asset,
    /// A style sheet, script or font of the theme.
    Theme,
    /// A PDF, EPUB or DOCX.
    Document,
    /// An HTML page.
    Page,
    /// A page that only sends the reader on.
    Redirect,
    /// A feed, sitemap or other list read by machines, which must never name a page that is not there yet.
    Feed,
}

/// How long a browser or proxy may keep a file (RFC 9111).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CacheClass {
    /// The name holds a digest of the content: a year, immutable (RFC 8246).
    Immutable,
    /// Ask again every time.
    Revalidate,
}

impl Artifact {
    /// Names `bytes` as an output file.
    pub fn new(path: SitePath, role: Role, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self {
            path,
            bytes: bytes.into(),
            role,
        }
    }

    /// The digest of the content.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.bytes)
    }

    /// Whether a file is named after what it holds: those under `_tympan/` are, but for the search's,
    /// which keep their names so that few of them change with a page.
    pub fn is_immutable(path: &SitePath) -> bool {
        let path = path.as_str();
        path.starts_with("_tympan/") && !path.starts_with("_tympan/search/")
    }

    /// How long it may be kept, read off its name.
    pub fn cache_class(&self) -> CacheClass {
        if Self::is_immutable(&self.path) {
            CacheClass::Immutable
        } else {
            CacheClass::Revalidate
        }
    }
}

/// The media type for a file name (IANA registry), `application/octet-stream` if unknown.
pub fn media_type(path: &SitePath) -> &'static str {
    match path.extension().to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "xml" => "application/xml",
        "atom" => "application/atom+xml",
        "txt" => "text/plain; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "pdf" => "application/pdf",
        "epub" => "application/epub+zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "zip" => "application/zip",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "ico" => "image/vnd.microsoft.icon",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "mp3" => "audio/mpeg",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}
