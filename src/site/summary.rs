//! `SUMMARY.md`: the order of a book, as mdBook writes it.

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use crate::markdown::{events, plain};
use crate::repo::Snapshot;
use crate::site::model::Site;
use crate::site::nav::SUMMARY_FILE;
use crate::site::project::snapshot_text;
use crate::site_path::SitePath;

/// One line of a summary.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SummaryItem {
    /// The title.
    pub title: String,
    /// The file it names, as written; none for a part title or a chapter still to be written.
    pub target: Option<String>,
    /// The bytes it came from.
    pub span: Range<usize>,
    /// Whether it is the title of a part.
    pub part: bool,
    /// Whether it has a number: it stands in a list.
    pub numbered: bool,
    /// The chapters below.
    pub children: Vec<SummaryItem>,
}

impl Site {
    /// The file that orders this site, and whether a translation shares its order with the work.
    pub(super) fn summary(&self, snapshot: &Snapshot) -> (Option<(SitePath, Arc<str>)>, bool) {
        let plain = || snapshot_text(snapshot, &self.content, SUMMARY_FILE);
        if self.config.languages.is_empty() {
            return (plain(), false);
        }
        let tag = self.language.as_deref();
        let tag = tag.unwrap_or(&self.config.project.language);
        let in_folder = || snapshot_text(snapshot, &self.content.resolve(tag).ok()?, SUMMARY_FILE);
        let by_suffix = || snapshot_text(snapshot, &self.content, &format!("SUMMARY.{tag}.md"));
        let of_language = self
            .language
            .as_ref()
            .and_then(|tag| self.config.languages.get(tag));
        let has_nav = of_language.is_some_and(|language| !language.nav.is_empty());
        match in_folder().or_else(by_suffix) {
            Some(own) => (
                Some(own),
                self.language.is_some() && !has_nav && !self.config.nav.is_empty(),
            ),
            None => (plain(), self.language.is_some() && !has_nav),
        }
    }
}

/// Reads a summary. A heading of the first level before everything else, such as `# Summary`, is the
/// title of the file itself, in whatever language, as in mdBook.
pub(super) fn read_summary(text: &str) -> Vec<SummaryItem> {
    let mut items = Vec::new();
    let mut stack: Vec<Vec<SummaryItem>> = Vec::new();
    let mut open: Option<SummaryItem> = None;
    let (mut is_first, mut is_title) = (true, false);
    for (event, span) in plain(events(text, 0)) {
        match event {
            Event::Start(Tag::List(_)) => stack.push(Vec::new()),
            Event::End(TagEnd::List(_)) => {
                let children = stack.pop().unwrap_or_default();
                let parent = match stack.last_mut() {
                    Some(above) => above.last_mut().map(|item| &mut item.children),
                    None => Some(&mut items),
                };
                if let Some(parent) = parent {
                    parent.extend(children);
                }
            }
            Event::Start(Tag::Heading { level, .. }) => {
                is_title = is_first && level == HeadingLevel::H1;
                open = Some(SummaryItem {
                    title: String::new(),
                    target: None,
                    span,
                    part: true,
                    numbered: false,
                    children: Vec::new(),
                });
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some(part) = open.take()
                    && !is_title
                {
                    items.push(part);
                }
                is_first = false;
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                open = Some(SummaryItem {
                    title: String::new(),
                    target: Some(dest_url.to_string()).filter(|target| !target.is_empty()),
                    span,
                    part: false,
                    numbered: !stack.is_empty(),
                    children: Vec::new(),
                });
            }
            Event::End(TagEnd::Link) => {
                if let Some(item) = open.take() {
                    stack.last_mut().unwrap_or(&mut items).push(item);
                    is_first = false;
                }
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(item) = &mut open {
                    item.title.push_str(&text);
                }
            }
            _ => {}
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_chapters_and_drafts_keep_their_order() {
        let text = "# Summary\n\n[Preface](preface.md)\n\n# Sea\n\n- [Tides](tides.md)\n    \
                    - [The `moon`](moon.md)\n- [Waves]()\n\n---\n\n[Glossary](glossary.md)\n";
        let shown = |items: &[SummaryItem]| -> Vec<String> {
            let one = |item: &SummaryItem| {
                let target = item.target.as_deref().unwrap_or("-");
                format!(
                    "{} {target} {} {}",
                    item.title,
                    item.numbered,
                    item.children.len()
                )
            };
            items.iter().map(one).collect()
        };
        let items = read_summary(text);
        assert_eq!(
            shown(&items),
            [
                "Preface preface.md false 0",
                "Sea - false 0",
                "Tides tides.md true 1",
                "Waves - true 0",
                "Glossary glossary.md false 0",
            ]
        );
        assert_eq!(shown(&items[2].children), ["The moon moon.md true 0"]);
    }

    #[test]
    fn the_title_of_the_file_may_be_in_any_language() {
        let titles = |text: &str| -> Vec<String> {
            let items = read_summary(text).into_iter();
            items.map(|item| item.title).collect()
        };
        assert_eq!(titles("# Inhalt\n\n# Meer\n\n- [A](a.md)\n"), ["Meer", "A"]);
        assert_eq!(titles("- [A](a.md)\n\n# Meer\n"), ["A", "Meer"]);
        assert_eq!(titles("## Meer\n\n- [A](a.md)\n"), ["Meer", "A"]);
    }
}
