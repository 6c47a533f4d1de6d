//! What has a label, anywhere in a site, and the number that it has: counted through a chapter of
//! a book, through a contract, and elsewhere through a page.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Kind;
use crate::markdown::LabelKind;
use crate::site::model::{NavItem, PageId, Site};

/// Something with a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The page it stands on.
    pub page: PageId,
    /// What it is.
    pub kind: LabelKind,
    /// Its label, which is its id.
    pub id: String,
    /// Its number, such as `2.1`; a section has one if its heading or its chapter has.
    pub number: Option<String>,
    /// Its letter, if it is a part of something whose number it shares.
    pub part: Option<String>,
    /// Whether it is a whole page, by the heading that is its title.
    pub is_title: bool,
    /// The words of its heading or caption.
    pub title: String,
    /// How many have a label before it, in reading order.
    pub order: usize,
}

/// All that has a label, by label; several of one label in reading order.
pub type Labels = BTreeMap<String, Vec<Labelled>>;

impl Site {
    /// What a reference on a page means: what has the label on this page, else in the whole site,
    /// and of several the first.
    pub fn labelled(&self, from: PageId, label: &str) -> Option<&Labelled> {
        let all = self.labels.get(label)?;
        let own = all.iter().find(|found| found.page == from);
        own.or_else(|| all.first())
    }

    /// What a list on a page lists, in reading order: in one work everything of the kind, elsewhere
    /// what stands on the page. In one work only the first list of a kind lists anything.
    pub fn list_of(&self, from: PageId, kind: LabelKind) -> Vec<&Labelled> {
        let is_whole = self.is_one_work();
        if is_whole && self.list_pages.get(&kind) != Some(&from) {
            return Vec::new();
        }
        let all = self.labels.values().flatten();
        let mut listed: Vec<&Labelled> = all
            .filter(|found| found.kind == kind && found.part.is_none())
            .filter(|found| is_whole || found.page == from)
            .collect();
        listed.sort_by_key(|found| found.order);
        listed
    }

    /// The number of a page in the navigation, if it has one.
    pub(super) fn number_of(&self, page: PageId) -> Option<&str> {
        fn find(items: &[NavItem], page: PageId) -> Option<&NavItem> {
            items.iter().find_map(|item| match item.page == Some(page) {
                true => Some(item),
                false => find(&item.children, page),
            })
        }
        find(&self.nav, page)?.number.as_deref()
    }

    /// Whether all pages are one work, in which a label must not be given twice.
    pub fn is_one_work(&self) -> bool {
        matches!(self.kind, Kind::Book | Kind::Contract)
    }
}

/// Reads the labels of all pages and counts what has one.
pub(super) fn read_labels(site: &Site) -> Labels {
    let mut labels = Labels::new();
    if site.pages.iter().all(|page| page.outline.labels.is_empty()) {
        return labels;
    }
    let chapters = chapters(site);
    let numbers: BTreeMap<PageId, Option<&str>> = chapters.iter().copied().collect();
    let listed = chapters.iter().map(|(page, _)| *page);
    let others = site.pages_with_ids().map(|(id, _)| id);
    let others = others.filter(|id| !numbers.contains_key(id));
    let mut order = 0;
    let mut counts: BTreeMap<(Option<PageId>, &str, LabelKind), usize> = BTreeMap::new();
    for id in listed.chain(others) {
        let page = site.page(id);
        let number = numbers.get(&id).copied().flatten();
        let chapter = number.map_or("", |number| number.split('.').next().unwrap_or(number));
        let alone = Some(id).filter(|_| !site.is_one_work());
        let mut headings = page.outline.headings.iter();
        let mut numbers_here: Vec<Option<String>> = Vec::new();
        for label in &page.outline.labels {
            let part = label.part.map(|(_, at)| letters(at));
            let (mut title, mut is_title) = (label.caption.clone(), false);
            let number = if label.kind == LabelKind::Section {
                let first = page.outline.headings.first();
                is_title = first.is_some_and(|first| first.level == 1 && first.span == label.span);
                let own = headings.find(|heading| heading.span == label.span);
                title = own.map_or(title, |heading| heading.text.clone());
                match is_title {
                    true => number.map(str::to_owned),
                    false => own.and_then(|heading| heading.number.clone()),
                }
            } else if let (Some((above, _)), Some(letter)) = (label.part, &part) {
                let above = numbers_here.get(above).and_then(Option::as_deref);
                above.map(|above| format!("{above}\u{a0}({letter})"))
            } else {
                let count = counts.entry((alone, chapter, label.kind)).or_default();
                *count += 1;
                Some(match chapter {
                    "" => count.to_string(),
                    chapter => format!("{chapter}.{count}"),
                })
            };
            numbers_here.push(number.clone());
            labels.entry(label.id.clone()).or_default().push(Labelled {
                page: id,
                kind: label.kind,
                id: label.id.clone(),
                number,
                part,
                is_title,
                title,
                order,
            });
            order += 1;
        }
    }
    labels
}

