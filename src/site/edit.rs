//! An edit of a text: where nothing of a page has changed that another page, a list or the plan can
//! see, its site is the same but for this page, and nothing else is looked at.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostic::SourceText;
use crate::digest::Digest;
use crate::markdown::{Around as Surroundings, Attributes, LabelKind, Outline};
use crate::repo::Snapshot;
use crate::site::expand::might_call;
use crate::site::front_matter::{FrontMatter, read_front_matter};
use crate::site::links::LinkTarget;
use crate::site::model::Site;
use crate::site::page::{Around, MAX_PAGE, Page};
use crate::site::project::read_text;
use crate::site::section_numbers::set_numbers;
use crate::site::titles::set_page;
use crate::site_path::SitePath;

/// What becomes of one language when a file was edited.
#[derive(PartialEq, Eq)]
enum Edit {
    /// It has no page of that file.
    Unknown,
    /// The page is as it was.
    Same,
    /// The page has another text.
    Made,
}

impl Site {
    /// The same site after the texts of some pages were edited: equal to one that is loaded anew
    /// from the snapshot, at the price of these pages alone. None where it must be loaded anew,
    /// since one of the files is no page, or more than the text of a page differs. Its source counts
    /// as dirty, also where an edit was taken back: `Snapshot::is_dirty_now` tells.
    pub fn edited(&self, snapshot: &Snapshot, paths: &BTreeSet<SitePath>) -> Option<Self> {
        let is_shared = |path| self.is_shared(snapshot, path);
        if !self.is_timeless || paths.iter().any(is_shared) {
            return None;
        }
        let mut site = self.clone();
        site.source.dirty = true;
        for translation in &mut site.translations {
            translation.source.dirty = true;
        }
        let mut edits = 0;
        for path in paths {
            let bytes = snapshot.read(path).ok()?;
            let mut done = vec![site.edit(snapshot, path, &bytes)?];
            for translation in &mut site.translations {
                done.push(translation.edit(snapshot, path, &bytes)?);
            }
            if done.iter().all(|edit| *edit == Edit::Unknown) {
                return None;
            }
            edits += done.iter().filter(|edit| **edit == Edit::Made).count() as u64;
        }
        // What is remembered of texts in one language may come from another.
        site.edition += edits;
        for translation in &mut site.translations {
            translation.edition = site.edition;
        }
        Some(site)
    }

    /// Whether a file is read for other pages too.
    fn is_shared(&self, snapshot: &Snapshot, path: &SitePath) -> bool {
        let mut sites = self.in_all_languages();
        let includes = |site: &Site| site.pages.iter().any(|page| page.included.contains(path));
        snapshot.is_linked(path) || sites.any(includes)
    }

    /// Edits a page of one language; none where that is not enough.
    fn edit(&mut self, snapshot: &Snapshot, path: &SitePath, bytes: &[u8]) -> Option<Edit> {
        let Some(id) = self.by_path.get(path).copied() else {
            return Some(Edit::Unknown);
        };
        let before = self.page(id);
        if bytes == before.file.as_bytes() {
            return Some(Edit::Same);
        }
        let around = Around {
            content: &self.content,
            config: &self.written,
            shortcodes: &self.shortcodes,
            read: &|path| {
                snapshot.get(path)?;
                read_text(snapshot, path)
            },
        };
        let mut after = Arc::new(before.with_text(bytes, around)?);
        if let Some(style) = self.punctuation(&after) {
            set_page(&mut after, style);
        }
        if !self.looks_alike(before, &after) {
            return None;
        }
        if self.numbers_sections(&after) {
            let known = before.outline.headings.iter();
            let numbers = known.map(|heading| heading.number.clone()).collect();
            set_numbers(&mut after, numbers);
        }
        self.pages[id.0] = after;
        Some(Edit::Made)
    }

    /// Whether everything that is made of all pages when a site is loaded and its outputs are
    /// planned would be made of the one as of the other.
    fn looks_alike(&self, before: &Page, after: &Page) -> bool {
        let (old, new) = (&before.outline, &after.outline);
        // What a page marks is listed on another.
        !self.index.is_there()
            && !self.may_cite(before)
            && !self.may_cite(after)
            && before.title == after.title
            && before.front.link_title == after.front.link_title
            && labels(old) == labels(new)
            && old.lists == new.lists
            // A section is referred to by the words of its heading.
            && ((old.labels.is_empty() && !self.numbers_sections(after))
                || headings(old) == headings(new))
            // A page without words is no chapter.
            && (old.words == 0) == (new.words == 0)
            && self.files_of_page(before) == self.files_of_page(after)
    }

    /// The images that a page shows, how and where, and the files that it links to.
    fn files_of_page<'p>(&self, page: &'p Page) -> (Vec<Shown<'p>>, BTreeSet<SitePath>) {
        let file = |target: &str| match self.resolve(page, target) {
            LinkTarget::File(file) => Some(file),
            _ => None,
        };
        let images = page.outline.images.iter();
        let links = page.outline.links.iter();
        let shown = images.filter_map(|image| {
            let file = file(&image.target)?;
            Some((file, image.attributes.as_deref(), &*image.around))
        });
        let linked = links.filter_map(|link| file(&link.target));
        (shown.collect(), linked.collect())
    }
}

/// An image of a page: its file, what its author says of it, and what it stands in.
type Shown<'a> = (SitePath, Option<&'a Attributes>, &'a [Surroundings]);

