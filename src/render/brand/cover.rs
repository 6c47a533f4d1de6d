//! The cover of a book that brings none: its names set in type over a ground of the project's color.

use std::fmt::Write as _;

use crate::render::brand::lines::{Advance, cut, fitted, lines_of};
use crate::render::brand::palette::Palette;
use crate::render::context::RenderContext;
use crate::render::dom::{escape, xml_text};

/// The width and height of a cover in pixels, as book shops ask for.
pub(in crate::render) const COVER_SIZE: (u32, u32) = (1600, 2560);

/// Raised whenever the same cover would come out in another way.
const VERSION: u32 = 1;
/// The space at the sides.
const EDGE: f64 = 150.0;
/// Sizes of the title, the largest first, and how many lines each may take.
const TITLE: [(f64, usize); 5] = [(236.0, 3), (204.0, 4), (172.0, 5), (140.0, 6), (116.0, 7)];
/// The same of the subtitle.
const SUBTITLE: [(f64, usize); 2] = [(84.0, 2), (68.0, 4)];
/// Where the colored ground begins.
const GROUND: f64 = 1690.0;

/// What stands on a cover.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::render) struct Cover {
    /// The title.
    pub(in crate::render) title: String,
    /// The second line of the title.
    pub(in crate::render) subtitle: String,
    /// The series, and the place in it.
    pub(in crate::render) series: String,
    /// Who wrote it.
    pub(in crate::render) authors: Vec<String>,
    /// Who brings it out.
    pub(in crate::render) publisher: String,
    /// Whether it is read from right to left.
    pub(in crate::render) is_rtl: bool,
}

/// A cover that is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::render) struct Drawn {
    /// The file.
    pub(in crate::render) bytes: Vec<u8>,
    /// `png`, or `svg` where the fonts lack a letter that the reader's own fonts may have.
    pub(in crate::render) extension: &'static str,
}

impl Cover {
    /// Draws the cover.
    pub(in crate::render) fn draw(&self, context: &RenderContext<'_>) -> Drawn {
        let palette = Palette::of("", &context.site.config.look);
        #[cfg(feature = "brand")]
        if let Some(bytes) = self.png(context, &palette) {
            return Drawn {
                bytes,
                extension: "png",
            };
        }
        let svg = self.svg(&palette, "serif", &usual_advance);
        Drawn {
            bytes: svg.into_bytes(),
            extension: "svg",
        }
    }

    /// What decides the cover, for the key of what holds it.
    pub(in crate::render) fn inputs(&self, context: &RenderContext<'_>) -> String {
        let palette = Palette::of("", &context.site.config.look);
        let font = |path| {
            let bytes = context.snapshot.read(path).unwrap_or_default();
            format!("{path} {}", crate::digest::Digest::of(&bytes))
        };
        let fonts = fonts(context).map(font).collect::<Vec<_>>();
        let engine = cfg!(feature = "brand").then_some(crate::render::brand::ENGINE);
        format!("{VERSION} {engine:?} {self:?} {palette:?} {fonts:?}")
    }

    #[cfg(feature = "brand")]
    fn png(&self, context: &RenderContext<'_>, palette: &Palette) -> Option<Vec<u8>> {
        use crate::render::brand::canvas::{Canvas, Place};
        use crate::render::brand::letters::Letters;
        use crate::store::Key;

        let files: Vec<Vec<u8>> = fonts(context)
            .filter_map(|file| context.snapshot.read(file).ok())
            .collect();
        let letters = Letters::new(&files);
        let is_there = |letter: char| letter.is_whitespace() || letters.advance(letter).is_some();
        if !self.texts().all(|text| text.chars().all(is_there)) {
            return None;
        }
        let advance = |letter| letters.advance(letter).unwrap_or(1.0);
        let family = format!("'{}'", escape(&letters.family));
        let svg = self.svg(palette, &family, &advance);
        let mut key = Key::new("cover", VERSION)
            .input("engine", crate::render::brand::ENGINE.as_bytes())
            .input("svg", svg.as_bytes());
        for file in &files {
            key = key.input("font", file);
        }
        if let Some(known) = context.store.cached(&key) {
            return Some(known);
        }
        let (width, height) = COVER_SIZE;
        let mut canvas = Canvas::new(width, height, Some(&palette.paper.light))?;
        let place = Place {
            x: 0,
            y: 0,
            width,
            height,
        };
        canvas.svg(&svg, &letters.database, place)?;
        let bytes = canvas.png()?;
        context.store.cache(&key, &bytes);
        Some(bytes)
    }

    #[cfg(feature = "brand")]
    fn texts(&self) -> impl Iterator<Item = &str> {
        let own = [&self.title, &self.subtitle, &self.series, &self.publisher];
        own.into_iter().chain(&self.authors).map(String::as_str)
    }

