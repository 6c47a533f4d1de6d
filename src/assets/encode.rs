//! Making the files of one image: decoded once, resized to every width, encoded, and kept.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use image::metadata::Orientation;

use crate::assets::budget::{AVIF_PIXEL, BUDGET, PIXEL, Reserved};
use crate::assets::credit::Credit;
use crate::assets::encoders::{self, Content, Format, Settings};
use crate::assets::error::AssetError;
use crate::assets::header::{Header, HeaderFault, read_header};
use crate::assets::map::{ImageAsset, ImageFile, ImageKind};
use crate::assets::master::Master;
use crate::assets::minify::{Ids, cleaned};
use crate::assets::pixels::Pixels;
use crate::assets::plan::{VERSION, fallback_format};
use crate::assets::strip::{strip, strip_unread};
use crate::config::Lossless;
use crate::digest::Digest;
use crate::release::{Artifact, Role};
use crate::repo::Snapshot;
use crate::site::Site;
use crate::site_path::SitePath;
use crate::store::{Key, Store};

/// The files of one image.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// The files of the sets, then the fallback if it is not one of them.
    pub artifacts: Vec<Artifact>,
    /// Why the image could not be decoded, if it could not. Every planned file is there all the
    /// same, with the bytes of the source: no link dangles, and browsers go by content.
    pub fault: Option<String>,
}

/// The encoders and their versions, for the lock of a release.
pub fn encoder_version() -> String {
    use encoders::Format::{Jpeg, Png, WebP};
    let versions = [WebP, Jpeg, Png].map(encoders::version);
    format!("images {VERSION}, {}", versions.join(", "))
}

/// Makes the files of one image, or takes them from the store.
///
/// # Errors
/// Fails where the source cannot be read, has changed, or is a drawing that cannot be sanitized.
pub fn encode_image(
    asset: &ImageAsset,
    site: &Site,
    snapshot: &Snapshot,
    store: &Store,
) -> Result<Encoded, AssetError> {
    let mut fault = None;
    let mut bench = None;
    let mut artifacts = Vec::new();
    for file in asset.encoded() {
        let known = file.format.and_then(|_| store.recall(&key_of(file)));
        let bytes = match (known, &fault) {
            (Some(bytes), _) => bytes,
            (None, _) => {
                if bench.is_none() {
                    bench = Some(Bench::open(asset, site, snapshot, store)?);
                }
                let bench = bench.as_ref().expect("it was just opened");
                match bench.make(file) {
                    Ok(bytes) => bytes,
                    Err(reason) if bench.is_drawing() => {
                        return Err(AssetError::Broken {
                            path: asset.source.clone(),
                            reason,
                        });
                    }
                    Err(reason) => {
                        fault.get_or_insert(reason);
                        bench.stripped()
                    }
                }
            }
        };
        artifacts.push(Artifact::new(file.path.clone(), Role::Asset, bytes));
    }
    // What was settled was counted then.
    if asset.is_made() && asset.fallback.bytes.is_none() {
        store.count(bench.is_none());
    }
    Ok(Encoded { artifacts, fault })
}

pub(super) fn read(path: &SitePath, snapshot: &Snapshot) -> Result<Vec<u8>, AssetError> {
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

/// The name of a file's bytes in the store.
fn key_of(file: &ImageFile) -> Key {
    Key::new("image", VERSION).digest("file", file.key)
}

/// One image on the bench: what was read and decoded of it, while its files are made.
///
/// It holds memory of the budget as soon as it is decoded, and does not wait for other work of the
/// pool.
pub(super) struct Bench<'a> {
    asset: &'a ImageAsset,
    raw_html: bool,
    store: &'a Store,
    bytes: Vec<u8>,
    header: Result<Header, String>,
    /// What stays of the metadata.
    credit: Credit,
    decoded: OnceCell<Result<Decoded, String>>,
    /// The pixels that were made last: of one size several formats are made.
    last: RefCell<Option<Rc<Pixels>>>,
}

struct Decoded {
    master: Master,
    content: Content,
    /// Whether coding with loss is so much smaller at the largest size that no other is tried.
    is_lossy: bool,
    _reserved: Reserved<'static>,
}

impl<'a> Bench<'a> {
    pub(super) fn open(
        asset: &'a ImageAsset,
        site: &Site,
        snapshot: &Snapshot,
        store: &'a Store,
    ) -> Result<Self, AssetError> {
        let bytes = read_source(asset, snapshot)?;
        let header = read_header(&bytes).map_err(|fault| match fault {
            HeaderFault::Broken(reason) => reason,
            _ => "it is no image".to_owned(),
        });
        Ok(Self {
            asset,
            raw_html: site.config.html.raw_html,
            store,
            credit: Credit::kept(&bytes, &asset.options),
            bytes,
            header,
            decoded: OnceCell::new(),
            last: RefCell::new(None),
        })
    }

