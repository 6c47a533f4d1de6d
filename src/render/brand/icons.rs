//! The icons of a site, all made of one picture: the one that `[theme]` names, or the site's own
//! `favicon.svg`, or a logo that is about as wide as high, or else the first letter of the title.

#[cfg(feature = "brand")]
use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::assets::{Picture, PictureContent};
use crate::config::CONFIG_FILE;
use crate::diagnostic::{Diagnostic, Severity};
use crate::digest::Digest;
use crate::render::brand::ENGINE;
use crate::render::brand::initial::initial;
#[cfg(feature = "brand")]
use crate::render::brand::letters::Letters;
use crate::render::brand::palette::Palette;
#[cfg(feature = "brand")]
use crate::render::dom::parse_fragment;
use crate::repo::Snapshot;
use crate::site::Site;
use crate::site_path::SitePath;
#[cfg(feature = "brand")]
use crate::store::Key;
use crate::store::Store;

/// Raised whenever an icon of the same picture would come out in another way.
const VERSION: u32 = 2;
/// Files of the content that stand for the site by a custom of the web.
const CUSTOMARY: [&str; 3] = ["favicon.svg", "favicon.png", "icon.svg"];
/// Where browsers look when nothing tells them.
const ICO: &str = "favicon.ico";

/// The icons of a site.
#[derive(Default)]
pub(in crate::render) struct Icons {
    /// The files: where they stand in the release, and what is drawn.
    pub(in crate::render) files: Vec<(SitePath, Icon)>,
    /// The one that browsers look for where the release begins, if this site does not begin there.
    pub(in crate::render) favicon: Option<Icon>,
    /// What pages say of them.
    pub(in crate::render) links: IconLinks,
    /// Those that a launcher shows.
    pub(super) launched: Vec<Launched>,
}

/// `look.icons` in templates: addresses relative to the root of the site.
#[derive(Default, Serialize)]
pub(in crate::render) struct IconLinks {
    ico: Option<String>,
    svg: Option<String>,
    png: Option<String>,
    touch: Option<String>,
}

/// An icon of the web manifest.
pub(super) struct Launched {
    pub(super) file: SitePath,
    pub(super) media_type: &'static str,
    pub(super) sizes: &'static str,
    pub(super) purpose: &'static str,
}

/// One icon.
pub(in crate::render) struct Icon {
    picture: Arc<Picture>,
    shape: Shape,
    background: String,
    /// Whether the picture is a tile that fills whatever it is put on.
    is_tile: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// The drawing itself.
    Vector,
    /// Three small sizes in one file.
    Ico,
    /// What iOS puts on the home screen: 180 pixels, opaque.
    Touch,
    /// What is shown as it is.
    Plain(u32),
    /// What a launcher cuts to its own shape, 512 pixels.
    Maskable,
}

