//! Pictures that a page asks for while it is rendered: cropped, fitted, or made otherwise than its
//! project makes them.
//!
//! Each is laid out, and in a build made, when it is first asked for; the files are handed on after
//! the pages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::assets::header::{Header, read_header};
use crate::assets::map::{AssetMap, Crop, ImageAsset};
use crate::assets::plan::{Subject, plan};
use crate::assets::settle::{recalled, settled};
use crate::config::{ImageChoices, ImageOptions};
use crate::digest::Digest;
use crate::repo::Snapshot;
use crate::site::Site;
use crate::site_path::SitePath;
use crate::store::Store;

/// How many pictures of earlier states are known.
const REMEMBERED: usize = 1_000;

/// What is wanted of a picture. It is never made larger than its source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// The width in CSS pixels; it follows the height, or is free, if absent.
    pub width: Option<u32>,
    /// The height in CSS pixels.
    pub height: Option<u32>,
    /// A shape, as width and height without a unit; with both sides given, theirs.
    pub shape: Option<(u32, u32)>,
    /// How it is brought to its size.
    pub fit: Fit,
    /// What stays in sight if parts are cut off.
    pub focus: Focus,
    /// How it is encoded.
    pub choices: ImageChoices,
}

/// How a picture is brought to a size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fit {
    /// As large as fits into the box, whole.
    #[default]
    Contain,
    /// As large as fills the box; what stands out is cut off.
    Cover,
}

/// A point of a picture in thousandths of its width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Focus {
    /// From the left, at most 1000.
    pub x: u16,
    /// From above, at most 1000.
    pub y: u16,
}

impl Default for Focus {
    fn default() -> Self {
        Self { x: 500, y: 500 }
    }
}

/// The pictures that were asked for, each with a cell so that it is made once.
#[derive(Debug, Default)]
pub(super) struct Derived {
    cells: Mutex<BTreeMap<Digest, Arc<OnceLock<Option<ImageAsset>>>>>,
}

impl AssetMap {
    /// The picture of a source as it is wished for; none if the source is no picture that can be
    /// resized.
    pub fn derive(
        &self,
        source: &SitePath,
        wish: &Wish,
        (site, snapshot, store): (&Site, &Snapshot, &Store),
    ) -> Option<ImageAsset> {
        let key = format!("{source}\n{wish:?}");
        let cell = {
            let cells = self.derived.cells.lock();
            let mut cells = cells.unwrap_or_else(PoisonError::into_inner);
            Arc::clone(cells.entry(Digest::of(key.as_bytes())).or_default())
        };
        let made = cell.get_or_init(|| {
            let bytes = snapshot.read(source).ok()?;
            let header = read_header(&bytes).ok().filter(Header::is_raster)?;
            let own = site.config.images.of(source.as_str());
            let (crop, widths) = wish.frame((header.width, header.height));
            let mut choices = wish.choices.clone();
            choices.widths = choices.widths.or(widths);
            let options: Arc<ImageOptions> = Arc::new(own.with(&choices));
            let asset = plan(&Subject {
                source,
                digest: Digest::of(&bytes),
                header: &header,
                crop,
                options: &options,
                raw_html: site.config.html.raw_html,
            });
            Some(match (self.settled, self.recalled) {
                (true, _) => settled(asset, site, snapshot, store),
                (false, true) => recalled(asset, store),
                (false, false) => asset,
            })
        });
        made.clone()
    }

    /// Whether a file is one of a picture that was asked for.
    pub fn derives(&self, path: &SitePath) -> bool {
        self.derived_with(std::slice::from_ref(path)).is_some()
    }

    /// A picture that was asked for and has all these files.
    pub fn derived_with(&self, paths: &[SitePath]) -> Option<ImageAsset> {
        let has = |asset: &&ImageAsset| {
            let mut paths = paths.iter();
            paths.all(|path| asset.files().any(|file| file == path))
        };
        let cells = self.derived.cells.lock();
        let cells = cells.unwrap_or_else(PoisonError::into_inner);
        let mut made = cells.values().filter_map(|cell| cell.get()?.as_ref());
        made.find(has)
            .or_else(|| self.earlier.iter().find(has))
            .cloned()
    }

