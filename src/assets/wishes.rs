//! What an author says of an image in attributes: `{width=300 crop="16:9" focus=top}`. What means
//! nothing is told, and is as if it were not there.

use crate::assets::derive::{Fit, Focus, Wish};
use crate::assets::slots::{Length, Slot};
use crate::config::{ImageFormat, Lossless, PlaceholderKind};
use crate::markdown::{Around, Attributes};

/// The attributes that say how an image is made, beside its width and height.
pub const WISHES: &[&str] = &[
    "crop",
    "fit",
    "focus",
    "formats",
    "lossless",
    "original",
    "placeholder",
    "quality",
    "widths",
];

/// What an author asks of an image.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// How it is made, if otherwise than the project makes its images.
    pub wish: Option<Wish>,
    /// The width that it is shown at, as it is written.
    pub width: Option<Length>,
    /// The height in CSS pixels.
    pub height: Option<u32>,
    /// What was not understood.
    pub faults: Vec<AttributeFault>,
}

/// An attribute that means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeFault {
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub help: &'static str,
}

impl Asked {
    /// Reads the attributes of an image.
    pub fn of(attributes: &Attributes) -> Self {
        let mut asked = Self::default();
        let mut wish = Wish::default();
        let mut is_wished = false;
        let mut fit = None;
        for (name, value) in &attributes.pairs {
            let value = value.trim();
            let known = match name.as_str() {
                "width" => set(&mut asked.width, Length::read(value)),
                "height" => set(&mut asked.height, pixels(value)),
                "align" => ["left", "right", "center"].contains(&value),
                "loading" => ["lazy", "eager"].contains(&value),
                "sizes" => !value.is_empty() && !value.contains(['"', '<', '>']),
                name if !WISHES.contains(&name) => true,
                "fit" => set(&mut fit, fit_of(value)),
                name => {
                    let known = wish.read(name, value);
                    is_wished |= known;
                    known
                }
            };
            if !known {
                asked.faults.push(AttributeFault {
                    message: format!("`{name}={value}` says nothing of an image"),
                    help: help(name),
                });
            }
        }
        if let Some(Length::Pixels(width)) = asked.width {
            // Without a box to fit into, the width alone decides how large it is.
            wish.width = Some(width);
            wish.height = asked.height.filter(|_| fit.is_some());
        } else {
            wish.height = wish.height.or(asked.height.filter(|_| fit.is_some()));
        }
        is_wished |= fit.is_some() && (wish.width.is_some() || wish.height.is_some());
        wish.fit = fit.unwrap_or(wish.fit);
        asked.wish = is_wished.then_some(wish);
        asked
    }
}

impl Asked {
    /// The same for an image with so much around it: the tiles of a gallery have one shape.
    #[must_use]
    pub fn within(mut self, around: &[Around]) -> Self {
        if around.last() == Some(&Around::Gallery) {
            let wish = self.wish.get_or_insert_default();
            wish.shape = wish.shape.or(Some((4, 3)));
            // A tile has all of its room.
            let is_share = |width: &Length| matches!(width, Length::Share(_));
            self.width = self.width.filter(|width| !is_share(width));
        }
        self
    }

    /// The room that it takes of that which there is.
    pub fn room(&self, slot: Slot) -> Slot {
        match self.width {
            Some(Length::Pixels(width)) => slot.at_most(f64::from(width)),
            Some(Length::Share(share)) => slot.share(share),
            None => slot,
        }
    }
}

