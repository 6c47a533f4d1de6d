//! One card: its texts set in lines, and the drawing of it.

use std::fmt::Write as _;

use crate::assets::{Picture, fit};
use crate::digest::Digest;
use crate::render::brand::ENGINE;
use crate::render::brand::canvas::{Canvas, Place};
use crate::render::brand::cards::CARD_SIZE;
use crate::render::brand::letters::Letters;
use crate::render::brand::lines::{cut, fitted, lines_of, wide};
use crate::render::brand::palette::Palette;
use crate::render::html::escape;
use crate::site_path::SitePath;
use crate::store::{Key, Store};

/// Raised whenever the same card would come out in another way.
const VERSION: u32 = 2;
/// The space around everything.
const EDGE: u32 = 88;
/// How high a logo may be, and how wide.
const LOGO: (u32, u32) = (420, 72);
/// Sizes of the title, the largest first, and how many lines each may take.
const TITLE: [(f64, usize); 5] = [(92.0, 2), (80.0, 3), (68.0, 3), (58.0, 4), (50.0, 4)];
/// Longer texts are cut before they are measured.
const LONGEST: usize = 400;

/// What all cards of a site share.
pub(super) struct Style {
    palette: Palette,
    letters: Letters,
    logo: Option<Picture>,
    digest: Digest,
}

/// The texts of a card.
pub(super) struct Card {
    pub(super) title: String,
    pub(super) site: String,
    /// What the page belongs to.
    pub(super) above: String,
    pub(super) description: String,
    /// Who wrote it, and when.
    pub(super) facts: String,
    pub(super) host: String,
    pub(super) is_home: bool,
    pub(super) is_rtl: bool,
}

impl Style {
    pub(super) fn new(
        palette: Palette,
        letters: Letters,
        fonts: &[Vec<u8>],
        logo: Option<Picture>,
    ) -> Self {
        let colors = format!("{VERSION} {palette:?}");
        let fonts: Vec<String> = fonts.iter().map(|font| Digest::of(font).hex()).collect();
        let picture = logo.as_ref().map_or(&b""[..], Picture::bytes);
        let fonts = fonts.join(" ");
        let digest = Digest::of_parts([colors.as_bytes(), fonts.as_bytes(), picture]);
        Self {
            palette,
            letters,
            logo,
            digest,
        }
    }
}

impl Card {
    fn texts(&self) -> [&str; 6] {
        let Self {
            title,
            site,
            above,
            description,
            facts,
            host,
            ..
        } = self;
        [title, site, above, description, facts, host]
    }

    /// The letters that no font has: a card of boxes is worse than none.
    pub(super) fn missing(&self, style: &Style) -> Vec<char> {
        let letters = self
            .texts()
            .into_iter()
            .flat_map(|text| text.chars().take(LONGEST));
        letters
            .filter(|letter| !letter.is_whitespace() && style.letters.advance(*letter).is_none())
            .collect()
    }

    fn key(&self, style: &Style) -> Key {
        let manner = [u8::from(self.is_home), u8::from(self.is_rtl)];
        Key::new("card", VERSION)
            .input("engine", ENGINE.as_bytes())
            .digest("style", style.digest)
            .input("texts", self.texts().join("\0").as_bytes())
            .input("manner", &manner)
    }

    /// Where it stands in the release: under a name that tells what it is drawn from.
    pub(super) fn place(&self, style: &Style) -> SitePath {
        let name = self.key(style).name();
        let path = format!("_tympan/card-{}.png", name.short());
        SitePath::parse(&path).expect("a plain name is a path")
    }

    /// The card as PNG.
    pub(super) fn draw(&self, style: &Style, store: &Store) -> Vec<u8> {
        let key = self.key(style);
        if let Some(known) = store.cached(&key) {
            return known;
        }
        // What could not be drawn may be drawn the next time.
        let Some(bytes) = self.drawn(style) else {
            return Vec::new();
        };
        store.cache(&key, &bytes);
        bytes
    }

    fn drawn(&self, style: &Style) -> Option<Vec<u8>> {
        let (width, height) = CARD_SIZE;
        let mut canvas = Canvas::new(width, height, Some(&style.palette.paper.light))?;
        let whole = Place {
            x: 0,
            y: 0,
            width,
            height,
        };
        canvas.svg(&self.svg(style), &style.letters.database, whole)?;
        if let Some(logo) = &style.logo {
            let (across, down) = fit((logo.width, logo.height), LOGO);
            let x = match self.is_rtl {
                true => width - EDGE - across,
                false => EDGE,
            };
            let place = Place {
                x,
                y: EDGE - 8,
                width: across,
                height: down,
            };
            canvas.picture(logo, place);
        }
        canvas.png()
    }

