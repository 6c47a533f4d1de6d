//! Everything that is not a page: images become variants, other files are copied.
//!
//! Only headers are read to lay the map out, so that a page can be rendered before a pixel is
//! decoded; encoding is a job of its own.

mod advice;
mod avif;
mod boxes;
mod budget;
mod color;
mod copy;
mod credit;
mod decode;
mod derive;
mod document;
mod encode;
mod encoders;
mod error;
mod header;
mod heif;
#[cfg(test)]
mod hostile;
mod layout;
mod light;
mod map;
mod master;
mod minify;
mod numbers;
mod part;
mod picture;
mod pixels;
mod plan;
mod read;
mod sanitize;
mod settle;
mod slim;
mod slots;
mod strip;
mod survey;
mod svg;
mod tiff;
mod told;
mod uses;
mod walk;
mod wishes;

pub use avif::{WORD as AVIF_WORD, answer as answer_avif};
pub use copy::copy_file;
pub use derive::{Fit, Focus, Wish};
pub use document::{DocumentImage, DocumentNeeds, document_image};
pub use encode::{Encoded, encode_image, encoder_version};
pub use encoders::Format;
pub use error::AssetError;
pub use layout::{Layout, slot_widths};
pub use map::{AssetMap, Crop, ImageAsset, ImageFile, ImageKind, ImageSet};
#[cfg(test)]
pub use minify::for_tests as minify_svg;
pub use picture::{Picture, PictureContent, Rgba, fit};
pub use read::broken_image;
pub use sanitize::sanitize as sanitize_svg;
pub use slim::{Slim, slim};
pub use slots::{Length, Slot};
pub use survey::{Source, is_picture, read_source_picture};
pub use told::Told;
pub use wishes::{Asked, WISHES, fit_of, help as attribute_help};

#[cfg(test)]
mod testing;
