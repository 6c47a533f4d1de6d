//! Laying out the map: every image and file that the site needs, from headers alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::assets::advice::advice;
use crate::assets::encoders::{Speed, avif_speed};
use crate::assets::header::{HeaderFault, MAX_DECODED, read_header};
use crate::assets::layout::slot_widths;
use crate::assets::map::{AssetMap, ImageAsset, ImageKind};
use crate::assets::plan::{Subject, plan};
use crate::assets::svg;
use crate::assets::uses::{ImageUse, Use, attribute_faults, has_more, image_uses, linked_files};

use crate::config::{CONFIG_FILE, ImageFormat};
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::digest::Digest;
use crate::repo::Snapshot;
use crate::site::Site;
use crate::site_path::SitePath;

/// What a file that is used as an image turned out to be.
enum Found {
    /// An image, and perhaps something to say about it.
    Image(Box<ImageAsset>, Option<Fault>),
    /// A file that is copied as it is.
    File(Option<Fault>),
    /// Nothing that may be published.
    Nothing(Fault),
}

/// What is wrong with an image.
struct Fault {
    code: &'static str,
    severity: Severity,
    message: String,
    help: String,
}

impl AssetMap {
    /// Lays out the variants of every image that the site shows, and lists the files that it
    /// links to or publishes. Only headers are read, nothing is decoded.
    ///
    /// An image that no page shows is a file like any other: it keeps its place in the site, for
    /// icons, style sheets and addresses known elsewhere. So is one that a page links to.
    pub fn read(site: &Site, snapshot: &Snapshot) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut map = Self::default();
        let uses: Vec<(SitePath, ImageUse)> = image_uses(site).into_iter().collect();
        let mut files = linked_files(site);
        let shown: BTreeSet<&SitePath> = uses.iter().map(|(source, _)| source).collect();
        let published = site.published_files.iter();
        files.extend(published.filter(|file| !shown.contains(file)).cloned());
        let found: Vec<Found> = uses
            .par_iter()
            .map(|(source, used)| inspect(source, used, site, snapshot))
            .collect();
        let mut firsts: BTreeMap<Digest, SitePath> = BTreeMap::new();
        for ((source, used), found) in uses.iter().zip(found) {
            let fault = match found {
                Found::Image(mut asset, fault) => {
                    // One picture is one set of files, wherever its copies lie.
                    let first = firsts.entry(asset.key).or_insert_with(|| source.clone());
                    if let Some(first) = map.images.get(first) {
                        asset.sets.clone_from(&first.sets);
                        asset.spare.clone_from(&first.spare);
                        asset.fallback.clone_from(&first.fallback);
                    }
                    if asset.original.is_some() {
                        files.insert(source.clone());
                    }
                    map.images.insert(source.clone(), *asset);
                    fault
                }
                Found::File(fault) => {
                    files.insert(source.clone());
                    fault
                }
                Found::Nothing(fault) => {
                    files.remove(source);
                    Some(fault)
                }
            };
            diagnostics.extend(fault.map(|fault| fault.at(&used.first)));
        }
        let (files, faults) = readable_files(files, site, snapshot);
        map.files = files;
        diagnostics.extend(faults);
        diagnostics.extend(missing_covers(site));
        diagnostics.extend(dear_format(&map));
        diagnostics.extend(attribute_faults(site));
        diagnostics.extend(advice(&map, &uses, site, snapshot));
        sort(&mut diagnostics);
        (map, diagnostics)
    }
}

/// Reports that an image could not be decoded, at its first place in the pages.
pub fn broken_image(site: &Site, source: &SitePath, reason: &str) -> Diagnostic {
    let fault = broken(source, reason);
    match image_uses(site).get(source) {
        Some(used) => fault.at(&used.first),
        None => fault.about(source),
    }
}

impl Fault {
    fn at(self, place: &Use) -> Diagnostic {
        place
            .diagnostic(self.code, self.severity, self.message)
            .help(self.help)
    }

    fn about(self, file: &SitePath) -> Diagnostic {
        Diagnostic::new(self.code, self.severity, file, self.message).help(self.help)
    }
}

