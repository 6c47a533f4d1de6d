//! Choosing among the files of every image by what they weigh, before a page names them.
//!
//! What was found out about an image is kept, so that the next build reads a few lines in place of
//! the files.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use base64::Engine as _;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::assets::avif::PASSING;
use crate::assets::encode::Bench;
use crate::assets::encoders::{self, Content, Format, Settings};
use crate::assets::map::{AssetMap, ImageAsset, ImageFile, ImageSet};
use crate::assets::master::CUT;
use crate::assets::plan::VERSION;
use crate::assets::read::broken_image;
use crate::config::{Lossless, PlaceholderKind};
use crate::diagnostic::{Diagnostic, sort};
use crate::digest::Digest;
use crate::progress::{Event, Made, Progress, Stage};
use crate::repo::Snapshot;
use crate::site::Site;
use crate::store::{Key, Store};

/// The longest side of a blurred placeholder.
const BLUR: u32 = 16;

/// What is known of an image once its files were made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Facts {
    /// Why it cannot be decoded.
    fault: Option<String>,
    placeholder: Option<String>,
    /// The keys of the files that are worth naming, with their sizes, by format.
    sets: Vec<Vec<(String, u64)>>,
    fallback: u64,
    /// Whether the source stands for the fallback.
    is_source: bool,
}

impl Facts {
    /// The size of the file that a reader loads at most: the widest of the best format.
    fn largest(&self) -> u64 {
        let best = self.sets.first().and_then(|set| set.last());
        best.map_or(self.fallback, |(_, bytes)| *bytes)
    }
}

impl AssetMap {
    /// Makes every image, largest first, and leaves out the files that no reader gains by. An image
    /// that cannot be decoded is shown as it is, and reported.
    ///
    /// Each image is one step of the progress.
    pub fn settle(
        &mut self,
        site: &Site,
        snapshot: &Snapshot,
        store: &Store,
        progress: Progress<'_>,
    ) -> Vec<Diagnostic> {
        let stage = Stage::Assets;
        let mut subjects: Vec<&ImageAsset> = self.images.values().collect();
        subjects.retain(|asset| asset.is_made());
        subjects.sort_by_key(|asset| (asset.key, &asset.source));
        subjects.dedup_by_key(|asset| asset.key);
        subjects.sort_by_key(|asset| Reverse(u64::from(asset.width) * u64::from(asset.height)));
        progress(Event::Started {
            stage,
            total: subjects.len(),
        });
        let pixels = |asset: &ImageAsset| u64::from(asset.width) * u64::from(asset.height);
        let of = subjects.iter().map(|asset| pixels(asset)).sum();
        let facts: BTreeMap<Digest, Facts> = subjects
            .into_par_iter()
            .with_max_len(1)
            .filter_map(|asset| {
                let facts = facts(asset, site, snapshot, store);
                let before = snapshot.get(&asset.source).map_or(0, |file| file.size);
                progress(Event::Made(Made {
                    share: pixels(asset),
                    of,
                    before,
                    after: facts.as_ref().map_or(before, Facts::largest),
                }));
                progress(Event::Stepped {
                    stage,
                    path: asset.source.clone(),
                });
                Some((asset.key, facts?))
            })
            .collect();
        progress(Event::Finished { stage });
        let mut found = Vec::new();
        for (source, asset) in &mut self.images {
            if let Some(facts) = facts.get(&asset.key) {
                apply(asset, facts);
                // What a header told already is not told again.
                let fault = facts.fault.as_ref().filter(|fault| *fault != CUT);
                found.extend(fault.map(|reason| broken_image(site, source, reason)));
            }
        }
        self.settled = true;
        sort(&mut found);
        found
    }

    /// Chooses as [`AssetMap::settle`] does, but makes nothing: an image of which the store knows
    /// nothing yet stays as it was planned.
    pub fn recall(&mut self, store: &Store) {
        for asset in self.images.values_mut() {
            if let Some(facts) = known(asset, store) {
                apply(asset, &facts);
            }
        }
        self.recalled = true;
    }
}

/// One image as the store knows it.
pub(super) fn recalled(mut asset: ImageAsset, store: &Store) -> ImageAsset {
    if let Some(facts) = known(&asset, store) {
        apply(&mut asset, &facts);
    }
    asset
}

/// What the store knows of an image.
fn known(asset: &ImageAsset, store: &Store) -> Option<Facts> {
    let bytes = store.recall(&key_of(asset))?;
    serde_json::from_slice(&bytes).ok()
}

fn key_of(asset: &ImageAsset) -> Key {
    Key::new("image-facts", VERSION).digest("image", asset.key)
}