impl Wish {
    /// Takes one attribute; false if it means nothing.
    pub fn read(&mut self, name: &str, value: &str) -> bool {
        let choices = &mut self.choices;
        match name {
            "crop" => self.crop(value),
            "focus" => match Focus::read(value) {
                Some(focus) => {
                    self.focus = focus;
                    true
                }
                None => false,
            },
            "quality" => {
                let quality = value.parse().ok().filter(|value| (1..=100).contains(value));
                set(&mut choices.quality, quality)
            }
            "formats" => set(&mut choices.formats, formats(value)),
            "widths" => set(&mut choices.widths, widths(value)),
            "lossless" => set(
                &mut choices.lossless,
                match value {
                    "auto" => Some(Lossless::Auto),
                    "always" | "true" => Some(Lossless::Always),
                    "never" | "false" => Some(Lossless::Never),
                    _ => None,
                },
            ),
            "placeholder" => set(
                &mut choices.placeholder,
                match value {
                    "color" => Some(PlaceholderKind::Color),
                    "blur" => Some(PlaceholderKind::Blur),
                    "none" | "false" => Some(PlaceholderKind::None),
                    _ => None,
                },
            ),
            "original" => set(&mut choices.original, value.parse().ok()),
            _ => false,
        }
    }

    /// A shape such as `16:9`, or a size such as `800x400`.
    fn crop(&mut self, value: &str) -> bool {
        let sides = |mark: char| {
            let (width, height) = value.split_once(mark)?;
            let side = |text: &str| {
                text.trim()
                    .parse()
                    .ok()
                    .filter(|side| (1..=10_000).contains(side))
            };
            Some((side(width)?, side(height)?))
        };
        if let Some(shape) = sides(':').or_else(|| sides('/')) {
            self.shape = Some(shape);
            return true;
        }
        let Some((width, height)) = sides('x') else {
            return false;
        };
        self.shape = Some((width, height));
        self.width = Some(width);
        self.fit = Fit::Cover;
        true
    }
}

impl Focus {
    /// Reads `30% 20%`, `top`, `bottom left` and the like.
    pub fn read(text: &str) -> Option<Self> {
        let mut focus = Self::default();
        let mut words = text.split_ascii_whitespace();
        let mut numbers = 0;
        for word in words.by_ref().take(2) {
            match word.to_ascii_lowercase().as_str() {
                "left" => focus.x = 0,
                "right" => focus.x = 1000,
                "top" => focus.y = 0,
                "bottom" => focus.y = 1000,
                "center" | "middle" => {}
                number => {
                    let share: f64 = number.strip_suffix('%')?.parse().ok()?;
                    if !(0.0..=100.0).contains(&share) {
                        return None;
                    }
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "it is at most 1000"
                    )]
                    let share = (share * 10.0).round() as u16;
                    match numbers {
                        0 => focus.x = share,
                        _ => focus.y = share,
                    }
                }
            }
            numbers += 1;
        }
        (numbers > 0 && words.next().is_none()).then_some(focus)
    }
}

fn set<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    let known = value.is_some();
    *place = value.or(place.take());
    known
}

fn pixels(text: &str) -> Option<u32> {
    match Length::read(text)? {
        Length::Pixels(pixels) => Some(pixels),
        Length::Share(_) => None,
    }
}