fn inspect(source: &SitePath, used: &ImageUse, site: &Site, snapshot: &Snapshot) -> Found {
    if let Some(file) = snapshot.get(source)
        && file.size > MAX_DECODED
    {
        let message = format!("the image `{source}` is {} MB", file.size >> 20);
        return Found::File(Some(too_large(&message)));
    }
    let bytes = match snapshot.read(source) {
        Ok(bytes) => bytes,
        Err(error) => return Found::Nothing(unreadable(&error)),
    };
    let header = match read_header(&bytes) {
        Ok(header) => header,
        Err(HeaderFault::Opaque) => return Found::File(None),
        Err(HeaderFault::NoImage) => return no_image(source, &bytes),
        Err(HeaderFault::Broken(reason)) => {
            let fault = broken(source, &reason);
            // A drawing that cannot be sanitized is not published, a picture that cannot be
            // decoded harms nobody.
            return match svg::is_svg(&bytes) && !site.config.html.raw_html {
                true => Found::Nothing(fault),
                false => Found::File(Some(fault)),
            };
        }
    };
    let mut options = site.config.images.of(source.as_str());
    options.widths = slot_widths(used.shown, &options.widths);
    if !used.is_plain {
        // Every place has files of its own; this is for those that can show no other.
        options.widths.truncate(1);
        options.formats.clear();
    }
    let options = Arc::new(options);
    let mut asset = plan(&Subject {
        source,
        digest: Digest::of(&bytes),
        header: &header,
        crop: None,
        options: &options,
        raw_html: site.config.html.raw_html,
    });
    let files = asset.sets.iter().flat_map(|set| &set.files);
    let widest = files.map(|file| file.width).max();
    let leads = used.leads.is_some_and(|shown| has_more(asset.width, shown));
    // A few pixels more are no reason to have it twice, and no browser shows a TIFF.
    let leads = leads && header.kind != ImageKind::Tiff;
    if leads && widest.is_some_and(|widest| widest < asset.width / 5 * 4) {
        asset.original = Some(site.file_route(source));
    }
    let fault = if header.is_too_large() {
        let (width, height) = (header.width, header.height);
        let message = format!("the image `{source}` has {width} x {height} pixels");
        Some(too_large(&message))
    } else if header.is_too_deep() {
        let (pictures, code) = (header.pictures, "image-too-deep");
        let message = format!("the image `{source}` has {pictures} pictures that take turns");
        Some(Fault {
            code,
            help: "make a film of it, or leave some out".to_owned(),
            ..too_large(&message)
        })
    } else if header.truncated {
        Some(Fault {
            code: "image-truncated",
            severity: Severity::Warning,
            message: format!("the image `{source}` ends too early"),
            help: "copy it again from where it came; its last part is missing".to_owned(),
        })
    } else {
        None
    };
    Found::Image(Box::new(asset), fault)
}

fn no_image(source: &SitePath, bytes: &[u8]) -> Found {
    if bytes.starts_with(b"version https://git-lfs.github.com/") {
        return Found::File(Some(Fault {
            help: "fetch the files with `git lfs pull`".to_owned(),
            ..broken(source, "it is a pointer of Git LFS and not the file")
        }));
    }
    let named = [
        "jpg", "jpeg", "png", "gif", "webp", "svg", "avif", "tif", "tiff", "bmp",
    ];
    let extension = source.extension().to_ascii_lowercase();
    if named.contains(&extension.as_str()) {
        let fault = broken(source, "its content is no image");
        return match extension.as_str() {
            "svg" => Found::Nothing(fault),
            _ => Found::File(Some(fault)),
        };
    }
    Found::File(Some(Fault {
        code: "image-unknown",
        severity: Severity::Warning,
        message: format!("`{source}` is shown as an image, but browsers know no such image"),
        help: "link to it instead, without the `!`".to_owned(),
    }))
}

fn broken(source: &SitePath, reason: &str) -> Fault {
    Fault {
        code: "image-broken",
        severity: Severity::Error,
        message: format!("the image `{source}` cannot be read: {reason}"),
        help: "open it in an image editor and export it again".to_owned(),
    }
}

fn too_large(message: &str) -> Fault {
    Fault {
        code: "image-too-large",
        severity: Severity::Warning,
        message: format!("{message}, more than is resized; it is published as it is"),
        help: "make it smaller; no screen shows so many pixels".to_owned(),
    }
}

fn unreadable(error: &dyn std::error::Error) -> Fault {
    let cause = error
        .source()
        .map_or(String::new(), |cause| format!(": {cause}"));
    Fault {
        code: "asset-unreadable",
        severity: Severity::Error,
        message: format!("{error}{cause}"),
        help: "check that the file is there and may be read".to_owned(),
    }
}