impl Icons {
    /// The icons of a site in one language. Those in folders of the release share what is at its root.
    pub(in crate::render) fn of(
        site: &Site,
        snapshot: &Snapshot,
        palette: &Palette,
    ) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let (picture, place) = picture(site, snapshot, &mut diagnostics).unzip();
        let letter = || {
            let svg = initial(&site.title, palette);
            Picture::read(svg.into_bytes()).ok().map(Arc::new)
        };
        let picture = picture.map(Arc::new);
        // Browsers have fonts that the engine has not, so that the drawing itself may still do.
        let drawn = picture.clone().filter(|picture| shows(picture));
        if let (Some(place), None) = (place, &drawn) {
            diagnostics.push(blank(&place));
        }
        let is_tile = drawn.is_none();
        let Some(pixels) = drawn.or_else(letter) else {
            return (Self::default(), diagnostics);
        };
        let picture = picture.unwrap_or_else(|| Arc::clone(&pixels));
        let background = match is_tile {
            true => &palette.accent.light,
            false => &palette.paper.light,
        };
        let mut icons = Self::default();
        let icon = |shape: Shape| Icon {
            picture: Arc::clone(match shape {
                Shape::Vector => &picture,
                _ => &pixels,
            }),
            shape,
            background: background.clone(),
            is_tile,
        };
        let mut add = |shape: Shape| {
            let icon = icon(shape);
            let path = icon.path();
            icons.files.push((path.clone(), icon));
            path
        };
        let address = |path: &SitePath| Some(site.url_in_release(path));
        let is_drawing = matches!(picture.content, PictureContent::Drawing(_));
        let svg = is_drawing.then(|| add(Shape::Vector));
        let mut launched = Vec::new();
        let mut launch = |file: &SitePath, media_type, sizes, purpose| {
            launched.push(Launched {
                file: file.clone(),
                media_type,
                sizes,
                purpose,
            });
        };
        if let Some(svg) = &svg {
            launch(svg, "image/svg+xml", "any", "any");
        }
        let mut links = IconLinks {
            svg: svg.as_ref().and_then(address),
            ..IconLinks::default()
        };
        if cfg!(feature = "brand") {
            let small = add(Shape::Plain(192));
            let large = add(Shape::Plain(512));
            let mask = add(Shape::Maskable);
            links.touch = address(&add(Shape::Touch));
            launch(&small, "image/png", "192x192", "any");
            launch(&large, "image/png", "512x512", "any");
            launch(&mask, "image/png", "512x512", "maskable");
            if svg.is_none() {
                links.png = address(&small);
            }
        }
        let ico = SitePath::parse(ICO).expect("a plain name is a path");
        let is_own = site.publishes(&ico);
        // A work whose own language has a folder gets it from the entrance.
        if cfg!(feature = "brand") && site.base.is_root() && site.language.is_none() && !is_own {
            match site.mount.is_root() {
                true => drop(add(Shape::Ico)),
                false => icons.favicon = Some(icon(Shape::Ico)),
            }
        }
        // Versions and translations show the one at the root.
        if cfg!(feature = "brand") || is_own {
            links.ico = address(&ico);
        }
        icons.links = links;
        icons.launched = launched;
        (icons, diagnostics)
    }
}

