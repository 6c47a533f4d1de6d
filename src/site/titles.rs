//! Titles and headings with their punctuation set as the text of pages has it. Addresses and file
//! names are made of titles as they were typed, so that this comes last.

use std::sync::Arc;

use crate::config::Kind;
use crate::markdown::Punctuation;
use crate::site::model::{NavItem, Site};
use crate::site::page::Page;

impl Site {
    /// How the text of a page is set, if it is: as those expect it who write books and sites in
    /// other programs, while documentation has options and paths in its text and a contract stays
    /// as it was signed.
    pub fn punctuation(&self, page: &Page) -> Option<Punctuation> {
        self.punctuation_in(self.language_of(page))
    }

    fn punctuation_in(&self, language: &str) -> Option<Punctuation> {
        let by_kind = matches!(self.kind, Kind::Site | Kind::Book);
        let wanted = self.config.markdown.smart_punctuation.unwrap_or(by_kind);
        wanted.then(|| Punctuation::of(language))
    }
}

/// Sets the titles of a site, of its pages and of everything that lists them.
pub(super) fn set_titles(site: &mut Site) {
    let Some(style) = site.punctuation_in(&site.own_language) else {
        return;
    };
    let styles: Vec<Option<Punctuation>> = site
        .pages
        .iter()
        .map(|page| site.punctuation(page))
        .collect();
    for (page, style) in site.pages.iter_mut().zip(styles) {
        if let Some(style) = style {
            set_page(page, style);
        }
    }
    style.set_line(&mut site.title);
    set_items(&mut site.nav, style);
    for document in &mut site.documents {
        style.set_line(&mut document.title);
        set_items(&mut document.chapters, style);
    }
    for section in site.sections.values_mut() {
        style.set_line(&mut section.title);
    }
}

fn set_items(items: &mut [NavItem], style: Punctuation) {
    for item in items {
        style.set_line(&mut item.title);
        set_items(&mut item.children, style);
    }
}

pub(super) fn set_page(page: &mut Arc<Page>, style: Punctuation) {
    let texts = page.outline.headings.iter().map(|heading| &heading.text);
    let mut texts = texts.chain([&page.title]).chain(&page.front.link_title);
    let found = texts.any(|text| style.may_set(text));
    drop(texts);
    if !found {
        return;
    }
    let page = Arc::make_mut(page);
    page.is_titled = true;
    let text = Arc::clone(&page.text);
    for heading in &mut page.outline.headings {
        let source = text.get(heading.span.clone()).unwrap_or("");
        let before = heading.text.clone();
        // Code in a heading stays as it is.
        if style.may_set(&before) && !source.contains(['`', '\\']) {
            style.set_line(&mut heading.text);
            if page.title == before {
                page.title.clone_from(&heading.text);
            }
        }
    }
    let is_heading = |page: &Page| {
        let first = page.outline.headings.first();
        first.is_some_and(|first| first.text == page.title)
    };
    if !is_heading(page) {
        style.set_line(&mut page.title);
    }
    if let Some(title) = &mut page.front.link_title {
        style.set_line(title);
    }
}

#[cfg(test)]
mod tests {
    use crate::site::test_site::{page, site, site_after};

    #[test]
    fn titles_are_set_where_text_is_and_addresses_stay() {
        let config = "[project]\nkind = \"book\"\ntitle = \"Ada's -- book\"\nlanguage = \"de\"\n";
        let text = "# It's \"A\"\n\n## B's\n\n## `c's`\n";
        let files = [("tympan.toml", config), ("a.md", text)];
        let site = site(&files);
        let a = site.page(page(&site, "a.md"));
        assert_eq!(
            (site.title.as_str(), a.title.as_str()),
            ("Ada’s – book", "It’s „A“")
        );
        let headings = a.outline.headings.iter();
        let headings: Vec<&str> = headings.map(|heading| heading.text.as_str()).collect();
        assert_eq!(headings, ["It’s „A“", "B’s", "c's"]);
        assert_eq!(a.outline.headings[0].id, "its-a");
        assert_eq!(site.nav[0].title, "It’s „A“");
        assert_eq!(site.documents[0].title, "Ada’s – book");
        assert_eq!(site.documents[0].name, "adas----book");
        let docs = config.replace("book\"\ntitle", "docs\"\ntitle");
        let files = [("tympan.toml", docs.as_str()), ("a.md", text)];
        let site = crate::site::test_site::site(&files);
        assert_eq!(site.page(page(&site, "a.md")).title, "It's \"A\"");
    }

    #[test]
    fn titles_of_before_are_set_anew() {
        let text = "# \"A\" -- b\n\n## `c--d` \"q\" {#sec-c}\n";
        let titled = |kind: &str, previous| {
            let config = format!("[project]\nkind = \"{kind}\"\nlanguage = \"de\"\n");
            let site = site_after(&[("tympan.toml", &config), ("a.md", text)], previous);
            let title = site.page(page(&site, "a.md")).title.clone();
            let label = site.labels["sec-c"][0].title.clone();
            (title, label, site)
        };
        let (title, label, before) = titled("book", None);
        assert_eq!((&*title, &*label), ("„A“ – b", "c--d \"q\""));
        let (title, label, _) = titled("docs", Some(&before));
        assert_eq!((&*title, &*label), ("\"A\" -- b", "c--d \"q\""));
    }
}