/// The files with their places in the site, without drawings that cannot be sanitized.
fn readable_files(
    files: BTreeSet<SitePath>,
    site: &Site,
    snapshot: &Snapshot,
) -> (BTreeMap<SitePath, SitePath>, Vec<Diagnostic>) {
    let files: Vec<SitePath> = files.into_iter().collect();
    let faults: Vec<Option<Fault>> = files
        .par_iter()
        .map(|file| {
            if site.config.html.raw_html || !is_markup(file) {
                return None;
            }
            match snapshot.read(file) {
                Err(error) => Some(unreadable(&error)),
                Ok(bytes) if is_drawing(file, &bytes) => {
                    svg::size(&bytes).err().map(|reason| broken(file, &reason))
                }
                Ok(_) => None,
            }
        })
        .collect();
    let mut kept = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for (file, fault) in files.into_iter().zip(faults) {
        if let Some(fault) = fault {
            diagnostics.push(fault.about(&file));
        } else {
            let route = site.file_route(&file);
            kept.insert(file, route);
        }
    }
    (kept, diagnostics)
}

/// Whether servers name a file to browsers as a kind of XML that may be a drawing.
pub(super) fn is_markup(file: &SitePath) -> bool {
    let extension = file.extension();
    extension.eq_ignore_ascii_case("svg") || extension.eq_ignore_ascii_case("xml")
}

/// Whether a file that [`is_markup`] is a drawing; what is called one must be one.
pub(super) fn is_drawing(file: &SitePath, bytes: &[u8]) -> bool {
    file.extension().eq_ignore_ascii_case("svg") || svg::is_svg(bytes)
}

fn missing_covers(site: &Site) -> impl Iterator<Item = Diagnostic> {
    let missing = |cover: &&SitePath| !site.files.contains(*cover);
    site.covers().into_iter().filter(missing).map(|cover| {
        let path = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
        let message = format!("the cover `{cover}` does not exist");
        let found = Diagnostic::new("config-cover", Severity::Error, &path, message);
        found.help("`cover` is relative to the project")
    })
}