type Known<'a> = (LabelKind, &'a str, &'a str, Option<(usize, usize)>);

fn labels(outline: &Outline) -> Vec<Known<'_>> {
    let labels = outline.labels.iter();
    let one = labels.map(|label| {
        let (id, caption) = (label.id.as_str(), label.caption.as_str());
        (label.kind, id, caption, label.part)
    });
    one.collect()
}

fn headings(outline: &Outline) -> Vec<(u8, &str, &str, bool)> {
    let headings = outline.headings.iter();
    let one = headings.map(|heading| {
        let (id, text) = (heading.id.as_str(), heading.text.as_str());
        (heading.level, id, text, heading.is_unnumbered)
    });
    one.collect()
}

impl Page {
    /// The page with another text under the same front matter, within the same settings. None where
    /// that differs too, or where something is wrong with the page before or after.
    fn with_text(&self, bytes: &[u8], around: Around<'_>) -> Option<Self> {
        let is_plain = |page: &Self| page.diagnostics.is_empty() && page.unknown.is_empty();
        // The title for lists was set and is no longer as it was written.
        let is_set = self.is_titled && self.front.link_title.is_some();
        if bytes.len() > MAX_PAGE || is_set || !is_plain(self) {
            return None;
        }
        let file: Arc<str> = std::str::from_utf8(bytes).ok()?.into();
        let source = SourceText::new(&self.path, &file);
        let (_, body, faults) = read_front_matter(&source, &file, &FrontMatter::default());
        if file.get(..body) != self.file.get(..self.body) || !faults.is_empty() {
            return None;
        }
        // What follows from the text is made of it when it is expanded.
        let mut page = self.clone();
        page.bytes = Digest::of(bytes);
        page.calls = might_call(&file[body..]);
        page.is_titled = false;
        page.text = Arc::clone(&file);
        page.file = file;
        page.expand(around);
        page.name();
        is_plain(&page).then_some(page)
    }
}

#[cfg(test)]
mod tests {
    use crate::site::test_site::{folder, loaded};

    use super::*;

    const FILES: &[(&str, &str)] = &[
        (
            "tympan.toml",
            "[project]\nkind = \"book\"\nlanguage = \"de\"\n[languages.en]\n[variables]\nv = \"1\"\n",
        ),
        ("content/index.md", "# Home\n"),
        (
            "content/guide/_index.md",
            "---\ncascade:\n  authors: [ada]\n---\n# Guide\n",
        ),
        (
            "content/guide/a.md",
            "---\ntags: [x]\n---\n# \"A\"\n\nfirst\n\n## Part {#sec-part}\n",
        ),
        ("content/b.md", "# B\n\n![b](b.png)\n"),
        ("content/b.png", ""),
        ("content/c.png", ""),
        ("part.md", "a part"),
    ];

    /// What an edit of a page comes to, if it is one: the same as a load.
    #[track_caller]
    fn case(path: &str, text: &str, is_edit: bool) {
        let project = folder(FILES);
        let before = loaded(project.path(), None).1;
        std::fs::write(project.path().join(path), text).unwrap();
        let (snapshot, fresh) = loaded(project.path(), None);
        let paths = BTreeSet::from([SitePath::parse(path).unwrap()]);
        let edited = before.edited(&snapshot, &paths);
        assert_eq!(edited.is_some(), is_edit, "{text}");
        let Some(edited) = edited else { return };
        assert_ne!(edited.edition, 0);
        for translation in &edited.translations {
            assert_eq!(translation.edition, edited.edition);
        }
        let mut sites = edited.in_all_languages().zip(fresh.in_all_languages());
        assert!(
            sites.all(|(edited, fresh)| is_alike(edited, fresh)),
            "{text}"
        );
    }

    /// Whether two sites hold the same, as far as that can be compared.
    fn is_alike(edited: &Site, fresh: &Site) -> bool {
        edited.pages == fresh.pages
            && edited.source == fresh.source
            && edited.diagnostics == fresh.diagnostics
            && edited.nav == fresh.nav
            && edited.sections == fresh.sections
            && edited.documents == fresh.documents
            && edited.labels == fresh.labels
            && edited.redirects == fresh.redirects
            && edited.files == fresh.files
    }

    #[test]
    fn a_text_is_edited_alone() {
        case("content/index.md", "# Home\n\nmore\n", true);
        let a = "---\ntags: [x]\n---\n# \"A\"\n\n%%\n\n## Part {#sec-part}\n\nthird\n";
        case("content/guide/a.md", &a.replace("%%", "second"), true);
        case("content/guide/a.md", &a.replace("%%", "{{ v }}"), true);
        case("content/guide/a.md", &a.replace("%%", "### New"), false);
        case(
            "content/b.md",
            "# B\n\n## One\n\nword ![other](b.png) [A](guide/a.md)\n",
            true,
        );
    }

    #[test]
    fn what_others_see_is_more_than_a_text() {
        case("content/index.md", "# House\n", false);
        case("content/index.md", "---\nweight: 2\n---\n# Home\n", false);
        case("content/b.md", "# B\n\n![b](c.png)\n", false);
        case("content/b.md", "# B\n\n![b](b.png) [c](c.png)\n", false);
        case(
            "content/b.md",
            "# B\n\n![b](b.png)\n\n{{#include no.md}}\n",
            false,
        );
        case("content/b.png", "no page", false);
    }
}