    /// Makes one file and keeps it.
    ///
    /// # Errors
    /// Says why the image cannot be decoded or encoded.
    pub(super) fn make(&self, file: &ImageFile) -> Result<Vec<u8>, String> {
        let Some(format) = file.format else {
            return match self.is_drawing() && !self.raw_html {
                true => cleaned(&self.bytes, Ids::Drop).map(String::into_bytes),
                false => Ok(self.stripped()),
            };
        };
        let header = self.header.as_ref().map_err(String::clone)?;
        let options = &self.asset.options;
        let mut settings = Settings {
            quality: options.quality,
            lossless: options.lossless,
        };
        if header.animated {
            let whole = (header.width, header.height);
            let _reserved = BUDGET.reserve(header, whole, PIXEL);
            let bytes = encoders::animate(&self.bytes, header, &settings)?;
            self.store.cache(&key_of(file), &bytes);
            return Ok(bytes);
        }
        let is_whole = (file.width, file.height) == (header.width, header.height);
        if format == Format::Avif && is_whole && self.is_own_avif() {
            return Ok(self.stripped());
        }
        let decoded = self.decoded()?;
        if decoded.is_lossy {
            settings.lossless = Lossless::Never;
        }
        let pixels = self.pixels(&decoded.master, (file.width, file.height))?;
        let bytes = encoders::encode(&pixels, format, decoded.content, &settings)?;
        let mut bytes = self.credit.sign(bytes, format);
        // The source itself serves where it is what is asked for and nobody makes it smaller.
        if is_whole && fallback_format(header) == Some(format) && self.serves() {
            let stripped = self.stripped();
            if stripped.len() <= bytes.len() {
                bytes = stripped;
            }
        }
        self.store.cache(&key_of(file), &bytes);
        Ok(bytes)
    }

    /// The size of a file, which is made if it is not in the store.
    pub(super) fn measure(&self, file: &ImageFile) -> Result<u64, String> {
        let known = self.store.recall(&key_of(file));
        let bytes = known.map_or_else(|| self.make(file), Ok)?;
        Ok(bytes.len() as u64)
    }

    /// Whether the source may stand for a file: all of it, upright, in a format that browsers know.
    pub(super) fn serves(&self) -> bool {
        self.header.as_ref().is_ok_and(|header| {
            header.orientation == Orientation::NoTransforms
                && !matches!(
                    header.kind,
                    ImageKind::Tiff | ImageKind::Bmp | ImageKind::Avif
                )
                && !header.truncated
                && self.asset.crop.is_none()
        })
    }

    /// Whether the source is an AVIF that no other of its size is better than: coded again, it would
    /// only lose.
    fn is_own_avif(&self) -> bool {
        let is_avif = |header: &Header| {
            let upright = header.orientation == Orientation::NoTransforms;
            header.kind == ImageKind::Avif && upright && !header.truncated
        };
        self.header.as_ref().is_ok_and(is_avif) && self.asset.crop.is_none()
    }

    /// The source without its metadata.
    pub(super) fn stripped(&self) -> Vec<u8> {
        match &self.header {
            Ok(header) => strip(&self.bytes, header, &self.credit),
            Err(_) => strip_unread(self.bytes.clone()),
        }
    }

    /// The decoded picture, at its largest size.
    pub(super) fn master(&self) -> Result<&Master, String> {
        Ok(&self.decoded()?.master)
    }

    fn is_drawing(&self) -> bool {
        self.asset.kind == ImageKind::Svg
    }

    /// The picture at a size, which is made once for all formats that follow each other.
    fn pixels(&self, master: &Master, size: (u32, u32)) -> Result<Rc<Pixels>, String> {
        let last = self.last.borrow_mut().take();
        let pixels = match last.filter(|last| (last.width, last.height) == size) {
            Some(pixels) => pixels,
            None => Rc::new(master.at(size.0, size.1)?),
        };
        self.last.replace(Some(Rc::clone(&pixels)));
        Ok(pixels)
    }

