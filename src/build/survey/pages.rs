//! The pictures in the pages as they are rendered: which file of each a reader loads, and how much
//! room it takes.

use crate::build::survey::sizes::{self, Candidate, DESKTOP, PHONE, Screen};
use crate::render::dom::{Element, Fragment, NodeId, parse_fragment};
use crate::site_path::{SitePath, decode};

/// A picture in a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The file that a telephone loads.
    pub phone: Option<SitePath>,
    /// The file that a desk's computer loads.
    pub desktop: Option<SitePath>,
    /// The most room it takes on any screen, in CSS pixels.
    pub slot: u32,
    /// The room its author gives it, in CSS pixels.
    pub width: Option<u32>,
}

/// Screens on which the room of a picture is looked at, from a telephone to a wide desk.
const WIDTHS: [u32; 4] = [360, 768, 1280, 1920];

/// Every picture of a page, by where its HTML stands. What is not a file of the site is left out.
pub fn shown(html: &str, from: &SitePath, base: Option<&str>) -> Vec<Shown> {
    if !html.contains("<img") {
        return Vec::new();
    }
    let tree = parse_fragment(html);
    let images = tree.elements().into_iter().filter(|id| tree.is(*id, "img"));
    images
        .filter_map(|id| {
            let place = |url: &str| place_of(url, from, base);
            let image = tree.element(id)?;
            let load = |screen| place(&chosen(&tree, id, image, screen)?.url);
            let (phone, desktop) = (load(PHONE), load(DESKTOP));
            if phone.is_none() && desktop.is_none() {
                return None;
            }
            let room = |width| room(&tree, id, image, Screen { width, density: 1 });
            let slot = WIDTHS.into_iter().map(room).max().unwrap_or(0);
            Some(Shown {
                phone,
                desktop,
                slot,
                width: number(image, "width"),
            })
        })
        .collect()
}

/// The file that a browser chooses for an `img`.
fn chosen(tree: &Fragment, id: NodeId, image: &Element, screen: Screen) -> Option<Candidate> {
    let set = set_of(tree, id, image, screen);
    let slot = f64::from(room(tree, id, image, screen));
    if let Some(found) = sizes::choose(&set, slot, screen) {
        return Some(found.clone());
    }
    let url = image.get("src")?.trim().to_owned();
    Some(Candidate {
        url,
        width: None,
        density: 1.0,
    })
}

/// The element whose set of files counts on a screen: the first source that fits, or the image.
fn speaking<'a>(tree: &'a Fragment, id: NodeId, image: &'a Element, screen: Screen) -> &'a Element {
    let picture = tree.parent(id).filter(|parent| tree.is(*parent, "picture"));
    let sources = picture
        .into_iter()
        .flat_map(|picture| tree.children(picture));
    let mut sources = sources
        .take_while(|child| *child != id)
        .filter_map(|child| tree.element(child))
        .filter(|element| element.is("source"));
    let fits = |source: &&Element| {
        source
            .get("media")
            .is_none_or(|media| sizes::matches(media, screen))
            && source.get("srcset").is_some()
    };
    sources.find(fits).unwrap_or(image)
}

fn set_of(tree: &Fragment, id: NodeId, image: &Element, screen: Screen) -> Vec<Candidate> {
    let set = speaking(tree, id, image, screen).get("srcset");
    set.map(sizes::candidates).unwrap_or_default()
}

/// The room of an image on a screen, in CSS pixels: never more than its author gives it.
fn room(tree: &Fragment, id: NodeId, image: &Element, screen: Screen) -> u32 {
    let speaking = speaking(tree, id, image, screen);
    let set = speaking.get("srcset").map(sizes::candidates);
    let has_widths = set.is_some_and(|set| set.iter().any(|file| file.width.is_some()));
    let given = number(image, "width").map(|width| width.min(screen.width));
    let granted = match speaking.get("sizes").or(image.get("sizes")) {
        Some(sizes) => Some(sizes::slot(sizes, screen)),
        None if has_widths => Some(f64::from(screen.width)),
        None => None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what a u32 holds"
    )]
    let granted = granted.map(|room| room.clamp(1.0, 100_000.0).round() as u32);
    match (granted, given) {
        (Some(granted), _) => granted,
        (None, Some(given)) => given,
        (None, None) => screen.width,
    }
}

fn number(image: &Element, name: &str) -> Option<u32> {
    image.get(name)?.trim().parse().ok()
}

/// The file of the site that an address in a page names.
pub fn place_of(url: &str, from: &SitePath, base: Option<&str>) -> Option<SitePath> {
    let url = url.trim();
    let path = url.split(['?', '#']).next().unwrap_or("");
    if path.is_empty() {
        return None;
    }
    if let Some(base) = base
        && let Some(rest) = path.strip_prefix(base.trim_end_matches('/'))
    {
        return SitePath::parse(&decode(rest.trim_start_matches('/'))).ok();
    }
    let scheme = path.find(':').is_some_and(|colon| {
        !path[..colon].contains('/') && path[..colon].chars().all(|c| c.is_ascii_alphanumeric())
    });
    if scheme || path.starts_with("//") {
        return None;
    }
    match path.strip_prefix('/') {
        Some(rest) => SitePath::parse(&decode(rest)).ok(),
        None => from.resolve_beside(&decode(path)).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SitePath {
        SitePath::parse(text).unwrap()
    }

    /// What a page at `a/index.html` shows: what a telephone and a desk load, and the room.
    #[track_caller]
    fn case(html: &str, expected: &[(&str, &str, u32)]) {
        let found = shown(html, &path("a/index.html"), Some("https://x.example/b/"));
        let found: Vec<(String, String, u32)> = found
            .into_iter()
            .map(|one| {
                let name = |path: Option<SitePath>| path.map_or(String::new(), |p| p.to_string());
                (name(one.phone), name(one.desktop), one.slot)
            })
            .collect();
        let expected: Vec<(String, String, u32)> = expected
            .iter()
            .map(|(phone, desk, slot)| ((*phone).to_owned(), (*desk).to_owned(), *slot))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_reader_loads_what_a_browser_chooses() {
        case(
            "<!doctype html><html><body><picture><source type=image/webp \
             srcset=\"../s-480.webp 480w, ../s-960.webp 960w\" sizes=\"(max-width: 720px) 100vw, 720px\">\
             <img src=../s.jpg width=960 height=3></picture>",
            &[("s-960.webp", "s-960.webp", 720)],
        );
        case(
            "<picture><source media='(min-width: 900px)' srcset='wide.png'>\
             <img src=narrow.png width=400></picture>",
            &[("a/narrow.png", "a/wide.png", 400)],
        );
        case("<img src=a%20b.png>", &[("a/a b.png", "a/a b.png", 1920)]);
        case(
            "<img srcset='a.png, b.png 2x'>",
            &[("a/b.png", "a/a.png", 1920)],
        );
        case(
            "<img src='https://x.example/b/c.png' width=20>",
            &[("c.png", "c.png", 20)],
        );
    }

    #[test]
    fn what_is_no_file_of_the_site_is_left_out() {
        case("<p>img</p>", &[]);
        case(
            "<img src='https://y.example/a.png'><img src='data:image/png;base64,x'><img>\
             <img src='//x/a.png'><img src='../../x.png'>",
            &[],
        );
    }
}