/// Settles one image; none if its source cannot be read, which is told when it is rendered.
pub(super) fn settled(
    mut asset: ImageAsset,
    site: &Site,
    snapshot: &Snapshot,
    store: &Store,
) -> ImageAsset {
    if asset.is_made()
        && let Some(facts) = facts(&asset, site, snapshot, store)
    {
        apply(&mut asset, &facts);
    }
    asset
}

fn facts(asset: &ImageAsset, site: &Site, snapshot: &Snapshot, store: &Store) -> Option<Facts> {
    let key = key_of(asset);
    let known = store.cached(&key);
    if let Some(facts) = known.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
        return Some(facts);
    }
    let bench = Bench::open(asset, site, snapshot, store).ok()?;
    let source = bench.serves().then(|| bench.stripped().len() as u64);
    let measured = choose(asset, &|file| bench.measure(file), source).and_then(|facts| {
        let placeholder = placeholder(asset, &bench)?;
        Ok(Facts {
            placeholder,
            ..facts
        })
    });
    let facts = measured.unwrap_or_else(|reason| Facts {
        fault: Some(reason),
        fallback: bench.stripped().len() as u64,
        ..Facts::default()
    });
    // What a busy machine had no time for is tried again.
    let is_passing = facts.fault.as_deref() == Some(PASSING);
    if let Ok(bytes) = serde_json::to_vec(&facts)
        && !is_passing
    {
        store.cache(&key, &bytes);
    }
    Some(facts)
}

/// Tells the size of a file, which is made for it.
type Size<'a> = &'a dyn Fn(&ImageFile) -> Result<u64, String>;

/// Weighs the files of an image. Formats are tried from the one that most readers have to the best;
/// each must be smaller than the one before at the fallback's width, or none of it is named.
///
/// `source` is the size of the source without its metadata, if every browser shows it as it is
/// meant: where the fallback is no smaller, the source stands for it.
fn choose(asset: &ImageAsset, size: Size<'_>, source: Option<u64>) -> Result<Facts, String> {
    let coded = size(&asset.fallback)?;
    let source = source.filter(|source| *source <= coded && asset.is_still());
    let fallback = source.unwrap_or(coded);
    let mut sets = Vec::new();
    let mut least = fallback;
    for set in asset.sets.iter().rev() {
        let own = asset.fallback.format == Some(set.format);
        let at = |file: &&ImageFile| file.width == asset.fallback.width;
        let trial = set.files.iter().find(at);
        if let Some(trial) = trial.filter(|_| !own) {
            let bytes = match size(trial) {
                // What an encoder has no room for is left to the others, and what cannot be played to
                // its end to the browser.
                Err(_) if set.format == Format::Avif || !asset.is_still() => continue,
                bytes => bytes?,
            };
            if bytes >= least {
                continue;
            }
            least = bytes;
        }
        sets.push(weighed(&set.files, size)?);
    }
    if sets.is_empty() && source.is_none() && !asset.spare.is_empty() {
        sets.push(weighed(&asset.spare, size)?);
    }
    sets.reverse();
    Ok(Facts {
        sets,
        fallback,
        is_source: source.is_some(),
        ..Facts::default()
    })
}

/// The files by ascending width, without those that weigh as much as a wider one.
fn weighed(files: &[ImageFile], size: Size<'_>) -> Result<Vec<(String, u64)>, String> {
    let mut kept: Vec<(String, u64)> = Vec::new();
    for file in files.iter().rev() {
        let bytes = size(file)?;
        if kept.last().is_none_or(|(_, wider)| bytes < *wider) {
            kept.push((file.key.hex(), bytes));
        }
    }
    kept.reverse();
    Ok(kept)
}

fn placeholder(asset: &ImageAsset, bench: &Bench<'_>) -> Result<Option<String>, String> {
    let kind = asset.options.placeholder;
    if kind == PlaceholderKind::None || !asset.is_still() {
        return Ok(None);
    }
    let master = bench.master()?;
    // What shows through would show the placeholder, and go on doing so.
    if master.has_alpha() {
        return Ok(None);
    }
    if kind == PlaceholderKind::Color {
        let [red, green, blue] = master.average();
        return Ok(Some(format!("#{red:02x}{green:02x}{blue:02x}")));
    }
    let longest = u64::from(asset.width.max(asset.height).max(1));
    let side = |side: u32| {
        let scaled = u64::from(side) * u64::from(BLUR) / longest;
        u32::try_from(scaled).unwrap_or(BLUR).clamp(1, BLUR)
    };
    let pixels = master.at(side(asset.width), side(asset.height))?;
    let settings = Settings {
        quality: 40,
        lossless: Lossless::Never,
    };
    let webp = encoders::encode(&pixels, Format::WebP, Content::Photo, &settings)?;
    let text = base64::engine::general_purpose::STANDARD.encode(webp);
    Ok(Some(format!("data:image/webp;base64,{text}")))
}