/// The picture that the project gives, and the file that it is.
fn picture(
    site: &Site,
    snapshot: &Snapshot,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(Picture, SitePath)> {
    if let Some(path) = &site.config.look.icon {
        let read = snapshot
            .read(path)
            .map_err(|_| "it is not there, or cannot be read".to_owned());
        match read.and_then(Picture::read) {
            Ok(picture) => return Some((picture, path.clone())),
            Err(reason) => {
                let config = SitePath::parse(CONFIG_FILE).expect("a plain name is a path");
                let message = format!("no icon can be made of `{path}`: {reason}");
                let found = Diagnostic::new("theme-file", Severity::Error, &config, message);
                let help =
                    "name an SVG, or a square PNG of at least 512 pixels, as `icon` in `[theme]`";
                diagnostics.push(found.help(help));
            }
        }
    }
    let read = |path: &SitePath| {
        let picture = Picture::read(snapshot.read(path).ok()?).ok()?;
        Some((picture, path.clone()))
    };
    let customary = CUSTOMARY.into_iter().find_map(|name| {
        let path = SitePath::parse(name).ok()?;
        let found = site.publishes(&path).then(|| site.content.join(&path))?;
        read(&found)
    });
    customary.or_else(|| {
        // A word mark would be a smear at 16 pixels.
        let logo = read(&site.config.look.logo.as_ref()?.light)?;
        let (width, height) = (u64::from(logo.0.width), u64::from(logo.0.height));
        (width * 3 <= height * 4 && height * 3 <= width * 4).then_some(logo)
    })
}

/// A picture of which nothing would be seen, or a box for each letter.
fn blank(path: &SitePath) -> Diagnostic {
    let message = format!(
        "`{path}` cannot be drawn, so the icons in pixels show the first letter of the title"
    );
    let found = Diagnostic::new("theme-icon", Severity::Warning, path, message);
    found.help("draw it in shapes: of letters there are only those of the fonts that come with tympan, which have no emoji")
}

/// Whether a picture shows what it means where it is drawn small.
#[cfg(feature = "brand")]
fn shows(picture: &Picture) -> bool {
    use crate::render::brand::canvas::{Canvas, Place};
    let place = Place {
        x: 0,
        y: 0,
        width: 48,
        height: 48,
    };
    let PictureContent::Drawing(svg) = &picture.content else {
        return true;
    };
    if svg.contains("<text") && !has_letters(svg) {
        return false;
    }
    Canvas::new(48, 48, None)
        .is_some_and(|mut canvas| canvas.picture(picture, place).is_some() && !canvas.is_empty())
}

/// Whether the fonts have all letters of a drawing.
#[cfg(feature = "brand")]
fn has_letters(svg: &str) -> bool {
    let letters = Letters::new(&[]);
    let tree = parse_fragment(svg);
    let texts = tree.elements().into_iter().filter(|id| {
        tree.element(*id)
            .is_some_and(|element| element.name == "text")
    });
    let written: BTreeSet<char> = texts
        .flat_map(|id| tree.text(id).chars().collect::<Vec<_>>())
        .collect();
    written
        .into_iter()
        .all(|letter| letter.is_whitespace() || letters.advance(letter).is_some())
}

#[cfg(not(feature = "brand"))]
fn shows(_: &Picture) -> bool {
    true
}

impl Icon {
    /// Where it stands in the release: under a name that tells what it is drawn from.
    fn path(&self) -> SitePath {
        let name = match self.shape {
            Shape::Ico => return SitePath::parse(ICO).expect("a plain name is a path"),
            Shape::Vector => "icon",
            Shape::Touch => "icon-180",
            Shape::Plain(192) => "icon-192",
            Shape::Plain(_) => "icon-512",
            Shape::Maskable => "icon-mask",
        };
        let extension = match self.shape {
            Shape::Vector => "svg",
            _ => "png",
        };
        let shape = format!(
            "{VERSION} {ENGINE} {:?} {} {}",
            self.shape, self.background, self.is_tile
        );
        let digest = Digest::of_parts([shape.as_bytes(), self.picture.bytes()]);
        let path = format!("_tympan/{name}-{}.{extension}", digest.short());
        SitePath::parse(&path).expect("a plain name is a path")
    }

    /// The bytes of its file.
    pub(in crate::render) fn draw(&self, store: &Store) -> Vec<u8> {
        match (self.shape, &self.picture.content) {
            (Shape::Vector, PictureContent::Drawing(svg)) => svg.clone().into_bytes(),
            _ => self.drawn(store),
        }
    }

    #[cfg(not(feature = "brand"))]
    fn drawn(&self, _: &Store) -> Vec<u8> {
        Vec::new()
    }

    #[cfg(feature = "brand")]
    fn drawn(&self, store: &Store) -> Vec<u8> {
        let shape = format!("{:?} {}", self.shape, self.is_tile);
        let key = Key::new("icon", VERSION)
            .input("engine", ENGINE.as_bytes())
            .input("shape", shape.as_bytes())
            .input("background", self.background.as_bytes())
            .input("picture", self.picture.bytes());
        if let Some(known) = store.cached(&key) {
            return known;
        }
        // What an engine cannot draw is a blank: an icon is not worth a failed build.
        let bytes = match self.shape {
            Shape::Ico => ico(&[16, 32, 48].map(|side| (side, self.square(side, false, 100)))),
            Shape::Touch => self.square(180, true, if self.is_tile { 100 } else { 80 }),
            Shape::Plain(side) => self.square(side, false, 100),
            Shape::Maskable => self.square(512, true, if self.is_tile { 86 } else { 64 }),
            Shape::Vector => Vec::new(),
        };
        store.cache(&key, &bytes);
        bytes
    }

    /// The picture in the middle of a square, over so many hundredths of it.
    #[cfg(feature = "brand")]
    fn square(&self, side: u32, opaque: bool, hundredths: u32) -> Vec<u8> {
        use crate::render::brand::canvas::{Canvas, Place};
        let color = opaque.then_some(self.background.as_str());
        let Some(mut canvas) = Canvas::new(side, side, color) else {
            return Vec::new();
        };
        let inner = side * hundredths / 100;
        let edge = (side - inner) / 2;
        let place = Place {
            x: edge,
            y: edge,
            width: inner,
            height: inner,
        };
        canvas.picture(&self.picture, place);
        canvas.png().unwrap_or_default()
    }
}

/// Small pictures in one file, each a PNG, which Windows has read since Vista.
#[cfg(feature = "brand")]
fn ico(pictures: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let short = |number: usize| u16::try_from(number).unwrap_or_default().to_le_bytes();
    let long = |number: usize| u32::try_from(number).unwrap_or_default().to_le_bytes();
    let mut bytes = vec![0, 0, 1, 0];
    bytes.extend(short(pictures.len()));
    let mut at = 6 + 16 * pictures.len();
    for (side, png) in pictures {
        let side = u8::try_from(*side).unwrap_or_default();
        bytes.extend([side, side, 0, 0, 1, 0, 32, 0]);
        bytes.extend(long(png.len()));
        bytes.extend(long(at));
        at += png.len();
    }
    for (_, png) in pictures {
        bytes.extend(png);
    }
    bytes
}

#[cfg(test)]
#[cfg(feature = "brand")]
mod tests {
    use super::*;

    #[test]
    fn an_ico_holds_its_pictures_where_it_says() {
        let bytes = ico(&[(16, vec![1, 2, 3]), (32, vec![9])]);
        assert_eq!(bytes.len(), 6 + 32 + 4);
        assert_eq!(bytes[4], 2);
        assert_eq!((bytes[6], bytes[14], bytes[18]), (16, 3, 38));
        assert_eq!((bytes[22], bytes[30], bytes[34]), (32, 1, 41));
    }

    #[test]
    fn a_drawing_of_which_nothing_shows_is_told_from_others() {
        let case = |inside: &str, expected: bool| {
            let svg = format!(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 100'>{inside}</svg>"
            );
            let picture = Picture::read(svg.into_bytes()).unwrap();
            assert_eq!(shows(&picture), expected, "{inside}");
        };
        case("<path d='M0 0h20v10H0z'/>", true);
        case("<text y='90' font-size='90'>T</text>", true);
        case("<text y='.9em' font-size='90'>\u{1f3af}</text>", false);
        case("", false);
        case(
            &format!(
                "{}<path d='M0 0h9v9z'/>{}",
                "<g>".repeat(400),
                "</g>".repeat(400)
            ),
            false,
        );
    }

    #[test]
    fn an_icon_is_square_and_its_name_tells_what_it_is_made_of() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 10'><path d='M0 0h20v10H0z'/></svg>";
        let icon = |shape, background: &str| Icon {
            picture: Arc::new(Picture::read(svg.to_vec()).unwrap()),
            shape,
            background: background.to_owned(),
            is_tile: false,
        };
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path());
        let touch = icon(Shape::Touch, "#ff0000");
        let image = image::load_from_memory(&touch.draw(&store))
            .unwrap()
            .into_rgba8();
        assert_eq!(image.dimensions(), (180, 180));
        assert_eq!(image.get_pixel(2, 2).0, [255, 0, 0, 255]);
        assert_eq!(image.get_pixel(90, 90).0, [0, 0, 0, 255]);
        let plain = image::load_from_memory(&icon(Shape::Plain(192), "#ff0000").draw(&store));
        assert_eq!(plain.unwrap().into_rgba8().get_pixel(2, 2).0[3], 0);
        assert_ne!(touch.path(), icon(Shape::Touch, "#00ff00").path());
        assert_eq!(touch.draw(&store), touch.draw(&store));
    }
}
