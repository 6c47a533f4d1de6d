//! The survey for people: tables whose numbers stand first, so that no name is ever cut.

use std::cmp::Reverse;
use std::fmt::Write as _;

use crate::build::survey::{Survey, SurveyedPage, SurveyedPicture, Usage};
use crate::cli::args::SortPictures;
use crate::cli::build::size;
use crate::cli::images::report::{Totals, tells};
use crate::cli::ui::Ui;

/// How many lines a table has, unless all are asked for.
const MOST: usize = 20;
/// How many lines a list of faults has.
const MOST_FAULTS: usize = 8;

/// Sorts pictures as asked.
pub fn sort(pictures: &mut [SurveyedPicture], by: SortPictures) {
    let pixels = |one: &SurveyedPicture| u64::from(one.source.width) * u64::from(one.source.height);
    match by {
        SortPictures::Bytes => pictures.sort_by_key(|one| Reverse(one.source.bytes)),
        SortPictures::Phone => pictures.sort_by_key(|one| Reverse(one.phone)),
        SortPictures::Desktop => pictures.sort_by_key(|one| Reverse(one.desktop)),
        SortPictures::Pixels => pictures.sort_by_key(|one| Reverse(pixels(one))),
        SortPictures::Pages => pictures.sort_by_key(|one| Reverse(one.pages.len())),
        SortPictures::Path => pictures.sort_by(|a, b| a.source.path.cmp(&b.source.path)),
    }
}

/// Prints a survey.
pub struct Tables<'a> {
    ui: &'a Ui,
    all: bool,
}

impl<'a> Tables<'a> {
    /// Prints everything, or what comes first.
    pub fn new(ui: &'a Ui, all: bool) -> Self {
        Self { ui, all }
    }

    /// Prints a survey: all pictures, the heaviest pages, and what could be better.
    pub fn print(&self, survey: &Survey) {
        self.pictures(survey);
        self.pages(survey);
        self.unused(survey);
        self.duplicates(survey);
        self.sizes(survey);
        self.texts(survey);
        self.told(survey);
        self.totals(&Totals::of(survey));
    }

    fn pictures(&self, survey: &Survey) {
        if survey.pictures.is_empty() {
            return;
        }
        self.head("  bytes    phone  desktop         pixels  pages  picture");
        let line = |one: &SurveyedPicture| {
            let pixels = match one.source.width {
                0 => "?".to_owned(),
                width => format!("{width} x {}", one.source.height),
            };
            let pages = match (one.usage, one.pages.len()) {
                (Usage::Unused, _) => "none".to_owned(),
                (_, 0) => "-".to_owned(),
                (_, pages) => pages.to_string(),
            };
            format!(
                "{:>7}  {:>7}  {:>7}  {pixels:>13}  {pages:>5}  {}",
                size(one.source.bytes),
                known(one.phone),
                known(one.desktop),
                one.source.path,
            )
        };
        self.lines(survey.pictures.iter().map(line).collect(), MOST);
    }

    fn pages(&self, survey: &Survey) {
        let pages: Vec<_> = survey.pages.iter().filter(|page| page.phone > 0).collect();
        if pages.is_empty() {
            return;
        }
        self.head("\n  phone  desktop  pictures  heaviest pages");
        let line = |page: &&SurveyedPage| {
            let more = if page.unknown > 0 { "+" } else { " " };
            let name = page
                .path
                .as_ref()
                .map_or(page.url.as_str(), |path| path.as_str());
            format!(
                "{:>7}{more} {:>7}{more} {:>8}  {name}",
                size(page.phone),
                size(page.desktop),
                page.pictures.len(),
            )
        };
        self.lines(pages.iter().map(line).collect(), MOST_FAULTS);
    }

    fn unused(&self, survey: &Survey) {
        let unused: Vec<_> = of(survey, |one| one.usage == Usage::Unused);
        let sum: u64 = unused.iter().map(|one| one.source.bytes).sum();
        let title = format!("unused: no file of the project names them ({})", size(sum));
        self.list(&title, unused.iter().map(|one| sized(one)).collect());
    }

    fn duplicates(&self, survey: &Survey) {
        let duplicates = survey.duplicates();
        let sum: u64 = duplicates.iter().map(|one| one.wasted()).sum();
        let lines = duplicates.iter().map(|one| {
            let paths: Vec<&str> = one.paths.iter().map(|path| path.as_str()).collect();
            let more = format!("\n{:>11}", "= ");
            format!("{:>7}  {}", size(one.bytes), paths.join(&more))
        });
        let title = format!("the same bytes, more than once ({} too many)", size(sum));
        self.list(&title, lines.collect());
    }