    /// Every picture that was asked for so far, in this state or an earlier one, in the order of its first file.
    pub fn derived(&self) -> Vec<ImageAsset> {
        let cells = self.derived.cells.lock();
        let cells = cells.unwrap_or_else(PoisonError::into_inner);
        let made = cells.values().filter_map(|cell| cell.get()?.clone());
        let mut made: Vec<ImageAsset> = made.chain(self.earlier.iter().cloned()).collect();
        made.sort_by(|a, b| a.fallback.path.cmp(&b.fallback.path));
        made
    }

    /// Goes on knowing what was asked for in an earlier state, whose pages may still be open
    /// somewhere.
    pub fn remember(&mut self, earlier: &Self) {
        self.earlier = earlier.derived();
        self.earlier.truncate(REMEMBERED);
    }
}

impl Wish {
    /// The part of a picture that is shown, and the widths that it is made in: once and twice the
    /// size it is shown at, so that it is sharp on dense screens.
    fn frame(&self, (width, height): (u32, u32)) -> (Option<Crop>, Option<Vec<u32>>) {
        let both = self.width.zip(self.height);
        let shape = self.shape.or(both.filter(|_| self.fit == Fit::Cover));
        let crop = shape.and_then(|shape| self.focus.crop((width, height), shape));
        let shown = crop.map_or((width, height), |crop| (crop.width, crop.height));
        let for_height = |height: u32| {
            let width = u64::from(height) * u64::from(shown.0) / u64::from(shown.1.max(1));
            u32::try_from(width).unwrap_or(u32::MAX).max(1)
        };
        let once = match (self.width, self.height) {
            (Some(width), Some(height)) => Some(width.min(for_height(height))),
            (Some(width), None) => Some(width),
            (None, Some(height)) => Some(for_height(height)),
            (None, None) => None,
        };
        let widths = once.map(|once| [once, once.saturating_mul(2)].map(|at| at.min(shown.0)));
        (crop, widths.map(Vec::from))
    }
}