fn apply(asset: &mut ImageAsset, facts: &Facts) {
    asset.placeholder.clone_from(&facts.placeholder);
    if facts.fault.is_some() || facts.is_source {
        asset.fallback = asset.copy.clone();
    }
    asset.fallback.bytes = Some(facts.fallback);
    let spare = std::mem::take(&mut asset.spare);
    let planned = asset.sets.iter().flat_map(|set| &set.files).chain(&spare);
    let planned: BTreeMap<String, ImageFile> =
        planned.map(|file| (file.key.hex(), file.clone())).collect();
    let set = |kept: &Vec<(String, u64)>| {
        let files = kept.iter().filter_map(|(key, bytes)| {
            let mut file = planned.get(key)?.clone();
            file.bytes = Some(*bytes);
            Some(file)
        });
        let files: Vec<ImageFile> = files.collect();
        let format = files.first()?.format?;
        Some(ImageSet { format, files })
    };
    asset.sets = facts.sets.iter().filter_map(set).collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::encode_image;
    use crate::assets::testing::{Project, broken, disc, jpeg, path, photo, png, project};
    use crate::progress::silent;

    fn settle(project: &Project) -> (AssetMap, Vec<Diagnostic>) {
        let (mut map, _) = AssetMap::read(&project.site, &project.snapshot);
        let (site, snapshot) = (&project.site, &project.snapshot);
        let found = map.settle(site, snapshot, &project.store, &silent);
        (map, found)
    }

    fn of(config: &str, name: &str, bytes: &[u8]) -> Project {
        let files = [
            (&*format!("content/{name}"), bytes),
            ("tympan.toml", config.as_bytes()),
        ];
        project(&format!("![x]({name})\n"), &files)
    }

    #[cfg(any(feature = "avif", feature = "avif-slow"))]
    /// What is chosen of a photograph of 2,000 pixels whose files weigh this.
    #[track_caller]
    fn case(size: impl Fn(&str, u32) -> u64, expected: &[(&str, &[u32])]) {
        let config = "[images]\nformats = [\"avif\", \"webp\"]\n";
        let project = of(config, "a.jpg", &jpeg(&photo(2000, 20)));
        let (map, _) = AssetMap::read(&project.site, &project.snapshot);
        let mut asset = map.images.into_values().next().unwrap();
        let size = |file: &ImageFile| Ok(size(file.path.extension(), file.width));
        let facts = choose(&asset, &size, None).unwrap();
        apply(&mut asset, &facts);
        let sets = asset.sets.iter().map(|set| {
            let widths: Vec<u32> = set.files.iter().map(|file| file.width).collect();
            (set.format.extension(), widths)
        });
        let expected = expected
            .iter()
            .map(|(format, widths)| (*format, widths.to_vec()));
        assert_eq!(sets.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }

    #[cfg(any(feature = "avif", feature = "avif-slow"))]
    #[test]
    fn a_format_that_makes_nothing_smaller_is_left_out() {
        let all = &[480, 960, 1440, 1920][..];
        let by = |avif: u64, webp: u64| {
            move |format: &str, width: u32| {
                u64::from(width)
                    * match format {
                        "avif" => avif,
                        "webp" => webp,
                        _ => 10,
                    }
            }
        };
        case(by(5, 8), &[("avif", all), ("webp", all)]);
        case(by(8, 8), &[("webp", all)]);
        case(by(5, 10), &[("avif", all)]);
        case(by(12, 11), &[("jpg", all)]);
    }

    #[cfg(any(feature = "avif", feature = "avif-slow"))]
    #[test]
    fn a_narrow_file_that_weighs_more_than_a_wide_one_is_left_out() {
        let size = |format: &str, width: u32| match (format, width) {
            ("jpg", _) => 1000,
            ("avif", _) => 900,
            (_, 480) => 500,
            (_, 960) => 400,
            (_, width) => u64::from(width),
        };
        case(size, &[("webp", &[960, 1440, 1920])]);
    }

    #[test]
    fn every_file_that_is_named_is_made_and_has_the_size_that_is_told() {
        let placeholder = |config: &str, name: &str, bytes: &[u8]| {
            let project = of(config, name, bytes);
            let (map, found) = settle(&project);
            assert_eq!(found, []);
            let asset = map.images.into_values().next().unwrap();
            let encoded = encode_image(&asset, &project.site, &project.snapshot, &project.store);
            for (file, artifact) in asset.encoded().zip(encoded.unwrap().artifacts) {
                assert_eq!(file.bytes, Some(artifact.bytes.len() as u64));
            }
            let (again, _) = settle(&project);
            assert_eq!(again.images.into_values().next(), Some(asset.clone()));
            assert_eq!(project.store.counts(), (1, 1));
            asset.placeholder
        };
        let (plain, blur) = ("", "[images]\nplaceholder = \"blur\"\n");
        let white = png(image::RgbImage::from_pixel(700, 500, image::Rgb([255; 3])));
        assert_eq!(
            placeholder(plain, "a.png", &white).as_deref(),
            Some("#ffffff")
        );
        assert_eq!(placeholder(plain, "a.png", &png(disc(600))), None);
        let small = placeholder(blur, "a.jpg", &jpeg(&photo(600, 300))).unwrap();
        assert!(
            small.starts_with("data:image/webp;base64,") && small.len() < 300,
            "{small}"
        );
        let none = "[images]\nplaceholder = \"none\"\n";
        assert_eq!(placeholder(none, "a.png", &white), None);
    }

    #[test]
    fn a_picture_that_cannot_be_decoded_is_shown_as_it_is() {
        let whole = broken();
        let cut = &whole[..];
        let project = of("", "a.png", cut);
        let (map, found) = settle(&project);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].code.as_ref(), found[0].path.as_str()),
            ("image-broken", "content/index.md")
        );
        let asset = &map.images[&path("content/a.png")];
        assert_eq!(asset.sets, []);
        let encoded = encode_image(asset, &project.site, &project.snapshot, &project.store);
        let encoded = encoded.unwrap();
        assert_eq!((&*encoded.artifacts[0].bytes, encoded.fault), (cut, None));
    }

    #[test]
    fn a_moving_webp_stands_beside_a_gif_that_is_larger() {
        let frames = |count: u32| {
            let mut bytes = Vec::new();
            let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
            for at in 0..count {
                let picture = image::DynamicImage::from(photo(200 + at % 2, 150)).into_rgba8();
                let picture = image::imageops::crop_imm(&picture, at % 2, 0, 200, 150).to_image();
                encoder.encode_frame(image::Frame::new(picture)).unwrap();
            }
            drop(encoder);
            bytes
        };
        let gif = frames(6);
        let project = of("[images]\nanimation = \"webp\"\n", "a.gif", &gif);
        let (map, found) = settle(&project);
        assert_eq!(found, []);
        let asset = &map.images[&path("content/a.gif")];
        assert_eq!((asset.sets.len(), &asset.placeholder), (1, &None));
        let (site, snapshot) = (&project.site, &project.snapshot);
        let encoded = encode_image(asset, site, snapshot, &project.store).unwrap();
        let [webp, copy] = &encoded.artifacts[..] else {
            panic!("two files");
        };
        assert!(webp.bytes.len() < copy.bytes.len());
        assert_eq!(
            (webp.path.extension(), copy.path.extension()),
            ("webp", "gif")
        );
        assert_eq!(&*copy.bytes, &gif[..]);
        let (plain, _) = settle(&of("", "a.gif", &gif));
        assert_eq!(plain.images[&path("content/a.gif")].sets, []);
    }

    #[test]
    fn a_source_that_is_smaller_than_its_fallback_stands_for_it() {
        let project = of("", "a.jpg", &jpeg(&photo(2000, 20)));
        let (map, _) = AssetMap::read(&project.site, &project.snapshot);
        let mut asset = map.images.into_values().next().unwrap();
        let size = |file: &ImageFile| Ok(u64::from(file.width));
        let whole = choose(&asset, &size, Some(10_000)).unwrap();
        assert!(!whole.is_source && whole.fallback == 960);
        let facts = choose(&asset, &size, Some(500)).unwrap();
        apply(&mut asset, &facts);
        let fallback = &asset.fallback;
        assert_eq!((fallback.width, fallback.format), (2000, None));
        assert_eq!((fallback.bytes, &asset.sets[..]), (Some(500), &[][..]));
    }

    #[test]
    fn copies_of_a_picture_are_made_once() {
        let picture = jpeg(&photo(500, 400));
        let files = [
            ("content/a.jpg", &picture[..]),
            ("content/b/a.jpg", &picture),
        ];
        let project = project("![x](a.jpg) ![y](b/a.jpg)\n", &files);
        let (map, _) = settle(&project);
        assert_eq!(project.store.counts(), (0, 1));
        let mut files = map
            .images
            .values()
            .map(|asset| asset.files().collect::<Vec<_>>());
        assert_eq!(files.next(), files.next());
    }
}