    fn decoded(&self) -> Result<&Decoded, String> {
        let decode = || {
            let header = self.header.as_ref().map_err(String::clone)?;
            let options = &self.asset.options;
            let mut files = self.asset.encoded();
            let largest = self.asset.master;
            let pixel = match files.any(|file| file.format == Some(Format::Avif)) {
                true => AVIF_PIXEL,
                false => PIXEL,
            };
            let reserved = BUDGET.reserve(header, largest, pixel);
            let master = Master::decode(&self.bytes, header, self.asset.crop, largest)?;
            let pixels = self.pixels(&master, largest)?;
            let content = encoders::content_of(&pixels, header.lossless);
            // Made smaller, a graphic only has more colors: what is smaller with loss stays so.
            let is_lossy = options.lossless == Lossless::Auto
                && content == Content::Graphic
                && encoders::is_best_lossy(&pixels, options.quality);
            Ok(Decoded {
                master,
                content,
                is_lossy,
                _reserved: reserved,
            })
        };
        self.decoded
            .get_or_init(decode)
            .as_ref()
            .map_err(String::clone)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use image::DynamicImage;
    use rayon::prelude::*;

    use super::*;
    use crate::assets::copy_file;
    use crate::assets::map::AssetMap;
    use crate::assets::testing::{
        Project, animation, broken, declares, disc, jpeg, path, photo, png, project, with_exif,
        written,
    };

    /// A project that shows one image.
    fn showing(name: &str, bytes: &[u8]) -> Project {
        project(
            &format!("![x]({name})\n"),
            &[(&format!("content/{name}"), bytes)],
        )
    }

    fn encoded(project: &Project) -> (ImageAsset, Encoded) {
        let (map, _) = AssetMap::read(&project.site, &project.snapshot);
        let asset = map.images.into_values().next().unwrap();
        let encoded = encode_image(&asset, &project.site, &project.snapshot, &project.store);
        (asset, encoded.unwrap())
    }

    /// Every planned file is there, decodes, and has the size that was promised.
    #[track_caller]
    fn case(name: &str, bytes: &[u8], widths: &[u32]) -> Vec<DynamicImage> {
        let (asset, encoded) = encoded(&showing(name, bytes));
        assert_eq!(encoded.fault, None);
        let found: Vec<u32> = asset.encoded().map(|file| file.width).collect();
        assert_eq!(found, widths);
        assert_eq!(encoded.artifacts.len(), widths.len());
        let files = asset.encoded().zip(&encoded.artifacts);
        let read = |(file, artifact): (&ImageFile, &Artifact)| {
            assert_eq!(file.path, artifact.path);
            let image = image::load_from_memory(&artifact.bytes).unwrap();
            assert_eq!((image.width(), image.height()), (file.width, file.height));
            let format = image::guess_format(&artifact.bytes).unwrap();
            assert!(format.extensions_str().contains(&file.path.extension()));
            image
        };
        files.map(read).collect()
    }

    #[test]
    fn files_have_the_size_that_was_promised() {
        case("a.jpg", &jpeg(&photo(1000, 733)), &[480, 1000, 1000]);
        case("a.png", &jpeg(&photo(700, 501)), &[480, 700, 700]);
        case("a.png", &png(photo(1500, 31)), &[480, 960, 1500, 960]);
        case("a.png", &png(photo(12, 12)), &[12]);
        case("a.jpg", &jpeg(&photo(1, 1)), &[1]);
        let webp = written(photo(1000, 400).into(), image::ImageFormat::WebP);
        case("a.webp", &webp, &[480, 1000]);
    }

    #[test]
    fn a_turned_photograph_is_upright_everywhere() {
        let turned = DynamicImage::from(photo(1000, 700)).rotate270().into_rgb8();
        let images = case("a.jpg", &with_exif(&jpeg(&turned), 6), &[480, 1000, 1000]);
        for image in images {
            let corner = image.into_rgb8().get_pixel(3, 3).0;
            assert!(corner[0] > 200 && corner[1] < 80, "{corner:?}");
        }
        let small = DynamicImage::from(photo(64, 48)).rotate270().into_rgb8();
        case("a.jpg", &with_exif(&jpeg(&small), 6), &[64, 64]);
    }

    #[test]
    fn what_is_transparent_stays_so() {
        for image in case("a.png", &png(disc(1000)), &[480, 1000, 1000]) {
            assert_eq!(image.into_rgba8().get_pixel(0, 0)[3], 0);
        }
    }

    #[test]
    fn nobody_learns_where_a_picture_was_taken() {
        for side in [200, 1200] {
            let bytes = with_exif(&jpeg(&photo(side, side)), 1);
            let (_, encoded) = encoded(&showing("a.jpg", &bytes));
            let told = |artifact: &Artifact| artifact.bytes.windows(3).any(|part| part == b"GPS");
            assert!(!encoded.artifacts.iter().any(told));
        }
        let project = showing("a.jpg", &with_exif(&jpeg(&photo(9, 9)), 6));
        let (source, route) = (path("content/a.jpg"), path("a.jpg"));
        let copy = copy_file(&source, &route, &project.site, &project.snapshot).unwrap();
        assert!(!copy.bytes.windows(3).any(|part| part == b"GPS"));
    }

    #[test]
    fn an_animation_is_copied_whole() {
        let (_, encoded) = encoded(&showing("a.gif", &animation()));
        assert_eq!(&*encoded.artifacts[0].bytes, &animation()[..]);
    }

    #[test]
    fn a_drawing_cannot_act_unless_the_project_says_so() {
        let svg = b"<svg viewBox='0 0 4 3'><script>x</script><rect/></svg>";
        let (asset, safe) = encoded(&showing("a.svg", svg));
        assert_eq!((asset.width, asset.height), (4, 3));
        let text = String::from_utf8(safe.artifacts[0].bytes.to_vec()).unwrap();
        assert!(text.contains("<rect/>") && !text.contains("script"));
        let files = [
            ("content/a.svg", &svg[..]),
            ("tympan.toml", b"[html]\nraw_html = true\n"),
        ];
        let (raw, open) = encoded(&project("![x](a.svg)\n", &files));
        assert_eq!(&*open.artifacts[0].bytes, &svg[..]);
        assert_ne!(raw.fallback.path, asset.fallback.path);
    }

    #[test]
    fn a_broken_body_leaves_no_link_dangling() {
        let whole = broken();
        let cut = &whole[..];
        let project = showing("a.png", cut);
        for _ in 0..2 {
            let (asset, encoded) = encoded(&project);
            assert!(encoded.fault.is_some());
            let paths = encoded.artifacts.iter().map(|artifact| &artifact.path);
            assert!(paths.eq(asset.files()));
            assert!(encoded.artifacts.iter().all(|file| *file.bytes == *cut));
        }
    }

    #[test]
    fn a_bomb_is_copied_and_never_decoded() {
        let bomb = declares(60_000, 60_000);
        let (_, encoded) = encoded(&showing("a.png", &bomb));
        assert_eq!((encoded.artifacts.len(), encoded.fault), (1, None));
    }

    #[test]
    fn a_second_time_nothing_is_decoded() {
        let project = showing("a.jpg", &jpeg(&photo(600, 400)));
        let (asset, first) = encoded(&project);
        // The source is gone: whatever comes now comes from the store.
        std::fs::write(project.folder.path().join("content/a.jpg"), b"").unwrap();
        let again = encode_image(&asset, &project.site, &project.snapshot, &project.store);
        assert_eq!(project.store.counts(), (1, 1));
        let bytes = |encoded: &Encoded| -> Vec<Arc<[u8]>> {
            let files = encoded.artifacts.iter();
            files.map(|artifact| Arc::clone(&artifact.bytes)).collect()
        };
        assert_eq!(bytes(&first), bytes(&again.unwrap()));
    }

    #[test]
    fn a_source_that_changed_is_not_published() {
        let project = showing("a.jpg", &jpeg(&photo(60, 40)));
        let (map, _) = AssetMap::read(&project.site, &project.snapshot);
        let asset = map.images.values().next().unwrap();
        std::fs::write(project.folder.path().join("content/a.jpg"), b"new").unwrap();
        let encoded = encode_image(asset, &project.site, &project.snapshot, &project.store);
        assert!(matches!(encoded, Err(AssetError::Changed { .. })));
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bytes() {
        let digests = |threads: usize| -> Vec<Digest> {
            let files: Vec<(String, Vec<u8>)> = (0..3)
                .map(|at| (format!("content/{at}.png"), png(photo(490 + at * 9, 200))))
                .collect();
            let files: Vec<(&str, &[u8])> = files
                .iter()
                .map(|(name, bytes)| (&**name, &**bytes))
                .collect();
            let project = project("![x](0.png) ![x](1.png) ![x](2.png)\n", &files);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            pool.build().unwrap().install(|| {
                let (map, _) = AssetMap::read(&project.site, &project.snapshot);
                let assets: Vec<&ImageAsset> = map.images.values().collect();
                let encode = |asset: &&ImageAsset| {
                    encode_image(asset, &project.site, &project.snapshot, &project.store).unwrap()
                };
                let all: Vec<Encoded> = assets.par_iter().map(encode).collect();
                let artifacts = all.iter().flat_map(|encoded| &encoded.artifacts);
                artifacts.map(Artifact::digest).collect()
            })
        };
        let (once, again) = (digests(1), digests(2));
        assert_eq!((once.len(), &once), (6, &again));
    }
}