    fn svg(&self, palette: &Palette, family: &str, advance: Advance<'_>) -> String {
        let (width, height) = COVER_SIZE;
        let room = f64::from(width) - 2.0 * EDGE;
        let (paper, ink) = (&palette.paper.light, &palette.ink.light);
        let (soft, accent) = (&palette.soft.light, &palette.accent.light);
        let on_ground = if is_light(accent) { ink } else { "#ffffff" };
        let mut set = Setting {
            is_rtl: self.is_rtl,
            svg: format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
                 width=\"{width}\" height=\"{height}\" font-family=\"{family}\">\
                 <rect width=\"{width}\" height=\"{height}\" fill=\"{paper}\"/>\
                 <rect y=\"{GROUND}\" width=\"{width}\" height=\"{}\" fill=\"{accent}\"/>",
                f64::from(height) - GROUND
            ),
        };
        // Lines that draw together towards the horizon.
        let mut gap = 6.0;
        let mut y = GROUND + 26.0;
        while y < GROUND + 300.0 {
            let _ = write!(
                set.svg,
                "<rect y=\"{y:.1}\" width=\"{width}\" height=\"3\" fill=\"{on_ground}\" \
                 fill-opacity=\"{:.3}\"/>",
                0.34 * (1.0 - (y - GROUND) / 310.0)
            );
            gap *= 1.22;
            y += gap;
        }
        if !self.series.is_empty() {
            let text = cut(advance, &self.series, 56.0, room);
            set.line(&text, 250.0, (56.0, 400, ""), accent);
        }
        let (size, lines) = fitted(advance, &self.title, room, &TITLE);
        let mut y = 330.0;
        for line in &lines {
            y += size * 1.08;
            set.line(line, y, (size, 600, ""), ink);
        }
        let (size, lines) = fitted(advance, &self.subtitle, room, &SUBTITLE);
        y += 60.0;
        for line in &lines {
            y += size * 1.28;
            if y < GROUND - 40.0 {
                set.line(line, y, (size, 400, "italic"), soft);
            }
        }
        let mut y = 2100.0;
        for line in self.author_lines(advance, room) {
            set.line(&line, y, (88.0, 600, ""), on_ground);
            y += 112.0;
        }
        let publisher = cut(advance, &self.publisher, 54.0, room);
        set.line(&publisher, 2440.0, (54.0, 400, ""), on_ground);
        set.svg.push_str("</svg>");
        set.svg
    }

    /// A line for each author, or all of them one after the other where they are many.
    fn author_lines(&self, advance: Advance<'_>, room: f64) -> Vec<String> {
        match self.authors.len() {
            0..=3 => (self.authors.iter())
                .map(|name| cut(advance, name, 88.0, room))
                .collect(),
            _ => lines_of(advance, &self.authors.join(", "), 88.0, room, 3),
        }
    }
}

fn fonts<'a>(
    context: &RenderContext<'a>,
) -> impl Iterator<Item = &'a crate::site_path::SitePath> + use<'a> {
    let look = &context.site.config.look;
    let fonts = [&look.heading, &look.text];
    fonts.into_iter().flatten().flat_map(|font| &font.files)
}

/// The width of a letter of a font that is not known.
fn usual_advance(letter: char) -> f64 {
    match letter {
        '\u{2e80}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ffef}'
        | '\u{1f000}'..='\u{3ffff}' => 1.0,
        _ => 0.56,
    }
}

/// Whether dark letters are easier to read on a color, `#rrggbb`.
fn is_light(color: &str) -> bool {
    let part = |at: usize| {
        let text = color.get(at..at + 2).unwrap_or("00");
        f64::from(u8::from_str_radix(text, 16).unwrap_or_default()) / 255.0
    };
    let linear = |value: f64| match value <= 0.04045 {
        true => value / 12.92,
        false => ((value + 0.055) / 1.055).powf(2.4),
    };
    // WCAG 2.2: white gives the greater contrast below this luminance.
    0.2126 * linear(part(1)) + 0.7152 * linear(part(3)) + 0.0722 * linear(part(5)) > 0.179
}

/// Writes lines at the edge where reading begins.
struct Setting {
    is_rtl: bool,
    svg: String,
}

impl Setting {
    fn line(&mut self, text: &str, y: f64, (size, weight, style): (f64, u32, &str), color: &str) {
        if text.is_empty() {
            return;
        }
        let text = xml_text(text).replace(char::is_control, " ");
        let (x, anchor) = match self.is_rtl {
            true => (f64::from(COVER_SIZE.0) - EDGE, "end"),
            false => (EDGE, "start"),
        };
        // A line is taken for one from left to right; the marks say otherwise.
        let (open, close) = match self.is_rtl {
            true => ("\u{202b}", "\u{202c}"),
            false => ("", ""),
        };
        let style = match style {
            "" => String::new(),
            style => format!(" font-style=\"{style}\""),
        };
        let _ = write!(
            self.svg,
            "<text x=\"{x}\" y=\"{y:.1}\" font-size=\"{size}\" font-weight=\"{weight}\"{style} \
             text-anchor=\"{anchor}\" fill=\"{color}\">{open}{}{close}</text>",
            escape(&text)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Look;

    fn svg(cover: &Cover) -> String {
        cover.svg(&Palette::of("", &Look::default()), "serif", &usual_advance)
    }

    #[test]
    fn whatever_stands_on_a_cover_is_well_formed_and_inside() {
        let covers = [
            Cover::default(),
            Cover {
                title: "潮の満ち引き、月と地球と太陽のあいだで起こること".to_owned(),
                authors: vec!["A & B".to_owned(); 9],
                ..Cover::default()
            },
            Cover {
                title: "w".repeat(900),
                subtitle: "one <two> ".repeat(90),
                series: "s\u{1}\u{fffe}".repeat(90),
                is_rtl: true,
                ..Cover::default()
            },
        ];
        for cover in covers {
            let svg = svg(&cover);
            let tree = roxmltree::Document::parse(&svg).unwrap();
            for text in tree.descendants().filter(|node| node.has_tag_name("text")) {
                let y: f64 = text.attribute("y").unwrap().parse().unwrap();
                assert!(y > 200.0 && y < 2500.0, "{svg}");
            }
        }
    }

    #[test]
    fn names_on_the_ground_can_be_read() {
        for (color, expected) in [("#9a2f1a", false), ("#ffe08a", true), ("#000000", false)] {
            assert_eq!(is_light(color), expected, "{color}");
        }
    }
}
