//! The numbers of headings, for pages that want them: they count through a page, below the number
//! of its chapter if it has one.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::Kind;
use crate::markdown::Heading;
use crate::site::model::{NavItem, PageId, Site};
use crate::site::page::Page;

impl Site {
    /// Whether the headings of a page are to have numbers. The clauses of a contract bring their own.
    pub(super) fn numbers_sections(&self, page: &Page) -> bool {
        let wanted = page.front.number_sections;
        self.kind != Kind::Contract && wanted.unwrap_or(self.config.markdown.number_sections)
    }
}

/// Numbers the headings of all pages that want it, and takes the numbers of an earlier load from
/// those that do not.
pub(super) fn number_sections(site: &mut Site) {
    let has = |page: &Page| {
        page.outline
            .headings
            .iter()
            .any(|found| found.number.is_some())
    };
    let ids = site.pages_with_ids();
    let concerned: Vec<PageId> = ids
        .filter(|(_, page)| has(page) || site.numbers_sections(page))
        .map(|(id, _)| id)
        .collect();
    if concerned.is_empty() {
        return;
    }
    let mut chapters = BTreeMap::new();
    read_chapters(&site.nav, &mut chapters);
    for id in concerned {
        let page = site.page(id);
        let chapter = chapters.get(&id);
        let numbers = match chapter {
            // Its sections would have the numbers of the pages below it.
            Some(chapter) if chapter.has_numbers_below => Vec::new(),
            _ if !site.numbers_sections(page) => Vec::new(),
            // A preface stands outside of what is counted, unless it says otherwise.
            None if !chapters.is_empty() && page.front.number_sections.is_none() => Vec::new(),
            chapter => numbers(
                &page.outline.headings,
                chapter.map_or("", |chapter| &chapter.number),
            ),
        };
        set_numbers(&mut site.pages[id.0], numbers);
    }
}

/// Gives the headings of a page their numbers; those that are not listed get none.
pub(super) fn set_numbers(page: &mut Arc<Page>, numbers: Vec<Option<String>>) {
    let known = page.outline.headings.iter().map(|found| &found.number);
    let none = std::iter::repeat(&None);
    if known
        .zip(numbers.iter().chain(none))
        .all(|(old, new)| old == new)
    {
        return;
    }
    let mut numbers = numbers.into_iter();
    for heading in &mut Arc::make_mut(page).outline.headings {
        heading.number = numbers.next().flatten();
    }
}

/// The place of a page in the navigation.
struct Chapter {
    number: String,
    has_numbers_below: bool,
}

fn read_chapters(items: &[NavItem], found: &mut BTreeMap<PageId, Chapter>) {
    for item in items {
        if let (Some(page), Some(number)) = (item.page, &item.number) {
            let chapter = Chapter {
                number: number.clone(),
                has_numbers_below: item.children.iter().any(|below| below.number.is_some()),
            };
            found.entry(page).or_insert(chapter);
        }
        read_chapters(&item.children, found);
    }
}

/// The numbers of headings below a chapter, whose own heading has none here. A level that is skipped
/// in the text is not skipped in the numbers.
fn numbers(headings: &[Heading], chapter: &str) -> Vec<Option<String>> {
    let mut levels: Vec<(u8, usize)> = Vec::new();
    let mut unnumbered: Option<u8> = None;
    let number = |(at, heading): (usize, &Heading)| {
        if at == 0 && heading.level == 1 {
            return None;
        }
        unnumbered = unnumbered.filter(|above| *above < heading.level);
        if unnumbered.is_some() || heading.is_unnumbered {
            unnumbered = unnumbered.or(Some(heading.level));
            return None;
        }
        let mut count = 1;
        while let Some((level, last)) = levels.last()
            && *level >= heading.level
        {
            count = last + 1;
            levels.pop();
        }
        levels.push((heading.level, count));
        let mut number = chapter.to_owned();
        for (_, count) in &levels {
            if !number.is_empty() {
                number.push('.');
            }
            number.push_str(&count.to_string());
        }
        Some(number)
    };
    headings.iter().enumerate().map(number).collect()
}

#[cfg(test)]
mod tests {
    use crate::site::test_site::{page, site, site_after};

    #[track_caller]
    fn case(files: &[(&str, &str)], path: &str, expected: &str) {
        let site = site(files);
        assert_eq!(shown(&site, path), expected);
    }

    fn shown(site: &crate::site::Site, path: &str) -> String {
        let headings = site.page(page(site, path)).outline.headings.iter();
        let shown = headings.map(|found| {
            let number = found.number.clone().unwrap_or_default();
            format!("{number} {}", found.text)
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    const ON: &str = "[project]\nkind = \"docs\"\n[markdown]\nnumber_sections = true\n";

    #[test]
    fn headings_count_through_their_page() {
        let text = "# T\n\n## A\n\n### B\n\n### C\n\n## D {.unnumbered}\n\n### E\n\n## F\n\n#### G\n\n### H {.unnumbered}\n";
        let files = [("tympan.toml", ON), ("a.md", text)];
        case(
            &files,
            "a.md",
            " T, 1 A, 1.1 B, 1.2 C,  D,  E, 2 F, 2.1 G,  H",
        );
        let other = [
            ("tympan.toml", ON),
            ("a.md", "### A\n\n## B\n\n# C\n\n## D\n"),
        ];
        case(&other, "a.md", "1 A, 2 B, 3 C, 3.1 D");
    }

    #[test]
    fn a_page_decides_for_itself_and_a_contract_not_at_all() {
        let off = "---\nnumber-sections: false\n---\n## A\n";
        case(&[("tympan.toml", ON), ("a.md", off)], "a.md", " A");
        let on = "---\nnumber_sections: true\n---\n## A\n";
        case(&[("a.md", on)], "a.md", "1 A");
        let contract = ON.replace("docs", "contract");
        case(&[("tympan.toml", &contract), ("a.md", on)], "a.md", " A");
    }

    #[test]
    fn a_chapter_counts_below_its_number() {
        let config = ON.replace("docs", "book");
        let files = [
            ("tympan.toml", config.as_str()),
            (
                "SUMMARY.md",
                "[P](p.md)\n\n- [A](a.md)\n- [B](b.md)\n  - [C](c.md)\n",
            ),
            ("p.md", "# P\n\n## P1\n"),
            ("a.md", "# A\n\n## A1 {#sec-a}\n"),
            ("b.md", "# B\n\n## B1\n"),
            ("c.md", "# C\n\n## C1\n"),
        ];
        case(&files, "p.md", " P,  P1");
        case(&files, "a.md", " A, 1.1 A1");
        case(&files, "b.md", " B,  B1");
        case(&files, "c.md", " C, 2.1.1 C1");
        let site = site(&files);
        assert_eq!(site.labels["sec-a"][0].number.as_deref(), Some("1.1"));
    }

    #[test]
    fn numbers_of_an_earlier_load_do_not_stay() {
        let page = ("a.md", "## A\n");
        let numbered = site(&[("tympan.toml", ON), page]);
        assert_eq!(shown(&numbered, "a.md"), "1 A");
        let plain = site_after(&[page], Some(&numbered));
        assert_eq!(shown(&plain, "a.md"), " A");
    }
}