    fn sizes(&self, survey: &Survey) {
        let large = of(survey, SurveyedPicture::is_far_too_large);
        let line = |one: &&SurveyedPicture| {
            let slot = one.slot.unwrap_or(0);
            format!(
                "{:>7}  {:>5} px wide, shown {slot:>4} px wide  {}",
                size(one.source.bytes),
                one.source.width,
                one.source.path
            )
        };
        let title = "far larger than shown";
        self.list(title, large.iter().map(line).collect());
        let large = of(survey, SurveyedPicture::is_oversized);
        let line = |one: &&SurveyedPicture| {
            let pixels = format!("{} x {}", one.source.width, one.source.height);
            let bytes = size(one.source.bytes);
            format!("{bytes:>7}  {pixels:>13}  {}", one.source.path)
        };
        let title = "more pixels than anything is made of";
        self.list(title, large.iter().map(line).collect());
        let stretched = of(survey, |one| one.stretched.is_some());
        let line = |one: &&SurveyedPicture| {
            let (width, to) = (one.source.width, one.stretched.unwrap_or(0));
            format!(
                "{width:>5} px wide, stretched to {to:>4} px  {}",
                one.source.path
            )
        };
        self.list(
            "stretched, and blurred by it",
            stretched.iter().map(line).collect(),
        );
    }

    fn texts(&self, survey: &Survey) {
        let bare = of(survey, |one| !one.without_text.is_empty());
        let lines = bare.iter().flat_map(|one| {
            let pages = one.without_text.iter();
            pages.map(|page| format!("{}  in {page}", one.source.path))
        });
        self.list("without a text in their place", lines.collect());
    }

    fn told(&self, survey: &Survey) {
        let told = of(survey, |one| !tells(one.source.told).is_empty());
        let line = |one: &&SurveyedPicture| {
            format!(
                "{:<21}  {}",
                tells(one.source.told).join(", "),
                one.source.path
            )
        };
        let title = "whose files tell more than they show (published without it)";
        self.list(title, told.iter().map(line).collect());
    }

    fn totals(&self, totals: &Totals) {
        let bytes = size(totals.bytes);
        let mut text = match totals.pictures {
            0 => "there is no picture".to_owned(),
            1 => format!("1 picture, {bytes}"),
            many => format!("{many} pictures, {bytes}"),
        };
        if totals.variants > 0 && totals.unmeasured == 0 {
            let made = size(totals.variant_bytes);
            let files = if totals.variants == 1 {
                "file"
            } else {
                "files"
            };
            let _ = write!(text, "; {} {files} of {made} for readers", totals.variants);
        }
        self.ui.note(&format!("\n{text}"));
        if totals.unmeasured > 0 {
            self.ui.note(&unmeasured(totals.unmeasured));
        }
    }

    /// A list of faults under a title, if there are any.
    fn list(&self, title: &str, lines: Vec<String>) {
        if lines.is_empty() {
            return;
        }
        self.head(&format!("\n{} {title}", lines.len()));
        let lines = lines.into_iter().map(|line| format!("  {line}")).collect();
        self.lines(lines, MOST_FAULTS);
    }

    fn lines(&self, lines: Vec<String>, most: usize) {
        let most = if self.all { lines.len() } else { most };
        for line in lines.iter().take(most) {
            self.ui.result(line);
        }
        if lines.len() > most {
            let more = lines.len() - most;
            self.ui
                .result(&format!("  … and {more} more (`--all` lists them)"));
        }
    }

    fn head(&self, title: &str) {
        match self.ui.is_styled() {
            true => {
                let text = title.trim_start_matches('\n');
                let gap = &title[..title.len() - text.len()];
                self.ui.result(&format!("{gap}\u{1b}[1m{text}\u{1b}[0m"));
            }
            false => self.ui.result(title),
        }
    }
}

fn of(survey: &Survey, holds: impl Fn(&SurveyedPicture) -> bool) -> Vec<&SurveyedPicture> {
    survey.pictures.iter().filter(|one| holds(one)).collect()
}

/// Says of how many pictures nobody knows what readers load.
fn unmeasured(pictures: usize) -> String {
    let (was, it) = if pictures == 1 {
        ("was", "it")
    } else {
        ("were", "them")
    };
    format!("{pictures} of them {was} never encoded; `--measure` tells what readers load of {it}")
}

fn sized(one: &SurveyedPicture) -> String {
    format!("{:>7}  {}", size(one.source.bytes), one.source.path)
}

fn known(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "-".to_owned(), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_picture_was_never_encoded_and_two_were_not() {
        assert!(unmeasured(1).starts_with("1 of them was "));
        assert!(unmeasured(2).starts_with("2 of them were "));
        assert!(unmeasured(9999).len() <= 80);
    }
}
