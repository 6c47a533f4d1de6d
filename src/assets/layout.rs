//! How wide an image can be where it stands.
//!
//! The numbers are those of the built-in style sheets. A theme with another column says so; one that
//! moves everything about gets files that are a little too large or too small, and nothing worse.

use crate::assets::slots::{REM, Slot};
use crate::config::{Config, Kind};
use crate::markdown::Around;
use crate::site::{Page, Site};

/// Where the text of a page stands.
#[derive(Debug, Clone)]
pub struct Layout {
    text: Slot,
    /// The size of letters.
    em: f64,
    /// Whether it is the front page of a site.
    is_front: bool,
    /// How much wider than the text what stands out of it is.
    wider: f64,
    /// Whether figures of the text are wider than it.
    wide_figures: bool,
    /// Whether galleries are.
    wide_galleries: bool,
}

impl Layout {
    /// Where the text of a page stands.
    pub fn of(site: &Site, page: &Page) -> Self {
        let rail = page
            .outline
            .headings
            .iter()
            .any(|heading| (2..=4).contains(&heading.level));
        let mut layout = Self::new(site.kind, &site.config, rail && site.kind != Kind::Site);
        let is_site = site.kind == Kind::Site && site.config.look.content_width.is_none();
        layout.wide_figures = is_site && page.front.date.is_some();
        layout.is_front = site.kind == Kind::Site && page.route.as_str() == "index.html";
        layout.wide_galleries = is_site && page.route.as_str() != "index.html";
        layout
    }

    /// Where text stands that has a list of its headings beside it, or has not.
    fn new(kind: Kind, config: &Config, rail: bool) -> Self {
        let (measure, letters) = match kind {
            Kind::Site => (38.0, 1.125),
            Kind::Docs => (44.0, 1.0),
            Kind::Book => (37.0, 1.125),
            Kind::Contract => (41.0, 1.0625),
        };
        let own = config.look.content_width.map(f64::from);
        let measure = own.unwrap_or(measure * REM);
        let window = Slot::window();
        let mut text = window.clone();
        // The navigation stands beside the text from 64 rem on, the headings from 76 rem on; in
        // queries about the window a rem is 16 pixels.
        let side = match kind {
            Kind::Docs | Kind::Book => 17.5 * REM,
            Kind::Site | Kind::Contract => 0.0,
        };
        if side > 0.0 {
            text = text.beyond(1024.0, &window.inset(side));
        }
        if rail {
            let beside = Slot::of_window(0.96, side + 18.0 * REM);
            text = text.beyond(1216.0, &beside);
        }
        Self {
            text: text.at_most(measure),
            em: letters * REM,
            is_front: false,
            wider: match kind {
                Kind::Site if own.is_none() => 10.0 * REM,
                _ => 0.0,
            },
            wide_figures: false,
            wide_galleries: false,
        }
    }

    /// The room of the picture at the head of a page.
    pub fn hero(&self) -> Slot {
        match self.is_front {
            true => Slot::window().at_most(62.0 * REM),
            false => self
                .text
                .clone()
                .beyond(1024.0, &self.text.clone().inset(-self.wider)),
        }
    }

    /// The room of an image with so much around it, from the outside in.
    pub fn slot(&self, around: &[Around]) -> Slot {
        let em = self.em;
        let mut slot = self.text.clone();
        for (at, around) in around.iter().enumerate() {
            let is_wide = at == 0
                && match around {
                    Around::Figure | Around::Columns(_) => self.wide_figures,
                    Around::Gallery => self.wide_galleries,
                    _ => false,
                };
            if is_wide {
                slot = slot.clone().beyond(1024.0, &slot.inset(-self.wider));
            }
            slot = match around {
                Around::Figure => slot,
                Around::List | Around::Definition => slot.inset(1.5 * em),
                Around::Quote => slot.inset(1.2 * em + 2.5),
                Around::Note => slot.inset(2.3 * em + 3.4),
                Around::Tab => slot.inset(2.3 * REM + 2.0),
                // What stands in the other columns decides; somewhat more than an even share.
                Around::Table(columns) => slot.share((1.2 / f64::from(*columns)).min(1.0)),
                Around::Columns(columns) => {
                    let count = f64::from((*columns).clamp(1, 4));
                    let side = slot.clone().columns(count, 1.5 * em);
                    slot.beyond(577.0, &side)
                }
                Around::Gallery => slot.grid(9.0 * REM, 0.6 * REM, 3),
                Around::Cards => slot.grid(11.0 * REM, REM, 3).inset(2.3 * REM + 2.0),
            };
        }
        slot
    }
}