    /// The texts as SVG.
    fn svg(&self, style: &Style) -> String {
        let (width, height) = CARD_SIZE;
        let palette = &style.palette;
        let advance = |letter| style.letters.advance(letter).unwrap_or(1.0);
        let room = f64::from(width - 2 * EDGE);
        let mut set = Setting {
            is_rtl: self.is_rtl,
            svg: format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
                 font-family=\"'{}'\"><rect y=\"{}\" width=\"{width}\" height=\"16\" fill=\"{}\"/>",
                escape(&style.letters.family),
                height - 16,
                palette.accent.light,
            ),
        };
        let (ink, soft, accent) = (
            &palette.ink.light,
            &palette.soft.light,
            &palette.accent.light,
        );
        let top = f64::from(EDGE);
        let shows_site = style.logo.is_none() && !self.is_home;
        if shows_site {
            set.line(
                &cut(&advance, &self.site, 34.0, room),
                top + 30.0,
                34.0,
                soft,
            );
        }
        let (size, lines) = fitted(&advance, &self.title, room, &TITLE);
        let described = match lines.len() {
            0..=2 => lines_of(&advance, &self.description, 34.0, room, 2),
            _ => Vec::new(),
        };
        let leading = size * 1.14;
        #[expect(clippy::cast_precision_loss, reason = "there are few lines")]
        let (count, below) = (lines.len() as f64, described.len() as f64);
        let above = if self.above.is_empty() { 0.0 } else { 56.0 };
        let block = above + count * leading + below * 46.0 + if below > 0.0 { 22.0 } else { 0.0 };
        // The texts stand in the middle of what the top and the bottom leave.
        let middle = match shows_site || style.logo.is_some() {
            true => 334.0,
            false => 306.0,
        };
        let mut y = middle - block / 2.0;
        if !self.above.is_empty() {
            let text = cut(&advance, &self.above, 34.0, room);
            set.line(&text, y + 30.0, 34.0, accent);
            y += above;
        }
        for line in &lines {
            set.line(line, y + size * 0.86, size, ink);
            y += leading;
        }
        y += 22.0;
        for line in &described {
            set.line(line, y + 30.0, 34.0, soft);
            y += 46.0;
        }
        let bottom = f64::from(height) - top + 14.0;
        let host_wide = wide(&advance, &self.host, 30.0);
        let left = (room - host_wide - 40.0).max(room / 3.0);
        let facts = cut(&advance, &self.facts, 30.0, left);
        set.line(&facts, bottom, 30.0, soft);
        match facts.is_empty() {
            true => set.line(&cut(&advance, &self.host, 30.0, room), bottom, 30.0, soft),
            false if host_wide < room / 2.0 => set.far(&self.host, bottom, 30.0, soft),
            false => {}
        }
        set.svg.push_str("</svg>");
        set.svg
    }
}

/// Writes lines at the edge where reading begins, or at the other one.
struct Setting {
    is_rtl: bool,
    svg: String,
}

impl Setting {
    fn line(&mut self, text: &str, y: f64, size: f64, color: &str) {
        self.set(text, y, size, color, self.is_rtl);
    }

    fn far(&mut self, text: &str, y: f64, size: f64, color: &str) {
        self.set(text, y, size, color, !self.is_rtl);
    }

    fn set(&mut self, text: &str, y: f64, size: f64, color: &str, at_right: bool) {
        if text.is_empty() {
            return;
        }
        // A sign that controls something has no place in XML.
        let text = text.replace(char::is_control, " ");
        let (x, anchor) = match at_right {
            true => (CARD_SIZE.0 - EDGE, "end"),
            false => (EDGE, "start"),
        };
        // The engine takes every line for one from left to right; the marks say otherwise.
        let (open, close) = match self.is_rtl {
            true => ("\u{202b}", "\u{202c}"),
            false => ("", ""),
        };
        let weight = if size > 40.0 { 600 } else { 400 };
        let _ = write!(
            self.svg,
            "<text x=\"{x}\" y=\"{y:.1}\" font-size=\"{size}\" font-weight=\"{weight}\" \
             text-anchor=\"{anchor}\" fill=\"{color}\">{open}{}{close}</text>",
            escape(&text)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Look;

    fn letters() -> Letters {
        Letters::new(&[])
    }

    #[test]
    fn a_card_is_drawn_or_says_what_it_lacks() {
        let style = Style::new(Palette::of("", &Look::default()), letters(), &[], None);
        let card = |title: &str| Card {
            title: title.to_owned(),
            site: "Two & Two".to_owned(),
            above: String::new(),
            description: "A <test>.".to_owned(),
            facts: String::new(),
            host: "example.org".to_owned(),
            is_home: false,
            is_rtl: title.starts_with('ש'),
        };
        for title in ["The Night Ferry", "Der Kai", "שלום עולם", ""] {
            let card = card(title);
            assert!(card.missing(&style).is_empty(), "{title}");
            let png = card.drawn(&style).unwrap();
            let image = image::load_from_memory(&png).unwrap();
            assert_eq!((image.width(), image.height()), CARD_SIZE);
        }
        assert_eq!(card("潮 🌊").missing(&style), ['潮', '🌊']);
        assert_ne!(card("A").place(&style), card("B").place(&style));
    }
}