/// How an image is brought to a size, by the names of CSS and of other generators.
pub fn fit_of(text: &str) -> Option<Fit> {
    match text {
        "contain" | "fit" | "scale" => Some(Fit::Contain),
        "cover" | "crop" | "fill" => Some(Fit::Cover),
        _ => None,
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let between = |c: char| c == ',' || c.is_ascii_whitespace();
    text.split(between).filter(|word| !word.is_empty())
}

fn formats(text: &str) -> Option<Vec<ImageFormat>> {
    let format = |word: &str| match word {
        "avif" => Some(ImageFormat::Avif),
        "webp" => Some(ImageFormat::WebP),
        _ => None,
    };
    let formats: Option<Vec<ImageFormat>> = match text {
        "none" => Some(Vec::new()),
        text => words(text).map(format).collect(),
    };
    formats.filter(|formats| text == "none" || !formats.is_empty())
}

fn widths(text: &str) -> Option<Vec<u32>> {
    let width = |word: &str| {
        word.parse()
            .ok()
            .filter(|width| (16..=10_000).contains(width))
    };
    let widths: Option<Vec<u32>> = words(text).map(width).collect();
    widths.filter(|widths| (1..=8).contains(&widths.len()))
}

/// What to write as the value of an attribute.
pub fn help(name: &str) -> &'static str {
    match name {
        "width" => "write pixels or a part of the line, such as `300` or `50%`",
        "height" => "write pixels, such as `300`",
        "align" => "write `left`, `right` or `center`",
        "loading" => "write `lazy` or `eager`",
        "sizes" => "write widths as in HTML, such as `(min-width: 60rem) 30rem, 100vw`",
        "crop" => "write a shape or a size, such as `16:9` or `800x400`",
        "focus" => "write a place, such as `top`, `bottom left` or `30% 20%`",
        "fit" => "write `cover` or `contain`",
        "quality" => "write a number from 1 to 100",
        "formats" => "write `avif`, `webp` or both, with a space between them",
        "widths" => "write up to eight widths in pixels, with spaces between them",
        "lossless" => "write `auto`, `always` or `never`",
        "placeholder" => "write `color`, `blur` or `none`",
        _ => "write `true` or `false`",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(list: &str) -> Asked {
        Asked::of(&Attributes::read(list).unwrap())
    }

    #[test]
    fn plain_sizes_ask_for_nothing_else() {
        let found = asked("width=300 height=200 align=left loading=eager title=x data-a=b");
        assert_eq!((found.wish, found.faults), (None, Vec::new()));
        assert_eq!(
            (found.width, found.height),
            (Some(Length::Pixels(300)), Some(200))
        );
        assert_eq!(asked("width=50%").width, Some(Length::Share(0.5)));
    }

    #[test]
    fn wishes_are_read() {
        let case = |list: &str, change: fn(&mut Wish)| {
            let mut wish = Wish::default();
            change(&mut wish);
            assert_eq!(asked(list).wish, Some(wish), "{list}");
            assert_eq!(asked(list).faults, []);
        };
        case("crop=16:9", |wish| wish.shape = Some((16, 9)));
        case("crop=800x400 focus=top", |wish| {
            (wish.shape, wish.width) = (Some((800, 400)), Some(800));
            (wish.fit, wish.focus.y) = (Fit::Cover, 0);
        });
        case("crop=1:1 width=200 focus='30% 20%'", |wish| {
            (wish.shape, wish.width) = (Some((1, 1)), Some(200));
            wish.focus = Focus { x: 300, y: 200 };
        });
        case("fit=cover width=300 height=200", |wish| {
            (wish.width, wish.height, wish.fit) = (Some(300), Some(200), Fit::Cover);
        });
        case("quality=60", |wish| wish.choices.quality = Some(60));
        case("formats='avif, webp'", |wish| {
            wish.choices.formats = Some(vec![ImageFormat::Avif, ImageFormat::WebP]);
        });
        case("widths='300 600'", |wish| {
            wish.choices.widths = Some(vec![300, 600]);
        });
        case("lossless=always", |wish| {
            wish.choices.lossless = Some(Lossless::Always);
        });
        case("original=false", |wish| wish.choices.original = Some(false));
        case("placeholder=blur", |wish| {
            wish.choices.placeholder = Some(PlaceholderKind::Blur);
        });
    }

    #[test]
    fn what_means_nothing_is_told() {
        for list in [
            "width=wide",
            "width=0",
            "height=50%",
            "align=up",
            "loading=soon",
            "crop=wide",
            "crop=0:1",
            "focus=here",
            "focus='1% 2% 3%'",
            "focus='120% 1%'",
            "fit=tight",
            "quality=0",
            "quality=x",
            "formats=jpg",
            "widths='a'",
            "widths=1",
            "lossless=x",
            "placeholder=x",
            "original=x",
            "sizes=''",
        ] {
            let found = asked(list);
            assert_eq!((found.faults.len(), found.wish), (1, None), "{list}");
        }
        assert_eq!(
            asked("crop=x quality=60").wish.unwrap().choices.quality,
            Some(60)
        );
    }
}