/// Says so where AVIF is asked for and this program cannot make it, or takes long.
fn dear_format(map: &AssetMap) -> Option<Diagnostic> {
    let asks = |asset: &ImageAsset| {
        let is_made = asset.is_made() && asset.is_still();
        is_made && asset.options.formats.contains(&ImageFormat::Avif)
    };
    if !map.images.values().any(asks) {
        return None;
    }
    let (severity, message) = match avif_speed() {
        Some(Speed::Fast) => return None,
        Some(Speed::Slow) => (
            Severity::Suggestion,
            "this tympan makes AVIF slowly, in many times what WebP takes",
        ),
        None => (
            Severity::Warning,
            "this tympan was built without AVIF, so none is made",
        ),
    };
    let path = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
    let found = Diagnostic::new("image-format", severity, &path, message);
    Some(found.help("install it with the feature `avif`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::testing::{animation, declares, jpeg, path, photo, png, project};

    /// What is found, as code and place.
    fn found(diagnostics: &[Diagnostic]) -> Vec<String> {
        let line = |found: &Diagnostic| found.place.as_ref().map_or(0, |place| place.line);
        let text = |found: &Diagnostic| format!("{} {}:{}", found.code, found.path, line(found));
        diagnostics.iter().map(text).collect()
    }

    /// Reads a project whose page shows one image.
    #[track_caller]
    fn case(name: &str, bytes: &[u8], expected: &str) -> AssetMap {
        let project = project(
            &format!("# A\n\n![x]({name})\n"),
            &[(&format!("content/{name}"), bytes)],
        );
        let (map, diagnostics) = AssetMap::read(&project.site, &project.snapshot);
        assert_eq!(found(&diagnostics).join(" "), expected);
        map
    }

    #[test]
    fn shown_images_have_variants_and_other_files_their_place() {
        let photo = jpeg(&photo(1000, 800));
        let files = [
            ("content/a/shown.jpg", &photo[..]),
            ("content/raw.jpg", &photo),
            ("content/front.jpg", &photo),
            ("content/linked.jpg", &photo),
            ("content/icon.png", &photo),
            ("content/data.csv", b"1,2"),
            ("files/outside.zip", b"PK"),
            ("files/unused.zip", b"PK"),
            ("cover.jpg", &photo),
            (
                "tympan.toml",
                b"[project]\ncontent = \"content\"\n[epub]\ncover = \"cover.jpg\"\n",
            ),
        ];
        let text = "---\nimage: front.jpg\n---\n![x](a/shown.jpg) <img src=\"raw.jpg\">\n\n\
                    [![x](linked.jpg)](linked.jpg) [z](../files/outside.zip) ![gone](gone.jpg)\n";
        let project = project(text, &files);
        let (map, diagnostics) = AssetMap::read(&project.site, &project.snapshot);
        assert_eq!(found(&diagnostics), [""; 0]);
        let images: Vec<&str> = map.images.keys().map(SitePath::as_str).collect();
        let shown = [
            "content/a/shown.jpg",
            "content/front.jpg",
            "content/linked.jpg",
        ];
        assert_eq!(
            images,
            [&shown[..], &["content/raw.jpg", "cover.jpg"]].concat()
        );
        let files: Vec<(&str, &str)> = map
            .files
            .iter()
            .map(|(source, route)| (source.as_str(), route.as_str()))
            .collect();
        assert_eq!(
            files,
            [
                ("content/data.csv", "data.csv"),
                ("content/icon.png", "icon.png"),
                ("content/linked.jpg", "linked.jpg"),
                ("files/outside.zip", "files/outside.zip"),
            ]
        );
        let names: BTreeSet<&SitePath> = map.images.values().flat_map(ImageAsset::files).collect();
        assert_eq!(
            names.len(),
            3 + 3,
            "one picture is one set of files, and a cover has less room"
        );
        let image = map.image(&path("content/a/shown.jpg")).unwrap();
        assert_eq!(
            (image.width, image.height, image.sets[0].files.len()),
            (1000, 800, 2)
        );
    }

    #[test]
    fn faults_are_reported_where_the_image_is_shown() {
        let at = |code: &str| format!("{code} content/index.md:3");
        let photo = jpeg(&photo(64, 48));
        case("a.jpg", &photo, "");
        case("a.png", &photo, "");
        case("a.gif", &animation(), "");
        case("a.jpg", &photo[..photo.len() - 40], &at("image-truncated"));
        case("a.png", &declares(60_000, 60_000), &at("image-too-large"));
        case("a.jpg", b"no image", &at("image-broken"));
        case("a.png", b"", &at("image-broken"));
        case(
            "a.png",
            &png(image::RgbImage::new(9, 9))[..20],
            &at("image-broken"),
        );
        case(
            "a.jpg",
            b"version https://git-lfs.github.com/spec/v1\n",
            &at("image-broken"),
        );
        case("a.mp4", b"movie", &at("image-unknown"));
        case("a.svg", b"<svg><g></svg>", &at("image-broken"));
    }

    #[test]
    fn a_broken_picture_is_copied_and_a_broken_drawing_is_not() {
        let at = "image-broken content/index.md:3";
        let map = case("a.jpg", b"no image", at);
        assert_eq!((map.images.len(), map.files.len()), (0, 1));
        for bytes in [&b"<svg>&x;</svg>"[..], b"no drawing"] {
            let map = case("a.svg", bytes, at);
            assert_eq!((map.images.len(), map.files.len()), (0, 0));
        }
        let map = case(
            "a.png",
            &declares(60_000, 60_000),
            "image-too-large content/index.md:3",
        );
        assert_eq!(map.image(&path("content/a.png")).unwrap().sets, []);
    }

    #[test]
    fn a_drawing_nobody_shows_is_looked_at_too() {
        let project = project("# A\n", &[("content/a.svg", b"<svg>&x;</svg>")]);
        let (map, diagnostics) = AssetMap::read(&project.site, &project.snapshot);
        assert_eq!(found(&diagnostics), ["image-broken content/a.svg:0"]);
        assert!(map.files.is_empty());
    }

    #[test]
    fn a_cover_that_is_not_there_is_reported() {
        let config = b"[epub]\ncover = \"gone.jpg\"\n";
        let project = project("# A\n", &[("tympan.toml", config)]);
        let (_, diagnostics) = AssetMap::read(&project.site, &project.snapshot);
        assert_eq!(found(&diagnostics), ["config-cover tympan.toml:0"]);
    }

    #[test]
    fn a_fault_found_late_has_the_same_place() {
        let text = "# A\n\n![x](a.png)\n";
        let project = project(text, &[("content/a.png", &png(photo(9, 9)))]);
        let late = broken_image(&project.site, &path("content/a.png"), "cut");
        assert_eq!(found(&[late]), ["image-broken content/index.md:3"]);
    }
}