/// The widths of files for an image that is shown at most `shown` CSS pixels wide: enough for
/// screens of twice the density, and no more. What is shown smaller than all that is configured has
/// a file for each density.
pub fn slot_widths(shown: u32, configured: &[u32]) -> Vec<u32> {
    let enough = shown.saturating_mul(2);
    let least = configured.iter().copied().min().unwrap_or(0);
    if enough < least {
        return vec![shown, enough];
    }
    let larger = configured.iter().copied().filter(|width| *width >= enough);
    let largest = larger.min().unwrap_or(u32::MAX);
    let kept = configured.iter().copied().filter(|width| *width <= largest);
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::wishes::Asked;
    use crate::markdown::Attributes;

    fn layout(kind: Kind, rail: bool) -> Layout {
        Layout::new(kind, &Config::default(), rail)
    }

    /// What a page is told of its images, each with the most pixels that it is shown at.
    fn table(rows: &[(Kind, bool, &[Around])]) -> String {
        let row = |(kind, rail, around): &(Kind, bool, &[Around])| {
            let mut layout = layout(*kind, *rail);
            layout.wide_figures = *kind == Kind::Site;
            let slot = layout.slot(around);
            format!("{kind:?} {around:?} {}: {}\n", slot.widest(), slot.sizes())
        };
        rows.iter().map(row).collect()
    }

    #[test]
    fn the_text_of_every_theme_has_its_width() {
        insta::assert_snapshot!(table(&[
            (Kind::Site, false, &[]),
            (Kind::Docs, false, &[]),
            (Kind::Docs, true, &[]),
            (Kind::Book, true, &[]),
            (Kind::Contract, true, &[]),
        ]), @"
        Site [] 646: (min-width: 702px) 646px, calc(100vw - 38px)
        Docs [] 748: (min-width: 1131px) 748px, (min-width: 1024px) calc(92vw - 298px), (min-width: 813px) 748px, calc(100vw - 38px)
        Docs [] 748: (min-width: 1408px) 748px, (min-width: 1216px) calc(96vw - 604px), (min-width: 1024px) calc(92vw - 298px), (min-width: 813px) 748px, calc(100vw - 38px)
        Book [] 629: (min-width: 684px) 629px, calc(100vw - 38px)
        Contract [] 697: (min-width: 758px) 697px, calc(100vw - 38px)
        ");
    }

    #[test]
    fn what_stands_around_takes_room() {
        insta::assert_snapshot!(table(&[
            (Kind::Site, false, &[Around::List]),
            (Kind::Site, false, &[Around::Figure]),
            (Kind::Docs, false, &[Around::Columns(2)]),
            (Kind::Docs, false, &[Around::Gallery]),
            (Kind::Docs, false, &[Around::Table(3)]),
            (Kind::Docs, true, &[Around::List, Around::Note]),
        ]), @"
        Site [List] 617: (min-width: 702px) 617px, calc(100vw - 67px)
        Site [Figure] 816: (min-width: 1024px) 816px, (min-width: 702px) 646px, calc(100vw - 38px)
        Docs [Columns(2)] 531: (min-width: 1131px) 361px, (min-width: 1024px) calc(46vw - 162px), (min-width: 813px) 361px, (min-width: 577px) calc(46vw - 13px), calc(100vw - 38px)
        Docs [Gallery] 316: (min-width: 1131px) 243px, (min-width: 1024px) calc(33.3vw - 134px), (min-width: 813px) 243px, (min-width: 521px) calc(30.7vw - 7px), (min-width: 354px) calc(50vw - 24px), calc(100vw - 38px)
        Docs [Table(3)] 299: (min-width: 1131px) 299px, (min-width: 1024px) calc(40vw - 153px), (min-width: 813px) 299px, calc(40vw - 15px)
        Docs [List, Note] 680: (min-width: 1408px) 680px, (min-width: 1216px) calc(96vw - 672px), (min-width: 1024px) calc(92vw - 366px), (min-width: 813px) 680px, calc(100vw - 106px)
        ");
    }

    #[test]
    fn an_image_has_the_width_that_its_author_gives_it() {
        let case = |list: &str, expected: &str| {
            let slot = layout(Kind::Site, false).slot(&[]);
            let attributes = Attributes::read(list).unwrap();
            let slot = Asked::of(&attributes).room(slot);
            assert_eq!(slot.sizes(), expected, "{list}");
        };
        case("width=240", "240px");
        case("width=240px", "240px");
        case("width=2.5in", "240px");
        case("width=600", "(min-width: 702px) 600px, calc(100vw - 38px)");
        case("width=50%", "(min-width: 702px) 323px, calc(50vw - 19px)");
        case("width=120%", "(min-width: 702px) 646px, calc(100vw - 38px)");
        case("height=3", "(min-width: 702px) 646px, calc(100vw - 38px)");
    }

    #[test]
    fn no_file_is_larger_than_any_screen_needs() {
        let case = |shown: u32, expected: &[u32]| {
            assert_eq!(slot_widths(shown, &[480, 960, 1440, 1920]), expected);
        };
        case(748, &[480, 960, 1440, 1920]);
        case(646, &[480, 960, 1440]);
        case(240, &[480]);
        case(120, &[120, 240]);
        case(3000, &[480, 960, 1440, 1920]);
    }
}