/// All pages in reading order; those that the navigation leaves out come last.
pub(super) fn reading_order(site: &Site) -> Vec<PageId> {
    let mut order: Vec<PageId> = chapters(site).into_iter().map(|(id, _)| id).collect();
    let listed: BTreeSet<PageId> = order.iter().copied().collect();
    let all = site.pages_with_ids().map(|(id, _)| id);
    order.extend(all.filter(|id| !listed.contains(id)));
    order
}

/// The letters of a number from 1: `a` to `z`, then `aa`.
fn letters(mut number: usize) -> String {
    let mut letters = Vec::new();
    while number > 0 {
        letters.push(b'a' + u8::try_from((number - 1) % 26).unwrap_or_default());
        number = (number - 1) / 26;
    }
    letters.iter().rev().copied().map(char::from).collect()
}

/// The first page of a work that lists each kind, in reading order; pages that the navigation leaves
/// out come last.
pub(super) fn read_list_pages(site: &Site) -> BTreeMap<LabelKind, PageId> {
    let mut found = BTreeMap::new();
    if site.pages.iter().all(|page| page.outline.lists.is_empty()) {
        return found;
    }
    for id in reading_order(site) {
        for kind in &site.page(id).outline.lists {
            found.entry(*kind).or_insert(id);
        }
    }
    found
}

/// The pages in reading order, each once, with the numbers of those that are numbered.
fn chapters(site: &Site) -> Vec<(PageId, Option<&str>)> {
    fn walk<'a>(
        items: &'a [NavItem],
        seen: &mut std::collections::BTreeSet<PageId>,
        found: &mut Vec<(PageId, Option<&'a str>)>,
    ) {
        for item in items {
            if let Some(page) = item.page.filter(|page| seen.insert(*page)) {
                found.push((page, item.number.as_deref()));
            }
            walk(&item.children, seen, found);
        }
    }
    let mut found = Vec::new();
    walk(
        &site.nav,
        &mut std::collections::BTreeSet::new(),
        &mut found,
    );
    found
}

#[cfg(test)]
mod tests {
    use super::letters;
    use crate::site::test_site::site;

    /// The labels of a site with their numbers.
    #[track_caller]
    fn case(kind: &str, summary: &str, expected: &str) {
        let config = format!("[project]\nkind = \"{kind}\"\n");
        let files = [
            ("tympan.toml", config.as_str()),
            ("SUMMARY.md", summary),
            (
                "a.md",
                "# A {#sec-a}\n\n![x](x.png){#fig-a}\n\n$$x$$ {#eq-a}\n",
            ),
            ("b.md", "# B\n\n![x](x.png){#fig-b}\n\n## C {#sec-c}\n"),
        ];
        let site = site(&files);
        let shown = site.labels.iter().flat_map(|(label, all)| {
            let number = |number: &Option<String>| number.clone().unwrap_or_default();
            all.iter()
                .map(move |found| format!("{label} {}", number(&found.number)))
        });
        assert_eq!(shown.collect::<Vec<_>>().join(", "), expected);
    }

    #[test]
    fn a_book_counts_through_its_chapters() {
        case(
            "book",
            "- [A](a.md)\n- [B](b.md)\n",
            "eq-a 1.1, fig-a 1.1, fig-b 2.1, sec-a 1, sec-c ",
        );
        case(
            "book",
            "- [A](a.md)\n  - [B](b.md)\n",
            "eq-a 1.1, fig-a 1.1, fig-b 1.2, sec-a 1, sec-c ",
        );
        case(
            "book",
            "[A](a.md)\n[B](b.md)\n",
            "eq-a 1, fig-a 1, fig-b 2, sec-a , sec-c ",
        );
    }

    #[test]
    fn parts_share_the_number_of_the_whole() {
        let text = "::: {#fig-x}\n![A](a.png){#fig-a}\n\n![B](b.png){#fig-b}\n\nC\n:::\n\n![D](d.png){#fig-d}\n";
        let site = site(&[("a.md", text)]);
        let number = |label: &str| site.labels[label][0].number.clone().unwrap();
        let numbers = ["fig-x", "fig-a", "fig-b", "fig-d"].map(number);
        assert_eq!(numbers, ["1", "1\u{a0}(a)", "1\u{a0}(b)", "2"]);
        assert_eq!([1, 26, 27, 703].map(letters), ["a", "z", "aa", "aaa"]);
    }

    #[test]
    fn a_site_counts_through_each_page() {
        case("docs", "", "eq-a 1, fig-a 1, fig-b 1, sec-a , sec-c ");
    }
}