impl Focus {
    /// The largest part of a picture that has a shape and the focus as near its middle as can be;
    /// none if that is all of it.
    fn crop(self, size: (u32, u32), shape: (u32, u32)) -> Option<Crop> {
        let (w, h) = (u64::from(size.0), u64::from(size.1));
        let (sw, sh) = (u64::from(shape.0.max(1)), u64::from(shape.1.max(1)));
        let (width, height) = match w * sh > h * sw {
            true => (((h * sw + sh / 2) / sh).clamp(1, w), h),
            false => (w, ((w * sh + sw / 2) / sw).clamp(1, h)),
        };
        if (width, height) == (w, h) {
            return None;
        }
        let start = |whole: u64, part: u64, at: u16| {
            let middle = whole * u64::from(at.min(1000)) / 1000;
            middle.saturating_sub(part / 2).min(whole - part)
        };
        let number = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        Some(Crop {
            x: number(start(w, width, self.x)),
            y: number(start(h, height, self.y)),
            width: number(width),
            height: number(height),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::testing::{jpeg, path, photo, png, project};

    #[test]
    fn a_part_has_its_shape_and_stays_within_the_picture() {
        let case = |shape, focus: (u16, u16), expected: Option<(u32, u32, u32, u32)>| {
            let focus = Focus {
                x: focus.0,
                y: focus.1,
            };
            let crop = focus.crop((1000, 600), shape);
            let found = crop.map(|crop| (crop.x, crop.y, crop.width, crop.height));
            assert_eq!(found, expected);
        };
        case((1, 1), (500, 500), Some((200, 0, 600, 600)));
        case((1, 1), (0, 500), Some((0, 0, 600, 600)));
        case((1, 1), (900, 0), Some((400, 0, 600, 600)));
        case((2, 1), (500, 0), Some((0, 0, 1000, 500)));
        case((2, 1), (500, 1000), Some((0, 100, 1000, 500)));
        case((5, 3), (0, 0), None);
        case((u32::MAX, 1), (500, 500), Some((0, 300, 1000, 1)));
        case((0, 9), (500, 500), Some((467, 0, 67, 600)));
    }

    #[test]
    fn a_wish_is_made_in_its_size_and_twice() {
        let picture = jpeg(&photo(900, 600));
        let project = project("# A\n", &[("content/a.jpg", &picture)]);
        let (map, _) = AssetMap::read(&project.site, &project.snapshot);
        let source = path("content/a.jpg");
        let places = (&project.site, &project.snapshot, &project.store);
        let sizes = |wish: &Wish| {
            let asset = map.derive(&source, wish, places).unwrap();
            let files = asset.sets[0].files.iter();
            files
                .map(|file| (file.width, file.height))
                .collect::<Vec<_>>()
        };
        let box_of = |width, height, fit| Wish {
            width,
            height,
            fit,
            ..Wish::default()
        };
        let (some, cover) = (Some(200), Fit::Cover);
        assert_eq!(sizes(&box_of(some, some, cover)), [(200, 200), (400, 400)]);
        assert_eq!(
            sizes(&box_of(some, some, Fit::Contain)),
            [(200, 133), (400, 267)]
        );
        assert_eq!(sizes(&box_of(None, some, cover)), [(300, 200), (600, 400)]);
        assert_eq!(
            sizes(&box_of(Some(800), None, cover)),
            [(800, 533), (900, 600)]
        );
        assert_eq!(map.derived().len(), 4);
        let again = box_of(some, some, cover);
        map.derive(&source, &again, places);
        assert_eq!(map.derived().len(), 4);
        assert_eq!(map.derive(&path("content/index.md"), &again, places), None);
    }

    #[test]
    fn what_a_file_holds_does_not_depend_on_the_files_beside_it() {
        let picture = png(photo(900, 600));
        let project = project("# A\n", &[("content/a.png", &picture)]);
        let source = path("content/a.png");
        let places = (&project.site, &project.snapshot, &project.store);
        let made = |widths: &[u32]| {
            let (map, _) = AssetMap::read(&project.site, &project.snapshot);
            let widths = Some(widths.to_vec());
            let choices = ImageChoices {
                widths,
                ..ImageChoices::default()
            };
            let wish = Wish {
                choices,
                ..Wish::default()
            };
            let asset = map.derive(&source, &wish, places).unwrap();
            // Each with a store of its own.
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(folder.path());
            let encoded = crate::assets::encode_image(&asset, places.0, places.1, &store);
            let files = encoded.unwrap().artifacts.into_iter();
            files
                .map(|file| (file.path, file.bytes))
                .collect::<BTreeMap<_, _>>()
        };
        let (few, many) = (made(&[300]), made(&[300, 700]));
        let shared = few.iter().filter(|(path, _)| many.contains_key(path));
        let shared: Vec<_> = shared.collect();
        assert!(!shared.is_empty());
        for (path, bytes) in shared {
            assert_eq!(many[path], *bytes, "{path}");
        }
    }

    #[test]
    fn wishes_that_share_a_file_are_told_apart() {
        let picture = jpeg(&photo(900, 600));
        let project = project("# A\n", &[("content/a.jpg", &picture)]);
        let (map, _) = AssetMap::read(&project.site, &project.snapshot);
        let places = (&project.site, &project.snapshot, &project.store);
        for widths in [vec![400], vec![400, 800]] {
            let choices = ImageChoices {
                widths: Some(widths),
                ..ImageChoices::default()
            };
            let wish = Wish {
                choices,
                ..Wish::default()
            };
            map.derive(&path("content/a.jpg"), &wish, places).unwrap();
        }
        let check = |map: &AssetMap| {
            for asset in map.derived() {
                let files: Vec<SitePath> = asset.files().cloned().collect();
                let found = map.derived_with(&files).unwrap();
                assert!(
                    files
                        .iter()
                        .all(|path| found.files().any(|file| file == path))
                );
            }
            assert_eq!(map.derived().len(), 2);
        };
        check(&map);
        let (mut next, _) = AssetMap::read(&project.site, &project.snapshot);
        next.remember(&map);
        check(&next);
    }

    #[test]
    fn a_part_is_the_part_that_is_named() {
        // White on the left, black on the right.
        let halves = image::RgbImage::from_fn(400, 100, |x, _| match x < 200 {
            true => image::Rgb([255; 3]),
            false => image::Rgb([0; 3]),
        });
        let project = project("# A\n", &[("content/a.png", &png(halves))]);
        let (mut map, _) = AssetMap::read(&project.site, &project.snapshot);
        map.settle(
            &project.site,
            &project.snapshot,
            &project.store,
            &crate::progress::silent,
        );
        let color = |x| {
            let wish = Wish {
                shape: Some((1, 1)),
                focus: Focus { x, y: 500 },
                ..Wish::default()
            };
            let places = (&project.site, &project.snapshot, &project.store);
            let asset = map.derive(&path("content/a.png"), &wish, places).unwrap();
            asset.placeholder
        };
        assert_eq!(color(0).as_deref(), Some("#ffffff"));
        assert_eq!(color(1000).as_deref(), Some("#000000"));
    }
}
